#include "scalar.h"

#include "scalar_text.h"

#include <math.h>

static int power(int64_t base, int64_t exponent, int64_t *result)
{
    int64_t value = 1;
    if (exponent < 0) {
        return 0;
    }
    if (base == 0 || base == 1 || base == -1) { /* the only bases that long exponents cannot overflow */
        *result = exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        return 1;
    }
    for (int64_t i = 0; i < exponent; i++) {
        if (__builtin_mul_overflow(value, base, &value)) {
            return 0;
        }
    }
    *result = value;
    return 1;
}

/* a = q * b + r with r between 0 and b (b excluded) */
static int floor_division(int64_t a, int64_t b, int64_t *quotient, int64_t *rest)
{
    if (b == 0 || (a == INT64_MIN && b == -1)) {
        return 0;
    }
    const int64_t q = a / b, r = a % b;
    const int down = r != 0 && (r < 0) != (b < 0);
    *quotient = q - down;
    *rest = down ? r + b : r;
    return 1;
}

int scalar_int(Op op, int64_t a, int64_t b, int64_t *result)
{
    int64_t other;
    switch (op) {
    case OP_ADD: return !__builtin_add_overflow(a, b, result);
    case OP_SUB: return !__builtin_sub_overflow(a, b, result);
    case OP_MUL: return !__builtin_mul_overflow(a, b, result);
    case OP_NEG: return !__builtin_sub_overflow((int64_t)0, a, result);
    case OP_ABS: return a < 0 ? !__builtin_sub_overflow((int64_t)0, a, result) : (*result = a, 1);
    case OP_IDIV: return floor_division(a, b, result, &other);
    case OP_MOD: return b == -1 ? (*result = 0, 1) : floor_division(a, b, &other, result);
    case OP_POW: return power(a, b, result);
    case OP_MIN: *result = a < b ? a : b; return 1;
    case OP_MAX: *result = a > b ? a : b; return 1;
    case OP_SIGN: *result = (a > 0) - (a < 0); return 1;
    case OP_LT: case OP_LE: case OP_EQ: case OP_NE: *result = scalar_compare_int(op, a, b); return 1;
    case OP_AND: *result = a && b; return 1;
    case OP_OR: *result = a || b; return 1;
    case OP_NOT: *result = !a; return 1;
    case OP_FLOOR: case OP_CEIL: case OP_ROUND: case OP_TRUNC: case OP_TO_INT: case OP_BOOL_INT: *result = a; return 1;
    case OP_TEXT_KEY: return text_key(a, result);
    case OP_TEXT_JOIN: return text_join(a, b, result);
    case OP_TEXT_TIMES: return text_times(a, b, result);
    case OP_DIV: case OP_EXP: case OP_LOG: case OP_LOG1P: case OP_EXPM1: case OP_SIN: case OP_COS: case OP_TANH: case OP_ERF:
    case OP_SQRT: case OP_TO_REAL: case OP_COUNT_: break; /* these have real results */
    }
    return 0;
}

/* Python's float %: the sign of b, exact where fmod is. */
static double floor_rest(double a, double b)
{
    const double rest = fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double scalar_real(Op op, double a, double b)
{
    switch (op) {
    case OP_ADD: return a + b;
    case OP_SUB: return a - b;
    case OP_MUL: return a * b;
    case OP_DIV: return a / b;
    case OP_NEG: return -a;
    case OP_IDIV: return b == 0 || isinf(b) ? floor(a / b) : nearbyint((a - floor_rest(a, b)) / b);
    case OP_MOD: return floor_rest(a, b);
    case OP_POW: return pow(a, b);
    case OP_MIN: return isnan(a) ? a : b < a || isnan(b) ? b : a;
    case OP_MAX: return isnan(a) ? a : b > a || isnan(b) ? b : a;
    case OP_ABS: return fabs(a);
    case OP_SIGN: return isnan(a) ? a : (double)((a > 0) - (a < 0));
    case OP_EXP: return exp(a);
    case OP_LOG: return log(a);
    case OP_LOG1P: return log1p(a);
    case OP_EXPM1: return expm1(a);
    case OP_SIN: return sin(a);
    case OP_COS: return cos(a);
    case OP_TANH: return tanh(a);
    case OP_ERF: return erf(a);
    case OP_SQRT: return sqrt(a);
    case OP_FLOOR: return floor(a);
    case OP_CEIL: return ceil(a);
    case OP_ROUND: return nearbyint(a); /* half to even */
    case OP_TRUNC: return trunc(a);
    case OP_TO_REAL: return a;
    case OP_LT: case OP_LE: case OP_EQ: case OP_NE: return scalar_compare_real(op, a, b);
    case OP_AND: case OP_OR: case OP_NOT: case OP_TO_INT: case OP_BOOL_INT: case OP_COUNT_: case OP_TEXT_KEY: case OP_TEXT_JOIN:
    case OP_TEXT_TIMES: break; /* these have no real operands */
    }
    return NAN;
}

int scalar_compare_int(Op op, int64_t a, int64_t b)
{
    return op == OP_LT ? a < b : op == OP_LE ? a <= b : op == OP_EQ ? a == b : a != b;
}

int scalar_compare_real(Op op, double a, double b)
{
    return op == OP_LT ? a < b : op == OP_LE ? a <= b : op == OP_EQ ? a == b : a != b;
}

int scalar_real_to_int(double a, int64_t *result)
{
    if (!(a >= -9223372036854775808.0 && a < 9223372036854775808.0)) {
        return 0;
    }
    *result = (int64_t)a;
    return 1;
}
