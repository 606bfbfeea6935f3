/* Reductions: what need not stand inside goes out. */
#include "norm_inner.h"

#include <math.h>

typedef struct Reduction {
    Norm *m;
    Reduce reduce;
    Type type;
    NormList bound;
    NormExpr *where, *body;
} Reduction;

static NormExpr *made_of(const Reduction *r)
{
    return norm_reduce(r->m, r->reduce, r->type, r->bound.n, r->bound.at, r->where, r->body);
}

static NormExpr *of_nothing(const Reduction *r)
{
    return r->reduce == RED_ANY ? r->m->no : norm_num(r->m, r->type, r->reduce == RED_PROD);
}

static int depends(const Reduction *r, const NormExpr *e)
{
    return norm_uses_any(e, r->bound.n, r->bound.at);
}

static int inhabited(const Reduction *r)
{
    return norm_inhabited(r->m, r->bound.n, r->bound.at, r->where, r->body);
}

enum { CASES_MOST = 16 };

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

static int all_exclude(Norm *m, const NormExpr *cases)
{
    for (int i = 0; i < cases->n; i++) {
        for (int k = 0; k < i; k++) {
            if (!norm_exclude(m, cases->kid[i], cases->kid[k])) {
                return 0;
            }
        }
    }
    return 1;
}

/* Cases of which one holds at most are summed apart. */
static NormExpr *by_cases(const Reduction *r, const NormList *all)
{
    Norm *m = r->m;
    int many = 1;
    for (int i = 0; i < all->n && many <= CASES_MOST; i++) {
        many *= all->at[i]->kind == NORM_OR ? all->at[i]->n : 1;
    }
    if (many > CASES_MOST) {
        return NULL;
    }
    for (int i = 0; i < all->n; i++) {
        const NormExpr *cases = all->at[i];
        if (cases->kind != NORM_OR || !depends(r, cases) || !all_exclude(m, cases)) {
            continue;
        }
        NormTerms sum = {0};
        for (int k = 0; k < cases->n; k++) {
            Reduction one = *r;
            NormExpr **part = arena_array(m->arena, NormExpr *, all->n);
            for (int j = 0; j < all->n; j++) {
                part[j] = j == i ? cases->kid[k] : all->at[j];
            }
            one.where = norm_and(m, all->n, part);
            vec_push(m->arena, sum, ((NormTerm){made_of(&one), 1}));
        }
        return norm_sum(m, r->type, sum.n, sum.at, 0);
    }
    return NULL;
}

/* v == f: the value of variable v in equation e == 0, where it stands alone with factor 1 or -1. NULL: it does not. */
static NormExpr *solved(Norm *m, const NormExpr *equation, const NormExpr *var)
{
    NormExpr *e = equation->kid[0];
    NormTerms terms = {0}, rest = {0};
    double constant, factor = 0;
    if (equation->kind != NORM_EQ || equation->n != 1 || !norm_uses(e, var)) {
        return NULL;
    }
    norm_terms(m, e, &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        if (terms.at[i].e == var) {
            factor = terms.at[i].coef;
        } else if (norm_uses(terms.at[i].e, var)) {
            return NULL;
        }
    }
    if (fabs(factor) != 1) {
        return NULL;
    }
    for (int i = 0; i < terms.n; i++) {
        if (terms.at[i].e != var) {
            vec_push(m->arena, rest, ((NormTerm){terms.at[i].e, -terms.at[i].coef * factor}));
        }
    }
    return norm_sum(m, T_INT, rest.n, rest.at, -constant * factor);
}

/* A domain that is one point in one of its variables. */
static NormExpr *at_point(const Reduction *r, const NormList *all)
{
    Norm *m = r->m;
    for (int i = 0; i < all->n; i++) {
        for (int v = 0; v < r->bound.n; v++) {
            NormExpr *var = r->bound.at[v], *f = solved(m, all->at[i], var);
            if (!f || (r->reduce == RED_PICK && v + 1 < r->bound.n)) {
                continue;
            }
            Reduction rest = *r;
            NormList conditions = {0};
            rest.bound = (NormList){0};
            for (int k = 0; k < r->bound.n; k++) {
                if (k != v) {
                    vec_push(m->arena, rest.bound, r->bound.at[k]);
                }
            }
            for (int k = 0; k < all->n; k++) {
                if (k != i) {
                    vec_push(m->arena, conditions, norm_replace(m, all->at[k], 1, &var, &f));
                }
            }
            vec_push(m->arena, conditions, norm_in_range(m, f, var->dim));
            rest.where = norm_and(m, conditions.n, conditions.at);
            rest.body = norm_replace(m, r->body, 1, &var, &f);
            return made_of(&rest);
        }
    }
    return NULL;
}

