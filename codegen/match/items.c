/* From a function's items to what is covered, and back.
 *
 * Real equations of sums, products, maxima and maps stand in their readers; bools and ints too, as far as they are conditions and indices.
 * Everything else is opaque: calls, loops, recurrences, lookups, sums in double, dims, requirements, strings. What an opaque item
 * reads, and what the function gives back, is an output. The events of the cover are in an order in which everything is computed before
 * it is read, opaque items among themselves as the author wrote them. */
#include "covering.h"
#include "making.h"

#include "../share.h"

/* ---- what is covered ---------------------------------------------------------------------------------------------------------------- */

static int is_inlined(const Cover *c, const Node *node)
{
    return node->kind == NODE_EQ && node->id < c->inlined.n && c->inlined.at[node->id];
}

static void mark_inlined(Cover *c, const Node *node, int inlined)
{
    while (c->inlined.n <= node->id) {
        vec_push(c->p->arena, c->inlined, 0);
    }
    c->inlined.at[node->id] = (char)inlined;
}

static int is_eligible(Cover *c, const Item *item)
{
    const Node *node = item->kind == STEP_NODE && item->nodes.n == 1 && !item->default_of ? item->nodes.at[0] : NULL;
    const Info *info = node ? plan_info(c->p, node) : NULL;
    return node && !info->kept && !info->join && !info->wide && !info->recognised &&
           !(info->whole && plan_info(c->p, info->whole)->recognised);
}

static NormView view_of(void *context, Node *node)
{
    const Cover *c = context;
    return (NormView){.node = node, .inlined = is_inlined(c, node), .hole = -1};
}

/* ---- who reads it ------------------------------------------------------------------------------------------------------------------- */

static void need(Cover *c, Opaque *o, Node *node)
{
    if (!node || !is_inlined(c, node)) {
        return;
    }
    for (int i = 0; i < o->needs.n; i++) {
        if (o->needs.at[i] == node) {
            return;
        }
    }
    vec_push(c->p->arena, o->needs, node);
}

static void need_reads(Cover *c, Opaque *o, const Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        need(c, o, e->node);
    }
    for (int k = 0; k < e->n; k++) {
        need_reads(c, o, e->kid[k]);
    }
    need_reads(c, o, e->otherwise);
}

static void need_all(Cover *c, Opaque *o)
{
    const Item *item = o->item;
    for (int k = 0; k < item->nodes.n; k++) {
        const Node *view = plan_view(c->p, item->nodes.at[k]);
        need_reads(c, o, view->body);
        need_reads(c, o, view->where);
        need_reads(c, o, view->empty);
    }
    if (item->kind == STEP_DIM) {
        need(c, o, item->dim->mask);
        need_reads(c, o, item->dim->formula);
        need_reads(c, o, item->dim->most);
    }
    if (item->kind == STEP_REQUIRE || item->kind == STEP_LEAVE) {
        need(c, o, item->step->node);
    }
    for (int k = 0; item->callee && k < item->unit->args.n; k++) {
        need(c, o, item->unit->args.at[k]->source);
    }
}

static void open_out(Cover *c, Node *node)
{
    if (!node || !is_inlined(c, node)) {
        return;
    }
    for (int i = 0; i < c->box.n; i++) {
        if (c->box.at[i].out == node) {
            return;
        }
    }
    const char *why = NULL;
    NormExpr *value = norm_equation(c->graph, node, &why);
    vec_push(c->p->arena, c->box, ((Box){.kind = BOX_OUT, .out = node, .e = value}));
}

static int has_value(Cover *c, Node *node)
{
    const char *why = NULL;
    return norm_equation(c->graph, node, &why) != NULL;
}

/* An equation that has no normal form, or is too large to stand in its readers, stays as it is; what it reads is an output then. That it
 * is too large is known when its readers have been looked at. */
static int keep_what_has_none(Cover *c)
{
    int kept = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < c->func->item.n; i++) {
            for (int k = 0; k < c->func->item.at[i].nodes.n; k++) {
                Node *node = c->func->item.at[i].nodes.at[k];
                if (is_inlined(c, node) && (!has_value(c, node) || (pass && norm_kept(c->graph, node)))) {
                    mark_inlined(c, node, 0);
                    kept = 1;
                }
            }
        }
    }
    return kept;
}

