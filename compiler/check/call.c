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

/* ---- binding of dims -------------------------------------------------------------------------------------------------------------- */

static void bind_dim(Check *c, Scope *scope, Str name, Span span, Dim *dim, Str shown)
{
    Entity *entity = scope_add(c, scope, EN_DIM, name, span);
    entity->dim = dim;
    entity->shown = shown;
}

static void bind_tuple(Check *c, Scope *scope, Str name, Span span, const Index *index, int n)
{
    Entity *tuple = scope_add(c, scope, EN_TUPLE, name, span);
    for (int i = 0; i < n; i++) {
        vec_push(c->arena, tuple->index, index[i]);
    }
}

/* linear[d->h,e]: the dims named in the brackets of a call */
static int named_dims(Check *c, Scope *scope, const AstList *items, IndexList *out)
{
    for (int k = 0; k < items->n; k++) {
        const Ast *item = items->at[k];
        if (item->kind == AST_STAR) {
            const Entity *tuple = scope_find(scope, item->name);
            if (!tuple || tuple->kind != EN_TUPLE) {
                scope_unknown(c, scope, item->name, item->span, "tuple of dims");
                return 0;
            }
            for (int i = 0; i < tuple->index.n; i++) {
                vec_push(c->arena, *out, tuple->index.at[i]);
            }
            continue;
        }
        Index index = {item->kind == AST_NAME ? item->name : NULL, dim_of(c, scope, item)};
        if (!index.dim && item->kind == AST_NAME && item->name != name_without_primes(item->name)) {
            return 0;
        }
        if (!index.dim) {
            return 0;
        }
        index.name = index.name ? index.name : index.dim->name;
        vec_push(c->arena, *out, index);
    }
    return 1;
}

static int bind_named(Check *c, Scope *scope, const AstBinds *formal, const IndexList *actual, Span span, const char *side)
{
    int stars = 0;
    for (int k = 0; k < formal->n; k++) {
        stars += formal->at[k].star;
    }
    if (actual->n < formal->n - stars || (!stars && actual->n != formal->n)) {
        check_error(c, span, "%d %s expected %s '->', %d given", formal->n, formal->n == 1 ? "dim" : "dims", side, actual->n);
        return 0;
    }
    int at = 0, slack = actual->n - (formal->n - stars);
    for (int k = 0; k < formal->n; k++) {
        const int n = formal->at[k].star ? slack : 1;
        if (formal->at[k].star) {
            bind_tuple(c, scope, formal->at[k].name, formal->at[k].span, actual->at + at, n);
            slack = 0;
        } else {
            bind_dim(c, scope, formal->at[k].name, formal->at[k].span, actual->at[at].dim, actual->at[at].name);
        }
        at += n;
    }
    return 1;
}

static int same_dim(const Dim *a, const Dim *b)
{
    return a == b || (!dim_is_ragged(a) && !dim_is_ragged(b) && a->length == b->length);
}

/* The tensor handed to a parameter x[*r, d, *a]: tuples that are known already take their dims (by name, then from the end), plain names
 * and one unknown tuple take what is left in order. Fills the entity's indices, in the order of the parameter. */
