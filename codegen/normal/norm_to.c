/* To the graph: expressions in normal form to expressions of the graph. */
#include "norm_inner.h"

#include <assert.h>
#include <math.h>

typedef NormWriter W;

static Expr *write(W *w, const NormExpr *e, Type type);

static Expr *number(W *w, Type type, double value)
{
    return type == T_REAL ? expr_real(w->graph, value, w->span) : expr_int(w->graph, (int64_t)value, w->span);
}

static Expr *op(W *w, Op operator, Expr * a, Expr *b)
{
    return expr_op(w->graph, operator, a, b, w->span);
}

/* Both may be NULL: nothing yet. */
static Expr *joined(W *w, Op operator, Expr * a, Expr *b)
{
    return a && b ? op(w, operator, a, b) : a ? a : b;
}

/* ---- sums ---------------------------------------------------------------------------------------------------------------------------- */

static Expr *scaled(W *w, const NormExpr *e, double factor, Type type)
{
    Expr *made = write(w, e, type);
    return factor == 1 ? made : op(w, OP_MUL, number(w, type, factor), made);
}

/* The terms of one sign, made positive; NULL: there are none. */
static Expr *of_sign(W *w, const NormExpr *e, double sign)
{
    Expr *all = NULL;
    for (int k = 0; k < e->n; k++) {
        if (e->coef[k] * sign > 0) {
            all = joined(w, OP_ADD, all, scaled(w, e->kid[k], fabs(e->coef[k]), e->type));
        }
    }
    return all;
}

static Expr *sum(W *w, const NormExpr *e)
{
    Expr *all = NULL;
    int first = 0;
    while (first < e->n && e->coef[first] < 0) {
        first++;
    }
    for (int i = -1; i < e->n; i++) { /* a positive one first */
        const int k = i < 0 ? first : i;
        if (k == e->n || (i >= 0 && i == first)) {
            continue;
        }
        if (!all && e->coef[k] < 0) {
            all = scaled(w, e->kid[k], e->coef[k], e->type);
        } else if (all && e->coef[k] < 0) {
            all = op(w, OP_SUB, all, scaled(w, e->kid[k], -e->coef[k], e->type));
        } else {
            all = joined(w, OP_ADD, all, scaled(w, e->kid[k], e->coef[k], e->type));
        }
    }
    if (e->num == 0) {
        return all;
    }
    return e->num < 0 ? op(w, OP_SUB, all, number(w, e->type, -e->num)) : op(w, OP_ADD, all, number(w, e->type, e->num));
}

/* ---- products ------------------------------------------------------------------------------------------------------------------------ */

static Expr *power(W *w, Expr *e, int n)
{
    Expr *half;
    if (n == 1) {
        return e;
    }
    half = op(w, OP_POW, power(w, e, n / 2), number(w, e->type, 2));
    return n % 2 ? op(w, OP_MUL, half, e) : half;
}

static Expr *product(W *w, const NormExpr *e)
{
    Expr *all = NULL;
    for (int k = 0; k < e->n; k++) {
        if (e->power[k] > 0) {
            all = joined(w, OP_MUL, all, power(w, write(w, e->kid[k], e->type), e->power[k]));
        }
    }
    all = all ? all : number(w, e->type, 1);
    for (int k = 0; k < e->n; k++) {
        if (e->power[k] < 0) {
            all = op(w, OP_DIV, all, power(w, write(w, e->kid[k], e->type), -e->power[k]));
        }
    }
    return all;
}

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

static Expr *compare(W *w, Op operator, const NormExpr * e)
{
    const NormExpr *s = e->kid[0];
    if (e->n == 2) {
        return op(w, operator, write(w, s, T_REAL), write(w, e->kid[1], T_REAL));
    }
    if (s->kind != NORM_SUM) {
        return op(w, operator, write(w, s, T_INT), number(w, T_INT, 0));
    }
    Expr *left = of_sign(w, s, 1), *right = of_sign(w, s, -1);
    double low = s->num;
    if (operator == OP_LE && low == 1 && left) { /* a + 1 <= b */
        operator= OP_LT;
        low = 0;
    }
    left = low > 0 ? joined(w, OP_ADD, left, number(w, T_INT, low)) : left;
    right = low < 0 ? joined(w, OP_ADD, right, number(w, T_INT, -low)) : right;
    return op(w, operator, left ? left : number(w, T_INT, 0), right ? right : number(w, T_INT, 0));
}

