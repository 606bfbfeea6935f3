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
