/* A right side that is a formula of parameters (a gain in a weight, a matrix of cosines) is evaluated once, by the compiler: a parameter
 * of the function, and one of every unit that shares it. */
#include "load_time.h"

#include <string.h>

static int index_in(const NodeList *list, const Node *node)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == node) {
            return i;
        }
    }
    return -1;
}

typedef struct Swap {
    Plan *p;
    const NodeList *from, *to; /* the parameters of two units that share a function */
} Swap;

static Expr *swapped(const Swap *s, const Expr *e)
{
    Expr *copy = arena_new_of(s->p->arena, Expr);
    *copy = *e;
    const int at = e->kind == EX_READ ? index_in(s->from, e->node) : -1;
    copy->node = at >= 0 && at < s->to->n ? s->to->at[at] : e->node;
    copy->kid = arena_array(s->p->arena, Expr *, e->n + 1);
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = swapped(s, e->kid[k]);
    }
    copy->otherwise = e->otherwise ? swapped(s, e->otherwise) : NULL;
    return copy;
}

static const Node *first_param(const Expr *e)
{
    const Node *found = e->kind == EX_READ ? e->node : NULL;
    for (int k = 0; k < e->n && !found; k++) {
        found = first_param(e->kid[k]);
    }
    return found;
}

static Node *param_of_unit(Plan *p, const Swap *s, const Expr *value, const VarList *axes)
{
    Node *node = arena_new_of(p->arena, Node);
    const Node *first = first_param(value);
    node->id = p->nodes++;
    node->kind = NODE_PARAM;
    node->type = T_REAL;
    node->name = first && first->path ? str_format("%s.folded", first->path) : str_of("table");
    node->span = value->span;
    ExprList to = {0};
    for (int k = 0; k < axes->n; k++) {
        Var *var = graph_var(p->graph, axes->at[k]->dim, axes->at[k]->name);
        vec_push(p->arena, node->free, var);
        vec_push(p->arena, to, expr_var(p->graph, var, value->span));
    }
    node->body = expr_replace(p->graph, swapped(s, value), axes, to.at);
    vec_push(p->arena, p->graph->params, node);
    return node;
}

Expr *load_time_read(Plan *p, Func *f, Expr *value, const VarList *axes)
{
    for (int k = 0; k < axes->n; k++) {
        if (dim_is_ragged(axes->at[k]->dim)) {
            return value;
        }
    }
    Node *mine = NULL;
    const NodeList *from = &p->unit[f->unit->id].param;
    for (int u = 0; u < f->units.n; u++) {
        const Swap s = {p, from, &p->unit[f->units.at[u]->id].param};
        Node *node = param_of_unit(p, &s, value, axes);
        mine = f->units.at[u] == f->unit ? node : mine;
        vec_push(p->arena, p->unit[f->units.at[u]->id].param, node);
    }
    vec_push(p->arena, f->param, mine);
    return plan_read(p, mine, *axes, value->span);
}
