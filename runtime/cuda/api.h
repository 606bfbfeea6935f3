/* api.h - a model on a GPU */
#ifndef MODEL_CUDA_API_H
#define MODEL_CUDA_API_H

/* One GPU with the weights and memory for its runs. Several may be open, also of one GPU, each used by a thread of its own; functions of
 * one are called by one thread at a time, but for model_cuda_receive. */
typedef struct model_cuda model_cuda;

/* The GPU of this number, from 0. On failure *gpu is NULL and the status says why: without a driver, with one that is too old, and without
 * kernels for this kind of GPU these are three. */
model_status model_cuda_open(model_cuda **gpu, int number);
void model_cuda_close(model_cuda *gpu);

/* As model_run. Offsets (begin..) that the caller gives are in the host's memory; all other arrays are in the GPU's: inputs, outputs,
 * states, and offsets that the model makes. `stream` is a cudaStream_t, NULL for one of the context's own. Returns once everything is
 * enqueued; io and its offsets may then be reused. Further batches may be enqueued before, with outputs in other places.
 *
 * A stream that is being captured: the run, with these offsets, becomes part of the caller's graph. What arrays hold may be another thing
 * at each launch; the graph and other runs of this context follow each other by the caller's doing, and it is launched no more once the
 * context is closed. */
model_status model_cuda_run(const model_io *io, model_cuda *gpu, void *stream);

/* Waits for what was enqueued. The status of the last run: on model_BAD_INDEX nothing was written. */
model_status model_cuda_wait(model_cuda *gpu);

/* As model_run, with all arrays in the host's memory. _send returns once the inputs are copied and everything is enqueued; _receive waits
 * for the outputs of the batch that was sent by this lane, 0 to MODEL_CUDA_LANES - 1, and writes them. So one batch is copied while
 * another one runs. On failure of _send nothing is under way. Different threads may call _receive for different lanes, and _send while
 * another one does. */
enum { MODEL_CUDA_LANES = 2 };
model_status model_cuda_send(const model_io *io, model_cuda *gpu, int lane);
model_status model_cuda_receive(model_cuda *gpu, int lane);

/* Both, by lane 0: returns when the outputs are there. */
model_status model_cuda_answer(const model_io *io, model_cuda *gpu);

/* What CUDA said of the last failure. After model_NO_MEMORY the context is as it was. After model_LOST a further run may succeed; if it
 * does not, the context can only be closed. */
const char *model_cuda_trouble(const model_cuda *gpu);

/* "NVIDIA H200, 132 multiprocessors" */
const char *model_cuda_name(const model_cuda *gpu);

#endif
