/* Ints that a kernel keeps in vectors of floats, which hold them exactly up to 2^24. */
#include "../match/kernel_use.h"

enum { EXACT = 1 << 24, LARGEST = 1 << 30 };

int kernel_sum_is_small(const Node *sum)
{
    int64_t low, high, n = 1;
    for (int i = 0; i < sum->bound.n && sum->reduce == RED_SUM; i++) {
        const Dim *dim = sum->bound.at[i]->dim;
        const int64_t length = dim_is_ragged(dim) ? dim->bound : dim->length;
        if (length > EXACT / n) {
            return 0;
        }
        n *= length > 1 ? length : 1;
    }
    return expr_range(sum->body, &low, &high) && low >= -EXACT / n && high <= EXACT / n;
}

/* No value is larger, whatever its sign; -1: it is not known. */
static int64_t most(Plan *p, const Kernel *k, const Expr *e)
{
    int64_t low, high, all = 0;
    if (expr_range(e, &low, &high)) {
        return low > -LARGEST && high < LARGEST ? (-low > high ? -low : high) : -1;
    }
    for (int i = 0; e->kind == EX_READ && i < k->part.n; i++) {
        if (k->part.at[i].result == e->node) {
            return kernel_sum_is_small(e->node) ? EXACT : -1;
        }
    }
    if (e->kind == EX_READ && plan_info(p, e->node)->narrow) {
        return plan_info(p, e->node)->narrow;
    }
    if (e->kind != EX_OP || (e->op != OP_ADD && e->op != OP_SUB && e->op != OP_NEG && e->op != OP_MIN && e->op != OP_MAX)) {
        return -1;
    }
    for (int i = 0; i < e->n; i++) {
        const int64_t one = most(p, k, e->kid[i]);
        if (one < 0 || all + one > LARGEST) {
            return -1;
        }
        all += one;
    }
    return all;
}

int kernel_most(Plan *p, const Kernel *k, const Expr *e)
{
    const int64_t n = most(p, k, e);
    return n < 0 ? 0 : n < 1 ? 1 : (int)n;
}
