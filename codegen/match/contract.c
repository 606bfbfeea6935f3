/* Forms of one reduction: products with a weight, scans, sums over positions. Of several ways to read a reduction as the head the form's
 * preference picks: weights that the compiler can prepare, then rows on both sides, then few factors on the left, then large sizes. */
#include "covering.h"
#include "../template/template.h"

#include <math.h>

typedef struct Reading { /* of one reduction as the head of a form */
    const Form *form;
    Env env;
    NormList role[MOST_ROLES];
    double score[6];
    NormExpr *read; /* of the node, in fresh variables */
    Str why;        /* not NULL: there is none */
} Reading;

static int weight_hole(const Form *form)
{
    for (int h = 0; h < form->holes; h++) {
        if (form->hole[h].load_time) {
            return h;
        }
    }
    return -1;
}

/* What stands beside the weight. */
static int left_hole(const Form *form)
{
    int h = 0;
    while (h == weight_hole(form) || form->hole[h].predicate) {
        h++;
    }
    return h;
}

/* A role that only this hole reads, conditions aside: rows of the left side, columns of the right one; -1: none. */
static int own_role(const Form *form, int hole)
{
    for (int r = 0; r < form->roles; r++) {
        int others = 0;
        for (int h = 0; h < form->holes; h++) {
            others |= h != hole && !form->hole[h].predicate && form->hole[h].roles >> r & 1u;
        }
        if (form->role[r].result && (form->hole[hole].roles >> r & 1u) && !others) {
            return r;
        }
    }
    return -1;
}

static int factors_in(Cover *c, NormExpr *e)
{
    NormFactors all = {0};
    double coef;
    norm_factors(c->norm, e, &all, &coef);
    return all.n;
}

static void score(Cover *c, Reading *r)
{
    const int w = weight_hole(r->form);
    if (w < 0) {
        return;
    }
    const int left = left_hole(r->form), m = own_role(r->form, left), n = own_role(r->form, w);
    double shared = 1;
    for (int k = 0; k < r->form->roles; k++) {
        if (r->form->role[k].result && k != m && k != n) {
            shared *= vars_size(&r->role[k], 64);
        }
    }
    const double rows = m < 0 ? 1 : vars_size(&r->role[m], 64), columns = n < 0 ? 1 : vars_size(&r->role[n], 64);
    r->score[0] = is_load_time(c, r->env.hole[w]);
    r->score[1] = m >= 0 && n >= 0 && r->role[m].n && r->role[n].n;
    r->score[2] = -factors_in(c, r->env.hole[left]);
    r->score[3] = fmin(rows, columns);
    r->score[4] = -shared;
}

static int better(const Reading *a, const Reading *b)
{
    for (int k = 0; k < 6; k++) {
        if (a->score[k] != b->score[k]) {
            return a->score[k] > b->score[k];
        }
    }
    return 0;
}

/* ---- one reduction as one form ------------------------------------------------------------------------------------------------------ */

