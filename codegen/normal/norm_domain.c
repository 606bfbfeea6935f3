/* Domains of reductions: whether there is always something in them, and what they say of what is reduced. */
#include "norm_inner.h"

/* ---- is there always something? ------------------------------------------------------------------------------------------------------ */

enum { TRIES_MOST = 64 };

static int holds_at(Norm *m, int n, NormExpr *const *bound, NormExpr **at, int k, NormExpr *where, const NormList *about, int *tries)
{
    if (*tries == TRIES_MOST) {
        return 0;
    }
    if (k == n) {
        ++*tries;
        return norm_replace(m, where, n, bound, at) == m->yes;
    }
    for (int i = 0; i < about->n; i++) {
        if (about->at[i]->dim == bound[k]->dim) {
            at[k] = about->at[i];
            if (holds_at(m, n, bound, at, k + 1, where, about, tries)) {
                return 1;
            }
        }
    }
    at[k] = m->zero;
    return !dim_is_ragged(bound[k]->dim) && bound[k]->dim->length > 0 && holds_at(m, n, bound, at, k + 1, where, about, tries);
}

int norm_inhabited(Norm *m, int n, NormExpr *const *bound, NormExpr *where, NormExpr *about)
{
    NormExpr *at[NORM_AXES];
    NormList free = {0};
    int tries = 0;
    for (int pass = 0; pass < 2; pass++) {
        const NormExpr *e = pass ? where : about;
        for (int i = 0; i < e->nvars; i++) {
            if (!norm_uses_any(e->vars[i], n, bound)) {
                vec_push(m->arena, free, e->vars[i]);
            }
        }
    }
    norm_sort(free.n, free.at);
    free.n = norm_unique(free.n, free.at);
    return holds_at(m, n, bound, at, 0, where, &free, &tries);
}

/* ---- choices that the domain makes --------------------------------------------------------------------------------------------------- */

typedef struct Within {
    Norm *m;
    NormExpr *where;
} Within;

static int is_among(const NormList *list, const NormExpr *e)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == e) {
            return 1;
        }
    }
    return 0;
}

/* The one branch of a choice that the domain leaves. */
static NormExpr *chosen(void *context, NormExpr *e)
{
    const Within *w = context;
    NormList have = {0}, want = {0};
    if (e->kind != NORM_SELECT) {
        return NULL;
    }
    norm_conjuncts(w->m, w->where, &have);
    norm_conjuncts(w->m, e->kid[0], &want);
    for (int i = 0; i < want.n; i++) {
        if (!is_among(&have, want.at[i])) {
            return NULL;
        }
    }
    return norm_rebuild(w->m, e->kid[1], chosen, context);
}

static int has_exp(Norm *m, NormExpr *e)
{
    NormFactors factors = {0};
    double coef;
    int found = 0;
    norm_factors(m, e, &factors, &coef);
    for (int i = 0; i < factors.n; i++) {
        found |= norm_is_exp(factors.at[i].e);
    }
    return found;
}

/* Weights that are 0 outside of a domain: `softmax[t' where P] e` in a sum over all t'. The sum is over P then. Other choices between
 * something and 0 stay values. */
NormExpr *norm_within(Norm *m, Reduce reduce, Type type, NormExpr **where, NormExpr *body)
{
    NormFactors factors = {0};
    double coef = 1;
    int found = 0;
    if (reduce == RED_SUM) {
        norm_factors(m, body, &factors, &coef);
        for (int i = 0; i < factors.n; i++) {
            const NormExpr *e = factors.at[i].e;
            const int choice = e->kind == NORM_SELECT && factors.at[i].power == 1, no = choice && norm_is_num(e->kid[1], 0);
            if (choice && (no || norm_is_num(e->kid[2], 0)) && has_exp(m, e->kid[no ? 2 : 1])) {
                *where = norm_both(m, *where, no ? norm_not(m, e->kid[0]) : e->kid[0]);
                factors.at[i].e = e->kid[no ? 2 : 1];
                found = 1;
            }
        }
    }
    body = found ? norm_scale(m, norm_product(m, type, factors.n, factors.at), coef) : body;
    Within w = {m, *where};
    return *where == m->yes ? body : norm_rebuild(m, body, chosen, &w);
}
