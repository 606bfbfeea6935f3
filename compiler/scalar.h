/* scalar.h - what each operator computes on one value
 *
 * Used by the constructors that fold constants and by the evaluator, so the two cannot differ.
 * Integers are 64 bits and exact: an operation that overflows, divides by zero or converts what does not fit has no value. */
#ifndef SINTER_SCALAR_H
#define SINTER_SCALAR_H

#include "graph.h"

/* op of integers (bools are 0 and 1); b is ignored by unary operators. Returns 0 when there is no value. */
int scalar_int(Op op, int64_t a, int64_t b, int64_t *result);

/* op of reals with a real result. `min` and `max` of a NaN are NaN; `div` and `mod` floor as Python's do. */
double scalar_real(Op op, double a, double b);

/* OP_LT, OP_LE, OP_EQ, OP_NE */
int scalar_compare_int(Op op, int64_t a, int64_t b);
int scalar_compare_real(Op op, double a, double b);

/* Cuts towards zero. Returns 0 for NaN and what an int64 cannot hold. */
int scalar_real_to_int(double a, int64_t *result);

#endif
