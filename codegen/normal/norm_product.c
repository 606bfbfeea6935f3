/* Products: bases to whole powers; exps are one exp. */
#include "norm_inner.h"

#include <math.h>
#include <stdlib.h>

void norm_factors(Norm *m, NormExpr *e, NormFactors *out, double *coef)
{
    *coef = 1;
    if (e->kind == NORM_SUM && e->n == 1 && e->num == 0) {
        *coef = e->coef[0];
        e = e->kid[0];
    }
    if (e->kind == NORM_NUM) {
        *coef = e->num;
    } else if (e->kind == NORM_PRODUCT) {
        for (int k = 0; k < e->n; k++) {
            vec_push(m->arena, *out, ((NormFactor){e->kid[k], e->power[k]}));
        }
    } else {
        vec_push(m->arena, *out, ((NormFactor){e, 1}));
    }
}

static double power_of(double base, int power)
{
    double value = 1;
    for (int i = 0; i < abs(power); i++) {
        value *= base;
    }
    return power < 0 ? 1 / value : value;
}

/* (b - a)^2 is (a - b)^2: its sign is the one that most of the first alike terms have. */
static int is_negative(const NormExpr *e)
{
    if (e->kind != NORM_SUM) {
        return 0;
    }
    for (int from = 0, to; from < e->n; from = to) {
        double sum = 0;
        for (to = from; to < e->n && e->kid[to]->shape == e->kid[from]->shape; to++) {
            sum += e->coef[to];
        }
        if (sum != 0) {
            return sum < 0;
        }
    }
    return e->coef[0] < 0;
}

NormExpr *norm_unsigned(Norm *m, NormExpr *e)
{
    return is_negative(e) ? norm_scale(m, e, -1) : e;
}

typedef struct Gathering {
    Norm *m;
    Type type;
    double coef;
    NormFactors all;
    NormTerms exponent;
} Gathering;

static void take(Gathering *g, NormExpr *e, int power)
{
    e = g->type == T_REAL ? norm_as_real(g->m, e) : e;
    const int same_type = e->type == g->type;
    if (power == 0) {
        return;
    }
    if (e->kind == NORM_NUM) {
        g->coef *= power_of(e->num, power);
    } else if (e->kind == NORM_PRODUCT && same_type) {
        for (int k = 0; k < e->n; k++) {
            take(g, e->kid[k], e->power[k] * power);
        }
    } else if (e->kind == NORM_SUM && same_type && e->n == 1 && e->num == 0) {
        g->coef *= power_of(e->coef[0], power);
        take(g, e->kid[0], power);
    } else if (norm_is_exp(e)) {
        vec_push(g->m->arena, g->exponent, ((NormTerm){e->kid[0], power}));
    } else {
        e = power % 2 == 0 ? norm_unsigned(g->m, e) : e;
        vec_push(g->m->arena, g->all, ((NormFactor){e, power}));
    }
}

/* The exp of all exponents, and what came of them besides. */
static void take_exp(Gathering *g, NormExpr *e)
{
    if (e->kind == NORM_NUM) {
        g->coef *= e->num;
        return;
    }
    if (e->kind == NORM_SUM && e->n == 1 && e->num == 0) {
        g->coef *= e->coef[0];
        e = e->kid[0];
    }
    for (int k = 0; e->kind == NORM_PRODUCT && k < e->n; k++) {
        vec_push(g->m->arena, g->all, ((NormFactor){e->kid[k], e->power[k]}));
    }
    if (e->kind != NORM_PRODUCT) {
        vec_push(g->m->arena, g->all, ((NormFactor){e, 1}));
    }
}

static int by_content(const void *a, const void *b)
{
    return norm_compare(((const NormFactor *)a)->e, ((const NormFactor *)b)->e);
}

/* Sorts, and joins what is there twice. */
static void join(NormFactors *all)
{
    int kept = 0;
    if (all->n > 1) {
        qsort(all->at, (size_t)all->n, sizeof *all->at, by_content);
    }
    for (int i = 0; i < all->n; i++) {
        if (kept > 0 && all->at[kept - 1].e == all->at[i].e) {
            all->at[kept - 1].power += all->at[i].power;
        } else {
            kept -= kept > 0 && all->at[kept - 1].power == 0;
            all->at[kept++] = all->at[i];
        }
    }
    all->n = kept - (kept > 0 && all->at[kept - 1].power == 0);
}

