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
        gpu->block = (model_shape){1, 256, 0};
        gpu->all = (model_shape){processors * 8, 256, 0};
        gpu->blocks = (model_shape){processors * 4, 256, 0}; /* no more than workers, whose rooms they use */
        gpu->workers = (model_shape){processors, 32, 0};
        gpu->overlaps = about.major >= 9;
        gpu->beside = (model_shape){about.major == 9 ? processors : 0, 384, 0};
        gpu->workers_n = (int32_t)(gpu->workers.blocks * gpu->workers.threads);
        snprintf(gpu->name, sizeof gpu->name, "%.256s, %u multiprocessors", about.name, processors);
    }
}

#if USES_MAPS
/* By the driver; at the head of each array of halves, before its rows. */
static int make_maps(struct model_cuda *gpu)
{
    typedef CUresult encode_fn(CUtensorMap *, CUtensorMapDataType, cuuint32_t, void *, const cuuint64_t *, const cuuint64_t *,
                               const cuuint32_t *, const cuuint32_t *, CUtensorMapInterleave, CUtensorMapSwizzle, CUtensorMapL2promotion,
                               CUtensorMapFloatOOBfill);
    enum cudaDriverEntryPointQueryResult found;
    void *entry = NULL;
    encode_fn *encode;
    if (cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found) != cudaSuccess || !entry) {
        return 0;
    }
    memcpy(&encode, &entry, sizeof entry);
    for (size_t i = 0; i < REPACKS; i++) {
        const struct model_repack *const r = &model_repacks[i];
        const cuuint64_t size[2] = {(cuuint64_t)r->row, (cuuint64_t)r->rows}, apart[1] = {(cuuint64_t)r->row * 2};
        const cuuint32_t box[2] = {64, 64}, each[2] = {1, 1};
        CUtensorMap map;
        if (r->kind == REPACK_BF16 || r->kind == REPACK_F16) {
            if (encode(&map, CU_TENSOR_MAP_DATA_TYPE_UINT16, 2, gpu->weights.at + r->to, size, apart, box, each,
                       CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                       CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE)) {
                return 0;
            }
            copy_in(gpu, gpu->stream, gpu->weights.at + r->to - sizeof map, &map, sizeof map);
            good(gpu, cudaStreamSynchronize(gpu->stream));
        }
    }
    return 1;
}
#endif

#if USES_SM90
/* Kernels for sm_90a are started where this GPU runs that code; else those for every GPU. */
static void find_beside(struct model_cuda *gpu)
{
    int32_t *const there = (int32_t *)(void *)(gpu->weights.at + model_weights_all - 64), says = 0;
    if (gpu->beside.blocks) {
        launch(gpu, RUN_runs_sm90, gpu->one, 1, (const void *const[]){there});
        good(gpu, cudaMemcpyAsync(&says, there, sizeof says, cudaMemcpyDeviceToHost, gpu->stream));
        good(gpu, cudaStreamSynchronize(gpu->stream));
#if USES_MAPS
        says = says && make_maps(gpu);
#endif
        gpu->beside.blocks = says ? gpu->beside.blocks : 0;
    }
}
#endif

#if REPACKS
/* The largest array that is here for as long only as others are made of it. */
static size_t window_bytes(void)
{
    int64_t most = 0;
    for (size_t i = 0; i < REPACKS; i++) {
        most = model_repacks[i].kept < 0 && model_repacks[i].bytes > most ? model_repacks[i].bytes : most;
    }
    return (size_t)most;
}

/* What products read is made of arrays that pass through a window, but for those that kernels read too. First in it is the table. */
static void make_weights(struct model_cuda *gpu)
{
    const unsigned char *const block = (const unsigned char *)(const void *)model_weights_data;
    const size_t table = (sizeof model_repacks + 63) / 64 * 64;
    model_memory window = {NULL, 0};
    int64_t inside = -1;
    if (!reserve(gpu, &window, table + window_bytes())) {
        return;
    }
    copy_in(gpu, gpu->stream, window.at, model_repacks, sizeof model_repacks);
    for (size_t i = 0; i < REPACKS; i++) {
        const struct model_repack *const r = &model_repacks[i];
        if (r->kept < 0 && r->from != inside) {
            copy_in(gpu, gpu->stream, window.at + table, block + r->from, (size_t)r->bytes);
            inside = r->from;
        }
        const unsigned char *const from = r->kept < 0 ? window.at + table : gpu->weights.at + r->kept;
        launch(gpu, RUN_repack_weights, gpu->all, 3, (const void *const[]){window.at + i * sizeof *r, from + r->first, gpu->weights.at});
    }
    good(gpu, cudaStreamSynchronize(gpu->stream));
    (void)cudaFree(window.at);
}
#endif

