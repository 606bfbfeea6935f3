/* Reductions over positions whose cost need not be their length squared. Needs: items, wide marks. Leaves: items in which
 *   a domain that ends at t (`t' <= t`)                     is a recurrence over t,
 *   a domain that compares something of t' with t's own     is looked up in a sorted copy: Info.join (several equalities: number.c),
 *   a domain that does not know t                           is reduced once.
 * An `or` is taken apart where that is exact: largest, smallest, any and all may see an element twice; counts and integers take away
 * what was counted twice; other sums need parts that cannot overlap. What is left stays as it is, and is printed as plain loops.
 *
 * Only conditions are looked at, so `rank`, `count`, prefix sums and whatever an author builds of them come out alike. */
#include "recognise.h"
#include "growth.h"
#include "number.h"

#include "share.h"

#include <math.h>

enum { MOST_PARTS = 8, WIDEST_SCAN = 256 };

typedef struct Rewrite {
    Plan *p;
    Numbers *numbers;
    Node *node, *view;
    Var *own, *asks;
    VEC(Item) made; /* parts, before the node's own item */
    int parts;
    int own_item;   /* the node's item has been made */
    GrowthClass class; /* the worst of the parts, and its reason */
    const char *why;
} Rewrite;

static Expr *identity(const Rewrite *w)
{
    Graph *g = w->p->graph;
    const Span at = w->view->span;
    const int real = w->view->type == T_REAL, least = w->view->reduce == RED_MAX;
    switch (w->view->reduce) {
    case RED_NONE:
    case RED_SUM:
    case RED_PICK: break;
    case RED_PROD: return expr_to(g, expr_int(g, 1, at), w->view->type);
    case RED_MAX:
    case RED_MIN:
        return w->view->type == T_BOOL ? expr_bool(g, !least, at)
               : real                  ? expr_real(g, least ? -INFINITY : INFINITY, at)
                                       : expr_int(g, least ? INT64_MIN : INT64_MAX, at);
    case RED_ANY: return expr_bool(g, 0, at);
    case RED_ALL: return expr_bool(g, 1, at);
    }
    return w->view->type == T_BOOL ? expr_bool(g, 0, at) : expr_to(g, expr_int(g, 0, at), w->view->type);
}

static Expr *combine(const Rewrite *w, Expr *a, Expr *b)
{
    static const Op op[] = {[RED_SUM] = OP_ADD, [RED_PROD] = OP_MUL, [RED_MAX] = OP_MAX, [RED_MIN] = OP_MIN, [RED_ANY] = OP_OR,
                            [RED_ALL] = OP_AND};
    return a && b ? expr_op(w->p->graph, op[w->view->reduce], a, b, w->view->span) : NULL;
}

/* What was counted twice can be taken away. */
static int is_whole(const Node *view)
{
    return view->reduce == RED_SUM && view->type == T_INT;
}

static int sees_twice(const Node *view)
{
    return view->reduce == RED_MAX || view->reduce == RED_MIN || view->reduce == RED_ANY || view->reduce == RED_ALL;
}

static void add_item(Rewrite *w, Item item, Node *node)
{
    item.nodes = (NodeList){0};
    vec_push(w->p->arena, item.nodes, node);
    vec_push(w->p->arena, w->made, item);
}

static Node *part(Rewrite *w, const char *name)
{
    Node *node = plan_node(w->p, w->view, str_of(name));
    node->empty = w->view->reduce == RED_PICK ? w->view->empty : NULL;
    node->extent = NULL; /* what nothing gives is no index */
    return node;
}

/* ---- t' up to t: a recurrence -------------------------------------------------------------------------------------------------------- */

