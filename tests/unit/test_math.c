/*
 * runtime/math against the host's libm: the float functions against double, the double ones against long double.
 *
 * Every function on all floats of one binade, on random numbers of its interesting range, on random bit patterns, and at its edges;
 * the largest error is printed and must be at most 2 ulp. What is exact must have libm's bits. Where long double is no wider than
 * double the double functions are only tried, not measured.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

#include "../../runtime/math/bits.h"
#include "../../runtime/math/erf.c"
#include "../../runtime/math/exp.c"
#include "../../runtime/math/log.c"
#include "../../runtime/math/pow.c"
#include "../../runtime/math/real.c"
#include "../../runtime/math/round.c"
#include "../../runtime/math/sin.c"
#include "../../runtime/math/sqrt.c"
#include "../../runtime/math/tanh.c"

#undef SINTER_MATH_SQRT_C
#define sqrt_f32 sqrt_own_f32
#define sqrt_f64 sqrt_own_f64
#include "../../runtime/math/sqrt_freestanding.c"
#undef sqrt_f32
#undef sqrt_f64

/* Sanitizers make every step several times slower; the values tried stay random, only fewer. */
#if defined __SANITIZE_ADDRESS__
#define SLOWER 8
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SLOWER 8
#endif
#endif
#ifndef SLOWER
#define SLOWER 1
#endif

enum { FLOATS = 10000000 / SLOWER, DOUBLES = 1000000 / SLOWER, STRIDE = SLOWER };
static const double most_ulp = 2.0;

static double random_between(Random *random, double low, double high)
{
    return low + (high - low) * (double)(random_bits(random) >> 11) * 0x1p-53;
}

/* |y - wanted| in units of the last place that a float has at wanted; where wanted overflows, infinity counts as 2^128. */
static double ulp_f32(float y, double wanted)
{
    if (isnan(wanted) || isnan(y)) {
        return isnan(wanted) && f32_bits(y) == 0x7FC00000u ? 0.0 : INFINITY;
    }
    const double limit = 0x1p128;
    const double is = isinf(y) ? copysign(limit, (double)y) : (double)y;
    const double should = fabs(wanted) > limit ? copysign(limit, wanted) : wanted;
    if (should == 0.0) {
        return is == 0.0 && !signbit(y) == !signbit(wanted) ? 0.0 : INFINITY;
    }
    const int exponent = (int)(f64_bits(should) >> 52 & 0x7FFu) - 1022;       /* should is below 2^exponent */
    const int last = (exponent < -125 ? -125 : exponent) - 24;
    return fabs(is - should) * f64_of_bits((uint64_t)(1023 - last) << 52);
}

static double ulp_f64(double y, long double wanted)
{
    if (isnan(wanted) || isnan(y)) {
        return isnan(wanted) && f64_bits(y) == UINT64_C(0x7FF8000000000000) ? 0.0 : INFINITY;
    }
    if (LDBL_MANT_DIG < 64) {
        return 0.0;
    }
    const long double limit = ldexpl(1.0L, 1024);
    const long double is = isinf(y) ? copysignl(limit, (long double)y) : (long double)y;
    const long double should = fabsl(wanted) > limit ? copysignl(limit, wanted) : wanted;
    if (should == 0.0L) {
        return is == 0.0L && !signbit(y) == !signbit(wanted) ? 0.0 : INFINITY;
    }
    int exponent;
    frexpl(should, &exponent);
    return (double)(fabsl(is - should) * ldexpl(1.0L, 53 - (exponent < -1021 ? -1021 : exponent)));
}

typedef struct Worst {
    double ulp, x, y;
} Worst;

static void worst_add(Worst *worst, double ulp, double x, double y)
{
    if (ulp > worst->ulp) {
        *worst = (Worst){ulp, x, y};
    }
}

static void worst_check(const Worst *worst, const char *name, int *failed)
{
    print_message("%-10s %.4f ulp at %.17g, %.17g\n", name, worst->ulp, worst->x, worst->y);
    *failed += !(worst->ulp <= most_ulp);
}

