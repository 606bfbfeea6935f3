/* order.c - clocks of threads */
#include "order.h"
#include "inner.h"

#include <string.h>

enum { ALONE_BITS = 12, MOST_ALONE = (1 << ALONE_BITS) - 1, WARPS = EMU_THREADS / 32 };

static Known known[EMU_THREADS];
static uint32_t met[WARPS];          /* collectives of a warp */
static uint32_t alone[EMU_THREADS];  /* arrivals since */
static int learned[WARPS];           /* some lane has acquired something since */
static int threads_n;

void order_block(int threads)
{
    threads_n = threads;
    memset(known, 0, (size_t)threads * sizeof known[0]);
    memset(alone, 0, sizeof alone);
    memset(learned, 0, sizeof learned);
    for (int w = 0; w < WARPS; w++) {
        met[w] = 1; /* stamp 0 is before all */
    }
}

uint32_t order_warp_stamp(int warp)
{
    return met[warp] << ALONE_BITS;
}

uint32_t order_stamp(void)
{
    return order_warp_stamp(emu_me->warp) | alone[emu_me->number];
}

static void meet(int w)
{
    if (++met[w] >> (32 - ALONE_BITS)) {
        emu_stop("too many collectives in one block for the detector of races");
    }
    memset(alone + w * 32, 0, 32 * sizeof *alone);
}

static void join(Known *to, const Known *from)
{
    for (int i = 0; i < threads_n; i++) {
        to->stamp[i] = from->stamp[i] > to->stamp[i] ? from->stamp[i] : to->stamp[i];
    }
    for (int i = EMU_THREADS; i < EMU_ACTORS; i++) {
        to->stamp[i] = from->stamp[i] > to->stamp[i] ? from->stamp[i] : to->stamp[i];
    }
}

void order_warp(int w)
{
    const int n = threads_n - w * 32 < 32 ? threads_n - w * 32 : 32;
    Known *const lane = known + w * 32;
    for (int i = 1; learned[w] && i < n; i++) {
        join(&lane[0], &lane[i]);
    }
    for (int i = 1; learned[w] && i < n; i++) {
        lane[i] = lane[0];
    }
    learned[w] = 0;
    meet(w);
}

/* Epochs of barriers (emu_epoch) tell what came before: nothing needs to be noted. */
void order_all(void)
{
    for (int w = 0; w * 32 < threads_n; w++) {
        meet(w);
    }
}

void order_release(Known *place)
{
    const int me = emu_me->number, first = emu_me->warp * 32;
    join(place, &known[me]);
    for (int i = first; i < first + 32 && i < threads_n; i++) { /* the others up to the last collective */
        const uint32_t stamp = i == me ? order_stamp() : order_warp_stamp(emu_me->warp) - 1;
        place->stamp[i] = stamp > place->stamp[i] ? stamp : place->stamp[i];
    }
    if (++alone[me] > MOST_ALONE) {
        emu_stop("too many arrivals between two collectives for the detector of races");
    }
}

void order_acquire(const Known *place)
{
    join(&known[emu_me->number], place);
    learned[emu_me->warp] = 1;
}

void order_acquire_actor(int actor, uint32_t stamp)
{
    uint32_t *const at = &known[emu_me->number].stamp[actor];
    *at = stamp > *at ? stamp : *at;
    learned[emu_me->warp] = 1;
}

int order_knows(int actor, uint32_t stamp)
{
    const int same_warp = actor < EMU_THREADS && actor / 32 == emu_me->warp;
    return actor == emu_me->number || (same_warp && stamp < order_warp_stamp(emu_me->warp)) || known[emu_me->number].stamp[actor] >= stamp;
}
