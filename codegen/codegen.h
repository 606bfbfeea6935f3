/* codegen.h - from a graph to sources in C99
 *
 * The target `c`: plain loops, no extensions, nothing but the C library's headers. One function for each thing a person wrote,
 * above it its equations. */
#ifndef SINTER_CODEGEN_H
#define SINTER_CODEGEN_H

#include "arithmetic.h"
#include "diag.h"
#include "graph.h"

typedef struct EmitInput { /* for the banner and the manual: what the model was made from */
    const char *path;      /* where it is now */
    const Source *text;    /* or the text itself */
    const char *name;      /* how it is called in the banner; without "*" before a "/" */
} EmitInput;

typedef struct EmitOptions {
    const char *directory;    /* where the files go; is made if it does not exist */
    const char *name;         /* prefix in C; NULL: from the graph */
    const EmitInput *input;
    int inputs;
    int freestanding;         /* no libm, no main */
    const struct Target *target; /* target.h; NULL: c */
    const struct Target **used;  /* NULL, or where to say what was written: the target, or one of fewer tiers */
    int no_recognise;         /* plain loops for every reduction, also where a recurrence or a lookup would do */
    int no_forms;             /* plain loops for everything, also for a fast target */
    Arithmetic weights;       /* of products that can do it */
    const char *forms;        /* a folder of further forms, or NULL */
    const char *multiplier;   /* of the device, that multiplies where it is there; NULL: kernels do */
    int device;               /* this plan is of the part that a GPU runs; see device.h */
    int inline_weights;       /* weights as C initialisers, up to 4 MB */
    const char *arch;         /* flags of the device's compiler: target_arch_flags */
    const char *model_dir;    /* where weights are */
    const struct Tokenizer *tokenizer; /* NULL: none */
    const char *title;        /* one line about the model, or NULL */
} EmitOptions;

/* The model's name as it begins every name in C: "minilm". */
const char *codegen_name(Arena *arena, const Graph *graph, const EmitOptions *options);

/* Writes all files, or none after reporting why. Returns 1 if all is well. */
int codegen_emit(const Graph *graph, const EmitOptions *options, Diag *d);

/* What each function computes, costs and stores, for people or (json) as the map that `emit` writes. */
int codegen_explain(const Graph *graph, const EmitOptions *options, Diag *d, int json, FILE *out);

/* --dump=plan: functions, their steps, nests and buffers. */
int codegen_dump(const Graph *graph, const EmitOptions *options, Diag *d, FILE *out);

#endif
