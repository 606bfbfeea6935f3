/* panel.h - the right side of a product as tiles read it
 *
 * [b][N / 48][K][48]: 48 neighbouring columns stand beside each other for each k; columns beyond N are 0. The order of the numbers in a
 * checkpoint does not matter: they are packed once, by the compiler, for all tiers. */
#ifndef SINTER_FORMS_PANEL_H
#define SINTER_FORMS_PANEL_H

#include "../plan.h"

enum { PANEL = 48 };

typedef struct Panel {
    int64_t b, n, k;             /* sizes of the flattened roles */
    int64_t *at_b, *at_n, *at_k; /* element of the parameter: their sum */
} Panel;

int64_t panel_count(const Panel *panel);                /* numbers in memory, zeros included */
int64_t panel_source(const Panel *panel, int64_t i);    /* the element of the parameter that is i-th in memory; -1: a zero */

/* The parameter that `read` reads, packed; one more of the function and of all units that share it. The read's indices are sums of
 * variables of the roles. NULL: they are not. */
Node *panel_param(Plan *p, Func *f, const Expr *read, const VarList *b, const VarList *n, const VarList *k);

#endif
