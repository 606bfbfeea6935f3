/* attend.c - aggregates and widths: what heads bring */
#include "transformer.h"

static void bring(Transformer *t, Head *head, Form value, double at_bos, int direction)
{
    const Brought one = {value, at_bos, direction};
    vec_push(t->arena, head->brought, one);
}

/* A number that a head brought, as a view. At the first position, which looks at itself, the direction holds at_bos. */
static View *brought_number(Transformer *t, const Sop *x, const Space *space, double at_bos, int ready)
{
    Form form = form_one(t->arena, space->first, ready);
    const Form bos = form_one(t->arena, DIRECTION_BOS, -1);
    form_add(t->arena, &form, &bos, -at_bos);
    return view_of_arg(t, x, (Arg){NULL, number_new(t, space->name, form, space->value)});
}

/* ---- widths ------------------------------------------------------------------------------------------------------------------------ */

/* The width of `a or b` is that of a and that of `b and not a`: two heads instead of a product, where that is large. NULL: it is not. */
static View *width_of_either(Transformer *t, Sop *x, int least, int most)
{
    const Selector *s = x->selector;
    Atoms value = {0};
    if (s->kind != SEL_OR || (s->a->kind != SEL_COMPARE && s->b->kind != SEL_COMPARE) || select_product(t, s) < 6 * t->longest) {
        return NULL;
    }
    Selector *one = s->a->kind == SEL_COMPARE ? s->a : s->b, *other = one == s->a ? s->b : s->a;
    Selector *rest = selector_of(t->p, SEL_AND, other, selector_of(t->p, SEL_NOT, one, NULL, s->span), s->span);
    View *v = view_of(t, sop_binary(t->p, ROP_ADD, sop_width(t->p, one, x->span), sop_width(t->p, rest, x->span), x->span));
    if (!v || !v->number) {
        return v;
    }
    for (int i = 0; i < v->number->value.n; i++) {
        vec_push(t->arena, value, v->number->value.at[i]);
    }
    atoms_keep(&value, least, most);
    return view_of_arg(t, x, (Arg){NULL, number_new(t, transformer_name(t, x), v->number->form, value)});
}

View *attend_width_view(Transformer *t, Sop *x)
{
    const Selector *s = x->selector;
    const int least = s->one_at_least, most = s->one_at_most && t->longest > 1 ? 1 : t->longest - x->permutes;
    const Str name = transformer_name(t, x);
    if (s->fixed == 0 || most <= 0) {
        return view_constant(t, x, atom_int(0));
    }
    View *sum = width_of_either(t, x, least, most);
    if (sum || t->failed) {
        return sum;
    }
    Head *head = select_head(t, s, 1, -1);
    if (!head) {
        return NULL;
    }
    Atoms share = {0};
    for (int width = most; width >= least; width--) {
        vec_push(t->arena, share, atom_float(1.0 / (1 + width)));
    }
    const Space *space = space_number(t, str_format("share_of_%s", name), "1 / (1 + how many are selected)", &share);
    bring(t, head, (Form){.ready = -1}, 1, space->first);
    View *v = brought_number(t, x, space, 1, head->slot);
    v->number = NULL;
    for (int i = 0; i < v->combos; i++) {
        v->value.at[i] = atom_int(most - i);
    }
    return v;
}

/* ---- aggregates -------------------------------------------------------------------------------------------------------------------- */

static int ready_of(Transformer *t, const View *v)
{
    int ready = -1;
    for (int i = 0; i < v->value.n; i++) {
        const Form form = view_is(t, v, i);
        ready = form.ready > ready ? form.ready : ready;
    }
    return ready;
}

/* One position at most, or equal values: a copy. */
static View *copied(Transformer *t, const Sop *x, View *value)
{
    const int least = x->selector->one_at_least;
    if (!view_settled(t, value)) {
        return NULL;
    }
    Head *head = select_head(t, x->selector, 0, ready_of(t, value));
    if (!head) {
        return NULL;
    }
    Atoms all = {0};
    for (int i = 0; i < value->value.n; i++) {
        vec_push(t->arena, all, value->value.at[i]);
    }
    const int other = least ? -1 : atoms_add(t->arena, &all, x->other);
    const Space *space = space_one_hot(t, transformer_name(t, x), "what is looked at", &all, other, head->slot);
    for (int k = 0; k < space->size; k++) {
        bring(t, head, view_is(t, value, space->holds[k]), 0, space->first + k);
    }
    return view_of_arg(t, x, (Arg){space, NULL});
}

static View *averaged(Transformer *t, const Sop *x, View *value)
{
    Atoms means;
    const Number *number = view_number(t, value, "what is averaged");
    if (!number) {
        return NULL;
    }
    if (!atoms_means(t->arena, &number->value, t->longest, &means)) {
        transformer_refuse(t, x->span, "the mean of %d different values at up to %d positions may have too many values", number->value.n,
                           t->longest);
        return NULL;
    }
    if (!x->selector->one_at_least) {
        vec_push(t->arena, means, x->other);
        atoms_sort(&means);
    }
    Head *head = select_head(t, x->selector, 0, number->form.ready);
    if (!head) {
        return NULL;
    }
    const double at_bos = x->selector->one_at_least ? 0 : x->other.real;
    const Space *space = space_number(t, transformer_name(t, x), "the mean of what is looked at", &means);
    bring(t, head, number->form, at_bos, space->first);
    return brought_number(t, x, space, at_bos, head->slot);
}

/* Of several the program takes a mean, rather than to fail. */
static int has_means(const Sop *x, const Atoms *set)
{
    int any = 0;
    for (int i = 0; i < set->n; i++) {
        any |= set->at[i].type == ATOM_INT || set->at[i].type == ATOM_FLOAT;
    }
    return any && (x->mask & (MASK_INT | MASK_FLOAT)) != 0;
}

View *attend_aggregate_view(Transformer *t, Sop *x)
{
    const Selector *s = x->selector;
    View *value = view_of(t, x->kid[0]);
    if (!value) {
        return NULL;
    }
    if (s->one_at_most || value->value.n == 1 || !has_means(x->kid[0], &value->value)) {
        return copied(t, x, value);
    }
    const unsigned mask = x->kid[0]->mask | (s->one_at_least ? 0 : 1U << x->other.type);
    if (mask & MASK_STR) {
        transformer_refuse(t, x->span, "a mean is one of numbers, and so is its default: this may be %s", mask_name(t->arena, mask));
        return NULL;
    }
    return averaged(t, x, value);
}
