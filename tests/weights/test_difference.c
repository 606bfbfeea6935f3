/* How far tensors are from those they should be: figures that a person can work out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../compiler/weights/difference.h"

#include <math.h>
#include <string.h>

static Arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* A tensor of doubles, rows x width. */
static const WeightTensor *matrix(int64_t rows, int64_t width, const double *x)
{
    WeightTensor *t = arena_new_of(arena, WeightTensor);
    int64_t *shape = arena_array(arena, int64_t, 2);
    unsigned char *bytes = arena_array(arena, unsigned char, rows * width * 8 + 1);
    shape[0] = rows;
    shape[1] = width;
    for (int64_t i = 0; i < rows * width; i++) {
        uint64_t word;
        memcpy(&word, &x[i], sizeof word);
        for (int b = 0; b < 8; b++) {
            bytes[i * 8 + b] = (unsigned char)(word >> 8 * b);
        }
    }
    *t = (WeightTensor){.name = "x", .dtype = DTYPE_F64, .rank = 2, .shape = shape, .count = rows * width, .data = bytes};
    return t;
}

static Difference between(const WeightTensor *wanted, const WeightTensor *got)
{
    return difference_of(arena, &wanted, &got, 1);
}

static void near(double is, double should_be)
{
    assert_true(fabs(is - should_be) < 1e-12);
}

static void the_same_is_no_difference(void **state)
{
    (void)state;
    const WeightTensor *a = matrix(3, 2, (const double[]){1, 2, 3, 0, 0, 0});
    const Difference x = between(a, a);
    assert_int_equal(x.tensors, 1);
    assert_int_equal(x.rows, 3);
    assert_int_equal(x.elements, 6);
    assert_int_equal(x.shapes, 0);
    near(x.most, 0);
    near(x.relative, 0);
    near(x.cosine_least, 1);
    near(x.cosine_median, 1);
    near(x.argmax, 1);
    near(x.neighbour, 1);
}

static void figures_of_two_rows(void **state)
{
    (void)state;
    const Difference x = between(matrix(2, 2, (const double[]){3, 4, 1, 0}), matrix(2, 2, (const double[]){4, 3, 1, 0}));
    near(x.most, 1);
    near(x.relative, sqrt(2.0 / 26));
    near(x.cosine_least, 24.0 / 25);
    near(x.cosine_median, (1 + 24.0 / 25) / 2);
    near(x.argmax, 0.5);
    assert_true(isnan(x.neighbour)); /* of two rows each is the other's */
}

static void the_nearest_row_is_another(void **state)
{
    (void)state;
    const double wanted[] = {1, 0, 1, 0.1, 0, 1, 0.1, 1}, got[] = {1, 0, 0, 1, 0, 1, 1, 0};
    const Difference x = between(matrix(4, 2, wanted), matrix(4, 2, got));
    near(x.neighbour, 0);
    near(between(matrix(4, 2, wanted), matrix(4, 2, (const double[]){2, 0, 5, 0.5, 0, 3, 0.1, 1})).neighbour, 1);
}

static void a_row_of_zeros_points_nowhere(void **state)
{
    (void)state;
    const Difference x = between(matrix(1, 2, (const double[]){0, 0}), matrix(1, 2, (const double[]){0, 2}));
    near(x.cosine_least, 0);
    near(x.most, 2);
    assert_true(isinf(x.relative));
}

static void what_is_not_finite_is_counted(void **state)
{
    (void)state;
    const Difference x = between(matrix(1, 5, (const double[]){1, INFINITY, NAN, INFINITY, NAN}),
                                 matrix(1, 5, (const double[]){1, INFINITY, NAN, -INFINITY, 7}));
    assert_int_equal(x.not_finite, 2);
    near(x.most, 0);
    near(x.cosine_least, 1);
}

static void other_shapes_count_nowhere_else(void **state)
{
    (void)state;
    const double some[] = {1, 2, 3, 4};
    const WeightTensor *wanted[] = {matrix(2, 2, some), matrix(1, 4, some), matrix(1, 1, some)};
    const WeightTensor *got[] = {matrix(1, 4, some), NULL, matrix(1, 1, some)};
    const Difference x = difference_of(arena, wanted, got, 3);
    assert_int_equal(x.shapes, 2);
    assert_int_equal(x.tensors, 1);
    assert_int_equal(x.elements, 1);
    assert_true(isnan(x.argmax)); /* a row of one */
}

static void of_nothing(void **state)
{
    (void)state;
    const Difference x = between(matrix(0, 3, NULL), matrix(0, 3, NULL));
    assert_int_equal(x.rows, 0);
    near(x.most, 0);
    assert_true(isnan(x.cosine_least) && isnan(x.cosine_median));
    assert_int_equal(difference_of(arena, NULL, NULL, 0).tensors, 0);
}

static void many_rows_have_neighbours_among_the_first(void **state)
{
    (void)state;
    enum { ROWS = NEIGHBOUR_ROWS + 100 };
    double *x = arena_array(arena, double, ROWS * 2);
    for (int i = 0; i < ROWS; i++) {
        x[2 * i] = cos(0.001 * i);
        x[2 * i + 1] = sin(0.001 * i);
    }
    const WeightTensor *a = matrix(ROWS, 2, x);
    const Difference d = between(a, a);
    assert_int_equal(d.rows, ROWS);
    near(d.neighbour, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_is_no_difference, begin, end),
        cmocka_unit_test_setup_teardown(figures_of_two_rows, begin, end),
        cmocka_unit_test_setup_teardown(the_nearest_row_is_another, begin, end),
        cmocka_unit_test_setup_teardown(a_row_of_zeros_points_nowhere, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_finite_is_counted, begin, end),
        cmocka_unit_test_setup_teardown(other_shapes_count_nowhere_else, begin, end),
        cmocka_unit_test_setup_teardown(of_nothing, begin, end),
        cmocka_unit_test_setup_teardown(many_rows_have_neighbours_among_the_first, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
