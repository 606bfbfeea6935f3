/* host.c - a GPU: its memory, its kernels, its errors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many threads run a kernel. */
typedef struct model_shape {
    unsigned blocks, threads, shared; /* shared: bytes of dynamic shared memory */
} model_shape;

typedef struct model_memory { /* of the GPU; grows, and is kept */
    unsigned char *at;
    size_t bytes;
} model_memory;

struct model_cuda {
    cudaLibrary_t library;
    cudaKernel_t kernel[KERNELS];
    cudaStream_t own, stream;
    cudaError_t error; /* the first one; nothing more is enqueued then */
    model_memory weights, arena, staging, batch, structs;
    size_t structs_n; /* bytes in use */
    struct model_weights placed; /* pointers into `weights` */
    int32_t workers_n;
    model_shape one, workers, all;
    char name[320];
};

/* Where things lie in the memory `batch`. */
enum { MODEL_FAULTS = 64, MODEL_BATCH_AT = 512, MODEL_OFFSETS_AT = 4096, MODEL_STRUCTS = 1 << 20 };

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

/* Every parameter is a pointer. */
static void launch(struct model_cuda *gpu, int kernel, model_shape shape, int n, const void *const *argument)
{
    void *at[KERNEL_PARAMETERS + 1] = {NULL};
    cudaLaunchConfig_t config;
    memset(&config, 0, sizeof config);
    for (int i = 0; i < n; i++) {
        at[i] = (void *)(uintptr_t)&argument[i];
    }
    config.gridDim.x = shape.blocks;
    config.blockDim.x = shape.threads;
    config.gridDim.y = config.gridDim.z = config.blockDim.y = config.blockDim.z = 1;
    config.dynamicSmemBytes = shape.shared;
    config.stream = gpu->stream;
    if (gpu->error == cudaSuccess) {
        good(gpu, cudaLaunchKernelExC(&config, (const void *)gpu->kernel[kernel], at));
    }
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

/* ---- open, close --------------------------------------------------------------------------------------------------- */

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

/* ---- a run --------------------------------------------------------------------------------------------------------- */

/* Room for the batch's struct, its faults, and the offsets of so many dims. */
static int begin_run(struct model_cuda *gpu, void *stream, int32_t sequences)
{
    gpu->stream = stream ? stream : gpu->own;
    if (!reserve(gpu, &gpu->batch, MODEL_OFFSETS_AT + ((size_t)sequences + 1) * sizeof(int32_t) * GIVEN_OFFSETS)) {
        return 0;
    }
#if PUTS_STRUCTS
    gpu->structs_n = 0;
    if (!reserve(gpu, &gpu->structs, MODEL_STRUCTS)) {
        return 0;
    }
#endif
    good(gpu, cudaMemsetAsync(gpu->batch.at, 0, MODEL_FAULTS * sizeof(int), gpu->stream));
    return gpu->error == cudaSuccess;
}

static int *faults(struct model_cuda *gpu)
{
    return (int *)(void *)gpu->batch.at;
}

#if GIVEN_OFFSETS
static const int32_t *put_offsets(struct model_cuda *gpu, int dim, const int32_t *begin, int32_t sequences)
{
    int32_t *const at = (int32_t *)(void *)(gpu->batch.at + MODEL_OFFSETS_AT) + (size_t)dim * ((size_t)sequences + 1);
    copy_in(gpu, at, begin, ((size_t)sequences + 1) * sizeof *begin);
    return at;
}
#endif

#if PUTS_STRUCTS
/* A copy of one of the host's structs, until the next run. */
static const void *put_struct(struct model_cuda *gpu, const void *from, size_t bytes)
{
    unsigned char *const at = gpu->structs.at + gpu->structs_n;
    if (bytes > MODEL_STRUCTS - gpu->structs_n) {
        good(gpu, cudaErrorMemoryAllocation);
        return NULL;
    }
    gpu->structs_n += (bytes + 63) / 64 * 64;
    copy_in(gpu, at, from, bytes);
    return at;
}
#endif

static const struct model_batch *put_batch(struct model_cuda *gpu, const struct model_batch *batch)
{
    unsigned char *const at = gpu->batch.at + MODEL_BATCH_AT;
    copy_in(gpu, at, batch, sizeof *batch);
    return (const struct model_batch *)(const void *)at;
}

model_status model_cuda_wait(model_cuda *gpu)
{
    int fault[MODEL_FAULTS] = {0};
    if (gpu->batch.at) {
        copy_out(gpu, fault, gpu->batch.at, sizeof fault);
    }
    good(gpu, cudaStreamSynchronize(gpu->stream));
    const model_status status = status_of(gpu->error);
    for (int k = 1; status == MODEL_OK && k < MODEL_FAULTS; k++) {
        if (fault[k]) {
            return (model_status)k;
        }
    }
    return status == MODEL_OK && fault[0] ? MODEL_FAULT : status;
}

const char *model_cuda_trouble(const model_cuda *gpu)
{
    return gpu ? cudaGetErrorString(gpu->error) : "";
}

const char *model_cuda_name(const model_cuda *gpu)
{
    return gpu->name;
}
