/* From a draft to a kernel: everything in the words of the graph. The reductions of the form's head, its holes filled in, become nodes. */
#include "covering.h"
#include "load_time.h"
#include "kernel_use.h"
#include "making.h"

#include "../in_place.h"
#include "predicate_class.h"

/* ---- variables ---------------------------------------------------------------------------------------------------------------------- */

static Var *var_for(Making *k, NormExpr *e)
{
    for (int i = 0; i < k->writer.from.n; i++) {
        if (k->writer.from.at[i] == e) {
            return k->writer.to.at[i];
        }
    }
    Str name = e->dim->name;
    for (int i = 0; i < k->writer.to.n; i++) { /* a second one of a dim has a prime */
        name = k->writer.to.at[i]->dim == e->dim ? str_format("%s'", name) : name;
    }
    Var *var = graph_var(k->c->p->graph, e->dim, name);
    vec_push(k->c->p->arena, k->writer.from, e);
    vec_push(k->c->p->arena, k->writer.to, var);
    return var;
}

static VarList vars_for(Making *k, int n, NormExpr *const *e)
{
    VarList vars = {0};
    for (int i = 0; i < n; i++) {
        vec_push(k->c->p->arena, vars, var_for(k, e[i]));
    }
    return vars;
}

/* ---- what is read ------------------------------------------------------------------------------------------------------------------- */

static NormExpr *final_read(void *context, NormExpr *e)
{
    Cover *c = context;
    Temp *t = e->kind == NORM_READ ? temp_of(c, e->source) : NULL;
    if (!t) {
        return NULL;
    }
    NormExpr *index[NORM_AXES], *order[NORM_AXES];
    for (int k = 0; k < t->n; k++) {
        index[k] = norm_rebuild(c->norm, e->kid[k], final_read, c);
    }
    if (!t->ready && !t->accumulator) {
        NormExpr *value = norm_rebuild(c->norm, t->value, final_read, c);
        return norm_replace(c->norm, value, t->n, t->axis, index);
    }
    for (int k = 0; t->out && k < t->n; k++) {
        order[k] = index[t->out_axis[k]];
    }
    return norm_read(c->norm, t->out ? t->out : t->node, t->out ? order : index);
}

NormExpr *making_final(Cover *c, NormExpr *e)
{
    return norm_rebuild(c->norm, e, final_read, c);
}

static Node *inside_node(void *context, NormNode *node);

static Expr *expr_of(Making *k, NormExpr *e, Type type)
{
    return norm_to_expr(&k->writer, making_final(k->c, e), type);
}

static Node *new_node(Making *k, const char *name, Type type)
{
    Node *node = arena_new_of(k->c->p->arena, Node);
    node->id = k->c->p->nodes++;
    node->kind = NODE_EQ;
    node->type = type;
    node->name = str_of(name);
    node->span = k->span;
    node->unit = k->c->func->unit;
    return node;
}

static void condition_of(Making *k, Node *node, NormExpr *where)
{
    node->where = where == k->c->norm->yes ? NULL : expr_of(k, where, T_BOOL);
}

static NormExpr *inside_box(const Making *k, BoxKind kind, const NormNode *node)
{
    for (int i = 0; i < k->c->box.n; i++) {
        const Box *box = &k->c->box.at[i];
        if (box->kind == kind && box->draft == k->d && box->inside == node) {
            return box->e;
        }
    }
    return kind == BOX_INSIDE_WHERE ? node->where : node->body;
}

/* A reduction that is computed where it is read. */
static Node *inside_node(void *context, NormNode *node)
{
    Making *k = context;
    for (int i = 0; i < k->inside.n; i++) {
        if (k->inside.at[i] == node) {
            return k->inside_node.at[i];
        }
    }
    Making inner = *k;
    inner.writer.from = (NormList){0};
    inner.writer.to = (VarList){0};
    inner.writer.context = &inner;
    Node *made = new_node(k, node->reduce == RED_SUM ? "dot" : "part", node->type);
    made->reduce = node->reduce;
    made->free = vars_for(&inner, node->free, node->var);
    made->bound = vars_for(&inner, node->bound, node->var + node->free);
    condition_of(&inner, made, inside_box(k, BOX_INSIDE_WHERE, node));
    made->body = expr_of(&inner, inside_box(k, BOX_INSIDE_BODY, node), node->type);
    k->inside = inner.inside;
    k->inside_node = inner.inside_node;
    k->helper = inner.helper;
    vec_push(k->c->p->arena, k->inside, node);
    vec_push(k->c->p->arena, k->inside_node, made);
    vec_push(k->c->p->arena, k->helper, made);
    return made;
}

