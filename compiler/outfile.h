/* outfile.h - a file being written, whole or not at all
 *
 * What is written goes to a temporary file beside the target; outfile_keep() puts it in the target's place in one step.
 * So a failure of any kind, a full disk included, leaves what stood there. A target that is no regular file
 * (/dev/stdout, a pipe) is written directly. Errors of writing are reported once, by outfile_keep(). */
#ifndef SINTER_OUTFILE_H
#define SINTER_OUTFILE_H

#include "arena.h"
#include "diag.h"

#include <stddef.h>
#include <stdio.h>

typedef struct OutFile {
    FILE *stream; /* for fprintf() and the like */
    const char *path;
    const char *target;    /* what path names once symbolic links are followed */
    const char *temporary; /* NULL: written directly */
    int failed;            /* errno of the first outfile_write() that failed */
} OutFile;

/* NULL and an error if it cannot be made. From here on SIGXFSZ is ignored, so that a limit on file sizes is an error like a full disk. */
OutFile *outfile_open(Arena *arena, Diag *d, const char *path);

/* As fwrite(), but remembers why it failed. 1 if all was written. */
int outfile_write(OutFile *out, const void *bytes, size_t n);

/* All was written and may be seen: 1, or 0, an error, and nothing is left of it. To keep several files or none, first
 * outfile_finish() all of them (0 and an error: outfile_drop() all), then outfile_keep() each. */
int outfile_finish(OutFile *out, Diag *d);
int outfile_keep(OutFile *out, Diag *d);
void outfile_drop(OutFile *out); /* or NULL: as if it had never been opened */

#endif
