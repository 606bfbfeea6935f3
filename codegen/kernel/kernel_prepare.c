/* Which kernels can be printed, and what they need for it. */
#include "kernel_holes.h"
#include "../match/kernel_use.h"
#include "panel.h"
#include "../target.h"

#include <string.h>

/* ---- what a kernel is taken back to -------------------------------------------------------------------------------------------------- */

static void take_back(Plan *p, Kernel *k, const char *reason)
{
    const Why why = {.form = k->form->name, .what = k->stored.n ? k->stored.at[0].node->name : NULL, .reason = str_of(reason)};
    vec_push(p->arena, k->why, why);
    k->plain = 1;
    for (int i = 0; i < k->stored.n; i++) {
        Info *info = plan_info(p, k->stored.at[i].node);
        info->kernel = NULL;
        info->why = arena_printf(p->arena, "plain loops, not %s: %s", k->form->name, reason);
    }
    for (int i = 0; i < k->helper.n; i++) {
        plan_info(p, k->helper.at[i])->kernel = NULL;
    }
}

/* ---- the right side ----------------------------------------------------------------------------------------------------------------- */

/* The roles of a right side: matrices, their columns, and what is summed over. */
typedef struct Sides {
    VarList b, n, k;
} Sides;

static Sides sides_of(Plan *p, const Kernel *k, const Part *part, int hole)
{
    const TemplateHole *store = template_hole(k->form->text, str_of("store"));
    Sides s = {{0}, {0}, {0}};
    for (int r = 0; r < k->form->roles; r++) {
        const FormRole *role = &k->form->role[r];
        VarList *to = !role->result ? &s.k : store && role->letter == store->lanes ? &s.n : &s.b;
        for (int v = 0; (k->form->hole[hole].roles >> r & 1) && v < part->role[r].n; v++) {
            vec_push(p->arena, *to, part->role[r].at[v]);
        }
    }
    return s;
}

static int same_vars(const VarList *a, const VarList *b)
{
    for (int i = 0; i < a->n && a->n == b->n; i++) {
        if (a->at[i] != b->at[i]) {
            return 0;
        }
    }
    return a->n == b->n;
}

/* Of one row of the left side, for all matrices, as it lies in scratch. */
static int64_t numbers_in_scratch(const Sides *s)
{
    return (role_count(&s->k) + 63) / 64 * 64 * role_count(&s->b);
}

enum { LONGEST = 16384 }; /* numbers of such a row, in bytes or in pairs */

/* What the plan asks for, as far as this product can do it. */
static Arithmetic arithmetic_of(Plan *p, Kernel *k, const Part *part, int hole, const Sides *s)
{
    enum { FEWEST_COLUMNS = 16, FEWEST_SUMMED = 32 };
    const Arithmetic wanted = p->options->weights;
    const TemplateHole *said = template_hole(k->form->text, str_of(k->form->hole[hole].name + 1));
    const Sides first = sides_of(p, k, &k->part.at[0], hole);
    const char *why = NULL;
    if (wanted == ARITHMETIC_F32) {
        return wanted;
    }
    if (!(said->stored >> wanted & 1)) {
        why = "the form's text does not know it";
    } else if (wanted == ARITHMETIC_INT8) {
        why = role_count(&s->b) == 0               ? "there is no matrix"
              : role_count(&s->n) < FEWEST_COLUMNS ? "fewer than 16 columns"
              : role_count(&s->k) < FEWEST_SUMMED  ? "sums of fewer than 32 products"
              : numbers_in_scratch(s) > LONGEST    ? "rows of more than 16384 numbers"
              : !same_vars(&s->b, &first.b)        ? "its left side is cut in another way than that of its mates"
                                                   : NULL;
    }
    if (why) {
        const Node *node = part->bind[hole].value->node;
        const Why one = {.form = str_of(arithmetic_name[wanted]),
                         .what = node->path ? node->path : node->name,
                         .reason = str_of(why),
                         .span = part->result->span};
        vec_push(p->arena, k->why, one);
    }
    return why ? ARITHMETIC_F32 : wanted;
}

/* Floats that are long enough for it and not too long for the scratch, where rows lie. */
static int goes_in_pairs(Plan *p, const Kernel *k, int hole, const Sides *s, Arithmetic arithmetic)
{
    enum { FEWEST_COLUMNS = 48, FEWEST_SUMMED = 48, MOST_SUMMED = 4096 };
    const TemplateHole *said = template_hole(k->form->text, str_of(k->form->hole[hole].name + 1));
    const Sides first = sides_of(p, k, &k->part.at[0], hole);
    const int64_t summed = role_count(&s->k);
    return said->pairs && target_has_pairs(p->options->target) && arithmetic == ARITHMETIC_F32 && role_count(&s->n) >= FEWEST_COLUMNS &&
           summed >= FEWEST_SUMMED && summed <= MOST_SUMMED && role_count(&s->b) > 0 && numbers_in_scratch(s) <= LONGEST &&
           same_vars(&s->b, &first.b);
}

