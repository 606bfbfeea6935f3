#include "tables.h"

#include <string.h>

enum { LARGEST = 200, TRIES = 16 }; /* nodes of expression; equations read in each other */

typedef VEC(Expr *) ExprList;

typedef struct Tables {
    Graph *graph;
    Arena *arena;
    NodeList made; /* equations and parameters */
    Distances distances;
    Reaches reaches;
    VEC(struct Rewritten { Node *node; Expr *body; }) out;
    Unit *unit;
} Tables;

/* ---- what is made of places alone ---------------------------------------------------------------------------------------------------- */

static int is_map(const Node *node)
{
    return node->kind == NODE_EQ && node->reduce == RED_NONE && !node->where && !node->empty && node->body && !node->extent;
}

/* The same without a read: maps of indices put in place. NULL: it reads something else. */
static Expr *of_places(Tables *t, Expr *e, int tries)
{
    if (e->kind == EX_POS || !tries) {
        return NULL;
    }
    if (e->kind == EX_READ) {
        if (!is_map(e->node) || e->otherwise) {
            return NULL;
        }
        for (int k = 0; k < e->n; k++) { /* another place may be none */
            if (e->kid[k]->kind != EX_VAR || e->kid[k]->var->dim != e->node->free.at[k]->dim) {
                return NULL;
            }
        }
        Expr *body = of_places(t, e->node->body, tries - 1);
        return body ? expr_to(t->graph, expr_replace(t->graph, body, &e->node->free, e->kid), e->type) : NULL;
    }
    Expr *copy = arena_new_of(t->arena, Expr);
    *copy = *e;
    copy->kid = arena_array(t->arena, Expr *, e->n + 1);
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = of_places(t, e->kid[k], tries);
        if (!copy->kid[k]) {
            return NULL;
        }
    }
    return copy;
}

static int size_of(const Expr *e)
{
    int size = 1;
    for (int k = 0; k < e->n && size <= LARGEST; k++) {
        size += size_of(e->kid[k]);
    }
    return size;
}

static int is_costly(const Expr *e)
{
    int costly = e->kind == EX_OP && op_table[e->op].costly;
    for (int k = 0; k < e->n && !costly; k++) {
        costly = is_costly(e->kid[k]);
    }
    return costly;
}

static int has_length(const Expr *e)
{
    int has = e->kind == EX_LEN;
    for (int k = 0; k < e->n && !has; k++) {
        has = has_length(e->kid[k]);
    }
    return has;
}

