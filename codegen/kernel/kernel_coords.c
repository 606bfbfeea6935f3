/* Where the kernel is, by the arguments of a hole: rows, places, sequences, lanes, accumulators. */
#include "kernel_holes.h"

#include "../match/kernel_use.h"

#include <string.h>

/* "acc" is 0, "acc2" is 1; -1: none */
static int accumulator_of(Str parameter)
{
    if (strncmp(parameter, "acc", 3) != 0) {
        return -1;
    }
    return parameter[3] ? parameter[3] - '1' : 0;
}

int part_is_ragged(const Part *part)
{
    for (int r = 0; r < MOST_ROLES; r++) {
        for (int i = 0; i < part->role[r].n; i++) {
            if (dim_is_ragged(part->role[r].at[i]->dim)) {
                return 1;
            }
        }
    }
    return 0;
}

/* Does the template walk this role through all sequences, where it is fixed? */
static int goes_by_rows(const Filling *with, const Part *part, int role)
{
    const char letter = with->k->form->role[role].letter;
    return part->role[role].n && !part_is_ragged(part) && template_asks(with->t, arena_printf(with->p->arena, "rows_%c", letter));
}

/* Templates that go from sequence to sequence call its lengths so. */
static void know_lengths(const Filling *with, const Part *part, Lane *l)
{
    static const struct {
        char letter;
        const char *word;
    } row[] = {{'u', "keys"}, {'q', "queries"}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const int role = form_role(with->k->form, row[i].letter);
        const Dim *dim = role >= 0 && part->role[role].n ? part->role[role].at[0]->dim : NULL;
        if (dim && dim_is_ragged(dim) && part->role[role].n == 1) {
            l->length[l->lengths].dim = dim;
            l->length[l->lengths++].word = str_of(row[i].word);
        }
    }
}

Lane filling_lane(Filling *with, const Part *part, const Str *parameter, const Str *argument, int n, char lane)
{
    Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
    l.apart = with->k->apart;
    int given = 0;   /* the sequence, by an argument of its own */
    int by_rows = 0; /* by the rows of a role */
    for (int i = 0; i < n; i++) {
        given |= strcmp(parameter[i], "s") == 0;
    }
    for (int i = 0; i < n; i++) {
        const int role = !parameter[i][1] || (parameter[i][1] == 'i' && !parameter[i][2]) ? form_role(with->k->form, parameter[i][0]) : -1;
        const int accumulator = accumulator_of(parameter[i]);
        if (role >= 0 && parameter[i][1]) {
            int known = 0;
            for (int c = 0; c < l.coords; c++) {
                known |= l.coord[c].letter == parameter[i][0];
            }
            if (!known && l.coords < MOST_COORDS) { /* a place without its row */
                l.coord[l.coords++] = (Coord){.letter = parameter[i][0], .vars = part->role[role]};
            }
            for (int c = 0; c < l.coords; c++) {
                if (l.coord[c].letter == parameter[i][0]) {
                    l.coord[c].inside = argument[i];
                    l.coord[c].first = str_of(arena_printf(with->p->arena, "%c_row", parameter[i][0]));
                }
            }
        } else if (role >= 0 && l.coords < MOST_COORDS) {
            Coord *c = &l.coord[l.coords++];
            *c = (Coord){.letter = parameter[i][0], .vars = part->role[role], .word = argument[i], .side = parameter[i][0] == lane};
            c->lane = c->side && !filling_by_threads(with);
            c->rows = goes_by_rows(with, part, role);
            if (!c->side && kernel_is_located(with, &c->vars, role)) {
                c->inside = str_of(arena_printf(with->p->arena, "%c_place", parameter[i][0]));
                l.sequence = str_of(arena_printf(with->p->arena, "%c_sequence", parameter[i][0]));
            }
            if (c->rows) {
                by_rows = 1;
                l.sequence = str_of(arena_printf(with->p->arena, "(%s)", lane_quotient(with->p->arena, argument[i], role_count(&c->vars))));
            } else if (!given && !by_rows && !c->vars.n && !c->side && with->k->form->role[role].result && !part_is_ragged(part)) {
                l.sequence = argument[i]; /* an empty role of rows, the last one: one for each sequence */
            }
        } else if (accumulator >= 0 && accumulator < with->k->part.n) {
            const int which = with->mate ? filling_part_of_mate(with, with->mates[with->part], accumulator) : accumulator;
            const Node *result = which < 0 ? NULL : with->k->part.at[which].result;
            if (result) {
                vec_push(with->p->arena, l.known, ((Known){result, result->free, argument[i], 0}));
            }
        } else if (strcmp(parameter[i], "s") == 0) {
            l.sequence = argument[i];
        } else if (strcmp(parameter[i], "dot") == 0 && with->dot.n) {
            vec_push(with->p->arena, l.known, ((Known){with->dot.at[0].read->node, with->dot_at, argument[i], 0}));
        }
    }
    know_lengths(with, part, &l);
    return l;
}
