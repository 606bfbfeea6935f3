/* probe.c - what this machine can do at the moment: multiply-adds of each vector width, dot products of bytes, reads from each level
 *
 *     probe WHAT THREADS SECONDS [BYTES]      WHAT: fma512 fma256 fma128 fma dot8 read; BYTES: of each thread's array, for read
 *
 * Prints one JSON object. `rate` is what all threads did together in the time they were given (operations or bytes a second), so that a
 * neighbour who takes a core away is seen in it. `best` is the fastest slice of any thread and `clock` the core's frequency, told by a
 * chain of multiplications of three cycles each that runs between the slices: best / clock over the operations of one instruction is the
 * number of instructions a cycle, which has to be the number of ports. Exit code 3: this machine has no such instruction.
 * Compiled with -O2 -march=native. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined __x86_64__
#include <immintrin.h>
#endif

enum { ACCUMULATORS = 12, ROUNDS = 4000, CHAIN = 20000, CHAIN_CYCLES = 3, MOST_THREADS = 1024, ABSENT = 3 };

/* A kind of work: does one slice, returns how many operations (or bytes) that was. */
typedef double slice(void *array, size_t bytes);
static volatile float sink;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Twelve chains: four cycles of latency times two or three ports. Volatile: all of it is done. */
#define FMA_SLICE(name, type, lanes, fma)                                                                                                  \
    static double name(void *array, size_t bytes)                                                                                          \
    {                                                                                                                                      \
        type x[ACCUMULATORS], a, b;                                                                                                        \
        (void)array;                                                                                                                       \
        (void)bytes;                                                                                                                       \
        memset(x, 0, sizeof x);                                                                                                            \
        memset(&a, 0, sizeof a);                                                                                                           \
        memset(&b, 0, sizeof b);                                                                                                           \
        for (int i = 0; i < ROUNDS; i++) {                                                                                                 \
            fma(x[0], a, b);                                                                                                               \
            fma(x[1], a, b);                                                                                                               \
            fma(x[2], a, b);                                                                                                               \
            fma(x[3], a, b);                                                                                                               \
            fma(x[4], a, b);                                                                                                               \
            fma(x[5], a, b);                                                                                                               \
            fma(x[6], a, b);                                                                                                               \
            fma(x[7], a, b);                                                                                                               \
            fma(x[8], a, b);                                                                                                               \
            fma(x[9], a, b);                                                                                                               \
            fma(x[10], a, b);                                                                                                              \
            fma(x[11], a, b);                                                                                                              \
        }                                                                                                                                  \
        float last;                                                                                                                        \
        memcpy(&last, &x[ACCUMULATORS - 1], sizeof last);                                                                                  \
        sink = last;                                                                                                                       \
        return 2.0 * (lanes)*ACCUMULATORS * ROUNDS;                                                                                        \
    }

#if defined __x86_64__ && defined __FMA__
#define FMA_X86(x, a, b) __asm__ volatile("vfmadd231ps %2, %1, %0" : "+x"(x) : "x"(a), "x"(b))
FMA_SLICE(fma_128, __m128, 4, FMA_X86)
FMA_SLICE(fma_256, __m256, 8, FMA_X86)
#endif
#if defined __AVX512F__
#define FMA_512(x, a, b) __asm__ volatile("vfmadd231ps %2, %1, %0" : "+v"(x) : "v"(a), "v"(b))
FMA_SLICE(fma_512, __m512, 16, FMA_512)
#endif
#if defined __AVX512VNNI__
#define DOT_512(x, a, b) __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(x) : "v"(a), "v"(b))
FMA_SLICE(dot_8, __m512i, 64, DOT_512)
#elif defined __AVXVNNI__
#define DOT_256(x, a, b) __asm__ volatile("{vex} vpdpbusd %2, %1, %0" : "+x"(x) : "x"(a), "x"(b))
FMA_SLICE(dot_8, __m256i, 32, DOT_256)
#endif
#if defined __aarch64__
#include <arm_neon.h>
#define FMA_NEON(x, a, b) __asm__ volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(x) : "w"(a), "w"(b))
FMA_SLICE(fma_128, float32x4_t, 4, FMA_NEON)
#endif

/* Sums of eight streams within the array, so that loads do not wait for additions. */
typedef uint64_t wide __attribute__((vector_size(64), aligned(64)));

