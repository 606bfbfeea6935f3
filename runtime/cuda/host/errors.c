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

/* A batch that was too large is no reason to refuse the next one; what else went wrong stays. */
static void recover(struct model_cuda *gpu)
{
    if (gpu->error == cudaErrorMemoryAllocation) {
        gpu->error = cudaSuccess;
        (void)cudaGetLastError();
    }
}

const char *model_cuda_trouble(const model_cuda *gpu)
{
    return gpu ? cudaGetErrorString(gpu->error) : "";
}
