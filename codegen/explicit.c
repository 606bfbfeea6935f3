/* What a reduction of nothing gives, said by an equation: n = any[P] true ? max[P] e : 0. After this the starting value of every
 * accumulator is right for an empty domain; a pick keeps its own. */
#include "share.h"

void conjuncts(Plan *p, Expr *e, ExprList *out)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_OP && e->op == OP_AND) {
        conjuncts(p, e->kid[0], out);
        conjuncts(p, e->kid[1], out);
        return;
    }
    vec_push(p->arena, *out, e);
}

static int always_true(const Expr *e)
{
    if (e->kind == EX_CONST) {
        return e->integer != 0;
    }
    if (e->kind != EX_OP || e->n != 2 || e->kid[0]->type != T_INT) {
        return 0;
    }
    switch (e->op) {
    case OP_LT: return expr_at_most(e->kid[0], e->kid[1], 1);
    case OP_LE: return expr_at_most(e->kid[0], e->kid[1], 0);
    case OP_EQ: return expr_at_most(e->kid[0], e->kid[1], 0) && expr_at_most(e->kid[1], e->kid[0], 0);
    default: return 0;
    }
}

int never_empty(Plan *p, const Node *node)
{
    VarList from = {0};
    ExprList to = {0};
    for (int i = 0; i < node->bound.n; i++) {
        Var *bound = node->bound.at[i], *same = NULL;
        for (int k = 0; k < node->free.n && !same; k++) {
            same = node->free.at[k]->dim == bound->dim ? node->free.at[k] : NULL;
        }
        if (!same && (dim_is_ragged(bound->dim) || bound->dim->length < 1)) {
            return 0;
        }
        if (same) {
            vec_push(p->arena, from, bound);
            vec_push(p->arena, to, expr_var(p->graph, same, node->span));
        }
    }
    ExprList atoms = {0};
    conjuncts(p, node->where, &atoms);
    for (int i = 0; i < atoms.n; i++) {
        if (!always_true(expr_replace(p->graph, atoms.at[i], &from, to.at))) {
            return 0;
        }
    }
    return 1;
}

static int is_default(const Node *node)
{
    double value;
    if (!node->empty) {
        return node->reduce != RED_MAX && node->reduce != RED_MIN;
    }
    const double usual = node->reduce == RED_PROD || node->reduce == RED_ALL;
    return node->reduce != RED_MAX && node->reduce != RED_MIN && expr_is_const(node->empty, &value) && value == usual;
}

static void add_node(Plan *p, Func *f, Item item, Node *node)
{
    plan_info(p, node)->item = f->item.n;
    item.nodes = (NodeList){0};
    vec_push(p->arena, item.nodes, node);
    vec_push(p->arena, f->item, item);
}

/* Calls use on the equations that node is made of, in order of computation. */
static void split(Plan *p, Node *node, NodeList *out)
{
    const int reduces = node->reduce != RED_NONE && node->reduce != RED_PICK;
    if (!reduces || is_default(node)) {
        vec_push(p->arena, *out, node);
        return;
    }
    if (never_empty(p, node)) {
        Node *view = arena_new_of(p->arena, Node);
        *view = *node;
        view->empty = NULL;
        plan_info(p, node)->view = view;
        vec_push(p->arena, *out, node);
        return;
    }
    Node *value = plan_node(p, node,
                            node->reduce == RED_MAX   ? str_of("most")
                            : node->reduce == RED_MIN ? str_of("least")
                                                      : str_of("total"));
    value->empty = NULL;
    Node *any = plan_node(p, node, str_of("any"));
    any->type = T_BOOL;
    any->extent = NULL;
    any->reduce = RED_ANY;
    any->empty = NULL;
    any->body = expr_bool(p->graph, 1, node->span);
    plan_info(p, any)->wide = 0;
    plan_info(p, any)->whole = plan_info(p, value)->whole = node;
    Node *view = arena_new_of(p->arena, Node);
    *view = *node;
    Expr *empty = node->empty ? node->empty : expr_to(p->graph, expr_int(p->graph, 0, node->span), node->type);
    view->reduce = RED_NONE;
    view->bound = (VarList){0};
    view->where = NULL;
    view->empty = NULL;
    view->body = expr_select(p->graph, plan_read(p, any, node->free, node->span), plan_read(p, value, node->free, node->span), empty,
                             node->span);
    plan_info(p, node)->view = view;
    plan_info(p, node)->heavy = 1;
    vec_push(p->arena, *out, any);
    vec_push(p->arena, *out, value);
    vec_push(p->arena, *out, node);
}

