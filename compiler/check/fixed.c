/* Values that are known before anything runs: config values, lengths of fixed dims, turns of loops, and what is computed from them. */
#include "checker.h"

#include <math.h>
#include <string.h>

const Value fixed_error = {.kind = V_NULL};

Value *fixed_make(Check *c, ValueKind kind, Span span)
{
    Value *v = arena_new_of(c->arena, Value);
    v->kind = kind;
    v->span = span;
    return v;
}

const Value *fixed_fail(Check *c, Span span, const char *text)
{
    check_error(c, span, "%s", text);
    return &fixed_error;
}

static const Value *try_kid(Check *c, Scope *scope, const Ast *ast, int k)
{
    return fixed_try(c, scope, ast->kid.at[k]);
}

static int is_weights(const Ast *ast) /* the keyword, which is no expression */
{
    return ast->kind == AST_TEXT;
}

static const Value *compare(Check *c, Scope *scope, const Ast *ast)
{
    const Value *left = try_kid(c, scope, ast, 0);
    int all = 1;
    for (int k = 0; k + 1 < ast->kid.n; k++) {
        if (left && left->kind == V_STR && ast->ops[k] == AST_OP_IN && is_weights(ast->kid.at[k + 1])) {
            return number_bool(c, access_stored(c, left->text), ast->span);
        }
        const Value *right = left && left != &fixed_error ? try_kid(c, scope, ast, k + 1) : left;
        if (!right || right == &fixed_error) {
            return right;
        }
        const AstOp op = ast->ops[k];
        int holds = 0;
        if (op == AST_OP_IN) {
            if (right->kind != V_LIST && !(right->kind == V_STR && left->kind == V_STR)) {
                return fixed_fail(c, ast->kid.at[k + 1]->span, "'in' needs a list on its right, or strings on both sides");
            }
            holds = right->kind == V_STR && strstr(right->text, left->text) != NULL;
            for (int i = 0; right->kind == V_LIST && i < right->list.n; i++) {
                holds |= number_same(left, &right->list.at[i]);
            }
        } else if (op == AST_OP_EQ || op == AST_OP_NE) {
            holds = number_same(left, right) == (op == AST_OP_EQ);
        } else if (!number_is(left) || !number_is(right)) {
            check_error(c, ast->span, "%s and %s cannot be ordered", fixed_show(c, left), fixed_show(c, right));
            return &fixed_error;
        } else {
            const double x = number_as_real(left), y = number_as_real(right);
            holds = op == AST_OP_LT ? x < y : op == AST_OP_LE ? x <= y : op == AST_OP_GT ? x > y : x >= y;
        }
        all &= holds;
        left = right;
    }
    return number_bool(c, all, ast->span);
}

static const Value *logic(Check *c, Scope *scope, const Ast *ast)
{
    const Value *a = try_kid(c, scope, ast, 0);
    if (!a || a == &fixed_error) {
        return a;
    }
    if (a->kind != V_BOOL) {
        return fixed_fail(c, ast->kid.at[0]->span, "'and' and 'or' need conditions");
    }
    if (a->boolean == (ast->op == AST_OP_OR)) {
        return a;
    }
    const Value *b = try_kid(c, scope, ast, 1);
    if (b && b != &fixed_error && b->kind != V_BOOL) {
        return fixed_fail(c, ast->kid.at[1]->span, "'and' and 'or' need conditions");
    }
    return b;
}

typedef double (*RealFunction)(double);
static double round_even(double x)
{
    return nearbyint(x);
}

static const struct {
    const char *name;
    RealFunction function;
    int whole; /* gives an integer */
} real_function[] = {
    {"exp", exp, 0},   {"log", log, 0},     {"log1p", log1p, 0}, {"expm1", expm1, 0},
    {"sin", sin, 0},   {"cos", cos, 0},     {"tanh", tanh, 0},   {"erf", erf, 0},          {"sqrt", sqrt, 0},
    {"floor", floor, 1}, {"ceil", ceil, 1}, {"trunc", trunc, 1}, {"round", round_even, 1}, {"int", trunc, 1},
};

