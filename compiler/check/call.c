/* Functions. Those of the library, and those written as one equation, dissolve into the unit that calls them; a block that the author wrote
 * is a unit of its own, so that it can be found in the output. */
#include "checker.h"

#include <string.h>

/* ---- operators with names --------------------------------------------------------------------------------------------------------- */

int op_of_name(Str name)
{
    static const Op callable[] = {OP_MIN, OP_MAX, OP_ABS, OP_SIGN, OP_EXP, OP_LOG, OP_LOG1P, OP_EXPM1, OP_SIN, OP_COS, OP_TANH,
                                  OP_ERF, OP_SQRT, OP_FLOOR, OP_CEIL, OP_ROUND, OP_TRUNC, OP_POW};
    for (size_t i = 0; i < sizeof callable / sizeof *callable; i++) {
        if (strcmp(op_table[callable[i]].name, name) == 0 || (callable[i] == OP_POW && strcmp(name, "pow") == 0)) {
            return (int)callable[i];
        }
    }
    return strcmp(name, "int") == 0 ? (int)OP_TO_INT : -1;
}

static Expr *length_of(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *of = ast->kid.at[1];
    const Entity *tuple = of->kind == AST_NAME ? scope_find(scope, of->name) : NULL;
    if (tuple && tuple->kind == EN_TUPLE) {
        Expr *n = expr_int(c->graph, 1, ast->span);
        for (int i = 0; i < tuple->index.n; i++) {
            n = expr_op(c->graph, OP_MUL, n, expr_len(c->graph, tuple->index.at[i].dim, ast->span), ast->span);
        }
        return n;
    }
    Dim *dim = dim_of(c, scope, of);
    return dim ? expr_len(c->graph, dim, ast->span) : NULL;
}

static Expr *operator(Check *c, Scope *scope, const Ast *ast, Op op)
{
    const int wanted = op == OP_TO_INT ? 1 : op_table[op].arity, given = ast->kid.n - 1;
    if (given != wanted && !((op == OP_MIN || op == OP_MAX) && given > 2)) {
        check_error(c, ast->span, "'%s' takes %d %s, %d given", ast->kid.at[0]->name, wanted, wanted == 1 ? "value" : "values", given);
        return NULL;
    }
    Expr *exact = scalar_int_exact(c, scope, ast);
    if (exact) {
        return exact;
    }
    Expr *e = scalar(c, scope, ast->kid.at[1]);
    if (op == OP_TO_INT) {
        return e ? e->type == T_REAL ? expr_op(c->graph, op, e, NULL, ast->span) : expr_to(c->graph, e, T_INT) : NULL;
    }
    if (wanted == 1) {
        return e ? expr_op(c->graph, op, e, NULL, ast->span) : NULL;
    }
    for (int k = 2; e && k <= given; k++) {
        Expr *next = scalar(c, scope, ast->kid.at[k]);
        if (op == OP_POW && next) {
            e = expr_to(c->graph, e, T_REAL);
            next = expr_to(c->graph, next, T_REAL);
        }
        e = next ? expr_op(c->graph, op, e, next, ast->span) : NULL;
    }
    return e;
}

/* ---- which function --------------------------------------------------------------------------------------------------------------- */

const Entity *call_is_fn(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *callee = ast->kid.at[0];
    callee = callee->kind == AST_INDEX ? callee->kid.at[0] : callee;
    if (ast->kind != AST_CALL || callee->kind != AST_NAME) {
        return NULL;
    }
    Str word = name_of(c, scope, callee->name, callee->at, callee->span);
    const Entity *entity = word ? scope_find(scope, word) : NULL;
    return entity && entity->kind == EN_FN ? entity : NULL;
}

int fn_has_tensors(const Stmt *fn)
{
    int tensors = fn->from.n + fn->to.n;
    for (int k = 0; k < fn->lhs.n; k++) {
        tensors += fn->lhs.at[k].brackets;
    }
    return tensors > 0;
}

/* ---- the call --------------------------------------------------------------------------------------------------------------------- */

