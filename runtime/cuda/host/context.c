/* context.c - a GPU with kernels and weights: opened, closed */
#include "host.h"

static model_status find_gpu(int number)
{
    int version = 0, count = 0;
    if (cudaDriverGetVersion(&version) != cudaSuccess || version == 0) {
        return MODEL_NO_DRIVER;
    }
    const cudaError_t error = cudaGetDeviceCount(&count);
    if (error == cudaErrorInsufficientDriver) {
        return MODEL_OLD_DRIVER;
    }
    return error != cudaSuccess || number < 0 || number >= count || cudaSetDevice(number) != cudaSuccess ? MODEL_NO_GPU : MODEL_OK;
}

static void find_kernels(struct model_cuda *gpu)
{
    good(gpu, cudaLibraryLoadData(&gpu->library, model_fatbin, NULL, NULL, 0, NULL, NULL, 0));
    for (int i = 0; i < KERNELS && gpu->error == cudaSuccess; i++) {
        good(gpu, cudaLibraryGetKernel(&gpu->kernel[i], gpu->library, kernel_name[i]));
    }
}

static void size_grids(struct model_cuda *gpu, int number)
{
    struct cudaDeviceProp about;
    memset(&about, 0, sizeof about);
    if (good(gpu, cudaGetDeviceProperties(&about, number))) {
        const unsigned processors = (unsigned)about.multiProcessorCount;
        gpu->one = (model_shape){1, 1, 0};
        gpu->all = (model_shape){processors * 8, 256, 0};
        gpu->workers = (model_shape){processors, 32, 0};
        gpu->overlaps = about.major >= 9;
        gpu->workers_n = (int32_t)(gpu->workers.blocks * gpu->workers.threads);
        snprintf(gpu->name, sizeof gpu->name, "%.256s, %u multiprocessors", about.name, processors);
    }
}

/* The table of weights has pointers into the block of the host; here they point to the same places of the copy. */
static void place_weights(struct model_cuda *gpu)
{
    gpu->placed = model_weights;
    if (!reserve(gpu, &gpu->weights, model_weights_bytes)) {
        return;
    }
    copy_in(gpu, gpu->weights.at, model_weights_data, model_weights_bytes);
    const uintptr_t host = (uintptr_t)model_weights_data;
    for (size_t i = 0; i < sizeof gpu->placed / sizeof(void *); i++) {
        const void *pointer;
        memcpy(&pointer, (const char *)&gpu->placed + i * sizeof pointer, sizeof pointer);
        pointer = gpu->weights.at + ((uintptr_t)pointer - host);
        memcpy((char *)&gpu->placed + i * sizeof pointer, &pointer, sizeof pointer);
    }
}

model_status model_cuda_open(model_cuda **out, int number)
{
    *out = NULL;
    const model_status found = find_gpu(number);
    if (found != MODEL_OK) {
        return found;
    }
    model_cuda *const gpu = calloc(1, sizeof *gpu);
    if (!gpu) {
        return MODEL_NO_MEMORY;
    }
    find_kernels(gpu);
    size_grids(gpu, number);
    good(gpu, cudaStreamCreateWithFlags(&gpu->own, cudaStreamNonBlocking));
    gpu->stream = gpu->own;
    good(gpu, cudaEventCreateWithFlags(&gpu->done, cudaEventDisableTiming));
    for (int i = 0; i < 2; i++) {
        good(gpu, cudaEventCreateWithFlags(&gpu->slot[i].sent, cudaEventDisableTiming));
    }
    if (gpu->error == cudaSuccess) {
        place_weights(gpu);
        good(gpu, cudaStreamSynchronize(gpu->own));
    }
    const model_status status = status_of(gpu->error);
    if (status != MODEL_OK) {
        model_cuda_close(gpu);
        return status;
    }
    *out = gpu;
    return MODEL_OK;
}

void model_cuda_close(model_cuda *gpu)
{
    if (!gpu) {
        return;
    }
    if (gpu->stream) {
        cudaStreamSynchronize(gpu->stream);
    }
    for (int i = 0; i < MODEL_GRAPHS; i++) {
        if (gpu->graph[i].exec) {
            cudaGraphExecDestroy(gpu->graph[i].exec);
        }
    }
    for (int i = 0; i < 2; i++) {
        cudaFreeHost(gpu->slot[i].at);
        if (gpu->slot[i].sent) {
            cudaEventDestroy(gpu->slot[i].sent);
        }
    }
    if (gpu->done) {
        cudaEventDestroy(gpu->done);
    }
    cudaFree(gpu->weights.at);
    cudaFree(gpu->arena.at);
    cudaFree(gpu->staging.at);
    cudaFree(gpu->batch.at);
    cudaFree(gpu->structs.at);
    if (gpu->own) {
        cudaStreamDestroy(gpu->own);
    }
    if (gpu->library) {
        cudaLibraryUnload(gpu->library);
    }
    free(gpu);
}

const char *model_cuda_name(const model_cuda *gpu)
{
    return gpu->name;
}