/* ---- the head, filled in ------------------------------------------------------------------------------------------------------------ */

static Expr *head_expr(Making *k, const DraftPart *part, NormExpr *e);

static int role_of(const Form *form, const NormExpr *var)
{
    for (int r = 0; r < form->roles; r++) {
        if (form->head->letter[r] == var || form->head->letter[r]->dim == var->dim) {
            return r;
        }
    }
    return 0;
}

static int uses_any(const VarList *vars, const Var *var)
{
    return var_among(vars, var);
}

static void add_free(Making *k, const Expr *e, const VarList *bound, VarList *out)
{
    VarList used = {0};
    if (e) {
        expr_vars(e, k->c->p->arena, &used);
    }
    for (int i = 0; i < used.n; i++) {
        if (!uses_any(bound, used.at[i]) && !uses_any(out, used.at[i])) {
            vec_push(k->c->p->arena, *out, used.at[i]);
        }
    }
}

static Expr *head_reduction(Making *k, const DraftPart *part, NormExpr *e)
{
    const Head *head = k->d->form->head;
    for (int i = 0; i < k->head_read.n; i++) {
        if (k->head_read.at[i] == e) {
            return plan_read(k->c->p, k->head_node.at[i], k->head_node.at[i]->free, k->span);
        }
    }
    const int r = role_of(k->d->form, e->node->var[e->node->free]);
    const NormInstance at = norm_instance(head->norm, e->node, e->kid, &head->letter[r]);
    Node *node = e->node->reduce == RED_MAX && part->maximum ? part->maximum
                                                             : new_node(k, e->node->reduce == RED_MAX ? "most" : "total", T_REAL);
    node->name = str_of(e->node->reduce == RED_MAX ? "most" : "total");
    node->reduce = e->node->reduce;
    node->bound = vars_for(k, part->role[r].n, part->role[r].at);
    node->body = head_expr(k, part, at.body);
    node->where = at.where == head->norm->yes ? NULL : head_expr(k, part, at.where);
    node->free = node == part->maximum ? vars_for(k, part->largest->n, part->largest->kid) : (VarList){0};
    add_free(k, node->body, &node->bound, &node->free);
    add_free(k, node->where, &node->bound, &node->free);
    vec_push(k->c->p->arena, k->head_read, e);
    vec_push(k->c->p->arena, k->head_node, node);
    vec_push(k->c->p->arena, k->helper, node);
    return plan_read(k->c->p, node, node->free, k->span);
}

static NormExpr *hole_value(Making *k, const DraftPart *part, int h)
{
    for (int i = 0; !part->node && i < k->c->box.n; i++) {
        const Box *box = &k->c->box.at[i];
        if (box->kind == BOX_HOLE && box->draft == k->d && box->hole == h) {
            return box->e;
        }
    }
    return part->hole[h];
}

/* A term with a hole in it was matched as a whole: `$z * exp(-M)`. */
static int is_term_of_hole(const NormExpr *e)
{
    for (int i = 0; i < e->n; i++) {
        if (e->kid[i]->kind == NORM_HOLE) {
            return 1;
        }
    }
    return 0;
}

static Expr *power_of(Making *k, Expr *e, int power)
{
    Graph *g = k->c->p->graph;
    Expr *all = e;
    for (int i = 1; i < power || i < -power; i++) {
        all = expr_op(g, OP_MUL, all, e, k->span);
    }
    return all;
}

static int has_nonzero(const NormExpr *e)
{
    int found = e->kind == NORM_NONZERO;
    for (int i = 0; i < e->n && !found; i++) {
        found = has_nonzero(e->kid[i]);
    }
    return found;
}

