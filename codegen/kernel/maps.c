#include "maps.h"

#include "../inline.h"
#include "../print.h"
#include "../match/covering.h"
#include "kernel_holes.h"
#include "../match/kernel_use.h"

#include <math.h>

/* ---- what can be a map --------------------------------------------------------------------------------------------------------------- */

/* Everything that it reads is in memory. */
int map_reads_stored(Plan *p, const Expr *e)
{
    if (!e) {
        return 1;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_EQ && !is_stored(p, e->node)) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!map_reads_stored(p, e->kid[k])) {
            return 0;
        }
    }
    return map_reads_stored(p, e->otherwise);
}

static Node *map_of(Plan *p, const Item *item)
{
    Node *node = item->kind == STEP_NODE && item->nodes.n == 1 && !item->default_of ? item->nodes.at[0] : NULL;
    const Info *info = node ? plan_info(p, node) : NULL;
    const int fits = node && !info->kernel && !info->kept && info->keep == KEEP_ROOT && !info->core && !info->join && node->type == T_REAL;
    return fits && plan_view(p, node)->reduce == RED_NONE && ctype_of(p, node) == C_F32 ? node : NULL;
}

/* ---- what a form asks ---------------------------------------------------------------------------------------------------------------- */

static double size_of(const void *context, char letter)
{
    const Kernel *k = context;
    const int r = form_role(k->form, letter);
    double size = 1;
    for (int i = 0; r >= 0 && i < k->part.at[0].role[r].n; i++) {
        const Dim *dim = k->part.at[0].role[r].at[i]->dim;
        size *= dim_is_ragged(dim) ? INFINITY : (double)dim->length;
    }
    return size;
}

/* Some index is made of data. */
static int is_gathered(const Expr *e)
{
    for (int k = 0; e && k < e->n; k++) {
        Affine sum;
        if (is_gathered(e->kid[k]) || (e->kind == EX_READ && !affine_of(e->kid[k], &sum))) {
            return 1;
        }
    }
    return e && e->otherwise ? is_gathered(e->otherwise) : 0;
}

static int property_of(const void *context, Str name, const Str *argument, int n)
{
    const Kernel *k = context;
    if (n == 1 && name == str_of("gathered") && form_hole(k->form, argument[0]) >= 0) {
        return is_gathered(k->part.at[0].bind[form_hole(k->form, argument[0])].value);
    }
    const double size = n == 1 && argument[0][0] != '$' ? size_of(context, argument[0][0]) : 0;
    return size == 0 ? -1 : name == str_of("fixed") ? !isinf(size) : name == str_of("ragged") ? isinf(size) != 0 : -1;
}

/* ---- trying it ----------------------------------------------------------------------------------------------------------------------- */

int map_lanes(const Form *form)
{
    const TemplateHole *store = form->text ? template_hole(form->text, str_of("store")) : NULL;
    return store && form->holes == 1 ? form_role(form, store->lanes) : -1;
}

Str map_refused(Plan *p, Func *f, const Kernel *k)
{
    const Facts facts = {k, size_of, property_of};
    Str why = k->form->head->when ? condition_fails(k->form->head->when, &facts) : NULL;
    return why ? why : kernel_refused(p, f, k);
}

static Kernel *kernel_of(Plan *p, const Form *form, Node *node, const Node *value, int lanes, int inner)
{
    const Node *view = plan_view(p, node);
    Kernel *k = arena_new_of(p->arena, Kernel);
    Part part = {.result = (Node *)value};
    for (int i = 0; i < view->free.n; i++) {
        vec_push(p->arena, part.role[i < view->free.n - inner ? 1 - lanes : lanes], view->free.at[i]);
    }
    part.bind[0].value = value->body;
    vec_push(p->arena, k->part, part);
    vec_push(p->arena, k->stored, ((Stored){node, plan_read(p, part.result, view->free, view->span), view->free}));
    k->form = form;
    return k;
}

int map_fixed_axes(const Node *node)
{
    int n = 0;
    while (n < node->free.n && !dim_is_ragged(node->free.at[node->free.n - 1 - n]->dim)) {
        n++;
    }
    return n;
}