/* floor and its relatives, exact on ratios */
static const Value *whole(Check *c, const char *name, const Value *v, Span span)
{
    int64_t n, d;
    if (v->kind != V_REAL) {
        return number_int(c, number_as_int(v), span);
    }
    if (number_as_ratio(v, &n, &d) && strcmp(name, "round") != 0) {
        const int64_t low = number_floor_div(n, d), high = -number_floor_div(-n, d);
        const int up = strcmp(name, "ceil") == 0 || (strcmp(name, "floor") != 0 && n < 0);
        return number_int(c, up ? high : low, span);
    }
    const double r = strcmp(name, "floor") == 0   ? floor(v->real)
                     : strcmp(name, "ceil") == 0  ? ceil(v->real)
                     : strcmp(name, "round") == 0 ? round_even(v->real)
                                                  : trunc(v->real);
    if (!(r > -9e18 && r < 9e18)) {
        return fixed_fail(c, span, "this number is no 64-bit integer");
    }
    return number_int(c, (int64_t)r, span);
}

static const Value *length(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *of = ast->kid.at[1];
    if (of->kind == AST_NAME) {
        const Entity *e = scope_find(scope, of->name);
        if (e && e->kind == EN_DIM) {
            return e->dim->kind == DIM_FIXED ? number_int(c, e->dim->length, ast->span) : NULL;
        }
        if (e && e->kind == EN_TUPLE) {
            int64_t product = 1;
            for (int i = 0; i < e->index.n; i++) {
                if (dim_is_ragged(e->index.at[i].dim)) {
                    return NULL;
                }
                product *= e->index.at[i].dim->length;
            }
            return number_int(c, product, ast->span);
        }
        if (scope_var(scope, of->name)) {
            return NULL;
        }
    }
    const Value *v = fixed_try(c, scope, of);
    if (!v || v == &fixed_error) {
        return v;
    }
    if (v->kind == V_STR) {
        return number_int(c, (int64_t)strlen(v->text), ast->span);
    }
    if (v->kind == V_OBJECT) {
        value_mark_read(v);
        return number_int(c, v->object.n, ast->span);
    }
    return v->kind == V_LIST ? number_int(c, v->list.n, ast->span) : fixed_fail(c, ast->span, "'len' needs a dim or a list");
}

/* sum, min or max of the numbers in a list; of none it is 0 */
static const Value *over_list(Check *c, Str name, const Value *list, Span span)
{
    const Value *all = number_int(c, 0, span);
    for (int i = 0; i < list->list.n && all != &fixed_error; i++) {
        const Value *one = &list->list.at[i];
        if (!number_is(one)) {
            check_error(c, span, "'%s' needs numbers, %s is none", name, fixed_show(c, one));
            return &fixed_error;
        }
        if (i == 0) {
            all = one;
        } else if (strcmp(name, "sum") == 0) {
            all = number_arithmetic(c, AST_OP_ADD, all, one, span);
        } else if ((number_as_real(one) < number_as_real(all)) == (strcmp(name, "min") == 0)) {
            all = one;
        }
    }
    return all;
}

static const Value *call(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *callee = ast->kid.at[0];
    if (callee->kind != AST_NAME) {
        return NULL;
    }
    if (strcmp(callee->name, "len") == 0 && ast->kid.n == 2) {
        return length(c, scope, ast);
    }
    const int two = strcmp(callee->name, "min") == 0 || strcmp(callee->name, "max") == 0;
    const Entity *entity = scope_find(scope, callee->name);
    if (entity && entity->kind == EN_FN) {
        return NULL;
    }
    const Value *arg[2] = {0};
    for (int k = 1; k < ast->kid.n && k <= 2; k++) {
        arg[k - 1] = try_kid(c, scope, ast, k);
        if (!arg[k - 1] || arg[k - 1] == &fixed_error) {
            return arg[k - 1];
        }
    }
    if (two && ast->kid.n == 3 && number_is(arg[0]) && number_is(arg[1])) {
        return (number_as_real(arg[0]) < number_as_real(arg[1])) == (callee->name[1] == 'i') ? arg[0] : arg[1];
    }
    if ((two || strcmp(callee->name, "sum") == 0) && ast->kid.n == 2 && arg[0]->kind == V_LIST) {
        return over_list(c, callee->name, arg[0], ast->span);
    }
    if (strcmp(callee->name, "abs") == 0 && ast->kid.n == 2 && number_is(arg[0])) {
        return number_as_real(arg[0]) < 0 ? number_arithmetic(c, AST_OP_SUB, number_int(c, 0, ast->span), arg[0], ast->span) : arg[0];
    }
    if (strcmp(callee->name, "pow") == 0 && ast->kid.n == 3) {
        return number_arithmetic(c, AST_OP_POW, arg[0], arg[1], ast->span);
    }
    for (size_t i = 0; ast->kid.n == 2 && number_is(arg[0]) && i < sizeof real_function / sizeof *real_function; i++) {
        if (strcmp(real_function[i].name, callee->name) == 0) {
            return real_function[i].whole ? whole(c, callee->name, arg[0], ast->span)
                                          : number_real(c, real_function[i].function(number_as_real(arg[0])), ast->span);
        }
    }
    return NULL;
}

