/* Expressions of the text become expressions of the graph. Everything known now is folded first. */
#include "checker.h"

#include <string.h>

static Expr *number(Check *c, Scope *scope, const Ast *ast, int k)
{
    return scalar(c, scope, ast->kid.at[k]);
}

static Expr *condition(Check *c, Scope *scope, const Ast *ast)
{
    Expr *e = scalar(c, scope, ast);
    if (e && e->type != T_BOOL) {
        check_error(c, ast->span, "a condition was expected, this is %s", e->type == T_INT ? "an integer" : "a real number");
        check_hint(c, "write '%s != 0'", span_text(ast->span));
        return NULL;
    }
    return e;
}

Expr *scalar_of(Check *c, Scope *scope, const Ast *ast, Type type, const char *what)
{
    if (type == T_BOOL) {
        return condition(c, scope, ast);
    }
    Expr *e = scalar(c, scope, ast);
    if (e && type == T_INT && e->type == T_REAL) {
        check_error(c, ast->span, "%s has to be an integer, this is a real number", what);
        check_hint(c, "write 'int(%s)'", span_text(ast->span));
        return NULL;
    }
    return e ? expr_to(c->graph, e, type) : NULL;
}

static Expr *name(Check *c, Scope *scope, const Ast *ast)
{
    if (!ast->at) {
        const Entity *var = scope_var(scope, ast->name);
        if (var) {
            scope_saw(c, scope, var->var);
            return expr_var(c->graph, var->var, ast->span);
        }
        Expr *e = reduce_name(c, scope, ast->name, ast->span);
        if (e) {
            return e;
        }
    }
    Str word = name_of(c, scope, ast->name, ast->at, ast->span);
    if (!word) {
        return NULL;
    }
    const Entity *entity = scope_find(scope, word);
    const Entity *dim = entity ? entity : scope_find(scope, name_without_primes(word));
    if (dim && dim->kind == EN_DIM) {
        Scope *open = scope_open(scope);
        if (open) {
            Var *var = graph_var(c->graph, dim->dim, word);
            scope_bind_var(c, open, word, var);
            vec_push(c->arena, open->opened, var);
            scope_saw(c, open, var);
            return expr_var(c->graph, var, ast->span);
        }
        check_error(c, ast->span, "the index '%s' is not bound here", word);
        check_hint(c, "name it on the left side, or sum over it: sum[%s] ...; its length is len(%s)", word, dim->name);
        return NULL;
    }
    if (!entity && word == str_of("last") && c->last) {
        return expr_op(c->graph, OP_SUB, expr_len(c->graph, c->last, ast->span), expr_int(c->graph, 1, ast->span), ast->span);
    }
    if (!entity) {
        scope_unknown(c, scope, word, ast->span, "name");
        return NULL;
    }
    switch (entity->kind) {
    case EN_SCALAR: return entity->expr;
    case EN_TENSOR: return access_whole(c, scope, entity, ast->span);
    case EN_ERROR: return NULL;
    case EN_FN:
        check_error(c, ast->span, "'%s' is a function: call it with ( )", word);
        return NULL;
    case EN_FIXED:
    case EN_DIM:
    case EN_TUPLE:
    case EN_VAR:
    case EN_REDUCER:
    case EN_BODY: break;
    }
    check_error(c, ast->span, "'%s' is no value", word);
    return NULL;
}

Dim *dim_of(Check *c, Scope *scope, const Ast *ast)
{
    if (ast->kind == AST_NAME) {
        Str word = name_of(c, scope, ast->name, ast->at, ast->span);
        if (!word) {
            return NULL;
        }
        const Entity *entity = scope_find(scope, word);
        if (entity && entity->kind == EN_DIM) {
            return entity->dim;
        }
        if (entity && entity->kind == EN_TENSOR && entity->grows) {
            return entity->index.at[0].dim;
        }
        const Entity *var = scope_var(scope, word);
        if (var && (!entity || entity->kind != EN_FIXED)) {
            return var->var->dim;
        }
        if (!entity || entity->kind != EN_FIXED) {
            if (!entity || entity->kind != EN_ERROR) {
                scope_unknown(c, scope, word, ast->span, "dim");
            }
            return NULL;
        }
    }
    int64_t n;
    if (!fixed_int(c, scope, ast, "a dim", &n)) {
        return NULL;
    }
    if (n < 0) {
        check_error(c, ast->span, "a dim cannot have %lld elements", (long long)n);
        return NULL;
    }
    Dim *dim = graph_dim(c->graph, DIM_FIXED, str_format("n%lld", (long long)n), ast->span);
    dim->length = n;
    return dim;
}