/* NULL, and the reason. */
static Kernel *tried(Plan *p, Func *f, const Form *form, Node *node, const Node *value, Str *why)
{
    const int lanes = form->roles == 2 ? map_lanes(form) : -1;
    *why = lanes < 0 ? str_of("its form has no code") : !map_fixed_axes(value) ? str_of("it has no fixed axis") : NULL;
    const int most = *why ? 0 : map_fixed_axes(value);
    for (int i = 0; i < 2 * most; i++) {
        Kernel *k = kernel_of(p, form, node, value, lanes, most - i % most);
        k->apart = i >= most;
        *why = map_refused(p, f, k);
        if (!*why) {
            return k;
        }
    }
    return NULL;
}

/* 1: something is new. */
static int fuse(Plan *p, NodeList *list, const Node *node)
{
    const NodeList *whole = &plan_info(p, node)->fused; /* as the author wrote it */
    const int before = list->n;
    for (int i = 0; i < (whole->n ? whole->n : 1); i++) {
        Node *one = whole->n ? whole->at[i] : (Node *)node;
        int known = 0;
        for (int k = 0; k < list->n && !known; k++) {
            known = list->at[k] == one;
        }
        if (!known) {
            vec_push(p->arena, *list, one);
        }
    }
    return list->n > before;
}

static void fuse_dissolved(Plan *p, NodeList *list, const Expr *e)
{
    const int dissolved = e->kind == EX_READ && e->node->kind == NODE_EQ && plan_info(p, e->node)->keep == KEEP_DISSOLVE;
    if (dissolved && fuse(p, list, e->node)) {
        fuse_dissolved(p, list, plan_view(p, e->node)->body);
    }
    for (int k = 0; k < e->n; k++) {
        fuse_dissolved(p, list, e->kid[k]);
    }
    if (e->otherwise) {
        fuse_dissolved(p, list, e->otherwise);
    }
}

void map_fused(Plan *p, Kernel *k, const Node *node)
{
    fuse(p, &k->fused, node);
    fuse_dissolved(p, &k->fused, plan_view(p, node)->body);
}

void map_explain(Plan *p, Func *f, const Form *form, const Node *node, Str why)
{
    Why *reason = arena_new_of(p->arena, Why);
    *reason = (Why){.form = form->name, .what = node->name, .reason = why, .span = node->said.source ? node->said : node->span};
    vec_push(p->arena, f->why, reason);
}

static Kernel *take(Plan *p, Func *f, Node *node)
{
    const Node *view = plan_view(p, node);
    Str why = str_of("it reads what is not stored");
    Node *value = plan_node(p, view, str_of("value"));
    value->body = inline_expr(p, view->body, &(VarList){0}, NULL);
    for (int i = 0; i < p->form.n && map_reads_stored(p, value->body); i++) {
        const Form *form = p->form.at[i];
        Kernel *k = form->head->map && !form->head->along ? tried(p, f, form, node, value, &why) : NULL;
        if (k) {
            return k;
        }
        if (form->head->map && !form->head->along) {
            map_explain(p, f, form, node, why);
        }
    }
    return NULL;
}

/* Behind what is computed before it. */
void map_insert(Plan *p, Func *f, Kernel *k, int item)
{
    int at = 0;
    for (int i = 0; i < f->kernel.n; i++) {
        const Kernel *other = f->kernel.at[i];
        at = !other->plain && kernel_last(p, f, other) < item ? i + 1 : at;
    }
    vec_push(p->arena, f->kernel, k);
    for (int i = f->kernel.n - 1; i > at; i--) {
        f->kernel.at[i] = f->kernel.at[i - 1];
    }
    f->kernel.at[at] = k;
    for (int i = 0; i < f->kernel.n; i++) {
        f->kernel.at[i]->number = i;
    }
}

void maps_take(Plan *p, Func *f)
{
    for (int i = 0; i < f->item.n; i++) {
        Node *node = map_of(p, &f->item.at[i]);
        Kernel *k = node ? take(p, f, node) : NULL;
        if (k) {
            plan_info(p, node)->kernel = k;
            map_fused(p, k, node);
            map_insert(p, f, k, i);
        }
    }
}
