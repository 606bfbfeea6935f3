/* power.h - vpow, and vpow_by, whose exponent is one number of -2 .. 2, in the words of simd.h; errors are below 4 ulp for all floats
 *
 * Where a vector holds an x that is negative or not finite, or |y| of 2^10 or more, or is a single lane without a fused vfma, runtime/math
 * does it lane by lane. */
#ifndef SINTER_SIMD_POWER_H
#define SINTER_SIMD_POWER_H

#include "../math/pow.c"

/* x^y = e^(y log x), and what rounding takes from y log x is added at last: the logarithm is high + low.
 * x = 2^k m; log m = 2 s + 2 s z p(z), s = (m - 1) / (m + 1), z = s^2 */
SIMD_WORD vf vpow_of(vf x, vf y)
{
    const vf zero = vsplat(0.0f), one = vsplat(1.0f);
    const vm subnormal = vlt(x, vsplat(0x1p-126f));
    const vi bits = vbits(vselect(subnormal, x * vsplat(0x1p23f), x)) + visplat(0x3F800000 - 0x3F3504F3);
    const vf k = vfloat(vshr(bits, 23)) - vselect(subnormal, vsplat(150.0f), vsplat(127.0f));
    const vf m = vof_bits((bits & visplat(0x007FFFFF)) + visplat(0x3F3504F3)), f = m - one, d = m + one;
    const vf inverse = vrecip(d), s = f * inverse;
    const vf s_low = vfma(-s, m - (d - one), vfma(-s, d, f)) * inverse, z = s * s;
    vf p = vsplat(0x1.745d18p-4f);
    p = vfma(p, z, vsplat(0x1.c71c72p-4f));
    p = vfma(p, z, vsplat(0x1.24924ap-3f));
    p = vfma(p, z, vsplat(0x1.99999ap-3f));
    p = vfma(p, z, vsplat(0x1.555556p-2f));
    const vf of_k = k * vsplat(0x1.62e4p-1f), sum = of_k + (s + s);
    const vf rest = ((of_k - sum) + (s + s)) + vfma((s + s) * z, p, vfma(k, vsplat(0x1.7f7d1cp-20f), s_low + s_low));
    const vf high = sum + rest, low = rest - (high - sum);

    const vf e = y * high, c = vmin(vsplat(89.0f), vmax(vsplat(-104.0f), e));
    const vf e_low = vselect(veq(c, e), vfma(y, low, vfma(y, high, -e)), zero);
    const vf magic = vsplat(0x1.8p23f), n = vfma(c, vsplat(0x1.715476p+0f), magic) - magic;
    const vf r = vfma(n, vsplat(-0x1.7f7d1cp-20f), vfma(n, vsplat(-0x1.62e4p-1f), c)) + e_low;
    const vf power = vscale(vfma(vfma(vexp_rest(r), r, one), r, one), n);
    const vf of_zero = vselect(vlt(zero, y), zero, vselect(veq(y, zero), one, vof_bits(visplat(0x7F800000))));
    return vselect(veq(x, zero), of_zero, power);
}

SIMD_APART vf vpow(vf x, vf y)
{
    const vm fits = vand(vand(vile(visplat(0), vbits(x)), vilt(vbits(x), visplat(0x7F800000))), vlt(vabs(y), vsplat(0x1p10f)));
    if (W > 1 && !vany(vnot(fits))) {
        return vpow_of(x, y);
    }
    float base[W], exponent[W];
    vstore(base, x);
    vstore(exponent, y);
    for (int i = 0; i < W; i++) {
        base[i] = pow_f32(base[i], exponent[i]);
    }
    return vload(base);
}

/* log m, x = 2^k m, m about 1. With tables k and m are infinite or NaN as x says, else x is positive. */
SIMD_WORD vf vlog_of_mantissa(vf x, vf *k)
{
    if (TABLES) {
        const vf m = vsplit(x, k);
        return vlog_of_inverse(m) + vlog_near_1(vfma(m, vinverse_by_table(m), vsplat(-1.0f)));
    }
    const vf f = vlog_split(x, k);
    return f - (vsplat(0.5f) * f * f - f * f * f * vlog_rest(f));
}

/* 2^(k y) m^y, where k y = n + f and n is whole: e^(f ln 2 + y log m), whose exponent is small. */
SIMD_WORD vf vpow_by(vf x, vf y)
{
    if (W == 1) {
        return vpow(x, y);
    }
    const vf zero = vsplat(0.0f), infinite = vof_bits(visplat(0x7F800000)), most = vsplat(252.0f);
    vf k;
    const vf of_m = vlog_of_mantissa(x, &k), magic = vsplat(0x1.8p23f);
    const vf n = vmin(most, vmax(-most, vfma(k, y, magic) - magic)), f = vfma(k, y, -n);
    const vf power = vscale(vexp(vfma(f, vsplat(0x1.62e43p-1f), y * of_m)), n);
    const vf of_zero = vselect(vlt(zero, y), zero, infinite), of_infinite = vselect(vlt(zero, y), infinite, zero);
    if (TABLES) {
        return vselect(veq(x, -infinite), of_infinite, power);
    }
    const vf edge = vselect(veq(x, zero), of_zero, vselect(veq(vabs(x), infinite), of_infinite, vof_bits(visplat(0x7FC00000))));
    return vselect(vand(vlt(zero, x), vlt(x, infinite)), power, edge);
}

#endif