static int reads_pairs(const Cover *c, const NormExpr *e)
{
    if (e->kind == NORM_READ) {
        const Temp *t = temp_of(c, e->source);
        if (t && t->pairs) {
            return 1;
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_pairs(c, e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

/* A tensor over several ragged indices that is in memory whoever reads it: given, or a kernel's. */
static int reads_grid(const Cover *c, const NormExpr *e)
{
    const Temp *t = e->kind == NORM_READ && e->source ? temp_of(c, e->source) : NULL;
    if (e->kind == NORM_READ && e->source && ragged_axes(e->source) > 1 && (t ? !t->pairs : e->source->kind != NODE_EQ)) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_grid(c, e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

/* Several ragged indices are of one role, as the form allows. No more is stored than is in any case: what slides over them, or is made of
 * what lies over them. */
static int is_grid(Cover *c, const Reading *r)
{
    const Form *form = r->form;
    const int ragged = ragged_vars(r->read->kid, r->read->n);
    int role = -1;
    for (int k = 0; k < form->roles; k++) {
        role = form->role[k].grid && ragged_vars(r->role[k].at, r->role[k].n) == ragged ? k : role;
    }
    return role >= 0 && (form_reads_runs(form) || reads_grid(c, r->env.hole[left_hole(form)]));
}

static Str admit(Cover *c, const Reading *r)
{
    const int w = weight_hole(r->form);
    if (is_extreme(r->read->node) && may_be_empty(c, r->read->node)) {
        return str_of("of nothing it is 0, which the form does not say");
    }
    if (ragged_vars(r->read->kid, r->read->n) > 1 && !is_grid(c, r)) {
        return str_of("its result has two ragged indices");
    }
    for (int h = 0; h < r->form->holes; h++) {
        if (r->env.hole[h] && reads_pairs(c, r->env.hole[h]) && !is_grid(c, r)) {
            return str_format("%s reads a tensor over two ragged indices", r->form->hole[h].name);
        }
    }
    if (w >= 0) {
        const int m = own_role(r->form, left_hole(r->form));
        if (m >= 0 && !r->role[m].n && !is_params(c, r->env.hole[w])) {
            return str_format("the form wants rows, or a parameter for %s", r->form->hole[w].name);
        }
        if (m >= 0 && gathers(r->env.hole[w]) && !is_load_time(c, r->env.hole[w])) {
            return str_format("the form wants for %s what is not gathered", r->form->hole[w].name);
        }
    }
    return contract_when(c, r->form, r->role, r->env.hole);
}

static Str everywhere_text(void)
{
    return str_of("it is wanted everywhere");
}

static Reading read_as(Cover *c, const Form *form, NormNode *node)
{
    Reading best = {.form = form};
    NormExpr *index[NORM_AXES];
    for (int k = 0; k < node->free; k++) {
        index[k] = norm_fresh(c->norm, node->var[k]->dim);
    }
    NormExpr *read = norm_read_node(c->norm, node, index);
    Unify u = {.cover = c, .form = form};
    EnvList envs = {0};
    Str why = NULL;
    int found = 0;
    NormList conditions = {0};
    if (form->head->wanted >= 0) {
        conditions = wanted(c, node, index);
        if (!conditions.n) {
            best.why = everywhere_text(); /* as nearly all are */
            return best;
        }
    }
    unify(&u, form->head->root, read, &(Env){0}, &envs);
    for (int i = 0; i < envs.n; i++) {
        Reading r = {.form = form, .env = envs.at[i], .read = read};
        if (form->head->wanted >= 0) {
            r.env.hole[form->head->wanted] = norm_and(c->norm, conditions.n, conditions.at);
        }
        r.why = roles_of(c, form, &r.env, r.role);
        if (!r.why) {
            r.why = admit(c, &r);
        }
        if (r.why) {
            why = why ? why : r.why;
            continue;
        }
        score(c, &r);
        if (!found || better(&r, &best)) {
            best = r;
            found = 1;
        }
    }
    best.why = found ? NULL : why ? why : u.many ? str_of("too many factors") : str_of("its body does not have the shape of the head");
    return best;
}

static int is_contraction(const Form *form)
{
    return !form->head->formula && !form->head->map && !(form->head->row && form->head->any);
}

static Reading read_as_any(Cover *c, NormNode *node, Draft *d)
{
    Reading r = {.why = str_of("no form")};
    for (int everywhere = 0; everywhere < 2; everywhere++) { /* what is computed for some only comes first */
        for (int i = 0; i < c->form.n; i++) {
            if (!is_contraction(c->form.at[i]) || (c->form.at[i]->head->wanted < 0) != everywhere) {
                continue;
            }
            r = read_as(c, c->form.at[i], node);
            if (!r.why) {
                return r;
            }
            if (d && r.why != everywhere_text()) {
                why_add(c, d, c->form.at[i], node, r.why);
            }
        }
    }
    return r;
}

int contract_takes(Cover *c, NormNode *node)
{
    return !read_as_any(c, node, NULL).why;
}

/* ---- mates -------------------------------------------------------------------------------------------------------------------------- */

typedef struct Naming { /* variables of one reading as those of another */
    NormExpr *from[NORM_AXES], *to[NORM_AXES];
    int n;
} Naming;

static void name_var(Naming *n, NormExpr *from, NormExpr *to)
{
    for (int i = 0; i < n->n; i++) {
        if (n->from[i] == from) {
            return;
        }
    }
    if (n->n < NORM_AXES) {
        n->from[n->n] = from;
        n->to[n->n++] = to;
    }
}

/* Tries all orders of the summed indices. */
static int align_sum(Cover *c, const Reading *a, const Reading *b, int left, int k, int at, Naming *names)
{
    if (at == b->role[k].n) {
        return norm_replace(c->norm, b->env.hole[left], names->n, names->from, names->to) == a->env.hole[left];
    }
    for (int i = 0; i < a->role[k].n; i++) {
        int used = a->role[k].at[i]->dim != b->role[k].at[at]->dim;
        for (int j = 0; j < names->n && !used; j++) {
            used = names->to[j] == a->role[k].at[i];
        }
        Naming more = *names;
        if (!used) {
            name_var(&more, b->role[k].at[at], a->role[k].at[i]);
            if (align_sum(c, a, b, left, k, at + 1, &more)) {
                *names = more;
                return 1;
            }
        }
    }
    return 0;
}

static int summed_role(const Form *form)
{
    for (int r = 0; r < form->roles; r++) {
        if (!form->role[r].result) {
            return r;
        }
    }
    return -1;
}

/* Columns of equal dims are one loop: those of the first product that has such. */
static void align_columns(const Draft *d, const Reading *b, int n, Naming *names)
{
    for (int i = 0; n >= 0 && i < d->part.n; i++) {
        const NormList *column = &d->part.at[i].role[n];
        int same = column->n == b->role[n].n;
        for (int k = 0; same && k < column->n; k++) {
            same = column->at[k]->dim == b->role[n].at[k]->dim;
        }
        for (int k = 0; same && k < column->n; k++) {
            name_var(names, b->role[n].at[k], column->at[k]);
        }
        if (same) {
            return;
        }
    }
}

/* The same left side, summed over the same indices: b in the variables of a. */
static int align(Cover *c, const Draft *d, const Reading *a, Reading *b)
{
    const int w = weight_hole(a->form), left = w < 0 ? 0 : left_hole(a->form), k = summed_role(a->form);
    if (w < 0 || k < 0 || a->form != b->form || a->role[k].n != b->role[k].n) {
        return 0;
    }
    for (int i = 0; i < a->role[k].n; i++) {
        if (!norm_uses(a->env.hole[left], a->role[k].at[i])) {
            return 0;
        }
    }
    NormExpr *one = norm_node(c->norm, RED_SUM, T_REAL, a->role[k].n, a->role[k].at, c->norm->yes, a->env.hole[left]);
    NormExpr *other = norm_node(c->norm, RED_SUM, T_REAL, b->role[k].n, b->role[k].at, c->norm->yes, b->env.hole[left]);
    if (one->node != other->node) {
        return 0;
    }
    Naming names = {0};
    for (int i = 0; i < one->n; i++) {
        name_var(&names, other->kid[i], one->kid[i]);
    }
    if (!align_sum(c, a, b, left, k, 0, &names)) {
        return 0;
    }
    align_columns(d, b, own_role(a->form, w), &names);
    for (int r = 0; a->form->head->wanted >= 0 && r < a->form->roles; r++) { /* matrices of which each row wants some */
        align_columns(d, b, a->form->role[r].result ? r : -1, &names);
    }
    for (int h = 0; h < b->form->holes; h++) {
        b->env.hole[h] = b->env.hole[h] ? norm_replace(c->norm, b->env.hole[h], names.n, names.from, names.to) : NULL;
    }
    for (int r = 0; r < b->form->roles; r++) {
        NormList renamed = {0};
        for (int i = 0; i < b->role[r].n; i++) {
            vec_push(c->p->arena, renamed, norm_replace(c->norm, b->role[r].at[i], names.n, names.from, names.to));
        }
        b->role[r] = renamed;
    }
    b->read = norm_replace(c->norm, b->read, names.n, names.from, names.to);
    return a->form->head->wanted < 0 || a->env.hole[a->form->head->wanted] == b->env.hole[a->form->head->wanted];
}

/* ---- taking it ---------------------------------------------------------------------------------------------------------------------- */

static void add_part(Cover *c, Draft *d, const Reading *r)
{
    DraftPart part = {.node = r->read->node};
    for (int h = 0; h < r->form->holes; h++) {
        part.hole[h] = r->env.hole[h];
    }
    for (int k = 0; k < r->form->roles; k++) {
        part.role[k] = r->role[k];
    }
    NormExpr *axis[NORM_AXES];
    for (int k = 0; k < r->form->roles; k++) {
        stride_sort(part.hole, r->form->holes, part.role[k].at, part.role[k].n);
    }
    stride_sort_result(c, r->read, part.hole, r->form, part.role, axis);
    part.read = r->read;
    part.accumulator = temp_new(c, r->read->n, axis, NULL, r->read);
    part.accumulator->accumulator = 1;
    part.first = temp_new(c, r->read->n, axis, temp_read(c, part.accumulator, axis), r->read);
    part.first->draft = d;
    vec_push(c->p->arena, d->part, part);
}

int contract_cover(Cover *c, NormNode *node, Draft *d)
{
    const Reading first = read_as_any(c, node, d);
    if (first.why) {
        return 0;
    }
    d->form = first.form;
    add_part(c, d, &first);
    const int alone = first.form->text && !template_repeats(first.form->text, str_of("mate"));
    for (int id = 0; weight_hole(first.form) >= 0 && !alone && id < c->norm->node.n; id++) {
        NormNode *other = c->norm->node.at[id];
        if (other == node || !box_is_live(c, other) || other->reduce != node->reduce || !cover_is_open(c, other)) {
            continue;
        }
        Reading mate = read_as(c, first.form, other);
        if (!mate.why && align(c, d, &first, &mate)) {
            add_part(c, d, &mate);
        }
    }
    return 1;
}
