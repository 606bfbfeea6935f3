/* twin.c - s-ops that compute the same are one: the first that was met */
#include "transformer.h"

static View *known(const Transformer *t, const Sop *x)
{
    return x->id < t->view.n ? t->view.at[x->id] : NULL;
}

static int same_atom(const Atom *a, const Atom *b)
{
    return a->type == b->type && atom_equal(a, b);
}

static int same_sop(const Transformer *t, const Sop *a, const Sop *b)
{
    return a == b || (known(t, a) && known(t, a) == known(t, b)) ||
           (a->kind == SOP_CONST && b->kind == SOP_CONST && same_atom(&a->atom, &b->atom));
}

static int same_selector(const Transformer *t, const Selector *a, const Selector *b)
{
    if (a == b || a->kind != b->kind || a->fixed != b->fixed) {
        return a == b;
    }
    if (a->kind == SEL_COMPARE) {
        return a->op == b->op && same_sop(t, a->key, b->key) && same_sop(t, a->query, b->query);
    }
    return same_selector(t, a->a, b->a) && (!a->b || same_selector(t, a->b, b->b));
}

static int same_pairs(const Sop *a, const Sop *b)
{
    int same = a->place == b->place && a->has_other == b->has_other && (!a->has_other || same_atom(&a->other, &b->other)) &&
               a->pair.n == b->pair.n;
    for (int i = 0; i < a->pair.n && same; i++) {
        same = same_atom(&a->pair.at[i].key, &b->pair.at[i].key) && same_atom(&a->pair.at[i].value, &b->pair.at[i].value);
    }
    return same;
}

/* Computes the same, as far as the parts tell. */
static int same_value(const Transformer *t, const Sop *a, const Sop *b)
{
    int same = a->kind == b->kind && a->kids == b->kids;
    for (int k = 0; k < a->kids && same; k++) {
        same = same_sop(t, a->kid[k], b->kid[k]);
    }
    if (!same) {
        return 0;
    }
    switch (a->kind) {
    case SOP_MAP: return a->op == b->op;
    case SOP_IF: case SOP_TRUTH: return 1;
    case SOP_LOOKUP: return same_pairs(a, b);
    case SOP_AGGREGATE: return same_atom(&a->other, &b->other) && same_selector(t, a->selector, b->selector);
    case SOP_WIDTH: return same_selector(t, a->selector, b->selector);
    case SOP_INPUT: case SOP_INDICES: case SOP_CONST: break;
    }
    return 0;
}

static int view_selector(Transformer *t, const Selector *s)
{
    if (s->fixed >= 0) {
        return 1;
    }
    if (s->kind == SEL_COMPARE) {
        return view_of(t, s->key) && view_of(t, s->query);
    }
    return view_selector(t, s->a) && (!s->b || view_selector(t, s->b));
}

/* The sum, or difference, of two means by one selector is the mean of the sums. */
static View *view_of_merged(Transformer *t, const Sop *x)
{
    const Sop *a = x->kid[0], *b = x->kid[1];
    if (a->kind != SOP_AGGREGATE || b->kind != SOP_AGGREGATE || a->selector->one_at_most || b->selector->one_at_most) {
        return NULL;
    }
    const unsigned masks = a->kid[0]->mask | b->kid[0]->mask | (1U << a->other.type) | (1U << b->other.type);
    Atom other;
    const char *why;
    if (masks & MASK_STR || !atom_binary(t->p->arena, x->op, &a->other, &b->other, &other, &why) || !view_selector(t, a->selector) ||
        !view_selector(t, b->selector) || !same_selector(t, a->selector, b->selector)) {
        return NULL;
    }
    Sop *value = sop_binary(t->p, x->op, a->kid[0], b->kid[0], x->span);
    Sop *mean = value ? sop_aggregate(t->p, a->selector, value, &other, x->span) : NULL;
    if (!mean) {
        return NULL;
    }
    mean->name = x->name;
    return view_of(t, mean);
}

/* The view of an earlier s-op that computes the same; its parts are viewed first. */
static View *view_of_twin(Transformer *t, const Sop *x)
{
    for (int k = 0; k < x->kids; k++) {
        if (!view_of(t, x->kid[k])) {
            return NULL;
        }
    }
    if (x->selector && x->selector->fixed < 0 && !view_selector(t, x->selector)) {
        return NULL;
    }
    for (int i = 0; i < t->seen.n; i++) {
        if (same_value(t, t->seen.at[i], x)) {
            return known(t, t->seen.at[i]);
        }
    }
    return NULL;
}

static View *view_made(Transformer *t, Sop *x)
{
    switch (x->kind) {
    case SOP_INPUT: return view_of_input(t, x);
    case SOP_INDICES: return view_of_arg(t, x, (Arg){space_indices(t), NULL});
    case SOP_CONST: return view_constant(t, x, x->atom);
    case SOP_AGGREGATE: return attend_aggregate_view(t, x);
    case SOP_WIDTH: return attend_width_view(t, x);
    case SOP_MAP: case SOP_IF: case SOP_TRUTH: case SOP_LOOKUP: break;
    }
    return view_of_map(t, x);
}

View *view_of(Transformer *t, Sop *x)
{
    const Span place = t->place;
    if (known(t, x) || t->failed) {
        return t->failed ? NULL : known(t, x);
    }
    t->place = x->span.source && !x->span.source->library ? x->span : place;
    View *v = view_is_sum(x) ? view_of_merged(t, x) : NULL;
    v = v || t->failed ? v : view_of_twin(t, x);
    if (!v && !t->failed) {
        v = view_made(t, x);
        vec_push(t->arena, t->seen, x);
    }
    if (v && v->value.n == 0) {
        transformer_refuse(t, x->span, "this has no value, whatever the input");
        v = NULL;
    }
    while (t->view.n <= x->id) {
        vec_push(t->arena, t->view, NULL);
    }
    t->view.at[x->id] = v;
    t->place = place;
    return v;
}
