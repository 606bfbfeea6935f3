/*
 * Integers of the language: 64 bits, div and mod that floor, and no undefined behaviour. What has no answer (overflow, division by
 * zero, a real that no integer holds) sets *fault to 1 and gives 0; *fault is never cleared.
 */
#ifndef SINTER_MATH_INT_C
#define SINTER_MATH_INT_C

#include <stdint.h>

//$ part int_add
/* a + b */
static inline int64_t int_add(int64_t a, int64_t b, int *fault)
{
    if (b >= 0 ? a > INT64_MAX - b : a < INT64_MIN - b) {
        *fault = 1;
        return 0;
    }
    return a + b;
}

//$ part int_sub
/* a - b */
static inline int64_t int_sub(int64_t a, int64_t b, int *fault)
{
    if (b >= 0 ? a < INT64_MIN + b : a > INT64_MAX + b) {
        *fault = 1;
        return 0;
    }
    return a - b;
}

//$ part int_mul
/* a * b; without a division where both fit into 32 bits */
static inline int64_t int_mul(int64_t a, int64_t b, int *fault)
{
    if (a >= INT32_MIN && a <= INT32_MAX && b >= INT32_MIN && b <= INT32_MAX) {
        return a * b;
    }
    const int too_large = a > 0 ? (b > 0 ? a > INT64_MAX / b : b < INT64_MIN / a)
                                : (b > 0 ? a < INT64_MIN / b : a != 0 && b < INT64_MAX / a);
    if (too_large) {
        *fault = 1;
        return 0;
    }
    return a * b;
}

//$ part int_neg
/* -a */
static inline int64_t int_neg(int64_t a, int *fault)
{
    if (a == INT64_MIN) {
        *fault = 1;
        return 0;
    }
    return -a;
}

//$ part int_abs
/* |a| */
static inline int64_t int_abs(int64_t a, int *fault)
{
    if (a == INT64_MIN) {
        *fault = 1;
        return 0;
    }
    return a < 0 ? -a : a;
}

//$ part int_sign
/* -1, 0 or 1 */
static inline int64_t int_sign(int64_t a)
{
    return (a > 0) - (a < 0);
}

//$ part int_div
/* The largest integer <= a / b. */
static inline int64_t int_div(int64_t a, int64_t b, int *fault)
{
    if (b == 0 || (a == INT64_MIN && b == -1)) {
        *fault = 1;
        return 0;
    }
    const int64_t quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

//$ part int_mod
/* a - b * (a div b): 0 or of the sign of b. */
static inline int64_t int_mod(int64_t a, int64_t b, int *fault)
{
    if (b == 0 || b == -1) {                                  /* INT64_MIN % -1 is not defined */
        *fault |= b == 0;
        return 0;
    }
    const int64_t remainder = a % b;
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

//$ part int_pow
/* a^n, by squaring; a^0 = 1; a negative n is a fault. */
static inline int64_t int_pow(int64_t a, int64_t n, int *fault)
{
    if (n < 0) {
        *fault = 1;
        return 0;
    }
    int64_t power = 1;
    while (n > 0) {
        if (n % 2 != 0) {
            power = int_mul(power, a, fault);
        }
        n /= 2;
        if (n > 0) {                                          /* the square after the last would overflow for nothing */
            a = int_mul(a, a, fault);
        }
    }
    return power;
}

//$ part int_of_f32
/* x without its fraction; NaN and what is outside of 64 bits is a fault. */
static inline int64_t int_of_f32(float x, int *fault)
{
    if (!(x >= -0x1p63f && x < 0x1p63f)) {
        *fault = 1;
        return 0;
    }
    return (int64_t)x;
}

//$ part int_of_f64
/* x without its fraction; NaN and what is outside of 64 bits is a fault. */
static inline int64_t int_of_f64(double x, int *fault)
{
    if (!(x >= -0x1p63 && x < 0x1p63)) {
        *fault = 1;
        return 0;
    }
    return (int64_t)x;
}

//$ end
#endif
