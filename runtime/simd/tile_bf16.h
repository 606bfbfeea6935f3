/* tile_bf16.h - products of small blocks whose right side is stored as upper halves of floats; else as tile_dot of tile.h */
#ifndef SINTER_SIMD_TILE_BF16_H
#define SINTER_SIMD_TILE_BF16_H

/* rows is a constant wherever this is inlined. */
SIMD_WORD void tile_rows_bf16(const int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step, const uint16_t *restrict w,
                              ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row)
{
    vf c[MR][NV];
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            c[i][j] = vsplat(0.0f);
        }
    }
    for (int k = 0; k < K; k++) {
        vf b[NV];
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            b[j] = vload_bf16(w + j * W);
        }
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            const vf x = vsplat(a[i * a_row]);
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                c[i][j] = vfma(x, b[j], c[i][j]);
            }
        }
        a += a_step;
        w += w_row;
    }
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            vstore(tile + i * tile_row + j * W, c[i][j]);
        }
    }
}

#define SIMD_ROWS(n)                                                                                                              \
    case n: tile_rows_bf16(n <= MR ? n : MR, a, a_row, a_step, w, w_row, K, tile, tile_row); break;
__attribute__((noinline, unused)) static void tile_dot_bf16(int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,
                                                            const uint16_t *restrict w, ptrdiff_t w_row, int K, float *restrict tile,
                                                            ptrdiff_t tile_row)
{
    switch (rows) {
        SIMD_ROWS(1) SIMD_ROWS(2) SIMD_ROWS(3) SIMD_ROWS(4) SIMD_ROWS(5) SIMD_ROWS(6) SIMD_ROWS(7) SIMD_ROWS(8) default : break;
    }
}
#undef SIMD_ROWS

#endif
