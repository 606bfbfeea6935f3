/* Which of the author's equations a kernel computes: back from what it stores, up to what lies in memory or is of another kernel. */
#include "covering.h"

typedef struct Walk {
    Cover *c;
    const Draft *d; /* NULL: an equation by itself */
    NodeList *out;
} Walk;

static int has_node(const NormNodes *list, const NormNode *node)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == node) {
            return 1;
        }
    }
    return 0;
}

static int computes(const Draft *d, const NormNode *node)
{
    for (int i = 0; d && i < d->part.n; i++) {
        if (d->part.at[i].node == node) {
            return 1;
        }
    }
    return d && has_node(&d->inside, node);
}

/* A reduction that another kernel computes, or plain loops. */
static int is_of_another(const Walk *w, const NormNode *node)
{
    const Cover *c = w->c;
    int other = 0;
    for (int i = 0; i < c->done.n && !computes(w->d, node); i++) {
        other |= computes(c->done.at[i], node);
    }
    for (int i = 0; i < c->event.n && !computes(w->d, node); i++) {
        other |= c->event.at[i].plain && c->event.at[i].plain->plain == node;
    }
    return other;
}

static int reduces_elsewhere(const Walk *w, Node *node)
{
    const char *why = NULL;
    NormList reads = {0};
    NormExpr *value = node->reduce ? norm_equation(w->c->graph, node, &why) : NULL;
    if (value) {
        norm_reads(w->c->norm, value, &reads);
    }
    for (int i = 0; i < reads.n; i++) {
        if (reads.at[i]->node && is_of_another(w, reads.at[i]->node)) {
            return 1;
        }
    }
    return 0;
}

/* The author's equation that a tensor holds. */
static const Node *held(const Cover *c, const Temp *t)
{
    return t->out && t->out->id < c->made ? t->out : t->equation;
}

static int is_stored_elsewhere(const Walk *w, const Node *node)
{
    const Cover *c = w->c;
    for (int i = 0; i < c->event.n; i++) {
        const Event *e = &c->event.at[i];
        const Temp *single = e->plain ? e->plain : e->map;
        int here = e->out == node || (single && held(c, single) == node) || (e->plain && e->plain->plain->from == node);
        for (int k = 0; e->draft && e->draft != w->d && k < e->draft->stored.n; k++) {
            here |= held(c, e->draft->stored.at[k]) == node;
        }
        if (here) {
            return 1;
        }
    }
    return 0;
}

static int is_inlined(const Cover *c, const Node *node)
{
    return node->kind == NODE_EQ && node->id < c->inlined.n && c->inlined.at[node->id];
}

static void walk(Walk *w, const Node *node, int root);

static void walk_expr(Walk *w, const Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        walk(w, e->node, 0);
    }
    for (int k = 0; k < e->n; k++) {
        walk_expr(w, e->kid[k]);
    }
    walk_expr(w, e->otherwise);
}

static void walk(Walk *w, const Node *node, int root)
{
    if (!node || !is_inlined(w->c, node)) {
        return;
    }
    for (int i = 0; i < w->out->n; i++) {
        if (w->out->at[i] == node) {
            return;
        }
    }
    if (!root && (is_stored_elsewhere(w, node) || reduces_elsewhere(w, (Node *)node))) {
        return;
    }
    vec_push(w->c->p->arena, *w->out, (Node *)node);
    const Node *view = plan_view(w->c->p, (Node *)node);
    walk_expr(w, view->body);
    walk_expr(w, view->where);
}

/* In the order of the text. */
static void sort(NodeList *list)
{
    for (int i = 1; i < list->n; i++) {
        for (int k = i; k > 0 && list->at[k - 1]->id > list->at[k]->id; k--) {
            Node *other = list->at[k];
            list->at[k] = list->at[k - 1];
            list->at[k - 1] = other;
        }
    }
}

/* What is left as an equation by itself may become a kernel later. */
static void find_single(Cover *c, const Event *e)
{
    Node *node = e->out ? e->out : e->map->out ? e->map->out : e->map->node;
    Walk w = {c, NULL, &plan_info(c->p, node)->fused};
    walk(&w, e->out ? e->out : held(c, e->map), 1);
    sort(w.out);
}

void fused_find(Cover *c)
{
    for (int i = 0; i < c->event.n; i++) {
        const Event *e = &c->event.at[i];
        Draft *d = e->draft;
        Walk w = {c, d, d ? &d->fused : NULL};
        if (e->out || e->map) {
            find_single(c, e);
        }
        for (int k = 0; d && k < d->stored.n; k++) {
            walk(&w, held(c, d->stored.at[k]), 1);
        }
        for (int k = 0; d && k < d->part.n; k++) {
            walk(&w, d->part.at[k].node ? d->part.at[k].node->from : NULL, 1);
        }
        if (d) {
            sort(&d->fused);
        }
    }
}
