/* The order of indices: by how far apart neighbours lie in what is read at them, ragged ones first. */
#include "covering.h"
#include "../template/template.h"

#include <math.h>

static const double RAGGED = 1e6;

static double length_of(const Dim *dim)
{
    return dim_is_ragged(dim) ? RAGGED : (double)dim->length;
}

static double coefficient(const NormExpr *index, const NormExpr *var)
{
    if (index == var) {
        return 1;
    }
    for (int i = 0; index->kind == NORM_SUM && i < index->n; i++) {
        if (index->kid[i] == var) {
            return fabs(index->coef[i]);
        }
        if (index->kid[i]->kind == NORM_PRODUCT && norm_uses(index->kid[i], var)) { /* y * len(x) + x */
            return fabs(index->coef[i]) * RAGGED;
        }
    }
    return 0;
}

/* The largest distance in a tensor of what var and var + 1 read. */
static double stride_in(const NormExpr *e, const NormExpr *var)
{
    double most = 0, inner = 1;
    for (int k = e->n - 1; k >= 0; k--) {
        most = fmax(most, stride_in(e->kid[k], var));
        if (e->kind == NORM_READ && e->source) { /* the axes of a reduction have no order yet */
            most = fmax(most, coefficient(e->kid[k], var) * inner);
            inner *= length_of(e->source->free.at[k]->dim);
        }
    }
    return most;
}

static void sort(NormExpr *const *hole, int holes, NormExpr **var, int n, const double *known)
{
    double stride[NORM_AXES];
    for (int k = 0; k < n; k++) {
        double mine = known ? known[k] : 0;
        for (int h = 0; h < holes; h++) {
            mine = hole[h] ? fmax(mine, stride_in(hole[h], var[k])) : mine;
        }
        mine += dim_is_ragged(var[k]->dim) ? 1e18 + mine * 1e3 : 0;
        NormExpr *moved = var[k];
        int at = k;
        for (; at > 0 && stride[at - 1] < mine; at--) {
            stride[at] = stride[at - 1];
            var[at] = var[at - 1];
        }
        stride[at] = mine;
        var[at] = moved;
    }
}

/* The same for who reads the node: what stands beside it in a sum of products says how its indices are put together. */
static void strides_of_readers(Cover *c, const NormNode *node, double *stride)
{
    for (int i = 0; i < c->box.n; i++) {
        NormList reads = {0};
        norm_reads(c->norm, c->box.at[i].e, &reads);
        for (int r = 0; r < reads.n; r++) {
            for (int k = 0; reads.at[r]->node == node && k < node->free; k++) {
                const NormExpr *index = reads.at[r]->kid[k];
                stride[k] = index->kind == NORM_VAR ? fmax(stride[k], stride_in(c->box.at[i].e, index)) : stride[k];
            }
        }
    }
}

static int holes_with(const Form *form, int role)
{
    int n = 0;
    for (int h = 0; h < form->holes; h++) {
        n += (int)(form->hole[h].roles >> role & 1u);
    }
    return n;
}

/* Where a kernel wants an index of its results: 2 what it stores side by side, 1 what all its holes share, 0 rows. */
static int group_of(const Form *form, const NormList *role, const NormExpr *var)
{
    const TemplateHole *store = form->text ? template_hole(form->text, str_of("store")) : NULL;
    int most = 0;
    for (int r = 0; r < form->roles; r++) {
        most = form->role[r].result && holes_with(form, r) > most ? holes_with(form, r) : most;
    }
    for (int r = 0; r < form->roles; r++) {
        if (list_has(&role[r], var)) {
            return store && form->role[r].letter == store->lanes ? 2 : holes_with(form, r) == most && most > 1;
        }
    }
    return 0;
}

void stride_sort_result(Cover *c, const NormExpr *read, NormExpr *const *hole, const Form *form, const NormList *role, NormExpr **axis)
{
    double stride[NORM_AXES] = {0};
    NormExpr *sorted[NORM_AXES];
    int n = 0;
    strides_of_readers(c, read->node, stride);
    for (int k = 0; k < read->n; k++) {
        sorted[k] = read->kid[k];
    }
    sort(hole, form->holes, sorted, read->n, stride);
    const int ragged = ragged_vars(sorted, read->n);
    for (int group = 0; group <= 2; group++) {
        for (int k = 0; k < read->n; k++) {
            const int mine = group_of(form, role, sorted[k]);
            if ((dim_is_ragged(sorted[k]->dim) || (ragged && mine < 2) ? 0 : mine) == group) { /* ragged ones are rows */
                axis[n++] = sorted[k];
            }
        }
    }
}

void stride_sort(NormExpr *const *hole, int holes, NormExpr **var, int n)
{
    sort(hole, holes, var, n, NULL);
}
