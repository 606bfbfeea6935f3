/* tile_u8.h - products of small blocks of bytes: unsigned on the left, signed on the right, sums in int32_t
 *
 *     tile[i][j] = sum over k = 0 .. 4 * K4 - 1 of a[i * a_row + k] * w[(k / 4 * w_row + j) * 4 + k % 4]      i < rows <= MR, j < NR
 *
 * Four neighbours of k stand beside each other for every column. Sums are exact, so they are the same on every machine. */
#ifndef SINTER_SIMD_TILE_U8_H
#define SINTER_SIMD_TILE_U8_H

SIMD_WORD int32_t four_bytes(const void *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return four;
}

/* rows is a constant wherever this is inlined. */
SIMD_WORD void tile_rows_u8(const int rows, const uint8_t *restrict a, ptrdiff_t a_row, const int8_t *restrict w, ptrdiff_t w_row, int K4,
                            int32_t *restrict tile, ptrdiff_t tile_row)
{
    vi c[MR][NV];
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            c[i][j] = visplat(0);
        }
    }
    for (int k = 0; k < K4; k++) {
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
            vistore(tile + i * tile_row + j * W, c[i][j]);
        }
    }
}

#define SIMD_ROWS(n)                                                                                                              \
    case n: tile_rows_u8(n <= MR ? n : MR, a, a_row, w, w_row, K4, tile, tile_row); break;
__attribute__((noinline, unused)) static void tile_dot_u8(int rows, const uint8_t *restrict a, ptrdiff_t a_row, const int8_t *restrict w,
                                                          ptrdiff_t w_row, int K4, int32_t *restrict tile, ptrdiff_t tile_row)
{
    switch (rows) {
        SIMD_ROWS(1) SIMD_ROWS(2) SIMD_ROWS(3) SIMD_ROWS(4) SIMD_ROWS(5) SIMD_ROWS(6) SIMD_ROWS(7) SIMD_ROWS(8) default : break;
    }
}
#undef SIMD_ROWS

#endif
