/*
 * sin and cos.
 *
 * x = n pi/2 + r with n the nearest integer, |r| <= pi/4 and a little, as a sum of two doubles in sin_f64 and cos_f64. Up to 2^20
 * pi/2 is taken in parts so short that n times each is exact (Cody & Waite 1980); beyond, the bits of 2/pi that matter are
 * multiplied in integers (Payne & Hanek 1983), so the bounds below hold for all x. Then minimax polynomials for sin r and cos r,
 * one of which is the answer, up to its sign, by the quarter turn n mod 4. The float functions compute in double.
 */
#ifndef SINTER_MATH_SIN_C
#define SINTER_MATH_SIN_C

#include "bits.h"

//$ part quarter_turns_far_f64
/* quarter_turns_f64 for finite |x| >= 2^20. */
static inline int quarter_turns_far_f64(double x, double *high, double *low)
{
    /* 2/pi, the point after the second word: sum of word[i] * 2^(32 - 32 i) */
    static const uint32_t word[40] = {
        0x00000000u, 0x00000000u, 0xA2F9836Eu, 0x4E441529u, 0xFC2757D1u, 0xF534DDC0u, 0xDB629599u, 0x3C439041u,
        0xFE5163ABu, 0xDEBBC561u, 0xB7246E3Au, 0x424DD2E0u, 0x06492EEAu, 0x09D1921Cu, 0xFE1DEB1Cu, 0xB129A73Eu,
        0xE88235F5u, 0x2EBB4484u, 0xE99C7026u, 0xB45F7E41u, 0x3991D639u, 0x835339F4u, 0x9C845F8Bu, 0xBDF9283Bu,
        0x1FF897FFu, 0xDE05980Fu, 0xEF2F118Bu, 0x5A0A6D1Fu, 0x6D367ECFu, 0x27CB09B7u, 0x4F463F66u, 0x9E5FEA2Du,
        0x7527BAC7u, 0xEBE5F17Bu, 0x3D0739F7u, 0x8A5292EAu, 0x6BFB5FB1u, 0x1F8D5D08u, 0x56033046u, 0xFC7B6BABu,
    };
    /*
     * x = m 2^e. Bits of 2/pi that m 2^e makes a multiple of 4 do not matter, nor do those that come 192 bits later: m times
     * the 192 bits between, modulo 2^192, is x 2/pi modulo 4 in units of 2^-190.
     */
    const uint64_t bits = f64_bits(x);
    const uint64_t m = (bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x0010000000000000);
    const int first = (int)(bits >> 52 & 0x7FFu) - 1075 + 62; /* the first bit that matters */
    const uint32_t *from = word + first / 32;
    const int shift = 32 - first % 32;
    uint32_t turns[6];                                        /* least significant first */
    uint64_t carry = 0;
    for (int i = 0; i < 6; i++) {
        carry += (m & 0xFFFFFFFFu) * (uint32_t)((((uint64_t)from[5 - i] << 32) | from[6 - i]) >> shift);
        turns[i] = (uint32_t)carry;
        carry >>= 32;
    }
    carry = 0;
    for (int i = 1; i < 6; i++) {
        carry += turns[i] + (m >> 32) * (uint32_t)((((uint64_t)from[6 - i] << 32) | from[7 - i]) >> shift);
        turns[i] = (uint32_t)carry;
        carry >>= 32;
    }

    /* the nearest integer of quarters, and what is left, in [-1/2, 1/2): as its size and sign */
    uint32_t n = (turns[5] + 0x20000000u) >> 30;
    turns[5] -= n << 30;
    int negative = turns[5] >> 31 != 0;
    if (negative) {
        carry = 1;
        for (int i = 0; i < 6; i++) {
            carry += (uint32_t)~turns[i];
            turns[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    double left = 0.0, left_low = 0.0, unit = 0x1p-30;
    for (int i = 5; i >= 0; i--) {
        double rest;
        left = f64_sum(left, (double)turns[i] * unit, &rest);
        left_low += rest;
        unit *= 0x1p-32;
    }

    double r_low;
    const double r = f64_product(left, 0x1.921fb54442d18p+0, &r_low);
    r_low += left * 0x1.1a62633145c07p-54 + left_low * 0x1.921fb54442d18p+0;
    if (bits >> 63) {
        n = 0u - n;
        negative = !negative;
    }
    *high = negative ? -(r + r_low) : r + r_low;
    *low = negative ? ((r + r_low) - r) - r_low : (r - (r + r_low)) + r_low;
    return (int)(n & 3u);
}

//$ part quarter_turns_f64
/* The n mod 4 and the *high + *low = r of x = n pi/2 + r. x is finite. */
static inline int quarter_turns_f64(double x, double *high, double *low)
{
    if (x > 0x1p20 || x < -0x1p20) {
        return quarter_turns_far_f64(x, high, low);
    }
    const double shifted = x * 0x1.45f306dc9c883p-1 /* 2/pi */ + 0x1.8p52;
    const double n = shifted - 0x1.8p52;
    double second_low, third_low;
    const double second = f64_sum(x - n * 0x1.921fb544p+0, -(n * 0x1.0b4611a6p-34), &second_low);
    const double third = f64_sum(second, -(n * 0x1.3198a2ep-69), &third_low);
    const double rest = (second_low + third_low) - n * 0x1.b839a252049c1p-104;
    *high = third + rest;
    *low = (third - *high) + rest;
    return (int)(f64_bits(shifted) & 3u);
}

//$ part sin_near_f64
/* sin(r + low) for |r| <= pi/4: r + r z p(z), z = r^2, and low times the derivative. */
static inline double sin_near_f64(double r, double low)
{
    const double z = r * r;
    double p = 0x1.5d8b405d476cep-33;               /* 1.58954186e-10 z^5 */
    p = p * z - 0x1.ae5e4b43243bbp-26;              /* -2.50507342e-08 z^4 */
    p = p * z + 0x1.71de3554e6458p-19;              /* 2.75573135e-06 z^3 */
    p = p * z - 0x1.a01a019be8e66p-13;              /* -0.000198412698 z^2 */
    p = p * z + 0x1.111111110f72fp-7;               /* 0.00833333333 z */
    p = p * z - 0x1.5555555555548p-3;               /* -0.166666667 */
    return r + (r * z * p + low * (1.0 - 0.5 * z));
}

//$ part cos_near_f64
/* cos(r + low) for |r| <= pi/4: 1 - z/2 + z^2 p(z), z = r^2, with the rounding error of 1 - z/2 added back. */
static inline double cos_near_f64(double r, double low)
{
    const double z = r * r, half = 0.5 * z, most = 1.0 - half;
    double p = -0x1.8fa684df1e2fp-37;               /* -1.13587494e-11 z^5 */
    p = p * z + 0x1.1ee9dbcf8ab9ep-29;              /* 2.08757054e-09 z^4 */
    p = p * z - 0x1.27e4f7f191dd4p-22;              /* -2.75573142e-07 z^3 */
    p = p * z + 0x1.a01a019c8f25ap-16;              /* 2.48015873e-05 z^2 */
    p = p * z - 0x1.6c16c16c15015p-10;              /* -0.00138888889 z */
    p = p * z + 0x1.555555555554bp-5;               /* 0.0416666667 */
    return most + (((1.0 - most) - half) + (z * z * p - r * low));
}

//$ part sin_f64
/* Sine. Error < 0.8 ulp. */
static inline double sin_f64(double x)
{
    if (x > -0x1p-27 && x < 0x1p-27) {
        return x;
    }
    if (!(x >= -DBL_MAX && x <= DBL_MAX)) {
        return f64_of_bits(UINT64_C(0x7FF8000000000000));
    }
    double r, low;
    const int quarter = quarter_turns_f64(x, &r, &low);
    const double y = quarter & 1 ? cos_near_f64(r, low) : sin_near_f64(r, low);
    return quarter & 2 ? -y : y;
}

//$ part cos_f64
/* Cosine. Error < 0.8 ulp. */
static inline double cos_f64(double x)
{
    if (!(x >= -DBL_MAX && x <= DBL_MAX)) {
        return f64_of_bits(UINT64_C(0x7FF8000000000000));
    }
    double r, low;
    const int quarter = quarter_turns_f64(x, &r, &low);
    const double y = quarter & 1 ? sin_near_f64(r, low) : cos_near_f64(r, low);
    return quarter == 1 || quarter == 2 ? -y : y;
}

//$ part quarter_turns_f32
/* As quarter_turns_f64, for an x that is a float: *r in one double. */
static inline int quarter_turns_f32(double x, double *r)
{
    if (x > 0x1p20 || x < -0x1p20) {
        double low;
        return quarter_turns_far_f64(x, r, &low);
    }
    const double shifted = x * 0x1.45f306dc9c883p-1 /* 2/pi */ + 0x1.8p52;
    const double n = shifted - 0x1.8p52;
    *r = (x - n * 0x1.921fb544p+0) - n * 0x1.0b4611a626331p-34;
    return (int)(f64_bits(shifted) & 3u);
}

//$ part sin_near_f32
/* sin r for |r| <= pi/4, to more bits than a float has. */
static inline double sin_near_f32(double r)
{
    const double z = r * r;
    double p = 0x1.6cd1f5df349e9p-19;               /* 2.71812199e-06 z^3 */
    p = p * z - 0x1.a00f7f4979102p-13;              /* -0.000198393124 z^2 */
    p = p * z + 0x1.1111086ab53e1p-7;               /* 0.00833332931 z */
    p = p * z - 0x1.5555554c72bf6p-3;               /* -0.166666666 */
    return r * (1.0 + z * p);
}

//$ part cos_near_f32
/* cos r for |r| <= pi/4, to more bits than a float has. */
static inline double cos_near_f32(double r)
{
    const double z = r * r;
    double p = -0x1.241ea6a580b92p-22;              /* -2.72057699e-07 z^3 */
    p = p * z + 0x1.a010df0f8bd7ep-16;              /* 2.47994604e-05 z^2 */
    p = p * z - 0x1.6c16b82a93d27p-10;              /* -0.00138888835 z */
    p = p * z + 0x1.5555554eda31ep-5;               /* 0.0416666666 */
    return 1.0 + z * (z * p - 0.5);
}

//$ part sin_f32
/* Sine. Error < 0.51 ulp. */
static inline float sin_f32(float x)
{
    if (!(x >= -FLT_MAX && x <= FLT_MAX)) {
        return f32_of_bits(0x7FC00000u);
    }
    double r;
    const int quarter = quarter_turns_f32((double)x, &r);
    const double y = quarter & 1 ? cos_near_f32(r) : sin_near_f32(r);
    return (float)(quarter & 2 ? -y : y);
}

//$ part cos_f32
/* Cosine. Error < 0.51 ulp. */
static inline float cos_f32(float x)
{
    if (!(x >= -FLT_MAX && x <= FLT_MAX)) {
        return f32_of_bits(0x7FC00000u);
    }
    double r;
    const int quarter = quarter_turns_f32((double)x, &r);
    const double y = quarter & 1 ? sin_near_f32(r) : cos_near_f32(r);
    return (float)(quarter == 1 || quarter == 2 ? -y : y);
}

//$ end
#endif
