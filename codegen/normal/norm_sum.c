/* Leaves and sums. */
#include "norm_inner.h"

#include <math.h>
#include <stdlib.h>

/* ---- leaves -------------------------------------------------------------------------------------------------------------------------- */

NormExpr *norm_num(Norm *m, Type type, double value)
{
    return norm_intern(m, &(NormExpr){.kind = NORM_NUM, .type = type, .num = value});
}

NormExpr *norm_var(Norm *m, int number, Dim *dim)
{
    return norm_intern(m, &(NormExpr){.kind = NORM_VAR, .type = T_INT, .var = number, .dim = dim});
}

NormExpr *norm_fresh(Norm *m, Dim *dim)
{
    return norm_var(m, m->fresh++, dim);
}

NormExpr *norm_len(Norm *m, Dim *dim)
{
    if (!dim_is_ragged(dim)) {
        return norm_num(m, T_INT, (double)dim->length);
    }
    return norm_intern(m, &(NormExpr){.kind = NORM_LEN, .type = T_INT, .dim = dim});
}

NormExpr *norm_pos(Norm *m, Dim *sub, NormExpr *element)
{
    if (sub->kind == DIM_FIXED && norm_inside(m, element, sub)) {
        if (!sub->member) {
            return element;
        }
        if (element->kind == NORM_NUM) {
            return norm_num(m, T_INT, (double)sub->member[(int64_t)element->num]);
        }
    }
    return norm_intern(m, &(NormExpr){.kind = NORM_POS, .type = T_INT, .dim = sub, .n = 1, .kid = &element});
}

NormExpr *norm_read(Norm *m, Node *source, NormExpr *const *index)
{
    for (int k = 0; k < source->free.n; k++) {
        const Dim *axis = source->free.at[k]->dim;
        if (index[k]->kind == NORM_NUM && (index[k]->num < 0 || (!dim_is_ragged(axis) && index[k]->num >= (double)axis->length))) {
            return source->type == T_BOOL ? m->no : norm_num(m, source->type, 0);
        }
    }
    return norm_intern(
        m, &(NormExpr){.kind = NORM_READ, .type = source->type, .source = source, .n = source->free.n, .kid = (NormExpr **)index});
}

NormExpr *norm_read_node(Norm *m, NormNode *node, NormExpr *const *index)
{
    return norm_intern(m, &(NormExpr){.kind = NORM_READ, .type = node->type, .node = node, .n = node->free, .kid = (NormExpr **)index});
}

NormExpr *norm_hole(Norm *m, int number, Type type, int n, NormExpr *const *index)
{
    return norm_intern(m, &(NormExpr){.kind = NORM_HOLE, .type = type, .var = number, .n = n, .kid = (NormExpr **)index});
}

/* ---- types --------------------------------------------------------------------------------------------------------------------------- */

static int held_exactly(const NormExpr *e)
{
    double low, high;
    return norm_whole_range(e, &low, &high);
}

NormExpr *norm_as_real(Norm *m, NormExpr *e)
{
    if (e->type != T_INT) {
        return e->type == T_BOOL ? norm_select(m, e, norm_num(m, T_REAL, 1), norm_num(m, T_REAL, 0)) : e;
    }
    if (e->kind == NORM_NUM) {
        return norm_num(m, T_REAL, e->num);
    }
    if (e->kind == NORM_SUM && held_exactly(e)) {
        NormTerms terms = {0};
        double constant;
        norm_terms(m, e, &terms, &constant);
        return norm_sum(m, T_REAL, terms.n, terms.at, constant);
    }
    if (e->kind == NORM_PRODUCT && held_exactly(e)) {
        NormFactors factors = {0};
        double coef;
        norm_factors(m, e, &factors, &coef);
        return norm_product(m, T_REAL, factors.n, factors.at);
    }
    if (e->kind == NORM_SELECT && (e->kid[1]->kind == NORM_NUM || e->kid[2]->kind == NORM_NUM)) {
        return norm_select(m, e->kid[0], norm_as_real(m, e->kid[1]), norm_as_real(m, e->kid[2]));
    }
    return e;
}

NormExpr *norm_as(Norm *m, NormExpr *e, Type type)
{
    if (type == T_REAL) {
        return norm_as_real(m, e);
    }
    if (type == T_INT && e->type == T_BOOL) {
        return norm_select(m, e, m->one, m->zero);
    }
    if (type == T_INT && e->type == T_REAL) {
        return norm_call(m, OP_TO_INT, T_INT, 1, &e);
    }
    if (type == T_BOOL && e->type != T_BOOL) {
        return norm_not(m, norm_equal(m, e, norm_num(m, e->type, 0)));
    }
    return e;
}

/* ---- sums ---------------------------------------------------------------------------------------------------------------------------- */

void norm_terms(Norm *m, NormExpr *e, NormTerms *out, double *constant)
{
    *constant = 0;
    if (e->kind == NORM_NUM) {
        *constant = e->num;
        return;
    }
    if (e->kind != NORM_SUM) {
        vec_push(m->arena, *out, ((NormTerm){e, 1}));
        return;
    }
    *constant = e->num;
    for (int k = 0; k < e->n; k++) {
        vec_push(m->arena, *out, ((NormTerm){e->kid[k], e->coef[k]}));
    }
}

static int by_content(const void *a, const void *b)
{
    return norm_compare(((const NormTerm *)a)->e, ((const NormTerm *)b)->e);
}

