/* box.h - boxes of a matrix, or rows, in the GPU's memory that one thread has copied to shared memory; from sm_90 on */
#ifndef MODEL_CUDA_BOX_H
#define MODEL_CUDA_BOX_H

#if defined(__CUDACC__) && (!defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900)
/* Before the first copy by a map that lies in the GPU's memory. */
static __device__ __forceinline__ void map_fence(const void *map)
{
    asm volatile("fence.proxy.tensormap::generic.acquire.gpu [%0], 128;" ::"l"(map) : "memory");
}

/* The box of `map` (a CUtensorMap) whose first number is in this column and row; zeros outside of the matrix. Its bytes arrive at the
 * mbarrier. */
static __device__ __forceinline__ void copy_box(void *shared, const void *map, int column, int row, uint64_t *mbarrier)
{
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];" ::"r"(
                     shared_place(shared)),
                 "l"(map), "r"(column), "r"(row), "r"(shared_place(mbarrier))
                 : "memory");
}

/* n bytes, a multiple of 16; both sides lie on 16. */
static __device__ __forceinline__ void copy_bytes(void *shared, const void *from, int n, uint64_t *mbarrier)
{
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(shared_place(shared)),
                 "l"(from), "r"(n), "r"(shared_place(mbarrier))
                 : "memory");
}
#endif

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
/* n floats; arrives at the mbarrier. At once where they lie on 16 bytes. from may be NULL: nothing is copied. */
static __device__ __forceinline__ void copy_row(float *shared, const float *from, int n, uint64_t *mbarrier)
{
    if (from && n % 4 == 0 && is_on_16(from)) {
        mbarrier_expect(mbarrier, n * 4);
        copy_bytes(shared, from, n * 4, mbarrier);
    } else {
        for (int i = 0; from && i < n; i++) {
            shared[i] = from[i];
        }
        fence_async();
        mbarrier_arrive(mbarrier);
    }
}
#endif

#endif
