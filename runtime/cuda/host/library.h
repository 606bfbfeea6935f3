/* library.h - what of cuBLASLt a model on a GPU knows */
#ifndef MODEL_LIBRARY_H
#define MODEL_LIBRARY_H

#include <dlfcn.h>

enum { MODEL_CHOICES = 64, MODEL_LIBRARY_ROOM = 32 << 20 }; /* bytes of the GPU's memory, for itself */

/* Products of one left side: each has `columns` rows of k numbers, and behind the sums of one those of the next. */
struct model_products {
    const struct model_rows *rows;
    int64_t each; /* rows for each of those */
    int64_t k;
    int type, n;
    struct {
        const void *weights;
        int64_t columns;
    } product[MULTIPLIES_MOST];
};

typedef struct model_key {
    int64_t rows, columns, k, type;
} model_key;

typedef struct model_choice {
    model_key key;
    uint64_t algorithm[8];
    int good;
} model_choice;

struct model_algorithm { /* as it gives one */
    uint64_t data[8];
    size_t bytes;
    int status;
    float waves;
    int reserved[4];
};

typedef struct model_multiplier {
    void *opened, *handle; /* no handle: kernels multiply */
    const char *name;
    char why[120]; /* they do; empty: they do not */
    int (*create)(void **handle), (*destroy)(void *handle);
    int (*operation_create)(void **made, int computes, int scales), (*operation_destroy)(void *operation);
    int (*operation_set)(void *operation, int what, const void *value, size_t bytes);
    int (*layout_create)(void **made, int type, uint64_t rows, uint64_t columns, int64_t apart), (*layout_destroy)(void *layout);
    int (*preference_create)(void **made), (*preference_destroy)(void *preference);
    int (*preference_set)(void *preference, int what, const void *value, size_t bytes);
    int (*find)(void *handle, void *operation, void *a, void *b, void *c, void *d, void *preference, int wanted,
                struct model_algorithm *found, int *n);
    int (*multiply)(void *handle, void *operation, const void *alpha, const void *a, void *a_layout, const void *b, void *b_layout,
                    const void *beta, const void *c, void *c_layout, void *d, void *d_layout, const void *algorithm, void *room,
                    size_t bytes, cudaStream_t stream);
    model_choice choice[MODEL_CHOICES];
    unsigned choices; /* so far */
} model_multiplier;

#endif
