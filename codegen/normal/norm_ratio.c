/* sum[D] exp(A) * v / (c + sum[D] exp(B)), where A and B are the same but for addends that no bound variable is in: both sums get the
 * true maximum of what they share, S, and the difference goes to a factor in front; c is scaled with it. However a softmax is spelled
 * (a maximum or none, one over another domain, the division inside, outside, or as a reciprocal, sinks), this is what becomes of it, and
 * what may overflow as written does no more. No other sum of exps gets a maximum. */
#include "norm_inner.h"

typedef struct Exps { /* b = sum[bound where] exp(S + shift) * rest */
    NormExpr *read;
    NormInstance at;
    int bound;
    NormExpr *S, *shift, *rest;
    NormExpr *most; /* max[bound where] S */
} Exps;

static int exp_factor(const NormExpr *body)
{
    if (norm_is_exp(body)) {
        return 1;
    }
    for (int k = 0; k < body->n && body->kind == NORM_PRODUCT; k++) {
        if (norm_is_exp(body->kid[k]) && body->power[k] == 1) {
            return 1;
        }
    }
    return 0;
}

static int is_sum_of_exps(const NormExpr *e)
{
    return e->kind == NORM_READ && e->node && e->node->reduce == RED_SUM && exp_factor(e->node->body);
}

/* Returns 0 if its exponents need no bound variable. */
static int look_at(Norm *m, NormExpr *e, Exps *x)
{
    NormFactors factors = {0}, rest = {0};
    NormTerms terms = {0}, in = {0}, out = {0};
    NormExpr *exponent = NULL;
    double coef, constant;
    *x = (Exps){.read = e, .at = norm_instance(m, e->node, e->kid, NULL), .bound = e->node->bound};
    norm_factors(m, x->at.body, &factors, &coef);
    for (int i = 0; i < factors.n; i++) {
        if (norm_is_exp(factors.at[i].e)) {
            exponent = factors.at[i].e->kid[0];
        } else {
            vec_push(m->arena, rest, factors.at[i]);
        }
    }
    if (!exponent) {
        return 0;
    }
    norm_terms(m, norm_spread(m, exponent), &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        if (norm_uses_any(terms.at[i].e, x->bound, x->at.bound)) {
            vec_push(m->arena, in, terms.at[i]);
        } else {
            vec_push(m->arena, out, terms.at[i]);
        }
    }
    if (in.n == 0) {
        return 0;
    }
    x->S = norm_sum(m, T_REAL, in.n, in.at, 0);
    x->shift = norm_sum(m, T_REAL, out.n, out.at, constant);
    x->rest = norm_scale(m, norm_product(m, T_REAL, rest.n, rest.at), coef);
    x->most = norm_node(m, RED_MAX, T_REAL, x->bound, x->at.bound, x->at.where, x->S);
    return 1;
}

/* sum[bound where] exp(S - most) * rest */
static NormExpr *stable(Norm *m, const Exps *x)
{
    NormExpr *weight = norm_exp(m, norm_subtract(m, x->S, x->most));
    return norm_node(m, RED_SUM, T_REAL, x->bound, x->at.bound, x->at.where, norm_times(m, weight, x->rest));
}

static NormExpr *exp_of(Norm *m, int n, const NormTerm *term)
{
    return norm_exp(m, norm_sum(m, T_REAL, n, term, 0));
}

/* A term of the divisor that is exp(ex) * sum exp(..): gives the sum and ex. */
static NormExpr *sum_in_term(Norm *m, NormExpr *term, NormExpr **ex)
{
    NormFactors factors = {0};
    NormExpr *found = NULL;
    double coef;
    norm_factors(m, term, &factors, &coef);
    *ex = norm_num(m, T_REAL, 0);
    for (int i = 0; i < factors.n; i++) {
        NormExpr *e = factors.at[i].e;
        if (norm_is_exp(e) && factors.at[i].power == 1) {
            *ex = e->kid[0];
        } else if (!found && factors.at[i].power == 1 && is_sum_of_exps(e)) {
            found = e;
        } else {
            return NULL;
        }
    }
    return found;
}

typedef struct Quotient {
    const NormFactors *factors;
    int over, under; /* factors: the numerator, the divisor */
    NormTerms terms; /* of the divisor */
    double constant;
    int at;          /* the term with the sum */
    NormExpr *ex;
    Exps z;
} Quotient;

