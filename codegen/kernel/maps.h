/* maps.h - stored equations without a reduction, as kernels
 *
 * Forms without a reduction in their head take them. The last fixed axes are the role that results are stored along: as many as lie side by
 * side in all that is read; the others are the other role. Of several forms the first whose condition holds. */
#ifndef SINTER_FORMS_MAPS_H
#define SINTER_FORMS_MAPS_H

#include "../match/kernel.h"

/* Needs: what is stored is decided. */
void maps_take(Plan *p, Func *f);

/* recurrences.c: recurrences (`along t`), all equations of one at a time, by forms that say `along`. Needs the same. */
void recurrences_take(Plan *p, Func *f);

/* What both ask. */
int map_reads_stored(Plan *p, const Expr *e);      /* everything that it reads is in memory */
int map_fixed_axes(const Node *node);              /* how many of its last axes are fixed */
Str map_refused(Plan *p, Func *f, const Kernel *k); /* why the form does not hold or cannot be printed; NULL: it can */
int map_lanes(const Form *form);                   /* the role whose indices lie in the lanes; -1: it has no code for that */
void map_fused(Plan *p, Kernel *k, const Node *node); /* what the author wrote of it: Kernel.fused */
void map_insert(Plan *p, Func *f, Kernel *k, int item);
void map_explain(Plan *p, Func *f, const Form *form, const Node *node, Str why);

#endif
