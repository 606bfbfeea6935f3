/*
 * pow: |x|^y = e^(y log |x|), with the special cases of C99 F.9.4.4.
 *
 * y log |x| reaches 745, and an absolute error there is a relative error of the result: in double the logarithm needs 10 bits
 * more than a double has. So it is computed as a sum of two doubles, high + low: with s = f / (2 + f) and z = s^2,
 * log(1 + f) = 2 s (1 + z/3 + z^2/5 + z^3 p(z)), where only z^3 p(z) may be rounded (to 2^-68 of the result). In float the
 * plain double logarithm has bits to spare.
 */
#ifndef SINTER_MATH_POW_C
#define SINTER_MATH_POW_C

#include "bits.h"
#include "exp.c"
#include "log.c"

//$ part pow_special_f64
/* What y as an exponent is: 0 not an integer, 1 odd, 2 even (infinity counts as even). y is neither 0 nor NaN. */
static inline int pow_parity_f64(double y)
{
    const uint64_t bits = f64_bits(y);
    const int exponent = (int)(bits >> 52 & 0x7FFu) - 1023;
    if (exponent < 0 || exponent > 52) {
        return exponent < 0 ? 0 : 2;
    }
    const uint64_t mantissa = (bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x0010000000000000);
    const uint64_t unit = UINT64_C(1) << (52 - exponent);
    return mantissa & (unit - 1u) ? 0 : mantissa & unit ? 1 : 2;
}

/* Whether x^y is decided without computing; then it is *result. Otherwise |x|^y takes the sign of *result. */
static inline int pow_special_f64(double x, double y, double *result)
{
    *result = 1.0;
    if (y == 0.0 || x == 1.0) {
        return 1;
    }
    if (x != x || y != y) {
        *result = f64_of_bits(UINT64_C(0x7FF8000000000000));
        return 1;
    }
    const int negative = f64_bits(x) >> 63 != 0;
    const double size = negative ? -x : x;
    const int parity = pow_parity_f64(y);
    if (negative && parity == 1) {
        *result = -1.0;
    }
    if (size == 0.0 || size > DBL_MAX || y > DBL_MAX || y < -DBL_MAX) {
        const int grows = (size > 1.0) == (y > 0.0);
        *result *= size == 1.0 ? 1.0 : grows ? f64_of_bits(UINT64_C(0x7FF0000000000000)) : 0.0;
        return 1;
    }
    if (negative && parity == 0) {
        *result = f64_of_bits(UINT64_C(0x7FF8000000000000));
        return 1;
    }
    return 0;
}

//$ part pow_f32
/* x^y. Error < 0.51 ulp. */
static inline float pow_f32(float x, float y)
{
    double sign;
    if (pow_special_f64((double)x, (double)y, &sign)) {
        return (float)sign;
    }
    const double e = (double)y * log_f64(x < 0.0f ? -(double)x : (double)x);
    return f32_of_f64(sign * exp_sum_f64(e, 0.0));
}

//$ part pow_f64
/* x^y. Error < 1.1 ulp. */
static inline double pow_f64(double x, double y)
{
    double sign;
    if (pow_special_f64(x, y, &sign)) {
        return sign;
    }
    const double size = x < 0.0 ? -x : x;
    const int subnormal = size < 0x1p-1022;
    const uint64_t bits = f64_bits(subnormal ? size * 0x1p52 : size) + (UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
    const double k = (double)((int32_t)(bits >> 52) - 1023 - 52 * subnormal);
    const double m = f64_of_bits((bits & UINT64_C(0x000FFFFFFFFFFFFF)) + UINT64_C(0x3FE6A09E667F3BCD));

    /* s = (m - 1) / (m + 1) and z = s^2, each high + low; m - 1 is exact */
    double d_low, s_back_low, z_low, a_low, b_low, c_low, t_low, low, sum_low, e_low;
    const double f = m - 1.0, d = f64_sum(m, 1.0, &d_low);
    const double s = f / d;
    const double s_back = f64_product(s, d, &s_back_low);
    const double s_low = (((f - s_back) - s_back_low) - s * d_low) / d;
    const double z = f64_product(s, s, &z_low);
    z_low += 2.0 * s * s_low;
    double p = 0x1.e7dcef355f139p-5;                /* 0.0595535919 z^6 */
    p = p * z + 0x1.de9ed937b574bp-5;               /* 0.0584253542 z^5 */
    p = p * z + 0x1.111dcc7bab961p-4;               /* 0.0666788089 z^4 */
    p = p * z + 0x1.3b13783fce58dp-4;               /* 0.0769228647 z^3 */
    p = p * z + 0x1.745d17d73d7eap-4;               /* 0.090909093 z^2 */
    p = p * z + 0x1.c71c71c65a486p-4;               /* 0.111111111 z */
    p = p * z + 0x1.24924924927ccp-3;               /* 0.142857143 */

    /* a = 1/5 + z p,  b = 1/3 + z a,  t = s z b,  log m = 2 (s + t) */
    const double a = f64_sum(0x1.999999999999ap-3, z * p, &a_low);
    a_low -= 0x1.999999999999ap-57;
    const double za = f64_product(z, a, &b_low);
    b_low += z * a_low + z_low * a;
    const double b = f64_sum(0x1.5555555555555p-2, za, &c_low);
    b_low += c_low + 0x1.5555555555555p-56;
    const double zb = f64_product(z, b, &c_low);
    c_low += z * b_low + z_low * b;
    const double t = f64_product(s, zb, &t_low);
    t_low += s * c_low + s_low * zb;
    const double log_m = f64_sum(2.0 * s, 2.0 * t, &low);
    low += 2.0 * (s_low + t_low);

    /* log |x| = k ln 2 + log m, then times y; beyond 2^80 y gives 0 or infinity, as 2^80 does */
    const double high = f64_sum(k * 0x1.62e42fefa38p-1, log_m, &sum_low);
    low += sum_low + k * 0x1.ef35793c7673p-45;
    const double y_cut = y > 0x1p80 ? 0x1p80 : y < -0x1p80 ? -0x1p80 : y;
    const double e = f64_product(y_cut, high, &e_low);
    return sign * exp_sum_f64(e, e > -800.0 && e < 800.0 ? e_low + y_cut * low : 0.0);
}

//$ end
#endif
