/* Sums of variables and lengths, and what can be proven of them for every sequence.
 *
 * A variable of dim d lies in 0 .. len(d) - 1, so where one is used len(d) is at least 1; otherwise a length is at least 0. */
#include "plan.h"

static const int64_t largest = INT64_C(1) << 31;

static int64_t *place_of(Affine *a, Var *var, Dim *len)
{
    for (int i = 0; i < a->n; i++) {
        if (a->var[i] == var && a->len[i] == len) {
            return &a->coef[i];
        }
    }
    if (a->n == 8) {
        return NULL;
    }
    a->var[a->n] = var;
    a->len[a->n] = len;
    a->coef[a->n] = 0;
    return &a->coef[a->n++];
}

static int fits(int64_t x)
{
    return x > -largest && x < largest;
}

static int add(const Expr *e, int64_t factor, Affine *a)
{
    int64_t *coef;
    if (!fits(factor)) {
        return 0;
    }
    switch (e->kind) {
    case EX_CONST:
        if (e->type != T_INT || !fits(e->integer) || !fits(a->constant)) {
            return 0;
        }
        a->constant += factor * e->integer;
        return fits(a->constant);
    case EX_VAR:
    case EX_LEN:
        coef = place_of(a, e->kind == EX_VAR ? e->var : NULL, e->kind == EX_LEN ? e->dim : NULL);
        if (!coef || !fits(*coef + factor)) {
            return 0;
        }
        *coef += factor;
        return 1;
    case EX_OP:
        switch (e->op) {
        case OP_ADD: return add(e->kid[0], factor, a) && add(e->kid[1], factor, a);
        case OP_SUB: return add(e->kid[0], factor, a) && add(e->kid[1], -factor, a);
        case OP_NEG: return add(e->kid[0], -factor, a);
        case OP_MUL:
            for (int k = 0; k < 2; k++) {
                const Expr *c = e->kid[k];
                if (c->kind == EX_CONST && c->type == T_INT && fits(c->integer)) {
                    return add(e->kid[1 - k], factor * c->integer, a);
                }
            }
            return 0;
        default: return 0;
        }
    case EX_READ:
    case EX_POS:
    case EX_SELECT: return 0;
    }
    return 0;
}

int affine_of(const Expr *e, Affine *a)
{
    *a = (Affine){.n = 0};
    return e->type == T_INT && add(e, 1, a);
}

int affine_subtract(const Affine *a, const Affine *b, Affine *difference)
{
    *difference = *a;
    for (int i = 0; i < b->n; i++) {
        int64_t *coef = place_of(difference, b->var[i], b->len[i]);
        if (!coef || !fits(*coef - b->coef[i])) {
            return 0;
        }
        *coef -= b->coef[i];
    }
    difference->constant -= b->constant;
    return fits(difference->constant);
}

/* The smallest value, with each variable at the end of its range that is worst, is still not negative. */
int affine_not_negative(const Affine *a)
{
    Affine low = {.constant = a->constant};
    Dim *inhabited[8];
    int n = 0;
    for (int i = 0; i < a->n; i++) {
        if (!a->var[i] || !a->coef[i]) {
            continue;
        }
        Dim *dim = a->var[i]->dim;
        inhabited[n++] = dim;
        if (a->coef[i] < 0) {
            if (dim_is_ragged(dim)) {
                int64_t *coef = place_of(&low, NULL, dim);
                if (!coef) {
                    return 0;
                }
                *coef += a->coef[i];
                low.constant -= a->coef[i];
            } else if (fits(dim->length)) {
                low.constant += a->coef[i] * (dim->length - 1);
            } else {
                return 0;
            }
        }
    }
    for (int i = 0; i < a->n; i++) {
        if (a->len[i]) {
            int64_t *coef = place_of(&low, NULL, a->len[i]);
            if (!coef) {
                return 0;
            }
            *coef += a->coef[i];
        }
    }
    for (int i = 0; i < low.n; i++) {
        int64_t least = 0;
        for (int k = 0; k < n; k++) {
            least |= inhabited[k] == low.len[i];
        }
        if (low.coef[i] >= 0) {
            low.constant += low.coef[i] * least;
        } else if (low.len[i]->bound < largest) {
            low.constant += low.coef[i] * low.len[i]->bound;
        } else {
            return 0;
        }
    }
    return low.constant >= 0;
}

