/* Rewriting through the constructors, and walks. Parts that occur often are visited once. */
#include "norm_inner.h"

#include <string.h>

/* ---- what was visited ---------------------------------------------------------------------------------------------------------------- */

typedef struct Seen { /* expression -> expression */
    int n, room;
    const NormExpr **from;
    NormExpr **to;
} Seen;

static int seen_place(const Seen *s, const NormExpr *e)
{
    int at = (int)(e->hash & (uint64_t)(s->room - 1));
    while (s->from[at] && s->from[at] != e) {
        at = (at + 1) & (s->room - 1);
    }
    return at;
}

static NormExpr *seen_get(const Seen *s, const NormExpr *e)
{
    return s->room ? s->to[seen_place(s, e)] : NULL;
}

static void seen_put(Norm *m, Seen *s, const NormExpr *e, NormExpr *to)
{
    if (2 * (s->n + 1) > s->room) {
        const Seen old = *s;
        s->room = old.room ? 2 * old.room : 32;
        s->from = arena_array(m->arena, const NormExpr *, s->room);
        s->to = arena_array(m->arena, NormExpr *, s->room);
        for (int i = 0; i < old.room; i++) {
            if (old.from[i]) {
                const int at = seen_place(s, old.from[i]);
                s->from[at] = old.from[i];
                s->to[at] = old.to[i];
            }
        }
    }
    const int at = seen_place(s, e);
    s->n += s->from[at] == NULL;
    s->from[at] = e;
    s->to[at] = to;
}

/* ---- questions ----------------------------------------------------------------------------------------------------------------------- */

int norm_uses(const NormExpr *e, const NormExpr *var)
{
    for (int i = 0; i < e->nvars; i++) {
        if (e->vars[i] == var) {
            return 1;
        }
    }
    return 0;
}

int norm_uses_any(const NormExpr *e, int n, NormExpr *const *var)
{
    for (int i = 0; i < n; i++) {
        if (norm_uses(e, var[i])) {
            return 1;
        }
    }
    return 0;
}

static void reads(Norm *m, Seen *seen, NormExpr *e, NormList *out)
{
    if (seen_get(seen, e)) {
        return;
    }
    seen_put(m, seen, e, e);
    for (int k = 0; k < e->n; k++) {
        reads(m, seen, e->kid[k], out);
    }
    if (e->kind == NORM_READ) {
        vec_push(m->arena, *out, e);
    }
}

void norm_reads(Norm *m, NormExpr *e, NormList *out)
{
    Seen seen = {0};
    reads(m, &seen, e, out);
}

static void nodes(Norm *m, char *known, NormExpr *e, NormNodes *out)
{
    NormList all = {0};
    norm_reads(m, e, &all);
    for (int i = 0; i < all.n; i++) {
        NormNode *node = all.at[i]->node;
        if (node && !known[node->id]) {
            known[node->id] = 1;
            nodes(m, known, node->body, out);
            nodes(m, known, node->where, out);
            vec_push(m->arena, *out, node);
        }
    }
}

void norm_nodes(Norm *m, NormExpr *e, NormNodes *out)
{
    char *known = arena_array(m->arena, char, m->node.n);
    for (int i = 0; i < out->n; i++) {
        known[out->at[i]->id] = 1;
    }
    nodes(m, known, e, out);
}

/* ---- rewriting ----------------------------------------------------------------------------------------------------------------------- */

