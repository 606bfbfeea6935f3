/*
 * log and log1p.
 *
 * x = 2^k m with m between sqrt(1/2) and sqrt(2), taken apart by bits; log x = k ln 2 + log(1 + f), f = m - 1. In float
 * log(1 + f) = f - f^2/2 + f^3 p(f); in double, where p would be long, with s = f / (2 + f) and z = s^2,
 * log(1 + f) = 2 s + s z p(z) = f - (f^2/2 - s (f^2/2 + z p(z))), so that the large term f enters unrounded. k times the first
 * part of ln 2 is exact. log1p adds the rounding error c of 1 + x as c / (1 + x), the first term of its series.
 */
#ifndef SINTER_MATH_LOG_C
#define SINTER_MATH_LOG_C

#include "bits.h"

//$ part log_f32
/* Natural logarithm; of 0 -infinity, of less NaN. Error < 0.9 ulp. */
static inline float log_f32(float x)
{
    const int subnormal = x < 0x1p-126f;
    const uint32_t bits = f32_bits(f32_select(subnormal, x * 0x1p23f, x)) + (0x3F800000u - 0x3F3504F3u); /* 1 - sqrt(1/2) */
    const float k = (float)((int32_t)(bits >> 23) - 127 - 23 * subnormal);
    const float f = f32_of_bits((bits & 0x007FFFFFu) + 0x3F3504F3u) - 1.0f;
    float p = 0x1.b60f9cp-5f;                       /* 0.05347424 f^8 */
    p = p * f - 0x1.bf3ebep-4f;                     /* -0.109190695 f^7 */
    p = p * f + 0x1.efef8ep-4f;                     /* 0.121078067 f^6 */
    p = p * f - 0x1.0103b2p-3f;                     /* -0.125495329 f^5 */
    p = p * f + 0x1.230372p-3f;                     /* 0.142096415 f^4 */
    p = p * f - 0x1.552f1ap-3f;                     /* -0.166593745 f^3 */
    p = p * f + 0x1.99a54p-3f;                      /* 0.200022221 f^2 */
    p = p * f - 0x1.00007p-2f;                      /* -0.250001669 f */
    p = p * f + 0x1.555548p-2f;                     /* 0.333333135 */
    const float y = k * 0x1.62e4p-1f + (f - (0.5f * f * f - (f * f * f * p + k * 0x1.7f7d1cp-20f)));
    const float edge = f32_select(x == 0.0f, f32_of_bits(0xFF800000u), f32_of_bits(0x7FC00000u));
    return f32_select(x > 0.0f, f32_select(x > FLT_MAX, x, y), edge);
}

//$ part log1p_f32
/* log(1 + x), also where 1 + x is almost 1. Error < 0.9 ulp. */
static inline float log1p_f32(float x)
{
    const int central = (x > -0.25f) & (x < 0.375f); /* f is x itself and k is 0 */
    const float u = 1.0f + x, x_seen = u - 1.0f;
    const float c = (1.0f - (u - x_seen)) + (x - x_seen);     /* 1 + x = u + c */
    const uint32_t bits = f32_bits(u) + (0x3F800000u - 0x3F3504F3u);
    const float k = f32_select(central, 0.0f, (float)((int32_t)(bits >> 23) - 127));
    const float f = f32_select(central, x, f32_of_bits((bits & 0x007FFFFFu) + 0x3F3504F3u) - 1.0f);
    const float correction = f32_select(central, 0.0f, c / u);
    float p = 0x1.b60f9cp-5f;                       /* 0.05347424 f^8 */
    p = p * f - 0x1.bf3ebep-4f;                     /* -0.109190695 f^7 */
    p = p * f + 0x1.efef8ep-4f;                     /* 0.121078067 f^6 */
    p = p * f - 0x1.0103b2p-3f;                     /* -0.125495329 f^5 */
    p = p * f + 0x1.230372p-3f;                     /* 0.142096415 f^4 */
    p = p * f - 0x1.552f1ap-3f;                     /* -0.166593745 f^3 */
    p = p * f + 0x1.99a54p-3f;                      /* 0.200022221 f^2 */
    p = p * f - 0x1.00007p-2f;                      /* -0.250001669 f */
    p = p * f + 0x1.555548p-2f;                     /* 0.333333135 */
    const float g = f - (0.5f * f * f - (f * f * f * p + (k * 0x1.7f7d1cp-20f + correction)));
    const float y = f32_select(central, g, k * 0x1.62e4p-1f + g);
    const float edge = f32_select(x == -1.0f, f32_of_bits(0xFF800000u), f32_of_bits(0x7FC00000u));
    return f32_select(x > -1.0f, f32_select(x > FLT_MAX, x, y), edge);
}