/* Functions of one variable; [low, high] is where they do something, binade the exponent of which all floats are tried. */
typedef struct Unary {
    const char *name;
    float (*f32)(float);
    double (*f64)(double);
    double (*libm)(double);
    long double (*libm_long)(long double);
    double low, high;
    int binade;
} Unary;

static const Unary unary[] = {
    {"exp",   exp_f32,   exp_f64,   exp,   expl,   -110.0,  90.0,       -1},
    {"expm1", expm1_f32, expm1_f64, expm1, expm1l, -25.0,   90.0,       -1},
    {"log",   log_f32,   log_f64,   log,   logl,   0.25,    4.0,        -1},
    {"log1p", log1p_f32, log1p_f64, log1p, log1pl, -1.0,    4.0,        -2},
    {"tanh",  tanh_f32,  tanh_f64,  tanh,  tanhl,  -12.0,   12.0,       -1},
    {"erf",   erf_f32,   erf_f64,   erf,   erfl,   -5.0,    5.0,        -1},
    {"sin",   sin_f32,   sin_f64,   sin,   sinl,   -40.0,   40.0,       0},
    {"cos",   cos_f32,   cos_f64,   cos,   cosl,   -40.0,   40.0,       0},
    {"sin",   sin_f32,   sin_f64,   sin,   sinl,   -0x1p20, 0x1p20,     19},
    {"cos",   cos_f32,   cos_f64,   cos,   cosl,   -0x1p20, 0x1p20,     19},
};

enum { UNARY = sizeof unary / sizeof unary[0] };

static const float edge_f32[] = {
    0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, NAN, 0x1p-149f, -0x1p-149f, 0x1.fffffcp-127f, 0x1p-126f, -0x1p-126f, FLT_MAX,
    -FLT_MAX, 0x1.fffffep-1f, 0x1.000002p0f, -0x1.fffffep-1f, 0x1p-24f, -0x1p-25f, 0x1p-30f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 0x1p23f,
    0x1.fffffep22f, 0x1p24f, 0x1.62e43p6f, 0x1.62e42ep6f, 0x1.62e432p6f, -0x1.5d589ep6f, -0x1.5d58ap6f, -0x1.9fe368p6f, -0x1.9fe36ap6f,
    -0x1.9d1da0p6f, 89.0f, -104.0f, -103.0f, -20.0f, 10.0f, 9.5f, 0.625f, 0x1.3ffffep-1f, 0.9f, 4.0f, 3.9f, 0x1.921fb6p0f, 0x1.921fb6p1f,
    0x1p20f, 0x1.000002p20f, -0x1.000002p20f, 0x1p127f, -0.25f, 0.375f, 0x1.6a09e6p-1f, 0x1.6a09e8p-1f, 0x1.6a09e6p0f, 16777217.0f,
};

static const double edge_f64[] = {
    0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 0x1p-1074, -0x1p-1074, 0x1.ffffffffffffep-1023, 0x1p-1022, DBL_MAX, -DBL_MAX,
    0x1.fffffffffffffp-1, 0x1.0000000000001p0, -0x1.fffffffffffffp-1, 0x1p-53, -0x1p-54, 0x1p-60, 0.5, 1.5, 2.5, -0.5, -1.5, 0x1p52,
    0x1.fffffffffffffp51, 0x1p53, 0x1.62e42fefa39efp9, 0x1.62e42fefa39fp9, -0x1.6232bdd7abcd2p9, -0x1.6232bdd7abcd3p9,
    -0x1.74910d52d3051p9, -0x1.74910d52d3052p9, 710.0, -746.0, -745.0, -40.0, 20.0, 0.625, 0.875, 6.0, 5.9, 0x1.921fb54442d18p0,
    0x1.921fb54442d18p1, 0x1.921fb54442d18p19, 0x1p20, 0x1.0000000000001p20, -0x1.0000000000001p20, 0x1p1000, 0x1.6ac5b262ca1ffp849,
    -0.25, 0.375, 0x1.6a09e667f3bccp-1, 0x1.6a09e667f3bcdp-1,
};

