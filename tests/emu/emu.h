/* emu.h - a GPU that is played by the processor: what kernels see
 *
 * Kernels are compiled as they stand (cc -x c -include emu.h NAME.cu). Each thread of a block is a fiber; a block runs to its end before
 * the next one starts. Shared memory is poisoned when a block starts. A barrier or a collective that threads reach at different places of
 * the text ends the program with a message, and so do threads that all wait. */
#ifndef EMU_H
#define EMU_H

#include "cuda_runtime_api.h"

#include <stdint.h>
#include <string.h>

typedef struct emu_thread emu_thread;
struct emu_thread {
    dim3 index;
    int number, lane, warp;
};

typedef struct emu_grid {
    dim3 blocks, threads, block; /* block: the one that runs */
    unsigned char *shared;       /* dynamic shared memory */
} emu_grid;

extern emu_grid emu;
extern emu_thread *emu_me;
#ifdef EMU_ITSELF
extern int emu_mutant; /* which defect a kernel has that was made with defects: EMU_MUTANT */
#else
extern const int emu_mutant; /* no load that is looked at */
#endif

#ifndef EMU_ITSELF
#define threadIdx (emu_me->index)
#define blockIdx  (emu.block)
#define blockDim  (emu.threads)
#define gridDim   (emu.blocks)
#endif

#define __global__
#define __device__
#define __host__
#ifdef __OPTIMIZE__
#define __forceinline__ inline
#else
#define __forceinline__ inline __attribute__((always_inline)) /* no store of a result goes unseen */
#endif
#define __grid_constant__
#define __launch_bounds__(...)
#define __restrict__ restrict
#define __constant__
#define __align__(n) __attribute__((aligned(n)))
/* One block runs at a time, so shared memory is memory of the program. */
#define __shared__   static __attribute__((section("emu_shared")))

void emu_barrier(const char *file, int line);
#define __syncthreads() emu_barrier(__FILE__, __LINE__)

typedef struct float2 {
    float x, y;
} __attribute__((aligned(8))) float2;
typedef struct float4 {
    float x, y, z, w;
} __attribute__((aligned(16))) float4;
typedef struct uint2 {
    unsigned x, y;
} __attribute__((aligned(8))) uint2;
typedef struct uint4 {
    unsigned x, y, z, w;
} __attribute__((aligned(16))) uint4;

static __forceinline__ float2 make_float2(float x, float y)
{
    return (float2){x, y};
}

static __forceinline__ float4 make_float4(float x, float y, float z, float w)
{
    return (float4){x, y, z, w};
}

static __forceinline__ uint2 make_uint2(unsigned x, unsigned y)
{
    return (uint2){x, y};
}

static __forceinline__ uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w)
{
    return (uint4){x, y, z, w};
}

/* Warp collectives: what all lanes bring, and what each takes away; computed by the last lane to come. */
enum { EMU_WORDS = 16 };
typedef void emu_collective(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS]);
void emu_warp(uint32_t mask, const uint32_t *in, int in_n, uint32_t *out, int out_n, emu_collective *compute, const char *file, int line);
#define __syncwarp() emu_warp(0xffffffffu, NULL, 0, NULL, 0, NULL, __FILE__, __LINE__)

/* Kernels compiled with -fsanitize=thread call functions of access.c before each load and store, and those this one. */
void emu_access(const void *at, size_t bytes, int writes);

void *emu_memcpy(void *to, const void *from, size_t bytes);
void *emu_memset(void *to, int value, size_t bytes);

#ifndef EMU_ITSELF
#define memcpy(to, from, bytes)  emu_memcpy(to, from, bytes)
#define memset(to, value, bytes) emu_memset(to, value, bytes)
#include "words.h"
#endif

#endif
