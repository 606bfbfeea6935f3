/* Expressions are built only here, so what these constructors promise holds everywhere: operands are converted, constants are folded.
 * A rewrite is made only where it is exact for every input, NaN and overflow included: `x * 1`, never `x * 0`. */
#include "graph.h"
#include "scalar.h"
#include "scalar_text.h"

#include <math.h>
#include <string.h>

/* What an operator takes and gives:
 *   NUMBER  two ints give an int, otherwise both become real         REAL   real operands, real result
 *   ORDER   as NUMBER, the result is a bool                          LOGIC  bools
 *   WHOLE   an int stays as it is, a real stays real */
typedef enum Rule { NUMBER, ORDER, REAL, LOGIC, WHOLE, TO_INT, TO_REAL, TO_INT_BOOL } Rule;

const OpInfo op_table[OP_COUNT_] = {
    /*                name   arity infix precedence costly */
    [OP_ADD]      = {"+",     2, 1, 5, 0}, [OP_SUB]   = {"-",     2, 1, 5, 0}, [OP_MUL]   = {"*",     2, 1, 6, 0},
    [OP_DIV]      = {"/",     2, 1, 6, 0}, [OP_NEG]   = {"-",     1, 0, 7, 0}, [OP_IDIV]  = {"div",   2, 1, 6, 0},
    [OP_MOD]      = {"mod",   2, 1, 6, 0}, [OP_POW]   = {"^",     2, 1, 8, 1},
    [OP_LT]       = {"<",     2, 1, 4, 0}, [OP_LE]    = {"<=",    2, 1, 4, 0}, [OP_EQ]    = {"==",    2, 1, 4, 0},
    [OP_NE]       = {"!=",    2, 1, 4, 0}, [OP_AND]   = {"and",   2, 1, 2, 0}, [OP_OR]    = {"or",    2, 1, 1, 0},
    [OP_NOT]      = {"not",   1, 0, 3, 0},
    [OP_MIN]      = {"min",   2, 0, 9, 0}, [OP_MAX]   = {"max",   2, 0, 9, 0}, [OP_ABS]   = {"abs",   1, 0, 9, 0},
    [OP_SIGN]     = {"sign",  1, 0, 9, 0},
    [OP_EXP]      = {"exp",   1, 0, 9, 1}, [OP_LOG]   = {"log",   1, 0, 9, 1}, [OP_LOG1P] = {"log1p", 1, 0, 9, 1},
    [OP_EXPM1]    = {"expm1", 1, 0, 9, 1}, [OP_SIN]   = {"sin",   1, 0, 9, 1}, [OP_COS]   = {"cos",   1, 0, 9, 1},
    [OP_TANH]     = {"tanh",  1, 0, 9, 1}, [OP_ERF]   = {"erf",   1, 0, 9, 1}, [OP_SQRT]  = {"sqrt",  1, 0, 9, 1},
    [OP_FLOOR]    = {"floor", 1, 0, 9, 0}, [OP_CEIL]  = {"ceil",  1, 0, 9, 0}, [OP_ROUND] = {"round", 1, 0, 9, 0},
    [OP_TRUNC]    = {"trunc", 1, 0, 9, 0},
    [OP_TO_INT]   = {"int",   1, 0, 9, 0}, [OP_TO_REAL] = {"real", 1, 0, 9, 0}, [OP_BOOL_INT] = {"int", 1, 0, 9, 0},
    [OP_TEXT_KEY] = {"order", 1, 0, 9, 0}, [OP_TEXT_JOIN] = {"join", 2, 0, 9, 1}, [OP_TEXT_TIMES] = {"repeat", 2, 0, 9, 1},
};

static const Rule rule_of[OP_COUNT_] = {
    [OP_ADD] = NUMBER, [OP_SUB] = NUMBER, [OP_MUL] = NUMBER, [OP_DIV] = REAL, [OP_NEG] = NUMBER, [OP_IDIV] = NUMBER, [OP_MOD] = NUMBER,
    [OP_POW] = NUMBER, [OP_LT] = ORDER, [OP_LE] = ORDER, [OP_EQ] = ORDER, [OP_NE] = ORDER, [OP_AND] = LOGIC, [OP_OR] = LOGIC,
    [OP_NOT] = LOGIC, [OP_MIN] = NUMBER, [OP_MAX] = NUMBER, [OP_ABS] = NUMBER, [OP_SIGN] = NUMBER, [OP_EXP] = REAL, [OP_LOG] = REAL,
    [OP_LOG1P] = REAL, [OP_EXPM1] = REAL, [OP_SIN] = REAL, [OP_COS] = REAL, [OP_TANH] = REAL, [OP_ERF] = REAL, [OP_SQRT] = REAL,
    [OP_FLOOR] = WHOLE, [OP_CEIL] = WHOLE, [OP_ROUND] = WHOLE, [OP_TRUNC] = WHOLE, [OP_TO_INT] = TO_INT, [OP_TO_REAL] = TO_REAL,
    [OP_BOOL_INT] = TO_INT_BOOL, [OP_TEXT_KEY] = NUMBER, [OP_TEXT_JOIN] = NUMBER, [OP_TEXT_TIMES] = NUMBER,
};

