/* model.h - what the command line of a compiled model knows about its model
 *
 * The generated <name>_main.c holds one `const model_about model` (the generator writes it) followed by the text of runtime/cli/.
 * In these files every identifier that starts with model_ or MODEL_ gets the model's own prefix when it is written out. */
#ifndef MODEL_CLI_MODEL_H
#define MODEL_CLI_MODEL_H

#include "../tokenizer/tokenizer.h"

#include <stddef.h>
#include <stdint.h>

/* Element types of inputs and outputs, and their C types in memory. */
typedef enum model_type {
    MODEL_REAL,  /* float */
    MODEL_INT,   /* int64_t */
    MODEL_BOOL,  /* uint8_t, 0 or 1 */
    MODEL_INDEX, /* int32_t, 0 .. extent - 1 */
    MODEL_CHAR   /* int32_t, a Unicode code point; printed as text */
} model_type;

enum { MODEL_MAX_RANK = 8 };

typedef struct model_dim {
    const char *name;
    int64_t length; /* of a fixed dim; -1: ragged, a length for each sequence */
    int64_t bound;  /* longest length of a ragged dim; INT64_MAX: none given */
    int begin;      /* ragged: which offsets array of model_call; -1 for a fixed dim */
    int given;      /* ragged: 1 the caller gives the lengths, 0 the run computes and writes them */
} model_dim;

typedef struct model_tensor {
    const char *name;
    model_type type;
    int64_t extent; /* MODEL_INDEX: how many values there are */
    int rank;
    int dim[MODEL_MAX_RANK]; /* into model_about.dim; ragged ones may stand at any place */
    int optional;            /* input: NULL means its default */
} model_tensor;

/* One batch. Offsets arrays: begin[k] has sequences + 1 entries for ragged dim k, in elements of that dim, begin[k][0] = 0; those of dims
 * that the run makes are written by it. A tensor is packed sequence after sequence; inside a sequence it is row-major over its dims. */
typedef struct model_call {
    int32_t sequences;
    int32_t *const *begin;
    const void *const *input; /* by input number */
    void *const *output;      /* by output number */
    void *const *state;       /* by state number: [sequences][state_bytes] */
    int lane;                 /* of a GPU: one of model_about.lanes */
} model_call;

/* A capacity is a number of rows the workspace formula depends on: the sum over the sequences of the product of these dims' lengths. */
typedef struct model_capacity {
    int rank;
    int dim[MODEL_MAX_RANK]; /* given ragged dims */
} model_capacity;

typedef struct model_about {
    const char *name;        /* "minilm" */
    const char *version;     /* of the generator */
    const char *title;       /* one line from the head of the model text, or "" */
    const char *const *facts; /* lines for --info: inputs' hashes, the target, what was absent; NULL at the end */
    int dims, inputs, outputs, capacities, begins;
    const model_dim *dim;
    const model_tensor *input, *output;
    const model_capacity *capacity; /* [0] counts the rows of --bench and of the default batch */
    int64_t weight_bytes, parameters;
    double flops_per_row; /* about, for --bench; 0: unknown */
    int labels;           /* of a classifier; 0: none */
    const char *const *label;
    int multi_label; /* scores by sigmoid instead of softmax */
    int ids;         /* the input, of rank 1 over a given ragged dim, that token ids (or characters) go to; -1: none, --in only */
    int types;       /* the optional input that takes the tokens' types, 1 in the second text of a pair; -1: none */
    uint32_t ours;   /* bit s: status s cannot come from any input, only from a defect here; exit code 2 */
    int32_t (*tokenize)(const model_text *text, const model_text *pair, unsigned flags, model_token *tokens, int32_t room); /* or NULL */
    const char *(*token_text)(int32_t id, size_t *size);                                                                    /* or NULL */
    size_t (*workspace)(int32_t sequences, const int64_t *capacity);                   /* bytes, aligned to 64; SIZE_MAX: too large */
    int64_t (*output_room)(int output, int32_t sequences, const int64_t *capacity);    /* elements at most; negative: too large */
    int states;                                                                        /* memory kept between calls; 0: none */
    const size_t *state_bytes;                                                         /* of each state, of one sequence */
    void (*begin)(int32_t sequences, void *const *state);                              /* what a first call begins with */
    int (*run)(const model_call *call, void *workspace, size_t bytes);                 /* 0: fine; else 1 .. 31 */
    const char *(*error)(int status);                                                  /* a sentence without its full stop */
    size_t pool_bytes; /* of a pool: threads that run a batch together; 0: one runs it */
    int (*pool_open)(void *pool, int threads); /* how many there are, the caller counted */
    int (*run_on)(void *pool, const model_call *call, void *workspace, size_t bytes);
    void (*pool_close)(void *pool);
    size_t scratch; /* bytes of workspace that each thread beyond the first takes */
    const char *(*kernels)(void);         /* a target with kernels for several machines: those in use and why; NULL: none runs here */
    int (*use_kernels)(const char *name); /* 0: there are none of this name that run here */
    const char *kernel_names;             /* those for all machines: "avx512, avx2, c" */
    const char *(*open_device)(void);     /* from then on a GPU runs; or a sentence, why none does. NULL: compiled for none */
    const char *(*device)(void);          /* what it is called; NULL: none is open */
    const char *(*device_lacks)(void);    /* what it does not do as it was asked to; NULL, or it gives NULL: nothing */
    int lanes;                            /* batches that may be under way there at once */
    int (*send)(const model_call *call);  /* to its lane: 0, or as run. One at a time */
    int (*receive)(int lane);             /* waits for the outputs of what was sent; 0, or as run */
} model_about;

extern const model_about model;

#endif
