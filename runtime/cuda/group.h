/* group.h - products by a warpgroup (128 threads, 4 whole warps) of matrices in shared memory; sm_90a
 *
 * c of 64 x N += a of 64 x 16 times b of 16 x N, halves of floats (bf16, f16). Thread t holds rows t / 32 * 16 + t % 32 / 4 and that + 8;
 * of each 8 columns j two: c[4 j], c[4 j + 1] in columns 8 j + t % 4 * 2 and the next, c[4 j + 2], c[4 j + 3] the same 8 rows below.
 *
 * A matrix is named by its place in shared memory, a multiple of 16 bytes, and by how its rows lie. `swizzle` is the width of a row in
 * bytes, 128, 64 or 32: 8 rows are one below the other in 8 * swizzle bytes, aligned to as many, and of a place the bits from 4 on (3, 2,
 * 1 of them) are xor-ed with those from 7 on: so copy_box lays them. `step` is the distance of one 8 rows to the next. Rows run along k:
 * [64][k], and of b [N][k]; or, of b, along its columns (turned), [k][N], and `next` is the distance of one swizzle's worth of columns to
 * the next. */
#ifndef MODEL_CUDA_GROUP_H
#define MODEL_CUDA_GROUP_H

#if defined(__CUDACC__) && (!defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL))
static __device__ __forceinline__ uint64_t group_matrix(const void *at, int step, int next, int swizzle)
{
    const uint64_t kind = swizzle == 128 ? 1 : swizzle == 64 ? 2 : 3;
    return ((uint64_t)shared_place(at) & 0x3ffff) >> 4 | (uint64_t)(next >> 4) << 16 | (uint64_t)(step >> 4) << 32 | kind << 62;
}

/* Before the first product, and whenever accumulators were touched since. */
static __device__ __forceinline__ void group_fence(void)
{
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

/* What was begun since the last one is done together. */
static __device__ __forceinline__ void group_commit(void)
{
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

/* Until no more than n of them are under way; only then accumulators may be read. */
#define group_wait(n) asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(n) : "memory")

/* Accumulators as assembly names them, and as what it changes. */
#define GROUP_WORDS_64 \
    "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
    "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
#define GROUP_WORDS_128 \
    "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
    "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
    "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
    "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
#define GROUP_WORDS_256 \
    "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
    "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
    "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
    "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
    "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
    "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
    "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
    "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
#define GROUP_8(c) \
    "+f"((c)[0]), "+f"((c)[1]), "+f"((c)[2]), "+f"((c)[3]), "+f"((c)[4]), "+f"((c)[5]), "+f"((c)[6]), "+f"((c)[7])
#define GROUP_SUMS_64(c)  GROUP_8(c), GROUP_8((c) + 8), GROUP_8((c) + 16), GROUP_8((c) + 24)
#define GROUP_SUMS_128(c) GROUP_SUMS_64(c), GROUP_SUMS_64((c) + 32)
#define GROUP_SUMS_256(c) GROUP_SUMS_128(c), GROUP_SUMS_128((c) + 64)

/* of: "bf16" or "f16"; the names of what stands behind the accumulators, and the signs of both. */
#define GROUP_TEXT(N, of, a, b, adds, signs, turned) \
    "{ .reg .pred p; setp.ne.b32 p, " adds ", 0; " \
    "wgmma.mma_async.sync.aligned.m64n" #N "k16.f32." of "." of " {" GROUP_WORDS_##N "}, " a ", " b ", p, " signs ", " turned "; }"

#define GROUP_OF(N, of, c, a, b, adds, turned, a_, b_, adds_, turned_) \
    asm volatile(GROUP_TEXT(N, of, a_, b_, adds_, "1, 1, 0", turned_) \
                 : GROUP_SUMS_##N(c) : "l"(a), "l"(b), "r"((int)(adds)), "n"(turned) : "memory")
#define GROUP_HELD(N, of, c, a, b, adds, turned, a_, b_, adds_, turned_) \
    asm volatile(GROUP_TEXT(N, of, a_, b_, adds_, "1, 1", turned_) \
                 : GROUP_SUMS_##N(c) \
                 : "r"((a)[0]), "r"((a)[1]), "r"((a)[2]), "r"((a)[3]), "l"(b), "r"((int)(adds)), "n"(turned) : "memory")
#define GROUP_EITHER(way, N, f16, ...) \
    do { \
        if (f16) { \
            way(N, "f16", __VA_ARGS__); \
        } else { \
            way(N, "bf16", __VA_ARGS__); \
        } \
    } while (0)

/* f16: a constant, 0: of bf16; adds: 0 begins with zeros; turned: b is [k][N]. */
#define group_multiply_64(f16, c, a, b, adds, turned) \
    GROUP_EITHER(GROUP_OF, 64, f16, c, a, b, adds, turned, "%32", "%33", "%34", "%35")
#define group_multiply_128(f16, c, a, b, adds, turned) \
    GROUP_EITHER(GROUP_OF, 128, f16, c, a, b, adds, turned, "%64", "%65", "%66", "%67")
#define group_multiply_256(f16, c, a, b, adds, turned) \
    GROUP_EITHER(GROUP_OF, 256, f16, c, a, b, adds, turned, "%128", "%129", "%130", "%131")

/* a: four words of registers, as matrix.h has those of 16 rows for each warp; they stay as they are until the product is
 * waited for. N: a constant, 64 or 128; c has 64 numbers, of which half are used for 64. */
#define group_multiply_held(N, f16, c, a, b, adds, turned) \
    do { \
        if ((N) == 64) { \
            GROUP_EITHER(GROUP_HELD, 64, f16, c, a, b, adds, turned, "{%32, %33, %34, %35}", "%36", "%37", "%38"); \
        } else { \
            GROUP_EITHER(GROUP_HELD, 128, f16, c, a, b, adds, turned, "{%64, %65, %66, %67}", "%68", "%69", "%70"); \
        } \
    } while (0)
#endif

#endif
