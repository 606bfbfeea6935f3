/* repack.h - weights as products read them, made of those that the processor reads
 *
 * Rows of k numbers, filled up with zeros to `row` of them. The axes of the array that they are made of, outermost first: how long each is,
 * and how many floats its neighbours are apart. */
#ifndef MODEL_CUDA_REPACK_H
#define MODEL_CUDA_REPACK_H

#include <stdint.h>

enum { REPACK_F32, REPACK_BF16, REPACK_F16, REPACK_BYTES };

struct model_repack {
    int64_t kind, axes;
    int64_t from, bytes; /* the array: where the processor has it, and its bytes */
    int64_t kept, first; /* where the GPU has it, -1: nowhere; and in it the first that is read */
    int64_t to, scales;  /* what is made of it, in bytes from the first weight of the GPU */
    int64_t rows, k, row;
    int64_t length[8], step[8];
};

#endif