static const Value *item(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *base = ast->kid.at[0];
    if (base->kind == AST_STR || ast->arrow) {
        return NULL;
    }
    const Value *list = fixed_try(c, scope, base);
    if (!list || list == &fixed_error) {
        return list;
    }
    if (list->kind == V_NULL) { /* what is absent has only absent items */
        return fixed_make(c, V_NULL, ast->span);
    }
    if (ast->item.n != 1) {
        return fixed_fail(c, ast->span, "a list takes one index");
    }
    const Ast *at = ast->item.at[0];
    if (list->kind == V_OBJECT && at->kind == AST_STR) {
        const Value *key = fixed_try(c, scope, at);
        const Value *member = key && key->kind == V_STR ? value_member(list, key->text) : NULL;
        return member ? member : fixed_make(c, V_NULL, ast->span);
    }
    if (list->kind != V_LIST) {
        check_error(c, ast->span, "%s is no list", fixed_show(c, list));
        return &fixed_error;
    }
    int64_t from, to;
    if (at->kind == AST_RANGE) {
        if (!fixed_int(c, scope, at->kid.at[0], "an index of a list", &from) ||
            !fixed_int(c, scope, at->kid.at[1], "an index of a list", &to)) {
            return &fixed_error;
        }
        if (from < 0 || to < from || to > list->list.n) {
            check_error(c, ast->span, "%lld..%lld is outside of a list of %d", (long long)from, (long long)to, list->list.n);
            return &fixed_error;
        }
        Value *part = fixed_make(c, V_LIST, ast->span);
        part->list.n = (int)(to - from);
        part->list.at = list->list.at + from;
        return part;
    }
    const Value *k = fixed_try(c, scope, at);
    if (!k || k == &fixed_error) {
        return k;
    }
    if (k->kind != V_INT || k->integer < 0 || k->integer >= list->list.n) {
        check_error(c, at->span, "%s is no index of a list of %d", fixed_show(c, k), list->list.n);
        return &fixed_error;
    }
    return &list->list.at[k->integer];
}

/* x[k] on the left of ??: absent beyond the end of a list, and where x is one value for all k. */
static int has_no_item(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *base = ast->kind == AST_INDEX && ast->item.n == 1 && !ast->arrow ? ast->kid.at[0] : NULL;
    const int fixed = base && base->kind != AST_STR && ast->item.at[0]->kind != AST_RANGE;
    const Value *list = fixed ? fixed_try(c, scope, base) : NULL;
    if (!list || list == &fixed_error || list->kind == V_OBJECT || list->kind == V_NULL) {
        return 0;
    }
    const Value *k = fixed_try(c, scope, ast->item.at[0]);
    return list->kind != V_LIST || (k && k->kind == V_INT && (k->integer < 0 || k->integer >= list->list.n));
}

static const Value *name(Check *c, Scope *scope, const Ast *ast)
{
    if (scope_var(scope, ast->name)) {
        return NULL;
    }
    const Value *member = ast->at ? fixed_try(c, scope, ast->at) : &fixed_error;
    Str word = member ? name_of(c, scope, ast->name, ast->at, ast->span) : NULL;
    const Entity *entity = word ? scope_find(scope, word) : NULL;
    if (entity && entity->kind == EN_FIXED) {
        return entity->value;
    }
    if (entity && entity->kind == EN_ERROR) {
        return &fixed_error;
    }
    if (entity) {
        return entity->kind == EN_ERROR ? &fixed_error : NULL;
    }
    if (strcmp(ast->name, "inf") == 0) {
        return number_real(c, INFINITY, ast->span);
    }
    return strcmp(ast->name, "pi") == 0      ? number_real(c, 3.14159265358979323846, ast->span)
           : strcmp(ast->name, "true") == 0  ? number_bool(c, 1, ast->span)
           : strcmp(ast->name, "false") == 0 ? number_bool(c, 0, ast->span)
           : strcmp(ast->name, "none") == 0  ? fixed_make(c, V_NULL, ast->span)
                                             : NULL;
}

