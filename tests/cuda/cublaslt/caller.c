/* caller.c - runs of the model `wide` that follow each other: graphs, a stream that is captured, a product that fails */
#include "wide.h"

#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { D = 40, UP = 1030, S = 24, GATED = 72, ROWS = 128, BATCHES = 2 };

static void *memory(size_t bytes)
{
    void *at = NULL;
    cudaMalloc(&at, bytes);
    return at;
}

/* The first numbers of an answer. */
static float first[BATCHES][S], now[S];

static void take(float *to, const void *from, cudaStream_t stream)
{
    cudaMemcpyAsync(to, from, S * sizeof *to, cudaMemcpyDeviceToHost, stream);
    cudaStreamSynchronize(stream);
}

int main(void)
{
    static float x[ROWS * D];
    static const int32_t begin[BATCHES][3] = {{0, 33, 41}, {0, 65, 100}};
    wide_cuda *gpu;
    wide_io io[BATCHES];
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    for (int i = 0; i < ROWS * D; i++) {
        x[i] = (float)(i * 37 % 101) / 50.0f - 1.0f;
    }
    if (wide_cuda_open(&gpu, 0) != WIDE_OK || wide_cuda_library(gpu) || cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)) {
        return 2;
    }
    void *const at = memory(sizeof x);
    cudaMemcpyAsync(at, x, sizeof x, cudaMemcpyHostToDevice, NULL);
    for (int i = 0; i < BATCHES; i++) {
        io[i] = (wide_io){.sequences = 2, .begin = begin[i], .x = at, .up = memory(ROWS * UP * sizeof(float))};
        io[i].less = memory(ROWS * S * sizeof(float));
        io[i].gated = memory(ROWS * GATED * sizeof(float));
        io[i].first = memory(ROWS * S * sizeof(float));
    }
    for (int turn = 0; turn < 5; turn++) {
        for (int i = 0; i < BATCHES; i++) {
            if (wide_cuda_run(&io[i], gpu, turn % 2 ? stream : NULL) != WIDE_OK) {
                return 3;
            }
        }
        if (wide_cuda_wait(gpu) != WIDE_OK) {
            return 4;
        }
        for (int i = 0; i < BATCHES; i++) {
            take(now, io[i].gated, NULL);
            memcpy(turn ? now : first[i], now, sizeof now);
            if (memcmp(first[i], now, sizeof now) != 0) {
                return 5;
            }
        }
    }
    /* Part of a graph of the caller's. */
    if (cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal) || wide_cuda_run(&io[1], gpu, stream) != WIDE_OK ||
        cudaStreamEndCapture(stream, &graph) || cudaGraphInstantiate(&exec, graph, 0)) {
        return 6;
    }
    cudaMemsetAsync(io[1].gated, 0, S * sizeof(float), NULL);
    cudaGraphLaunch(exec, stream);
    take(now, io[1].gated, stream);
    if (memcmp(now, first[1], sizeof now) != 0) {
        return 7;
    }
    /* A call that fails ends its run. From then on kernels multiply. */
    static const int32_t other[] = {0, 1, 3};
    const wide_io less = {.sequences = 2, .begin = other, .x = at, .up = io[0].up, .less = io[0].less, .gated = io[1].gated, .first = io[0].first};
    setenv("LT_FAIL", "multiply", 1);
    if (wide_cuda_run(&less, gpu, NULL) != WIDE_LOST || !strstr(wide_cuda_trouble(gpu), "cublasLtMatmul of libcublasLt.so.13 gives status 15")) {
        return 8;
    }
    if (!wide_cuda_library(gpu) || wide_cuda_run(&less, gpu, NULL) != WIDE_OK || wide_cuda_wait(gpu) != WIDE_OK) {
        return 9;
    }
    take(now, less.gated, NULL);
    for (int i = 0; i < S; i++) {
        if (now[i] - first[1][i] > 1e-2f || first[1][i] - now[i] > 1e-2f) {
            return 10;
        }
    }
    cudaGraphExecDestroy(exec);
    cudaGraphDestroy(graph);
    wide_cuda_close(gpu);
    return 0;
}
