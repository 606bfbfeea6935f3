/* gpu.c - the CUDA runtime of a GPU that is played: memory, kernels that are functions of the program */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "inner.h"
#include "streams.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 1024, GUARD = 4096, GAP = 256, MOST_APART = 4096 };

/* ---- memory ---------------------------------------------------------------------------------------------------- */

static Block *memory;
static const Block *nearby[1024]; /* by place: the buffer that was found there last, so that few accesses look through all */
static size_t in_use, most_in_use; /* bytes */

static void forget_nearby(void)
{
    memset(nearby, 0, sizeof nearby);
}

size_t emu_in_use(size_t *most)
{
    *most = most_in_use;
    return in_use;
}

cudaError_t cudaMalloc(void **at, size_t bytes)
{
    EMU_CALL();
    Block *const b = malloc(sizeof *b);
    unsigned char *const all = aligned_alloc(4096, (bytes + 2 * GUARD + 4095) / 4096 * 4096);
    const char *limit = getenv("EMU_MEMORY");
    if (!emu_may_allocate()) {
        free(b);
        free(all);
        return cudaErrorStreamCaptureUnsupported;
    }
    if (!b || !all || (limit && bytes > strtoull(limit, NULL, 10))) {
        free(b);
        free(all);
        return cudaErrorMemoryAllocation;
    }
    memset(all, EMU_POISON, bytes + 2 * GUARD);
    *b = (Block){memory, all + GUARD, bytes, calloc(bytes ? bytes : 1, sizeof *b->shadow), NULL, 0};
    if (!b->shadow) {
        emu_stop("no memory");
    }
    memory = b;
    forget_nearby();
    *at = b->at;
    in_use += bytes;
    most_in_use = in_use > most_in_use ? in_use : most_in_use;
    emu_made(1);
    return cudaSuccess;
}

static void check_guards(const Block *b)
{
    for (size_t i = 0; i < GUARD; i++) {
        if (b->at[-(ptrdiff_t)i - 1] != EMU_POISON || b->at[b->bytes + i] != EMU_POISON) {
            emu_stop("wrote %zu bytes outside of a buffer of %zu", i + 1, b->bytes);
        }
    }
}

void emu_check_guards(void)
{
    for (const Block *b = memory; b; b = b->next) {
        check_guards(b);
    }
}

cudaError_t cudaFree(void *at)
{
    EMU_CALL();
    emu_drain();
    for (Block **link = &memory; at && *link; link = &(*link)->next) {
        Block *const b = *link;
        if (b->at == at) {
            check_guards(b);
            *link = b->next;
            forget_nearby();
            in_use -= b->bytes;
            emu_made(-1);
            free(b->at - GUARD);
            free(b->shadow);
            free(b->hole);
            free(b);
            return cudaSuccess;
        }
    }
    return at ? cudaErrorInvalidValue : cudaSuccess;
}

/* The buffer that holds all of it. */
const Block *emu_owner(const void *at, size_t bytes)
{
    const unsigned char *const from = at;
    const Block **const near = &nearby[((uintptr_t)at >> 8) % (sizeof nearby / sizeof *nearby)];
    if (*near && from >= (*near)->at && from + bytes <= (*near)->at + (*near)->bytes) {
        return *near;
    }
    for (const Block *b = memory; b; b = b->next) {
        if (from >= b->at && from + bytes <= b->at + b->bytes) {
            return *near = b;
        }
    }
    return NULL;
}

/* By the host. */
void emu_written(const void *at, size_t bytes)
{
    const Block *const b = bytes ? emu_owner(at, bytes) : NULL;
    for (size_t i = 0; b && i < bytes; i++) {
        b->shadow[(const unsigned char *)at - b->at + (ptrdiff_t)i] = 1;
    }
}

/* Buffers that share memory, apart from each other: the k-th one has memory of its own of `bytes`, at `first` of what it shares; poisoned
 * when it is placed. 0 bytes: as many as it shares. */
