/* bounded.h - whole numbers that lie between multiples of a length */
#ifndef SINTER_BOUNDED_H
#define SINTER_BOUNDED_H

#include "plan.h"

/* Between low[0] + low[1] * n and high[0] + high[1] * n, n being the length of dim; NULL: low[1] and high[1] are 0. */
typedef struct Bounded {
    const Dim *dim;
    int64_t low[2], high[2];
} Bounded;

int bounded_of(const Expr *e, Bounded *b); /* 0: nothing is known */

/* As sort_key_pair takes them, for all lengths that a batch may have. */
int bounded_small(const Expr *e);

#endif
