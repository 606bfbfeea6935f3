/* What a kernel stores: as much of what its readers do with a tensor as all of them agree on.
 *
 * All reads of a tensor in all open expressions are looked at. When it stands in sums (or products) everywhere, what the others in them
 * have in common, its indices renamed to the tensor's, is added (multiplied) before it is stored; when it is the argument of the same
 * function everywhere, the function is applied. Bias, residual, activation, gate, scale of a row and the affine part of a norm come in by
 * this one rule, and readers that disagree get the tensor as it is. Subsets of sums are compared, not trees: sums are flat. */
#include "growing.h"

/* ---- where a tensor is read --------------------------------------------------------------------------------------------------------- */

static void members_but(Growing *g, const NormExpr *e, int but, Members *out)
{
    for (int k = 0; k < e->n; k++) {
        if (k != but) {
            const double weight = e->kind == NORM_SUM ? e->coef[k] : e->kind == NORM_PRODUCT ? e->power[k] : 1;
            vec_push(g->cover->p->arena, *out, ((GrowMember){e->kid[k], weight}));
        }
    }
}

void grow_find_reads(Growing *g, NormExpr *e, const ReadPlace *place)
{
    if (e->kind == NORM_READ && e->source == g->temp->node) {
        ReadPlace found = *place;
        found.read = e;
        vec_push(g->cover->p->arena, g->place, found);
    }
    for (int k = 0; k < e->n; k++) {
        if (!reads_source(e->kid[k], g->temp->node)) {
            continue;
        }
        ReadPlace inner = {.box = place->box, .parent = e, .at = k, .kind = PLACE_OTHER};
        if (e->kind == NORM_SUM || e->kind == NORM_PRODUCT) {
            inner.kind = e->kind == NORM_SUM ? PLACE_SUM : PLACE_PRODUCT;
            inner.own = e->kind == NORM_SUM ? e->coef[k] : e->power[k];
            inner.constant = e->kind == NORM_SUM ? e->num : 0;
            members_but(g, e, k, &inner.sibling);
        } else if ((e->kind == NORM_CALL && e->op != OP_IDIV && e->op != OP_MOD) || (e->kind == NORM_SELECT && k > 0)) {
            inner.kind = PLACE_CALL;
            inner.own = 1;
            members_but(g, e, k, &inner.sibling);
        }
        grow_find_reads(g, e->kid[k], &inner);
    }
}

int grow_is_plain(const NormExpr *read)
{
    for (int k = 0; k < read->n; k++) {
        if (read->kid[k]->kind != NORM_VAR) {
            return 0;
        }
        for (int i = 0; i < k; i++) {
            if (read->kid[i] == read->kid[k]) {
                return 0;
            }
        }
    }
    return 1;
}

/* One kind of parent, everywhere. */
static int same_kind(const Growing *g)
{
    for (int i = 0; i < g->place.n; i++) {
        const ReadPlace *place = &g->place.at[i];
        if (!grow_is_plain(place->read) || place->kind != g->place.at[0].kind || place->kind == PLACE_ROOT || place->kind == PLACE_OTHER ||
            place->parent->type != g->place.at[0].parent->type || wanted_beyond(g->cover, g->temp, place->parent, place->read)) {
            return 0;
        }
    }
    return g->place.n > 0;
}

/* ---- the next value ----------------------------------------------------------------------------------------------------------------- */

/* The weight of the tensor itself, where all agree; else usual, and *agree is 0. */
static double own_weight(const Growing *g, double usual, int *agree)
{
    *agree = 1;
    for (int i = 1; i < g->place.n; i++) {
        *agree &= g->place.at[i].own == g->place.at[0].own;
    }
    return *agree ? g->place.at[0].own : usual;
}

static int alone(const Growing *g)
{
    for (int i = 0; i < g->place.n; i++) {
        if (g->place.at[i].sibling.n || g->place.at[i].constant != 0) {
            return 0;
        }
    }
    return 1;
}

static NormExpr *grown_sum(Growing *g, const Members *with)
{
    int agree;
    g->scale = own_weight(g, 1, &agree);
    if (!with->n && (g->scale == 1 || !alone(g))) {
        return NULL;
    }
    NormTerms terms = {0};
    double constant = 0;
    vec_push(g->cover->p->arena, terms, ((NormTerm){g->temp->value, g->scale}));
    for (int i = 0; i < with->n; i++) {
        if (with->at[i].e->kind == NORM_NUM) {
            constant = with->at[i].weight * g->scale;
        } else {
            vec_push(g->cover->p->arena, terms, ((NormTerm){with->at[i].e, with->at[i].weight * g->scale}));
        }
    }
    return norm_sum(g->cover->norm, g->place.at[0].parent->type, terms.n, terms.at, constant);
}

