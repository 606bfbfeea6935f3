/* build.h - graphs by hand, a line per equation
 *
 * begin() makes an empty graph with a top unit; what is built is appended to the unit at hand. Lists end with NULL. */
#ifndef SINTER_TESTS_EVAL_BUILD_H
#define SINTER_TESTS_EVAL_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../compiler/eval.h"

extern Arena *arena;
extern Diag *d;
extern Graph *graph;
extern Unit *unit; /* at hand */

int begin(void **state); /* for cmocka_unit_test_setup_teardown */
int end(void **state);

Dim *fixed(const char *name, int64_t length);
Dim *given(const char *name, int64_t bound);
Var *over(Dim *dim, const char *name);
VarList vars(Var *first, ...);

Expr *num(int64_t value);
Expr *real(double value);
Expr *at(Var *var);
Expr *read_at(Node *node, Expr *first, ...);                       /* of rank 0: read_at(node, NULL) */
Expr *read_or(Node *node, Expr *index, Expr *otherwise);           /* of rank 1 */
Expr *op(Op op, Expr *a, Expr *b);

Node *input(const char *name, Type type, Dim *extent, VarList free);
Node *param(const char *path, Type type, VarList free);            /* numbers from `stored` */
Node *equation(const char *name, VarList free, Expr *body);        /* with a step */
Node *reduction(const char *name, VarList free, Reduce reduce, VarList bound, Expr *where, Expr *body);
Node *loose(const char *name, Type type, VarList free);            /* without step and body yet */
void along(Var *var, int down, Node *first, ...);
void step_dim(Dim *dim);
Node *output(Node *node);

/* ---- running ---- */

typedef struct Stored {
    const char *path;
    int64_t elements;
    const double *numbers;
} Stored;
extern const Stored *stored; /* ends with a NULL path */
extern int loads;            /* calls of the loader */
int64_t load_stored(const void *context, Diag *diag, Str path, int64_t elements, double *reals, int64_t *integers);

Tensor *tensor_of_reals(int rank, const int64_t *shape, const double *numbers);
Tensor *tensor_of_ints(Type type, int rank, const int64_t *shape, const int64_t *numbers);

/* Verifies, checks the inputs (in order) and runs. Returns the outputs, or NULL after a diagnostic. */
Tensor *run(const Tensor *first, ...);

void expect_reals(const Tensor *tensor, int64_t elements, const double *wanted); /* within 1e-12 relative */
void expect_ints(const Tensor *tensor, int64_t elements, const int64_t *wanted);
void expect_error(const char *part); /* the only diagnostic so far contains it */

/* Numbers written out. */
#define N(array) ((int64_t)(sizeof(array) / sizeof *(array)))
#define REALS(t, ...)                                                                                                             \
    do {                                                                                                                          \
        const double wanted_[] = {__VA_ARGS__};                                                                                   \
        expect_reals(t, N(wanted_), wanted_);                                                                                     \
    } while (0)
#define INTS(t, ...)                                                                                                              \
    do {                                                                                                                          \
        const int64_t wanted_[] = {__VA_ARGS__};                                                                                  \
        expect_ints(t, N(wanted_), wanted_);                                                                                      \
    } while (0)

/* What expr_print and graph_print print. */
const char *printed(const Expr *e);
const char *dumped(void);

#endif
