#include "plan.h"

#include "kernel/panel.h"

Info *plan_info(Plan *p, const Node *node)
{
    while (p->info.n <= node->id) {
        vec_push(p->arena, p->info, NULL);
    }
    Info **info = &p->info.at[node->id];
    if (!*info) {
        *info = arena_new_of(p->arena, Info);
        (*info)->item = -1;
        (*info)->tie = *info;
        (*info)->wide = p->doubles;
    }
    return *info;
}

Node *plan_view(Plan *p, const Node *node)
{
    Info *info = plan_info(p, node);
    if (!info->view) {
        info->view = (Node *)node;
    }
    return info->view;
}

Node *plan_node(Plan *p, const Node *like, Str name)
{
    Node *node = arena_new_of(p->arena, Node);
    *node = *like;
    node->id = p->nodes++;
    node->kind = NODE_EQ;
    node->name = name;
    node->named = 0;
    node->output = 0;
    plan_info(p, node)->wide = plan_info(p, like)->wide;
    return node;
}

Expr *plan_read(Plan *p, Node *node, VarList vars, Span span)
{
    Expr **index = arena_array(p->arena, Expr *, vars.n + 1);
    for (int i = 0; i < vars.n; i++) {
        index[i] = expr_var(p->graph, vars.at[i], span);
    }
    Expr *read = expr_read(p->graph, node, vars.n, index, NULL, span);
    read->inside = -1;
    return read;
}

int ragged_axes(const Node *node)
{
    int n = 0;
    for (int i = 0; i < node->free.n; i++) {
        n += dim_is_ragged(node->free.at[i]->dim);
    }
    return n;
}

const char *store_ctype(Plan *p, const Node *node, int *bytes)
{
    static const struct {
        const char *name;
        int bytes;
    } type[] = {{"uint8_t", 1}, {"int32_t", 4}, {"int64_t", 8}, {"float", 4}, {"double", 8}};
    int k = 0;
    switch (node->type) {
    case T_ERROR:
    case T_BOOL: k = 0; break;
    case T_INT: k = plan_info(p, node)->narrow || (node->extent && node->extent->length <= INT32_MAX) ? 1 : 2; break;
    case T_REAL: k = plan_info(p, node)->wide ? 4 : 3; break;
    }
    if (bytes) {
        *bytes = type[k].bytes;
    }
    return type[k].name;
}

const char *param_ctype(Plan *p, const Node *node)
{
    const struct Panel *panel = plan_info(p, node)->panel;
    return panel                                               ? panel_type(panel)
           : node->type == T_REAL                              ? "float"
           : node->type == T_BOOL                              ? "uint8_t"
           : node->extent && node->extent->length <= INT32_MAX ? "int32_t"
                                                               : "int64_t";
}

int is_stored(Plan *p, const Node *node)
{
    return node->kind != NODE_EQ || plan_info(p, node)->keep == KEEP_ROOT;
}

Member *member_of(Plan *p, Cluster *cluster, const Node *node, Expr *const *index)
{
    Info *info = plan_info(p, node);
    for (int i = 0; i < info->member.n; i++) {
        Member *m = info->member.at[i];
        int same = m->cluster == cluster;
        for (int k = 0; same && k < node->free.n; k++) {
            same = index[k]->kind == EX_VAR && index[k]->var == m->arg[k];
        }
        if (same) {
            return m;
        }
    }
    return NULL;
}
