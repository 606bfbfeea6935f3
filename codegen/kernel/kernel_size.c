/* Sizes of roles, and where their rows lie in the batch. */
#include "kernel_holes.h"
#include "library.h"

#include "../normal/condition.h"

#include <stdlib.h>
#include <string.h>

const char *role_size(const Filling *with, const VarList *vars)
{
    const char *text = NULL;
    int n = 0;
    for (int i = 0; i < vars->n; i++) {
        if (!dim_is_ragged(vars->at[i]->dim)) {
            Str one = with->trial ? str_of("1") : constant_of(with->p, vars->at[i]->dim);
            text = text ? arena_printf(with->p->arena, "%s * %s", text, one) : one;
            n++;
        }
    }
    return !text ? "1" : n > 1 ? arena_printf(with->p->arena, "(%s)", text) : text;
}

int64_t role_count(const VarList *vars)
{
    int64_t n = 1;
    for (int i = 0; i < vars->n; i++) {
        n *= dim_is_ragged(vars->at[i]->dim) ? 1 : vars->at[i]->dim->length;
    }
    return n;
}

Dim *role_ragged(const VarList *vars)
{
    return vars->n && dim_is_ragged(vars->at[0]->dim) ? vars->at[0]->dim : NULL;
}

static int raggeds(const VarList *vars)
{
    int n = 0;
    for (int i = 0; i < vars->n; i++) {
        n += dim_is_ragged(vars->at[i]->dim) != 0;
    }
    return n;
}

/* "batch->begin_t", whatever the function calls its batch */
static Str begin_of(const Filling *with, Dim *dim)
{
    const char *begin = with->trial ? "->begin" : batch_begin(with->p, dim);
    return str_of(arena_printf(with->p->arena, "batch%s", strstr(begin, "->")));
}

static const char *rows_of(Filling *with, const VarList *vars)
{
    Dim *ragged = role_ragged(vars);
    if (raggeds(vars) != (ragged != NULL)) {
        return filling_refuse(with, "a role of two ragged dims, or whose ragged one is not the outermost");
    }
    const char *rows = ragged ? arena_printf(with->p->arena, "%s[batch->sequences]", begin_of(with, ragged)) : "batch->sequences";
    return role_count(vars) == 1 ? rows : arena_printf(with->p->arena, "(ptrdiff_t)%s * %s", rows, role_size(with, vars));
}

static const char *sequence_of(Filling *with, const char *what, const VarList *vars, Str s)
{
    Dim *ragged = role_ragged(vars);
    if (raggeds(vars) != (ragged != NULL)) {
        return filling_refuse(with, "a role of two ragged dims, or whose ragged one is not the outermost");
    }
    if (!ragged) {
        return strcmp(what, "first") == 0 ? "0" : role_size(with, vars);
    }
    Str begin = begin_of(with, ragged);
    const char *times = role_count(vars) == 1 ? "" : arena_printf(with->p->arena, " * %s", role_size(with, vars));
    if (strcmp(what, "first") == 0) {
        return arena_printf(with->p->arena, *times ? "(ptrdiff_t)%s[%s]%s" : "%s[%s]%s", begin, s, times);
    }
    return arena_printf(with->p->arena, *times ? "(%s[%s + 1] - %s[%s])%s" : "%s[%s + 1] - %s[%s]%s", begin, s, begin, s, times);
}

int kernel_is_tiled(const Filling *with, int role)
{
    const VarList *vars = &with->k->part.at[0].role[role];
    return filling_by_threads(with) && vars->n == 1 && vars->at[0]->dim->kind == DIM_GIVEN && !with->p->graph->program;
}

/* The list of tiles, which the batch brings. */
static const char *tiles_of(Filling *with, const VarList *vars)
{
    Plan *p = with->p;
    int known = with->trial;
    for (int i = 0; i < p->tiled.n; i++) {
        known |= p->tiled.at[i] == vars->at[0]->dim;
    }
    if (!known) {
        vec_push(p->arena, p->tiled, vars->at[0]->dim);
    }
    return with->trial ? "tiles" : arena_printf(p->arena, "batch->tiles_%s", dim_word(p, vars->at[0]->dim));
}

/* Bytes of workspace that a thread has for itself: no less than the head says. */
static const char *scratch_text(const Filling *with)
{
    const HeadField *field = template_field(with->t, "scratch");
    const int64_t bytes = field ? strtol(field->text, NULL, 10) : 0;
    if (!with->trial && with->p->scratch < bytes) {
        with->p->scratch = bytes;
    }
    return arena_printf(with->p->arena, "%s_SCRATCH", with->p->PREFIX);
}

