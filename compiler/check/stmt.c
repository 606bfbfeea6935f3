/* Statements, executed in order. Static ones are done with afterwards; equations leave nodes. */
#include "checker.h"

#include <string.h>

/* ---- tensors ---------------------------------------------------------------------------------------------------------------------- */

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

static int has(const VarList *list, const Var *var)
{
    for (int k = 0; k < list->n; k++) {
        if (list->at[k] == var) {
            return 1;
        }
    }
    return 0;
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
static Node *take_or_make(Check *c, Str name, Expr *value, const VarList *free, int since, Span span, int **axis)
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
static void order_as_read(VarList *free, const VarList *order, const Scope *open, const VarList *used, Arena *arena)
{
    const VarList *opened = &open->opened, *seen = &open->seen;
    for (int k = 0; order && opened->n && k < seen->n; k++) {
        if (has(used, seen->at[k]) && !has(free, seen->at[k]) && (has(order, seen->at[k]) || has(opened, seen->at[k]))) {
            vec_push(arena, *free, seen->at[k]);
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        const VarList *list = pass ? opened : order;
        for (int k = 0; list && k < list->n; k++) {
            if (has(used, list->at[k]) && !has(free, list->at[k])) {
                vec_push(arena, *free, list->at[k]);
            }
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
    order_as_read(&free, order, open, &used, c->arena);
    for (int k = 0; k < used.n; k++) {
        if (!has(&free, used.at[k])) {
            vec_push(c->arena, free, used.at[k]);
        }
    }
    if (!order && !whole_agree(c, open, &free)) {
        return NULL;
    }
    int *axis = NULL;
    Node *node = take_or_make(c, name, e, &free, since, ast->span, &axis);
    Entity *entity = arena_new_of(c->arena, Entity);
    *entity = (Entity){.kind = EN_TENSOR, .name = name, .span = ast->span, .node = node, .axis = axis};
    for (int k = 0; k < free.n; k++) {
        const Index index = {free.at[k]->name, free.at[k]->dim};
        vec_push(c->arena, entity->index, index);
    }
    return entity;
}

/* ---- equations -------------------------------------------------------------------------------------------------------------------- */

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
    order_as_read(&free, NULL, open, &used, c->arena);
    Entity *entity = arena_new_of(c->arena, Entity);
    if (free.n < used.n) { /* in a function on single values: its indices are the caller's */
        *entity = (Entity){.kind = EN_SCALAR, .name = name, .span = lhs->span, .expr = kept(c, name, e)};
        return entity;
    }
    if (!whole_agree(c, open, &free)) {
        return NULL;
    }
    int *axis = NULL;
    Node *node = take_or_make(c, name, e, &free, since, lhs->span, &axis);
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
        if (!has(&free, used.at[k])) {
            check_error(c, value->span, "the index '%s' is not on the left side", used.at[k]->name);
            return NULL;
        }
    }
    int *axis = NULL;
    Node *node = take_or_make(c, name, e, &free, since, lhs->span, &axis);
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

static void equation(Check *c, Scope *scope, const Stmt *stmt)
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

/* ---- static statements ------------------------------------------------------------------------------------------------------------ */

static int prefix_exists(Check *c, Str prefix)
{
    int n = 0;
    const Str *names = c->weights ? weights_names(c->weights, &n) : NULL;
    const size_t length = strlen(prefix);
    for (int i = 0; i < n; i++) {
        if (strncmp(names[i], prefix, length) == 0 && (!length || names[i][length] == '.')) {
            return 1;
        }
    }
    return 0;
}

/* under "model" ?? "": the first prefix that some parameter has */
void prefix_under(Check *c, Scope *scope, const Ast *under)
{
    for (;;) {
        const Ast *one = under->kind == AST_ABSENT ? under->kid.at[0] : under;
        const Value *v = fixed_must(c, scope, one, "a prefix of names");
        if (!v) {
            return;
        }
        if (v->kind != V_STR) {
            check_error(c, one->span, "a prefix of names is a string, this is %s", fixed_show(c, v));
            return;
        }
        Str prefix = !v->text[0] ? c->prefix : !c->prefix[0] ? v->text : str_format("%s.%s", c->prefix, v->text);
        if (one == under || prefix_exists(c, prefix)) {
            c->prefix = prefix;
            return;
        }
        under = under->kid.at[1];
    }
}

/* A text with values in it, of any kind. */
static const char *message_of(Check *c, Scope *scope, const Ast *string)
{
    const char *text = "";
    for (int i = 0; i < string->kid.n; i++) {
        const Ast *part = string->kid.at[i];
        const Value *v = part->kind == AST_TEXT ? NULL : fixed_try(c, scope, part);
        if (part->kind != AST_TEXT && !v) {
            check_error(c, part->span, "a part of a message has to be known when the model is compiled");
        }
        const char *shown = part->kind == AST_TEXT ? part->name : !v ? "?" : v->kind == V_STR ? v->text : fixed_show(c, v);
        text = arena_printf(c->arena, "%s%s", text, shown);
    }
    return text;
}

static void require(Check *c, Scope *scope, const Stmt *stmt)
{
    const Value *v = fixed_must(c, scope, stmt->value, "a requirement");
    if (!v) {
        return;
    }
    if (v->kind != V_BOOL) {
        check_error(c, stmt->value->span, "a condition was expected");
        return;
    }
    if (!v->boolean) {
        check_error(c, stmt->span, "%s", message_of(c, scope, stmt->other));
        files_note_values(c, scope, stmt->value);
    }
}

static void branch(Check *c, Scope *scope, const Stmt *stmt)
{
    const int before = c->d->errors;
    const Value *v = fixed_try(c, scope, stmt->value);
    if (!v && c->d->errors == before) {
        control_if(c, scope, stmt);
    }
    if (!v || v == &fixed_error || !fixed_must(c, scope, stmt->value, "the condition of 'if'")) {
        return;
    }
    if (v->kind != V_BOOL) {
        check_error(c, stmt->value->span, "a condition was expected");
        return;
    }
    statements(c, scope, v->boolean ? &stmt->body : &stmt->otherwise);
}

static void repeat(Check *c, Scope *scope, const Stmt *stmt)
{
    const int before = c->d->errors;
    const Value *v = fixed_try(c, scope, stmt->value);
    if (v == &fixed_error) {
        return;
    }
    const int alike = !stmt->name && !control_grows(&stmt->body); /* the turns, like those of a `for` */
    if (v && (alike || v->kind != V_INT || c->along || c->load)) {
        unit_for(c, scope, stmt);
    } else if (c->d->errors == before) {
        control_repeat(c, scope, stmt);
    }
}

static void let(Check *c, Scope *scope, const Stmt *stmt)
{
    Str name = name_of(c, scope, stmt->name, stmt->at, stmt->name_span);
    const int before = c->d->errors;
    const Value *v = name ? fixed_try(c, scope, stmt->value) : NULL;
    if (name && !v && c->d->errors == before) {
        check_error(c, stmt->value->span, "'let' needs a value that is known when the model is compiled");
        check_hint(c, "an equation needs no 'let': %s[...] = ...", name);
    }
    if (name) {
        Scope *home = stmt->at ? scope_of_function(c, scope) : scope; /* a family outlives the turn of a loop */
        scope_define(c, home, v && v != &fixed_error ? EN_FIXED : EN_ERROR, name, stmt->name_span)->value = v;
    }
}

static void define(Check *c, Scope *scope, const Stmt *stmt)
{
    if (stmt->kind == STMT_FN || stmt->kind == STMT_REDUCER) {
        if (op_of_name(stmt->name) >= 0 || strcmp(stmt->name, "len") == 0) {
            check_error(c, stmt->name_span, "'%s' is a function of the language", stmt->name);
            return;
        }
        Entity *entity = scope_define(c, scope, stmt->kind == STMT_FN ? EN_FN : EN_REDUCER, stmt->name, stmt->name_span);
        entity->stmt = stmt;
        entity->home = scope;
    }
}

static void statement(Check *c, Scope *scope, const Stmt *stmt)
{
    Str prefix = c->prefix;
    if (stmt->span.source && !stmt->span.source->library) {
        c->author = stmt->span;
    } else {
        c->quote = stmt->span;
    }
    switch (stmt->kind) {
    case STMT_MODEL:
    case STMT_CONFIG:
    case STMT_WEIGHTS:
    case STMT_TOKENIZER: file_statement(c, scope, stmt); break;
    case STMT_REQUIRE: require(c, scope, stmt); break;
    case STMT_LET: let(c, scope, stmt); break;
    case STMT_DIM:
    case STMT_RAGGED: dims_statement(c, scope, stmt); break;
    case STMT_PARAM: declare_param(c, scope, stmt); break;
    case STMT_INPUT: declare_input(c, scope, stmt); break;
    case STMT_STATE: declare_state(c, scope, stmt); break;
    case STMT_EQUATION: equation(c, scope, stmt); break;
    case STMT_FN:
    case STMT_REDUCER: break; /* known since the block began */
    case STMT_RETURN:
        c->returning = stmt;
        c->returning_under = c->prefix;
        break;
    case STMT_REPEAT: repeat(c, scope, stmt); break;
    case STMT_FOR: unit_for(c, scope, stmt); break;
    case STMT_UNDER:
        prefix_under(c, scope, stmt->under);
        statements(c, scope, &stmt->body);
        c->prefix = prefix;
        break;
    case STMT_IF: branch(c, scope, stmt); break;
    case STMT_ALONG: along(c, scope, stmt); break;
    case STMT_WHILE: control_while(c, scope, stmt); break;
    case STMT_GROW:
    case STMT_APPEND:
    case STMT_CUT: grow_statement(c, scope, stmt); break;
    }
}

void statements(Check *c, Scope *scope, const StmtList *list)
{
    if (++c->depth > CHECK_DEPTH) {
        c->depth--;
        return;
    }
    for (int i = 0; i < list->n; i++) {
        define(c, scope, list->at[i]);
    }
    for (int i = 0; i < list->n && !c->returning; i++) {
        statement(c, scope, list->at[i]);
        if (c->graph->nodes > CHECK_NODES) {
            check_error(c, list->at[i]->span, "the model has more than %d equations", CHECK_NODES);
            break;
        }
    }
    c->depth--;
}
