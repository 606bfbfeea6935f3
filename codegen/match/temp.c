/* Tensors that kernels may store. */
#include "covering.h"

Node *temp_node(Cover *c, int n, NormExpr *const *axis, Type type)
{
    Node *node = arena_new_of(c->p->arena, Node);
    node->id = c->p->nodes++;
    node->kind = NODE_EQ;
    node->type = type;
    node->unit = c->func->unit;
    for (int k = 0; k < n; k++) {
        Dim *dim = axis[k]->dim;
        vec_push(c->p->arena, node->free, graph_var(c->p->graph, dim, dim->name));
    }
    return node;
}

Temp *temp_new(Cover *c, int n, NormExpr *const *axis, NormExpr *value, NormExpr *origin)
{
    Temp *t = arena_new_of(c->p->arena, Temp);
    t->n = n;
    for (int k = 0; k < n; k++) {
        t->axis[k] = axis[k];
    }
    t->value = value;
    t->origin = origin;
    t->node = temp_node(c, n, axis, value ? value->type : origin->type);
    vec_push(c->p->arena, c->temp, t);
    return t;
}

Temp *temp_of(const Cover *c, const Node *source)
{
    for (int i = 0; source && i < c->temp.n; i++) {
        if (c->temp.at[i]->node == source) {
            return c->temp.at[i];
        }
    }
    return NULL;
}

NormExpr *temp_read(Cover *c, const Temp *t, NormExpr *const *index)
{
    return norm_read(c->norm, t->node, index);
}

NormExpr *temp_read_as(Cover *c, const Temp *t, const NormExpr *own, NormExpr *const *index)
{
    NormExpr *at[NORM_AXES];
    for (int k = 0; k < t->n; k++) {
        for (int i = 0; i < own->n; i++) {
            if (own->kid[i] == t->axis[k]) {
                at[k] = index[i];
            }
        }
    }
    return norm_read(c->norm, t->node, at);
}

static NormExpr *origin_of_read(void *context, NormExpr *e)
{
    Cover *c = context;
    const Temp *t = e->kind == NORM_READ ? temp_of(c, e->source) : NULL;
    if (!t || !t->origin) {
        return NULL;
    }
    NormExpr *index[NORM_AXES];
    for (int k = 0; k < t->n; k++) {
        index[k] = norm_rebuild(c->norm, e->kid[k], origin_of_read, c);
    }
    return norm_replace(c->norm, t->origin, t->n, t->axis, index);
}

NormExpr *temp_origin(Cover *c, NormExpr *e)
{
    return norm_rebuild(c->norm, e, origin_of_read, c);
}

int list_has(const NormList *list, const NormExpr *e)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == e) {
            return 1;
        }
    }
    return 0;
}

int reads_source(const NormExpr *e, const Node *source)
{
    if (e->kind == NORM_READ && e->source == source) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_source(e->kid[k], source)) {
            return 1;
        }
    }
    return 0;
}

/* ---- what an expression needs ------------------------------------------------------------------------------------------------------- */

static int is_mate(Temp *const *mate, int mates, const Temp *t)
{
    for (int i = 0; i < mates; i++) {
        if (mate[i] == t) {
            return 1;
        }
    }
    return 0;
}

int is_known(Cover *c, const NormExpr *e, Temp *const *mate, int mates)
{
    if (e->kind == NORM_READ) {
        const Temp *t = temp_of(c, e->source);
        if (e->node || (t ? !t->ready && !is_mate(mate, mates, t) : !items_source_is_ready(c, e->source))) {
            return 0;
        }
    }
    if (e->dim && !items_dim_is_ready(c, e->dim)) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!is_known(c, e->kid[k], mate, mates)) {
            return 0;
        }
    }
    return 1;
}

int is_params(const Cover *c, const NormExpr *e)
{
    if (e->kind == NORM_READ && (e->node || e->source->kind != NODE_PARAM)) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!is_params(c, e->kid[k])) {
            return 0;
        }
    }
    return 1;
}

int is_load_time(const Cover *c, const NormExpr *e)
{
    if (e->kind == NORM_LEN || e->kind == NORM_POS || (e->kind == NORM_VAR && dim_is_ragged(e->dim)) ||
        (e->kind == NORM_READ && (e->node || e->source->kind != NODE_PARAM))) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!is_load_time(c, e->kid[k])) {
            return 0;
        }
    }
    return 1;
}

int is_extreme(const NormNode *node)
{
    return node->reduce == RED_MAX || node->reduce == RED_MIN;
}

int may_be_empty(Cover *c, const NormNode *node)
{
    return !norm_inhabited(c->norm, node->bound, node->var + node->free, box_where(c, node), box_body(c, node));
}

int ragged_vars(NormExpr *const *var, int n)
{
    int ragged = 0;
    for (int k = 0; k < n; k++) {
        ragged += dim_is_ragged(var[k]->dim);
    }
    return ragged;
}
