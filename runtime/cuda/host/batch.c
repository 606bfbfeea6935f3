/* batch.c - what a batch brings, and the begin and end of its run */
#include "host.h"

/* Rows are rounded up to a bucket, an eighth more at most, so that batches of about one size find everything in one place. */
static int64_t room(int64_t rows)
{
    int64_t step = 64;
    while (step * 8 < rows) {
        step *= 2;
    }
    return (rows + step - 1) / step * step;
}

/* The slot of this run, once what was in it is on the GPU. That of a graph of the caller's stays as it is. */
static int take_slot(struct model_cuda *gpu, size_t bytes)
{
    model_slot *const slot = gpu->captures ? &gpu->once : &gpu->slot[gpu->runs++ % 2];
    if (gpu->captures) {
        slot->at = allocate(gpu, bytes, 1);
        if (!slot->at || !keep(gpu, NULL, slot->at)) {
            return 0;
        }
    } else if (!good(gpu, cudaEventSynchronize(slot->sent)) || !reserve_pinned(gpu, &slot->at, &slot->bytes, bytes)) {
        return 0;
    }
    gpu->now = slot;
    memset(slot->at, 0, bytes);
    return gpu->error == cudaSuccess;
}

/* Behind offsets, where lists of tiles are. */
static size_t lists_at(const struct model_cuda *gpu)
{
    return MODEL_OFFSETS_AT + ((size_t)gpu->sequences + 1) * sizeof(int32_t) * GIVEN_OFFSETS;
}

static size_t batch_bytes(const struct model_cuda *gpu)
{
    return lists_at(gpu) + (LISTS_TILES + (size_t)gpu->tiles * 2) * sizeof(int32_t);
}

/* A run that became part of a graph of the caller's is over. */
static void leave_capture(struct model_cuda *gpu)
{
    if (gpu->captures) {
        gpu->stream = gpu->before;
        gpu->captures = 0;
    }
    free(gpu->struct_copy);
    gpu->struct_copy = NULL;
}

/* Where this run goes. The last one, wherever it is, ends before; but for what the caller captures, which runs when he says so. */
static void choose_stream(struct model_cuda *gpu, cudaStream_t wanted)
{
    enum cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
    if (wanted != gpu->own) {
        good(gpu, cudaStreamIsCapturing(wanted, &status));
    }
    if (status != cudaStreamCaptureStatusNone) {
        gpu->captures = gpu->lent = 1;
        gpu->before = gpu->stream;
        gpu->stream = wanted;
    } else if (wanted != gpu->stream) {
        good(gpu, cudaStreamWaitEvent(wanted, gpu->done, 0));
        gpu->stream = wanted;
    }
}

/* Room for structs of the host's. */
static int begin_structs(struct model_cuda *gpu)
{
#if PUTS_STRUCTS
    gpu->structs_n = 0;
    if (gpu->captures) {
        gpu->struct_copy = malloc(MODEL_STRUCTS);
        unsigned char *const at = gpu->struct_copy ? allocate(gpu, MODEL_STRUCTS, 0) : NULL;
        if (!at) {
            return good(gpu, cudaErrorMemoryAllocation);
        }
        const model_memory old = gpu->structs;
        gpu->structs = (model_memory){at, MODEL_STRUCTS};
        return !old.at || keep(gpu, old.at, NULL);
    }
    return reserve(gpu, &gpu->structs, MODEL_STRUCTS);
#else
    (void)gpu;
    return 1;
#endif
}

