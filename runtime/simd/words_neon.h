/* words_neon.h - the words of simd.h for 64-bit Arm */
#ifndef SINTER_SIMD_WORDS_NEON_H
#define SINTER_SIMD_WORDS_NEON_H

#include <arm_neon.h>

enum { W = 4, MR = 8, NV = 3, NR = NV * W, AHEAD = 0 };
enum { PAIRS = 0 };

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));
typedef vi vm; /* 0 or -1 */

SIMD_WORD vf vsplat(float x)
{
    return (vf)vdupq_n_f32(x);
}

SIMD_WORD vi visplat(int32_t x)
{
    return (vi)vdupq_n_s32(x);
}

SIMD_WORD vi viota(void)
{
    return (vi){0, 1, 2, 3};
}

SIMD_WORD vf vload(const float *p)
{
    return (vf)vld1q_f32(p);
}

SIMD_WORD vf vload_n(const float *p, ptrdiff_t n)
{
    float all[W] = {0.0f};
    for (int i = 0; i < W && i < n; i++) {
        all[i] = p[i];
    }
    return vload(all);
}

SIMD_WORD vf vload_if(vm m, const float *p)
{
    return (vf){m[0] ? p[0] : 0.0f, m[1] ? p[1] : 0.0f, m[2] ? p[2] : 0.0f, m[3] ? p[3] : 0.0f};
}

SIMD_WORD void vstore(float *p, vf x)
{
    vst1q_f32(p, (float32x4_t)x);
}

SIMD_WORD void vstore_n(float *p, vf x, ptrdiff_t n)
{
    float all[W];
    vstore(all, x);
    for (int i = 0; i < W && i < n; i++) {
        p[i] = all[i];
    }
}

SIMD_WORD vi viload(const int32_t *p)
{
    return (vi)vld1q_s32(p);
}

SIMD_WORD vi viload_n(const int32_t *p, ptrdiff_t n)
{
    int32_t all[W] = {0};
    for (int i = 0; i < W && i < n; i++) {
        all[i] = p[i];
    }
    return viload(all);
}

SIMD_WORD void vistore(int32_t *p, vi x)
{
    vst1q_s32(p, (int32x4_t)x);
}

SIMD_WORD vf vgather(const float *p, vi i)
{
    return (vf){p[i[0]], p[i[1]], p[i[2]], p[i[3]]};
}

SIMD_WORD vf vgather_if(vm m, const float *p, vi i)
{
    return (vf){m[0] ? p[i[0]] : 0.0f, m[1] ? p[i[1]] : 0.0f, m[2] ? p[i[2]] : 0.0f, m[3] ? p[i[3]] : 0.0f};
}

SIMD_WORD vi vigather(const int32_t *p, vi i)
{
    return (vi){p[i[0]], p[i[1]], p[i[2]], p[i[3]]};
}

SIMD_WORD vi vigather_if(vm m, const int32_t *p, vi i)
{
    return (vi){m[0] ? p[i[0]] : 0, m[1] ? p[i[1]] : 0, m[2] ? p[i[2]] : 0, m[3] ? p[i[3]] : 0};
}

enum { TABLES = 0 };

SIMD_WORD vf vtable(const float *table, vi i)
{
    return vgather(table, i & visplat(15));
}

