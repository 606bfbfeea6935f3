/* emu.c - blocks, fibers, warps */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "inner.h"
#include "order.h"
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef __x86_64__
#include <ucontext.h>
#endif

enum { MOST_THREADS = 1024, MOST_WARPS = 32, STACK = 256 * 1024 };

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

typedef struct Warp {
    int generation;
    uint32_t arrived;
    uint32_t in[2][32][EMU_WORDS], out[2][32][EMU_WORDS];
    const char *file;
    int line;
} Warp;

emu_grid emu;
int emu_mutant;
emu_thread *emu_me;

static Fiber fiber[MOST_THREADS];
static Warp warp[MOST_WARPS];
static Context scheduler;
static int threads_n, live;
static long progress; /* changes whenever some thread can go on */
static const char *running = "?";
static char dynamic[EMU_DYNAMIC] __attribute__((aligned(1024)));
static size_t dynamic_n; /* bytes of it that the launch asked for */
static const char *room;  /* of the kernel that runs, and its bytes */
static size_t room_n;
static const uint64_t *argument;
static void (*kernel_entry)(void);
static char first_shared __attribute__((section("emu_shared"), aligned(1024), used)); /* so is where the section starts */

extern char __start_emu_shared[], __stop_emu_shared[];

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

void emu_yield(void)
{
    emu_access_settle();
    switch_to(&((Fiber *)(void *)emu_me)->context, &scheduler);
}

void emu_goes_on(void)
{
    progress++;
}

int emu_live(void)
{
    return live;
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
        emu_yield();
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

/* ---- collectives --------------------------------------------------------------------------------------------- */

void emu_warp(uint32_t mask, const uint32_t *in, int in_n, uint32_t *out, int out_n, emu_collective *compute, const char *file, int line)
{
    Warp *const w = &warp[emu_me->warp];
    const int generation = w->generation, lane = emu_me->lane, turn = generation & 1;
    if (w->arrived && (w->line != line || (w->file != file && strcmp(w->file, file) != 0))) {
        emu_stop("lanes of a warp are at %s:%d and at %s:%d", w->file, w->line, file, line);
    }
    if (mask != 0xffffffffu) {
        emu_stop("a collective at %s:%d without all lanes", file, line);
    }
    w->file = file;
    w->line = line;
    w->arrived |= 1u << lane;
    if (in_n) {
        memcpy(w->in[turn][lane], in, (size_t)in_n * sizeof *in);
    }
    if (w->arrived == mask) {
        if (compute) {
            compute(w->in[turn], w->out[turn]);
        }
        w->arrived = 0;
        w->generation++;
        progress++;
        if (!compute) { /* shuffles order nothing in memory, __syncwarp does */
            order_warp(emu_me->warp);
        }
        emu_banks_meet(emu_me->warp);
    }
    while (w->generation == generation) {
        emu_yield();
    }
    if (out_n) {
        memcpy(out, w->out[turn][lane], (size_t)out_n * sizeof *out);
    }
}

/* ---- for access.c ---------------------------------------------------------------------------------------------- */

int emu_is_own_stack(const void *at)
{
    const char *const c = at, *const stack = ((Fiber *)(void *)emu_me)->stack;
    return c >= stack && c < stack + STACK;
}

int emu_is_shared(const void *at, size_t *place)
{
    const char *const c = at;
    if (c >= dynamic && c < dynamic + EMU_DYNAMIC) {
        *place = (size_t)(c - dynamic);
        if (*place >= dynamic_n) {
            emu_stop("more shared memory than the %zu bytes that the launch asks for", dynamic_n);
        }
        return 1;
    }
    if (c >= __start_emu_shared && c < __stop_emu_shared) {
        if (room && c >= room + room_n && c < room + EMU_ROOM) {
            emu_stop("more shared memory than the %zu bytes that the kernel has", room_n);
        }
        *place = EMU_DYNAMIC + (size_t)(c - __start_emu_shared);
        return *place < EMU_SHARED - 64;
    }
    return 0;
}

void *emu_room_of(void *all, size_t bytes)
{
    room = all;
    room_n = bytes;
    return all;
}

const void *emu_shared_at(size_t place)
{
    if (place >= EMU_SHARED - 64) {
        emu_stop("there is no shared memory at %zu", place);
    }
    return place < EMU_DYNAMIC ? dynamic + place : __start_emu_shared + (place - EMU_DYNAMIC);
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
    memset(dynamic, EMU_POISON, sizeof dynamic);
    memset(__start_emu_shared, EMU_POISON, (size_t)(__stop_emu_shared - __start_emu_shared));
    emu_access_block();
    emu_shared_block();
    emu_copies_block();
    emu_groups_block();
    emu_maps_block();
    emu_barriers_block(threads_n);
    order_block(threads_n);
    memset(warp, 0, sizeof warp);
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
    emu_banks_meet(-1);
    emu_barriers_end();
    emu_groups_end();
}

/* Any grid computes the same: EMU_GRID is the most blocks of one, so that few do the work of many. */
static dim3 fewer(dim3 blocks)
{
    const char *most = getenv("EMU_GRID");
    if (most && (unsigned)atoi(most) < blocks.x && blocks.y * blocks.z == 1) {
        blocks.x = (unsigned)atoi(most);
    }
    return blocks;
}

void emu_run(const char *name, void (*entry)(void), dim3 blocks, dim3 threads, size_t shared, int overlaps,
             const uint64_t *arguments)
{
    const char *mutant = getenv("EMU_MUTANT");
    emu_mutant = mutant ? atoi(mutant) : 0;
    dynamic_n = shared;
    room = NULL;
    running = name;
    kernel_entry = entry;
    argument = arguments;
    threads_n = (int)(threads.x * threads.y * threads.z);
    emu.threads = threads;
    emu.blocks = fewer(blocks);
    emu.shared = (unsigned char *)dynamic;
    emu_access_launch(overlaps);
    emu_banks_kernel(name);
    for (emu.block.z = 0; emu.block.z < emu.blocks.z; emu.block.z++) {
        for (emu.block.y = 0; emu.block.y < emu.blocks.y; emu.block.y++) {
            for (emu.block.x = 0; emu.block.x < emu.blocks.x; emu.block.x++) {
                run_block();
            }
        }
    }
}
