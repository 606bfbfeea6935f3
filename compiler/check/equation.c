/* Equations: names on the left, what they become on the right; outputs. */
#include "checker.h"

void tensor_failed(Check *c, Scope *scope, Str name, Span span)
{
    Entity *entity = arena_new_of(c->arena, Entity);
    *entity = (Entity){.kind = EN_ERROR, .name = name, .span = span};
    c->broken = 1;
    scope_assign(c, scope, entity);
}

static void put_out(Check *c, Entity *entity, Str name)
{
    Node *node = entity->node;
    int as_it_is = node->unit == c->graph->top && node->kind == NODE_EQ && !node->output;
    for (int k = 0; k < entity->index.n; k++) {
        as_it_is &= entity->axis[k] == k;
    }
    if (c->unit != c->graph->top) {
        check_error(c, entity->span, "an output belongs to the top of the model");
        return;
    }
    for (int i = 0; i < c->graph->outputs.n; i++) {
        if (c->graph->outputs.at[i]->name == name) {
            check_error(c, entity->span, "there is already an output '%s'", name);
            check_note(c, c->graph->outputs.at[i]->span, "here");
            return;
        }
    }
    if (!as_it_is) {
        VarList free = {0};
        Expr **at = arena_array(c->arena, Expr *, entity->index.n + 1);
        node = unit_reach(c, node);
        for (int k = 0; k < entity->index.n; k++) {
            Var *var = graph_var(c->graph, entity->index.at[k].dim, entity->node->free.at[entity->axis[k]]->name);
            vec_push(c->arena, free, var);
            at[entity->axis[k]] = expr_var(c->graph, var, entity->span);
            entity->axis[k] = k;
        }
        entity->node = node_of(c, name, expr_read(c->graph, node, free.n, at, NULL, entity->span), &free, entity->span);
        node = entity->node;
    }
    node->output = 1;
    node->named = 1;
    node->name = name;
    vec_push(c->graph->arena, c->graph->outputs, node);
}

/* Written without brackets, a tensor keeps the order of indices it had under this name. */
static void keep_order(Check *c, Scope *scope, Entity *entity)
{
    const Entity *old = scope_find(scope, entity->name);
    if (!old || old->kind != EN_TENSOR || old->index.n != entity->index.n) {
        return;
    }
    IndexList index = {0};
    int *axis = arena_array(c->arena, int, entity->index.n + 1);
    for (int k = 0; k < old->index.n; k++) {
        int found = -1;
        for (int j = 0; j < entity->index.n; j++) {
            found = entity->index.at[j].name == old->index.at[k].name && entity->index.at[j].dim == old->index.at[k].dim ? j : found;
        }
        if (found < 0) {
            return;
        }
        axis[k] = entity->axis[found];
        vec_push(c->arena, index, entity->index.at[found]);
    }
    entity->index = index;
    entity->axis = axis;
}

static Entity *without_brackets(Check *c, Scope *scope, const AstLhs *lhs, const Ast *value, Str name)
{
    const Entity *fn = value->kind == AST_CALL ? call_is_fn(c, scope, value) : NULL;
    if ((value->kind == AST_NAME && !scope_has_value(c, scope, value)) || (fn && fn_has_tensors(fn->stmt))) {
        Entity *entity = tensor_of(c, scope, value, name, NULL);
        if (entity) {
            keep_order(c, scope, entity);
        }
        return entity;
    }
    Scope *open = scope_new(c, scope);
    open->open = open->statement = 1;
    const int since = c->graph->nodes;
    Expr *e = scalar(c, open, value);
    if (!e) {
        return NULL;
    }
    VarList used = {0}, free = {0};
    expr_vars(e, c->arena, &used);
    tensor_opened(open, &used, c->arena);
    tensor_order(&free, NULL, open, &used, c->arena);
    Entity *entity = arena_new_of(c->arena, Entity);
    if (free.n < used.n) { /* in a function on single values: its indices are the caller's */
        *entity = (Entity){.kind = EN_SCALAR, .name = name, .span = lhs->span, .expr = kept(c, name, e)};
        return entity;
    }
    if (!whole_agree(c, open, &free)) {
        return NULL;
    }
    int *axis = NULL;
    Node *node = tensor_named(c, name, e, &free, since, lhs->span, &axis);
    *entity = (Entity){.kind = EN_TENSOR, .name = name, .span = lhs->span, .node = node, .axis = axis};
    for (int k = 0; k < free.n; k++) {
        const Index index = {free.at[k]->name, free.at[k]->dim};
        vec_push(c->arena, entity->index, index);
    }
    keep_order(c, scope, entity);
    return entity;
}

/* Names of the indices on a left side, as they are bound: "t", "*r:0". */
Str *tensor_keys(Check *c, const Scope *bound, int n)
{
    Str *keys = arena_array(c->arena, Str, n + 1);
    for (int k = 0; k < n; k++) {
        keys[k] = bound->vars.at[k]->name;
    }
    return keys;
}

