/* tile_bf16.h - products of small blocks whose right side is stored as upper halves of floats; else as tile_dot of tile.h */
#ifndef SINTER_SIMD_TILE_BF16_H
#define SINTER_SIMD_TILE_BF16_H

/* rows and add are constants wherever this is inlined. */
SIMD_WORD void tile_rows_bf16(const int rows, const int add, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,
                              const uint16_t *restrict w, ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row)
{
    vf c[MR][NV];
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            c[i][j] = add ? vload(tile + i * tile_row + j * W) : vsplat(0.0f);
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

#define SIMD_ROWS(n, add)                                                                                                         \
    case n: tile_rows_bf16(n <= MR ? n : MR, add, a, a_row, a_step, w, w_row, K, tile, tile_row); break;
#define SIMD_TILE(name, add)                                                                                                      \
    __attribute__((noinline, unused)) static void name(int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,       \
                                                       const uint16_t *restrict w, ptrdiff_t w_row, int K, float *restrict tile,  \
                                                       ptrdiff_t tile_row)                                                        \
    {                                                                                                                             \
        switch (rows) {                                                                                                           \
            SIMD_ROWS(1, add) SIMD_ROWS(2, add) SIMD_ROWS(3, add) SIMD_ROWS(4, add)                                               \
            SIMD_ROWS(5, add) SIMD_ROWS(6, add) SIMD_ROWS(7, add) SIMD_ROWS(8, add)                                               \
        default: break;                                                                                                           \
        }                                                                                                                         \
    }
SIMD_TILE(tile_dot_bf16, 0)
SIMD_TILE(tile_add_bf16, 1)
#undef SIMD_TILE
#undef SIMD_ROWS

/* tile_dot_bf16 or, to go on with what is in the tile, tile_add_bf16 */
SIMD_WORD void tile_sum_bf16(int begun, int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step, const uint16_t *restrict w,
                             ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row)
{
    if (begun) {
        tile_add_bf16(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    } else {
        tile_dot_bf16(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    }
}

#endif