/* Over a domain that may be empty nothing is divided by 0. */
static Expr *divisor(Making *k, const DraftPart *part, Expr *e)
{
    Graph *g = k->c->p->graph;
    if (!part->core || !has_nonzero(part->core)) {
        return e;
    }
    Expr *zero = expr_op(g, OP_EQ, e, expr_real(g, 0, k->span), k->span);
    return expr_select(g, zero, expr_real(g, 1, k->span), e, k->span);
}

static Expr *head_product(Making *k, const DraftPart *part, const NormExpr *e)
{
    Graph *g = k->c->p->graph;
    Expr *over = NULL, *under = NULL;
    for (int i = 0; i < e->n; i++) {
        Expr *factor = power_of(k, head_expr(k, part, e->kid[i]), e->power[i]), **into = e->power[i] > 0 ? &over : &under;
        *into = *into ? expr_op(g, OP_MUL, *into, factor, k->span) : factor;
    }
    over = over ? over : expr_real(g, 1, k->span);
    return under ? expr_op(g, OP_DIV, over, divisor(k, part, under), k->span) : over;
}

static Expr *head_sum(Making *k, const DraftPart *part, const NormExpr *e)
{
    Graph *g = k->c->p->graph;
    Expr *all = NULL;
    for (int i = 0; i < e->n; i++) {
        Expr *term = NULL;
        if (e->kid[i]->kind == NORM_PRODUCT && is_term_of_hole(e->kid[i])) {
            for (int j = 0; j < e->kid[i]->n; j++) {
                if (e->kid[i]->kid[j]->kind == NORM_HOLE) {
                    term = expr_of(k, hole_value(k, part, e->kid[i]->kid[j]->var), T_REAL);
                }
            }
        } else {
            term = head_expr(k, part, e->kid[i]);
            term = e->coef[i] == 1    ? term
                   : e->coef[i] == -1 ? expr_op(g, OP_NEG, term, NULL, k->span)
                                      : expr_op(g, OP_MUL, expr_real(g, e->coef[i], k->span), term, k->span);
        }
        all = all ? expr_op(g, OP_ADD, all, term, k->span) : term;
    }
    if (e->num != 0 || !all) {
        Expr *number = e->type == T_INT ? expr_int(g, (int64_t)e->num, k->span) : expr_real(g, e->num, k->span);
        all = all ? expr_op(g, OP_ADD, all, number, k->span) : number;
    }
    return all;
}

static Expr *head_expr(Making *k, const DraftPart *part, NormExpr *e)
{
    Graph *g = k->c->p->graph;
    Expr *all = NULL;
    switch (e->kind) {
    case NORM_HOLE: {
        NormExpr *value = hole_value(k, part, e->var);
        return expr_of(k, value, k->d->form->hole[e->var].predicate ? T_BOOL : T_REAL);
    }
    case NORM_VAR: return expr_var(g, var_for(k, part->role[role_of(k->d->form, e)].at[0]), k->span);
    case NORM_NUM: return e->type == T_INT ? expr_int(g, (int64_t)e->num, k->span) : expr_real(g, e->num, k->span);
    case NORM_READ: return head_reduction(k, part, e);
    case NORM_PRODUCT: return head_product(k, part, e);
    case NORM_SUM: return head_sum(k, part, e);
    case NORM_CALL:
        return expr_op(g, e->op, head_expr(k, part, e->kid[0]), e->n > 1 ? head_expr(k, part, e->kid[1]) : NULL, k->span);
    case NORM_LE: return expr_op(g, OP_LE, head_expr(k, part, e->kid[0]), expr_int(g, 0, k->span), k->span);
    case NORM_LT: return expr_op(g, OP_LT, head_expr(k, part, e->kid[0]), expr_int(g, 0, k->span), k->span);
    case NORM_EQ: return expr_op(g, OP_EQ, head_expr(k, part, e->kid[0]), expr_int(g, 0, k->span), k->span);
    case NORM_AND:
    case NORM_OR:
        for (int i = 0; i < e->n; i++) {
            Expr *one = head_expr(k, part, e->kid[i]);
            all = all ? expr_op(g, e->kind == NORM_AND ? OP_AND : OP_OR, all, one, k->span) : one;
        }
        return all ? all : expr_bool(g, e->kind == NORM_AND, k->span);
    case NORM_NOT: return expr_op(g, OP_NOT, head_expr(k, part, e->kid[0]), NULL, k->span);
    case NORM_NONZERO: return head_expr(k, part, e->kid[0]);
    default: return expr_real(g, 0, k->span);
    }
}

