/* sinter_side.c - FILE BATCHES WARM OUT: runs an encoder on the GPU, batch after batch, and prints what each took
 *
 * FILE has, for each draw, a line of lengths; draws rotate. Prints "first MS", the time to the first answer of the opened context, then
 * "ms MS" for each batch: four are under way at once, so a batch's time is a quarter of that of four; and "host MS", what of it passed
 * until all was enqueued. At last "memory BYTES" that the largest draw takes of the GPU, and "sum S" of the first draw's output, which
 * OUT gets. */
#define _POSIX_C_SOURCE 200809L
#include "encoder.h"

#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef ATTENTION /* alone: q, k and v are the same numbers */
#define WIDTH   (ENCODER_H * ENCODER_E)
#define GIVEN(at) .q = (at), .k = (at), .v = (at)
#else
#define WIDTH   ENCODER_D
#define GIVEN(at) .x = (at)
#endif

enum { DRAWS = 64, MOST = 4096, AT_ONCE = 4 };

static int32_t begin[DRAWS][MOST + 1];
static int sequences[DRAWS], draws;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int read_lengths(const char *path)
{
    static char line[1 << 16];
    FILE *const file = fopen(path, "r");
    while (file && draws < DRAWS && fgets(line, sizeof line, file)) {
        char *at = line;
        int n = 0;
        for (;;) {
            char *after;
            const long length = strtol(at, &after, 10);
            if (after == at || n == MOST) {
                break;
            }
            begin[draws][n + 1] = begin[draws][n] + (int32_t)length;
            n++;
            at = after;
        }
        sequences[draws++] = n;
    }
    return file && fclose(file) == 0 && draws > 0;
}

static int fails(const encoder_cuda *gpu, encoder_status status, const char *what)
{
    if (status != ENCODER_OK) {
        fprintf(stderr, "%s: status %d, %s\n", what, (int)status, encoder_cuda_trouble(gpu));
    }
    return status != ENCODER_OK;
}

int main(int argc, char **argv)
{
    const double start = now();
    encoder_cuda *gpu;
    void *x[AT_ONCE], *y[AT_ONCE];
    int32_t most = 0;
    size_t memory = 0;
    if (argc != 5 || !read_lengths(argv[1])) {
        fprintf(stderr, "sinter_side FILE BATCHES WARM OUT\n");
        return 2;
    }
    const int batches = atoi(argv[2]), warm = atoi(argv[3]);
    if (fails(NULL, encoder_cuda_open(&gpu, 0), "open")) {
        return 1;
    }
    for (int i = 0; i < draws; i++) {
        most = begin[i][sequences[i]] > most ? begin[i][sequences[i]] : most;
    }
    const size_t bytes = (size_t)most * WIDTH * sizeof(float);
    float *const host = malloc(bytes);
    for (size_t i = 0; host && i < bytes / sizeof *host; i++) {
        host[i] = (float)((i * 2654435761u >> 8) % 2048) / 1024.0f - 1.0f; /* no zeros: they are faster */
    }
    for (int i = 0; i < AT_ONCE; i++) {
        if (!host || cudaMalloc(&x[i], bytes) != cudaSuccess || cudaMalloc(&y[i], bytes) != cudaSuccess ||
            cudaMemcpyAsync(x[i], host, bytes, cudaMemcpyHostToDevice, NULL) != cudaSuccess) {
            fprintf(stderr, "no memory\n");
            return 1;
        }
    }
    for (int k = -warm; k < batches; k += AT_ONCE) {
        const double from = now();
        for (int i = 0; i < AT_ONCE; i++) {
            const int d = (k + warm + i) % draws;
            const encoder_io io = {.sequences = sequences[d], .begin = begin[d], GIVEN(x[i]), .y = y[i]};
            if (fails(gpu, encoder_cuda_run(&io, gpu, NULL), "run")) {
                return 1;
            }
        }
        const double enqueued = now();
        if (fails(gpu, encoder_cuda_wait(gpu), "wait")) {
            return 1;
        }
        const double waited = now();
        if (k == -warm) {
            printf("first %.3f\n", now() - start);
        }
        for (int i = 0; k >= 0 && i < AT_ONCE; i++) {
            printf("ms %.4f\nhost %.4f\n", (waited - from) / AT_ONCE, (enqueued - from) / AT_ONCE);
        }
    }
    for (int i = 0; i < draws; i++) {
        const encoder_io each = {.sequences = sequences[i], .begin = begin[i], GIVEN(x[0]), .y = y[0]};
        const size_t bytes_of_it = encoder_cuda_arena(gpu, &each);
        memory = bytes_of_it > memory ? bytes_of_it : memory;
    }
    printf("memory %zu\n%s\n", memory, encoder_cuda_weights);
    const encoder_io io = {.sequences = sequences[0], .begin = begin[0], GIVEN(x[0]), .y = y[0]};
    if (fails(gpu, encoder_cuda_run(&io, gpu, NULL), "run") || fails(gpu, encoder_cuda_wait(gpu), "wait")) {
        return 1;
    }
    const size_t n = (size_t)begin[0][sequences[0]] * WIDTH;
    double sum = 0.0;
    cudaMemcpyAsync(host, y[0], n * sizeof *host, cudaMemcpyDeviceToHost, NULL);
    for (size_t i = 0; i < n; i++) {
        sum += (double)host[i] * (double)((int)(i % 7) - 3);
    }
    printf("sum %.9g\n", sum);
    FILE *const out = fopen(argv[4], "wb");
    if (!out || fwrite(host, sizeof *host, n, out) != n || fclose(out) != 0) {
        fprintf(stderr, "%s cannot be written\n", argv[4]);
        return 1;
    }
    encoder_cuda_close(gpu);
    free(host);
    return 0;
}