/* The table of weights has pointers as if the block of the host were the memory of the GPU. */
static void place_weights(struct model_cuda *gpu)
{
    gpu->placed = model_weights;
    if (!reserve(gpu, &gpu->weights, model_weights_all)) {
        return;
    }
#if PIECES
    for (size_t i = 0; i < PIECES; i++) {
        const unsigned char *const from = (const unsigned char *)(const void *)model_weights_data + model_pieces[i][0];
        copy_in(gpu, gpu->own, gpu->weights.at + model_pieces[i][1], from, model_pieces[i][2]);
    }
#endif
#if REPACKS
    make_weights(gpu);
#endif
#if USES_SM90
    find_beside(gpu);
#endif
    const uintptr_t host = (uintptr_t)model_weights_data;
    unsigned char *const placed = (unsigned char *)gpu + offsetof(struct model_cuda, placed);
    for (size_t i = 0; i < sizeof gpu->placed / sizeof(void *); i++) {
        const void *pointer;
        memcpy(&pointer, placed + i * sizeof pointer, sizeof pointer);
        pointer = gpu->weights.at + ((uintptr_t)pointer - host);
        memcpy(placed + i * sizeof pointer, &pointer, sizeof pointer);
    }
}

/* Streams and events. */
static void make_streams(struct model_cuda *gpu)
{
    cudaStream_t *const stream[] = {&gpu->own, &gpu->in, &gpu->out};
    for (int i = 0; i < 3 && gpu->error == cudaSuccess; i++) {
        good(gpu, cudaStreamCreateWithFlags(stream[i], cudaStreamNonBlocking));
    }
    gpu->stream = gpu->own;
    cudaEvent_t *event[3 + 3 * MODEL_CUDA_LANES] = {&gpu->done, &gpu->slot[0].sent, &gpu->slot[1].sent};
    for (int i = 0; i < MODEL_CUDA_LANES; i++) {
        event[3 + 3 * i] = &gpu->lane[i].sent;
        event[4 + 3 * i] = &gpu->lane[i].ran;
        event[5 + 3 * i] = &gpu->lane[i].done;
    }
    for (int i = 0; i < 3 + 3 * MODEL_CUDA_LANES && gpu->error == cudaSuccess; i++) {
        good(gpu, cudaEventCreateWithFlags(event[i], cudaEventDisableTiming));
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
    gpu->number = number;
    find_kernels(gpu);
    size_grids(gpu, number);
    if (gpu->error == cudaSuccess) {
        make_streams(gpu);
    }
    if (gpu->error == cudaSuccess) {
        place_weights(gpu);
#if MULTIPLIED
        open_library(gpu);
#endif
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

static void destroy_stream(cudaStream_t stream)
{
    if (stream) {
        (void)cudaStreamDestroy(stream);
    }
}

static void destroy_event(cudaEvent_t event)
{
    if (event) {
        (void)cudaEventDestroy(event);
    }
}

static void drop_graph(model_graph *graph)
{
    if (graph->exec) {
        (void)cudaGraphExecDestroy(graph->exec);
    }
    (void)cudaFree(graph->structs.at);
    memset(graph, 0, sizeof *graph);
}

/* Whatever CUDA says now, nothing is left. */
void model_cuda_close(model_cuda *gpu)
{
    if (!gpu) {
        return;
    }
    const cudaStream_t stream[] = {gpu->stream, gpu->in, gpu->own, gpu->out};
    for (int i = 0; i < 4; i++) {
        if (stream[i]) {
            (void)cudaStreamSynchronize(stream[i]);
        }
    }
    for (int i = 0; i < MODEL_GRAPHS; i++) {
        drop_graph(&gpu->graph[i]);
    }
    for (int i = 0; i < 2; i++) {
        (void)cudaFreeHost(gpu->slot[i].at);
        destroy_event(gpu->slot[i].sent);
    }
    for (int i = 0; i < MODEL_CUDA_LANES; i++) {
        (void)cudaFreeHost(gpu->lane[i].here);
        (void)cudaFree(gpu->lane[i].there.at);
        destroy_event(gpu->lane[i].sent);
        destroy_event(gpu->lane[i].ran);
        destroy_event(gpu->lane[i].done);
    }
    while (gpu->kept) {
        model_kept *const kept = gpu->kept;
        gpu->kept = kept->next;
        (void)cudaFree(kept->there);
        (void)cudaFreeHost(kept->here);
        free(kept);
    }
#if MULTIPLIED
    close_library(gpu);
#endif
    (void)cudaFree(gpu->weights.at);
    (void)cudaFree(gpu->arena.at);
    (void)cudaFree(gpu->batch.at);
    (void)cudaFree(gpu->structs.at);
    destroy_event(gpu->done);
    destroy_stream(gpu->own);
    destroy_stream(gpu->in);
    destroy_stream(gpu->out);
    if (gpu->library) {
        (void)cudaLibraryUnload(gpu->library);
    }
    free(gpu->struct_copy);
    free(gpu);
}

const char *model_cuda_name(const model_cuda *gpu)
{
    return gpu->name;
}
