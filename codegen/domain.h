/* domain.h - what the condition of a reduction over positions asks for, sorted into its parts
 *
 * y[.., t, ..] = op[t' where P(t, t')] e(t'): P is a conjunction of conditions on t' alone, on t alone, comparisons of something known of
 * t' with something known of t - one, or several that are all equalities - and at most one of t' with t themselves. Then it is planned
 * like a join (join.c), or is a recurrence or a total (recognise.c). */
#ifndef SINTER_DOMAIN_H
#define SINTER_DOMAIN_H

#include "plan.h"

/* How t' stands to t in a domain. */
typedef enum Order { ORDER_ANY, ORDER_BEFORE, ORDER_UP_TO, ORDER_AFTER, ORDER_FROM } Order;

struct Domain {
    Var *own, *asks;    /* t', t; asks is NULL where no condition needs it */
    Expr *filter;       /* of t' alone; NULL: all */
    Expr *guard;        /* of t alone, or of neither; NULL: always */
    Expr *key, *query;  /* key(t') == query(t), or key(t') < query(t); NULL: no such condition */
    int equal;          /* == */
    ExprList also, asked; /* further equalities: also[k](t') == asked[k](t); none are left after number.c */
    Expr *group, *in_group; /* one of small numbers, which is one key with the other: group(t') == in_group(t); NULL: none */
    int numbers;        /* what is asked for is a number that keeps the order of keys: see number.c */
    int above;          /* key(t') > query(t) instead of < */
    int strict;         /* < instead of <= */
    Order order;        /* with key and not equal: among equal keys only */
};

/* Sorts the conjuncts; 0: there is something else among them. Needs: pairs expanded, see domain_expand. */
int domain_of(Plan *p, const ExprList *atoms, Var *own, Var *asks, Domain *domain);

/* The condition with maps over both positions in place, and every `not` at a comparison; for whole numbers, where `not` takes away what
 * was counted, it stays before `and` and `or`. */
Expr *domain_expand(Plan *p, Expr *e, const Var *own, const Var *asks, int whole);

/* No t, t' satisfies both. */
int domain_disjoint(Plan *p, const Expr *a, const Expr *b);

#endif
