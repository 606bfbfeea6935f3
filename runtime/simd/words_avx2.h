/* words_avx2.h - the words of simd.h for x86-64 with AVX2 and FMA */
#ifndef SINTER_SIMD_WORDS_AVX2_H
#define SINTER_SIMD_WORDS_AVX2_H

#include <immintrin.h>

enum { W = 8, MR = 6, NV = 2, NR = NV * W, AHEAD = 16 };
enum { PAIRS = 0 };

typedef float vf __attribute__((vector_size(32)));
typedef int32_t vi __attribute__((vector_size(32)));
typedef vi vm; /* 0 or -1 */

SIMD_WORD vf vsplat(float x)
{
    return (vf)_mm256_set1_ps(x);
}

SIMD_WORD vi visplat(int32_t x)
{
    return (vi)_mm256_set1_epi32(x);
}

SIMD_WORD vi viota(void)
{
    return (vi)_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}

SIMD_WORD vm vilt(vi a, vi b)
{
    return (vm)_mm256_cmpgt_epi32((__m256i)b, (__m256i)a);
}

SIMD_WORD vm vfirst(ptrdiff_t n)
{
    return vilt(viota(), visplat(n < W ? (int)n : W));
}

SIMD_WORD vf vload(const float *p)
{
    return (vf)_mm256_loadu_ps(p);
}

SIMD_WORD vf vload_n(const float *p, ptrdiff_t n)
{
    return (vf)_mm256_maskload_ps(p, (__m256i)vfirst(n));
}

SIMD_WORD vf vload_if(vm m, const float *p)
{
    return (vf)_mm256_maskload_ps(p, (__m256i)m);
}

SIMD_WORD void vstore(float *p, vf x)
{
    _mm256_storeu_ps(p, (__m256)x);
}

SIMD_WORD void vstore_n(float *p, vf x, ptrdiff_t n)
{
    _mm256_maskstore_ps(p, (__m256i)vfirst(n), (__m256)x);
}

SIMD_WORD vi viload(const int32_t *p)
{
    return (vi)_mm256_loadu_si256((const __m256i *)(const void *)p);
}

SIMD_WORD vi viload_n(const int32_t *p, ptrdiff_t n)
{
    return (vi)_mm256_maskload_epi32(p, (__m256i)vfirst(n));
}

SIMD_WORD void vistore(int32_t *p, vi x)
{
    _mm256_storeu_si256((__m256i *)(void *)p, (__m256i)x);
}

SIMD_WORD vf vgather_if(vm m, const float *p, vi i)
{
    return (vf)_mm256_mask_i32gather_ps(_mm256_setzero_ps(), p, (__m256i)i, (__m256)m, 4);
}

SIMD_WORD vf vgather(const float *p, vi i)
{
    return vgather_if(visplat(-1), p, i);
}

SIMD_WORD vi vigather_if(vm m, const int32_t *p, vi i)
{
    return (vi)_mm256_mask_i32gather_epi32(_mm256_setzero_si256(), p, (__m256i)i, (__m256i)m, 4);
}

SIMD_WORD vi vigather(const int32_t *p, vi i)
{
    return vigather_if(visplat(-1), p, i);
}

enum { TABLES = 0 };

SIMD_WORD vf vtable(const float *table, vi i)
{
    return vgather(table, i & visplat(15));
}

SIMD_WORD vf vfma(vf a, vf b, vf c)
{
    return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
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
    return (vf)_mm256_fmsub_ps((__m256)a, (__m256)b, (__m256)c);
}

