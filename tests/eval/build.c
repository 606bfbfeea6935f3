#include "build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Arena *arena;
Diag *d;
Graph *graph;
Unit *unit;
const Stored *stored;
int loads;

int begin(void **state)
{
    (void)state;
    arena = arena_new();
    d = diag_new(arena);
    graph = graph_new(arena);
    graph->name = str_of("test");
    unit = graph_unit(graph, UNIT_TOP, str_of("test"), (Span){0});
    stored = NULL;
    loads = 0;
    return 0;
}

int end(void **state)
{
    (void)state;
    arena_free(arena);
    str_forget();
    return 0;
}

Dim *fixed(const char *name, int64_t length)
{
    Dim *dim = graph_dim(graph, DIM_FIXED, str_of(name), (Span){0});
    dim->length = length;
    return dim;
}

Dim *given(const char *name, int64_t bound)
{
    Dim *dim = graph_dim(graph, DIM_GIVEN, str_of(name), (Span){0});
    dim->bound = bound;
    return dim;
}

Var *over(Dim *dim, const char *name)
{
    return graph_var(graph, dim, str_of(name));
}

VarList vars(Var *first, ...)
{
    VarList list = {0};
    va_list args;
    va_start(args, first);
    for (Var *var = first; var; var = va_arg(args, Var *)) {
        vec_push(arena, list, var);
    }
    va_end(args);
    return list;
}

Expr *num(int64_t value)
{
    return expr_int(graph, value, (Span){0});
}

Expr *real(double value)
{
    return expr_real(graph, value, (Span){0});
}

Expr *at(Var *var)
{
    return expr_var(graph, var, (Span){0});
}

Expr *op(Op o, Expr *a, Expr *b)
{
    return expr_op(graph, o, a, b, (Span){0});
}

Expr *read_at(Node *node, Expr *first, ...)
{
    Expr *index[8];
    int n = 0;
    va_list args;
    va_start(args, first);
    for (Expr *e = first; e; e = va_arg(args, Expr *)) {
        index[n++] = e;
    }
    va_end(args);
    return expr_read(graph, node, n, index, NULL, (Span){0});
}

Expr *read_or(Node *node, Expr *index, Expr *otherwise)
{
    return expr_read(graph, node, 1, &index, otherwise, (Span){0});
}

static Node *new_node(NodeKind kind, const char *name, Type type, VarList free)
{
    Node *node = graph_node(graph, kind, str_of(name), (Span){0});
    node->type = type;
    node->free = free;
    node->unit = kind == NODE_PARAM ? NULL : unit;
    return node;
}

Node *input(const char *name, Type type, Dim *extent, VarList free)
{
    Node *node = new_node(NODE_INPUT, name, type, free);
    node->extent = extent;
    return node;
}

Node *param(const char *path, Type type, VarList free)
{
    Node *node = new_node(NODE_PARAM, path, type, free);
    node->path = str_of(path);
    return node;
}

Node *loose(const char *name, Type type, VarList free)
{
    return new_node(NODE_EQ, name, type, free);
}

static void step_node(Node *node)
{
    const Step step = {.kind = STEP_NODE, .node = node};
    vec_push(arena, unit->step, step);
}

Node *equation(const char *name, VarList free, Expr *body)
{
    Node *node = new_node(NODE_EQ, name, body->type, free);
    node->body = body;
    step_node(node);
    return node;
}

Node *reduction(const char *name, VarList free, Reduce reduce, VarList bound, Expr *where, Expr *body)
{
    Node *node = equation(name, free, body);
    node->reduce = reduce;
    node->bound = bound;
    node->where = where;
    return node;
}

void along(Var *var, int down, Node *first, ...)
{
    Step step = {.kind = STEP_ALONG, .var = var, .down = down};
    va_list args;
    va_start(args, first);
    for (Node *node = first; node; node = va_arg(args, Node *)) {
        vec_push(arena, step.group, node);
    }
    va_end(args);
    vec_push(arena, unit->step, step);
}

void step_dim(Dim *dim)
{
    const Step step = {.kind = STEP_DIM, .dim = dim};
    vec_push(arena, unit->step, step);
}