static NormExpr *grown_product(Growing *g, const Members *with)
{
    int agree;
    const double power = own_weight(g, 1, &agree);
    if (!agree || (!with->n && power == 1)) {
        return NULL;
    }
    NormFactors factors = {0};
    vec_push(g->cover->p->arena, factors, ((NormFactor){g->temp->value, (int)power}));
    for (int i = 0; i < with->n; i++) {
        vec_push(g->cover->p->arena, factors, ((NormFactor){with->at[i].e, (int)with->at[i].weight}));
    }
    return norm_product(g->cover->norm, g->place.at[0].parent->type, factors.n, factors.at);
}

static NormExpr *grown_call(Growing *g, const Members *with)
{
    const ReadPlace *first = &g->place.at[0];
    const int any_order = first->parent->kind == NORM_CALL && (first->parent->op == OP_MIN || first->parent->op == OP_MAX);
    for (int i = 0; i < g->place.n; i++) {
        const ReadPlace *place = &g->place.at[i];
        if (place->parent->kind != first->parent->kind || place->parent->op != first->parent->op || place->parent->n != first->parent->n ||
            (!any_order && place->at != first->at)) {
            return NULL;
        }
    }
    if (with->n != first->sibling.n || with->n > 7) {
        return NULL;
    }
    NormExpr *kid[8];
    for (int k = 0, i = 0; k < first->parent->n; k++) {
        kid[k] = k == first->at ? g->temp->value : with->at[i++].e;
    }
    return norm_with_kids(g->cover->norm, first->parent, kid);
}

/* ---- its readers -------------------------------------------------------------------------------------------------------------------- */

static const NormList *row_at(const Growing *g, const NormExpr *read)
{
    for (int i = 0; i < g->place.n; i++) {
        if (g->place.at[i].box == g->box && g->place.at[i].read == read) {
            return &g->chosen[i];
        }
    }
    return NULL;
}

static NormExpr *read_grown(Growing *g, const NormExpr *read, const NormList *row)
{
    NormExpr *index[NORM_AXES];
    for (int k = 0; k < read->n; k++) {
        index[k] = read->kid[k];
    }
    for (int k = 0; k < row->n && g->wider; k++) {
        index[read->n + k] = row->at[k];
    }
    return temp_read(g->cover, g->grown, index);
}

static NormExpr *as_here(Growing *g, NormExpr *e, const NormExpr *read, const NormList *row)
{
    NormExpr *from[NORM_AXES], *to[NORM_AXES];
    int n = 0;
    for (int k = 0; k < read->n; k++) {
        from[n] = g->temp->axis[k];
        to[n++] = read->kid[k];
    }
    for (int k = 0; k < row->n; k++) {
        from[n] = g->row->at[k];
        to[n++] = row->at[k];
    }
    return norm_replace(g->cover->norm, e, n, from, to);
}

static void remove_member(Growing *g, Members *list, GrowMember m)
{
    const int at = grow_find_member(list, m);
    if (at < 0) {
        g->failed = 1;
        return;
    }
    for (int i = at + 1; i < list->n; i++) {
        list->at[i - 1] = list->at[i];
    }
    list->n--;
}

static NormExpr *replaced_read(void *context, NormExpr *e);

static NormExpr *rebuilt(Growing *g, const NormExpr *e, const Members *list, double constant)
{
    NormTerms terms = {0};
    NormFactors factors = {0};
    for (int i = 0; i < list->n; i++) {
        NormExpr *kid = norm_rebuild(g->cover->norm, list->at[i].e, replaced_read, g);
        vec_push(g->cover->p->arena, terms, ((NormTerm){kid, list->at[i].weight}));
        vec_push(g->cover->p->arena, factors, ((NormFactor){kid, (int)list->at[i].weight}));
    }
    return e->kind == NORM_SUM ? norm_sum(g->cover->norm, e->type, terms.n, terms.at, constant)
                               : norm_product(g->cover->norm, e->type, factors.n, factors.at);
}

