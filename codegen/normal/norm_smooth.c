/* Choices that decide nothing: x > 0 ? x : 0.1 * x. Where the comparison turns, both branches are the same, so a rounding that turns it
 * early or late changes the value by a rounding as well. Each comparison is solved for each of its terms and for each factor of one; put
 * into the branches, that has to make them equal. */
#include "norm_inner.h"

#include <math.h>

enum { PARTS_MOST = 256 };
static const double close_to_0 = 1e-9;

static NormView as_it_is(void *context, Node *node)
{
    (void)context;
    return (NormView){.node = node, .hole = -1};
}

typedef struct Exchange {
    NormExpr *from, *to;
} Exchange;

static NormExpr *exchanged(void *context, NormExpr *e)
{
    const Exchange *x = context;
    return e == x->from ? x->to : NULL;
}

static int is_close_to_0(Norm *m, NormExpr *e)
{
    NormTerms terms = {0};
    double constant;
    norm_terms(m, e, &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        if (!(fabs(terms.at[i].coef) <= close_to_0)) {
            return 0;
        }
    }
    return fabs(constant) <= close_to_0;
}

static int are_equal_where(Norm *m, NormExpr *from, NormExpr *to, NormExpr *yes, NormExpr *no)
{
    Exchange x = {from, to};
    NormExpr *a = norm_rebuild(m, yes, exchanged, &x), *b = norm_rebuild(m, no, exchanged, &x);
    return is_close_to_0(m, norm_spread(m, norm_subtract(m, norm_as_real(m, a), norm_as_real(m, b))));
}

/* The product is `value`: of each of its factors that stands there once, what it is. */
static int meet_at_factor(Norm *m, NormExpr *product, NormExpr *value, NormExpr *yes, NormExpr *no)
{
    for (int i = 0; product->kind == NORM_PRODUCT && i < product->n; i++) {
        const int sign = product->power[i];
        NormFactors rest = {0};
        for (int k = 0; k < product->n; k++) {
            if (k != i) {
                vec_push(m->arena, rest, ((NormFactor){product->kid[k], -product->power[k] * sign}));
            }
        }
        vec_push(m->arena, rest, ((NormFactor){value, sign}));
        if ((sign == 1 || sign == -1) && are_equal_where(m, product->kid[i], norm_product(m, T_REAL, rest.n, rest.at), yes, no)) {
            return 1;
        }
    }
    return 0;
}

/* difference is 0 where the comparison turns. */
static int meet_at(Norm *m, NormExpr *difference, NormExpr *yes, NormExpr *no)
{
    NormTerms terms = {0};
    double constant;
    norm_terms(m, difference, &terms, &constant);
    for (int i = 0; i < terms.n; i++) {
        NormTerms rest = {0};
        for (int k = 0; k < terms.n; k++) {
            if (k != i) {
                vec_push(m->arena, rest, ((NormTerm){terms.at[k].e, -terms.at[k].coef / terms.at[i].coef}));
            }
        }
        NormExpr *value = norm_sum(m, T_REAL, rest.n, rest.at, -constant / terms.at[i].coef);
        if (are_equal_where(m, terms.at[i].e, value, yes, no) || meet_at_factor(m, terms.at[i].e, value, yes, no)) {
            return 1;
        }
    }
    return 0;
}

static int is_smooth(NormGraph *g, const Expr *condition, NormExpr *yes, NormExpr *no)
{
    const int logic = condition->kind == EX_OP && (condition->op == OP_AND || condition->op == OP_OR || condition->op == OP_NOT);
    const int order = condition->kind == EX_OP && (condition->op == OP_LT || condition->op == OP_LE);
    for (int k = 0; k < condition->n && logic; k++) {
        if (!is_smooth(g, condition->kid[k], yes, no)) {
            return 0;
        }
    }
    if (logic) {
        return 1;
    }
    if (condition->kind != EX_OP || condition->n < 2 || condition->kid[0]->type != T_REAL) {
        return 1; /* of whole numbers */
    }
    NormExpr *a = norm_from_expr(g, condition->kid[0], 0, NULL, NULL), *b = norm_from_expr(g, condition->kid[1], 0, NULL, NULL);
    return order && !g->failed && meet_at(g->norm, norm_subtract(g->norm, a, b), yes, no);
}

static int compares_reals(const Expr *e)
{
    int found = e->kind == EX_OP && e->type == T_BOOL && e->n == 2 && e->kid[0]->type == T_REAL;
    for (int k = 0; k < e->n && e->kind == EX_OP && e->type == T_BOOL && !found; k++) {
        found = compares_reals(e->kid[k]);
    }
    return found;
}

/* Parts of e, as far as `most`. */
static int parts_of(const Expr *e, int most)
{
    int n = 1 + (e->otherwise != NULL);
    for (int k = 0; k < e->n && n < most; k++) {
        n += parts_of(e->kid[k], most - n);
    }
    return n;
}

int norm_smooth(Arena *arena, Graph *graph, const Expr *select)
{
    if (select->type != T_REAL || !compares_reals(select->kid[0]) || parts_of(select, PARTS_MOST) >= PARTS_MOST) {
        return 0;
    }
    Norm *m = norm_new(arena, graph, 0);
    NormGraph *g = norm_graph_new(m, as_it_is, NULL);
    g->alone = 1;
    VarList vars = {0};
    NormList fresh = {0};
    expr_vars(select, arena, &vars);
    for (int i = 0; i < vars.n; i++) {
        vec_push(arena, fresh, norm_fresh(m, vars.at[i]->dim));
        vec_push(arena, g->binding, ((struct NormBinding){vars.at[i], fresh.at[i]}));
    }
    NormExpr *yes = norm_from_expr(g, select->kid[1], 0, NULL, NULL), *no = norm_from_expr(g, select->kid[2], 0, NULL, NULL);
    return !g->failed && is_smooth(g, select->kid[0], yes, no);
}
