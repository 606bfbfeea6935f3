/* warp.h - values from lane to lane; all 32 lanes take part */
#ifndef MODEL_CUDA_WARP_H
#define MODEL_CUDA_WARP_H

#ifdef __CUDACC__
/* The value of the lane whose number differs in the bits of `mask`. */
static __device__ __forceinline__ float lane_xor(float x, int mask)
{
    return __shfl_xor_sync(0xffffffffu, x, mask);
}

/* The value of one lane. */
static __device__ __forceinline__ float lane_from(float x, int lane)
{
    return __shfl_sync(0xffffffffu, x, lane);
}

/* The value of the lane so many below; one's own where there is none. */
static __device__ __forceinline__ float lane_up(float x, int by)
{
    return __shfl_up_sync(0xffffffffu, x, by);
}

/* As lane_from, of an integer. */
static __device__ __forceinline__ int32_t lane_from_int(int32_t x, int lane)
{
    return __shfl_sync(0xffffffffu, x, lane);
}

/* Bit n: lane n says so. */
static __device__ __forceinline__ uint32_t lanes_where(int says)
{
    return __ballot_sync(0xffffffffu, says);
}

/* How many these are. */
static __device__ __forceinline__ int lanes_count(uint32_t lanes)
{
    return __popc(lanes);
}
#endif

#endif