enum { EDGES_F32 = sizeof edge_f32 / sizeof edge_f32[0], EDGES_F64 = sizeof edge_f64 / sizeof edge_f64[0] };

static void test_float_functions(void **state)
{
    (void)state;
    int failed = 0;
    for (int f = 0; f < UNARY; f++) {
        const Unary *u = &unary[f];
        Random random = {1};
        Worst worst = {0.0, 0.0, 0.0};
        const int fewer = u->high < 1000.0 ? 1 : 4;           /* sine and cosine stand twice */
        const uint32_t from = (uint32_t)(u->binade + 127) << 23;
        for (uint32_t i = 0; i < 1u << 23; i += (uint32_t)(STRIDE * fewer)) {
            const float x = f32_of_bits(from + i);
            worst_add(&worst, ulp_f32(u->f32(x), u->libm((double)x)), (double)x, 0.0);
        }
        for (int i = 0; i < FLOATS / fewer; i++) {
            const float x = i % 2 ? (float)random_between(&random, u->low, u->high) : f32_of_bits((uint32_t)random_bits(&random));
            worst_add(&worst, ulp_f32(u->f32(x), u->libm((double)x)), (double)x, 0.0);
        }
        for (int i = 0; i < EDGES_F32; i++) {
            const float x = edge_f32[i];
            worst_add(&worst, ulp_f32(u->f32(x), u->libm((double)x)), (double)x, 0.0);
        }
        char name[32];
        snprintf(name, sizeof name, "%s_f32", u->name);
        worst_check(&worst, name, &failed);
    }
    assert_int_equal(failed, 0);
}

static void test_double_functions(void **state)
{
    (void)state;
    int failed = 0;
    for (int f = 0; f < UNARY; f++) {
        const Unary *u = &unary[f];
        Random random = {2};
        Worst worst = {0.0, 0.0, 0.0};
        const double widen = u->low == -110.0 || u->low == -25.0 ? 8.0 : 1.0;           /* exp goes further in double */
        for (int i = 0; i < DOUBLES; i++) {
            const uint64_t bits = random_bits(&random);
            const double x = i % 4 == 0   ? f64_of_bits(bits)
                             : i % 4 == 1 ? f64_of_bits((bits & ~(UINT64_C(0x7F0) << 52)) | UINT64_C(0x3F0) << 52) /* 2^-15..2 */
                                          : random_between(&random, u->low * (i % 4 == 3 ? widen : 1.0), u->high * widen);
            worst_add(&worst, ulp_f64(u->f64(x), u->libm_long((long double)x)), x, 0.0);
        }
        for (int i = 0; i < EDGES_F64; i++) {
            const double x = edge_f64[i];
            worst_add(&worst, ulp_f64(u->f64(x), u->libm_long((long double)x)), x, 0.0);
        }
        char name[32];
        snprintf(name, sizeof name, "%s_f64", u->name);
        worst_check(&worst, name, &failed);
    }
    assert_int_equal(failed, 0);
}

