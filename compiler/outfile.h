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

/* All was written (finish), and may be seen (keep): 1, or 0, an error, and nothing is left of it. */
int outfile_finish(OutFile *out, Diag *d);
int outfile_keep(OutFile *out, Diag *d);
void outfile_drop(OutFile *out); /* or NULL: as if it had never been opened */

/* A directory for them: 1 if it was not there and is now, 0 if it was; -1: reported. */
int outfile_directory(Diag *d, const char *path);

/* Several files, all or none. */
typedef VEC(OutFile *) OutFiles;
OutFile *outfiles_open(OutFiles *files, Arena *arena, Diag *d, const char *path); /* as outfile_open(); what is opened is one of them */
int outfiles_keep(OutFiles *files, Diag *d); /* 1, or 0, an error, and nothing is left of any */
void outfiles_drop(OutFiles *files);

#endif
