/* kernels.h - what the programs that time kernels share: memory, random numbers, the least time of many, and the peak to compare with
 *
 * Times are those of this thread's processor, so that others on the machine disturb little; the least of many repetitions counts. The
 * peak is probed between them, by as many independent chains of vfma as registers hold. */
#ifndef SINTER_BENCH_KERNELS_H
#define SINTER_BENCH_KERNELS_H

#include "simd.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(size_t n)
{
    float *p = NULL;
    if (posix_memalign((void **)&p, 4096, (n + 64) * sizeof *p) != 0) {
        abort();
    }
    static uint32_t state = 1;
    for (size_t i = 0; i < n + 64; i++) {
        state = state * 1664525u + 1013904223u;
        p[i] = (float)(int32_t)state * 0x1p-31f;
    }
    return p;
}

#define CHAINS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
static volatile float sink;

/* Floating-point operations a second. */
__attribute__((noinline)) static double peak(void)
{
    enum { TURNS = 20000 };
    const vf x = vsplat(0.999f), z = vsplat(1e-6f);
#define BEGIN(i) vf c##i = vsplat(0.01f * i);
    CHAINS(BEGIN)
    const double from = seconds();
    for (int turn = 0; turn < TURNS; turn++) {
#if defined __x86_64__
#define STEP(i) c##i = vfma(x, c##i, z); __asm__ volatile("" : "+v"(c##i));
#else
#define STEP(i) c##i = vfma(x, c##i, z); __asm__ volatile("" : "+w"(c##i));
#endif
        CHAINS(STEP)
    }
    const double took = seconds() - from;
#define END(i) vsum(c##i) +
    sink = CHAINS(END) 0.0f;
    return TURNS * 12.0 * 2.0 * W / took;
}

typedef struct Timing {
    double least;        /* seconds of one call */
    double peak;         /* the best of the probes */
} Timing;

/* Calls `work` for about a second, a probe of the peak before each. */
static Timing timed(void (*work)(void))
{
    Timing t = {1e9, 0.0};
    work();
    const double begin = seconds();
    for (int turn = 0; turn < 2000 && (turn < 12 || seconds() - begin < 0.7); turn++) {
        const double p = peak();
        t.peak = p > t.peak ? p : t.peak;
        const double from = seconds();
        work();
        const double took = seconds() - from;
        t.least = took < t.least ? took : t.least;
    }
    return t;
}

#endif
