#include "panel.h"

static int64_t size_of(const VarList *vars)
{
    int64_t size = 1;
    for (int i = 0; i < vars->n; i++) {
        size *= vars->at[i]->dim->length;
    }
    return size;
}

/* Places of a flattened role: its last variable moves fastest. */
static int64_t *places(Plan *p, const VarList *vars, const Affine *at)
{
    const int64_t size = size_of(vars);
    int64_t *place = arena_array(p->arena, int64_t, size + 1), inner = 1;
    for (int v = vars->n - 1; v >= 0; v--) {
        int64_t stride = 0;
        for (int i = 0; i < at->n; i++) {
            stride += at->var[i] == vars->at[v] ? at->coef[i] : 0;
        }
        for (int64_t i = 0; i < size; i++) {
            place[i] += i / inner % vars->at[v]->dim->length * stride;
        }
        inner *= vars->at[v]->dim->length;
    }
    return place;
}

/* The element that a read means, as a sum over its variables. */
static int element(const Expr *read, Affine *sum)
{
    int64_t stride = 1;
    *sum = (Affine){.n = 0};
    for (int k = read->n - 1; k >= 0; k--) {
        Affine index;
        if (!affine_of(read->kid[k], &index)) {
            return 0;
        }
        sum->constant += index.constant * stride;
        for (int i = 0; i < index.n; i++) {
            if (!index.var[i] || dim_is_ragged(index.var[i]->dim) || sum->n == 8) {
                return 0;
            }
            sum->var[sum->n] = index.var[i];
            sum->coef[sum->n++] = index.coef[i] * stride;
        }
        stride *= read->node->free.at[k]->dim->length;
    }
    return 1;
}

static Node *packed_copy(Plan *p, const Node *param, const Panel *like)
{
    Panel *panel = arena_new_of(p->arena, Panel);
    *panel = *like;
    Node *copy = arena_new_of(p->arena, Node);
    *copy = *param;
    copy->id = p->nodes++;
    Info *info = plan_info(p, copy);
    info->panel = panel;
    info->packs = param;
    info->rigid = 1;
    copy->path = panel->scales && param->path ? str_format("%s.scale", param->path) : param->path;
    copy->family = NULL;
    vec_push(p->arena, p->graph->params, copy);
    return copy;
}

/* The parameter `which` of the function, and of each unit the one that takes its place, once more as `panel`. scale: of each unit. */
static Node *packed_copies(Plan *p, Func *f, int which, Panel panel, float **scale)
{
    Node *mine = NULL;
    for (int u = 0; u < f->units.n; u++) {
        NodeList *params = &p->unit[f->units.at[u]->id].param;
        panel.scale = &scale[u];
        Node *copy = packed_copy(p, params->at[which], &panel);
        vec_push(p->arena, *params, copy);
        mine = params->at[which] == f->param.at[which] && !mine ? copy : mine;
    }
    vec_push(p->arena, f->param, mine);
    return mine;
}

/* Number of the parameter that `read` reads, in the function; -1: its indices are no sums of variables. */
static int parameter_of(Plan *p, const Func *f, const Expr *read, const VarList *b, const VarList *n, const VarList *k, Panel *panel)
{
    Affine at;
    int which = 0;
    while (which < f->param.n && f->param.at[which] != read->node) {
        which++;
    }
    if (which == f->param.n || read->otherwise || read->node->type != T_REAL || !element(read, &at)) {
        return -1;
    }
    *panel = (Panel){.b = size_of(b), .n = size_of(n), .k = size_of(k)};
    panel->at_b = places(p, b, &at);
    panel->at_n = places(p, n, &at);
    panel->at_k = places(p, k, &at);
    for (int64_t i = 0; i < panel->b; i++) {
        panel->at_b[i] += at.constant;
    }
    return which;
}

/* The packed parameter, and in int8 a second one of scales. */
static Node *both_copies(Plan *p, Func *f, int which, Panel panel, Node **scales)
{
    float **scale = arena_array(p->arena, float *, f->units.n + 1);
    Node *packed = packed_copies(p, f, which, panel, scale);
    panel.scales = 1;
    *scales = panel.arithmetic == ARITHMETIC_INT8 ? packed_copies(p, f, which, panel, scale) : NULL;
    return packed;
}

Node *panel_param(Plan *p, Func *f, const Expr *read, const VarList *b, const VarList *n, const VarList *k, Arithmetic arithmetic,
                  int pairs, Node **scales)
{
    Panel panel;
    const int which = parameter_of(p, f, read, b, n, k, &panel);
    panel.arithmetic = arithmetic;
    panel.pairs = pairs;
    return which < 0 ? NULL : both_copies(p, f, which, panel, scales);
}

/* Does the parameter lie as its rows would? The processor's plan says how it lies. */
static int lies_in_rows(Plan *p, const Node *node, const Panel *panel)
{
    const int *layout = p->like ? plan_info((Plan *)p->like, node)->layout : NULL;
    int lies = panel->arithmetic == ARITHMETIC_F32 && panel->k == panel_row(panel);
    for (int i = 0; layout && i < node->free.n; i++) {
        lies &= layout[i] == i;
    }
    for (int64_t i = 0; lies && i < panel->k; i++) {
        lies = panel->at_k[i] == i;
    }
    for (int64_t i = 0; lies && i < panel->n; i++) {
        lies = panel->at_n[i] == i * panel->k;
    }
    for (int64_t i = 0; lies && i < panel->b; i++) {
        lies = panel->at_b[i] == i * panel->n * panel->k;
    }
    return lies;
}

Node *panel_rows(Plan *p, Func *f, const Expr *read, const VarList *b, const VarList *n, const VarList *k, Arithmetic arithmetic,
                 Node **scales)
{
    Panel panel;
    const int which = parameter_of(p, f, read, b, n, k, &panel);
    *scales = NULL;
    if (which < 0) {
        return NULL;
    }
    panel.arithmetic = arithmetic;
    panel.rows = 1;
    panel.read = read;
    panel.index[0] = *b;
    panel.index[1] = *n;
    panel.index[2] = *k;
    return lies_in_rows(p, read->node, &panel) ? read->node : both_copies(p, f, which, panel, scales);
}
