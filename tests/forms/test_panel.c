/* Right sides of products as the compiler packs them: in their order, halved, rounded to bytes, and for products that go in pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../codegen/kernel/panel.h"

#define SIMD_C
#include "../../runtime/simd/simd.h"
#include "../../runtime/simd/tile_pairs.h"
#include "../../runtime/simd/tile_u8.h"

#include <math.h>
#include <stdlib.h>

static Arena *arena;

/* ---- a matrix ------------------------------------------------------------------------------------------------------------------------ */

enum { N = 53, K = 2 * PANEL_GROUP + 2, B = 2 };

static double matrix[B * N * K];

static double element(const void *source, int64_t at)
{
    (void)source;
    return matrix[at];
}

static Panel panel_of(Arithmetic arithmetic)
{
    Panel panel = {.b = B, .n = N, .k = K, .arithmetic = arithmetic};
    panel.at_b = arena_array(arena, int64_t, B);
    panel.at_n = arena_array(arena, int64_t, N);
    panel.at_k = arena_array(arena, int64_t, K);
    panel.scale = arena_array(arena, float *, 1);
    panel.at_b[1] = N * K;
    for (int n = 0; n < N; n++) {
        panel.at_n[n] = (int64_t)(N - 1 - n) * K; /* columns from the last to the first */
    }
    for (int k = 0; k < K; k++) {
        panel.at_k[k] = k;
    }
    return panel;
}

static double *at(int b, int n, int k)
{
    return &matrix[(b * N + N - 1 - n) * K + k];
}

static void fill(void)
{
    srand(7);
    for (int i = 0; i < B * N * K; i++) {
        matrix[i] = (double)(rand() % 20001 - 10000) / 4096.0;
    }
}

/* In pieces, as they are asked for when a file is written. */
static void *array_of(const Panel *panel, size_t bytes)
{
    const int64_t count = panel_count(panel);
    char *all = arena_array(arena, char, (size_t)count * bytes);
    for (int64_t first = 0, n; first < count; first += n) {
        n = count - first < 1001 ? count - first : 1001;
        panel_fill(arena, panel, element, NULL, first, n, all + (size_t)first * bytes);
    }
    return all;
}

/* ---- tests --------------------------------------------------------------------------------------------------------------------------- */

static void test_group(void **state)
{
    (void)state;
    assert_int_equal(PANEL_GROUP, GROUP_U8);
    assert_true(255 * 127 * PANEL_GROUP < 1 << 24);
    assert_int_equal(PANEL_GROUP % 4, 0);
}

static void test_floats(void **state)
{
    (void)state;
    fill();
    const Panel panel = panel_of(ARITHMETIC_F32), halves = panel_of(ARITHMETIC_BF16);
    const float *all = array_of(&panel, sizeof(float));
    const uint16_t *half = array_of(&halves, sizeof(uint16_t));
    assert_string_equal(panel_type(&panel), "float");
    assert_string_equal(panel_type(&halves), "uint16_t");
    for (int b = 0; b < B; b++) {
        for (int n = 0; n < 96; n++) {
            for (int k = 0; k < K; k++) {
                const int64_t i = b * 2 * panel_step(&panel) + n / 48 * panel_step(&panel) + k * 48 + n % 48;
                const double wanted = n < N ? *at(b, n, k) : 0;
                assert_true(all[i] == (float)wanted);
                assert_int_equal(half[i], bf16_of(wanted));
            }
        }
    }
}

