/* What is made of one distance: the bucket of a distance between two places, or what a score takes off for it.
 *
 * Of whole numbers logarithms and the like are computed once for every distance that there can be, in double as the evaluator has them, so
 * that no kernel decides anything by a float. Of reals, of any length, there is an equation over the distances of a sequence: n places have
 * 2 n of them, and n^2 scores, of every head, read one. */
#include "plan.h"
#include "tables.h"

#include <stdlib.h>

enum { LONGEST = 8192, MOST = 1 << 24 }; /* positions; what a float holds exactly */

typedef struct Distance {
    Graph *graph;
    Var *to, *from; /* to - from, or `to` alone */
    Expr *number;   /* that distance, by the index of the table */
} Distance;

/* A multiple of the distance and a constant: the multiple; 0: it is none. */
static int64_t multiple_of(const Distance *d, const Affine *a)
{
    int64_t to = 0, from = 0;
    for (int i = 0; i < a->n; i++) {
        if (a->len[i] || (a->var[i] != d->to && a->var[i] != d->from)) {
            return 0;
        }
        *(a->var[i] == d->to ? &to : &from) += a->coef[i];
    }
    return !d->from || from == -to ? to : 0;
}

/* The same by the distance alone; NULL: it knows more than that. */
static Expr *by_distance(const Distance *d, Expr *e)
{
    Affine a;
    Graph *g = d->graph;
    const int64_t times = e->type == T_INT && affine_of(e, &a) ? multiple_of(d, &a) : 0;
    if (times) {
        Expr *product = expr_op(g, OP_MUL, expr_int(g, times, e->span), d->number, e->span);
        return expr_op(g, OP_ADD, product, expr_int(g, a.constant, e->span), e->span);
    }
    if (e->kind == EX_VAR || e->kind == EX_LEN || e->kind == EX_READ || e->kind == EX_POS) {
        return NULL;
    }
    Expr *copy = arena_new_of(g->arena, Expr);
    *copy = *e;
    copy->kid = arena_array(g->arena, Expr *, e->n + 1);
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = by_distance(d, e->kid[k]);
        if (!copy->kid[k]) {
            return NULL;
        }
    }
    return copy;
}

/* All values are numbers that a float holds: the range of them. */
static int range_of(const Distance *d, Expr *e, const VarList *index, int64_t *low, int64_t *high)
{
    const int64_t n = index->at[0]->dim->length;
    for (int64_t i = 0; i < n; i++) {
        Expr *at = expr_int(d->graph, i, e->span);
        const Expr *value = expr_replace(d->graph, e, index, &at);
        if (value->kind != EX_CONST || value->type != T_INT || llabs(value->integer) > MOST) {
            return 0;
        }
        *low = i == 0 || value->integer < *low ? value->integer : *low;
        *high = i == 0 || value->integer > *high ? value->integer : *high;
    }
    return n > 0;
}

/* One dim for all tables of this length. */
static Dim *distances(Graph *graph, int64_t length, Span span)
{
    Str name = str_of("distance");
    for (int i = 0; i < graph->dims.n; i++) {
        Dim *dim = graph->dims.at[i];
        if (dim->kind == DIM_FIXED && dim->name == name && dim->length == length && !dim->member) {
            return dim;
        }
    }
    Dim *dim = graph_dim(graph, DIM_FIXED, name, span);
    dim->length = length;
    return dim;
}

/* The same formula in an equation of before: all but the place. */
static int looked_at(Graph *graph, const Distances *known, ByDistance *by)
{
    for (int i = 0; i < known->n; i++) {
        const ByDistance *other = &known->at[i];
        Expr *index = expr_var(graph, other->index.at[0], by->value->span);
        if (other->index.at[0]->dim == by->index.at[0]->dim &&
            expr_same(other->value, expr_replace(graph, by->value, &by->index, &index))) {
            *by = *other;
            return 1;
        }
    }
    return 0;
}

/* The distances -n .. n - 1 of a dim. */
static Dim *reach_of(Graph *graph, Reaches *known, Dim *dim, Span span)
{
    for (int i = 0; i < known->n; i++) {
        if (known->at[i].of == dim) {
            return known->at[i].distances;
        }
    }
    Dim *distances = graph_dim(graph, DIM_FORMULA, str_of("distance"), span);
    distances->formula = expr_op(graph, OP_MUL, expr_int(graph, 2, span), expr_len(graph, dim, span), span);
    distances->bound = dim->bound < INT64_MAX / 2 ? 2 * dim->bound : INT64_MAX;
    vec_push(graph->arena, *known, ((Reach){dim, distances}));
    return distances;
}

