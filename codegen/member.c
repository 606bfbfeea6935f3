/* Members of nests: what computes a node where it is kept, and from where it is read. */
#include "member.h"

#include "share.h"

static void add_site(Plan *p, Info *info, const Expr *read, Cluster *cluster, const VarList *from, Expr *const *to, VarList loops)
{
    Site site = {.cluster = cluster, .loops = loops, .plain = 1, .inside = 1};
    site.arg = arena_array(p->arena, Expr *, read->n + 1);
    VarList seen = {0};
    for (int k = 0; k < read->n; k++) {
        site.arg[k] = expr_replace(p->graph, read->kid[k], from, to);
        const Dim *axis = read->node->free.at[k]->dim;
        const int proven = (read->inside >> (k < 31 ? k : 31) & 1) ||
                           (index_low_proven(site.arg[k]) && index_high_proven(site.arg[k], axis));
        site.inside &= proven;
        site.plain &= proven && site.arg[k]->kind == EX_VAR && !var_among(&seen, site.arg[k]->var);
        vec_push(p->arena, seen, site.arg[k]->var);
    }
    vec_push(p->arena, info->site, site);
}

void site_find(Plan *p, Info *info)
{
    for (int r = 0; r < info->readers.n; r++) {
        const Reader *reader = &info->readers.at[r];
        const Info *who = plan_info(p, reader->node);
        if (who->core) {
            who = plan_info(p, who->core);
        }
        const Node *view = reader->node;
        for (int i = 0; i < who->member.n; i++) {
            const Member *m = who->member.at[i];
            VarList from = {0}, loops = {0};
            ExprList to = {0};
            for (int k = 0; k < view->free.n + view->bound.n; k++) {
                Var *var = k < view->free.n ? view->free.at[k] : view->bound.at[k - view->free.n];
                Var *mine = k < view->free.n ? m->arg[k] : m->bound[k - view->free.n];
                vec_push(p->arena, from, var);
                vec_push(p->arena, to, expr_var(p->graph, mine, view->span));
                vec_push(p->arena, loops, mine);
            }
            add_site(p, info, reader->read, m->cluster, &from, to.at, loops);
        }
        if (who->keep == KEEP_DISSOLVE) {
            for (int i = 0; i < who->site.n; i++) {
                const Site *s = &who->site.at[i];
                add_site(p, info, reader->read, s->cluster, &view->free, s->arg, s->loops);
            }
        }
    }
}

/* A bound index becomes the first variable of its dim that the member does not use yet, so that loops over one dim can meet. */
static Var *meet(Plan *p, Cluster *cluster, Var *wanted, const VarList *used)
{
    for (int i = 0; i < cluster->vars.n; i++) {
        Var *var = cluster->vars.at[i];
        if (var->dim == wanted->dim && !var_among(used, var)) {
            return var;
        }
    }
    Var *var = wanted;
    if (var_among(&cluster->vars, wanted)) {
        var = graph_var(p->graph, wanted->dim, wanted->name);
    }
    vec_push(p->arena, cluster->vars, var);
    return var;
}

static Member *add_member(Plan *p, Cluster *cluster, Node *node, Expr *const *arg)
{
    Member *m = arena_new_of(p->arena, Member);
    Node *view = plan_view(p, node);
    m->node = view;
    m->cluster = cluster;
    m->arg = arena_array(p->arena, Var *, view->free.n + 1);
    m->bound = arena_array(p->arena, Var *, view->bound.n + 1);
    VarList used = {0};
    if (cluster->along && !arg) {
        vec_push(p->arena, used, cluster->along);
    }
    for (int k = 0; k < view->free.n; k++) {
        Var *own = view->free.at[k];
        m->arg[k] = arg ? arg[k]->var : own == cluster->along ? own : meet(p, cluster, own, &used);
        vec_push(p->arena, used, m->arg[k]);
    }
    for (int k = 0; k < view->bound.n; k++) {
        m->bound[k] = meet(p, cluster, view->bound.at[k], &used);
        vec_push(p->arena, used, m->bound[k]);
    }
    vec_push(p->arena, cluster->member, m);
    vec_push(p->arena, plan_info(p, node)->member, m);
    return m;
}

static Cluster *new_cluster(Plan *p, Func *f, int item)
{
    Cluster *c = arena_new_of(p->arena, Cluster);
    c->func = f;
    c->item = item;
    if (f->item.at[item].kind == STEP_ALONG) {
        c->along = f->item.at[item].step->var;
        c->down = f->item.at[item].step->down;
        vec_push(p->arena, c->vars, c->along);
    }
    vec_push(p->arena, f->item.at[item].nest, c);
    return c;
}

static const char *accumulator_word(const Node *node)
{
    switch (node->reduce) {
    case RED_NONE:
    case RED_SUM:
        return node->body->kind == EX_CONST ? "count" : node->body->kind == EX_OP && node->body->op == OP_MUL ? "dot" : "total";
    case RED_PROD: return "product";
    case RED_MAX: return "most";
    case RED_MIN: return "least";
    case RED_ANY: return "any";
    case RED_ALL: return "all";
    case RED_PICK: return "found";
    }
    return "total";
}

/* A stored reduction is a local accumulator and a map that stores it. */
void member_root(Plan *p, Func *f, Node *node, Item *item)
{
    Info *info = plan_info(p, node);
    Node *view = plan_view(p, node), *core = NULL;
    info->keep = KEEP_ROOT;
    if (!item->cluster) {
        Cluster *c = new_cluster(p, f, (int)(item - f->item.at));
        if (item->kind == STEP_ALONG) {
            item->cluster = c;
        }
    }
    Cluster *cluster = item->kind == STEP_ALONG ? item->cluster : item->nest.at[item->nest.n - 1];
    if (view->reduce != RED_NONE && !info->join) {
        core = plan_node(p, view, str_of(accumulator_word(view)));
        core->library = NULL;
        Node *map = arena_new_of(p->arena, Node);
        *map = *view;
        map->reduce = RED_NONE;
        map->bound = (VarList){0};
        map->where = map->empty = NULL;
        map->body = plan_read(p, core, map->free, map->span);
        info->view = map;
    }
    cluster->join = info->join;
    Member *root = add_member(p, cluster, node, NULL);
    root->root = 1;
    if (core) {
        Expr **arg = arena_array(p->arena, Expr *, view->free.n + 1);
        for (int k = 0; k < view->free.n; k++) {
            arg[k] = expr_var(p->graph, root->arg[k], view->span);
        }
        plan_info(p, core)->keep = KEEP_LOCAL;
        plan_info(p, core)->item = info->item;
        add_member(p, cluster, core, arg);
        info->core = core; /* what the node reads is read there */
    }
}

int site_same(const Site *a, const Site *b, int n)
{
    if (a->cluster != b->cluster) {
        return 0;
    }
    for (int k = 0; k < n; k++) {
        if (!expr_same(a->arg[k], b->arg[k])) {
            return 0;
        }
    }
    return 1;
}

void member_local(Plan *p, Node *node)
{
    Info *info = plan_info(p, node);
    info->keep = KEEP_LOCAL;
    for (int i = 0; i < info->site.n; i++) {
        int known = 0;
        for (int k = 0; k < i && !known; k++) {
            known = site_same(&info->site.at[i], &info->site.at[k], node->free.n);
        }
        if (!known) {
            add_member(p, info->site.at[i].cluster, node, info->site.at[i].arg);
        }
    }
}