static void test_bf16(void **state)
{
    (void)state;
    static const struct {
        double x;
        uint16_t bits;
    } row[] = {
        {0.0, 0},                {-0.0, 0x8000},          {1.0, 0x3F80},           {-2.0, 0xC000},
        {1.00390625, 0x3F80},    {1.01171875, 0x3F82},    /* ties go to the even one */
        {1.00390625 + 1e-12, 0x3F81},                     /* above the tie, though the nearest float is the tie */
        {1.01171875 - 1e-12, 0x3F81},                     {-1.00390625 - 1e-12, 0xBF81},
        {1.00390625 + 1e-6, 0x3F81}, {INFINITY, 0x7F80},  {-INFINITY, 0xFF80},     {3.4e38, 0x7F80},
        {9.2e-41, 0x0001},       {1e-50, 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        assert_int_equal(bf16_of(row[i].x), row[i].bits);
    }
    assert_int_equal(bf16_of(NAN) & 0x7FC0, 0x7FC0);
}

static void test_bytes(void **state)
{
    (void)state;
    fill();
    for (int k = 0; k < K; k++) {
        *at(0, 3, k) = 0;                          /* a column of nothing */
        *at(0, 4, k) = k < PANEL_GROUP ? 1.5 : -1; /* constant ones */
        *at(1, 0, k) = k == 5 ? 3e38 : 1;          /* one that is much larger than the others */
        *at(1, 1, k) *= 1e-44;                     /* too small for a scale */
    }
    *at(1, 2, PANEL_GROUP + 1) = NAN;
    *at(1, 3, 0) = -INFINITY;
    Panel bytes = panel_of(ARITHMETIC_INT8), scales = bytes;
    scales.scales = 1;
    const int8_t *byte = array_of(&bytes, 1);
    const float *scale = array_of(&scales, sizeof(float));
    assert_string_equal(panel_type(&bytes), "int8_t");
    assert_string_equal(panel_type(&scales), "float");
    const int groups = (K + PANEL_GROUP - 1) / PANEL_GROUP, fours = (K + 3) / 4;
    for (int b = 0; b < B; b++) {
        for (int n = 0; n < 96; n++) {
            for (int g = 0; g < groups; g++) {
                const float *both = scale + ((b * 2 + n / 48) * groups + g) * 2 * 48 + n % 48, each = both[0];
                const int bad = b == 1 && ((n == 2 && g == 1) || (n == 3 && g == 0));
                int sum = 0;
                assert_int_equal(isnan(each) != 0, bad);
                for (int k = g * PANEL_GROUP; k < fours * 4 && k < (g + 1) * PANEL_GROUP; k++) {
                    const int q = byte[((b * 2 + n / 48) * fours + k / 4) * 48 * 4 + n % 48 * 4 + k % 4];
                    const double wanted = n < N && k < K ? *at(b, n, k) : 0;
                    sum += q;
                    assert_true(q >= -127);
                    assert_true(bad || fabs(q * (double)each - wanted) <= 0.5001 * (double)each || fabs(wanted) < 1e-43);
                    assert_true(q == 0 || (n < N && k < K));
                }
                assert_true(bad || both[48] == (float)sum);
            }
        }
    }
}

/* ---- pairs --------------------------------------------------------------------------------------------------------------------------- */

static Panel paired(void)
{
    Panel panel = panel_of(ARITHMETIC_F32);
    panel.pairs = 1;
    return panel;
}

/* Row `row` of a column, of which K and K + 1 stand behind its numbers. */
static float in_pairs(const Panel *panel, const float *all, int b, int n, int row)
{
    return all[(b * 2 + n / 48) * panel_step(panel) + row * 48 + n % 48];
}

static void test_pairs(void **state)
{
    (void)state;
    fill();
    const Panel panel = paired();
    const float *all = array_of(&panel, sizeof(float));
    double length = 0;
    for (int i = 0; i < B * N; i++) {
        double squares = 0;
        for (int k = 0; k < K; k++) {
            squares += matrix[i * K + k] * matrix[i * K + k];
        }
        length += sqrt(squares) / (B * N);
    }
    assert_int_equal(panel_step(&panel), (K + 2) * 48);
    assert_int_equal(panel_count(&panel), B * 2 * (K + 2) * 48);
    assert_string_equal(panel_type(&panel), "float");
    assert_string_equal(panel_text(arena, &panel), "[2][2][386 + 2][48]");
    for (int b = 0; b < B; b++) {
        for (int n = 0; n < 96; n++) {
            double sum = 0;
            for (int k = 0; k < K; k++) {
                const double wanted = n < N ? *at(b, n, k) : 0;
                assert_true(in_pairs(&panel, all, b, n, k) == (float)wanted);
                sum += n < N && k % 3 == 0 && k + 3 <= K ? wanted * *at(b, n, k + 1) : 0;
            }
            assert_true(fabs((double)in_pairs(&panel, all, b, n, K) + sum) <= 1e-7 * fabs(sum));
            assert_true(fabs((double)in_pairs(&panel, all, b, n, K + 1) - length) <= 1e-7 * length);
        }
    }
}

/* Few numbers have no pairs, or none in what is left of them. */
static void test_few_pairs(void **state)
{
    (void)state;
    static const int size[] = {0, 1, 2, 3, 4, 5, 6};
    fill();
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        Panel panel = paired();
        panel.k = size[i];
        const float *all = array_of(&panel, sizeof(float));
        for (int n = 0; n < N; n++) {
            double sum = 0;
            sum += size[i] >= 3 ? *at(1, n, 0) * *at(1, n, 1) : 0;
            sum += size[i] >= 6 ? *at(1, n, 3) * *at(1, n, 4) : 0;
            assert_true(fabs((double)in_pairs(&panel, all, 1, n, size[i]) + sum) <= 1e-7 * fabs(sum));
            assert_true((in_pairs(&panel, all, 1, n, size[i] + 1) > 0) == (size[i] > 0));
        }
    }
}