/* pow at every pair of edges, which are the cases of C99 F.9.4.4 and more, and at random pairs. */
static void test_pow(void **state)
{
    (void)state;
    int failed = 0;
    Random random = {3};
    Worst worst = {0.0, 0.0, 0.0};
    for (int i = 0; i < EDGES_F32; i++) {
        for (int j = 0; j < EDGES_F32; j++) {
            const float x = edge_f32[i], y = edge_f32[j];
            worst_add(&worst, ulp_f32(pow_f32(x, y), (double)powl((long double)x, (long double)y)), (double)x, (double)y);
        }
    }
    for (int i = 0; i < FLOATS; i++) {
        const uint64_t bits = random_bits(&random);
        const float any = f32_of_bits((uint32_t)bits);
        const float x = i % 4 == 0 ? any : (float)random_between(&random, 0.0, i % 4 == 1 ? 2.0 : 1000.0);
        const float y = i % 4 == 0   ? f32_of_bits((uint32_t)(bits >> 32))
                        : i % 4 == 1 ? (float)random_between(&random, -200.0, 200.0)
                        : i % 4 == 2 ? (float)(int)(bits >> 60) - 7.0f
                                     : (float)random_between(&random, -14.0, 14.0);
        worst_add(&worst, ulp_f32(pow_f32(x, y), pow((double)x, (double)y)), (double)x, (double)y);
    }
    worst_check(&worst, "pow_f32", &failed);

    worst = (Worst){0.0, 0.0, 0.0};
    for (int i = 0; i < EDGES_F64; i++) {
        for (int j = 0; j < EDGES_F64; j++) {
            const double x = edge_f64[i], y = edge_f64[j];
            worst_add(&worst, ulp_f64(pow_f64(x, y), powl((long double)x, (long double)y)), x, y);
        }
    }
    for (int i = 0; i < DOUBLES; i++) {
        const uint64_t bits = random_bits(&random);
        double x = f64_of_bits(bits), y = f64_of_bits(random_bits(&random));
        if (i % 4 != 0) {
            x = i % 4 == 1 ? random_between(&random, 0.0, 2.0) : f64_of_bits(bits >> 1 < UINT64_C(0x7FF) << 52 ? bits >> 1 : bits >> 3);
            const double limit = x == 1.0 ? 1.0 : 746.0 / fabs(log(x));
            y = i % 4 == 2 ? (double)(int)(bits >> 60) - 7.0 : random_between(&random, -limit, limit);
        }
        worst_add(&worst, ulp_f64(pow_f64(x, y), powl((long double)x, (long double)y)), x, y);
    }
    worst_check(&worst, "pow_f64", &failed);
    assert_int_equal(failed, 0);
}

/* Functions whose result is exact, against libm's bits. */
typedef struct Exact {
    const char *name;
    float (*f32)(float);
    float (*libm_f32)(float);
    double (*f64)(double);
    double (*libm_f64)(double);
} Exact;

static const Exact exact[] = {
    {"round", round_f32, rintf, round_f64, rint},           {"floor", floor_f32, floorf, floor_f64, floor},
    {"ceil", ceil_f32, ceilf, ceil_f64, ceil},              {"trunc", trunc_f32, truncf, trunc_f64, trunc},
    {"sqrt", sqrt_f32, sqrtf, sqrt_f64, sqrt},              {"own sqrt", sqrt_own_f32, sqrtf, sqrt_own_f64, sqrt},
};

static void check_exact_f32(const Exact *e, float x)
{
    const float y = e->f32(x), wanted = e->libm_f32(x);
    if (f32_bits(y) != f32_bits(wanted) && !(isnan(y) && isnan(wanted))) {
        fail_msg("%s_f32(%a) is %a, not %a", e->name, (double)x, (double)y, (double)wanted);
    }
}

static void check_exact_f64(const Exact *e, double x)
{
    const double y = e->f64(x), wanted = e->libm_f64(x);
    if (f64_bits(y) != f64_bits(wanted) && !(isnan(y) && isnan(wanted))) {
        fail_msg("%s_f64(%a) is %a, not %a", e->name, x, y, wanted);
    }
}

static void test_exact_functions(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof exact / sizeof exact[0]; f++) {
        const Exact *e = &exact[f];
        Random random = {4};
        for (int i = 0; i < EDGES_F32; i++) {
            check_exact_f32(e, edge_f32[i]);
        }
        for (int i = 0; i < EDGES_F64; i++) {
            check_exact_f64(e, edge_f64[i]);
        }
        for (uint32_t i = 0; i < 1u << 23; i += 4 * STRIDE) {
            check_exact_f32(e, f32_of_bits(0x3F800000u + i));        /* of all mantissas, between 1 and 2 */
        }
        for (int i = 0; i < DOUBLES / 4; i++) {
            const uint64_t bits = random_bits(&random);
            check_exact_f32(e, f32_of_bits((uint32_t)bits));
            check_exact_f32(e, (float)random_between(&random, -0x1p24, 0x1p24) * (i % 2 ? 1.0f : 0x1p-20f));
            check_exact_f32(e, (float)((int)(bits % 201u) - 100) * 0.5f);
            check_exact_f64(e, f64_of_bits(bits));
            check_exact_f64(e, random_between(&random, -0x1p53, 0x1p53) * (i % 2 ? 1.0 : 0x1p-50));
            check_exact_f64(e, (double)((int)(bits % 201u) - 100) * 0.5);
        }
    }
}

