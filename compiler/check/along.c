/* along t { ... }: equations in order of t that may read each other at earlier turns.
 *
 * All of them are declared before any is read. Their types follow from each other, so they are guessed from below (integers first) and the
 * block is read again until the guess holds. */
#include "checker.h"

typedef struct Turn {
    const Stmt *stmt;
    Node *node;
    Scope *bound;
    Entity *entity;
} Turn;
typedef VEC(Turn) TurnList;

static int looks_like_condition(const Ast *ast)
{
    return ast->kind == AST_COMPARE || (ast->kind == AST_UNARY && ast->op == AST_OP_NOT) ||
           (ast->kind == AST_BINARY && (ast->op == AST_OP_AND || ast->op == AST_OP_OR));
}

static int declare_one(Check *c, Scope *scope, const Stmt *stmt, Var *var, TurnList *out)
{
    const AstLhs *lhs = &stmt->lhs.at[0];
    if (stmt->lhs.n != 1 || !lhs->brackets) {
        check_error(c, stmt->span, "an equation of a recurrence has one left side, with its indices");
        return 0;
    }
    Str name = name_of(c, scope, lhs->name, lhs->at, lhs->span);
    Turn turn = {.stmt = stmt, .bound = scope_new(c, scope)};
    turn.bound->statement = 1;
    VarList free = {0};
    if (!name || !bind_indices(c, scope, &lhs->bind, turn.bound, &free)) {
        return 0;
    }
    int found = 0;
    turn.node = graph_node(c->graph, NODE_EQ, name, lhs->span);
    turn.node->named = c->library_name == NULL;
    turn.node->unit = c->unit;
    turn.node->type = looks_like_condition(stmt->value) ? T_BOOL : T_INT;
    for (int k = 0; k < free.n; k++) {
        if (free.at[k]->name == var->name && free.at[k]->dim == var->dim) {
            free.at[k] = var;
            turn.bound->vars.at[k]->var = var;
            found = 1;
        }
        vec_push(c->graph->arena, turn.node->free, free.at[k]);
    }
    if (!found) {
        check_error(c, lhs->span, "an equation along '%s' has the index '%s'", var->name, var->name);
        return 0;
    }
    Str *keys = arena_array(c->arena, Str, free.n + 1);
    for (int k = 0; k < free.n; k++) {
        keys[k] = turn.bound->vars.at[k]->name;
    }
    turn.entity = tensor_entity(c, name, lhs->span, turn.node, keys);
    vec_push(c->arena, *out, turn);
    return 1;
}

static int declare(Check *c, Scope *scope, const StmtList *list, Var *var, TurnList *out)
{
    for (int i = 0; i < list->n; i++) {
        const Stmt *stmt = list->at[i];
        if (stmt->kind == STMT_EQUATION && !stmt->output) {
            if (!declare_one(c, scope, stmt, var, out)) {
                return 0;
            }
        } else if (stmt->kind == STMT_IF) {
            const Value *v = fixed_must(c, scope, stmt->value, "the condition of 'if'");
            if (!v || v->kind != V_BOOL || !declare(c, scope, v->boolean ? &stmt->body : &stmt->otherwise, var, out)) {
                return 0;
            }
        } else if (stmt->kind == STMT_LET || stmt->kind == STMT_REQUIRE) {
            StmtList one = {0};
            vec_push(c->arena, one, (Stmt *)stmt);
            statements(c, scope, &one);
        } else {
            check_error(c, stmt->span,
                        stmt->kind == STMT_EQUATION
                            ? "an output cannot be made inside of a recurrence; give it a name and put that out after it"
                            : "in a recurrence stand equations, 'let' and 'if' only");
            return 0;
        }
    }
    return 1;
}

/* Reads all right sides. Returns 1 if the types were as guessed, 0 if other ones are known now, -1 if a right side is wrong. */
static int read_all(Check *c, TurnList *turns)
{
    int held = 1;
    for (int i = 0; i < turns->n; i++) {
        Turn *turn = &turns->at[i];
        if (!turn->stmt->span.source->library) {
            c->author = turn->stmt->span;
        }
        turn->bound->whole.n = 0;
        Expr *e = scalar(c, turn->bound, turn->stmt->value);
        if (!e) { /* perhaps because of a guess: `x[t - 1] ?? 0.5` while x is thought to be an integer */
            held = held == 0 || turn->node->type != T_INT ? (held == 1 ? -1 : held) : 0;
            turn->node->type = turn->node->type == T_INT ? T_REAL : turn->node->type;
            continue;
        }
        if (e->type != turn->node->type) {
            turn->node->type = e->type;
            held = 0;
        }
        turn->node->body = e;
        unit_emit(c, turn->node);
    }
    return held;
}

/* The names that a recurrence would have made: what reads them stays silent. */
static void all_failed(Check *c, Scope *scope, const StmtList *list)
{
    for (int i = 0; i < list->n; i++) {
        const Stmt *stmt = list->at[i];
        for (int k = 0; stmt->kind == STMT_EQUATION && k < stmt->lhs.n; k++) {
            const AstLhs *lhs = &stmt->lhs.at[k];
            Str name = name_of(c, scope, lhs->name, lhs->at, lhs->span);
            if (name) {
                tensor_failed(c, scope, name, lhs->span);
            }
        }
        if (stmt->kind == STMT_IF) {
            all_failed(c, scope, &stmt->body);
            all_failed(c, scope, &stmt->otherwise);
        }
    }
}

void along(Check *c, Scope *scope, const Stmt *stmt)
{
    const Entity *dim = scope_find(scope, stmt->name);
    if (!dim || dim->kind != EN_DIM) {
        if (!dim || dim->kind != EN_ERROR) {
            scope_unknown(c, scope, stmt->name, stmt->name_span, "dim");
        }
        all_failed(c, scope, &stmt->body);
        return;
    }
    if (c->along) {
        check_error(c, stmt->span, "a recurrence inside of a recurrence");
        return;
    }
    Var *var = graph_var(c->graph, dim->dim, stmt->name);
    Scope *inner = scope_new(c, scope);
    inner->function = 1; /* what is assigned here is handed out below */
    scope_bind_var(c, inner, stmt->name, var);
    TurnList turns = {0};
    Step step = {.kind = STEP_ALONG, .var = var, .down = stmt->down};
    if (!declare(c, inner, &stmt->body, var, &turns)) {
        all_failed(c, scope, &stmt->body);
        return;
    }
    for (int i = 0; i < turns.n; i++) {
        vec_push(c->arena, inner->entity, turns.at[i].entity);
    }
    const int steps = c->unit->step.n, items = c->d->item.n, errors = c->d->errors, warnings = c->d->warnings, broken = c->broken;
    const Span author = c->author;
    for (int round = 0; round < 2 * turns.n + 2; round++) { /* each but the last two raises a guess */
        c->unit->step.n = steps;
        c->d->item.n = items;
        c->d->errors = errors;
        c->d->warnings = warnings;
        c->broken = broken;
        step.group.n = 0;
        c->along = &step;
        const int held = read_all(c, &turns);
        c->along = NULL;
        if (held != 0) {
            break;
        }
    }
    c->author = author;
    vec_push(c->graph->arena, c->unit->step, step);
    for (int i = 0; i < turns.n; i++) {
        if (!turns.at[i].node->body) {
            turns.at[i].entity->kind = EN_ERROR;
        }
        scope_assign(c, scope, turns.at[i].entity);
    }
}
