/* words_c.h - the words of simd.h in plain C99: one lane */
#ifndef SINTER_SIMD_WORDS_C_H
#define SINTER_SIMD_WORDS_C_H

#include <math.h>

enum { W = 1, MR = 4, NV = 4, NR = NV * W, AHEAD = 0 };
enum { PAIRS = 0 };

typedef float vf;
typedef int32_t vi;
typedef int vm; /* 0 or 1 */

SIMD_WORD vf vsplat(float x)
{
    return x;
}

SIMD_WORD vi visplat(int32_t x)
{
    return x;
}

SIMD_WORD vi viota(void)
{
    return 0;
}

SIMD_WORD vm vfirst(ptrdiff_t n)
{
    return n > 0;
}

SIMD_WORD vf vload(const float *p)
{
    return *p;
}

SIMD_WORD vf vload_n(const float *p, ptrdiff_t n)
{
    return n > 0 ? *p : 0.0f;
}

SIMD_WORD vf vload_if(vm m, const float *p)
{
    return m ? *p : 0.0f;
}

SIMD_WORD void vstore(float *p, vf x)
{
    *p = x;
}

SIMD_WORD void vstore_n(float *p, vf x, ptrdiff_t n)
{
    if (n > 0) {
        *p = x;
    }
}

SIMD_WORD vi viload(const int32_t *p)
{
    return *p;
}

SIMD_WORD vi viload_n(const int32_t *p, ptrdiff_t n)
{
    return n > 0 ? *p : 0;
}

SIMD_WORD void vistore(int32_t *p, vi x)
{
    *p = x;
}

SIMD_WORD vf vgather(const float *p, vi i)
{
    return p[i];
}

SIMD_WORD vf vgather_if(vm m, const float *p, vi i)
{
    return m ? p[i] : 0.0f;
}

SIMD_WORD vi vigather(const int32_t *p, vi i)
{
    return p[i];
}

SIMD_WORD vi vigather_if(vm m, const int32_t *p, vi i)
{
    return m ? p[i] : 0;
}

enum { TABLES = 0 };

SIMD_WORD vf vtable(const float *table, vi i)
{
    return table[i & 15];
}

SIMD_WORD vf vfma(vf a, vf b, vf c)
{
    return a * b + c;
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
    return a * b - c;
}

SIMD_WORD vf vfnma(vf a, vf b, vf c)
{
    return c - a * b;
}

SIMD_WORD vf vdiv(vf a, vf b)
{
    return a / b;
}

SIMD_WORD vf vsqrt(vf x)
{
    return sqrtf(x);
}

SIMD_WORD vf vmax(vf a, vf b)
{
    return a > b ? a : b;
}

SIMD_WORD vf vmin(vf a, vf b)
{
    return a < b ? a : b;
}

SIMD_WORD vf vabs(vf x)
{
    return fabsf(x);
}

SIMD_WORD vf vtrunc(vf x) /* from 2^23 on all floats are integers */
{
    return x > -8388608.0f && x < 8388608.0f ? (float)(int32_t)x : x;
}

SIMD_WORD vf vfloor(vf x)
{
    const vf cut = vtrunc(x);
    return cut > x ? cut - 1.0f : cut;
}

SIMD_WORD vf vceil(vf x)
{
    const vf cut = vtrunc(x);
    return cut < x ? cut + 1.0f : cut;
}

SIMD_WORD vf vround(vf x) /* to the nearest, ties to even */
{
    const vf shift = x < 0.0f ? -8388608.0f : 8388608.0f;
    return x > -8388608.0f && x < 8388608.0f ? (x + shift) - shift : x;
}

SIMD_WORD vm vlt(vf a, vf b)
{
    return a < b;
}

SIMD_WORD vm vle(vf a, vf b)
{
    return a <= b;
}

SIMD_WORD vm veq(vf a, vf b)
{
    return a == b;
}

SIMD_WORD vm vilt(vi a, vi b)
{
    return a < b;
}

SIMD_WORD vm vile(vi a, vi b)
{
    return a <= b;
}

SIMD_WORD vm vieq(vi a, vi b)
{
    return a == b;
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
    return !a;
}

SIMD_WORD vm vwhether(int x)
{
    return x != 0;
}

SIMD_WORD int vany(vm m)
{
    return m;
}

SIMD_WORD vf vselect(vm m, vf a, vf b)
{
    return m ? a : b;
}

SIMD_WORD vi viselect(vm m, vi a, vi b)
{
    return m ? a : b;
}

SIMD_WORD void vistore_bytes(uint8_t *p, vi x)
{
    *p = (uint8_t)((uint32_t)x & 0xFFu);
}

SIMD_WORD vf vload_bf16(const uint16_t *p)
{
    const uint32_t bits = (uint32_t)*p << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

SIMD_WORD vi vbytes(const void *p) /* 4 * W bytes */
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return four;
}

/* acc + the four products of unsigned bytes of a with signed ones of w, exact. */
SIMD_WORD vi vdot_u8(vi a, vi w, vi acc)
{
    uint8_t x[4];
    int8_t y[4];
    memcpy(x, &a, sizeof x);
    memcpy(y, &w, sizeof y);
    return acc + x[0] * y[0] + x[1] * y[1] + x[2] * y[2] + x[3] * y[3];
}

SIMD_WORD vf vfloat(vi x)
{
    return (float)x;
}

SIMD_WORD vi vint(vf x) /* what no int32_t holds becomes the smallest, as on x86 */
{
    return x >= -2147483648.0f && x < 2147483648.0f ? (int32_t)x : INT32_MIN;
}

SIMD_WORD vi vbits(vf x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

SIMD_WORD vf vof_bits(vi bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

SIMD_WORD vi vshl(vi x, unsigned by)
{
    return (int32_t)((uint32_t)x << by);
}

SIMD_WORD vi vshr(vi x, unsigned by)
{
    return (int32_t)((uint32_t)x >> by);
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
    const vi both = n == n ? (vi)n + 254 : 254, half = both >> 1;
    return x * vof_bits(vshl(half, 23)) * vof_bits(vshl(both - half, 23));
}

SIMD_WORD float vsum(vf x)
{
    return x;
}

SIMD_WORD float vhigh(vf x)
{
    return x;
}

SIMD_WORD float vlow(vf x)
{
    return x;
}

/* Columns from W rows of W floats to W rows of W. */
SIMD_WORD void vturn(const float *from, ptrdiff_t from_row, float *to, ptrdiff_t to_row)
{
    (void)from_row;
    (void)to_row;
    *to = *from;
}

#endif
