/* Reductions, and the reducers that the prelude makes of them. Every reduction is an equation of its own. */
#include "checker.h"

#include <string.h>

static const struct {
    const char *name;
    Reduce op;
    const char *word; /* what its value is called in the output */
} primitive[] = {
    {"sum", RED_SUM, "total"}, {"prod", RED_PROD, "product"}, {"max", RED_MAX, "most"},   {"min", RED_MIN, "least"},
    {"any", RED_ANY, "found"}, {"all", RED_ALL, "every"},     {"pick", RED_PICK, "chosen"}, {"count", RED_SUM, "count"},
};

static int by_id(const VarList *list, const Var *var)
{
    int k = 0;
    while (k < list->n && list->at[k]->id < var->id) {
        k++;
    }
    return k;
}

static void add_var(Check *c, VarList *list, Var *var)
{
    const int k = by_id(list, var);
    if (k < list->n && list->at[k] == var) {
        return;
    }
    vec_push(c->arena, *list, var);
    for (int i = list->n - 1; i > k; i--) {
        list->at[i] = list->at[i - 1];
    }
    list->at[k] = var;
}

static void add_vars(Check *c, VarList *list, const Expr *e, const VarList *without)
{
    VarList all = {0};
    if (e) {
        expr_vars(e, c->arena, &all);
    }
    for (int i = 0; i < all.n; i++) {
        int skip = 0;
        for (int k = 0; without && k < without->n; k++) {
            skip |= without->at[k] == all.at[i];
        }
        if (!skip) {
            add_var(c, list, all.at[i]);
        }
    }
}

Expr *read_own(Check *c, Node *node, Span span)
{
    Expr **at = arena_array(c->arena, Expr *, node->free.n + 1);
    for (int k = 0; k < node->free.n; k++) {
        at[k] = expr_var(c->graph, node->free.at[k], span);
    }
    return expr_read(c->graph, node, node->free.n, at, NULL, span);
}

Node *node_of(Check *c, Str name, Expr *value, const VarList *free, Span span)
{
    Node *node = graph_node(c->graph, NODE_EQ, name, span);
    node->type = value->type;
    node->body = value;
    if (free) {
        for (int k = 0; k < free->n; k++) {
            vec_push(c->arena, node->free, free->at[k]);
        }
    } else {
        add_vars(c, &node->free, value, NULL);
    }
    if (value->kind == EX_READ) {
        node->extent = value->node->extent;
    } else if (value->kind == EX_VAR && value->var->dim->kind == DIM_FIXED) {
        node->extent = value->var->dim;
    }
    return unit_emit(c, node);
}

Expr *kept(Check *c, Str name, Expr *value)
{
    if (value->kind != EX_OP && value->kind != EX_SELECT) {
        return value;
    }
    return read_own(c, node_of(c, name, value, NULL, value->span), value->span);
}

static int factors(const Expr *e) /* reads multiplied with each other */
{
    if (e->kind == EX_OP && e->op == OP_MUL) {
        return factors(e->kid[0]) + factors(e->kid[1]);
    }
    return e->kind == EX_OP && e->op == OP_DIV ? factors(e->kid[0]) : e->kind == EX_READ;
}

static Str word_for(Reduce op, const char *word, const Expr *body)
{
    return str_of(op == RED_SUM && body->type == T_REAL && factors(body) > 1 ? "dot" : word);
}

static Expr *moved(Check *c, Expr *e, const VarList *from, const VarList *to)
{
    Expr **at = arena_array(c->arena, Expr *, to->n + 1);
    for (int k = 0; k < to->n; k++) {
        at[k] = expr_var(c->graph, to->at[k], e->span);
    }
    return expr_replace(c->graph, e, from, at);
}

static int same_or_none(const Expr *a, const Expr *b)
{
    return a == b || (a && b && expr_same(a, b));
}

/* The same reduction made a moment ago (a reducer's text names the maximum twice), or NULL. */
static Node *made_before(Check *c, const Node *node)
{
    enum { BACK = 16 };
    const int n = c->unit->step.n;
    for (int i = n - 1; !c->load && !c->along && i >= 0 && i >= n - BACK; i--) {
        Node *old = c->unit->step.at[i].kind == STEP_NODE ? c->unit->step.at[i].node : NULL;
        if (!old || old->reduce != node->reduce || old->type != node->type || old->bound.n != node->bound.n ||
            old->free.n != node->free.n || old->empty || node->empty) {
            continue;
        }
        int same = 1;
        for (int k = 0; k < old->free.n; k++) {
            same &= old->free.at[k] == node->free.at[k];
        }
        for (int k = 0; k < old->bound.n; k++) {
            same &= old->bound.at[k]->dim == node->bound.at[k]->dim;
        }
        if (same && same_or_none(moved(c, old->body, &old->bound, &node->bound), node->body) &&
            same_or_none(old->where ? moved(c, old->where, &old->bound, &node->bound) : NULL, node->where)) {
            return old;
        }
    }
    return NULL;
}

