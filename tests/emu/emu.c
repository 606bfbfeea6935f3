/* emu.c - blocks, fibers, barriers; and the CUDA runtime over them */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "inner.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef __x86_64__
#include <ucontext.h>
#endif

enum { MOST_THREADS = 1024, MOST_WARPS = 32, BARRIERS = 16, STACK = 256 * 1024, SHARED = 227 * 1024, GUARD = 4096, POISON = 0xff };
enum { MOST_ARGUMENTS = 64 };

#ifdef __x86_64__
typedef void *Context; /* its stack pointer; what a function has to keep lies there */
#else
typedef ucontext_t Context;
#endif

typedef struct Fiber {
    emu_thread thread; /* first: emu_me points to it */
    Context context;
    char *stack;
    int done;
} Fiber;

typedef struct Barrier {
    int arrived, generation;
    const char *file;
    int line;
} Barrier;

typedef struct Warp {
    int generation;
    uint32_t arrived;
    uint32_t in[2][32][EMU_WORDS], out[2][32][EMU_WORDS];
    const char *file;
    int line;
} Warp;

emu_grid emu;
emu_thread *emu_me;

static Fiber fiber[MOST_THREADS];
static Warp warp[MOST_WARPS];
static Barrier barrier[BARRIERS];
static Context scheduler;
static int threads_n, live;
static long progress; /* changes whenever some thread can go on */
static const char *running = "?";
static char dynamic[SHARED] __attribute__((aligned(1024)));
static uint64_t argument[MOST_ARGUMENTS];
static void (*kernel_entry)(void);

extern char __start_emu_shared[] __attribute__((weak)), __stop_emu_shared[] __attribute__((weak));

void emu_stop(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "emu: kernel %s, block %u: ", running, emu.block.x);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    abort();
}

/* ---- fibers ---------------------------------------------------------------------------------------------------- */

static void fiber_main(void);

#ifdef __x86_64__
/* swapcontext without its two calls of the system. */
void emu_switch(Context *from, Context to);
__asm__(".text\n"
        ".globl emu_switch\n"
        "emu_switch:\n"
        "    push %rbp\n    push %rbx\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbx\n    pop %rbp\n"
        "    ret\n");

static void switch_to(Context *from, Context *to)
{
    emu_switch(from, *to);
}

static void make_context(Fiber *f)
{
    void **top = (void **)(void *)(f->stack + STACK);
    *--top = NULL; /* fiber_main has nowhere to return to */
    *--top = (void *)(uintptr_t)fiber_main;
    for (int i = 0; i < 6; i++) {
        *--top = NULL;
    }
    f->context = top;
}
#else
static void switch_to(Context *from, Context *to)
{
    swapcontext(from, to);
}

static void make_context(Fiber *f)
{
    if (getcontext(&f->context) != 0) {
        emu_stop("no context for a thread");
    }
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = STACK;
    f->context.uc_link = NULL;
    makecontext(&f->context, fiber_main, 0);
}
#endif

static void yield(void)
{
    emu_access_settle();
    switch_to(&((Fiber *)(void *)emu_me)->context, &scheduler);
}

/* Every parameter is 8 bytes wide and none is a floating-point number, so that one type of call serves all kernels. */
typedef void Entry(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                   uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                   uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                   uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                   uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                   uint64_t, uint64_t, uint64_t, uint64_t);

static void run_thread(void)
{
    const uint64_t *a = argument;
    ((Entry *)(void (*)(void))kernel_entry)(
        a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18], a[19],
        a[20], a[21], a[22], a[23], a[24], a[25], a[26], a[27], a[28], a[29], a[30], a[31], a[32], a[33], a[34], a[35], a[36], a[37], a[38],
        a[39], a[40], a[41], a[42], a[43], a[44], a[45], a[46], a[47], a[48], a[49], a[50], a[51], a[52], a[53], a[54], a[55], a[56], a[57],
        a[58], a[59], a[60], a[61], a[62], a[63]);
}

static void fiber_main(void)
{
    for (;;) {
        run_thread();
        ((Fiber *)(void *)emu_me)->done = 1;
        live--;
        progress++;
        yield();
    }
}

static void start_fiber(Fiber *f, int number)
{
    const unsigned n = (unsigned)number;
    f->thread = (emu_thread){{n % emu.threads.x, n / emu.threads.x % emu.threads.y, n / emu.threads.x / emu.threads.y}, number, number & 31,
                             number >> 5};
    f->done = 0;
    if (!f->stack) {
        f->stack = aligned_alloc(64, STACK);
        if (!f->stack) {
            emu_stop("no memory for stacks");
        }
        make_context(f);
    }
}

