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
    NodeList made;          /* those that a device makes of others when it is opened: repack.c */
    VEC(uint64_t) made_at;  /* where, in bytes: behind the block */
    uint64_t made_bytes;    /* the block, and behind it what is made */
} Pack;

Pack *pack_weights(Plan *p);
int pack_add(Plan *p, Pack *pack); /* what another plan reads besides; 0: reported */
const PackedWeight *pack_find(const Pack *pack, const Node *param);
uint64_t pack_place(const Pack *pack, const Node *param); /* in bytes, also of those that are made; 0: it is read nowhere */

#endif