/* What the evaluator says of reals (compiler/scalar.c), written with libm. */
static double wanted_mod(double a, double b)
{
    const double rest = fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static double wanted_div(double a, double b)
{
    return b == 0 || isinf(b) ? floor(a / b) : nearbyint((a - wanted_mod(a, b)) / b);
}

static double wanted_min(double a, double b)
{
    return isnan(a) ? a : b < a || isnan(b) ? b : a;
}

static double wanted_max(double a, double b)
{
    return isnan(a) ? a : b > a || isnan(b) ? b : a;
}

typedef struct Binary {
    const char *name;
    double (*f64)(double, double);
    double (*wanted)(double, double);
    float (*f32)(float, float);
} Binary;

static const Binary binary[] = {
    {"mod", mod_f64, wanted_mod, mod_f32}, {"div", div_f64, wanted_div, div_f32},
    {"min", min_f64, wanted_min, min_f32}, {"max", max_f64, wanted_max, max_f32},
};

static void check_binary(const Binary *f, double a, double b)
{
    const double y = f->f64(a, b), wanted = f->wanted(a, b);
    if (f64_bits(y) != f64_bits(wanted) && !(isnan(y) && isnan(wanted))) {
        fail_msg("%s_f64(%a, %a) is %a, not %a", f->name, a, b, y, wanted);
    }
    const float a_f32 = f32_of_f64(a), b_f32 = f32_of_f64(b);
    const float y_f32 = f->f32(a_f32, b_f32), wanted_f32 = (float)f->wanted((double)a_f32, (double)b_f32);
    if (f32_bits(y_f32) != f32_bits(wanted_f32) && !(isnan(y_f32) && isnan(wanted_f32))) {
        fail_msg("%s_f32(%a, %a) is %a, not %a", f->name, (double)a_f32, (double)b_f32, (double)y_f32, (double)wanted_f32);
    }
}

static void test_real_pairs(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof binary / sizeof binary[0]; f++) {
        for (int i = 0; i < EDGES_F64; i++) {
            for (int j = 0; j < EDGES_F64; j++) {
                check_binary(&binary[f], edge_f64[i], edge_f64[j]);
            }
            assert_true(abs_f64(edge_f64[i]) == fabs(edge_f64[i]) || isnan(edge_f64[i]));
            assert_true(sign_f64(edge_f64[i]) == (double)((edge_f64[i] > 0) - (edge_f64[i] < 0)) || isnan(edge_f64[i]));
        }
        Random random = {6};
        for (int i = 0; i < DOUBLES / 8; i++) {
            check_binary(&binary[f], f64_of_bits(random_bits(&random)), f64_of_bits(random_bits(&random)));
            check_binary(&binary[f], random_between(&random, -100.0, 100.0), random_between(&random, -7.0, 7.0));
            const uint64_t bits = random_bits(&random);
            check_binary(&binary[f], (double)((int)(bits % 2001u) - 1000), (double)((int)(bits >> 32) % 21 - 10));
        }
    }
    for (int i = 0; i < EDGES_F32; i++) {
        const float x = edge_f32[i];
        assert_true(isnan(x) || (abs_f32(x) == fabsf(x) && sign_f32(x) == (float)((x > 0) - (x < 0))));
    }
    assert_true(isnan(sign_f32(NAN)) && isnan(sign_f64(NAN)) && !signbit(abs_f32(-0.0f)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_float_functions),
        cmocka_unit_test(test_double_functions),
        cmocka_unit_test(test_pow),
        cmocka_unit_test(test_exact_functions),
        cmocka_unit_test(test_real_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
