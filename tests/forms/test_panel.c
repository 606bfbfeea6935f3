/* Right sides of products as the compiler packs them: in their order, halved, and rounded to bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../codegen/kernel/panel.h"

#define SIMD_C
#include "../../runtime/simd/simd.h"
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
                                       cmocka_unit_test(test_bytes)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
