/* What grows: grow ids from tok <= n, append ids: e, cut ids: n.
 *
 * The tensor's first index is the one that grows; it has a dim of its own, named as the tensor is. To append or to cut is an equation over
 * a dim of another length; nothing is changed in place here. */
#include "checker.h"

/* The entity that grows under this name, or NULL after a report. */
static Entity *grown(Check *c, Scope *scope, const Stmt *stmt, const char *word)
{
    Entity *entity = scope_find(scope, stmt->name);
    if (entity && entity->kind == EN_TENSOR && entity->grows) {
        return entity;
    }
    if (!entity) {
        scope_unknown(c, scope, stmt->name, stmt->name_span, "name");
    } else if (entity->kind != EN_ERROR) {
        check_error(c, stmt->name_span, "'%s' does not grow, so nothing can be %s it", stmt->name, word);
        check_note(c, entity->span, "it is made here");
        check_hint(c, "write 'grow NAME from %s <= ...' before", stmt->name);
    }
    return NULL;
}

static Dim *grown_dim(Check *c, Str name, Expr *length, Expr *most, Span span)
{
    Dim *dim = graph_dim(c->graph, DIM_FORMULA, name, span);
    int64_t low, high;
    dim->formula = length;
    dim->most = most;
    dim->bound = expr_range(most, &low, &high) ? (high < 0 ? 0 : high) : INT64_MAX;
    const Step step = {.kind = STEP_DIM, .dim = dim};
    vec_push(c->graph->arena, c->unit->step, step);
    return dim;
}

static int of_lengths(const Expr *e)
{
    if (e->kind == EX_READ || e->kind == EX_VAR || e->kind == EX_POS) {
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!of_lengths(e->kid[k])) {
            return 0;
        }
    }
    return 1;
}

/* Variables of the tensor's indices, the first one over dim; at[k]: index of axis k of the old tensor. */
static VarList own_indices(Check *c, const Entity *entity, Dim *dim, Scope *inner, Expr **at, Span span)
{
    VarList free = {0};
    for (int k = 0; k < entity->index.n; k++) {
        Var *var = graph_var(c->graph, k ? entity->index.at[k].dim : dim, entity->index.at[k].name);
        vec_push(c->arena, free, var);
        at[entity->axis[k]] = expr_var(c->graph, var, span);
        if (k) {
            scope_bind_var(c, inner, entity->index.at[k].name, var);
        }
    }
    return free;
}

/* The tensor under its name, longer or shorter than before. */
static void rebind(Check *c, Scope *scope, const Entity *old, Node *node, Span span)
{
    Str *keys = arena_array(c->arena, Str, node->free.n + 1);
    for (int k = 0; k < node->free.n; k++) {
        keys[k] = old->index.at[k].name;
    }
    node->named = c->library_name == NULL;
    node->extent = old->node->extent;
    Entity *entity = tensor_entity(c, old->name, span, node, keys);
    entity->grows = 1;
    scope_assign(c, scope, entity);
}

static void grow(Check *c, Scope *scope, const Stmt *stmt)
{
    const Entity *from = scope_find(scope, stmt->type);
    Expr *most = scalar_of(c, scope, stmt->value, T_INT, "the longest length");
    if (!from || from->kind != EN_TENSOR || !from->index.n) {
        if (!from) {
            scope_unknown(c, scope, stmt->type, stmt->span, "tensor");
        } else if (from->kind != EN_ERROR) {
            check_error(c, stmt->span, "'%s' has no index that could grow", stmt->type);
            check_note(c, from->span, "it is made here");
        }
        tensor_failed(c, scope, stmt->name, stmt->name_span);
        return;
    }
    if (!most || !of_lengths(most)) {
        if (most) {
            check_error(c, stmt->value->span, "the longest length is a formula of lengths and numbers: memory is planned for it");
        }
        tensor_failed(c, scope, stmt->name, stmt->name_span);
        return;
    }
    Expr **at = arena_array(c->arena, Expr *, from->index.n + 1);
    Dim *dim = grown_dim(c, stmt->name, expr_len(c->graph, from->index.at[0].dim, stmt->span), most, stmt->span);
    VarList free = own_indices(c, from, dim, scope_new(c, scope), at, stmt->span);
    Entity old = *from;
    old.name = stmt->name;
    old.index = (IndexList){0};
    for (int k = 0; k < from->index.n; k++) {
        const Index index = {k ? from->index.at[k].name : stmt->name, from->index.at[k].dim};
        vec_push(c->arena, old.index, index);
    }
    free.at[0]->name = stmt->name;
    Node *node = node_of(c, stmt->name, expr_read(c->graph, unit_reach(c, from->node), free.n, at, NULL, stmt->span), &free, stmt->span);
    rebind(c, scope, &old, node, stmt->span);
}

