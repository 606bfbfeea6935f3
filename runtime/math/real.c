/*
 * abs, sign, min, max, and div and mod that floor, of reals. min and max of a NaN are NaN, and of two equal numbers the first.
 */
#ifndef SINTER_MATH_REAL_C
#define SINTER_MATH_REAL_C

#include "bits.h"
#include "round.c"

//$ part abs_f32
/* |x| */
static inline float abs_f32(float x)
{
    return f32_of_bits(f32_bits(x) & 0x7FFFFFFFu);
}

//$ part sign_f32
/* -1, 0 or 1 */
static inline float sign_f32(float x)
{
    return f32_select(x != x, x, (float)((x > 0.0f) - (x < 0.0f)));
}

//$ part min_f32
/* The smaller one. */
static inline float min_f32(float a, float b)
{
    return f32_select(a != a, a, f32_select((b < a) | (b != b), b, a));
}

//$ part max_f32
/* The larger one. */
static inline float max_f32(float a, float b)
{
    return f32_select(a != a, a, f32_select((b > a) | (b != b), b, a));
}

//$ part abs_f64
/* |x| */
static inline double abs_f64(double x)
{
    return f64_of_bits(f64_bits(x) & UINT64_C(0x7FFFFFFFFFFFFFFF));
}

//$ part sign_f64
/* -1, 0 or 1 */
static inline double sign_f64(double x)
{
    return f64_select(x != x, x, (double)((x > 0.0) - (x < 0.0)));
}

//$ part min_f64
/* The smaller one. */
static inline double min_f64(double a, double b)
{
    return f64_select(a != a, a, f64_select((b < a) | (b != b), b, a));
}

//$ part max_f64
/* The larger one. */
static inline double max_f64(double a, double b)
{
    return f64_select(a != a, a, f64_select((b > a) | (b != b), b, a));
}

//$ part mod_f64
/* a - b * (a div b): 0 or of the sign of b; by 0 NaN. The remainder of |a| by |b| is exact: their integer mantissas, divided. */
static inline double mod_f64(double a, double b)
{
    const uint64_t a_size = f64_bits(a) & UINT64_C(0x7FFFFFFFFFFFFFFF), b_size = f64_bits(b) & UINT64_C(0x7FFFFFFFFFFFFFFF);
    const uint64_t infinity = UINT64_C(0x7FF0000000000000);
    if (a_size >= infinity || b_size > infinity || b_size == 0) {
        return f64_of_bits(UINT64_C(0x7FF8000000000000));
    }
    double rest = a;
    if (a_size >= b_size) {
        /* |a| = m 2^(i - 1075), |b| = n 2^(j - 1075); subnormals have i = 1 and no implicit bit */
        const uint64_t one = UINT64_C(1) << 52;
        uint64_t m = a_size < one ? a_size : (a_size & (one - 1u)) | one;
        const uint64_t n = b_size < one ? b_size : (b_size & (one - 1u)) | one;
        const int i = a_size < one ? 1 : (int)(a_size >> 52), j = b_size < one ? 1 : (int)(b_size >> 52);
        m %= n;
        for (int left = i - j; left > 0; left -= 11) {
            m = (m << (left < 11 ? left : 11)) % n;           /* m < 2^53 stays below 2^64 */
        }
        const double unit = f64_of_bits(j > 52 ? (uint64_t)(j - 52) << 52 : UINT64_C(1) << (j - 1));
        rest = a < 0.0 ? -((double)m * unit) : (double)m * unit;
    }
    return rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest;
}

//$ part div_f64
/* The largest integer <= a / b, where that is finite. */
static inline double div_f64(double a, double b)
{
    if (b == 0.0 || b > DBL_MAX || b < -DBL_MAX) {
        const double quotient = floor_f64(a / b);
        return f64_select(quotient != quotient, f64_of_bits(UINT64_C(0x7FF8000000000000)), quotient);
    }
    const double quotient = round_f64((a - mod_f64(a, b)) / b);
    return f64_select(quotient != quotient, f64_of_bits(UINT64_C(0x7FF8000000000000)), quotient);
}

//$ part mod_f32
/* a - b * (a div b): 0 or of the sign of b; by 0 NaN. */
static inline float mod_f32(float a, float b)
{
    return (float)mod_f64((double)a, (double)b);
}

//$ part div_f32
/* The largest integer <= a / b, where that is finite. */
static inline float div_f32(float a, float b)
{
    return f32_of_f64(div_f64((double)a, (double)b));
}

//$ end
#endif
