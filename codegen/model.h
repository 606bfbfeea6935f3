/* model.h - the files of one model */
#ifndef SINTER_CODEGEN_MODEL_H
#define SINTER_CODEGEN_MODEL_H

#include "pack.h"
#include "place.h"
#include "print.h"
#include "target.h"
#include "text.h"

typedef struct Model { /* what the files are printed from */
    Plan *p;
    Workspace *space;
    Pack *pack;
    Str banner;     /* lines " * ..." */
    const char *title; /* one line about the model, or NULL */
    Text *declared; /* lines of the model before its first equation */
    Text *kernels;  /* all functions, printed first; of a device: those of the host */
    Text *setup;    /* of a device: what it does before them */
    int fault;      /* a run may fail on its data */
    int simd;       /* some kernels are written in words of runtime/simd */
    int texts;      /* it makes or orders strings */
    int single;     /* sequences are taken out of the batch, see print_loop.c */
    VEC(Dim *) made; /* dims whose offsets the caller gets */
} Model;

int model_make(Model *m, const Graph *graph, const EmitOptions *options, Diag *d); /* 0: reported */
/* The same in parts: all functions printed, `like` is the plan whose weights are read too or NULL; then all buffers placed. */
int model_plan(Model *m, const Graph *graph, const EmitOptions *options, const Plan *like, Diag *d);
void model_place(Model *m);

void header_print(Model *m, Text *out);
void source_print(Model *m, Text *out);
void simd_find_parts(Model *m);                    /* of runtime/math that some of these words need */
void simd_print(Model *m, Text *out);              /* the words that kernels are written in */
void kernels_print(Model *m, Text *out);           /* of a fast target: what is compiled once for each tier */
void tier_choice_print(Model *m, Text *out);       /* tier.c */
const char *tier_macro(Plan *p, const Tier *tier); /* "MINILM_TIER_AVX512": what the kernels are compiled for */
const char *tier_names(Plan *p);                  /* "avx512, avx2, c" */
void tier_head_print(Model *m, Text *out);
void tier_header_print(Model *m, Text *out);
void main_print(Model *m, Text *out);
void tokenizer_header(Model *m, Text *out);
void tokenizer_print(Model *m, Text *out);
void device_main_print(Plan *p, Text *out);      /* main_file.c: the GPU of a command line */
void text_header(Model *m, Text *out);             /* program_main.c: of a program with strings */
void text_print(Model *m, Text *out);
void program_main_print(Model *m, Text *out);
void map_print(Model *m, Text *out);
void cmake_print(Model *m, Text *out);
void make_print(Model *m, Text *out);
void repack_kernels(Plan *p, int makes);           /* repack.c: before all others of a device; one makes weights of others */
void repack_print(Model *m, Text *out);            /* the table of what it makes */

const char *workspace_text(Model *m);              /* "64 * ceil(10752 * t / 64) + 135168": bytes, of one thread */
Str io_begin(Model *m, const Dim *dim);            /* its name in the io struct: "begin" */
Str caps_params(Plan *p, const char *type);        /* ", int64_t t, int64_t t_t" */
Str caps_names(Plan *p);                           /* ", t, t_t" */
Str tensor_rows(Plan *p, const Node *node, int64_t *width, Basis *basis);
int has_batch(const Model *m);                     /* something is known of a batch besides its io */
void run_print(Model *m, Text *out);
void error_print(Model *m, Text *out);
int64_t state_bytes(Plan *p, const Node *state);   /* of one sequence */
void single_print(Model *m, Text *out);            /* print_loop.c: a sequence by itself */
void single_clear(Model *m, const char *batch, const char *sequences, Text *out);
void pairs_print(Plan *p, const Basis *basis, const Dim *made, const char *batch, Text *out);
void parts_print(Plan *p, Text *out);              /* fixed functions in use, with what they need */
Text *parts_limits(Plan *p, const Text *kernels); /* <math.h> is no header of a freestanding compiler: what it defines, as bits */
void part_print(Plan *p, const char *name, Text *out); /* one that needs no other */

#endif
