/* function.h - exp, log, erf, tanh and others of vectors, in the words of simd.h
 *
 * The methods and polynomials are those of runtime/math, which says more of each; errors are below 4 ulp for every float. NaN gives NaN.
 *
 *     vexp vlog vlog1p verf vtanh         vrecip vsign          vimin vimax viabs
 *     veach(f, x)                         any function of one float, lane by lane */
#ifndef SINTER_SIMD_FUNCTION_H
#define SINTER_SIMD_FUNCTION_H

SIMD_WORD vf veach(float (*f)(float), vf x)
{
    float lane[W];
    vstore(lane, x);
    for (int i = 0; i < W; i++) {
        lane[i] = f(lane[i]);
    }
    return vload(lane);
}

SIMD_WORD vi vimin(vi a, vi b)
{
    return viselect(vilt(b, a), b, a);
}

SIMD_WORD vi vimax(vi a, vi b)
{
    return viselect(vilt(a, b), b, a);
}

SIMD_WORD vi viabs(vi x)
{
    return viselect(vilt(x, visplat(0)), -x, x);
}

SIMD_WORD vf vrecip(vf x)
{
    return vdiv(vsplat(1.0f), x);
}

SIMD_WORD vf vsign(vf x) /* -1, 0 or 1 */
{
    const vf zero = vsplat(0.0f);
    return vselect(vlt(x, zero), vsplat(-1.0f), vselect(vlt(zero, x), vsplat(1.0f), x));
}

/* y with the sign of x; y is not negative. */
SIMD_WORD vf vwith_sign_of(vf y, vf x)
{
    return vof_bits(vbits(y) | (vbits(x) & visplat(INT32_MIN)));
}

/* x = n ln 2 + r, e^r = 1 + r + r^2 p(r) */
SIMD_WORD vf vexp(vf x)
{
    const vf c = vmin(vsplat(89.0f), vmax(vsplat(-104.0f), x)); /* e^-104 rounds to 0, e^89 to infinity; NaN stays */
    const vf magic = vsplat(0x1.8p23f), n = vfma(c, vsplat(0x1.715476p+0f), magic) - magic;
    const vf r = vfma(n, vsplat(-0x1.7f7d1cp-20f), vfma(n, vsplat(-0x1.62e4p-1f), c));
    vf p = vsplat(0x1.6aafa4p-10f);
    p = vfma(p, r, vsplat(0x1.122cbp-7f));
    p = vfma(p, r, vsplat(0x1.55579cp-5f));
    p = vfma(p, r, vsplat(0x1.5554aap-3f));
    p = vfma(p, r, vsplat(0x1.fffffep-2f));
    return vscale(vfma(vfma(p, r, vsplat(1.0f)), r, vsplat(1.0f)), n);
}

/* x = 2^k (1 + f), log(1 + f) = f - f^2/2 + f^3 p(f) */
SIMD_WORD vf vlog(vf x)
{
    const vm subnormal = vlt(x, vsplat(0x1p-126f));
    const vf normal = vmin(vselect(subnormal, x * vsplat(0x1p23f), x), vsplat(0x1.fffffep127f)); /* NaN becomes a number */
    const vi bits = vbits(normal) + visplat(0x3F800000 - 0x3F3504F3);
    const vf k = vfloat(vshr(bits, 23)) - vselect(subnormal, vsplat(150.0f), vsplat(127.0f));
    const vf f = vof_bits((bits & visplat(0x007FFFFF)) + visplat(0x3F3504F3)) - vsplat(1.0f);
    vf p = vsplat(0x1.b60f9cp-5f);
    p = vfma(p, f, vsplat(-0x1.bf3ebep-4f));
    p = vfma(p, f, vsplat(0x1.efef8ep-4f));
    p = vfma(p, f, vsplat(-0x1.0103b2p-3f));
    p = vfma(p, f, vsplat(0x1.230372p-3f));
    p = vfma(p, f, vsplat(-0x1.552f1ap-3f));
    p = vfma(p, f, vsplat(0x1.99a54p-3f));
    p = vfma(p, f, vsplat(-0x1.00007p-2f));
    p = vfma(p, f, vsplat(0x1.555548p-2f));
    const vf low = vfma(f * f * f, p, k * vsplat(0x1.7f7d1cp-20f));
    const vf y = vfma(k, vsplat(0x1.62e4p-1f), f - (vsplat(0.5f) * f * f - low));
    const vf zero = vsplat(0.0f), infinite = vof_bits(visplat(0x7F800000)), none = vof_bits(visplat(0x7FC00000));
    return vselect(vlt(zero, x), vselect(vlt(x, infinite), y, x), vselect(veq(x, zero), -infinite, none));
}

