/* sine.h - vsin and vcos, in the words of simd.h; errors are below 4 ulp for every float
 *
 * Where a vector holds an |x| of 2^15 or more, or is a single lane without a fused vfma, runtime/math does it lane by lane. */
#ifndef SINTER_SIMD_SINE_H
#define SINTER_SIMD_SINE_H

#include "../math/sin.c"

/* x = n pi/2 + r; sin r or cos r by the quarter turn n + quarter. */
SIMD_WORD vf vsin_from(vf x, int quarter)
{
    const vf magic = vsplat(0x1.8p23f), shifted = vfma(x, vsplat(0x1.45f306p-1f), magic), n = shifted - magic;
    const vi turn = vbits(shifted) + visplat(quarter);
    vf r = vfma(n, vsplat(-0x1.921fb6p+0f), x);
    r = vfma(n, vsplat(0x1.777a5cp-25f), r);
    r = vfma(n, vsplat(0x1.ee59dap-50f), r);
    const vf z = r * r;
    vf s = vsplat(-0x1.994e5ap-13f);
    s = vfma(s, z, vsplat(0x1.11076p-7f));
    s = vfma(s, z, vsplat(-0x1.555546p-3f));
    vf c = vsplat(0x1.9a020ap-16f);
    c = vfma(c, z, vsplat(-0x1.6c0c8ap-10f));
    c = vfma(c, z, vsplat(0x1.55554ap-5f));
    c = vfma(c, z, vsplat(-0.5f));
    const vm odd = vieq(turn & visplat(1), visplat(1));
    const vf y = vselect(odd, vfma(c, z, vsplat(1.0f)), vfma(s * z, r, r));
    return vof_bits(vbits(y) ^ vshl(turn & visplat(2), 30));
}

SIMD_WORD vf vsin(vf x)
{
    return W == 1 || vany(vnot(vlt(vabs(x), vsplat(0x1p15f)))) ? veach(sin_f32, x) : vsin_from(x, 0);
}

SIMD_WORD vf vcos(vf x)
{
    return W == 1 || vany(vnot(vlt(vabs(x), vsplat(0x1p15f)))) ? veach(cos_f32, x) : vsin_from(x, 1);
}

#endif
