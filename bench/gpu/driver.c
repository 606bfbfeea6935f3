/* driver.c - what any program pays that uses a GPU: prints "driver MS", from its begin to a context that is there */
#define _POSIX_C_SOURCE 200809L
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(void)
{
    const double start = now();
    void *at;
    if (cudaSetDevice(0) != cudaSuccess || cudaMalloc(&at, 1) != cudaSuccess) {
        return 1;
    }
    printf("driver %.3f\n", now() - start);
    return cudaFree(at) != cudaSuccess;
}
