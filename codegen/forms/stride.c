/* The order of indices: by how far apart neighbours lie in what is read at them, ragged ones first. */
#include "covering.h"

#include <math.h>

static double length_of(const Dim *dim)
{
    return dim_is_ragged(dim) ? 1e6 : (double)dim->length;
}

static const Dim *axis_dim(const NormExpr *read, int k)
{
    return read->source ? read->source->free.at[k]->dim : read->node->var[k]->dim;
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
    }
    return 0;
}

/* The largest distance in a tensor of what var and var + 1 read. */
static double stride_in(const NormExpr *e, const NormExpr *var)
{
    double most = 0, inner = 1;
    for (int k = e->n - 1; k >= 0; k--) {
        most = fmax(most, stride_in(e->kid[k], var));
        if (e->kind == NORM_READ) {
            most = fmax(most, coefficient(e->kid[k], var) * inner);
            inner *= length_of(axis_dim(e, k));
        }
    }
    return most;
}

void stride_sort(NormExpr *const *hole, int holes, NormExpr **var, int n)
{
    double stride[NORM_AXES];
    for (int k = 0; k < n; k++) {
        double mine = dim_is_ragged(var[k]->dim) ? 1e18 : 0;
        for (int h = 0; h < holes; h++) {
            mine = hole[h] ? fmax(mine, stride_in(hole[h], var[k])) : mine;
        }
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
