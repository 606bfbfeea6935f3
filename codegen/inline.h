/* inline.h - the expressions of a nest */
#ifndef SINTER_INLINE_H
#define SINTER_INLINE_H

#include "plan.h"
#include "share.h"

/* from[k] becomes to[k]; dissolved equations are put in place. */
Expr *inline_expr(Plan *p, Expr *e, const VarList *from, Expr *const *to);

/* Sets body, empty and atoms of a member. Needs: all decisions about its function. */
void inline_member(Plan *p, Member *m);

/* A local is computed only where someone needs it: sets guard. Needs: members in order, all inlined. */
void share_guards(Plan *p, Cluster *c);

int expr_reads_member(const Expr *e, const Member *m);

/* A condition that can be tested before m is computed. */
int is_early(Plan *p, const Cluster *c, const Expr *e, const Member *m);

/* Values that an inner loop does not change, and that are worth a name, become members. Needs: order. */
void hoist_values(Plan *p, Cluster *c);

/* factor.c; needs: the tree, for what is kept */
int factors_take(Plan *p, Cluster *c);                               /* out of sums that no array keeps; 1: something changed */
const Expr *factor_of(Plan *p, const Member *m, Expr **rest);        /* of a sum that is stored; NULL: none */
Expr *factor_apply(Plan *p, const Expr *factor, Expr *read);

#endif
