/* mapping.h - a file as read-only memory
 *
 * Nothing is copied; pages are read when they are touched. A file that another program cuts short meanwhile would end the process
 * by SIGBUS: a handler puts zeros there instead and remembers it, and mapping_check() says so afterwards. */
#ifndef SINTER_WEIGHTS_MAPPING_H
#define SINTER_WEIGHTS_MAPPING_H

#include "../arena.h"
#include "../diag.h"

#include <stddef.h>
#include <stdint.h>

typedef struct Mapping Mapping;
struct Mapping {
    const char *path;
    const unsigned char *data; /* NULL if the file is empty */
    size_t bytes;
    int file;           /* descriptor, kept to see changes */
    int64_t changed[2]; /* time of last change: seconds, nanoseconds */
    volatile int lost;  /* set by the signal handler */
    Mapping *next;      /* all open mappings, for the handler */
};

/* NULL and an error unless `path` is a regular file that can be read. */
Mapping *mapping_open(Arena *arena, Diag *d, const char *path);

/* 1 if the file is still as it was opened; otherwise an error: what was read from it means nothing. */
int mapping_check(const Mapping *mapping, Diag *d);

void mapping_close(Mapping *mapping);

#endif
