/* What the formal dims and parameters of a function stand for in one call. */
#include "checker.h"

#include <string.h>

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

Str last_word(Str path)
{
    const char *dot = strrchr(path, '.');
    return str_of(dot ? dot + 1 : path);
}

/* Prefix and arguments of a call into the function's scope. */
int bind_call(Check *c, Scope *caller, Scope *scope, const Ast *ast, const Stmt *fn, int own_unit)
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