static Expr *read_at(const Rewrite *w, Node *node, int64_t shift, Expr *otherwise)
{
    Graph *g = w->p->graph;
    const Span at = w->view->span;
    Expr **index = arena_array(w->p->arena, Expr *, node->free.n + 1);
    for (int k = 0; k < node->free.n; k++) {
        index[k] = expr_var(g, node->free.at[k], at);
        if (node->free.at[k] == w->asks && shift) {
            index[k] = expr_op(g, shift < 0 ? OP_SUB : OP_ADD, index[k], expr_int(g, 1, at), at);
        }
    }
    return expr_read(g, node, node->free.n, index, otherwise, at);
}

static Expr *scan(Rewrite *w, const Domain *d, int alone)
{
    Graph *g = w->p->graph;
    const int down = d->order == ORDER_AFTER || d->order == ORDER_FROM, strict = d->order == ORDER_BEFORE || d->order == ORDER_AFTER;
    int64_t width = 1;
    for (int k = 0; k < w->view->free.n; k++) {
        const Dim *dim = w->view->free.at[k]->dim;
        width *= dim_is_ragged(dim) ? 1 : dim->length < WIDEST_SCAN ? dim->length : WIDEST_SCAN + 1;
    }
    if (d->own->dim != d->asks->dim || width > WIDEST_SCAN || w->view->reduce == RED_PICK) {
        return NULL; /* a state of many numbers at each position costs more than it saves */
    }
    VarList from = {0};
    Expr *here = expr_var(g, d->asks, w->view->span), *none = identity(w);
    vec_push(w->p->arena, from, d->own);
    Expr *value = expr_to(g, w->view->body, w->view->type);
    value = d->filter ? expr_select(g, d->filter, value, none, w->view->span) : value;
    value = expr_replace(g, value, &from, &here);
    const int itself = alone && !strict && !d->guard;
    Node *node = itself ? w->node : part(w, down ? "from_here" : "so_far");
    Node *view = arena_new_of(w->p->arena, Node);
    *view = itself ? *w->view : *node;
    view->reduce = RED_NONE;
    view->bound = (VarList){0};
    view->where = view->empty = NULL;
    double zero;
    const int usual = expr_is_const(none, &zero) && zero == 0;
    view->body = combine(w, read_at(w, node, down ? 1 : -1, usual ? NULL : none), value);
    plan_info(w->p, node)->view = view;
    Step *step = arena_new_of(w->p->arena, Step);
    *step = (Step){.kind = STEP_ALONG, .var = d->asks, .down = down};
    vec_push(w->p->arena, step->group, node);
    plan_info(w->p, node)->forced = 1;
    plan_info(w->p, node)->why = "a recurrence: each position continues the one before";
    add_item(w, (Item){.kind = STEP_ALONG, .step = step}, node);
    w->own_item = itself;
    return itself ? w->view->body : read_at(w, node, !strict ? 0 : down ? 1 : -1, usual ? NULL : none);
}

/* ---- the other ways ------------------------------------------------------------------------------------------------------------------ */

static Expr *once(Rewrite *w, const Domain *d)
{
    Node *node = part(w, "of_all");
    node->free = (VarList){0};
    for (int k = 0; k < w->view->free.n; k++) {
        if (w->view->free.at[k] != d->asks) {
            vec_push(w->p->arena, node->free, w->view->free.at[k]);
        }
    }
    node->where = d->filter;
    add_item(w, (Item){.kind = STEP_NODE}, node);
    return plan_read(w->p, node, node->free, node->span);
}

static Expr *both(Plan *p, Expr *a, Expr *b)
{
    return a && b ? expr_op(p->graph, OP_AND, a, b, b->span) : a ? a : b;
}

/* One key of several, from numbers that are computed before. */
static void join_keys(Rewrite *w, Domain *d)
{
    const int before = w->numbers->known.n;
    number_keys(w->numbers, w->view, d);
    for (int i = before; i < w->numbers->known.n; i++) {
        add_item(w, (Item){.kind = STEP_NODE}, w->numbers->known.at[i].node);
    }
}

