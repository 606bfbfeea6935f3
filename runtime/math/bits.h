/*
 * Bits of IEEE 754 numbers, for the functions in this folder.
 *
 * Generated code calls no libm for anything but square roots: every function here is plain C99 arithmetic and therefore gives the
 * same bits on every machine, with every compiler and at every level of optimisation, as long as
 *   - float and double are IEEE binary32 and binary64, computed as such, rounded to nearest, with subnormals;
 *   - the compiler keeps to the language: no -ffast-math, and -ffp-contract=off (no fused multiply-add).
 * A NaN result is always the positive quiet one, 7FC00000 or 7FF80000 00000000 (round, floor, ceil and trunc hand their own NaN
 * back), because machines differ in the NaN they make.
 *
 * A line "//$ part NAME" begins a part. A model's source gets the parts it uses, in the order INDEX gives, and no others; what
 * stands above the first part is for reading and for testing these files as they are.
 *
 * f32_select and f64_select choose by masks and not by a branch: a compiler may not compute the unused arm of a branch if that
 * could raise a floating-point exception flag, and so would not vectorise the loop around it.
 */
#ifndef SINTER_MATH_BITS_H
#define SINTER_MATH_BITS_H

#include <float.h>
#include <stdint.h>

//$ part float_model
#if FLT_EVAL_METHOD != 0 || FLT_MANT_DIG != 24 || DBL_MANT_DIG != 53 || defined __FAST_MATH__
#error "the math functions need IEEE float and double as they are: SSE2 instead of x87, and no -ffast-math"
#endif

//$ part f32_bits
static inline uint32_t f32_bits(float x)
{
    const union {
        float number;
        uint32_t bits;
    } both = {x};
    return both.bits;
}

//$ part f32_of_bits
static inline float f32_of_bits(uint32_t bits)
{
    union {
        uint32_t bits;
        float number;
    } both;
    both.bits = bits;
    return both.number;
}

//$ part f32_select
/* which ? yes : no, without a branch; which is 0 or 1. */
static inline float f32_select(int which, float yes, float no)
{
    const uint32_t mask = 0u - (uint32_t)which;
    return f32_of_bits((f32_bits(yes) & mask) | (f32_bits(no) & ~mask));
}

//$ part f64_bits
static inline uint64_t f64_bits(double x)
{
    const union {
        double number;
        uint64_t bits;
    } both = {x};
    return both.bits;
}

//$ part f64_of_bits
static inline double f64_of_bits(uint64_t bits)
{
    union {
        uint64_t bits;
        double number;
    } both;
    both.bits = bits;
    return both.number;
}

//$ part f64_select
/* which ? yes : no, without a branch; which is 0 or 1. */
static inline double f64_select(int which, double yes, double no)
{
    const uint64_t mask = UINT64_C(0) - (uint64_t)which;
    return f64_of_bits((f64_bits(yes) & mask) | (f64_bits(no) & ~mask));
}

//$ part f32_of_f64
/* The nearest float; what rounds beyond the largest is infinite (C leaves the conversion undefined there). */
static inline float f32_of_f64(double x)
{
    const double size = x < 0.0 ? -x : x;
    if (size > (double)FLT_MAX) {
        const float most = size < 0x1.ffffffp+127 ? FLT_MAX : f32_of_bits(0x7F800000u);
        return x < 0.0 ? -most : most;
    }
    return (float)x;
}

//$ part f64_product
/* a * b = result + *low exactly, for |a|, |b| < 2^995 and products far from underflow (Veltkamp 1968, Dekker 1971). */
static inline double f64_product(double a, double b, double *low)
{
    const double a_wide = a * 134217729.0 /* 2^27 + 1 */, b_wide = b * 134217729.0;
    const double a_high = a_wide - (a_wide - a), b_high = b_wide - (b_wide - b);
    const double a_low = a - a_high, b_low = b - b_high;
    const double product = a * b;
    *low = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
    return product;
}

//$ part f64_sum
/* a + b = result + *low exactly (Knuth 1969, TwoSum). */
static inline double f64_sum(double a, double b, double *low)
{
    const double sum = a + b;
    const double b_seen = sum - a;
    *low = (a - (sum - b_seen)) + (b - b_seen);
    return sum;
}

//$ end
#endif
