/* difference.h - how far tensors are from those they should be
 *
 * Rows run along the last dim; a tensor of rank 0 is one row of one element. Figures are of all rows of all pairs together. */
#ifndef SINTER_WEIGHTS_DIFFERENCE_H
#define SINTER_WEIGHTS_DIFFERENCE_H

#include "safetensors.h"

enum { NEIGHBOUR_ROWS = 1024 };

typedef struct Difference {
    int64_t tensors, rows, elements; /* compared */
    int64_t shapes;                  /* pairs of which one is not there, or whose shapes differ: they count nowhere else */
    int64_t not_finite;              /* elements infinite or no number on one side alone; they, and those that are so on both, count as 0 */
    double most;                     /* absolute difference of two elements */
    double relative;                 /* L2 norm of the differences, over that of what should be; both 0: 0 */
    double cosine_least, cosine_median; /* of a row and the one it should be; both 0: 1. Without rows: NAN */
    double argmax;    /* share of rows of two elements or more whose first largest stands at the same place; without such rows: NAN */
    double neighbour; /* share of rows whose nearest other row, by cosine, is the same, of the first NEIGHBOUR_ROWS that are as long as the
                       * first row; of fewer than three: NAN */
} Difference;

/* wanted[i] and got[i] are a pair; NULL: there is none. All of readable types. */
Difference difference_of(Arena *arena, const WeightTensor *const *wanted, const WeightTensor *const *got, int n);

#endif