/* The function's formal indices, to be introduced where its value reads them: those of its parameters in order, then those after `->`. */
static void open_formals(Check *c, Scope *scope, const Scope *formals, const Stmt *fn, VarList *order)
{
    for (int k = -1; k < fn->lhs.n; k++) {
        const AstBinds *binds = k < 0 ? NULL : &fn->lhs.at[k].bind;
        for (int i = 0; binds && i < binds->n; i++) {
            const AstBind *bind = &binds->at[i];
            if (scope_var(scope, bind->star ? str_format("*%s:0", bind->name) : bind->name)) {
                continue;
            }
            const Entity *entity = scope_find(formals, bind->name);
            for (int j = 0; entity && j < (bind->star ? entity->index.n : 1); j++) {
                Dim *dim = bind->star ? entity->index.at[j].dim : entity->dim;
                Var *var = graph_var(c->graph, dim, bind->star ? entity->index.at[j].name : entity->shown ? entity->shown : dim->name);
                scope_bind_var(c, scope, bind->star ? str_format("*%s:%d", bind->name, j) : bind->name, var);
                vec_push(c->arena, *order, var);
            }
        }
    }
    for (int i = 0; i < fn->to.n; i++) {
        const AstBind *bind = &fn->to.at[i];
        const Entity *entity = scope_find(formals, bind->name);
        for (int j = 0; entity && j < (bind->star ? entity->index.n : 1); j++) {
            Dim *dim = bind->star ? entity->index.at[j].dim : entity->dim;
            Var *var = graph_var(c->graph, dim, bind->star ? entity->index.at[j].name : entity->shown ? entity->shown : dim->name);
            scope_bind_var(c, scope, bind->star ? str_format("*%s:%d", bind->name, j) : bind->name, var);
            vec_push(c->arena, *order, var);
        }
    }
}

/* Two indices of one name (of gram(x, x) both are t): the later one is t'. */
static void tell_apart(IndexList *index)
{
    for (int k = 1; k < index->n; k++) {
        for (int i = 0; i < k; i++) {
            if (index->at[i].name == index->at[k].name) {
                index->at[k].name = str_format("%s'", index->at[k].name);
                i = -1; /* again from the first */
            }
        }
    }
}

/* One value that a function gives back, as a tensor. Its indices are named as the caller knows them. */
static Entity *give_back(Check *c, Scope *scope, const Stmt *fn, const Ast *value, Str name)
{
    Scope *open = scope_new(c, scope);
    open->open = 1;
    VarList order = {0};
    open_formals(c, open, scope, fn, &order);
    Entity *tensor = tensor_of(c, open, value, name, &order);
    if (tensor) {
        tell_apart(&tensor->index);
    }
    return tensor;
}

typedef struct Returned {
    Expr *expr;
    EntityList tensors;
} Returned;

static int run(Check *c, Scope *scope, const Stmt *fn, Str name, Returned *out)
{
    const AstList *values = NULL;
    AstList one = {0};
    if (!fn->block) {
        vec_push(c->arena, one, (Ast *)fn->value);
        values = &one;
    } else {
        const int before = c->d->errors;
        statements(c, scope, &fn->body);
        const Stmt *end = c->returning;
        c->returning = NULL;
        if (!end) {
            if (c->d->errors == before) {
                check_error(c, fn->span, "'%s' gives nothing back: a 'return' is missing", fn->name);
            }
            return 0;
        }
        values = &end->values;
        c->prefix = c->returning_under; /* the caller has its own back in the end */
        c->quote = end->span.source && end->span.source->library ? end->span : c->quote;
        if (!c->library_name) {
            c->author = end->span;
        }
    }
    if (!fn_has_tensors(fn) && c->inline_scalar) {
        if (values->n != 1) {
            check_error(c, fn->span, "'%s' works on single values and gives one back", fn->name);
            return 0;
        }
        out->expr = scalar(c, scope, values->at[0]);
        return out->expr != NULL;
    }
    for (int k = 0; k < values->n; k++) {
        Entity *tensor = give_back(c, scope, fn, values->at[k], name);
        if (!tensor) {
            return 0;
        }
        vec_push(c->arena, out->tensors, tensor);
    }
    return 1;
}

/* In the caller, what a unit gave back. */
static void results_of_unit(Check *c, Unit *unit, const Stmt *fn, Returned *out)
{
    for (int k = 0; k < out->tensors.n; k++) {
        Entity *entity = arena_new_of(c->arena, Entity);
        *entity = *out->tensors.at[k];
        Node *node = entity->node;
        if (node->unit != unit || node->kind == NODE_ARG) { /* an argument or a parameter itself: a copy can be given back */
            c->unit = unit;
            node = unit_reach(c, node);
            node = node_of(c, entity->name, read_own(c, node, entity->span), &node->free, entity->span);
            c->unit = unit->caller;
            entity->node = node;
        }
        if (!node->named) {
            node->name = out->tensors.n == 1 ? str_format("%s_out", fn->name) : str_format("%s_out%d", fn->name, k);
        }
        out->tensors.at[k] = entity;
    }
}

static int has_loops(const StmtList *list)
{
    int found = 0;
    for (int i = 0; i < list->n; i++) {
        const Stmt *s = list->at[i];
        found |= s->kind == STMT_WHILE || s->kind == STMT_REPEAT || has_loops(&s->body) || has_loops(&s->otherwise);
    }
    return found;
}

/* A function of single values that are not known now: its value has the indices of what is handed over, so it stands in the caller's
 * equation, as a function written in one line does. One that loops is called by a sequence, not at each index. */
