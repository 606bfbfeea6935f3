/* All expressions and nodes of a graph, each once. */
#include "norm_inner.h"

#include <limits.h>
#include <string.h>

struct NormTable {
    uint64_t seed;
    NormExpr **expr;
    int exprs, expr_room;
    NormNode **node;
    int nodes, node_room;
};

uint64_t norm_mix(uint64_t a, uint64_t b)
{
    uint64_t x = a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6) + (a >> 2));
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ (x >> 33);
}

uint64_t norm_bits(double x)
{
    uint64_t bits;
    x = x == 0 ? 0 : x; /* -0 is 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

Norm *norm_new(Arena *arena, Graph *graph, uint64_t seed)
{
    Norm *m = arena_new_of(arena, Norm);
    m->arena = arena;
    m->graph = graph;
    m->fresh = NORM_FRESH;
    m->table = arena_new_of(arena, struct NormTable);
    m->table->seed = seed;
    m->yes = norm_intern(m, &(NormExpr){.kind = NORM_AND, .type = T_BOOL});
    m->no = norm_intern(m, &(NormExpr){.kind = NORM_OR, .type = T_BOOL});
    m->zero = norm_num(m, T_INT, 0);
    m->one = norm_num(m, T_INT, 1);
    return m;
}

/* ---- content ------------------------------------------------------------------------------------------------------------------------- */

static uint64_t own_hash(const NormExpr *e, int with_number)
{
    uint64_t h = norm_mix((uint64_t)e->kind, ((uint64_t)e->type << 16) | (uint64_t)e->op);
    h = norm_mix(h, (uint64_t)e->n);
    h = norm_mix(h, e->kind == NORM_VAR && !with_number ? 0 : (uint64_t)e->var);
    h = norm_mix(h, e->dim ? (uint64_t)e->dim->id + 1 : 0);
    h = norm_mix(h, e->source ? (uint64_t)e->source->id + 1 : 0);
    h = norm_mix(h, e->node ? (uint64_t)e->node->id + 1 : 0);
    return norm_mix(h, norm_bits(e->num));
}

static uint64_t number_of_kid(const NormExpr *e, int k)
{
    return e->coef ? norm_bits(e->coef[k]) : e->power ? (uint64_t)(int64_t)e->power[k] : 0;
}

static int commutes(const NormExpr *e)
{
    return e->kind == NORM_SUM || e->kind == NORM_PRODUCT || e->kind == NORM_AND || e->kind == NORM_OR ||
           (e->kind == NORM_EQ && e->n == 2) || (e->kind == NORM_CALL && (e->op == OP_MIN || e->op == OP_MAX));
}

static uint64_t hash_of(const NormExpr *e)
{
    uint64_t h = own_hash(e, 1);
    for (int k = 0; k < e->n; k++) {
        h = norm_mix(norm_mix(h, e->kid[k]->hash), number_of_kid(e, k));
    }
    return h;
}

/* Operands that differ in their variables alone may stand in any order. */
static uint64_t shape_of(const NormExpr *e)
{
    uint64_t h = own_hash(e, 0), all = 0;
    for (int k = 0; k < e->n; k++) {
        const uint64_t kid = norm_mix(e->kid[k]->shape, number_of_kid(e, k));
        if (commutes(e)) {
            all += kid;
        } else {
            h = norm_mix(h, kid);
        }
    }
    return norm_mix(h, all);
}

static int same(const NormExpr *a, const NormExpr *b)
{
    if (a->hash != b->hash || a->kind != b->kind || a->type != b->type || a->op != b->op || a->var != b->var || a->n != b->n ||
        a->dim != b->dim || a->source != b->source || a->node != b->node || norm_bits(a->num) != norm_bits(b->num)) {
        return 0;
    }
    for (int k = 0; k < a->n; k++) {
        if (a->kid[k] != b->kid[k] || number_of_kid(a, k) != number_of_kid(b, k)) {
            return 0;
        }
    }
    return 1;
}

/* ---- what follows from it ------------------------------------------------------------------------------------------------------------ */

static int before(const NormExpr *a, const NormExpr *b)
{
    return a->var != b->var ? a->var < b->var : norm_compare_dim(a->dim, b->dim) < 0;
}

static void merge_vars(Norm *m, NormExpr *e, const NormExpr *kid)
{
    int i = 0, k = 0, n = 0, same_as_kid = 1;
    if (kid->nvars == 0 || e->vars == kid->vars) {
        return;
    }
    NormExpr **all = arena_array(m->arena, NormExpr *, e->nvars + kid->nvars);
    while (i < e->nvars || k < kid->nvars) {
        if (k == kid->nvars || (i < e->nvars && before(e->vars[i], kid->vars[k]))) {
            all[n++] = e->vars[i++];
            same_as_kid = 0;
        } else {
            i += i < e->nvars && e->vars[i] == kid->vars[k];
            all[n++] = kid->vars[k++];
        }
    }
    if (n > e->nvars) {
        e->vars = same_as_kid ? kid->vars : all;
        e->nvars = n;
    }
}

static int is_finite(const NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        if (!e->kid[k]->finite || (e->power && e->power[k] < 0)) {
            return 0;
        }
    }
    if (e->kind == NORM_READ) { /* what is computed may be no number */
        return e->node ? e->node->finite : e->type != T_REAL || e->source->kind == NODE_INPUT || e->source->kind == NODE_PARAM;
    }
    if (e->kind != NORM_CALL) {
        return e->num - e->num == 0;
    }
    switch (e->op) {
    case OP_MIN: case OP_MAX: case OP_ABS: case OP_SIGN: case OP_SIN: case OP_COS: case OP_TANH: case OP_ERF: case OP_FLOOR: case OP_CEIL:
    case OP_ROUND: case OP_TRUNC: case OP_TO_INT: case OP_ADD: case OP_SUB: case OP_MUL:
    case OP_NEG: return 1;
    default: return e->type != T_REAL;
    }
}

