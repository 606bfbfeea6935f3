/* Where a condition on a query and a key of one ragged dim holds, as a range of keys. Atoms that are affine in both give bounds; `or` the
 * union of its cases; blocks (equal quotients) their own range. Everything else is left to the condition itself. */
#include "predicate_class.h"

#include "../share.h"

typedef struct Bounds { /* on key - query, or on the key alone; as far as they are known */
    int64_t low, high;  /* of key - query */
    int has_low, has_high;
    Expr *from, *to;    /* of the key: no query in them */
    int64_t block;      /* query div block == key div block; 0: none */
    int other;          /* something else is asked as well */
    int data;           /* which depends on data */
    int several;        /* an or */
} Bounds;

typedef struct Classing {
    Plan *p;
    Var *query, *key;
} Classing;

static int reads_data(const Expr *e)
{
    int reads = e->kind == EX_READ;
    for (int k = 0; k < e->n && !reads; k++) {
        reads = reads_data(e->kid[k]);
    }
    return reads;
}

static int64_t coefficient(const Affine *a, const Var *var)
{
    int64_t sum = 0;
    for (int i = 0; i < a->n; i++) {
        sum += a->var[i] == var ? a->coef[i] : 0;
    }
    return sum;
}

/* Nothing but query, key and a constant. */
static int only_pair(const Classing *c, const Affine *a)
{
    for (int i = 0; i < a->n; i++) {
        if (a->coef[i] && a->var[i] != c->query && a->var[i] != c->key) {
            return 0;
        }
    }
    return 1;
}

static void take_low(Bounds *b, int64_t low)
{
    b->low = b->has_low && b->low > low ? b->low : low;
    b->has_low = 1;
}

static void take_high(Bounds *b, int64_t high)
{
    b->high = b->has_high && b->high < high ? b->high : high;
    b->has_high = 1;
}

/* sum <= 0. */
static int at_most_zero(const Classing *c, const Affine *sum, Bounds *b)
{
    const int64_t key = coefficient(sum, c->key), query = coefficient(sum, c->query);
    if (key + query == 0 && (key == 1 || key == -1) && only_pair(c, sum)) {
        if (key > 0) {
            take_high(b, -sum->constant); /* key - query <= -constant */
        } else {
            take_low(b, sum->constant);
        }
        return 1;
    }
    if (!query && (key == 1 || key == -1)) { /* key <= rest, or rest <= key */
        Affine rest = *sum;
        for (int i = 0; i < rest.n; i++) {
            rest.coef[i] = rest.var[i] == c->key ? 0 : key > 0 ? -rest.coef[i] : rest.coef[i];
            if (rest.coef[i] && rest.var[i]) {
                return 0; /* another index */
            }
        }
        rest.constant = key > 0 ? -rest.constant : rest.constant;
        Expr **into = key > 0 ? &b->to : &b->from;
        if (*into) {
            return 0;
        }
        *into = affine_expr(c->p, &rest);
        return 1;
    }
    return 0;
}

/* e <= 0 of a distance: abs(a - b) - k. */
static int distance(const Classing *c, const Expr *low, const Expr *high, Bounds *b)
{
    Affine sum, limit, zero = {0}, less;
    if (low->kind != EX_OP || low->op != OP_ABS || !affine_of(low->kid[0], &sum) || !affine_of(high, &limit) || limit.n) {
        return 0;
    }
    less = sum;
    less.constant -= limit.constant;
    Affine more;
    if (!affine_subtract(&zero, &sum, &more)) {
        return 0;
    }
    more.constant -= limit.constant;
    return at_most_zero(c, &less, b) && at_most_zero(c, &more, b);
}

/* query div n == key div n. */
static int64_t block_of(const Classing *c, const Expr *a, const Expr *b)
{
    if (a->kind != EX_OP || a->op != OP_IDIV || b->kind != EX_OP || b->op != OP_IDIV || a->kid[1]->kind != EX_CONST ||
        b->kid[1]->kind != EX_CONST || a->kid[1]->integer != b->kid[1]->integer || a->kid[0]->kind != EX_VAR || b->kid[0]->kind != EX_VAR) {
        return 0;
    }
    const int pair = (a->kid[0]->var == c->query && b->kid[0]->var == c->key) || (a->kid[0]->var == c->key && b->kid[0]->var == c->query);
    return pair && a->kid[1]->integer > 0 ? a->kid[1]->integer : 0;
}

static void bounds_of(const Classing *c, Expr *e, Bounds *b);

