/* Weights that fade evenly with the distance of two positions: powers whose exponent is a multiple of it, exp of one, and products of such.
 * The weight at a distance is the product of the weights at its parts, so a sum with such weights can be carried along: what was summed
 * before is multiplied by the weight at distance 1, turn by turn. */
#include "covering.h"

typedef struct Fade {
    Norm *norm;
    NormExpr *t, *u;
} Fade;

static int knows_place(const Fade *f, const NormExpr *e)
{
    return norm_uses(e, f->t) || norm_uses(e, f->u);
}

/* t - u, or u - t */
static int is_distance(const Fade *f, NormExpr *e)
{
    NormTerms term = {0};
    double constant = 0;
    norm_terms(f->norm, e, &term, &constant);
    return term.n == 2 && constant == 0 && term.at[0].coef == -term.at[1].coef &&
           ((term.at[0].e == f->t && term.at[1].e == f->u) || (term.at[0].e == f->u && term.at[1].e == f->t));
}

/* Their distance, by something that knows neither place. */
static int is_multiple(const Fade *f, NormExpr *e)
{
    NormTerms term = {0};
    double constant = 0, coef = 1;
    if (is_distance(f, e)) {
        return 1;
    }
    norm_terms(f->norm, e, &term, &constant);
    for (int i = 0; i < term.n; i++) {
        NormFactors factor = {0};
        int distances = 0;
        norm_factors(f->norm, term.at[i].e, &factor, &coef);
        for (int k = 0; k < factor.n; k++) {
            if (factor.at[k].power == 1 && is_distance(f, factor.at[k].e)) {
                distances++;
            } else if (knows_place(f, factor.at[k].e)) {
                return 0;
            }
        }
        if (distances != 1) {
            return 0;
        }
    }
    return constant == 0;
}

static int is_even(const Fade *f, NormExpr *e)
{
    if (e->kind != NORM_CALL) {
        return 0;
    }
    return e->op == OP_EXP ? is_multiple(f, e->kid[0]) : e->op == OP_POW && !knows_place(f, e->kid[0]) && is_multiple(f, e->kid[1]);
}

static NormExpr *position(const NormList *role)
{
    NormExpr *found = NULL;
    for (int i = 0; i < role->n; i++) {
        found = dim_is_ragged(role->at[i]->dim) ? role->at[i] : found;
    }
    return found;
}

/* The weight at distance 1; NULL: it does not fade evenly, or with more than the distance. */
NormExpr *fades(Cover *c, NormExpr *e, const NormList *later, const NormList *earlier)
{
    const Fade f = {c->norm, position(later), position(earlier)};
    NormFactors factor = {0};
    double coef = 1;
    if (norm_is_num(e, 1)) {
        return e;
    }
    norm_factors(c->norm, e, &factor, &coef);
    if (!f.t || !f.u || f.t->dim != f.u->dim || coef != 1) {
        return NULL;
    }
    for (int i = 0; i < factor.n; i++) {
        if (!is_even(&f, factor.at[i].e)) {
            return NULL;
        }
    }
    NormExpr *next = norm_add(c->norm, f.u, norm_num(c->norm, T_INT, 1));
    NormExpr *at_1 = norm_replace(c->norm, e, 1, &f.t, &next);
    return norm_uses_any(at_1, later->n, later->at) || norm_uses_any(at_1, earlier->n, earlier->at) ? NULL : at_1;
}