/* 1: they were not in this form before. */
static int rewrite(Norm *m, const Quotient *q, const Exps *c, NormFactors *out)
{
    const NormExpr *divisor = q->factors->at[q->under].e;
    NormExpr *above = stable(m, c), *below = stable(m, &q->z);
    if (above == c->read && below == q->z.read) {
        return 0;
    }
    /* the term is exp(scale) * below */
    NormExpr *scale = norm_sum(m, T_REAL, 3, (NormTerm[]){{q->z.shift, 1}, {q->z.most, 1}, {q->ex, 1}}, 0);
    NormExpr *unscale = exp_of(m, 1, &(NormTerm){scale, -1});
    NormTerms sum = {0};
    for (int i = 0; i < q->terms.n; i++) {
        NormExpr *term = i == q->at ? below : norm_times(m, q->terms.at[i].e, unscale);
        vec_push(m->arena, sum, ((NormTerm){term, q->terms.at[i].coef}));
    }
    if (q->constant != 0) {
        vec_push(m->arena, sum, ((NormTerm){unscale, q->constant}));
    }
    NormExpr *made = norm_sum(m, T_REAL, sum.n, sum.at, 0);
    for (int i = 0; i < q->factors->n; i++) {
        if (i != q->over && i != q->under) {
            vec_push(m->arena, *out, q->factors->at[i]);
        }
    }
    vec_push(m->arena, *out, ((NormFactor){above, 1}));
    vec_push(m->arena, *out, ((NormFactor){exp_of(m, 3, (NormTerm[]){{c->shift, 1}, {c->most, 1}, {scale, -1}}), 1}));
    vec_push(m->arena, *out, ((NormFactor){divisor->kind == NORM_NONZERO ? norm_nonzero(m, made) : made, -1}));
    return 1;
}

static int with_numerator(Norm *m, Quotient *q, NormFactors *out)
{
    for (q->over = 0; q->over < q->factors->n; q->over++) {
        const NormFactor f = q->factors->at[q->over];
        Exps c;
        if (f.power == 1 && q->over != q->under && is_sum_of_exps(f.e) && look_at(m, f.e, &c) && c.most == q->z.most &&
            rewrite(m, q, &c, out)) {
            return 1;
        }
    }
    return 0;
}

static int with_divisor(Norm *m, Quotient *q, NormFactors *out)
{
    NormExpr *divisor = q->factors->at[q->under].e;
    divisor = divisor->kind == NORM_NONZERO ? divisor->kid[0] : divisor;
    q->terms = (NormTerms){0};
    norm_terms(m, divisor, &q->terms, &q->constant);
    for (q->at = 0; q->at < q->terms.n; q->at++) {
        NormExpr *sum = sum_in_term(m, q->terms.at[q->at].e, &q->ex);
        if (sum && look_at(m, sum, &q->z) && norm_is_num(q->z.rest, 1) && with_numerator(m, q, out)) {
            return 1;
        }
    }
    return 0;
}

int norm_is_ratio(Norm *m, NormExpr *over, NormExpr *under)
{
    NormTerms terms = {0};
    NormExpr *ex;
    double constant;
    Exps c, z;
    if (!is_sum_of_exps(over) || !look_at(m, over, &c)) {
        return 0;
    }
    norm_terms(m, under->kind == NORM_NONZERO ? under->kid[0] : under, &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        NormExpr *sum = sum_in_term(m, terms.at[i].e, &ex);
        if (sum && look_at(m, sum, &z) && norm_is_num(z.rest, 1) && z.most == c.most) {
            return 1;
        }
    }
    return 0;
}

int norm_ratio(Norm *m, const NormFactors *factors, NormFactors *out)
{
    Quotient q = {.factors = factors};
    int sums = 0;
    for (int i = 0; i < factors->n; i++) {
        sums += factors->at[i].power == 1 && is_sum_of_exps(factors->at[i].e);
    }
    for (q.under = 0; q.under < factors->n && sums > 0; q.under++) {
        if (factors->at[q.under].power == -1 && with_divisor(m, &q, out)) {
            return 1;
        }
    }
    return 0;
}
