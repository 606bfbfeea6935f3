/* Rows of the batch by their places: which sequence a row is of, and where in it. */
#include "kernel_holes.h"

#include <string.h>

int kernel_is_located(const Filling *with, const VarList *vars, int role)
{
    return role_ragged(vars) && template_asks(with->t, arena_printf(with->p->arena, "locate_%c", with->k->form->role[role].letter));
}

/* Of rows over several ragged dims the place in each: m_place, m_place2 .. */
static const char *locate_in_several(Filling *with, char letter, const VarList *vars, Str row)
{
    Arena *arena = with->p->arena;
    Str begin = rows_begin_together(with, vars);
    const char *at = lane_quotient(arena, row, role_count(vars));
    const char *text = arena_printf(arena,
                                    "const int %c_sequence = %s(%s, batch->sequences, %s);\n"
                                    "SIMD_MAYBE const ptrdiff_t %c_first = %s - (ptrdiff_t)%s[%c_sequence];",
                                    letter, use_part(with->p, "sequence_of_pair"), begin, at, letter, at, begin, letter);
    const char *within = "";
    for (int v = role_basis(vars).n - 1; v >= 0; v--) {
        Str dim = rows_begin(with, vars->at[v]->dim),
            length = str_of(arena_printf(arena, "(%s[%c_sequence + 1] - %s[%c_sequence])", dim, letter, dim, letter));
        const char *number = v ? arena_printf(arena, "%d", v + 1) : "", *most = v ? arena_printf(arena, " %% %s", length) : "";
        text = arena_printf(arena, "%s\nSIMD_MAYBE const int %c_place%s = (int)(%c_first%s%s);", text, letter, number, letter, within,
                            most);
        within = arena_printf(arena, "%s / %s", within, length);
    }
    return text;
}

const char *kernel_locate(Filling *with, char letter, Str row)
{
    Arena *arena = with->p->arena;
    const int role = form_role(with->k->form, letter);
    const VarList *vars = role < 0 ? NULL : &with->k->part.at[with->part < 0 ? 0 : with->part].role[role];
    if (!vars || with->trial || !kernel_is_located(with, vars, role) || !(with->located >> role & 1)) {
        return "";
    }
    const long long count = (long long)role_count(vars);
    if (role_raggeds(vars) > 1) {
        return locate_in_several(with, letter, vars, row);
    }
    Str begin = rows_begin(with, role_ragged(vars));
    const char *at = lane_quotient(arena, row, count);
    return arena_printf(arena,
                        "const int %c_sequence = %s(%s, batch->sequences, %s);\n"
                        "SIMD_MAYBE const int %c_place = (int)(%s - (ptrdiff_t)%s[%c_sequence] * %lld);",
                        letter, use_part(with->p, "sequence_of_row"), begin, at, letter, row, begin, letter, count);
}

void kernel_note_places(Filling *with, const char *text)
{
    for (int r = 0; text && r < with->k->form->roles; r++) {
        const char letter = with->k->form->role[r].letter;
        const int asked = strstr(text, arena_printf(with->p->arena, "%c_place", letter)) ||
                          strstr(text, arena_printf(with->p->arena, "%c_sequence", letter));
        with->located |= (unsigned)asked << r;
    }
}

void filling_take_words(Filling *with)
{
    static const char *const word[] = {"sequence", "first", "place", "place2", "place3", "place4"};
    for (int i = 0; i < with->t->words.n; i++) {
        vec_push(with->p->arena, with->words, with->t->words.at[i]);
    }
    for (int r = 0; r < with->k->form->roles; r++) {
        for (size_t i = 0; i < sizeof word / sizeof *word && kernel_is_located(with, &filling_part(with)->role[r], r); i++) {
            vec_push(with->p->arena, with->words, str_of(arena_printf(with->p->arena, "%c_%s", with->k->form->role[r].letter, word[i])));
        }
    }
}