const char *type_name(Type type)
{
    static const char *const name[] = {[T_ERROR] = "error", [T_BOOL] = "bool", [T_INT] = "int", [T_REAL] = "real"};
    return name[type];
}

/* ---- leaves ------------------------------------------------------------------------------------------------------------------------ */

static Expr *new_expr(Graph *graph, ExprKind kind, Type type, Span span)
{
    Expr *e = arena_new_of(graph->arena, Expr);
    e->kind = kind;
    e->type = type;
    e->span = span;
    return e;
}

static Expr *constant(Graph *graph, Type type, int64_t integer, double real, Span span)
{
    Expr *e = new_expr(graph, EX_CONST, type, span);
    e->integer = integer;
    e->real = real;
    return e;
}

Expr *expr_int(Graph *graph, int64_t value, Span span)
{
    return constant(graph, T_INT, value, (double)value, span);
}

Expr *expr_real(Graph *graph, double value, Span span)
{
    return constant(graph, T_REAL, 0, value, span);
}

Expr *expr_bool(Graph *graph, int value, Span span)
{
    return constant(graph, T_BOOL, value != 0, value != 0, span);
}

static Expr *error_expr(Graph *graph, Span span)
{
    return constant(graph, T_ERROR, 0, 0, span);
}

static Expr *zero_of(Graph *graph, Type type, Span span)
{
    return constant(graph, type, 0, 0, span);
}

Expr *expr_var(Graph *graph, Var *var, Span span)
{
    Expr *e = new_expr(graph, EX_VAR, T_INT, span);
    e->var = var;
    return e;
}

Expr *expr_len(Graph *graph, Dim *dim, Span span)
{
    if (dim->kind == DIM_FIXED) {
        return expr_int(graph, dim->length, span);
    }
    Expr *e = new_expr(graph, EX_LEN, T_INT, span);
    e->dim = dim;
    return e;
}

static Expr **kids(Graph *graph, Expr *e, int n)
{
    e->n = n;
    e->kid = arena_array(graph->arena, Expr *, n);
    return e->kid;
}

/* ---- reads ------------------------------------------------------------------------------------------------------------------------- */

static int proven_below(const Expr *index, int64_t length)
{
    int64_t low, high;
    return expr_range(index, &low, &high) && low >= 0 && high < length;
}

/* index is proven to be in 0 .. length of axis - 1 whenever it is evaluated. A range says nothing about a ragged axis. */
static int is_inside(const Expr *index, const Dim *axis)
{
    if (index->kind == EX_VAR && index->var->dim == axis) {
        return 1;
    }
    if (index->kind == EX_POS && index->dim->parent == axis && is_inside(index->kid[0], index->dim)) {
        return 1;
    }
    return !dim_is_ragged(axis) && proven_below(index, axis->length);
}

static int is_outside(const Expr *index, const Dim *axis)
{
    return index->kind == EX_CONST && (index->integer < 0 || (!dim_is_ragged(axis) && index->integer >= axis->length));
}

Expr *expr_pos(Graph *graph, Dim *sub, Expr *element, Span span)
{
    element = expr_to(graph, element, T_INT);
    if (element->type == T_ERROR) {
        return element;
    }
    if (sub->kind == DIM_FIXED && is_inside(element, sub)) {
        if (!sub->member) {
            return element;
        }
        if (element->kind == EX_CONST) {
            return expr_int(graph, sub->member[element->integer], span);
        }
    }
    Expr *e = new_expr(graph, EX_POS, T_INT, span);
    e->dim = sub;
    kids(graph, e, 1)[0] = element;
    return e;
}

