/* pairs.h - the rest of words.c: products in pairs against products in double, for all numbers of rows. Rows that cannot be made as
 * long as columns are multiplied as they stand, and so is what has columns that are far shorter. */
#ifndef SINTER_TEST_SIMD_PAIRS_H
#define SINTER_TEST_SIMD_PAIRS_H

#include "tile_pairs.h"

enum { MOST_PAIRS = 384, ROW_PAIRS = MOST_PAIRS + 5, WIDE_PAIRS = NR + 16 };

static float rows_in[MR * ROW_PAIRS], rows_made[MR * ROW_PAIRS], columns[(MOST_PAIRS + 2) * WIDE_PAIRS];
static part_pairs made[MR];

/* K numbers of a row, or of a column, and the two that stand behind those of a column. */
static void fill_row(float *x, int K, float size)
{
    for (int k = 0; k < K; k++) {
        x[k] = random_float() / 16.0f * size;
    }
}

static void fill_column(int K, int j, float size, float length)
{
    double pairs = 0;
    for (int k = 0; k < K; k++) {
        columns[k * WIDE_PAIRS + j] = random_float() / 16.0f * size;
    }
    for (int k = 0; k + 3 <= K; k += 3) {
        pairs += (double)columns[k * WIDE_PAIRS + j] * (double)columns[(k + 1) * WIDE_PAIRS + j];
    }
    columns[K * WIDE_PAIRS + j] = (float)-pairs;
    columns[(K + 1) * WIDE_PAIRS + j] = length;
}

static double length_of(const float *x, ptrdiff_t step, int K)
{
    double squares = 0;
    for (int k = 0; k < K; k++) {
        squares += (double)x[k * step] * (double)x[k * step];
    }
    return sqrt(squares);
}

static void make_rows(int rows, int K, float length)
{
    for (int i = 0; i < rows; i++) {
        for (int k = K; k < ROW_PAIRS; k++) {
            rows_made[i * ROW_PAIRS + k] = 7.0f;
        }
        made[i] = row_pairs_of(rows_in + i * ROW_PAIRS, K, length, rows_made + i * ROW_PAIRS);
        for (int k = K; k < ROW_PAIRS; k++) {
            check(rows_made[i * ROW_PAIRS + k] == 7.0f, "row_pairs_of writes further");
        }
    }
}

/* A row that is made: by a power of two, no longer than columns and no shorter than half of it. */
static void row_is_made(int i, int K, float length)
{
    const float *x = rows_in + i * ROW_PAIRS, *to = rows_made + i * ROW_PAIRS;
    const double is = length_of(to, 1, K) / (double)length;
    int exponent;
    check(made[i].back > 0.0f && frexpf(made[i].back, &exponent) == 0.5f, "row_pairs_of: no power of two");
    check(is > 0.4999 && is < 1.0001, "row_pairs_of: too long or too short");
    for (int k = 0; k < K; k++) {
        check(to[k] * made[i].back == x[k], "row_pairs_of: another row");
    }
}

/* Within K roundings of what the sums on the way may be (tile_pairs.h), by the lengths of a column and of a row that is made. */
static void pairs_are_near(const float *tile, int rows, int K, float length)
{
    for (int i = 0; i < rows; i++) {
        const float *x = rows_in + i * ROW_PAIRS;
        const double row = length_of(rows_made + i * ROW_PAIRS, 1, K);
        for (int j = 0; j < NR; j++) {
            const double column = length_of(columns + j, WIDE_PAIRS, K);
            const double most = (row * column + (row * row + column * column) / 2) * (double)made[i].back;
            double sum = 0;
            for (int k = 0; k < K; k++) {
                sum += (double)x[k] * (double)columns[k * WIDE_PAIRS + j];
            }
            check(fabs((double)tile[i * NR + j] - sum) <= K * 0x1p-24 * most, "tile_dot_pairs is off");
        }
        row_is_made(i, K, length);
    }
}

static void dot_pairs(int rows, int first, int K, float *tile)
{
    const tile_next next = {(const char *)columns, 4};
    tile_dot_pairs(rows, rows_in + first * ROW_PAIRS, ROW_PAIRS, rows_made + first * ROW_PAIRS, ROW_PAIRS, made + first, columns, WIDE_PAIRS, K, tile,
                   NR, next);
}

/* Each row is the same alone and among others. */
static void rows_stay(const float *all, int rows, int K)
{
    float tile[MR * NR];
    for (int first = 0; first < rows; first++) {
        dot_pairs(1, first, K, tile);
        check(memcmp(tile, all + first * NR, sizeof(float) * NR) == 0, "tile_dot_pairs: a row sees others");
        dot_pairs(rows - first, first, K, tile);
        check(memcmp(tile, all + first * NR, sizeof(float) * (size_t)((rows - first) * NR)) == 0, "tile_dot_pairs: a row sees how many there are");
    }
}

