/* The invariants of graph.h as one executable list. The first that is broken is told in a sentence. */
#include "graph.h"

#include <stdarg.h>

typedef struct Check {
    const Graph *graph;
    const char *wrong; /* the first complaint, NULL: none */
    char *ready;       /* by node id: computed by the steps seen so far */
    char *made;        /* by dim id */
    char *seen;        /* by unit id: called already */
    const Unit *unit;  /* whose steps are looked at; NULL: parameters */
    const Step *along; /* whose group is looked at, or NULL */
} Check;

static void complain(Check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(Check *c, const char *format, ...)
{
    va_list args;
    if (c->wrong) {
        return;
    }
    va_start(args, format);
    c->wrong = arena_vprintf(c->graph->arena, format, args);
    va_end(args);
}

/* How a complaint names a node: "x.12" */
#define NAMED "%s.%d"
#define NAME(node) (node)->name ? (node)->name : (node)->path ? (node)->path : "", (node)->id

static int is_listed(const NodeList *nodes, const Node *node)
{
    int times = 0;
    for (int i = 0; i < nodes->n; i++) {
        times += nodes->at[i] == node;
    }
    return times;
}

/* ---- expressions ------------------------------------------------------------------------------------------------------------------- */

/* The variables that an expression of a node may use. */
typedef struct Scope {
    const Node *node;
    int bound; /* 1: the reduction's too */
} Scope;

static void check_expr(Check *c, const Expr *e, Scope scope);

static int knows(Scope scope, const Var *var)
{
    return scope.node && (var_among(&scope.node->free, var) || (scope.bound && var_among(&scope.node->bound, var)));
}

static void check_read(Check *c, const Expr *e)
{
    const Node *node = e->node;
    if (e->n != node->free.n) {
        complain(c, NAMED " has %d axes and is read at %d indices", NAME(node), node->free.n, e->n);
        return;
    }
    if (e->type != node->type) {
        complain(c, "a read of " NAMED " has type %s, not %s", NAME(node), type_name(e->type), type_name(node->type));
    }
    if (e->otherwise && e->otherwise->type != node->type) {
        complain(c, "the ?? of a read of " NAMED " has type %s, not %s", NAME(node), type_name(e->otherwise->type), type_name(node->type));
    }
    for (int k = 0; k < e->n; k++) {
        if (e->kid[k]->type != T_INT) {
            complain(c, "index %d of a read of " NAMED " is no int", k, NAME(node));
        }
    }
    if (node->kind == NODE_PARAM) {
        return;
    }
    if (node->unit != c->unit) {
        complain(c, NAMED " is read in unit %s, where it is not", NAME(node), c->unit && c->unit->name ? c->unit->name : "(parameters)");
    }
    if (!c->ready[node->id] && !(c->along && is_listed(&c->along->group, node))) {
        complain(c, NAMED " is read before it is computed", NAME(node));
    }
}

static void check_op(Check *c, const Expr *e)
{
    const OpInfo *info = &op_table[e->op];
    if (e->n != info->arity) {
        complain(c, "'%s' has %d operands, not %d", info->name, e->n, info->arity);
        return;
    }
    const Type a = e->kid[0]->type, b = e->kid[e->n - 1]->type;
    const int logic = e->op == OP_AND || e->op == OP_OR || e->op == OP_NOT;
    const int relation = e->op == OP_LT || e->op == OP_LE || e->op == OP_EQ || e->op == OP_NE;
    int fine = a == b;
    switch (e->op) {
    case OP_TO_INT: fine = e->type == T_INT && a == T_REAL; break;
    case OP_TO_REAL: fine = e->type == T_REAL && (a == T_INT || a == T_BOOL); break;
    case OP_BOOL_INT: fine = e->type == T_INT && a == T_BOOL; break;
    default:
        fine &= logic ? e->type == T_BOOL && a == T_BOOL : relation ? e->type == T_BOOL && a != T_BOOL : e->type == a && a != T_BOOL;
    }
    if (!fine) {
        complain(c, "'%s' of %s and %s gives %s", info->name, type_name(a), type_name(b), type_name(e->type));
    }
}

/* A length is known where the dim is: at once for given ones and formulas of such, after its step otherwise. */
static void check_dim_known(Check *c, const Dim *dim)
{
    if ((dim->kind == DIM_WHERE || dim->kind == DIM_TAKEN) && !c->made[dim->id]) {
        complain(c, "ragged dim %s is used before it is made", dim->name);
    }
    if (dim->kind == DIM_FORMULA && !c->made[dim->id] && dim->formula) {
        check_expr(c, dim->formula, (Scope){NULL, 0});
    }
}

static void check_expr(Check *c, const Expr *e, Scope scope)
{
    switch (e->kind) {
    case EX_CONST: break;
    case EX_VAR:
        if (!knows(scope, e->var)) {
            complain(c, "variable %s is used where it has no value, in %s", e->var->name, scope.node ? scope.node->name : "a formula");
        }
        break;
    case EX_LEN: check_dim_known(c, e->dim); break;
    case EX_READ: check_read(c, e); break;
    case EX_POS:
        if (!e->dim->parent) {
            complain(c, "place in the parent of dim %s, which has none", e->dim->name);
        }
        check_dim_known(c, e->dim);
        break;
    case EX_OP: check_op(c, e); break;
    case EX_SELECT:
        if (e->kid[0]->type != T_BOOL || e->kid[1]->type != e->type || e->kid[2]->type != e->type) {
            complain(c, "a choice between %s and %s gives %s", type_name(e->kid[1]->type), type_name(e->kid[2]->type), type_name(e->type));
        }
        break;
    }
    if (e->type == T_ERROR) {
        complain(c, "an expression of %s is an error", scope.node ? scope.node->name : "a formula");
    }
    for (int k = 0; k < e->n; k++) {
        check_expr(c, e->kid[k], scope);
    }
    if (e->otherwise) {
        check_expr(c, e->otherwise, scope);
    }
}

/* ---- nodes ------------------------------------------------------------------------------------------------------------------------- */

static void check_head(Check *c, const Node *node)
{
    if (node->type == T_ERROR) {
        complain(c, NAMED " has no type", NAME(node));
    }
    if (node->extent && (node->type != T_INT || dim_is_ragged(node->extent))) {
        complain(c, NAMED " holds indices into %s, but is no int or the dim is ragged", NAME(node), node->extent->name);
    }
    for (int i = 0; i < node->free.n; i++) {
        check_dim_known(c, node->free.at[i]->dim);
    }
    for (int i = 0; i < node->bound.n; i++) {
        check_dim_known(c, node->bound.at[i]->dim);
        if (var_among(&node->free, node->bound.at[i])) {
            complain(c, "index %s of " NAMED " is free and bound", node->bound.at[i]->name, NAME(node));
        }
    }
}

static void check_equation(Check *c, const Node *node)
{
    const int logic = node->reduce == RED_ANY || node->reduce == RED_ALL;
    check_head(c, node);
    if (!node->body) {
        complain(c, NAMED " has no equation", NAME(node));
        return;
    }
    if (node->body->type != node->type || (logic && node->type != T_BOOL)) {
        complain(c, NAMED " is %s, its equation %s", NAME(node), type_name(node->type), type_name(node->body->type));
    }
    if (node->reduce == RED_NONE && (node->bound.n || node->where || node->empty)) {
        complain(c, NAMED " is no reduction, but has a domain", NAME(node));
    }
    if (node->type == T_BOOL && (node->reduce == RED_SUM || node->reduce == RED_PROD)) {
        complain(c, NAMED " adds or multiplies bools", NAME(node));
    }
    check_expr(c, node->body, (Scope){node, 1});
    if (node->where) {
        if (node->where->type != T_BOOL) {
            complain(c, "the condition of " NAMED " is no bool", NAME(node));
        }
        check_expr(c, node->where, (Scope){node, 1});
    }
    if (node->empty) {
        if (node->empty->type != node->type) {
            complain(c, NAMED " is %s, and %s when empty", NAME(node), type_name(node->type), type_name(node->empty->type));
        }
        check_expr(c, node->empty, (Scope){node, 0});
    }
}

static void check_param(Check *c, const Node *node)
{
    if (node->kind != NODE_PARAM) {
        return;
    }
    for (int i = 0; i < node->free.n; i++) {
        if (dim_is_ragged(node->free.at[i]->dim)) {
            complain(c, "parameter " NAMED " has a ragged axis", NAME(node));
            return;
        }
    }
    if (node->body) {
        check_equation(c, node);
    } else if (!node->path || (node->family_n > 0) != (node->family != NULL)) {
        complain(c, "parameter " NAMED " has neither path nor equation", NAME(node));
    } else if (node->family && (node->free.n < 1 || node->free.at[0]->dim->length != node->family_n)) {
        complain(c, "the first axis of " NAMED " is not its %d parts", NAME(node), node->family_n);
    } else {
        check_head(c, node);
    }
}

/* ---- dims -------------------------------------------------------------------------------------------------------------------------- */

static void check_dim(Check *c, const Dim *dim)
{
    if (dim->kind == DIM_FIXED && dim->length < 0) {
        complain(c, "dim %s has length %lld", dim->name, (long long)dim->length);
    }
    if (dim->kind == DIM_FIXED && dim->parent) {
        for (int64_t i = 0; i < dim->length; i++) {
            const int64_t member = dim->member ? dim->member[i] : i;
            if (member < 0 || (!dim_is_ragged(dim->parent) && member >= dim->parent->length)) {
                complain(c, "element %lld of dim %s is not in %s", (long long)i, dim->name, dim->parent->name);
            }
        }
    }
    if (dim->kind == DIM_FORMULA && (!dim->formula || dim->formula->type != T_INT)) {
        complain(c, "ragged dim %s has no whole formula", dim->name);
    }
    if (dim->most && dim->most->type != T_INT) {
        complain(c, "what bounds ragged dim %s is no int", dim->name);
    }
    if (dim->kind == DIM_WHERE &&
        (!dim->parent || !dim->mask || dim->mask->type != T_BOOL || dim->mask->free.n != 1 || dim->mask->free.at[0]->dim != dim->parent)) {
        complain(c, "ragged dim %s has no mask over its parent", dim->name);
    }
}

static void check_dim_step(Check *c, const Dim *dim)
{
    if (dim->kind == DIM_WHERE) {
        const Node *mask = dim->mask;
        if (mask->unit != c->unit || !c->ready[mask->id]) {
            complain(c, "ragged dim %s is made before its mask " NAMED, dim->name, NAME(mask));
        }
        check_dim_known(c, dim->parent);
    } else if (dim->kind == DIM_FORMULA) {
        check_expr(c, dim->formula, (Scope){NULL, 0});
    } else {
        complain(c, "dim %s has a step, but nothing to make", dim->name);
    }
}

/* ---- units ------------------------------------------------------------------------------------------------------------------------- */

static void check_unit(Check *c, const Unit *unit);

static void check_owner(Check *c, const Node *node)
{
    if (node->unit != c->unit) {
        complain(c, NAMED " stands in unit %s, but belongs to another", NAME(node), c->unit->name ? c->unit->name : "");
    }
    if (c->ready[node->id]) {
        complain(c, NAMED " is computed twice", NAME(node));
    }
}

/* b is handed to a; a ragged axis that takes its length from there is another dim. */
static void check_same_axes(Check *c, const Node *a, const Node *b)
{
    int same = a->type == b->type && a->free.n == b->free.n;
    for (int i = 0; same && i < a->free.n; i++) {
        const Dim *to = a->free.at[i]->dim, *from = b->free.at[i]->dim;
        same = to == from || (to->kind == DIM_TAKEN && dim_is_ragged(from));
    }
    if (!same) {
        complain(c, NAMED " and " NAMED " are one tensor with two shapes", NAME(a), NAME(b));
    }
}

/* Dims that tensors of a loop take their length from are known once it is handed over. */
static void make_taken(Check *c, const Node *node)
{
    for (int i = 0; i < node->free.n; i++) {
        c->made[node->free.at[i]->dim->id] |= node->free.at[i]->dim->kind == DIM_TAKEN;
    }
}

/* What is carried comes first, agrees with what a turn gives back, and the loop can be left. */
static void check_loop(Check *c, const Step *step)
{
    const Unit *unit = step->unit;
    int leaves = 0;
    for (int i = 0; i < unit->step.n; i++) {
        leaves += unit->step.at[i].kind == STEP_LEAVE;
    }
    if (unit->kind != UNIT_LOOP || leaves != 1) {
        complain(c, "loop %s has %d ends", unit->name ? unit->name : "", leaves);
        return;
    }
    if (unit->carried != unit->results.n || unit->carried != step->results.n || unit->carried > unit->args.n) {
        complain(c, "loop %s carries %d tensors, but gives back %d", unit->name ? unit->name : "", unit->carried, unit->results.n);
        return;
    }
    for (int i = 0; i < unit->carried; i++) {
        check_same_axes(c, unit->args.at[i], unit->results.at[i]);
    }
}

static void check_call(Check *c, const Step *step)
{
    const Unit *unit = step->unit;
    if (unit->caller != c->unit || c->seen[unit->id]) {
        complain(c, "unit %s is called twice or not by its caller", unit->name ? unit->name : "");
        return;
    }
    c->seen[unit->id] = 1;
    for (int i = 0; i < unit->args.n; i++) {
        const Node *arg = unit->args.at[i];
        if (arg->kind != NODE_ARG || arg->unit != unit || !arg->source) {
            complain(c, NAMED " is no argument of unit %s", NAME(arg), unit->name ? unit->name : "");
            return;
        }
        check_same_axes(c, arg, arg->source);
        if (arg->source->kind != NODE_PARAM && (arg->source->unit != c->unit || !c->ready[arg->source->id])) {
            complain(c, "argument " NAMED " is handed over before it is computed", NAME(arg->source));
        }
        c->ready[arg->id] = 1;
        make_taken(c, arg);
    }
    const Unit *caller = c->unit;
    c->unit = unit;
    check_unit(c, unit);
    c->unit = caller;
    if (step->kind == STEP_LOOP && !c->wrong) {
        check_loop(c, step);
    }
    for (int i = 0; i < step->results.n && !c->wrong; i++) {
        const Node *result = step->results.at[i];
        check_owner(c, result);
        if (result->kind != NODE_RESULT || !result->source || !is_listed(&unit->results, result->source)) {
            complain(c, NAMED " is no result of unit %s", NAME(result), unit->name ? unit->name : "");
            return;
        }
        check_same_axes(c, result, result->source);
        c->ready[result->id] = 1;
        make_taken(c, result);
    }
}

static void check_leave(Check *c, const Step *step)
{
    const Node *node = step->node;
    if (c->unit->kind != UNIT_LOOP) {
        complain(c, "unit %s is left, but is no loop", c->unit->name ? c->unit->name : "");
    }
    if (node->type != T_BOOL || node->free.n || node->unit != c->unit || !c->ready[node->id]) {
        complain(c, NAMED " says when a loop ends, but is no bool that is known", NAME(node));
    }
}

static void check_along(Check *c, const Step *step)
{
    c->along = step;
    for (int i = 0; i < step->group.n; i++) {
        const Node *node = step->group.at[i];
        check_owner(c, node);
        if (!var_among(&node->free, step->var)) {
            complain(c, NAMED " runs along %s, which is none of its indices", NAME(node), step->var->name);
        }
        check_equation(c, node);
    }
    c->along = NULL;
    for (int i = 0; i < step->group.n; i++) {
        c->ready[step->group.at[i]->id] = 1;
    }
}

static void check_require(Check *c, const Step *step)
{
    const Node *node = step->node;
    if (node->unit != c->unit || !c->ready[node->id] || node->type != T_INT || node->free.n || !step->message) {
        complain(c, "a requirement of " NAMED " is no single int, computed before, with a message", NAME(node));
    }
}

static void check_unit(Check *c, const Unit *unit)
{
    for (int i = 0; i < unit->step.n && !c->wrong; i++) {
        const Step *step = &unit->step.at[i];
        switch (step->kind) {
        case STEP_NODE:
            check_owner(c, step->node);
            if (step->node->kind != NODE_EQ) {
                complain(c, NAMED " has a step, but is no equation", NAME(step->node));
            }
            check_equation(c, step->node);
            c->ready[step->node->id] = 1;
            break;
        case STEP_DIM:
            check_dim_step(c, step->dim);
            c->made[step->dim->id] = 1;
            break;
        case STEP_CALL:
        case STEP_LOOP: check_call(c, step); break;
        case STEP_LEAVE: check_leave(c, step); break;
        case STEP_REQUIRE: check_require(c, step); break;
        case STEP_ALONG: check_along(c, step); break;
        }
    }
    for (int i = 0; i < unit->results.n && !c->wrong; i++) {
        const Node *result = unit->results.at[i];
        if (result->kind != NODE_PARAM && (result->unit != unit || !c->ready[result->id])) {
            complain(c, "unit %s gives back " NAMED ", which it does not compute", unit->name ? unit->name : "", NAME(result));
        }
    }
}

static void check_given(Check *c, const Node *node)
{
    check_head(c, node);
    if (node->unit != c->unit) {
        complain(c, NAMED " is not in the top unit", NAME(node));
    }
    if ((node->kind == NODE_STATE || node->optional) && !node->body) {
        complain(c, NAMED " has no value to begin with", NAME(node));
    }
    if (node->body) {
        check_equation(c, node);
    }
    c->ready[node->id] = 1;
}

static void check_once(Check *c, const NodeList *nodes)
{
    for (int i = 0; i < nodes->n; i++) {
        if (is_listed(nodes, nodes->at[i]) != 1) {
            complain(c, NAMED " is listed twice in the graph", NAME(nodes->at[i]));
        }
    }
}

static void check_graph(Check *c)
{
    const Graph *graph = c->graph;
    const NodeList *const lists[] = {&graph->inputs, &graph->states, &graph->outputs};
    if (!graph->top) {
        complain(c, "the graph has no top unit");
        return;
    }
    for (int i = 0; i < 3; i++) {
        check_once(c, lists[i]);
    }
    for (int i = 0; i < graph->dims.n && !c->wrong; i++) {
        check_dim(c, graph->dims.at[i]);
    }
    for (int i = 0; i < graph->params.n && !c->wrong; i++) {
        check_param(c, graph->params.at[i]);
    }
    c->unit = graph->top;
    for (int i = 0; i < graph->inputs.n && !c->wrong; i++) {
        check_given(c, graph->inputs.at[i]);
        if (graph->inputs.at[i]->input != i) {
            complain(c, "input " NAMED " has the number of another", NAME(graph->inputs.at[i]));
        }
    }
    for (int i = 0; i < graph->states.n && !c->wrong; i++) {
        check_given(c, graph->states.at[i]);
    }
    check_unit(c, graph->top);
    for (int i = 0; i < graph->outputs.n && !c->wrong; i++) {
        const Node *node = graph->outputs.at[i];
        if (!node->output || (node->kind != NODE_PARAM && (node->unit != graph->top || !c->ready[node->id]))) {
            complain(c, "output " NAMED " is not computed in the top unit", NAME(node));
        }
    }
    for (int i = 0; i < graph->states.n && !c->wrong; i++) {
        const Node *next = graph->states.at[i]->next;
        if (next && next->kind != NODE_PARAM && (next->unit != graph->top || !c->ready[next->id])) {
            complain(c, "the next value of state " NAMED " is not computed in the top unit", NAME(graph->states.at[i]));
        }
    }
}

const char *graph_verify(const Graph *graph)
{
    Check check = {.graph = graph};
    check.ready = arena_array(graph->arena, char, graph->nodes + 1);
    check.made = arena_array(graph->arena, char, graph->dims.n + 1);
    check.seen = arena_array(graph->arena, char, graph->units.n + 1);
    check_graph(&check);
    return check.wrong;
}
