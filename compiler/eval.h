/* eval.h - the reference evaluator: what a graph means, in double precision
 *
 * The plainest interpreter there can be. Steps are executed as they stand in the text, every equation is stored in full, sums are
 * added in the order of their indices. Reals are doubles, ints are 64 bits and exact. It is the oracle of every pass, plan and
 * target and knows none of them.
 *
 * An int that overflows, a division of an int by zero, a length beyond its bound or a tensor that no memory holds is an error at its place
 * in the text, reported through Diag. */
#ifndef SINTER_EVAL_H
#define SINTER_EVAL_H

#include "diag.h"
#include "graph.h"

/* Row-major. T_REAL: real; T_INT and T_BOOL (0, 1): integer. */
typedef struct Tensor {
    Type type;
    int rank;
    int64_t *shape;
    int64_t elements;
    double *real;
    int64_t *integer;
} Tensor;

/* Zeroed. Rank 0 has one element. */
Tensor *tensor_new(Arena *arena, Type type, int rank, const int64_t *shape);

/* Work as the equations say it: operations on reals (a sum of n terms counts n), and bytes of stored weights, each at most once
 * per equation that reads it. */
typedef struct EvalCounters {
    double flops, weight_bytes;
    double adds, multiplies, divides, functions, reads; /* flops are the first four */
} EvalCounters;

/* Fills real or integer (the other is NULL) with the stored tensor called path. Returns its bytes in the file, -1 after reporting. */
typedef int64_t EvalLoad(const void *context, Diag *d, Str path, int64_t elements, double *real, int64_t *integer);

typedef struct Eval Eval;

/* The graph must be verified. Parameters are loaded, and equations of parameters evaluated, at the first read; they live in `arena`. */
Eval *eval_new(const Graph *graph, Arena *arena, Diag *d, EvalLoad *load, const void *context);

/* One sequence. */
typedef struct EvalSequence {
    int64_t number;      /* in messages: "3/tok[7]"; -1: none */
    const char *file;    /* the inputs are from, for messages; NULL: the text is shown */
    const Tensor **input; /* by Node.input; NULL: absent */
} EvalSequence;

/* Ranks, types, fixed extents, lengths against each other and their bounds, indices against their dims. Returns 1 if all is well. */
int eval_check(Eval *eval, const EvalSequence *sequence);

/* Computes output[i], the tensor of graph->outputs.at[i], into `arena`. States have their first value. Needs: eval_check said 1.
 * Returns 1, or 0 after reporting; then outputs are unspecified. */
int eval_run(Eval *eval, Arena *arena, const EvalSequence *sequence, Tensor *output);

/* Of all sequences so far. */
EvalCounters eval_counters(const Eval *eval);
EvalCounters eval_unit_counters(const Eval *eval, const Unit *unit); /* of the equations of one unit, without those it calls */
void eval_count_print(const Eval *eval, const Graph *graph, FILE *out);

#endif