/* ---- factors and addends ------------------------------------------------------------------------------------------------------------- */

/* A sum of exps over this same domain: it is 0 only where there is nothing (or all underflows, which is as good as nothing). */
static int is_zero_of_nothing(const Reduction *r, const NormExpr *e)
{
    const NormNode *node = e->node;
    if (e->kind != NORM_READ || !node || node->reduce != RED_SUM || !norm_is_exp(node->body) || node->bound != r->bound.n) {
        return 0;
    }
    for (int k = 0; k < node->bound; k++) {
        if (node->var[node->free + k]->dim != r->bound.at[k]->dim) {
            return 0;
        }
    }
    return norm_instance(r->m, node, e->kid, r->bound.at).where == r->where;
}

typedef struct Split {
    NormFactors out, in;
} Split;

/* The divisor of a softmax whose weighted sum stays stays beside it: kernels compute both at once. */
static int divides_one(const Reduction *r, NormFactor f, const NormFactors *all)
{
    for (int i = 0; f.power == -1 && i < all->n; i++) {
        if (all->at[i].power == 1 && depends(r, all->at[i].e) && norm_is_ratio(r->m, all->at[i].e, f.e)) {
            return 1;
        }
    }
    return 0;
}

static void place_factor(const Reduction *r, NormFactor f, const NormFactors *all, int full, Split *split)
{
    Norm *m = r->m;
    const int leaves = !depends(r, f.e) && !norm_is_exp(f.e) && !divides_one(r, f, all);
    if (leaves && (full || (f.power > 0 && f.e->finite))) {
        vec_push(m->arena, split->out, f);
    } else if (leaves && f.power < 0 && (is_zero_of_nothing(r, f.e) || f.e->kind == NORM_NONZERO)) {
        vec_push(m->arena, split->out, ((NormFactor){norm_nonzero(m, f.e), f.power}));
    } else {
        vec_push(m->arena, split->in, f);
    }
}

/* Variables that nothing reads: a factor. Of ragged ones there may be none, and what is summed may be no number. */
static void count_unread(Reduction *r, Split *split)
{
    int kept = 0;
    for (int i = 0; i < r->bound.n; i++) {
        NormExpr *var = r->bound.at[i];
        if (norm_uses(r->where, var) || norm_uses(r->body, var) || (dim_is_ragged(var->dim) && !r->body->finite)) {
            r->bound.at[kept++] = var;
        } else {
            vec_push(r->m->arena, split->out, ((NormFactor){norm_len(r->m, var->dim), 1}));
        }
    }
    r->bound.n = kept;
}

static NormExpr *sum(Reduction *r)
{
    Norm *m = r->m;
    NormFactors factors = {0};
    Split split = {0};
    double coef;
    const int full = inhabited(r);
    norm_factors(m, r->body, &factors, &coef);
    for (int i = 0; i < factors.n; i++) {
        place_factor(r, factors.at[i], &factors, full, &split);
    }
    if (coef == 0) {
        return norm_num(m, r->type, 0);
    }
    r->body = norm_product(m, r->body->type, split.in.n, split.in.at);
    if (r->body->kind == NORM_NUM) { /* of no factor 1; an exp may have become a number */
        coef *= r->body->num;
        r->body = m->one;
    }
    const NormList before = r->bound;
    r->bound = (NormList){0};
    for (int i = 0; i < before.n; i++) {
        vec_push(m->arena, r->bound, before.at[i]);
    }
    count_unread(r, &split);
    const Type inner = r->body->type == T_INT && (r->type == T_INT || r->body == m->one) ? T_INT : T_REAL;
    NormExpr *core = r->body;
    if (r->bound.n > 0 || r->where != m->yes) {
        core = norm_lift(m, RED_SUM, inner, r->bound.n, r->bound.at, r->where, r->body);
        core = core ? core : norm_node(m, RED_SUM, inner, r->bound.n, r->bound.at, r->where, r->body);
    }
    vec_push(m->arena, split.out, ((NormFactor){core, 1}));
    NormExpr *product = norm_product(m, r->type, split.out.n, split.out.at);
    return norm_sum(m, r->type, 1, (NormTerm[]){{product, coef}}, 0);
}

