/* Names and what they stand for. Index variables have a table of their own: `t` may be a dim and, where it is bound, an index over it. */
#include "checker.h"

#include <stdarg.h>
#include <string.h>

/* An error inside library text is shown where the author called it; the library's own place follows as a note. */
void check_error(Check *c, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(c->arena, format, args);
    va_end(args);
    const Span shown = span.source && span.source->library && c->author.source ? c->author : span;
    for (int i = 0; i < c->d->item.n; i++) { /* once, though the function may be called often */
        const DiagItem *old = &c->d->item.at[i];
        if (old->kind == DIAG_ERROR && old->span.source == shown.source && old->span.begin == shown.begin && strcmp(old->text, text) == 0) {
            return;
        }
    }
    if (span.source && span.source->library && c->author.source) {
        diag_error(c->d, c->author, "%s", text);
        diag_note(c->d, span, "in this text of the library");
    } else {
        diag_error(c->d, span, "%s", text);
    }
}

void check_note(Check *c, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_note(c->d, span, "%s", arena_vprintf(c->arena, format, args));
    va_end(args);
}

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

void scope_unknown(Check *c, const Scope *scope, Str name, Span span, const char *what)
{
    check_error(c, span, "unknown %s '%s'", what, name);
    VEC(Str) names = {0};
    for (; scope; scope = scope->parent) {
        for (int i = 0; i < scope->entity.n; i++) {
            vec_push(c->arena, names, scope->entity.at[i]->name);
        }
    }
    diag_did_you_mean(c->d, name, names.at, names.n);
}

/* A name that exists in this function is bound anew where it stands, so that `x = ...` inside a loop changes the x outside. */
void scope_assign(Check *c, Scope *scope, Entity *entity)
{
    for (Scope *s = scope; s; s = s->parent) {
        for (int i = s->entity.n - 1; i >= 0; i--) {
            if (s->entity.at[i]->name != entity->name) {
                continue;
            }
            Entity *old = s->entity.at[i];
            if (old->kind != EN_TENSOR && old->kind != EN_ERROR) {
                check_error(c, entity->span, "'%s' is already the name of something else", entity->name);
                check_note(c, old->span, "here");
                return;
            }
            *old = *entity;
            return;
        }
        if (s->function || !s->parent || s->parent == c->library) {
            break;
        }
    }
    while (scope->parent && !scope->function && scope->parent != c->library) {
        scope = scope->parent; /* definitions in the body of `if`, `for`, `under` are seen after it */
    }
    if (find_here(c->library, entity->name) && scope == c->global) {
        /* the author's own takes the place of the library's */
    }
    vec_push(c->arena, scope->entity, entity);
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
