#include "twice.h"
#include <cuda_runtime_api.h>
#include <streams.h>
#include <stdio.h>
#include <string.h>
/* Whatever call of CUDA fails: a status and a sentence, never a crash; and if CUDA lets it, the context answers the next batch. */
enum { ROWS = 6, D = 4, RUNS = 7 };
static float x[ROWS * D], first[ROWS * D], y[2][ROWS * D];
static const int32_t begin[] = {0, 4, 4, 6};
/* Runs like those of a program: plain ones, the third of which becomes a graph, and two at once. How many went well; -1: one was wrong. */
static int runs(twice_cuda *gpu, const twice_io *there, twice_status *bad)
{
    int well = 0;
    for (int i = 0; i < RUNS; i++) {
        const twice_io io = {.sequences = 3, .begin = begin, .x = x, .y = y[0]};
        const twice_io other = {.sequences = 3, .begin = begin, .x = x, .y = y[1]};
        memset(y, 0, sizeof y);
        twice_status status = i < 4 ? twice_cuda_run(there, gpu, NULL) : twice_cuda_send(&io, gpu, 0);
        if (i < 4) {
            status = status == TWICE_OK ? twice_cuda_wait(gpu) : status;
            if (status == TWICE_OK && cudaMemcpyAsync(y[0], there->y, sizeof y[0], cudaMemcpyDeviceToHost, NULL) != cudaSuccess) {
                status = TWICE_LOST;
            }
        } else {
            const twice_status second = twice_cuda_send(&other, gpu, 1);
            status = status == TWICE_OK ? twice_cuda_receive(gpu, 0) : status;
            const twice_status last = second == TWICE_OK ? twice_cuda_receive(gpu, 1) : second;
            if (last == TWICE_OK && memcmp(y[1], first, sizeof first) != 0) {
                return -1;
            }
            status = status == TWICE_OK ? last : status;
        }
        if (status == TWICE_OK && memcmp(y[0], first, sizeof first) != 0) {
            return -1;
        }
        *bad = status == TWICE_OK ? *bad : status;
        well += status == TWICE_OK;
    }
    return well;
}
static long all_calls;
static int try(long n, cudaError_t error)
{
    twice_cuda *gpu = NULL;
    twice_status bad = TWICE_OK;
    void *ids = NULL, *out = NULL;
    emu_fail(0, cudaSuccess);
    const int left = emu_left();
    cudaMalloc(&ids, sizeof x);
    cudaMalloc(&out, sizeof first);
    cudaMemcpyAsync(ids, x, sizeof x, cudaMemcpyHostToDevice, NULL);
    const twice_io there = {.sequences = 3, .begin = begin, .x = ids, .y = out};
    emu_fail(n, error);
    twice_status opened = twice_cuda_open(&gpu, 0);
    if (n && opened != TWICE_OK && (gpu || !twice_error(opened)[0])) {
        return 2;
    }
    if (opened == TWICE_OK) {
        const int well = runs(gpu, &there, &bad);
        if (well < 0 || (bad != TWICE_OK && bad != TWICE_NO_MEMORY && bad != TWICE_LOST)) {
            return 3;
        }
        if (error == cudaErrorMemoryAllocation && well < RUNS - 1) { /* that run alone */
            return 4;
        }
        if (bad != TWICE_OK && error == cudaErrorLaunchFailure && strcmp(twice_cuda_trouble(gpu), "unspecified launch failure") != 0) {
            return 5;
        }
        twice_cuda_close(gpu);
    }
    const long calls = emu_fail(0, cudaSuccess);
    all_calls = n ? all_calls : calls;
    cudaFree(ids);
    cudaFree(out);
    const int more = emu_left() - left; /* what could not be given back */
    if (error != cudaErrorLaunchFailure && more > 1) {
        return 6;
    }
    return n && calls < n ? 1 : 0;
}
int main(void)
{
    for (int i = 0; i < ROWS * D; i++) {
        x[i] = (float)(i % 7) - 2;
    }
    twice_cuda *gpu;
    const twice_io io = {.sequences = 3, .begin = begin, .x = x, .y = first};
    if (twice_cuda_open(&gpu, 0) != TWICE_OK || twice_cuda_answer(&io, gpu) != TWICE_OK) {
        return 10;
    }
    twice_cuda_close(gpu);
    if (try(0, cudaSuccess) != 0) {
        return 11;
    }
    static const cudaError_t kind[] = {cudaErrorMemoryAllocation, cudaErrorLaunchFailure};
    for (int k = 0; k < 2; k++) {
        for (long n = 1; n <= all_calls; n++) {
            const int wrong = try(n, kind[k]);
            if (wrong > 1) {
                printf("call %ld of %ld: %d\n", n, all_calls, wrong);
                return 12;
            }
        }
    }
    printf("cases: %ld\n", 2 * all_calls);
    return 0;
}
