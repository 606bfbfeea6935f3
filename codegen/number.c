/* Several equalities at once: one key of two small numbers.
 *
 * Small is what lies between a few lengths (bounded.c): places, counts. Any other key is numbered first: for each t, how many keys are
 * below its own, plus how many are not above. Such numbers order as the keys do. A query has the number of a key only if it equals that
 * key, since between two keys both counts are the same, and at a key they are not. So they serve in place of keys, exactly, and are no
 * more than twice the length. A pair of small numbers has a number too: so there may be any number of equalities. */
#include "number.h"

#include "bounded.h"

static void also(Plan *p, Expr **all, Expr *e)
{
    *all = *all ? expr_op(p->graph, OP_AND, *all, e, e->span) : e;
}

/* a moved from one variable to another */
static Expr *moved(Plan *p, Expr *e, Var *from, Var *to)
{
    VarList list = {0};
    Expr *var = expr_var(p->graph, to, e->span);
    vec_push(p->arena, list, from);
    return expr_replace(p->graph, e, &list, &var);
}

static int same_in(Plan *p, Expr *a, Var *va, Expr *b, Var *vb)
{
    return (!a && !b) || (a && b && va->dim == vb->dim && expr_same(moved(p, a, va, vb), b));
}

static Node *known(const Numbers *n, const Domain *d)
{
    for (int i = 0; i < n->known.n; i++) {
        const Domain *k = n->known.at[i].of;
        if (same_in(n->p, k->key, k->own, d->key, d->own) && same_in(n->p, k->query, k->asks, d->query, d->asks) &&
            same_in(n->p, k->group, k->own, d->group, d->own) && same_in(n->p, k->in_group, k->asks, d->in_group, d->asks)) {
            return n->known.at[i].node;
        }
    }
    return NULL;
}

/* The number of d's query among its keys, for each t. */
static Node *number(Numbers *n, const Node *like, const Domain *d)
{
    Plan *p = n->p;
    Graph *g = p->graph;
    const Span at = like->span;
    Node *node = known(n, d);
    if (node) {
        return node;
    }
    Expr *below = expr_op(g, OP_LT, d->key, d->query, at), *equal = expr_op(g, OP_EQ, d->key, d->query, at);
    if (d->group) {
        Expr *same = expr_op(g, OP_EQ, d->group, d->in_group, at);
        below = expr_op(g, OP_OR, expr_op(g, OP_LT, d->group, d->in_group, at), expr_op(g, OP_AND, same, below, at), at);
        equal = expr_op(g, OP_AND, same, equal, at);
    }
    node = plan_node(p, like, str_of("number"));
    node->type = T_INT;
    node->extent = NULL;
    node->free = node->bound = (VarList){0};
    vec_push(p->arena, node->free, d->asks);
    vec_push(p->arena, node->bound, d->own);
    node->reduce = RED_SUM;
    node->where = node->empty = NULL;
    node->body = expr_select(g, below, expr_int(g, 2, at), expr_select(g, equal, expr_int(g, 1, at), expr_int(g, 0, at), at), at);
    Info *info = plan_info(p, node);
    info->wide = 0;
    info->join = arena_new_of(p->arena, Domain);
    *info->join = *d;
    info->forced = 1;
    info->why = "numbers for keys, from a sorted copy";
    vec_push(p->arena, n->known, ((struct Numbered){info->join, node}));
    return node;
}

/* key(t') == query(t), and in a pair the group's too, said in numbers. */
static void renumber(Numbers *n, const Node *like, const Domain *d, Expr *group, Expr *in_group, Expr **key, Expr **query)
{
    Plan *p = n->p;
    Domain asked = {
        .own = d->own, .asks = d->asks, .key = *key, .query = *query, .group = group, .in_group = in_group, .equal = 1, .numbers = 1};
    Domain own = asked;
    VarList at_own = {0}, at_asks = {0};
    own.asks = graph_var(p->graph, d->own->dim, d->asks->name);
    own.query = moved(p, *key, d->own, own.asks);
    own.in_group = group ? moved(p, group, d->own, own.asks) : NULL;
    Node *keys = number(n, like, &own), *queries = number(n, like, &asked);
    vec_push(p->arena, at_own, d->own);
    vec_push(p->arena, at_asks, d->asks);
    *key = plan_read(p, keys, at_own, like->span);
    *query = plan_read(p, queries, at_asks, like->span);
}

static void make_small(Numbers *n, const Node *like, Domain *d, Expr **key, Expr **query)
{
    Graph *g = n->p->graph;
    if ((*key)->type == T_REAL) { /* what is no number equals nothing */
        also(n->p, &d->filter, expr_op(g, OP_EQ, *key, *key, like->span));
    }
    if (bounded_small(*key) && bounded_small(*query)) {
        *key = expr_to(g, *key, T_INT);
        *query = expr_to(g, *query, T_INT);
        return;
    }
    renumber(n, like, d, NULL, NULL, key, query);
}

void number_keys(Numbers *n, const Node *like, Domain *d)
{
    for (int k = 0; k < d->also.n; k++) {
        Expr *key = d->also.at[k], *query = d->asked.at[k];
        make_small(n, like, d, &key, &query);
        if (d->group) {
            renumber(n, like, d, d->group, d->in_group, &key, &query);
        }
        d->group = key;
        d->in_group = query;
    }
    if (d->group) {
        make_small(n, like, d, &d->key, &d->query);
    }
    d->also = d->asked = (ExprList){0};
}
