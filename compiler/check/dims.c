/* dim and ragged */
#include "checker.h"

typedef VEC(Dim *) DimList;

/* dim g = f where P: those elements of f for which a condition that is known now holds. */
static Dim *fixed_part(Check *c, Scope *scope, const Stmt *stmt, Str name)
{
    Dim *parent = dim_of(c, scope, stmt->value);
    if (!parent) {
        return NULL;
    }
    if (dim_is_ragged(parent)) {
        check_error(c, stmt->span, "a part of '%s' has no fixed length", parent->name);
        check_hint(c, "write 'ragged %s = %s where ...'", name, parent->name);
        return NULL;
    }
    Dim *dim = graph_dim(c->graph, DIM_FIXED, name, stmt->name_span);
    dim->parent = parent;
    dim->member = arena_array(c->arena, int64_t, parent->length + 1);
    int first_ones = 1;
    for (int64_t i = 0; i < parent->length; i++) {
        Scope *element = scope_new(c, scope);
        Value *value = arena_new_of(c->arena, Value);
        *value = value_int(stmt->span, i);
        scope_add(c, element, EN_FIXED, parent->name, stmt->span)->value = value;
        if (stmt->value->kind == AST_NAME) {
            scope_add(c, element, EN_FIXED, stmt->value->name, stmt->span)->value = value;
        }
        const Value *holds = fixed_must(c, element, stmt->other, "which elements belong to a fixed dim");
        if (!holds) {
            return NULL;
        }
        if (holds->kind != V_BOOL) {
            check_error(c, stmt->other->span, "a condition was expected");
            return NULL;
        }
        if (holds->boolean) {
            first_ones &= dim->length == i;
            dim->member[dim->length++] = i;
        }
    }
    if (first_ones) {
        dim->member = NULL;
    }
    return dim;
}

/* dim k = ["negative", "positive"]: as long as the list, with names for its elements; an object's keys are "0", "1", .. */
static Dim *listed_dim(Check *c, const Stmt *stmt, Str name, const Value *list)
{
    const int n = list->kind == V_LIST ? list->list.n : list->object.n;
    int words = n > 0;
    Dim *dim = graph_dim(c->graph, DIM_FIXED, name, stmt->name_span);
    dim->length = n;
    dim->label = arena_array(c->arena, Str, n + 1);
    for (int i = 0; i < n; i++) {
        const Value *item = list->kind == V_LIST ? &list->list.at[i] : value_member(list, str_format("%d", i));
        if (!item) {
            check_error(c, stmt->value->span, "an object that stands for a dim of %d needs the keys \"0\" to \"%d\"", n, n - 1);
            check_note(c, list->span, "there is no \"%d\" here", i);
            return NULL;
        }
        words &= item->kind == V_STR;
        dim->label[i] = item->kind == V_STR ? item->text : NULL;
    }
    dim->label = words ? dim->label : NULL;
    return dim;
}

static void make_step(Check *c, Dim *dim)
{
    const Step step = {.kind = STEP_DIM, .dim = dim};
    vec_push(c->arena, c->unit->step, step);
}

/* A dim of that many elements: of a fixed number where it is known. */
static Dim *length_dim(Check *c, Expr *length, const Stmt *stmt, Str name)
{
    int64_t low, high;
    const int known = expr_range(length, &low, &high);
    Dim *dim = graph_dim(c->graph, length->kind == EX_CONST ? DIM_FIXED : DIM_FORMULA, name, stmt->name_span);
    if (length->kind == EX_CONST) {
        dim->length = length->integer < 0 ? 0 : length->integer;
        return dim;
    }
    dim->bound = known ? (high < 0 ? 0 : high) : INT64_MAX;
    dim->formula = length;
    make_step(c, dim);
    return dim;
}

/* The dims joined in `a + b + c`; 0 when the expression is no such sum. */
static int joined(Check *c, Scope *scope, const Ast *ast, DimList *out)
{
    if (ast->kind == AST_BINARY && ast->op == AST_OP_ADD) {
        return joined(c, scope, ast->kid.at[0], out) && joined(c, scope, ast->kid.at[1], out);
    }
    Str name = ast->kind == AST_NAME ? name_of(c, scope, ast->name, ast->at, ast->span) : NULL;
    const Entity *entity = name ? scope_find(scope, name) : NULL;
    if (!entity || entity->kind != EN_DIM) {
        return 0;
    }
    vec_push(c->arena, *out, entity->dim);
    return 1;
}

static Dim *joined_dim(Check *c, const DimList *parts, const Stmt *stmt, Str name)
{
    Expr *length = expr_int(c->graph, 0, stmt->span);
    const int first = c->parts.n;
    for (int k = 0; k < parts->n; k++) {
        const Part part = {NULL, parts->at[k], length};
        vec_push(c->arena, c->parts, part);
        length = expr_op(c->graph, OP_ADD, length, expr_len(c->graph, parts->at[k], stmt->span), stmt->span);
    }
    Dim *dim = length_dim(c, length, stmt, name);
    for (int k = 0; k < parts->n; k++) {
        c->parts.at[first + k].whole = dim;
    }
    return dim;
}

