/* Tensors across functions and turns of loops.
 *
 * A tensor belongs to the unit that computes it. Read in another one it travels: up, as a result of each call on the way, then down, as an
 * argument of each unit. Turns of a loop need nothing more: what a turn reads of the turn before is carried. */
#include "checker.h"

#include <string.h>

Unit *unit_enter(Check *c, UnitKind kind, Str name, Span span)
{
    Unit *unit = graph_unit(c->graph, kind, name, span);
    unit->caller = c->unit;
    unit->prefix = c->prefix;
    if (c->unit) {
        const Step step = {.kind = STEP_CALL, .unit = unit};
        vec_push(c->graph->arena, c->unit->step, step);
    }
    c->unit = unit;
    return unit;
}

void unit_leave(Check *c, Unit *unit)
{
    c->unit = unit->caller;
}

static int has_turn(const Node *node, const Var *turn)
{
    int has = 0;
    for (int k = 0; k < node->free.n; k++) {
        has |= node->free.at[k] == turn;
    }
    return has;
}

/* A tensor of the recurrence that this expression reads, or NULL. */
static const Node *turns_read(const Expr *e, const Var *turn)
{
    if (!e || (e->kind == EX_READ && has_turn(e->node, turn))) {
        return e ? e->node : NULL;
    }
    const Node *found = turns_read(e->otherwise, turn);
    for (int k = 0; !found && k < e->n; k++) {
        found = turns_read(e->kid[k], turn);
    }
    return found;
}

/* What is the same at every turn is computed before the first one, so it cannot read any. */
static void refuse_all_turns(Check *c, const Node *node)
{
    const Var *turn = c->along->var;
    const Node *read = turns_read(node->where, turn);
    read = read ? read : turns_read(node->body, turn);
    read = read ? read : turns_read(node->empty, turn);
    if (read) {
        check_error(c, node->span, "this reads '%s' at all turns of the recurrence that makes it", read->name);
        check_hint(c, "take those before this one: sum[%s' where %s' < %s] ..., or read it after the recurrence", turn->name, turn->name,
                   turn->name);
    }
}

Node *unit_emit(Check *c, Node *node)
{
    const int along = c->along && has_turn(node, c->along->var);
    if (c->along && !along) {
        refuse_all_turns(c, node);
    }
    if (c->author.source) {
        node->quote = c->library_name ? c->quote : (Span){0};
        node->span = c->author;
    }
    node->library = c->library_name;
    if (c->load) {
        node->kind = NODE_PARAM;
        vec_push(c->graph->arena, c->graph->params, node);
        return node;
    }
    node->unit = c->unit;
    if (along) {
        vec_push(c->graph->arena, c->along->group, node);
    } else {
        const Step step = {.kind = STEP_NODE, .node = node};
        vec_push(c->graph->arena, c->unit->step, step);
    }
    return node;
}

Node *unit_copy(Check *c, NodeKind kind, Node *source, Unit *unit)
{
    Node *copy = graph_node(c->graph, kind, source->name, source->span);
    copy->type = source->type;
    copy->extent = source->extent;
    copy->named = source->named;
    copy->source = source;
    copy->unit = unit;
    for (int k = 0; k < source->free.n; k++) {
        Var *var = graph_var(c->graph, source->free.at[k]->dim, source->free.at[k]->name);
        vec_push(c->graph->arena, copy->free, var);
    }
    return copy;
}

static Step *call_of(Unit *unit)
{
    for (int i = unit->caller->step.n - 1; i >= 0; i--) {
        if (unit->caller->step.at[i].unit == unit) {
            return &unit->caller->step.at[i];
        }
    }
    return NULL;
}

static Node *given_back(Check *c, Node *node)
{
    Unit *unit = node->unit;
    Step *call = call_of(unit);
    for (int k = 0; k < unit->results.n; k++) {
        if (unit->results.at[k] == node) {
            return call->results.at[k];
        }
    }
    Node *result = unit_copy(c, NODE_RESULT, node, unit->caller);
    vec_push(c->graph->arena, unit->results, node);
    vec_push(c->graph->arena, call->results, result);
    return result;
}