unsigned char *emu_apart(const void *shared, int k, size_t first, size_t bytes)
{
    static unsigned char *own[MOST_APART];
    const int locked __attribute__((cleanup(emu_unlock), unused)) = emu_lock();
    emu_drain();
    const Block *const of = emu_owner(shared, 1);
    if (k >= MOST_APART || !of) {
        emu_stop("more than %d buffers", MOST_APART);
    }
    const size_t size = bytes ? bytes : of->bytes - first;
    const Block *b = own[k] ? emu_owner(own[k], 1) : NULL;
    if (!b || b->bytes != size) {
        void *at = NULL;
        cudaFree(own[k]);
        if (cudaMalloc(&at, size) != cudaSuccess) {
            emu_stop("no memory");
        }
        own[k] = at;
        b = emu_owner(at, size);
    }
    memset(own[k], EMU_POISON, size);
    memset(b->shadow, 0, size * sizeof *b->shadow);
    return own[k];
}

/* Kernels may touch this part of a buffer, and not the gap behind it. */
unsigned char *emu_only(unsigned char *at, size_t bytes)
{
    for (Block *b = memory; b; b = b->next) {
        if (at >= b->at && at + bytes <= b->at + b->bytes) {
            const size_t from = (size_t)(at - b->at), after = b->bytes - from - bytes;
            b->hole = b->hole ? b->hole : calloc(b->bytes, 1);
            if (!b->hole) {
                emu_stop("no memory");
            }
            memset(b->hole + from, 0, bytes);
            memset(b->hole + from + bytes, 1, after < GAP ? after : GAP);
        }
    }
    return at;
}

/* At the begin of a buffer there are n places for faults: any threads may store there that one has happened. */
int *emu_faults(unsigned char *at, size_t n)
{
    for (Block *b = memory; b; b = b->next) {
        if (b->at == at) {
            b->faults = n * sizeof(int);
        }
    }
    return (int *)(void *)at;
}

/* A weight has memory of its own: from `at` of all to where the next one of n begins. They are pointers into memory of the host. */
const void *emu_weight(const unsigned char *all, size_t at, const void *const *each, size_t n, uintptr_t host)
{
    const Block *const of = emu_owner(all, 1);
    emu_drain();
    if (!of || at >= of->bytes) {
        return all + at;
    }
    size_t end = of->bytes;
    for (size_t i = 0; i < n; i++) {
        const size_t other = (uintptr_t)each[i] - host;
        end = other > at && other < end ? other : end;
    }
    void *own = NULL;
    if (cudaMalloc(&own, end - at) != cudaSuccess) {
        emu_stop("no memory");
    }
    memcpy(own, all + at, end - at);
    emu_written(own, end - at);
    return own;
}

/* ---- the runtime ----------------------------------------------------------------------------------------------- */

/* EMU_GPU: none, old, empty, foreign, lost: what is wrong with it. */
static int is_gpu(const char *kind)
{
    const char *wanted = getenv("EMU_GPU");
    return wanted && strcmp(wanted, kind) == 0;
}

cudaError_t cudaDriverGetVersion(int *version)
{
    EMU_CALL();
    *version = is_gpu("none") ? 0 : is_gpu("old") ? 11000 : 13000;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    EMU_CALL();
    *count = 1;
    return is_gpu("none") || is_gpu("old") ? cudaErrorInsufficientDriver : is_gpu("empty") ? cudaErrorNoDevice : cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    EMU_CALL();
    return device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *about, int device)
{
    EMU_CALL();
    const char *processors = getenv("EMU_PROCESSORS");
    memset(about, 0, sizeof *about);
    strcpy(about->name, "emulated GPU");
    about->multiProcessorCount = processors ? atoi(processors) : 1;
    about->major = getenv("EMU_MAJOR") ? atoi(getenv("EMU_MAJOR")) : 9;
    about->minor = 0;
    return device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

/* Functions of the driver are the program's too. */
cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **entry, unsigned version, unsigned long long flags,
                                             enum cudaDriverEntryPointQueryResult *found)
{
    EMU_CALL();
    (void)version, (void)flags;
    *entry = dlsym(RTLD_DEFAULT, name);
    *found = cudaDriverEntryPointSuccess;
    return cudaSuccess;
}

