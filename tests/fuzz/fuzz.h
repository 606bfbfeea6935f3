/* fuzz.h - what fuzzers share: a folder that goes away, the prelude, and what has to hold of everything that is said
 *
 * Included by a fuzzer's only translation unit. */
#ifndef SINTER_TESTS_FUZZ_H
#define SINTER_TESTS_FUZZ_H

#include "diag.h"
#include "embed.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char fuzz_folder[] = "fuzz-XXXXXX";
static char fuzz_out[64]; /* a folder below it, which is not there yet */

static inline void fuzz_remove(const char *path)
{
    DIR *listed = opendir(path);
    for (struct dirent *entry; listed && (entry = readdir(listed));) {
        char name[512];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        unlink(name);
    }
    if (listed) {
        closedir(listed);
    }
    rmdir(path);
}

static inline void fuzz_end(void)
{
    fuzz_remove(fuzz_out);
    fuzz_remove(fuzz_folder);
}

/* Makes the folder, which goes when the fuzzer ends. */
static inline void fuzz_begin(void)
{
    if (!mkdtemp(fuzz_folder)) {
        abort();
    }
    snprintf(fuzz_out, sizeof fuzz_out, "%s/out", fuzz_folder);
    atexit(fuzz_end);
}

static inline FILE *fuzz_nowhere(void)
{
    static FILE *nowhere;
    nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
    if (!nowhere) {
        abort();
    }
    return nowhere;
}

/* A text that the compiler carries, as the library of another. */
static inline Source *fuzz_library(Arena *arena, const char *path)
{
    const Embedded *file = embed_find(path);
    Source *source = source_of_text(arena, file->path, file->text, file->bytes);
    source->library = 1;
    return source;
}

static inline void fuzz_fail(const Diag *d)
{
    diag_print(d, stderr);
    abort();
}

/* What is said can be printed, and its places lie inside the texts. */
static inline void fuzz_said(const Diag *d)
{
    for (int i = 0; i < d->item.n; i++) {
        const Span span = d->item.at[i].span;
        if (span.source && span.source->text && span.begin != UINT32_MAX && (span.begin > span.end || span.end > span.source->bytes)) {
            abort();
        }
    }
    diag_print(d, fuzz_nowhere());
}

#endif
