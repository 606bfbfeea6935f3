/* A list of numbers that is read at an index known only when the model runs, as c.timesteps[k]: a parameter that the text itself holds. */
#include "checker.h"

/* The number at an index from .. to - 1, found by halves. */
static Expr *among(Check *c, const Value *list, Expr *at, int from, int to, Span span)
{
    if (to - from == 1) {
        return fixed_expr(c, &list->list.at[from], span);
    }
    const int half = from + (to - from) / 2;
    Expr *before = expr_op(c->graph, OP_LT, at, expr_int(c->graph, half, span), span);
    Expr *low = among(c, list, at, from, half, span), *high = among(c, list, at, half, to, span);
    return low && high ? expr_select(c->graph, before, low, high, span) : NULL;
}

Expr *list_at(Check *c, Scope *scope, const Value *list, const Ast *ast, Expr *otherwise)
{
    Dim *dim = graph_dim(c->graph, DIM_FIXED, str_of("place"), ast->span);
    dim->length = list->list.n;
    if (ast->item.n != 1 || !list->list.n) {
        check_error(c, ast->span, ast->item.n != 1 ? "a list takes one index" : "the list is empty");
        return NULL;
    }
    Dim *last = c->last;
    c->last = dim;
    Expr *index = scalar_of(c, scope, ast->item.at[0], T_INT, "an index of a list");
    c->last = last;
    VarList free = {0};
    Var *var = graph_var(c->graph, dim, dim->name);
    vec_push(c->arena, free, var);
    Expr *value = index ? among(c, list, expr_var(c->graph, var, ast->span), 0, list->list.n, ast->span) : NULL;
    if (!value) {
        return NULL;
    }
    const int load = c->load;
    c->load = 1;
    Node *node = node_of(c, last_word(str_of(span_text(ast->kid.at[0]->span))), value, &free, ast->span);
    c->load = load;
    return expr_read(c->graph, node, 1, &index, otherwise ? expr_to(c->graph, otherwise, node->type) : NULL, ast->span);
}