static void append(Check *c, Scope *scope, const Stmt *stmt)
{
    const Entity *old = grown(c, scope, stmt, "appended to");
    if (!old) {
        return;
    }
    const Dim *before = old->index.at[0].dim;
    Expr *length = expr_len(c->graph, (Dim *)before, stmt->span);
    Dim *dim = grown_dim(c, stmt->name, expr_op(c->graph, OP_ADD, length, expr_int(c->graph, 1, stmt->span), stmt->span), before->most,
                         stmt->span);
    Expr **at = arena_array(c->arena, Expr *, old->index.n + 1);
    Scope *inner = scope_new(c, scope);
    inner->statement = 1;
    const VarList free = own_indices(c, old, dim, inner, at, stmt->span);
    const Type type = old->node->type;
    Expr *value = scalar_of(c, inner, stmt->value, type, "what is appended");
    if (!value) {
        return;
    }
    const Dim *extent = old->node->extent;
    int64_t low, high;
    const int among = value->kind == EX_READ ? value->node->extent && value->node->extent->length <= (extent ? extent->length : 0)
                                             : expr_range(value, &low, &high) && low >= 0 && extent && high < extent->length;
    if (extent && !among) {
        check_error(c, stmt->value->span, "'%s' holds indices of '%s', and this may be none", stmt->name, extent->name);
        check_note(c, old->span, "'%s' is made here", stmt->name);
        check_hint(c, "argmax[%s] gives one; or keep it inside: min(max(%s, 0), len(%s) - 1)", extent->name, span_text(stmt->value->span),
                   extent->name);
        return;
    }
    value = value->kind == EX_CONST ? value : read_own(c, node_of(c, str_of("more"), value, NULL, stmt->value->span), stmt->value->span);
    Expr *inside = expr_op(c->graph, OP_LT, expr_var(c->graph, free.at[0], stmt->span), length, stmt->span);
    Expr *kept_part = expr_read(c->graph, unit_reach(c, old->node), free.n, at, NULL, stmt->span);
    Node *node = node_of(c, stmt->name, expr_select(c->graph, inside, kept_part, value, stmt->span), &free, stmt->span);
    rebind(c, scope, old, node, stmt->span);
}

/* cut ids: n leaves the first n, or all if there are fewer. */
static void cut(Check *c, Scope *scope, const Stmt *stmt)
{
    const Entity *old = grown(c, scope, stmt, "cut from");
    Expr *n = old ? scalar_of(c, scope, stmt->value, T_INT, "the length that is left") : NULL;
    if (!n) {
        return;
    }
    const Dim *before = old->index.at[0].dim;
    n = expr_op(c->graph, OP_MIN, n, expr_len(c->graph, (Dim *)before, stmt->span), stmt->span);
    Dim *dim = grown_dim(c, stmt->name, n, before->most, stmt->span);
    Expr **at = arena_array(c->arena, Expr *, old->index.n + 1);
    const VarList free = own_indices(c, old, dim, scope_new(c, scope), at, stmt->span);
    Node *node = node_of(c, stmt->name, expr_read(c->graph, unit_reach(c, old->node), free.n, at, NULL, stmt->span), &free, stmt->span);
    rebind(c, scope, old, node, stmt->span);
}

void grow_statement(Check *c, Scope *scope, const Stmt *stmt)
{
    if (c->along || c->load) {
        check_error(c, stmt->span, "nothing grows in a %s", c->along ? "recurrence" : "'param'");
    } else if (stmt->kind == STMT_GROW) {
        grow(c, scope, stmt);
    } else if (stmt->kind == STMT_APPEND) {
        append(c, scope, stmt);
    } else {
        cut(c, scope, stmt);
    }
}