Node *output(Node *node)
{
    node->output = 1;
    vec_push(arena, graph->outputs, node);
    return node;
}

/* ---- running ------------------------------------------------------------------------------------------------------------------------ */

int64_t load_stored(const void *context, Diag *diag, Str path, int64_t elements, double *reals, int64_t *integers)
{
    (void)context;
    loads++;
    for (const Stored *s = stored; s && s->path; s++) {
        if (strcmp(s->path, path) == 0 && s->elements == elements) {
            for (int64_t i = 0; i < elements; i++) {
                if (reals) {
                    reals[i] = s->numbers[i];
                } else {
                    integers[i] = (int64_t)s->numbers[i];
                }
            }
            return elements * 4;
        }
    }
    diag_error(diag, (Span){0}, "no parameter '%s'", path);
    return -1;
}

Tensor *tensor_of_reals(int rank, const int64_t *shape, const double *numbers)
{
    Tensor *tensor = tensor_new(arena, T_REAL, rank, shape);
    for (int64_t i = 0; i < tensor->elements; i++) {
        tensor->real[i] = numbers[i];
    }
    return tensor;
}

Tensor *tensor_of_ints(Type type, int rank, const int64_t *shape, const int64_t *numbers)
{
    Tensor *tensor = tensor_new(arena, type, rank, shape);
    for (int64_t i = 0; i < tensor->elements; i++) {
        tensor->integer[i] = numbers[i];
    }
    return tensor;
}

Tensor *run(const Tensor *first, ...)
{
    const Tensor *given_inputs[8];
    va_list args;
    va_start(args, first);
    for (int i = 0; i < graph->inputs.n; i++) {
        given_inputs[i] = i ? va_arg(args, const Tensor *) : first;
    }
    va_end(args);
    const char *wrong = graph_verify(graph);
    if (wrong) {
        fail_msg("%s", wrong);
    }
    Eval *eval = eval_new(graph, arena, d, load_stored, NULL);
    const EvalSequence sequence = {-1, NULL, given_inputs};
    Tensor *outputs = arena_array(arena, Tensor, graph->outputs.n);
    return eval_check(eval, &sequence) && eval_run(eval, arena, &sequence, outputs) ? outputs : NULL;
}

static void expect_fine(const Tensor *tensor)
{
    if (!tensor) {
        fail_msg("no result: %s", d->item.n ? d->item.at[0].text : "and no diagnostic");
    }
    assert_int_equal(d->item.n, 0);
}

void expect_reals(const Tensor *tensor, int64_t elements, const double *wanted)
{
    expect_fine(tensor);
    assert_int_equal(tensor->type, T_REAL);
    assert_int_equal(tensor->elements, elements);
    for (int64_t i = 0; i < elements; i++) {
        const double difference = fabs(tensor->real[i] - wanted[i]);
        if (!(difference <= 1e-12 * (1 + fabs(wanted[i])))) {
            fail_msg("element %lld is %.17g, not %.17g", (long long)i, tensor->real[i], wanted[i]);
        }
    }
}

void expect_ints(const Tensor *tensor, int64_t elements, const int64_t *wanted)
{
    expect_fine(tensor);
    assert_int_not_equal(tensor->type, T_REAL);
    assert_int_equal(tensor->elements, elements);
    for (int64_t i = 0; i < elements; i++) {
        if (tensor->integer[i] != wanted[i]) {
            fail_msg("element %lld is %lld, not %lld", (long long)i, (long long)tensor->integer[i], (long long)wanted[i]);
        }
    }
}

void expect_error(const char *part)
{
    assert_int_equal(d->errors, 1);
    if (!strstr(d->item.at[0].text, part)) {
        fail_msg("'%s' is not in '%s'", part, d->item.at[0].text);
    }
}

static const char *text_of(const Expr *e)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    assert_non_null(out);
    if (e) {
        expr_print(e, out);
    } else {
        graph_print(graph, out);
    }
    fclose(out);
    const char *copy = arena_printf(arena, "%s", text);
    free(text);
    return copy;
}

const char *printed(const Expr *e)
{
    return text_of(e);
}

const char *dumped(void)
{
    return text_of(NULL);
}
