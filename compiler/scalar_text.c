#include "scalar_text.h"

#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { POINT_BITS = 21, POINT_MASK = (1 << POINT_BITS) - 1, POINTS = 2 };
const int64_t text_empty = POINT_MASK; /* no code point is that large */

typedef struct Long {
    const char *text;
    size_t bytes;
    uint64_t hash;
    int place; /* among all in their order, from 1 */
} Long;

static struct Table {
    Arena *arena;
    VEC(Long) entry;
    int *slot; /* into entry plus one; 0: free */
    size_t slots;
    int placed; /* as many have a place */
} table;

void text_forget(void)
{
    if (table.arena) {
        arena_free(table.arena);
    }
    table = (struct Table){0};
}

int text_long_count(void)
{
    return table.entry.n;
}

const char *text_long(int k, size_t *bytes)
{
    *bytes = table.entry.at[k].bytes;
    return table.entry.at[k].text;
}

/* ---- code points ------------------------------------------------------------------------------------------------------------------- */

static uint32_t point_at(const char *text, size_t bytes, size_t *at)
{
    const unsigned char c = (unsigned char)text[*at];
    const size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t point = c < 0x80 ? c : c & (0x7FU >> length);
    for (size_t i = 1; i < length && *at + i < bytes; i++) {
        point = point << 6 | ((unsigned char)text[*at + i] & 0x3FU);
    }
    *at = *at + length < bytes ? *at + length : bytes;
    return point;
}

static size_t point_write(uint32_t point, char *to)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    const size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; point >>= 6) {
        to[i] = (char)(0x80 | (point & 0x3F));
    }
    to[0] = (char)((0xF00U >> length) | point);
    return length;
}

/* ---- the table --------------------------------------------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *text, size_t bytes)
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */
    for (size_t i = 0; i < bytes; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211U;
    }
    return hash;
}

static void enter(int entry)
{
    size_t at = table.entry.at[entry].hash & (table.slots - 1);
    while (table.slot[at]) {
        at = (at + 1) & (table.slots - 1);
    }
    table.slot[at] = entry + 1;
}

static void grow(void)
{
    table.slots = table.slots ? 2 * table.slots : 256;
    table.slot = arena_array(table.arena, int, table.slots);
    for (int i = 0; i < table.entry.n; i++) {
        enter(i);
    }
}

static int64_t long_symbol(const char *text, size_t bytes)
{
    const uint64_t hash = hash_of(text, bytes);
    table.arena = table.arena ? table.arena : arena_new();
    if ((size_t)table.entry.n * 2 >= table.slots) {
        grow();
    }
    for (size_t at = hash & (table.slots - 1); table.slot[at]; at = (at + 1) & (table.slots - 1)) {
        const Long *one = &table.entry.at[table.slot[at] - 1];
        if (one->hash == hash && one->bytes == bytes && memcmp(one->text, text, bytes) == 0) {
            return -(int64_t)table.slot[at];
        }
    }
    char *copy = arena_alloc(table.arena, bytes + 1);
    memcpy(copy, text, bytes);
    const Long entry = {copy, bytes, hash, 0};
    vec_push(table.arena, table.entry, entry);
    enter(table.entry.n - 1);
    return -(int64_t)table.entry.n;
}

/* ---- symbols ----------------------------------------------------------------------------------------------------------------------- */

int64_t text_symbol(const char *text, size_t bytes)
{
    int64_t symbol = 0;
    int points = 0;
    for (size_t at = 0; at < bytes && points <= POINTS; points++) {
        const int64_t point = point_at(text, bytes, &at);
        if (points < POINTS) {
            symbol |= (point + (points > 0)) << (POINT_BITS * points);
        }
    }
    return points == 0 ? text_empty : points <= POINTS ? symbol : long_symbol(text, bytes);
}

int text_is_symbol(int64_t symbol)
{
    if (symbol < 0) {
        return -symbol <= table.entry.n;
    }
    const int64_t second = symbol >> POINT_BITS;
    return symbol == text_empty || ((symbol & POINT_MASK) <= 0x10FFFF && second <= 0x110000);
}

const char *symbol_text(int64_t symbol, size_t *bytes, char room[16])
{
    if (symbol < 0) {
        const Long *one = &table.entry.at[-symbol - 1];
        *bytes = one->bytes;
        return one->text;
    }
    *bytes = 0;
    for (int i = 0; i < POINTS && symbol != text_empty; i++) {
        const int64_t point = (symbol >> (POINT_BITS * i) & POINT_MASK) - (i > 0);
        if (point >= 0) {
            *bytes += point_write((uint32_t)point, room + *bytes);
        }
    }
    return room;
}

/* ---- order ------------------------------------------------------------------------------------------------------------------------- */

static int compare_long(const void *a, const void *b)
{
    const Long *x = &table.entry.at[*(const int *)a], *y = &table.entry.at[*(const int *)b];
    const int order = memcmp(x->text, y->text, x->bytes < y->bytes ? x->bytes : y->bytes);
    return order ? order : x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static void place_long(void)
{
    Arena *scratch = arena_new();
    int *order = arena_array(scratch, int, table.entry.n);
    for (int i = 0; i < table.entry.n; i++) {
        order[i] = i;
    }
    qsort(order, (size_t)table.entry.n, sizeof *order, compare_long);
    for (int i = 0; i < table.entry.n; i++) {
        table.entry.at[order[i]].place = i + 1;
    }
    table.placed = table.entry.n;
    arena_free(scratch);
}

int text_key_is_fixed(int64_t symbol)
{
    return symbol >= 0;
}

int text_key(int64_t symbol, int64_t *key)
{
    int64_t place = 0, first = symbol & POINT_MASK, second = symbol >> POINT_BITS;
    if (symbol < 0) {
        if (table.placed != table.entry.n) {
            place_long();
        }
        const Long *one = &table.entry.at[-symbol - 1];
        size_t at = 0;
        first = point_at(one->text, one->bytes, &at);
        second = (int64_t)point_at(one->text, one->bytes, &at) + 1;
        place = one->place;
    }
    *key = symbol == text_empty ? 0 : (first + 1) << 2 * POINT_BITS | second << POINT_BITS | place;
    return place <= POINT_MASK;
}

int text_join(int64_t a, int64_t b, int64_t *result)
{
    char room_a[16], room_b[16], room[32];
    size_t bytes_a, bytes_b;
    const char *text_a = symbol_text(a, &bytes_a, room_a), *text_b = symbol_text(b, &bytes_b, room_b);
    if (bytes_a + bytes_b > TEXT_MOST) {
        return 0;
    }
    char *all = bytes_a + bytes_b <= sizeof room ? room : malloc(bytes_a + bytes_b);
    if (!all) {
        return 0;
    }
    memcpy(all, text_a, bytes_a);
    memcpy(all + bytes_a, text_b, bytes_b);
    *result = text_symbol(all, bytes_a + bytes_b);
    if (all != room) {
        free(all);
    }
    return 1;
}

int text_times(int64_t a, int64_t n, int64_t *result)
{
    char room[16];
    size_t bytes;
    const char *text = symbol_text(a, &bytes, room);
    *result = text_empty;
    if (n <= 0 || bytes == 0) {
        return 1;
    }
    if (n > TEXT_MOST / (int64_t)bytes) {
        return 0;
    }
    char *all = malloc(bytes * (size_t)n);
    if (!all) {
        return 0;
    }
    for (int64_t i = 0; i < n; i++) {
        memcpy(all + (size_t)i * bytes, text, bytes);
    }
    *result = text_symbol(all, bytes * (size_t)n);
    free(all);
    return 1;
}
