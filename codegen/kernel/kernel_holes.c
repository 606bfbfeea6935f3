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

static const char *refuse(Filling *with, const char *reason)
{
    return filling_refuse(with, reason);
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

/* The n-th part of a mate; -1: it has fewer. */
static int part_of_mate(const Filling *with, int mate, int n)
{
    for (int i = 0; i < with->k->part.n; i++) {
        if (with->mates[i] == mate && n-- == 0) {
            return i;
        }
    }
    return -1;
}

static int mates(const Filling *with)
{
    int n = 0;
    for (int i = 0; i < with->k->part.n; i++) {
        n += with->mates[i] == i;
    }
    return n;
}

/* Of this mate. */
static int products(const Filling *with)
{
    int n = 0;
    while (with->mate && part_of_mate(with, with->mates[with->part], n) >= 0) {
        n++;
    }
    return n;
}

/* Of the mate that has the most. */
static int most_products(const Filling *with)
{
    int most = 0;
    for (int i = 0; i < with->k->part.n; i++) {
        int n = 0;
        while (part_of_mate(with, with->mates[i], n) >= 0) {
            n++;
        }
        most = n > most ? n : most;
    }
    return most;
}

static const Part *part_of(const Filling *with) /* the same for all holes of a kernel of one part */
{
    return &with->k->part.at[with->part < 0 ? 0 : with->part];
}

/* ---- coordinates --------------------------------------------------------------------------------------------------------------------- */

/* "acc" is 0, "acc2" is 1; -1: none */
static int accumulator_of(Str parameter)
{
    if (strncmp(parameter, "acc", 3) != 0) {
        return -1;
    }
    return parameter[3] ? parameter[3] - '1' : 0;
}

static int has_ragged(const Part *part)
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
    return part->role[role].n && !has_ragged(part) && template_asks(with->t, arena_printf(with->p->arena, "rows_%c", letter));
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
    int given = 0; /* the sequence, by an argument of its own */
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
                l.sequence = str_of(arena_printf(with->p->arena, "(%s)", lane_quotient(with->p->arena, argument[i], role_count(&c->vars))));
            } else if (!given && !c->vars.n && !c->side && with->k->form->role[role].result && !has_ragged(part)) {
                l.sequence = argument[i]; /* an empty role of rows, the last one: one for each sequence */
            }
        } else if (accumulator >= 0 && accumulator < with->k->part.n) {
            const int which = with->mate ? part_of_mate(with, with->mates[with->part], accumulator) : accumulator;
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

/* ---- values ------------------------------------------------------------------------------------------------------------------------- */

static const char *value_hole(Filling *with, Lane *l, int hole)
{
    const FormHole *h = &with->k->form->hole[hole];
    const Expr *value = part_of(with)->bind[hole].value;
    const int lanes = kernel_has_lanes(l);
    if (h->predicate && !value) {
        return lanes ? "vwhether(1)" : "1";
    }
    if (strcmp(h->name, "$z") == 0) { /* the exponent of what is added to the sum of weights */
        value = kernel_sink(with->p, with->k, part_of(with));
        if (!value) {
            return refuse(with, "what is added to the divisor is not the exponential of one score");
        }
    }
    value = strcmp(h->name, "$s") == 0 && with->score ? with->score : value;
    l->left = kernel_left(with, l);
    Str text = !h->predicate ? lane_real(l, value) : lanes && !filling_by_threads(with) ? lane_mask(l, value) : lane_condition(l, value);
    if (!text && h->predicate && filling_by_threads(with)) {
        l->reason = NULL;
        text = lane_mask(l, value);
    }
    return text ? text : refuse(with, l->reason);
}

static const char *at_hole(Filling *with, Lane *l, int hole, char lane)
{
    const Expr *value = part_of(with)->bind[hole].value;
    Address at;
    if (value->kind != EX_READ || value->otherwise || ctype_of(with->p, value->node) != C_F32) {
        return refuse(with, "it is not one tensor");
    }
    if (lane && l->coords < MOST_COORDS) {
        const VarList *vars = &part_of(with)->role[form_role(with->k->form, lane)];
        l->coord[l->coords++] = (Coord){.letter = lane, .vars = *vars, .word = str_of("0"), .side = 1, .lane = 1};
    }
    l->together = lane != 0;
    if (!lane_address(l, value->node, value->kid, 0, &at) || at.guard || at.mask) {
        return refuse(with, l->reason ? l->reason : "a read that may leave its tensor");
    }
    return (at.lane == 1 && !at.index) || !lane ? at.pointer : refuse(with, "its neighbours do not lie side by side");
}

/* Is a row of the role read where data or a formula say? */
static int is_chosen(const Expr *read, const VarList *role)
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
static const char *step_hole(Filling *with, int hole, char letter)
{
    const Expr *value = part_of(with)->bind[hole].value;
    Str parameter[MOST_ROLES], argument[MOST_ROLES];
    int n = 0;
    Address at;
    if (value->kind != EX_READ || value->otherwise) {
        return refuse(with, "it is not one tensor");
    }
    if (is_chosen(value, &part_of(with)->role[form_role(with->k->form, letter)])) {
        return refuse(with, "its rows are chosen by data");
    }
    if (!part_of(with)->role[form_role(with->k->form, letter)].n && !has_ragged(part_of(with))) { /* from sequence to sequence */
        return arena_printf(with->p->arena, "%lld", (long long)role_count(&value->node->free));
    }
    for (int r = 0; r < with->k->form->roles; r++) {
        if (with->k->form->hole[hole].roles >> r & 1) {
            parameter[n] = str_of_n(&with->k->form->role[r].letter, 1);
            argument[n++] = str_of("at");
        }
    }
    Lane l = filling_lane(with, part_of(with), parameter, argument, n, letter);
    for (int i = 0; i < l.coords; i++) {
        l.coord[i].lane = l.coord[i].side;
    }
    l.together = 1;
    l.sequence = l.sequence ? l.sequence : str_of("at");
    const int found = lane_address(&l, value->node, value->kid, 0, &at) && !at.index;
    if (!found && !filling_by_threads(with)) { /* of threads it is about speed alone: they reach what is anywhere */
        return refuse(with, l.reason ? l.reason : "its neighbours do not lie side by side");
    }
    return found ? arena_printf(with->p->arena, "%lld", (long long)at.lane) : "0";
}

/* "a_at" of hole "$a": 1 and the hole. */
static int ends(const Filling *with, Str name, const char *ending, int *hole)
{
    const size_t n = strlen(name), m = strlen(ending);
    if (n <= m || strcmp(name + n - m, ending) != 0) {
        return 0;
    }
    *hole = form_hole(with->k->form, arena_printf(with->p->arena, "$%.*s", (int)(n - m), name));
    return *hole >= 0;
}

static const char *panel_hole(Filling *with, const Node *param, const Str *argument, int n)
{
    const Panel *panel = param ? plan_info(with->p, param)->panel : NULL;
    if (!panel || n != 2) {
        return refuse(with, "the right side is not packed");
    }
    Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
    Str word = lane_param(&l, param, 0);
    const long long one = (long long)panel_step(panel), all = one * (long long)((panel->n + PANEL - 1) / PANEL);
    return panel->b == 1
               ? arena_printf(with->p->arena, "%s + (size_t)%s * %lld", word, argument[1], one)
               : arena_printf(with->p->arena, "%s + (size_t)%s * %lld + (size_t)%s * %lld", word, argument[0], all, argument[1], one);
}

/* Rows of a matrix, each a multiple of 16 bytes: "w_rows", "w_pitch", "w_scales". */
static const char *rows_hole(Filling *with, int hole, const Node *param, const Str *argument, int n)
{
    const Panel *panel = param ? plan_info(with->p, param)->panel : NULL;
    const Part *part = part_of(with);
    int64_t row = panel ? panel_row(panel) : 1, rows = panel ? panel->n : 1;
    for (int r = 0; param && !panel && r < with->k->form->roles; r++) { /* as it is stored */
        const char letter = with->k->form->role[r].letter;
        row *= (with->k->form->hole[hole].roles >> r & 1) && !with->k->form->role[r].result ? role_count(&part->role[r]) : 1;
        rows *= letter == 'n' ? role_count(&part->role[r]) : 1;
    }
    if (!param || n > 1) {
        return refuse(with, "the right side is not packed");
    }
    if (n == 0) {
        return arena_printf(with->p->arena, "%lld", (long long)row);
    }
    Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
    Str word = lane_param(&l, param, 0);
    word = panel && panel->arithmetic == ARITHMETIC_BF16 ? str_of(arena_printf(with->p->arena, "(%s + %d)", word, PANEL_MAP / 2)) : word;
    const int b = form_role(with->k->form, 'b');
    const long long each = row * rows;
    return b < 0 || role_count(&part->role[b]) == 1 || (panel && panel->b == 1)
               ? word
               : arena_printf(with->p->arena, "(%s + (size_t)%s * %lld)", word, argument[0], each);
}

/* Is the right side of this product kept so? Where no product is meant: that of any. */
static int is_kept(const Filling *with, int hole, Arithmetic arithmetic)
{
    int kept = with->part >= 0 && part_of(with)->bind[hole].arithmetic == arithmetic;
    for (int i = 0; with->part < 0 && i < with->k->part.n; i++) {
        kept |= with->k->part.at[i].bind[hole].arithmetic == arithmetic;
    }
    return kept;
}

/* "w_int8" of hole "$w": 0 or 1; -1: it is no such name. */
static int kept_as(const Filling *with, Str name)
{
    int hole = -1;
    for (int a = 0; a < ARITHMETICS; a++) {
        if (ends(with, name, arena_printf(with->p->arena, "_%s", arithmetic_name[a]), &hole)) {
            return is_kept(with, hole, (Arithmetic)a);
        }
    }
    return -1;
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

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
    return w >= 0 && is_kept(with, w, ARITHMETIC_INT8);
}

/* How many left sides lie in the scratch at once. */
static const char *sides_text(const Filling *with)
{
    const int b = form_role(with->k->form, 'b');
    return b >= 0 && is_rounded(with) ? role_size(with, &with->k->part.at[0].role[b]) : "1";
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
        {"products", arena_printf(with->p->arena, "%d", products(with))},
        {"most", arena_printf(with->p->arena, "%d", most_products(with))},
        {"product", arena_printf(with->p->arena, "%d", with->product)},
        {"sides", sides_text(with)},
        {"rounded", is_rounded(with) ? "1" : "0"},
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
    text = text ? text : strcmp(name, "runs") == 0 ? runs_size(with, part_of(with)) : filling_size(with, name, argument, arguments);
    if (text) {
        return text;
    }
    if (strncmp(name, "locate_", 7) == 0 && arguments == 1) {
        return kernel_locate(with, name[7], argument[0]);
    }
    if (ends(with, name, "_panel", &hole) || ends(with, name, "_halves", &hole) || ends(with, name, "_bytes", &hole)) {
        return panel_hole(with, part_of(with)->bind[hole].param, argument, arguments);
    }
    if (ends(with, name, "_kind", &hole)) {
        static const char *const kind[ARITHMETICS] = {"TILE_F32", "TILE_BF16", "TILE_F16", "TILE_BYTES"};
        return kind[part_of(with)->bind[hole].arithmetic];
    }
    if (ends(with, name, "_map", &hole) && part_of(with)->bind[hole].param) {
        Lane l = {.pr = &with->pr, .words = &with->words, .locals = &with->locals, .params = &with->params, .trial = with->trial};
        return lane_param(&l, part_of(with)->bind[hole].param, 0);
    }
    if (ends(with, name, "_rows", &hole) || ends(with, name, "_pitch", &hole)) {
        return rows_hole(with, hole, part_of(with)->bind[hole].param, argument, arguments);
    }
    if (ends(with, name, "_scales", &hole) && arguments == 1) {
        return rows_hole(with, hole, part_of(with)->bind[hole].scales, argument, arguments);
    }
    if (ends(with, name, "_scales", &hole)) {
        return panel_hole(with, part_of(with)->bind[hole].scales, argument, arguments);
    }
    const size_t size = strlen(name);
    if (size > 2 && ends(with, str_of_n(name, size - 2), "_step", &hole) && name[size - 2] == '_') {
        return step_hole(with, hole, name[size - 1]);
    }
    const int declared = template_parameters(with->t, name, &parameter), at = ends(with, name, "_at", &hole);
    const int run = ends(with, name, "_run", &hole);
    const Str base = at ? str_of_n(name, strlen(name) - 3) : name;
    const TemplateHole *said = template_hole(with->t, base);
    const char lane = said ? said->lanes : 0;
    Lane l = filling_lane(with, part_of(with), parameter, argument, declared < arguments ? declared : arguments, lane);
    if (at) {
        return at_hole(with, &l, hole, lane);
    }
    if (run) {
        return run_hole(with, &l, part_of(with), hole, argument[arguments - 1]);
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
    return hole >= 0 ? value_hole(with, &l, hole) : refuse(with, arena_printf(with->p->arena, "the template asks for '$%s'", name));
}

const char *filling_hole(void *filling, Str name, const Str *argument, int arguments)
{
    const char *text = hole_text(filling, name, argument, arguments);
    if (strncmp(name, "locate_", 7) != 0) {
        kernel_note_places(filling, text);
    }
    return text;
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
        at_hole(&trial, &l, hole, said ? said->lanes : 0);
        for (int r = 0; r < with->k->form->roles && !trial.reason; r++) {
            const char letter_of = with->k->form->role[r].letter;
            if (template_asks(with->t, arena_printf(with->p->arena, "%s_step_%c", h->name + 1, letter_of))) {
                step_hole(&trial, hole, letter_of);
            }
        }
        if (trial.reason) {
            return 0;
        }
    }
    return 1;
}

int filling_times(void *filling, Str name)
{
    Filling *with = filling;
    int hole = -1;
    if (strcmp(name, "gated") == 0) {
        return with->mate ? products(with) > 1 : with->k->gated;
    }
    if (strcmp(name, "mate") == 0) {
        return mates(with);
    }
    if (strcmp(name, "product") == 0) {
        return products(with) > 2 ? (filling_refuse(with, "more than two products in one value"), 1) : products(with);
    }
    if (strcmp(name, "part") == 0) {
        return with->k->part.n;
    }
    if (strcmp(name, "deep") == 0) {
        return kernel_is_deep(with);
    }
    const int kept = kept_as(with, name), known = kept >= 0 ? kept : form_times(with, name);
    if (known >= 0) {
        return known;
    }
    if (ends(with, name, "_in_place", &hole)) {
        return filling_in_place(with, hole);
    }
    return -1;
}

void filling_turn(void *filling, Str name, int i)
{
    Filling *with = filling;
    if (strcmp(name, "product") == 0) {
        with->part = part_of_mate(with, with->mates[with->part], i < 0 ? 0 : i);
        with->product = i < 0 ? 0 : i;
        return;
    }
    with->mate = i >= 0 && strcmp(name, "mate") == 0;
    with->part = i;
    for (int first = 0; with->mate && first < with->k->part.n; first++) { /* the i-th mate begins with this part */
        if (with->mates[first] == first && i-- == 0) {
            with->part = first;
        }
    }
}