/* ---- parts -------------------------------------------------------------------------------------------------------------------------- */

/* The query and the key: indices of a result and summed ones that the condition may read, of roles that are needed. */
static void classify(Making *k, int hole, Part *out)
{
    const Form *form = k->d->form;
    VarList query = {0}, key = {0};
    for (int r = 0; r < form->roles; r++) {
        for (int i = 0; (form->hole[hole].roles >> r & 1u) && form->role[r].needed && i < out->role[r].n; i++) {
            if (form->role[r].result) {
                vec_push(k->c->p->arena, query, out->role[r].at[i]);
            } else {
                vec_push(k->c->p->arena, key, out->role[r].at[i]);
            }
        }
    }
    out->predicate = predicate_class(k->c->p, out->bind[hole].value, &query, &key);
}

/* One stored parameter, at sums of indices. */
static int is_bare(const Expr *e)
{
    Affine sum;
    for (int i = 0; i < e->n; i++) {
        if (!affine_of(e->kid[i], &sum)) {
            return 0;
        }
    }
    return e->kind == EX_READ && e->node->kind == NODE_PARAM && !e->otherwise;
}

static Expr *prepared(Making *k, int hole, NormExpr *value, Expr *e, const Part *part)
{
    const Form *form = k->d->form;
    VarList axes = {0};
    if (!form->hole[hole].load_time || is_bare(e) || !is_load_time(k->c, value)) {
        return e;
    }
    for (int r = 0; r < form->roles; r++) {
        for (int i = 0; (form->hole[hole].roles >> r & 1u) && i < part->role[r].n; i++) {
            if (expr_uses(e, part->role[r].at[i])) {
                vec_push(k->c->p->arena, axes, part->role[r].at[i]);
            }
        }
    }
    return axes.n ? load_time_read(k->c->p, k->c->func, e, &axes) : e;
}

static void bind(Making *k, const DraftPart *part, Part *out)
{
    const Form *form = k->d->form;
    for (int r = 0; r < form->roles; r++) {
        out->role[r] = vars_for(k, part->role[r].n, part->role[r].at);
    }
    for (int h = 0; h < form->holes; h++) {
        NormExpr *value = hole_value(k, part, h);
        if (form->hole[h].predicate) {
            out->bind[h].value = value == k->c->norm->yes ? NULL : expr_of(k, value, T_BOOL);
        } else {
            out->bind[h].value = prepared(k, h, value, expr_of(k, value, T_REAL), out);
        }
    }
    for (int h = 0; !part->node && h < form->holes; h++) {
        if (form->hole[h].predicate) {
            classify(k, h, out);
        }
    }
}

static void accumulator(Making *k, const DraftPart *part, Part *out)
{
    Node *node = part->accumulator->node;
    node->span = k->span;
    node->free = vars_for(k, part->accumulator->n, part->accumulator->axis);
    out->result = node;
    if (!part->node) {
        out->maximum = part->maximum;
        node->name = str_of("mixed");
        node->body = head_expr(k, part, k->d->form->head->root);
        k->head_read.n = k->head_node.n = 0;
        vec_push(k->c->p->arena, k->helper, node);
        return;
    }
    node->name = str_of("total");
    node->reduce = part->node->reduce;
    if (part->body) {
        for (int r = 0; r < k->d->form->roles; r++) {
            if (!k->d->form->role[r].result) {
                node->bound = vars_for(k, part->role[r].n, part->role[r].at);
            }
        }
        node->body = expr_of(k, part->body, node->type);
        condition_of(k, node, part->where);
    } else {
        const Head *head = k->d->form->head;
        const int r = role_of(k->d->form, head->root->node->var[head->root->node->free]);
        const NormInstance at = norm_instance(head->norm, head->root->node, head->root->kid, &head->letter[r]);
        node->bound = vars_for(k, part->role[r].n, part->role[r].at);
        node->body = expr_to(k->c->p->graph, head_expr(k, part, at.body), node->type);
        node->where = at.where == head->norm->yes ? NULL : head_expr(k, part, at.where);
        if (node->where && node->where->kind == EX_CONST) {
            node->where = NULL;
        }
    }
    vec_push(k->c->p->arena, k->helper, node);
}