NormExpr *norm_with_kids(Norm *m, const NormExpr *e, NormExpr *const *kid)
{
    NormTerm *term;
    NormFactor *factor;
    switch (e->kind) {
    case NORM_POS: return norm_pos(m, e->dim, kid[0]);
    case NORM_READ: return e->source ? norm_read(m, e->source, kid) : norm_read_node(m, e->node, kid);
    case NORM_HOLE: return norm_hole(m, e->var, e->type, e->n, kid);
    case NORM_SUM:
        term = arena_array(m->arena, NormTerm, e->n);
        for (int k = 0; k < e->n; k++) {
            term[k] = (NormTerm){kid[k], e->coef[k]};
        }
        return norm_sum(m, e->type, e->n, term, e->num);
    case NORM_PRODUCT:
        factor = arena_array(m->arena, NormFactor, e->n);
        for (int k = 0; k < e->n; k++) {
            factor[k] = (NormFactor){kid[k], e->power[k]};
        }
        return norm_product(m, e->type, e->n, factor);
    case NORM_CALL: return norm_written(m, e->op, e->type, e->n, kid);
    case NORM_SELECT: return norm_select(m, kid[0], kid[1], kid[2]);
    case NORM_LE: return e->n == 1 ? norm_at_most_0(m, kid[0]) : norm_at_most(m, kid[0], kid[1]);
    case NORM_LT: return norm_less(m, kid[0], kid[1]);
    case NORM_EQ: return e->n == 1 ? norm_is_0(m, kid[0]) : norm_equal(m, kid[0], kid[1]);
    case NORM_AND: return norm_and(m, e->n, kid);
    case NORM_OR: return norm_or(m, e->n, kid);
    case NORM_NOT: return norm_not(m, kid[0]);
    case NORM_NONZERO: return norm_nonzero(m, kid[0]);
    case NORM_NUM: case NORM_VAR: case NORM_LEN: break;
    }
    return (NormExpr *)e;
}

typedef struct Rebuilding {
    Norm *m;
    NormMap *f;
    void *context;
    int n; /* f is NULL: variables */
    NormExpr *const *from, *const *to;
    Seen seen;
} Rebuilding;

static NormExpr *replaced(const Rebuilding *r, NormExpr *e)
{
    if (r->f) {
        return r->f(r->context, e);
    }
    for (int i = 0; i < r->n && e->kind == NORM_VAR; i++) {
        if (r->from[i] == e) {
            return r->to[i];
        }
    }
    return norm_uses_any(e, r->n, r->from) ? NULL : e;
}

static NormExpr *rebuild(Rebuilding *r, NormExpr *e)
{
    NormExpr *made = replaced(r, e);
    if (made || e->n == 0) {
        return made ? made : e;
    }
    made = seen_get(&r->seen, e);
    if (made) {
        return made;
    }
    NormExpr **kid = arena_array(r->m->arena, NormExpr *, e->n);
    int changed = 0;
    for (int k = 0; k < e->n; k++) {
        kid[k] = rebuild(r, e->kid[k]);
        changed |= kid[k] != e->kid[k];
    }
    made = changed ? norm_with_kids(r->m, e, kid) : e;
    seen_put(r->m, &r->seen, e, made);
    return made;
}

NormExpr *norm_rebuild(Norm *m, NormExpr *e, NormMap *f, void *context)
{
    Rebuilding r = {.m = m, .f = f, .context = context};
    return rebuild(&r, e);
}

NormExpr *norm_replace(Norm *m, NormExpr *e, int n, NormExpr *const *from, NormExpr *const *to)
{
    if (!norm_uses_any(e, n, from)) {
        return e;
    }
    Rebuilding r = {.m = m, .n = n, .from = from, .to = to};
    return rebuild(&r, e);
}

NormInstance norm_instance(Norm *m, const NormNode *node, NormExpr *const *index, NormExpr *const *bound)
{
    NormInstance made = {.where = NULL};
    NormExpr *to[NORM_AXES];
    const int n = node->free + node->bound;
    for (int k = 0; k < node->free; k++) {
        to[k] = index[k];
    }
    for (int k = 0; k < node->bound; k++) {
        made.bound[k] = bound ? bound[k] : norm_fresh(m, node->var[node->free + k]->dim);
        to[node->free + k] = made.bound[k];
    }
    Rebuilding r = {.m = m, .n = n, .from = node->var, .to = to};
    made.where = rebuild(&r, node->where);
    made.body = rebuild(&r, node->body);
    return made;
}
