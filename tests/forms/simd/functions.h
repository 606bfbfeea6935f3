/* functions.h - the rest of words.c: functions of function.h, sine.h and power.h beside those of libm in double */
#ifndef SINTER_TEST_SIMD_FUNCTIONS_H
#define SINTER_TEST_SIMD_FUNCTIONS_H

static double ulp(float is, double wanted)
{
    if (isnan(wanted) || isnan(is)) {
        return isnan(wanted) && isnan(is) ? 0.0 : INFINITY;
    }
    const double limit = 0x1p128;
    const double x = isinf(is) ? copysign(limit, (double)is) : (double)is;
    const double should = fabs(wanted) > limit ? copysign(limit, wanted) : wanted;
    if (should == 0.0) {
        return x == 0.0 ? 0.0 : INFINITY;
    }
    int exponent;
    frexp(should, &exponent);
    return fabs(x - should) / ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

#define FUNCTION(name, call, exact)                                                                                               \
    static vf name##_lanes(vf x) { return call; }                                                                                 \
    static double name##_exact(double x) { return exact; }
FUNCTION(vexp, vexp(x), exp(x))
FUNCTION(vlog, vlog(x), log(x))
FUNCTION(verf, verf(x), erf(x))
FUNCTION(vtanh, vtanh(x), tanh(x))
FUNCTION(vlog1p, vlog1p(x), log1p(x))
FUNCTION(vsin, vsin(x), sin(x))
FUNCTION(vcos, vcos(x), cos(x))
FUNCTION(vexpm1, vexpm1(x), expm1(x))
FUNCTION(vpow_root, vpow(x, vsplat(0.3f)), pow(x, (double)0.3f))
FUNCTION(vpow_by_root, vpow_by(x, vsplat(0.3f)), pow(x, (double)0.3f))
FUNCTION(vpow_by_more, vpow_by(x, vsplat(1.9f)), pow(x, (double)1.9f))
FUNCTION(vpow_by_less, vpow_by(x, vsplat(-1.3f)), pow(x, (double)-1.3f))
FUNCTION(vpow_large, vpow(x, vsplat(-7.25f)), pow(x, -7.25))
FUNCTION(vpow_of_2, vpow(vsplat(2.0f), x), exp2(x))
FUNCTION(vpow_near_1, vpow(vsplat(1.0009765625f), x * vsplat(0x1p-9f)), pow(1.0009765625, x * 0x1p-9)) /* where that is exact */

#define ROW(name) {#name, name##_lanes, name##_exact}
static const struct {
    const char *name;
    vf (*lanes)(vf x);
    double (*exact)(double x);
} function[] = {
    ROW(vexp),   ROW(verf),      ROW(vtanh),      ROW(vlog),      ROW(vlog1p),      ROW(vexpm1),
    ROW(vsin),   ROW(vcos),      ROW(vpow_root),  ROW(vpow_large), ROW(vpow_of_2),  ROW(vpow_near_1),
    ROW(vpow_by_root), ROW(vpow_by_more), ROW(vpow_by_less),
};
#undef ROW

static float of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

typedef struct Extent { /* of the floats that are tried */
    uint32_t stride;
    unsigned part, parts;
} Extent;

/* Every stride-th float, W neighbours at a time; what is special is among the first. */
static void one_function(size_t f, Extent of)
{
    static const float special[] = {0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, NAN, 3.4e38f, -3.4e38f, 1e-45f, -1e-45f, 1.1754944e-38f,
                                    88.7f, 88.8f, -87.3f, -87.4f, -103.9f, -104.1f, 0.9f, 0.625f, 32767.99f, 32768.0f, 1e10f, 1e-20f,
                                    0.5f, 0x1.fffffep-2f, 0x1.fffffcp-2f, -0.5f, -0x1.fffffep-2f, -0x1.fffffcp-2f, 0x1.fffffep-1f, 0x1.000002p+0f};
    const size_t specials = sizeof special / sizeof *special;
    const uint64_t steps = UINT64_C(0x100000000) / of.stride / (unsigned)W;
    double most = 0.5;
    float where = 0.0f, x[W], is[W];
    for (uint64_t step = of.part; step < steps + specials; step += of.parts) {
        for (int i = 0; i < W; i++) {
            x[i] = step < specials ? special[(step + (unsigned)i) % specials]
                                   : of_bits((uint32_t)(((step - specials) * (unsigned)W + (unsigned)i) * of.stride));
        }
        vstore(is, function[f].lanes(vload(x)));
        for (int i = 0; i < W; i++) {
            const double wanted = function[f].exact((double)x[i]);
            const double error = is[i] == (float)wanted ? 0.5 : ulp(is[i], wanted);
            if (!(error <= most)) {
                most = error;
                where = x[i];
            }
        }
    }
    printf("%s %.2f ulp at %a\n", function[f].name, most, (double)where);
    check(most <= 4.0, function[f].name);
}

static void functions(Extent of, char **name, int names)
{
    for (size_t f = 0; f < sizeof function / sizeof *function; f++) {
        int wanted = names == 0;
        for (int i = 0; i < names; i++) {
            wanted |= strcmp(name[i], function[f].name) == 0;
        }
        if (wanted) {
            one_function(f, of);
        }
    }
}

/* x^y of any two, and of those that are special. */
static void powers(void)
{
    static const float some[] = {0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, NAN, 2.0f, -2.0f, 3.0f, -3.0f, 0.5f, -0.5f, 1e-45f, -1e-45f, 3.4e38f};
    enum { SOME = sizeof some / sizeof *some };
    double most = 0.0;
    float is[W], x[W], y_[W];
    for (int turn = 0; turn < 40000; turn++) {
        for (int i = 0; i < W; i++) {
            x[i] = turn < SOME ? some[turn] : ldexpf((float)(random_bits() % 65536u + 1u), (int)(random_bits() % 120u) - 76);
            y_[i] = turn < SOME ? some[(turn + i) % SOME] : (float)((int)(random_bits() % 60001u) - 30000) / 1000.0f;
            y_[i] = turn < SOME || turn % 2 ? y_[i] : y_[i] * 0.03125f;
        }
        for (int shift = 0; shift < (turn < SOME ? SOME : 1); shift++) {
            vstore(is, vpow(vload(x), vload(y_)));
            for (int i = 0; i < W; i++) {
                const double error = ulp(is[i], pow((double)x[i], (double)y_[i]));
                most = error <= most ? most : error;
                y_[i] = turn < SOME ? some[(turn + i + shift) % SOME] : y_[i];
            }
        }
    }
    printf("vpow %.2f ulp\n", most);
    check(most <= 4.0, "vpow");
}

#endif
