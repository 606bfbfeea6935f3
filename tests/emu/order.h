/* order.h - what a thread knows of what others did before
 *
 * A stamp is a time of one thread: collectives of its warp so far, and within them how often it arrived somewhere alone. What thread s did at
 * a stamp comes before what thread t does now if t knows that stamp of s: both met at a barrier, or t waited for something at which s, or
 * somebody who knew it, arrived. */
#ifndef EMU_ORDER_H
#define EMU_ORDER_H

#include <stdint.h>

enum { EMU_THREADS = 1024, EMU_MBARRIERS = 32, EMU_ACTORS = EMU_THREADS + EMU_MBARRIERS }; /* copies that arrive at an mbarrier are one */

typedef struct Known {
    uint32_t stamp[EMU_ACTORS];
} Known;

void order_block(int threads);          /* a block begins */
uint32_t order_stamp(void);             /* now, of the running thread */
uint32_t order_warp_stamp(int warp);    /* when its present collective began */
void order_release(Known *place);       /* all that the running thread knows and did is known there */
void order_acquire(const Known *place); /* and from there by the running thread */
void order_acquire_actor(int actor, uint32_t stamp);
void order_warp(int warp);              /* its lanes met */
void order_all(void);                   /* all threads met */
int order_knows(int actor, uint32_t stamp);

#endif
