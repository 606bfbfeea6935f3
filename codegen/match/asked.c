/* What the condition of a form asks: sizes of roles, and properties of roles and holes. */
#include "covering.h"

#include <math.h>

double vars_size(const NormList *vars, double ragged)
{
    double size = 1;
    for (int k = 0; k < vars->n; k++) {
        size *= dim_is_ragged(vars->at[k]->dim) ? ragged : (double)vars->at[k]->dim->length;
    }
    return size;
}

typedef struct Asked {
    Cover *c;
    const Form *form;
    const NormList *role;
    NormExpr *const *hole;
} Asked;

static double asked_size(const void *context, char letter)
{
    const Asked *a = context;
    const int r = form_role(a->form, letter);
    return r < 0 ? 1 : vars_size(&a->role[r], INFINITY);
}

/* Some index is made of data, or by a formula that is no sum of indices. */
int gathers(const NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        if (gathers(e->kid[k]) || (e->kind == NORM_READ && !norm_affine(e->kid[k]))) {
            return 1;
        }
    }
    return 0;
}

static int asked_hole(const Asked *a, Str name, Str word)
{
    const int h = form_hole(a->form, word);
    NormExpr *e = h < 0 ? NULL : a->hole[h];
    if (!e) {
        return -1;
    }
    if (name == str_of("load_time")) {
        return is_load_time(a->c, e);
    }
    if (name == str_of("params")) {
        return is_params(a->c, e);
    }
    return name == str_of("gathered") ? gathers(e) : -1;
}

static int same_parent(const Asked *a, Str one, Str other)
{
    const int q = form_role(a->form, one[0]), u = form_role(a->form, other[0]);
    for (int i = 0; q >= 0 && u >= 0 && i < a->role[u].n; i++) {
        const Dim *key = a->role[u].at[i]->dim;
        for (int k = 0; dim_is_ragged(key) && k < a->role[q].n; k++) {
            const Dim *query = a->role[q].at[k]->dim;
            if (query == key) {
                return 1;
            }
        }
    }
    return 0;
}

/* The hole reads every index of the role. */
static int reads_role(const Asked *a, Str hole, char letter)
{
    const int h = form_hole(a->form, hole), r = form_role(a->form, letter);
    for (int k = 0; h >= 0 && r >= 0 && k < a->role[r].n; k++) {
        if (!a->hole[h] || !norm_uses(a->hole[h], a->role[r].at[k])) {
            return 0;
        }
    }
    return h >= 0 && r >= 0 ? 1 : -1;
}

static int uses_role(const Asked *a, const NormExpr *e, int r)
{
    return norm_uses_any(e, a->role[r].n, a->role[r].at);
}

/* Some index is a sum of indices of both roles. */
static int slides(const Asked *a, const NormExpr *e, int t, int k)
{
    for (int i = 0; i < e->n; i++) {
        const int index = e->kind == NORM_READ && uses_role(a, e->kid[i], t) && uses_role(a, e->kid[i], k);
        if (index || slides(a, e->kid[i], t, k)) {
            return 1;
        }
    }
    return 0;
}

static int slides_hole(const Asked *a, const Str *argument)
{
    const int h = form_hole(a->form, argument[0]), t = form_role(a->form, argument[1][0]), k = form_role(a->form, argument[2][0]);
    return h < 0 || t < 0 || k < 0 || !a->hole[h] ? -1 : slides(a, a->hole[h], t, k);
}

static int asked_property(const void *context, Str name, const Str *argument, int n)
{
    const Asked *a = context;
    if (n > 1 && name == str_of("merged")) {
        return 1; /* the compiler packs a weight as it is read, and what is staged lies as it is read */
    }
    if (n == 2 && name == str_of("reads")) {
        return reads_role(a, argument[0], argument[1][0]);
    }
    if (n == 3 && name == str_of("slides")) {
        return slides_hole(a, argument);
    }
    if (n == 2 && name == str_of("same_parent")) {
        return same_parent(a, argument[0], argument[1]);
    }
    if (n != 1) {
        return -1;
    }
    if (argument[0][0] == '$') {
        return asked_hole(a, name, argument[0]);
    }
    const int r = form_role(a->form, argument[0][0]);
    if (r < 0) {
        return -1;
    }
    const int ragged = ragged_vars(a->role[r].at, a->role[r].n);
    return name == str_of("fixed") ? !ragged : name == str_of("ragged") ? ragged > 0 : name == str_of("empty") ? !a->role[r].n : -1;
}

Str contract_when(Cover *c, const Form *form, const NormList *role, NormExpr *const *hole)
{
    const Asked asked = {c, form, role, hole};
    const Facts facts = {&asked, asked_size, asked_property};
    for (int h = 0; h < form->holes; h++) {
        const FormHole *known = &form->hole[h];
        if (known->fades[0] && !fades(c, hole[h], &role[form_role(form, known->fades[0])], &role[form_role(form, known->fades[1])])) {
            return str_format("%s does not fade evenly with the distance", known->name);
        }
    }
    return form->head->when ? condition_fails(form->head->when, &facts) : NULL;
}
