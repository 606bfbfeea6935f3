/* Bound variables read in parts, and indices that only data decide. */
#include "norm_inner.h"

/* ---- v div k and v mod k ------------------------------------------------------------------------------------------------------------- */

enum { PARTS_MOST = 8, VARIABLES_MOST = 24 };

typedef struct Parts { /* v = sum of part[i] * stride[i], strides falling; the last one is 1 */
    NormExpr *var;
    int n;
    Dim *dim[PARTS_MOST];
    double stride[PARTS_MOST];
} Parts;

/* index is (var div stride) mod length of dim, one of the two left out where it does nothing. 0: it is something else. */
static double stride_of(const NormExpr *index, const NormExpr *var, const Dim *dim)
{
    const NormExpr *inner = index;
    if (inner->kind == NORM_CALL && inner->op == OP_MOD && norm_is_num(inner->kid[1], (double)dim->length)) {
        inner = inner->kid[0];
    }
    if (inner->kind == NORM_CALL && inner->op == OP_IDIV && inner->kid[1]->kind == NORM_NUM && inner->kid[0] == var) {
        return inner->kid[1]->num;
    }
    return inner == var && inner != index ? 1 : 0;
}

/* Adds the part that this axis is read at; 0: no room. */
static int add_part(Parts *parts, Dim *dim, double stride)
{
    int at = 0;
    while (at < parts->n && parts->stride[at] > stride) {
        at++;
    }
    if (at < parts->n && parts->stride[at] == stride) {
        return parts->dim[at]->length == dim->length;
    }
    if (parts->n == PARTS_MOST) {
        return 0;
    }
    for (int i = parts->n++; i > at; i--) {
        parts->dim[i] = parts->dim[i - 1];
        parts->stride[i] = parts->stride[i - 1];
    }
    parts->dim[at] = dim;
    parts->stride[at] = stride;
    return 1;
}

static int find_parts(Norm *m, NormExpr *e, Parts *parts)
{
    NormList reads = {0};
    norm_reads(m, e, &reads);
    for (int i = 0; i < reads.n; i++) {
        const NormExpr *read = reads.at[i];
        for (int k = 0; k < read->n; k++) {
            Dim *axis = read->source ? read->source->free.at[k]->dim : read->node->var[k]->dim;
            const double stride = dim_is_ragged(axis) ? 0 : stride_of(read->kid[k], parts->var, axis);
            if (stride > 0 && !add_part(parts, axis, stride)) {
                return 0;
            }
        }
    }
    return 1;
}

/* The lengths of the parts multiply to that of the whole. */
static int is_complete(const Parts *parts)
{
    double stride = 1;
    for (int i = parts->n - 1; i >= 0; i--) {
        if (parts->stride[i] != stride) {
            return 0;
        }
        stride *= (double)parts->dim[i]->length;
    }
    return parts->n > 1 && stride == (double)parts->var->dim->length;
}

int norm_split(Norm *m, NormList *bound, NormExpr **where, NormExpr **body)
{
    int changed = 0;
    for (int v = 0; v < bound->n; v++) {
        Parts parts = {.var = bound->at[v]};
        if (dim_is_ragged(parts.var->dim) || !find_parts(m, *where, &parts) || !find_parts(m, *body, &parts) || !is_complete(&parts) ||
            (*body)->nvars + (*where)->nvars + bound->n + parts.n > VARIABLES_MOST) {
            continue;
        }
        NormTerm term[PARTS_MOST];
        NormList all = {0};
        for (int i = 0; i < bound->n; i++) {
            for (int k = 0; k < (i == v ? parts.n : 1); k++) {
                vec_push(m->arena, all, i == v ? norm_fresh(m, parts.dim[k]) : bound->at[i]);
            }
        }
        for (int k = 0; k < parts.n; k++) {
            term[k] = (NormTerm){all.at[v + k], parts.stride[k]};
        }
        NormExpr *whole = norm_sum(m, T_INT, parts.n, term, 0);
        *where = norm_replace(m, *where, 1, &parts.var, &whole);
        *body = norm_replace(m, *body, 1, &parts.var, &whole);
        *bound = all;
        v += parts.n - 1;
        changed = 1;
    }
    return changed;
}

/* ---- indices that only data decide --------------------------------------------------------------------------------------------------- */

static int has_data(const NormExpr *e)
{
    if (e->kind == NORM_CALL || e->kind == NORM_READ || e->kind == NORM_SELECT) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (has_data(e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

typedef struct Exchange {
    NormExpr *from, *to;
} Exchange;

static NormExpr *exchanged(void *context, NormExpr *e)
{
    const Exchange *x = context;
    return e == x->from ? x->to : NULL;
}

/* Ragged variables count most. */
static int cost(Norm *m, int n, NormExpr *const *bound, const NormExpr *where, const NormExpr *body)
{
    NormList free = {0};
    int ragged = 0;
    for (int pass = 0; pass < 2; pass++) {
        const NormExpr *e = pass ? where : body;
        for (int i = 0; i < e->nvars; i++) {
            if (!norm_uses_any(e->vars[i], n, bound)) {
                vec_push(m->arena, free, e->vars[i]);
            }
        }
    }
    norm_sort(free.n, free.at);
    free.n = norm_unique(free.n, free.at);
    for (int i = 0; i < free.n; i++) {
        ragged += dim_is_ragged(free.at[i]->dim);
    }
    return NORM_AXES * ragged + free.n;
}

NormExpr *norm_lift(Norm *m, Reduce reduce, Type type, int n, NormExpr *const *bound, NormExpr *where, NormExpr *body)
{
    NormList reads = {0};
    norm_reads(m, body, &reads);
    for (int i = 0; i < reads.n; i++) {
        const NormExpr *read = reads.at[i];
        for (int k = 0; k < read->n; k++) {
            NormExpr *index = read->kid[k];
            Dim *axis = read->source ? read->source->free.at[k]->dim : read->node->var[k]->dim;
            if (index->nvars < 2 || norm_uses_any(index, n, bound) || dim_is_ragged(axis) || !has_data(index) ||
                !norm_inside(m, index, axis)) {
                continue;
            }
            Exchange x = {index, norm_fresh(m, axis)};
            NormExpr *lifted_where = norm_rebuild(m, where, exchanged, &x), *lifted = norm_rebuild(m, body, exchanged, &x);
            if (cost(m, n, bound, lifted_where, lifted) < cost(m, n, bound, where, body)) {
                NormExpr *inner = norm_lift(m, reduce, type, n, bound, lifted_where, lifted);
                inner = inner ? inner : norm_node(m, reduce, type, n, bound, lifted_where, lifted);
                return norm_replace(m, inner, 1, &x.to, &x.from);
            }
        }
    }
    return NULL;
}