/* Both cases: what holds of either. */
static void either(const Classing *c, const Expr *e, Bounds *b)
{
    Bounds one = {0}, other = {0};
    bounds_of(c, e->kid[0], &one);
    bounds_of(c, e->kid[1], &other);
    b->several = 1;
    b->other = 1;
    b->data |= one.data | other.data;
    if (one.has_low && other.has_low) {
        take_low(b, one.low < other.low ? one.low : other.low);
    }
    if (one.has_high && other.has_high) {
        take_high(b, one.high > other.high ? one.high : other.high);
    }
}

static void atom(const Classing *c, Expr *e, Bounds *b)
{
    Affine left, right, sum;
    if (e->kind == EX_OP && e->op == OP_OR) {
        either(c, e, b);
        return;
    }
    if (e->kind == EX_OP && (e->op == OP_LE || e->op == OP_LT || e->op == OP_EQ) && e->kid[0]->type == T_INT) {
        const int64_t block = e->op == OP_EQ ? block_of(c, e->kid[0], e->kid[1]) : 0;
        if (block && !b->block) {
            b->block = block;
            return;
        }
        if (e->op == OP_LE && distance(c, e->kid[0], e->kid[1], b)) {
            return;
        }
        if (affine_of(e->kid[0], &left) && affine_of(e->kid[1], &right) && affine_subtract(&left, &right, &sum)) {
            sum.constant += e->op == OP_LT;
            Affine zero = {0}, back;
            if (at_most_zero(c, &sum, b) && (e->op != OP_EQ || (affine_subtract(&zero, &sum, &back) && at_most_zero(c, &back, b)))) {
                return;
            }
        }
    }
    b->other = 1;
    b->data |= reads_data(e);
}

static void bounds_of(const Classing *c, Expr *e, Bounds *b)
{
    ExprList atoms = {0};
    conjuncts(c->p, e, &atoms);
    for (int i = 0; i < atoms.n; i++) {
        atom(c, atoms.at[i], b);
    }
}

/* ---- the class ---------------------------------------------------------------------------------------------------------------------- */

static const char *name_of(const Bounds *b)
{
    if (b->data) {
        return "data";
    }
    if (b->several) {
        return "union";
    }
    if (b->other) {
        return "dilated";
    }
    if (b->block) {
        return "block";
    }
    if (b->has_low && b->has_high) {
        return "window";
    }
    return b->has_high ? "causal" : b->has_low ? "window" : "prefix";
}

static Expr *from_query(const Classing *c, int64_t shift)
{
    Graph *g = c->p->graph;
    const Span at = {0};
    return expr_op(g, OP_ADD, expr_var(g, c->query, at), expr_int(g, shift, at), at);
}

static Expr *of_block(const Classing *c, int64_t block, int64_t shift)
{
    Graph *g = c->p->graph;
    const Span at = {0};
    Expr *size = expr_int(g, block, at);
    Expr *first = expr_op(g, OP_MUL, expr_op(g, OP_IDIV, expr_var(g, c->query, at), size, at), size, at);
    return expr_op(g, OP_ADD, first, expr_int(g, shift, at), at);
}

static Expr *one_of(const Classing *c, Op op, Expr *a, Expr *b)
{
    return a && b ? expr_op(c->p->graph, op, a, b, (Span){0}) : a ? a : b;
}

static Var *one_ragged(const VarList *vars)
{
    Var *found = NULL;
    for (int k = 0; k < vars->n; k++) {
        if (dim_is_ragged(vars->at[k]->dim)) {
            if (found) {
                return NULL;
            }
            found = vars->at[k];
        }
    }
    return found;
}

PredicateClass predicate_class(Plan *p, Expr *condition, const VarList *query, const VarList *key)
{
    PredicateClass class = {.name = "full", .exact = 1};
    if (!condition) {
        return class;
    }
    const Classing c = {p, one_ragged(query), one_ragged(key)};
    Bounds b = {0};
    if (!c.query || !c.key || key->n != 1) {
        return (PredicateClass){.name = reads_data(condition) ? "data" : "other"};
    }
    bounds_of(&c, condition, &b);
    class.name = name_of(&b);
    class.query = c.query;
    class.key = c.key;
    class.exact = !b.other;
    class.low = one_of(&c, OP_MAX, b.has_low ? from_query(&c, b.low) : NULL, b.from);
    class.high = one_of(&c, OP_MIN, b.has_high ? from_query(&c, b.high) : NULL, b.to);
    class.low = one_of(&c, OP_MAX, class.low, b.block ? of_block(&c, b.block, 0) : NULL);
    class.high = one_of(&c, OP_MIN, class.high, b.block ? of_block(&c, b.block, b.block - 1) : NULL);
    return class;
}
