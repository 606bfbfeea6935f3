/* The order of loops in a nest: ragged indices first, then fixed ones that every tensor over a second ragged index shares (heads), then the
 * other ragged ones; inside, each statement by itself. A reduction whose left factor does not know the last free indices
 * becomes a row of accumulators, `y[o] += x[i] * w[i][o]`: its inner loop runs along memory and no sum is reordered. */
#include "launch.h"

static void add_var(Plan *p, VarList *list, Var *var)
{
    if (!var_among(list, var)) {
        vec_push(p->arena, *list, var);
    }
}

static int has_var(const Member *m, const Var *var)
{
    for (int k = 0; k < m->node->free.n; k++) {
        if (m->arg[k] == var) {
            return 1;
        }
    }
    return 0;
}

static int has_bound(const Member *m, const Var *var)
{
    for (int k = 0; k < m->node->bound.n; k++) {
        if (m->bound[k] == var) {
            return 1;
        }
    }
    return 0;
}

/* It has a ragged index that is not yet among the outer loops. */
static int is_second(const Member *m, const VarList *outer, int args_only)
{
    for (int k = 0; k < m->node->free.n; k++) {
        if (dim_is_ragged(m->arg[k]->dim) && !var_among(outer, m->arg[k])) {
            return 1;
        }
    }
    for (int k = 0; !args_only && k < m->node->bound.n; k++) {
        if (dim_is_ragged(m->bound[k]->dim) && !var_among(outer, m->bound[k])) {
            return 1;
        }
    }
    return 0;
}

static void choose_prefix(Plan *p, Cluster *c)
{
    VarList outer = {0}, shared = {0};
    if (c->along) {
        add_var(p, &outer, c->along);
    }
    for (int i = 0; i < c->member.n; i++) {
        const Member *m = c->member.at[i];
        for (int k = 0; m->root && k < m->node->free.n; k++) {
            if (dim_is_ragged(m->arg[k]->dim)) {
                add_var(p, &outer, m->arg[k]);
            }
        }
    }
    int buffered = 0;
    for (int i = 0; i < c->member.n; i++) {
        buffered |= !c->member.at[i]->root && is_second(c->member.at[i], &outer, 1);
    }
    for (int v = 0; buffered && v < c->vars.n; v++) {
        Var *var = c->vars.at[v];
        int all = !dim_is_ragged(var->dim);
        for (int i = 0; all && i < c->member.n; i++) {
            const Member *m = c->member.at[i];
            all = !is_second(m, &outer, 0) || has_var(m, var);
        }
        if (all) {
            add_var(p, &shared, var);
        }
    }
    for (int i = 0; i < outer.n; i++) {
        add_var(p, &c->prefix, outer.at[i]);
    }
    for (int i = 0; i < shared.n; i++) {
        add_var(p, &c->prefix, shared.at[i]);
    }
    for (int v = 0; v < c->vars.n; v++) {
        if (dim_is_ragged(c->vars.at[v]->dim)) {
            add_var(p, &c->prefix, c->vars.at[v]);
        }
    }
}

/* ---- rows of accumulators ----------------------------------------------------------------------------------------------------------- */

static int uses_any(const Expr *e, const VarList *vars, int from)
{
    for (int i = from; i < vars->n; i++) {
        if (expr_uses(e, vars->at[i])) {
            return 1;
        }
    }
    return 0;
}

/* Some read knows a bound index and none of free[from..]: a factor that stays while the row is run through. */
static int has_left_factor(const Expr *e, const VarList *free, int from, const VarList *bound)
{
    if (e->kind == EX_READ && uses_any(e, bound, 0) && !uses_any(e, free, from)) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (has_left_factor(e->kid[k], free, from, bound)) {
            return 1;
        }
    }
    return 0;
}

/* Every read that knows `last` lies along it in memory, or is a parameter whose axes are ours to order. */
static int runs_along(Plan *p, const Expr *e, const Var *last)
{
    if (e->kind == EX_READ && e->n) {
        const Info *info = plan_info(p, e->node);
        int used = 0;
        for (int k = 0; k < e->n; k++) {
            used |= expr_uses(e->kid[k], last);
        }
        const int ours = e->node->kind == NODE_PARAM && !info->rigid;
        int fine = 0;
        for (int k = ours ? 0 : e->n - 1; k < e->n; k++) {
            Affine a;
            for (int i = 0; affine_of(e->kid[k], &a) && i < a.n; i++) {
                fine |= a.var[i] == last && a.coef[i] == 1;
            }
        }
        if (used && !fine) {
            return 0;
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (!runs_along(p, e->kid[k], last)) {
            return 0;
        }
    }
    return 1;
}

/* All free loops around those of the reduction: each of their turns is a thread's. */
static void order_for_grid(Plan *p, Cluster *c, Member *m)
{
    for (int i = 0; i < c->prefix.n; i++) {
        if (has_var(m, c->prefix.at[i])) {
            add_var(p, &m->order, c->prefix.at[i]);
        }
    }
    for (int v = 0; v < c->vars.n; v++) {
        if (has_var(m, c->vars.at[v])) {
            add_var(p, &m->order, c->vars.at[v]);
        }
    }
    for (int k = 0; k < m->node->bound.n; k++) {
        add_var(p, &m->order, m->bound[k]);
    }
}

static void order_member(Plan *p, Cluster *c, Member *m)
{
    VarList rest = {0}, bound = {0};
    const Node *node = m->node;
    for (int i = 0; i < c->prefix.n; i++) {
        Var *var = c->prefix.at[i];
        if (has_var(m, var) || (has_bound(m, var) && node->reduce != RED_PICK)) {
            add_var(p, &m->order, var);
        }
    }
    for (int v = 0; v < c->vars.n; v++) {
        if (has_var(m, c->vars.at[v]) && !var_among(&m->order, c->vars.at[v])) {
            add_var(p, &rest, c->vars.at[v]);
        }
    }
    for (int k = 0; k < node->bound.n; k++) {
        if (!var_among(&m->order, m->bound[k])) {
            add_var(p, &bound, m->bound[k]);
        }
    }
    int split = rest.n;
    if (bound.n && rest.n && node->reduce != RED_PICK && runs_along(p, m->body, rest.at[rest.n - 1])) {
        while (split > 0 && has_left_factor(m->body, &rest, split - 1, &bound)) {
            split--;
        }
    }
    for (int i = 0; i < split; i++) {
        add_var(p, &m->order, rest.at[i]);
    }
    for (int i = 0; i < bound.n; i++) {
        add_var(p, &m->order, bound.at[i]);
    }
    for (int i = split; i < rest.n; i++) {
        add_var(p, &m->order, rest.at[i]);
    }
    m->row = rest.n - split;
}

void order_cluster(Plan *p, Cluster *c)
{
    choose_prefix(p, c);
    for (int i = 0; i < c->member.n; i++) {
        if (launches(p, c->func) && !c->along) {
            order_for_grid(p, c, c->member.at[i]);
        } else {
            order_member(p, c, c->member.at[i]);
        }
    }
}