static float length_now(void)
{
    const Panel panel = paired();
    const float *all = array_of(&panel, sizeof(float));
    const float length = in_pairs(&panel, all, 0, 0, K + 1);
    for (int n = 0; n < 96; n++) {
        assert_true(in_pairs(&panel, all, 1, n, K + 1) == length);
    }
    return length;
}

/* What has no length is multiplied as it stands. */
static void test_length(void **state)
{
    (void)state;
    static const struct {
        double x;
        int good;
    } one[] = {{NAN, 0}, {INFINITY, 0}, {-INFINITY, 0}, {1e30, 0}, {1e3, 0}, {-200, 1}, {0, 1}};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
        fill();
        *at(1, 17, 40) = one[i].x;
        assert_true((length_now() > 0) == one[i].good);
    }
    for (int times = 7; times < 11; times++) { /* one column of 106 that is so many times as long as the others: 8.57 is 8 times the mean */
        for (int i = 0; i < B * N * K; i++) {
            matrix[i] = i % 2 ? 1 : -1;
        }
        for (int k = 0; k < K; k++) {
            *at(0, 3, k) *= times;
        }
        assert_true((length_now() > 0) == (times < 9));
    }
    static const double all[] = {0, 1e-13, 1e-9, 1e-3, 1e3, 1e8, 1e10, 1e30};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        fill();
        for (int j = 0; j < B * N * K; j++) {
            matrix[j] *= all[i];
        }
        assert_true((length_now() > 0) == (all[i] > 1e-10 && all[i] < 1e9));
    }
}

/* Rows times panels, as tiles multiply them: within K roundings of what the sums on the way may be. */
static void test_product(void **state)
{
    (void)state;
    fill();
    const Panel panel = paired();
    const float *all = array_of(&panel, sizeof(float));
    const float length = length_pairs(all, 48, K, 0.0f);
    static float x[MR * K], to[MR * K], tile[MR * NR];
    part_pairs part[MR];
    double row[MR] = {0};
    for (int i = 0; i < MR * K; i++) {
        x[i] = (float)(rand() % 20001 - 10000) * (i < K ? 1.0f : 1e-7f);
        row[i / K] += (double)x[i] * (double)x[i];
    }
    for (int i = 0; i < MR; i++) {
        part[i] = row_pairs_of(x + i * K, K, length, to + i * K);
    }
    for (int n = 0; n < N; n += NR) {
        const float *w = all + (2 + n / 48) * panel_step(&panel) + n % 48;
        tile_dot_pairs(MR, x, K, to, K, part, w, 48, K, tile, NR, (tile_next){(const char *)all, 0});
        for (int i = 0; i < MR * NR && n + i % NR < N; i++) {
            double sum = 0, squares = 0;
            for (int k = 0; k < K; k++) {
                sum += (double)x[i / NR * K + k] * (double)w[k * 48 + i % NR];
                squares += (double)w[k * 48 + i % NR] * (double)w[k * 48 + i % NR];
            }
            const double column = sqrt(squares), of_length = (double)length;
            const double most = sqrt(row[i / NR]) * (column + of_length / 2 + column * column / of_length);
            assert_true(fabs((double)tile[i] - sum) <= K * 0x1p-24 * most);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_group), cmocka_unit_test(test_floats), cmocka_unit_test(test_bf16),
                                       cmocka_unit_test(test_bytes), cmocka_unit_test(test_pairs), cmocka_unit_test(test_few_pairs),
                                       cmocka_unit_test(test_length), cmocka_unit_test(test_product)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