static Expr *sorted(Rewrite *w, const Domain *asked, int alone)
{
    Plan *p = w->p;
    Graph *g = p->graph;
    const Node *view = w->view;
    if (!join_can(view, asked)) {
        return NULL;
    }
    Domain *d = arena_new_of(p->arena, Domain);
    *d = *asked;
    join_keys(w, d);
    const int itself = alone && !d->guard;
    Node *node = itself ? w->node : part(w, "found");
    Node *own = arena_new_of(p->arena, Node);
    *own = itself ? *view : *node;
    own->where = both(p, d->filter, expr_op(g, d->equal ? OP_EQ : OP_LT, d->key, d->query, view->span)); /* so that what is read is known */
    own->where = d->group ? both(p, own->where, expr_op(g, OP_EQ, d->group, d->in_group, view->span)) : own->where;
    Info *info = plan_info(p, node);
    info->view = own;
    info->join = d;
    info->forced = 1;
    info->why = "looked up in a sorted copy";
    add_item(w, (Item){.kind = STEP_NODE}, node);
    w->own_item = itself;
    return itself ? view->body : plan_read(p, node, node->free, node->span);
}

/* How one part grows. */
static void grows(Rewrite *w, GrowthClass class, const char *why)
{
    if (!w->why || class > w->class) {
        w->class = class;
        w->why = why;
    }
}

static void note_part(Rewrite *w, const Domain *d)
{
    if (d->key && !d->also.n && join_has_table(w->view, d)) {
        grows(w, GROWS_LINEAR, "looked up in a table: a key is no more than some lengths");
    } else if (d->key) {
        grows(w, GROWS_SORTED, d->also.n ? "looked up in a sorted copy, by all of its keys at once" : "looked up in a sorted copy");
    } else if (d->order != ORDER_ANY) {
        grows(w, GROWS_LINEAR, "a recurrence: each position continues the one before");
    } else {
        grows(w, GROWS_LINEAR, "the same for every position: reduced once");
    }
}

static Expr *leaf(Rewrite *w, const Domain *d, int alone)
{
    Expr *value = d->key ? sorted(w, d, alone) : d->order != ORDER_ANY ? scan(w, d, alone) : once(w, d);
    if (value) {
        note_part(w, d);
    }
    if (value && d->guard) {
        Expr *none = w->view->reduce == RED_PICK && w->view->empty ? w->view->empty : identity(w);
        value = expr_select(w->p->graph, d->guard, value, none, w->view->span);
    }
    return value;
}

/* ---- taking conditions apart --------------------------------------------------------------------------------------------------------- */

static Expr *build(Rewrite *w, const ExprList *atoms, int alone);

static Expr *with(Rewrite *w, const ExprList *atoms, int without, Expr *a, Expr *b)
{
    ExprList rest = {0};
    for (int i = 0; i < atoms->n; i++) {
        if (i != without) {
            vec_push(w->p->arena, rest, atoms->at[i]);
        }
    }
    conjuncts(w->p, a, &rest);
    conjuncts(w->p, b, &rest);
    return build(w, &rest, 0);
}

static Expr *less(const Rewrite *w, Expr *a, Expr *b)
{
    return a && b ? expr_op(w->p->graph, OP_SUB, a, b, w->view->span) : NULL;
}

static Expr *either(Rewrite *w, const ExprList *atoms, int i)
{
    Expr *a = atoms->at[i]->kid[0], *b = atoms->at[i]->kid[1];
    const int whole = is_whole(w->view);
    const int apart = domain_disjoint(w->p, a, b);
    if (!sees_twice(w->view) && !whole && !(w->view->reduce == RED_SUM && apart)) {
        return NULL;
    }
    Expr *both = combine(w, with(w, atoms, i, a, NULL), with(w, atoms, i, b, NULL));
    return !both || apart || !whole ? both : less(w, both, with(w, atoms, i, a, b));
}

