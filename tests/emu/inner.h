/* inner.h - what the files of the emulator know of each other */
#ifndef EMU_INNER_H
#define EMU_INNER_H

#define EMU_ITSELF
#include "emu.h"

#include <stddef.h>
#include <stdint.h>

typedef struct Block { /* memory of the GPU */
    struct Block *next;
    unsigned char *at;
    size_t bytes;
    uint64_t *shadow; /* by byte: who wrote it last, see access.c */
} Block;

_Noreturn void emu_stop(const char *format, ...) __attribute__((format(printf, 1, 2)));

const Block *emu_owner(const void *at, size_t bytes); /* the buffer that holds all of it, or NULL */
int emu_is_shared(const void *at, size_t *place);     /* shared memory, and where in it */
int emu_is_own_stack(const void *at);
unsigned emu_epoch(void);                             /* barriers of the whole block so far */
unsigned emu_warp_epoch(void);                        /* collectives of this warp so far */

void emu_access_block(void);  /* a block begins */
void emu_words_block(void);
void emu_access_launch(void); /* a kernel begins */
void emu_access_settle(void); /* the thread does nothing more for now */

enum { EMU_SHARED = 1024 * 1024 }; /* bytes of shared memory that are told apart */

#endif