static NormExpr *node(const Reduction *r)
{
    NormExpr *lifted = norm_lift(r->m, r->reduce, r->type, r->bound.n, r->bound.at, r->where, r->body);
    return lifted ? lifted : norm_node(r->m, r->reduce, r->type, r->bound.n, r->bound.at, r->where, r->body);
}

/* The largest of S + b is b + the largest S, where there is something. */
static NormExpr *extreme(Reduction *r)
{
    Norm *m = r->m;
    NormTerms terms = {0}, out = {0}, in = {0};
    double constant;
    norm_terms(m, norm_spread(m, r->body), &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        if (depends(r, terms.at[i].e)) {
            vec_push(m->arena, in, terms.at[i]);
        } else {
            vec_push(m->arena, out, terms.at[i]);
        }
    }
    if (out.n == 0) { /* a number within a term stays there, as it does wherever else the sum is read */
        NormTerms own = {0};
        double apart;
        norm_terms(m, r->body, &own, &apart);
        in = own.n > 1 ? own : in;
        constant = own.n > 1 ? apart : constant;
    }
    if ((out.n == 0 && constant == 0) || !inhabited(r)) {
        return node(r);
    }
    if (in.n == 0) {
        return r->body;
    }
    r->body = norm_sum(m, r->body->type, in.n, in.at, 0);
    vec_push(m->arena, out, ((NormTerm){made_of(r), 1}));
    return norm_sum(m, r->type, out.n, out.at, constant);
}

static NormExpr *pick(const Reduction *r)
{
    Norm *m = r->m;
    if (depends(r, r->body)) {
        return node(r);
    }
    NormExpr *any = norm_reduce(m, RED_ANY, T_BOOL, r->bound.n, r->bound.at, r->where, m->yes);
    return norm_select(m, any, r->body, of_nothing(r));
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

/* Conditions that no bound variable is in decide about all of it. */
static NormExpr *guarded(Reduction *r, NormList *all)
{
    Norm *m = r->m;
    NormList out = {0};
    int kept = 0;
    for (int i = 0; i < all->n; i++) {
        if (depends(r, all->at[i])) {
            all->at[kept++] = all->at[i];
        } else {
            vec_push(m->arena, out, all->at[i]);
        }
    }
    all->n = kept;
    r->where = norm_and(m, all->n, all->at);
    return norm_and(m, out.n, out.at);
}

static NormExpr *reduced(Reduction *r, const NormList *all)
{
    if (r->bound.n == 0) {
        return r->body;
    }
    if (r->where == r->m->no) {
        return of_nothing(r);
    }
    NormExpr *made = r->reduce == RED_SUM ? by_cases(r, all) : NULL;
    made = made ? made : at_point(r, all);
    if (made) {
        return made;
    }
    switch (r->reduce) {
    case RED_SUM: return sum(r);
    case RED_MAX: case RED_MIN: return extreme(r);
    case RED_PICK: return pick(r);
    case RED_NONE: case RED_PROD: case RED_ANY: case RED_ALL: break;
    }
    return node(r);
}

NormExpr *norm_reduce(Norm *m, Reduce reduce, Type type, int n, NormExpr *const *bound, NormExpr *where, NormExpr *body)
{
    Reduction r = {.m = m, .reduce = reduce, .type = type, .where = norm_as(m, where, T_BOOL), .body = body};
    NormList all = {0};
    if (reduce == RED_ALL) {
        return norm_not(m, norm_reduce(m, RED_ANY, T_BOOL, n, bound, where, norm_not(m, body)));
    }
    for (int i = 0; i < n; i++) {
        vec_push(m->arena, r.bound, bound[i]);
    }
    if (reduce == RED_ANY) {
        r.where = norm_both(m, r.where, r.body);
        r.body = m->yes;
    } else {
        r.body = norm_as(m, r.body, type);
    }
    if (reduce == RED_SUM && r.body->kind == NORM_SELECT && r.body->kid[1]->kind == NORM_NUM && norm_is_num(r.body->kid[2], 0)) {
        r.where = norm_both(m, r.where, r.body->kid[0]); /* conditions that are counted */
        r.body = r.body->kid[1];
    }
    r.body = norm_within(m, reduce, type, &r.where, r.body);
    norm_split(m, &r.bound, &r.where, &r.body);
    norm_conjuncts(m, r.where, &all);
    NormExpr *guard = guarded(&r, &all);
    return norm_select(m, guard, reduced(&r, &all), of_nothing(&r));
}
