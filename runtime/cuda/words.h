/* words.h - what kernels are written in
 *
 * Every kernel parameter is 8 bytes wide: a pointer, or an int64_t. Work is dealt by grid-stride loops, so any grid computes the same. */
#ifndef MODEL_CUDA_WORDS_H
#define MODEL_CUDA_WORDS_H

#include <stdint.h>

/* A loop whose turns stand one after the other, so that arrays it goes over are in registers; one that stays a loop; two
 * turns at a time. */
#ifdef __CUDACC__
#define UNROLLED _Pragma("unroll")
#define ROLLED   _Pragma("unroll 1")
#define UNROLLED_BY_2 _Pragma("unroll 2")
#else
#define UNROLLED
#define ROLLED
#define UNROLLED_BY_2
#endif

/* The first item of this thread, and how far it is to its next one. */
static __device__ __forceinline__ int64_t grid_first(void)
{
    return (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
}

static __device__ __forceinline__ int64_t grid_step(void)
{
    return (int64_t)gridDim.x * blockDim.x;
}

/* What all threads of the block, or of the warp, would do alike is done by one. */
static __device__ __forceinline__ int leads_block(void)
{
    return threadIdx.x == 0;
}

static __device__ __forceinline__ int leads_warp(void)
{
    return threadIdx.x % 32 == 0;
}

#ifdef __CUDACC__
/* First of all in each kernel, which may have begun while the one before it still ran: waits until what that one wrote is there. */
static __device__ __forceinline__ void grid_wait(void)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}
#endif

#endif
