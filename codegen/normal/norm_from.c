/* From the graph: equations to expressions in normal form. Maps stand in their readers; what is read out of its range is absent there as
 * it was before. */
#include "norm_inner.h"

#include <math.h>

/* Larger than this and a map stays a tensor: a chain of shifted maps doubles at every step. */
enum { SHIFTED_MOST = 64, INLINE_MOST = 4096, EXPRESSION_MOST = 1 << 15, VARIABLES_MOST = 20 };

NormGraph *norm_graph_new(Norm *m, NormView (*view)(void *context, Node *node), void *context)
{
    NormGraph *g = arena_new_of(m->arena, NormGraph);
    g->norm = m;
    g->view = view;
    g->context = context;
    return g;
}

static struct NormValue *value_of(NormGraph *g, const Node *node)
{
    while (g->value.n <= node->id) {
        vec_push(g->norm->arena, g->value, ((struct NormValue){.known = 0}));
    }
    return &g->value.at[node->id];
}

static NormExpr *fail(NormGraph *g, const char *why)
{
    g->failed = g->failed ? g->failed : why;
    return g->norm->zero;
}

static void bind(NormGraph *g, const Var *var, NormExpr *e)
{
    vec_push(g->norm->arena, g->binding, ((struct NormBinding){var, e}));
}

static NormExpr *convert(NormGraph *g, const Expr *e);

/* ---- leaves -------------------------------------------------------------------------------------------------------------------------- */

static NormExpr *constant(NormGraph *g, const Expr *e)
{
    Norm *m = g->norm;
    if (e->type == T_BOOL) {
        return e->integer ? m->yes : m->no;
    }
    if (e->type == T_REAL) {
        return norm_num(m, T_REAL, e->real);
    }
    if (e->type != T_INT || fabs((double)e->integer) > norm_exact) {
        return fail(g, "it has a whole number beyond 2^53");
    }
    return norm_num(m, T_INT, (double)e->integer);
}

static NormExpr *variable(NormGraph *g, const Var *var)
{
    for (int i = g->binding.n - 1; i >= 0; i--) {
        if (g->binding.at[i].var == var) {
            return g->binding.at[i].e;
        }
    }
    return fail(g, "it reads a variable of what stands around it");
}

/* ---- reads --------------------------------------------------------------------------------------------------------------------------- */

static NormExpr *nothing(NormGraph *g, const Expr *read)
{
    if (read->otherwise) {
        return convert(g, read->otherwise);
    }
    return read->type == T_BOOL ? g->norm->no : norm_num(g->norm, read->type, 0);
}

static NormExpr *range_of_read(NormGraph *g, const Node *node, NormExpr *const *index)
{
    Norm *m = g->norm;
    NormExpr *range = m->yes;
    for (int k = 0; k < node->free.n; k++) {
        range = norm_both(m, range, norm_in_range(m, index[k], node->free.at[k]->dim));
    }
    return range;
}

/* The value of an equation at these indices, in their range; NULL: it is read as a tensor. */
static NormExpr *inlined(NormGraph *g, Node *node, NormExpr *const *index, const NormExpr *range)
{
    Norm *m = g->norm;
    const char *why = "a decision hangs on it, so it is computed as it is written";
    NormExpr *value = g->written && node->type == T_REAL ? NULL : norm_equation(g, node, &why);
    if (value && value->size > INLINE_MOST) {
        why = "its expression is too large to stand in its readers";
        value = NULL;
    } else if (value && range != m->yes && value->size > SHIFTED_MOST) {
        why = "it is read out of its place, and its expression is large";
        value = NULL;
    }
    if (!value) {
        value_of(g, node)->why = why;
        return NULL;
    }
    NormExpr *axis[NORM_AXES];
    for (int k = 0; k < node->free.n; k++) {
        axis[k] = norm_var(m, k, node->free.at[k]->dim);
    }
    return norm_replace(m, value, node->free.n, axis, index);
}

static NormExpr *read(NormGraph *g, const Expr *e)
{
    Norm *m = g->norm;
    const NormView view = g->view(g->context, e->node);
    NormExpr **index = arena_array(m->arena, NormExpr *, e->n);
    for (int k = 0; k < e->n; k++) {
        index[k] = norm_as(m, convert(g, e->kid[k]), T_INT);
    }
    if (g->failed) {
        return m->zero;
    }
    if (view.hole >= 0) {
        return norm_hole(m, view.hole, e->type, e->n, index);
    }
    NormExpr *range = range_of_read(g, view.node, index);
    NormExpr *value = view.inlined ? inlined(g, view.node, index, range) : NULL;
    if (!value && !e->otherwise) {
        return norm_read(m, view.node, index); /* which is 0 out of range */
    }
    value = value ? value : norm_read(m, view.node, index);
    return range == m->yes ? value : norm_select(m, range, value, nothing(g, e));
}

/* ---- expressions --------------------------------------------------------------------------------------------------------------------- */

/* One rounding may turn these. */
static int decides(const NormGraph *g, const Expr *e)
{
    switch (e->op) {
    case OP_LT: case OP_LE: return e->kid[0]->type == T_REAL && !g->smooth;
    case OP_EQ: case OP_NE: case OP_FLOOR: case OP_CEIL: case OP_ROUND: case OP_TRUNC: case OP_TO_INT:
    case OP_SIGN: case OP_IDIV: case OP_MOD: return e->kid[0]->type == T_REAL;
    default: return 0;
    }
}

