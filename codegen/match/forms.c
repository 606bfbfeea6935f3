#include "forms.h"

#include "../target.h"
#include "covering.h"
#include "../template/template.h"

#include <string.h>

static unsigned tier_bit(const char *name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } row[] = {{"c", TARGET_C}, {"avx2", TARGET_AVX2}, {"avx512", TARGET_AVX512}, {"zen4", TARGET_AVX512}, {"neon", TARGET_NEON}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (strcmp(row[i].name, name) == 0) {
            return row[i].bit;
        }
    }
    return 0;
}

/* Every tier of the target, or its device. */
static int serves(const Template *t, const EmitOptions *o)
{
    const Target *target = o->target;
    if (o->device) {
        return (t->targets & TARGET_CUDA) != 0;
    }
    for (int i = 0; i < MOST_TIERS && target->tier[i]; i++) {
        if (!(t->targets & tier_bit(target->tier[i]->name))) {
            return 0;
        }
    }
    return target->tier[0] != NULL;
}

/* Formulas are tried first, then what is preferred to its like, then the rest. */
static int rank_of(const Form *form)
{
    return form->head->formula ? 2 : form->head->prefer_load_time ? 1 : 0;
}

static void add(Plan *p, Form *form)
{
    int at = p->form.n;
    vec_push(p->arena, p->form, form);
    while (at > 0 && rank_of(form) > rank_of(p->form.at[at - 1])) {
        p->form.at[at] = p->form.at[at - 1];
        at--;
    }
    p->form.at[at] = form;
}

/* Where a form keeps another text of its own: by the line in that text's head. */
static Template **other_text(Form *form, const char *key)
{
    return strcmp(key, "beside") == 0 ? &form->beside : strcmp(key, "before") == 0 ? &form->before : &form->after;
}

static const HeadField *is_other(const Template *t)
{
    static const char *const key[] = {"beside", "before", "after"};
    const HeadField *found = NULL;
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        found = found ? found : template_field(t, key[i]);
    }
    return found;
}

static int add_way(Plan *p, Template *t, const HeadField *field, int n)
{
    Form *form = form_read(p->arena, p->diag, field, n);
    if (!form) {
        return 0;
    }
    form->text = t->part ? t : NULL; /* a head alone is printed as plain loops */
    add(p, form);
    return 1;
}

/* The equation of its head, and each other way to write it: "or y[b] = ..". */
static int add_ways(Plan *p, Template *t)
{
    int good = add_way(p, t, t->head.at, t->head.n);
    for (int i = 0; good && i < t->head.n; i++) {
        if (strcmp(t->head.at[i].key, "or") != 0) {
            continue;
        }
        HeadField *field = arena_array(p->arena, HeadField, t->head.n);
        for (int k = 0; k < t->head.n; k++) {
            field[k] = t->head.at[k];
            if (strcmp(field[k].key, "form") == 0) {
                field[k] = (HeadField){field[k].key, str_format("%s: %s", t->name, t->head.at[i].text), t->head.at[i].span};
            }
        }
        good = add_way(p, t, field, t->head.n);
    }
    return good;
}

/* Another text of a form that is there. */
static int put_other(Plan *p, const HeadField *of, Template *t)
{
    for (int i = 0; i < p->form.n; i++) {
        if (strcmp(p->form.at[i]->name, of->text) == 0) {
            *other_text(p->form.at[i], of->key) = t;
            return 1;
        }
    }
    diag_error(p->diag, of->span, "there is no form '%s' that '%s' could stand %s", of->text, t->name, of->key);
    return 0;
}

int forms_load(Plan *p)
{
    const EmitOptions *o = p->options;
    Templates templates = {0};
    if ((!target_is_fast(o->target) && !o->device) || o->no_forms) {
        return 1;
    }
    if (!templates_load(p->arena, p->diag, &o->forms, o->forms != NULL, &templates)) {
        return 0;
    }
    for (int i = 0; i < templates.n; i++) {
        Template *t = templates.at[i];
        if (serves(t, o) && !is_other(t)) {
            if (!add_ways(p, t)) {
                return 0;
            }
        }
    }
    for (int i = 0; i < templates.n; i++) {
        const HeadField *of = is_other(templates.at[i]);
        if (of && serves(templates.at[i], o) && !put_other(p, of, templates.at[i])) {
            return 0;
        }
    }
    return 1;
}
