/* What stands in the holes. A name is a size ("N_k"), a word about rows ("first_q"), or a hole of the head, with or without an ending. */
#include "kernel_holes.h"

#include "../match/kernel_use.h"
#include "panel.h"

#include <string.h>

const char *filling_refuse(Filling *with, const char *reason)
{
    with->reason = with->reason ? with->reason : reason;
    return with->trial ? "0" : NULL;
}

int filling_by_threads(const Filling *with)
{
    return with->p->options->device;
}

Filling filling_of(Plan *p, Func *f, const Kernel *k, int trial)
{
    Filling with = {.p = p, .f = f, .k = k, .t = k->form->text, .part = -1, .trial = trial};
    with.pr = (Printer){.p = p, .f = f};
    kernel_find_dot(&with);
    with.mates = arena_array(p->arena, int, k->part.n + 1);
    kernel_mates(k, with.mates);
    return with;
}

static const char *value_hole(Filling *with, Lane *l, int hole)
{
    const FormHole *h = &with->k->form->hole[hole];
    const Expr *value = filling_part(with)->bind[hole].value;
    const int lanes = kernel_has_lanes(l);
    if (h->predicate && !value) {
        return lanes ? "vwhether(1)" : "1";
    }
    if (strcmp(h->name, "$z") == 0) { /* the exponent of what is added to the sum of weights */
        value = kernel_sink(with->p, with->k, filling_part(with));
        if (!value) {
            return filling_refuse(with, "what is added to the divisor is not the exponential of one score");
        }
    }
    value = strcmp(h->name, "$s") == 0 && with->score ? with->score : value;
    l->left = kernel_left(with, l);
    Str text = !h->predicate ? lane_real(l, value) : lanes && !filling_by_threads(with) ? lane_mask(l, value) : lane_condition(l, value);
    if (!text && h->predicate && filling_by_threads(with)) {
        l->reason = NULL;
        text = lane_mask(l, value);
    }
    return text ? text : filling_refuse(with, l->reason);
}

int filling_ends(const Filling *with, Str name, const char *ending, int *hole)
{
    const size_t n = strlen(name), m = strlen(ending);
    if (n <= m || strcmp(name + n - m, ending) != 0) {
        return 0;
    }
    *hole = form_hole(with->k->form, arena_printf(with->p->arena, "$%.*s", (int)(n - m), name));
    return *hole >= 0;
}

static const char *params_text(const Filling *with)
{
    const char *text = "";
    for (int i = 0; i < with->params.n; i++) {
        const KernelParam *param = &with->params.at[i];
        text = arena_printf(with->p->arena, "%s, %s%s *%s", text, param->writes ? "" : "const ", param->type, param->word);
    }
    return text;
}

/* Is a row rounded to bytes? */
static int is_rounded(const Filling *with)
{
    const int w = form_hole(with->k->form, "$w");
    return w >= 0 && filling_is_kept(with, w, ARITHMETIC_INT8);
}

/* How many left sides lie in the scratch at once. */
static const char *sides_text(const Filling *with)
{
    const int b = form_role(with->k->form, 'b');
    return b >= 0 && (is_rounded(with) || filling_pairs(with->k)) ? role_size(with, &with->k->part.at[0].role[b]) : "1";
}

