#include "eval.h"
#include "eval_inner.h"

#include <stdarg.h>

/* ---- tensors ----------------------------------------------------------------------------------------------------------------------- */

Tensor *tensor_new(Arena *arena, Type type, int rank, const int64_t *shape)
{
    Tensor *tensor = arena_new_of(arena, Tensor);
    tensor->type = type;
    tensor->rank = rank;
    tensor->shape = arena_array(arena, int64_t, rank);
    tensor->elements = 1;
    for (int k = 0; k < rank; k++) {
        tensor->shape[k] = shape[k];
        tensor->elements *= shape[k];
    }
    if (type == T_REAL) {
        tensor->real = arena_array(arena, double, tensor->elements);
    } else {
        tensor->integer = arena_array(arena, int64_t, tensor->elements);
    }
    return tensor;
}

Tensor tensor_copy(Arena *arena, const Tensor *from)
{
    Tensor *to = tensor_new(arena, from->type, from->rank, from->shape);
    for (int64_t i = 0; i < from->elements; i++) {
        if (from->type == T_REAL) {
            to->real[i] = from->real[i];
        } else {
            to->integer[i] = from->integer[i];
        }
    }
    return *to;
}

/* Product of n factors, -1 if it is above the limit. A zero anywhere makes it zero. */
static int64_t elements_of(const int64_t *shape, int n)
{
    int64_t elements = 1;
    for (int k = 0; k < n; k++) {
        if (shape[k] == 0) {
            return 0;
        }
    }
    for (int k = 0; k < n; k++) {
        if (__builtin_mul_overflow(elements, shape[k], &elements) || elements > eval_elements_max) {
            return -1;
        }
    }
    return elements;
}

Tensor *run_store(Run *run, Arena *arena, const Node *node)
{
    int64_t *shape = arena_array(arena, int64_t, node->free.n);
    for (int k = 0; k < node->free.n; k++) {
        shape[k] = run_length(run, node->free.at[k]->dim);
    }
    if (run->failed) {
        return NULL;
    }
    const int64_t elements = elements_of(shape, node->free.n);
    if (elements < 0 || elements > eval_elements_max - run->live) {
        run_fail(run, node->span, "'%s' does not fit into memory: more than %lld elements", node->name, (long long)eval_elements_max);
        return NULL;
    }
    run->live += elements;
    return tensor_new(arena, node->type, node->free.n, shape);
}

/* ---- runs -------------------------------------------------------------------------------------------------------------------------- */

void run_fail(Run *run, Span span, const char *format, ...)
{
    char *where = arena_printf(run->arena, "%s", "");
    Diag *d = run->eval->d;
    va_list args;
    if (run->failed) {
        return;
    }
    run->failed = 1;
    va_start(args, format);
    const char *what = arena_vprintf(run->arena, format, args);
    va_end(args);
    for (int list = 0; run->node && list < 2; list++) {
        const VarList *vars = list ? &run->node->bound : &run->node->free;
        for (int i = 0; i < vars->n; i++) {
            where = arena_printf(run->arena, "%s%s%s = %lld", where, *where ? ", " : " at ", vars->at[i]->name,
                                 (long long)run->value[vars->at[i]->id]);
        }
    }
    if (run->sequence >= 0) {
        where = arena_printf(run->arena, "%s, in sequence %lld", where, (long long)run->sequence);
    }
    diag_error(d, span.source || !run->node ? span : run->node->span, "%s%s", what, where);
}

Run *run_new(Eval *eval, Arena *arena, int64_t sequence)
{
    const Graph *graph = eval->graph;
    Run *run = arena_new_of(arena, Run);
    run->eval = eval;
    run->arena = run->whole = arena;
    run->sequence = sequence;
    run->tensor = arena_array(arena, const Tensor *, graph->nodes);
    run->home = arena_array(arena, Arena *, graph->nodes);
    run->length = arena_array(arena, int64_t, graph->dims.n);
    run->member = arena_array(arena, const int64_t *, graph->dims.n);
    run->value = arena_array(arena, int64_t, graph->vars);
    for (int i = 0; i < graph->dims.n; i++) {
        run->length[i] = -1;
    }
    return run;
}

