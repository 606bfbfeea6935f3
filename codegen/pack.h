/* pack.h - weights as the kernels read them */
#ifndef SINTER_PACK_H
#define SINTER_PACK_H

#include "plan.h"
#include "weights_emit.h"

typedef struct Pack {
    VEC(PackedWeight) weight;
    NodeList node; /* the parameter of each */
    uint64_t bytes;
    int64_t parameters;
} Pack;

Pack *pack_weights(Plan *p);
int pack_add(Plan *p, Pack *pack); /* what another plan reads besides; 0: reported */
const PackedWeight *pack_find(const Pack *pack, const Node *param);

#endif
