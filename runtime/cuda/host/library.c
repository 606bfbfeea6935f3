/* library.c - products by cuBLASLt, if it is installed: it is opened when a GPU is, and needed neither to compile nor to link
 *
 * Its functions and numbers are declared here as cublasLt.h of CUDA 12 and 13 has them. It multiplies as many rows as there is room
 * for: how many the batch has is known to the GPU alone. */
#include "host.h"

enum { LIBRARY_F32 = 0, LIBRARY_F16 = 2, LIBRARY_BF16 = 14, LIBRARY_COMPUTES_F32 = 68, LIBRARY_TURNED = 1, LIBRARY_ALIGNED = 16 };
enum { LIBRARY_TURN_FIRST = 3 };                                                           /* of an operation */
enum { LIBRARY_MOST_BYTES = 1, LIBRARY_REDUCTIONS = 3, LIBRARY_ALIGNS = 5, LIBRARY_MATRICES = 4 }; /* of a preference */

/* The function of this name; it is noted if there is none. */
static void find_function(model_multiplier *library, const char *name, void *function)
{
    void *const symbol = library->opened ? dlsym(library->opened, name) : NULL;
    if (symbol) {
        memcpy(function, &symbol, sizeof symbol);
    } else if (!library->why[0]) {
        snprintf(library->why, sizeof library->why, "%s has no %s", library->name, name);
    }
}