static int is_stored_hole(const Kernel *k, int hole)
{
    for (int i = 0; i < k->part.n; i++) {
        const Expr *value = k->part.at[i].bind[hole].value;
        if (value->kind != EX_READ || value->node->kind != NODE_PARAM) {
            return 0;
        }
    }
    return 1;
}

static const char *pack_hole(Plan *p, Func *f, Kernel *k, int hole, int rows)
{
    for (int i = 0; i < k->part.n; i++) {
        Part *part = &k->part.at[i];
        Binding *bind = &part->bind[hole];
        if (bind->value->kind != EX_READ || bind->value->node->kind != NODE_PARAM) {
            return "its right side is no stored parameter";
        }
        const Sides s = sides_of(p, k, part, hole);
        bind->arithmetic = arithmetic_of(p, k, part, hole, &s);
        bind->pairs = !rows && goes_in_pairs(p, k, hole, &s, bind->arithmetic);
        bind->param = rows ? panel_rows(p, f, bind->value, &s.b, &s.n, &s.k, bind->arithmetic, &bind->scales)
                           : panel_param(p, f, bind->value, &s.b, &s.n, &s.k, bind->arithmetic, bind->pairs, &bind->scales);
        if (!bind->param) {
            return "its right side is read at an index by data or by formula";
        }
    }
    return NULL;
}

/* ---- the left side ------------------------------------------------------------------------------------------------------------------ */

static int index_of_kernel(const Func *f, const Plan *p, const Kernel *k)
{
    for (int i = 0; i < f->item.n; i++) {
        for (int j = 0; j < f->item.at[i].nodes.n; j++) {
            if (plan_info((Plan *)p, f->item.at[i].nodes.at[j])->kernel == k) {
                return i;
            }
        }
    }
    return f->item.n;
}

static void insert_item(Plan *p, Func *f, int at, Node *node)
{
    Item item = {.kind = STEP_NODE};
    vec_push(p->arena, item.nodes, node);
    vec_push(p->arena, f->item, item);
    for (int i = f->item.n - 1; i > at; i--) {
        f->item.at[i] = f->item.at[i - 1];
    }
    f->item.at[at] = item;
    for (int i = 0; i < f->item.n; i++) {
        for (int j = 0; j < f->item.at[i].nodes.n; j++) {
            plan_info(p, f->item.at[i].nodes.at[j])->item = i;
        }
    }
}

/* A value that the kernel wants side by side becomes a tensor of its own. */
static void store_hole(Plan *p, Func *f, Kernel *k, int hole)
{
    const FormHole *h = &k->form->hole[hole];
    for (int i = 0; i < k->part.n; i++) {
        Part *part = &k->part.at[i];
        const Expr *value = part->bind[hole].value;
        int known = 0;
        for (int j = 0; j < i && !known; j++) { /* mates share it */
            known = expr_same(k->part.at[j].bind[hole].wanted, value);
            part->bind[hole].value = known ? k->part.at[j].bind[hole].value : part->bind[hole].value;
        }
        part->bind[hole].wanted = (Expr *)value;
        if (known) {
            continue;
        }
        Node *node = plan_node(p, k->stored.at[0].node, str_of(arena_printf(p->arena, "%s_%s", k->stored.at[0].node->name, h->name + 1)));
        VarList axes = {0};
        for (int of = 2; of >= 0; of--) { /* what is ragged outermost, what is summed innermost */
            for (int r = 0; r < k->form->roles; r++) {
                for (int v = 0; (h->roles >> r & 1) && v < part->role[r].n; v++) {
                    const int result = k->form->role[r].result, ragged = dim_is_ragged(part->role[r].at[v]->dim) != 0;
                    if (result + (result && ragged) == of && (expr_uses(value, part->role[r].at[v]) || !result)) {
                        vec_push(p->arena, axes, part->role[r].at[v]);
                    }
                }
            }
        }
        node->type = T_REAL;
        node->free = axes;
        node->reduce = RED_NONE;
        node->bound = (VarList){0};
        node->where = node->empty = NULL;
        node->body = (Expr *)value;
        Info *info = plan_info(p, node);
        info->forced = 1;
        info->why = arena_printf(p->arena, "%s reads it row by row", k->form->name);
        insert_item(p, f, index_of_kernel(f, p, k), node);
        part->bind[hole].value = plan_read(p, node, axes, node->span);
    }
}

/* ---- all ---------------------------------------------------------------------------------------------------------------------------- */

const char *kernel_refused(Plan *p, Func *f, const Kernel *k)
{
    Filling with = filling_of(p, f, k, 1);
    Diag *diag = diag_new(p->arena);
    const TemplateFill fill = {.with = &with, .hole = filling_hole, .times = filling_times, .turn = filling_turn};
    if (!template_render(k->form->text, &fill, text_new(p->arena, 0), diag)) {
        return with.reason ? with.reason : diag->item.n ? diag->item.at[0].text : "its template";
    }
    return with.reason;
}