static Expr *binary(Check *c, Scope *scope, const Ast *ast)
{
    static const Op op_of[] = {[AST_OP_ADD] = OP_ADD, [AST_OP_SUB] = OP_SUB, [AST_OP_MUL] = OP_MUL, [AST_OP_DIV] = OP_DIV,
                               [AST_OP_IDIV] = OP_IDIV, [AST_OP_MOD] = OP_MOD, [AST_OP_POW] = OP_POW};
    if (ast->op == AST_OP_AND || ast->op == AST_OP_OR) {
        /* a side that is known now may make the other one meaningless */
        for (int k = 0; k < 2; k++) {
            const Value *v = fixed_try(c, scope, ast->kid.at[k]);
            if (v == &fixed_error) {
                return NULL;
            }
            if (v && v->kind == V_BOOL) {
                return v->boolean == (ast->op == AST_OP_OR) ? expr_bool(c->graph, v->boolean, ast->span)
                                                            : condition(c, scope, ast->kid.at[1 - k]);
            }
        }
        Expr *a = condition(c, scope, ast->kid.at[0]), *b = condition(c, scope, ast->kid.at[1]);
        return a && b ? expr_op(c->graph, ast->op == AST_OP_AND ? OP_AND : OP_OR, a, b, ast->span) : NULL;
    }
    Expr *a = number(c, scope, ast, 0), *b = number(c, scope, ast, 1);
    if (!a || !b) {
        return NULL;
    }
    const Op op = op_of[ast->op];
    if ((op == OP_IDIV || op == OP_MOD) && (a->type == T_REAL || b->type == T_REAL)) {
        a = whole_to_int(c, a);
        b = whole_to_int(c, b);
        if (a->type == T_REAL || b->type == T_REAL) {
            check_error(c, ast->span, "'%s' needs integers on both sides", op == OP_IDIV ? "div" : "mod");
            return NULL;
        }
    }
    if (op == OP_POW) {
        int64_t low, high;
        if (a->type == T_REAL || b->type == T_REAL || !expr_range(b, &low, &high) || low < 0) {
            a = expr_to(c->graph, a, T_REAL);
            b = expr_to(c->graph, b, T_REAL);
        }
    }
    return expr_op(c->graph, op, a, b, ast->span);
}

static Expr *compare(Check *c, Scope *scope, const Ast *ast)
{
    Expr *all = NULL, *left = number(c, scope, ast, 0);
    int failed = !left;
    for (int k = 0; k + 1 < ast->kid.n; k++) {
        const AstOp op = ast->ops[k];
        if (op == AST_OP_IN) {
            const Value *list = fixed_must(c, scope, ast->kid.at[k + 1], "the list after 'in'");
            if (!list || !left) {
                return NULL;
            }
            if (list->kind != V_LIST) {
                check_error(c, ast->kid.at[k + 1]->span, "'in' needs a list on its right");
                return NULL;
            }
            all = expr_bool(c->graph, 0, ast->span);
            for (int i = 0; i < list->list.n; i++) {
                Expr *item = fixed_expr(c, &list->list.at[i], ast->span);
                all = item ? expr_op(c->graph, OP_OR, all, expr_op(c->graph, OP_EQ, left, item, ast->span), ast->span) : all;
            }
            return all;
        }
        Expr *right = number(c, scope, ast, k + 1);
        failed |= !right;
        if (failed) {
            left = right;
            continue;
        }
        const int turned = op == AST_OP_GT || op == AST_OP_GE;
        const Op made = op == AST_OP_LT || op == AST_OP_GT   ? OP_LT
                        : op == AST_OP_LE || op == AST_OP_GE ? OP_LE
                        : op == AST_OP_EQ                    ? OP_EQ
                                                             : OP_NE;
        Expr *one = expr_op(c->graph, made, turned ? right : left, turned ? left : right, ast->span);
        all = all ? expr_op(c->graph, OP_AND, all, one, ast->span) : one;
        left = right;
    }
    return failed ? NULL : all;
}

static Expr *cond(Check *c, Scope *scope, const Ast *ast)
{
    const Value *known = fixed_try(c, scope, ast->kid.at[0]);
    if (known == &fixed_error) {
        return NULL;
    }
    if (known && known->kind == V_BOOL) {
        return number(c, scope, ast, known->boolean ? 1 : 2); /* the other branch is not looked at */
    }
    Expr *test = condition(c, scope, ast->kid.at[0]);
    Expr *yes = number(c, scope, ast, 1), *no = number(c, scope, ast, 2);
    if (!test || !yes || !no) {
        return NULL;
    }
    if ((yes->type == T_BOOL) != (no->type == T_BOOL)) {
        check_error(c, ast->span, "one branch is a condition, the other a number");
        return NULL;
    }
    return expr_select(c->graph, test, yes, no, ast->span);
}

