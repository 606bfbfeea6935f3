/* A run of one to three rows through weights that no cache holds, beside a sum of as many numbers: what share of the rate at which memory
 * gives them to one thread, or to two, is reached: the median
 * of each run over the mean of the probes beside it, and the quartiles. gemv.py writes the model and compiles this beside it. */
#define _POSIX_C_SOURCE 200809L
#include "m.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_ROWS = 4, MOST_THREADS = 2, TURNS = 24, STREAMS = 2, AHEAD = 4096 };

extern const uint32_t m_weights_data[]; /* what is read: the model's own weights, */
static size_t count;                    /* so many floats */
static m_io io;
static void *space;
static size_t bytes;
static m_meeting meeting;
static int threads;
static volatile float sink;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Several pages at once, and memory asked ahead. */
static void sum(int rank)
{
    const size_t part = count / (size_t)(STREAMS * threads) / 64 * 64;
    const float *at = (const float *)(const void *)m_weights_data + part * STREAMS * (size_t)rank;
    float lane[STREAMS][16] = {{0}};
    for (size_t i = 0; i < part; i += 16) {
        for (size_t s = 0; s < STREAMS; s++) {
            __builtin_prefetch(at + s * part + i + AHEAD, 0, 2);
            for (size_t j = 0; j < 16; j++) {
                lane[s][j] += at[s * part + i + j];
            }
        }
    }
    for (int s = 0; s < STREAMS; s++) {
        for (int j = 0; j < 16; j++) {
            sink += lane[s][j];
        }
    }
}

static void multiply(int rank)
{
    const m_team team = {rank, threads, &meeting};
    if (m_run_with(&team, &io, space, bytes) != M_OK) {
        exit(1);
    }
}

typedef struct Job {
    void (*work)(int);
    int rank;
} Job;

static void *one(void *context)
{
    const Job *job = context;
    job->work(job->rank);
    return NULL;
}

static double timed(void (*work)(int))
{
    pthread_t other[MOST_THREADS];
    Job job[MOST_THREADS];
    const double from = now();
    for (int i = 1; i < threads; i++) {
        job[i] = (Job){work, i};
        pthread_create(&other[i], NULL, one, &job[i]);
    }
    work(0);
    for (int i = 1; i < threads; i++) {
        pthread_join(other[i], NULL);
    }
    return now() - from;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    float *x = calloc((size_t)MOST_ROWS * 768, sizeof *x), *y = calloc((size_t)MOST_ROWS * 768, sizeof *y);
    int32_t begin[2] = {0, 0};
    bytes = m_workspace(1, MOST_ROWS) + (MOST_THREADS - 1) * M_SCRATCH;
    if (!x || !y || posix_memalign(&space, 64, bytes) != 0) {
        return 1;
    }
    for (size_t i = 0; i < (size_t)MOST_ROWS * 768; i++) {
        x[i] = 0.001f * (float)(i % 1999) - 1.0f;
    }
    io = (m_io){.sequences = 1, .begin = begin, .x = x, .y = y};
    for (threads = 1; threads <= MOST_THREADS; threads++) {
        double memory = 1e9, share[MOST_ROWS][TURNS];
        for (int turn = 0; turn < TURNS; turn++) {
            double before = timed(sum);
            for (int rows = 1; rows < MOST_ROWS; rows++) {
                begin[1] = rows;
                const double took = timed(multiply), after = timed(sum);
                share[rows][turn] = (before + after) / 2 / took;
                memory = after < memory ? after : memory;
                before = after;
            }
        }
        printf("%d thread%s: memory gives %.1f GB/s; of that", threads, threads > 1 ? "s" : "", 4e-9 * (double)count / memory);
        for (int rows = 1; rows < MOST_ROWS; rows++) {
            qsort(share[rows], TURNS, sizeof *share[rows], ascending);
            printf("%s %d row%s %.0f %% (%.0f to %.0f)", rows > 1 ? "," : "", rows, rows > 1 ? "s" : "", 100 * share[rows][TURNS / 2],
                   100 * share[rows][TURNS / 4], 100 * share[rows][TURNS * 3 / 4]);
        }
        printf("\n");
    }
    return 0;
}
