/* driver.h - what the driver knows of a generated program: tables that drive.py writes */
#include <stddef.h>
#include <stdint.h>

enum { SEQUENCES = 5, MOST_AXES = 6 };

struct driven_dim {
    size_t begin;             /* of its offsets, in the io */
    const int32_t *lengths;   /* [SEQUENCES]; NULL: the model makes them */
    int32_t most;
};

struct driven_tensor {
    const char *name;
    size_t field;             /* of its pointer, in the io */
    size_t bytes;             /* of an element */
    int real;
    int axes;
    int dim[MOST_AXES];       /* a ragged one; -1: a fixed length */
    int32_t length[MOST_AXES];
    const void *data;         /* of an input, sequence after sequence; of a state, one element; NULL: left out */
};

struct driven {
    const char *name;
    size_t io_bytes;
    int dims, inputs, states, outputs;
    const struct driven_dim *dim;
    const struct driven_tensor *input, *state, *output;
    int (*run)(const void *io, void *workspace, size_t bytes);
    size_t (*space)(int32_t sequences, const void *batch);
};

/* Elements of a batch over n of its dims. */
int64_t driven_total(const void *batch, int n, const int *dim);

extern const struct driven *const driven[];