//$ part log_f64
/* Natural logarithm; of 0 -infinity, of less NaN. Error < 0.9 ulp. */
static inline double log_f64(double x)
{
    const int subnormal = x < 0x1p-1022;
    const uint64_t bits = f64_bits(f64_select(subnormal, x * 0x1p52, x)) + (UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
    const double k = (double)((int32_t)(bits >> 52) - 1023 - 52 * subnormal);
    const double f = f64_of_bits((bits & UINT64_C(0x000FFFFFFFFFFFFF)) + UINT64_C(0x3FE6A09E667F3BCD)) - 1.0;     /* sqrt(1/2) */
    const double s = f / (2.0 + f), z = s * s;
    double p = 0x1.2f03e001d35f8p-3;                /* 0.14795661 z^6 */
    p = p * z + 0x1.39a1e57a4141p-3;                /* 0.153140824 z^5 */
    p = p * z + 0x1.74663d08a467bp-3;               /* 0.181835629 z^4 */
    p = p * z + 0x1.c71c5213ede5dp-3;               /* 0.222221986 z^3 */
    p = p * z + 0x1.24924941e1a01p-2;               /* 0.285714287 z^2 */
    p = p * z + 0x1.999999997ff17p-2;               /* 0.4 z */
    p = p * z + 0x1.5555555555592p-1;               /* 0.666666667 */
    const double half = 0.5 * f * f;
    const double y = k * 0x1.62e42fefa38p-1 + (f - (half - (s * (half + z * p) + k * 0x1.ef35793c7673p-45)));
    const double edge = f64_select(x == 0.0, f64_of_bits(UINT64_C(0xFFF0000000000000)), f64_of_bits(UINT64_C(0x7FF8000000000000)));
    return f64_select(x > 0.0, f64_select(x > DBL_MAX, x, y), edge);
}

//$ part log1p_f64
/* log(1 + x), also where 1 + x is almost 1. Error < 0.9 ulp. */
static inline double log1p_f64(double x)
{
    const int central = (x > -0.25) & (x < 0.375);
    const double u = 1.0 + x, x_seen = u - 1.0;
    const double c = (1.0 - (u - x_seen)) + (x - x_seen);
    const uint64_t bits = f64_bits(u) + (UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
    const double k = f64_select(central, 0.0, (double)((int32_t)(bits >> 52) - 1023));
    const double f = f64_select(central, x, f64_of_bits((bits & UINT64_C(0x000FFFFFFFFFFFFF)) + UINT64_C(0x3FE6A09E667F3BCD)) - 1.0);
    const double correction = f64_select(central, 0.0, c / u);
    const double s = f / (2.0 + f), z = s * s;
    double p = 0x1.2f03e001d35f8p-3;                /* 0.14795661 z^6 */
    p = p * z + 0x1.39a1e57a4141p-3;                /* 0.153140824 z^5 */
    p = p * z + 0x1.74663d08a467bp-3;               /* 0.181835629 z^4 */
    p = p * z + 0x1.c71c5213ede5dp-3;               /* 0.222221986 z^3 */
    p = p * z + 0x1.24924941e1a01p-2;               /* 0.285714287 z^2 */
    p = p * z + 0x1.999999997ff17p-2;               /* 0.4 z */
    p = p * z + 0x1.5555555555592p-1;               /* 0.666666667 */
    const double half = 0.5 * f * f;
    const double g = f - (half - (s * (half + z * p) + (k * 0x1.ef35793c7673p-45 + correction)));
    const double y = f64_select(central, g, k * 0x1.62e42fefa38p-1 + g);
    const double edge = f64_select(x == -1.0, f64_of_bits(UINT64_C(0xFFF0000000000000)), f64_of_bits(UINT64_C(0x7FF8000000000000)));
    return f64_select(x > -1.0, f64_select(x > DBL_MAX, x, y), edge);
}

//$ end
#endif