static NormExpr *scaled(Norm *m, Type type, NormExpr *e, double coef)
{
    return norm_sum(m, type, 1, (NormTerm[]){{e, coef}}, 0);
}

/* Ints too large for a double stay as they are. */
static NormExpr *unfolded(Norm *m, int n, const NormFactor *factor)
{
    NormExpr *product = NULL;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < factor[i].power; k++) {
            NormExpr *pair[2] = {product, factor[i].e};
            product = product ? norm_intern(m, &(NormExpr){.kind = NORM_CALL, .type = T_INT, .op = OP_MUL, .n = 2, .kid = pair}) : pair[1];
        }
    }
    return product ? product : m->one;
}

NormExpr *norm_product(Norm *m, Type type, int n, const NormFactor *factor)
{
    Gathering g = {.m = m, .type = type, .coef = 1};
    NormFactors better = {0};
    for (int i = 0; i < n; i++) {
        take(&g, factor[i].e, factor[i].power);
    }
    if (g.exponent.n > 0) {
        take_exp(&g, norm_exp(m, norm_sum(m, T_REAL, g.exponent.n, g.exponent.at, 0)));
    }
    if (g.coef == 0) {
        return norm_num(m, type, 0);
    }
    join(&g.all);
    if (type == T_INT && fabs(g.coef) > norm_exact) {
        return unfolded(m, n, factor);
    }
    if (type == T_REAL && norm_ratio(m, &g.all, &better)) {
        return scaled(m, type, norm_product(m, type, better.n, better.at), g.coef);
    }
    if (g.all.n == 0) {
        return norm_num(m, type, g.coef);
    }
    NormExpr *e = g.all.at[0].e;
    if (g.all.n > 1 || g.all.at[0].power != 1) {
        NormExpr *draft = arena_new_of(m->arena, NormExpr);
        *draft = (NormExpr){.kind = NORM_PRODUCT, .type = type, .n = g.all.n};
        draft->kid = arena_array(m->arena, NormExpr *, g.all.n);
        draft->power = arena_array(m->arena, int, g.all.n);
        for (int i = 0; i < g.all.n; i++) {
            draft->kid[i] = g.all.at[i].e;
            draft->power[i] = g.all.at[i].power;
        }
        e = norm_intern(m, draft);
    }
    return scaled(m, type, e, g.coef);
}

static int is_log_of_exps(const NormExpr *e)
{
    const NormNode *node = e->kind == NORM_CALL && e->op == OP_LOG && e->kid[0]->kind == NORM_READ ? e->kid[0]->node : NULL;
    return node && node->reduce == RED_SUM && norm_is_exp(node->body);
}

/* exp(a - log z) is exp(a) / z, where z is a sum of exps: what overflows in exp(a) does in z. Elsewhere the logarithm may be what keeps a
 * number small. */
static NormExpr *exp_of_quotient(Norm *m, NormExpr *e)
{
    NormTerms terms = {0}, rest = {0};
    NormFactors factors = {0};
    double constant;
    norm_terms(m, e, &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        if (terms.at[i].coef == -1 && is_log_of_exps(terms.at[i].e)) {
            vec_push(m->arena, factors, ((NormFactor){terms.at[i].e->kid[0], -1}));
        } else {
            vec_push(m->arena, rest, terms.at[i]);
        }
    }
    if (!factors.n) {
        return NULL;
    }
    vec_push(m->arena, factors, ((NormFactor){norm_exp(m, norm_sum(m, T_REAL, rest.n, rest.at, constant)), 1}));
    return norm_product(m, T_REAL, factors.n, factors.at);
}

NormExpr *norm_exp(Norm *m, NormExpr *e)
{
    e = norm_as_real(m, e);
    if (e->kind == NORM_NUM) {
        return norm_num(m, T_REAL, exp(e->num));
    }
    NormExpr *quotient = exp_of_quotient(m, e);
    if (quotient) {
        return quotient;
    }
    return norm_intern(m, &(NormExpr){.kind = NORM_CALL, .type = T_REAL, .op = OP_EXP, .n = 1, .kid = &e});
}

NormExpr *norm_nonzero(Norm *m, NormExpr *e)
{
    e = norm_as_real(m, e);
    if (e->kind == NORM_NONZERO || (e->kind == NORM_NUM && e->num != 0)) {
        return e;
    }
    if (e->kind == NORM_NUM) {
        return norm_num(m, T_REAL, 1);
    }
    return norm_intern(m, &(NormExpr){.kind = NORM_NONZERO, .type = T_REAL, .n = 1, .kid = &e});
}
