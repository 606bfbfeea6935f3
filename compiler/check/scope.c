/* Names and what they stand for. Index variables have a table of their own: `t` may be a dim and, where it is bound, an index over it. */
#include "checker.h"

#include <string.h>

Scope *scope_new(Check *c, Scope *parent)
{
    Scope *scope = arena_new_of(c->arena, Scope);
    scope->parent = parent;
    return scope;
}

Entity *scope_add(Check *c, Scope *scope, EntityKind kind, Str name, Span span)
{
    Entity *entity = arena_new_of(c->arena, Entity);
    entity->kind = kind;
    entity->name = name;
    entity->span = span;
    vec_push(c->arena, scope->entity, entity);
    return entity;
}

static const char *entity_kind_name(EntityKind kind)
{
    switch (kind) {
    case EN_FIXED: return "a value";
    case EN_DIM: return "a dim";
    case EN_TUPLE: return "a tuple of dims";
    case EN_TENSOR: return "a tensor";
    case EN_SCALAR:
    case EN_BODY: return "an argument";
    case EN_VAR: return "an index";
    case EN_FN: return "a function";
    case EN_REDUCER: return "a reducer";
    case EN_ERROR: break;
    }
    return "something that is wrong";
}

static Entity *find_here(const Scope *scope, Str name)
{
    for (int i = scope->entity.n - 1; i >= 0; i--) {
        if (scope->entity.at[i]->name == name) {
            return scope->entity.at[i];
        }
    }
    return NULL;
}

Entity *scope_find(const Scope *scope, Str name)
{
    for (; scope; scope = scope->parent) {
        Entity *entity = find_here(scope, name);
        if (entity) {
            entity->used = 1;
            return entity;
        }
    }
    return NULL;
}

Entity *scope_var(const Scope *scope, Str name)
{
    for (; scope; scope = scope->parent) {
        for (int i = scope->vars.n - 1; i >= 0; i--) {
            if (scope->vars.at[i]->name == name) {
                return scope->vars.at[i];
            }
        }
        if (scope->barrier) {
            return NULL;
        }
    }
    return NULL;
}

void scope_bind_var(Check *c, Scope *scope, Str key, Var *var)
{
    Entity *entity = arena_new_of(c->arena, Entity);
    entity->kind = EN_VAR;
    entity->name = key;
    entity->var = var;
    vec_push(c->arena, scope->vars, entity);
}

Scope *scope_open(Scope *scope)
{
    for (; scope; scope = scope->parent) {
        if (scope->open) {
            return scope;
        }
        if (scope->barrier) {
            return NULL;
        }
    }
    return NULL;
}

void scope_saw(Check *c, Scope *scope, Var *var)
{
    Scope *open = c->stored_read ? NULL : scope_open(scope);
    if (open) {
        vec_push(c->arena, open->seen, var);
    }
}

void scope_unknown(Check *c, const Scope *scope, Str name, Span span, const char *what)
{
    check_error(c, span, "unknown %s '%s'", what, name);
    VEC(Str) names = {0};
    for (; scope; scope = scope->parent) {
        for (int i = 0; i < scope->entity.n; i++) {
            vec_push(c->arena, names, scope->entity.at[i]->name);
        }
    }
    check_did_you_mean(c, name, names.at, names.n);
}

static int is_last(const Check *c, const Scope *scope)
{
    return scope->function || !scope->parent || scope->parent == c->library;
}

Scope *scope_of_function(const Check *c, Scope *scope)
{
    while (!is_last(c, scope)) {
        scope = scope->parent;
    }
    return scope;
}

static void taken(Check *c, Str name, Span span, const Entity *old)
{
    check_error(c, span, "'%s' is already the name of %s", name, entity_kind_name(old->kind));
    check_note(c, old->span, "it is made here");
}

/* One namespace: a name stands for one thing in a function. A turn of a loop may have a static value or a dim of its own under a name
 * from outside. */
Entity *scope_define(Check *c, Scope *scope, EntityKind kind, Str name, Span span)
{
    for (Scope *s = scope; s; s = is_last(c, s) ? NULL : s->parent) {
        const Entity *old = find_here(s, name);
        if (old && old->kind != EN_ERROR && kind != EN_ERROR && (s == scope || old->kind != kind)) {
            taken(c, name, span, old);
            break;
        }
    }
    return scope_add(c, scope, kind, name, span);
}

/* A name that exists in this function is bound anew where it stands, so that `x = ...` inside a loop changes the x outside. */
void scope_assign(Check *c, Scope *scope, Entity *entity)
{
    for (Scope *s = scope; s; s = is_last(c, s) ? NULL : s->parent) {
        Entity *old = find_here(s, entity->name);
        if (!old) {
            continue;
        }
        if (old->kind != EN_TENSOR && old->kind != EN_ERROR) {
            taken(c, entity->name, entity->span, old);
            return;
        }
        *old = *entity;
        return;
    }
    vec_push(c->arena, scope_of_function(c, scope)->entity, entity); /* seen after the `if`, `for` or `under` that it is in */
}

Str name_without_primes(Str name)
{
    size_t n = strlen(name);
    while (n > 0 && name[n - 1] == '\'') {
        n--;
    }
    return str_of_n(name, n);
}

Str name_of(Check *c, Scope *scope, Str name, const Ast *at, Span span)
{
    (void)span;
    if (!at) {
        return name;
    }
    int64_t k;
    return fixed_int(c, scope, at, "the number of a family's member", &k) ? str_format("%s@%lld", name, (long long)k) : NULL;
}

/* Is this name a parameter or a local name of a function of single values? */
int scope_has_value(Check *c, Scope *scope, const Ast *ast)
{
    Str word = ast->kind == AST_NAME ? name_of(c, scope, ast->name, ast->at, ast->span) : NULL;
    const Entity *entity = word ? scope_find(scope, word) : NULL;
    return entity && entity->kind == EN_SCALAR;
}
