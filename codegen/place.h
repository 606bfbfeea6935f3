/* place.h - buffers: which tensors share memory, and where each one starts */
#ifndef SINTER_PLACE_H
#define SINTER_PLACE_H

#include "capacity.h"
#include "plan.h"

/* A region of the workspace: all buffers of one basis and one size of element; their widths are stacked. */
typedef struct Region {
    Basis basis;
    Capacity capacity; /* of the basis */
    int bytes;
    int64_t width;
    Str name; /* "t_4" */
} Region;

/* One buffer of one call. */
typedef struct Lease {
    const Slot *slot;
    Str path; /* "b->layer.q" */
    int region;
    int64_t offset; /* in units of the basis */
    int from, to;   /* moments between which it is alive */
} Lease;

typedef struct Workspace {
    VEC(Region) region;
    VEC(Lease) lease;
    int moments;
} Workspace;

/* A buffer of one nest, an element for each place in the longest sequence. */
Slot *place_local(Plan *p, Func *f, const Cluster *c, const char *name, const char *type, int bytes, Dim *longest);

/* In place, buffers of functions. Needs: nests, names of functions. */
void place_slots(Plan *p, Func *f);

/* Whether a function, with what it calls, has weights and buffers. Needs: its slots, callees first. */
void plan_buffers(Plan *p, Func *f);

/* The whole call tree. Needs: all slots, names. */
Workspace *place_all(Plan *p);

/* Offsets, positions and pairs of dims, which live as long as the run: registered by whoever prints a use of them. */
Str batch_begin(Plan *p, Dim *dim);               /* "batch->begin_t" */
void batch_offsets(Plan *p, Dim *dim);             /* its offsets live in the workspace */
Str batch_place(Plan *p, Dim *dim);               /* "batch->place_z", positions in the parent */
Str batch_pairs(Plan *p, Basis basis);            /* "batch->pairs_t_t", rows before each sequence */
/* Rows of at least so many elements: whoever asks for more of the same name widens them. */
Str batch_rows(Plan *p, Str path, const char *type, int bytes, Basis basis, int64_t width);

#endif