static int bind_tensor(Check *c, Scope *scope, const AstLhs *param, Entity *given, Span span)
{
    const int n = given->index.n;
    int *taken = arena_array(c->arena, int, n + 1), left = n, unknown = -1, plain = 0;
    for (int k = 0; k < param->bind.n; k++) {
        const AstBind *bind = &param->bind.at[k];
        const Entity *tuple = bind->star ? scope_find(scope, bind->name) : NULL;
        if (!bind->star) {
            plain++;
            continue;
        }
        if (!tuple || tuple->kind != EN_TUPLE) {
            if (unknown >= 0) {
                check_error(c, bind->span, "only one tuple of dims can take what is left");
                return 0;
            }
            unknown = k;
            continue;
        }
        for (int i = tuple->index.n - 1; i >= 0; i--) {
            int found = -1;
            for (int j = n - 1; j >= 0 && found < 0; j--) {
                found = !taken[j] && given->index.at[j].name == tuple->index.at[i].name &&
                                same_dim(given->index.at[j].dim, tuple->index.at[i].dim)
                            ? j
                            : -1;
            }
            for (int j = n - 1; j >= 0 && found < 0; j--) {
                found = !taken[j] && same_dim(given->index.at[j].dim, tuple->index.at[i].dim) ? j : -1;
            }
            if (found < 0) {
                check_error(c, span, "'%s' has no axis for the dim '%s'%s", param->name, tuple->index.at[i].name,
                            tuple->index.at[i].dim->kind == DIM_FIXED
                                ? arena_printf(c->arena, ", which is %lld long", (long long)tuple->index.at[i].dim->length)
                                : "");
                const char *text = "";
                for (int j = 0; j < n; j++) {
                    text = given->index.at[j].dim->kind == DIM_FIXED
                               ? arena_printf(c->arena, "%s%s%s=%lld", text, j ? "," : "", given->index.at[j].name,
                                              (long long)given->index.at[j].dim->length)
                               : arena_printf(c->arena, "%s%s%s", text, j ? "," : "", given->index.at[j].name);
                }
                check_note(c, given->span, "it is [%s] here", text);
                return 0;
            }
            taken[found] = 1 + k;
            left--;
        }
    }
    if (left < plain || (unknown < 0 && left != plain)) {
        check_error(c, span, "'%s' takes a tensor of %d %s%s, this one has %d", param->name, param->bind.n - (unknown >= 0),
                    param->bind.n == 1 ? "index" : "indices", unknown >= 0 ? " or more" : "", n);
        check_note(c, given->span, "it is made here");
        return 0;
    }
    int slack = left - plain;
    for (int k = 0, j = 0; k < param->bind.n; k++) { /* the rest, in order */
        const AstBind *bind = &param->bind.at[k];
        const Entity *known = bind->star && k != unknown ? scope_find(scope, bind->name) : NULL;
        if (known) {
            continue;
        }
        const int take = bind->star ? slack : 1;
        IndexList part = {0};
        for (int i = 0; i < take; i++) {
            while (taken[j]) {
                j++;
            }
            taken[j] = 1 + k;
            vec_push(c->arena, part, given->index.at[j]);
        }
        if (bind->star) {
            bind_tuple(c, scope, bind->name, bind->span, part.at, part.n);
            continue;
        }
        Entity *before = NULL;
        for (int i = 0; i < scope->entity.n; i++) {
            before = scope->entity.at[i]->name == bind->name && scope->entity.at[i]->kind == EN_DIM ? scope->entity.at[i] : before;
        }
        if (before && !same_dim(before->dim, part.at[0].dim)) {
            check_error(c, span, "'%s' of '%s' is %s here", bind->name, param->name,
                        part.at[0].dim->kind == DIM_FIXED ? arena_printf(c->arena, "%lld", (long long)part.at[0].dim->length)
                                                          : part.at[0].dim->name);
            check_note(c, before->span, "'%s' is %s there", bind->name,
                       before->dim->kind == DIM_FIXED ? arena_printf(c->arena, "%lld", (long long)before->dim->length) : before->dim->name);
            return 0;
        }
        if (!before) {
            bind_dim(c, scope, bind->name, bind->span, part.at[0].dim, part.at[0].name);
        }
    }
    IndexList index = {0}; /* in the order of the parameter */
    int *axis = arena_array(c->arena, int, n + 1);
    for (int k = 0; k < param->bind.n; k++) {
        int i = 0;
        const Entity *tuple = param->bind.at[k].star ? scope_find(scope, param->bind.at[k].name) : NULL;
        for (int round = 0; round < (tuple ? tuple->index.n : 1); round++) {
            int j = 0; /* components of a tuple in the tuple's order */
            for (j = 0; j < n; j++) {
                if (taken[j] == 1 + k && (!tuple || (given->index.at[j].name == tuple->index.at[round].name &&
                                                     same_dim(given->index.at[j].dim, tuple->index.at[round].dim)))) {
                    break;
                }
            }
            for (i = 0; j == n && i < n; i++) {
                if (taken[i] == 1 + k && same_dim(given->index.at[i].dim, tuple ? tuple->index.at[round].dim : given->index.at[i].dim)) {
                    j = i;
                    break;
                }
            }
            taken[j] = -1;
            axis[index.n] = given->axis[j];
            const Index one = {tuple ? str_format("*%s:%d", param->bind.at[k].name, round) : param->bind.at[k].name,
                               given->index.at[j].dim};
            vec_push(c->arena, index, one);
        }
    }
    given->index = index;
    given->axis = axis;
    return 1;
}

/* ---- arguments -------------------------------------------------------------------------------------------------------------------- */

/* How often a name, with or without primes, stands in an expression. */
int ast_uses(const Ast *ast, Str name)
{
    if (!ast) {
        return 0;
    }
    int n = ast->kind == AST_NAME && name_without_primes(ast->name) == name;
    for (int k = 0; k < ast->kid.n; k++) {
        n += ast_uses(ast->kid.at[k], name);
    }
    for (int k = 0; k < ast->item.n; k++) {
        n += ast_uses(ast->item.at[k], name);
    }
    return n + ast_uses(ast->domain.where, name);
}

