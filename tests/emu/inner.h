/* inner.h - what the files of the emulator know of each other */
#ifndef EMU_INNER_H
#define EMU_INNER_H

#define EMU_ITSELF
#include "emu.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct Block { /* memory of the GPU */
    struct Block *next;
    unsigned char *at;
    size_t bytes;
    uint64_t *shadow; /* by byte: who wrote it last, see access.c */
    unsigned char *hole; /* by byte: not 0 where no kernel may go; NULL: nowhere */
    size_t faults;       /* bytes at its begin where threads note that something is wrong */
} Block;

_Noreturn void emu_stop(const char *format, ...) __attribute__((format(printf, 1, 2)));

const Block *emu_owner(const void *at, size_t bytes); /* the buffer that holds all of it, or NULL */
int emu_is_shared(const void *at, size_t *place);     /* shared memory, and where in it */
int emu_is_own_stack(const void *at);
unsigned emu_epoch(void);                             /* barriers of the whole block so far */

void emu_shared_access(size_t place, size_t bytes, int writes);
void emu_shared_copy(size_t place, size_t bytes, int is_under_way); /* one of the running thread begins, or arrives */
void emu_shared_async_read(size_t place, size_t bytes); /* by the warp */
void emu_shared_async_write(size_t place, size_t bytes, int actor, uint32_t stamp);

/* Of the code at this place, or of a collective: lanes that are NULL do not take part. */
void emu_banks_access(const void *at, size_t bytes, const void *code);
void emu_banks_request(const void *const at[32], size_t bytes);
void emu_banks_meet(int warp); /* what its lanes did until now belongs together; -1: of all warps */

int emu_is_eager(void);        /* asynchronous copies and products are done at once */
float emu_of_bf16(uint32_t half);
float emu_of_f16(uint32_t half);

unsigned emu_fences(int thread);                        /* how often it said fence_async in this block */

void emu_shared_block(void);  /* a block begins */
void emu_copies_block(void);
void emu_barriers_block(int threads);
void emu_groups_block(void);
void emu_maps_block(void);
void emu_barriers_end(void);  /* it ends: nothing may be under way */
void emu_groups_end(void);
void emu_banks_kernel(const char *name);
void emu_access_launch(int overlaps); /* a kernel begins, maybe before the one before it has ended */
void emu_access_block(void);
void emu_access_settle(void); /* the thread does nothing more for now */

int emu_live(void);     /* threads that have not ended */
void emu_yield(void);   /* others go on */
void emu_goes_on(void); /* some thread that waited can */

void emu_run(const char *name, void (*entry)(void), dim3 blocks, dim3 threads, size_t shared, int overlaps,
             const uint64_t *arguments);
const void *emu_shared_at(size_t place);

enum { EMU_SHARED = 1024 * 1024, EMU_DYNAMIC = 227 * 1024 }; /* bytes of shared memory that are told apart, and of a block at most */
enum { EMU_POISON = 0xff };

#endif
