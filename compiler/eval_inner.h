/* eval_inner.h - what the files of the evaluator share */
#ifndef SINTER_EVAL_INNER_H
#define SINTER_EVAL_INNER_H

#include "eval.h"

/* More elements than this (16 GiB of doubles) are refused, in one tensor and in all that live at once. */
static const int64_t eval_elements_max = INT64_C(1) << 31;

struct Eval {
    const Graph *graph;
    Arena *arena;
    Diag *d;
    EvalLoad *load;
    const void *context;
    Tensor **param;       /* by Node.id; NULL: not read yet */
    int64_t *param_bytes; /* by Node.id, in the file; 0 for equations of parameters */
    EvalCounters *unit;   /* by Unit.id */
    int loading;          /* equations of parameters are work of the compiler, and not counted */
};

/* One sequence on its way, or one equation of parameters. */
typedef struct Run {
    Eval *eval;
    Arena *arena;           /* of the unit that runs: freed when it ends */
    Arena *whole;           /* of the sequence */
    int64_t sequence;
    const Tensor **tensor;  /* by Node.id */
    Arena **home;           /* by Node.id: where results of a unit that runs must live, else NULL */
    int64_t *length;        /* by Dim.id; -1: not made yet */
    const int64_t **member; /* by Dim.id: places in the parent of the elements of a DIM_WHERE */
    int64_t *value;         /* by Var.id, while its loop runs */
    int64_t live;           /* elements stored now */
    const Node *node;       /* equation at hand, for messages; NULL: a formula */
    const Step *along;      /* whose group is computed, or NULL */
    int failed;             /* reported already */
} Run;

/* Nothing is stored yet. */
Run *run_new(Eval *eval, Arena *arena, int64_t sequence);

/* Inputs become tensors of their nodes, and say the lengths of given dims. */
void run_take_inputs(Run *run, const EvalSequence *sequence);

/* An error at span; adds where the loops stand. Only the first one of a run is reported. */
void run_fail(Run *run, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The stored tensor of a node; loads parameters. NULL after a failure. */
const Tensor *run_tensor(Run *run, const Node *node);

/* The length of dim in this sequence; makes formulas of lengths. 0 after a failure. */
int64_t run_length(Run *run, const Dim *dim);

/* A tensor for node with its dims' lengths. NULL after a failure. */
Tensor *run_store(Run *run, Arena *arena, const Node *node);

/* The tensor of an equation, computed into arena. NULL after a failure. */
Tensor *run_equation(Run *run, Arena *arena, const Node *node);

Tensor tensor_copy(Arena *arena, const Tensor *from);

/* ---- units ---- */

void run_node(Run *run, const Node *node);

/* Returns 1 if it is the unit of a loop, and the loop ends here. */
int run_unit(Run *run, const Unit *unit);

/* ---- expressions, bound to the tensors and lengths of one run ---- */

typedef struct Code Code;

/* NULL after a failure. Bound again for every equation of every sequence, so that no state is left behind. */
Code *code_bind(Run *run, Arena *arena, const Expr *e);
double code_real(Run *run, const Code *code);
int64_t code_int(Run *run, const Code *code); /* of ints and bools */

/* The one shortcut, for the loop that most time is spent in: adds to total, in order, the values of code while var runs over
 * 0 .. length - 1, if code is a product of two reads whose indices are in range for all of them. Otherwise returns 0, doing nothing. */
int code_dot(const Code *code, const int64_t *var, int64_t length, double *total);

/* ---- equations ---- */

/* All elements of node, or those with its variable `fixed` at its present value, into tensor. */
typedef struct Equation Equation;
Equation *equation_bind(Run *run, Arena *arena, const Node *node, Tensor *into);
void equation_run(Run *run, Equation *equation, const Var *fixed);

#endif
