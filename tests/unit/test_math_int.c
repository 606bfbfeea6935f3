/* The integers of generated code, runtime/math/int.c, against the compiler's checked arithmetic and by what div and mod mean. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "random.h"

#include "../../runtime/math/int.c"

static const int64_t edge_int[] = {
    0, 1, -1, 2, -2, 3, -3, 7, -7, 10, -10, INT32_MAX, INT32_MIN, (int64_t)INT32_MAX + 1, (int64_t)INT32_MIN - 1, 3037000499, 3037000500,
    -3037000499, -3037000500, INT64_C(1) << 62, -(INT64_C(1) << 62), INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1, INT64_MAX / 2,
    INT64_MIN / 2, INT64_MAX / 3, INT64_MIN / 3,
};

static void check_int_pair(int64_t a, int64_t b)
{
    int64_t sum, difference, product;
    const int sum_over = __builtin_add_overflow(a, b, &sum);
    const int difference_over = __builtin_sub_overflow(a, b, &difference);
    const int product_over = __builtin_mul_overflow(a, b, &product);
    int fault = 0;
    assert_int_equal(int_add(a, b, &fault), sum_over ? 0 : sum);
    assert_int_equal(fault, sum_over);
    fault = 0;
    assert_int_equal(int_sub(a, b, &fault), difference_over ? 0 : difference);
    assert_int_equal(fault, difference_over);
    fault = 0;
    assert_int_equal(int_mul(a, b, &fault), product_over ? 0 : product);
    assert_int_equal(fault, product_over);

    fault = 0;
    const int64_t quotient = int_div(a, b, &fault);
    assert_int_equal(fault, b == 0 || (a == INT64_MIN && b == -1));
    const int quotient_exists = !fault;
    fault = 0;
    const int64_t remainder = int_mod(a, b, &fault);
    assert_int_equal(fault, b == 0);
    if (quotient_exists) {
        assert_true(remainder == 0 || (remainder < 0) == (b < 0));
        assert_true(remainder == 0 || (b < 0 ? remainder > b : remainder < b));
        assert_int_equal((int64_t)((uint64_t)quotient * (uint64_t)b + (uint64_t)remainder), a);
    }
}

static void test_int_pairs(void **state)
{
    (void)state;
    const int n = sizeof edge_int / sizeof edge_int[0];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            check_int_pair(edge_int[i], edge_int[j]);
        }
        int fault = 0;
        assert_int_equal(int_neg(edge_int[i], &fault), edge_int[i] == INT64_MIN ? 0 : -edge_int[i]);
        assert_int_equal(fault, edge_int[i] == INT64_MIN);
        fault = 0;
        assert_int_equal(int_abs(edge_int[i], &fault), edge_int[i] == INT64_MIN ? 0 : edge_int[i] < 0 ? -edge_int[i] : edge_int[i]);
        assert_int_equal(fault, edge_int[i] == INT64_MIN);
        assert_int_equal(int_sign(edge_int[i]), edge_int[i] > 0 ? 1 : edge_int[i] < 0 ? -1 : 0);
    }
    Random random = {5};
    for (int i = 0; i < 250000; i++) {
        const uint64_t bits = random_bits(&random);
        check_int_pair((int64_t)(bits ^ UINT64_C(1) << 63) >> (bits & 63u), (int64_t)random_bits(&random) >> (bits >> 6 & 63u));
    }
}

static void test_int_pow(void **state)
{
    (void)state;
    static const struct {
        int64_t a, n, power;
        int fault;
    } row[] = {
        {0, 0, 1, 0},
        {0, 5, 0, 0},
        {1, INT64_MAX, 1, 0},
        {-1, INT64_MAX, -1, 0},
        {-1, 4, 1, 0},
        {2, 62, INT64_C(1) << 62, 0},
        {2, 63, 0, 1},
        {-2, 63, INT64_MIN, 0},
        {-2, 64, 0, 1},
        {3, 39, 4052555153018976267, 0},
        {3, 40, 0, 1},
        {10, 18, 1000000000000000000, 0},
        {10, 19, 0, 1},
        {7, 1, 7, 0},
        {5, -1, 0, 1},
        {INT64_MIN, 1, INT64_MIN, 0},
        {INT64_MIN, 2, 0, 1},
        {3037000499, 2, 9223372030926249001, 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        int fault = 0;
        const int64_t power = int_pow(row[i].a, row[i].n, &fault);
        assert_int_equal(fault, row[i].fault);
        if (!fault) {
            assert_int_equal(power, row[i].power);
        }
    }
}

static void test_int_of_real(void **state)
{
    (void)state;
    static const struct {
        double x;
        int64_t n;
        int fault;
    } row[] = {
        {0.0, 0, 0},
        {-0.0, 0, 0},
        {1.9, 1, 0},
        {-1.9, -1, 0},
        {0x1p62, INT64_C(1) << 62, 0},
        {-0x1p63, INT64_MIN, 0},
        {0x1p63, 0, 1},
        {0x1p100, 0, 1},
        {-0x1.000002p63, 0, 1},
        {INFINITY, 0, 1},
        {-INFINITY, 0, 1},
        {NAN, 0, 1},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        int fault = 0;
        assert_int_equal(int_of_f64(row[i].x, &fault), row[i].n);
        assert_int_equal(fault, row[i].fault);
        fault = 0;
        assert_int_equal(int_of_f32((float)row[i].x, &fault), row[i].n);
        assert_int_equal(fault, row[i].fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int_pairs),
        cmocka_unit_test(test_int_pow),
        cmocka_unit_test(test_int_of_real),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
