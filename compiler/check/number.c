/* Arithmetic on values that are known before anything runs. Decimals stay exact as ratios of integers while they can, so that
 * 0.7 * 10 is 7. */
#include "checker.h"

#include <math.h>
#include <string.h>

const Value *number_int(Check *c, int64_t i, Span span)
{
    Value *v = fixed_make(c, V_INT, span);
    v->integer = i;
    return v;
}

const Value *number_bool(Check *c, int b, Span span)
{
    Value *v = fixed_make(c, V_BOOL, span);
    v->boolean = b != 0;
    return v;
}

const Value *number_real(Check *c, double r, Span span)
{
    Value *v = fixed_make(c, V_REAL, span);
    v->real = r;
    return v;
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        const int64_t r = a % b;
        a = b;
        b = r;
    }
    return a < 0 ? -a : a;
}

const Value *number_ratio(Check *c, int64_t numerator, int64_t denominator, Span span)
{
    const int64_t g = gcd(numerator, denominator);
    Value *v = fixed_make(c, V_REAL, span);
    v->numerator = g ? numerator / g : 0;
    v->denominator = g ? denominator / g : 1;
    if (v->denominator < 0) {
        v->numerator = -v->numerator;
        v->denominator = -v->denominator;
    }
    v->real = (double)v->numerator / (double)v->denominator;
    return v;
}

int number_is(const Value *v)
{
    return v->kind == V_INT || v->kind == V_REAL || v->kind == V_BOOL;
}

int64_t number_as_int(const Value *v)
{
    return v->kind == V_BOOL ? v->boolean : v->integer;
}

double number_as_real(const Value *v)
{
    return v->kind == V_REAL ? v->real : (double)number_as_int(v);
}

int number_as_ratio(const Value *v, int64_t *n, int64_t *d)
{
    *n = v->kind == V_REAL ? v->numerator : number_as_int(v);
    *d = v->kind == V_REAL ? v->denominator : 1;
    return *d > 0;
}

const Value *number_decimal(Check *c, const Ast *ast)
{
    Value *v = arena_new_of(c->arena, Value);
    *v = value_of_number(ast->span, ast->name, strlen(ast->name));
    return v->kind == V_REAL ? v : number_real(c, ast->real, ast->span);
}

int64_t number_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

const Value *number_arithmetic(Check *c, AstOp op, const Value *a, const Value *b, Span span)
{
    if (op == AST_OP_ADD && a->kind == V_STR && b->kind == V_STR) {
        Value *v = fixed_make(c, V_STR, span);
        v->text = str_format("%s%s", a->text, b->text);
        return v;
    }
    if (op == AST_OP_ADD && a->kind == V_LIST && b->kind == V_LIST) {
        Value *v = fixed_make(c, V_LIST, span);
        v->list.n = a->list.n + b->list.n;
        v->list.at = arena_array(c->arena, Value, v->list.n + 1);
        for (int i = 0; i < v->list.n; i++) {
            v->list.at[i] = i < a->list.n ? a->list.at[i] : b->list.at[i - a->list.n];
        }
        return v;
    }
    if (!number_is(a) || !number_is(b)) {
        check_error(c, span, "%s and %s cannot be combined here", fixed_show(c, a), fixed_show(c, b));
        return &fixed_error;
    }
    const int ints = a->kind != V_REAL && b->kind != V_REAL;
    if ((op == AST_OP_IDIV || op == AST_OP_MOD) && !ints) {
        return fixed_fail(c, span, "'div' and 'mod' need integers");
    }
    if (ints && op != AST_OP_DIV) {
        const int64_t x = number_as_int(a), y = number_as_int(b);
        int64_t r = 0;
        int over = 0;
        switch (op) {
        case AST_OP_ADD: over = __builtin_add_overflow(x, y, &r); break;
        case AST_OP_SUB: over = __builtin_sub_overflow(x, y, &r); break;
        case AST_OP_MUL: over = __builtin_mul_overflow(x, y, &r); break;
        case AST_OP_IDIV:
        case AST_OP_MOD:
            if (y == 0) {
                return fixed_fail(c, span, "division by zero");
            }
            over = x == INT64_MIN && y == -1;
            r = over ? 0 : op == AST_OP_IDIV ? number_floor_div(x, y) : x - number_floor_div(x, y) * y;
            break;
        case AST_OP_POW:
            if (y < 0) {
                return number_real(c, pow((double)x, (double)y), span);
            }
            r = 1;
            for (int64_t k = 0; k < y && !over && !(r == 0 || (r == 1 && x == 1)); k++) {
                over = __builtin_mul_overflow(r, x, &r);
            }
            break;
        default: break;
        }
        return over ? fixed_fail(c, span, "this integer does not fit into 64 bits") : number_int(c, r, span);
    }
    int64_t n, d, m, e, p, q, s;
    if (op == AST_OP_DIV && number_as_real(b) == 0) {
        return fixed_fail(c, span, "division by zero");
    }
    if (op != AST_OP_POW && number_as_ratio(a, &n, &d) && number_as_ratio(b, &m, &e)) {
        int over = 1;
        if (op == AST_OP_MUL) {
            over = __builtin_mul_overflow(n, m, &p) || __builtin_mul_overflow(d, e, &q);
        } else if (op == AST_OP_DIV) {
            over = __builtin_mul_overflow(n, e, &p) || __builtin_mul_overflow(d, m, &q);
        } else {
            over = __builtin_mul_overflow(n, e, &p) || __builtin_mul_overflow(m, d, &s) || __builtin_mul_overflow(d, e, &q) ||
                   (op == AST_OP_ADD ? __builtin_add_overflow(p, s, &p) : __builtin_sub_overflow(p, s, &p));
        }
        if (!over && q != INT64_MIN && p != INT64_MIN) {
            return number_ratio(c, p, q, span);
        }
    }
    const double x = number_as_real(a), y = number_as_real(b);
    return number_real(c,
                       op == AST_OP_ADD   ? x + y
                       : op == AST_OP_SUB ? x - y
                       : op == AST_OP_MUL ? x * y
                       : op == AST_OP_DIV ? x / y
                                          : pow(x, y),
                       span);
}

int number_same(const Value *a, const Value *b)
{
    if (a->kind == V_STR || b->kind == V_STR) {
        return a->kind == b->kind && a->text == b->text;
    }
    if (a->kind == V_LIST && b->kind == V_LIST && a->list.n == b->list.n) {
        for (int i = 0; i < a->list.n; i++) {
            if (!number_same(&a->list.at[i], &b->list.at[i])) {
                return 0;
            }
        }
        return 1;
    }
    return number_is(a) && number_is(b) ? number_as_real(a) == number_as_real(b) : a->kind == V_NULL && b->kind == V_NULL;
}
