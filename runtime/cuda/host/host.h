/* host.h - a model on a GPU, seen from the host: what its parts share
 *
 * Pasted into NAME_cuda.c in the order errors, memory, launch, library, context, batch, graph, lane. */
#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where things lie in the memory `batch`. */
enum { MODEL_FAULTS = 64, MODEL_BATCH_AT = 512, MODEL_OFFSETS_AT = 4096, MODEL_STRUCTS = 1 << 20 };
enum { MODEL_GRAPHS = 16 };

/* How many threads run a kernel. */
typedef struct model_shape {
    unsigned blocks, threads, shared; /* shared: bytes of dynamic shared memory */
} model_shape;

typedef struct model_memory { /* of the GPU; grows, and is kept */
    unsigned char *at;
    size_t bytes;
} model_memory;

/* What a batch brings, in the host's memory: two, so that one is filled while the other is copied. */
typedef struct model_slot {
    unsigned char *at;
    size_t bytes;
    cudaEvent_t sent;
} model_slot;

/* The launches of a run. They depend on where things are, not on what a batch holds: counts and offsets are read by kernels. */
typedef struct model_graph {
    struct model_where where;
    cudaGraphExec_t exec; /* NULL: this was run once */
    unsigned long last;   /* when it was used; 0: never */
    model_memory structs; /* that its kernels are handed */
    size_t structs_n;     /* their bytes */
} model_graph;

/* A batch whose arrays are in the host's memory, under way: it comes and goes while others run. */
typedef struct model_lane {
    unsigned char *here; /* pinned: what went wrong, then arrays that are read, then those that are written; and the same there */
    size_t bytes;
    model_memory there;
    cudaEvent_t sent, ran, done;
    cudaError_t error;
    int busy, arrays;
    struct {
        void *to;
        size_t at, bytes;
    } array[RETURNED + 1]; /* whose they are */
} model_lane;

/* Memory that a graph of the caller's reads: until the context is closed. */
typedef struct model_kept {
    struct model_kept *next;
    void *there, *here;
} model_kept;

struct model_cuda {
    cudaLibrary_t library;
    cudaKernel_t kernel[KERNELS];
    unsigned allowed[KERNELS]; /* bytes of dynamic shared memory, where it was asked for more than 48 KB */
    int number;                /* of the GPU */
    cudaStream_t own, in, out; /* of the context: kernels, copies to the GPU, copies back */
    cudaStream_t stream, before; /* stream: what is enqueued goes there; before: where it went before a capture */
    cudaEvent_t done;            /* the last run */
    model_slot slot[2], once, *now;
    int32_t sequences; /* that there is room for in this run */
    int64_t tiles;     /* the same; and numbers in lists of tiles so far */
    size_t listed;
    model_graph graph[MODEL_GRAPHS], *made;
    unsigned long runs;
    model_lane lane[MODEL_CUDA_LANES];
    model_kept *kept;
    int making;   /* a graph of our own */
    int captures; /* this run becomes part of a graph of the caller's */
    int lent;     /* some such graph has addresses of ours */
    int overlaps; /* a kernel may begin while the one before it ends */
    cudaError_t error; /* the first one; nothing more is enqueued then */
    model_memory weights, arena, batch, structs;
    size_t structs_n;            /* bytes in use */
    unsigned char *struct_copy;  /* of a graph: they are copied once, before it runs */
    struct model_weights placed; /* pointers into `weights` */
    int32_t workers_n;
    model_shape one, block, blocks, workers, all, beside; /* beside: of kernels for sm_90a alone; no blocks: it is none */
#if MULTIPLIED
    model_multiplier multiplier;
    model_memory multiplier_room;           /* for itself */
    struct model_rows rows[MULTIPLIED]; /* of this run */
#endif
    char name[320];
};

#endif
