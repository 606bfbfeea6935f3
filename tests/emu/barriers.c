/* barriers.c - threads that wait: for the block, at a numbered barrier, for an mbarrier; runtime/cuda/barrier.h and box.h */
#include "inner.h"
#include "map.h"
#include "order.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* ---- barriers -------------------------------------------------------------------------------------------------- */

enum { BARRIERS = 16 };

typedef struct Barrier {
    int arrived, threads;
    unsigned generation;
    const char *file;
    int line;
    Known known, done; /* by those who have arrived in this generation, and in the last */
} Barrier;

static Barrier barrier[BARRIERS];
static int threads_n;

unsigned emu_epoch(void)
{
    return barrier[0].generation;
}

void emu_barrier(const char *file, int line)
{
    Barrier *const b = &barrier[0];
    const unsigned generation = b->generation;
    if (b->arrived && (b->line != line || (b->file != file && strcmp(b->file, file) != 0))) {
        emu_stop("threads wait for each other at %s:%d and at %s:%d", b->file, b->line, file, line);
    }
    b->file = file;
    b->line = line;
    b->arrived++;
    if (emu_live() != threads_n) {
        emu_stop("a barrier at %s:%d that some threads never reach: they have ended", file, line);
    }
    if (b->arrived == threads_n) {
        b->arrived = 0;
        b->generation++;
        order_all();
        emu_banks_meet(-1);
        emu_goes_on();
    }
    while (b->generation == generation) {
        emu_yield();
    }
}

static Barrier *arrive_at(int number, int threads)
{
    if (number < 1 || number >= BARRIERS || threads < 32 || threads % 32 || threads > threads_n) {
        emu_stop("there is no barrier %d of %d threads in a block of %d", number, threads, threads_n);
    }
    Barrier *const b = &barrier[number];
    if (b->arrived && b->threads != threads) {
        emu_stop("barrier %d is of %d threads here and of %d there", number, b->threads, threads);
    }
    b->threads = threads;
    order_release(&b->known);
    if (++b->arrived == threads) {
        b->arrived = 0;
        b->generation++;
        b->done = b->known;
        emu_goes_on();
    }
    return b;
}

void barrier_wait(int number, int threads)
{
    const unsigned generation = number > 0 && number < BARRIERS ? barrier[number].generation : 0;
    Barrier *const b = arrive_at(number, threads);
    while (b->generation == generation) {
        emu_yield();
    }
    order_acquire(&b->done);
}

void barrier_arrive(int number, int threads)
{
    (void)arrive_at(number, threads);
}

/* ---- mbarriers ------------------------------------------------------------------------------------------------- */

enum { MOST_BOXES = 256 };

typedef struct Box { /* or, without a map, bytes that follow each other */
    unsigned char *to;
    const EmuMap *map;
    int column, row;
    const unsigned char *from;
    int bytes;
} Box;

typedef struct Mbarrier {
    const uint64_t *at;
    int beginner;
    unsigned fences; /* that the thread which began it had said */
    int arrivals, missing; /* of the phase that runs */
    long bytes;            /* that are still to come */
    uint32_t phase;        /* phases that have ended */
    Known known, done;
    Box box[MOST_BOXES]; /* under way */
    int box_n;
    int waited[EMU_THREADS]; /* the parity that a thread waited for last + 1 */
} Mbarrier;

static const uint64_t SIGN = UINT64_C(0x6d62617272696572); /* lies in shared memory for it */
static Mbarrier mbarrier[EMU_MBARRIERS];
static int mbarriers;

static uint32_t stamp_of(const Mbarrier *m)
{
    return m->phase + 1;
}

static Mbarrier *find(const uint64_t *at)
{
    uint64_t sign = 0;
    size_t place;
    if (emu_is_shared(at, &place) && (uintptr_t)at % 8 == 0) {
        emu_shared_access(place, sizeof sign, 0); /* whoever began it has met with this thread */
        memcpy(&sign, at, sizeof sign);
    }
    for (int i = 0; sign == SIGN && i < mbarriers; i++) {
        if (mbarrier[i].at == at) {
            return &mbarrier[i];
        }
    }
    emu_stop("an mbarrier that was never begun, or was written over");
}

