/* safetensors.h - model weights: files read and written, and the numbers in them
 *
 * A file is: u64 N, little-endian | N bytes of JSON | data. The JSON gives each tensor's dtype, shape and range of bytes of the data.
 * Reading is strict: N <= 100,000,000; UTF-8; no key twice; the ranges cover the data without hole or overlap, each as long as its
 * shape says; the file ends where the data end. Space around the JSON is accepted, and data need not be aligned.
 * Files are mapped into memory, never copied. */
#ifndef SINTER_WEIGHTS_SAFETENSORS_H
#define SINTER_WEIGHTS_SAFETENSORS_H

#include "../arena.h"
#include "../diag.h"
#include "../outfile.h"
#include "../str.h"

#include <stddef.h>
#include <stdint.h>

/* In the order of the format, from which its writers sort tensors. */
typedef enum WeightDtype {
    DTYPE_BOOL,
    DTYPE_F4, /* the seven F4, F6 and F8 types and C64 may stand in a file, but have no numbers here */
    DTYPE_F6_E2M3,
    DTYPE_F6_E3M2,
    DTYPE_U8,
    DTYPE_I8,
    DTYPE_F8_E5M2,
    DTYPE_F8_E4M3,
    DTYPE_F8_E8M0,
    DTYPE_F8_E4M3FNUZ,
    DTYPE_F8_E5M2FNUZ,
    DTYPE_I16,
    DTYPE_U16,
    DTYPE_F16,
    DTYPE_BF16,
    DTYPE_I32,
    DTYPE_U32,
    DTYPE_F32,
    DTYPE_C64,
    DTYPE_F64,
    DTYPE_I64,
    DTYPE_U64,
    DTYPES
} WeightDtype;

typedef struct WeightTensor {
    Str name;
    WeightDtype dtype;
    int rank; /* 0: one number */
    const int64_t *shape;
    int64_t count;             /* of elements: the product of shape, perhaps 0 */
    const unsigned char *data; /* row-major, little-endian, at any address; while the Weights are open */
    size_t bytes;
    const char *file; /* path of the file it stands in */
    int index;        /* weights_at(w, index) is this tensor */
    int *used;        /* for the caller: 0 at first */
} WeightTensor;

typedef struct Weights Weights;

/* ---- reading ---- */

/* Opens one file; where `path` does not exist, the shards named by `path`.index.json beside it; a path that ends in .index.json is
 * read as one. Every tensor that the index lists must stand in the shard it says, and no tensor in two of them.
 * On failure NULL, and an error in `d`. */
Weights *weights_open(Arena *arena, Diag *d, const char *path);

/* Adds another file to `weights` (NULL: to none yet), opened as above; every name in it then begins with "prefix." (no prefix: ""). */
Weights *weights_add(Arena *arena, Diag *d, Weights *weights, Str prefix, const char *path);

int weights_count(const Weights *weights);
const WeightTensor *weights_at(const Weights *weights, int index); /* in the order of files, in each in the order of data */
const WeightTensor *weights_find(const Weights *weights, Str name); /* or NULL */
const Str *weights_names(const Weights *weights, int *n);           /* for diag_did_you_mean() */

/* 1 if no file was changed since it was opened, else errors. To be asked when all has been read, before results are kept. */
int weights_check(const Weights *weights, Diag *d);
void weights_close(Weights *weights); /* or NULL; tensors keep their names and shapes, not their data */

/* A file already in memory, for tests: appends its tensors. 0 and an error if it is no safetensors file. */
typedef VEC(WeightTensor) WeightTensors;
int safetensors_read(Arena *arena, Diag *d, const char *path, const unsigned char *data, size_t bytes, WeightTensors *tensors);

/* ---- numbers ---- */

const char *dtype_name(WeightDtype dtype); /* "BF16" */
int dtype_bits(WeightDtype dtype);         /* of one element: 4, 6, 8, 16, 32, 64 */
int dtype_is_readable(WeightDtype dtype);  /* the functions below know its numbers */
int dtype_is_integer(WeightDtype dtype);   /* BOOL, I8 .. U64 */

/* 1 if the numbers of this tensor can be read, else an error that names it. */
int weight_check(const WeightTensor *tensor, Diag *d);
int weight_is_integer(const WeightTensor *tensor);

/* One element, 0 <= element < count, of a readable tensor. Exact, but for integers beyond 2^53, which are rounded to nearest even. */
double weight_value(const WeightTensor *tensor, int64_t element);

/* Of an integer tensor, exact; a U64 beyond INT64_MAX gives INT64_MAX. */
int64_t weight_int(const WeightTensor *tensor, int64_t element);

/* Elements first .. first + n - 1 as float, each rounded once, to nearest even. */
void weight_to_f32(const WeightTensor *tensor, int64_t first, int64_t n, float *out);

/* "[384, 1536]", as messages show a shape. */
const char *shape_text(Arena *arena, int rank, const int64_t *shape);

/* ---- writing ---- */

typedef struct SafetensorsItem {
    const char *name;
    WeightDtype dtype;
    int rank;
    const int64_t *shape;
    const void *data; /* row-major, little-endian; may be NULL if there are no elements */
} SafetensorsItem;

/* Writes all of them, or on failure (0, an error in `d`) leaves what stood at `path`. Same items, same bytes: tensors stand in the
 * order of the format's own writers, dtype descending as listed above, then by name. Names must differ. */
int safetensors_write(Arena *arena, Diag *d, const char *path, const SafetensorsItem *items, int n);

/* The same into a file that is one of several; it is not kept yet. */
int safetensors_put(Arena *arena, Diag *d, OutFile *out, const SafetensorsItem *items, int n);

#endif
