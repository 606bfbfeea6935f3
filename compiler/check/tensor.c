/* What an expression is when it is no single number: a tensor under a name. */
#include "checker.h"

Entity *tensor_entity(Check *c, Str name, Span span, Node *node, const Str *keys)
{
    Entity *entity = arena_new_of(c->arena, Entity);
    entity->kind = EN_TENSOR;
    entity->name = name;
    entity->span = span;
    entity->node = node;
    entity->axis = arena_array(c->arena, int, node->free.n + 1);
    for (int k = 0; k < node->free.n; k++) {
        const Index index = {keys ? keys[k] : node->free.at[k]->name, node->free.at[k]->dim};
        vec_push(c->arena, entity->index, index);
        entity->axis[k] = k;
    }
    return entity;
}

/* Tensors read without brackets have to have all the indices of the equation: nothing broadcasts silently. Single numbers may. */
int whole_agree(Check *c, const Scope *scope, const VarList *wanted)
{
    for (int i = 0; i < scope->whole.n; i++) {
        const Whole *whole = &scope->whole.at[i];
        for (int k = 0; k < wanted->n && whole->tensor->index.n; k++) {
            int found = 0;
            for (int j = 0; j < whole->tensor->index.n; j++) {
                const Index *index = &whole->tensor->index.at[j];
                found |= index->name == wanted->at[k]->name || index->dim == wanted->at[k]->dim;
            }
            if (!found) {
                check_error(c, whole->span, "'%s' has no index '%s', which this equation has", whole->tensor->name, wanted->at[k]->name);
                check_note(c, whole->tensor->span, "'%s' is made here", whole->tensor->name);
                check_hint(c, "write its indices in brackets to say that it is the same for every '%s'", wanted->at[k]->name);
                return 0;
            }
        }
    }
    return 1;
}

/* The tensor that an expression is. Where it only reads a nameless equation made since `since`, that one takes the name. */
Node *tensor_named(Check *c, Str name, Expr *value, const VarList *free, int since, Span span, int **axis)
{
    Node *node = value->node;
    int fits = value->kind == EX_READ && node->kind == (c->load ? NODE_PARAM : NODE_EQ) && node->body && !node->named && !node->output &&
               node->id >= since && node->unit == (c->load ? NULL : c->unit) && value->n == free->n && !value->otherwise;
    int *at = arena_array(c->arena, int, free->n + 1);
    for (int k = 0; fits && k < free->n; k++) {
        at[k] = -1;
        for (int j = 0; j < value->n; j++) {
            if (value->kid[j]->kind == EX_VAR && value->kid[j]->var == free->at[k]) {
                at[k] = j;
            }
        }
        fits = at[k] >= 0 && same_shape(node->free.at[at[k]]->dim, free->at[k]->dim);
    }
    if (!fits) {
        node = node_of(c, name, value, free, span);
        for (int k = 0; k < free->n; k++) {
            at[k] = k;
        }
    }
    node->name = name;
    *axis = at;
    return node;
}

int same_shape(const Dim *a, const Dim *b)
{
    return a == b || (!dim_is_ragged(a) && !dim_is_ragged(b) && a->length == b->length);
}

/* Formal indices in their order, unless others come in: then all in the order of reading, those that only stored tensors have at
 * the end. */
void tensor_order(VarList *free, const VarList *order, const Scope *open, const VarList *used, Arena *arena)
{
    const VarList *opened = &open->opened, *seen = &open->seen;
    for (int k = 0; order && opened->n && k < seen->n; k++) {
        if (var_among(used, seen->at[k]) && !var_among(free, seen->at[k]) &&
            (var_among(order, seen->at[k]) || var_among(opened, seen->at[k]))) {
            vec_push(arena, *free, seen->at[k]);
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        const VarList *list = pass ? opened : order;
        for (int k = 0; list && k < list->n; k++) {
            if (var_among(used, list->at[k]) && !var_among(free, list->at[k])) {
                vec_push(arena, *free, list->at[k]);
            }
        }
    }
}

/* What was written has these indices, even if its value came to a constant: `x[t] or true` is one for each t. */
void tensor_opened(const Scope *open, VarList *used, Arena *arena)
{
    for (int k = 0; k < open->opened.n; k++) {
        if (!var_among(used, open->opened.at[k])) {
            vec_push(arena, *used, open->opened.at[k]);
        }
    }
}

Entity *tensor_of(Check *c, Scope *scope, const Ast *ast, Str name, const VarList *order)
{
    if (ast->kind == AST_NAME && !scope_var(scope, ast->name)) {
        Str word = name_of(c, scope, ast->name, ast->at, ast->span);
        Entity *entity = word ? scope_find(scope, word) : NULL;
        if (entity && entity->kind == EN_TENSOR) {
            Entity *copy = arena_new_of(c->arena, Entity);
            *copy = *entity;
            if (order) { /* names as the caller knows them */
                copy->index = (IndexList){0};
                for (int k = 0; k < entity->index.n; k++) {
                    const Index index = {entity->node->free.at[entity->axis[k]]->name, entity->index.at[k].dim};
                    vec_push(c->arena, copy->index, index);
                }
            }
            return copy;
        }
    }
    const Entity *fn = ast->kind == AST_CALL ? call_is_fn(c, scope, ast) : NULL;
    if (fn && fn_has_tensors(fn->stmt)) {
        EntityList results = {0};
        if (!call_results(c, scope, ast, &results)) {
            return NULL;
        }
        if (results.n != 1) {
            check_error(c, ast->span, "one tensor was expected, this gives %d", results.n);
            return NULL;
        }
        return results.at[0];
    }
    Scope *open = scope;
    if (!order) {
        open = scope_new(c, scope);
        open->open = open->barrier = 1;
    }
    open->statement = 1;
    const int since = c->graph->nodes;
    Expr *e = scalar(c, open, ast);
    if (!e) {
        return NULL;
    }
    VarList used = {0}, free = {0};
    expr_vars(e, c->arena, &used);
    tensor_opened(open, &used, c->arena);
    tensor_order(&free, order, open, &used, c->arena);
    for (int k = 0; k < used.n; k++) {
        if (!var_among(&free, used.at[k])) {
            vec_push(c->arena, free, used.at[k]);
        }
    }
    if (!order && !whole_agree(c, open, &free)) {
        return NULL;
    }
    int *axis = NULL;
    Node *node = tensor_named(c, name, e, &free, since, ast->span, &axis);
    Entity *entity = arena_new_of(c->arena, Entity);
    *entity = (Entity){.kind = EN_TENSOR, .name = name, .span = ast->span, .node = node, .axis = axis};
    for (int k = 0; k < free.n; k++) {
        const Index index = {free.at[k]->name, free.at[k]->dim};
        vec_push(c->arena, entity->index, index);
    }
    return entity;
}
