/* arithmetic.h - what numbers products are made of */
#ifndef SINTER_ARITHMETIC_H
#define SINTER_ARITHMETIC_H

typedef enum Arithmetic {
    ARITHMETIC_F32,
    ARITHMETIC_BF16, /* weights are the upper halves of floats; on a GPU what they are multiplied with too, else that is floats */
    ARITHMETIC_F16,  /* as bf16, halves with 11 bits of precision; GPUs alone multiply them */
    ARITHMETIC_INT8, /* weights and rows are bytes, sums are whole numbers */
    ARITHMETICS
} Arithmetic;

extern const char *const arithmetic_name[ARITHMETICS]; /* "int8" */

Arithmetic arithmetic_named(const char *name); /* NULL: f32 */

#endif
