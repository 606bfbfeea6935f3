/* pack.h - weights as the kernels read them */
#ifndef SINTER_PACK_H
#define SINTER_PACK_H

#include "plan.h"
#include "weights_emit.h"

#define PACK_NOWHERE UINT64_MAX

typedef struct Pack {
    VEC(PackedWeight) weight;
    NodeList node; /* the parameter of each */
    uint64_t bytes;
    int64_t parameters;
    NodeList made;          /* those that a device makes of others when it is opened: repack.c */
    VEC(uint64_t) made_at;  /* where it has them, in bytes: behind those that it reads as they are */
    VEC(uint64_t) device_at; /* by weight: where it has it; PACK_NOWHERE: it makes others of it at most */
    uint64_t device_bytes;  /* of both */
} Pack;

Pack *pack_weights(Plan *p);
int pack_add(Plan *p, Pack *pack); /* what another plan reads besides; 0: reported */
const PackedWeight *pack_find(const Pack *pack, const Node *param);
uint64_t pack_place(const Pack *pack, const Node *param);   /* in bytes; 0: it is read nowhere */
uint64_t pack_on_device(const Pack *pack, const Node *param); /* the same in the memory of the device, also of those that are made */

#endif
