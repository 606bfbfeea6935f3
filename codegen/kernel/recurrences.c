/* Recurrences as kernels: the equations of a group, in the variables of the first, each reading those before it at its own turn as values
 * and all of them at other turns in memory. */
#include "maps.h"

#include "../inline.h"
#include "../print.h"
#include "../match/covering.h"

typedef struct Group {
    Plan *p;
    const Item *item;
    NodeList node, value; /* those that are computed, and a node that stands for what each is at its own turn */
    VarList axes;         /* of all of them: the position first */
} Group;

/* ---- its equations ------------------------------------------------------------------------------------------------------------------- */

static int is_own_turn(const Group *g, const Expr *read)
{
    for (int k = 0; k < read->n; k++) {
        if (read->kid[k]->kind != EX_VAR || k >= g->axes.n || read->kid[k]->var != g->axes.at[k]) {
            return 0;
        }
    }
    return read->n == g->axes.n;
}

static Expr *with_values(const Group *g, Expr *e)
{
    for (int i = 0; e->kind == EX_READ && i < g->value.n; i++) {
        if (e->node == g->node.at[i] && is_own_turn(g, e)) {
            return plan_read(g->p, g->value.at[i], g->axes, e->span);
        }
    }
    Expr *copy = arena_new_of(g->p->arena, Expr);
    *copy = *e;
    copy->kid = arena_array(g->p->arena, Expr *, e->n + 1);
    for (int k = 0; k < e->n; k++) {
        copy->kid[k] = with_values(g, e->kid[k]);
    }
    copy->otherwise = e->otherwise ? with_values(g, e->otherwise) : NULL;
    return copy;
}

static int same_axes(const Group *g, const Node *view)
{
    int same = view->free.n == g->axes.n;
    for (int k = 0; same && k < view->free.n; k++) {
        same = view->free.at[k]->dim == g->axes.at[k]->dim;
    }
    return same;
}

static Str add_equation(Group *g, Node *node)
{
    Plan *p = g->p;
    const Node *view = plan_view(p, node);
    if (view->reduce != RED_NONE || node->type != T_REAL || ctype_of(p, node) != C_F32) {
        return str_of("one of its equations is no map of reals");
    }
    if (!g->node.n) {
        g->axes = view->free;
    }
    if (!same_axes(g, view) || view->free.at[0] != g->item->step->var) {
        return str_of("its equations have other indices");
    }
    ExprList to = {0};
    for (int k = 0; k < g->axes.n; k++) {
        vec_push(p->arena, to, expr_var(p->graph, g->axes.at[k], view->span));
    }
    Expr *body = with_values(g, inline_expr(p, view->body, &view->free, to.at));
    Node *value = plan_node(p, view, str_of("value"));
    value->free = g->axes;
    value->body = body;
    vec_push(p->arena, g->node, node);
    vec_push(p->arena, g->value, value);
    return NULL;
}

static Str read_group(Group *g)
{
    for (int i = 0; i < g->item->nodes.n; i++) {
        Node *node = g->item->nodes.at[i];
        const Keep keep = plan_info(g->p, node)->keep;
        Str why = keep == KEEP_ROOT || keep == KEEP_LOCAL ? add_equation(g, node) : NULL;
        if (why) {
            return why;
        }
    }
    return g->node.n ? NULL : str_of("nobody reads it");
}

/* Columns are dealt, and do not wait for each other: what an equation of the group reads of the group stands in its own column. */
static int is_own_column(const Group *g, const Expr *read)
{
    for (int k = 1; k < read->n; k++) {
        if (read->kid[k]->kind != EX_VAR || read->kid[k]->var != g->axes.at[k]) {
            return 0;
        }
    }
    return 1;
}

static int reads_memory(const Group *g, const Expr *e)
{
    for (int i = 0; e->kind == EX_READ && i < g->value.n; i++) {
        if (e->node == g->value.at[i]) {
            return 1;
        }
        if (e->node == g->node.at[i] && !is_own_column(g, e)) {
            return 0;
        }
    }
    int fine = e->kind != EX_READ || e->node->kind != NODE_EQ || is_stored(g->p, e->node);
    for (int k = 0; fine && k < e->n; k++) {
        fine = reads_memory(g, e->kid[k]);
    }
    return fine && (!e->otherwise || reads_memory(g, e->otherwise));
}

/* ---- the kernel ---------------------------------------------------------------------------------------------------------------------- */

static Kernel *kernel_of(const Group *g, const Form *form, int lanes, int inner)
{
    Arena *arena = g->p->arena;
    const int t = form_role(form, form->head->along), b = form_role(form, 'b');
    Kernel *k = arena_new_of(arena, Kernel);
    k->form = form;
    k->down = g->item->step->down;
    for (int i = 0; i < g->node.n; i++) {
        Part part = {.result = g->value.at[i]};
        for (int a = 0; a < g->axes.n; a++) {
            vec_push(arena, part.role[a == 0 ? t : a < g->axes.n - inner ? b : lanes], g->axes.at[a]);
        }
        part.bind[0].value = g->value.at[i]->body;
        vec_push(arena, k->part, part);
        if (plan_info(g->p, g->node.at[i])->keep == KEEP_ROOT) {
            Expr *value = plan_read(g->p, g->value.at[i], g->axes, g->node.at[i]->span);
            vec_push(arena, k->stored, ((Stored){g->node.at[i], value, g->axes}));
        }
    }
    return k;
}

static Kernel *tried(Func *f, const Group *g, const Form *form, Str *why)
{
    const int lanes = map_lanes(form);
    const int fine = lanes >= 0 && form_role(form, form->head->along) >= 0 && form_role(form, 'b') >= 0 && form->roles == 3;
    const Node *first = g->value.at[0];
    *why = !fine ? str_of("its form has no code") : g->axes.n < 2 ? str_of("it has no fixed axis") : NULL;
    for (int i = 0; !*why && i < g->value.n; i++) {
        *why = reads_memory(g, g->value.at[i]->body) ? NULL : str_of("it reads other columns, or what is not stored");
    }
    const int most = *why ? 0 : map_fixed_axes(first);
    for (int i = 0; i < 2 * most; i++) {
        Kernel *k = kernel_of(g, form, lanes, most - i % most);
        k->apart = i >= most;
        *why = map_refused(g->p, f, k);
        if (!*why) {
            return k;
        }
    }
    return NULL;
}

static void take(Plan *p, Func *f, int item, const Form *form)
{
    Group g = {.p = p, .item = &f->item.at[item]};
    Str why = read_group(&g);
    Kernel *k = why ? NULL : tried(f, &g, form, &why);
    if (!k) {
        map_explain(p, f, form, g.item->nodes.at[0], why);
        return;
    }
    for (int i = 0; i < g.item->nodes.n; i++) {
        plan_info(p, g.item->nodes.at[i])->kernel = k;
        map_fused(p, k, g.item->nodes.at[i]);
    }
    map_insert(p, f, k, item);
}

void recurrences_take(Plan *p, Func *f)
{
    for (int i = 0; i < f->item.n; i++) {
        for (int n = 0; n < p->form.n && f->item.at[i].kind == STEP_ALONG; n++) {
            const Form *form = p->form.at[n];
            if (form->head->map && form->head->along && !plan_info(p, f->item.at[i].nodes.at[0])->kernel) {
                take(p, f, i, form);
            }
        }
    }
}
