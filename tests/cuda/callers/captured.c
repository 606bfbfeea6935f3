#include "twice.h"
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>
/* A run that the caller captures is part of his graph: launched with other numbers in the same places, after other batches, in a context
 * whose buffers have grown meanwhile. */
enum { ROWS = 6, D = 4, MORE = 5000 };
static float x[MORE * D], y[MORE * D], one[ROWS * D], two[ROWS * D], got[ROWS * D];
int main(void)
{
    twice_cuda *gpu;
    const int32_t begin[] = {0, 4, 4, 6};
    static int32_t many[MORE / 8 + 1];
    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    void *from, *to;
    for (int i = 0; i < MORE * D; i++) {
        x[i] = (float)(i % 7) - 2;
    }
    const twice_io here = {.sequences = 3, .begin = begin, .x = x, .y = one}, next = {.sequences = 3, .begin = begin, .x = x + 9, .y = two};
    if (twice_cuda_open(&gpu, 0) != TWICE_OK || twice_cuda_answer(&here, gpu) != TWICE_OK || twice_cuda_answer(&next, gpu) != TWICE_OK) {
        return 2;
    }
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    cudaMalloc(&from, sizeof one);
    cudaMalloc(&to, sizeof one);
    const twice_io there = {.sequences = 3, .begin = begin, .x = from, .y = to};
    if (twice_cuda_run(&there, gpu, NULL) != TWICE_OK) { /* under way when the capture begins */
        return 3;
    }
    for (int fresh = 0; fresh < 2; fresh++) { /* also as the very first run of a context */
        if (fresh) {
            twice_cuda_close(gpu);
            if (twice_cuda_open(&gpu, 0) != TWICE_OK) {
                return 4;
            }
        }
        if (cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal) != cudaSuccess || twice_cuda_run(&there, gpu, stream) != TWICE_OK ||
            cudaStreamEndCapture(stream, &graph) != cudaSuccess || cudaGraphInstantiate(&exec, graph, 0) != cudaSuccess) {
            return 5;
        }
        for (int i = 0; i <= MORE / 8; i++) {
            many[i] = 8 * i;
        }
        const twice_io large = {.sequences = MORE / 8, .begin = many, .x = x, .y = y};
        if (twice_cuda_answer(&large, gpu) != TWICE_OK || twice_cuda_answer(&next, gpu) != TWICE_OK) {
            return 6;
        }
        for (int turn = 0; turn < 4; turn++) {
            cudaMemcpyAsync(from, turn % 2 ? x + 9 : x, sizeof one, cudaMemcpyHostToDevice, stream);
            cudaGraphLaunch(exec, stream);
            cudaMemcpyAsync(got, to, sizeof got, cudaMemcpyDeviceToHost, stream);
            if (cudaStreamSynchronize(stream) != cudaSuccess || twice_cuda_wait(gpu) != TWICE_OK ||
                memcmp(got, turn % 2 ? two : one, sizeof got) != 0) {
                return 7;
            }
            if (twice_cuda_answer(turn % 2 ? &large : &here, gpu) != TWICE_OK) {
                return 8;
            }
        }
        cudaGraphExecDestroy(exec);
        cudaGraphDestroy(graph);
    }
    twice_cuda_close(gpu);
    return 0;
}