/* Rows that cannot be made as long as columns are multiplied as they stand; others beside them are not. */
static void odd_pairs(int K, float length)
{
    static const float odd[] = {0.0f, 1e30f, 1e-30f, INFINITY, NAN, -INFINITY};
    enum { ODD = sizeof odd / sizeof *odd };
    float tile[MR * NR], wanted[NR];
    for (int turn = 0; turn < ODD; turn++) {
        for (int i = 0; i < MR; i++) {
            const float one = odd[(i + turn) % ODD];
            fill_row(rows_in + i * ROW_PAIRS, K, i % 2 ? 1.0f : isfinite(one) ? one : 1.0f);
            rows_in[i * ROW_PAIRS + K / 2] = i % 2 || isfinite(one) ? rows_in[i * ROW_PAIRS + K / 2] : one;
        }
        make_rows(MR, K, length);
        dot_pairs(MR, 0, K, tile);
        for (int i = 0; i < MR; i++) {
            const int none = isnan(odd[(i + turn) % ODD]) != 0; /* of which nothing comes that is a number, either way */
            check((made[i].back == 0.0f) == (i % 2 == 0 && !none), "row_pairs_of: which rows can be made");
            tile_dot(1, rows_in + i * ROW_PAIRS, ROW_PAIRS, 1, columns, WIDE_PAIRS, K, wanted, NR);
            check(i % 2 || none || memcmp(tile + i * NR, wanted, sizeof wanted) == 0, "tile_dot_pairs: a row that is odd");
            check(i % 2 || !none || (isnan(tile[i * NR]) && isnan(tile[i * NR + NR - 1])), "tile_dot_pairs: a row of no numbers");
            check(i % 2 == 0 || memcmp(tile + i * NR, wanted, sizeof wanted) != 0, "tile_dot_pairs: none is in pairs");
        }
        rows_stay(tile, MR, K);
    }
    for (int i = 0; i < MR; i++) {
        fill_row(rows_in + i * ROW_PAIRS, K, 1e30f);
    }
    make_rows(MR, K, length);
    dot_pairs(MR, 0, K, tile);
    for (int i = 0; i < MR; i++) {
        tile_dot(1, rows_in + i * ROW_PAIRS, ROW_PAIRS, 1, columns, WIDE_PAIRS, K, wanted, NR);
        check(memcmp(tile + i * NR, wanted, sizeof wanted) == 0, "tile_dot_pairs: rows that are all odd");
    }
}

/* Which panels go in pairs: none without ports for it, nor those of a mate that is much shorter, or has no length. */
static void pairs_for_mates(int K, float length)
{
    static const float times[] = {1.0f, 7.9f, 8.1f, 1000.0f};
    float tile[MR * NR], in_pairs[MR * NR], plain[MR * NR];
    const tile_next next = {(const char *)columns, 4};
    for (int turn = 0; turn < 5; turn++) {
        const float rows_have = turn < 4 ? length * times[turn] : length;
        columns[(K + 1) * WIDE_PAIRS] = turn < 4 ? length : 0.0f;
        check(length_pairs(columns, WIDE_PAIRS, K, 0.5f * length) == (turn < 4 ? length : 0.5f * length), "length_pairs");
        check(length_pairs(columns, WIDE_PAIRS, K, 2.0f * length) == 2.0f * length, "length_pairs");
        make_rows(MR, K, rows_have);
        dot_pairs(MR, 0, K, in_pairs);
        tile_dot(MR, rows_in, ROW_PAIRS, 1, columns, WIDE_PAIRS, K, plain, NR);
        tile_pairs(rows_have, 0, MR, rows_in, ROW_PAIRS, rows_made, ROW_PAIRS, made, columns, WIDE_PAIRS, K, tile, NR, next);
        check(memcmp(tile, PAIRS && turn < 2 ? in_pairs : plain, sizeof tile) == 0, "tile_pairs: which panels");
    }
}

static void pairs(void)
{
    static const int size[] = {47, 48, 49, 50, 95, 96, 97, 144, MOST_PAIRS};
    static const float column[] = {1.0f, 0.7f, 0.0f, 0.01f, 8.0f}, row[] = {1.0f, 3e4f, 1e-4f, 0.6f, 1e12f, 1e-12f};
    float tile[MR * NR];
    for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
        const int K = size[s];
        const float length = 0.56f * sqrtf((float)K);
        for (int j = 0; j < WIDE_PAIRS; j++) {
            fill_column(K, j, column[j % 5], length);
        }
        for (int rows = 1; rows <= MR; rows++) {
            for (int i = 0; i < rows; i++) {
                fill_row(rows_in + i * ROW_PAIRS, K, row[(i + rows) % 6]);
            }
            make_rows(rows, K, length);
            dot_pairs(rows, 0, K, tile);
            pairs_are_near(tile, rows, K, length);
            rows_stay(tile, rows, K);
        }
        pairs_for_mates(K, length);
        odd_pairs(K, length);
    }
}

#endif