void explicit_node(Plan *p, Func *f, Item *item, Node *node)
{
    NodeList made = {0};
    split(p, node, &made);
    for (int i = 0; i < made.n; i++) {
        add_node(p, f, *item, made.at[i]);
    }
}

void explicit_along(Plan *p, Func *f, Item *item)
{
    item->nodes = (NodeList){0};
    for (int i = 0; i < item->step->group.n; i++) {
        split(p, item->step->group.at[i], &item->nodes);
    }
    for (int i = 0; i < item->nodes.n; i++) {
        plan_info(p, item->nodes.at[i])->item = f->item.n;
    }
    vec_push(p->arena, f->item, *item);
}

void explicit_default(Plan *p, Func *f, Node *input)
{
    Node *made = plan_node(p, input, input->name);
    made->optional = 0;
    made->source = NULL;
    Item item = {.kind = STEP_NODE, .default_of = input};
    add_node(p, f, item, made);
    plan_info(p, made)->forced = 1;
    plan_info(p, made)->why = "the default of an input";
}

/* ---- results ------------------------------------------------------------------------------------------------------------------------ */

static Node *copy_of(Plan *p, Func *f, Node *node)
{
    Node *copy = plan_node(p, node, node->name);
    const VarList old = node->free;
    copy->free = (VarList){0};
    for (int i = 0; i < old.n; i++) {
        vec_push(p->arena, copy->free, graph_var(p->graph, old.at[i]->dim, old.at[i]->name));
    }
    copy->reduce = RED_NONE;
    copy->bound = (VarList){0};
    copy->where = copy->empty = NULL;
    copy->source = NULL;
    copy->unit = f->unit;
    copy->named = 1;
    copy->kind = NODE_EQ;
    copy->body = plan_read(p, node, copy->free, node->span);
    plan_info(p, copy)->wide = p->doubles;
    Item item = {.kind = STEP_NODE};
    add_node(p, f, item, copy);
    return copy;
}

static int listed_before(const NodeList *list, int n, const Node *node)
{
    for (int i = 0; i < n; i++) {
        if (list->at[i] == node) {
            return 1;
        }
    }
    return 0;
}

void explicit_results(Plan *p, Func *f)
{
    const Unit *unit = f->unit;
    if (unit->kind == UNIT_TOP) {
        for (int i = 0; i < p->graph->outputs.n; i++) {
            Node *node = p->graph->outputs.at[i];
            const int fine = (node->kind == NODE_EQ || node->kind == NODE_RESULT) && plan_info(p, node)->wide == p->doubles;
            Node *written = fine ? node : copy_of(p, f, node);
            vec_push(p->arena, p->outputs, written);
        }
        for (int i = 0; i < p->graph->states.n; i++) {
            Node *next = p->graph->states.at[i]->next;
            vec_push(p->arena, p->next, next && plan_info(p, next)->wide ? copy_of(p, f, next) : next);
        }
        return;
    }
    for (int i = 0; i < unit->results.n; i++) {
        Node *node = unit->results.at[i];
        const int fine = (node->kind == NODE_EQ || node->kind == NODE_RESULT) && !listed_before(&unit->results, i, node);
        Node *written = node;
        if (!fine) {
            written = copy_of(p, f, node);
            plan_info(p, written)->wide = plan_info(p, node)->wide;
        }
        vec_push(p->arena, f->result, written);
    }
}
