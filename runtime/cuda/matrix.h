/* matrix.h - products of small matrices by a warp
 *
 * c of 16 x 8 += a of 16 x K times b of K x 8, K = 16 for halves of floats (bf16, f16), 8 for tf32, 32 for bytes. Lane l holds of
 *   c  rows l / 4 (c[0], c[1]) and l / 4 + 8 (c[2], c[3]), columns l % 4 * 2 and the next one;
 *   a  rows l / 4 (a[0], a[2]) and l / 4 + 8 (a[1], a[3]): 4 bytes from byte l % 4 * 4 of the row's first 16 bytes (a[0], a[1]) and of its
 *      last 16 (a[2], a[3]);
 *   b  the same of column l / 4 (b0, b1), as if a column were a row.
 * That is what matrix_load brings from rows of shared memory, of a and of b as [column][k], and matrix_load_turned of b as [k][column]
 * where a number is 2 bytes. */
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

static __device__ __forceinline__ uint32_t pack_f16(float a, float b)
{
    uint32_t both;
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(b), "f"(a));
    return both;
}

/* Rounded to the nearest of 11 bits. */
static __device__ __forceinline__ uint32_t round_tf32(float x)
{
    uint32_t bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
}

/* The float of these bits, and back. */
static __device__ __forceinline__ float float_of(uint32_t bits)
{
    return __uint_as_float(bits);
}

static __device__ __forceinline__ uint32_t bits_of(float x)
{
    return __float_as_uint(x);
}

/* Four matrices of 8 rows of 16 bytes: lane l names row l % 8 of matrix l / 8, in shared memory. */
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

/* bf16 */
static __device__ __forceinline__ void matrix_multiply(float *c, const uint32_t *a, uint32_t b0, uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

static __device__ __forceinline__ void matrix_multiply_f16(float *c, const uint32_t *a, uint32_t b0, uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/* Of floats that round_tf32 gave. */
static __device__ __forceinline__ void matrix_multiply_tf32(float *c, const uint32_t *a, uint32_t b0, uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/* a from 0 to 255, b from -128 to 127. */
static __device__ __forceinline__ void matrix_multiply_u8(int32_t *c, const uint32_t *a, uint32_t b0, uint32_t b1)
{
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
#endif

/* A float as the sum of two numbers of 11 bits, as near as such a sum comes. */
static __device__ __forceinline__ void split_tf32(float x, uint32_t *high, uint32_t *low)
{
    *high = round_tf32(x);
    *low = round_tf32(x - float_of(*high));
}

#endif