/* 1 + x = u + c; near 0 f is x itself and k is 0 */
SIMD_WORD vf vlog1p(vf x)
{
    const vf zero = vsplat(0.0f), one = vsplat(1.0f), infinite = vof_bits(visplat(0x7F800000)), none = vof_bits(visplat(0x7FC00000));
    const vm central = vand(vlt(vsplat(-0.25f), x), vlt(x, vsplat(0.375f)));
    const vf u = one + x, seen = u - one, c = (one - (u - seen)) + (x - seen);
    const vi bits = vbits(vmin(u, vsplat(0x1.fffffep127f))) + visplat(0x3F800000 - 0x3F3504F3); /* NaN becomes a number */
    const vf k = vselect(central, zero, vfloat(vshr(bits, 23)) - vsplat(127.0f));
    const vf f = vselect(central, x, vof_bits((bits & visplat(0x007FFFFF)) + visplat(0x3F3504F3)) - one);
    const vf correction = vselect(central, zero, vdiv(c, u));
    vf p = vsplat(0x1.b60f9cp-5f);
    p = vfma(p, f, vsplat(-0x1.bf3ebep-4f));
    p = vfma(p, f, vsplat(0x1.efef8ep-4f));
    p = vfma(p, f, vsplat(-0x1.0103b2p-3f));
    p = vfma(p, f, vsplat(0x1.230372p-3f));
    p = vfma(p, f, vsplat(-0x1.552f1ap-3f));
    p = vfma(p, f, vsplat(0x1.99a54p-3f));
    p = vfma(p, f, vsplat(-0x1.00007p-2f));
    p = vfma(p, f, vsplat(0x1.555548p-2f));
    const vf low = vfma(f * f * f, p, vfma(k, vsplat(0x1.7f7d1cp-20f), correction));
    const vf g = f - (vsplat(0.5f) * f * f - low), y = vselect(central, g, vfma(k, vsplat(0x1.62e4p-1f), g));
    const vf edge = vselect(veq(x, -one), -infinite, none);
    return vselect(vlt(-one, x), vselect(vlt(x, infinite), y, x), edge);
}

/* Near 0 x + x p(x^2); further out 1 - e^q(|x|), where an error of the exponential counts less the smaller it is. No division. */
SIMD_WORD vf verf(vf x)
{
    const vf a = vmin(vsplat(4.0f), vabs(x)), z = a * a; /* erf(4) rounds to 1; NaN stays */
    vf p = vsplat(-0x1.3baa8ep-11f);
    p = vfma(p, z, vsplat(0x1.479cbap-8f));
    p = vfma(p, z, vsplat(-0x1.b69b98p-6f));
    p = vfma(p, z, vsplat(0x1.ce1b86p-4f));
    p = vfma(p, z, vsplat(-0x1.8126ecp-2f));
    p = vfma(p, z, vsplat(0x1.06eba6p-3f));
    vf q = vsplat(0x1.9fafdcp-13f);
    q = vfma(q, a, vsplat(-0x1.91cc68p-9f));
    q = vfma(q, a, vsplat(0x1.6d9ce4p-6f));
    q = vfma(q, a, vsplat(-0x1.aa733ep-4f));
    q = vfma(q, a, vsplat(-0x1.4621b4p-1f));
    q = vfma(q, a, vsplat(-0x1.20b754p+0f));
    q = vfma(q, a, vsplat(-0x1.5d0352p-13f));
    const vf inner = vfma(a, p, a), outer = vsplat(1.0f) - vexp(q);
    return vwith_sign_of(vselect(vlt(a, vsplat(0.9f)), inner, outer), x);
}

/* Near 0 x + x z p(z), z = x^2; further out 1 - 2 / (e^2x + 1) */
SIMD_WORD vf vtanh(vf x)
{
    const vf a = vmin(vsplat(10.0f), vabs(x)), z = a * a; /* tanh(10) rounds to 1; NaN stays */
    vf p = vsplat(-0x1.750c86p-8f);
    p = vfma(p, z, vsplat(0x1.51f8bap-6f));
    p = vfma(p, z, vsplat(-0x1.b835a2p-5f));
    p = vfma(p, z, vsplat(0x1.1106f6p-3f));
    p = vfma(p, z, vsplat(-0x1.555532p-2f));
    const vf inner = vfma(a * z, p, a), outer = vsplat(1.0f) - vdiv(vsplat(2.0f), vexp(a + a) + vsplat(1.0f));
    return vwith_sign_of(vselect(vlt(a, vsplat(0.625f)), inner, outer), x);
}

#endif
