/* matrix.h - products of small matrices by a warp; numbers are halves of floats (bf16), sums are floats
 *
 * Lane l holds of an accumulator of 16 x 8: rows l / 4 (c[0], c[1]) and l / 4 + 8 (c[2], c[3]), columns l % 4 * 2 and the next one. */
#ifndef MODEL_CUDA_MATRIX_H
#define MODEL_CUDA_MATRIX_H

#ifdef __CUDACC__
/* Two floats, rounded to the nearest: a in the low half. */
static __device__ __forceinline__ uint32_t pack_bf16(float a, float b)
{
    uint32_t both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(b), "f"(a));
    return both;
}

/* Four matrices of 8 x 8: lane l names row l % 8 of matrix l / 8, 16 bytes in shared memory. */
static __device__ __forceinline__ void matrix_load(uint32_t *to, const void *row)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"((uint32_t)__cvta_generic_to_shared(row))
                 : "memory");
}

/* The same, each matrix transposed. */
static __device__ __forceinline__ void matrix_load_turned(uint32_t *to, const void *row)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"((uint32_t)__cvta_generic_to_shared(row))
                 : "memory");
}

/* c += a b: 16 x 16 by 16 x 8. */
static __device__ __forceinline__ void matrix_multiply(float *c, const uint32_t *a, uint32_t b0, uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
#endif

#endif