/* Flattens one term. */
static void take(Norm *m, Type type, NormExpr *e, double coef, NormTerms *all, double *constant)
{
    if (type == T_REAL) {
        e = norm_as_real(m, e);
    }
    if (e->kind == NORM_NUM) {
        *constant += e->num * coef;
    } else if (e->kind == NORM_SUM && e->type == type && (type == T_INT || fabs(coef) == 1 || (e->n == 1 && e->num == 0))) {
        *constant += e->num * coef;
        for (int k = 0; k < e->n; k++) {
            vec_push(m->arena, *all, ((NormTerm){e->kid[k], e->coef[k] * coef}));
        }
    } else {
        vec_push(m->arena, *all, ((NormTerm){e, coef}));
    }
}

static int holds(double whole)
{
    return fabs(whole) <= norm_exact;
}

/* Ints too large for a double stay as they are. */
static NormExpr *unfolded(Norm *m, int n, const NormTerm *term, double constant)
{
    NormExpr *sum = constant != 0 ? norm_num(m, T_INT, constant) : NULL;
    for (int i = 0; i < n; i++) {
        NormExpr *pair[2] = {norm_num(m, T_INT, term[i].coef), term[i].e};
        if (term[i].coef != 1) {
            pair[1] = norm_intern(m, &(NormExpr){.kind = NORM_CALL, .type = T_INT, .op = OP_MUL, .n = 2, .kid = pair});
        }
        pair[0] = sum;
        sum = sum ? norm_intern(m, &(NormExpr){.kind = NORM_CALL, .type = T_INT, .op = OP_ADD, .n = 2, .kid = pair}) : pair[1];
    }
    return sum ? sum : norm_num(m, T_INT, constant);
}

NormExpr *norm_sum(Norm *m, Type type, int n, const NormTerm *term, double constant)
{
    NormTerms all = {0};
    int kept = 0, exact = holds(constant);
    double total = constant;
    for (int i = 0; i < n; i++) {
        if (term[i].coef != 0) {
            take(m, type, term[i].e, term[i].coef, &all, &total);
            exact &= holds(total);
        }
    }
    if (all.n > 1) {
        qsort(all.at, (size_t)all.n, sizeof *all.at, by_content);
    }
    for (int i = 0; i < all.n; i++) {
        if (kept > 0 && all.at[kept - 1].e == all.at[i].e) {
            all.at[kept - 1].coef += all.at[i].coef;
        } else {
            kept -= kept > 0 && all.at[kept - 1].coef == 0;
            all.at[kept++] = all.at[i];
        }
        exact &= holds(all.at[kept - 1].coef);
    }
    kept -= kept > 0 && all.at[kept - 1].coef == 0;
    if (type == T_INT && !exact) {
        return unfolded(m, n, term, constant);
    }
    if (kept == 0) {
        return norm_num(m, type, total);
    }
    if (total == 0 && kept == 1 && all.at[0].coef == 1) {
        return all.at[0].e;
    }
    NormExpr *draft = arena_new_of(m->arena, NormExpr);
    *draft = (NormExpr){.kind = NORM_SUM, .type = type, .num = total, .n = kept};
    draft->kid = arena_array(m->arena, NormExpr *, kept);
    draft->coef = arena_array(m->arena, double, kept);
    for (int i = 0; i < kept; i++) {
        draft->kid[i] = all.at[i].e;
        draft->coef[i] = all.at[i].coef;
    }
    return norm_intern(m, draft);
}

static void spread(Norm *m, NormExpr *e, double coef, NormTerms *all, double *constant)
{
    if (e->kind != NORM_SUM) {
        take(m, T_REAL, e, coef, all, constant);
        return;
    }
    *constant += e->num * coef;
    for (int k = 0; k < e->n; k++) {
        spread(m, e->kid[k], e->coef[k] * coef, all, constant);
    }
}

NormExpr *norm_spread(Norm *m, NormExpr *e)
{
    NormTerms all = {0};
    double constant = 0;
    if (e->type != T_REAL) {
        return e;
    }
    spread(m, e, 1, &all, &constant);
    return norm_sum(m, T_REAL, all.n, all.at, constant);
}

/* ---- the usual ones ------------------------------------------------------------------------------------------------------------------ */

static Type wider(const NormExpr *a, const NormExpr *b)
{
    return a->type == T_REAL || b->type == T_REAL ? T_REAL : T_INT;
}

NormExpr *norm_add(Norm *m, NormExpr *a, NormExpr *b)
{
    return norm_sum(m, wider(a, b), 2, (NormTerm[]){{a, 1}, {b, 1}}, 0);
}

NormExpr *norm_subtract(Norm *m, NormExpr *a, NormExpr *b)
{
    return norm_sum(m, wider(a, b), 2, (NormTerm[]){{a, 1}, {b, -1}}, 0);
}

NormExpr *norm_scale(Norm *m, NormExpr *e, double factor)
{
    return norm_sum(m, factor == floor(factor) ? e->type : T_REAL, 1, (NormTerm[]){{e, factor}}, 0);
}

NormExpr *norm_times(Norm *m, NormExpr *a, NormExpr *b)
{
    return norm_product(m, wider(a, b), 2, (NormFactor[]){{a, 1}, {b, 1}});
}

NormExpr *norm_divide(Norm *m, NormExpr *a, NormExpr *b)
{
    return norm_product(m, T_REAL, 2, (NormFactor[]){{a, 1}, {b, -1}});
}

NormExpr *norm_power(Norm *m, NormExpr *e, int power)
{
    return norm_product(m, power < 0 ? T_REAL : e->type, 1, (NormFactor[]){{e, power}});
}
