/* The order of covering: forms of several reductions first, the largest first; then, in an order in which everything is there before it is
 * read, forms of one reduction, rows, and plain loops for what is left. Where that order is free the author's text decides, then content,
 * never an address or the order in which things were made. */
#include "covering.h"

static int dims_are_ready(const Cover *c, const NormNode *node)
{
    for (int k = 0; k < node->free + node->bound; k++) {
        if (!items_dim_is_ready(c, node->var[k]->dim)) {
            return 0;
        }
    }
    return 1;
}

int cover_is_open(Cover *c, const NormNode *node)
{
    return is_known(c, box_where(c, node), NULL, 0) && is_known(c, box_body(c, node), NULL, 0) && dims_are_ready(c, node);
}

/* ---- kernels of several reductions -------------------------------------------------------------------------------------------------- */

static int source_is_there(Cover *c, const NormExpr *read)
{
    const Temp *t = temp_of(c, read->source);
    return t ? t->ready : items_source_is_ready(c, read->source);
}

static int waits_for(Cover *c, const Draft *d, NormExpr *e)
{
    NormList reads = {0};
    norm_reads(c->norm, e, &reads);
    for (int i = 0; i < reads.n; i++) {
        const NormExpr *read = reads.at[i];
        if (read->node ? !box_is_inside(d, read->node) : !source_is_there(c, read)) {
            return 1;
        }
    }
    return 0;
}

static int is_waiting(Cover *c, const Draft *d)
{
    for (int i = 0; i < c->box.n; i++) {
        const Box *box = &c->box.at[i];
        if (box->draft == d && waits_for(c, d, box->e)) {
            return 1;
        }
    }
    return 0;
}

static int finish_pending(Cover *c)
{
    for (int i = 0; i < c->pending.n; i++) {
        Draft *d = c->pending.at[i];
        if (is_waiting(c, d)) {
            continue;
        }
        for (int k = i + 1; k < c->pending.n; k++) {
            c->pending.at[k - 1] = c->pending.at[k];
        }
        c->pending.n--;
        draft_finish(c, d, NULL);
        vec_push(c->p->arena, c->event, ((Event){.draft = d}));
        return 1;
    }
    return 0;
}

/* ---- one reduction ------------------------------------------------------------------------------------------------------------------ */

static int place_in_text(const NormNode *node)
{
    return node->from ? node->from->id : 0;
}

static int before(const NormNode *a, const NormNode *b)
{
    const int x = place_in_text(a), y = place_in_text(b);
    return x != y ? x < y : norm_compare_node(a, b) < 0;
}

static NormNode *next_open(Cover *c)
{
    NormNode *best = NULL;
    for (int i = 0; i < c->norm->node.n; i++) {
        NormNode *node = c->norm->node.at[i];
        if (box_is_live(c, node) && (!best || before(node, best)) && cover_is_open(c, node)) {
            best = node;
        }
    }
    return best;
}

typedef struct Plainly {
    Cover *c;
    const Temp *t;
} Plainly;

static NormExpr *plainly(void *context, NormExpr *e)
{
    Plainly *p = context;
    if (e->kind != NORM_READ || e->node != p->t->plain || box_keeps(p->c, e)) {
        return NULL;
    }
    NormExpr *index[NORM_AXES];
    for (int k = 0; k < e->n; k++) {
        index[k] = norm_rebuild(p->c->norm, e->kid[k], plainly, p);
    }
    return temp_read_as(p->c, p->t, p->t->origin, index);
}

static void plain(Cover *c, NormNode *node, const Draft *d)
{
    NormExpr *axis[NORM_AXES], *body = box_body(c, node);
    for (int k = 0; k < node->free; k++) {
        axis[k] = node->var[k];
    }
    stride_sort(&body, 1, axis, node->free); /* the order in which equations number their indices is none in memory */
    Temp *t = temp_new(c, node->free, axis, NULL, norm_read_node(c->norm, node, node->var));
    t->plain = node;
    t->where = box_where(c, node);
    t->body = body;
    t->ready = 1;
    t->pairs = ragged_vars(node->var, node->free) > 1;
    for (int i = 0; i < d->why.n; i++) {
        vec_push(c->p->arena, c->why, d->why.at[i]);
    }
    formula_other_weights(c, node);
    boxes_drop(c, node);
    boxes_rewrite(c, plainly, &(Plainly){c, t});
    vec_push(c->p->arena, c->event, ((Event){.plain = t}));
}

static void unit(Cover *c, NormNode *node)
{
    Draft *d = arena_new_of(c->p->arena, Draft);
    if (!contract_cover(c, node, d) && !rows_cover(c, node, d)) {
        plain(c, node, d);
        return;
    }
    draft_take(c, d);
    NormList row = {0};
    for (int r = 0; r < d->form->roles; r++) {
        if (!d->form->role[r].result) {
            row = d->part.at[0].role[r];
        }
    }
    draft_finish(c, d, d->form->head->row ? &row : NULL);
    vec_push(c->p->arena, c->event, ((Event){.draft = d}));
}

/* ---- all -------------------------------------------------------------------------------------------------------------------------- */

static int is_done(const Cover *c)
{
    int outs = 0;
    for (int i = 0; i < c->box.n; i++) {
        outs += c->box.at[i].kind == BOX_OUT;
    }
    return !c->pending.n && outs == c->out_done.n && c->opaque_next == c->opaque.n;
}

static int cover_all(Cover *c)
{
    boxes_sync(c);
    for (int i = 0; i < c->form.n; i++) {
        if (c->form.at[i]->head->formula) {
            formula_cover(c, c->form.at[i]);
        }
    }
    formula_almost(c);
    for (int i = 0; i < c->pending.n; i++) { /* only now: what one match read may have become another's result */
        formula_close(c, c->pending.at[i]);
    }
    for (int i = 0; i < c->pending.n; i++) {
        stash_operands(c, c->pending.at[i]);
    }
    windows_store(c);
    for (;;) {
        boxes_sync(c);
        items_advance(c);
        if (stash_advance(c) || finish_pending(c)) {
            continue;
        }
        NormNode *node = next_open(c);
        if (!node) {
            return is_done(c);
        }
        unit(c, node);
    }
}

static int leaves_early(const Func *f)
{
    for (int i = 0; i < f->item.n; i++) {
        if (f->item.at[i].kind == STEP_LEAVE) {
            return 1;
        }
    }
    return 0;
}

void cover(Plan *p, Func *func)
{
    if (p->doubles || leaves_early(func)) {
        return;
    }
    Cover c = {.p = p, .func = func, .made = p->nodes};
    c.norm = norm_new(p->arena, p->graph, 1);
    for (int i = 0; i < p->form.n; i++) {
        vec_push(p->arena, c.form, p->form.at[i]);
    }
    items_read(&c);
    if (cover_all(&c)) {
        items_write(&c);
        for (int i = 0; i < c.why.n; i++) {
            vec_push(p->arena, func->why, arena_new_of(p->arena, Why));
            *func->why.at[func->why.n - 1] = c.why.at[i];
        }
    }
}
