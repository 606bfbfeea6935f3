/* memory.c - memory of the GPU, and copies to it and back */
#include "host.h"

/* Also while the caller captures: then memory may be had in this mode alone. */
static void *allocate(struct model_cuda *gpu, size_t bytes, int pinned)
{
    enum cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
    void *at = NULL;
    if (good(gpu, cudaThreadExchangeStreamCaptureMode(&mode))) {
        good(gpu, pinned ? cudaMallocHost(&at, bytes ? bytes : 1) : cudaMalloc(&at, bytes ? bytes : 1));
        good(gpu, cudaThreadExchangeStreamCaptureMode(&mode));
    }
    return at;
}

/* Until the context is closed. */
static int keep(struct model_cuda *gpu, void *there, void *here)
{
    model_kept *const kept = malloc(sizeof *kept);
    if (!kept) {
        return good(gpu, cudaErrorMemoryAllocation);
    }
    *kept = (model_kept){gpu->kept, there, here};
    gpu->kept = kept;
    return 1;
}

/* At least so many bytes; what was there is gone if it has to grow. */
static int reserve(struct model_cuda *gpu, model_memory *memory, size_t bytes)
{
    if (bytes <= memory->bytes && memory->at) {
        return 1;
    }
    if (memory->at && gpu->lent) { /* a graph of the caller's may read it */
        if (!keep(gpu, memory->at, NULL)) {
            return 0;
        }
    } else if (memory->at) {
        good(gpu, cudaStreamSynchronize(gpu->stream)); /* somebody may still read it */
        good(gpu, cudaFree(memory->at));
    }
    *memory = (model_memory){NULL, 0};
    void *const at = gpu->error == cudaSuccess ? allocate(gpu, bytes, 0) : NULL;
    if (at) {
        *memory = (model_memory){at, bytes};
    }
    return gpu->error == cudaSuccess;
}

/* The same of the host's, that copies reach. Nothing is under way from or to it. */
static int reserve_pinned(struct model_cuda *gpu, unsigned char **at, size_t *have, size_t bytes)
{
    if (bytes <= *have && *at) {
        return 1;
    }
    if (*at) {
        good(gpu, cudaFreeHost(*at));
    }
    *at = allocate(gpu, bytes, 1);
    *have = *at ? bytes : 0;
    return gpu->error == cudaSuccess;
}

static void copy_in(struct model_cuda *gpu, cudaStream_t stream, void *to, const void *from, size_t bytes)
{
    if (bytes && gpu->error == cudaSuccess) {
        good(gpu, cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream));
    }
}

static void copy_out(struct model_cuda *gpu, cudaStream_t stream, void *to, const void *from, size_t bytes)
{
    if (bytes && gpu->error == cudaSuccess) {
        good(gpu, cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream));
    }
}