/* Room for the batch's struct, its faults, the offsets of dims of so many sequences, and so many tiles of them. */
static int begin_run(struct model_cuda *gpu, void *stream, int32_t sequences, int64_t tiles)
{
    leave_capture(gpu);
    recover(gpu);
    choose_stream(gpu, stream ? stream : gpu->own);
    gpu->sequences = sequences;
    gpu->tiles = tiles;
    gpu->listed = 0;
    return gpu->error == cudaSuccess && begin_structs(gpu) && reserve(gpu, &gpu->batch, batch_bytes(gpu)) &&
           take_slot(gpu, batch_bytes(gpu));
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

#if LISTS_TILES
/* Pairs of a length and a sequence: the longest first. */
static int is_shorter(const void *a, const void *b)
{
    const int32_t *const one = a, *const other = b;
    return one[0] != other[0] ? (one[0] < other[0] ? 1 : -1) : one[1] < other[1] ? -1 : 1;
}

/* Work by tiles of a dim's positions, no more than `most`: how many; of each its sequence and its first position. Tiles of long sequences,
 * and of these the last, come first: they have the most to do. A tile has 64 positions, 128 where there are more than 256. */
static const int32_t *put_tiles(struct model_cuda *gpu, const int32_t *begin, int32_t sequences, int64_t most)
{
    const size_t at = lists_at(gpu) + gpu->listed * sizeof *begin;
    int32_t *const list = (int32_t *)(void *)(gpu->now->at + at), *const order = list + 1 + 2 * (most - sequences); /* where none is yet */
    int32_t n = 0;
    for (int32_t s = 0; s < sequences; s++) {
        order[2 * s] = begin[s + 1] - begin[s];
        order[2 * s + 1] = s;
    }
    qsort(order, (size_t)sequences, 2 * sizeof *order, is_shorter);
    for (int32_t k = 0; k < sequences; k++) {
        const int32_t length = order[2 * k], s = order[2 * k + 1], tile = length > 256 ? 128 : 64;
        for (int32_t left = (length + tile - 1) / tile; left > 0; left--, n++) {
            list[1 + 2 * n] = s;
            list[2 + 2 * n] = (left - 1) * tile;
        }
    }
    list[0] = n;
    gpu->listed += 1 + 2 * (size_t)most;
    return (const int32_t *)(const void *)(gpu->batch.at + at);
}
#endif

#if PUTS_STRUCTS
/* A copy of one of the host's structs, until the next run. */
static const void *put_struct(struct model_cuda *gpu, const void *from, size_t bytes)
{
    unsigned char *const at = gpu->structs.at + gpu->structs_n;
    if (bytes > gpu->structs.bytes - gpu->structs_n) {
        good(gpu, cudaErrorMemoryAllocation);
        return NULL;
    }
    if (gpu->struct_copy) {
        memcpy(gpu->struct_copy + gpu->structs_n, from, bytes);
    } else {
        copy_in(gpu, gpu->stream, at, from, bytes);
    }
    gpu->structs_n += (bytes + 63) / 64 * 64;
    return at;
}
#endif

/* All that this batch brings goes in one copy. */
static const struct model_batch *put_batch(struct model_cuda *gpu, const struct model_batch *batch)
{
    memcpy(gpu->now->at + MODEL_BATCH_AT, batch, sizeof *batch);
    copy_in(gpu, gpu->stream, gpu->batch.at, gpu->now->at, batch_bytes(gpu));
    if (!gpu->captures) {
        good(gpu, cudaEventRecord(gpu->now->sent, gpu->stream));
    }
    return (const struct model_batch *)(const void *)(gpu->batch.at + MODEL_BATCH_AT);
}

/* Structs that a graph's kernels read are there before it runs. */
static void send_structs(struct model_cuda *gpu)
{
    if (gpu->struct_copy && gpu->structs_n) {
        enum cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
        good(gpu, cudaThreadExchangeStreamCaptureMode(&mode));
        copy_in(gpu, gpu->own, gpu->structs.at, gpu->struct_copy, gpu->structs_n);
        good(gpu, cudaStreamSynchronize(gpu->own));
        good(gpu, cudaThreadExchangeStreamCaptureMode(&mode));
    }
}

static model_status end_run(struct model_cuda *gpu)
{
    if (gpu->captures) {
        send_structs(gpu);
    } else {
        good(gpu, cudaEventRecord(gpu->done, gpu->stream));
    }
    leave_capture(gpu);
    return status_of(gpu->error);
}

static model_status status_of_faults(const int *fault)
{
    for (int k = 1; k < MODEL_FAULTS; k++) {
        if (fault[k]) {
            return (model_status)k;
        }
    }
    return fault[0] ? MODEL_FAULT : MODEL_OK;
}

model_status model_cuda_wait(model_cuda *gpu)
{
    int fault[MODEL_FAULTS] = {0};
    if (gpu->batch.at) {
        copy_out(gpu, gpu->stream, fault, gpu->batch.at, sizeof fault);
    }
    good(gpu, cudaStreamSynchronize(gpu->stream));
    const model_status status = status_of(gpu->error);
    return status == MODEL_OK ? status_of_faults(fault) : status;
}