static Node *handed_in(Check *c, Node *node, Unit *unit)
{
    if (node->unit == unit) {
        return node;
    }
    node = handed_in(c, node, unit->caller);
    for (int k = 0; k < unit->args.n; k++) {
        if (unit->args.at[k]->source == node) {
            return unit->args.at[k];
        }
    }
    Node *arg = unit_copy(c, NODE_ARG, node, unit);
    vec_push(c->graph->arena, unit->args, arg);
    return arg;
}

static int is_inside(const Unit *unit, const Unit *of)
{
    while (unit && unit != of) {
        unit = unit->caller;
    }
    return unit != NULL;
}

static Node *reach_in(Check *c, Node *node, Unit *unit)
{
    if (node->kind == NODE_PARAM || !node->unit) {
        return node;
    }
    while (!is_inside(unit, node->unit)) {
        node = given_back(c, node);
    }
    return handed_in(c, node, unit);
}

Node *unit_reach(Check *c, Node *node)
{
    return reach_in(c, node, c->unit);
}

/* ---- loops ------------------------------------------------------------------------------------------------------------------------ */

/* "encoder.layer.{l}" -> encoder_layer */
static Str loop_name(Check *c, const Stmt *stmt)
{
    Str name = str_of("");
    const Ast *under = stmt->under;
    while (under && under->kind == AST_ABSENT) {
        under = under->kid.at[0];
    }
    for (int i = 0; under && under->kind == AST_STR && i < under->kid.n; i++) {
        if (under->kid.at[i]->kind == AST_TEXT) {
            name = str_format("%s%s", name, under->kid.at[i]->name);
        }
    }
    char *word = arena_printf(c->arena, "%s", name), *to = word;
    for (const char *p = word; *p; p++) {
        const int letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
        if (letter || (to > word && to[-1] != '_')) {
            *to++ = letter ? *p : '_';
        }
    }
    while (to > word && to[-1] == '_') {
        to--;
    }
    *to = 0;
    return word[0] && !(word[0] >= '0' && word[0] <= '9') ? str_of(word) : str_format("turn_%s", stmt->name ? stmt->name : "");
}

typedef struct Carried {
    Entity *entity;
    Node **start, **end; /* by turn */
    int changed;
} Carried;
typedef VEC(Carried) CarriedList;

/* All tensors whose names a turn may bind anew. */
static void visible(Check *c, Scope *scope, int turns, CarriedList *out)
{
    for (Scope *s = scope; s; s = s->parent) {
        for (int i = 0; i < s->entity.n; i++) {
            if (s->entity.at[i]->kind == EN_TENSOR) {
                const Carried one = {s->entity.at[i], arena_array(c->arena, Node *, turns), arena_array(c->arena, Node *, turns), 1};
                vec_push(c->arena, *out, one);
            }
        }
        if (s->function) {
            break;
        }
    }
}

static void to_front(NodeList *list, int from, int to)
{
    Node *node = list->at[from];
    for (int i = from; i > to; i--) {
        list->at[i] = list->at[i - 1];
    }
    list->at[to] = node;
}

static int place_of(const NodeList *list, const Node *node, int by_source)
{
    for (int k = 0; k < list->n; k++) {
        if ((by_source ? list->at[k]->source : list->at[k]) == node) {
            return k;
        }
    }
    return -1;
}

