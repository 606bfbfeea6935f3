/* Numbers for the variables of a node, by what stands in it: names, the order of operands and the order of creation cannot matter.
 *
 * A colour is a hash of all that is known of a variable: its dim, whether it is bound, and then the whole node as it looks when this
 * variable is told from the others. Operands that are alike but for their variables are visited in the order of their colours; variables
 * are numbered as they are met. Those of one colour are most likely interchangeable; if not, two equal nodes stay two. */
#include "norm_inner.h"

#include <assert.h>
#include <stdlib.h>

typedef struct Colouring {
    Norm *m;
    int n;
    NormExpr *var[NORM_AXES];
    uint64_t colour[NORM_AXES];
    int room, used; /* colours of parts */
    const NormExpr **part;
    uint64_t *value;
} Colouring;

static uint64_t colour_of(Colouring *c, const NormExpr *e);

static int find(const Colouring *c, const NormExpr *e)
{
    int at = (int)(e->hash & (uint64_t)(c->room - 1));
    while (c->part[at] && c->part[at] != e) {
        at = (at + 1) & (c->room - 1);
    }
    return at;
}

static void clear(Colouring *c, int room)
{
    c->room = room;
    c->used = 0;
    c->part = arena_array(c->m->arena, const NormExpr *, room);
    c->value = arena_array(c->m->arena, uint64_t, room);
}

static void keep(Colouring *c, const NormExpr *e, uint64_t value)
{
    if (2 * (c->used + 1) > c->room) {
        const Colouring old = *c;
        clear(c, 2 * old.room);
        for (int i = 0; i < old.room; i++) {
            if (old.part[i]) {
                const int at = find(c, old.part[i]);
                c->part[at] = old.part[i];
                c->value[at] = old.value[i];
                c->used++;
            }
        }
    }
    const int at = find(c, e);
    c->part[at] = e;
    c->value[at] = value;
    c->used++;
}

static int is_commutative(const NormExpr *e)
{
    return e->kind == NORM_SUM || e->kind == NORM_PRODUCT || e->kind == NORM_AND || e->kind == NORM_OR ||
           (e->kind == NORM_EQ && e->n == 2) || (e->kind == NORM_CALL && (e->op == OP_MIN || e->op == OP_MAX));
}

static uint64_t of_terms(Colouring *c, const NormExpr *e, double sign)
{
    uint64_t all = norm_bits(sign * e->num);
    for (int k = 0; k < e->n; k++) {
        all += norm_mix(colour_of(c, e->kid[k]), norm_bits(sign * e->coef[k]));
    }
    return norm_mix(NORM_SUM, all);
}

/* The same for e and -e: the sign was chosen by numbers. */
static uint64_t of_unsigned(Colouring *c, const NormExpr *e)
{
    return e->kind == NORM_SUM ? of_terms(c, e, 1) + of_terms(c, e, -1) : colour_of(c, e);
}

static uint64_t of_operand(Colouring *c, const NormExpr *e, int k)
{
    if (e->kind == NORM_PRODUCT) {
        const uint64_t base = e->power[k] % 2 == 0 ? of_unsigned(c, e->kid[k]) : colour_of(c, e->kid[k]);
        return norm_mix(base, (uint64_t)(int64_t)e->power[k]);
    }
    if ((e->kind == NORM_EQ && e->n == 1) || (e->kind == NORM_CALL && e->op == OP_ABS)) {
        return of_unsigned(c, e->kid[k]);
    }
    return e->coef ? norm_mix(colour_of(c, e->kid[k]), norm_bits(e->coef[k])) : colour_of(c, e->kid[k]);
}

static uint64_t own_colour(const NormExpr *e)
{
    uint64_t h = norm_mix((uint64_t)e->kind, ((uint64_t)e->type << 16) | (uint64_t)e->op);
    h = norm_mix(norm_mix(h, (uint64_t)e->n), (uint64_t)e->var);
    h = norm_mix(h, norm_bits(e->num));
    h = norm_mix(h, e->dim ? norm_dim_key(e->dim) : 0);
    h = norm_mix(h, e->source ? norm_source_key(e->source) : 0);
    return norm_mix(h, e->node ? e->node->key : 0);
}

static uint64_t colour_of(Colouring *c, const NormExpr *e)
{
    if (e->kind == NORM_VAR) {
        for (int i = 0; i < c->n; i++) {
            if (c->var[i] == e) {
                return c->colour[i];
            }
        }
    }
    const int at = find(c, e);
    if (c->part[at]) {
        return c->value[at];
    }
    uint64_t h = own_colour(e), all = 0;
    for (int k = 0; k < e->n; k++) {
        const uint64_t kid = of_operand(c, e, k);
        if (is_commutative(e)) {
            all += kid;
        } else {
            h = norm_mix(h, kid);
        }
    }
    h = norm_mix(h, all);
    keep(c, e, h);
    return h;
}

static uint64_t of_both(Colouring *c, const NormExpr *where, const NormExpr *body)
{
    clear(c, 64);
    return norm_mix(colour_of(c, body), colour_of(c, where));
}

static int is_shared(const Colouring *c, int i)
{
    for (int k = 0; k < c->n; k++) {
        if (k != i && c->colour[k] == c->colour[i]) {
            return 1;
        }
    }
    return 0;
}

