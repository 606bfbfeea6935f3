/*
 * Square roots, correctly rounded, without libm: the root of an integer bit by bit. With x = m 2^e, e even, and m widened so that
 * its integer root has one bit more than the result, that bit and whether anything remains decide the rounding.
 *
 * The loop keeps remainder = (m's digits so far) - root^2 and brings down two bits of m a time, as one does on paper.
 */
#ifndef SINTER_MATH_SQRT_C
#define SINTER_MATH_SQRT_C

#include "bits.h"

//$ part sqrt_f32
/* Square root; of less than 0 NaN. Exact to the last bit. */
static inline float sqrt_f32(float x)
{
    if (!(x > 0.0f && x <= FLT_MAX)) {
        return x == 0.0f || x > 0.0f ? x : f32_of_bits(0x7FC00000u);
    }
    const int subnormal = x < 0x1p-126f;
    const uint32_t bits = f32_bits(subnormal ? x * 0x1p24f : x);
    const int exponent = (int)(bits >> 23) - 127 - (subnormal ? 24 : 0);
    const int odd = exponent & 1;                             /* also of a negative one, two's complement */
    uint32_t m = ((bits & 0x007FFFFFu) | 0x00800000u) << (odd ? 8 : 7);       /* in [2^30, 2^32): its first digit is not 0 */
    uint32_t remainder = 0, root = 0;
    for (int i = 0; i < 25; i++) {
        remainder = remainder << 2 | m >> 30;
        m <<= 2;
        root <<= 1;
        if (remainder > 2u * root) {
            remainder -= 2u * root + 1u;
            root++;
        }
    }
    /* never a tie: the square of an odd root of 25 bits has more than 24 significant bits */
    const uint32_t rounded = (root >> 1) + (root & 1u);
    return f32_of_bits(((uint32_t)((exponent - odd) / 2 + 126) << 23) + rounded);
}

//$ part sqrt_f64
/* Square root; of less than 0 NaN. Exact to the last bit. */
static inline double sqrt_f64(double x)
{
    if (!(x > 0.0 && x <= DBL_MAX)) {
        return x == 0.0 || x > 0.0 ? x : f64_of_bits(UINT64_C(0x7FF8000000000000));
    }
    const int subnormal = x < 0x1p-1022;
    const uint64_t bits = f64_bits(subnormal ? x * 0x1p54 : x);
    const int exponent = (int)(bits >> 52) - 1023 - (subnormal ? 54 : 0);
    const int odd = exponent & 1;
    uint64_t m = ((bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x0010000000000000)) << (odd ? 11 : 10);
    uint64_t remainder = 0, root = 0;
    for (int i = 0; i < 54; i++) {
        remainder = remainder << 2 | m >> 62;
        m <<= 2;
        root <<= 1;
        if (remainder > 2u * root) {
            remainder -= 2u * root + 1u;
            root++;
        }
    }
    const uint64_t rounded = (root >> 1) + (root & 1u);
    return f64_of_bits(((uint64_t)((exponent - odd) / 2 + 1022) << 52) + rounded);
}

//$ end
#endif
