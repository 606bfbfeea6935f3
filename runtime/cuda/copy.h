/* copy.h - 16 or 4 bytes at a time from the GPU's memory to shared memory, beside what is computed */
#ifndef MODEL_CUDA_COPY_H
#define MODEL_CUDA_COPY_H

#ifdef __CUDACC__
/* The shared memory that a launch asks for, aligned to 1024 bytes. */
#define shared_memory(type, name)                                       \
    extern __shared__ __align__(1024) unsigned char dynamic_shared[]; \
    type *const name = (type *)(void *)dynamic_shared

/* For __launch_bounds__: the compiler is to keep to the registers that let two blocks of so many bytes of it be on a multiprocessor, if its
 * shared memory does, and if that is wanted. */
#if defined(__CUDA_ARCH__) && (__CUDA_ARCH__ == 860 || __CUDA_ARCH__ == 890 || __CUDA_ARCH__ >= 1200)
#define SHARED_MEMORY 102400
#else
#define SHARED_MEMORY 167936
#endif
#define two_blocks(wanted, bytes) ((wanted) && 2 * ((bytes) + 1024) <= SHARED_MEMORY ? 2 : 1)

/* Begins a copy; where `takes` is 0 zeros are written and nothing is read. Both are aligned to 16 bytes. */
static __device__ __forceinline__ void copy_async(void *shared, const void *from, int takes)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((uint32_t)__cvta_generic_to_shared(shared)), "l"(from),
                 "r"(takes ? 16 : 0)
                 : "memory");
}

/* The same for 4 bytes. */
static __device__ __forceinline__ void copy_async_4(void *shared, const void *from, int takes)
{
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"((uint32_t)__cvta_generic_to_shared(shared)), "l"(from),
                 "r"(takes ? 4 : 0)
                 : "memory");
}

/* What this thread has begun since the last one is a group. */
static __device__ __forceinline__ void copy_group(void)
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}

/* Waits until no more than the last `n` groups of this thread are under way. Other threads' copies need a barrier besides. */
#define copy_wait(n) asm volatile("cp.async.wait_group %0;" ::"n"(n) : "memory")
#endif

/* Is this a multiple of 16 bytes? */
static __device__ __forceinline__ int is_on_16(const void *at)
{
    return !((uintptr_t)at % 16);
}

/* Four floats, of which the first n are copied and the others are 0: at once, if they lie on 16 bytes. Where 8 lanes have 8 rows of 4 more
 * than a multiple of 8 floats, and the next 8 lanes the next 4 numbers of each, they begin with another of the four: other banks. */
static __device__ __forceinline__ void copy_async_floats(float *shared, const float *from, int n)
{
    if (!n || (n / 4 && is_on_16(from))) {
        copy_async(shared, n ? from : shared, n);
    } else {
        for (int k = 0; k < 4; k++) {
            const int i = (k + (int)threadIdx.x / 8) % 4, takes = i < n;
            copy_async_4(shared + i, from + (takes ? i : 0), takes);
        }
    }
}

#endif