Expr *expr_read(Graph *graph, Node *node, int n, Expr **index, Expr *otherwise, Span span)
{
    const Type type = node->type;
    int outside = 0, poisoned = type == T_ERROR || (otherwise && otherwise->type == T_ERROR);
    int all = 1;
    Expr *e = new_expr(graph, EX_READ, type, span);
    e->node = node;
    kids(graph, e, n);
    for (int k = 0; k < n; k++) {
        e->kid[k] = expr_to(graph, index[k], T_INT);
        poisoned |= e->kid[k]->type == T_ERROR;
        if (k >= node->free.n || e->kid[k]->type == T_ERROR) {
            continue;
        }
        const Dim *axis = node->free.at[k]->dim;
        const int inside = is_inside(e->kid[k], axis);
        if (inside && k < 31) {
            e->inside |= 1 << k;
        }
        all &= inside;
        outside |= is_outside(e->kid[k], axis);
    }
    if (poisoned) {
        return error_expr(graph, span);
    }
    if (outside) {
        return otherwise ? expr_to(graph, otherwise, type) : zero_of(graph, type, span);
    }
    e->otherwise = otherwise && !all ? expr_to(graph, otherwise, type) : NULL;
    return e;
}

/* ---- operators --------------------------------------------------------------------------------------------------------------------- */

static Expr *make(Graph *graph, Op op, Type type, Expr *a, Expr *b, Span span)
{
    Expr *e = new_expr(graph, EX_OP, type, span);
    e->op = op;
    kids(graph, e, b ? 2 : 1);
    e->kid[0] = a;
    if (b) {
        e->kid[1] = b;
    }
    return e;
}

static int is_int(const Expr *e, int64_t value)
{
    return e->kind == EX_CONST && e->type != T_REAL && e->integer == value;
}

static int is_real(const Expr *e, double value)
{
    return e->kind == EX_CONST && e->type == T_REAL && e->real == value;
}

static int is_op(const Expr *e, Op op)
{
    return e->kind == EX_OP && e->op == op;
}

/* Evaluating e cannot fail: every operation on integers in it is known to fit. */
static int cannot_fail(const Expr *e)
{
    int64_t low, high;
    if (e->kind == EX_OP && e->type == T_INT && !expr_range(e, &low, &high)) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!cannot_fail(e->kid[k])) {
            return 0;
        }
    }
    return !e->otherwise || cannot_fail(e->otherwise);
}

/* The value of op on constants, NULL if it has none. */
static Expr *fold(Graph *graph, Op op, Type type, const Expr *a, const Expr *b, Span span)
{
    if (a->kind != EX_CONST || (b && b->kind != EX_CONST)) {
        return NULL;
    }
    if (op == OP_TEXT_KEY && !text_key_is_fixed(a->integer)) {
        return NULL;
    }
    if (a->type == T_REAL && op == OP_TO_INT) {
        int64_t whole;
        return scalar_real_to_int(a->real, &whole) ? expr_int(graph, whole, span) : NULL;
    }
    if (type == T_REAL) { /* OP_TO_REAL of an int is its double, kept in real already */
        return expr_real(graph, scalar_real(op, a->real, b ? b->real : 0), span);
    }
    if (a->type == T_REAL) {
        return expr_bool(graph, scalar_compare_real(op, a->real, b->real), span);
    }
    int64_t value;
    if (!scalar_int(op, a->integer, b ? b->integer : 0, &value)) {
        return NULL;
    }
    return type == T_BOOL ? expr_bool(graph, value != 0, span) : expr_int(graph, value, span);
}

/* An operand that already is the result, or NULL. Reals: x + 0 is not x for x = -0; x - 0, x * 1 and x / 1 are. */
static Expr *identity(Graph *graph, Op op, Expr *a, Expr *b, Span span)
{
    switch (op) {
    case OP_ADD: return is_int(b, 0) ? a : is_int(a, 0) ? b : NULL;
    case OP_SUB: return is_int(b, 0) || (is_real(b, 0) && !signbit(b->real)) ? a : NULL;
    case OP_MUL: return is_int(b, 1) || is_real(b, 1) ? a : is_int(a, 1) || is_real(a, 1) ? b : NULL;
    case OP_DIV: return is_real(b, 1) ? a : NULL;
    case OP_IDIV: return is_int(b, 1) ? a : NULL;
    case OP_POW: return is_int(b, 1) || is_real(b, 1) ? a : NULL;
    case OP_NEG: return is_op(a, OP_NEG) && (a->type == T_REAL || cannot_fail(a)) ? a->kid[0] : NULL;
    case OP_NOT: return is_op(a, OP_NOT) ? a->kid[0] : NULL;
    case OP_AND:
        if (is_int(a, 0) || (is_int(b, 0) && cannot_fail(a))) {
            return expr_bool(graph, 0, span);
        }
        return is_int(a, 1) ? b : is_int(b, 1) ? a : NULL;
    case OP_OR:
        if (is_int(a, 1) || (is_int(b, 1) && cannot_fail(a))) {
            return expr_bool(graph, 1, span);
        }
        return is_int(a, 0) ? b : is_int(b, 0) ? a : NULL;
    default: return NULL; /* of the other operators no operand is the result */
    }
}