static Expr *junction(W *w, const NormExpr *e)
{
    Expr *all = NULL;
    for (int k = 0; k < e->n; k++) {
        all = joined(w, e->kind == NORM_AND ? OP_AND : OP_OR, all, write(w, e->kid[k], T_BOOL));
    }
    return all ? all : expr_bool(w->graph, e->kind == NORM_AND, w->span);
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

static Expr *variable(W *w, const NormExpr *e)
{
    for (int i = w->from.n - 1; i >= 0; i--) {
        if (w->from.at[i] == e) {
            return expr_var(w->graph, w->to.at[i], w->span);
        }
    }
    assert(0 && "a variable without a name");
    return NULL;
}

static Expr *read(W *w, const NormExpr *e)
{
    Expr **index = arena_array(w->graph->arena, Expr *, e->n + 1);
    for (int k = 0; k < e->n; k++) {
        index[k] = write(w, e->kid[k], T_INT);
    }
    Node *node = e->source ? e->source : w->node(w->context, e->node);
    return expr_read(w->graph, node, e->n, index, NULL, w->span);
}

static Expr *call(W *w, const NormExpr *e)
{
    const int keeps = e->op == OP_TO_INT; /* from a real */
    Expr *all = write(w, e->kid[0], keeps ? e->kid[0]->type : e->type);
    for (int k = 1; k < e->n; k++) {
        all = op(w, e->op, all, write(w, e->kid[k], e->type));
    }
    return e->n > 1 ? all : op(w, e->op, all, NULL);
}

static Expr *nonzero(W *w, const NormExpr *e)
{
    Expr *z = write(w, e->kid[0], T_REAL);
    return expr_select(w->graph, op(w, OP_EQ, z, number(w, T_REAL, 0)), number(w, T_REAL, 1), z, w->span);
}

static Expr *plain(W *w, const NormExpr *e)
{
    switch (e->kind) {
    case NORM_NUM: return number(w, e->type, e->num);
    case NORM_VAR: return variable(w, e);
    case NORM_LEN: return expr_len(w->graph, e->dim, w->span);
    case NORM_POS: return expr_pos(w->graph, e->dim, write(w, e->kid[0], T_INT), w->span);
    case NORM_READ: return read(w, e);
    case NORM_SUM: return sum(w, e);
    case NORM_PRODUCT: return product(w, e);
    case NORM_CALL: return call(w, e);
    case NORM_SELECT:
        return expr_select(w->graph, write(w, e->kid[0], T_BOOL), write(w, e->kid[1], e->type), write(w, e->kid[2], e->type), w->span);
    case NORM_LE: return compare(w, OP_LE, e);
    case NORM_LT: return compare(w, OP_LT, e);
    case NORM_EQ: return compare(w, OP_EQ, e);
    case NORM_AND:
    case NORM_OR: return junction(w, e);
    case NORM_NOT: return op(w, OP_NOT, write(w, e->kid[0], T_BOOL), NULL);
    case NORM_NONZERO: return nonzero(w, e);
    case NORM_HOLE: break;
    }
    assert(0 && "a hole");
    return NULL;
}

static Expr *write(W *w, const NormExpr *e, Type type)
{
    return expr_to(w->graph, plain(w, e), type);
}

Expr *norm_to_expr(NormWriter *w, const NormExpr *e, Type type)
{
    return write(w, e, type);
}

/* t, then t', for variables of one dim */
static Var *named(W *w, Dim *dim)
{
    int before = 0;
    for (int i = 0; i < w->to.n; i++) {
        before += w->to.at[i]->dim->name == dim->name;
    }
    Str name = dim->name;
    for (int i = 0; i < before; i++) {
        name = str_format("%s'", name);
    }
    return graph_var(w->graph, dim, name);
}

static void take_var(W *w, NormExpr *var, Var *to)
{
    vec_push(w->norm->arena, w->from, var);
    vec_push(w->norm->arena, w->to, to);
}

void norm_to_node(NormWriter *w, const NormNode *node, Node *into)
{
    w->from = (NormList){0};
    w->to = (VarList){0};
    into->free = into->bound = (VarList){0};
    for (int i = 0; i < node->free + node->bound; i++) {
        Var *var = named(w, node->var[i]->dim);
        take_var(w, node->var[i], var);
        if (i < node->free) {
            vec_push(w->graph->arena, into->free, var);
        } else {
            vec_push(w->graph->arena, into->bound, var);
        }
    }
    into->type = node->type;
    into->extent = NULL;
    into->reduce = node->reduce;
    into->where = node->where == w->norm->yes ? NULL : write(w, node->where, T_BOOL);
    into->body = write(w, node->body, node->type);
    into->empty = NULL;
}

void norm_to_map(NormWriter *w, NormExpr *value, Node *into)
{
    w->from = (NormList){0};
    w->to = (VarList){0};
    for (int k = 0; k < into->free.n; k++) {
        take_var(w, norm_var(w->norm, k, into->free.at[k]->dim), into->free.at[k]);
    }
    into->reduce = RED_NONE;
    into->bound = (VarList){0};
    into->where = into->empty = NULL;
    into->body = write(w, value, into->type);
}