static int is_covered_item(const Cover *c, const Item *item)
{
    return item->nodes.n == 1 && is_inlined(c, item->nodes.at[0]);
}

void items_read(Cover *c)
{
    Func *f = c->func;
    for (int i = 0; i < f->item.n; i++) {
        for (int k = 0; k < f->item.at[i].nodes.n; k++) {
            mark_inlined(c, f->item.at[i].nodes.at[k], is_eligible(c, &f->item.at[i]));
        }
    }
    do {
        c->graph = norm_graph_new(c->norm, view_of, c);
    } while (keep_what_has_none(c));
    for (int i = 0; i < f->item.n; i++) {
        if (!is_covered_item(c, &f->item.at[i])) {
            Opaque o = {.item = &f->item.at[i]};
            need_all(c, &o);
            vec_push(c->p->arena, c->opaque, o);
            for (int k = 0; k < o.needs.n; k++) {
                open_out(c, o.needs.at[k]);
            }
        }
    }
    for (int i = 0; i < f->result.n; i++) {
        open_out(c, f->result.at[i]);
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < c->p->outputs.n; i++) {
        open_out(c, c->p->outputs.at[i]);
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < c->p->next.n; i++) {
        open_out(c, c->p->next.at[i]);
    }
}

/* ---- what is ready ------------------------------------------------------------------------------------------------------------------ */

static int listed(const NodeList *list, const Node *node)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == node) {
            return 1;
        }
    }
    return 0;
}

static int results_of(const Item *item, const Node *node)
{
    if (listed(&item->nodes, node)) {
        return 1;
    }
    return item->callee && item->last && listed(&item->last->results, node);
}

/* What an optional input is where the caller gives none is computed first. */
static int input_is_ready(const Cover *c, const Node *input)
{
    for (int i = c->opaque_next; i < c->opaque.n; i++) {
        if (c->opaque.at[i].item->default_of == input) {
            return 0;
        }
    }
    return 1;
}

int items_source_is_ready(const Cover *c, const Node *source)
{
    if (source->kind == NODE_INPUT) {
        return input_is_ready(c, source);
    }
    if ((source->kind != NODE_EQ && source->kind != NODE_RESULT) || source->id >= c->made) {
        return 1;
    }
    for (int i = 0; i < c->opaque.n; i++) {
        if (results_of(c->opaque.at[i].item, source)) {
            return c->opaque.at[i].ready;
        }
    }
    return 1; /* of another function, or always there */
}

int items_dim_is_ready(const Cover *c, const Dim *dim)
{
    for (int i = c->opaque_next; i < c->opaque.n; i++) {
        if (c->opaque.at[i].item->kind == STEP_DIM && c->opaque.at[i].item->dim == dim) {
            return 0;
        }
    }
    return 1;
}

static int is_plain_read(const NormExpr *e)
{
    for (int k = 0; k < e->n; k++) {
        for (int i = 0; i < k; i++) {
            if (e->kid[i] == e->kid[k]) {
                return 0;
            }
        }
        if (e->kid[k]->kind != NORM_VAR) {
            return 0;
        }
    }
    return 1;
}

/* The output is a temp that was stored under no other name: it is stored as the output. */
static int is_the_temp(Cover *c, Node *out, const NormExpr *e)
{
    Temp *t = e->kind == NORM_READ ? temp_of(c, e->source) : NULL;
    if (!t || !t->ready || t->out || (t->plain && is_extreme(t->plain)) || t->n != out->free.n || !is_plain_read(e) ||
        t->node->type != out->type) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (e->kid[k]->var >= t->n) {
            return 0;
        }
    }
    t->out = out;
    for (int k = 0; k < e->n; k++) {
        t->out_axis[e->kid[k]->var] = k;
    }
    return 1;
}

static int axes_are_ready(const Cover *c, const Node *out)
{
    for (int k = 0; k < out->free.n; k++) {
        if (!items_dim_is_ready(c, out->free.at[k]->dim)) {
            return 0;
        }
    }
    return 1;
}