/* ---- barriers and collectives ---------------------------------------------------------------------------------- */

void emu_barrier(int number, int threads, const char *file, int line)
{
    Barrier *const b = &barrier[number];
    const int generation = b->generation;
    if (b->arrived && (b->line != line || strcmp(b->file, file) != 0)) {
        emu_stop("threads wait for each other at %s:%d and at %s:%d", b->file, b->line, file, line);
    }
    b->file = file;
    b->line = line;
    b->arrived++;
    if (!threads && live != threads_n) {
        emu_stop("a barrier at %s:%d that some threads never reach: they have ended", file, line);
    }
    if (b->arrived == (threads ? threads : threads_n)) {
        b->arrived = 0;
        b->generation++;
        progress++;
    }
    while (b->generation == generation) {
        yield();
    }
}

void emu_warp(uint32_t mask, const uint32_t *in, int in_n, uint32_t *out, int out_n, emu_collective *compute, const char *file, int line)
{
    Warp *const w = &warp[emu_me->warp];
    const int generation = w->generation, lane = emu_me->lane, turn = generation & 1;
    if (w->arrived && (w->line != line || strcmp(w->file, file) != 0)) {
        emu_stop("lanes of a warp are at %s:%d and at %s:%d", w->file, w->line, file, line);
    }
    if (mask != 0xffffffffu) {
        emu_stop("a collective at %s:%d without all lanes", file, line);
    }
    w->file = file;
    w->line = line;
    w->arrived |= 1u << lane;
    memcpy(w->in[turn][lane], in, (size_t)in_n * sizeof *in);
    if (w->arrived == mask) {
        if (compute) {
            compute(w->in[turn], w->out[turn]);
        }
        w->arrived = 0;
        w->generation++;
        progress++;
    }
    while (w->generation == generation) {
        yield();
    }
    memcpy(out, w->out[turn][lane], (size_t)out_n * sizeof *out);
}

/* ---- for access.c ---------------------------------------------------------------------------------------------- */

unsigned emu_epoch(void)
{
    return (unsigned)barrier[0].generation;
}

unsigned emu_warp_epoch(void)
{
    return (unsigned)warp[emu_me->warp].generation;
}

int emu_is_own_stack(const void *at)
{
    const char *const c = at, *const stack = ((Fiber *)(void *)emu_me)->stack;
    return c >= stack && c < stack + STACK;
}

int emu_is_shared(const void *at, size_t *place)
{
    const char *const c = at;
    if (c >= dynamic && c < dynamic + SHARED) {
        *place = (size_t)(c - dynamic);
        return 1;
    }
    if (c >= __start_emu_shared && c < __stop_emu_shared) {
        *place = SHARED + (size_t)(c - __start_emu_shared);
        return *place < EMU_SHARED - 64;
    }
    return 0;
}

/* ---- blocks ---------------------------------------------------------------------------------------------------- */

static int is_reversed(void)
{
    static int known = -1;
    known = known < 0 ? getenv("EMU_REVERSE") != NULL : known;
    return known;
}

static void run_block(void)
{
    memset(dynamic, POISON, sizeof dynamic);
    if (__start_emu_shared) {
        memset(__start_emu_shared, POISON, (size_t)(__stop_emu_shared - __start_emu_shared));
    }
    emu_access_block();
    emu_words_block();
    memset(warp, 0, sizeof warp);
    memset(barrier, 0, sizeof barrier);
    live = threads_n;
    for (int i = 0; i < threads_n; i++) {
        start_fiber(&fiber[i], i);
    }
    while (live) {
        const long before = progress;
        for (int i = 0; i < threads_n; i++) {
            Fiber *const f = &fiber[is_reversed() ? threads_n - 1 - i : i];
            if (!f->done) {
                emu_me = &f->thread;
                switch_to(&scheduler, &f->context);
            }
        }
        if (progress == before) {
            emu_stop("all of its %d threads wait", live);
        }
    }
    emu_me = NULL;
}

/* ---- memory ---------------------------------------------------------------------------------------------------- */

static Block *memory;

cudaError_t cudaMalloc(void **at, size_t bytes)
{
    Block *const b = malloc(sizeof *b);
    unsigned char *const all = aligned_alloc(4096, (bytes + 2 * GUARD + 4095) / 4096 * 4096);
    const char *limit = getenv("EMU_MEMORY");
    if (!b || !all || (limit && bytes > strtoull(limit, NULL, 10))) {
        free(b);
        free(all);
        return cudaErrorMemoryAllocation;
    }
    memset(all, POISON, bytes + 2 * GUARD);
    *b = (Block){memory, all + GUARD, bytes, calloc(bytes ? bytes : 1, sizeof *b->shadow)};
    if (!b->shadow) {
        emu_stop("no memory");
    }
    memory = b;
    *at = b->at;
    return cudaSuccess;
}

