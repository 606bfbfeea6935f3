/* The bits of every function of runtime/math over the same inputs, one checksum a line. The loops are plain, so that compilers
 * vectorise what they can. -DOWN_SQRT takes the square roots that need no libm. */
#include <stdint.h>
#include <stdio.h>

#include "bits.h"
#include "erf.c"
#include "exp.c"
#include "int.c"
#include "log.c"
#include "pow.c"
#include "real.c"
#include "round.c"
#include "sin.c"
#ifdef OWN_SQRT
#include "sqrt_freestanding.c"
#else
#include "sqrt.c"
#endif
#include "tanh.c"

enum { N = 1024, ROUNDS = 32 };

static uint64_t state;

static uint64_t next(void)
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t mix(uint64_t sum, uint64_t bits)
{
    return (sum ^ bits ^ (bits >> 32)) * UINT64_C(0x100000001B3) + (sum >> 29);
}

/* Rounds of random patterns, of exponents around 0, and of small halves, which hold 0, -0 and ties. */
static float some_f32(int round)
{
    const uint64_t bits = next();
    if (round % 4 == 3) {
        return ((float)(int)(bits % 301u) - 150.0f) * 0.5f * (bits >> 63 ? 1.0f : -1.0f);
    }
    return f32_of_bits(round % 4 == 0 ? (uint32_t)bits : ((uint32_t)bits & 0x87FFFFFFu) | 0x38000000u);
}

static double some_f64(int round)
{
    const uint64_t bits = next();
    if (round % 4 == 3) {
        return ((double)(int)(bits % 1801u) - 900.0) * 0.5 * (bits >> 63 ? 1.0 : -1.0);
    }
    return f64_of_bits(round % 4 == 0 ? bits : (bits & UINT64_C(0x80FFFFFFFFFFFFFF)) | UINT64_C(0x3F00000000000000));
}

static float x_f32[N], y_f32[N], z_f32[N];
static double x_f64[N], y_f64[N], z_f64[N];

#define TRY(name, type, call)                                                                                                     \
    do {                                                                                                                          \
        uint64_t sum = 0;                                                                                                         \
        state = 1;                                                                                                                \
        for (int round = 0; round < ROUNDS; round++) {                                                                            \
            for (int i = 0; i < N; i++) {                                                                                         \
                x_##type[i] = some_##type(round);                                                                                 \
                y_##type[i] = some_##type(round / 4);                                                                             \
            }                                                                                                                     \
            for (int i = 0; i < N; i++) {                                                                                         \
                z_##type[i] = call;                                                                                               \
            }                                                                                                                     \
            for (int i = 0; i < N; i++) {                                                                                         \
                sum = mix(sum, type##_bits(z_##type[i]));                                                                         \
            }                                                                                                                     \
        }                                                                                                                         \
        printf("%-10s %08lx%08lx\n", name, (unsigned long)(sum >> 32), (unsigned long)(sum & 0xFFFFFFFFu));                      \
    } while (0)

#define UNARY(f)                                                                                                                  \
    TRY(#f "_f32", f32, f##_f32(x_f32[i]));                                                                                       \
    TRY(#f "_f64", f64, f##_f64(x_f64[i]))
#define BINARY(f)                                                                                                                 \
    TRY(#f "_f32", f32, f##_f32(x_f32[i], y_f32[i]));                                                                             \
    TRY(#f "_f64", f64, f##_f64(x_f64[i], y_f64[i]))

int main(void)
{
    UNARY(exp);
    UNARY(expm1);
    UNARY(log);
    UNARY(log1p);
    UNARY(tanh);
    UNARY(erf);
    UNARY(sin);
    UNARY(cos);
    BINARY(pow);
    UNARY(sqrt);
    UNARY(round);
    UNARY(floor);
    UNARY(ceil);
    UNARY(trunc);
    UNARY(abs);
    UNARY(sign);
    BINARY(min);
    BINARY(max);
    BINARY(div);
    BINARY(mod);

    uint64_t sum = 0;
    int faults = 0;
    for (int i = 0; i < N * ROUNDS; i++) {
        int fault = 0;
        sum = mix(sum, (uint64_t)int_of_f32(some_f32(i % 4), &fault));
        sum = mix(sum, (uint64_t)int_of_f64(some_f64(i % 4), &fault));
        faults += fault;
    }
    printf("%-10s %08lx%08lx %d\n", "int_of", (unsigned long)(sum >> 32), (unsigned long)(sum & 0xFFFFFFFFu), faults);
    return 0;
}
