/* norm_inner.h - what the files of the normal form share */
#ifndef SINTER_FORMS_NORM_INNER_H
#define SINTER_FORMS_NORM_INNER_H

#include "normal.h"

static const double norm_exact = 9007199254740992.0; /* 2^53: whole numbers up to here are doubles */

/* The expression of this content: one that is there, or a copy of draft with all that follows from it filled in. */
NormExpr *norm_intern(Norm *m, const NormExpr *draft);
NormNode *norm_intern_node(Norm *m, const NormNode *draft);

/* An int expression as a member of reals: sums and products that doubles hold exactly become real ones, numbers too. */
NormExpr *norm_as_real(Norm *m, NormExpr *e);
NormExpr *norm_as(Norm *m, NormExpr *e, Type type);

/* A sum with all numbers before inner sums multiplied into them. */
NormExpr *norm_spread(Norm *m, NormExpr *e);

NormExpr *norm_unsigned(Norm *m, NormExpr *e); /* e or -e, the same for both */

/* A quotient of sums of exps in a product gets its maximum; 1: factors were replaced by out. norm_ratio.c */
int norm_ratio(Norm *m, const NormFactors *factors, NormFactors *out);
/* Such a quotient: sum exp(..) * v, and what it is divided by. */
int norm_is_ratio(Norm *m, NormExpr *over, NormExpr *under);

/* Reads at an index that only data decide, lifted out of a reduction; NULL: there are none. norm_lift.c */
NormExpr *norm_lift(Norm *m, Reduce reduce, Type type, int n, NormExpr *const *bound, NormExpr *where, NormExpr *body);

/* The body as it is where `where` holds; of a sum, weights that are 0 elsewhere make it smaller. norm_domain.c */
NormExpr *norm_within(Norm *m, Reduce reduce, Type type, NormExpr **where, NormExpr *body);

/* Bound variables that are only read in parts (v div k, v mod k) become a variable for each part. 1: something was replaced. */
int norm_split(Norm *m, NormList *bound, NormExpr **where, NormExpr **body);

uint64_t norm_mix(uint64_t a, uint64_t b);
uint64_t norm_bits(double x);

/* Of content, never of addresses, ids or names. */
int norm_compare_dim(const Dim *a, const Dim *b);
int norm_compare_source(const Node *a, const Node *b);
uint64_t norm_dim_key(const Dim *dim);
uint64_t norm_source_key(const Node *node);

double norm_longest(const Dim *dim);
void norm_range(const NormExpr *e, double *low, double *high); /* infinite where it cannot be told */

void norm_sort(int n, NormExpr **list);
int norm_unique(int n, NormExpr **list); /* of a sorted list: how many are left */

static inline int norm_is_exp(const NormExpr *e)
{
    return e->kind == NORM_CALL && e->op == OP_EXP;
}

#endif
