/* tile_pairs.h - products of small blocks with half the multiplications, where additions have ports of their own
 *
 *     x w + x' w' = (x + w') (x' + w) - x x' - w w'
 *
 * (Winograd, "A New Algorithm for Inner Product", IEEE Transactions on Computers C-17, 1968.) The second term is one sum for a row, the
 * third one for a column, which the compiler knows. Of three neighbours of k two make a pair, the third is multiplied as it stands: two
 * additions and two multiplications with an addition do then what three of the latter do otherwise, and a machine that has two ports for
 * each of the two kinds is busy with both.
 *
 * What is added has to be of one size, or digits are lost: a row is multiplied first by the power of two that makes it as long (the root
 * of the sum of squares) as a column is on average, or down to half of it. With |x| for the length of a row, |w| for that of a column,
 * and both of one size, every sum on the way is at most |x| |w| + |x|^2 / 2 + |w|^2 / 2 = 2 |x| |w|: so the error is within K roundings
 * of 2 |x| |w|, where a chain of products has K roundings of the sum of |x_k w_k|, which is at most |x| |w|. (Brent, "Error analysis of
 * algorithms for matrix multiplication and triangular decomposition using Winograd's identity", Numerische Mathematik 16, 1970, says why
 * rows and columns have to be made alike.) A row that cannot be made so long (it is 0, not finite, or nearly so) is
 * multiplied as tile_dot does. Rows are made once for all mates, as long as the longest columns; a mate of columns that are eight times
 * shorter, or of no length, is multiplied as tile_dot does: of the others the sums are at most 5 |x| |w|.
 * Every element is one chain, that of its row and column alone, for every number of rows. */
#ifndef SINTER_SIMD_TILE_PAIRS_H
#define SINTER_SIMD_TILE_PAIRS_H

/* Where pairs begin: k and k + 1 are one where this is 1, up to the last whole three. */
static const float first_of_pair[48] = {1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0,
                                        1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0};

enum { LONGEST_PAIRS = 8 }; /* times as long as columns rows may be made, for the sake of a mate */

typedef struct part_pairs {
    float sum, back; /* of its pairs, negative; what makes it as long as it was, 0: it is multiplied as it stands */
} part_pairs;

/* The greater of the length of columns, which stands behind their sums, and another one. */
SIMD_WORD float length_pairs(const float *w, ptrdiff_t w_row, int K, float other)
{
    const float length = w[(K + 1) * w_row];
    return length > other ? length : other;
}

/* Are columns, and no mate's are longer than `length`, long enough for rows that are made so long? */
SIMD_WORD int alike_pairs(const float *w, ptrdiff_t w_row, int K, float length)
{
    const float own = w[(K + 1) * w_row];
    return own > 0.0f && length <= LONGEST_PAIRS * own;
}

/* A row of K numbers made about as long as `length`. */
SIMD_WORD part_pairs row_pairs_of(const float *restrict x, int K, float length, float *restrict to)
{
    vf squares = vsplat(0.0f), pairs = vsplat(0.0f);
    for (int k = 0; k < K; k += W) {
        const vf value = k + W <= K ? vload(x + k) : vload_n(x + k, K - k);
        squares = vfma(value, value, squares);
    }
    const float all = vsum(squares), ratio = length * length / all;
    if (all != all) {
        return (part_pairs){all, 1.0f}; /* whatever it is multiplied with is no number */
    }
    if (!(ratio > 1e-30f && ratio < 1e30f)) {
        return (part_pairs){0.0f, 0.0f};
    }
    uint32_t bits;
    memcpy(&bits, &ratio, sizeof bits);
    bits = (((bits >> 23) + 127) >> 1) << 23; /* the largest power of two that is no more than the root */
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    for (int k = 0; k < K; k += W) {
        if (k + W <= K) {
            vstore(to + k, vload(x + k) * vsplat(scale));
        } else {
            vstore_n(to + k, vload_n(x + k, K - k) * vsplat(scale), K - k);
        }
    }
    const int whole = K / 3 * 3;
    for (int k = 0; k < whole; k += W) {
        const int inside = k + W < whole;
        const vf one = inside ? vload(to + k) : vload_n(to + k, whole - k);
        const vf mate = inside ? vload(to + k + 1) : vload_n(to + k + 1, whole - k - 1);
        pairs = vfma(one * vload(first_of_pair + k % 48), mate, pairs);
    }
    return (part_pairs){-vsum(pairs), 1.0f / scale};
}