static NormExpr *operation(NormGraph *g, const Expr *e)
{
    NormExpr *kid[2] = {NULL, NULL};
    const int written = g->written;
    if (e->op == OP_TEXT_KEY || e->op == OP_TEXT_JOIN || e->op == OP_TEXT_TIMES) {
        return fail(g, "it handles texts");
    }
    g->written |= decides(g, e);
    for (int k = 0; k < e->n; k++) {
        kid[k] = convert(g, e->kid[k]);
    }
    g->written = written;
    if (g->failed) {
        return g->norm->zero;
    }
    return written && e->type == T_REAL ? norm_written(g->norm, e->op, T_REAL, e->n, kid) : norm_call(g->norm, e->op, e->type, e->n, kid);
}

static NormExpr *convert_kind(NormGraph *g, const Expr *e);

static NormExpr *convert(NormGraph *g, const Expr *e)
{
    const int written = g->written;
    if (g->failed) {
        return g->norm->zero;
    }
    g->written = written && e->type == T_REAL; /* whole numbers do not round */
    NormExpr *made = convert_kind(g, e);
    g->written = written;
    return made->size > EXPRESSION_MOST ? fail(g, "its expression is too large") : made;
}

static NormExpr *convert_kind(NormGraph *g, const Expr *e)
{
    Norm *m = g->norm;
    NormExpr *kid[3];
    switch (e->kind) {
    case EX_CONST: return constant(g, e);
    case EX_VAR: return variable(g, e->var);
    case EX_LEN: return norm_len(m, e->dim);
    case EX_READ: return read(g, e);
    case EX_POS: return norm_pos(m, e->dim, norm_as(m, convert(g, e->kid[0]), T_INT));
    case EX_OP: return operation(g, e);
    case EX_SELECT:
        for (int k = 0; k < 3; k++) {
            const int outer = g->smooth;
            g->smooth = k == 0 && !g->written && !g->alone && norm_smooth(m->arena, m->graph, e);
            kid[k] = convert(g, e->kid[k]);
            g->smooth = outer;
        }
        return g->failed ? m->zero : norm_select(m, kid[0], kid[1], kid[2]);
    }
    return m->zero;
}

NormExpr *norm_from_expr(NormGraph *g, const Expr *e, int n, Var *const *from, NormExpr *const *to)
{
    const int before = g->binding.n;
    for (int i = 0; i < n; i++) {
        bind(g, from[i], to[i]);
    }
    NormExpr *made = convert(g, e);
    g->binding.n = before;
    return made;
}

/* ---- equations ----------------------------------------------------------------------------------------------------------------------- */

/* What is given of nothing instead of the usual. */
static NormExpr *with_default(NormGraph *g, const Node *node, NormExpr *value, int n, NormExpr *const *bound, NormExpr *where)
{
    Norm *m = g->norm;
    double usual;
    if (expr_is_const(node->empty, &usual) && usual == (node->reduce == RED_PROD || node->reduce == RED_ALL)) {
        return value;
    }
    NormExpr *any = norm_reduce(m, RED_ANY, T_BOOL, n, bound, where, m->yes);
    return norm_select(m, any, value, convert(g, node->empty));
}

static NormExpr *reduction(NormGraph *g, const Node *node)
{
    Norm *m = g->norm;
    NormExpr *bound[NORM_AXES];
    for (int k = 0; k < node->bound.n; k++) {
        bound[k] = norm_fresh(m, node->bound.at[k]->dim);
        bind(g, node->bound.at[k], bound[k]);
    }
    NormExpr *where = node->where ? convert(g, node->where) : m->yes, *body = convert(g, node->body);
    if (g->failed) {
        return m->zero;
    }
    where = norm_as(m, where, T_BOOL);
    NormExpr *value = norm_reduce(m, node->reduce, node->type, node->bound.n, bound, where, body);
    return node->empty ? with_default(g, node, value, node->bound.n, bound, where) : value;
}

static const char *refused(const Node *node)
{
    if (node->kind != NODE_EQ || !node->body) {
        return "it is no equation";
    }
    if (node->text) {
        return "it handles texts";
    }
    return node->free.n + node->bound.n > VARIABLES_MOST ? "it has too many indices" : NULL;
}

static void define(NormGraph *g, const Node *node, struct NormValue *into)
{
    Norm *m = g->norm;
    const char *outer = g->failed;
    const int written = g->written;
    const Node *from = m->from;
    const int before = g->binding.n;
    g->failed = refused(node);
    g->written = 0;
    m->from = node;
    if (!g->failed) {
        for (int k = 0; k < node->free.n; k++) {
            bind(g, node->free.at[k], norm_var(m, k, node->free.at[k]->dim));
        }
        into->value = norm_as(m, node->reduce == RED_NONE ? convert(g, node->body) : reduction(g, node), node->type);
    }
    g->binding.n = before;
    m->from = from;
    into->why = g->failed;
    into->value = g->failed ? NULL : into->value;
    g->failed = outer;
    g->written = written;
}

NormExpr *norm_equation(NormGraph *g, Node *node, const char **reason)
{
    if (!value_of(g, node)->known) {
        struct NormValue made = {.known = 1};
        value_of(g, node)->known = 1; /* nothing reads itself */
        define(g, node, &made);
        *value_of(g, node) = made;
    }
    const struct NormValue *found = value_of(g, node);
    *reason = found->value ? NULL : found->why;
    return found->value;
}

const char *norm_kept(NormGraph *g, const Node *node)
{
    return value_of(g, node)->why;
}
