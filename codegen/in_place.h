/* in_place.h - tensors that are written over what they were made from */
#ifndef SINTER_IN_PLACE_H
#define SINTER_IN_PLACE_H

#include "place.h"

typedef struct Uses { /* of stored nodes in a function, by node id */
    int *last;        /* last item that reads it, -1: none */
    int n;
} Uses;

Uses uses_of(Plan *p, Func *f);
int reads_node(const Expr *e, const Node *node);
int same_memory(Plan *p, const Node *a, const Node *b); /* of the same shape and type */
Member *root_of(Plan *p, const Node *node);             /* the one nest that stores it, or NULL */

/* What a redefinition (`x = x + ..`) could be written over. Other tensors keep arrays of their own names. */
NodeList overwrites(Plan *p, const Uses *u, Member *root);

/* Which results of a turn of a loop are written over its arguments: Func.in_place, Info.over. */
void carry_in_place(Plan *p, Func *f, const Uses *u);

#endif
