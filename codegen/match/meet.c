/* A tensor that each reader reads several times, as in x * erf(x): the smallest part of a reader that holds all of them. Others may have
 * that part several times: a norm's value in the norm that follows. */
#include "growing.h"

typedef struct MeetRead { /* the variables that are the row, where a box reads the tensor like this */
    int box;
    const NormExpr *read;
    NormList row;
} MeetRead;

typedef struct Meeting {
    Cover *cover;
    Temp *temp, *grown;
    Temp **there;         /* it, and what its kernel knows besides */
    int theres;
    const NormList *row;  /* indices that may be added */
    int wider;            /* they are */
    VEC(MeetRead) at;
    int box;
    NormKind kind;
    Members core, beside; /* over the axes of the tensor */
    NormExpr *whole;      /* neither sum nor product */
} Meeting;

typedef struct Seen { /* of one part of a reader */
    NormList row;
    Members core, beside;
    NormExpr *whole;
} Seen;

static int holds(const NormExpr *e, const NormExpr *read)
{
    if (e == read) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (holds(e->kid[k], read)) {
            return 1;
        }
    }
    return 0;
}

static NormExpr *smallest(NormExpr *e, const NormExpr *read)
{
    for (;;) {
        NormExpr *only = NULL;
        int hits = 0;
        for (int k = 0; k < e->n && e->kind != NORM_READ; k++) {
            if (holds(e->kid[k], read)) {
                only = e->kid[k];
                hits++;
            }
        }
        if (hits != 1) {
            return e;
        }
        e = only;
    }
}

static int is_distinct(const NormExpr *read)
{
    for (int k = 0; k < read->n; k++) {
        for (int i = 0; i < k; i++) {
            if (read->kid[i] == read->kid[k]) {
                return 0;
            }
        }
        if (read->kid[k]->kind != NORM_VAR) {
            return 0;
        }
    }
    return 1;
}

/* Those variables of e that neither the read nor the list has. */
static void add_beyond(Meeting *m, const NormExpr *e, const NormExpr *read, NormList *out)
{
    for (int k = 0; k < e->nvars; k++) {
        int found = list_has(out, e->vars[k]);
        for (int i = 0; i < read->n && !found; i++) {
            found = read->kid[i] == e->vars[k];
        }
        if (!found) {
            vec_push(m->cover->p->arena, *out, e->vars[k]);
        }
    }
}

/* None, or as many as the row has, over its dims. */
static int is_row_or_none(const Meeting *m, const NormList *vars)
{
    if (vars->n + m->temp->n > NORM_AXES) {
        return 0;
    }
    for (int k = 0; k < vars->n; k++) {
        if (!m->row || vars->n != m->row->n || vars->at[k]->dim != m->row->at[k]->dim) {
            return 0;
        }
    }
    return 1;
}

static int may_take(Meeting *m, const NormExpr *e, const NormExpr *read, const NormList *row)
{
    return grow_vars_within(e, read, row) && is_known(m->cover, e, m->there, m->theres);
}

static const NormList *row_of(const Meeting *m, const NormExpr *read)
{
    static const NormList none = {0};
    for (int i = 0; i < m->at.n; i++) {
        if (m->at.at[i].box == m->box && m->at.at[i].read == read) {
            return &m->at.at[i].row;
        }
    }
    return &none;
}

/* The tensor's axes and the row, and what stands for them at a read. */
static int correspond(const Meeting *m, const NormExpr *read, const NormList *row, NormExpr **axis, NormExpr **index)
{
    for (int k = 0; k < read->n; k++) {
        axis[k] = m->temp->axis[k];
        index[k] = read->kid[k];
    }
    for (int k = 0; k < row->n; k++) {
        axis[read->n + k] = m->row->at[k];
        index[read->n + k] = row->at[k];
    }
    return read->n + row->n;
}

static NormExpr *over_axes(Meeting *m, NormExpr *e, const NormExpr *read, const NormList *row)
{
    NormExpr *axis[NORM_AXES], *index[NORM_AXES];
    const int n = correspond(m, read, row, axis, index);
    return norm_replace(m->cover->norm, e, n, index, axis);
}

static NormExpr *over_index(Meeting *m, NormExpr *e, const NormExpr *read)
{
    NormExpr *axis[NORM_AXES], *index[NORM_AXES];
    const int n = correspond(m, read, row_of(m, read), axis, index);
    return norm_replace(m->cover->norm, e, n, axis, index);
}

static NormExpr *read_grown(Meeting *m, const NormExpr *read)
{
    NormExpr *axis[NORM_AXES], *index[NORM_AXES];
    correspond(m, read, row_of(m, read), axis, index);
    return temp_read(m->cover, m->grown, index);
}

static double weight_of(const NormExpr *e, int k)
{
    return e->kind == NORM_SUM ? e->coef[k] : e->kind == NORM_PRODUCT ? e->power[k] : 1;
}

static int find_member(const Members *list, const NormExpr *e, double weight)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i].e == e && list->at[i].weight == weight) {
            return i;
        }
    }
    return -1;
}

