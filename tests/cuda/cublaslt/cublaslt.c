/* cublaslt.c - the few functions of cuBLASLt that a program calls, for a GPU that the processor plays: libcublasLt.so.13 of tests
 *
 * Products are computed when the stream gets there, in floats, one after the other. It reads all that its layouts say, so what nobody wrote
 * or lies outside of a buffer ends the program with a message, and so does whatever the real one would refuse or compute something else of.
 * LT_FAIL: create, describe, find or multiply gives a status. LT_LOG: a file, a line for each call.
 * LT_UNWATCHED: what kernels write is not looked at. */
#include "inner.h"
#include "streams.h"

#include <stdlib.h>
#include <string.h>

enum { F32 = 0, F16 = 2, BF16 = 14, COMPUTES_F32 = 68, FAILS = 15, ALGORITHM = 0x5eed };

typedef struct Layout {
    int type;
    uint64_t rows, columns;
    int64_t apart;
} Layout;

typedef struct Operation {
    int computes, scales, turned[2];
} Operation;

typedef struct Preference {
    uint64_t bytes;
    uint32_t reductions, aligned[4];
} Preference;

typedef struct Algorithm {
    uint64_t number, n, m, k, type, aligned[2], unused;
} Algorithm;

typedef struct Found {
    Algorithm algorithm;
    size_t bytes;
    int status;
    float waves;
    int reserved[4];
} Found;

typedef struct Product {
    const unsigned char *a, *b;
    float *d;
    Layout a_layout, b_layout, d_layout;
} Product;

static int fails(const char *what)
{
    const char *wanted = getenv("LT_FAIL");
    return wanted && strcmp(wanted, what) == 0 ? FAILS : 0;
}

static void note(const char *what, const Layout *a, const Layout *d)
{
    FILE *const log = getenv("LT_LOG") ? fopen(getenv("LT_LOG"), "a") : NULL;
    if (log) {
        fprintf(log, "%s %s %d x %d x %d\n", what, a->type == BF16 ? "bf16" : "f16", (int)d->columns, (int)d->rows, (int)a->rows);
        fclose(log);
    }
}

/* ---- what is handed over ----------------------------------------------------------------------------------------------------------------- */

static int made(void **to, const void *from, size_t bytes)
{
    *to = malloc(bytes);
    if (!*to) {
        emu_stop("no memory");
    }
    memcpy(*to, from, bytes);
    return fails("describe");
}

int cublasLtCreate(void **handle)
{
    const int number = 7;
    const int failed = fails("create");
    return failed ? failed : made(handle, &number, sizeof number) * 0;
}

int cublasLtDestroy(void *handle)
{
    free(handle);
    return 0;
}

int cublasLtMatmulDescCreate(void **to, int computes, int scales)
{
    const Operation o = {computes, scales, {0, 0}};
    return made(to, &o, sizeof o);
}

int cublasLtMatmulDescDestroy(void *operation)
{
    free(operation);
    return 0;
}

int cublasLtMatmulDescSetAttribute(void *operation, int what, const void *value, size_t bytes)
{
    Operation *const o = operation;
    if (bytes != 4 || (what != 3 && what != 4)) {
        emu_stop("attribute %d of %zu bytes", what, bytes);
    }
    memcpy(&o->turned[what - 3], value, bytes);
    return 0;
}

int cublasLtMatrixLayoutCreate(void **to, int type, uint64_t rows, uint64_t columns, int64_t apart)
{
    const Layout l = {type, rows, columns, apart};
    return made(to, &l, sizeof l);
}

int cublasLtMatrixLayoutDestroy(void *layout)
{
    free(layout);
    return 0;
}

int cublasLtMatmulPreferenceCreate(void **to)
{
    const Preference p = {0, ~0u, {256, 256, 256, 256}};
    return made(to, &p, sizeof p);
}

int cublasLtMatmulPreferenceDestroy(void *preference)
{
    free(preference);
    return 0;
}

int cublasLtMatmulPreferenceSetAttribute(void *preference, int what, const void *value, size_t bytes)
{
    Preference *const p = preference;
    void *const to = what == 1 ? (void *)&p->bytes : what == 3 ? (void *)&p->reductions : what >= 5 && what <= 8 ? &p->aligned[what - 5] : NULL;
    if (!to || bytes != (what == 1 ? 8 : 4)) {
        emu_stop("preference %d of %zu bytes", what, bytes);
    }
    memcpy(to, value, bytes);
    return 0;
}

/* ---- products ------------------------------------------------------------------------------------------------------------------------ */

