/* Conditions over two positions, taken apart. */
#include "domain.h"

#include "share.h"

/* ---- maps in place ------------------------------------------------------------------------------------------------------------------- */

static int all_inside(const Expr *read)
{
    for (int k = 0; k < read->n; k++) {
        if (!(read->inside >> (k < 31 ? k : 31) & 1)) {
            return 0;
        }
    }
    return 1;
}

static Expr *expand_maps(Plan *p, Expr *e, const Var *own, const Var *asks)
{
    Graph *g = p->graph;
    if (!expr_uses(e, own) || !expr_uses(e, asks)) {
        return e;
    }
    if (e->kind == EX_READ) {
        const Node *view = plan_view(p, e->node);
        if (e->node->kind != NODE_EQ || view->reduce != RED_NONE || !all_inside(e)) {
            return e;
        }
        return expand_maps(p, expr_replace(g, view->body, &view->free, e->kid), own, asks);
    }
    Expr *kid[3] = {NULL, NULL, NULL};
    for (int k = 0; k < e->n && k < 3; k++) {
        kid[k] = expand_maps(p, e->kid[k], own, asks);
    }
    return e->kind == EX_OP       ? expr_op(g, e->op, kid[0], kid[1], e->span)
           : e->kind == EX_SELECT ? expr_select(g, kid[0], kid[1], kid[2], e->span)
                                  : e;
}

static int of_integers(const Expr *e)
{
    return e->n == 2 && e->kid[0]->type != T_REAL && e->kid[1]->type != T_REAL;
}

/* `not e`, pushed down to comparisons of integers; NULL: it cannot be. */
static Expr *negated(Plan *p, Expr *e)
{
    Graph *g = p->graph;
    if (e->kind == EX_CONST) {
        return expr_bool(g, !e->integer, e->span);
    }
    if (e->kind != EX_OP) {
        return expr_op(g, OP_NOT, e, NULL, e->span);
    }
    switch (e->op) {
    case OP_NOT: return e->kid[0];
    case OP_AND:
    case OP_OR: {
        Expr *a = negated(p, e->kid[0]), *b = negated(p, e->kid[1]);
        return a && b ? expr_op(g, e->op == OP_AND ? OP_OR : OP_AND, a, b, e->span) : NULL;
    }
    case OP_EQ: return expr_op(g, OP_NE, e->kid[0], e->kid[1], e->span);
    case OP_NE: return expr_op(g, OP_EQ, e->kid[0], e->kid[1], e->span);
    case OP_LT: return of_integers(e) ? expr_op(g, OP_LE, e->kid[1], e->kid[0], e->span) : NULL; /* a NaN is on neither side */
    case OP_LE: return of_integers(e) ? expr_op(g, OP_LT, e->kid[1], e->kid[0], e->span) : NULL;
    default: return NULL;
    }
}

static Expr *sink_not(Plan *p, Expr *e, int whole)
{
    if (e->kind != EX_OP) {
        return e;
    }
    if (e->op == OP_NOT) {
        Expr *inner = sink_not(p, e->kid[0], whole), *pushed = negated(p, inner);
        const int taken_away = whole && inner->kind == EX_OP && (inner->op == OP_AND || inner->op == OP_OR);
        return pushed && !taken_away ? (pushed->kind == EX_OP && pushed->op != OP_NOT ? sink_not(p, pushed, whole) : e)
               : taken_away          ? expr_op(p->graph, OP_NOT, inner, NULL, e->span)
                                     : e;
    }
    if (e->op != OP_AND && e->op != OP_OR) {
        return e;
    }
    return expr_op(p->graph, e->op, sink_not(p, e->kid[0], whole), sink_not(p, e->kid[1], whole), e->span);
}

Expr *domain_expand(Plan *p, Expr *e, const Var *own, const Var *asks, int whole)
{
    return sink_not(p, expand_maps(p, e, own, asks), whole);
}

/* ---- atoms --------------------------------------------------------------------------------------------------------------------------- */

static int is_op(const Expr *e, Op op)
{
    return e->kind == EX_OP && e->op == op;
}

static void also(Plan *p, Expr **all, Expr *e)
{
    *all = *all ? expr_op(p->graph, OP_AND, *all, e, e->span) : e;
}

/* a < b or a <= b between t' and t themselves. */
static int place_of_atom(const Expr *e, const Var *own, const Var *asks, Order *place)
{
    Affine a, b, d;
    int64_t of_own = 0, of_asks = 0;
    if ((!is_op(e, OP_LT) && !is_op(e, OP_LE)) || !affine_of(e->kid[0], &a) || !affine_of(e->kid[1], &b) || !affine_subtract(&b, &a, &d)) {
        return 0;
    }
    for (int i = 0; i < d.n; i++) {
        if (d.coef[i] && d.var[i] != own && d.var[i] != asks) {
            return 0;
        }
        of_own += d.var[i] == own ? d.coef[i] : 0;
        of_asks += d.var[i] == asks ? d.coef[i] : 0;
    }
    const int64_t slack = d.constant - (e->op == OP_LT); /* of_asks * t + of_own * t' + slack >= 0 */
    if (of_own == -1 && of_asks == 1 && (slack == 0 || slack == -1)) {
        *place = slack ? ORDER_BEFORE : ORDER_UP_TO;
        return 1;
    }
    if (of_own == 1 && of_asks == -1 && (slack == 0 || slack == -1)) {
        *place = slack ? ORDER_AFTER : ORDER_FROM;
        return 1;
    }
    return 0;
}

/* Its loop would be one turn long, or a window: plain loops do that well. */
static int is_affine(const Expr *e)
{
    Affine a;
    return e->n == 2 && affine_of(e->kid[0], &a) && affine_of(e->kid[1], &a);
}

