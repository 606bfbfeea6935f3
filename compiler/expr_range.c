/* Interval arithmetic over integer expressions. Every step checks for overflow; what may overflow has no range. */
#include "graph.h"
#include "scalar.h"

/* Without a bound of the author's a length is still below 2^31: offsets of generated code are int32_t. */
enum { DEPTH = 64 };
static const int64_t longest = INT32_MAX;

typedef struct Range {
    int64_t low, high;
} Range;

static int range_of(const Expr *e, Range *range, int depth);

static int longest_of(const Dim *dim, int64_t *length, int depth)
{
    Range r;
    if (!dim_is_ragged(dim)) {
        *length = dim->length;
        return 1;
    }
    *length = dim->bound < longest ? dim->bound : longest;
    if (dim->kind == DIM_FORMULA && dim->formula && range_of(dim->formula, &r, depth) && r.high < *length) {
        *length = r.high > 0 ? r.high : 0;
    }
    if (dim->kind == DIM_WHERE && dim->parent && longest_of(dim->parent, &r.high, depth) && r.high < *length) {
        *length = r.high;
    }
    return 1;
}

static Range join(Range a, Range b)
{
    return (Range){a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
}

/* The range of a monotone op (in each operand): that of its four corners. */
static int corners(Op op, Range a, Range b, Range *range)
{
    const int64_t x[2] = {a.low, a.high}, y[2] = {b.low, b.high};
    for (int i = 0; i < 4; i++) {
        int64_t value;
        if (!scalar_int(op, x[i / 2], y[i % 2], &value)) {
            return 0;
        }
        const Range point = {value, value};
        *range = i ? join(*range, point) : point;
    }
    return 1;
}

/* A stored integer: any, but reading it cannot fail; also one that a table of the compiler's holds as a real. */
static int is_stored(const Expr *e, Range *range, int depth)
{
    Range index;
    const int table = e->kind == EX_OP && e->op == OP_TO_INT;
    e = table ? e->kid[0] : e;
    int fine = e->kind == EX_READ && !e->otherwise && (table ? e->node->kind == NODE_PARAM && e->node->body : e->type == T_INT);
    for (int k = 0; k < e->n && fine; k++) {
        fine = range_of(e->kid[k], &index, depth);
    }
    *range = (Range){INT64_MIN, INT64_MAX};
    return fine;
}

static int range_of_op(const Expr *e, Range *range, int depth)
{
    Range a, b = {0, 0};
    if (e->op == OP_BOOL_INT || e->type == T_BOOL) {
        *range = (Range){0, 1};
        return 1;
    }
    const int bounds = e->op == OP_MIN || e->op == OP_MAX; /* these bound an integer that may be anything */
    for (int k = 0; k < e->n; k++) {
        Range *kid = k ? &b : &a;
        if (!range_of(e->kid[k], kid, depth) && !(bounds && is_stored(e->kid[k], kid, depth))) {
            return 0;
        }
    }
    switch (e->op) {
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_MIN: case OP_MAX: case OP_NEG: case OP_SIGN:
        return corners(e->op, a, b, range);
    case OP_ABS:
        if (!corners(OP_ABS, a, b, range)) {
            return 0;
        }
        if (a.low <= 0 && a.high >= 0) {
            range->low = 0;
        }
        return 1;
    case OP_IDIV: return b.low > 0 && corners(OP_IDIV, a, b, range);
    case OP_MOD:
        if (b.low <= 0) {
            return 0;
        }
        *range = a.low >= 0 && a.high < b.low ? a : (Range){0, a.low >= 0 && a.high < b.high ? a.high : b.high - 1};
        return 1;
    case OP_POW: return a.low >= 1 && b.low >= 0 && corners(OP_POW, a, b, range);
    default: return 0; /* operators without an integer result, and conversions from reals */
    }
}

static int range_of(const Expr *e, Range *range, int depth)
{
    Range a, b = {0, 0};
    if (depth > DEPTH || (e->type != T_INT && e->type != T_BOOL)) {
        return 0;
    }
    depth++;
    switch (e->kind) {
    case EX_CONST: *range = (Range){e->integer, e->integer}; return 1;
    case EX_VAR:
        longest_of(e->var->dim, &b.high, depth);
        *range = (Range){0, b.high > 0 ? b.high - 1 : 0};
        return 1;
    case EX_LEN: range->low = 0; return longest_of(e->dim, &range->high, depth);
    case EX_POS:
        longest_of(e->dim->parent, &b.high, depth);
        *range = (Range){-1, b.high - 1};
        if (e->kid[0]->kind == EX_VAR && e->kid[0]->var->dim == e->dim && b.high > 0) {
            range->low = 0;
        }
        return 1;
    case EX_READ:
        if (e->type == T_BOOL) {
            *range = (Range){0, 1};
            return 1;
        }
        if (!e->node->extent || e->node->extent->length < 1 || (e->otherwise && !range_of(e->otherwise, &b, depth))) {
            return 0;
        }
        *range = join((Range){0, e->node->extent->length - 1}, b);
        return 1;
    case EX_SELECT:
        if (!range_of(e->kid[1], &a, depth) || !range_of(e->kid[2], &b, depth)) {
            return 0;
        }
        *range = join(a, b);
        return 1;
    case EX_OP: return range_of_op(e, range, depth);
    }
    return 0;
}

int expr_range(const Expr *e, int64_t *low, int64_t *high)
{
    Range range;
    if (!range_of(e, &range, 0)) {
        return 0;
    }
    *low = range.low;
    *high = range.high;
    return 1;
}
