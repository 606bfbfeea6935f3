/* known.c - functions that the stream holds already
 *
 * A function of the same arguments that tells no more apart than one that has a space is a sum over that space, and free. */
#include "transformer.h"

static int same_args(const Known *k, int args, const Arg *arg)
{
    int same = k->args == args;
    for (int a = 0; a < args && same; a++) {
        same = arg_same(&k->arg[a], &arg[a]);
    }
    return same;
}

/* Which value of `at` each value of the known space means; -1: none. 0: one means several. */
static int follows(const Known *k, const int *at, int *value_of)
{
    for (int v = 0; v < k->space->value.n; v++) {
        value_of[v] = -1;
    }
    for (int c = 0; c < k->combos; c++) {
        if (at[c] < 0) {
            continue;
        }
        if (k->at[c] < 0 || (value_of[k->at[c]] >= 0 && value_of[k->at[c]] != at[c])) {
            return 0;
        }
        value_of[k->at[c]] = at[c];
    }
    return 1;
}

int known_forms(Transformer *t, int args, const Arg *arg, const int *at, int values, Forms *out)
{
    for (int i = 0; i < t->known.n; i++) {
        const Known *k = &t->known.at[i];
        int *value_of = arena_array(t->arena, int, k->space->value.n + 1);
        if (!same_args(k, args, arg) || !follows(k, at, value_of)) {
            continue;
        }
        *out = (Forms){0};
        for (int value = 0; value < values; value++) {
            Form form = {.ready = -1};
            for (int v = 0; v < k->space->value.n; v++) {
                if (value_of[v] == value) {
                    form_add(t->arena, &form, &k->space->is[v], 1);
                }
            }
            vec_push(t->arena, *out, form);
        }
        return 1;
    }
    return 0;
}

void known_keep(Transformer *t, int args, const Arg *arg, const int *at, const Space *space)
{
    Known k = {.args = args, .combos = 1, .at = at, .space = space};
    for (int a = 0; a < args; a++) {
        k.arg[a] = arg[a];
        k.combos *= arg_values(&arg[a]);
    }
    vec_push(t->arena, t->known, k);
}
