/* lane.c - batches whose arrays are in the host's memory: copied there while the one before runs, and back while the next one does */
#include "host.h"

/* The lane with room for so many bytes of arrays, NULL on failure. */
static model_lane *take_lane(struct model_cuda *gpu, int number, size_t bytes)
{
    model_lane *const lane = &gpu->lane[number];
    good(gpu, lane->error); /* found by model_cuda_receive */
    lane->error = cudaSuccess;
    recover(gpu);
    lane->arrays = 0;
    return gpu->error == cudaSuccess && good(gpu, cudaEventSynchronize(lane->sent)) && reserve(gpu, &lane->there, bytes) &&
                   reserve_pinned(gpu, &lane->here, &lane->bytes, bytes)
               ? lane
               : NULL;
}

/* An array that is read: its place there. */
static void *lane_read(model_lane *lane, size_t at, const void *from, size_t bytes)
{
    if (from && bytes) {
        memcpy(lane->here + at, from, bytes);
    }
    return from ? lane->there.at + at : NULL;
}

/* An array that is written. */
static void *lane_written(model_lane *lane, size_t at, void *to, size_t bytes)
{
    lane->array[lane->arrays].to = to;
    lane->array[lane->arrays].at = at;
    lane->array[lane->arrays++].bytes = bytes;
    return lane->there.at + at;
}

/* What is read is on its way, and the run waits for it. */
static model_status lane_send(struct model_cuda *gpu, model_lane *lane, size_t from, size_t to)
{
    copy_in(gpu, gpu->in, lane->there.at + from, lane->here + from, to - from);
    good(gpu, cudaEventRecord(lane->sent, gpu->in));
    good(gpu, cudaStreamWaitEvent(gpu->own, lane->sent, 0));
    return status_of(gpu->error);
}

/* Behind the run: what went wrong, then what was written. */
static model_status lane_return(struct model_cuda *gpu, model_lane *lane, model_status status, size_t from, size_t to)
{
    if (status == MODEL_OK) {
        copy_out(gpu, gpu->own, lane->here, gpu->batch.at, MODEL_FAULTS * sizeof(int));
        good(gpu, cudaEventRecord(lane->ran, gpu->own));
        good(gpu, cudaStreamWaitEvent(gpu->out, lane->ran, 0));
        copy_out(gpu, gpu->out, lane->here + from, lane->there.at + from, to - from);
        good(gpu, cudaEventRecord(lane->done, gpu->out));
        status = status_of(gpu->error);
    }
    lane->busy = status == MODEL_OK;
    if (!lane->busy) { /* nothing that is under way may meet the next batch */
        (void)cudaStreamSynchronize(gpu->in);
        (void)cudaStreamSynchronize(gpu->own);
        (void)cudaStreamSynchronize(gpu->out);
    }
    return status;
}

/* Touches nothing but the lane: another one may be sent by another thread. */
model_status model_cuda_receive(model_cuda *gpu, int number)
{
    if (!gpu || number < 0 || number >= MODEL_CUDA_LANES || !gpu->lane[number].busy) {
        return MODEL_BAD_BATCH;
    }
    model_lane *const lane = &gpu->lane[number];
    lane->error = cudaEventSynchronize(lane->done);
    lane->busy = 0;
    model_status status = status_of(lane->error);
    status = status == MODEL_OK ? status_of_faults((const int *)(const void *)lane->here) : status;
    for (int i = 0; i < lane->arrays && status == MODEL_OK; i++) {
        memcpy(lane->array[i].to, lane->here + lane->array[i].at, lane->array[i].bytes);
    }
    return status;
}