static int outs_advance(Cover *c)
{
    int more = 0;
    for (int i = 0; i < c->box.n; i++) {
        const Box box = c->box.at[i];
        if (box.kind != BOX_OUT || listed(&c->out_done, box.out) || !axes_are_ready(c, box.out) || !is_known(c, box.e, NULL, 0)) {
            continue;
        }
        vec_push(c->p->arena, c->out_done, box.out);
        if (!is_the_temp(c, box.out, box.e)) {
            vec_push(c->p->arena, c->event, ((Event){.out = box.out, .value = box.e}));
        }
        more = 1;
    }
    return more;
}

static int is_ready(const Cover *c, const Opaque *o)
{
    for (int i = 0; i < o->needs.n; i++) {
        if (!listed(&c->out_done, o->needs.at[i])) {
            return 0;
        }
    }
    return 1;
}

void items_advance(Cover *c)
{
    for (int more = 1; more;) {
        more = outs_advance(c);
        while (c->opaque_next < c->opaque.n && is_ready(c, &c->opaque.at[c->opaque_next])) {
            Opaque *o = &c->opaque.at[c->opaque_next++];
            o->ready = 1;
            vec_push(c->p->arena, c->event, ((Event){.opaque = o->item}));
            more = 1;
        }
    }
}

/* ---- back --------------------------------------------------------------------------------------------------------------------------- */

typedef VEC(Item) ItemList;

static void add_node(Cover *c, ItemList *list, Node *node)
{
    Item item = {.kind = STEP_NODE};
    vec_push(c->p->arena, item.nodes, node);
    plan_info(c->p, node)->item = list->n;
    vec_push(c->p->arena, *list, item);
}

static void add_draft(Cover *c, ItemList *list, Draft *d)
{
    NodeList helper = {0};
    Kernel *kernel = kernel_make(c, d, &helper);
    d->kernel = kernel;
    kernel->helper = helper;
    vec_push(c->p->arena, c->func->kernel, kernel);
    for (int i = 0; i < helper.n; i++) {
        add_node(c, list, helper.at[i]);
        plan_info(c->p, helper.at[i])->kernel = kernel;
    }
    for (int i = 0; i < kernel->stored.n; i++) {
        add_node(c, list, kernel->stored.at[i].node);
        plan_info(c->p, kernel->stored.at[i].node)->kernel = kernel;
    }
}

static NormWriter writer_of(Cover *c, Span span)
{
    return (NormWriter){.norm = c->norm, .graph = c->p->graph, .span = span};
}

static void add_plain(Cover *c, ItemList *list, Temp *t)
{
    const NormNode *from = t->plain;
    Node *node = t->node;
    if (t->out) {
        node = arena_new_of(c->p->arena, Node);
        *node = *t->out;
        node->empty = NULL;
        plan_info(c->p, t->out)->view = node;
    }
    node->span = from->from ? from->from->span : c->func->unit->span;
    node->name = t->out ? t->out->name : from->from ? from->from->name : str_of("total");
    NormWriter w = writer_of(c, node->span);
    for (int k = 0; k < from->free + from->bound; k++) {
        NormExpr *own = k < from->free ? t->axis[k] : from->var[k];
        vec_push(c->p->arena, w.from, own);
        vec_push(c->p->arena, w.to, graph_var(c->p->graph, own->dim, own->dim->name));
    }
    node->free = node->bound = (VarList){0};
    for (int k = 0; k < from->free + from->bound; k++) {
        if (k < from->free) {
            vec_push(c->p->arena, node->free, w.to.at[k]);
        } else {
            vec_push(c->p->arena, node->bound, w.to.at[k]);
        }
    }
    for (int k = 0; t->out && k < from->free; k++) {
        node->free.at[k] = w.to.at[t->out_axis[k]];
    }
    node->reduce = from->reduce;
    node->type = from->type;
    node->where = t->where == c->norm->yes ? NULL : norm_to_expr(&w, making_final(c, t->where), T_BOOL);
    node->body = norm_to_expr(&w, making_final(c, t->body), from->type);
    add_node(c, list, t->out ? t->out : node);
}

