/* Control of one sequence: while P { }, repeat n as k { } with a number that data say, if P { } else { }.
 *
 * Each becomes a loop (STEP_LOOP) with a unit of its own, an `if` one of at most one turn. Names of outside that the block binds anew are
 * carried: inside they stand for what the turn began with, afterwards for what the loop ended with, in the same shape and type. Only what
 * grows may change its length: its dim is another one inside, at the end of a turn, and after the loop. Names that are new in a block
 * are seen there only, but for those that both blocks of an `if` make.
 *
 * A `while` that appends also ends when what it appends to is full, so that `<= n` of a `grow` is a limit of length, not an error. */
#include "loop.h"

static int belongs_here(Check *c, const Stmt *stmt)
{
    if (c->along || c->load) {
        check_error(c, stmt->span, "control of a sequence cannot stand in a %s", c->along ? "recurrence" : "'param'");
        return 0;
    }
    return 1;
}

/* The block, as a part of c->unit. */
static void block(Check *c, Loop *loop, const StmtList *body)
{
    const Stmt *before = c->returning;
    statements(c, loop->scope, body);
    if (c->returning != before) {
        check_error(c, c->returning->span, "a 'return' cannot stand in a block that may be left out");
        c->returning = before;
    }
}

int control_grows(const StmtList *body)
{
    for (int i = 0; i < body->n; i++) {
        const Stmt *stmt = body->at[i];
        if (stmt->kind == STMT_APPEND || stmt->kind == STMT_CUT || control_grows(&stmt->body) || control_grows(&stmt->otherwise)) {
            return 1;
        }
    }
    return 0;
}

void control_while(Check *c, Scope *scope, const Stmt *stmt)
{
    StrList appended = {0};
    if (!belongs_here(c, stmt)) {
        return;
    }
    Loop loop = loop_of(c, scope, stmt, &stmt->body, &appended);
    loop_enter(c, scope, &loop, "while");
    Expr *going = scalar_of(c, loop.scope, stmt->value, T_BOOL, "the condition");
    for (int i = 0; going && i < loop.growing.n; i++) {
        const Growing *g = &loop.growing.at[i];
        if (g->appended) {
            Expr *room = expr_op(c->graph, OP_LT, expr_len(c->graph, g->inside, loop.span), (Expr *)g->most, loop.span);
            going = expr_op(c->graph, OP_AND, room, going, loop.span);
        }
    }
    if (going) {
        loop_unless(c, going, stmt->value->span);
    }
    block(c, &loop, &stmt->body);
    loop_leave(c, &loop, 0);
}

/* repeat n as k, n known only when the model runs */
void control_repeat(Check *c, Scope *scope, const Stmt *stmt)
{
    StrList appended = {0};
    VarList none = {0};
    if (!belongs_here(c, stmt)) {
        return;
    }
    Expr *n = scalar_of(c, scope, stmt->value, T_INT, "the number of turns");
    if (!n) {
        return;
    }
    Entity turns = {.kind = EN_TENSOR, .name = str_of("turns")};
    turns.node = node_of(c, turns.name, n, &none, stmt->value->span);
    Loop loop = loop_of(c, scope, stmt, &stmt->body, &appended);
    const Carried number = {.start = node_of(c, stmt->name ? stmt->name : str_of("turn"), expr_int(c->graph, 0, stmt->span), &none,
                                             stmt->span)};
    vec_push(c->arena, loop.carried, number);
    loop_enter(c, scope, &loop, "repeat");
    Node *turn = loop.carried.at[loop.carried.n - 1].arg;
    if (stmt->name) {
        vec_push(c->arena, loop.scope->entity, tensor_entity(c, stmt->name, stmt->name_span, turn, NULL));
    }
    Expr *at = expr_read(c->graph, turn, 0, NULL, NULL, stmt->span);
    Expr *end = expr_read(c->graph, unit_reach(c, turns.node), 0, NULL, NULL, stmt->span);
    loop_unless(c, expr_op(c->graph, OP_LT, at, end, stmt->span), stmt->value->span);
    block(c, &loop, &stmt->body);
    loop_leave(c, &loop, 0);
}