/* x <= x for a whole x that cannot fail; a real may be no number. */
static Expr *self_comparison(Graph *graph, Op op, const Expr *a, const Expr *b, Span span)
{
    if ((op != OP_LT && op != OP_LE && op != OP_EQ && op != OP_NE) || a->type == T_REAL || !cannot_fail(a) || !expr_same(a, b)) {
        return NULL;
    }
    return expr_bool(graph, op == OP_LE || op == OP_EQ, span);
}

/* x * 0 for a whole x that cannot fail */
static int is_zero_product(Op op, const Expr *a, const Expr *b)
{
    return op == OP_MUL && ((is_int(b, 0) && cannot_fail(a)) || (is_int(a, 0) && cannot_fail(b)));
}

/* The common type that rule gives the operands; T_ERROR when one is poisoned. */
static Type operand_type(Op op, const Expr *a, const Expr *b)
{
    const Type wide = b && b->type > a->type ? b->type : a->type;
    int64_t low, high;
    if (a->type == T_ERROR || (b && b->type == T_ERROR)) {
        return T_ERROR;
    }
    switch (rule_of[op]) {
    case NUMBER:
        if (op == OP_POW && wide != T_REAL && !(expr_range(b, &low, &high) && low >= 0)) {
            return T_REAL; /* a whole power needs an exponent that is never negative */
        }
        return wide == T_REAL ? T_REAL : T_INT;
    case ORDER: case WHOLE: return wide == T_REAL ? T_REAL : T_INT;
    case REAL: return T_REAL;
    case LOGIC: return T_BOOL;
    case TO_INT: case TO_REAL: case TO_INT_BOOL: return wide;
    }
    return T_ERROR;
}

Expr *expr_op(Graph *graph, Op op, Expr *a, Expr *b, Span span)
{
    const Type operands = operand_type(op, a, b);
    if (operands == T_ERROR) {
        return error_expr(graph, span);
    }
    switch (rule_of[op]) {
    case TO_INT: case TO_INT_BOOL: return expr_to(graph, a, T_INT);
    case TO_REAL: return expr_to(graph, a, T_REAL);
    case NUMBER: case ORDER: case REAL: case LOGIC: case WHOLE: break;
    }
    a = expr_to(graph, a, operands);
    b = b ? expr_to(graph, b, operands) : NULL;
    if (rule_of[op] == WHOLE && operands == T_INT) {
        return a;
    }
    const Type type = rule_of[op] == ORDER || rule_of[op] == LOGIC ? T_BOOL : operands;
    Expr *e = fold(graph, op, type, a, b, span);
    if (!e) {
        e = identity(graph, op, a, b, span);
    }
    e = e ? e : self_comparison(graph, op, a, b, span);
    if (!e && is_zero_product(op, a, b)) {
        e = expr_int(graph, 0, span);
    }
    return e ? e : make(graph, op, type, a, b, span);
}

/* Conversion to a narrower type: a number is true when it is not 0; a real is cut towards zero. */
Expr *expr_to(Graph *graph, Expr *e, Type type)
{
    const int64_t exact = INT64_C(1) << 53; /* whole numbers up to here are doubles */
    int64_t low, high;
    if (e->type == type || e->type == T_ERROR) {
        return e;
    }
    if (type == T_ERROR) {
        return error_expr(graph, e->span);
    }
    if (type == T_BOOL) {
        return expr_op(graph, OP_NE, e, zero_of(graph, e->type, e->span), e->span);
    }
    const Op op = type == T_REAL ? OP_TO_REAL : e->type == T_REAL ? OP_TO_INT : OP_BOOL_INT;
    Expr *folded = fold(graph, op, type, e, NULL, e->span);
    if (folded) {
        return folded;
    }
    if (op == OP_TO_REAL && is_op(e, OP_BOOL_INT)) {
        return make(graph, OP_TO_REAL, T_REAL, e->kid[0], NULL, e->span);
    }
    if (op == OP_TO_INT && is_op(e, OP_TO_REAL)) {
        Expr *whole = e->kid[0];
        if (whole->type == T_BOOL || (expr_range(whole, &low, &high) && low >= -exact && high <= exact)) {
            return expr_to(graph, whole, T_INT);
        }
    }
    return make(graph, op, type, e, NULL, e->span);
}