static void add_map(Cover *c, ItemList *list, Temp *t)
{
    Node *node = t->out ? arena_new_of(c->p->arena, Node) : t->node;
    if (t->out) {
        t->out->name = t->out->id < c->made ? t->out->name : t->node->name;
        t->out->span = t->out->id < c->made ? t->out->span : t->node->span;
        *node = *t->out;
        plan_info(c->p, t->out)->view = node;
    }
    NormWriter w = writer_of(c, node->span);
    node->reduce = RED_NONE;
    node->bound = node->free = (VarList){0};
    node->where = node->empty = NULL;
    for (int k = 0; k < t->n; k++) {
        NormExpr *axis = t->axis[t->out ? t->out_axis[k] : k];
        Var *var = graph_var(c->p->graph, axis->dim, axis->dim->name);
        vec_push(c->p->arena, w.from, axis);
        vec_push(c->p->arena, w.to, var);
        vec_push(c->p->arena, node->free, var);
    }
    node->body = norm_to_expr(&w, making_final(c, t->value), node->type);
    Node *stored = t->out ? t->out : t->node;
    plan_info(c->p, stored)->forced = 1;
    plan_info(c->p, stored)->why = "a kernel reads it again and again";
    add_node(c, list, stored);
}

static void add_out(Cover *c, ItemList *list, const Event *event)
{
    Node *view = arena_new_of(c->p->arena, Node);
    *view = *event->out;
    NormWriter w = writer_of(c, view->span);
    view->reduce = RED_NONE;
    view->bound = (VarList){0};
    view->where = view->empty = NULL;
    view->free = (VarList){0};
    for (int k = 0; k < event->out->free.n; k++) {
        Dim *dim = event->out->free.at[k]->dim;
        vec_push(c->p->arena, view->free, event->out->free.at[k]);
        vec_push(c->p->arena, w.from, norm_var(c->norm, k, dim));
        vec_push(c->p->arena, w.to, event->out->free.at[k]);
    }
    view->body = norm_to_expr(&w, making_final(c, event->value), view->type);
    plan_info(c->p, event->out)->view = view;
    add_node(c, list, event->out);
}

/* The largest of nothing is 0: said again, as for the author's own. */
static int is_made_extreme(const Cover *c, const Item *item)
{
    const Node *node = item->kind == STEP_NODE && item->nodes.n == 1 && !item->default_of ? item->nodes.at[0] : NULL;
    const Temp *t = node && node->id >= c->made ? temp_of(c, node) : NULL;
    return t && t->plain && (node->reduce == RED_MAX || node->reduce == RED_MIN);
}

void items_write(Cover *c)
{
    ItemList list = {0};
    NodeList equations = {0};
    for (int i = 0; i < c->func->item.n; i++) {
        if (is_covered_item(c, &c->func->item.at[i])) {
            vec_push(c->p->arena, equations, c->func->item.at[i].nodes.at[0]);
        }
    }
    naming(c, &equations);
    fused_find(c);
    for (int i = 0; i < c->event.n; i++) {
        const Event *event = &c->event.at[i];
        if (event->opaque) {
            for (int k = 0; k < event->opaque->nodes.n; k++) {
                plan_info(c->p, event->opaque->nodes.at[k])->item = list.n;
            }
            vec_push(c->p->arena, list, *event->opaque);
        } else if (event->draft) {
            add_draft(c, &list, event->draft);
        } else if (event->map) {
            add_map(c, &list, event->map);
        } else if (event->plain) {
            add_plain(c, &list, event->plain);
        } else {
            add_out(c, &list, event);
        }
    }
    c->func->item.n = 0;
    for (int i = 0; i < list.n; i++) {
        Item *item = &list.at[i];
        if (is_made_extreme(c, item)) {
            explicit_node(c->p, c->func, item, item->nodes.at[0]);
            continue;
        }
        for (int k = 0; k < item->nodes.n; k++) {
            plan_info(c->p, item->nodes.at[k])->item = c->func->item.n;
        }
        vec_push(c->p->arena, c->func->item, *item);
    }
}
