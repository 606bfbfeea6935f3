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

/* What a batch brings, in the host's memory: two, so that one is filled while the other is copied. */
typedef struct model_slot {
    unsigned char *at;
    size_t bytes;
    cudaEvent_t sent;
} model_slot;

/* The launches of a run. They depend on where things are, not on what a batch holds: counts and offsets are read by kernels. */
typedef struct model_graph {
    struct model_where where;
    cudaGraphExec_t exec; /* NULL: this was run once */
    unsigned long last;   /* when it was used; 0: never */
} model_graph;

enum { MODEL_GRAPHS = 16 };

struct model_cuda {
    cudaLibrary_t library;
    cudaKernel_t kernel[KERNELS];
    cudaStream_t own, stream, caller; /* stream: what is enqueued goes there; caller: while a graph is made */
    cudaEvent_t done;                 /* the last run */
    model_slot slot[2], *now;
    int32_t sequences; /* that there is room for in this run */
    model_graph graph[MODEL_GRAPHS], *made;
    unsigned long runs;
    int overlaps; /* a kernel may begin while the one before it ends */
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

/* A batch that was too large is no reason to refuse the next one; what else went wrong stays. */
static void recover(struct model_cuda *gpu)
{
    if (gpu->error == cudaErrorMemoryAllocation) {
        gpu->error = cudaSuccess;
        (void)cudaGetLastError();
    }
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
    cudaLaunchAttribute attribute;
    memset(&config, 0, sizeof config);
    memset(&attribute, 0, sizeof attribute);
    for (int i = 0; i < n; i++) {
        at[i] = (void *)(uintptr_t)&argument[i];
    }
    config.gridDim.x = shape.blocks;
    config.blockDim.x = shape.threads;
    config.gridDim.y = config.gridDim.z = config.blockDim.y = config.blockDim.z = 1;
    config.dynamicSmemBytes = shape.shared;
    config.stream = gpu->stream;
    if (gpu->overlaps) {
        attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
        attribute.val.programmaticStreamSerializationAllowed = 1;
        config.attrs = &attribute;
        config.numAttrs = 1;
    }
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

/* ---- a run --------------------------------------------------------------------------------------------------------- */

/* Rows are rounded up to a bucket, an eighth more at most, so that batches of about one size find everything in one place. */
static int64_t room(int64_t rows)
{
    int64_t step = 64;
    while (step * 8 < rows) {
        step *= 2;
    }
    return (rows + step - 1) / step * step;
}

/* The slot of this run, once what was in it is on the GPU. */
static int take_slot(struct model_cuda *gpu, size_t bytes)
{
    model_slot *const slot = &gpu->slot[gpu->runs++ % 2];
    good(gpu, cudaEventSynchronize(slot->sent));
    if (bytes > slot->bytes) {
        void *at = NULL;
        cudaFreeHost(slot->at);
        slot->at = NULL;
        slot->bytes = 0;
        if (!good(gpu, cudaMallocHost(&at, bytes))) {
            return 0;
        }
        slot->at = at;
        slot->bytes = bytes;
    }
    gpu->now = slot;
    memset(slot->at, 0, bytes);
    return gpu->error == cudaSuccess;
}

static size_t batch_bytes(const struct model_cuda *gpu)
{
    return MODEL_OFFSETS_AT + ((size_t)gpu->sequences + 1) * sizeof(int32_t) * GIVEN_OFFSETS;
}

/* Room for the batch's struct, its faults, and the offsets of so many dims. */
static int begin_run(struct model_cuda *gpu, void *stream, int32_t sequences)
{
    cudaStream_t wanted = stream ? stream : gpu->own;
    recover(gpu);
    if (wanted != gpu->stream) { /* the last run, wherever it is, ends before this one begins */
        good(gpu, cudaStreamWaitEvent(wanted, gpu->done, 0));
        gpu->stream = wanted;
    }
    gpu->sequences = sequences;
#if PUTS_STRUCTS
    gpu->structs_n = 0;
    if (!reserve(gpu, &gpu->structs, MODEL_STRUCTS)) {
        return 0;
    }
#endif
    return reserve(gpu, &gpu->batch, batch_bytes(gpu)) && take_slot(gpu, batch_bytes(gpu));
}

static int *faults(struct model_cuda *gpu)
{
    return (int *)(void *)gpu->batch.at;
}

#if GIVEN_OFFSETS
static const int32_t *put_offsets(struct model_cuda *gpu, int dim, const int32_t *begin, int32_t sequences)
{
    const size_t at = MODEL_OFFSETS_AT + (size_t)dim * ((size_t)gpu->sequences + 1) * sizeof *begin;
    memcpy(gpu->now->at + at, begin, ((size_t)sequences + 1) * sizeof *begin);
    return (const int32_t *)(const void *)(gpu->batch.at + at);
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

/* All that this batch brings goes in one copy. */
static const struct model_batch *put_batch(struct model_cuda *gpu, const struct model_batch *batch)
{
    memcpy(gpu->now->at + MODEL_BATCH_AT, batch, sizeof *batch);
    copy_in(gpu, gpu->batch.at, gpu->now->at, batch_bytes(gpu));
    good(gpu, cudaEventRecord(gpu->now->sent, gpu->stream));
    return (const struct model_batch *)(const void *)(gpu->batch.at + MODEL_BATCH_AT);
}

/* ---- graphs -------------------------------------------------------------------------------------------------------- */

#if PUTS_STRUCTS /* of the host: what is enqueued depends on the batch */
static int replay(struct model_cuda *gpu, const struct model_where *where)
{
    (void)where;
    return gpu->error != cudaSuccess;
}

static void keep_graph(struct model_cuda *gpu)
{
    (void)gpu;
}
#else
/* The graph of a run with everything in the same places is launched: 1. Otherwise 0, and, if there was one, what is enqueued until
 * keep_graph becomes the graph. A run whose places are new is enqueued as it is: they may never come again. */
static int replay(struct model_cuda *gpu, const struct model_where *where)
{
    model_graph *graph = &gpu->graph[0];
    for (int i = 0; i < MODEL_GRAPHS; i++) {
        if (gpu->graph[i].last && memcmp(&gpu->graph[i].where, where, sizeof *where) == 0) {
            gpu->made = &gpu->graph[i];
            gpu->made->last = gpu->runs;
            if (gpu->made->exec) {
                good(gpu, cudaGraphLaunch(gpu->made->exec, gpu->stream));
                gpu->made = NULL;
                return 1;
            }
            gpu->caller = gpu->stream;
            gpu->stream = gpu->own;
            return !good(gpu, cudaStreamBeginCapture(gpu->own, cudaStreamCaptureModeThreadLocal));
        }
        graph = gpu->graph[i].last < graph->last ? &gpu->graph[i] : graph;
    }
    if (graph->exec) {
        good(gpu, cudaStreamSynchronize(gpu->stream)); /* it may still run */
        cudaGraphExecDestroy(graph->exec);
    }
    memset(graph, 0, sizeof *graph);
    graph->where = *where;
    graph->last = gpu->runs;
    return gpu->error != cudaSuccess;
}

static void keep_graph(struct model_cuda *gpu)
{
    model_graph *const made = gpu->made;
    cudaGraph_t graph = NULL;
    if (!made) {
        return;
    }
    gpu->made = NULL;
    good(gpu, cudaStreamEndCapture(gpu->own, &graph));
    gpu->stream = gpu->caller;
    if (gpu->error == cudaSuccess && good(gpu, cudaGraphInstantiate(&made->exec, graph, 0))) {
        good(gpu, cudaGraphLaunch(made->exec, gpu->stream));
    }
    if (graph) {
        cudaGraphDestroy(graph);
    }
}
#endif

static model_status end_run(struct model_cuda *gpu)
{
    good(gpu, cudaEventRecord(gpu->done, gpu->stream));
    return status_of(gpu->error);
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