Expr *affine_expr(Plan *p, const Affine *a)
{
    Graph *g = p->graph;
    const Span none = {0};
    Expr *sum = NULL;
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (int i = 0; i < a->n; i++) {
            if (a->coef[i] * sign <= 0) {
                continue;
            }
            Expr *e = a->var[i] ? expr_var(g, a->var[i], none) : expr_len(g, a->len[i], none);
            e = expr_op(g, OP_MUL, expr_int(g, a->coef[i] * sign, none), e, none);
            sum = sum ? expr_op(g, sign > 0 ? OP_ADD : OP_SUB, sum, e, none) : sign > 0 ? e : expr_op(g, OP_NEG, e, NULL, none);
        }
        if (sign > 0 && a->constant > 0) {
            Expr *c = expr_int(g, a->constant, none);
            sum = sum ? expr_op(g, OP_ADD, sum, c, none) : c;
        }
    }
    if (a->constant < 0 && sum) {
        return expr_op(g, OP_SUB, sum, expr_int(g, -a->constant, none), none);
    }
    return sum ? sum : expr_int(g, a->constant, none);
}

int expr_at_most(const Expr *a, const Expr *b, int64_t slack)
{
    Affine x, y, d;
    if (!affine_of(a, &x) || !affine_of(b, &y) || !affine_subtract(&y, &x, &d)) {
        return 0;
    }
    d.constant -= slack;
    return affine_not_negative(&d);
}

int index_low_proven(const Expr *index)
{
    Affine a;
    int64_t low, high;
    return (expr_range(index, &low, &high) && low >= 0) || (affine_of(index, &a) && affine_not_negative(&a));
}

static int is_below(const Affine *index, const Affine *length)
{
    Affine d;
    if (!affine_subtract(length, index, &d)) {
        return 0;
    }
    d.constant -= 1;
    return affine_not_negative(&d);
}

/* Is a length at most that of an axis that has as many elements as data say? */
static int is_within(const Expr *length, const Dim *axis)
{
    const Affine whole = {.n = 1, .len = {(Dim *)axis}, .coef = {1}};
    Affine part, rest;
    if (length->kind == EX_OP && length->op == OP_MIN) {
        return is_within(length->kid[0], axis) || is_within(length->kid[1], axis);
    }
    if (length->kind == EX_LEN && length->dim != axis && length->dim->kind == DIM_FORMULA && length->dim->formula) {
        return is_within(length->dim->formula, axis);
    }
    return affine_of(length, &part) && affine_subtract(&whole, &part, &rest) && affine_not_negative(&rest);
}

int index_high_proven(const Expr *index, const Dim *axis)
{
    Affine a, formula;
    int64_t low, high;
    if (index->kind == EX_VAR && index->var->dim == axis) {
        return 1;
    }
    if (index->kind == EX_VAR && index->var->dim->kind == DIM_FORMULA && index->var->dim->formula && dim_is_ragged(axis) &&
        is_within(index->var->dim->formula, axis)) {
        return 1;
    }
    if (!dim_is_ragged(axis) && expr_range(index, &low, &high) && high < axis->length) {
        return 1;
    }
    if (!affine_of(index, &a)) {
        return 0;
    }
    const Affine fixed = {.constant = axis->length}, ragged = {.n = 1, .len = {(Dim *)axis}, .coef = {1}};
    return is_below(&a, dim_is_ragged(axis) ? &ragged : &fixed) ||
           (axis->kind == DIM_FORMULA && axis->formula && affine_of(axis->formula, &formula) && is_below(&a, &formula));
}

/* ---- what cannot overflow ----------------------------------------------------------------------------------------------------------- */

static const int64_t small = INT64_C(1) << 20;

static int is_small(const Expr *e)
{
    int64_t low, high;
    return expr_range(e, &low, &high) && low >= -small && high <= small;
}

/* At most 2^20 in size for each of at most 2^31 positions. */
static int is_count(const Expr *e)
{
    if (e->kind == EX_SELECT) {
        return (is_count(e->kid[1]) || is_small(e->kid[1])) && (is_count(e->kid[2]) || is_small(e->kid[2]));
    }
    const Node *node = e->kind == EX_READ ? e->node : NULL;
    if (node && node->bound.n && !dim_is_ragged(node->bound.at[0]->dim) && node->bound.at[0]->dim->length > INT32_MAX) {
        return 0;
    }
    return node && node->kind == NODE_EQ && node->type == T_INT && node->reduce == RED_SUM && node->bound.n == 1 && is_small(node->body) &&
           (!node->empty || is_small(node->empty)) && (!e->otherwise || is_small(e->otherwise));
}

int expr_adds_counts(const Expr *e)
{
    const int fine = e->kind == EX_OP && (e->op == OP_ADD || e->op == OP_SUB);
    return fine && (is_count(e->kid[0]) || is_small(e->kid[0])) && (is_count(e->kid[1]) || is_small(e->kid[1]));
}