/* Its indices, the position first; 0: it has none, or two positions, or one of a dim that is made on the way. */
static int axes_of(Tables *t, const Expr *e, VarList *axes)
{
    VarList vars = {0};
    int ragged = 0;
    expr_vars(e, t->arena, &vars);
    for (int pass = 1; pass >= 0; pass--) {
        for (int i = 0; i < vars.n; i++) {
            Dim *dim = vars.at[i]->dim;
            if (dim_is_ragged(dim) == pass) {
                vec_push(t->arena, *axes, vars.at[i]);
                ragged += pass;
            }
            if (dim_is_ragged(dim) ? dim->kind != DIM_GIVEN : dim->member != NULL) {
                return 0;
            }
        }
    }
    return vars.n > 0 && ragged <= 1 && (ragged || !has_length(e));
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------------- */

static int same_axes(const VarList *a, const VarList *b)
{
    int same = a->n == b->n;
    for (int i = 0; same && i < a->n; i++) {
        const Dim *x = a->at[i]->dim, *y = b->at[i]->dim;
        same = x == y || (!dim_is_ragged(x) && !dim_is_ragged(y) && x->length == y->length && !x->member && !y->member);
    }
    return same;
}

static Node *table_of(Tables *t, Expr *e, const VarList *axes)
{
    for (int i = 0; i < t->made.n; i++) {
        Node *known = t->made.at[i];
        ExprList to = {0};
        for (int k = 0; k < known->free.n; k++) {
            vec_push(t->arena, to, expr_var(t->graph, known->free.at[k], e->span));
        }
        if (same_axes(&known->free, axes) && expr_same(known->body, expr_replace(t->graph, e, axes, to.at))) {
            return known;
        }
    }
    const int fixed = !dim_is_ragged(axes->at[0]->dim);
    const char *name = e->kind == EX_OP && e->op != OP_TO_REAL && !op_table[e->op].infix ? op_table[e->op].name : "table";
    Node *node = graph_node(t->graph, fixed ? NODE_PARAM : NODE_EQ, str_of(name), e->span);
    ExprList to = {0};
    for (int k = 0; k < axes->n; k++) {
        Var *var = graph_var(t->graph, axes->at[k]->dim, axes->at[k]->name);
        vec_push(t->arena, node->free, var);
        vec_push(t->arena, to, expr_var(t->graph, var, e->span));
    }
    node->type = T_REAL;
    node->body = expr_replace(t->graph, e, axes, to.at);
    node->unit = fixed ? NULL : t->graph->top;
    vec_push(t->arena, t->made, node);
    return node;
}

/* The tensor as the unit knows it: itself, or handed down as an argument. */
static Node *known_in(Tables *t, Unit *unit, Node *node)
{
    if (unit == t->graph->top || node->kind == NODE_PARAM) {
        return node;
    }
    Node *source = known_in(t, unit->caller, node);
    for (int i = 0; i < unit->args.n; i++) {
        if (unit->args.at[i]->source == source) {
            return unit->args.at[i];
        }
    }
    Node *arg = graph_node(t->graph, NODE_ARG, node->name, node->span);
    arg->type = T_REAL;
    arg->source = source;
    arg->unit = unit;
    for (int k = 0; k < node->free.n; k++) {
        vec_push(t->arena, arg->free, graph_var(t->graph, node->free.at[k]->dim, node->free.at[k]->name));
    }
    vec_push(t->arena, unit->args, arg);
    return arg;
}

/* ---- equations ----------------------------------------------------------------------------------------------------------------------- */

static int decides(const Expr *e)
{
    return e->type != T_REAL ||
           (e->kind == EX_OP && (e->op == OP_FLOOR || e->op == OP_CEIL || e->op == OP_ROUND || e->op == OP_TRUNC || e->op == OP_SIGN));
}

static Expr *rewritten(Tables *t, Expr *e);

/* Of ints what is made of a distance, also in their parts; numbers that decide something stay. */
static Expr *rewritten_int(Tables *t, Expr *e)
{
    ByDistance by;
    Graph *g = t->graph;
    Expr *places = e->kind == EX_OP || e->kind == EX_READ ? of_places(t, e, TRIES) : NULL;
    if (places && is_costly(places) && size_of(places) <= LARGEST && distance_of(g, &t->distances, places, &by)) {
        Node *table = known_in(t, t->unit, table_of(t, expr_to(g, by.value, T_REAL), &by.index));
        Expr *number = expr_op(g, OP_TO_INT, expr_read(g, table, 1, &by.at, NULL, e->span), NULL, e->span);
        number = expr_op(g, OP_MAX, number, expr_int(g, by.low, e->span), e->span);
        return expr_op(g, OP_MIN, number, expr_int(g, by.high, e->span), e->span);
    }
    Expr *copy = arena_new_of(t->arena, Expr);
    *copy = *e;
    copy->kid = arena_array(t->arena, Expr *, e->n + 1);
    int changed = 0;
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = e->kid[k]->type == T_INT ? rewritten_int(t, e->kid[k]) : e->kid[k];
        changed |= copy->kid[k] != e->kid[k];
    }
    return changed ? copy : e;
}

static Expr *rewritten_factors(Tables *t, Expr *e, int sum, int powers);

/* exp, or a number to some power: two of them are one power of the sum. Through equations that are read. */
static int is_power(const Expr *e)
{
    for (int tries = TRIES; tries && e->kind == EX_READ && is_map(e->node); tries--) {
        e = e->node->body;
    }
    return e->kind == EX_OP && (e->op == OP_EXP || (e->op == OP_POW && e->kid[0]->kind == EX_CONST));
}

static int is_product(const Expr *e)
{
    return e->kind == EX_OP && e->op == OP_MUL && e->type == T_REAL;
}

/* A factor of it is a power that knows more than places. */
static int has_power(Tables *t, Expr *e)
{
    if (is_product(e)) {
        return has_power(t, e->kid[0]) || has_power(t, e->kid[1]);
    }
    return is_power(e) && !of_places(t, e, TRIES);
}

