/*
 * exp and expm1.
 *
 * x = n ln 2 + r with n the nearest integer and |r| <= ln 2 / 2 (Cody & Waite 1980: ln 2 in two parts, the first so short that n
 * times it is exact), exp(r) = 1 + r + r^2 p(r) with a minimax polynomial, and 2^n put together from bits, in two factors, since
 * results reach from the subnormals to the last float below infinity. Adding 1.5 * 2^23 (2^52) rounds to an integer and leaves it
 * in the low bits. No branches and no tables: a loop over exp_f32 vectorises.
 */
#ifndef SINTER_MATH_EXP_C
#define SINTER_MATH_EXP_C

#include "bits.h"

//$ part exp_f32
/* e^x. Error < 1.1 ulp. */
static inline float exp_f32(float x)
{
    const float low = f32_select(x < -104.0f, -104.0f, x); /* e^-104 rounds to 0, e^89 to infinity; NaN stays */
    const float c = f32_select(low > 89.0f, 89.0f, low);
    const float shifted = c * 0x1.715476p+0f + 0x1.8p23f;     /* 1/ln 2; n is in the low bits */
    const float n = shifted - 0x1.8p23f;
    const float r = (c - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    float p = 0x1.6aafa4p-10f;                      /* 0.00138353766 r^4 */
    p = p * r + 0x1.122cbp-7f;                      /* 0.00836714357 r^3 */
    p = p * r + 0x1.55579cp-5f;                     /* 0.041667752 r^2 */
    p = p * r + 0x1.5554aap-3f;                     /* 0.16666539 r */
    p = p * r + 0x1.fffffep-2f;                     /* 0.49999997 */
    const float y = 1.0f + (r + r * r * p);
    const uint32_t both = f32_bits(shifted) - f32_bits(0x1.8p23f) + 254u;     /* n + 2 * 127 */
    const uint32_t half = both >> 1;
    return f32_select(x != x, f32_of_bits(0x7FC00000u), y * f32_of_bits(half << 23) * f32_of_bits((both - half) << 23));
}

//$ part expm1_f32
/* e^x - 1, also where e^x is almost 1. Error < 1.2 ulp. */
static inline float expm1_f32(float x)
{
    const float low = f32_select(x < -20.0f, -20.0f, x); /* e^-20 - 1 rounds to -1 */
    const float c = f32_select(low > 89.0f, 89.0f, low);
    const float shifted = c * 0x1.715476p+0f + 0x1.8p23f;
    const float n = shifted - 0x1.8p23f;
    const float r_high = c - n * 0x1.62e4p-1f, r_low = n * 0x1.7f7d1cp-20f;
    const float r = r_high - r_low;
    float p = 0x1.6aafa4p-10f;                      /* 0.00138353766 r^4 */
    p = p * r + 0x1.122cbp-7f;                      /* 0.00836714357 r^3 */
    p = p * r + 0x1.55579cp-5f;                     /* 0.041667752 r^2 */
    p = p * r + 0x1.5554aap-3f;                     /* 0.16666539 r */
    p = p * r + 0x1.fffffep-2f;                     /* 0.49999997 */
    const uint32_t both = f32_bits(shifted) - f32_bits(0x1.8p23f) + 254u;
    const uint32_t half = both >> 1;
    /* e^x - 1 = 2^n ((1 - 2^-n) + r + r^2 p); 2^-n, n > 64, counts for nothing. The sum of the first two is exact: high + rest. */
    const float one = f32_select(both > 318u, 1.0f, 1.0f - f32_of_bits((381u - both) << 23));
    const float high = one + r;
    const float rest = (r - (high - one)) + (((r_high - r) - r_low) + r * r * p);
    const float y = (high + rest) * f32_of_bits(half << 23) * f32_of_bits((both - half) << 23);
    const int tiny = (x > -0x1p-25f) & (x < 0x1p-25f); /* where it is x, and keeps the sign of 0 */
    return f32_select(x != x, f32_of_bits(0x7FC00000u), f32_select(tiny, x, y));
}

//$ part exp_sum_f64
/* e^(x + low) for a small correction low; x not NaN. */
static inline double exp_sum_f64(double x, double low)
{
    const double above = f64_select(x < -746.0, -746.0, x); /* e^-746 rounds to 0, e^710 to infinity */
    const double c = f64_select(above > 710.0, 710.0, above);
    const double shifted = c * 0x1.71547652b82fep+0 + 0x1.8p52;
    const double n = shifted - 0x1.8p52;
    const double r = (c - n * 0x1.62e42fefa38p-1) - (n * 0x1.ef35793c7673p-45 - low);
    double p = 0x1.1ff89322cc2d6p-29;               /* 2.09526475e-09 r^10 */
    p = p * r + 0x1.af6c4ed660ffcp-26;              /* 2.51121282e-08 r^9 */
    p = p * r + 0x1.27e48f8b4a9b5p-22;              /* 2.75571659e-07 r^8 */
    p = p * r + 0x1.71ddf6a939bfcp-19;              /* 2.75572423e-06 r^7 */
    p = p * r + 0x1.a01a01c469a6fp-16;              /* 2.48015874e-05 r^6 */
    p = p * r + 0x1.a01a01afa35c7p-13;              /* 0.000198412699 r^5 */
    p = p * r + 0x1.6c16c16c12c68p-10;              /* 0.00138888889 r^4 */
    p = p * r + 0x1.111111110f6f8p-7;               /* 0.00833333333 r^3 */
    p = p * r + 0x1.555555555555bp-5;               /* 0.0416666667 r^2 */
    p = p * r + 0x1.5555555555559p-3;               /* 0.166666667 r */
    p = p * r + 0x1p-1;                             /* 0.5 */
    const double y = 1.0 + (r + r * r * p);
    const uint64_t both = f64_bits(shifted) - f64_bits(0x1.8p52) + 2046u;     /* n + 2 * 1023 */
    const uint64_t half = both >> 1;
    return y * f64_of_bits(half << 52) * f64_of_bits((both - half) << 52);
}

//$ part exp_f64
/* e^x. Error < 1 ulp. */
static inline double exp_f64(double x)
{
    return f64_select(x != x, f64_of_bits(UINT64_C(0x7FF8000000000000)), exp_sum_f64(x, 0.0));
}

//$ part expm1_f64
/* e^x - 1, also where e^x is almost 1. Error < 1.3 ulp. As expm1_f32. */
static inline double expm1_f64(double x)
{
    const double low = f64_select(x < -40.0, -40.0, x); /* e^-40 - 1 rounds to -1 */
    const double c = f64_select(low > 710.0, 710.0, low);
    const double shifted = c * 0x1.71547652b82fep+0 + 0x1.8p52;
    const double n = shifted - 0x1.8p52;
    const double r_high = c - n * 0x1.62e42fefa38p-1, r_low = n * 0x1.ef35793c7673p-45;
    const double r = r_high - r_low;
    double p = 0x1.1ff89322cc2d6p-29;               /* 2.09526475e-09 r^10 */
    p = p * r + 0x1.af6c4ed660ffcp-26;              /* 2.51121282e-08 r^9 */
    p = p * r + 0x1.27e48f8b4a9b5p-22;              /* 2.75571659e-07 r^8 */
    p = p * r + 0x1.71ddf6a939bfcp-19;              /* 2.75572423e-06 r^7 */
    p = p * r + 0x1.a01a01c469a6fp-16;              /* 2.48015874e-05 r^6 */
    p = p * r + 0x1.a01a01afa35c7p-13;              /* 0.000198412699 r^5 */
    p = p * r + 0x1.6c16c16c12c68p-10;              /* 0.00138888889 r^4 */
    p = p * r + 0x1.111111110f6f8p-7;               /* 0.00833333333 r^3 */
    p = p * r + 0x1.555555555555bp-5;               /* 0.0416666667 r^2 */
    p = p * r + 0x1.5555555555559p-3;               /* 0.166666667 r */
    p = p * r + 0x1p-1;                             /* 0.5 */
    const uint64_t both = f64_bits(shifted) - f64_bits(0x1.8p52) + 2046u;
    const uint64_t half = both >> 1;
    const double one = f64_select(both > 2146u, 1.0, 1.0 - f64_of_bits((3069u - both) << 52));
    const double high = one + r;
    const double rest = (r - (high - one)) + (((r_high - r) - r_low) + r * r * p);
    const double y = (high + rest) * f64_of_bits(half << 52) * f64_of_bits((both - half) << 52);
    const int tiny = (x > -0x1p-54) & (x < 0x1p-54);
    return f64_select(x != x, f64_of_bits(UINT64_C(0x7FF8000000000000)), f64_select(tiny, x, y));
}

//$ end
#endif