int distance_real(Graph *graph, Reaches *known, Expr *e, ByDistance *out)
{
    VarList vars = {0};
    expr_vars(e, graph->arena, &vars);
    Dim *dim = vars.n == 2 ? vars.at[0]->dim : NULL;
    if (!dim || e->type != T_REAL || vars.at[1]->dim != dim || dim->kind != DIM_GIVEN) {
        return 0;
    }
    Distance d = {graph, vars.at[0], vars.at[1], expr_int(graph, 0, e->span)};
    if (!by_distance(&d, e)) {
        return 0;
    }
    Expr *length = expr_len(graph, dim, e->span);
    *out = (ByDistance){0};
    vec_push(graph->arena, out->index, graph_var(graph, reach_of(graph, known, dim, e->span), str_of("i")));
    d.number = expr_op(graph, OP_SUB, expr_var(graph, out->index.at[0], e->span), length, e->span);
    out->value = by_distance(&d, e);
    Expr *far = expr_op(graph, OP_SUB, expr_var(graph, d.to, e->span), expr_var(graph, d.from, e->span), e->span);
    out->at = expr_op(graph, OP_ADD, far, length, e->span);
    return 1;
}

/* A multiple of the distance by a number; of e in steps: what is no whole number is a real. */
static int is_multiple(const Distance *d, const Expr *e)
{
    Affine a;
    VarList none = {0};
    if (e->type == T_INT && affine_of(e, &a)) {
        return a.constant == 0 && multiple_of(d, &a) != 0;
    }
    if (e->kind != EX_OP) {
        return 0;
    }
    const int left = is_multiple(d, e->kid[0]), right = e->n > 1 && is_multiple(d, e->kid[1]);
    switch ((int)e->op) {
    case OP_TO_REAL:
    case OP_NEG: return left;
    case OP_ADD:
    case OP_SUB: return left && right;
    case OP_MUL: expr_vars(e->kid[left ? 1 : 0], d->graph->arena, &none); return left != right && !none.n;
    case OP_DIV: expr_vars(e->kid[1], d->graph->arena, &none); return left && !none.n;
    default: return 0;
    }
}

int distance_fades(Graph *graph, const Expr *e)
{
    VarList vars = {0};
    expr_vars(e, graph->arena, &vars);
    if (vars.n != 2 || vars.at[0]->dim != vars.at[1]->dim || e->kind != EX_OP || (e->op != OP_POW && e->op != OP_EXP)) {
        return 0;
    }
    const Distance d = {graph, vars.at[0], vars.at[1], NULL};
    return is_multiple(&d, e->kid[e->op == OP_POW]);
}

int distance_of(Graph *graph, Distances *known, Expr *e, ByDistance *out)
{
    VarList vars = {0};
    expr_vars(e, graph->arena, &vars);
    const Dim *dim = vars.n ? vars.at[0]->dim : NULL;
    if (vars.n < 1 || vars.n > 2 || vars.at[vars.n - 1]->dim != dim || dim->kind != DIM_GIVEN || dim->bound < 1 || dim->bound > LONGEST) {
        return 0;
    }
    Distance d = {graph, vars.at[0], vars.n > 1 ? vars.at[1] : NULL, NULL};
    const int64_t first = d.from ? dim->bound - 1 : 0;
    Dim *places = distances(graph, dim->bound + first, e->span);
    *out = (ByDistance){0};
    vec_push(graph->arena, out->index, graph_var(graph, places, str_of("i")));
    d.number = expr_op(graph, OP_SUB, expr_var(graph, out->index.at[0], e->span), expr_int(graph, first, e->span), e->span);
    out->value = by_distance(&d, e);
    if (!out->value) {
        return 0;
    }
    if (!looked_at(graph, known, out)) {
        if (!range_of(&d, out->value, &out->index, &out->low, &out->high)) {
            return 0;
        }
        vec_push(graph->arena, *known, *out);
    }
    Expr *to = expr_var(graph, d.to, e->span);
    out->at = !d.from ? to
                      : expr_op(graph, OP_ADD, expr_op(graph, OP_SUB, to, expr_var(graph, d.from, e->span), e->span),
                                expr_int(graph, first, e->span), e->span);
    return 1;
}