static const char *fixed_hole(Filling *with, Str name)
{
    const struct {
        const char *name, *text;
    } row[] = {
        {"kernel", with->trial ? "kernel" : with->name},
        {"team", arena_printf(with->p->arena, "%s_team", with->p->prefix)},
        {"batch", arena_printf(with->p->arena, "%s_batch", with->p->prefix)},
        {"params", params_text(with)},
        {"products", arena_printf(with->p->arena, "%d", filling_products(with))},
        {"most", arena_printf(with->p->arena, "%d", filling_most_products(with))},
        {"product", arena_printf(with->p->arena, "%d", with->product)},
        {"sides", sides_text(with)},
        {"rounded", is_rounded(with) ? "1" : "0"},
        {"paired", filling_pairs(with->k) ? "1" : "0"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (strcmp(row[i].name, name) == 0) {
            return row[i].text;
        }
    }
    return NULL;
}

static const char *hole_text(Filling *with, Str name, const Str *argument, int arguments)
{
    const Str *parameter = NULL;
    const char *text = fixed_hole(with, name);
    int hole = -1;
    text = text ? text : strcmp(name, "runs") == 0 ? runs_size(with, filling_part(with)) : filling_size(with, name, argument, arguments);
    if (text) {
        return text;
    }
    if (strncmp(name, "locate_", 7) == 0 && arguments == 1) {
        return kernel_locate(with, name[7], argument[0]);
    }
    if (filling_ends(with, name, "_panel", &hole) || filling_ends(with, name, "_halves", &hole) ||
        filling_ends(with, name, "_bytes", &hole)) {
        return filling_panel(with, filling_part(with)->bind[hole].param, argument, arguments);
    }
    if (filling_ends(with, name, "_kind", &hole)) {
        static const char *const kind[ARITHMETICS] = {"TILE_F32", "TILE_BF16", "TILE_F16", "TILE_BYTES"};
        return kind[filling_part(with)->bind[hole].arithmetic];
    }
    if (filling_ends(with, name, "_map", &hole) && filling_part(with)->bind[hole].param) {
        Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
        return lane_param(&l, filling_part(with)->bind[hole].param, 0);
    }
    if (filling_ends(with, name, "_rows", &hole) || filling_ends(with, name, "_pitch", &hole)) {
        return filling_rows(with, hole, filling_part(with)->bind[hole].param, argument, arguments);
    }
    if (filling_ends(with, name, "_scales", &hole) && arguments == 1) {
        return filling_rows(with, hole, filling_part(with)->bind[hole].scales, argument, arguments);
    }
    if (filling_ends(with, name, "_scales", &hole)) {
        return filling_panel(with, filling_part(with)->bind[hole].scales, argument, arguments);
    }
    const size_t size = strlen(name);
    if (size > 2 && filling_ends(with, str_of_n(name, size - 2), "_step", &hole) && name[size - 2] == '_') {
        return filling_step(with, hole, name[size - 1]);
    }
    const int declared = template_parameters(with->t, name, &parameter), at = filling_ends(with, name, "_at", &hole);
    const int run = filling_ends(with, name, "_run", &hole);
    const Str base = at ? str_of_n(name, strlen(name) - 3) : name;
    const TemplateHole *said = template_hole(with->t, base);
    const char lane = said ? said->lanes : 0;
    Lane l = filling_lane(with, filling_part(with), parameter, argument, declared < arguments ? declared : arguments, lane);
    if (at) {
        return filling_at(with, &l, hole, lane);
    }
    if (run) {
        return run_hole(with, &l, filling_part(with), hole, argument[arguments - 1]);
    }
    if (strcmp(name, "store") == 0) {
        return kernel_store(with, &l, kernel_has_columns(&l));
    }
    if (strcmp(name, "store_m") == 0) {
        l.coords < MOST_COORDS ? (void)(l.coord[l.coords++] = kernel_store_lane(with)) : (void)0;
        return kernel_store(with, &l, 0);
    }
    text = form_hole_text(with, &l, name, argument, arguments);
    if (text) {
        return text;
    }
    hole = form_hole(with->k->form, arena_printf(with->p->arena, "$%s", name));
    return hole >= 0 ? value_hole(with, &l, hole) : filling_refuse(with, arena_printf(with->p->arena, "the template asks for '$%s'", name));
}

const char *filling_hole(void *filling, Str name, const Str *argument, int arguments)
{
    const char *text = hole_text(filling, name, argument, arguments);
    if (strncmp(name, "locate_", 7) != 0) {
        kernel_note_places(filling, text);
    }
    return text;
}

int filling_times(void *filling, Str name)
{
    Filling *with = filling;
    int hole = -1;
    if (strcmp(name, "gated") == 0) {
        return with->mate ? filling_products(with) > 1 : with->k->gated;
    }
    if (strcmp(name, "mate") == 0) {
        return filling_mates(with);
    }
    if (strcmp(name, "product") == 0) {
        return filling_products(with) > 2 ? (filling_refuse(with, "more than two products in one value"), 1) : filling_products(with);
    }
    if (strcmp(name, "part") == 0) {
        return with->k->part.n;
    }
    if (strcmp(name, "deep") == 0) {
        return kernel_is_deep(with);
    }
    const int kept = filling_kept_as(with, name), known = kept >= 0 ? kept : form_times(with, name);
    if (known >= 0) {
        return known;
    }
    if (filling_ends(with, name, "_in_place", &hole)) {
        return filling_in_place(with, hole);
    }
    return -1;
}