static NormExpr *in_sum_or_product(Growing *g, NormExpr *e)
{
    Members list = {0}, mine = {0};
    double constant = e->kind == NORM_SUM ? e->num : 0;
    int hits = 0;
    members_but(g, e, -1, &list);
    mine = list;
    for (int i = 0; i < e->n; i++) {
        const NormExpr *read = e->kid[i];
        const NormList *row = read->kind == NORM_READ && read->source == g->temp->node ? row_at(g, read) : NULL;
        if (!row) {
            continue;
        }
        const double own = e->kind == NORM_SUM ? e->coef[i] : e->power[i];
        hits++;
        remove_member(g, &mine, (GrowMember){e->kid[i], own});
        for (int k = 0; k < g->with.n; k++) {
            const GrowMember m = g->with.at[k];
            const double weight = e->kind == NORM_SUM ? m.weight * own : m.weight;
            if (m.e->kind == NORM_NUM) {
                constant = grow_same_weight(constant, weight) ? 0 : constant - weight;
            } else {
                remove_member(g, &mine, (GrowMember){as_here(g, m.e, read, row), weight});
            }
        }
        vec_push(g->cover->p->arena, mine, ((GrowMember){read_grown(g, read, row), e->kind == NORM_SUM ? own / g->scale : 1}));
    }
    return hits && !g->failed ? rebuilt(g, e, &mine, constant) : NULL;
}

static NormExpr *replaced_read(void *context, NormExpr *e)
{
    Growing *g = context;
    const ReadKind kind = g->place.at[0].kind;
    if ((kind == PLACE_SUM && e->kind == NORM_SUM) || (kind == PLACE_PRODUCT && e->kind == NORM_PRODUCT)) {
        return in_sum_or_product(g, e);
    }
    const NormExpr *parent = g->place.at[0].parent;
    for (int k = 0; kind == PLACE_CALL && e->kind == parent->kind && e->op == parent->op && k < e->n; k++) {
        if (e->kid[k]->kind == NORM_READ && e->kid[k]->source == g->temp->node) {
            return read_grown(g, e->kid[k], &(NormList){0});
        }
    }
    return NULL;
}

/* All readers, or none. */
static int commit(Growing *g, NormMap *f)
{
    Cover *c = g->cover;
    NormExpr **made = arena_array(c->p->arena, NormExpr *, c->box.n + 1);
    for (g->box = 0; g->box < c->box.n; g->box++) {
        NormExpr *e = c->box.at[g->box].e;
        made[g->box] = reads_source(e, g->temp->node) ? norm_rebuild(c->norm, e, f, g) : e;
        g->failed |= reads_source(made[g->box], g->temp->node);
    }
    for (int i = 0; i < c->box.n && !g->failed; i++) {
        c->box.at[i].e = made[i];
    }
    if (!g->failed) {
        boxes_sync(c);
    }
    return !g->failed;
}

static Temp *step(Growing *g)
{
    Cover *c = g->cover;
    for (int i = 0; i < c->box.n; i++) {
        grow_find_reads(g, c->box.at[i].e, &(ReadPlace){.box = i, .kind = PLACE_ROOT});
    }
    if (!same_kind(g)) {
        return NULL;
    }
    NormList *chosen = arena_array(c->p->arena, NormList, g->place.n);
    const RowList rows = grow_rows_named(g, &g->place.at[0]);
    g->chosen = arena_array(c->p->arena, NormList, g->place.n);
    for (int k = 0; k < rows.n; k++) {
        const Members with = grow_agreed(g, &rows.at[k], chosen);
        if (!k || with.n > g->with.n) {
            g->with = with;
            for (int i = 0; i < g->place.n; i++) {
                g->chosen[i] = chosen[i];
            }
        }
    }
    const ReadKind kind = g->place.at[0].kind;
    NormExpr *value = kind == PLACE_SUM       ? grown_sum(g, &g->with)
                      : kind == PLACE_PRODUCT ? grown_product(g, &g->with)
                                              : grown_call(g, &g->with);
    if (!value) {
        return NULL;
    }
    NormExpr *axis[NORM_AXES];
    g->wider = g->with.n && g->chosen[0].n;
    for (int k = 0; k < g->temp->n; k++) {
        axis[k] = g->temp->axis[k];
    }
    for (int k = 0; g->wider && k < g->row->n; k++) {
        axis[g->temp->n + k] = g->row->at[k];
    }
    g->grown = temp_new(c, g->temp->n + (g->wider ? g->row->n : 0), axis, value, temp_origin(c, value));
    return commit(g, replaced_read) ? g->grown : NULL;
}

Temp *grow(Cover *c, Temp *t, Temp *const *mate, int mates, const NormList *row)
{
    for (;;) {
        Growing g = {.cover = c, .temp = t, .mate = mate, .mates = mates, .row = row};
        Temp *more = step(&g);
        if (!more) {
            g.wider = 0;
            more = grow_meet(c, t, mate, mates, row, &g.wider);
        }
        if (!more) {
            return t;
        }
        row = g.wider ? NULL : row; /* once */
        more->draft = t->draft;
        t = more;
    }
}
