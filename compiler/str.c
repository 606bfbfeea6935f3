#include "str.h"

#include "arena.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct {
    Arena *arena;
    Str *slot; /* open addressing; a power of two of them */
    size_t slots, used;
} table;

static uint64_t hash(const char *text, size_t bytes) /* FNV-1a */
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < bytes; i++) {
        h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    }
    return h;
}

static Str *slot_of(const char *text, size_t bytes)
{
    size_t i = (size_t)hash(text, bytes) & (table.slots - 1);
    while (table.slot[i] && (strncmp(table.slot[i], text, bytes) != 0 || table.slot[i][bytes])) {
        i = (i + 1) & (table.slots - 1);
    }
    return &table.slot[i];
}

static void grow(void)
{
    Str *old = table.slot;
    const size_t n = table.slots;
    table.slots = n ? n * 2 : 1024;
    table.slot = arena_alloc(table.arena, table.slots * sizeof *table.slot);
    for (size_t i = 0; i < n; i++) {
        if (old[i]) {
            *slot_of(old[i], strlen(old[i])) = old[i];
        }
    }
}

Str str_of_n(const char *text, size_t bytes)
{
    if (!table.arena) {
        table.arena = arena_new();
    }
    if (2 * table.used >= table.slots) {
        grow();
    }
    const char *nul = bytes ? memchr(text, 0, bytes) : NULL;
    bytes = nul ? (size_t)(nul - text) : bytes;
    Str *slot = slot_of(bytes ? text : "", bytes);
    if (!*slot) {
        char *copy = arena_alloc(table.arena, bytes + 1);
        if (bytes) {
            memcpy(copy, text, bytes);
        }
        *slot = copy;
        table.used++;
    }
    return *slot;
}

Str str_of(const char *text)
{
    return str_of_n(text, strlen(text));
}

Str str_format(const char *format, ...)
{
    Arena *arena = arena_new();
    va_list args;
    va_start(args, format);
    Str s = str_of(arena_vprintf(arena, format, args));
    va_end(args);
    arena_free(arena);
    return s;
}

void str_forget(void)
{
    if (table.arena) {
        arena_free(table.arena);
    }
    memset(&table, 0, sizeof table);
}

int str_distance(const char *a, const char *b)
{
    enum { LONGEST = 256 };
    const size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) {
        return n + m < INT_MAX ? (int)(n + m) : INT_MAX;
    }
    int row[3][LONGEST + 1]; /* row[i % 3][j]: from the first i of a to the first j of b */
    for (size_t i = 0; i <= n; i++) {
        int *now = row[i % 3];
        const int *above = row[(i + 2) % 3], *second = row[(i + 1) % 3];
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                now[j] = (int)(i + j);
                continue;
            }
            const int change = above[j - 1] + (a[i - 1] != b[j - 1]);
            const int drop = (above[j] < now[j - 1] ? above[j] : now[j - 1]) + 1;
            now[j] = change < drop ? change : drop;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && second[j - 2] + 1 < now[j]) {
                now[j] = second[j - 2] + 1;
            }
        }
    }
    return row[n % 3][m];
}