static const Value *string(Check *c, Scope *scope, const Ast *ast)
{
    Dim *family = NULL;
    Str text = fixed_path(c, scope, ast, &family);
    if (!text || family) {
        return text ? NULL : &fixed_error;
    }
    Value *v = fixed_make(c, V_STR, ast->span);
    v->text = text;
    return v;
}

static const Value *list_of(Check *c, Scope *scope, const Ast *ast)
{
    Value *v = fixed_make(c, V_LIST, ast->span);
    v->list.at = arena_array(c->arena, Value, ast->kid.n + 1);
    v->list.n = ast->kid.n;
    for (int i = 0; i < ast->kid.n; i++) {
        const Value *x = try_kid(c, scope, ast, i);
        if (!x || x == &fixed_error) {
            return x;
        }
        v->list.at[i] = *x;
    }
    return v;
}

/* A value was needed where none is: the key of a config that is not there, or null. */
static void no_value(Check *c, Scope *scope, const Ast *ast)
{
    const Value *object = ast->kind == AST_MEMBER ? try_kid(c, scope, ast, 0) : NULL;
    check_error(c, ast->span, "'%s' has no value", span_text(ast->span));
    if (!object || object->kind != V_OBJECT) {
        check_hint(c,
                   "give one with '%s ?"
                   "? ...'",
                   span_text(ast->span));
        return;
    }
    Str *keys = arena_array(c->arena, Str, object->object.n + 1);
    for (int i = 0; i < object->object.n; i++) {
        keys[i] = object->object.at[i].name;
    }
    const Value *null = value_member(object, ast->name);
    const char *file = object->span.source ? object->span.source->name : "the config";
    check_did_you_mean(c, ast->name, keys, object->object.n);
    check_hint(c,
               "'%s' %s; give a default with '%s ?"
               "? ...'",
               file, null ? "has null there" : "has no such key", span_text(ast->span));
}

const Value *fixed_try(Check *c, Scope *scope, const Ast *ast)
{
    const Value *a, *b;
    switch (ast->kind) {
    case AST_INT: return number_int(c, ast->integer, ast->span);
    case AST_REAL: return number_decimal(c, ast);
    case AST_STR: return string(c, scope, ast);
    case AST_NAME: return name(c, scope, ast);
    case AST_LIST: return list_of(c, scope, ast);
    case AST_MEMBER:
        a = try_kid(c, scope, ast, 0);
        if (!a || a == &fixed_error) {
            return a;
        }
        if (a->kind != V_OBJECT && a->kind != V_NULL) {
            check_error(c, ast->span, "%s has no members", fixed_show(c, a));
            return &fixed_error;
        }
        b = a->kind == V_OBJECT ? value_member(a, ast->name) : NULL;
        return b ? b : fixed_make(c, V_NULL, ast->span);
    case AST_INDEX: return item(c, scope, ast);
    case AST_CALL: return call(c, scope, ast);
    case AST_UNARY:
        a = try_kid(c, scope, ast, 0);
        if (!a || a == &fixed_error) {
            return a;
        }
        if (ast->op == AST_OP_NOT) {
            return a->kind == V_BOOL ? number_bool(c, !a->boolean, ast->span) : fixed_fail(c, ast->span, "'not' needs a condition");
        }
        return number_arithmetic(c, AST_OP_SUB, number_int(c, 0, ast->span), a, ast->span);
    case AST_BINARY:
        if (ast->op == AST_OP_AND || ast->op == AST_OP_OR) {
            return logic(c, scope, ast);
        }
        a = try_kid(c, scope, ast, 0);
        b = a && a != &fixed_error ? try_kid(c, scope, ast, 1) : a;
        if (!b || b == &fixed_error) {
            return b;
        }
        if (a->kind == V_NULL || b->kind == V_NULL) {
            no_value(c, scope, ast->kid.at[a->kind == V_NULL ? 0 : 1]);
            return &fixed_error;
        }
        return number_arithmetic(c, ast->op, a, b, ast->span);
    case AST_COMPARE: return compare(c, scope, ast);
    case AST_COND:
        a = try_kid(c, scope, ast, 0);
        if (!a || a == &fixed_error) {
            return a;
        }
        if (a->kind != V_BOOL) {
            return fixed_fail(c, ast->kid.at[0]->span, "a condition was expected");
        }
        return try_kid(c, scope, ast, a->boolean ? 1 : 2);
    case AST_ABSENT:
        a = has_no_item(c, scope, ast->kid.at[0]) ? fixed_make(c, V_NULL, ast->span) : try_kid(c, scope, ast, 0);
        if (!a || a == &fixed_error || a->kind != V_NULL) {
            return a;
        }
        check_absent(c, span_text(ast->kid.at[0]->span), ast->kid.at[1]);
        return try_kid(c, scope, ast, 1);
    case AST_ERROR: return &fixed_error;
    case AST_TEXT:
    case AST_REDUCE:
    case AST_RANGE:
    case AST_STAR: return NULL;
    }
    return NULL;
}

