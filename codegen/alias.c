/* Names for lengths that only a checkpoint knows: an axis of 384 that is read at `h * len(e) + e` is (H * E) long. */
#include "names.h"

static int fits_value(const Expr *index, const Dim *axis, Alias *found)
{
    if (index->kind != EX_READ || !index->node->extent || index->node->extent->length != axis->length ||
        !index->node->extent->span.source) {
        return 0;
    }
    found->factor[found->n++] = index->node->extent;
    return 1;
}

/* A regrouping, outermost first: each factor of a variable is the length of all to its right. */
static int fits_regrouping(const Expr *index, const Dim *axis, Alias *found)
{
    Affine a;
    int64_t inner = 1;
    if (!affine_of(index, &a) || a.constant != 0 || a.n > 4) {
        return 0;
    }
    for (int placed = 0; placed < a.n; placed++) {
        int at = -1;
        for (int i = 0; i < a.n; i++) {
            at = a.var[i] && a.coef[i] == inner ? i : at;
        }
        if (at < 0 || dim_is_ragged(a.var[at]->dim) || !a.var[at]->dim->span.source) {
            return 0;
        }
        for (int i = found->n++; i > 0; i--) {
            found->factor[i] = found->factor[i - 1];
        }
        found->factor[0] = a.var[at]->dim;
        inner *= a.var[at]->dim->length;
    }
    return inner == axis->length;
}

static void note(Plan *p, const Dim *axis, const Expr *index)
{
    Alias found = {.dim = axis};
    if (!fits_value(index, axis, &found) && !fits_regrouping(index, axis, &found)) {
        return;
    }
    for (int i = 0; i < p->alias.n; i++) {
        Alias *old = &p->alias.at[i];
        if (old->dim == axis) {
            for (int k = 0; k < found.n; k++) {
                old->n = old->n == found.n && old->factor[k] == found.factor[k] ? old->n : 0; /* readers disagree */
            }
            return;
        }
    }
    vec_push(p->arena, p->alias, found);
}

static void look(Plan *p, const Expr *e)
{
    if (!e) {
        return;
    }
    for (int k = 0; e->kind == EX_READ && e->node->kind == NODE_PARAM && k < e->n; k++) {
        const Dim *axis = e->node->free.at[k]->dim;
        if (!axis->span.source) {
            note(p, axis, e->kid[k]);
        }
    }
    for (int k = 0; k < e->n; k++) {
        look(p, e->kid[k]);
    }
    look(p, e->otherwise);
}

void alias_lengths(Plan *p)
{
    for (int u = 0; u < p->func.n; u++) {
        for (int i = 0; i < p->func.at[u]->item.n; i++) {
            const Item *item = &p->func.at[u]->item.at[i];
            for (int k = 0; k < item->nest.n; k++) {
                for (int m = 0; m < item->nest.at[k]->member.n; m++) {
                    look(p, item->nest.at[k]->member.at[m]->body);
                }
            }
        }
    }
}
