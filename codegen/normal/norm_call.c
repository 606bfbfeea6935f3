/* Functions of scalars, and choices. */
#include "norm_inner.h"
#include "scalar.h"

#include <math.h>

enum { POWER_MOST = 64 };

static NormExpr *call(Norm *m, Op op, Type type, int n, NormExpr *const *kid)
{
    return norm_intern(m, &(NormExpr){.kind = NORM_CALL, .type = type, .op = op, .n = n, .kid = (NormExpr **)kid});
}

static int all_numbers(int n, NormExpr *const *kid)
{
    for (int k = 0; k < n; k++) {
        if (kid[k]->kind != NORM_NUM) {
            return 0;
        }
    }
    return 1;
}

/* The value of op on numbers; NULL: it has none. */
static NormExpr *fold(Norm *m, Op op, Type type, int n, NormExpr *const *kid)
{
    int64_t value;
    const double a = kid[0]->num, b = n > 1 ? kid[1]->num : 0;
    if (type == T_REAL) {
        return norm_num(m, type, scalar_real(op, a, b));
    }
    if (kid[0]->type == T_REAL) {
        return op == OP_TO_INT && scalar_real_to_int(a, &value) && fabs((double)value) <= norm_exact ? norm_num(m, type, (double)value)
                                                                                                     : NULL;
    }
    return scalar_int(op, (int64_t)a, (int64_t)b, &value) && fabs((double)value) <= norm_exact ? norm_num(m, type, (double)value) : NULL;
}

/* ---- min and max --------------------------------------------------------------------------------------------------------------------- */

static NormExpr *extreme(Norm *m, Op op, Type type, int n, NormExpr *const *kid);

/* max(low, min(high, x)) is min(high, max(low, x)) where low <= high; NULL: it is not that. */
static NormExpr *clamp(Norm *m, Type type, const NormExpr *inner, NormExpr *low)
{
    NormExpr *high = NULL;
    NormList rest = {0};
    for (int k = 0; k < inner->n && inner->kind == NORM_CALL && inner->op == OP_MIN; k++) {
        if (inner->kid[k]->kind == NORM_NUM) {
            high = inner->kid[k];
        } else {
            vec_push(m->arena, rest, inner->kid[k]);
        }
    }
    if (!high || !(low->num <= high->num)) {
        return NULL;
    }
    NormExpr *x = extreme(m, OP_MIN, type, rest.n, rest.at);
    return extreme(m, OP_MIN, type, 2, (NormExpr *[]){high, extreme(m, OP_MAX, type, 2, (NormExpr *[]){low, x})});
}

static NormExpr *extreme(Norm *m, Op op, Type type, int n, NormExpr *const *kid)
{
    NormList all = {0};
    NormExpr *number = NULL;
    for (int k = 0; k < n; k++) {
        NormExpr *e = norm_as(m, kid[k], type);
        const int flat = e->kind == NORM_CALL && e->op == op && e->type == type;
        for (int i = 0; i < (flat ? e->n : 1); i++) {
            NormExpr *part = flat ? e->kid[i] : e;
            if (part->kind == NORM_NUM && number) {
                number = norm_num(m, type, scalar_real(op, number->num, part->num));
            } else if (part->kind == NORM_NUM) {
                number = part;
            } else {
                vec_push(m->arena, all, part);
            }
        }
    }
    if (number) {
        vec_push(m->arena, all, number);
    }
    norm_sort(all.n, all.at);
    all.n = norm_unique(all.n, all.at);
    if (op == OP_MAX && all.n == 2 && number) {
        NormExpr *clamped = clamp(m, type, all.at[0] == number ? all.at[1] : all.at[0], number);
        if (clamped) {
            return clamped;
        }
    }
    return all.n == 1 ? all.at[0] : call(m, op, type, all.n, all.at);
}

/* ---- div and mod --------------------------------------------------------------------------------------------------------------------- */

