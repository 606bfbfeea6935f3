/* block.h - sums by one block of 256 threads */
#ifndef MODEL_CUDA_BLOCK_H
#define MODEL_CUDA_BLOCK_H

#include <stdint.h>

/* The sum of `value` over the threads before this one. Not static: what it shares would be named by the folder. */
__device__ __forceinline__ int64_t sum_before(int64_t value)
{
    __shared__ int64_t part[2][256];
    const int me = (int)threadIdx.x;
    int now = 0;
    part[0][me] = value;
    for (int by = 128; by > 0; by /= 2, now = 1 - now) { /* in any order */
        __syncthreads();
        part[1 - now][me] = part[now][me] + (me < by ? 0 : part[now][me - by]);
    }
    return part[now][me] - value;
}

/* Behind begin[0] stand n lengths: they become offsets. What would lie beyond `most` is a fault, and ends there. */
static __device__ __forceinline__ void add_up(int32_t *begin, int32_t n, int64_t most, int32_t *fault)
{
    const int32_t each = (n + 255) / 256, first = (int32_t)threadIdx.x * each;
    int64_t sum = 0;
    __syncthreads();
    for (int32_t i = first; i < first + each && i < n; i++) {
        sum += begin[i + 1];
    }
    sum = sum_before(sum);
    if (leads_block()) {
        begin[0] = 0;
    }
    for (int32_t i = first; i < first + each && i < n; i++) {
        sum += begin[i + 1];
        const int beyond = sum > most;
        begin[i + 1] = (int32_t)(beyond ? most : sum);
        if (beyond) {
            *fault = 1;
        }
    }
    __syncthreads();
}

/* The same, of products of lengths. */
static __device__ __forceinline__ void add_up_i64(int64_t *begin, int32_t n)
{
    const int32_t each = (n + 255) / 256, first = (int32_t)threadIdx.x * each;
    int64_t sum = 0;
    __syncthreads();
    for (int32_t i = first; i < first + each && i < n; i++) {
        sum += begin[i + 1];
        begin[i + 1] = sum;
    }
    const int64_t before = sum_before(sum);
    if (leads_block()) {
        begin[0] = 0;
    }
    for (int32_t i = first; i < first + each && i < n; i++) {
        begin[i + 1] += before;
    }
    __syncthreads();
}

#endif
