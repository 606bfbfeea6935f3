/* shared.c - shared memory: who wrote and read each of its bytes
 *
 * Two accesses of one byte, one of them a store, are ordered when a barrier of the block stands between them, or what order.h tells. A
 * product of a warpgroup reads what threads stored, and a copy of a box or of bytes writes over it, only after each of them has said
 * fence_async. Nobody touches what a copy is under way to until its thread has waited for it. */
#include "inner.h"
#include "order.h"

#include <string.h>

enum { WARPS = 32 };

typedef struct Trace { /* of a byte */
    uint32_t block;    /* what is below is of this one */
    int apart;         /* of the first byte of a word: the others have traces of their own, for they were not always touched together */
    uint32_t write_stamp, write_epoch, read_epoch;
    uint16_t writer;   /* actor + 1; 0: none */
    uint16_t fences;   /* of the writer before it wrote; ASYNC: no thread wrote it */
    uint16_t copier;   /* thread + 1 whose copy is under way to it; 0: none */
    uint32_t warps;    /* that read it since */
    struct {
        uint32_t stamp, lanes;
    } read[WARPS];
} Trace;

enum { ASYNC = UINT16_MAX };

static Trace trace[EMU_SHARED];
static uint32_t block;
static uint16_t fences[EMU_THREADS];

void emu_shared_block(void)
{
    block++;
    memset(fences, 0, sizeof fences);
}

void fence_async(void)
{
    fences[emu_me->number]++;
}

unsigned emu_fences(int thread)
{
    return fences[thread];
}

static Trace *trace_of(size_t place)
{
    Trace *const t = &trace[place];
    if (t->block != block) {
        memset(t, 0, sizeof *t);
        t->block = block;
    }
    return t;
}

/* How many bytes from here on one trace tells of: the word, or itself. */
static size_t together(size_t place, size_t bytes)
{
    Trace *const word = trace_of(place & ~(size_t)3);
    if (!word->apart && place % 4 == 0 && bytes >= 4) {
        return 4;
    }
    if (!word->apart) {
        word->apart = 1;
        word[1] = word[2] = word[3] = *word;
    }
    return 1;
}

static const char *name_of(int actor, char *text, size_t size)
{
    if (actor < EMU_THREADS) {
        snprintf(text, size, "thread %d", actor);
    } else {
        snprintf(text, size, "a copy to mbarrier %d", actor - EMU_THREADS);
    }
    return text;
}

static void after_write(const Trace *t, const char *does)
{
    char other[40];
    if (t->copier) {
        emu_stop("thread %d %s what a copy of thread %d is under way to", emu_me->number, does, t->copier - 1);
    }
    if (t->writer && t->write_epoch == emu_epoch() && !order_knows(t->writer - 1, t->write_stamp)) {
        emu_stop("a race in shared memory: %s wrote what thread %d %s", name_of(t->writer - 1, other, sizeof other), emu_me->number, does);
    }
}

static void after_reads(const Trace *t)
{
    if (!t->warps || t->read_epoch != emu_epoch()) {
        return;
    }
    for (int w = 0; w < WARPS; w++) {
        for (int lane = 0; (t->warps >> w & 1) && lane < 32; lane++) {
            if ((t->read[w].lanes >> lane & 1) && !order_knows(w * 32 + lane, t->read[w].stamp)) {
                emu_stop("a race in shared memory: thread %d writes what thread %d read", emu_me->number, w * 32 + lane);
            }
        }
    }
}

static void note_read(Trace *t, uint32_t lanes)
{
    const int w = emu_me->warp;
    const uint32_t stamp = order_stamp();
    if (t->read_epoch != emu_epoch()) {
        t->read_epoch = emu_epoch();
        t->warps = 0;
    }
    if (!(t->warps >> w & 1) || t->read[w].stamp < order_warp_stamp(w)) {
        t->read[w].lanes = 0;
    }
    t->warps |= UINT32_C(1) << w;
    t->read[w].lanes |= lanes;
    t->read[w].stamp = stamp;
}

static void note_write(Trace *t, int actor, uint32_t stamp, unsigned fence)
{
    t->writer = (uint16_t)(actor + 1);
    t->write_stamp = stamp;
    t->write_epoch = emu_epoch();
    t->fences = (uint16_t)fence;
    t->warps = 0;
}

void emu_shared_access(size_t place, size_t bytes, int writes)
{
    for (size_t i = 0, n; i < bytes; i += n) {
        n = together(place + i, bytes - i);
        Trace *const t = trace_of(place + i);
        after_write(t, writes ? "writes" : "reads");
        if (writes) {
            after_reads(t);
            note_write(t, emu_me->number, order_stamp(), fences[emu_me->number]);
        } else {
            note_read(t, UINT32_C(1) << emu_me->lane);
        }
    }
}

void emu_shared_copy(size_t place, size_t bytes, int is_under_way)
{
    for (size_t i = 0; i < bytes; i++) {
        trace_of(place + i)->copier = (uint16_t)(is_under_way ? emu_me->number + 1 : 0);
    }
}

static void check_fenced(const Trace *t, const char *what)
{
    if (t->writer && t->fences != ASYNC && t->fences == fences[t->writer - 1]) {
        emu_stop(what, t->writer - 1);
    }
}

void emu_shared_async_read(size_t place, size_t bytes)
{
    for (size_t i = 0, n; i < bytes; i += n) {
        n = together(place + i, bytes - i);
        Trace *const t = trace_of(place + i);
        after_write(t, "has a product read");
        check_fenced(t, "a product reads what thread %d wrote, without fence_async");
        note_read(t, UINT32_MAX);
    }
}

void emu_shared_async_write(size_t place, size_t bytes, int actor, uint32_t stamp)
{
    for (size_t i = 0, n; i < bytes; i += n) {
        n = together(place + i, bytes - i);
        Trace *const t = trace_of(place + i);
        after_write(t, "has a copy write");
        check_fenced(t, "a copy writes over what thread %d wrote, without fence_async");
        after_reads(t);
        note_write(t, actor, stamp, ASYNC);
    }
}