Expr *reduce_over(Check *c, Reduce op, const VarList *bound, Expr *where, Expr *body, Expr *empty, Span span)
{
    const char *word = "";
    for (size_t i = 0; i < sizeof primitive / sizeof *primitive; i++) {
        if (primitive[i].op == op) {
            word = op == RED_SUM && body->kind == EX_CONST ? "count" : primitive[i].word;
            break;
        }
    }
    double constant;
    if (where && expr_is_const(where, &constant) && constant != 0) {
        where = NULL;
    }
    if (op == RED_SUM && body->type == T_BOOL) {
        body = expr_to(c->graph, body, T_INT);
    }
    if ((op == RED_ANY || op == RED_ALL) && body->type != T_BOOL) {
        check_error(c, span, "'%s' needs a condition", op == RED_ANY ? "any" : "all");
        return NULL;
    }
    if (op == RED_SUM && !where && body->kind == EX_CONST && body->type == T_INT && body->integer == 1) { /* a count of everything */
        Expr *n = expr_int(c->graph, 1, span);
        for (int k = 0; k < bound->n; k++) {
            n = expr_op(c->graph, OP_MUL, n, expr_len(c->graph, bound->at[k]->dim, span), span);
        }
        return n;
    }
    Node *node = graph_node(c->graph, NODE_EQ, word_for(op, word, body), span);
    node->type = body->type;
    node->reduce = op;
    node->where = where;
    node->body = body;
    if (empty) {
        if (empty->type == T_REAL && body->type != T_REAL) {
            node->body = expr_to(c->graph, body, T_REAL);
            node->type = T_REAL;
        }
        node->empty = expr_to(c->graph, empty, node->type);
    }
    for (int k = 0; k < bound->n; k++) {
        vec_push(c->arena, node->bound, bound->at[k]);
    }
    add_vars(c, &node->free, where, bound);
    add_vars(c, &node->free, body, bound);
    add_vars(c, &node->free, empty, bound);
    if ((op == RED_MAX || op == RED_MIN || op == RED_PICK) && body->kind == EX_VAR && body->var->dim->kind == DIM_FIXED &&
        body->var->dim->length > 0 && !empty) {
        node->extent = body->var->dim; /* argmax: a place in the dim */
    }
    if ((op == RED_MAX || op == RED_MIN || op == RED_PICK) && body->kind == EX_READ && body->node->extent &&
        body->node->extent->length > 0 && !empty) {
        node->extent = body->node->extent;
    }
    Node *before = made_before(c, node);
    return read_own(c, before ? before : unit_emit(c, node), span);
}

/* ---- domains ---------------------------------------------------------------------------------------------------------------------- */

static int bind_tuple(Check *c, Scope *scope, const AstBind *bind, Scope *into, VarList *out)
{
    const Entity *tuple = scope_find(scope, bind->name);
    if (!tuple || tuple->kind != EN_TUPLE) {
        scope_unknown(c, scope, bind->name, bind->span, "tuple of dims");
        return 0;
    }
    for (int i = 0; i < tuple->index.n; i++) {
        Var *var = graph_var(c->graph, tuple->index.at[i].dim, tuple->index.at[i].name);
        scope_bind_var(c, into, str_format("*%s:%d", bind->name, i), var);
        vec_push(c->arena, *out, var);
    }
    return 1;
}

int bind_indices(Check *c, Scope *scope, const AstBinds *binds, Scope *into, VarList *out)
{
    for (int k = 0; k < binds->n; k++) {
        const AstBind *bind = &binds->at[k];
        if (bind->star) {
            if (!bind_tuple(c, scope, bind, into, out)) {
                return 0;
            }
            continue;
        }
        Dim *dim = NULL;
        if (bind->in) {
            dim = dim_of(c, scope, bind->in);
        } else {
            Str word = name_without_primes(bind->name);
            const Entity *entity = scope_find(scope, bind->name);
            entity = entity && entity->kind == EN_DIM ? entity : scope_find(scope, word);
            const Entity *var = scope_var(scope, word);
            if (entity && entity->kind == EN_DIM) {
                dim = entity->dim;
            } else if (var) {
                dim = var->var->dim; /* u' beside an index u that was introduced by `u in t` */
            } else {
                if (!entity || entity->kind != EN_ERROR) {
                    scope_unknown(c, scope, word, bind->span, "dim");
                    check_hint(c, "an index is named after its dim (t, t'), or introduced as in 'u in t'");
                }
                return 0;
            }
        }
        if (!dim) {
            return 0;
        }
        for (int i = 0; i < k; i++) {
            if (binds->at[i].name == bind->name && !binds->at[i].star) {
                check_error(c, bind->span, "the index '%s' is bound twice", bind->name);
                return 0;
            }
        }
        Var *var = graph_var(c->graph, dim, bind->name);
        scope_bind_var(c, into, bind->name, var);
        vec_push(c->arena, *out, var);
    }
    return 1;
}

