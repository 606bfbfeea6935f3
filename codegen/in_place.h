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

/* What node could be written over: of plain loops a redefinition (`x = x + ..`), since other tensors keep arrays of their own names; of a
 * kernel whatever it reads for the last time, as its template allows. */
NodeList overwrites(Plan *p, Func *f, const Uses *u, const Node *node);

/* Which results of a turn of a loop are written over its arguments: Func.in_place, Info.over. */
void carry_in_place(Plan *p, Func *f, const Uses *u);

#endif
