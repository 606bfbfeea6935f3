/* The expressions that are still open. */
#include "covering.h"

static Box *find(Cover *c, BoxKind kind, const NormNode *node)
{
    for (int i = 0; i < c->box.n; i++) {
        if (c->box.at[i].kind == kind && c->box.at[i].node == node) {
            return &c->box.at[i];
        }
    }
    return NULL;
}

NormExpr *box_where(Cover *c, const NormNode *node)
{
    const Box *box = find(c, BOX_WHERE, node);
    return box ? box->e : node->where;
}

NormExpr *box_body(Cover *c, const NormNode *node)
{
    const Box *box = find(c, BOX_BODY, node);
    return box ? box->e : node->body;
}

NormInstance box_instance(Cover *c, const NormNode *node, NormExpr *const *index, NormExpr *const *bound)
{
    NormInstance made = {0};
    NormExpr *to[NORM_AXES];
    for (int k = 0; k < node->free; k++) {
        to[k] = index[k];
    }
    for (int k = 0; k < node->bound; k++) {
        made.bound[k] = bound ? bound[k] : norm_fresh(c->norm, node->var[node->free + k]->dim);
        to[node->free + k] = made.bound[k];
    }
    const int n = node->free + node->bound;
    made.where = norm_replace(c->norm, box_where(c, node), n, node->var, to);
    made.body = norm_replace(c->norm, box_body(c, node), n, node->var, to);
    return made;
}

static void mark(Cover *c, NormNode *node)
{
    while (c->live.n <= node->id) {
        vec_push(c->p->arena, c->live, 0);
    }
    c->live.at[node->id] = 1;
}

int box_is_live(const Cover *c, const NormNode *node)
{
    return node->id < c->live.n && c->live.at[node->id];
}

typedef struct Visit { /* an expression, and the kernel that computes what it reads inside */
    Draft *draft;
    NormExpr *e;
} Visit;

int box_is_inside(const Draft *d, const NormNode *node)
{
    for (int i = 0; d && i < d->inside.n; i++) {
        if (d->inside.at[i] == node) {
            return 1;
        }
    }
    return 0;
}

static Box *open_box(Cover *c, BoxKind kind, NormNode *node)
{
    Box *box = find(c, kind, node);
    if (!box) {
        const Box made = {.kind = kind, .node = node, .e = kind == BOX_WHERE ? node->where : node->body};
        vec_push(c->p->arena, c->box, made);
        box = &c->box.at[c->box.n - 1];
    }
    return box;
}

typedef struct Search {
    VEC(Visit) todo;
    NormNodes seen;
} Search;

static void visit_reads(Cover *c, Search *s)
{
    const Visit v = s->todo.at[--s->todo.n];
    NormList reads = {0};
    norm_reads(c->norm, v.e, &reads);
    for (int i = 0; i < reads.n; i++) {
        NormNode *node = reads.at[i]->node;
        if (!node || box_is_inside(v.draft, node) || box_is_live(c, node)) {
            continue;
        }
        mark(c, node);
        NormExpr *where = open_box(c, BOX_WHERE, node)->e, *body = open_box(c, BOX_BODY, node)->e;
        vec_push(c->p->arena, s->todo, ((Visit){NULL, where}));
        vec_push(c->p->arena, s->todo, ((Visit){NULL, body}));
    }
}

int box_keeps(const Cover *c, const NormExpr *e)
{
    return c->at && box_is_inside(c->at->draft, e->node);
}

void boxes_sync(Cover *c)
{
    for (int i = 0; i < c->live.n; i++) {
        c->live.at[i] = 0;
    }
    Search s = {0};
    for (int i = 0; i < c->box.n; i++) {
        const Box *box = &c->box.at[i];
        if (!box->node) {
            vec_push(c->p->arena, s.todo, ((Visit){box->draft, box->e}));
        }
    }
    while (s.todo.n) {
        visit_reads(c, &s);
    }
    int kept = 0;
    for (int i = 0; i < c->box.n; i++) {
        if (!c->box.at[i].node || box_is_live(c, c->box.at[i].node)) {
            c->box.at[kept++] = c->box.at[i];
        }
    }
    c->box.n = kept;
}

void boxes_rewrite(Cover *c, NormMap *f, void *context)
{
    for (int i = 0; i < c->box.n; i++) {
        c->at = &c->box.at[i];
        c->box.at[i].e = norm_rebuild(c->norm, c->box.at[i].e, f, context);
    }
    c->at = NULL;
    boxes_sync(c);
}

void boxes_drop(Cover *c, const NormNode *node)
{
    int kept = 0;
    for (int i = 0; i < c->box.n; i++) {
        if (c->box.at[i].node != node) {
            c->box.at[kept++] = c->box.at[i];
        }
    }
    c->box.n = kept;
}
