/* api.h - a model on a GPU */
#ifndef MODEL_CUDA_API_H
#define MODEL_CUDA_API_H

/* One GPU with the weights and memory for one run at a time. Several may be open, also of one GPU. Functions of one are called by one
 * thread at a time. */
typedef struct model_cuda model_cuda;

/* The GPU of this number, from 0. On failure *gpu is NULL and the status says why. */
model_status model_cuda_open(model_cuda **gpu, int number);
void model_cuda_close(model_cuda *gpu);

/* As model_run. Offsets (begin..) that the caller gives are in the host's memory; all other arrays are in the GPU's: inputs, outputs,
 * states, and offsets that the model makes. `stream` is a cudaStream_t, NULL for one of the context's own. Returns once everything is
 * enqueued; io and its offsets may then be reused. */
model_status model_cuda_run(const model_io *io, model_cuda *gpu, void *stream);

/* Waits for what was enqueued. The status of the last run: on model_BAD_INDEX nothing was written. */
model_status model_cuda_wait(model_cuda *gpu);

/* As model_run, with all arrays in the host's memory. Returns when the outputs are there. */
model_status model_cuda_answer(const model_io *io, model_cuda *gpu);

/* What CUDA said of the last failure. */
const char *model_cuda_trouble(const model_cuda *gpu);

/* "NVIDIA H200, 132 multiprocessors" */
const char *model_cuda_name(const model_cuda *gpu);

#endif
