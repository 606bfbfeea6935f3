/* Expressions of a nest: variables become those of the nest, dissolved equations are put in place. */
#include "inline.h"

/* For the comment above the nest. */
static void note_inlined(Plan *p, const Node *view)
{
    for (int i = 0; p->nest && i < p->nest->inlined.n; i++) {
        if (p->nest->inlined.at[i] == view) {
            return;
        }
    }
    if (p->nest) {
        vec_push(p->arena, p->nest->inlined, (Node *)view);
    }
}

static Expr *inline_read(Plan *p, Expr *e, const VarList *from, Expr *const *to)
{
    Expr **index = arena_array(p->arena, Expr *, e->n + 1);
    for (int k = 0; k < e->n; k++) {
        index[k] = inline_expr(p, e->kid[k], from, to);
    }
    const Node *view = plan_view(p, e->node);
    const Info *info = plan_info(p, e->node);
    if (e->node->kind == NODE_EQ && info->keep == KEEP_DISSOLVE) {
        note_inlined(p, view);
        Expr *value = inline_expr(p, view->body, &view->free, index);
        if (p->nest && view->name && value->kind == EX_OP) {
            vec_push(p->arena, p->nest->value, ((struct Value){view->name, value}));
        }
        return value;
    }
    Expr *otherwise = e->otherwise ? inline_expr(p, e->otherwise, from, to) : NULL;
    Expr *read = expr_read(p->graph, e->node, e->n, index, otherwise, e->span);
    if (read->kind == EX_READ && read->node == e->node) {
        read->inside |= e->inside;
    }
    return read;
}

Expr *inline_expr(Plan *p, Expr *e, const VarList *from, Expr *const *to)
{
    Graph *g = p->graph;
    Expr *kid[3] = {NULL, NULL, NULL};
    if (e->kind == EX_VAR) {
        const int k = var_index(from, e->var);
        return k >= 0 ? to[k] : e;
    }
    if (e->kind == EX_READ) {
        return inline_read(p, e, from, to);
    }
    for (int k = 0; k < e->n && k < 3; k++) {
        kid[k] = inline_expr(p, e->kid[k], from, to);
    }
    switch (e->kind) {
    case EX_POS: return expr_pos(g, e->dim, kid[0], e->span);
    case EX_OP: return expr_op(g, e->op, kid[0], kid[1], e->span);
    case EX_SELECT: return expr_select(g, kid[0], kid[1], kid[2], e->span);
    case EX_CONST:
    case EX_LEN:
    case EX_VAR:
    case EX_READ: break;
    }
    return e;
}

void inline_member(Plan *p, Member *m)
{
    const Node *node = m->node;
    p->nest = m->cluster;
    VarList from = {0};
    ExprList to = {0}, atoms = {0};
    for (int k = 0; k < node->free.n + node->bound.n; k++) {
        Var *mine = k < node->free.n ? m->arg[k] : m->bound[k - node->free.n];
        vec_push(p->arena, from, k < node->free.n ? node->free.at[k] : node->bound.at[k - node->free.n]);
        vec_push(p->arena, to, expr_var(p->graph, mine, node->span));
    }
    m->body = inline_expr(p, node->body, &from, to.at);
    m->empty = node->empty ? inline_expr(p, node->empty, &from, to.at) : NULL;
    if (node->where) {
        conjuncts(p, inline_expr(p, node->where, &from, to.at), &atoms);
    }
    for (int i = 0; i < atoms.n; i++) {
        if (atoms.at[i]->kind != EX_CONST || !atoms.at[i]->integer) {
            vec_push(p->arena, m->atoms, atoms.at[i]);
        }
    }
}

/* ---- conditions that all readers share ----------------------------------------------------------------------------------------------- */

int expr_reads_member(const Expr *e, const Member *m)
{
    if (!e) {
        return 0;
    }
    if (e->kind == EX_READ && e->node->id == m->node->id) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (expr_reads_member(e->kid[k], m)) {
            return 1;
        }
    }
    return expr_reads_member(e->otherwise, m);
}

static int in_list(const ExprList *list, const Expr *e)
{
    for (int i = 0; i < list->n; i++) {
        if (expr_same(list->at[i], e)) {
            return 1;
        }
    }
    return 0;
}

static int only_args(Plan *p, const Expr *e, const Member *m)
{
    VarList vars = {0};
    expr_vars(e, p->arena, &vars);
    for (int i = 0; i < vars.n; i++) {
        int mine = 0;
        for (int k = 0; k < m->node->free.n; k++) {
            mine |= m->arg[k] == vars.at[i];
        }
        if (!mine) {
            return 0;
        }
    }
    return 1;
}

/* What the nest itself computes may not be there yet. */
static int reads_nest(Plan *p, const Cluster *c, const Expr *e)
{
    if (!e) {
        return 0;
    }
    if (e->kind == EX_READ) {
        const Info *info = plan_info(p, e->node);
        for (int i = 0; i < info->member.n; i++) {
            if (info->member.at[i]->cluster == c) {
                return 1;
            }
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_nest(p, c, e->kid[k])) {
            return 1;
        }
    }
    return reads_nest(p, c, e->otherwise);
}

int is_early(Plan *p, const Cluster *c, const Expr *e, const Member *m)
{
    return only_args(p, e, m) && !reads_nest(p, c, e);
}

void share_guards(Plan *p, Cluster *c)
{
    for (int i = c->member.n - 1; i >= 0; i--) {
        Member *m = c->member.at[i];
        ExprList common = {0};
        int readers = 0;
        if (m->root) {
            continue;
        }
        for (int r = i + 1; r < c->member.n; r++) {
            const Member *reader = c->member.at[r];
            int free = expr_reads_member(reader->empty, m);
            for (int k = 0; k < reader->atoms.n; k++) {
                free |= expr_reads_member(reader->atoms.at[k], m);
            }
            if (free) {
                common.n = 0;
                readers = 1;
                break;
            }
            if (!expr_reads_member(reader->body, m)) {
                continue;
            }
            ExprList both = {0};
            for (int k = 0; k < reader->atoms.n + reader->guard.n; k++) {
                Expr *e = k < reader->atoms.n ? reader->atoms.at[k] : reader->guard.at[k - reader->atoms.n];
                if (is_early(p, c, e, m) && (!readers || in_list(&common, e))) {
                    vec_push(p->arena, both, e);
                }
            }
            common = both;
            readers++;
        }
        m->guard = common;
    }
}
