/* memory.c - memory of the GPU, and copies to it and back */
#include "host.h"

/* At least so many bytes; what was there is gone if it has to grow. */
static int reserve(struct model_cuda *gpu, model_memory *memory, size_t bytes)
{
    if (bytes <= memory->bytes && memory->at) {
        return 1;
    }
    good(gpu, cudaStreamSynchronize(gpu->stream)); /* somebody may still read it */
    cudaFree(memory->at);
    *memory = (model_memory){NULL, 0};
    void *at = NULL;
    if (gpu->error != cudaSuccess || !good(gpu, cudaMalloc(&at, bytes ? bytes : 1))) {
        return 0;
    }
    *memory = (model_memory){at, bytes};
    return 1;
}

static void copy_in(struct model_cuda *gpu, void *to, const void *from, size_t bytes)
{
    if (bytes && gpu->error == cudaSuccess) {
        good(gpu, cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, gpu->stream));
    }
}

static void copy_out(struct model_cuda *gpu, void *to, const void *from, size_t bytes)
{
    if (bytes && gpu->error == cudaSuccess) {
        good(gpu, cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, gpu->stream));
    }
}