SIMD_WORD vf vfma(vf a, vf b, vf c)
{
    return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vf vadd_at(const float *p, vf y)
{
    return vsplat(*p) + y;
}

SIMD_WORD vf vfma_at(const float *p, vf y, vf c)
{
    return vfma(vsplat(*p), y, c);
}

SIMD_WORD vf vfms(vf a, vf b, vf c)
{
    return (vf)vfmaq_f32(vnegq_f32((float32x4_t)c), (float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vf vfnma(vf a, vf b, vf c)
{
    return (vf)vfmsq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vf vdiv(vf a, vf b)
{
    return (vf)vdivq_f32((float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vf vsqrt(vf x)
{
    return (vf)vsqrtq_f32((float32x4_t)x);
}

SIMD_WORD vm vlt(vf a, vf b)
{
    return (vm)vcltq_f32((float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vm vle(vf a, vf b)
{
    return (vm)vcleq_f32((float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vm veq(vf a, vf b)
{
    return (vm)vceqq_f32((float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vm vilt(vi a, vi b)
{
    return (vm)vcltq_s32((int32x4_t)a, (int32x4_t)b);
}

SIMD_WORD vm vile(vi a, vi b)
{
    return (vm)vcleq_s32((int32x4_t)a, (int32x4_t)b);
}

SIMD_WORD vm vieq(vi a, vi b)
{
    return (vm)vceqq_s32((int32x4_t)a, (int32x4_t)b);
}

SIMD_WORD vm vand(vm a, vm b)
{
    return a & b;
}

SIMD_WORD vm vor(vm a, vm b)
{
    return a | b;
}

SIMD_WORD vm vnot(vm a)
{
    return ~a;
}

SIMD_WORD vm vwhether(int x)
{
    return visplat(x ? -1 : 0);
}

SIMD_WORD vm vfirst(ptrdiff_t n)
{
    return vilt(viota(), visplat(n < W ? (int)n : W));
}

SIMD_WORD int vany(vm m)
{
    return vmaxvq_u32((uint32x4_t)m) != 0;
}

SIMD_WORD vf vselect(vm m, vf a, vf b)
{
    return (vf)vbslq_f32((uint32x4_t)m, (float32x4_t)a, (float32x4_t)b);
}

SIMD_WORD vi viselect(vm m, vi a, vi b)
{
    return (vi)vbslq_s32((uint32x4_t)m, (int32x4_t)a, (int32x4_t)b);
}

SIMD_WORD vf vmax(vf a, vf b) /* as x86 does: the second one if there is a NaN */
{
    return vselect((vm)vcgtq_f32((float32x4_t)a, (float32x4_t)b), a, b);
}

SIMD_WORD vf vmin(vf a, vf b)
{
    return vselect(vlt(a, b), a, b);
}

SIMD_WORD vf vabs(vf x)
{
    return (vf)vabsq_f32((float32x4_t)x);
}

SIMD_WORD vf vfloor(vf x)
{
    return (vf)vrndmq_f32((float32x4_t)x);
}

SIMD_WORD vf vceil(vf x)
{
    return (vf)vrndpq_f32((float32x4_t)x);
}

SIMD_WORD vf vround(vf x)
{
    return (vf)vrndnq_f32((float32x4_t)x);
}

SIMD_WORD vf vtrunc(vf x)
{
    return (vf)vrndq_f32((float32x4_t)x);
}

SIMD_WORD void vistore_bytes(uint8_t *p, vi x)
{
    const uint16x4_t words = vmovn_u32((uint32x4_t)x);
    const uint8x8_t low = vmovn_u16(vcombine_u16(words, words));
    memcpy(p, &low, W);
}

SIMD_WORD vf vload_bf16(const uint16_t *p)
{
    return (vf)vshll_n_u16(vld1_u16(p), 16);
}

SIMD_WORD vi vbytes(const int8_t *p) /* 4 * W bytes */
{
    return (vi)vld1q_s8(p);
}

/* acc + the four products of unsigned bytes of a with signed ones of w, exact. */
SIMD_WORD vi vdot_u8(vi a, vi w, vi acc)
{
    const uint8x16_t x = (uint8x16_t)a;
    const int8x16_t y = (int8x16_t)w;
    const int16x8_t x_low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(x))), x_high = vreinterpretq_s16_u16(vmovl_high_u8(x));
    const int16x8_t y_low = vmovl_s8(vget_low_s8(y)), y_high = vmovl_high_s8(y);
    const int32x4_t low = vpaddq_s32(vmull_s16(vget_low_s16(x_low), vget_low_s16(y_low)), vmull_high_s16(x_low, y_low));
    const int32x4_t high = vpaddq_s32(vmull_s16(vget_low_s16(x_high), vget_low_s16(y_high)), vmull_high_s16(x_high, y_high));
    return acc + (vi)vpaddq_s32(low, high);
}

SIMD_WORD vf vfloat(vi x)
{
    return (vf)vcvtq_f32_s32((int32x4_t)x);
}

SIMD_WORD vi vint(vf x)
{
    return (vi)vcvtq_s32_f32((float32x4_t)x);
}

SIMD_WORD vi vbits(vf x)
{
    return (vi)x;
}

SIMD_WORD vf vof_bits(vi x)
{
    return (vf)x;
}

SIMD_WORD vi vshl(vi x, unsigned by)
{
    return (vi)vshlq_s32((int32x4_t)x, vdupq_n_s32((int)by));
}

SIMD_WORD vi vshr(vi x, unsigned by)
{
    return (vi)vshlq_u32((uint32x4_t)x, vdupq_n_s32(-(int)by));
}

/* x = m 2^k, 3/4 <= m < 3/2; of 0 and of what is not finite, or below 0, it may be anything. */
SIMD_WORD vf vsplit(vf x, vf *k)
{
    const vm subnormal = vlt(x, vsplat(0x1p-126f));
    const vi bits = vbits(vselect(subnormal, x * vsplat(0x1p23f), x)) + visplat(0x3F800000 - 0x3F400000);
    *k = vfloat(vshr(bits, 23)) - vselect(subnormal, vsplat(150.0f), vsplat(127.0f));
    return vof_bits((bits & visplat(0x007FFFFF)) + visplat(0x3F400000));
}

/* In two factors: the result may be subnormal, and 2^n infinite where it is not. */
SIMD_WORD vf vscale(vf x, vf n)
{
    const vi both = (vi)vcvtq_s32_f32((float32x4_t)n) + 254, half = vshr(both, 1);
    return x * vof_bits(vshl(half, 23)) * vof_bits(vshl(both - half, 23));
}

/* Lane i and lane i + 2, then + 1. */
SIMD_WORD float vsum(vf x)
{
    return (x[0] + x[2]) + (x[1] + x[3]);
}

SIMD_WORD float vhigh(vf x)
{
    return vmaxvq_f32((float32x4_t)x);
}

SIMD_WORD float vlow(vf x)
{
    return vminvq_f32((float32x4_t)x);
}

/* Columns from W rows of W floats, `from_row` apart, to W rows of W, `to_row` apart. */
SIMD_WORD void vturn(const float *from, ptrdiff_t from_row, float *to, ptrdiff_t to_row)
{
    const float32x4_t a = vld1q_f32(from), b = vld1q_f32(from + from_row);
    const float32x4_t c = vld1q_f32(from + 2 * from_row), d = vld1q_f32(from + 3 * from_row);
    const float32x4x2_t ab = vtrnq_f32(a, b), cd = vtrnq_f32(c, d);
    vst1q_f32(to, vcombine_f32(vget_low_f32(ab.val[0]), vget_low_f32(cd.val[0])));
    vst1q_f32(to + to_row, vcombine_f32(vget_low_f32(ab.val[1]), vget_low_f32(cd.val[1])));
    vst1q_f32(to + 2 * to_row, vcombine_f32(vget_high_f32(ab.val[0]), vget_high_f32(cd.val[0])));
    vst1q_f32(to + 3 * to_row, vcombine_f32(vget_high_f32(ab.val[1]), vget_high_f32(cd.val[1])));
}

#endif