static Expr *unequal(Rewrite *w, const ExprList *atoms, int i)
{
    Graph *g = w->p->graph;
    Expr *e = atoms->at[i], *a = e->kid[0], *b = e->kid[1];
    if (is_whole(w->view)) {
        return less(w, with(w, atoms, i, NULL, NULL), with(w, atoms, i, expr_op(g, OP_EQ, a, b, e->span), NULL));
    }
    if (a->type == T_REAL || b->type == T_REAL || w->view->reduce == RED_PICK || w->view->reduce == RED_PROD) {
        return NULL;
    }
    return combine(w, with(w, atoms, i, expr_op(g, OP_LT, a, b, e->span), NULL), with(w, atoms, i, expr_op(g, OP_LT, b, a, e->span), NULL));
}

static Expr *build(Rewrite *w, const ExprList *atoms, int alone)
{
    Domain d;
    if (domain_of(w->p, atoms, w->own, w->asks, &d)) {
        return ++w->parts > MOST_PARTS ? NULL : leaf(w, &d, alone);
    }
    for (int i = 0; i < atoms->n; i++) {
        Expr *e = atoms->at[i];
        if (e->kind != EX_OP || !expr_uses(e, w->own) || !expr_uses(e, w->asks)) {
            continue;
        }
        Expr *value = NULL;
        if (e->op == OP_OR) {
            value = either(w, atoms, i);
        } else if (e->op == OP_NE) {
            value = unequal(w, atoms, i);
        } else if (e->op == OP_NOT && is_whole(w->view)) {
            value = less(w, with(w, atoms, i, NULL, NULL), with(w, atoms, i, e->kid[0], NULL));
        }
        if (value) {
            return value;
        }
    }
    return NULL;
}

/* ---- nodes and items ----------------------------------------------------------------------------------------------------------------- */

static Var *one_ragged(const VarList *free)
{
    Var *found = NULL;
    for (int k = 0; k < free->n; k++) {
        if (dim_is_ragged(free->at[k]->dim)) {
            if (found) {
                return NULL;
            }
            found = free->at[k];
        }
    }
    return found;
}

static int reduces_over_positions(const Node *view)
{
    return view->reduce != RED_NONE && view->bound.n == 1 && dim_is_ragged(view->bound.at[0]->dim);
}

/* Parts of a node were found: its equation puts them together. */
static void put_together(Rewrite *w, Expr *value)
{
    Node *view = arena_new_of(w->p->arena, Node);
    *view = *w->view;
    view->reduce = RED_NONE;
    view->bound = (VarList){0};
    view->where = view->empty = NULL;
    view->body = expr_to(w->p->graph, value, view->type);
    plan_info(w->p, w->node)->view = view;
    plan_info(w->p, w->node)->heavy = 1;
    add_item(w, (Item){.kind = STEP_NODE}, w->node);
}

/* The first place is the least one: what finds that finds what is picked. */
static Expr *at_least_place(Rewrite *w, const ExprList *atoms)
{
    Plan *p = w->p;
    Graph *g = p->graph;
    const Node *view = w->view;
    const Span at = view->span;
    Node *place = plan_node(p, view, str_of("place"));
    place->type = T_INT;
    place->extent = NULL;
    place->reduce = RED_MIN;
    place->body = expr_var(g, w->own, at);
    place->empty = NULL;
    plan_info(p, place)->wide = 0;
    Rewrite least = {.p = p, .numbers = w->numbers, .node = place, .view = place, .own = w->own, .asks = w->asks};
    Expr *value = build(&least, atoms, 1);
    if (!value) {
        return NULL;
    }
    if (!least.own_item) {
        put_together(&least, value);
    }
    for (int i = 0; i < least.made.n; i++) {
        vec_push(p->arena, w->made, least.made.at[i]);
    }
    grows(w, least.class, least.why);
    VarList from = {0};
    vec_push(p->arena, from, w->own);
    Expr *read = plan_read(p, place, place->free, at);
    Expr *picked = expr_replace(g, expr_to(g, view->body, view->type), &from, &read);
    Expr *none = view->empty ? view->empty : expr_to(g, expr_int(g, 0, at), view->type);
    return expr_select(g, expr_op(g, OP_LT, read, expr_len(g, w->own->dim, at), at), picked, none, at);
}