static double read_all(void *array, size_t bytes)
{
    const wide *const at = array;
    const size_t n = bytes / sizeof *at / 8 * 8;
    wide sum[8];
    memset(sum, 0, sizeof sum);
    size_t passes = ((size_t)4 << 20) / bytes + 1;
    for (size_t pass = 0; pass < passes; pass++) {
        for (size_t i = 0; i < n; i += 8) {
            for (int k = 0; k < 8; k++) {
                sum[k] |= at[i + (size_t)k];
            }
        }
        __asm__ volatile("" ::: "memory");
    }
    for (int k = 1; k < 8; k++) {
        sum[0] |= sum[k];
    }
    sink = (float)sum[0][0];
    return (double)(n * sizeof *at) * (double)passes;
}

typedef struct kind {
    const char *name;
    slice *work; /* NULL: this machine has no such instruction */
    int lanes;   /* operations of one instruction; 0: not counted in instructions */
} kind;

static const kind kinds[] = {
#if defined __AVX512F__
    {"fma512", fma_512, 32},
#else
    {"fma512", NULL, 32},
#endif
#if defined __x86_64__ && defined __FMA__
    {"fma256", fma_256, 16}, {"fma128", fma_128, 8},
#elif defined __aarch64__
    {"fma256", NULL, 16}, {"fma128", fma_128, 8},
#else
    {"fma256", NULL, 16}, {"fma128", NULL, 8},
#endif
#if defined __AVX512VNNI__
    {"dot8", dot_8, 128},
#elif defined __AVXVNNI__
    {"dot8", dot_8, 64},
#else
    {"dot8", NULL, 0},
#endif
    {"read", read_all, 0},
};

/* Cycles a second, by a chain of dependent multiplications. */
static double clock_now(void)
{
    uint64_t x = 3;
    const double begin = now();
    for (int i = 0; i < CHAIN / 8; i++) {
#if defined __x86_64__
#define STEP "imul %0, %0\n\t"
        __asm__ volatile(STEP STEP STEP STEP STEP STEP STEP STEP : "+r"(x) : : "cc");
#elif defined __aarch64__
#define STEP "mul %0, %0, %0\n\t"
        __asm__ volatile(STEP STEP STEP STEP STEP STEP STEP STEP : "+r"(x));
#else
        x *= x;
#endif
    }
    return (double)CHAIN * CHAIN_CYCLES / (now() - begin);
}

typedef struct worker {
    pthread_t id;
    const kind *kind;
    pthread_barrier_t *start;
    size_t bytes;
    double seconds, rate, best, clock;
} worker;

static void *worker_run(void *argument)
{
    worker *const w = argument;
    void *array = NULL;
    const size_t bytes = (w->bytes + 4095) / 4096 * 4096;
    if (posix_memalign(&array, 4096, bytes) != 0) {
        exit(1);
    }
    memset(array, 1, bytes);
    w->kind->work(array, bytes);
    pthread_barrier_wait(w->start);
    double done = 0, time = 0, end = now() + w->seconds;
    for (double begin = now(); begin < end;) {
        const double amount = w->kind->work(array, bytes), after = now();
        done += amount;
        time += after - begin;
        w->best = amount / (after - begin) > w->best ? amount / (after - begin) : w->best;
        const double clock = clock_now();
        w->clock = clock > w->clock ? clock : w->clock;
        begin = now();
    }
    w->rate = done / time;
    free(array);
    return NULL;
}

int main(int argc, char **argv)
{
    static worker all[MOST_THREADS];
    const kind *kind = NULL;
    const int threads = argc > 3 ? atoi(argv[2]) : 0;
    double rate = 0, best = 0, clock = 0;
    for (size_t i = 0; argc > 3 && i < sizeof kinds / sizeof *kinds; i++) {
        kind = strcmp(kinds[i].name, argv[1]) == 0 ? &kinds[i] : kind;
    }
    if (!kind || threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: probe fma512|fma256|fma128|dot8|read THREADS SECONDS [BYTES]\n");
        return 1;
    }
    if (!kind->work) {
        return ABSENT;
    }
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++) {
        all[i].kind = kind;
        all[i].start = &start;
        all[i].bytes = argc > 4 ? (size_t)strtoull(argv[4], NULL, 10) : 4096;
        all[i].seconds = atof(argv[3]);
        if (pthread_create(&all[i].id, NULL, worker_run, &all[i]) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(all[i].id, NULL);
        rate += all[i].rate;
        best = all[i].best > best ? all[i].best : best;
        clock = all[i].clock > clock ? all[i].clock : clock;
    }
    printf("{\"what\": \"%s\", \"threads\": %d, \"rate\": %.6g, \"best\": %.6g, \"clock\": %.6g, \"instructions_per_cycle\": %.4g}\n",
           kind->name, threads, rate, best, clock, kind->lanes ? best / kind->lanes / clock : 0);
    return 0;
}