static void move_step(Unit *unit, int from, int to)
{
    const Step step = unit->step.at[from];
    for (int i = from; i > to; i--) {
        unit->step.at[i] = unit->step.at[i - 1];
    }
    unit->step.at[to] = step;
}

/* A name that is new in both blocks is one afterwards: it begins as zeros, which one of them replaces. Its dims are those of outside. */
static void adopt(Check *c, Scope *scope, Loop *loop, const StmtList *otherwise, int dims)
{
    StrList names = {0}, appended = {0};
    bound_names(c, otherwise, &names, &appended);
    for (int i = 0; i < loop->scope->entity.n; i++) {
        const Entity *made = loop->scope->entity.at[i];
        int fine = made->kind == EN_TENSOR && !made->grows && is_named(&names, made->name);
        for (int k = 0; k < loop->carried.n; k++) {
            fine &= loop->carried.at[k].inside != made;
        }
        for (int k = 0; fine && k < made->index.n; k++) {
            fine = !dim_is_ragged(made->index.at[k].dim) || made->index.at[k].dim->id < dims;
        }
        if (!fine) {
            continue;
        }
        VarList free = {0};
        Str *keys = arena_array(c->arena, Str, made->index.n + 1);
        for (int k = 0; k < made->index.n; k++) {
            keys[k] = made->index.at[k].name;
            vec_push(c->arena, free, graph_var(c->graph, made->index.at[k].dim, made->node->free.at[made->axis[k]]->name));
        }
        Unit *unit = loop->unit, *caller = unit->caller;
        Expr *zero = expr_to(c->graph, expr_bool(c->graph, 0, loop->span), made->node->type);
        unit_leave(c, unit);
        Carried one = {.start = node_of(c, made->name, zero, &free, loop->span)};
        move_step(caller, caller->step.n - 1, caller->step.n - 2); /* before the block that may replace it */
        one.outside = tensor_entity(c, made->name, made->span, one.start, keys);
        scope_assign(c, scope, one.outside);
        one.outside = scope_find(scope, made->name);
        c->unit = unit;
        one.arg = loop_handed(c, loop, NODE_ARG, one.start, unit, 0);
        one.inside = tensor_entity(c, made->name, made->span, one.arg, keys);
        vec_push(c->graph->arena, unit->args, one.arg);
        for (int k = unit->args.n - 1; k > loop->carried.n; k--) {
            unit->args.at[k] = unit->args.at[k - 1];
        }
        unit->args.at[loop->carried.n] = one.arg;
        vec_push(c->arena, loop->carried, one);
    }
}

/* One branch: a loop that is entered if `on` is true, or false, and left after a turn. */
static void branch(Check *c, Scope *scope, const Stmt *stmt, const StmtList *body, Node *on, int truth)
{
    StrList appended = {0};
    const int dims = c->graph->dims.n;
    Loop loop = loop_of(c, scope, stmt, body, &appended);
    loop_enter(c, scope, &loop, truth ? "if" : "else");
    Expr *going = expr_read(c->graph, unit_reach(c, on), 0, NULL, NULL, stmt->value->span);
    loop_unless(c, truth ? going : expr_op(c->graph, OP_NOT, going, NULL, stmt->value->span), stmt->value->span);
    block(c, &loop, body);
    if (truth && stmt->otherwise.n) {
        adopt(c, scope, &loop, &stmt->otherwise, dims);
    }
    loop_leave(c, &loop, 1);
}

void control_if(Check *c, Scope *scope, const Stmt *stmt)
{
    VarList none = {0};
    Expr *condition = belongs_here(c, stmt) ? scalar_of(c, scope, stmt->value, T_BOOL, "the condition") : NULL;
    if (!condition) {
        return;
    }
    Node *on = node_of(c, str_of("chosen"), condition, &none, stmt->value->span);
    branch(c, scope, stmt, &stmt->body, on, 1);
    if (stmt->otherwise.n) {
        branch(c, scope, stmt, &stmt->otherwise, on, 0);
    }
}
