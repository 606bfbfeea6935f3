/* tile_at.h - products of small blocks whose left rows lie anywhere in memory, each in runs of neighbours
 *
 *     tile[i][j] = sum over runs r, k = 0 .. run-1 of at[r * at_step + i][k] * w[(r * run + k) * w_row + j]      i < rows <= MR, j < NR
 *
 * Every element is one chain of vfma in the order of r and k, that of tile_dot. The same pointer may stand for many runs: what is absent
 * is one row of zeros. Only the first `lanes` vectors of a row are computed, 1 .. NV: columns are rarely as many as panels hold.
 * tile_dot_at_bf16: the right side is stored as upper halves of floats. */
#ifndef SINTER_SIMD_TILE_AT_H
#define SINTER_SIMD_TILE_AT_H

/* rows, lanes and halves are constants wherever this is inlined. */
SIMD_WORD void tile_rows_at(const int rows, const int lanes, const int halves, const float *const *at, ptrdiff_t at_step, int runs, int run,
                            const void *restrict w, ptrdiff_t w_row, float *restrict tile, ptrdiff_t tile_row)
{
    const float *restrict whole = (const float *)w;
    const uint16_t *restrict half = (const uint16_t *)w;
    vf c[MR][NV];
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
        {
            c[i][j] = vsplat(0.0f);
        }
    }
    for (int r = 0; r < runs; r++, at += at_step) {
        const float *a[MR];
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            a[i] = at[i];
        }
        for (int k = 0; k < run; k++) {
            vf b[NV];
            _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
            {
                b[j] = halves ? vload_bf16(half + j * W) : vload(whole + j * W);
            }
            _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
            {
                const vf x = vsplat(a[i][k]);
                _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
                {
                    c[i][j] = vfma(x, b[j], c[i][j]);
                }
            }
            whole += halves ? 0 : w_row;
            half += halves ? w_row : 0;
        }
    }
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
        {
            vstore(tile + i * tile_row + j * W, c[i][j]);
        }
    }
}

#define SIMD_ROWS(n, lanes, halves)                                                                                               \
    case n: tile_rows_at(n <= MR ? n : MR, lanes <= NV ? lanes : NV, halves, at, at_step, runs, run, w, w_row, tile, tile_row); break;
#define SIMD_LANES(name, number, lanes, halves)                                                                                   \
    __attribute__((noinline, unused)) static void name(int rows, const float *const *at, ptrdiff_t at_step, int runs, int run,     \
                                                       const number *restrict w, ptrdiff_t w_row, float *restrict tile,           \
                                                       ptrdiff_t tile_row)                                                        \
    {                                                                                                                             \
        switch (rows) {                                                                                                           \
            SIMD_ROWS(1, lanes, halves) SIMD_ROWS(2, lanes, halves) SIMD_ROWS(3, lanes, halves) SIMD_ROWS(4, lanes, halves)       \
            SIMD_ROWS(5, lanes, halves) SIMD_ROWS(6, lanes, halves) SIMD_ROWS(7, lanes, halves) SIMD_ROWS(8, lanes, halves)       \
        default: break;                                                                                                           \
        }                                                                                                                         \
    }
#define SIMD_TILE(name, number, halves)                                                                                           \
    SIMD_LANES(name##_1, number, 1, halves)                                                                                       \
    SIMD_LANES(name##_2, number, 2, halves)                                                                                       \
    SIMD_LANES(name##_all, number, NV, halves)                                                                                    \
    SIMD_WORD void name(int lanes, int rows, const float *const *at, ptrdiff_t at_step, int runs, int run,                         \
                        const number *restrict w, ptrdiff_t w_row, float *restrict tile, ptrdiff_t tile_row)                      \
    {                                                                                                                             \
        if (lanes == 1) {                                                                                                         \
            name##_1(rows, at, at_step, runs, run, w, w_row, tile, tile_row);                                                     \
        } else if (lanes == 2 && NV > 2) {                                                                                        \
            name##_2(rows, at, at_step, runs, run, w, w_row, tile, tile_row);                                                     \
        } else {                                                                                                                  \
            name##_all(rows, at, at_step, runs, run, w, w_row, tile, tile_row);                                                   \
        }                                                                                                                         \
    }
SIMD_TILE(tile_dot_at, float, 0)
SIMD_TILE(tile_dot_at_bf16, uint16_t, 1)
#undef SIMD_TILE
#undef SIMD_LANES
#undef SIMD_ROWS

#endif