static void tell_apart(Colouring *c, const NormExpr *where, const NormExpr *body)
{
    uint64_t next[NORM_AXES];
    int again = 0;
    for (int i = 0; i < c->n; i++) {
        const uint64_t own = c->colour[i];
        next[i] = own;
        if (is_shared(c, i)) {
            c->colour[i] = norm_mix(own, 77);
            next[i] = norm_mix(own, of_both(c, where, body));
            c->colour[i] = own;
            again = 1;
        }
    }
    for (int i = 0; i < c->n && again; i++) {
        c->colour[i] = next[i];
    }
    of_both(c, where, body);
}

/* ---- the order they are met in ------------------------------------------------------------------------------------------------------- */

typedef struct Meeting {
    Colouring *c;
    NormList order;
    NormList seen; /* parts of more than a variable that were visited */
} Meeting;

typedef struct Operand {
    NormExpr *e;
    uint64_t colour;
} Operand;

static int by_colour(const void *a, const void *b)
{
    const uint64_t x = ((const Operand *)a)->colour, y = ((const Operand *)b)->colour;
    return (x > y) - (x < y);
}

static int is_met(const NormList *list, const NormExpr *e)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == e) {
            return 1;
        }
    }
    return 0;
}

static int brings_new(const Meeting *v, const NormExpr *e)
{
    for (int i = 0; i < e->nvars; i++) {
        if (!is_met(&v->order, e->vars[i])) {
            return 1;
        }
    }
    return 0;
}

static void meet(Meeting *v, NormExpr *e)
{
    if (!brings_new(v, e)) {
        return;
    }
    if (e->kind == NORM_VAR) {
        vec_push(v->c->m->arena, v->order, e);
        return;
    }
    Operand *kid = arena_array(v->c->m->arena, Operand, e->n);
    for (int k = 0; k < e->n; k++) {
        kid[k] = (Operand){e->kid[k], is_commutative(e) ? of_operand(v->c, e, k) : 0};
    }
    for (int from = 0, to; from < e->n && is_commutative(e); from = to) {
        for (to = from + 1; to < e->n && kid[to].e->shape == kid[from].e->shape; to++) {
        }
        qsort(kid + from, (size_t)(to - from), sizeof *kid, by_colour);
    }
    for (int k = 0; k < e->n; k++) {
        meet(v, kid[k].e);
    }
}

/* ---- nodes --------------------------------------------------------------------------------------------------------------------------- */

static int is_one_of(const NormExpr *e, int n, NormExpr *const *list)
{
    for (int i = 0; i < n; i++) {
        if (list[i] == e) {
            return i + 1;
        }
    }
    return 0;
}

static void start(Colouring *c, Norm *m, Reduce reduce, int n, NormExpr *const *bound, const NormExpr *where, const NormExpr *body)
{
    *c = (Colouring){.m = m};
    for (int pass = 0; pass < 3; pass++) {
        NormExpr *const *list = pass == 0 ? body->vars : pass == 1 ? where->vars : bound;
        const int count = pass == 0 ? body->nvars : pass == 1 ? where->nvars : n;
        for (int i = 0; i < count; i++) {
            if (!is_one_of(list[i], c->n, c->var)) {
                const int place = is_one_of(list[i], n, bound);
                assert(c->n < NORM_AXES);
                c->var[c->n] = list[i];
                c->colour[c->n++] = norm_mix(norm_dim_key(list[i]->dim), place == 0 ? 0 : reduce == RED_PICK ? (uint64_t)place : 1);
            }
        }
    }
    of_both(c, where, body);
}

NormExpr *norm_node(Norm *m, Reduce reduce, Type type, int n, NormExpr *const *bound, NormExpr *where, NormExpr *body)
{
    Colouring c;
    start(&c, m, reduce, n, bound, where, body);
    tell_apart(&c, where, body);
    tell_apart(&c, where, body);
    Meeting v = {.c = &c};
    meet(&v, body);
    meet(&v, where);
    NormNode draft = {.reduce = reduce, .type = type, .bound = n, .from = m->from};
    NormExpr *from[NORM_AXES], *index[NORM_AXES];
    NormList inner = {0};
    for (int i = 0; i < v.order.n; i++) {
        NormExpr *var = v.order.at[i];
        if (!is_one_of(var, n, bound)) {
            index[draft.free] = from[draft.free] = var;
            draft.free++;
        } else if (reduce != RED_PICK) {
            vec_push(m->arena, inner, var);
        }
    }
    for (int i = 0; i < n; i++) {
        if (!is_one_of(bound[i], inner.n, inner.at)) {
            vec_push(m->arena, inner, bound[i]);
        }
    }
    for (int i = 0; i < draft.free + n; i++) {
        from[i] = i < draft.free ? from[i] : inner.at[i - draft.free];
        draft.var[i] = norm_var(m, i, from[i]->dim);
    }
    draft.where = norm_replace(m, where, draft.free + n, from, draft.var);
    draft.body = norm_replace(m, body, draft.free + n, from, draft.var);
    NormNode *node = norm_intern_node(m, &draft);
    if (!node->key) {
        node->key = norm_mix(of_both(&c, where, body), ((uint64_t)reduce << 8) | (uint64_t)type);
    }
    return norm_read_node(m, node, index);
}