Entity *tensor_with_brackets(Check *c, Scope *scope, const AstLhs *lhs, const Ast *value, Str name)
{
    Scope *inner = scope_new(c, scope);
    VarList free = {0};
    inner->statement = 1;
    if (!bind_indices(c, scope, &lhs->bind, inner, &free)) {
        return NULL;
    }
    Str *keys = tensor_keys(c, inner, free.n);
    const int since = c->graph->nodes;
    Expr *e = scalar(c, inner, value);
    if (!e || !whole_agree(c, inner, &free)) {
        return NULL;
    }
    VarList used = {0};
    expr_vars(e, c->arena, &used);
    for (int k = 0; k < used.n; k++) {
        if (!var_among(&free, used.at[k])) {
            check_error(c, value->span, "the index '%s' is not on the left side", used.at[k]->name);
            return NULL;
        }
    }
    int *axis = NULL;
    Node *node = tensor_named(c, name, e, &free, since, lhs->span, &axis);
    Entity *entity = tensor_entity(c, name, lhs->span, node, NULL);
    for (int k = 0; k < free.n; k++) {
        entity->axis[k] = axis[k];
        entity->index.at[k] = (Index){keys[k], node->free.at[axis[k]]->dim};
        if (node->named == 0 && node->id >= since) {
            node->free.at[axis[k]]->name = free.at[k]->name;
        }
    }
    return entity;
}

static void finish(Check *c, Scope *scope, const Stmt *stmt, Entity *entity, Str name, Span span)
{
    entity->name = name;
    entity->span = span;
    if (entity->kind == EN_TENSOR && !entity->node->named && (entity->node->kind == NODE_EQ || entity->node->kind == NODE_RESULT) &&
        entity->node->unit == c->unit) {
        entity->node->name = name;
        entity->node->named = c->library_name == NULL;
    }
    if (stmt->output) {
        if (entity->kind != EN_TENSOR) {
            check_error(c, span, "an output belongs to the top of the model");
            return;
        }
        put_out(c, entity, name);
    }
    scope_assign(c, scope, entity);
}

static void several(Check *c, Scope *scope, const Stmt *stmt)
{
    EntityList results = {0};
    const int is_call = stmt->value->kind == AST_CALL;
    if (!is_call) {
        check_error(c, stmt->value->span, "several left sides need a function that gives several tensors back");
    }
    const int fine = is_call && call_results(c, scope, stmt->value, &results);
    if (fine && results.n != stmt->lhs.n) {
        check_error(c, stmt->span, "%d tensors are given back here, %d names stand on the left", results.n, stmt->lhs.n);
    }
    for (int k = 0; k < stmt->lhs.n; k++) {
        const AstLhs *lhs = &stmt->lhs.at[k];
        Str name = name_of(c, scope, lhs->name, lhs->at, lhs->span);
        if (!fine || results.n != stmt->lhs.n || !name) {
            tensor_failed(c, scope, name ? name : lhs->name, lhs->span);
            continue;
        }
        Entity *entity = arena_new_of(c->arena, Entity);
        *entity = *results.at[k];
        if (lhs->brackets) {
            Scope *inner = scope_new(c, scope);
            VarList free = {0};
            if (!bind_indices(c, scope, &lhs->bind, inner, &free)) {
                tensor_failed(c, scope, name, lhs->span);
                continue;
            }
            if (free.n != entity->index.n) {
                check_error(c, lhs->span, "'%s' gets a tensor of %d indices", name, entity->index.n);
                tensor_failed(c, scope, name, lhs->span);
                continue;
            }
            IndexList index = {0};
            for (int i = 0; i < free.n; i++) {
                if (!same_shape(free.at[i]->dim, entity->index.at[i].dim)) {
                    check_error(c, lhs->span, "index '%s' of '%s' runs over another dim than what it gets", free.at[i]->name, name);
                }
                const Index one = {inner->vars.at[i]->name, entity->index.at[i].dim};
                vec_push(c->arena, index, one);
            }
            entity->index = index;
        }
        finish(c, scope, stmt, entity, name, lhs->span);
    }
}

void equation(Check *c, Scope *scope, const Stmt *stmt)
{
    if (stmt->lhs.n != 1) {
        several(c, scope, stmt);
        return;
    }
    const AstLhs *lhs = &stmt->lhs.at[0];
    Str name = name_of(c, scope, lhs->name, lhs->at, lhs->span);
    Entity *entity = NULL;
    if (name) {
        entity = lhs->brackets ? tensor_with_brackets(c, scope, lhs, stmt->value, name)
                               : without_brackets(c, scope, lhs, stmt->value, name);
    }
    if (!entity) {
        tensor_failed(c, scope, name ? name : lhs->name, lhs->span);
        return;
    }
    finish(c, scope, stmt, entity, name, lhs->span);
}
