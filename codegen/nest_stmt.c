/* Statements: the loops and conditions around each, and what of its own nest it reads. A condition on a variable of a loop is a bound of
 * that loop, where it can be. */
#include "inline.h"
#include "print.h"
#include "recognise.h"

static int latest(Plan *p, const Expr *e, const VarList *order)
{
    (void)p;
    int at = -1;
    for (int i = 0; i < order->n; i++) {
        if (expr_uses(e, order->at[i])) {
            at = i;
        }
    }
    return at;
}

/* Turns a comparison that is linear in var with factor 1 or -1 into an end of its loop. */
static int as_bound(Plan *p, const Expr *e, Var *var, Header *head)
{
    Affine a, b, d;
    if (e->kind != EX_OP || e->n != 2 || e->kid[0]->type != T_INT || (e->op != OP_LT && e->op != OP_LE && e->op != OP_EQ)) {
        return 0;
    }
    if (!affine_of(e->kid[0], &a) || !affine_of(e->kid[1], &b) || !affine_subtract(&b, &a, &d)) {
        return 0;
    }
    /* d - strict >= 0 */
    int64_t factor = 0;
    Affine rest = d;
    for (int i = 0; i < rest.n; i++) {
        if (rest.var[i] == var) {
            factor = rest.coef[i];
            rest.coef[i] = 0;
        }
    }
    if (factor != 1 && factor != -1) {
        return 0;
    }
    Affine negative = rest;
    for (int i = 0; i < rest.n; i++) {
        negative.coef[i] = -rest.coef[i];
    }
    negative.constant = -rest.constant;
    const int strict = e->op == OP_LT;
    Expr *end = affine_expr(p, &rest);
    if (!fits_i32(end)) {
        return 0;
    }
    if (factor == 1 || e->op == OP_EQ) { /* var >= -rest + strict */
        Affine low = factor == 1 ? negative : rest;
        low.constant += strict;
        vec_push(p->arena, head->low, affine_expr(p, &low));
    }
    if (factor == -1 || e->op == OP_EQ) { /* var <= rest - strict */
        Affine high = factor == -1 ? rest : negative;
        high.constant += 1 - strict;
        vec_push(p->arena, head->high, affine_expr(p, &high));
    }
    return 1;
}

static void tidy_bounds(Plan *p, Header *h)
{
    Expr *zero = expr_int(p->graph, 0, (Span){0}), *length = expr_len(p->graph, h->var->dim, (Span){0});
    ExprList low = {0}, high = {0};
    h->from_zero = h->to_length = 1;
    for (int i = 0; i < h->low.n; i++) {
        if (!expr_at_most(h->low.at[i], zero, 0)) {
            vec_push(p->arena, low, h->low.at[i]);
            h->from_zero &= !expr_at_most(zero, h->low.at[i], 0);
        }
    }
    for (int i = 0; i < h->high.n; i++) {
        if (!expr_at_most(length, h->high.at[i], 0)) {
            vec_push(p->arena, high, h->high.at[i]);
            h->to_length &= !expr_at_most(h->high.at[i], length, 0);
        }
    }
    h->low = low;
    h->high = high;
}

/* After which loop a condition is known. Those of a recurrence stand inside of its turns: all that they guard runs in this one loop. */
static int known_after(Plan *p, const Member *m, const Expr *condition, const VarList *order)
{
    int turn = -1;
    for (int i = 0; m->cluster->along && i < order->n; i++) {
        turn = order->at[i] == m->cluster->along ? i : turn;
    }
    const int after = latest(p, condition, order);
    return after > turn ? after : turn;
}

static void add_heads(Plan *p, Stmt *s, const VarList *order, const ExprList *conditions)
{
    const Member *m = s->member;
    char *used = arena_array(p->arena, char, conditions->n + 1);
    for (int i = -1; i < order->n; i++) {
        Header loop = {.var = i >= 0 ? order->at[i] : NULL};
        for (int k = 0; k < conditions->n; k++) {
            if (i >= 0 && loop.var != m->cluster->along && known_after(p, m, conditions->at[k], order) == i) {
                used[k] = (char)as_bound(p, conditions->at[k], loop.var, &loop);
            }
        }
        if (i >= 0) {
            tidy_bounds(p, &loop);
            for (int b = 0; m->node->reduce == RED_PICK && b < m->node->bound.n; b++) {
                if (m->bound[b] == loop.var && s->kind == STMT_UPDATE) {
                    loop.solo = ++p->solo;
                    loop.down = m->node->bound.n > 1;
                }
            }
            loop.down |= loop.var == m->cluster->along && m->cluster->down;
            vec_push(p->arena, s->head, loop);
        }
        for (int k = 0; k < conditions->n; k++) {
            if (!used[k] && known_after(p, m, conditions->at[k], order) == i) {
                vec_push(p->arena, s->head, ((Header){.condition = conditions->at[k]}));
            }
        }
    }
}

static void note_touch(Plan *p, Stmt *s, Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        const Info *info = plan_info(p, e->node);
        for (int i = 0; i < info->member.n; i++) {
            Member *m = info->member.at[i];
            if (m->cluster == s->member->cluster && (m->root || member_of(p, m->cluster, e->node, e->kid) == m)) {
                vec_push(p->arena, s->reads, ((struct Touch){m, e}));
            }
        }
    }
    for (int k = 0; k < e->n; k++) {
        note_touch(p, s, e->kid[k]);
    }
    note_touch(p, s, e->otherwise);
}

Stmt *nest_stmt(Plan *p, Member *m, StmtKind kind)
{
    Stmt *s = arena_new_of(p->arena, Stmt);
    s->kind = kind;
    s->member = m;
    ExprList conditions = {0};
    VarList order = {0};
    for (int i = 0; i < m->guard.n; i++) {
        vec_push(p->arena, conditions, m->guard.at[i]);
    }
    for (int i = 0; kind == STMT_UPDATE && i < m->atoms.n; i++) {
        vec_push(p->arena, conditions, m->atoms.at[i]);
    }
    for (int i = 0; i < m->order.n; i++) {
        int arg = kind != STMT_INIT;
        for (int k = 0; k < m->node->free.n; k++) {
            arg |= m->arg[k] == m->order.at[i];
        }
        if (arg) {
            vec_push(p->arena, order, m->order.at[i]);
        }
    }
    add_heads(p, s, &order, &conditions);
    for (int i = 0; i < conditions.n; i++) {
        note_touch(p, s, conditions.at[i]);
    }
    note_touch(p, s, kind == STMT_INIT ? m->empty : m->body);
    return s;
}
