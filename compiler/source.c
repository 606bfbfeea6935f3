#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct Lines {
    Arena *arena;
    VEC(uint32_t) begin; /* of each line; empty: nobody has asked */
};

Source *source_of_text(Arena *arena, const char *name, const char *text, size_t bytes)
{
    Source *source = arena_new_of(arena, Source);
    *source = (Source){.name = str_of(name), .text = text, .bytes = bytes};
    source->lines = arena_new_of(arena, struct Lines);
    source->lines->arena = arena;
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

/* Bytes of the character at text[i], 0 if it is not UTF-8 (Unicode 15, table 3-7), or NUL. */
static size_t utf8_bytes(const char *text, size_t i, size_t n)
{
    static const struct {
        unsigned char first, last, second_from, second_to;
        size_t bytes;
    } row[] = {
        {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    const unsigned char *c = (const unsigned char *)text + i;
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        if (c[0] < row[r].first || c[0] > row[r].last) {
            continue;
        }
        const size_t bytes = row[r].bytes;
        int good = n - i >= bytes && (bytes < 2 || (c[1] >= row[r].second_from && c[1] <= row[r].second_to));
        for (size_t k = 2; good && k < bytes; k++) {
            good = (c[k] & 0xC0) == 0x80;
        }
        return good ? bytes : 0;
    }
    return 0;
}

size_t source_text_end(const Source *source)
{
    size_t i = 0;
    for (size_t bytes = 1; i < source->bytes && bytes; i += bytes) {
        bytes = utf8_bytes(source->text, i, source->bytes);
    }
    return i;
}

static const struct Lines *lines_of(const Source *source)
{
    struct Lines *lines = source->lines;
    const char *at = source->text;
    if (!lines->begin.n) {
        vec_push(lines->arena, lines->begin, 0);
        while (at && (at = memchr(at, '\n', source->bytes - (size_t)(at - source->text))) != NULL) {
            at++;
            vec_push(lines->arena, lines->begin, (uint32_t)(at - source->text));
        }
    }
    return lines;
}

Place source_place(const Source *source, uint32_t offset)
{
    const struct Lines *lines = lines_of(source);
    Place place = {1, 1};
    const size_t end = offset < source->bytes ? offset : source->bytes;
    for (int last = lines->begin.n; place.line < last;) { /* the last line that begins there or before */
        const int middle = place.line + (last - place.line + 1) / 2;
        const int before = lines->begin.at[middle - 1] <= end;
        place.line = before ? middle : place.line;
        last = before ? last : middle - 1;
    }
    for (size_t i = source->text ? lines->begin.at[place.line - 1] : end; i < end; i++) {
        place.column += ((unsigned char)source->text[i] & 0xC0) != 0x80;
    }
    return place;
}

uint32_t source_line(const Source *source, int line)
{
    const struct Lines *lines = lines_of(source);
    return line > lines->begin.n ? (uint32_t)source->bytes : line > 1 ? lines->begin.at[line - 1] : 0;
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