/* A stored parameter may be read out of its range; only there the other side matters, and only there it has to make sense. */
static Expr *stored_else(Check *c, Scope *scope, const Ast *left, const Ast *right)
{
    Expr *read = scalar(c, scope, left);
    if (!read || read->kind != EX_READ || read->inside == (1 << read->n) - 1 || access_param_exists(c, scope, right) == 0) {
        return read;
    }
    Expr *otherwise = scalar(c, scope, right);
    return otherwise ? access_otherwise(c, read, otherwise) : NULL;
}

Expr *absent_else(Check *c, Scope *scope, const Ast *ast)
{
    const Ast *left = ast->kid.at[0], *right = ast->kid.at[1];
    const Value *known = fixed_try(c, scope, left);
    if (known) {
        return known == &fixed_error ? NULL : known->kind == V_NULL ? scalar(c, scope, right) : fixed_expr(c, known, left->span);
    }
    const int exists = access_param_exists(c, scope, left);
    if (exists == 0) {
        check_absent(c, access_param_name(c, scope, left), right);
    }
    if (exists >= 0) {
        const int none = !exists && access_param_exists(c, scope, right) == 0; /* the first is the one that was meant */
        return exists ? stored_else(c, scope, left, right) : scalar(c, scope, none ? left : right);
    }
    if (left->kind == AST_INDEX || left->kind == AST_REDUCE) {
        Expr *otherwise = scalar(c, scope, right);
        return !otherwise ? NULL : left->kind == AST_INDEX ? access_at(c, scope, left, otherwise) : reduce(c, scope, left, otherwise);
    }
    check_error(c, left->span, "'%s' is never absent", span_text(left->span));
    check_hint(c, "on the left of '?"
                  "?' stands a config value, a parameter, a read that may be out of range, or a reduction in parentheses");
    return NULL;
}

static int is_integer_text(Check *c, Scope *scope, const Ast *ast)
{
    switch (ast->kind) {
    case AST_INT:
    case AST_REAL:
    case AST_MEMBER: return 1;
    case AST_NAME: {
        if (scope_var(scope, ast->name) || ast->at) {
            return !ast->at;
        }
        const Entity *e = scope_find(scope, ast->name);
        return e && (e->kind == EN_FIXED || (e->kind == EN_SCALAR && e->expr->type == T_INT) ||
                     (e->kind == EN_TENSOR && e->node->type == T_INT));
    }
    case AST_INDEX: return fixed_try(c, scope, ast) != NULL;
    case AST_CALL: return ast->kid.at[0]->kind == AST_NAME && strcmp(ast->kid.at[0]->name, "len") == 0;
    case AST_UNARY: return ast->op == AST_OP_NEG && is_integer_text(c, scope, ast->kid.at[0]);
    case AST_BINARY:
        return ast->op >= AST_OP_ADD && ast->op <= AST_OP_MOD && is_integer_text(c, scope, ast->kid.at[0]) &&
               is_integer_text(c, scope, ast->kid.at[1]);
    default: return 0;
    }
}

typedef struct Ratio {
    Expr *over; /* integer; NULL: not a ratio of integers */
    int64_t under;
} Ratio;

static Ratio ratio(Check *c, Scope *scope, const Ast *ast)
{
    const Ratio none = {0};
    const Value *v = fixed_try(c, scope, ast);
    int64_t n, d;
    if (v) {
        if (v == &fixed_error || v->kind == V_NULL || (v->kind != V_INT && !(v->kind == V_REAL && v->denominator > 0))) {
            return none;
        }
        n = v->kind == V_INT ? v->integer : v->numerator;
        d = v->kind == V_INT ? 1 : v->denominator;
        return (Ratio){expr_int(c->graph, n, ast->span), d};
    }
    if (ast->kind == AST_BINARY && ast->op != AST_OP_IDIV && ast->op != AST_OP_MOD) {
        const Ratio a = ratio(c, scope, ast->kid.at[0]), b = ratio(c, scope, ast->kid.at[1]);
        double divisor;
        int64_t under;
        if (!a.over || !b.over || a.under > 1000000000 || b.under > 1000000000) {
            return none;
        }
        Expr *x = expr_op(c->graph, OP_MUL, a.over, expr_int(c->graph, b.under, ast->span), ast->span);
        Expr *y = expr_op(c->graph, OP_MUL, b.over, expr_int(c->graph, a.under, ast->span), ast->span);
        under = a.under * b.under;
        switch (ast->op) {
        case AST_OP_ADD: return (Ratio){expr_op(c->graph, OP_ADD, x, y, ast->span), under};
        case AST_OP_SUB: return (Ratio){expr_op(c->graph, OP_SUB, x, y, ast->span), under};
        case AST_OP_MUL: return (Ratio){expr_op(c->graph, OP_MUL, a.over, b.over, ast->span), under};
        default: break;
        }
        if (expr_is_const(b.over, &divisor) && divisor > 0 && divisor < 1e9) { /* a/u / (k/v) = a v / (u k) */
            return (Ratio){x, a.under * (int64_t)divisor};
        }
        return none;
    }
    Expr *e = scalar(c, scope, ast);
    return e && e->type == T_INT ? (Ratio){e, 1} : none;
}

