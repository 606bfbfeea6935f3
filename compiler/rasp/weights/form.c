/* form.c - sums over the residual stream */
#include "transformer.h"

Form form_one(Arena *arena, int direction, int ready)
{
    Form form = {.ready = ready};
    const Term term = {direction, 1};
    vec_push(arena, form.term, term);
    return form;
}

Form form_here(Arena *arena, double value)
{
    Form form = {.ready = -1};
    const Term term = {DIRECTION_HERE, value};
    if (value != 0) {
        vec_push(arena, form.term, term);
    }
    return form;
}

double form_weight(const Form *form, int direction)
{
    for (int i = 0; i < form->term.n; i++) {
        if (form->term.at[i].direction == direction) {
            return form->term.at[i].weight;
        }
    }
    return 0;
}

static void add_term(Arena *arena, Form *to, int direction, double weight)
{
    for (int i = 0; i < to->term.n; i++) {
        if (to->term.at[i].direction == direction) {
            to->term.at[i].weight += weight;
            return;
        }
    }
    const Term term = {direction, weight};
    vec_push(arena, to->term, term);
}

void form_add(Arena *arena, Form *to, const Form *from, double factor)
{
    to->ready = from->ready > to->ready ? from->ready : to->ready;
    for (int i = 0; i < from->term.n && factor != 0; i++) {
        add_term(arena, to, from->term.at[i].direction, factor * from->term.at[i].weight);
    }
}

const Number *number_new(Transformer *t, Str name, Form form, Atoms value)
{
    Number *number = arena_new_of(t->arena, Number);
    *number = (Number){name, form, value};
    return number;
}