const Value *fixed_must(Check *c, Scope *scope, const Ast *ast, const char *what)
{
    const int before = c->d->errors;
    const Value *v = fixed_try(c, scope, ast);
    if (v == &fixed_error) {
        return NULL;
    }
    if (!v) {
        if (c->d->errors == before) {
            check_error(c, ast->span, "%s has to be known when the model is compiled", what);
        }
        return NULL;
    }
    if (v->kind == V_NULL) {
        no_value(c, scope, ast);
        return NULL;
    }
    return v;
}

void fixed_note(Check *c, const Ast *ast, const Value *v)
{
    if (v->span.source != ast->span.source && !c->silent) {
        check_note(c, v->span, "'%s' is this", span_text(ast->span));
    }
}

int fixed_int(Check *c, Scope *scope, const Ast *ast, const char *what, int64_t *out)
{
    const Value *v = fixed_must(c, scope, ast, what);
    if (!v) {
        return 0;
    }
    if (v->kind == V_REAL && v->denominator == 1) {
        v = number_int(c, v->numerator, v->span);
    }
    if (v->kind != V_INT) {
        check_error(c, ast->span, "%s has to be an integer, this is %s", what, fixed_show(c, v));
        fixed_note(c, ast, v);
        return 0;
    }
    *out = v->integer;
    return 1;
}

const char *fixed_show(Check *c, const Value *v)
{
    switch (v->kind) {
    case V_NULL: return "nothing";
    case V_INT: return arena_printf(c->arena, "%lld", (long long)v->integer);
    case V_REAL: return arena_printf(c->arena, "%.9g", v->real);
    case V_BOOL: return v->boolean ? "true" : "false";
    case V_STR: return arena_printf(c->arena, "\"%s\"", v->text);
    case V_LIST: return arena_printf(c->arena, "a list of %d", v->list.n);
    case V_OBJECT: return "an object";
    }
    return "";
}

Expr *fixed_expr(Check *c, const Value *v, Span span)
{
    switch (v->kind) {
    case V_INT: return expr_int(c->graph, v->integer, span);
    case V_REAL: return expr_real(c->graph, v->real, span);
    case V_BOOL: return expr_bool(c->graph, v->boolean, span);
    case V_NULL:
        check_error(c, span, "'%s' has no value", span_text(span));
        return NULL;
    case V_STR:
    case V_LIST:
    case V_OBJECT: check_error(c, span, "%s is no number", fixed_show(c, v)); return NULL;
    }
    return NULL;
}

/* The text of a string. An index variable inside braces makes a family: its place is written as a NUL-free mark, "\001". */
Str fixed_path(Check *c, Scope *scope, const Ast *ast, Dim **family)
{
    Str text = str_of("");
    for (int i = 0; i < ast->kid.n; i++) {
        const Ast *part = ast->kid.at[i];
        if (part->kind == AST_TEXT) {
            text = str_format("%s%s", text, part->name);
            continue;
        }
        const Entity *var = part->kind == AST_NAME ? scope_var(scope, part->name) : NULL;
        if (var && !*family && var->var->dim->kind == DIM_FIXED) {
            *family = var->var->dim;
            text = str_format("%s\001%s\001", text, part->name);
            continue;
        }
        const Value *v = fixed_must(c, scope, part, "a part of a name");
        if (!v) {
            return NULL;
        }
        if (v->kind == V_INT) {
            text = str_format("%s%lld", text, (long long)v->integer);
        } else if (v->kind == V_STR) {
            text = str_format("%s%s", text, v->text);
        } else {
            check_error(c, part->span, "%s cannot be a part of a name", fixed_show(c, v));
            return NULL;
        }
    }
    return text;
}
