/* A kernel in the making: its reductions become temps, its temps grow, what is read of them is stored. */
#include "covering.h"

typedef struct Taking {
    Cover *c;
    const Draft *d;
} Taking;

static NormExpr *taken(void *context, NormExpr *e)
{
    Taking *t = context;
    for (int i = 0; e->kind == NORM_READ && e->node && !box_keeps(t->c, e) && i < t->d->part.n; i++) {
        const DraftPart *part = &t->d->part.at[i];
        if (part->node == e->node) {
            NormExpr *index[NORM_AXES];
            for (int k = 0; k < e->n; k++) {
                index[k] = norm_rebuild(t->c->norm, e->kid[k], taken, t);
            }
            return temp_read_as(t->c, part->first, part->read, index);
        }
    }
    return NULL;
}

void draft_take(Cover *c, Draft *d)
{
    Taking t = {c, d};
    for (int i = 0; i < d->part.n; i++) {
        boxes_drop(c, d->part.at[i].node);
    }
    boxes_rewrite(c, taken, &t);
}

static int is_read(const Cover *c, const Temp *t)
{
    for (int i = 0; i < c->box.n; i++) {
        if (reads_source(c->box.at[i].e, t->node)) {
            return 1;
        }
    }
    return 0;
}

static void explain_end(Cover *c, Draft *d, Temp *t, Temp *const *mate, int mates)
{
    Str reason = grow_ends(c, t, mate, mates);
    if (reason) {
        vec_push(c->p->arena, d->why, ((Why){.reason = reason, .of = t->node}));
    }
}

void draft_finish(Cover *c, Draft *d, const NormList *row)
{
    VEC(Temp *) mate = {0};
    for (int i = 0; i < d->part.n; i++) {
        vec_push(c->p->arena, mate, d->part.at[i].first);
    }
    VEC(Temp *) last = {0};
    for (int i = d->part.n - 1; i >= 0; i--) {
        Temp *grown = grow(c, d->part.at[i].first, mate.at, mate.n, row);
        grown->draft = d;
        vec_push(c->p->arena, mate, grown);
        vec_push(c->p->arena, last, grown);
    }
    for (int i = last.n - 1; i >= 0; i--) {
        if (is_read(c, last.at[i])) {
            explain_end(c, d, last.at[i], mate.at, mate.n);
            last.at[i]->ready = 1;
            vec_push(c->p->arena, d->stored, last.at[i]);
        }
    }
    d->gated = !row && d->part.n > 1 && d->stored.n < d->part.n;
    d->number = c->drafts++;
    vec_push(c->p->arena, c->done, d);
}
