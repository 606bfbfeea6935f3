/*
 * Square roots, correctly rounded: IEEE 754 asks that of sqrt as it does of +, so libm's gives the same bits everywhere and is
 * one instruction on most machines. sqrt_freestanding.c has the same functions without libm.
 */
#ifndef SINTER_MATH_SQRT_C
#define SINTER_MATH_SQRT_C

#include "bits.h"

#include <math.h>

//$ part sqrt_f32
/* Square root; of less than 0 NaN. Exact to the last bit. */
static inline float sqrt_f32(float x)
{
    return x >= 0.0f ? sqrtf(x) : f32_of_bits(0x7FC00000u);
}

//$ part sqrt_f64
/* Square root; of less than 0 NaN. Exact to the last bit. */
static inline double sqrt_f64(double x)
{
    return x >= 0.0 ? sqrt(x) : f64_of_bits(UINT64_C(0x7FF8000000000000));
}

//$ end
#endif