static int rewrite(Rewrite *w)
{
    Plan *p = w->p;
    const Node *view = w->view;
    w->asks = one_ragged(&view->free);
    if (!reduces_over_positions(view) || !w->asks || expr_uses(view->body, w->asks)) {
        return 0;
    }
    w->own = view->bound.at[0];
    ExprList atoms = {0};
    if (view->where) {
        conjuncts(p, domain_expand(p, view->where, w->own, w->asks, is_whole(view)), &atoms);
    }
    Expr *value = build(w, &atoms, 1);
    if (!value && view->reduce == RED_PICK) {
        w->made.n = 0;
        value = at_least_place(w, &atoms);
    }
    if (value && !w->own_item) {
        put_together(w, value);
    }
    return value != NULL;
}

/* A condition that says which t' it is. */
static int names_place(const Rewrite *w)
{
    ExprList atoms = {0};
    if (w->view->where) {
        conjuncts(w->p, w->view->where, &atoms);
    }
    for (int i = 0; i < atoms.n; i++) {
        const Expr *e = atoms.at[i];
        const int equal = e->kind == EX_OP && e->op == OP_EQ;
        for (int k = 0; equal && k < 2; k++) {
            if (e->kid[k]->kind == EX_VAR && e->kid[k]->var == w->own && !expr_uses(e->kid[1 - k], w->own)) {
                return 1;
            }
        }
    }
    return 0;
}

/* What a reduction costs that stays as it is, or whose parts are known. */
static void note_growth(Rewrite *w, int recognised)
{
    const Node *view = w->view;
    if (!w->p->graph->program || !reduces_over_positions(view)) {
        return;
    }
    if (!recognised && !w->asks) {
        grows(w, GROWS_LINEAR, "the same for every position: reduced once");
    } else if (!recognised) {
        w->own = view->bound.at[0];
        w->why = NULL;
        if (names_place(w)) {
            grows(w, GROWS_LINEAR, "each position reads one place that is known");
        } else {
            grows(w, GROWS_SQUARE,
                  expr_uses(view->body, w->asks)
                      ? "each pair of positions: what is reduced depends on both"
                      : "each pair of positions: its condition is more than one comparison of the two, and no lookup or total");
        }
    }
    growth_add(w->p, view->span, w->class, w->why);
}

static void mark(Plan *p, const Node *node)
{
    Info *info = plan_info(p, node);
    info->recognised = 1;
    if (info->whole) {
        plan_info(p, info->whole)->recognised = 1;
    }
}

void recognise(Plan *p, Func *f)
{
    VEC(Item) item = {0};
    Numbers numbers = {.p = p};
    for (int i = 0; i < f->item.n; i++) {
        const Item *old = &f->item.at[i];
        Node *node = old->kind == STEP_NODE ? old->nodes.at[0] : NULL;
        const int numbered = numbers.known.n;
        Rewrite w = {.p = p, .numbers = &numbers, .node = node, .view = node ? plan_view(p, node) : NULL};
        const int recognised = node && !old->default_of && rewrite(&w);
        if (node) {
            note_growth(&w, recognised);
        }
        if (!recognised) {
            numbers.known.n = numbered;
            vec_push(p->arena, item, *old);
            continue;
        }
        for (int k = 0; k < w.made.n; k++) {
            vec_push(p->arena, item, w.made.at[k]);
            mark(p, w.made.at[k].nodes.at[0]);
        }
        mark(p, node);
    }
    f->item.n = 0;
    for (int i = 0; i < item.n; i++) {
        vec_push(p->arena, f->item, item.at[i]);
        for (int k = 0; k < item.at[i].nodes.n; k++) {
            plan_info(p, item.at[i].nodes.at[k])->item = i;
        }
    }
}
