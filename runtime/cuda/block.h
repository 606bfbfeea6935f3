/* block.h - sums by one block of 256 threads */
#ifndef MODEL_CUDA_BLOCK_H
#define MODEL_CUDA_BLOCK_H

#include <stdint.h>

/* The sum of `value` over the threads up to this one, and over all of them. Not static: what it shares would be named by the folder. */
__device__ __forceinline__ int64_t sum_up_to(int64_t value, int64_t *all)
{
    __shared__ int64_t part[2][256];
    const int me = (int)threadIdx.x;
    int now = 0;
    part[0][me] = value;
    for (int by = 1; by < 256; by *= 2, now = 1 - now) {
        __syncthreads();
        part[1 - now][me] = part[now][me] + (me < by ? 0 : part[now][me - by]);
    }
    __syncthreads();
    const int64_t sum = part[now][me];
    *all = part[now][255];
    __syncthreads();
    return sum;
}

/* Behind begin[0] stand n lengths: they become offsets. What would lie beyond `most` is a fault, and ends there. */
static __device__ __forceinline__ void add_up(int32_t *begin, int32_t n, int64_t most, int32_t *fault)
{
    int64_t before = 0, all;
    if (leads_block()) {
        begin[0] = 0;
    }
    for (int32_t first = 0; first < n; first += 256, before += all) {
        const int32_t at = first + (int32_t)threadIdx.x;
        const int64_t end = before + sum_up_to(at < n ? begin[at + 1] : 0, &all);
        if (at < n) {
            begin[at + 1] = (int32_t)(end < most ? end : most);
            if (end > most) {
                *fault = 1;
            }
        }
    }
    __syncthreads();
}

/* The same, of products of lengths. */
static __device__ __forceinline__ void add_up_i64(int64_t *begin, int32_t n)
{
    int64_t before = 0, all;
    if (leads_block()) {
        begin[0] = 0;
    }
    for (int32_t first = 0; first < n; first += 256, before += all) {
        const int32_t at = first + (int32_t)threadIdx.x;
        const int64_t sum = sum_up_to(at < n ? begin[at + 1] : 0, &all);
        if (at < n) {
            begin[at + 1] = before + sum;
        }
    }
    __syncthreads();
}

#endif