Tensor *run_equation(Run *run, Arena *arena, const Node *node)
{
    Tensor *tensor = run_store(run, arena, node);
    Equation *equation = tensor ? equation_bind(run, run->arena, node, tensor) : NULL;
    if (equation) {
        equation_run(run, equation, NULL);
    }
    run->node = NULL;
    return run->failed ? NULL : tensor;
}

/* ---- parameters -------------------------------------------------------------------------------------------------------------------- */

static int64_t load_stored(Eval *eval, const Node *node, Tensor *into)
{
    const int parts = node->family ? node->family_n : 1;
    const int64_t each = into->elements / (parts > 0 ? parts : 1);
    int64_t bytes = 0;
    for (int i = 0; i < parts; i++) {
        double *real = into->real ? into->real + i * each : NULL;
        int64_t *integer = into->integer ? into->integer + i * each : NULL;
        const int64_t part = eval->load(eval->context, eval->d, node->family ? node->family[i] : node->path, each, real, integer);
        if (part < 0) {
            return -1;
        }
        bytes += part;
    }
    return bytes;
}

static const Tensor *param_of(Eval *eval, const Node *node)
{
    if (eval->param[node->id]) {
        return eval->param[node->id];
    }
    Arena *scratch = arena_new();
    Run *run = run_new(eval, scratch, -1);
    Tensor *tensor = NULL;
    if (node->body) {
        eval->loading++;
        tensor = run_equation(run, eval->arena, node);
        eval->loading--;
    } else {
        tensor = run_store(run, eval->arena, node);
        if (tensor) {
            eval->param_bytes[node->id] = load_stored(eval, node, tensor);
            tensor = eval->param_bytes[node->id] < 0 ? NULL : tensor;
        }
    }
    arena_free(scratch);
    eval->param[node->id] = tensor;
    return tensor;
}

const Tensor *run_tensor(Run *run, const Node *node)
{
    const Tensor *tensor = node->kind == NODE_PARAM ? param_of(run->eval, node) : run->tensor[node->id];
    if (!tensor && node->kind == NODE_PARAM) {
        run->failed = 1; /* reported there */
    } else if (!tensor) {
        run_fail(run, node->span, "'%s' is read before it is computed", node->name);
    }
    return tensor;
}

/* ---- dims -------------------------------------------------------------------------------------------------------------------------- */

/* A formula of lengths and scalars, outside of any equation. */
static int64_t formula_value(Run *run, const Expr *formula)
{
    Arena *scratch = arena_new();
    const Node *node = run->node;
    run->node = NULL;
    const Code *code = code_bind(run, scratch, formula);
    const int64_t value = code ? code_int(run, code) : 0;
    run->node = node;
    arena_free(scratch);
    return value;
}

static void check_length(Run *run, const Dim *dim, int64_t length)
{
    int64_t bound = dim->bound < INT32_MAX ? dim->bound : INT32_MAX;
    if (dim->most) {
        const int64_t most = formula_value(run, dim->most);
        bound = most < bound ? most : bound;
    }
    if (length > bound) {
        run_fail(run, dim->span, "'%s' has length %lld here, its bound is %lld", dim->name, (long long)length, (long long)bound);
    }
    run->length[dim->id] = run->failed ? 0 : length;
}

static void make_formula(Run *run, const Dim *dim)
{
    const int64_t length = formula_value(run, dim->formula);
    check_length(run, dim, length > 0 ? length : 0);
}