/* Where a role goes from sequence to sequence, only its ragged index does; fixed ones beside it (the queries of a group) go to the role of
 * those that nothing is summed over. */
static void move_fixed(Plan *p, Kernel *k)
{
    const int to = form_role(k->form, 'b'), from = form_role(k->form, 'q') < 0 ? form_role(k->form, 't') : form_role(k->form, 'q');
    for (int i = 0; from >= 0 && to >= 0 && i < k->part.n; i++) {
        VarList *role = &k->part.at[i].role[from], kept = {0};
        int ragged = 0;
        for (int v = 0; v < role->n; v++) {
            ragged |= dim_is_ragged(role->at[v]->dim);
        }
        for (int v = 0; ragged && v < role->n; v++) {
            VarList *list = dim_is_ragged(role->at[v]->dim) ? &kept : &k->part.at[i].role[to];
            vec_push(p->arena, *list, role->at[v]);
        }
        *role = ragged ? kept : *role;
    }
}

static const char *prepare(Plan *p, Func *f, Kernel *k)
{
    const Template *t = k->form->text;
    move_fixed(p, k);
    for (int h = 0; h < k->form->holes; h++) {
        const TemplateHole *said = template_hole(t, str_of(k->form->hole[h].name + 1));
        if (!said) {
            continue;
        }
        if (said->runs && !runs_choose(p, f, k, h)) {
            store_hole(p, f, k, h);
            if (!runs_choose(p, f, k, h)) {
                return "its left side is no tensor";
            }
        } else if (said->layout) {
            const int packs = strcmp(said->layout, "rows") != 0; /* else it stays as it is */
            const int rows = strcmp(said->layout, "rows16") == 0;
            const char *why = packs ? pack_hole(p, f, k, h, rows) : is_stored_hole(k, h) ? NULL : "its right side is no stored parameter";
            if (why) {
                return why;
            }
        } else if (said->in_place && !said->staged) {
            Filling with = filling_of(p, f, k, 1);
            if (!filling_in_place(&with, h)) {
                store_hole(p, f, k, h);
            }
        }
    }
    return kernel_refused(p, f, k);
}

typedef struct Forcing {
    Plan *p;
    const Kernel *k;
} Forcing;

/* What a kernel reads is in memory. */
static void force_reads(void *context, const Expr *e)
{
    const Forcing *f = context;
    if (!e) {
        return;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_EQ && plan_info(f->p, e->node)->kernel != f->k) {
        Info *info = plan_info(f->p, e->node);
        info->why = info->forced ? info->why : "a kernel reads it";
        info->forced = 1;
    }
    for (int i = 0; i < e->n; i++) {
        force_reads(context, e->kid[i]);
    }
}

/* The outermost index of what lies in the lanes goes to the role that all holes have, where there is one. */
static int move_lanes(Plan *p, Kernel *k)
{
    const TemplateHole *store = template_hole(k->form->text, str_of("store"));
    const int from = store ? form_role(k->form, store->lanes) : -1, to = form_role(k->form, 'b');
    if (k->part.at[0].bind[0].wanted || from < 0 || to < 0 || !k->part.at[0].result->reduce) {
        return 0;
    }
    for (int i = 0; i < k->part.n; i++) {
        if (k->part.at[i].role[from].n < 2) {
            return 0;
        }
    }
    for (int i = 0; i < k->part.n; i++) {
        VarList *role = &k->part.at[i].role[from], rest = {0};
        vec_push(p->arena, k->part.at[i].role[to], role->at[0]);
        for (int v = 1; v < role->n; v++) {
            vec_push(p->arena, rest, role->at[v]);
        }
        *role = rest;
    }
    return 1;
}

static const char *prepare_any(Plan *p, Func *f, Kernel *k)
{
    const char *why = prepare(p, f, k);
    while (why && k->part.n == 1 && move_lanes(p, k)) {
        why = prepare(p, f, k);
    }
    return why;
}

/* With lanes that are neighbours in memory, else with others. */
static const char *prepare_somehow(Plan *p, Func *f, Kernel *k)
{
    const Part first = k->part.at[0];
    const char *why = k->form->text ? prepare_any(p, f, k) : "its form has no code";
    if (why && k->form->text) {
        memcpy(k->part.at[0].role, first.role, sizeof first.role);
        k->apart = 1;
        why = prepare_any(p, f, k);
    }
    return why;
}

void kernels_prepare(Plan *p, Func *f)
{
    for (int i = 0; i < f->kernel.n; i++) {
        Kernel *k = f->kernel.at[i];
        const char *why = prepare_somehow(p, f, k);
        if (why) {
            take_back(p, k, why);
        } else {
            kernel_exprs(k, force_reads, &(Forcing){p, k});
            p->in_pairs |= filling_pairs(k);
        }
    }
}
