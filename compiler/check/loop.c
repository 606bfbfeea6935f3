/* What a block of control carries, and the loop that it becomes. */
#include "loop.h"

#include <string.h>

/* ---- what is carried -------------------------------------------------------------------------------------------------------------- */

static void add_name(Check *c, StrList *names, Str name)
{
    for (int i = 0; i < names->n; i++) {
        if (names->at[i] == name) {
            return;
        }
    }
    vec_push(c->arena, *names, name);
}

/* Names that statements bind anew; of a family the name of all its members. */
void bound_names(Check *c, const StmtList *list, StrList *names, StrList *appended)
{
    for (int i = 0; i < list->n; i++) {
        const Stmt *stmt = list->at[i];
        for (int k = 0; stmt->kind == STMT_EQUATION && k < stmt->lhs.n; k++) {
            add_name(c, names, stmt->lhs.at[k].name);
        }
        if (stmt->kind == STMT_APPEND || stmt->kind == STMT_CUT) {
            add_name(c, names, stmt->name);
        }
        if (stmt->kind == STMT_APPEND) {
            add_name(c, appended, stmt->name);
        }
        if (stmt->kind != STMT_FN && stmt->kind != STMT_REDUCER) {
            bound_names(c, &stmt->body, names, appended);
            bound_names(c, &stmt->otherwise, names, appended);
        }
    }
}

int is_named(const StrList *names, Str name)
{
    const char *at = strchr(name, '@');
    Str base = at ? str_of_n(name, (size_t)(at - name)) : name;
    for (int i = 0; i < names->n; i++) {
        if (names->at[i] == base) {
            return 1;
        }
    }
    return 0;
}

/* The tensor as an equation of its own, so that the name stands for nothing else: its indices in the author's order. */
static Node *copied(Check *c, const Entity *entity, Node *node, const Node *like, Type type, Span span)
{
    VarList free = {0};
    Expr **at = arena_array(c->arena, Expr *, entity->index.n + 1);
    for (int k = 0; k < entity->index.n; k++) {
        Dim *dim = like && dim_is_ragged(like->free.at[k]->dim) == 0 ? like->free.at[k]->dim : entity->index.at[k].dim;
        Var *var = graph_var(c->graph, dim, node->free.at[entity->axis[k]]->name);
        vec_push(c->arena, free, var);
        at[entity->axis[k]] = expr_var(c->graph, var, span);
    }
    Node *copy = node_of(c, entity->name, expr_to(c->graph, expr_read(c->graph, node, free.n, at, NULL, span), type), &free, span);
    copy->named = c->library_name == NULL;
    if (!entity->grows) {
        copy->extent = NULL; /* the turns may put any integer there */
    }
    return copy;
}

static Dim *taken_dim(Check *c, const Dim *like, Span span)
{
    Dim *dim = graph_dim(c->graph, DIM_TAKEN, like->name, span);
    dim->bound = like->bound;
    dim->most = like->most;
    return dim;
}

/* A tensor of the loop's: an argument or a result, over the dims that the loop has there. */
Node *loop_handed(Check *c, Loop *loop, NodeKind kind, Node *source, Unit *unit, int after)
{
    Node *node = unit_copy(c, kind, source, unit);
    for (int k = 0; k < node->free.n; k++) {
        for (int i = 0; i < loop->growing.n; i++) {
            const Growing *g = &loop->growing.at[i];
            if (node->free.at[k]->dim == (after ? g->end : g->before)) {
                node->free.at[k] = graph_var(c->graph, after ? g->after : g->inside, node->free.at[k]->name);
                break;
            }
        }
    }
    return node;
}