static void make_where(Run *run, const Dim *dim)
{
    const Tensor *mask = run_tensor(run, dim->mask);
    const int64_t parent = run_length(run, dim->parent);
    int64_t n = 0;
    if (!mask || run->failed) {
        return;
    }
    int64_t *member = arena_array(run->whole, int64_t, parent); /* results over dim leave the unit */
    for (int64_t i = 0; i < parent; i++) {
        if (mask->integer[i]) {
            member[n++] = i;
        }
    }
    run->member[dim->id] = member;
    check_length(run, dim, n);
}

int64_t run_length(Run *run, const Dim *dim)
{
    if (dim->kind == DIM_FIXED) {
        return dim->length;
    }
    if (run->length[dim->id] < 0 && !run->failed) {
        switch (dim->kind) {
        case DIM_FORMULA: make_formula(run, dim); break;
        case DIM_WHERE: make_where(run, dim); break;
        case DIM_GIVEN: run_fail(run, dim->span, "the length of '%s' is not known: no input given has it", dim->name); break;
        case DIM_TAKEN: run_fail(run, dim->span, "the length of '%s' is used before it is handed over", dim->name); break;
        case DIM_FIXED: break;
        }
    }
    return run->failed ? 0 : run->length[dim->id];
}

/* ---- one sequence ------------------------------------------------------------------------------------------------------------------ */

Eval *eval_new(const Graph *graph, Arena *arena, Diag *d, EvalLoad *load, const void *context)
{
    Eval *eval = arena_new_of(arena, Eval);
    *eval = (Eval){graph, arena, d, load, context, NULL, NULL, NULL, 0};
    eval->unit = arena_array(arena, EvalCounters, graph->units.n);
    eval->param = arena_array(arena, Tensor *, graph->nodes);
    eval->param_bytes = arena_array(arena, int64_t, graph->nodes);
    return eval;
}

EvalCounters eval_counters(const Eval *eval)
{
    EvalCounters all = {0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < eval->graph->units.n; i++) {
        const EvalCounters *c = &eval->unit[i];
        all.flops += c->flops;
        all.weight_bytes += c->weight_bytes;
        all.adds += c->adds;
        all.multiplies += c->multiplies;
        all.divides += c->divides;
        all.functions += c->functions;
        all.reads += c->reads;
    }
    return all;
}

EvalCounters eval_unit_counters(const Eval *eval, const Unit *unit)
{
    return eval->unit[unit->id];
}

void run_take_inputs(Run *run, const EvalSequence *sequence)
{
    const Graph *graph = run->eval->graph;
    for (int i = 0; i < graph->inputs.n; i++) {
        const Node *node = graph->inputs.at[i];
        run->tensor[node->id] = sequence->input[i];
        for (int k = 0; sequence->input[i] && k < node->free.n; k++) {
            const Dim *dim = node->free.at[k]->dim;
            if (dim->kind == DIM_GIVEN && run->length[dim->id] < 0) {
                run->length[dim->id] = sequence->input[i]->shape[k];
            }
        }
    }
}

/* Absent inputs have their default, states their first value. */
static void take_beginnings(Run *run, const NodeList *nodes)
{
    for (int i = 0; i < nodes->n && !run->failed; i++) {
        if (!run->tensor[nodes->at[i]->id] && nodes->at[i]->body) {
            run_node(run, nodes->at[i]);
        }
    }
}

int eval_run(Eval *eval, Arena *arena, const EvalSequence *sequence, Tensor *output)
{
    const Graph *graph = eval->graph;
    Arena *scratch = arena_new();
    Run *run = run_new(eval, scratch, sequence->number);
    run_take_inputs(run, sequence);
    take_beginnings(run, &graph->inputs);
    take_beginnings(run, &graph->states);
    run_unit(run, graph->top);
    for (int i = 0; i < graph->outputs.n && !run->failed; i++) {
        const Tensor *tensor = run_tensor(run, graph->outputs.at[i]);
        if (tensor) {
            output[i] = tensor_copy(arena, tensor);
        }
    }
    const int fine = !run->failed;
    arena_free(scratch);
    return fine;
}