void mbarrier_begin(uint64_t *at, int arrivals)
{
    size_t place;
    if (mbarriers == EMU_MBARRIERS || arrivals < 1 || !emu_is_shared(at, &place) || (uintptr_t)at % 8) {
        emu_stop("no place for an mbarrier, or too many");
    }
    emu_shared_access(place, sizeof *at, 1);
    memcpy(at, &SIGN, sizeof SIGN);
    Mbarrier *const m = &mbarrier[mbarriers++];
    memset(m, 0, sizeof *m);
    m->at = at;
    m->beginner = emu_me->number;
    m->fences = emu_fences(m->beginner);
    m->arrivals = m->missing = arrivals;
}

static void end_phase(Mbarrier *m)
{
    if (m->missing == 0 && m->bytes == 0) {
        m->done = m->known;
        m->phase++;
        m->missing = m->arrivals;
        emu_goes_on();
    }
}

static void arrive(Mbarrier *m, long bytes)
{
    if (m->missing == 0) {
        emu_stop("one arrival too many at an mbarrier of %d", m->arrivals);
    }
    order_release(&m->known);
    m->missing--;
    m->bytes += bytes;
    emu_goes_on();
    end_phase(m);
}

void mbarrier_arrive(uint64_t *at)
{
    arrive(find(at), 0);
}

void mbarrier_expect(uint64_t *at, int bytes)
{
    arrive(find(at), bytes);
}

static void bring(Mbarrier *m, const Box *box)
{
    if (box->map) {
        m->bytes -= (long)emu_map_bring(box->map, box->column, box->row, box->to);
    } else {
        memcpy(box->to, box->from, (size_t)box->bytes);
        m->bytes -= box->bytes;
    }
    emu_goes_on();
}

void mbarrier_wait(uint64_t *at, int parity)
{
    Mbarrier *const m = find(at);
    const uint32_t phase = m->phase;
    int *const waited = &m->waited[emu_me->number];
    if (*waited == parity + 1) {
        emu_stop("thread %d waits twice for parity %d of an mbarrier: the phase between is missed", emu_me->number, parity);
    }
    *waited = parity + 1;
    if ((int)(phase & 1) == parity) {
        while (m->phase == phase) {
            if (m->missing == 0) { /* all that is under way arrives no later than now */
                for (int i = 0; i < m->box_n; i++) {
                    bring(m, &m->box[i]);
                }
                m->box_n = 0;
                end_phase(m);
            }
            if (m->phase == phase) {
                emu_yield();
            }
        }
        if (m->phase - phase > 1) {
            emu_stop("thread %d missed a phase of an mbarrier", emu_me->number);
        }
    }
    order_acquire(&m->done);
    order_acquire_actor(EMU_THREADS + (int)(m - mbarrier), m->phase);
}

static void copy(Mbarrier *m, const Box *box, size_t bytes, size_t aligned)
{
    size_t place;
    if (emu_fences(m->beginner) == m->fences) {
        emu_stop("bytes arrive at an mbarrier that thread %d began, without fence_async", m->beginner);
    }
    if (!emu_is_shared(box->to, &place) || (uintptr_t)box->to % aligned) {
        emu_stop("a box is copied to what is not aligned to %zu bytes, or not to shared memory", aligned);
    }
    emu_shared_async_write(place, bytes, EMU_THREADS + (int)(m - mbarrier), stamp_of(m));
    if (emu_is_eager()) {
        bring(m, box);
        end_phase(m);
    } else if (m->box_n == MOST_BOXES) {
        emu_stop("too many copies that nobody waits for");
    } else {
        m->box[m->box_n++] = *box;
    }
}

void copy_box(void *shared, const void *map, int column, int row, uint64_t *at)
{
    const Box box = {.to = shared, .map = emu_map_of(map), .column = column, .row = row};
    copy(find(at), &box, emu_map_bytes(box.map), 128);
}

void copy_bytes(void *shared, const void *from, int n, uint64_t *at)
{
    const Box box = {.to = shared, .from = from, .bytes = n};
    if (n <= 0 || n % 16 || (uintptr_t)from % 16) {
        emu_stop("a copy of bytes that is not aligned to 16 bytes");
    }
    emu_access(from, (size_t)n, 0);
    copy(find(at), &box, (size_t)n, 16);
}

void emu_barriers_block(int threads)
{
    threads_n = threads;
    memset(barrier, 0, sizeof barrier);
    mbarriers = 0;
}

void emu_barriers_end(void)
{
    for (int i = 0; i < mbarriers; i++) {
        if (mbarrier[i].box_n) {
            emu_stop("a copy is under way when the block ends");
        }
    }
    for (int i = 1; i < BARRIERS; i++) {
        if (barrier[i].arrived) {
            emu_stop("%d threads have arrived at barrier %d when the block ends", barrier[i].arrived, i);
        }
    }
}