SIMD_WORD vf vfnma(vf a, vf b, vf c)
{
    return (vf)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

SIMD_WORD vf vdiv(vf a, vf b)
{
    return (vf)_mm256_div_ps((__m256)a, (__m256)b);
}

SIMD_WORD vf vsqrt(vf x)
{
    return (vf)_mm256_sqrt_ps((__m256)x);
}

SIMD_WORD vf vmax(vf a, vf b)
{
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
}

SIMD_WORD vf vmin(vf a, vf b)
{
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
}

SIMD_WORD vf vabs(vf x)
{
    return (vf)_mm256_andnot_ps(_mm256_set1_ps(-0.0f), (__m256)x);
}

SIMD_WORD vf vfloor(vf x)
{
    return (vf)_mm256_round_ps((__m256)x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

SIMD_WORD vf vceil(vf x)
{
    return (vf)_mm256_round_ps((__m256)x, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

SIMD_WORD vf vround(vf x)
{
    return (vf)_mm256_round_ps((__m256)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

SIMD_WORD vf vtrunc(vf x)
{
    return (vf)_mm256_round_ps((__m256)x, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

SIMD_WORD vm vlt(vf a, vf b)
{
    return (vm)_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LT_OQ);
}

SIMD_WORD vm vle(vf a, vf b)
{
    return (vm)_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LE_OQ);
}

SIMD_WORD vm veq(vf a, vf b)
{
    return (vm)_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_EQ_OQ);
}

SIMD_WORD vm vnot(vm a)
{
    return ~a;
}

SIMD_WORD vm vile(vi a, vi b)
{
    return vnot(vilt(b, a));
}

SIMD_WORD vm vieq(vi a, vi b)
{
    return (vm)_mm256_cmpeq_epi32((__m256i)a, (__m256i)b);
}

SIMD_WORD vm vand(vm a, vm b)
{
    return a & b;
}

SIMD_WORD vm vor(vm a, vm b)
{
    return a | b;
}

SIMD_WORD vm vwhether(int x)
{
    return visplat(x ? -1 : 0);
}

SIMD_WORD int vany(vm m)
{
    return _mm256_movemask_ps((__m256)m) != 0;
}

SIMD_WORD vf vselect(vm m, vf a, vf b)
{
    return (vf)_mm256_blendv_ps((__m256)b, (__m256)a, (__m256)m);
}

SIMD_WORD vi viselect(vm m, vi a, vi b)
{
    return (vi)_mm256_blendv_epi8((__m256i)b, (__m256i)a, (__m256i)m);
}

SIMD_WORD void vistore_bytes(uint8_t *p, vi x)
{
    const __m256i low = _mm256_and_si256((__m256i)x, _mm256_set1_epi32(0xFF));
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    _mm_storel_epi64((__m128i *)(void *)p, _mm_packus_epi16(words, words));
}

SIMD_WORD vf vload_bf16(const uint16_t *p)
{
    const __m128i halves = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (vf)_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16);
}

SIMD_WORD vi vbytes(const void *p) /* 4 * W bytes */
{
    return (vi)_mm256_loadu_si256((const __m256i *)p);
}

/* acc + the four products of unsigned bytes of a with signed ones of w, exact. */
SIMD_WORD vi vdot_u8(vi a, vi w, vi acc)
{
    const __m256i a_even = _mm256_and_si256((__m256i)a, _mm256_set1_epi16(0xFF)), a_odd = _mm256_srli_epi16((__m256i)a, 8);
    const __m256i w_even = _mm256_srai_epi16(_mm256_slli_epi16((__m256i)w, 8), 8), w_odd = _mm256_srai_epi16((__m256i)w, 8);
    return acc + (vi)_mm256_add_epi32(_mm256_madd_epi16(a_even, w_even), _mm256_madd_epi16(a_odd, w_odd));
}

SIMD_WORD vf vfloat(vi x)
{
    return (vf)_mm256_cvtepi32_ps((__m256i)x);
}

SIMD_WORD vi vint(vf x)
{
    return (vi)_mm256_cvttps_epi32((__m256)x);
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
    return (vi)_mm256_slli_epi32((__m256i)x, (int)by);
}

SIMD_WORD vi vshr(vi x, unsigned by)
{
    return (vi)_mm256_srli_epi32((__m256i)x, (int)by);
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
    const __m256i both = _mm256_add_epi32(_mm256_cvtps_epi32((__m256)n), _mm256_set1_epi32(254)), half = _mm256_srli_epi32(both, 1);
    return x * (vf)_mm256_slli_epi32(half, 23) * (vf)_mm256_slli_epi32(_mm256_sub_epi32(both, half), 23);
}

/* Halves against halves: lane i and lane i + 4, then + 2, + 1. */
#define SIMD_OVER_LANES(name, quarter)                                                                                            \
    SIMD_WORD float name(vf x)                                                                                                    \
    {                                                                                                                             \
        const __m128 q = quarter(_mm256_castps256_ps128((__m256)x), _mm256_extractf128_ps((__m256)x, 1));                         \
        const __m128 e = quarter(q, _mm_movehl_ps(q, q));                                                                         \
        return _mm_cvtss_f32(quarter(e, _mm_shuffle_ps(e, e, 1)));                                                                \
    }
SIMD_OVER_LANES(vsum, _mm_add_ps)
SIMD_OVER_LANES(vhigh, _mm_max_ps)
SIMD_OVER_LANES(vlow, _mm_min_ps)
#undef SIMD_OVER_LANES

/* Columns from W rows of W floats, `from_row` apart, to W rows of W, `to_row` apart. */
SIMD_WORD void vturn(const float *from, ptrdiff_t from_row, float *to, ptrdiff_t to_row)
{
    __m256 a[8], b[8];
    for (int i = 0; i < 4; i++) { /* the halves of rows i and i + 4 side by side */
        const __m256 low = _mm256_loadu_ps(from + i * from_row), high = _mm256_loadu_ps(from + (i + 4) * from_row);
        a[i] = _mm256_permute2f128_ps(low, high, 0x20);
        a[i + 4] = _mm256_permute2f128_ps(low, high, 0x31);
    }
    for (int i = 0; i < 8; i += 4) {
        b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
        b[i + 2] = _mm256_unpacklo_ps(a[i + 2], a[i + 3]);
        b[i + 3] = _mm256_unpackhi_ps(a[i + 2], a[i + 3]);
    }
    for (int i = 0; i < 8; i += 4) {
        _mm256_storeu_ps(to + i * to_row, _mm256_shuffle_ps(b[i], b[i + 2], 0x44));
        _mm256_storeu_ps(to + (i + 1) * to_row, _mm256_shuffle_ps(b[i], b[i + 2], 0xEE));
        _mm256_storeu_ps(to + (i + 2) * to_row, _mm256_shuffle_ps(b[i + 1], b[i + 3], 0x44));
        _mm256_storeu_ps(to + (i + 3) * to_row, _mm256_shuffle_ps(b[i + 1], b[i + 3], 0xEE));
    }
}

#endif
