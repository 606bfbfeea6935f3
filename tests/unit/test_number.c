/* Reals as text are what %.9g prints, character by character. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CLI_H /* of the command line, this is all that numbers need */
enum { NUMBER_MOST = 24 };
static void number_string(char *to, double value);
#include "../../runtime/cli/number.c"

static void same(double value)
{
    char is[NUMBER_MOST], wanted[NUMBER_MOST];
    number_string(is, value);
    snprintf(wanted, sizeof wanted, "%.9g", value);
    assert_string_equal(is, wanted);
}

static void test_random(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (int i = 0; i < 1000000; i++) {
        random = random * 1664525u + 1013904223u;
        uint32_t bits = random ^ random >> 13;
        bits = i % 8 ? (bits & 0x807FFFFFu) | (112 + (bits >> 10 & 31)) << 23 : bits; /* mostly 3e-5 .. 1e5 */
        float value;
        memcpy(&value, &bits, sizeof value);
        same((double)value);
    }
}

/* What lies beside a power of ten, or has few digits. */
static void test_near(void **state)
{
    (void)state;
    for (int ten = -6; ten < 11; ten++) {
        for (int k = 1; k < 1000; k++) {
            const float value = (float)(k * pow(10, ten));
            same((double)value);
            same(-(double)nextafterf(value, 0));
            same((double)nextafterf(value, INFINITY));
            same(k * pow(10, ten)); /* no float */
        }
    }
}

static void test_special(void **state)
{
    (void)state;
    static const double value[] = {0.0, -0.0, 1e-4, 9.99999994e-5, 0.1f, 999999936, 1e9, 1e300, 5e-324, INFINITY, -INFINITY, FLT_MAX, FLT_MIN};
    for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
        same(value[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_near), cmocka_unit_test(test_special)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