/* (k*q + r) div k = q + r div k, and 0 if 0 <= r < k; (k*q + r) mod k = r mod k. */
static NormExpr *division(Norm *m, Op op, NormExpr *e, double by)
{
    NormTerms terms = {0}, quotient = {0}, rest = {0};
    double constant, low, high;
    norm_terms(m, e, &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        if (fmod(terms.at[i].coef, by) == 0) {
            vec_push(m->arena, quotient, ((NormTerm){terms.at[i].e, terms.at[i].coef / by}));
        } else {
            vec_push(m->arena, rest, terms.at[i]);
        }
    }
    const double whole = floor(constant / by);
    NormExpr *remainder = norm_sum(m, T_INT, rest.n, rest.at, constant - whole * by), *pair[2] = {remainder, norm_num(m, T_INT, by)};
    norm_range(remainder, &low, &high);
    if (op == OP_MOD) {
        return low >= 0 && high < by ? remainder : call(m, OP_MOD, T_INT, 2, pair);
    }
    if (low < 0 || high >= by) {
        vec_push(m->arena, quotient, ((NormTerm){call(m, OP_IDIV, T_INT, 2, pair), 1}));
    }
    return norm_sum(m, T_INT, quotient.n, quotient.at, whole);
}

/* ---- one by one ---------------------------------------------------------------------------------------------------------------------- */

/* + - * / and what the other constructors make; NULL: it is a function. */
static NormExpr *arithmetic(Norm *m, Op op, Type type, NormExpr *a, NormExpr *b)
{
    switch (op) {
    case OP_ADD: return norm_sum(m, type, 2, (NormTerm[]){{a, 1}, {b, 1}}, 0);
    case OP_SUB: return norm_sum(m, type, 2, (NormTerm[]){{a, 1}, {b, -1}}, 0);
    case OP_NEG: return norm_sum(m, type, 1, (NormTerm[]){{a, -1}}, 0);
    case OP_MUL: return norm_product(m, type, 2, (NormFactor[]){{a, 1}, {b, 1}});
    case OP_DIV: return norm_divide(m, a, b);
    case OP_LT: return norm_less(m, a, b);
    case OP_LE: return norm_at_most(m, a, b);
    case OP_EQ: return norm_equal(m, a, b);
    case OP_NE: return norm_not(m, norm_equal(m, a, b));
    case OP_AND: return norm_both(m, a, b);
    case OP_OR: return norm_or(m, 2, (NormExpr *[]){a, b});
    case OP_NOT: return norm_not(m, a);
    case OP_EXP: return norm_exp(m, a);
    case OP_TO_REAL: return norm_as_real(m, a);
    case OP_BOOL_INT: return norm_as(m, a, T_INT);
    default: return NULL;
    }
}

static int is_whole_function(Op op)
{
    return op == OP_FLOOR || op == OP_CEIL || op == OP_ROUND || op == OP_TRUNC;
}

NormExpr *norm_call(Norm *m, Op op, Type type, int n, NormExpr *const *kid)
{
    double low, high;
    NormExpr *made = arithmetic(m, op, type, kid[0], n > 1 ? kid[1] : NULL);
    if (made) {
        return made;
    }
    if (op == OP_MIN || op == OP_MAX) {
        return extreme(m, op, type, n, kid);
    }
    if ((op == OP_TO_INT || is_whole_function(op)) && kid[0]->type != T_REAL) {
        return norm_as(m, kid[0], type);
    }
    NormExpr *given[2] = {kid[0], n > 1 ? kid[1] : NULL};
    for (int k = 0; k < n && op != OP_TO_INT; k++) {
        given[k] = norm_as(m, given[k], type);
    }
    made = all_numbers(n, given) ? fold(m, op, type, n, given) : NULL;
    if (made) {
        return made;
    }
    if (op == OP_POW && given[1]->kind == NORM_NUM && given[1]->num == floor(given[1]->num) && fabs(given[1]->num) <= POWER_MOST &&
        (type == T_REAL || given[1]->num >= 0)) {
        return norm_product(m, type, 1, (NormFactor[]){{given[0], (int)given[1]->num}});
    }
    if (op == OP_POW && type == T_REAL && given[0]->kind == NORM_NUM && given[0]->num > 0) {
        return norm_exp(m, norm_sum(m, T_REAL, 1, (NormTerm[]){{given[1], log(given[0]->num)}}, 0));
    }
    if ((op == OP_IDIV || op == OP_MOD) && type == T_INT && given[1]->kind == NORM_NUM && given[1]->num > 0) {
        return division(m, op, given[0], given[1]->num);
    }
    if (op == OP_ABS) {
        norm_range(given[0], &low, &high);
        if (low >= 0) {
            return given[0];
        }
        given[0] = norm_unsigned(m, given[0]);
    }
    return call(m, op, type, n, given);
}