Expr *expr_select(Graph *graph, Expr *condition, Expr *yes, Expr *no, Span span)
{
    const Type type = yes->type > no->type ? yes->type : no->type;
    condition = expr_to(graph, condition, T_BOOL);
    if (condition->type == T_ERROR || yes->type == T_ERROR || no->type == T_ERROR) {
        return error_expr(graph, span);
    }
    yes = expr_to(graph, yes, type);
    no = expr_to(graph, no, type);
    if (condition->kind == EX_CONST) {
        return condition->integer ? yes : no;
    }
    Expr *e = new_expr(graph, EX_SELECT, type, span);
    kids(graph, e, 3);
    e->kid[0] = condition;
    e->kid[1] = yes;
    e->kid[2] = no;
    return e;
}

/* ---- questions --------------------------------------------------------------------------------------------------------------------- */

int expr_is_const(const Expr *e, double *value)
{
    if (e->kind != EX_CONST || e->type == T_ERROR) {
        return 0;
    }
    *value = e->type == T_REAL ? e->real : (double)e->integer;
    return 1;
}

int expr_same(const Expr *a, const Expr *b)
{
    if (a == b) {
        return 1;
    }
    if (!a || !b || a->kind != b->kind || a->type != b->type || a->n != b->n || a->op != b->op || a->var != b->var || a->dim != b->dim ||
        a->node != b->node || a->integer != b->integer || memcmp(&a->real, &b->real, sizeof a->real) != 0) {
        return 0;
    }
    for (int k = 0; k < a->n; k++) {
        if (!expr_same(a->kid[k], b->kid[k])) {
            return 0;
        }
    }
    return expr_same(a->otherwise, b->otherwise);
}

int expr_uses(const Expr *e, const Var *var)
{
    if (e->var == var) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (expr_uses(e->kid[k], var)) {
            return 1;
        }
    }
    return e->otherwise && expr_uses(e->otherwise, var);
}

void expr_vars(const Expr *e, Arena *arena, VarList *out)
{
    int known = !e->var;
    for (int i = 0; i < out->n && !known; i++) {
        known = out->at[i] == e->var;
    }
    if (!known) {
        vec_push(arena, *out, e->var);
    }
    for (int k = 0; k < e->n; k++) {
        expr_vars(e->kid[k], arena, out);
    }
    if (e->otherwise) {
        expr_vars(e->otherwise, arena, out);
    }
}

/* ---- substitution ------------------------------------------------------------------------------------------------------------------ */

static Expr *rebuild(Graph *graph, const Expr *e, Expr **kid, Expr *otherwise)
{
    switch (e->kind) {
    case EX_READ: return expr_read(graph, e->node, e->n, kid, otherwise, e->span);
    case EX_POS: return expr_pos(graph, e->dim, kid[0], e->span);
    case EX_SELECT: return expr_select(graph, kid[0], kid[1], kid[2], e->span);
    case EX_OP: return expr_op(graph, e->op, kid[0], e->n > 1 ? kid[1] : NULL, e->span);
    case EX_CONST: case EX_VAR: case EX_LEN: break; /* without kids */
    }
    return NULL;
}

Expr *expr_replace(Graph *graph, Expr *e, const VarList *from, Expr *const *to)
{
    if (e->kind == EX_VAR) {
        for (int i = 0; i < from->n; i++) {
            if (from->at[i] == e->var) {
                return to[i];
            }
        }
    }
    if (!e->n && !e->otherwise) {
        return e;
    }
    Expr **kid = arena_array(graph->arena, Expr *, e->n);
    int changed = 0;
    for (int k = 0; k < e->n; k++) {
        kid[k] = expr_replace(graph, e->kid[k], from, to);
        changed |= kid[k] != e->kid[k];
    }
    Expr *otherwise = e->otherwise ? expr_replace(graph, e->otherwise, from, to) : NULL;
    changed |= otherwise != e->otherwise;
    return changed ? rebuild(graph, e, kid, otherwise) : e;
}
