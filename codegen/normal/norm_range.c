/* What can be told of ints without data. A variable of dim d lies in 0 .. len(d) - 1, so where one is used len(d) is at least 1. */
#include "norm_inner.h"

#include <math.h>

enum { LENGTHS = 8 };

double norm_longest(const Dim *dim)
{
    int64_t low, high;
    if (!dim_is_ragged(dim)) {
        return (double)dim->length;
    }
    double longest = dim->bound < INT32_MAX ? (double)dim->bound : INT32_MAX;
    if (dim->kind == DIM_FORMULA && dim->formula && expr_range(dim->formula, &low, &high) && (double)high < longest) {
        longest = high > 0 ? (double)high : 0;
    }
    if (dim->kind == DIM_WHERE && dim->parent) {
        longest = fmin(longest, norm_longest(dim->parent));
    }
    return longest;
}

/* The largest value of sign * e; lengths and variables are seen together. */
typedef struct Largest {
    double value;
    int n;
    const Dim *dim[LENGTHS];
    double coef[LENGTHS];
    int least[LENGTHS];
} Largest;

static int length_of(Largest *s, const Dim *dim)
{
    for (int i = 0; i < s->n; i++) {
        if (s->dim[i] == dim) {
            return i;
        }
    }
    if (s->n == LENGTHS) {
        s->value = INFINITY;
        return 0;
    }
    s->dim[s->n] = dim;
    s->coef[s->n] = 0;
    s->least[s->n] = 0;
    return s->n++;
}

static void add_largest(Largest *s, const NormExpr *e, double coef)
{
    double low, high;
    if (e->kind == NORM_LEN) {
        s->coef[length_of(s, e->dim)] += coef;
    } else if (e->kind == NORM_VAR && dim_is_ragged(e->dim)) {
        const int i = length_of(s, e->dim);
        s->least[i] = 1;
        s->coef[i] += coef > 0 ? coef : 0;
        s->value -= coef > 0 ? coef : 0;
    } else {
        norm_range(e, &low, &high);
        s->value += coef > 0 ? coef * high : coef * low;
    }
}

static double largest(const NormExpr *e, double sign)
{
    Largest s = {.value = sign * e->num};
    for (int k = 0; k < e->n; k++) {
        add_largest(&s, e->kid[k], sign * e->coef[k]);
    }
    for (int i = 0; i < s.n; i++) {
        s.value += s.coef[i] * (s.coef[i] > 0 ? norm_longest(s.dim[i]) : s.least[i]);
    }
    return isnan(s.value) ? INFINITY : s.value;
}

static void widen(double x, double *low, double *high)
{
    *low = fmin(*low, x);
    *high = fmax(*high, x);
}

static void multiply(double a, double b, double *low, double *high)
{
    const double x[4] = {*low * a, *low * b, *high * a, *high * b};
    *low = INFINITY;
    *high = -INFINITY;
    for (int i = 0; i < 4; i++) {
        widen(isnan(x[i]) ? 0 : x[i], low, high); /* 0 * infinity: the bound is 0 there */
    }
}

static void range_of_call(const NormExpr *e, double *low, double *high)
{
    double a, b;
    norm_range(e->kid[0], low, high);
    switch (e->op) {
    case OP_MIN:
    case OP_MAX:
        for (int k = 1; k < e->n; k++) {
            norm_range(e->kid[k], &a, &b);
            *low = e->op == OP_MIN ? fmin(*low, a) : fmax(*low, a);
            *high = e->op == OP_MIN ? fmin(*high, b) : fmax(*high, b);
        }
        return;
    case OP_ABS:
        a = *low;
        *low = a <= 0 && *high >= 0 ? 0 : fmin(fabs(a), fabs(*high));
        *high = fmax(fabs(a), fabs(*high));
        return;
    case OP_SIGN:
        *low = *low > 0 ? 1 : *low < 0 ? -1 : 0;
        *high = *high > 0 ? 1 : *high < 0 ? -1 : 0;
        return;
    case OP_IDIV:
    case OP_MOD:
        if (e->type == T_INT && e->kid[1]->kind == NORM_NUM && e->kid[1]->num > 0) {
            const double by = e->kid[1]->num;
            if (e->op == OP_IDIV) {
                *low = floor(*low / by);
                *high = floor(*high / by);
            } else if (*low < 0 || *high >= by) {
                *low = 0;
                *high = by - 1;
            }
            return;
        }
        break;
    default: break;
    }
    *low = -INFINITY;
    *high = INFINITY;
}

