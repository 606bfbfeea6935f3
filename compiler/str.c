#include "str.h"

#include "arena.h"

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
    Str *slot = slot_of(text, bytes);
    if (!*slot) {
        char *copy = arena_alloc(table.arena, bytes + 1);
        memcpy(copy, text, bytes);
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
    enum { LONGEST = 64 };
    const int n = (int)strlen(a), m = (int)strlen(b);
    if (n > LONGEST || m > LONGEST) {
        return n + m;
    }
    int d[LONGEST + 1][LONGEST + 1];
    for (int i = 0; i <= n; i++) {
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            const int change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            const int drop = (d[i - 1][j] < d[i][j - 1] ? d[i - 1][j] : d[i][j - 1]) + 1;
            d[i][j] = change < drop ? change : drop;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < d[i][j]) {
                d[i][j] = d[i - 2][j - 2] + 1;
            }
        }
    }
    return d[n][m];
}
