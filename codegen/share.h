/* share.h - equations as C computes them: see explicit.c */
#ifndef SINTER_SHARE_H
#define SINTER_SHARE_H

#include "plan.h"

/* Adds the items for one equation; a reduction over a domain that may be empty is split. */
void explicit_node(Plan *p, Func *f, Item *item, Node *node);
void explicit_along(Plan *p, Func *f, Item *item);
/* Results that are no equation of the unit get one, so that each is written where the caller wants it. */
void explicit_results(Plan *p, Func *f);

/* An optional input's default is an equation, computed when the caller gives nothing. */
void explicit_default(Plan *p, Func *f, Node *input);

/* The domain of the reduction has an element in every sequence. */
int never_empty(Plan *p, const Node *node);
void conjuncts(Plan *p, Expr *e, ExprList *out); /* of an `and` */

#endif