/* A comparison with t' on one side and t on the other. */
static int sides(const Expr *e, const Var *own, const Var *asks, Expr **key, Expr **query, int *key_is_right)
{
    if (!(is_op(e, OP_EQ) || is_op(e, OP_LT) || is_op(e, OP_LE)) || is_affine(e)) {
        return 0;
    }
    for (int right = 0; right < 2; right++) {
        Expr *k = e->kid[right], *q = e->kid[!right];
        if (expr_uses(k, own) && !expr_uses(k, asks) && !expr_uses(q, own) && expr_uses(q, asks)) {
            *key = k;
            *query = q;
            *key_is_right = right;
            return 1;
        }
    }
    return 0;
}

/* Of what orders as a string does, the string: keys are equal where strings are. */
static const Expr *unkeyed(const Expr *e)
{
    return is_op(e, OP_TEXT_KEY) ? e->kid[0] : e;
}

/* a < b or a == b and t' < t: equal keys in the order of their positions. */
static int is_tie(const Expr *order, const Expr *rest, Domain *d)
{
    Expr *key, *query;
    int right;
    if (!is_op(order, OP_LT) || !is_op(rest, OP_AND)) {
        return 0;
    }
    for (int k = 0; k < 2; k++) {
        const Expr *equal = rest->kid[k], *place = rest->kid[!k];
        if (is_op(equal, OP_EQ) && sides(equal, d->own, d->asks, &key, &query, &right) && expr_same(key, unkeyed(d->key)) &&
            expr_same(query, unkeyed(d->query)) && place_of_atom(place, d->own, d->asks, &d->order)) {
            return 1;
        }
    }
    return 0;
}

static int comparison(const Expr *e, Domain *d)
{
    int right;
    if (!sides(e, d->own, d->asks, &d->key, &d->query, &right)) {
        return 0;
    }
    d->equal = e->op == OP_EQ;
    d->strict = e->op == OP_LT;
    d->above = !d->equal && right;
    return 1;
}

static int lexicographic(const Expr *e, Domain *d)
{
    for (int k = 0; is_op(e, OP_OR) && k < 2; k++) {
        if (is_op(e->kid[k], OP_LT) && comparison(e->kid[k], d) && is_tie(e->kid[k], e->kid[!k], d)) {
            return 1;
        }
    }
    return 0;
}

/* Another equality: the ones before stand in a list. 0: it is no equality, or not all of them are. */
static int further(Plan *p, const Expr *e, Domain *d)
{
    Domain one = *d;
    if (!d->equal || !comparison(e, &one) || !one.equal) {
        return 0;
    }
    if (!expr_same(one.key, d->key) || !expr_same(one.query, d->query)) {
        vec_push(p->arena, d->also, d->key);
        vec_push(p->arena, d->asked, d->query);
        d->key = one.key;
        d->query = one.query;
    }
    return 1;
}

int domain_of(Plan *p, const ExprList *atoms, Var *own, Var *asks, Domain *domain)
{
    Domain d = {.own = own, .asks = asks};
    Order order;
    int ties = 0;
    for (int i = 0; i < atoms->n; i++) {
        Expr *e = atoms->at[i];
        if (e->kind == EX_CONST && e->integer) {
            continue;
        }
        if (!asks || !expr_uses(e, asks)) {
            also(p, &d.filter, e);
        } else if (!expr_uses(e, own)) {
            also(p, &d.guard, e);
        } else if (place_of_atom(e, own, asks, &order)) {
            if (d.order != ORDER_ANY || ties) {
                return 0;
            }
            d.order = order;
        } else if (d.key) {
            if (!further(p, e, &d)) {
                return 0;
            }
        } else {
            const Order before = d.order;
            d.order = ORDER_ANY;
            if (!(comparison(e, &d) || lexicographic(e, &d))) {
                return 0;
            }
            ties = d.order != ORDER_ANY;
            if (ties && before != ORDER_ANY) {
                return 0;
            }
            d.order = ties ? d.order : before;
        }
    }
    if (d.key && !d.equal && !ties && d.order != ORDER_ANY) {
        return 0; /* below in two orders at once */
    }
    *domain = d;
    return 1;
}

/* ---- both at once? ------------------------------------------------------------------------------------------------------------------- */

static int contradict(const Expr *a, const Expr *b)
{
    if (a->kind != EX_OP || b->kind != EX_OP || a->n != 2 || b->n != 2) {
        return 0;
    }
    const Expr *a0 = unkeyed(a->kid[0]), *a1 = unkeyed(a->kid[1]), *b0 = unkeyed(b->kid[0]), *b1 = unkeyed(b->kid[1]);
    const int same = expr_same(a0, b0) && expr_same(a1, b1), swapped = expr_same(a0, b1) && expr_same(a1, b0);
    const int strict = a->op == OP_LT || b->op == OP_LT;
    const int ordered = (a->op == OP_LT || a->op == OP_LE) && (b->op == OP_LT || b->op == OP_LE);
    if (strict && (a->op == OP_EQ || b->op == OP_EQ)) {
        return same || swapped;
    }
    return (swapped && ordered && strict) ||
           ((same || swapped) && ((a->op == OP_EQ && b->op == OP_NE) || (a->op == OP_NE && b->op == OP_EQ)));
}

int domain_disjoint(Plan *p, const Expr *a, const Expr *b)
{
    ExprList x = {0}, y = {0};
    conjuncts(p, (Expr *)a, &x);
    conjuncts(p, (Expr *)b, &y);
    for (int i = 0; i < x.n; i++) {
        for (int k = 0; k < y.n; k++) {
            if (contradict(x.at[i], y.at[k])) {
                return 1;
            }
        }
    }
    return 0;
}
