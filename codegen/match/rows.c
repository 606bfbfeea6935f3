/* Reductions over fixed dims of one row become one kernel: further ones join that read its results at the same row, or the same rows. */
#include "covering.h"

typedef struct Rows {
    Cover *c;
    Draft *d;
    const NormNode *first;
    NormExpr *row[NORM_AXES];    /* variables of the row */
    NormExpr *within[NORM_AXES]; /* and within it */
    NormExpr *outer[NORM_AXES];  /* those of the row as they lie in memory, */
    NormExpr *inner[NORM_AXES];  /* and within it */
} Rows;

static int is_fixed(const NormNode *node)
{
    return node->bound > 0 && !ragged_vars(node->var + node->free, node->bound);
}

static int same_dims(const NormNode *a, const NormNode *b)
{
    if (a->free != b->free || a->bound != b->bound) {
        return 0;
    }
    for (int k = 0; k < a->free + a->bound; k++) {
        if (a->var[k]->dim != b->var[k]->dim) {
            return 0;
        }
    }
    return 1;
}

static const DraftPart *part_of(const Draft *d, const NormNode *node)
{
    for (int i = 0; node && i < d->part.n; i++) {
        if (d->part.at[i].node == node) {
            return &d->part.at[i];
        }
    }
    return NULL;
}

/* 1: it reads results of the cluster, all at its own row; 0: none; -1: at other rows, or things that are not there yet. */
static int reads_cluster(Rows *r, const NormNode *node)
{
    NormList reads = {0};
    int found = 0;
    norm_reads(r->c->norm, box_body(r->c, node), &reads);
    norm_reads(r->c->norm, box_where(r->c, node), &reads);
    for (int i = 0; i < reads.n; i++) {
        const NormExpr *read = reads.at[i];
        if (!read->node) {
            if (!is_known(r->c, read, NULL, 0)) {
                return -1;
            }
            continue;
        }
        if (!part_of(r->d, read->node)) {
            return -1;
        }
        found = 1;
        for (int k = 0; k < read->n; k++) {
            if (read->kid[k] != node->var[k]) {
                return -1;
            }
        }
    }
    return found;
}

static int share_tensor(Rows *r, const NormNode *a, const NormNode *b)
{
    NormList one = {0}, other = {0};
    norm_reads(r->c->norm, box_body(r->c, a), &one);
    norm_reads(r->c->norm, box_body(r->c, b), &other);
    for (int i = 0; i < one.n; i++) {
        for (int k = 0; k < other.n; k++) {
            if (one.at[i]->source && one.at[i]->source == other.at[k]->source && one.at[i]->source->kind != NODE_PARAM) {
                return 1;
            }
        }
    }
    return 0;
}

typedef struct Accumulators {
    Cover *c;
    const Draft *d;
} Accumulators;

static NormExpr *accumulated(void *context, NormExpr *e)
{
    Accumulators *a = context;
    const DraftPart *part = e->kind == NORM_READ ? part_of(a->d, e->node) : NULL;
    return part ? temp_read_as(a->c, part->accumulator, part->read, e->kid) : NULL;
}

static void add_part(Rows *r, const Form *form, NormNode *node)
{
    Cover *c = r->c;
    const NormInstance at = box_instance(c, node, r->row, r->within);
    Accumulators a = {c, r->d};
    DraftPart part = {.node = node};
    part.where = norm_rebuild(c->norm, at.where, accumulated, &a);
    part.body = norm_rebuild(c->norm, at.body, accumulated, &a);
    for (int h = 0; h < form->holes; h++) {
        part.hole[h] = form->hole[h].predicate ? part.where : part.body;
    }
    for (int k = 0; k < form->roles; k++) {
        for (int i = 0; i < (form->role[k].result ? node->free : node->bound); i++) {
            vec_push(c->p->arena, part.role[k], form->role[k].result ? r->outer[i] : r->inner[i]);
        }
    }
    NormExpr *origin = norm_read_node(c->norm, node, r->row);
    part.read = origin;
    part.accumulator = temp_new(c, node->free, r->outer, NULL, origin);
    part.accumulator->accumulator = 1;
    part.first = temp_new(c, node->free, r->outer, temp_read(c, part.accumulator, r->outer), origin);
    part.first->draft = r->d;
    vec_push(c->p->arena, r->d->part, part);
}