static void carry(Check *c, Scope *scope, Loop *loop, const StrList *names, const StrList *appended)
{
    for (Scope *s = scope; s; s = s->function ? NULL : s->parent) {
        for (int i = 0; i < s->entity.n; i++) {
            Entity *entity = s->entity.at[i];
            if (entity->kind != EN_TENSOR || !is_named(names, entity->name) || s == c->library) {
                continue;
            }
            const Carried one = {.outside = entity};
            vec_push(c->arena, loop->carried, one);
            if (entity->grows) {
                Dim *before = entity->index.at[0].dim;
                const Growing g = {.before = before, .inside = taken_dim(c, before, loop->span), .most = before->most,
                                   .appended = is_named(appended, entity->name)};
                vec_push(c->arena, loop->growing, g);
            }
        }
    }
    for (int i = 0; i < loop->carried.n; i++) {
        Carried *one = &loop->carried.at[i];
        const Entity *entity = one->outside;
        one->start = copied(c, entity, unit_reach(c, entity->node), NULL, entity->node->type, loop->span);
    }
}

/* ---- the loop --------------------------------------------------------------------------------------------------------------------- */

void loop_enter(Check *c, Scope *scope, Loop *loop, const char *word)
{
    Str name = loop->carried.n && loop->carried.at[0].outside ? loop->carried.at[0].outside->name : str_of("block");
    const char *at = strchr(name, '@');
    name = at ? str_of_n(name, (size_t)(at - name)) : name;
    loop->unit = unit_enter(c, UNIT_LOOP, str_format("%s_%s", word, name), loop->span);
    loop->unit->caller->step.at[loop->unit->caller->step.n - 1].kind = STEP_LOOP;
    loop->scope = scope_new(c, scope);
    loop->scope->function = 1; /* what is bound anew inside is handed out at the end */
    for (int i = 0; i < loop->carried.n; i++) {
        Carried *one = &loop->carried.at[i];
        one->arg = loop_handed(c, loop, NODE_ARG, one->start, loop->unit, 0);
        vec_push(c->graph->arena, loop->unit->args, one->arg);
        if (!one->outside) {
            continue;
        }
        Str *keys = arena_array(c->arena, Str, one->arg->free.n + 1);
        for (int k = 0; k < one->arg->free.n; k++) {
            keys[k] = one->outside->index.at[k].name;
        }
        one->inside = tensor_entity(c, one->outside->name, one->outside->span, one->arg, keys);
        one->inside->grows = one->outside->grows;
        vec_push(c->arena, loop->scope->entity, one->inside);
    }
}

void loop_unless(Check *c, Expr *condition, Span span)
{
    VarList none = {0};
    const Step step = {.kind = STEP_LEAVE, .node = node_of(c, str_of("going"), condition, &none, span)};
    vec_push(c->graph->arena, c->unit->step, step);
}

static int agrees(Check *c, Loop *loop, const Carried *one, const Entity *end)
{
    const Node *arg = one->arg;
    if (end->kind != EN_TENSOR) {
        return 0; /* reported */
    }
    int fits = end->index.n == arg->free.n;
    for (int k = 0; fits && k < arg->free.n; k++) {
        const Dim *is = end->index.at[k].dim, *was = arg->free.at[k]->dim;
        fits = same_shape(is, was);
        for (int i = 0; was->kind == DIM_TAKEN && i < loop->growing.n; i++) {
            if (loop->growing.at[i].inside == was) {
                fits = is == loop->growing.at[i].end;
            }
        }
    }
    if (!fits) {
        check_error(c, end->span, "'%s' has another shape at the end of the block than at its beginning", end->name);
        check_note(c, one->outside->span, "it is made here");
        return 0;
    }
    if (end->node->type > arg->type || (end->node->type == T_BOOL) != (arg->type == T_BOOL)) {
        check_error(c, end->span, "'%s' is %s when the block begins and %s at its end", end->name, type_name(arg->type),
                    type_name(end->node->type));
        check_note(c, one->outside->span, "it is made here");
        if (arg->type == T_INT && end->node->type == T_REAL) {
            check_hint(c, "begin with a real number: 0.0 instead of 0");
        }
        return 0;
    }
    return 1;
}