static void find_library(model_multiplier *library)
{
    static const char *const name[] = {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"};
    for (size_t i = 0; i < sizeof name / sizeof *name && !library->opened; i++) {
        library->name = name[i];
        library->opened = dlopen(name[i], RTLD_NOW | RTLD_LOCAL);
    }
    if (!library->opened) {
        snprintf(library->why, sizeof library->why, "libcublasLt.so.13 is not found");
        return;
    }
    find_function(library, "cublasLtCreate", &library->create);
    find_function(library, "cublasLtDestroy", &library->destroy);
    find_function(library, "cublasLtMatmulDescCreate", &library->operation_create);
    find_function(library, "cublasLtMatmulDescDestroy", &library->operation_destroy);
    find_function(library, "cublasLtMatmulDescSetAttribute", &library->operation_set);
    find_function(library, "cublasLtMatrixLayoutCreate", &library->layout_create);
    find_function(library, "cublasLtMatrixLayoutDestroy", &library->layout_destroy);
    find_function(library, "cublasLtMatmulPreferenceCreate", &library->preference_create);
    find_function(library, "cublasLtMatmulPreferenceDestroy", &library->preference_destroy);
    find_function(library, "cublasLtMatmulPreferenceSetAttribute", &library->preference_set);
    find_function(library, "cublasLtMatmulAlgoGetHeuristic", &library->find);
    find_function(library, "cublasLtMatmul", &library->multiply);
}

/* Without it kernels multiply; that is no error. */
static void open_library(struct model_cuda *gpu)
{
    model_multiplier *const library = &gpu->multiplier;
    find_library(library);
    const int status = library->why[0] ? 0 : library->create(&library->handle);
    if (status) {
        library->handle = NULL;
        snprintf(library->why, sizeof library->why, "cublasLtCreate of %s gives status %d", library->name, status);
    }
    if (library->handle) {
        reserve(gpu, &gpu->multiplier_room, MODEL_LIBRARY_ROOM);
    }
}

/* It stays loaded: what it has on the GPU is its own affair. */
static void close_library(struct model_cuda *gpu)
{
    if (gpu->multiplier.handle) {
        (void)gpu->multiplier.destroy(gpu->multiplier.handle);
    }
    (void)cudaFree(gpu->multiplier_room.at);
}

/* ---- a product ----------------------------------------------------------------------------------------------------------------------- */

/* By columns, as it counts: sums[n,m] = weights[k,n] turned * left[k,m]. */
typedef struct model_described {
    void *operation, *weights, *left, *sums;
} model_described;

static int describe(const model_multiplier *library, const model_key *key, model_described *d)
{
    const int32_t turned = LIBRARY_TURNED;
    const uint64_t k = (uint64_t)key->k, m = (uint64_t)key->rows, n = (uint64_t)key->columns;
    *d = (model_described){NULL, NULL, NULL, NULL};
    return !library->operation_create(&d->operation, LIBRARY_COMPUTES_F32, LIBRARY_F32) &&
           !library->operation_set(d->operation, LIBRARY_TURN_FIRST, &turned, sizeof turned) &&
           !library->layout_create(&d->weights, (int)key->type, k, n, key->k) &&
           !library->layout_create(&d->left, (int)key->type, k, m, key->k) &&
           !library->layout_create(&d->sums, LIBRARY_F32, n, m, key->columns);
}

static void forget(const model_multiplier *library, const model_described *d)
{
    void *const layout[] = {d->weights, d->left, d->sums};
    for (int i = 0; i < 3; i++) {
        if (layout[i]) {
            (void)library->layout_destroy(layout[i]);
        }
    }
    if (d->operation) {
        (void)library->operation_destroy(d->operation);
    }
}

/* No sum in parts that are added in an order of their own. */
static int prefer(const model_multiplier *library, void **preference)
{
    const uint64_t bytes = MODEL_LIBRARY_ROOM;
    const uint32_t none = 0, aligned = LIBRARY_ALIGNED;
    int good = !library->preference_create(preference) && !library->preference_set(*preference, LIBRARY_MOST_BYTES, &bytes, sizeof bytes) &&
               !library->preference_set(*preference, LIBRARY_REDUCTIONS, &none, sizeof none);
    for (int i = 0; i < LIBRARY_MATRICES && good; i++) {
        good = !library->preference_set(*preference, LIBRARY_ALIGNS + i, &aligned, sizeof aligned);
    }
    return good;
}

static int find_algorithm(const model_multiplier *library, model_choice *choice)
{
    model_described d;
    void *preference = NULL;
    struct model_algorithm found;
    int n = 0;
    memset(&found, 0, sizeof found);
    const int good = describe(library, &choice->key, &d) && prefer(library, &preference) &&
                     !library->find(library->handle, d.operation, d.weights, d.left, d.sums, d.sums, preference, 1, &found, &n) && n > 0 &&
                     !found.status && found.bytes <= MODEL_LIBRARY_ROOM;
    memcpy(choice->algorithm, found.data, sizeof found.data);
    if (preference) {
        (void)library->preference_destroy(preference);
    }
    forget(library, &d);
    return good;
}

/* What it does for a product of this size, asked once; NULL: it has nothing. */
static const model_choice *choose(model_multiplier *library, const struct model_products *products, int i)
{
    const model_key key = {products->rows->rows * products->each, products->product[i].columns, products->k, products->type};
    for (int c = 0; c < MODEL_CHOICES; c++) {
        model_choice *const known = &library->choice[c];
        if (memcmp(&known->key, &key, sizeof key) == 0) {
            return known->good ? known : NULL;
        }
    }
    model_choice *const choice = &library->choice[library->choices++ % MODEL_CHOICES];
    choice->key = key;
    choice->good = key.rows > 0 && find_algorithm(library, choice);
    return choice->good ? choice : NULL;
}

/* Does it multiply all of them? */
static int multiplies(struct model_cuda *gpu, const struct model_products *products)
{
    int all = gpu->multiplier.handle != NULL && gpu->error == cudaSuccess;
    for (int i = 0; i < products->n && all; i++) {
        all = choose(&gpu->multiplier, products, i) != NULL;
    }
    return all;
}

/* What fails is not tried again: the next run has kernels in its place. */
static void fail(struct model_cuda *gpu, int status)
{
    model_multiplier *const library = &gpu->multiplier;
    snprintf(library->why, sizeof library->why, "cublasLtMatmul of %s gives status %d", library->name, status);
    (void)library->destroy(library->handle);
    library->handle = NULL;
    good(gpu, cudaErrorUnknown);
}

static void multiply(struct model_cuda *gpu, const struct model_products *products)
{
    const model_multiplier *const library = &gpu->multiplier;
    const float one = 1.0f, none = 0.0f;
    enum cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed; /* it may load its kernels first */
    float *sums = products->rows->sums;
    int status = 0;
    if (gpu->error != cudaSuccess || !good(gpu, cudaThreadExchangeStreamCaptureMode(&mode))) {
        return;
    }
    for (int i = 0; i < products->n && !status; i++) {
        const model_choice *const choice = choose(&gpu->multiplier, products, i);
        model_described d;
        status = choice && describe(library, &choice->key, &d) ? 0 : -1;
        if (!status) {
            status = library->multiply(library->handle, d.operation, &one, products->product[i].weights, d.weights, products->rows->left,
                                       d.left, &none, sums, d.sums, sums, d.sums, choice->algorithm, gpu->multiplier_room.at,
                                       MODEL_LIBRARY_ROOM, gpu->stream);
        }
        forget(library, &d);
        sums += products->rows->rows * products->each * products->product[i].columns;
    }
    good(gpu, cudaThreadExchangeStreamCaptureMode(&mode));
    if (status) {
        fail(gpu, status);
    }
}

const char *model_cuda_library(const model_cuda *gpu)
{
    return gpu->multiplier.why[0] ? gpu->multiplier.why : NULL;
}