static int same_members(const Members *a, const Members *b)
{
    for (int i = 0; i < a->n; i++) {
        if (find_member(b, a->at[i].e, a->at[i].weight) < 0) {
            return 0;
        }
    }
    return a->n == b->n;
}

/* What a part of a reader is for a read in it. 0: nothing can be stored for it. */
static int see(Meeting *m, const NormExpr *at, const NormExpr *read, Seen *out)
{
    const int set = at->kind == NORM_SUM || at->kind == NORM_PRODUCT;
    *out = (Seen){.whole = NULL};
    if (wanted_beyond(m->cover, m->temp, at, read) || (!set && at->kind != NORM_CALL && at->kind != NORM_SELECT) || at->type == T_BOOL) {
        return 0;
    }
    for (int k = 0; k < at->n && set; k++) {
        if (holds(at->kid[k], read)) {
            add_beyond(m, at->kid[k], read, &out->row);
        }
    }
    if (!set) {
        add_beyond(m, at, read, &out->row);
    }
    if (!is_row_or_none(m, &out->row)) {
        return 0;
    }
    for (int k = 0; k < at->n && set; k++) {
        const int mine = holds(at->kid[k], read), fine = may_take(m, at->kid[k], read, &out->row);
        if (mine && !fine) {
            return 0;
        }
        if (fine) {
            const GrowMember member = {over_axes(m, at->kid[k], read, &out->row), weight_of(at, k)};
            if (mine) {
                vec_push(m->cover->p->arena, out->core, member);
            } else {
                vec_push(m->cover->p->arena, out->beside, member);
            }
        }
    }
    if (!set) {
        if (!may_take(m, at, read, &out->row)) {
            return 0;
        }
        out->whole = over_axes(m, (NormExpr *)at, read, &out->row);
    }
    return 1;
}

/* What stands beside it in all parts. */
static void keep_common(Meeting *m, const Members *beside)
{
    Members both = {0};
    for (int i = 0; i < beside->n; i++) {
        if (find_member(&m->beside, beside->at[i].e, beside->at[i].weight) >= 0) {
            vec_push(m->cover->p->arena, both, beside->at[i]);
        }
    }
    m->beside = both;
}

static int same_row(const NormList *a, const NormList *b)
{
    for (int k = 0; k < a->n && k < b->n; k++) {
        if (a->at[k] != b->at[k]) {
            return 0;
        }
    }
    return a->n == b->n;
}

/* All parts of a reader that are the same for a read. 0: they differ in the row. */
static int look(Meeting *m, const NormExpr *e, const NormExpr *read, NormList *row, int *found)
{
    Seen seen;
    if (!holds(e, read)) {
        return 1;
    }
    if (e->kind == m->kind && see(m, e, read, &seen) && seen.whole == m->whole && m->wider == (seen.row.n > 0) &&
        same_members(&m->core, &seen.core)) {
        if (*found && !same_row(row, &seen.row)) {
            return 0;
        }
        *found = 1;
        *row = seen.row;
        keep_common(m, &seen.beside);
    }
    for (int k = 0; k < e->n && e->kind != NORM_READ; k++) {
        if (!look(m, e->kid[k], read, row, found)) {
            return 0;
        }
    }
    return 1;
}

static void reads_of(Cover *c, NormExpr *e, const Node *source, NormList *out)
{
    NormList all = {0};
    norm_reads(c->norm, e, &all);
    for (int i = 0; i < all.n; i++) {
        if (all.at[i]->source == source) {
            vec_push(c->p->arena, *out, all.at[i]);
        }
    }
}

/* The least of the smallest parts. 0: there is none that all of the reads could be in. */
static int choose(Meeting *m)
{
    Cover *c = m->cover;
    const NormExpr *least = NULL, *its = NULL;
    Seen seen;
    for (int i = 0; i < c->box.n; i++) {
        NormList reads = {0};
        reads_of(c, c->box.at[i].e, m->temp->node, &reads);
        for (int k = 0; k < reads.n; k++) {
            const NormExpr *at = smallest(c->box.at[i].e, reads.at[k]);
            if (!is_distinct(reads.at[k])) {
                return 0;
            }
            if (!least || at->size < least->size) {
                least = at;
                its = reads.at[k];
            }
        }
    }
    if (!least || !see(m, least, its, &seen)) {
        return 0;
    }
    m->kind = least->kind;
    m->wider = seen.row.n > 0;
    m->core = seen.core;
    m->beside = seen.beside;
    m->whole = seen.whole;
    return 1;
}

static int look_everywhere(Meeting *m)
{
    Cover *c = m->cover;
    for (int i = 0; i < c->box.n; i++) {
        NormList reads = {0};
        reads_of(c, c->box.at[i].e, m->temp->node, &reads);
        for (int k = 0; k < reads.n; k++) {
            NormList row = {0};
            int found = 0;
            if (!look(m, c->box.at[i].e, reads.at[k], &row, &found) || !found) {
                return 0;
            }
            vec_push(c->p->arena, m->at, ((MeetRead){i, reads.at[k], row}));
        }
    }
    return 1;
}

/* ---- what becomes of it ------------------------------------------------------------------------------------------------------------- */

