/* access.c - every load and store of a kernel: is it inside of some memory, and does no other thread touch the same unordered?
 *
 * Threads of different blocks are never ordered in one kernel; those of one are by a barrier. Memory of the GPU remembers writers only: a
 * load that a later store overtakes is found when the threads run in reverse (EMU_REVERSE), where it comes after the store. Two stores are
 * a race whatever they store; but lanes of a warp may store the same, and all threads where faults are noted. For shared memory see
 * shared.c. */
#include "inner.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

static uint32_t launches;
static int is_watched;         /* kernels tell of every load and store; else only words do, and what they do alone says little */
static int overlaps;           /* the kernel may have begun before its predecessor ended */
static unsigned char waited[1024]; /* threads that said grid_wait */

/* A store that would be a race if it changed anything. */
static struct Pending {
    const unsigned char *at;
    size_t bytes;
    unsigned char old[64];
    unsigned other;
} pending;

extern char __executable_start[], end[];

void emu_access_launch(int overlap)
{
    launches++;
    overlaps = overlap;
}

void emu_access_block(void)
{
    memset(waited, 0, sizeof waited);
}

void grid_wait(void)
{
    waited[emu_me->number] = 1;
}

void emu_access_settle(void)
{
    const struct Pending p = pending;
    pending.at = NULL;
    if (p.at && memcmp(p.at, p.old, p.bytes) != 0) {
        emu_stop("a race: threads %u and %d write the same place", p.other, emu_me ? emu_me->number : -1);
    }
}

/* ---- memory of the GPU ----------------------------------------------------------------------------------------- */

/* launch, block, thread, epoch of the last store; 0: none so far; launch 0: the host */
static uint64_t stamp(void)
{
    const uint64_t block = emu.block.x + (uint64_t)emu.blocks.x * (emu.block.y + (uint64_t)emu.blocks.y * emu.block.z);
    return (uint64_t)(launches & 0xfffff) << 44 | (block & 0xfffff) << 24 | (uint64_t)(emu_me->number + 1) << 12 | (emu_epoch() & 0xfff);
}


static void global_access(const Block *b, const unsigned char *at, size_t bytes, int writes)
{
    const uint64_t now = stamp();
    if (overlaps && !waited[emu_me->number]) {
        emu_stop("thread %d touches memory before grid_wait", emu_me->number);
    }
    uint64_t *const shadow = b->shadow + (at - b->at);
    for (size_t i = 0; i < bytes; i++) {
        const uint64_t was = shadow[i];
        const int unordered = was >> 44 == now >> 44 && was >> 12 != now >> 12 && (was >> 24 != now >> 24 || (was & 0xfff) == (now & 0xfff));
        const unsigned other = (unsigned)(was >> 12 & 0xfff) - 1u;
        if (!was && !writes && i % 8 == 0) { /* a struct may end in padding */
            emu_stop("thread %d reads what nobody wrote: byte %td of a buffer of %zu", emu_me->number, at + i - b->at, b->bytes);
        }
        if (unordered && !writes) {
            emu_stop("a race: thread %u wrote what thread %d reads", other, emu_me->number);
        }
        const int may_agree = (size_t)(at - b->at) < b->faults || (was >> 24 == now >> 24 && other / 32 == (unsigned)emu_me->warp);
        if (unordered && writes && !may_agree) {
            emu_stop("a race: threads %u and %d write the same place", other, emu_me->number);
        }
        if (unordered && bytes <= sizeof pending.old) {
            pending = (struct Pending){at, bytes, {0}, other};
            memcpy(pending.old, at, bytes);
        }
        if (writes) {
            shadow[i] = now;
        }
    }
}

void emu_access(const void *at, size_t bytes, int writes)
{
    size_t place;
    if (!emu_me) {
        return;
    }
    if (pending.at) {
        emu_access_settle();
    }
    if (emu_is_own_stack(at)) {
        return;
    }
    if (emu_is_shared(at, &place)) {
        if (is_watched) {
            emu_shared_access(place, bytes, writes);
        }
        return;
    }
    const char *const c = at;
    if (!writes && c >= __executable_start && c < end) {
        return; /* tables of the program, and what the emulator says of the thread: no buffer, so none is looked for */
    }
    const Block *b = emu_owner(at, bytes);
    if (b && b->hole && (b->hole[(const unsigned char *)at - b->at] || b->hole[(const unsigned char *)at - b->at + (ptrdiff_t)bytes - 1])) {
        emu_stop("thread %d %s %zu bytes between two arrays, outside of all buffers", emu_me->number, writes ? "writes" : "reads", bytes);
    }
    if (b) {
        if (is_watched) {
            global_access(b, at, bytes, writes);
        }
        return;
    }
    emu_stop("thread %d %s %zu bytes at %p, outside of all buffers", emu_me->number, writes ? "writes" : "reads", bytes, at);
}

void *emu_memcpy(void *to, const void *from, size_t bytes)
{
    if (bytes) {
        emu_access(from, bytes, 0);
        emu_access(to, bytes, 1);
        memmove(to, from, bytes);
    }
    return to;
}

void *emu_memset(void *to, int value, size_t bytes)
{
    if (bytes) {
        emu_access(to, bytes, 1);
        memset(to, value, bytes);
    }
    return to;
}

/* ---- what -fsanitize=thread calls ------------------------------------------------------------------------------ */

/* No GPU reads or writes a number that is not aligned to its size. */
static void hooked(const void *at, size_t bytes, int writes, const void *code)
{
    if (emu_me && (uintptr_t)at % bytes) {
        emu_stop("thread %d %s %zu bytes at %p, which is not aligned to as many", emu_me->number, writes ? "writes" : "reads", bytes, at);
    }
    emu_access(at, bytes, writes);
    emu_banks_access(at, bytes, code);
}

#define HERE __builtin_return_address(0)
#define HOOKS(n)                                                                                                                           \
    void __tsan_read##n(const void *at);                                                                                                   \
    void __tsan_read##n(const void *at)                                                                                                    \
    {                                                                                                                                      \
        hooked(at, n, 0, HERE);                                                                                                            \
    }                                                                                                                                      \
    void __tsan_write##n(const void *at);                                                                                                  \
    void __tsan_write##n(const void *at)                                                                                                   \
    {                                                                                                                                      \
        hooked(at, n, 1, HERE);                                                                                                            \
    }                                                                                                                                      \
    void __tsan_unaligned_read##n(const void *at);                                                                                         \
    void __tsan_unaligned_read##n(const void *at)                                                                                          \
    {                                                                                                                                      \
        emu_access(at, n, 0);                                                                                                              \
    }                                                                                                                                      \
    void __tsan_unaligned_write##n(const void *at);                                                                                        \
    void __tsan_unaligned_write##n(const void *at)                                                                                         \
    {                                                                                                                                      \
        emu_access(at, n, 1);                                                                                                              \
    }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

void __tsan_read_range(const void *at, size_t bytes);
void __tsan_read_range(const void *at, size_t bytes)
{
    emu_access(at, bytes, 0);
}

void __tsan_write_range(const void *at, size_t bytes);
void __tsan_write_range(const void *at, size_t bytes)
{
    emu_access(at, bytes, 1);
}

void __tsan_init(void);
void __tsan_init(void) /* called before main where kernels are compiled with hooks */
{
    is_watched = 1;
}

void __tsan_func_entry(void *from);
void __tsan_func_entry(void *from)
{
    (void)from;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}
