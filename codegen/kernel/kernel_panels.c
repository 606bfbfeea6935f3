/* Right sides as they are kept: panels, rows, scales, and their arithmetic. */
#include "kernel_holes.h"

#include "panel.h"

const char *filling_panel(Filling *with, const Node *param, const Str *argument, int n)
{
    const Panel *panel = param ? plan_info(with->p, param)->panel : NULL;
    if (!panel || n != 2) {
        return filling_refuse(with, "the right side is not packed");
    }
    Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
    Str word = lane_param(&l, param, 0);
    const long long one = (long long)panel_step(panel), all = one * (long long)((panel->n + PANEL - 1) / PANEL);
    return panel->b == 1
               ? arena_printf(with->p->arena, "%s + (size_t)%s * %lld", word, argument[1], one)
               : arena_printf(with->p->arena, "%s + (size_t)%s * %lld + (size_t)%s * %lld", word, argument[0], all, argument[1], one);
}

/* Rows of a matrix, each a multiple of 16 bytes: "w_rows", "w_pitch", "w_scales". */
const char *filling_rows(Filling *with, int hole, const Node *param, const Str *argument, int n)
{
    const Panel *panel = param ? plan_info(with->p, param)->panel : NULL;
    const Part *part = filling_part(with);
    int64_t row = panel ? panel_row(panel) : 1, rows = panel ? panel->n : 1;
    for (int r = 0; param && !panel && r < with->k->form->roles; r++) { /* as it is stored */
        const char letter = with->k->form->role[r].letter;
        row *= (with->k->form->hole[hole].roles >> r & 1) && !with->k->form->role[r].result ? role_count(&part->role[r]) : 1;
        rows *= letter == 'n' ? role_count(&part->role[r]) : 1;
    }
    if (!param || n > 1) {
        return filling_refuse(with, "the right side is not packed");
    }
    if (n == 0) {
        return arena_printf(with->p->arena, "%lld", (long long)row);
    }
    Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
    Str word = lane_param(&l, param, 0);
    word = panel && panel_map(panel) ? str_of(arena_printf(with->p->arena, "(%s + %d)", word, PANEL_MAP / 2)) : word;
    const int b = form_role(with->k->form, 'b');
    const long long each = row * rows;
    return b < 0 || role_count(&part->role[b]) == 1 || (panel && panel->b == 1)
               ? word
               : arena_printf(with->p->arena, "(%s + (size_t)%s * %lld)", word, argument[0], each);
}

/* Is the right side of this product kept so? Where no product is meant: that of any. */
int filling_is_kept(const Filling *with, int hole, Arithmetic arithmetic)
{
    int kept = with->part >= 0 && filling_part(with)->bind[hole].arithmetic == arithmetic;
    for (int i = 0; with->part < 0 && i < with->k->part.n; i++) {
        kept |= with->k->part.at[i].bind[hole].arithmetic == arithmetic;
    }
    return kept;
}

int part_pairs(const Kernel *k, const Part *part)
{
    int pairs = 0;
    for (int h = 0; h < k->form->holes; h++) {
        pairs |= part->bind[h].pairs;
    }
    return pairs;
}

/* Is some product of a kernel one that goes in pairs? */
int filling_pairs(const Kernel *k)
{
    int pairs = 0;
    for (int i = 0; i < k->part.n; i++) {
        pairs |= part_pairs(k, &k->part.at[i]);
    }
    return pairs;
}

/* "w_int8", "w_pairs" of hole "$w": 0 or 1; -1: it is no such name. */
int filling_kept_as(const Filling *with, Str name)
{
    int hole = -1;
    if (filling_ends(with, name, "_pairs", &hole)) {
        return with->part < 0 ? filling_pairs(with->k) : filling_part(with)->bind[hole].pairs;
    }
    for (int a = 0; a < ARITHMETICS; a++) {
        if (filling_ends(with, name, arena_printf(with->p->arena, "_%s", arithmetic_name[a]), &hole)) {
            return filling_is_kept(with, hole, (Arithmetic)a);
        }
    }
    return -1;
}
