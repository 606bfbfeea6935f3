#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

Source *source_of_text(Arena *arena, const char *name, const char *text, size_t bytes)
{
    Source *source = arena_new_of(arena, Source);
    *source = (Source){.name = str_of(name), .text = text, .bytes = bytes};
    return source;
}

Source *source_of_file(Arena *arena, const char *path, size_t limit, const char **why)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        *why = "is a directory, not a file";
        return NULL;
    }
    FILE *file = fopen(path, "rb");
    if (!file) {
        *why = strerror(errno);
        return NULL;
    }
    size_t n = 0, room = 1 << 14;
    char *text = arena_alloc(arena, room);
    *why = NULL;
    for (size_t got; (got = fread(text + n, 1, room - n, file)) > 0;) {
        n += got;
        if (n > limit) {
            *why = "is too large";
            break;
        }
        if (n == room) {
            text = arena_grow(arena, text, n, room * 2);
            room *= 2;
        }
    }
    if (!*why && ferror(file)) {
        *why = strerror(errno);
    }
    fclose(file);
    if (*why) {
        return NULL;
    }
    text = n == room ? arena_grow(arena, text, n, n + 1) : text;
    text[n] = 0;
    return source_of_text(arena, path, text, n);
}

Place source_place(const Source *source, uint32_t offset)
{
    Place place = {1, 1};
    for (size_t i = 0; source->text && i < offset && i < source->bytes; i++) {
        const unsigned char c = (unsigned char)source->text[i];
        if (c == '\n') {
            place.line++;
            place.column = 1;
        } else if ((c & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

Span span_join(Span a, Span b)
{
    if (!a.source || a.source != b.source) {
        return a.source ? a : b;
    }
    return (Span){a.source, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

Span span_of_source(const Source *source)
{
    return (Span){source, UINT32_MAX, UINT32_MAX};
}

Str span_text(Span span)
{
    if (!span.source || !span.source->text || span.begin > span.end || span.end > span.source->bytes) {
        return str_of("");
    }
    return str_of_n(span.source->text + span.begin, span.end - span.begin);
}
