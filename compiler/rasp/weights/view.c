/* view.c - s-ops as functions of what stands in the residual stream
 *
 * A function of one one-hot space is free: whoever needs it reads it by forms. Of several, or of a number, it stays a table of its
 * values until someone needs it as a space; so a map of a map of a map is one function, as long as that takes fewer hidden units. */
#include "transformer.h"

#include <string.h>

enum { COMBOS_MOST = 1 << 18 };

int arg_values(const Arg *arg)
{
    return arg->space ? arg->space->value.n : arg->number->value.n;
}

const Atom *arg_value(const Arg *arg, int i)
{
    return arg->space ? &arg->space->value.at[i] : &arg->number->value.at[i];
}

Str arg_name(const Arg *arg)
{
    return arg->space ? arg->space->name : arg->number->name;
}

int arg_same(const Arg *a, const Arg *b)
{
    return a->space == b->space && a->number == b->number;
}

static View *view_new(Transformer *t, const Sop *x)
{
    View *v = arena_new_of(t->arena, View);
    v->span = x->span;
    v->name = transformer_name(t, x);
    return v;
}

/* The argument itself. */
View *view_of_arg(Transformer *t, const Sop *x, Arg arg)
{
    View *v = view_new(t, x);
    v->args = 1;
    v->arg[0] = arg;
    v->combos = arg_values(&arg);
    v->at = arena_array(t->arena, int, v->combos);
    for (int i = 0; i < v->combos; i++) {
        v->at[i] = i;
        vec_push(t->arena, v->value, *arg_value(&arg, i));
    }
    v->number = arg.number;
    v->cost = arg.space ? 0 : mlp_cost(t, v);
    return v;
}

View *view_constant(Transformer *t, const Sop *x, Atom a)
{
    View *v = view_new(t, x);
    v->combos = 1;
    v->at = arena_array(t->arena, int, 1);
    vec_push(t->arena, v->value, a);
    if (atoms_are_numbers(&v->value)) {
        v->number = number_new(t, v->name, form_here(t->arena, a.real), v->value);
    }
    return v;
}

/* ---- settling ---------------------------------------------------------------------------------------------------------------------- */

View *view_settled(Transformer *t, View *v)
{
    if (v->args == 0 || (v->args == 1 && v->arg[0].space)) {
        return v;
    }
    const Span place = t->place;
    t->place = v->span.source && !v->span.source->library ? v->span : place;
    const Space *space = mlp_function(t, v);
    t->place = place;
    if (!space || t->failed) {
        return NULL;
    }
    v->args = 1;
    v->arg[0] = (Arg){space, NULL};
    v->combos = v->value.n;
    v->at = arena_array(t->arena, int, v->combos);
    for (int i = 0; i < v->combos; i++) {
        v->at[i] = i;
    }
    v->cost = 0;
    return v;
}

Form view_is(Transformer *t, const View *v, int value)
{
    if (v->args == 0) {
        return form_here(t->arena, 1);
    }
    Form form = {.ready = -1};
    for (int i = 0; i < v->combos; i++) {
        if (v->at[i] == value) {
            form_add(t->arena, &form, &v->arg[0].space->is[i], 1);
        }
    }
    return form;
}

const Number *view_number(Transformer *t, View *v, const char *what)
{
    if (v->number) {
        return v->number;
    }
    if (!atoms_are_numbers(&v->value)) {
        transformer_refuse(t, v->span, "%s has to be a finite number, whatever the input", what);
        return NULL;
    }
    if (!view_settled(t, v)) {
        return NULL;
    }
    Form form = {.ready = -1};
    for (int i = 0; i < v->combos; i++) {
        if (v->at[i] >= 0) {
            form_add(t->arena, &form, &v->arg[0].space->is[i], v->value.at[v->at[i]].real);
        }
    }
    Atoms value = {0};
    for (int i = 0; i < v->value.n; i++) {
        vec_push(t->arena, value, v->value.at[i]);
    }
    atoms_sort(&value);
    v->number = number_new(t, v->name, form, value);
    return v->number;
}

/* ---- maps -------------------------------------------------------------------------------------------------------------------------- */

int view_unite(View *v, const View *other)
{
    for (int a = 0; a < other->args; a++) {
        int known = 0;
        for (int i = 0; i < v->args; i++) {
            known |= arg_same(&v->arg[i], &other->arg[a]);
        }
        if (known) {
            continue;
        }
        const int64_t combos = (int64_t)v->combos * arg_values(&other->arg[a]);
        if (v->args == ARGS_MOST || combos > COMBOS_MOST) {
            return 0;
        }
        v->arg[v->args++] = other->arg[a];
        v->combos = (int)combos;
    }
    return 1;
}