/* ---- reducers of the prelude ------------------------------------------------------------------------------------------------------ */

/* The index of this name around the call; in an open scope it is introduced. */
static Var *around(Check *c, Scope *scope, Str key, Dim *dim)
{
    const Entity *var = scope_var(scope, key);
    Scope *open = scope_open(scope);
    if (!var && open) {
        Var *fresh = graph_var(c->graph, dim, key);
        scope_bind_var(c, open, key, fresh);
        vec_push(c->arena, open->opened, fresh);
        return fresh;
    }
    return var ? var->var : NULL;
}

/* What a reducer's index stands for where its text leaves it free: the indices of the same names around the call. */
static const VarList *outside(Check *c, Reducing *r)
{
    for (int k = 0; !r->used_outside && k < r->call->domain.bind.n; k++) {
        const AstBind *bind = &r->call->domain.bind.at[k];
        const Entity *tuple = bind->star ? scope_find(r->scope, bind->name) : NULL;
        for (int i = 0; i < (tuple ? tuple->index.n : 1); i++) {
            Str key = tuple ? str_format("*%s:%d", bind->name, i) : bind->name;
            Var *var = around(c, r->scope, key, r->over.at[r->outside.n]->dim);
            if (!var) {
                check_error(c, r->call->span, "'%s' is a value at each '%s', but '%s' is not bound here", r->name, key, key);
                check_hint(c, "name the index on the left side");
                return NULL;
            }
            vec_push(c->arena, r->outside, var);
        }
    }
    r->used_outside = 1;
    return &r->outside;
}

/* Over which variables the reducer's index (with these primes) runs at this place of its text. */
static const VarList *standing(Check *c, Scope *scope, Reducing *r, Str index, Span span)
{
    for (Scope *s = scope; s; s = s->parent) {
        if (s->bound_as == index) {
            return &s->bound;
        }
        if (s->reducing == r) {
            break;
        }
    }
    if (index == r->index) {
        return outside(c, r);
    }
    check_error(c, span, "the index '%s' is not bound here", index);
    return NULL;
}

static Reducing *reducing_of(Scope *scope)
{
    while (scope && !scope->reducing) {
        scope = scope->parent;
    }
    return scope ? scope->reducing : NULL;
}

Expr *reduce_name(Check *c, Scope *scope, Str name, Span span)
{
    Reducing *r = reducing_of(scope);
    if (!r) {
        return NULL;
    }
    Str word = name_without_primes(name);
    const Entity *entity = scope_find(scope, word);
    const int is_body = entity && entity->kind == EN_BODY;
    if (!is_body && word != r->index) {
        return NULL;
    }
    const VarList *at = standing(c, scope, r, is_body ? str_format("%s%s", r->index, name + strlen(word)) : name, span);
    static Expr failed = {.kind = EX_CONST, .type = T_ERROR};
    if (!at) {
        return &failed;
    }
    if (is_body) {
        return moved(c, r->body, &r->over, at);
    }
    Expr *place = NULL; /* of several indices: the place in row-major order */
    for (int k = 0; k < at->n; k++) {
        Expr *var = expr_var(c->graph, at->at[k], span);
        place = place
                    ? expr_op(c->graph, OP_ADD, expr_op(c->graph, OP_MUL, place, expr_len(c->graph, at->at[k]->dim, span), span), var, span)
                    : var;
    }
    return place;
}

