/* Tensors that are read where they lie: "a_at", "a_step_m", and whether they can be. */
#include "kernel_holes.h"

#include <string.h>

const char *filling_at(Filling *with, Lane *l, int hole, char lane)
{
    const Expr *value = filling_part(with)->bind[hole].value;
    Address at;
    if (value->kind != EX_READ || value->otherwise || ctype_of(with->p, value->node) != C_F32) {
        return filling_refuse(with, "it is not one tensor");
    }
    if (lane && l->coords < MOST_COORDS) {
        const VarList *vars = &filling_part(with)->role[form_role(with->k->form, lane)];
        l->coord[l->coords++] = (Coord){.letter = lane, .vars = *vars, .word = str_of("0"), .side = 1, .lane = 1};
    }
    l->together = lane != 0;
    if (!lane_address(l, value->node, value->kid, 0, &at) || at.guard || at.mask) {
        return filling_refuse(with, l->reason ? l->reason : "a read that may leave its tensor");
    }
    return (at.lane == 1 && !at.index) || !lane ? at.pointer : filling_refuse(with, "its neighbours do not lie side by side");
}

int filling_is_chosen(const Expr *read, const VarList *role)
{
    for (int k = 0; k < read->n; k++) {
        Affine at;
        for (int v = 0; v < role->n && !affine_of(read->kid[k], &at); v++) {
            if (expr_uses(read->kid[k], role->at[v])) {
                return 1;
            }
        }
    }
    return 0;
}

/* Elements between neighbours of a role in the tensor that a hole reads: "a_step_m". */
const char *filling_step(Filling *with, int hole, char letter)
{
    const Expr *value = filling_part(with)->bind[hole].value;
    const VarList *role = &filling_part(with)->role[form_role(with->k->form, letter)];
    Str parameter[MOST_ROLES], argument[MOST_ROLES];
    int n = 0;
    Address at;
    if (value->kind != EX_READ || value->otherwise) {
        return filling_refuse(with, "it is not one tensor");
    }
    if (filling_is_chosen(value, role)) {
        return filling_refuse(with, "its rows are chosen by data");
    }
    if (!role->n && !part_is_ragged(filling_part(with))) { /* from sequence to sequence */
        return arena_printf(with->p->arena, "%lld", (long long)role_count(&value->node->free));
    }
    for (int r = 0; r < with->k->form->roles; r++) {
        if (with->k->form->hole[hole].roles >> r & 1) {
            parameter[n] = str_of_n(&with->k->form->role[r].letter, 1);
            argument[n++] = str_of("at");
        }
    }
    Lane l = filling_lane(with, filling_part(with), parameter, argument, n, letter);
    for (int i = 0; i < l.coords; i++) {
        l.coord[i].lane = l.coord[i].side;
    }
    l.together = 1;
    l.sequence = l.sequence ? l.sequence : str_of("at");
    const int found = lane_address(&l, value->node, value->kid, 0, &at) && !at.index;
    if (!found && !filling_by_threads(with)) { /* of threads it is about speed alone: they reach what is anywhere */
        return filling_refuse(with, l.reason ? l.reason : "its neighbours do not lie side by side");
    }
    return found ? arena_printf(with->p->arena, "%lld", (long long)at.lane) : "0";
}

/* Does the template say which sequence it is in, where it asks for the pointer? */
static int knows_sequence(const Filling *with, const FormHole *h)
{
    const Str *parameter = NULL;
    const int n = template_parameters(with->t, str_of(arena_printf(with->p->arena, "%s_at", h->name + 1)), &parameter);
    for (int i = 0; i < n; i++) {
        if (strcmp(parameter[i], "s") == 0) {
            return 1;
        }
    }
    return 0;
}

/* Every role letter of the hole has a place. */
int filling_in_place(Filling *with, int hole)
{
    const FormHole *h = &with->k->form->hole[hole];
    const TemplateHole *said = template_hole(with->t, str_of(h->name + 1));
    for (int i = 0; i < with->k->part.n; i++) {
        Filling trial = *with;
        Str letter[MOST_ROLES], word[MOST_ROLES];
        int n = 0;
        trial.trial = 1;
        trial.part = i;
        trial.reason = NULL;
        for (int r = 0; r < with->k->form->roles; r++) {
            const char name[2] = {with->k->form->role[r].letter, 0};
            if ((h->roles >> r & 1) && (!said || name[0] != said->lanes)) {
                letter[n] = str_of(name);
                word[n++] = str_of("at");
            }
        }
        Lane l = filling_lane(&trial, &with->k->part.at[i], letter, word, n, said ? said->lanes : 0);
        l.sequence = l.sequence || !knows_sequence(with, h) ? l.sequence : str_of("at");
        filling_at(&trial, &l, hole, said ? said->lanes : 0);
        for (int r = 0; r < with->k->form->roles && !trial.reason; r++) {
            const char letter_of = with->k->form->role[r].letter;
            if (template_asks(with->t, arena_printf(with->p->arena, "%s_step_%c", h->name + 1, letter_of))) {
                filling_step(&trial, hole, letter_of);
            }
        }
        if (trial.reason) {
            return 0;
        }
    }
    return 1;
}