static Expr *rewritten_kids(Tables *t, Expr *e)
{
    Expr *copy = arena_new_of(t->arena, Expr);
    *copy = *e;
    copy->kid = arena_array(t->arena, Expr *, e->n + 1);
    int changed = 0;
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = rewritten(t, e->kid[k]);
        changed |= copy->kid[k] != e->kid[k];
    }
    copy->otherwise = e->otherwise ? rewritten(t, e->otherwise) : NULL;
    return changed || copy->otherwise != e->otherwise ? copy : e;
}

static Expr *rewritten(Tables *t, Expr *e)
{
    if (e->type == T_INT) {
        return rewritten_int(t, e);
    }
    if (decides(e)) {
        return e;
    }
    ByDistance by;
    VarList axes = {0};
    Expr *places = e->kind == EX_OP || e->kind == EX_READ ? of_places(t, e, TRIES) : NULL;
    if (places && is_costly(places) && size_of(places) <= LARGEST && axes_of(t, places, &axes)) {
        Node *table = known_in(t, t->unit, table_of(t, places, &axes));
        Expr **index = arena_array(t->arena, Expr *, axes.n + 1);
        for (int k = 0; k < axes.n; k++) {
            index[k] = expr_var(t->graph, axes.at[k], e->span);
        }
        return expr_read(t->graph, table, axes.n, index, NULL, e->span);
    }
    if (places && is_costly(places) && size_of(places) <= LARGEST && distance_real(t->graph, &t->reaches, places, &by)) {
        Node *table = known_in(t, t->unit, table_of(t, by.value, &by.index));
        return expr_read(t->graph, table, 1, &by.at, NULL, e->span);
    }
    return is_product(e) && has_power(t, e) ? rewritten_factors(t, e, 0, 1) : rewritten_kids(t, e);
}

/* Factors of what is summed that fade with the distance stay: such sums can be carried along (match/fades.c). So do powers beside powers:
 * the weights of an attention are exp(score), and what is made of a distance is the exponent. */
static Expr *rewritten_factors(Tables *t, Expr *e, int sum, int powers)
{
    if (is_product(e)) {
        Expr *a = rewritten_factors(t, e->kid[0], sum, powers), *b = rewritten_factors(t, e->kid[1], sum, powers);
        return a == e->kid[0] && b == e->kid[1] ? e : expr_op(t->graph, OP_MUL, a, b, e->span);
    }
    if (sum && distance_fades(t->graph, e)) {
        return e;
    }
    Expr *places = powers && is_power(e) ? of_places(t, e, TRIES) : NULL;
    return places ? rewritten_kids(t, places) : rewritten(t, e);
}

static void look_at(Tables *t, Node *node)
{
    if (node->kind == NODE_EQ && (node->type == T_REAL || node->type == T_INT) && node->body) {
        Expr *body = node->reduce == RED_SUM ? rewritten_factors(t, node->body, 1, has_power(t, node->body)) : rewritten(t, node->body);
        if (body != node->body) {
            vec_push(t->arena, t->out, ((struct Rewritten){node, body}));
        }
    }
}

static void look_at_unit(Tables *t, Unit *unit)
{
    for (int s = 0; s < unit->step.n; s++) {
        const Step *step = &unit->step.at[s];
        t->unit = unit;
        if (step->kind == STEP_NODE) {
            look_at(t, step->node);
        }
        for (int i = 0; i < step->group.n; i++) {
            look_at(t, step->group.at[i]);
        }
        if (step->unit) {
            look_at_unit(t, step->unit);
        }
    }
}

NodeList graph_tables(Graph *graph)
{
    Tables t = {.graph = graph, .arena = graph->arena};
    NodeList tables = {0};
    look_at_unit(&t, graph->top);
    for (int i = 0; i < t.out.n; i++) { /* only now: until here each reads what the others were */
        t.out.at[i].node->body = t.out.at[i].body;
    }
    Unit *top = graph->top;
    const Unit before = *top;
    memset(&top->step, 0, sizeof top->step);
    for (int i = 0; i < t.reaches.n; i++) {
        vec_push(t.arena, top->step, ((Step){.kind = STEP_DIM, .dim = t.reaches.at[i].distances}));
    }
    for (int i = 0; i < t.made.n; i++) {
        if (t.made.at[i]->kind == NODE_EQ) {
            vec_push(t.arena, tables, t.made.at[i]);
            vec_push(t.arena, top->step, ((Step){.kind = STEP_NODE, .node = t.made.at[i]}));
        }
    }
    for (int i = 0; i < before.step.n; i++) {
        vec_push(t.arena, top->step, before.step.at[i]);
    }
    return tables;
}
