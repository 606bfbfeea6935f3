/* barrier.h - warps of a block that wait for each other, some of them or for copies
 *
 * An mbarrier counts, in shared memory: each of its phases ends when all have arrived and all bytes that were expected have come. Who waits
 * names the parity of the phase: 0 for the first, then 1, 0, ...; parity 1 before the first phase ends passes at once. */
#ifndef MODEL_CUDA_BARRIER_H
#define MODEL_CUDA_BARRIER_H

#ifdef __CUDACC__
/* Barrier 1 .. 15, of so many threads in all, whole warps. */
static __device__ __forceinline__ void barrier_wait(int number, int threads)
{
    asm volatile("barrier.sync %0, %1;" ::"r"(number), "r"(threads) : "memory");
}

/* Arrives there and goes on. */
static __device__ __forceinline__ void barrier_arrive(int number, int threads)
{
    asm volatile("barrier.arrive %0, %1;" ::"r"(number), "r"(threads) : "memory");
}

static __device__ __forceinline__ uint32_t shared_place(const void *at)
{
    return (uint32_t)__cvta_generic_to_shared(at);
}

/* By one thread; a barrier of the block follows before others use it. */
static __device__ __forceinline__ void mbarrier_begin(uint64_t *at, int arrivals)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_place(at)), "r"(arrivals) : "memory");
}

static __device__ __forceinline__ void mbarrier_arrive(uint64_t *at)
{
    asm volatile("{ .reg .b64 state; mbarrier.arrive.shared::cta.b64 state, [%0]; }" ::"r"(shared_place(at)) : "memory");
}

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
/* Arrives, and so many bytes will come besides. */
static __device__ __forceinline__ void mbarrier_expect(uint64_t *at, int bytes)
{
    asm volatile("{ .reg .b64 state; mbarrier.arrive.expect_tx.shared::cta.b64 state, [%0], %1; }" ::"r"(shared_place(at)), "r"(bytes)
                 : "memory");
}

static __device__ __forceinline__ void mbarrier_wait(uint64_t *at, int parity)
{
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 "again:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@!done bra again;\n"
                 "}" ::"r"(shared_place(at)),
                 "r"(parity)
                 : "memory");
}

/* What this thread wrote to shared memory, mbarriers too, is there for copies of boxes and for products of warpgroups. */
static __device__ __forceinline__ void fence_async(void)
{
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}
#endif
#endif

#endif
