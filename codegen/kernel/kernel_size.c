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

int role_raggeds(const VarList *vars)
{
    int n = 0;
    for (int i = 0; i < vars->n; i++) {
        n += dim_is_ragged(vars->at[i]->dim) != 0;
    }
    return n;
}

Basis role_basis(const VarList *vars)
{
    Basis basis = {.kind = BASIS_ROWS};
    for (int i = 0; i < vars->n && dim_is_ragged(vars->at[i]->dim) && basis.n < 4; i++) {
        basis.dim[basis.n++] = vars->at[i]->dim;
    }
    return basis;
}

Str rows_begin(const Filling *with, Dim *dim)
{
    const char *begin = with->trial ? "->begin" : batch_begin(with->p, dim);
    return str_of(arena_printf(with->p->arena, "batch%s", strstr(begin, "->")));
}

Str rows_begin_together(const Filling *with, const VarList *vars)
{
    const Basis basis = role_basis(vars);
    const char *pairs = basis.n == 1 ? "" : with->trial ? "->pairs" : batch_pairs(with->p, basis);
    return basis.n == 1 ? rows_begin(with, basis.dim[0]) : str_of(arena_printf(with->p->arena, "batch%s", strstr(pairs, "->")));
}

static const char *rows_of(Filling *with, const VarList *vars, int grid)
{
    const int raggeds = role_raggeds(vars);
    if (raggeds != role_basis(vars).n || (raggeds > 1 && !grid)) {
        return filling_refuse(with, "a role of two ragged dims, or whose ragged one is not the outermost");
    }
    const char *rows = raggeds ? arena_printf(with->p->arena, "%s[batch->sequences]", rows_begin_together(with, vars)) : "batch->sequences";
    return role_count(vars) == 1 ? rows : arena_printf(with->p->arena, "(ptrdiff_t)%s * %s", rows, role_size(with, vars));
}

static const char *sequence_of(Filling *with, const char *what, const VarList *vars, Str s)
{
    Dim *ragged = role_ragged(vars);
    if (role_raggeds(vars) != (ragged != NULL)) {
        return filling_refuse(with, "a role of two ragged dims, or whose ragged one is not the outermost");
    }
    if (!ragged) {
        return strcmp(what, "first") == 0 ? "0" : role_size(with, vars);
    }
    Str begin = rows_begin(with, ragged);
    const char *times = role_count(vars) == 1 ? "" : arena_printf(with->p->arena, " * %s", role_size(with, vars));
    if (strcmp(what, "first") == 0) {
        return arena_printf(with->p->arena, *times ? "(ptrdiff_t)%s[%s]%s" : "%s[%s]%s", begin, s, times);
    }
    return arena_printf(with->p->arena, *times ? "(%s[%s + 1] - %s[%s])%s" : "%s[%s + 1] - %s[%s]%s", begin, s, begin, s, times);
}

void kernel_register_pairs(Plan *p, const Kernel *k)
{
    for (int i = 0; i < k->part.n && !k->plain; i++) {
        for (int r = 0; r < k->form->roles; r++) {
            const Basis basis = role_basis(&k->part.at[i].role[r]);
            for (int d = 0; k->form->role[r].grid && basis.n > 1 && d < basis.n; d++) {
                batch_begin(p, basis.dim[d]);
                batch_pairs(p, basis);
            }
        }
    }
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

/* Bytes of workspace that a thread has for itself: no less than the head says, "163840" or "163840, pairs 540672". */
static const char *scratch_text(const Filling *with)
{
    const HeadField *field = template_field(with->t, "scratch");
    const char *pairs = field && filling_pairs(with->k) ? strstr(field->text, "pairs ") : NULL;
    const int64_t bytes = pairs ? strtol(pairs + 6, NULL, 10) : field ? strtol(field->text, NULL, 10) : 0;
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
        if (role_raggeds(vars)) {
            return filling_refuse(with, "a role without a size, for it is ragged");
        }
        return role_size(with, vars);
    }
    if (strcmp(what, "rows") == 0) {
        return rows_of(with, vars, with->k->form->role[role].grid);
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