/* ---- what is stored ----------------------------------------------------------------------------------------------------------------- */

static void store(Making *k, Temp *t, Kernel *kernel)
{
    Plan *p = k->c->p;
    NormExpr *axis[NORM_AXES];
    Node *node = t->out ? t->out : t->node;
    for (int i = 0; i < t->n; i++) {
        axis[i] = t->axis[t->out ? t->out_axis[i] : i];
    }
    Stored s = {.node = node, .axes = vars_for(k, t->n, axis)};
    s.value = expr_of(k, t->value, node->type);
    Node *view = node;
    if (t->out) {
        view = arena_new_of(p->arena, Node);
        *view = *node;
    }
    view->reduce = RED_NONE;
    view->bound = (VarList){0};
    view->where = view->empty = NULL;
    view->free = s.axes;
    view->body = s.value;
    Info *info = plan_info(p, node);
    info->view = view;
    info->forced = 1;
    info->why = "a kernel stores it";
    info->narrow = !t->out && node->type == T_INT ? kernel_most(p, kernel, s.value) : 0;
    int at = kernel->stored.n;
    vec_push(p->arena, kernel->stored, s);
    while (at > 0 && reads_node(kernel->stored.at[at - 1].value, node)) { /* in order of computation */
        kernel->stored.at[at] = kernel->stored.at[at - 1];
        kernel->stored.at[--at] = s;
    }
}

Kernel *kernel_make(Cover *c, Draft *d, NodeList *helper)
{
    Making k = {.c = c, .d = d};
    k.writer = (NormWriter){.norm = c->norm, .graph = c->p->graph, .node = inside_node, .context = &k};
    const Node *from = d->part.at[0].node ? d->part.at[0].node->from : NULL;
    for (int i = 0; i < d->stored.n && !from; i++) {
        from = d->stored.at[i]->out;
    }
    k.span = k.writer.span = from ? from->span : c->func->unit->span;
    Kernel *kernel = arena_new_of(c->p->arena, Kernel);
    kernel->form = d->form;
    kernel->number = d->number;
    kernel->gated = d->gated;
    kernel->fused = d->fused;
    for (int i = 0; i < d->stored.n; i++) { /* an output keeps the author's variables */
        const Temp *t = d->stored.at[i];
        for (int a = 0; t->out && a < t->n; a++) {
            if (!list_has(&k.writer.from, t->axis[t->out_axis[a]])) {
                vec_push(c->p->arena, k.writer.from, t->axis[t->out_axis[a]]);
                vec_push(c->p->arena, k.writer.to, t->out->free.at[a]);
            }
        }
    }
    for (int i = 0; i < d->part.n; i++) {
        Part part = {0};
        accumulator(&k, &d->part.at[i], &part);
        bind(&k, &d->part.at[i], &part);
        vec_push(c->p->arena, kernel->part, part);
    }
    for (int i = 0; i < d->stored.n; i++) {
        store(&k, d->stored.at[i], kernel);
    }
    for (int i = 0; i < k.inside_node.n; i++) {
        vec_push(c->p->arena, kernel->inside, k.inside_node.at[i]);
    }
    for (int i = 0; i < d->why.n; i++) {
        Why why = d->why.at[i];
        const Temp *t = why.of ? temp_of(c, why.of) : NULL;
        why.what = t ? (t->out ? t->out : t->node)->name : why.what;
        vec_push(c->p->arena, kernel->why, why);
    }
    *helper = k.helper;
    return kernel;
}