NormExpr *norm_written(Norm *m, Op op, Type type, int n, NormExpr *const *kid)
{
    const int arithmetic = op == OP_ADD || op == OP_SUB || op == OP_MUL || op == OP_DIV || op == OP_NEG || op == OP_POW;
    NormExpr *given[2] = {norm_as(m, kid[0], type), n > 1 ? norm_as(m, kid[1], type) : NULL};
    if (!arithmetic || type != T_REAL) {
        return norm_call(m, op, type, n, kid);
    }
    if (all_numbers(n, given)) {
        return fold(m, op, type, n, given);
    }
    if (op == OP_ADD || op == OP_MUL) {
        norm_sort(2, given);
    }
    return call(m, op, type, n, given);
}

/* ---- choices ------------------------------------------------------------------------------------------------------------------------- */

/* e is 0 anyhow where this part of an index is out of range. */
static int guards(Norm *m, const NormExpr *atom, const NormExpr *e)
{
    if (e->kind == NORM_SUM && e->n == 1 && e->num == 0) {
        e = e->kid[0];
    }
    if (e->kind != NORM_READ || !e->source) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (atom == norm_at_most(m, m->zero, e->kid[k]) || atom == norm_less(m, e->kid[k], norm_len(m, e->source->free.at[k]->dim))) {
            return 1;
        }
    }
    return 0;
}

static NormExpr *without_guards(Norm *m, NormExpr *condition, const NormExpr *e)
{
    NormList all = {0};
    norm_conjuncts(m, condition, &all);
    int kept = 0;
    for (int i = 0; i < all.n; i++) {
        if (!guards(m, all.at[i], e)) {
            all.at[kept++] = all.at[i];
        }
    }
    return kept == all.n ? condition : norm_and(m, kept, all.at);
}

static int is_zero(const NormExpr *e)
{
    return norm_is_num(e, 0);
}

NormExpr *norm_select(Norm *m, NormExpr *condition, NormExpr *yes, NormExpr *no)
{
    const Type type = yes->type > no->type ? yes->type : no->type;
    condition = norm_as(m, condition, T_BOOL);
    if (condition->kind == NORM_NOT) {
        return norm_select(m, condition->kid[0], no, yes);
    }
    if (yes->type == T_BOOL && no->type == T_BOOL) {
        NormExpr *first = norm_both(m, condition, yes), *second = norm_both(m, norm_not(m, condition), no);
        return condition == m->yes ? yes : condition == m->no ? no : norm_or(m, 2, (NormExpr *[]){first, second});
    }
    yes = norm_as(m, yes, type);
    no = norm_as(m, no, type);
    if (is_zero(no)) {
        condition = without_guards(m, condition, yes);
    }
    if (yes == no || condition == m->yes || condition == m->no) {
        return condition == m->no ? no : yes;
    }
    if (yes->kind == NORM_SELECT && yes->kid[2] == no) { /* p ? (q ? a : b) : b */
        return norm_select(m, norm_both(m, condition, yes->kid[0]), yes->kid[1], no);
    }
    if (no->kind == NORM_SELECT && no->kid[1] == yes) { /* p ? a : (q ? a : b) */
        return norm_select(m, norm_or(m, 2, (NormExpr *[]){condition, no->kid[0]}), yes, no->kid[2]);
    }
    NormExpr *kid[3] = {condition, yes, no};
    return norm_intern(m, &(NormExpr){.kind = NORM_SELECT, .type = type, .n = 3, .kid = kid});
}
