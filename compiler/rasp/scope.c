/* scope.c - names and what they stand for */
#include "program.h"

#include <string.h>

RaspScope *scope_nested(RaspProgram *p, RaspScope *parent)
{
    RaspScope *scope = arena_new_of(p->arena, RaspScope);
    scope->parent = parent;
    return scope;
}

static const RaspName *find(const RaspScope *scope, Str name)
{
    for (int i = scope->name.n - 1; i >= 0; i--) {
        if (scope->name.at[i].name == name) {
            return &scope->name.at[i];
        }
    }
    return NULL;
}

static const RaspValue *find_out(const RaspScope *scope)
{
    while (scope && !scope->out) {
        scope = scope->parent;
    }
    return scope ? scope->out : NULL;
}

static void unknown(RaspProgram *p, const RaspScope *scope, Str name, Span span)
{
    VEC(Str) names = {0};
    for (; scope; scope = scope->parent) {
        for (int i = 0; i < scope->name.n; i++) {
            vec_push(p->arena, names, scope->name.at[i].name);
        }
    }
    program_error(p, span, "'%s' is not defined", name);
    diag_did_you_mean(p->d, name, names.at, names.n);
}

const RaspValue *scope_get(RaspProgram *p, const RaspScope *scope, Str name, Span span)
{
    for (const RaspScope *s = scope; s; s = s->parent) {
        const RaspName *found = find(s, name);
        if (found) {
            return found->value;
        }
    }
    const RaspValue *out = strcmp(name, "out") == 0 ? find_out(scope) : NULL;
    if (!out) {
        unknown(p, scope, name, span);
    }
    return out;
}

/* Words that mean something everywhere. */
static int is_reserved(Str name)
{
    static const char *const word[] = {"out", "get", "range", "zip", "len", "tokens_asis", "tokens_str", "tokens_int", "tokens_float",
                                       "tokens_bool", "indices", "True", "False"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        if (strcmp(word[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

int scope_set(RaspProgram *p, RaspScope *scope, RaspWord word, const RaspValue *value)
{
    const int reserved = p->library != scope && is_reserved(word.text);
    if (reserved || (scope == p->console && find(p->library, word.text))) {
        program_error(p, word.span, "'%s' is a reserved name and cannot be set", word.text);
        if (!reserved) {
            diag_hint(p->d, "it belongs to the library; inside a function it may be a name of its own");
        }
        return 0;
    }
    RaspName *found = (RaspName *)find(scope, word.text);
    if (found) {
        found->value = value;
    } else {
        const RaspName name = {word.text, value};
        vec_push(p->arena, scope->name, name);
    }
    return !scope->steals || word.text[0] == '_' || scope_set(p, scope->steals, word, value);
}
