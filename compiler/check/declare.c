/* What is not an equation of the run: inputs, states, parameters. */
#include "checker.h"

#include <string.h>

/* The caller knows inputs and states by their names, so these are given once. */
static int is_new(Check *c, const NodeList *list, const AstLhs *lhs, const char *what)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i]->name == lhs->name) {
            check_error(c, lhs->span, "there is already %s '%s'", what, lhs->name);
            check_note(c, list->at[i]->span, "here");
            return 0;
        }
    }
    return 1;
}

static Node *declare(Check *c, Scope *scope, const Stmt *stmt, NodeKind kind, Scope **bound)
{
    const AstLhs *lhs = &stmt->lhs.at[0];
    *bound = scope_new(c, scope);
    VarList free = {0};
    if (!is_new(c, &c->graph->inputs, lhs, "an input") || !is_new(c, &c->graph->states, lhs, "a state") ||
        !bind_indices(c, scope, &lhs->bind, *bound, &free)) {
        return NULL;
    }
    Node *node = graph_node(c->graph, kind, lhs->name, lhs->span);
    node->named = 1;
    node->unit = c->unit;
    node->type = T_REAL;
    for (int k = 0; k < free.n; k++) {
        vec_push(c->graph->arena, node->free, free.at[k]);
    }
    return node;
}

static int input_type(Check *c, Scope *scope, const Stmt *stmt, Node *node)
{
    static const struct {
        const char *name;
        Type type;
    } type[] = {{"real", T_REAL}, {"int", T_INT}, {"bool", T_BOOL}};
    for (size_t i = 0; i < sizeof type / sizeof *type; i++) {
        if (strcmp(type[i].name, stmt->type) == 0) {
            node->type = type[i].type;
            return 1;
        }
    }
    const Entity *entity = scope_find(scope, stmt->type);
    if (!entity || entity->kind != EN_DIM) {
        check_error(c, stmt->name_span, "unknown type '%s': real, int, bool, or a dim whose indices are given", stmt->type);
        return 0;
    }
    if (dim_is_ragged(entity->dim)) {
        check_error(c, stmt->name_span, "an input of indices needs a dim of fixed length, '%s' is ragged", stmt->type);
        return 0;
    }
    node->type = T_INT;
    node->extent = entity->dim;
    return 1;
}

void declare_input(Check *c, Scope *scope, const Stmt *stmt)
{
    const AstLhs *lhs = &stmt->lhs.at[0];
    Scope *bound = NULL;
    if (c->unit != c->graph->top) {
        check_error(c, stmt->span, "an input belongs to the top of the model");
        return;
    }
    Node *node = declare(c, scope, stmt, NODE_INPUT, &bound);
    int fine = node && input_type(c, scope, stmt, node);
    if (fine && stmt->value) {
        Expr *value = scalar_of(c, bound, stmt->value, node->type, "the default of an input");
        int64_t low, high;
        fine = value != NULL;
        if (value && value->type == T_REAL && node->type != T_REAL) {
            check_error(c, stmt->value->span, "the default is real, the input is not");
            fine = 0;
        } else if (value && node->extent && (!expr_range(value, &low, &high) || low < 0 || high >= node->extent->length)) {
            check_error(c, stmt->value->span, "the default is no index of '%s'", node->extent->name);
            fine = 0;
        }
        node->body = value;
        node->optional = 1;
    }
    for (int k = 0; fine && k < node->free.n; k++) {
        const Dim *dim = node->free.at[k]->dim;
        if (dim_is_ragged(dim) && dim->kind != DIM_GIVEN) {
            check_error(c, lhs->span, "the length of '%s' is made by the model, so no input can have it", dim->name);
            fine = 0;
        }
    }
    if (!fine) {
        tensor_failed(c, scope, lhs->name, lhs->span);
        return;
    }
    scope_assign(c, scope, tensor_entity(c, lhs->name, lhs->span, node, tensor_keys(c, bound, node->free.n)));
}

static int only_parameters(Check *c, const Expr *e, Span span, const char *what)
{
    if (e->kind == EX_READ && e->node->kind != NODE_PARAM) {
        check_error(c, span, "'%s' is known only when the model runs; %s is computed before", e->node->name, what);
        return 0;
    }
    if ((e->kind == EX_LEN || e->kind == EX_POS) && dim_is_ragged(e->dim)) {
        check_error(c, span, "the length of '%s' is known only when the model runs; %s is computed before", e->dim->name, what);
        return 0;
    }
    for (int k = 0; k < e->n; k++) {
        if (!only_parameters(c, e->kid[k], span, what)) {
            return 0;
        }
    }
    return 1;
}

/* Every equation since then can be evaluated by the compiler. */
static int are_loaded(Check *c, int since, const Stmt *stmt, const char *what)
{
    const Span span = stmt->value->span;
    for (int i = since; i < c->graph->params.n; i++) {
        const Node *node = c->graph->params.at[i];
        int fixed = 1;
        for (int k = 0; k < node->free.n + node->bound.n; k++) {
            fixed &= !dim_is_ragged((k < node->free.n ? node->free.at[k] : node->bound.at[k - node->free.n])->dim);
        }
        if (!fixed) {
            check_error(c, stmt->lhs.at[0].span, "%s has fixed dims", what);
            return 0;
        }
        if (node->body && (!only_parameters(c, node->body, span, what) || (node->where && !only_parameters(c, node->where, span, what)))) {
            return 0;
        }
    }
    return 1;
}

void declare_state(Check *c, Scope *scope, const Stmt *stmt)
{
    const AstLhs *lhs = &stmt->lhs.at[0];
    Scope *bound = NULL;
    Node *node = declare(c, scope, stmt, NODE_STATE, &bound);
    const int load = c->load, since = c->graph->params.n;
    c->load = 1; /* what it begins with is computed by the compiler */
    Expr *value = node ? scalar(c, bound, stmt->value) : NULL;
    if (value) {
        Node *begin = node_of(c, lhs->name, value, &node->free, lhs->span);
        node->body = read_own(c, begin, lhs->span);
        node->type = begin->type;
    }
    c->load = load;
    int fine = value && are_loaded(c, since, stmt, "what a state begins with");
    for (int k = 0; fine && k < node->free.n; k++) {
        if (dim_is_ragged(node->free.at[k]->dim)) {
            check_error(c, lhs->span, "a state has fixed dims: '%s' is ragged", node->free.at[k]->dim->name);
            fine = 0;
        }
    }
    if (!fine) {
        tensor_failed(c, scope, lhs->name, lhs->span);
        return;
    }
    Entity *entity = tensor_entity(c, lhs->name, lhs->span, node, tensor_keys(c, bound, node->free.n));
    scope_assign(c, scope, entity);
    vec_push(c->arena, c->states, scope_find(scope, lhs->name));
    vec_push(c->arena, c->state_nodes, node);
}

void declare_param(Check *c, Scope *scope, const Stmt *stmt)
{
    const AstLhs *lhs = &stmt->lhs.at[0];
    Str name = name_of(c, scope, lhs->name, lhs->at, lhs->span);
    const int load = c->load, since = c->graph->params.n;
    c->load = 1;
    Entity *entity = name ? tensor_with_brackets(c, scope, lhs, stmt->value, name) : NULL;
    c->load = load;
    entity = entity && are_loaded(c, since, stmt, "a 'param'") ? entity : NULL;
    if (!entity) {
        tensor_failed(c, scope, name ? name : lhs->name, lhs->span);
        return;
    }
    entity->name = name;
    scope_assign(c, scope, entity);
}
