#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Source *source_of_text(Arena *arena, const char *name, const char *text, size_t bytes)
{
    Source *source = arena_new_of(arena, Source);
    *source = (Source){.name = str_of(name), .text = text, .bytes = bytes};
    return source;
}

/* Without O_NONBLOCK, opening a FIFO that nobody writes to would wait for ever; with it, such a FIFO reads as empty. */
static int open_to_read(const char *path, struct stat *about)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, about) != 0 || fcntl(fd, F_SETFL, O_RDONLY) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

Source *source_of_file(Arena *arena, const char *path, size_t limit, const char **why)
{
    struct stat about;
    const int fd = open_to_read(path, &about);
    if (fd < 0) {
        *why = arena_printf(arena, "%s", strerror(errno));
        return NULL;
    }
    *why = S_ISDIR(about.st_mode) ? "is a directory, not a file" : NULL;
    const size_t most = limit < UINT32_MAX ? limit : UINT32_MAX - 1; /* a span counts in 32 bits */
    const int sized = S_ISREG(about.st_mode) && about.st_size >= 0 && (uintmax_t)about.st_size <= most;
    size_t n = 0, room = sized ? (size_t)about.st_size + 2 : 1 << 14;
    char *text = *why ? NULL : arena_alloc(arena, room);
    while (!*why) {
        const ssize_t got = read(fd, text + n, room - n - 1); /* one byte is kept for the NUL */
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            *why = got < 0 ? arena_printf(arena, "%s", strerror(errno)) : NULL;
            break;
        }
        n += (size_t)got;
        if (n > most) {
            *why = arena_printf(arena, "is larger than %zu bytes", most);
        } else if (n + 1 == room) {
            text = arena_grow(arena, text, n, room * 2);
            room *= 2;
        }
    }
    close(fd);
    return *why ? NULL : source_of_text(arena, path, text, n);
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
