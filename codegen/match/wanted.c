/* Where the values of a reduction are wanted at all: under the conditions that everyone who reads it shares. */
#include "covering.h"

typedef struct Wanting {
    Cover *c;
    const NormNode *node;
    NormList all;  /* what all reads so far share, in the variables of the node */
    int reads;
} Wanting;

static NormList wanted_of(Cover *c, const NormNode *node);

static int reads_node_of(const Wanting *w, const NormExpr *e)
{
    if (e->kind == NORM_READ && e->node == w->node) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_node_of(w, e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

static NormList joined(Cover *c, const NormList *some, NormExpr *condition)
{
    NormList out = {0}, more = {0};
    norm_conjuncts(c->norm, condition, &more);
    for (int i = 0; i < some->n; i++) {
        vec_push(c->p->arena, out, some->at[i]);
    }
    for (int i = 0; i < more.n; i++) {
        vec_push(c->p->arena, out, more.at[i]);
    }
    return out;
}

typedef struct Renaming { /* indices of a read that are variables, each once: as those of the node */
    NormExpr *from[NORM_AXES], *to[NORM_AXES];
    int n;
} Renaming;

/* NULL: it speaks of others. */
static NormExpr *renamed(Wanting *w, const Renaming *r, NormExpr *e)
{
    for (int v = 0; v < e->nvars; v++) {
        int within = 0;
        for (int k = 0; k < r->n && !within; k++) {
            within = r->from[k] == e->vars[v];
        }
        if (!within) {
            return NULL;
        }
    }
    return norm_replace(w->c->norm, e, r->n, r->from, r->to);
}

/* What a read says of the node's indices: the conditions it stands under, and where it reads. */
static NormList said(Wanting *w, const NormExpr *read, const NormList *conditions)
{
    Norm *m = w->c->norm;
    Renaming r = {.n = 0};
    NormList out = {0};
    char is_var[NORM_AXES] = {0};
    for (int k = 0; k < read->n; k++) {
        is_var[k] = read->kid[k]->kind == NORM_VAR;
        for (int i = 0; i < r.n && is_var[k]; i++) {
            is_var[k] = r.from[i] != read->kid[k];
        }
        if (is_var[k]) {
            r.from[r.n] = read->kid[k];
            r.to[r.n++] = w->node->var[k];
        }
    }
    for (int i = 0; i < conditions->n; i++) {
        NormExpr *one = conditions->at[i] == m->yes ? NULL : renamed(w, &r, conditions->at[i]);
        if (one) {
            vec_push(w->c->p->arena, out, one);
        }
    }
    for (int k = 0; k < read->n; k++) {
        NormExpr *at = is_var[k] ? NULL : renamed(w, &r, read->kid[k]);
        if (at) {
            vec_push(w->c->p->arena, out, norm_is_0(m, norm_subtract(m, w->node->var[k], at)));
        }
    }
    return out;
}

static void note(Wanting *w, const NormExpr *read, const NormList *conditions)
{
    const NormList mine = said(w, read, conditions);
    if (!w->reads++) {
        w->all = mine;
        return;
    }
    NormList both = {0};
    for (int i = 0; i < w->all.n; i++) {
        if (list_has(&mine, w->all.at[i])) {
            vec_push(w->c->p->arena, both, w->all.at[i]);
        }
    }
    w->all = both;
}

static void walk(Wanting *w, const NormExpr *e, const NormList *conditions)
{
    if (!reads_node_of(w, e)) {
        return;
    }
    if (e->kind == NORM_READ && e->node == w->node) {
        note(w, e, conditions);
    }
    for (int k = 0; k < e->n; k++) {
        const NormList more = e->kind == NORM_SELECT && k == 1 ? joined(w->c, conditions, e->kid[0]) : *conditions;
        walk(w, e->kid[k], &more);
    }
}

static NormList wanted_of(Cover *c, const NormNode *node)
{
    Wanting w = {.c = c, .node = node};
    for (int i = 0; i < c->box.n; i++) {
        const Box *box = &c->box.at[i];
        NormList conditions = {0};
        if (!reads_node_of(&w, box->e)) {
            continue;
        }
        if (box->kind == BOX_BODY || box->kind == BOX_WHERE) {
            conditions = wanted_of(c, box->node);
        }
        if (box->kind == BOX_BODY) {
            conditions = joined(c, &conditions, box_where(c, box->node));
        }
        walk(&w, box->e, &conditions);
    }
    return w.all;
}

NormList wanted(Cover *c, const NormNode *node, NormExpr *const *index)
{
    NormList all = wanted_of(c, node);
    for (int i = 0; i < all.n; i++) {
        all.at[i] = norm_replace(c->norm, all.at[i], node->free, node->var, index);
    }
    return all;
}

static int reads_it(const NormExpr *e, const NormExpr *read)
{
    int found = e == read;
    for (int k = 0; k < e->n && !found; k++) {
        found = reads_it(e->kid[k], read);
    }
    return found;
}

int wanted_beyond(Cover *c, const Temp *t, const NormExpr *e, const NormExpr *read)
{
    const Draft *d = t->draft;
    const int hole = d && d->part.n ? d->form->head->wanted : -1;
    if (hole < 0 || !reads_it(e, read)) {
        return 0;
    }
    NormList wanted = {0}, have = {0};
    norm_conjuncts(c->norm, d->part.at[0].hole[hole], &wanted);
    if (e->kind == NORM_SELECT && reads_it(e->kid[1], read)) {
        norm_conjuncts(c->norm, norm_replace(c->norm, e->kid[0], read->n, read->kid, (NormExpr *const *)t->axis), &have);
    }
    for (int i = 0; i < have.n; i++) {
        if (list_has(&wanted, have.at[i])) {
            return 1;
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (wanted_beyond(c, t, e->kid[k], read)) {
            return 1;
        }
    }
    return 0;
}