/* The equation of this turn that a carried name ends with, over the dims that the next turn expects. */
static Node *end_of(Check *c, Loop *loop, const Carried *one, const Entity *end)
{
    Node *node = unit_reach(c, end->node);
    int as_it_is = node->kind == NODE_EQ && node->unit == loop->unit && node->type == one->arg->type && node->extent == one->arg->extent;
    for (int k = 0; k < end->index.n; k++) {
        const Dim *dim = node->free.at[k]->dim;
        as_it_is &= end->axis[k] == k && (dim == one->arg->free.at[k]->dim || one->arg->free.at[k]->dim->kind == DIM_TAKEN);
    }
    for (int i = 0; i < loop->unit->results.n; i++) {
        as_it_is &= loop->unit->results.at[i] != node;
    }
    return as_it_is ? node : copied(c, end, node, one->arg, one->arg->type, loop->span);
}

static Entity *find_inside(const Loop *loop, Str name)
{
    return scope_find(loop->scope, name);
}

/* Ends the turn. Outside, the names stand for what the loop ended with. */
void loop_leave(Check *c, Loop *loop, int once)
{
    int fine = 1;
    for (int i = 0, g = 0; i < loop->carried.n; i++) {
        const Entity *outside = loop->carried.at[i].outside;
        if (outside && outside->grows) {
            const Entity *end = find_inside(loop, outside->name);
            loop->growing.at[g].end = end->kind == EN_TENSOR ? end->index.at[0].dim : loop->growing.at[g].inside;
            g++;
        }
    }
    for (int i = 0; i < loop->carried.n; i++) {
        const Carried *one = &loop->carried.at[i];
        if (one->outside) {
            fine &= agrees(c, loop, one, find_inside(loop, one->outside->name));
        }
    }
    for (int i = 0; fine && i < loop->carried.n; i++) {
        const Carried *one = &loop->carried.at[i];
        const Entity own = {.name = one->start->name};
        if (one->outside) {
            Node *end = end_of(c, loop, one, find_inside(loop, one->outside->name));
            vec_push(c->graph->arena, loop->unit->results, end);
        } else { /* the number of the next turn */
            VarList none = {0};
            Expr *next = expr_op(c->graph, OP_ADD, expr_read(c->graph, one->arg, 0, NULL, NULL, loop->span),
                                 expr_int(c->graph, 1, loop->span), loop->span);
            vec_push(c->graph->arena, loop->unit->results, node_of(c, own.name, next, &none, loop->span));
        }
    }
    unit_leave(c, loop->unit);
    loop->unit->carried = loop->carried.n;
    Step *step = NULL;
    for (int i = 0; i < c->unit->step.n; i++) {
        step = c->unit->step.at[i].unit == loop->unit ? &c->unit->step.at[i] : step;
    }
    step->once = once;
    for (int i = 0; i < loop->growing.n; i++) {
        loop->growing.at[i].after = taken_dim(c, loop->growing.at[i].before, loop->span);
    }
    for (int i = 0; i < loop->carried.n; i++) {
        Entity *outside = loop->carried.at[i].outside;
        if (!fine) {
            if (outside) {
                outside->kind = EN_ERROR;
                c->broken = 1;
            }
            continue;
        }
        Node *result = loop_handed(c, loop, NODE_RESULT, loop->unit->results.at[i], c->unit, 1);
        vec_push(c->graph->arena, step->results, result);
        for (int k = 0; outside && k < result->free.n; k++) {
            outside->index.at[k].dim = result->free.at[k]->dim;
        }
        if (outside) {
            result->extent = loop->carried.at[i].arg->extent;
            outside->node = result;
            outside->axis = loop->carried.at[i].inside->axis;
        }
    }
}

Loop loop_of(Check *c, Scope *scope, const Stmt *stmt, const StmtList *body, StrList *appended)
{
    Loop loop = {.span = stmt->span};
    StrList names = {0};
    bound_names(c, body, &names, appended);
    carry(c, scope, &loop, &names, appended);
    return loop;
}
