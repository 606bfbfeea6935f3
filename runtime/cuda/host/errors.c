/* errors.c - what CUDA says, and what follows from it */
#include "host.h"

static int good(struct model_cuda *gpu, cudaError_t error)
{
    if (error != cudaSuccess && gpu->error == cudaSuccess) {
        gpu->error = error;
    }
    return error == cudaSuccess;
}

static model_status status_of(cudaError_t error)
{
    return error == cudaSuccess                       ? MODEL_OK
           : error == cudaErrorMemoryAllocation       ? MODEL_NO_MEMORY
           : error == cudaErrorNoKernelImageForDevice ? MODEL_NO_CODE
                                                      : MODEL_LOST;
}

/* What went wrong in one run is no reason to refuse the next one, if the GPU still answers: an error of a kernel stays for ever. */
static void recover(struct model_cuda *gpu)
{
    if (gpu->error != cudaSuccess) {
        (void)cudaGetLastError();
        const cudaError_t now = cudaStreamSynchronize(gpu->own);
        gpu->error = now == cudaSuccess ? cudaSuccess : gpu->error;
    }
}

const char *model_cuda_trouble(const model_cuda *gpu)
{
    cudaError_t error = gpu ? gpu->error : cudaSuccess;
    for (int i = 0; gpu && i < MODEL_CUDA_LANES && error == cudaSuccess; i++) {
        error = gpu->lane[i].error;
    }
#if MULTIPLIED
    if (error == cudaErrorUnknown && gpu->multiplier.why[0]) {
        return gpu->multiplier.why;
    }
#endif
    return gpu ? cudaGetErrorString(error) : "";
}