/* rows is a constant wherever this is inlined. Row K of w is what the columns' pairs sum up to, negative. */
SIMD_WORD void tile_rows_pairs(const int rows, const float *restrict a, ptrdiff_t a_row, const part_pairs *restrict part,
                               const float *restrict w, ptrdiff_t w_row, int K, float *restrict tile, ptrdiff_t tile_row, tile_next next)
{
    vf c[MR][NV];
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            c[i][j] = vload(w + K * w_row + j * W) + vsplat(part[i].sum);
        }
    }
    tile_next thrice = {next.at, 3 * next.step};
    int left = K;
    for (; left >= 3; left -= 3) {
        vf b[NV], mate[NV];
        tile_ask(&thrice);
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            b[j] = vload(w + j * W);
            mate[j] = vload(w + w_row + j * W);
        }
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                c[i][j] = vfma(vadd_at(a + i * a_row, mate[j]), vadd_at(a + i * a_row + 1, b[j]), c[i][j]);
            }
        }
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            b[j] = vload(w + 2 * w_row + j * W);
        }
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                c[i][j] = vfma_at(a + i * a_row + 2, b[j], c[i][j]);
            }
        }
        a += 3;
        w += 3 * w_row;
    }
    next.at = thrice.at;
    for (; left > 0; left--) {
        tile_ask(&next);
        _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
        {
            _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
            {
                c[i][j] = vfma_at(a + i * a_row, vload(w + j * W), c[i][j]);
            }
        }
        a++;
        w += w_row;
    }
    _Pragma("GCC unroll 8") for (int i = 0; i < rows; i++)
    {
        _Pragma("GCC unroll 4") for (int j = 0; j < NV; j++)
        {
            vstore(tile + i * tile_row + j * W, c[i][j] * vsplat(part[i].back));
        }
    }
}

#define SIMD_ROWS(n) \
    case n: tile_rows_pairs(n <= MR ? n : MR, a, a_row, part, w, w_row, K, tile, tile_row, next); break;
/* As tile_dot. a: rows made by row_pairs_of, part: what it said of each; as_it_is: the rows before. */
__attribute__((noinline, unused)) static void tile_dot_pairs(int rows, const float *restrict as_it_is, ptrdiff_t row,
                                                             const float *restrict a, ptrdiff_t a_row, const part_pairs *restrict part,
                                                             const float *restrict w, ptrdiff_t w_row, int K, float *restrict tile,
                                                             ptrdiff_t tile_row, tile_next next)
{
    int odd = 0;
    for (int i = 0; i < rows; i++) {
        odd += part[i].back == 0.0f;
    }
    if (odd == rows) {
        tile_dot(rows, as_it_is, row, 1, w, w_row, K, tile, tile_row);
        return;
    }
    switch (rows) {
        SIMD_ROWS(1) SIMD_ROWS(2) SIMD_ROWS(3) SIMD_ROWS(4) SIMD_ROWS(5) SIMD_ROWS(6) SIMD_ROWS(7) SIMD_ROWS(8) default : break;
    }
    if (odd) {
        float whole[MR * NR];
        tile_dot(rows, as_it_is, row, 1, w, w_row, K, whole, NR);
        for (int i = 0; i < rows; i++) {
            if (part[i].back == 0.0f) {
                memcpy(tile + i * tile_row, whole + i * NR, sizeof *tile * NR);
            }
        }
    }
}
#undef SIMD_ROWS

/* In pairs where the tier is for it, and columns are for rows of this length; else tile_sum, which may go on. */
SIMD_WORD void tile_pairs(float length, int begun, int rows, const float *restrict as_it_is, ptrdiff_t row, const float *restrict a,
                          ptrdiff_t a_row, const part_pairs *restrict part, const float *restrict w, ptrdiff_t w_row, int K,
                          float *restrict tile, ptrdiff_t tile_row, tile_next next)
{
    if (PAIRS && alike_pairs(w, w_row, K, length)) {
        tile_dot_pairs(rows, as_it_is, row, a, a_row, part, w, w_row, K, tile, tile_row, next);
    } else {
        tile_sum(begun, rows, as_it_is, row, 1, w, w_row, K, tile, tile_row, next);
    }
}

#endif
