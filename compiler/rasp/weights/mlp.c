/* mlp.c - functions that need hidden units: steps of a number, products of conditions
 *
 * A hidden unit is max(0, form). Where a number crosses a threshold two of them, side by side, make a step from 0 to 1: their difference.
 * Of several conditions, each 0 or 1, one unit is 1 where all hold. */
#include "transformer.h"

#include <math.h>
#include <string.h>

enum { HIDDEN_MOST = 1 << 16 };

static int slot_after(int ready)
{
    return (ready + 1) | 1;
}

/* ---- classes ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Slices {
    const int *of;
    int values, inner, outer; /* of a combination (o, value, i) */
} Slices;

static int slice_at(const Slices *s, int value, int k)
{
    return s->of[(k / s->inner * s->values + value) * s->inner + k % s->inner];
}

static int slices_equal(const Slices *s, int a, int b)
{
    const int n = s->inner * s->outer;
    int equal = 1;
    for (int k = 0; k < n && equal; k++) {
        equal = slice_at(s, a, k) == slice_at(s, b, k);
    }
    return equal;
}

static int slice_is_hole(const Slices *s, int value)
{
    const int n = s->inner * s->outer;
    int hole = 1;
    for (int k = 0; k < n && hole; k++) {
        hole = slice_at(s, value, k) < 0;
    }
    return hole;
}