Expr *scalar_int_exact(Check *c, Scope *scope, const Ast *ast)
{
    Str word = ast->kid.at[0]->name;
    const int up = word == str_of("ceil");
    if ((!up && word != str_of("floor")) || ast->kid.n != 2 || !is_integer_text(c, scope, ast->kid.at[1])) {
        return NULL;
    }
    const Ratio r = ratio(c, scope, ast->kid.at[1]);
    if (!r.over || r.under <= 0) {
        return NULL;
    }
    Expr *under = expr_int(c->graph, r.under, ast->span), *over = up ? expr_op(c->graph, OP_NEG, r.over, NULL, ast->span) : r.over;
    Expr *e = expr_op(c->graph, OP_IDIV, over, under, ast->span);
    return up ? expr_op(c->graph, OP_NEG, e, NULL, ast->span) : e;
}

/* A real number that is whole by its making (a floor) can serve as an integer. */
static int is_whole(const Expr *e)
{
    if (e->type != T_REAL) {
        return 1;
    }
    if (e->kind == EX_CONST) {
        return e->real == (double)(int64_t)(e->real > -9e15 && e->real < 9e15 ? e->real : 0.5);
    }
    if (e->kind == EX_SELECT) {
        return is_whole(e->kid[1]) && is_whole(e->kid[2]);
    }
    if (e->kind != EX_OP) {
        return 0;
    }
    switch (e->op) {
    case OP_FLOOR:
    case OP_CEIL:
    case OP_ROUND:
    case OP_TRUNC:
    case OP_TO_REAL: return 1;
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_MIN:
    case OP_MAX: return is_whole(e->kid[0]) && is_whole(e->kid[1]);
    case OP_NEG:
    case OP_ABS: return is_whole(e->kid[0]);
    default: return 0;
    }
}

Expr *whole_to_int(Check *c, Expr *e)
{
    return e->type == T_REAL && is_whole(e) ? expr_op(c->graph, OP_TO_INT, e, NULL, e->span)
           : e->type == T_BOOL              ? expr_to(c->graph, e, T_INT)
                                            : e;
}

static Expr *formula(Check *c, Scope *scope, const Ast *ast)
{
    Expr *e;
    switch (ast->kind) {
    case AST_NAME: return name(c, scope, ast);
    case AST_INDEX: return access_at(c, scope, ast, NULL);
    case AST_CALL: return call_scalar(c, scope, ast);
    case AST_UNARY:
        if (ast->op == AST_OP_NOT) {
            e = condition(c, scope, ast->kid.at[0]);
            return e ? expr_op(c->graph, OP_NOT, e, NULL, ast->span) : NULL;
        }
        e = number(c, scope, ast, 0);
        return e ? expr_op(c->graph, OP_NEG, e, NULL, ast->span) : NULL;
    case AST_BINARY: return binary(c, scope, ast);
    case AST_COMPARE: return compare(c, scope, ast);
    case AST_COND: return cond(c, scope, ast);
    case AST_ABSENT: return absent_else(c, scope, ast);
    case AST_REDUCE: return reduce(c, scope, ast, NULL);
    case AST_MEMBER: check_error(c, ast->span, "'%s' has no members", span_text(ast->kid.at[0]->span)); return NULL;
    case AST_STR: check_error(c, ast->span, "a parameter is read with its indices: %s[...]", span_text(ast->span)); return NULL;
    case AST_RANGE:
    case AST_STAR:
    case AST_LIST: check_error(c, ast->span, "'%s' cannot stand here", span_text(ast->span)); return NULL;
    case AST_INT:
    case AST_REAL:
    case AST_TEXT:
    case AST_ERROR: return NULL;
    }
    return NULL;
}

Expr *scalar(Check *c, Scope *scope, const Ast *ast)
{
    if (c->depth > CHECK_DEPTH) {
        check_error(c, ast->span, "this is nested too deeply");
        return NULL;
    }
    if (c->graph->nodes > CHECK_NODES) {
        return NULL;
    }
    const Value *known = fixed_try(c, scope, ast);
    if (known) {
        return known == &fixed_error ? NULL : fixed_expr(c, known, ast->span);
    }
    c->depth++;
    Expr *e = formula(c, scope, ast);
    c->depth--;
    return e && e->type == T_ERROR ? NULL : e;
}
