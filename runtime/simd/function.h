/* function.h - exp, log, erf, tanh and others of vectors, in the words of simd.h
 *
 * The methods and polynomials are those of runtime/math, which says more of each; errors are below 4 ulp for every float. NaN gives NaN.
 *
 *     vexp vexpm1 vlog vlog1p verf vtanh  vrecip vsign
 *     vimin vimax viabs                   vidiv vimod vidiv_near vimod_near  by one number, which is above 0, rounded down
 *     vload_f64 vload_f64_n               W doubles as floats, the first n of them
 *     vlt_f64 vle_f64 veq_f64(p, i, q, j, n)  p[i * lane] against q[j * lane] as doubles, in the first n lanes
 *     vstore_at(p, i, x, n)               to p[i], lane by lane, the first n of them
 *     vistore_n(p, x, n)                  the first n of them; the others are untouched
 *     vistore_i64 vistore_i64_n           the same, to int64_t
 *     vimod_sum vimod_difference          of two such remainders
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

/* x is within -2^21 .. 2^21: (x + 1/2) / by is further from a whole number than it is rounded. */
SIMD_WORD vi vidiv_near(vi x, int32_t by)
{
    const float inverse = 1.0f / (float)by;
    return vint(vfloor(vfma(vfloat(x), vsplat(inverse), vsplat(0.5f * inverse))));
}

SIMD_WORD vi vimod_near(vi x, int32_t by)
{
    return x - vidiv_near(x, by) * visplat(by);
}

/* x is within -2^30 .. 2^30, by below 2^20: what is left of a quotient that is about right is near 0. */
SIMD_WORD vi vidiv(vi x, int32_t by)
{
    const vi about = vint(vfloat(x) * vsplat(1.0f / (float)by));
    return about + vidiv_near(x - about * visplat(by), by);
}

SIMD_WORD vi vimod(vi x, int32_t by)
{
    return x - vidiv(x, by) * visplat(by);
}

SIMD_WORD vf vload_f64_n(const double *p, ptrdiff_t n)
{
    float lane[W];
    for (int i = 0; i < W; i++) {
        lane[i] = i < n ? (float)p[i] : 0.0f;
    }
    return vload(lane);
}

SIMD_WORD vf vload_f64(const double *p)
{
    return vload_f64_n(p, W);
}

#define SIMD_F64(name, sign)                                                                                                      \
    SIMD_WORD vm name(const double *p, ptrdiff_t i, const double *q, ptrdiff_t j, ptrdiff_t n)                                     \
    {                                                                                                                             \
        int32_t is[W];                                                                                                            \
        for (int lane = 0; lane < W; lane++) {                                                                                    \
            is[lane] = lane < n && p[i * lane] sign q[j * lane];                                                                  \
        }                                                                                                                         \
        return vilt(visplat(0), viload(is));                                                                                      \
    }
SIMD_F64(vlt_f64, <)
SIMD_F64(vle_f64, <=)
SIMD_F64(veq_f64, ==)
#undef SIMD_F64

SIMD_WORD void vistore_n(int32_t *p, vi x, ptrdiff_t n)
{
    int32_t lane[W];
    vistore(lane, x);
    memcpy(p, lane, (size_t)(n < 0 ? 0 : n < W ? n : W) * sizeof *p);
}

SIMD_WORD void vstore_at(float *p, vi i, vf x, ptrdiff_t n)
{
    int32_t at[W];
    float lane[W];
    vistore(at, i);
    vstore(lane, x);
    for (int j = 0; j < W && j < n; j++) {
        p[at[j]] = lane[j];
    }
}

SIMD_WORD void vistore_i64_n(int64_t *p, vi x, ptrdiff_t n)
{
    int32_t lane[W];
    vistore(lane, x);
    for (int i = 0; i < W && i < n; i++) {
        p[i] = lane[i];
    }
}

SIMD_WORD void vistore_i64(int64_t *p, vi x)
{
    vistore_i64_n(p, x, W);
}