static NormExpr *value_of_read(void *context, NormExpr *e)
{
    Meeting *m = context;
    return e->kind == NORM_READ && e->source == m->temp->node
               ? norm_replace(m->cover->norm, m->temp->value, m->temp->n, m->temp->axis, e->kid)
               : NULL;
}

static NormExpr *put_together(Meeting *m, NormKind kind, Type type, const Members *list, double constant)
{
    NormTerms terms = {0};
    NormFactors factors = {0};
    for (int i = 0; i < list->n; i++) {
        vec_push(m->cover->p->arena, terms, ((NormTerm){list->at[i].e, list->at[i].weight}));
        vec_push(m->cover->p->arena, factors, ((NormFactor){list->at[i].e, (int)list->at[i].weight}));
    }
    return kind == NORM_SUM ? norm_sum(m->cover->norm, type, terms.n, terms.at, constant)
                            : norm_product(m->cover->norm, type, factors.n, factors.at);
}

static NormExpr *replaced(void *context, NormExpr *e);

static NormExpr *in_set(Meeting *m, NormExpr *e)
{
    Members list = {0};
    NormList reads = {0};
    int hits = 0;
    reads_of(m->cover, e, m->temp->node, &reads);
    for (int k = 0; k < e->n; k++) {
        vec_push(m->cover->p->arena, list, ((GrowMember){e->kid[k], weight_of(e, k)}));
    }
    for (int r = 0; r < reads.n; r++) {
        Members rest = list;
        rest.at = arena_array(m->cover->p->arena, GrowMember, list.n + 1);
        rest.n = 0;
        rest.cap = list.n + 1;
        int found = 0;
        for (int i = 0; i < list.n; i++) {
            int wanted = 0;
            for (int k = 0; k < m->core.n + m->beside.n && !wanted; k++) {
                const GrowMember t = k < m->core.n ? m->core.at[k] : m->beside.at[k - m->core.n];
                wanted = t.weight == list.at[i].weight && over_index(m, t.e, reads.at[r]) == list.at[i].e;
            }
            found += wanted;
            if (!wanted) {
                rest.at[rest.n++] = list.at[i];
            }
        }
        if (found == m->core.n + m->beside.n) {
            rest.at[rest.n++] = (GrowMember){read_grown(m, reads.at[r]), 1};
            list = rest;
            hits++;
        }
    }
    if (!hits) {
        return NULL;
    }
    for (int i = 0; i < list.n; i++) {
        list.at[i].e = norm_rebuild(m->cover->norm, list.at[i].e, replaced, m);
    }
    return put_together(m, e->kind, e->type, &list, e->kind == NORM_SUM ? e->num : 0);
}

static NormExpr *replaced(void *context, NormExpr *e)
{
    Meeting *m = context;
    if (e->kind != m->kind) {
        return NULL;
    }
    if (!m->whole) {
        return in_set(m, e);
    }
    NormList reads = {0};
    reads_of(m->cover, e, m->temp->node, &reads);
    for (int r = 0; r < reads.n; r++) {
        if (e->type == m->whole->type && over_index(m, m->whole, reads.at[r]) == e) {
            return read_grown(m, reads.at[r]);
        }
    }
    return NULL;
}

Temp *grow_meet(Cover *c, Temp *t, Temp *const *mate, int mates, const NormList *row, int *wider)
{
    Meeting m = {.cover = c, .temp = t, .row = row, .there = arena_array(c->p->arena, Temp *, mates + 1)};
    m.there[m.theres++] = t;
    for (int i = 0; i < mates; i++) {
        m.there[m.theres++] = mate[i];
    }
    if (!choose(&m) || !look_everywhere(&m)) {
        return NULL;
    }
    NormExpr *value = m.whole;
    if (!value) {
        Members all = {0};
        for (int k = 0; k < m.core.n + m.beside.n; k++) {
            vec_push(c->p->arena, all, k < m.core.n ? m.core.at[k] : m.beside.at[k - m.core.n]);
        }
        value = put_together(&m, m.kind, T_REAL, &all, 0);
    }
    value = norm_rebuild(c->norm, value, value_of_read, &m);
    NormExpr *axis[NORM_AXES];
    for (int k = 0; k < t->n + (m.wider ? row->n : 0); k++) {
        axis[k] = k < t->n ? t->axis[k] : row->at[k - t->n];
    }
    m.grown = temp_new(c, t->n + (m.wider ? row->n : 0), axis, value, temp_origin(c, value));
    NormExpr **made = arena_array(c->p->arena, NormExpr *, c->box.n + 1);
    for (int i = 0; i < c->box.n; i++) {
        NormExpr *e = c->box.at[i].e;
        m.box = i;
        made[i] = reads_source(e, t->node) ? norm_rebuild(c->norm, e, replaced, &m) : e;
        if (reads_source(made[i], t->node)) {
            return NULL;
        }
    }
    for (int i = 0; i < c->box.n; i++) {
        c->box.at[i].e = made[i];
    }
    boxes_sync(c);
    *wider = m.wider;
    return m.grown;
}