static int bind_scalar(Check *c, Scope *caller, Scope *scope, const Stmt *fn, const AstLhs *param, const Ast *arg, int own_unit)
{
    Scope *from = arg ? caller : scope;
    const Ast *ast = arg ? arg : param->value;
    const Value *known = fixed_try(c, from, ast);
    if (known == &fixed_error) {
        return 0;
    }
    if (known) {
        scope_add(c, scope, EN_FIXED, param->name, ast->span)->value = known;
        return 1;
    }
    if (own_unit) { /* inside a unit of its own it is a tensor with the indices that it has */
        Entity *given = tensor_of(c, from, ast, param->name, NULL);
        if (!given) {
            return 0;
        }
        Entity *entity = scope_add(c, scope, EN_TENSOR, param->name, ast->span);
        const Str name = entity->name;
        *entity = *given;
        entity->name = name;
        return 1;
    }
    Expr *e = scalar(c, from, ast);
    if (!e) {
        return 0;
    }
    const int often = fn->block || ast_uses(fn->value, param->name) > 1;
    scope_add(c, scope, EN_SCALAR, param->name, ast->span)->expr = often ? kept(c, param->name, e) : e;
    return 1;
}

static Str last_word(Str path)
{
    const char *dot = strrchr(path, '.');
    return str_of(dot ? dot + 1 : path);
}

/* Prefix and arguments of a call into the function's scope. */
static int bind_call(Check *c, Scope *caller, Scope *scope, const Ast *ast, const Stmt *fn, int own_unit)
{
    const Ast *callee = ast->kid.at[0];
    int first = 1;
    if (ast->kid.n > 1 && ast->kid.at[1]->kind == AST_STR && ast->kid.n - 1 > 0) {
        first = 2;
    }
    IndexList from = {0}, to = {0};
    if (callee->kind == AST_INDEX) {
        if (!named_dims(c, caller, &callee->item, &from) || !named_dims(c, caller, &callee->to, &to)) {
            return 0;
        }
        if (!bind_named(c, scope, &fn->from, &from, callee->span, "before") || !bind_named(c, scope, &fn->to, &to, callee->span, "after")) {
            check_note(c, fn->span, "'%s' is written here", fn->name);
            return 0;
        }
    } else if (fn->to.n) {
        check_error(c, ast->span, "'%s' needs its dims: %s[from -> to](...)", fn->name, fn->name);
        return 0;
    }
    const int given = ast->kid.n - first;
    if (given > fn->lhs.n) {
        check_error(c, ast->span, "'%s' takes %d %s, %d given", fn->name, fn->lhs.n, fn->lhs.n == 1 ? "argument" : "arguments", given);
        check_note(c, fn->span, "'%s' is written here", fn->name);
        return 0;
    }
    int fine = 1;
    for (int k = 0; k < fn->lhs.n; k++) {
        const AstLhs *param = &fn->lhs.at[k];
        const Ast *arg = k < given ? ast->kid.at[first + k] : NULL;
        if (!arg && !param->value) {
            check_error(c, ast->span, "'%s' misses its argument '%s'", fn->name, param->name);
            check_note(c, fn->span, "'%s' is written here", fn->name);
            return 0;
        }
        if (!param->brackets) {
            fine &= bind_scalar(c, caller, scope, fn, param, arg, own_unit);
            continue;
        }
        Entity *tensor = tensor_of(c, arg ? caller : scope, arg ? arg : param->value, param->name, NULL);
        if (!tensor) {
            fine = 0;
            continue;
        }
        Entity *entity = arena_new_of(c->arena, Entity);
        *entity = *tensor;
        entity->name = param->name;
        if (!bind_tensor(c, scope, param, entity, arg ? arg->span : ast->span)) {
            fine = 0;
            continue;
        }
        vec_push(c->arena, scope->entity, entity);
    }
    return fine;
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

/* One value that a function gives back, as a tensor. Its indices are named as the caller knows them. */
static Entity *give_back(Check *c, Scope *scope, const Stmt *fn, const Ast *value, Str name)
{
    Scope *open = scope_new(c, scope);
    open->open = 1;
    VarList order = {0};
    open_formals(c, open, scope, fn, &order);
    return tensor_of(c, open, value, name, &order);
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

static int invoke(Check *c, Scope *caller, const Ast *ast, const Entity *entity, Returned *out)
{
    const Stmt *fn = entity->stmt;
    const int library = fn->span.source && fn->span.source->library;
    const int own_unit = fn->block && !library && !c->load && !c->along && !c->library_name;
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