static Dim *fixed_dim(Check *c, Scope *scope, const Stmt *stmt, Str name)
{
    int64_t n;
    if (stmt->other) {
        return fixed_part(c, scope, stmt, name);
    }
    DimList parts = {0};
    if (stmt->value->kind == AST_BINARY && joined(c, scope, stmt->value, &parts)) {
        for (int k = 0; k < parts.n; k++) {
            if (dim_is_ragged(parts.at[k])) {
                check_error(c, stmt->span, "'%s' has no fixed length, so '%s' has none", parts.at[k]->name, name);
                check_hint(c, "write 'ragged %s = ...'", name);
                return NULL;
            }
        }
        return joined_dim(c, &parts, stmt, name);
    }
    const Value *list = fixed_try(c, scope, stmt->value);
    if (list && list != &fixed_error && (list->kind == V_LIST || list->kind == V_OBJECT)) {
        return listed_dim(c, stmt, name, list);
    }
    if (!fixed_int(c, scope, stmt->value, "the length of a dim", &n)) {
        return NULL;
    }
    if (n < 0) {
        check_error(c, stmt->value->span, "a dim cannot have %lld elements", (long long)n);
        return NULL;
    }
    Dim *dim = graph_dim(c->graph, DIM_FIXED, name, stmt->name_span);
    dim->length = n;
    return dim;
}

static Dim *given_dim(Check *c, Scope *scope, const Stmt *stmt, Str name)
{
    Dim *dim = graph_dim(c->graph, DIM_GIVEN, name, stmt->name_span);
    dim->bound = INT64_MAX;
    if (stmt->other && !fixed_int(c, scope, stmt->other, "the longest length", &dim->bound)) {
        return NULL;
    }
    if (dim->bound < 0) {
        check_error(c, stmt->other->span, "a length cannot be %lld", (long long)dim->bound);
        return NULL;
    }
    if (c->unit != c->graph->top) {
        check_error(c, stmt->span, "a length that the caller gives belongs to the top of the model");
        return NULL;
    }
    return dim;
}

/* ragged z = t where P */
static Dim *data_part(Check *c, Scope *scope, const Stmt *stmt, Str name)
{
    Dim *parent = dim_of(c, scope, stmt->value);
    if (!parent) {
        return NULL;
    }
    Scope *inner = scope_new(c, scope);
    Var *var = graph_var(c->graph, parent, stmt->value->kind == AST_NAME ? stmt->value->name : parent->name);
    scope_bind_var(c, inner, var->name, var);
    Expr *mask = scalar_of(c, inner, stmt->other, T_BOOL, "the condition");
    if (!mask) {
        return NULL;
    }
    VarList free = {0};
    vec_push(c->arena, free, var);
    Dim *dim = graph_dim(c->graph, DIM_WHERE, name, stmt->name_span);
    dim->parent = parent;
    dim->bound = parent->kind == DIM_FIXED ? parent->length : parent->bound;
    dim->mask = node_of(c, str_format("in_%s", name), mask, &free, stmt->span);
    make_step(c, dim);
    return dim;
}

static Dim *formula_dim(Check *c, Scope *scope, const Stmt *stmt, Str name)
{
    DimList parts = {0};
    if (stmt->value->kind == AST_BINARY && joined(c, scope, stmt->value, &parts)) {
        return joined_dim(c, &parts, stmt, name);
    }
    Expr *length = scalar(c, scope, stmt->value);
    if (!length) {
        return NULL;
    }
    length = whole_to_int(c, length);
    if (length->type != T_INT) {
        check_error(c, stmt->value->span, "a length has to be an integer");
        check_hint(c, "write 'floor(%s)' or 'ceil(%s)'", span_text(stmt->value->span), span_text(stmt->value->span));
        return NULL;
    }
    VarList vars = {0};
    expr_vars(length, c->arena, &vars);
    if (vars.n) {
        check_error(c, stmt->value->span, "a length cannot depend on the index '%s'", vars.at[0]->name);
        return NULL;
    }
    return length_dim(c, length, stmt, name);
}

void dims_statement(Check *c, Scope *scope, const Stmt *stmt)
{
    Str name = name_of(c, scope, stmt->name, stmt->at, stmt->name_span);
    if (!name) {
        return;
    }
    Dim *dim = stmt->kind == STMT_DIM ? fixed_dim(c, scope, stmt, name)
               : !stmt->value         ? given_dim(c, scope, stmt, name)
               : stmt->other          ? data_part(c, scope, stmt, name)
                                      : formula_dim(c, scope, stmt, name);
    Scope *home = stmt->at ? scope_of_function(c, scope) : scope; /* a family outlives the turn of a loop */
    scope_define(c, home, dim ? EN_DIM : EN_ERROR, name, stmt->name_span)->dim = dim;
}
