/* What the caller hands in is looked at as a whole before any work: shapes, lengths, then every index. */
#include "eval_inner.h"

typedef struct Checking {
    Eval *eval;
    const EvalSequence *sequence;
    Arena *arena;
    int wrong;
} Checking;

static void wrong_input(Checking *c, const Node *node, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An error about node: at the file it is from, else at its place in the text. */
static void wrong_input(Checking *c, const Node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(c->arena, format, args);
    va_end(args);
    c->wrong = 1;
    if (c->sequence->file) {
        diag_error_file(c->eval->d, c->sequence->file, "%s", text);
    } else {
        diag_error(c->eval->d, node->span, "%s", text);
    }
}

/* "3/tok" */
static const char *input_name(const Checking *c, const Node *node)
{
    return c->sequence->number < 0 ? node->name : arena_printf(c->arena, "%lld/%s", (long long)c->sequence->number, node->name);
}

/* "[7, 2]" for one element */
static const char *position(Arena *arena, const Tensor *tensor, int64_t element)
{
    const char *text = "]", *separator = "";
    for (int k = tensor->rank - 1; k >= 0; k--) {
        text = arena_printf(arena, "%lld%s%s", (long long)(element % tensor->shape[k]), separator, text);
        element /= tensor->shape[k];
        separator = ", ";
    }
    return tensor->rank ? arena_printf(arena, "[%s", text) : "";
}

static void check_shape(Checking *c, const Node *node, const Tensor *tensor)
{
    const char *name = input_name(c, node);
    if (tensor->type != node->type) {
        wrong_input(c, node, "'%s' is %s, not %s", name, type_name(tensor->type), type_name(node->type));
        return;
    }
    if (tensor->rank != node->free.n) {
        wrong_input(c, node, "'%s' has %d axes, not %d", name, tensor->rank, node->free.n);
        return;
    }
    for (int k = 0; k < tensor->rank; k++) {
        const Dim *dim = node->free.at[k]->dim;
        if (dim->kind == DIM_FIXED && tensor->shape[k] != dim->length) {
            wrong_input(c, node, "'%s' has %lld elements along '%s', which is %lld", name, (long long)tensor->shape[k], dim->name,
                        (long long)dim->length);
        } else if (dim->kind == DIM_GIVEN && tensor->shape[k] > (dim->bound < INT32_MAX ? dim->bound : INT32_MAX)) {
            wrong_input(c, node, "'%s' has length %lld along '%s', more than its bound %lld", name, (long long)tensor->shape[k], dim->name,
                        (long long)(dim->bound < INT32_MAX ? dim->bound : INT32_MAX));
        }
    }
}

/* The input that said the length of dim: the first over it. */
static const char *teller_of(const Checking *c, const Dim *dim)
{
    const NodeList *inputs = &c->eval->graph->inputs;
    for (int i = 0; i < inputs->n; i++) {
        for (int k = 0; c->sequence->input[i] && k < inputs->at[i]->free.n; k++) {
            if (inputs->at[i]->free.at[k]->dim == dim) {
                return inputs->at[i]->name;
            }
        }
    }
    return "";
}

/* Axes over one ragged dim agree; `run` holds the lengths of given dims. */
static void check_lengths(Checking *c, Run *run, const Node *node, const Tensor *tensor)
{
    for (int k = 0; k < tensor->rank; k++) {
        const Dim *dim = node->free.at[k]->dim;
        const int64_t length = run_length(run, dim);
        if (run->failed) {
            c->wrong = 1;
        } else if (tensor->shape[k] != length && dim->kind == DIM_GIVEN) {
            wrong_input(c, node, "'%s' has length %lld along '%s', but '%s' has %lld", input_name(c, node), (long long)tensor->shape[k],
                        dim->name, teller_of(c, dim), (long long)length);
        } else if (tensor->shape[k] != length) {
            wrong_input(c, node, "'%s' has length %lld along '%s', which is %lld", input_name(c, node), (long long)tensor->shape[k],
                        dim->name, (long long)length);
        }
    }
}

static void check_values(Checking *c, const Node *node, const Tensor *tensor)
{
    const int64_t end = node->type == T_BOOL ? 2 : node->extent ? node->extent->length : 0;
    for (int64_t i = 0; i < tensor->elements && (node->type == T_BOOL || node->extent); i++) {
        const int64_t value = tensor->integer[i];
        if (value >= 0 && value < end) {
            continue;
        }
        const char *place = position(c->arena, tensor, i);
        if (node->type == T_BOOL) {
            wrong_input(c, node, "'%s%s' is %lld, a bool is 0 or 1", input_name(c, node), place, (long long)value);
        } else {
            wrong_input(c, node, "'%s%s' is %lld, an index into '%s' is 0 to %lld", input_name(c, node), place, (long long)value,
                        node->extent->name, (long long)(end - 1));
        }
        return; /* one per tensor is enough */
    }
}

int eval_check(Eval *eval, const EvalSequence *sequence)
{
    const NodeList *inputs = &eval->graph->inputs;
    Arena *arena = arena_new();
    Checking c = {eval, sequence, arena, 0};
    for (int i = 0; i < inputs->n; i++) {
        if (sequence->input[i]) {
            check_shape(&c, inputs->at[i], sequence->input[i]);
        } else if (!inputs->at[i]->optional) {
            wrong_input(&c, inputs->at[i], "input '%s' is missing", input_name(&c, inputs->at[i]));
        }
    }
    if (!c.wrong) {
        Run *run = run_new(eval, arena, sequence->number);
        run_take_inputs(run, sequence);
        for (int i = 0; i < inputs->n && !run->failed; i++) {
            if (sequence->input[i]) {
                check_lengths(&c, run, inputs->at[i], sequence->input[i]);
            }
        }
    }
    for (int i = 0; i < inputs->n && !c.wrong; i++) {
        if (sequence->input[i]) {
            check_values(&c, inputs->at[i], sequence->input[i]);
        }
    }
    arena_free(arena);
    return !c.wrong;
}