static int fit(const Operation *o, const Layout *a, const Layout *b, const Layout *d)
{
    return o->computes == COMPUTES_F32 && o->scales == F32 && o->turned[0] == 1 && o->turned[1] == 0 && (a->type == BF16 || a->type == F16) &&
           b->type == a->type && d->type == F32 && a->rows == b->rows && a->rows % 8 == 0 && a->columns == d->rows &&
           b->columns == d->columns && d->columns > 0 && a->apart >= (int64_t)a->rows && b->apart >= (int64_t)b->rows &&
           d->apart >= (int64_t)d->rows;
}

int cublasLtMatmulAlgoGetHeuristic(void *handle, void *operation, void *a, void *b, void *c, void *d, void *preference, int wanted, Found *found,
                                   int *n)
{
    const Layout *const left = a, *const right = b, *const to = d;
    const Preference *const p = preference;
    (void)handle;
    if (!fit(operation, left, right, to) || memcmp(c, d, sizeof *to) != 0 || wanted != 1 || p->reductions) {
        emu_stop("no such product");
    }
    *n = fails("find") ? 0 : 1;
    memset(found, 0, sizeof *found);
    found->algorithm = (Algorithm){ALGORITHM, to->rows, to->columns, left->rows, (uint64_t)left->type, {p->aligned[0], p->aligned[3]}, 0};
    found->bytes = p->bytes;
    note("find", left, to);
    return 0;
}

static void check_written(const void *at, size_t bytes, const char *what)
{
    const Block *const b = emu_owner(at, bytes);
    if (!b) {
        emu_stop("%s of %zu bytes lies in no buffer", what, bytes);
    }
    for (size_t i = 0; i < bytes && !getenv("LT_UNWATCHED"); i++) {
        if (!b->shadow[(const unsigned char *)at - b->at + (ptrdiff_t)i]) {
            emu_stop("%s: nobody wrote byte %zu of %zu", what, i, bytes);
        }
    }
}

static float number(const unsigned char *from, const Layout *l, uint64_t row, uint64_t column)
{
    uint16_t half;
    memcpy(&half, from + 2 * ((int64_t)column * l->apart + (int64_t)row), sizeof half);
    return l->type == BF16 ? emu_of_bf16(half) : emu_of_f16(half);
}

static size_t bytes_of(const Layout *l)
{
    return (size_t)(((int64_t)l->columns - 1) * l->apart + (int64_t)l->rows) * (l->type == F32 ? 4 : 2);
}

static void compute(const void *data)
{
    const Product *const p = data;
    check_written(p->a, bytes_of(&p->a_layout), "the first matrix");
    check_written(p->b, bytes_of(&p->b_layout), "the second matrix");
    if (!emu_owner(p->d, bytes_of(&p->d_layout))) {
        emu_stop("sums of %zu bytes lie in no buffer", bytes_of(&p->d_layout));
    }
    for (uint64_t m = 0; m < p->d_layout.columns; m++) {
        for (uint64_t n = 0; n < p->d_layout.rows; n++) {
            float sum = 0.0f;
            for (uint64_t k = 0; k < p->a_layout.rows; k++) {
                sum += number(p->a, &p->a_layout, k, n) * number(p->b, &p->b_layout, k, m);
            }
            p->d[(int64_t)m * p->d_layout.apart + (int64_t)n] = sum;
        }
        emu_written(p->d + (int64_t)m * p->d_layout.apart, p->d_layout.rows * sizeof *p->d);
    }
}

int cublasLtMatmul(void *handle, void *operation, const float *alpha, const void *a, void *a_layout, const void *b, void *b_layout,
                   const float *beta, const void *c, void *c_layout, void *d, void *d_layout, const Algorithm *algorithm, void *room, size_t bytes,
                   cudaStream_t stream)
{
    const Layout *const left = a_layout, *const right = b_layout, *const to = d_layout;
    const Algorithm same = {ALGORITHM, to->rows, to->columns, left->rows, (uint64_t)left->type, {algorithm->aligned[0], algorithm->aligned[1]}, 0};
    const int failed = fails("multiply");
    if (!handle || !fit(operation, left, right, to) || memcmp(c_layout, d_layout, sizeof *to) != 0 || c != d || *alpha != 1 || *beta != 0 ||
        memcmp(&same, algorithm, sizeof same) != 0 || (uintptr_t)a % same.aligned[0] || (uintptr_t)b % same.aligned[0] ||
        (uintptr_t)d % same.aligned[1] || !emu_owner(room, bytes)) {
        emu_stop("another product than was asked for");
    }
    note("multiply", left, to);
    if (failed) {
        return failed;
    }
    const Product p = {a, b, d, *left, *right, *to};
    return (int)emu_later(compute, &p, sizeof p, stream);
}
