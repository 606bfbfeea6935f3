/* Bounds by the equations that values come from: a count over n positions is no more than n. */
#include "bounded.h"

enum { DEEPEST = 24 };
static const int64_t largest = INT64_C(1) << 30; /* a length (BAD_BATCH), and a number that counts as small */

static int is_length(const Dim *dim)
{
    return dim->kind == DIM_GIVEN || dim->kind == DIM_WHERE;
}

static int constants(Bounded *b, int64_t low, int64_t high)
{
    *b = (Bounded){NULL, {low, 0}, {high, 0}};
    return low >= -largest && high <= largest;
}

/* 0 .. n * times + more */
static int lengths(Bounded *b, const Dim *dim, int64_t times, int64_t more)
{
    if (!dim_is_ragged(dim)) {
        const int fits = dim->length <= largest;
        return constants(b, 0, fits ? dim->length * times + more : largest + 1);
    }
    *b = (Bounded){dim, {0, 0}, {more, times}};
    return is_length(dim);
}

static int one_dim(const Bounded *a, const Bounded *b, Bounded *both)
{
    both->dim = a->dim ? a->dim : b->dim;
    return !a->dim || !b->dim || a->dim == b->dim;
}

static int either(const Bounded *a, const Bounded *b, Bounded *both)
{
    const int one = one_dim(a, b, both);
    for (int k = 0; k < 2; k++) { /* n >= 0 */
        both->low[k] = a->low[k] < b->low[k] ? a->low[k] : b->low[k];
        both->high[k] = a->high[k] > b->high[k] ? a->high[k] : b->high[k];
    }
    return one;
}

static int added(const Bounded *a, const Bounded *b, int minus, Bounded *sum)
{
    const int one = one_dim(a, b, sum);
    int small = 1;
    for (int k = 0; k < 2; k++) {
        sum->low[k] = a->low[k] + (minus ? -b->high[k] : b->low[k]);
        sum->high[k] = a->high[k] + (minus ? -b->low[k] : b->high[k]);
        small &= sum->low[k] >= -largest && sum->high[k] <= largest;
    }
    return one && small;
}

static int bounded(const Expr *e, Bounded *b, int depth);

static int of_node(const Node *node, Bounded *b, int depth)
{
    Bounded other;
    if (node->extent) {
        return constants(b, 0, node->extent->length);
    }
    if (node->kind != NODE_EQ) {
        return 0;
    }
    switch (node->reduce) {
    case RED_NONE: return bounded(node->body, b, depth);
    case RED_SUM: /* of what lies between two constants, the lower one not below 0 */
        return node->bound.n == 1 && bounded(node->body, &other, depth) && !other.dim && other.low[0] >= 0 && other.high[0] <= 2 &&
               lengths(b, node->bound.at[0]->dim, other.high[0], 0);
    case RED_PICK:
        if (node->empty ? !bounded(node->empty, &other, depth) : !constants(&other, 0, 0)) {
            return 0;
        }
        return bounded(node->body, b, depth) && either(b, &other, b);
    case RED_PROD: case RED_MAX: case RED_MIN: case RED_ANY: case RED_ALL: break;
    }
    return 0;
}

static int of_read(const Expr *e, Bounded *b, int depth)
{
    Bounded other;
    if (e->otherwise ? !bounded(e->otherwise, &other, depth) : !constants(&other, 0, 0)) {
        return 0;
    }
    return of_node(e->node, b, depth) && either(b, &other, b);
}

static int of_op(const Expr *e, Bounded *b, int depth)
{
    Bounded x, y = {0};
    int64_t low, high;
    const int known = bounded(e->kid[0], &x, depth) && (e->n < 2 || bounded(e->kid[1], &y, depth));
    switch (e->op) {
    case OP_ADD: return known && added(&x, &y, 0, b);
    case OP_SUB: return known && added(&x, &y, 1, b);
    case OP_NEG: return known && added(&y, &x, 1, b);
    case OP_MIN: case OP_MAX: return known && either(&x, &y, b);
    case OP_MOD:
        return expr_range(e->kid[1], &low, &high) && low == high && low > 0 && constants(b, 0, low - 1);
    default: return 0;
    }
}

static int bounded(const Expr *e, Bounded *b, int depth)
{
    Bounded other;
    if (e->type == T_BOOL) {
        return constants(b, 0, 1);
    }
    if (e->type != T_INT || depth > DEEPEST) {
        return 0;
    }
    depth++;
    switch (e->kind) {
    case EX_CONST: return constants(b, e->integer, e->integer);
    case EX_VAR: return lengths(b, e->var->dim, 1, -1);
    case EX_LEN: return lengths(b, e->dim, 1, 0);
    case EX_READ: return of_read(e, b, depth);
    case EX_SELECT: return bounded(e->kid[1], b, depth) && bounded(e->kid[2], &other, depth) && either(b, &other, b);
    case EX_OP: return e->op == OP_BOOL_INT ? constants(b, 0, 1) : of_op(e, b, depth);
    case EX_POS: break;
    }
    return 0;
}

int bounded_of(const Expr *e, Bounded *b)
{
    return bounded(e, b, 0);
}

int bounded_small(const Expr *e)
{
    Bounded b;
    if (!bounded(e, &b, 0)) {
        return 0;
    }
    const int64_t times = b.low[1] < 0 ? b.low[1] : 0, more = b.high[1] > 0 ? b.high[1] : 0;
    return times >= -1 && more <= 3 && b.low[0] + times * largest >= -largest && b.high[0] + more * largest < 3 * largest;
}