/* Of remainders a and b. */
SIMD_WORD vi vimod_sum(vi a, vi b, int32_t by)
{
    const vi sum = a + b;
    return viselect(vilt(sum, visplat(by)), sum, sum - visplat(by));
}

SIMD_WORD vi vimod_difference(vi a, vi b, int32_t by)
{
    const vi difference = a - b;
    return viselect(vilt(difference, visplat(0)), difference + visplat(by), difference);
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

/* (e^r - 1 - r) / r^2, |r| <= ln 2 / 2 */
SIMD_WORD vf vexp_rest(vf r)
{
    vf p = vsplat(0x1.6aafa4p-10f);
    p = vfma(p, r, vsplat(0x1.122cbp-7f));
    p = vfma(p, r, vsplat(0x1.55579cp-5f));
    p = vfma(p, r, vsplat(0x1.5554aap-3f));
    return vfma(p, r, vsplat(0x1.fffffep-2f));
}

/* x = (n + k / 16) ln 2 + r, e^x = 2^n 2^(k / 16) (1 + r + r^2 p(r)) */
SIMD_WORD vf vexp_by_table(vf x)
{
    static const float root[16] = {
        0x1p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fep+0f, 0x1.3dea64p+0f, 0x1.4bfdaep+0f, 0x1.5ab07ep+0f,
        0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f, 0x1.9c4918p+0f, 0x1.ae89fap+0f, 0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f};
    const vf c = vmin(vsplat(89.0f), vmax(vsplat(-104.0f), x)); /* e^-104 rounds to 0, e^89 to infinity; NaN stays */
    const vf magic = vsplat(0x1.8p19f), sixteenths = vfma(c, vsplat(0x1.715476p+0f), magic), n = sixteenths - magic;
    const vf r = vfma(n, vsplat(-0x1.7f7d1cp-20f), vfma(n, vsplat(-0x1.62e4p-1f), c));
    const vf y = vtable(root, vbits(sixteenths)), p = vfma(vsplat(0x1.5555dcp-3f), r, vsplat(0x1.00021ep-1f));
    return vscale(vfma(y, vfma(r * r, p, r), y), n); /* r + r^2 p(r): shorter by a product than r (1 + r p(r)) */
}

/* x = n ln 2 + r, e^r = 1 + r + r^2 p(r) */
SIMD_WORD vf vexp_by_powers(vf x)
{
    const vf c = vmin(vsplat(89.0f), vmax(vsplat(-104.0f), x)); /* e^-104 rounds to 0, e^89 to infinity; NaN stays */
    const vf magic = vsplat(0x1.8p23f), n = vfma(c, vsplat(0x1.715476p+0f), magic) - magic;
    const vf r = vfma(n, vsplat(-0x1.7f7d1cp-20f), vfma(n, vsplat(-0x1.62e4p-1f), c));
    return vscale(vfma(vfma(vexp_rest(r), r, vsplat(1.0f)), r, vsplat(1.0f)), n);
}

/* e^x - 1 = 2^n ((1 - 2^-n) + r + r^2 p(r)), where the first sum is exact: one + rest. */
SIMD_WORD vf vexpm1(vf x)
{
    const vf c = vmin(vsplat(89.0f), vmax(vsplat(-20.0f), x)); /* e^-20 - 1 rounds to -1 */
    const vf magic = vsplat(0x1.8p23f), n = vfma(c, vsplat(0x1.715476p+0f), magic) - magic;
    const vf r_high = vfma(n, vsplat(-0x1.62e4p-1f), c), r_low = n * vsplat(0x1.7f7d1cp-20f), r = r_high - r_low;
    const vf one = vsplat(1.0f) - vscale(vsplat(1.0f), -n), high = one + r;
    const vf rest = (r - (high - one)) + vfma(r * r, vexp_rest(r), (r_high - r) - r_low);
    const vm tiny = vlt(vabs(x), vsplat(0x1p-25f)); /* where it is x, and keeps the sign of 0 */
    return vselect(tiny, x, vscale(high + rest, n));
}

SIMD_WORD vf vexp(vf x)
{
    return TABLES ? vexp_by_table(x) : vexp_by_powers(x);
}

/* About 1 / m, 3/4 <= m < 3/2; about 1 it is 1. */
SIMD_WORD vf vinverse_by_table(vf m)
{
    static const float inverse[16] = {
        0x1p+0f,        0x1.d41d42p-1f, 0x1.bacf92p-1f, 0x1.a41a42p-1f, 0x1.8f9c18p-1f, 0x1.7d05f4p-1f, 0x1.6c16c2p-1f, 0x1.5c9882p-1f,
        0x1.4e5e0ap+0f, 0x1.414142p+0f, 0x1.3521dp+0f,  0x1.29e412p+0f, 0x1.1f7048p+0f, 0x1.15b1e6p+0f, 0x1.0c9714p+0f, 0x1p+0f};
    return vtable(inverse, vshr(vbits(m), 19));
}

/* -log of that inverse */
SIMD_WORD vf vlog_of_inverse(vf m)
{
    static const float log_of[16] = {
        0.0f,           0x1.6f0d28p-4f, 0x1.29552cp-3f, 0x1.9525a8p-3f, 0x1.fb918cp-3f, 0x1.2e8e2cp-2f, 0x1.5d1bdap-2f, 0x1.89a33ap-2f,
        -0x1.1178e6p-2f, -0x1.d10384p-3f, -0x1.823c18p-3f, -0x1.365fc6p-3f, -0x1.da7278p-4f, -0x1.4d3116p-4f, -0x1.894a84p-5f, 0.0f};
    return vtable(log_of, vshr(vbits(m), 19));
}

/* log(1 + r) = r + r^2 p(r), |r| < 1/24 or so */
SIMD_WORD vf vlog_near_1(vf r)
{
    vf p = vsplat(0x1.83e16p-3f);
    p = vfma(p, r, vsplat(-0x1.0022cap-2f));
    p = vfma(p, r, vsplat(0x1.55585cp-2f));
    p = vfma(p, r, vsplat(-0x1.fffffep-2f));
    return vfma(r * r, p, r);
}

/* log(2^k m), m times that inverse is 1 + r */
SIMD_WORD vf vlog_of_parts(vf k, vf m, vf r)
{
    const vf high = vfma(k, vsplat(0x1.62e4p-1f), vlog_of_inverse(m));
    return high + vfma(k, vsplat(0x1.7f7d1cp-20f), vlog_near_1(r));
}

SIMD_WORD vf vlog_by_table(vf x)
{
    vf k;
    const vf m = vsplit(x, &k);
    return vlog_of_parts(k, m, vfma(m, vinverse_by_table(m), vsplat(-1.0f)));
}

/* 1 + x = 2^k m; near 0 what is lost there counts, and 1 + r is (1 + x) times the inverse of 2^k m. */
SIMD_WORD vf vlog1p_by_table(vf x)
{
    const vf one = vsplat(1.0f), u = one + x;
    vf k;
    const vf m = vsplit(u, &k), inverse = vinverse_by_table(m);
    const vf scaled = vselect(vlt(u, vsplat(0.75f)), inverse + inverse, inverse); /* k is 0 or -1 near 0 */
    const vm near = vand(vlt(vabs(x), vsplat(0.5f)), vlt(u, vsplat(1.5f))); /* just below 1/2 u is 3/2, and k is 1 */
    return vlog_of_parts(k, m, vselect(near, vfma(scaled, x, scaled - one), vfma(m, inverse, -one)));
}

/* (log(1 + f) - f + f^2 / 2) / f^3, sqrt(1/2) <= 1 + f < sqrt(2) */
SIMD_WORD vf vlog_rest(vf f)
{
    vf p = vsplat(0x1.b60f9cp-5f);
    p = vfma(p, f, vsplat(-0x1.bf3ebep-4f));
    p = vfma(p, f, vsplat(0x1.efef8ep-4f));
    p = vfma(p, f, vsplat(-0x1.0103b2p-3f));
    p = vfma(p, f, vsplat(0x1.230372p-3f));
    p = vfma(p, f, vsplat(-0x1.552f1ap-3f));
    p = vfma(p, f, vsplat(0x1.99a54p-3f));
    p = vfma(p, f, vsplat(-0x1.00007p-2f));
    return vfma(p, f, vsplat(0x1.555548p-2f));
}

/* f, x = 2^k (1 + f); NaN becomes a number */
SIMD_WORD vf vlog_split(vf x, vf *k)
{
    const vm subnormal = vlt(x, vsplat(0x1p-126f));
    const vf normal = vmin(vselect(subnormal, x * vsplat(0x1p23f), x), vsplat(0x1.fffffep127f));
    const vi bits = vbits(normal) + visplat(0x3F800000 - 0x3F3504F3);
    *k = vfloat(vshr(bits, 23)) - vselect(subnormal, vsplat(150.0f), vsplat(127.0f));
    return vof_bits((bits & visplat(0x007FFFFF)) + visplat(0x3F3504F3)) - vsplat(1.0f);
}

SIMD_WORD vf vlog_by_powers(vf x)
{
    vf k;
    const vf f = vlog_split(x, &k);
    const vf low = vfma(f * f * f, vlog_rest(f), k * vsplat(0x1.7f7d1cp-20f));
    const vf y = vfma(k, vsplat(0x1.62e4p-1f), f - (vsplat(0.5f) * f * f - low));
    const vf zero = vsplat(0.0f), infinite = vof_bits(visplat(0x7F800000)), none = vof_bits(visplat(0x7FC00000));
    return vselect(vlt(zero, x), vselect(vlt(x, infinite), y, x), vselect(veq(x, zero), -infinite, none));
}

SIMD_WORD vf vlog(vf x)
{
    return TABLES ? vlog_by_table(x) : vlog_by_powers(x);
}

/* 1 + x = u + c; near 0 f is x itself and k is 0 */
SIMD_WORD vf vlog1p_by_powers(vf x)
{
    const vf zero = vsplat(0.0f), one = vsplat(1.0f), infinite = vof_bits(visplat(0x7F800000)), none = vof_bits(visplat(0x7FC00000));
    const vm central = vand(vlt(vsplat(-0.25f), x), vlt(x, vsplat(0.375f)));
    const vf u = one + x, seen = u - one, c = (one - (u - seen)) + (x - seen);
    const vi bits = vbits(vmin(u, vsplat(0x1.fffffep127f))) + visplat(0x3F800000 - 0x3F3504F3); /* NaN becomes a number */
    const vf k = vselect(central, zero, vfloat(vshr(bits, 23)) - vsplat(127.0f));
    const vf f = vselect(central, x, vof_bits((bits & visplat(0x007FFFFF)) + visplat(0x3F3504F3)) - one);
    const vf correction = vselect(central, zero, vdiv(c, u));
    const vf low = vfma(f * f * f, vlog_rest(f), vfma(k, vsplat(0x1.7f7d1cp-20f), correction));
    const vf g = f - (vsplat(0.5f) * f * f - low), y = vselect(central, g, vfma(k, vsplat(0x1.62e4p-1f), g));
    const vf edge = vselect(veq(x, -one), -infinite, none);
    return vselect(vlt(-one, x), vselect(vlt(x, infinite), y, x), edge);
}

SIMD_WORD vf vlog1p(vf x)
{
    return TABLES ? vlog1p_by_table(x) : vlog1p_by_powers(x);
}

/* Sixteen pieces: c[0] + c[1] t + .. + c[5] t^5, |t| <= 1/8 around 0, 1/4, .. 15/4; 1 at the end. */
SIMD_WORD vf verf_by_table(vf x)
{
    static const float c[6][16] = {
        {0x0p+0f, 0x1.1af54ep-2f, 0x1.0a7ef6p-1f, 0x1.6c1c98p-1f, 0x1.af767ap-1f, 0x1.d8865ep-1f, 0x1.eea556p-1f, 0x1.f92d08p-1f,
         0x1.fd9ae2p-1f, 0x1.ff4048p-1f, 0x1.ffcaa8p-1f, 0x1.fff2dp-1f, 0x1.fffd1ap-1f, 0x1.ffff7p-1f, 0x1.ffffe8p-1f, 0x1.fffffcp-1f},
        {0x1.20dd76p+0f, 0x1.0f5d18p+0f, 0x1.c1efccp-1f, 0x1.492e44p-1f, 0x1.a911f2p-2f, 0x1.e4653p-3f, 0x1.e72372p-4f, 0x1.b0552ep-5f,
         0x1.529b9cp-6f, 0x1.d41438p-8f, 0x1.1d831ap-9f, 0x1.3360dcp-11f, 0x1.24091p-13f, 0x1.e9b67p-16f, 0x1.6a5a2ap-18f, 0x1.ebbe6p-21f},
        {0x1.e26c88p-23f, -0x1.0f5baap-2f, -0x1.c1eep-2f, -0x1.edc46ep-2f, -0x1.a9121ap-2f, -0x1.2ecp-2f, -0x1.6d5bfap-3f,
         -0x1.7a4bd6p-4f, -0x1.529bc2p-5f, -0x1.0749b8p-6f, -0x1.64dd6ep-8f, -0x1.a695dp-10f, -0x1.b5f20cp-12f, -0x1.8dbca8p-14f,
         -0x1.3cdfeep-16f, -0x1.62243p-19f},
        {-0x1.812ab8p-2f, -0x1.3c9c9ep-2f, -0x1.2bfcdcp-3f, 0x1.b6c25p-6f, 0x1.1b5f34p-3f, 0x1.571ce4p-3f, 0x1.1c2aeap-3f, 0x1.714aaep-4f,
         0x1.8b0cep-5f, 0x1.63f032p-6f, 0x1.119c52p-7f, 0x1.69c902p-9f, 0x1.9da814p-11f, 0x1.9a89f6p-13f, 0x1.62a866p-15f, 0x1.011bbap-16f},
        {0x1.0e171ap-12f, 0x1.022274p-3f, 0x1.748e8ep-3f, 0x1.3351f2p-3f, 0x1.1bcff8p-4f, -0x1.73186ap-8f, -0x1.69a6b6p-5f,
         -0x1.885486p-5f, -0x1.1a14ep-5f, -0x1.39c52ap-6f, -0x1.1caef2p-7f, -0x1.b024b6p-9f, -0x1.1654fap-10f, -0x1.33009ap-12f,
         -0x1.23bb8cp-14f, 0x1.1f8ba6p-15f},
        {0x1.c70554p-4f, 0x1.4b162cp-4f, 0x1.0b60dcp-7f, -0x1.ade44p-5f, -0x1.1986dep-4f, -0x1.81ec96p-5f, -0x1.ec92bep-7f,
         0x1.a583fcp-8f, 0x1.a97cd4p-7f, 0x1.5c8aaep-7f, 0x1.92025ep-8f, 0x1.6bd99ap-9f, 0x1.0daf2p-10f, 0x1.4ea134p-12f, 0x1.6017ecp-14f,
         0x1.4ff462p-13f},
    };
    const vf a = vmin(vsplat(0x1.effffep+1f), vabs(x)); /* NaN stays */
    const vf magic = vsplat(0x1.8p21f), quarters = a + magic, t = a - (quarters - magic);
    const vi piece = vbits(quarters);
    vf p = vtable(c[5], piece);
    p = vfma(p, t, vtable(c[4], piece));
    p = vfma(p, t, vtable(c[3], piece));
    p = vfma(p, t, vtable(c[2], piece));
    p = vfma(p, t, vtable(c[1], piece));
    p = vfma(p, t, vtable(c[0], piece));
    return vwith_sign_of(p, x);
}

/* Near 0 x + x p(x^2); further out 1 - e^q(|x|), where an error of the exponential counts less the smaller it is. No division. */
SIMD_WORD vf verf_by_powers(vf x)
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

SIMD_WORD vf verf(vf x)
{
    return TABLES ? verf_by_table(x) : verf_by_powers(x);
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
