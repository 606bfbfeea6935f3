/* words_avx512.h - the words of simd.h for x86-64 with AVX-512 F, BW, DQ, VL and VNNI */
#ifndef SINTER_SIMD_WORDS_AVX512_H
#define SINTER_SIMD_WORDS_AVX512_H

#include <immintrin.h>

enum { W = 16, MR = 8, NV = 3, NR = NV * W, AHEAD = 0 };
#ifdef SIMD_PAIRS
enum { PAIRS = 1 };
#else
enum { PAIRS = 0 };
#endif

typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
typedef __mmask16 vm;

SIMD_WORD vf vsplat(float x)
{
    return (vf)_mm512_set1_ps(x);
}

SIMD_WORD vi visplat(int32_t x)
{
    return (vi)_mm512_set1_epi32(x);
}

SIMD_WORD vi viota(void)
{
    return (vi)_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

SIMD_WORD vm vfirst(ptrdiff_t n)
{
    const int lanes = n < W ? (int)n : W;
    return _mm512_cmplt_epi32_mask((__m512i)viota(), _mm512_set1_epi32(lanes));
}

SIMD_WORD vf vload(const float *p)
{
    return (vf)_mm512_loadu_ps(p);
}

SIMD_WORD vf vload_n(const float *p, ptrdiff_t n)
{
    return (vf)_mm512_maskz_loadu_ps(vfirst(n), p);
}

SIMD_WORD vf vload_if(vm m, const float *p)
{
    return (vf)_mm512_maskz_loadu_ps(m, p);
}

SIMD_WORD void vstore(float *p, vf x)
{
    _mm512_storeu_ps(p, (__m512)x);
}

SIMD_WORD void vstore_n(float *p, vf x, ptrdiff_t n)
{
    _mm512_mask_storeu_ps(p, vfirst(n), (__m512)x);
}

SIMD_WORD vi viload(const int32_t *p)
{
    return (vi)_mm512_loadu_si512(p);
}

SIMD_WORD vi viload_n(const int32_t *p, ptrdiff_t n)
{
    return (vi)_mm512_maskz_loadu_epi32(vfirst(n), p);
}

SIMD_WORD void vistore(int32_t *p, vi x)
{
    _mm512_storeu_si512(p, (__m512i)x);
}

SIMD_WORD vf vgather_if(vm m, const float *p, vi i)
{
    return (vf)_mm512_mask_i32gather_ps(_mm512_setzero_ps(), m, (__m512i)i, p, 4);
}

SIMD_WORD vf vgather(const float *p, vi i)
{
    return vgather_if(0xFFFF, p, i);
}

SIMD_WORD vi vigather_if(vm m, const int32_t *p, vi i)
{
    return (vi)_mm512_mask_i32gather_epi32(_mm512_setzero_si512(), m, (__m512i)i, p, 4);
}

SIMD_WORD vi vigather(const int32_t *p, vi i)
{
    return vigather_if(0xFFFF, p, i);
}

enum { TABLES = 1 };

SIMD_WORD vf vtable(const float *table, vi i)
{
    return (vf)_mm512_permutexvar_ps((__m512i)i, _mm512_loadu_ps(table));
}

SIMD_WORD vf vfma(vf a, vf b, vf c)
{
    return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

/* The number is read where it is used: on Zen 4 a copy of it in all lanes of a register takes a port that additions need. */
SIMD_WORD vf vadd_at(const float *p, vf y)
{
    vf sum;
    __asm__("vaddps %2%{1to16%}, %1, %0" : "=v"(sum) : "v"(y), "m"(*p));
    return sum;
}

SIMD_WORD vf vfma_at(const float *p, vf y, vf c)
{
    __asm__("vfmadd231ps %2%{1to16%}, %1, %0" : "+v"(c) : "v"(y), "m"(*p));
    return c;
}

SIMD_WORD vf vfms(vf a, vf b, vf c)
{
    return (vf)_mm512_fmsub_ps((__m512)a, (__m512)b, (__m512)c);
}

SIMD_WORD vf vfnma(vf a, vf b, vf c)
{
    return (vf)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

SIMD_WORD vf vdiv(vf a, vf b)
{
    return (vf)_mm512_div_ps((__m512)a, (__m512)b);
}

SIMD_WORD vf vsqrt(vf x)
{
    return (vf)_mm512_sqrt_ps((__m512)x);
}

SIMD_WORD vf vmax(vf a, vf b)
{
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
}

SIMD_WORD vf vmin(vf a, vf b)
{
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
}

SIMD_WORD vf vabs(vf x)
{
    return (vf)_mm512_abs_ps((__m512)x);
}

SIMD_WORD vf vfloor(vf x)
{
    return (vf)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

SIMD_WORD vf vceil(vf x)
{
    return (vf)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

SIMD_WORD vf vround(vf x)
{
    return (vf)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

SIMD_WORD vf vtrunc(vf x)
{
    return (vf)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

SIMD_WORD vm vlt(vf a, vf b)
{
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LT_OQ);
}

SIMD_WORD vm vle(vf a, vf b)
{
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LE_OQ);
}

SIMD_WORD vm veq(vf a, vf b)
{
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_EQ_OQ);
}

SIMD_WORD vm vilt(vi a, vi b)
{
    return _mm512_cmplt_epi32_mask((__m512i)a, (__m512i)b);
}

SIMD_WORD vm vile(vi a, vi b)
{
    return _mm512_cmple_epi32_mask((__m512i)a, (__m512i)b);
}

SIMD_WORD vm vieq(vi a, vi b)
{
    return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b);
}

SIMD_WORD vm vand(vm a, vm b)
{
    return (vm)(a & b);
}

SIMD_WORD vm vor(vm a, vm b)
{
    return (vm)(a | b);
}

SIMD_WORD vm vnot(vm a)
{
    return (vm)~a;
}

SIMD_WORD vm vwhether(int x)
{
    return (vm)(x ? 0xFFFF : 0);
}

SIMD_WORD int vany(vm m)
{
    return m != 0;
}

SIMD_WORD vf vselect(vm m, vf a, vf b)
{
    return (vf)_mm512_mask_blend_ps(m, (__m512)b, (__m512)a);
}

SIMD_WORD vi viselect(vm m, vi a, vi b)
{
    return (vi)_mm512_mask_blend_epi32(m, (__m512i)b, (__m512i)a);
}

SIMD_WORD void vistore_bytes(uint8_t *p, vi x)
{
    _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8((__m512i)x));
}

SIMD_WORD vf vload_bf16(const uint16_t *p)
{
    const __m256i halves = _mm256_loadu_si256((const __m256i *)(const void *)p);
    return (vf)_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
}

SIMD_WORD vi vbytes(const void *p) /* 4 * W bytes */
{
    return (vi)_mm512_loadu_si512(p);
}

/* acc + the four products of unsigned bytes of a with signed ones of w, exact. */
SIMD_WORD vi vdot_u8(vi a, vi w, vi acc)
{
    return (vi)_mm512_dpbusd_epi32((__m512i)acc, (__m512i)a, (__m512i)w);
}

SIMD_WORD vf vfloat(vi x)
{
    return (vf)_mm512_cvtepi32_ps((__m512i)x);
}

SIMD_WORD vi vint(vf x)
{
    return (vi)_mm512_cvttps_epi32((__m512)x);
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
    return (vi)_mm512_slli_epi32((__m512i)x, by);
}

SIMD_WORD vi vshr(vi x, unsigned by)
{
    return (vi)_mm512_srli_epi32((__m512i)x, by);
}

/* x = m 2^k, 3/4 <= m < 3/2; of 0 k is -infinity, of infinity that, of what is below 0 m is no number. */
SIMD_WORD vf vsplit(vf x, vf *k)
{
    const __m512 m = _mm512_getmant_ps((__m512)x, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_nan);
    const __m512 whole = _mm512_getexp_ps((__m512)x), one = _mm512_set1_ps(1.0f);
    *k = (vf)_mm512_mask_add_ps(whole, _mm512_cmp_ps_mask(m, one, _CMP_LT_OQ), whole, one);
    return (vf)m;
}

SIMD_WORD vf vscale(vf x, vf n)
{
    return (vf)_mm512_scalef_ps((__m512)x, (__m512)n);
}

/* Halves against halves: lane i and lane i + 8, then + 4, + 2, + 1. */
#define SIMD_OVER_LANES(name, half, quarter)                                                                                      \
    SIMD_WORD float name(vf x)                                                                                                    \
    {                                                                                                                             \
        const __m256 h = half(_mm512_castps512_ps256((__m512)x), _mm512_extractf32x8_ps((__m512)x, 1));                           \
        const __m128 q = quarter(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));                                         \
        const __m128 e = quarter(q, _mm_movehl_ps(q, q));                                                                         \
        return _mm_cvtss_f32(quarter(e, _mm_shuffle_ps(e, e, 1)));                                                                \
    }
SIMD_OVER_LANES(vsum, _mm256_add_ps, _mm_add_ps)
SIMD_OVER_LANES(vhigh, _mm256_max_ps, _mm_max_ps)
SIMD_OVER_LANES(vlow, _mm256_min_ps, _mm_min_ps)
#undef SIMD_OVER_LANES

/* Columns from W rows of W floats, `from_row` apart, to W rows of W, `to_row` apart. */
SIMD_WORD void vturn(const float *from, ptrdiff_t from_row, float *to, ptrdiff_t to_row)
{
    __m512 a[16], b[16];
    for (int i = 0; i < 16; i++) {
        a[i] = _mm512_loadu_ps(from + i * from_row);
    }
    for (int i = 0; i < 16; i += 2) {
        b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
        b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        a[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(b[i]), _mm512_castps_pd(b[i + 2])));
        a[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(b[i]), _mm512_castps_pd(b[i + 2])));
        a[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(b[i + 1]), _mm512_castps_pd(b[i + 3])));
        a[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(b[i + 1]), _mm512_castps_pd(b[i + 3])));
    }
    for (int i = 0; i < 4; i++) {
        b[i] = _mm512_shuffle_f32x4(a[i], a[i + 4], 0x88);
        b[i + 4] = _mm512_shuffle_f32x4(a[i], a[i + 4], 0xDD);
        b[i + 8] = _mm512_shuffle_f32x4(a[i + 8], a[i + 12], 0x88);
        b[i + 12] = _mm512_shuffle_f32x4(a[i + 8], a[i + 12], 0xDD);
    }
    for (int i = 0; i < 4; i++) {
        _mm512_storeu_ps(to + i * to_row, _mm512_shuffle_f32x4(b[i], b[i + 8], 0x88));
        _mm512_storeu_ps(to + (i + 8) * to_row, _mm512_shuffle_f32x4(b[i], b[i + 8], 0xDD));
        _mm512_storeu_ps(to + (i + 4) * to_row, _mm512_shuffle_f32x4(b[i + 4], b[i + 12], 0x88));
        _mm512_storeu_ps(to + (i + 12) * to_row, _mm512_shuffle_f32x4(b[i + 4], b[i + 12], 0xDD));
    }
}

#endif
