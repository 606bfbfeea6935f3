/* space.c - directions of the residual stream, and what the embedding knows */
#include "transformer.h"

static Space *space_new(Transformer *t, Str name, const char *meaning, int size)
{
    Space *space = arena_new_of(t->arena, Space);
    *space = (Space){
        .name = name, .meaning = meaning, .other = -1, .first = t->directions, .size = size, .holds = arena_array(t->arena, int, size + 1)};
    t->directions += size;
    vec_push(t->arena, t->space, space);
    return space;
}

Space *space_one_hot(Transformer *t, Str name, const char *meaning, const Atoms *value, int other, int ready)
{
    Space *space = space_new(t, name, meaning, value->n - (other >= 0));
    space->value = *value;
    space->other = other;
    space->is = arena_array(t->arena, Form, value->n + 1);
    Form rest = form_here(t->arena, 1);
    for (int i = 0, k = 0; i < value->n; i++) {
        if (i != other) {
            space->holds[k] = i;
            space->is[i] = form_one(t->arena, space->first + k++, ready);
            form_add(t->arena, &rest, &space->is[i], -1);
        }
    }
    if (other >= 0) {
        rest.ready = ready;
        space->is[other] = rest;
    }
    return space;
}

const Space *space_sum(Transformer *t, Str name, const Atoms *value, const Forms *is)
{
    Space *space = arena_new_of(t->arena, Space);
    *space = (Space){.name = name, .value = *value, .is = is->at, .other = -1};
    return space;
}

Space *space_number(Transformer *t, Str name, const char *meaning, const Atoms *value)
{
    Space *space = space_new(t, name, meaning, 1);
    space->value = *value;
    space->number = 1;
    return space;
}

const Space *space_tokens(Transformer *t)
{
    if (!t->tokens) {
        t->tokens = space_one_hot(t, str_of("tokens"), "the token", &t->vocab, -1, -1);
    }
    return t->tokens;
}

const Space *space_indices(Transformer *t)
{
    if (!t->indices) {
        Atoms value = {0};
        for (int i = 0; i < t->longest; i++) {
            vec_push(t->arena, value, atom_int(i));
        }
        t->indices = space_one_hot(t, str_of("indices"), "the position among the tokens", &value, -1, -1);
    }
    return t->indices;
}