static void range_of_read(const NormExpr *e, double *low, double *high)
{
    if (e->type == T_BOOL) {
        *low = 0;
        *high = 1;
    } else if (e->source) {
        if (e->source->extent && e->source->extent->length > 0) {
            *low = 0;
            *high = (double)e->source->extent->length - 1;
        }
    } else if (e->type == T_INT && e->node->reduce == RED_SUM && norm_is_num(e->node->body, 1)) {
        *low = 0;
        *high = 1;
        for (int i = 0; i < e->node->bound; i++) {
            *high *= norm_longest(e->node->var[e->node->free + i]->dim);
        }
    } else if (e->type == T_INT && (e->node->reduce == RED_MAX || e->node->reduce == RED_MIN || e->node->reduce == RED_PICK)) {
        norm_range(e->node->body, low, high);
        widen(0, low, high);
    }
}

void norm_range(const NormExpr *e, double *low, double *high)
{
    double a, b;
    *low = -INFINITY;
    *high = INFINITY;
    if (e->type == T_REAL) {
        return;
    }
    switch (e->kind) {
    case NORM_NUM: *low = *high = e->num; return;
    case NORM_VAR:
        *low = 0;
        *high = fmax(norm_longest(e->dim) - 1, 0);
        return;
    case NORM_LEN:
        *low = 0;
        *high = norm_longest(e->dim);
        return;
    case NORM_POS:
        *low = e->kid[0]->kind == NORM_VAR && e->kid[0]->dim == e->dim ? 0 : -1;
        *high = fmax(norm_longest(e->dim->parent) - 1, 0);
        return;
    case NORM_READ: range_of_read(e, low, high); return;
    case NORM_SUM:
        *high = largest(e, 1);
        *low = -largest(e, -1);
        return;
    case NORM_PRODUCT:
        *low = *high = 1;
        for (int k = 0; k < e->n; k++) {
            norm_range(e->kid[k], &a, &b);
            for (int i = 0; i < e->power[k]; i++) {
                multiply(a, b, low, high);
            }
        }
        return;
    case NORM_CALL: range_of_call(e, low, high); return;
    case NORM_SELECT:
        norm_range(e->kid[1], low, high);
        norm_range(e->kid[2], &a, &b);
        widen(a, low, high);
        widen(b, low, high);
        return;
    default: return; /* conditions and holes */
    }
}

int norm_whole_range(const NormExpr *e, double *low, double *high)
{
    norm_range(e, low, high);
    return e->type == T_INT && *low >= -norm_exact && *high <= norm_exact;
}

int norm_inside(Norm *m, NormExpr *index, Dim *dim)
{
    double low, high;
    if (index->kind == NORM_VAR && index->dim == dim) {
        return 1;
    }
    if (index->kind == NORM_POS && index->dim->parent == dim && norm_inside(m, index->kid[0], index->dim)) {
        return 1;
    }
    norm_range(index, &low, &high);
    if (low < 0) {
        return 0;
    }
    if (!dim_is_ragged(dim)) {
        return high < (double)dim->length;
    }
    norm_range(norm_subtract(m, index, norm_len(m, dim)), &low, &high);
    return high < 0;
}

int norm_affine(const NormExpr *e)
{
    if (e->kind == NORM_SUM && e->type == T_INT) {
        for (int k = 0; k < e->n; k++) {
            if (e->kid[k]->kind != NORM_VAR && e->kid[k]->kind != NORM_LEN) {
                return 0;
            }
        }
        return 1;
    }
    return e->type == T_INT && (e->kind == NORM_VAR || e->kind == NORM_LEN || e->kind == NORM_NUM);
}

int norm_is_num(const NormExpr *e, double value)
{
    return e->kind == NORM_NUM && e->num == value;
}
