/* tile.h - products of small blocks, whose accumulators stay in registers
 *
 *     tile[i][j] = sum over k = 0 .. K-1 of a[i * a_row + k * a_step] * w[k * w_row + j]      i < rows <= MR, j < NR
 *
 * tile_dot begins with 0, tile_add with what is in the tile. Every element is one chain of vfma in the order of k, for every number of
 * rows and lanes, so it does not depend on its neighbours. tile_dot_lanes and tile_add_lanes compute the first `lanes` vectors of a row
 * only, 1 .. NV. */
#ifndef SINTER_SIMD_TILE_H
#define SINTER_SIMD_TILE_H

/* What is read after a tile: with each k of the tile memory is asked for `step` more bytes of it. NULL: nothing. */
typedef struct tile_next {
    const char *at;
    ptrdiff_t step;
} tile_next;

/* Part of the panel, from done / all of it on, when each tile that is computed meanwhile asks for its part. */
SIMD_WORD tile_next tile_share(const void *panel, ptrdiff_t K, ptrdiff_t done, ptrdiff_t part, ptrdiff_t all)
{
    enum { BYTES = 48 * 4 }; /* of each k; in int8 of four */
    const tile_next next = {(const char *)panel + K * BYTES * done / all, BYTES * part / all};
    return next;
}

SIMD_WORD void tile_ask(tile_next *next)
{
    if (next->at) {
        __builtin_prefetch(next->at, 0, 2);
        for (ptrdiff_t line = 64; line < next->step; line += 64) {
            __builtin_prefetch(next->at + line, 0, 2);
        }
        next->at += next->step;
    }
}

/* rows, lanes and add are constants wherever this is inlined. */
SIMD_WORD void tile_rows(const int rows, const int lanes, const int add, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,
                         const float *restrict w, ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row, tile_next next)
{
    vf c[MR][NV];
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
        {
            c[i][j] = add ? vload(tile + i * tile_row + j * W) : vsplat(0.0f);
        }
    }
    for (int k = 0; k < K; k++) {
        tile_ask(&next);
        if (AHEAD > 0) { /* as a number: it may lie behind all of w */
            __builtin_prefetch((const void *)((uintptr_t)w + (uintptr_t)(AHEAD * w_row) * sizeof *w), 0, 3);
        }
        vf b[NV];
        _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
        {
            b[j] = vload(w + j * W);
        }
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            const vf x = vsplat(a[i * a_row]);
            _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
            {
                c[i][j] = vfma(x, b[j], c[i][j]);
            }
        }
        a += a_step;
        w += w_row;
    }
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < lanes; j++)
        {
            vstore(tile + i * tile_row + j * W, c[i][j]);
        }
    }
}

#define SIMD_ROWS(n, lanes, add, next)                                                                                            \
    case n: tile_rows(n <= MR ? n : MR, lanes <= NV ? lanes : NV, add, a, a_row, a_step, w, w_row, K, tile, tile_row, next); break;
#define SIMD_CASES(lanes, add, next)                                                                                              \
    switch (rows) {                                                                                                               \
        SIMD_ROWS(1, lanes, add, next) SIMD_ROWS(2, lanes, add, next) SIMD_ROWS(3, lanes, add, next) SIMD_ROWS(4, lanes, add, next)   \
        SIMD_ROWS(5, lanes, add, next) SIMD_ROWS(6, lanes, add, next) SIMD_ROWS(7, lanes, add, next) SIMD_ROWS(8, lanes, add, next)   \
    default: break;                                                                                                               \
    }
#define SIMD_TILE(name, lanes, add)                                                                                               \
    __attribute__((noinline, unused)) static void name(int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,       \
                                                       const float *restrict w, ptrdiff_t w_row, int K, float *restrict tile,     \
                                                       ptrdiff_t tile_row)                                                        \
    {                                                                                                                             \
        const tile_next none = {NULL, 0};                                                                                         \
        SIMD_CASES(lanes, add, none)                                                                                              \
    }
SIMD_TILE(tile_dot, NV, 0)
SIMD_TILE(tile_add, NV, 1)
SIMD_TILE(tile_dot_1, 1, 0)
SIMD_TILE(tile_add_1, 1, 1)
SIMD_TILE(tile_dot_2, 2, 0)
SIMD_TILE(tile_add_2, 2, 1)

/* tile_dot or, to go on, tile_add, while memory is asked for what comes next. next.at is not NULL. */
__attribute__((noinline, unused)) static void tile_dot_ahead(int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,
                                                             const float *restrict w, ptrdiff_t w_row, int K, float *restrict tile,
                                                             ptrdiff_t tile_row, tile_next next)
{
    SIMD_CASES(NV, 0, next)
}
__attribute__((noinline, unused)) static void tile_add_ahead(int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step,
                                                             const float *restrict w, ptrdiff_t w_row, int K, float *restrict tile,
                                                             ptrdiff_t tile_row, tile_next next){SIMD_CASES(NV, 1, next)}
#undef SIMD_TILE
#undef SIMD_CASES
#undef SIMD_ROWS

SIMD_WORD void tile_sum(int begun, int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step, const float *restrict w,
                        ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row, tile_next next)
{
    if (begun) {
        tile_add_ahead(rows, a, a_row, a_step, w, w_row, K, tile, tile_row, next);
    } else {
        tile_dot_ahead(rows, a, a_row, a_step, w, w_row, K, tile, tile_row, next);
    }
}

SIMD_WORD void tile_dot_lanes(int lanes, int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step, const float *restrict w,
                              ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row)
{
    if (lanes == 1) {
        tile_dot_1(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    } else if (lanes == 2 && NV > 2) {
        tile_dot_2(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    } else {
        tile_dot(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    }
}

SIMD_WORD void tile_add_lanes(int lanes, int rows, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_step, const float *restrict w,
                              ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row)
{
    if (lanes == 1) {
        tile_add_1(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    } else if (lanes == 2 && NV > 2) {
        tile_add_2(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    } else {
        tile_add(rows, a, a_row, a_step, w, w_row, K, tile, tile_row);
    }
}

/* How many of the rows that are left make the next tile, so that all are about as high: 17 -> 6, 6, 5. */
SIMD_WORD int tile_take(ptrdiff_t left)
{
    const ptrdiff_t tiles = (left + MR - 1) / MR;
    return tiles ? (int)((left + tiles - 1) / tiles) : 0;
}

SIMD_WORD int vbetween(int x, int low, int high) /* the nearest to x of low .. high */
{
    return x < low ? low : x > high ? high : x;
}

#endif