static void check_guards(const Block *b)
{
    for (size_t i = 0; i < GUARD; i++) {
        if (b->at[-(ptrdiff_t)i - 1] != POISON || b->at[b->bytes + i] != POISON) {
            emu_stop("wrote %zu bytes outside of a buffer of %zu", i + 1, b->bytes);
        }
    }
}

cudaError_t cudaFree(void *at)
{
    for (Block **link = &memory; at && *link; link = &(*link)->next) {
        Block *const b = *link;
        if (b->at == at) {
            check_guards(b);
            *link = b->next;
            free(b->at - GUARD);
            free(b->shadow);
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
    for (const Block *b = memory; b; b = b->next) {
        if (from >= b->at && from + bytes <= b->at + b->bytes) {
            return b;
        }
    }
    return NULL;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream)
{
    (void)stream;
    if ((kind != cudaMemcpyDeviceToHost && !emu_owner(to, bytes)) || (kind != cudaMemcpyHostToDevice && !emu_owner(from, bytes))) {
        return cudaErrorInvalidValue;
    }
    memcpy(to, from, bytes);
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void *at, int value, size_t bytes, cudaStream_t stream)
{
    (void)stream;
    if (!emu_owner(at, bytes)) {
        return cudaErrorInvalidValue;
    }
    memset(at, value, bytes);
    return cudaSuccess;
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
    *version = is_gpu("none") ? 0 : is_gpu("old") ? 11000 : 13000;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = 1;
    return is_gpu("none") || is_gpu("old") ? cudaErrorInsufficientDriver : is_gpu("empty") ? cudaErrorNoDevice : cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    return device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *about, int device)
{
    const char *processors = getenv("EMU_PROCESSORS");
    memset(about, 0, sizeof *about);
    strcpy(about->name, "emulated GPU");
    about->multiProcessorCount = processors ? atoi(processors) : 1;
    about->major = 9;
    return device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
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
    case cudaErrorLaunchFailure: return "unspecified launch failure";
    }
    return "unknown error";
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags)
{
    (void)flags;
    *stream = malloc(1);
    return *stream ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    free(stream);
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    (void)stream;
    for (const Block *b = memory; b; b = b->next) {
        check_guards(b);
    }
    return cudaSuccess;
}

cudaError_t cudaLibraryLoadData(cudaLibrary_t *library, const void *code, void *jit_options, void *jit_values, unsigned jit_n,
                                void *options, void *values, unsigned n)
{
    (void)code, (void)jit_options, (void)jit_values, (void)jit_n, (void)options, (void)values, (void)n;
    *library = NULL;
    return is_gpu("foreign") ? cudaErrorNoKernelImageForDevice : cudaSuccess;
}

cudaError_t cudaLibraryUnload(cudaLibrary_t library)
{
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
    (void)device;
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value > SHARED) {
        return cudaErrorInvalidValue;
    }
    kernel->shared = value;
    return cudaSuccess;
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *config, const void *kernel, void **arguments)
{
    const struct emu_kernel *const k = kernel;
    const size_t n = (size_t)config->blockDim.x * config->blockDim.y * config->blockDim.z;
    if (is_gpu("lost")) {
        return cudaErrorLaunchFailure;
    }
    if (n == 0 || n > MOST_THREADS || config->gridDim.x == 0 || config->gridDim.y == 0 || config->gridDim.y > 65535 ||
        config->gridDim.z == 0 || config->dynamicSmemBytes > (size_t)k->shared) {
        return cudaErrorInvalidValue;
    }
    emu_access_launch();
    running = k->name;
    kernel_entry = k->entry;
    threads_n = (int)n;
    emu.threads = config->blockDim;
    emu.blocks = config->gridDim;
    emu.shared = (unsigned char *)dynamic;
    for (int i = 0; i < MOST_ARGUMENTS && arguments[i]; i++) {
        memcpy(&argument[i], arguments[i], sizeof argument[i]);
    }
    for (emu.block.z = 0; emu.block.z < emu.blocks.z; emu.block.z++) {
        for (emu.block.y = 0; emu.block.y < emu.blocks.y; emu.block.y++) {
            for (emu.block.x = 0; emu.block.x < emu.blocks.x; emu.block.x++) {
                run_block();
            }
        }
    }
    return cudaSuccess;
}
