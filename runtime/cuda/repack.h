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
    int64_t from, to, scales; /* bytes from the first weight */
    int64_t rows, k, row;
    int64_t length[8], step[8];
};

#endif
