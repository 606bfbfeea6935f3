/* source.h - files of text, and places in them
 *
 * A span is a range of bytes. Lines and columns are computed only when a diagnostic is printed. */
#ifndef SINTER_SOURCE_H
#define SINTER_SOURCE_H

#include "arena.h"
#include "str.h"

#include <stddef.h>
#include <stdint.h>

typedef struct Source {
    Str name;         /* as it is shown: the path the user gave, or "lib/norms.sinter" */
    const char *text; /* NULL: a file without lines (binary), or one that could not be read */
    size_t bytes;
    int library; /* part of the embedded prelude */
    struct Lines *lines; /* where each begins, found when first asked for */
} Source;

typedef struct Span {
    const Source *source; /* NULL: no place at all, as for an option */
    uint32_t begin, end;  /* bytes, end exclusive */
} Span;

typedef struct Place {
    int line, column; /* from 1; column counts code points */
} Place;

Source *source_of_text(Arena *arena, const char *name, const char *text, size_t bytes);
/* Reads a whole file, at most `limit` bytes and less than 4 GiB. On failure returns NULL and sets *why to a sentence
 * that goes on from the file's name ("is a directory, not a file", "No such file or directory"). */
Source *source_of_file(Arena *arena, const char *path, size_t limit, const char **why);

/* The place of the first byte that is not UTF-8, or is NUL; `bytes` where there is none. */
size_t source_text_end(const Source *source);

Place source_place(const Source *source, uint32_t offset);
uint32_t source_line(const Source *source, int line); /* where it begins; of one behind the last the end of the text */
Span span_join(Span a, Span b);
Span span_of_source(const Source *source); /* names the file, points nowhere in it */
Str span_text(Span span);

#endif
