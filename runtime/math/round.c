/*
 * round (half to even), floor, ceil, trunc: exact.
 *
 * |x| + 2^23 (2^52 in double) has no bits for a fraction, so adding and subtracting it rounds to the nearest integer, halves to
 * even; the others correct that by one. Larger numbers are integers already, infinity and NaN stay as they are. The sign is put
 * back from x: results keep -0. No branches: loops vectorise.
 */
#ifndef SINTER_MATH_ROUND_C
#define SINTER_MATH_ROUND_C

#include "bits.h"

//$ part round_f32
/* The nearest integer, halves to even. */
static inline float round_f32(float x)
{
    const uint32_t sign = f32_bits(x) & 0x80000000u;
    const float a = f32_of_bits(f32_bits(x) ^ sign);
    const float nearest = (a + 0x1p23f) - 0x1p23f;
    return f32_select(a < 0x1p23f, f32_of_bits(f32_bits(nearest) | sign), x);
}

//$ part trunc_f32
/* The integer next to x towards 0. */
static inline float trunc_f32(float x)
{
    const uint32_t sign = f32_bits(x) & 0x80000000u;
    const float a = f32_of_bits(f32_bits(x) ^ sign);
    const float nearest = (a + 0x1p23f) - 0x1p23f;
    const float below = nearest - f32_select(nearest > a, 1.0f, 0.0f);
    return f32_select(a < 0x1p23f, f32_of_bits(f32_bits(below) | sign), x);
}

//$ part floor_f32
/* The largest integer <= x. */
static inline float floor_f32(float x)
{
    const float nearest = round_f32(x);
    return f32_select(nearest > x, nearest - 1.0f, nearest);
}

//$ part ceil_f32
/* The smallest integer >= x. */
static inline float ceil_f32(float x)
{
    const float nearest = round_f32(x);
    const float above = f32_select(nearest < x, nearest + 1.0f, nearest);
    return f32_of_bits(f32_bits(above) | (f32_bits(x) & 0x80000000u));
}

//$ part round_f64
/* The nearest integer, halves to even. */
static inline double round_f64(double x)
{
    const uint64_t sign = f64_bits(x) & UINT64_C(0x8000000000000000);
    const double a = f64_of_bits(f64_bits(x) ^ sign);
    const double nearest = (a + 0x1p52) - 0x1p52;
    return f64_select(a < 0x1p52, f64_of_bits(f64_bits(nearest) | sign), x);
}

//$ part trunc_f64
/* The integer next to x towards 0. */
static inline double trunc_f64(double x)
{
    const uint64_t sign = f64_bits(x) & UINT64_C(0x8000000000000000);
    const double a = f64_of_bits(f64_bits(x) ^ sign);
    const double nearest = (a + 0x1p52) - 0x1p52;
    const double below = nearest - f64_select(nearest > a, 1.0, 0.0);
    return f64_select(a < 0x1p52, f64_of_bits(f64_bits(below) | sign), x);
}

//$ part floor_f64
/* The largest integer <= x. */
static inline double floor_f64(double x)
{
    const double nearest = round_f64(x);
    return f64_select(nearest > x, nearest - 1.0, nearest);
}

//$ part ceil_f64
/* The smallest integer >= x. */
static inline double ceil_f64(double x)
{
    const double nearest = round_f64(x);
    const double above = f64_select(nearest < x, nearest + 1.0, nearest);
    return f64_of_bits(f64_bits(above) | (f64_bits(x) & UINT64_C(0x8000000000000000)));
}

//$ end
#endif