static void fill_in(Norm *m, NormExpr *e)
{
    long size = 1;
    for (int k = 0; k < e->n; k++) {
        merge_vars(m, e, e->kid[k]);
        size += e->kid[k]->size;
        e->has_hole |= e->kid[k]->has_hole;
    }
    e->size = size > INT_MAX ? INT_MAX : (int)size;
    e->has_hole |= e->kind == NORM_HOLE;
    e->finite = is_finite(e);
    e->shape = shape_of(e);
    if (e->kind == NORM_VAR) {
        e->vars = arena_array(m->arena, NormExpr *, 1);
        e->vars[0] = e;
        e->nvars = 1;
    }
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------------- */

static int place(const struct NormTable *t, uint64_t hash, int room)
{
    return (int)(norm_mix(hash, t->seed) & (uint64_t)(room - 1));
}

static void expr_room(Norm *m, struct NormTable *t)
{
    if (2 * (t->exprs + 1) <= t->expr_room) {
        return;
    }
    const int room = t->expr_room ? 2 * t->expr_room : 1024;
    NormExpr **to = arena_array(m->arena, NormExpr *, room);
    for (int i = 0; i < t->expr_room; i++) {
        if (t->expr[i]) {
            int at = place(t, t->expr[i]->hash, room);
            while (to[at]) {
                at = (at + 1) & (room - 1);
            }
            to[at] = t->expr[i];
        }
    }
    t->expr = to;
    t->expr_room = room;
}

static void *copy(Norm *m, const void *from, size_t bytes)
{
    return from && bytes ? memcpy(arena_alloc(m->arena, bytes), from, bytes) : NULL;
}

NormExpr *norm_intern(Norm *m, const NormExpr *draft)
{
    struct NormTable *t = m->table;
    NormExpr key = *draft;
    key.hash = hash_of(draft);
    expr_room(m, t);
    int at = place(t, key.hash, t->expr_room);
    for (; t->expr[at]; at = (at + 1) & (t->expr_room - 1)) {
        if (same(t->expr[at], &key)) {
            return t->expr[at];
        }
    }
    NormExpr *e = copy(m, &key, sizeof key);
    e->num = e->num == 0 ? 0 : e->num;
    e->kid = copy(m, draft->kid, sizeof *draft->kid * (size_t)draft->n);
    e->coef = copy(m, draft->coef, sizeof *draft->coef * (size_t)draft->n);
    e->power = copy(m, draft->power, sizeof *draft->power * (size_t)draft->n);
    e->vars = NULL;
    e->nvars = e->has_hole = 0;
    fill_in(m, e);
    t->expr[at] = e;
    t->exprs++;
    return e;
}

static int same_node(const NormNode *a, const NormNode *b)
{
    if (a->hash != b->hash || a->reduce != b->reduce || a->type != b->type || a->free != b->free || a->bound != b->bound ||
        a->where != b->where || a->body != b->body) {
        return 0;
    }
    return memcmp(a->var, b->var, sizeof *a->var * (size_t)(a->free + a->bound)) == 0;
}

static void node_room(Norm *m, struct NormTable *t)
{
    if (2 * (t->nodes + 1) <= t->node_room) {
        return;
    }
    const int room = t->node_room ? 2 * t->node_room : 256;
    NormNode **to = arena_array(m->arena, NormNode *, room);
    for (int i = 0; i < t->node_room; i++) {
        if (t->node[i]) {
            int at = place(t, t->node[i]->hash, room);
            while (to[at]) {
                at = (at + 1) & (room - 1);
            }
            to[at] = t->node[i];
        }
    }
    t->node = to;
    t->node_room = room;
}

NormNode *norm_intern_node(Norm *m, const NormNode *draft)
{
    struct NormTable *t = m->table;
    NormNode key = *draft;
    key.hash = norm_mix(norm_mix((uint64_t)draft->reduce, (uint64_t)draft->type), ((uint64_t)draft->free << 8) | (uint64_t)draft->bound);
    for (int i = 0; i < draft->free + draft->bound; i++) {
        key.hash = norm_mix(key.hash, draft->var[i]->hash);
    }
    key.hash = norm_mix(norm_mix(key.hash, draft->where->hash), draft->body->hash);
    node_room(m, t);
    int at = place(t, key.hash, t->node_room);
    for (; t->node[at]; at = (at + 1) & (t->node_room - 1)) {
        if (same_node(t->node[at], &key)) {
            return t->node[at];
        }
    }
    NormNode *node = copy(m, &key, sizeof key);
    node->id = m->node.n;
    node->finite = node->body->finite;
    vec_push(m->arena, m->node, node);
    t->node[at] = node;
    t->nodes++;
    return node;
}