/* A reduction inside the text of a reducer over the reducer's own index: it runs over the caller's domain. */
static Expr *reduce_inner(Check *c, Scope *scope, const Ast *ast, Reducing *r, Reduce op, Expr *empty)
{
    Scope *inner = scope_new(c, scope);
    inner->bound_as = ast->domain.bind.at[0].name;
    for (int k = 0; k < r->over.n; k++) {
        Var *var = graph_var(c->graph, r->over.at[k]->dim, r->over.at[k]->name);
        vec_push(c->arena, inner->bound, var);
    }
    Expr *where = r->where ? moved(c, r->where, &r->over, &inner->bound) : NULL;
    if (ast->domain.where) {
        Expr *more = scalar_of(c, inner, ast->domain.where, T_BOOL, "the domain");
        if (!more) {
            return NULL;
        }
        where = where ? expr_op(c->graph, OP_AND, where, more, ast->span) : more;
    }
    const int has_body = ast->kid.n && ast->kid.at[0];
    Expr *body = has_body ? scalar(c, inner, ast->kid.at[0]) : expr_int(c->graph, 1, ast->span);
    if (body && !has_body && op == RED_ANY) {
        body = expr_bool(c->graph, 1, ast->span);
    }
    return body ? reduce_over(c, op, &inner->bound, where, body, empty, ast->span) : NULL;
}

static Expr *apply(Check *c, Scope *scope, const Ast *ast, const Entity *reducer, Expr *empty)
{
    const Stmt *stmt = reducer->stmt;
    Reducing *r = arena_new_of(c->arena, Reducing);
    *r = (Reducing){.index = stmt->from.at[0].name, .name = stmt->name, .call = ast, .scope = scope};
    Scope *body = scope_new(c, scope);
    if (!bind_indices(c, scope, &ast->domain.bind, body, &r->over)) {
        return NULL;
    }
    r->where = ast->domain.where ? scalar_of(c, body, ast->domain.where, T_BOOL, "the domain") : NULL;
    r->body = scalar(c, body, ast->kid.at[0]);
    if (!r->body || (ast->domain.where && !r->where)) {
        return NULL;
    }
    if (ast_uses(stmt->value, stmt->lhs.at[0].name) > 1) {
        r->body = kept(c, str_of("score"), r->body);
    }
    Scope *text = scope_new(c, reducer->home);
    text->reducing = r;
    scope_add(c, text, EN_BODY, stmt->lhs.at[0].name, stmt->span);
    Str library = c->library_name;
    const Span quote = c->quote;
    c->library_name = stmt->name;
    c->quote = stmt->span;
    const Ast *value = stmt->value, *fallback = NULL;
    if (value->kind == AST_ABSENT) {
        fallback = value->kid.at[1];
        value = value->kid.at[0];
    }
    Expr *e = scalar(c, text, value);
    Expr *outside_value = e && fallback ? scalar(c, text, fallback) : NULL;
    c->library_name = library;
    c->quote = quote;
    if (!e || e->type == T_ERROR) {
        return NULL;
    }
    if (r->used_outside && r->where) { /* outside of its domain the value is absent */
        Expr *zero = empty ? empty : outside_value ? outside_value : expr_to(c->graph, expr_int(c->graph, 0, ast->span), e->type);
        return expr_select(c->graph, moved(c, r->where, &r->over, &r->outside), e, zero, ast->span);
    }
    if (empty) {
        Expr *some = reduce_over(c, RED_ANY, &r->over, r->where, expr_bool(c->graph, 1, ast->span), NULL, ast->span);
        return expr_select(c->graph, some, e, empty, ast->span);
    }
    return e;
}

Expr *reduce(Check *c, Scope *scope, const Ast *ast, Expr *empty)
{
    for (size_t i = 0; i < sizeof primitive / sizeof *primitive; i++) {
        if (strcmp(primitive[i].name, ast->name) != 0) {
            continue;
        }
        const Reduce op = primitive[i].op;
        Reducing *r = reducing_of(scope);
        if (r && ast->domain.bind.n == 1 && name_without_primes(ast->domain.bind.at[0].name) == r->index) {
            return reduce_inner(c, scope, ast, r, op, empty);
        }
        Scope *inner = scope_new(c, scope);
        VarList bound = {0};
        if (!bind_indices(c, scope, &ast->domain.bind, inner, &bound)) {
            return NULL;
        }
        Expr *where = ast->domain.where ? scalar_of(c, inner, ast->domain.where, T_BOOL, "the domain") : NULL;
        Expr *body = ast->kid.n && ast->kid.at[0] ? scalar(c, inner, ast->kid.at[0])
                     : op == RED_ANY              ? expr_bool(c->graph, 1, ast->span)
                                                  : expr_int(c->graph, 1, ast->span);
        if (!body || (ast->domain.where && !where)) {
            return NULL;
        }
        return reduce_over(c, op, &bound, where, body, empty, ast->span);
    }
    const Entity *reducer = scope_find(scope, ast->name);
    if (!reducer || reducer->kind != EN_REDUCER) {
        scope_unknown(c, scope, ast->name, ast->span, "reducer");
        return NULL;
    }
    return apply(c, scope, ast, reducer, empty);
}
