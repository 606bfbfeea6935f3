#include "library.h"

#include "../launch.h"
#include "../place.h"
#include "panel.h"

#include <string.h>

static int right_side(const Filling *with)
{
    return form_hole(with->k->form, "$w");
}

static const Panel *panel_of(const Filling *with, int part)
{
    return plan_info(with->p, with->k->part.at[part].bind[right_side(with)].param)->panel;
}

int library_multiplies(const Filling *with)
{
    const Form *form = with->k->form;
    int can = with->p->options->multiplier && form->before && form->after && filling_allows(with, form->before) &&
              filling_allows(with, form->after);
    for (int i = 0; can && i < with->k->part.n; i++) {
        can = panel_of(with, i) && panel_of(with, i)->b == 1;
    }
    return can;
}

static const VarList *rows_of(const Filling *with)
{
    return &with->k->part.at[0].role[form_role(with->k->form, 'm')];
}

static Basis basis_of(const VarList *vars)
{
    Dim *ragged = role_ragged(vars);
    return (Basis){.kind = ragged ? BASIS_ROWS : BASIS_SEQUENCES, .n = ragged != NULL, .dim = {ragged}};
}

/* The number of what these rows are multiplied in. */
static int place_of_rows(Plan *p, const VarList *vars)
{
    const Basis basis = basis_of(vars);
    int k = 0;
    while (k < p->multiplied.n && !same_basis(&p->multiplied.at[k], &basis)) {
        k++;
    }
    if (k == p->multiplied.n) {
        vec_push(p->arena, p->multiplied, basis);
        capacity_collect(p, &basis);
    }
    return k;
}

/* "batch->left_0", whatever the function calls its batch */
static const char *of_batch(const Filling *with, Str word)
{
    return arena_printf(with->p->arena, "batch%s", strstr(word, "->"));
}

const char *library_word(Filling *with, const char *what, const VarList *vars)
{
    Plan *p = with->p;
    if (with->trial || !library_multiplies(with)) {
        return filling_refuse(with, "no library multiplies it");
    }
    const int64_t rows = role_count(vars);
    const int k = place_of_rows(p, vars);
    const Basis basis = p->multiplied.at[k];
    if (strcmp(what, "room") == 0) {
        const char *room = arena_printf(p->arena, "batch->room_%d", launch_basis(p, &basis));
        return rows == 1 ? room : arena_printf(p->arena, "(%s * %lld)", room, (long long)rows);
    }
    if (strcmp(what, "left") == 0) {
        Str path = str_of(arena_printf(p->arena, "left_%d", k));
        return of_batch(with, batch_rows(p, path, "unsigned char", 1, basis, rows * panel_row(panel_of(with, 0)) * 2));
    }
    int64_t columns = 0;
    for (int i = 0; i < with->k->part.n; i++) {
        columns += panel_of(with, i)->n;
    }
    return of_batch(with, batch_rows(p, str_of(arena_printf(p->arena, "sums_%d", k)), "float", 4, basis, rows * columns));
}

/* Products of a mate follow each other, as the kernel behind them has them. */
void library_print(Filling *with, Text *out)
{
    Plan *p = with->p;
    const Panel *first = panel_of(with, 0);
    const char **item = arena_array(p->arena, const char *, with->k->part.n + 1);
    int n = 0;
    for (int mate = 0; mate < with->k->part.n; mate++) {
        for (int i = 0; with->mates[mate] == mate && i < with->k->part.n; i++) {
            if (with->mates[i] == mate) {
                Str place = place_of(&with->pr, with->k->part.at[i].bind[right_side(with)].param);
                item[n++] = arena_printf(p->arena, "{%s + %lld, %lld}", place, (long long)panel_map(panel_of(with, i)) / 2,
                                         (long long)panel_of(with, i)->n);
            }
        }
    }
    p->multiplies_most = n > p->multiplies_most ? n : p->multiplies_most;
    const char *kind = first->arithmetic == ARITHMETIC_BF16 ? "BF16" : "F16";
    const char *head = arena_printf(p->arena, "const struct %s_products products = {&%s->rows[%d], %lld, %lld, LIBRARY_%s, %d, {",
                                    p->prefix, own(p, OWN_GPU), place_of_rows(p, rows_of(with)), (long long)role_count(rows_of(with)),
                                    (long long)panel_row(first), kind, n);
    text_list(out, head, item, n, "}};");
}
