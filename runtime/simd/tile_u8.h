/* tile_u8.h - products of small blocks of bytes: rows that are rounded here, and weights that were rounded by the compiler
 *
 *     tile[i][j] = sum over groups g of part[i][g].scale * scale[g][0][j] * (sum[g][i][j] - part[i][g].zero * scale[g][1][j])
 *     sum[g][i][j] = sum over the k of group g of a[i * a_row + k] * w[(k / 4 * w_row + j) * 4 + k % 4]      i < rows <= MR, j < NR
 *
 * A group is GROUP_U8 neighbours of k, the last one what is left. Rows are bytes of 0 to 255, with a scale and a zero for each group; a
 * column of weights is signed bytes, with a scale for each group and the sum of its bytes. Four neighbours of k lie side by side for every
 * column, filled up with zeros. Sums of bytes are whole numbers below 2^24, so they are exact, and no step behind them is fused: the same
 * bits in every tier. */
#ifndef SINTER_SIMD_TILE_U8_H
#define SINTER_SIMD_TILE_U8_H

enum { GROUP_U8 = 192 }; /* 255 * 127 * GROUP_U8 < 2^24 */

typedef struct part_u8 {
    float scale, zero; /* byte b stands for (b - zero) * scale */
} part_u8;

SIMD_WORD float round_u8(float x) /* to the nearest, ties to even; below 2^22 */
{
    const float shifted = x + 12582912.0f;
    return shifted - 12582912.0f;
}

/* K numbers as bytes; up to W - 1 more are written. With a number that is not finite the scale is NaN, and so is all that is made of it.
 * 0 is met exactly. */
SIMD_WORD part_u8 part_u8_of(const float *restrict x, int K, uint8_t *restrict to)
{
    vf low = vsplat(0.0f), high = vsplat(0.0f), finite = vsplat(0.0f);
    for (int k = 0; k < K; k += W) {
        const vf value = k + W <= K ? vload(x + k) : vload_n(x + k, K - k);
        low = vmin(value, low);
        high = vmax(value, high);
        finite = finite + (value - value);
    }
    const float range = vhigh(high) / 255.0f - vlow(low) / 255.0f, least = 1.17549435e-38f; /* each alone: their difference may overflow */
    const float scale = range > least ? range : least, inverse = 1.0f / scale, zero = round_u8(-vlow(low) * inverse);
    const vf below = vsplat(-zero), above = vsplat(255.0f - zero), shift = vsplat(12582912.0f + zero);
    for (int k = 0; k < K; k += W) {
        const vf value = k + W <= K ? vload(x + k) : vload_n(x + k, K - k);
        vistore_bytes(to + k, vbits(vmin(vmax(value * vsplat(inverse), below), above) + shift));
    }
    return (part_u8){scale + vsum(finite), zero};
}

/* A row, group by group; bytes up to a multiple of W and of 4 are written. */
SIMD_WORD void row_u8_of(const float *restrict x, int K, uint8_t *restrict to, part_u8 *restrict part)
{
    for (int k = 0; k < K; k += GROUP_U8) {
        *part++ = part_u8_of(x + k, K - k < GROUP_U8 ? K - k : GROUP_U8, to + k);
    }
    for (int k = K; k % 4; k++) {
        to[k] = 0;
    }
}

SIMD_WORD int32_t four_bytes(const void *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return four;
}

/* rows is a constant wherever this is inlined. */
SIMD_WORD void tile_rows_u8(const int rows, const uint8_t *restrict a, ptrdiff_t a_row, const part_u8 *restrict part, ptrdiff_t part_row,
                            const int8_t *restrict w, const float *restrict scale, ptrdiff_t w_row, int K, float *restrict tile,
                            ptrdiff_t tile_row, tile_next next)
{
    const int K4 = (K + 3) / 4;
    for (int first = 0; first < K4; first += GROUP_U8 / 4, part++, scale += 2 * w_row) {
        const int end = K4 - first < GROUP_U8 / 4 ? K4 : first + GROUP_U8 / 4;
        vi c[MR][NV];
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                c[i][j] = visplat(0);
            }
        }
        for (int k = first; k < end; k++) {
            tile_ask(&next);
            vi b[NV];
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                b[j] = vbytes(w + 4 * j * W);
            }
            _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
            {
                const vi x = visplat(four_bytes(a + i * a_row));
                _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
                {
                    c[i][j] = vdot_u8(x, b[j], c[i][j]);
                }
            }
            a += 4;
            w += 4 * w_row;
        }
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                const vf sum = vfloat(c[i][j]) - vsplat(part[i * part_row].zero) * vload(scale + w_row + j * W);
                const vf one = sum * (vsplat(part[i * part_row].scale) * vload(scale + j * W));
                vstore(tile + i * tile_row + j * W, first ? vload(tile + i * tile_row + j * W) + one : one);
            }
        }
    }
}

#define SIMD_ROWS(n, next)                                                                                                        \
    case n: tile_rows_u8(n <= MR ? n : MR, a, a_row, part, part_row, w, scale, w_row, K, tile, tile_row, next); break;
#define SIMD_CASES(next)                                                                                                          \
    switch (rows) {                                                                                                               \
        SIMD_ROWS(1, next) SIMD_ROWS(2, next) SIMD_ROWS(3, next) SIMD_ROWS(4, next)                                               \
        SIMD_ROWS(5, next) SIMD_ROWS(6, next) SIMD_ROWS(7, next) SIMD_ROWS(8, next)                                               \
    default: break;                                                                                                               \
    }
__attribute__((noinline, unused)) static void tile_dot_u8(int rows, const uint8_t *restrict a, ptrdiff_t a_row,
                                                          const part_u8 *restrict part, ptrdiff_t part_row, const int8_t *restrict w,
                                                          const float *restrict scale, ptrdiff_t w_row, int K, float *restrict tile,
                                                          ptrdiff_t tile_row)
{
    const tile_next none = {NULL, 0};
    SIMD_CASES(none)
}

/* The same, while memory is asked for what comes next. next.at is not NULL. */
__attribute__((noinline, unused)) static void tile_dot_u8_ahead(int rows, const uint8_t *restrict a, ptrdiff_t a_row,
                                                                const part_u8 *restrict part, ptrdiff_t part_row, const int8_t *restrict w,
                                                                const float *restrict scale, ptrdiff_t w_row, int K, float *restrict tile,
                                                                ptrdiff_t tile_row, tile_next next)
{
    SIMD_CASES(next)
}
#undef SIMD_CASES
#undef SIMD_ROWS

#endif
