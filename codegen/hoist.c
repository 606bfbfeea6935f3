/* Values that an inner loop does not change get a name outside it: roots and exponentials, and the whole left factor of a row of
 * accumulators. Only what is evaluated anyway leaves its place, and nothing that could fail. */
#include "inline.h"

#include <string.h>

/* Loops that e needs: 1 + the place of its innermost variable in the order. */
static int depth_of(const Expr *e, const VarList *order)
{
    int depth = 0;
    for (int i = 0; i < order->n; i++) {
        if (expr_uses(e, order->at[i])) {
            depth = i + 1;
        }
    }
    return depth;
}

static int may_fail(const Expr *e)
{
    int64_t low, high;
    if (e->kind == EX_OP && e->type == T_INT && !expr_range(e, &low, &high)) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (may_fail(e->kid[k])) {
            return 1;
        }
    }
    return e->otherwise && may_fail(e->otherwise);
}

static int has_costly(const Expr *e)
{
    if (e->kind == EX_OP && op_table[e->op].costly) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (has_costly(e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

static int reads_anything(const Expr *e)
{
    if (e->kind == EX_READ) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_anything(e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

static int is_guarded(const Expr *e)
{
    for (int k = 0; e->kind == EX_READ && k < e->n; k++) {
        if (!(e->inside >> (k < 31 ? k : 31) & 1) &&
            !(index_low_proven(e->kid[k]) && index_high_proven(e->kid[k], e->node->free.at[k]->dim))) {
            return 1;
        }
    }
    return 0;
}

static int worth(const Member *m, const Expr *e, int depth)
{
    if (e->type != T_REAL || depth >= m->order.n || may_fail(e)) {
        return 0;
    }
    if (e->kind == EX_OP && (op_table[e->op].costly || ((e->op == OP_MIN || e->op == OP_MAX) && reads_anything(e)))) {
        return 1;
    }
    if (m->row && depth <= m->order.n - m->row) {
        return (e->kind == EX_OP && (reads_anything(e) || has_costly(e))) || is_guarded(e) || e->kind == EX_SELECT;
    }
    return 0;
}

static const Expr *first_read(const Expr *e)
{
    if (e->kind == EX_READ && e->node->name && (!e->otherwise || e->n)) {
        return e;
    }
    for (int k = 0; k < e->n; k++) {
        const Expr *read = first_read(e->kid[k]);
        if (read) {
            return read;
        }
    }
    return NULL;
}

/* A dissolved equation keeps its name where its value gets one. */
static Str name_of_value(const Cluster *c, const Expr *e)
{
    for (int i = 0; i < c->value.n; i++) {
        if (expr_same(c->value.at[i].value, e)) {
            return c->value.at[i].name;
        }
    }
    return NULL;
}

static Str word_for(Plan *p, const Cluster *c, const Expr *e)
{
    const Expr *read = first_read(e);
    Str name = name_of_value(c, e);
    if (name) {
        return name;
    }
    if (e->kind == EX_OP && (e->op == OP_MIN || e->op == OP_MAX)) {
        return str_of(e->op == OP_MIN ? "smaller" : "larger");
    }
    if (e->kind == EX_OP && e->op == OP_SQRT) {
        return str_of("root");
    }
    if (e->kind == EX_OP && op_table[e->op].costly && !op_table[e->op].infix) {
        return str_of(arena_printf(p->arena, "%s_value", op_table[e->op].name));
    }
    return read ? str_of(arena_printf(p->arena, "%s_here", read->node->name)) : str_of("factor");
}

static Expr *name_value(Plan *p, Cluster *c, Member *m, Expr *e, int depth, int *at)
{
    const Span span = e->span;
    VarList vars = {0};
    for (int i = 0; i < depth; i++) {
        vec_push(p->arena, vars, m->order.at[i]);
    }
    for (int i = 0; i < *at; i++) {
        Member *known = c->member.at[i];
        if (known->hoisted && known->node->free.n == depth && expr_same(known->body, e) &&
            plan_info(p, known->node)->wide == plan_info(p, m->node)->wide) {
            int same = 1;
            for (int k = 0; k < depth; k++) {
                same &= known->arg[k] == vars.at[k];
            }
            if (same) {
                return plan_read(p, known->node, vars, span);
            }
        }
    }
    Node *node = plan_node(p, m->node, word_for(p, c, e));
    node->type = e->type;
    node->extent = NULL;
    node->free = vars;
    node->reduce = RED_NONE;
    node->bound = (VarList){0};
    node->where = node->empty = NULL;
    node->body = e;
    Info *info = plan_info(p, node);
    info->keep = KEEP_LOCAL;
    info->wide |= m->node->type != T_REAL;
    Member *value = arena_new_of(p->arena, Member);
    value->node = node;
    value->cluster = c;
    value->arg = vars.at;
    value->body = e;
    value->order = vars;
    value->hoisted = 1;
    for (int k = 0; k < m->guard.n + m->atoms.n; k++) {
        Expr *condition = k < m->guard.n ? m->guard.at[k] : m->atoms.at[k - m->guard.n];
        if (is_early(p, c, condition, value)) {
            vec_push(p->arena, value->guard, condition);
        }
    }
    vec_push(p->arena, info->member, value);
    vec_push(p->arena, c->member, NULL);
    memmove(c->member.at + *at + 1, c->member.at + *at, sizeof *c->member.at * (size_t)(c->member.n - 1 - *at));
    c->member.at[*at] = value;
    (*at)++;
    return plan_read(p, node, vars, span);
}

static Expr *hoist(Plan *p, Cluster *c, Member *m, Expr *e, int *at)
{
    const int depth = depth_of(e, &m->order);
    if (worth(m, e, depth) && (depth > 0 || reads_anything(e))) {
        return name_value(p, c, m, e, depth, at);
    }
    if (e->kind == EX_READ || !e->n) {
        return e;
    }
    Expr *kid[3] = {NULL, NULL, NULL};
    int changed = 0;
    for (int k = 0; k < e->n && k < 3; k++) {
        const int always = e->kind == EX_OP ? !(k && (e->op == OP_AND || e->op == OP_OR)) : e->kind == EX_SELECT && k == 0;
        kid[k] = always ? hoist(p, c, m, e->kid[k], at) : e->kid[k];
        changed |= kid[k] != e->kid[k];
    }
    if (!changed) {
        return e;
    }
    return e->kind == EX_OP ? expr_op(p->graph, e->op, kid[0], kid[1], e->span) : expr_select(p->graph, kid[0], kid[1], kid[2], e->span);
}

/* ---- the same costly value in two statements ----------------------------------------------------------------------------------------- */

static int occurs(const Expr *e, const Expr *what)
{
    if (expr_same(e, what)) {
        return 1;
    }
    for (int k = 0; k < e->n && e->kind != EX_READ; k++) {
        if (occurs(e->kid[k], what)) {
            return 1;
        }
    }
    return 0;
}

static Expr *replace_same(Plan *p, Expr *e, const Expr *what, Expr *by)
{
    if (expr_same(e, what)) {
        return by;
    }
    if (e->kind != EX_OP && e->kind != EX_SELECT) {
        return e;
    }
    Expr *kid[3] = {NULL, NULL, NULL};
    int changed = 0;
    for (int k = 0; k < e->n && k < 3; k++) {
        kid[k] = replace_same(p, e->kid[k], what, by);
        changed |= kid[k] != e->kid[k];
    }
    if (!changed) {
        return e;
    }
    return e->kind == EX_OP ? expr_op(p->graph, e->op, kid[0], kid[1], e->span) : expr_select(p->graph, kid[0], kid[1], kid[2], e->span);
}

static int holds(const Member *m, const Expr *condition)
{
    for (int k = 0; k < m->guard.n + m->atoms.n; k++) {
        if (expr_same(k < m->guard.n ? m->guard.at[k] : m->atoms.at[k - m->guard.n], condition)) {
            return 1;
        }
    }
    return 0;
}

static Expr *find_shared(Cluster *c, int i, Expr *e)
{
    if (e->kind != EX_OP) {
        return NULL;
    }
    if (op_table[e->op].costly && e->type == T_REAL && reads_anything(e) && !may_fail(e)) {
        for (int j = i + 1; j < c->member.n; j++) {
            if (occurs(c->member.at[j]->body, e)) {
                return e;
            }
        }
    }
    for (int k = 0; k < e->n && !((e->op == OP_AND || e->op == OP_OR) && k); k++) {
        Expr *found = find_shared(c, i, e->kid[k]);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static int occurrences(const Expr *e, const Expr *what)
{
    if (expr_same(e, what)) {
        return 1;
    }
    int n = 0;
    for (int k = 0; k < e->n && e->kind != EX_READ; k++) {
        n += occurrences(e->kid[k], what);
    }
    return n;
}

/* The largest part that stands more than once in `all`, evaluated anyway. */
static Expr *find_twice(const Expr *all, Expr *e)
{
    if (e->kind != EX_OP) {
        return NULL;
    }
    if (e->type == T_REAL && reads_anything(e) && !may_fail(e) && occurrences(all, e) > 1) {
        return e;
    }
    for (int k = 0; k < e->n && !((e->op == OP_AND || e->op == OP_OR) && k); k++) {
        Expr *found = find_twice(all, e->kid[k]);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* `like` is a member at the loops of e alone, under the conditions that concern those. */
static void name_twice(Plan *p, Cluster *c, int i)
{
    Member *m = c->member.at[i];
    Expr *e = m->node->reduce == RED_NONE ? find_twice(m->body, m->body) : NULL;
    if (!e) {
        return;
    }
    Member like = *m;
    like.order = (VarList){0};
    for (int k = 0; k < m->order.n; k++) {
        if (expr_uses(e, m->order.at[k])) {
            vec_push(p->arena, like.order, m->order.at[k]);
        }
    }
    int at = i;
    Expr *read = name_value(p, c, &like, e, like.order.n, &at);
    m->body = replace_same(p, m->body, e, read);
}

static void share_values(Plan *p, Cluster *c)
{
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        Expr *e = m->node->reduce == RED_PICK ? NULL : find_shared(c, i, m->body);
        if (!e || (e == m->body && m->node->reduce == RED_NONE && m->hoisted)) {
            continue;
        }
        Member like = *m;
        like.order = (VarList){0};
        for (int k = 0; k < m->order.n; k++) {
            if (expr_uses(e, m->order.at[k])) {
                vec_push(p->arena, like.order, m->order.at[k]);
            }
        }
        like.guard = (ExprList){0};
        like.atoms = (ExprList){0};
        for (int k = 0; k < m->guard.n + m->atoms.n; k++) {
            Expr *condition = k < m->guard.n ? m->guard.at[k] : m->atoms.at[k - m->guard.n];
            int all = 1;
            for (int j = i + 1; j < c->member.n; j++) {
                all &= !occurs(c->member.at[j]->body, e) || holds(c->member.at[j], condition);
            }
            if (all) {
                vec_push(p->arena, like.guard, condition);
            }
        }
        int at = i;
        Expr *read = name_value(p, c, &like, e, like.order.n, &at);
        for (int j = i; j < c->member.n; j++) {
            if (c->member.at[j]->node != read->node) {
                c->member.at[j]->body = replace_same(p, c->member.at[j]->body, e, read);
            }
        }
    }
}

void hoist_values(Plan *p, Cluster *c)
{
    share_values(p, c);
    for (int i = 0; i < c->member.n; i++) {
        name_twice(p, c, i);
    }
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        if (m->node->reduce == RED_PICK) {
            continue;
        }
        int at = i;
        const int before = c->member.n;
        Expr *body = m->hoisted && m->body->n ? NULL : hoist(p, c, m, m->body, &at);
        if (m->hoisted) { /* its own value stays; parts of it may go further out */
            Expr *kid[3] = {NULL, NULL, NULL};
            int changed = 0;
            for (int k = 0; m->body->kind == EX_OP && k < m->body->n; k++) {
                kid[k] = hoist(p, c, m, m->body->kid[k], &at);
                changed |= kid[k] != m->body->kid[k];
            }
            body = changed ? expr_op(p->graph, m->body->op, kid[0], kid[1], m->body->span) : m->body;
        }
        m->body = body;
        i = c->member.n != before ? i - 1 : i; /* look at the new ones too */
    }
}