static void sort_row(Rows *r)
{
    const NormNode *node = r->first;
    NormExpr *body = box_instance(r->c, node, r->row, r->within).body;
    for (int k = 0; k < node->free; k++) {
        r->outer[k] = r->row[k];
    }
    for (int k = 0; k < node->bound; k++) {
        r->inner[k] = r->within[k];
    }
    stride_sort(&body, 1, r->outer, node->free);
    stride_sort(&body, 1, r->inner, node->bound);
}

static int joins(Rows *r, NormNode *node)
{
    Cover *c = r->c;
    if (!box_is_live(c, node) || part_of(r->d, node) || !is_fixed(node) || !same_dims(r->first, node)) {
        return 0;
    }
    const int reads = reads_cluster(r, node);
    if (reads < 0 || (!reads && !share_tensor(r, r->first, node))) {
        return 0;
    }
    return !(is_extreme(node) && may_be_empty(c, node)) && (reads > 0 || !contract_takes(c, node));
}

/* Why no form of rows can serve it. */
static Str refused(Cover *c, const NormNode *node)
{
    return !is_fixed(node)                             ? str_of("it runs over positions")
           : node->reduce == RED_PICK                  ? str_of("it picks")
           : is_extreme(node) && may_be_empty(c, node) ? str_of("of nothing it is 0, which the form does not say")
           : ragged_vars(node->var, node->free) > 1    ? str_of("its result has two ragged indices")
                                                       : NULL;
}

static NormList role_in(const Cover *c, const FormRole *role, const NormNode *node)
{
    NormList vars = {0};
    for (int i = 0; i < (role->result ? node->free : node->bound); i++) {
        vec_push(c->p->arena, vars, role->result ? node->var[i] : node->var[node->free + i]);
    }
    return vars;
}

/* The first form of rows that serves it. NULL: there is none; the reasons are added. */
static const Form *form_of_rows(Cover *c, const NormNode *node, Draft *d)
{
    for (int i = 0; i < c->form.n; i++) {
        const Form *form = c->form.at[i];
        NormList role[MOST_ROLES] = {{0}};
        NormExpr *hole[MOST_HOLES] = {0};
        if (!form->head->row || !form->head->any || form->head->formula) {
            continue;
        }
        for (int k = 0; k < form->roles; k++) {
            role[k] = role_in(c, &form->role[k], node);
        }
        Str why = refused(c, node);
        why = why ? why : contract_when(c, form, role, hole);
        if (!why) {
            return form;
        }
        why_add(c, d, form, node, why);
    }
    return NULL;
}

int rows_cover(Cover *c, NormNode *node, Draft *d)
{
    const Form *form = form_of_rows(c, node, d);
    Rows r = {.c = c, .d = d, .first = node};
    if (!form) {
        return 0;
    }
    d->form = form;
    for (int k = 0; k < node->free; k++) {
        r.row[k] = norm_fresh(c->norm, node->var[k]->dim);
    }
    for (int k = 0; k < node->bound; k++) {
        r.within[k] = norm_fresh(c->norm, node->var[node->free + k]->dim);
    }
    sort_row(&r);
    add_part(&r, form, node);
    for (int more = 1; more;) {
        more = 0;
        for (int id = 0; id < c->norm->node.n; id++) {
            if (joins(&r, c->norm->node.at[id])) {
                add_part(&r, form, c->norm->node.at[id]);
                more = 1;
            }
        }
    }
    return 1;
}