static double size_of(const void *context, char letter)
{
    const Filling *with = context;
    const int role = form_role(with->k->form, letter);
    const int part = with->part < 0 ? 0 : with->part;
    return role >= 0 ? (double)role_count(&with->k->part.at[part].role[role]) : letter == 'i' ? (double)kernel_dot_count(with) : 0;
}

int64_t filling_shared(const Filling *with)
{
    const HeadField *field = template_field(with->t, "shared");
    const Facts facts = {.context = with, .size = size_of};
    Str error = NULL;
    return field ? (int64_t)condition_number(with->p->arena, field->text, &facts, &error) : 0;
}

/* Does it hold of a part? */
static int holds_somewhere(const Filling *with, const HeadField *when)
{
    int holds = 0;
    for (int i = 0; i < with->k->part.n && !holds; i++) {
        Filling one = *with;
        const Facts facts = {.context = &one, .size = size_of};
        Str error = NULL;
        one.part = i;
        holds = condition_number(with->p->arena, when->text, &facts, &error) != 0;
    }
    return holds;
}

/* Does the head of another text of its form allow this kernel? */
int filling_allows(const Filling *with, const Template *t)
{
    const int computes = template_asks(t, str_of("operands"));
    const HeadField *when = template_field(t, "when");
    int can = !when || holds_somewhere(with, when);
    for (int h = 0; can && h < with->k->form->holes; h++) {
        const TemplateHole *said = template_hole(t, str_of(with->k->form->hole[h].name + 1));
        for (int i = 0; said && said->stored && i < with->k->part.n; i++) {
            can &= (int)(said->stored >> (computes ? kernel_operands(with->p, with->k) : with->k->part.at[i].bind[h].arithmetic) & 1);
        }
    }
    return can;
}

/* Can the text beside that of its form print it too? */
int filling_beside(const Filling *with)
{
    const Template *t = with->k->form->beside;
    const int gates = t && template_repeats(t, str_of("product"));
    return t && (gates || !with->k->gated) && filling_allows(with, t);
}

/* How long a row of the left side may be before parts of it are multiplied one after the other. */
static int deepest(const Filling *with)
{
    enum { OF_NUMBERS = 1536, OF_BYTES = 16384 };
    const int w = form_hole(with->k->form, "$w");
    int bytes = 0;
    for (int i = 0; w >= 0 && i < with->k->part.n; i++) {
        bytes |= with->k->part.at[i].bind[w].arithmetic == ARITHMETIC_INT8;
    }
    return bytes ? OF_BYTES : OF_NUMBERS;
}

int kernel_is_deep(const Filling *with)
{
    const int k = form_role(with->k->form, 'k');
    return k >= 0 && role_count(&with->k->part.at[0].role[k]) > deepest(with);
}

/* "N_k", "rows_m", "first_q", "length_u", "scratch"; NULL: it is none of these */
const char *filling_size(Filling *with, Str name, const Str *argument, int arguments)
{
    if (strcmp(name, "scratch") == 0) {
        return scratch_text(with);
    }
    if (strcmp(name, "shared") == 0) {
        return arena_printf(with->p->arena, "%lld", (long long)filling_shared(with));
    }
    if (strcmp(name, "deepest") == 0) {
        return arena_printf(with->p->arena, "%d", deepest(with));
    }
    const char *line = strrchr(name, '_');
    const int role = line && line[1] && !line[2] ? form_role(with->k->form, line[1]) : -1;
    if (role < 0) {
        return NULL;
    }
    const char *what = arena_printf(with->p->arena, "%.*s", (int)(line - name), name);
    const VarList *vars = &with->k->part.at[with->part < 0 ? 0 : with->part].role[role];
    if (strcmp(what, "N") == 0) {
        if (raggeds(vars)) {
            return filling_refuse(with, "a role without a size, for it is ragged");
        }
        return role_size(with, vars);
    }
    if (strcmp(what, "rows") == 0) {
        return rows_of(with, vars);
    }
    if (strcmp(what, "room") == 0 || strcmp(what, "left") == 0 || strcmp(what, "sums") == 0) {
        return library_word(with, what, vars);
    }
    if (strcmp(what, "tiles") == 0) {
        return kernel_is_tiled(with, role) ? tiles_of(with, vars) : filling_refuse(with, "positions that the host does not know");
    }
    if ((strcmp(what, "first") == 0 || strcmp(what, "length") == 0) && arguments == 1) {
        return sequence_of(with, what, vars, argument[0]);
    }
    return NULL;
}

/* ---- places -------------------------------------------------------------------------------------------------------------------------- */

int kernel_is_located(const Filling *with, const VarList *vars, int role)
{
    return role_ragged(vars) && template_asks(with->t, arena_printf(with->p->arena, "locate_%c", with->k->form->role[role].letter));
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
    Str begin = begin_of(with, role_ragged(vars));
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