/* What every turn binds anew and some turn reads from before itself goes to the front of arguments and results, in one order. */
static void order_carried(Check *c, Unit **turn, int turns, CarriedList *list)
{
    int count = 0;
    for (int i = 0; i < list->n; i++) {
        const Carried *one = &list->at[i];
        int changed = 1, read = 0;
        for (int k = 0; k < turns; k++) {
            changed &= one->end[k] != one->start[k] && one->end[k]->unit == turn[k];
        }
        for (int k = 0; changed && k < turns; k++) {
            Node *source = reach_in(c, one->start[k], turn[k]->caller);
            read |= place_of(&turn[k]->args, source, 1) >= 0;
        }
        if (!changed || !read) {
            continue;
        }
        for (int k = 0; k < turns; k++) {
            Node *arg = reach_in(c, one->start[k], turn[k]);
            (void)given_back(c, one->end[k]);
            Step *call = call_of(turn[k]);
            const int from = place_of(&turn[k]->results, one->end[k], 0);
            to_front(&turn[k]->args, place_of(&turn[k]->args, arg, 0), count);
            to_front(&turn[k]->results, from, count);
            to_front(&call->results, from, count);
        }
        count++;
    }
    for (int k = 0; k < turns; k++) {
        turn[k]->carried = count;
    }
}

static void turn_of(Check *c, Scope *scope, const Stmt *stmt, const Value *value)
{
    Scope *body = scope_new(c, scope);
    if (stmt->name) {
        Entity *turn = scope_add(c, body, EN_FIXED, stmt->name, stmt->name_span);
        turn->value = value;
        turn->used = 1;
    }
    Str prefix = c->prefix;
    if (stmt->under) {
        prefix_under(c, body, stmt->under);
    }
    statements(c, body, &stmt->body);
    c->prefix = prefix;
}

void unit_for(Check *c, Scope *scope, const Stmt *stmt)
{
    int64_t from = 0, to = 0;
    const Value *list = NULL;
    if (stmt->kind == STMT_REPEAT) {
        if (!fixed_int(c, scope, stmt->value, "the number of turns", &to)) {
            return;
        }
    } else if (stmt->other) {
        if (!fixed_int(c, scope, stmt->value, "the first turn", &from) || !fixed_int(c, scope, stmt->other, "the end of the loop", &to)) {
            return;
        }
    } else {
        list = fixed_must(c, scope, stmt->value, "what a loop runs over");
        if (!list) {
            return;
        }
        if (list->kind != V_LIST) {
            check_error(c, stmt->value->span, "a loop runs over a range 'a..b' or a list, this is %s", fixed_show(c, list));
            return;
        }
        to = list->list.n;
    }
    if (to - from > 10000) {
        check_error(c, stmt->span, "a loop of %lld turns is too long to write out", (long long)(to - from));
        return;
    }
    const int turns = to > from ? (int)(to - from) : 0;
    const int plain = c->load || c->along || c->library_name;
    CarriedList carried = {0};
    visible(c, scope, turns + 1, &carried);
    Unit **turn = arena_array(c->arena, Unit *, turns + 1);
    const int loop = plain ? 0 : ++c->loops;
    for (int k = 0; k < turns; k++) {
        const Value number = value_int(stmt->span, from + k);
        Value *value = arena_new_of(c->arena, Value);
        *value = list ? list->list.at[k] : number;
        for (int i = 0; i < carried.n; i++) {
            carried.at[i].start[k] = carried.at[i].entity->node;
        }
        if (!plain) {
            turn[k] = unit_enter(c, UNIT_TURN, loop_name(c, stmt), stmt->span);
            turn[k]->loop = loop;
            turn[k]->turn = k;
            turn[k]->turns = turns;
        }
        const int before = c->d->errors;
        turn_of(c, scope, stmt, value);
        if (!plain) {
            unit_leave(c, turn[k]);
        }
        for (int i = 0; i < carried.n; i++) {
            carried.at[i].end[k] = carried.at[i].entity->node;
        }
        if (c->d->errors > before) {
            return; /* the other turns would say the same */
        }
    }
    if (!plain && turns && !c->broken) { /* a name that was bound to something wrong has no node */
        order_carried(c, turn, turns, &carried);
    }
}
