/* tables.h - what is made of places alone, computed once
 *
 * For fast targets: an expression of indices and lengths with a costly function in it (the waves of a rotary embedding, the slopes of a
 * bias) stands in an equation of every layer, for every head. It becomes a tensor over the indices it has: of fixed dims a parameter that
 * the compiler evaluates; of positions an equation at the top, handed down to the loops that read it. Its values are the same as before.
 * Whole numbers that are made of the distance of two positions alone (buckets) are a parameter over all distances, real ones an equation
 * over those of a sequence (distance.c). */
#ifndef SINTER_TABLES_H
#define SINTER_TABLES_H

#include "../compiler/graph.h"

/* Changes equations of the graph; graph_verify holds before and after. Returns the new equations, the first steps of the top unit behind
 * their dims. */
NodeList graph_tables(Graph *graph);

typedef struct ByDistance {
    VarList index;     /* one, over the distances from the least to the largest */
    Expr *value;       /* of that index */
    Expr *at;          /* the index, of the positions that the formula had */
    int64_t low, high; /* of whole numbers: of all values */
} ByDistance;

typedef VEC(ByDistance) Distances;

/* A whole number of one or two positions of a dim whose length has a bound. 0: it is not one of their distance alone. Every value is
 * looked at once: `known` holds those that were, and the new one. */
int distance_of(Graph *graph, Distances *known, Expr *e, ByDistance *out);

/* A power whose exponent is a multiple of the distance of two positions, or exp of one. */
int distance_fades(Graph *graph, const Expr *e);

typedef struct Reach {
    Dim *of, *distances; /* twice as long */
} Reach;

typedef VEC(Reach) Reaches;

/* A real number of two positions of a dim, of any length. 0: it is not one of their distance alone. */
int distance_real(Graph *graph, Reaches *known, Expr *e, ByDistance *out);

#endif