/* Nobody asks what it is. */
cudaError_t cudaGetLastError(void)
{
    return cudaSuccess;
}

const char *cudaGetErrorString(cudaError_t error)
{
    switch (error) {
    case cudaSuccess: return "no error";
    case cudaErrorInvalidValue: return "invalid argument";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorInsufficientDriver: return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice: return "no CUDA-capable device is detected";
    case cudaErrorInvalidDevice: return "invalid device ordinal";
    case cudaErrorNoKernelImageForDevice: return "no kernel image is available for execution on the device";
    case cudaErrorSymbolNotFound: return "named symbol not found";
    case cudaErrorStreamCaptureIsolation: return "dependency created on uncaptured work in another stream";
    case cudaErrorStreamCaptureUnsupported: return "operation not permitted when stream is capturing";
    case cudaErrorLaunchFailure: return "unspecified launch failure";
    case cudaErrorUnknown: return "unknown error";
    }
    return "unknown error";
}

cudaError_t cudaLibraryLoadData(cudaLibrary_t *library, const void *code, void *jit_options, void *jit_values, unsigned jit_n,
                                void *options, void *values, unsigned n)
{
    EMU_CALL();
    (void)code, (void)jit_options, (void)jit_values, (void)jit_n, (void)options, (void)values, (void)n;
    *library = NULL;
    return is_gpu("foreign") ? cudaErrorNoKernelImageForDevice : cudaSuccess;
}

cudaError_t cudaLibraryUnload(cudaLibrary_t library)
{
    EMU_CALL();
    (void)library;
    return cudaSuccess;
}

struct emu_kernel {
    void (*entry)(void);
    char name[200];
    int shared; /* dynamic shared memory at most */
};

/* Kernels are functions of the program itself. */
cudaError_t cudaLibraryGetKernel(cudaKernel_t *kernel, cudaLibrary_t library, const char *name)
{
    EMU_CALL();
    (void)library;
    void *const symbol = dlsym(RTLD_DEFAULT, name);
    struct emu_kernel *const k = calloc(1, sizeof *k);
    if (!symbol || !k) {
        free(k);
        return cudaErrorSymbolNotFound;
    }
    memcpy(&k->entry, &symbol, sizeof symbol);
    snprintf(k->name, sizeof k->name, "%s", name);
    k->shared = 48 * 1024;
    *kernel = k;
    return cudaSuccess;
}

cudaError_t cudaKernelSetAttributeForDevice(cudaKernel_t kernel, int attribute, int value, int device)
{
    EMU_CALL();
    (void)device;
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value > EMU_DYNAMIC) {
        return cudaErrorInvalidValue;
    }
    kernel->shared = value;
    return cudaSuccess;
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config, const void *kernel, void **arguments)
{
    EMU_CALL();
    const struct emu_kernel *const k = kernel;
    const size_t n = (size_t)config->blockDim.x * config->blockDim.y * config->blockDim.z;
    if (is_gpu("lost")) {
        return cudaErrorLaunchFailure;
    }
    if (n == 0 || n > MOST_THREADS || config->gridDim.x == 0 || config->gridDim.y == 0 || config->gridDim.y > 65535 ||
        config->gridDim.z == 0 || config->dynamicSmemBytes > (size_t)k->shared) {
        return cudaErrorInvalidValue;
    }
    EmuLaunch launch = {k, config->gridDim, config->blockDim, config->dynamicSmemBytes, 0, {0}};
    for (int i = 0; i < EMU_ARGUMENTS && arguments[i]; i++) {
        memcpy(&launch.argument[i], arguments[i], sizeof launch.argument[i]);
    }
    for (unsigned i = 0; i < config->numAttrs; i++) {
        launch.overlaps |= config->attrs[i].id == cudaLaunchAttributeProgrammaticStreamSerialization &&
                           config->attrs[i].val.programmaticStreamSerializationAllowed;
    }
    return emu_enqueue(&launch, config->stream);
}

void emu_launch(const EmuLaunch *l)
{
    emu_run(l->kernel->name, l->kernel->entry, l->blocks, l->threads, l->shared, l->overlaps, l->argument);
}
