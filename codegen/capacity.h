/* capacity.h - how many rows a dim can have in all, as a formula of what the caller gives
 *
 * A capacity is a sum of terms: num / den times the sum over the sequences of a product of given lengths (none: the number of sequences).
 * Each is rounded up when it is computed. */
#ifndef SINTER_CAPACITY_H
#define SINTER_CAPACITY_H

#include "plan.h"

typedef struct Term {
    int64_t num, den;
    int n;
    Dim *dim[4]; /* given dims, by number */
} Term;

typedef enum CapacityFor { FOR_C, FOR_MACRO, FOR_READERS } CapacityFor;

typedef struct Capacity {
    int known;
    int n;
    Term term[12];
} Capacity;

Capacity capacity_of_dim(Plan *p, Dim *dim);
Capacity capacity_of(Plan *p, const Basis *basis); /* BASIS_ROWS: product of its dims */

/* Registers every product of given lengths that the workspace depends on, and reports dims without a limit. */
void capacity_collect(Plan *p, const Basis *basis);

/* C for a basis in the words of the workspace function; with `wrap`, arguments stand in parentheses for a macro. */
Str capacity_text(Plan *p, const Basis *basis, CapacityFor what);
Str capacity_word(Plan *p, const Term *term); /* the argument's name: "t", "t_t" */
Str dim_word(Plan *p, const Dim *dim);        /* a ragged dim in C: "t" */
int same_basis(const Basis *a, const Basis *b);

#endif
