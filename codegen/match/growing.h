/* growing.h - one step of growing a tensor: grow.c, grow_common.c, meet.c, grow_end.c */
#ifndef SINTER_FORMS_GROWING_H
#define SINTER_FORMS_GROWING_H

#include "covering.h"

typedef struct GrowMember { /* of a sum, with its coefficient; of a product, with its power */
    NormExpr *e;
    double weight;
} GrowMember;
typedef VEC(GrowMember) Members;

typedef enum ReadKind { PLACE_ROOT, PLACE_SUM, PLACE_PRODUCT, PLACE_CALL, PLACE_OTHER } ReadKind;

typedef struct ReadPlace { /* where the tensor is read */
    int box;
    NormExpr *read;
    ReadKind kind;     /* of what it stands in */
    NormExpr *parent;
    int at;             /* which kid of it */
    double own;         /* its own weight there */
    double constant;    /* of the sum */
    Members sibling;
} ReadPlace;

typedef struct Growing {
    Cover *cover;
    Temp *temp, *grown;
    Temp *const *mate;
    int mates;
    const NormList *row; /* indices that may be added */
    VEC(ReadPlace) place;
    Members with;        /* what it grows by */
    NormList *chosen;    /* by place: the variables that are the row there */
    double scale;
    int wider;           /* the row is added */
    int box;             /* being rewritten */
    int failed;
} Growing;

/* meet.c: indices of the row may be added, where row is not NULL; then *wider is set. */
Temp *grow_meet(Cover *c, Temp *t, Temp *const *mate, int mates, const NormList *row, int *wider);
void grow_find_reads(Growing *g, NormExpr *e, const ReadPlace *place); /* adds those in e to the places; place: its box */
int grow_is_plain(const NormExpr *read);                               /* each index a variable, each another */

/* grow_common.c: does e speak of no variables but those at which `read` reads and those of `more`? */
int grow_vars_within(const NormExpr *e, const NormExpr *read, const NormList *more);
/* What stands beside a read names rows: none, and those of its members. What all reads offer, when the first one names this
 * row: by place the row it takes. */
typedef VEC(NormList) RowList;

RowList grow_rows_named(Growing *g, const ReadPlace *place);
Members grow_agreed(Growing *g, const NormList *first, NormList *chosen);
int grow_find_member(const Members *list, GrowMember m); /* -1: it is not among them */
int grow_same_weight(double a, double b);

#endif