static int unite(View *v, View *const *kid, int kids)
{
    int fits = 1;
    v->args = 0;
    v->combos = 1;
    for (int k = 0; k < kids && fits; k++) {
        fits = view_unite(v, kid[k]);
    }
    return fits;
}

int view_combo(const View *v, int combo, const View *kid)
{
    int index[ARGS_MOST], at = 0;
    for (int i = v->args - 1; i >= 0; i--) {
        index[i] = combo % arg_values(&v->arg[i]);
        combo /= arg_values(&v->arg[i]);
    }
    for (int a = 0; a < kid->args; a++) {
        for (int i = 0; i < v->args; i++) {
            if (arg_same(&v->arg[i], &kid->arg[a])) {
                at = at * arg_values(&kid->arg[a]) + index[i];
                break;
            }
        }
    }
    return at;
}

static void tabulate(Transformer *t, View *v, const Sop *x, View *const *kid)
{
    AtomIndex index = {NULL, 0};
    v->at = arena_array(t->arena, int, v->combos);
    for (int c = 0; c < v->combos; c++) {
        Atom *value[3], out;
        int fine = 1;
        for (int k = 0; k < x->kids && fine; k++) {
            const int at = kid[k]->at[view_combo(v, c, kid[k])];
            fine = at >= 0;
            value[k] = fine ? &kid[k]->value.at[at] : NULL;
        }
        v->at[c] = fine && atoms_apply(t->p, x, value, &out) ? atoms_add_fast(t->arena, &v->value, &index, out) : -1;
    }
}

/* ---- sums and comparisons of numbers: functions of one number ---- */

int view_is_sum(const Sop *x)
{
    return x->kind == SOP_MAP && x->kids == 2 && (x->op == ROP_ADD || x->op == ROP_SUB);
}

/* The sum, or the difference, of the numbers of two kids. NULL, silently, where they are none, or after reporting. */
static const Number *sum_of(Transformer *t, View *const *kid, int subtract, Str name, Span span)
{
    const Number *n[2];
    for (int k = 0; k < 2; k++) {
        if (!kid[k]->number && !atoms_are_numbers(&kid[k]->value)) {
            return NULL;
        }
        n[k] = view_number(t, kid[k], "this");
        if (!n[k]) {
            return NULL;
        }
    }
    Atoms value;
    if (!atoms_sums(t->arena, &n[0]->value, &n[1]->value, subtract, &value)) {
        transformer_refuse(t, span, "this has too many different values: the sums of %d and %d", n[0]->value.n, n[1]->value.n);
        return NULL;
    }
    Form form = {.ready = -1};
    form_add(t->arena, &form, &n[0]->form, 1);
    form_add(t->arena, &form, &n[1]->form, subtract ? -1 : 1);
    return number_new(t, name, form, value);
}

/* The same as a table of the kids' arguments, where that takes fewer hidden units. */
static View *cheaper(Transformer *t, View *v, const Sop *x, View *const *kid)
{
    enum { TABLE_MOST = 1 << 12 };
    View *table = view_new(t, x);
    v->cost = mlp_cost(t, v);
    if (!unite(table, kid, x->kids) || table->combos > TABLE_MOST) {
        return v;
    }
    tabulate(t, table, x, kid);
    table->cost = mlp_cost(t, table);
    table->number = v->number;
    return table->cost < v->cost ? table : v;
}

static Str difference(View *const *kid)
{
    return str_format("%s - %s", kid[0]->name, kid[1]->name);
}

static View *view_of_sum(Transformer *t, const Sop *x, View *const *kid)
{
    const Number *number = sum_of(t, kid, x->op != ROP_ADD, view_is_sum(x) ? transformer_name(t, x) : difference(kid), x->span);
    View *v = number ? view_of_arg(t, x, (Arg){NULL, number}) : NULL;
    if (!number || view_is_sum(x)) {
        return number ? cheaper(t, v, x, kid) : NULL;
    }
    Atom none = atom_int(0), *sides[2] = {NULL, &none}; /* a < b: a - b < 0 */
    View *compared = view_new(t, x);
    compared->args = 1;
    compared->arg[0] = v->arg[0];
    compared->combos = v->combos;
    compared->at = arena_array(t->arena, int, v->combos);
    for (int i = 0; i < v->combos; i++) {
        Atom out;
        sides[0] = &v->value.at[i];
        compared->at[i] = atoms_apply(t->p, x, sides, &out) ? atoms_add(t->arena, &compared->value, out) : -1;
    }
    return cheaper(t, compared, x, kid);
}

