/* Constants leave sums: sum[e] a * b / 8 is (sum[e] a * b) / 8, divided once and not in the innermost loop. */
#include "inline.h"

#include <math.h>

/* The constant that each term of a sum is multiplied with or divided by; `rest` is the term without it. NULL: there is none, or taking it
 * out of the sum could turn 0 or infinity into something else. */
static const Expr *take_constant(Plan *p, Expr *term, Expr **rest)
{
    double value;
    if (term->kind != EX_OP || term->type != T_REAL || (term->op != OP_MUL && term->op != OP_DIV)) {
        return NULL;
    }
    Expr *left = term->kid[0], *right = term->kid[1], *inner;
    if (expr_is_const(right, &value) && fabs(value) > 1e-6 && fabs(value) < 1e6) {
        *rest = left;
        return term;
    }
    if (term->op == OP_MUL && expr_is_const(left, &value) && fabs(value) > 1e-6 && fabs(value) < 1e6) {
        *rest = right;
        return expr_op(p->graph, OP_MUL, right, left, term->span);
    }
    const Expr *found = take_constant(p, left, &inner);
    if (found) {
        *rest = expr_op(p->graph, term->op, inner, right, term->span);
    }
    return found;
}

/* read, with the constant of `factor` (a product or a quotient) applied */
Expr *factor_apply(Plan *p, const Expr *factor, Expr *read)
{
    return expr_op(p->graph, factor->op, read, factor->kid[1], factor->span);
}

static int is_plain_sum(const Member *m)
{
    return m->node->reduce == RED_SUM && m->node->type == T_REAL && !m->row && !m->root && !m->empty;
}

const Expr *factor_of(Plan *p, const Member *m, Expr **rest)
{
    return is_plain_sum(m) ? take_constant(p, m->body, rest) : NULL;
}

static Expr *scaled_reads(Plan *p, Expr *e, const Node *node, const Expr *factor)
{
    if (e->kind == EX_READ) {
        return e->node->id == node->id ? factor_apply(p, factor, e) : e;
    }
    Expr *kid[3] = {NULL, NULL, NULL};
    int changed = 0;
    for (int k = 0; k < e->n && k < 3; k++) {
        kid[k] = scaled_reads(p, e->kid[k], node, factor);
        changed |= kid[k] != e->kid[k];
    }
    return !changed               ? e
           : e->kind == EX_OP     ? expr_op(p->graph, e->op, kid[0], kid[1], e->span)
           : e->kind == EX_SELECT ? expr_select(p->graph, kid[0], kid[1], kid[2], e->span)
                                  : e;
}

/* Read only in values: a condition compares the sum as it was written. */
static int only_in_values(const Cluster *c, const Member *m)
{
    for (int i = 0; i < c->member.n; i++) {
        const Member *other = c->member.at[i];
        for (int k = 0; k < other->atoms.n + other->guard.n; k++) {
            if (expr_reads_member(k < other->atoms.n ? other->atoms.at[k] : other->guard.at[k - other->atoms.n], m)) {
                return 0;
            }
        }
        if (other->empty && expr_reads_member(other->empty, m)) {
            return 0;
        }
    }
    return 1;
}

int factors_take(Plan *p, Cluster *c)
{
    int changed = 0;
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        Expr *rest = NULL;
        const Expr *factor = !m->kept.n && only_in_values(c, m) ? factor_of(p, m, &rest) : NULL;
        if (!factor) {
            continue;
        }
        m->body = rest;
        for (int k = 0; k < c->member.n; k++) {
            c->member.at[k]->body = k == i ? rest : scaled_reads(p, c->member.at[k]->body, m->node, factor);
        }
        changed = 1;
    }
    return changed;
}