Classes classes_of(Transformer *t, int args, const Arg *arg, int which, const int *of)
{
    Slices s = {of, arg_values(&arg[which]), 1, 1};
    Classes classes = {arena_array(t->arena, int, s.values + 1), 0};
    int *first = arena_array(t->arena, int, s.values + 1);
    for (int a = 0; a < args; a++) {
        *(a < which ? &s.outer : &s.inner) *= a == which ? 1 : arg_values(&arg[a]);
    }
    for (int v = 0; v < s.values; v++) {
        int c = slice_is_hole(&s, v) ? -1 : 0;
        while (c >= 0 && c < classes.n && !slices_equal(&s, v, first[c])) {
            c++;
        }
        if (c == classes.n) {
            first[classes.n++] = v;
        }
        classes.of[v] = c;
    }
    return classes;
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------------- */

static int boundaries(const Classes *classes, int values)
{
    int n = 0, last = -1;
    for (int v = 0; v < values; v++) {
        n += classes->of[v] >= 0 && last >= 0 && classes->of[v] != last;
        last = classes->of[v] >= 0 ? classes->of[v] : last;
    }
    return n;
}

static Hidden *hidden_new(Transformer *t, Form in, int slot)
{
    const Hidden one = {.in = in, .slot = slot};
    if (t->hidden.n == HIDDEN_MOST) {
        transformer_refuse(t, t->place, "the program needs more than %d hidden units", HIDDEN_MOST);
    }
    vec_push(t->arena, t->hidden, one);
    return &t->hidden.at[t->hidden.n - 1];
}

static void add_out(Transformer *t, Hidden *unit, const Space *space, int value, double weight)
{
    for (int k = 0; k < space->size; k++) {
        if (space->holds[k] == value) {
            const Term term = {space->first + k, weight};
            vec_push(t->arena, unit->out, term);
        }
    }
}

/* Steepness is a power of two and the threshold a multiple of a 64th of a step: what the two units round, they round alike. */
static void step(Transformer *t, const Number *number, double low, double high, const Space *space, int from, int to, int slot)
{
    enum { STEEP_MOST = 1 << 18 };
    const double steep = exp2(ceil(log2(2 / (high - low)))), middle = low + (high - low) / 2;
    const Atoms *value = &number->value;
    const double most = fmax(fabs(value->at[0].real), fabs(value->at[value->n - 1].real));
    if (steep * fmax(most, 1) > STEEP_MOST) {
        transformer_refuse(t, t->place,
                           "values as near as %.9g and %.9g, among others of up to %.9g, cannot be told apart in single precision", low,
                           high, most);
        return;
    }
    for (int k = 0; k < 2; k++) {
        Form in = form_here(t->arena, (floor(-steep * middle * 64 + 0.5) + 32) / 64 - k);
        form_add(t->arena, &in, &number->form, steep);
        Hidden *unit = hidden_new(t, in, slot);
        add_out(t, unit, space, from, k ? 1 : -1);
        add_out(t, unit, space, to, k ? -1 : 1);
    }
}

/* A space of the classes of a number's values. */
static Space *steps(Transformer *t, const Number *number, const Classes *classes, Str name, const Atoms *value, const char *meaning)
{
    int last = -1;
    for (int v = 0; v < number->value.n && last < 0; v++) {
        last = classes->of[v];
    }
    const int slot = slot_after(number->form.ready);
    Space *space = space_one_hot(t, name, meaning, value, last, slot);
    double low = 0;
    for (int v = 0; v < number->value.n && !t->failed; v++) {
        const int class = classes->of[v];
        if (class >= 0 && class != last) {
            step(t, number, low, number->value.at[v].real, space, last, class, slot);
        }
        if (class >= 0) {
            last = class;
            low = number->value.at[v].real;
        }
    }
    return space;
}

/* ---- products ---------------------------------------------------------------------------------------------------------------------- */

/* The values of a class: one, some, or from the least to the largest of a number. */
static Str class_label(Transformer *t, const Arg *arg, const Classes *classes, int class)
{
    enum { LISTED = 3 };
    const char *text = "", *last = "";
    int n = 0;
    for (int v = 0; v < arg_values(arg); v++) {
        if (classes->of[v] == class) {
            last = atom_str_of(t->arena, arg_value(arg, v));
            text = n < LISTED && (arg->space || n == 0) ? arena_printf(t->arena, "%s%s%s", text, n ? "|" : "", last) : text;
            n++;
        }
    }
    return str_of(n > LISTED || (arg->number && n > 1) ? arena_printf(t->arena, "%s..%s", text, last) : text);
}

static Atoms numbered(Transformer *t, int n)
{
    Atoms value = {0};
    for (int i = 0; i < n; i++) {
        vec_push(t->arena, value, atom_int(i));
    }
    return value;
}

Forms mlp_classes(Transformer *t, const Arg *arg, const Classes *classes)
{
    Forms forms = {0};
    if (classes->n == 1) {
        const Form here = form_here(t->arena, 1);
        vec_push(t->arena, forms, here);
        return forms;
    }
    if (arg->number && !known_forms(t, 1, arg, classes->of, classes->n, &forms)) {
        const Atoms value = numbered(t, classes->n);
        Space *space = steps(t, arg->number, classes, arg->number->name, &value, "in ranges");
        space->label = arena_array(t->arena, Str, classes->n);
        for (int c = 0; c < classes->n; c++) {
            space->label[c] = class_label(t, arg, classes, c);
        }
        known_keep(t, 1, arg, classes->of, space);
        for (int c = 0; c < classes->n; c++) {
            vec_push(t->arena, forms, space->is[c]);
        }
    }
    for (int c = 0; arg->space && c < classes->n; c++) {
        Form form = {.ready = -1};
        for (int v = 0; v < arg_values(arg); v++) {
            if (classes->of[v] == c) {
                form_add(t->arena, &form, &arg->space->is[v], 1);
            }
        }
        vec_push(t->arena, forms, form);
    }
    return forms;
}

/* Conditions on several arguments, and where combinations of them stand. */
typedef struct Grid {
    int args, combos;
    Classes classes[ARGS_MOST];
    Forms forms[ARGS_MOST];
    int ready;
} Grid;

/* 1 where all conditions of this combination of classes hold. */
static Form all_hold(Transformer *t, const Grid *grid, int combo)
{
    Form in = {.ready = -1};
    int conditions = 0;
    for (int a = grid->args - 1; a >= 0; a--) {
        const int class = combo % grid->classes[a].n;
        combo /= grid->classes[a].n;
        if (grid->classes[a].n > 1) {
            form_add(t->arena, &in, &grid->forms[a].at[class], 1);
            conditions++;
        }
    }
    const Form less = form_here(t->arena, conditions ? 1 - conditions : 1);
    form_add(t->arena, &in, &less, 1);
    return in;
}

static void grid_forms(Transformer *t, Grid *grid, const Arg *arg)
{
    grid->ready = -1;
    for (int a = 0; a < grid->args; a++) {
        grid->forms[a] = mlp_classes(t, &arg[a], &grid->classes[a]);
        for (int c = 0; c < grid->forms[a].n; c++) {
            const int ready = grid->forms[a].at[c].ready;
            grid->ready = ready > grid->ready ? ready : grid->ready;
        }
    }
}

static Grid grid_of(Transformer *t, const View *v)
{
    Grid grid = {.args = v->args, .combos = 1};
    for (int a = 0; a < v->args; a++) {
        grid.classes[a] = classes_of(t, v->args, v->arg, a, v->at);
        grid.combos *= grid.classes[a].n;
    }
    return grid;
}

/* The value of v where each argument has a value of its class. */
static int value_at(const View *v, const Grid *grid, int combo)
{
    int class[ARGS_MOST], at = 0;
    for (int a = grid->args - 1; a >= 0; a--) {
        class[a] = combo % grid->classes[a].n;
        combo /= grid->classes[a].n;
    }
    for (int a = 0; a < grid->args; a++) {
        int value = 0;
        while (grid->classes[a].of[value] != class[a]) {
            value++;
        }
        at = at * arg_values(&v->arg[a]) + value;
    }
    return v->at[at];
}

/* The value that most combinations have: it needs no units. */
static int most_common(Transformer *t, const View *v, const Grid *grid, int *units)
{
    int *count = arena_array(t->arena, int, v->value.n + 1), best = 0, all = 0;
    for (int c = 0; c < grid->combos; c++) {
        const int value = value_at(v, grid, c);
        count[value < 0 ? v->value.n : value]++;
        all += value >= 0;
    }
    for (int i = 1; i < v->value.n; i++) {
        best = count[i] > count[best] ? i : best;
    }
    *units = all - count[best];
    return best;
}

/* "a, b" */
static const char *names_of(Transformer *t, int args, const Arg *arg)
{
    const char *text = "";
    for (int a = 0; a < args; a++) {
        text = arena_printf(t->arena, "%s%s%s", text, a ? ", " : "", arg_name(&arg[a]));
    }
    return text;
}

static Classes value_classes(Transformer *t, const View *v)
{
    Classes classes = {arena_array(t->arena, int, v->combos + 1), v->value.n};
    memcpy(classes.of, v->at, sizeof(int) * (size_t)v->combos);
    return classes;
}

/* A space that hidden units make. */
static const Space *function_made(Transformer *t, const View *v)
{
    if (v->args == 1 && v->arg[0].number) {
        const Classes classes = value_classes(t, v);
        return steps(t, v->arg[0].number, &classes, v->name, &v->value, arena_printf(t->arena, "a function of %s", arg_name(v->arg)));
    }
    Grid grid = grid_of(t, v);
    int units;
    const int other = most_common(t, v, &grid, &units);
    if (units > HIDDEN_MOST) {
        transformer_refuse(t, v->span, "this takes %d hidden units; %d are the most", units, HIDDEN_MOST);
        return NULL;
    }
    grid_forms(t, &grid, v->arg);
    const int slot = slot_after(grid.ready);
    const Space *space = space_one_hot(t, v->name, arena_printf(t->arena, "a function of %s", names_of(t, v->args, v->arg)), &v->value,
                                       other, slot);
    for (int c = 0; c < grid.combos && !t->failed; c++) {
        const int value = value_at(v, &grid, c);
        if (value >= 0 && value != other) {
            add_out(t, hidden_new(t, all_hold(t, &grid, c), slot), space, value, 1);
        }
    }
    return t->failed ? NULL : space;
}

const Space *mlp_function(Transformer *t, const View *v)
{
    Forms forms;
    if (known_forms(t, v->args, v->arg, v->at, v->value.n, &forms)) {
        return space_sum(t, v->name, &v->value, &forms);
    }
    const Space *space = function_made(t, v);
    if (space) {
        int *at = arena_array(t->arena, int, v->combos + 1);
        memcpy(at, v->at, sizeof *at * (size_t)v->combos);
        known_keep(t, v->args, v->arg, at, space);
    }
    return space;
}

/* The combination of classes of each combination of values. */
static int *classes_at(Transformer *t, const Grid *grid, const Arg *arg)
{
    int combos = 1;
    for (int a = 0; a < grid->args; a++) {
        combos *= arg_values(&arg[a]);
    }
    int *at = arena_array(t->arena, int, combos + 1);
    for (int c = 0; c < combos; c++) {
        int rest = c, step = 1;
        for (int a = grid->args - 1; a >= 0 && at[c] >= 0; a--) {
            const int class = grid->classes[a].of[rest % arg_values(&arg[a])];
            rest /= arg_values(&arg[a]);
            at[c] = class < 0 ? -1 : at[c] + class * step;
            step *= grid->classes[a].n;
        }
    }
    return at;
}

static Str combo_label(Transformer *t, const Grid *grid, const Arg *arg, int combo)
{
    const char *text = "";
    for (int a = grid->args - 1; a >= 0; a--) {
        const int n = grid->classes[a].n;
        text = n > 1 ? arena_printf(t->arena, "%s%s%s", class_label(t, &arg[a], &grid->classes[a], combo % n), *text ? "," : "", text)
                     : text;
        combo /= n;
    }
    return str_of(text);
}

int mlp_product(Transformer *t, int args, const Arg *arg, const Classes *classes, Forms *out)
{
    Grid grid = {.args = args, .combos = 1};
    int64_t combos = 1;
    for (int a = 0; a < args; a++) {
        grid.classes[a] = classes[a];
        combos *= classes[a].n;
        if (combos > HIDDEN_MOST) {
            transformer_refuse(t, t->place, "this takes more than %d hidden units", HIDDEN_MOST);
            return 0;
        }
    }
    grid.combos = (int)combos;
    const int *at = classes_at(t, &grid, arg);
    if (known_forms(t, args, arg, at, grid.combos, out)) {
        return 1;
    }
    grid_forms(t, &grid, arg);
    const Atoms value = numbered(t, grid.combos);
    const int slot = slot_after(grid.ready);
    Space *space = space_one_hot(t, str_of(names_of(t, args, arg)), "together", &value, -1, slot);
    space->label = arena_array(t->arena, Str, grid.combos);
    for (int c = 0; c < grid.combos && !t->failed; c++) {
        add_out(t, hidden_new(t, all_hold(t, &grid, c), slot), space, c, 1);
        vec_push(t->arena, *out, space->is[c]);
        space->label[c] = combo_label(t, &grid, arg, c);
    }
    known_keep(t, args, arg, at, space);
    return !t->failed;
}

double mlp_cost(Transformer *t, const View *v)
{
    if (v->args == 0 || (v->args == 1 && v->arg[0].space)) {
        return 0;
    }
    if (v->args == 1) {
        const Classes classes = value_classes(t, v);
        return 2 * boundaries(&classes, v->combos);
    }
    const Grid grid = grid_of(t, v);
    int units;
    most_common(t, v, &grid, &units);
    double cost = units;
    for (int a = 0; a < v->args; a++) {
        cost += v->arg[a].number ? 2 * boundaries(&grid.classes[a], arg_values(&v->arg[a])) : 0;
    }
    return cost;
}