/* A multiple of a number, or a number and a constant, is one that needs nothing but other forms. */
static void keep_number(Transformer *t, View *v, const Sop *x, View *const *kid)
{
    double factor = 1, constant = 0;
    if (v->args != 1 || !v->arg[0].number || x->kind != SOP_MAP || !atoms_are_numbers(&v->value)) {
        return;
    }
    const int which = x->kids == 2 && kid[0]->args == 0;
    const View *of = kid[which], *by = x->kids == 2 ? kid[!which] : NULL;
    if (!of->number || (by && (by->args != 0 || !by->number))) {
        return;
    }
    const double c = by ? by->value.at[0].real : 0;
    switch ((int)x->op) {
    case ROP_ADD: constant = c; break;
    case ROP_SUB:
        factor = which ? -1 : 1;
        constant = which ? c : -c;
        break;
    case ROP_MUL: factor = c; break;
    case ROP_DIV:
        if (which) {
            return;
        }
        factor = 1 / c;
        break;
    case ROP_NEG: factor = -1; break;
    case ROP_POS: break;
    default: return;
    }
    Form form = form_here(t->arena, constant);
    Atoms value = {0};
    form_add(t->arena, &form, &of->number->form, factor);
    for (int i = 0; i < v->value.n; i++) {
        vec_push(t->arena, value, v->value.at[i]);
    }
    atoms_sort(&value);
    v->number = number_new(t, v->name, form, value);
}

/* ---- one table, or tables of tables ---- */

static int settle_kids(Transformer *t, const Sop *x, View **kid)
{
    for (int k = 0; k < x->kids; k++) {
        if (!view_settled(t, kid[k])) {
            return 0;
        }
    }
    return 1;
}

/* Hidden units when every kid is a space first. */
static double cost_apart(const Sop *x, View *const *kid)
{
    double cost = 0, combos = 1;
    for (int k = 0; k < x->kids; k++) {
        cost += kid[k]->cost;
        combos *= kid[k]->value.n;
    }
    return cost + combos;
}

static View *view_of_table(Transformer *t, const Sop *x, View **kid)
{
    View *v = view_new(t, x);
    int fits = unite(v, kid, x->kids);
    if (fits) {
        tabulate(t, v, x, kid);
        v->cost = mlp_cost(t, v);
    }
    if (!fits || (v->args > 1 && v->cost > 2 * cost_apart(x, kid))) {
        if (!settle_kids(t, x, kid)) {
            return NULL;
        }
        *v = *view_new(t, x);
        if (!unite(v, kid, x->kids)) {
            transformer_refuse(t, x->span, "this depends on too much at once: on more than %d combinations of values", COMBOS_MOST);
            return NULL;
        }
        tabulate(t, v, x, kid);
        v->cost = mlp_cost(t, v);
    }
    keep_number(t, v, x, kid);
    return v;
}

static int compares(const Sop *x)
{
    return x->kind == SOP_MAP && op_is_compare(x->op);
}

View *view_of_map(Transformer *t, Sop *x)
{
    View *kid[3] = {NULL}, all = {0}, *v = NULL;
    for (int k = 0; k < x->kids; k++) {
        kid[k] = view_of(t, x->kid[k]);
        if (!kid[k]) {
            return NULL;
        }
    }
    const int several = !unite(&all, kid, x->kids) || all.args > 1;
    if (several && (view_is_sum(x) || compares(x))) {
        v = view_of_sum(t, x, kid);
        if (v || t->failed) {
            return v;
        }
    }
    return view_of_table(t, x, kid);
}

/* ---- inputs ------------------------------------------------------------------------------------------------------------------------ */

View *view_of_input(Transformer *t, const Sop *x)
{
    View *v = view_of_arg(t, x, (Arg){space_tokens(t), NULL});
    v->value = (Atoms){0};
    v->number = NULL;
    for (int i = 0; i < v->combos; i++) {
        const RaspTokens vocab = {.atom = {.at = t->vocab.at, .n = t->vocab.n, .cap = t->vocab.n}, .name = "the vocabulary"};
        Atom a;
        if (!tokens_atom(t->p, &vocab, i, x->input, &a, t->place)) {
            t->failed = 1;
            return NULL;
        }
        v->at[i] = atoms_add(t->arena, &v->value, a);
    }
    return v;
}
