/* operand.h - what tensor cores multiply, made of floats: as halves, or each as a high and a low part
 *
 * A product is over 16 numbers of halves, over 8 of floats. Numbers of both sides are paired so that a lane packs what it has: of rows x[0]
 * and x[2] are of row l / 4, x[1] and x[3] of row l / 4 + 8, numbers l % 4 and l % 4 + 4 of the first 8; x[4] .. x[7] of the next 8. Of
 * columns x[0], x[1] are the same two of column l / 4, x[2], x[3] of the next 8. Any order of numbers will do if both sides have it. */
#ifndef MODEL_CUDA_OPERAND_H
#define MODEL_CUDA_OPERAND_H

enum { OPERAND_F32, OPERAND_BF16, OPERAND_F16 };

static __device__ __forceinline__ uint32_t operand_pack(int kind, float a, float b)
{
    return kind == OPERAND_BF16 ? pack_bf16(a, b) : pack_f16(a, b);
}

/* n numbers from matrix registers: 4, in halves 8. to: 8 words; kind is a constant. */
static __device__ __forceinline__ void operand_rows(int kind, uint32_t *to, const float *x)
{
    for (int i = 0; i < 4; i++) {
        if (kind == OPERAND_F32) {
            split_tf32(x[i], &to[i], &to[4 + i]);
        } else {
            to[i] = operand_pack(kind, x[i / 2 * 4 + i % 2], x[i / 2 * 4 + i % 2 + 2]);
        }
    }
}

/* x: 2 numbers, in halves 4; to: 4 words. */
static __device__ __forceinline__ void operand_columns(int kind, uint32_t *to, const float *x)
{
    for (int i = 0; i < 2; i++) {
        if (kind == OPERAND_F32) {
            split_tf32(x[i], &to[i], &to[2 + i]);
        } else {
            to[i] = operand_pack(kind, x[i * 2], x[i * 2 + 1]);
        }
    }
}

/* Of floats low * low is left out. */
static __device__ __forceinline__ void operand_multiply(int kind, float *c, const uint32_t *rows, const uint32_t *columns)
{
    if (kind == OPERAND_F32) {
        matrix_multiply_tf32(c, rows + 4, columns[0], columns[1]);
        matrix_multiply_tf32(c, rows, columns[2], columns[3]);
        matrix_multiply_tf32(c, rows, columns[0], columns[1]);
    } else if (kind == OPERAND_BF16) {
        matrix_multiply(c, rows, columns[0], columns[1]);
    } else {
        matrix_multiply_f16(c, rows, columns[0], columns[1]);
    }
}

#endif