static int works_on_values(Check *c, Scope *caller, const Ast *ast, const Stmt *fn)
{
    int values = 0;
    for (int k = 1; !values && k < ast->kid.n; k++) {
        values = ast->kid.at[k]->kind != AST_STR && !fixed_try(c, caller, ast->kid.at[k]);
    }
    return values && !fn_has_tensors(fn) && !has_loops(&fn->body);
}

static int invoke(Check *c, Scope *caller, const Ast *ast, const Entity *entity, Returned *out)
{
    const Stmt *fn = entity->stmt;
    const int library = fn->span.source && fn->span.source->library;
    const int own_unit = fn->block && !library && !c->load && !c->along && !c->library_name && !works_on_values(c, caller, ast, fn);
    if (++c->depth > CHECK_DEPTH / 4) {
        check_error(c, ast->span, "'%s' calls itself, or calls are nested too deeply", fn->name);
        c->depth--;
        return 0;
    }
    Scope *scope = scope_new(c, entity->home);
    scope->function = 1;
    const Check saved = *c;
    int fine = bind_call(c, caller, scope, ast, fn, own_unit);
    Str name = fn->name;
    if (fine && ast->kid.n > 1 && ast->kid.at[1]->kind == AST_STR) {
        Dim *family = NULL;
        Str path = fixed_path(c, caller, ast->kid.at[1], &family);
        if (path && family) {
            check_error(c, ast->kid.at[1]->span, "an index inside a name belongs to a parameter, not to the prefix of a function");
            path = NULL;
        }
        fine = path != NULL;
        c->prefix = !path || !path[0] ? c->prefix : !c->prefix[0] ? path : str_format("%s.%s", c->prefix, path);
        name = path && path[0] ? last_word(path) : name;
    }
    if (fine) {
        Unit *unit = own_unit ? unit_enter(c, UNIT_FUNCTION, fn->name, fn->span) : NULL;
        if (library && !c->library_name) {
            c->library_name = fn->name;
        }
        if (library) {
            c->quote = fn->span;
        }
        c->inline_scalar = !own_unit;
        fine = run(c, scope, fn, library || !fn->block ? name : fn->name, out);
        if (unit) {
            unit_leave(c, unit);
            if (fine) {
                results_of_unit(c, unit, fn, out);
            }
        }
    }
    c->prefix = saved.prefix;
    c->library_name = saved.library_name;
    c->quote = saved.quote;
    c->author = saved.author;
    c->unit = saved.unit;
    c->inline_scalar = saved.inline_scalar;
    c->depth--;
    return fine;
}

static const Entity *callee_of(Check *c, Scope *scope, const Ast *ast)
{
    const Entity *fn = call_is_fn(c, scope, ast);
    const Ast *callee = ast->kid.at[0]->kind == AST_INDEX ? ast->kid.at[0]->kid.at[0] : ast->kid.at[0];
    if (!fn && callee->kind == AST_NAME) {
        const Entity *other = scope_find(scope, callee->name);
        if (other && other->kind != EN_ERROR) {
            check_error(c, callee->span, "'%s' is no function", callee->name);
            check_note(c, other->span, "it is made here");
        } else if (!other) {
            scope_unknown(c, scope, callee->name, callee->span, "function");
        }
    } else if (!fn) {
        check_error(c, callee->span, "this is no function");
    }
    return fn;
}

Expr *call_scalar(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *callee = ast->kid.at[0];
    if (callee->kind == AST_NAME && !call_is_fn(c, scope, ast)) {
        if (strcmp(callee->name, "len") == 0) {
            if (ast->kid.n != 2) {
                check_error(c, ast->span, "'len' takes one dim");
                return NULL;
            }
            return length_of(c, scope, ast);
        }
        const int op = op_of_name(callee->name);
        if (op >= 0) {
            return operator(c, scope, ast, (Op)op);
        }
    }
    const Entity *fn = callee_of(c, scope, ast);
    Returned out = {0};
    if (!fn || !invoke(c, scope, ast, fn, &out)) {
        return NULL;
    }
    if (out.expr) {
        return out.expr;
    }
    if (out.tensors.n != 1) {
        check_error(c, ast->span, "'%s' gives %d tensors back, one was expected", fn->stmt->name, out.tensors.n);
        return NULL;
    }
    return access_whole(c, scope, out.tensors.at[0], ast->span);
}

int call_results(Check *c, Scope *scope, const Ast *ast, EntityList *out)
{
    const Entity *fn = callee_of(c, scope, ast);
    Returned returned = {0};
    if (!fn || !invoke(c, scope, ast, fn, &returned)) {
        return 0;
    }
    if (returned.expr) {
        check_error(c, ast->span, "'%s' works on single values; it gives no tensor", fn->stmt->name);
        return 0;
    }
    *out = returned.tensors;
    return 1;
}
