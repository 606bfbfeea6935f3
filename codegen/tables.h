/* tables.h - what is made of places alone, computed once
 *
 * For fast targets: an expression of indices and lengths with a costly function in it (the waves of a rotary embedding, the slopes of a
 * bias) stands in an equation of every layer, for every head. It becomes a tensor over the indices it has: of fixed dims a parameter that
 * the compiler evaluates; of positions an equation at the top, handed down to the loops that read it. Its values are the same as before. */
#ifndef SINTER_TABLES_H
#define SINTER_TABLES_H

#include "../compiler/graph.h"

/* Changes equations of the graph; graph_verify holds before and after. Returns the new equations, the first steps of the top unit. */
NodeList graph_tables(Graph *graph);

#endif
