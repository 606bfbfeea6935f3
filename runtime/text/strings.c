/* strings.c - strings as symbols: the table, and what orders and makes them. In C, and for a thread of a GPU */
#include "text.h"

#include <string.h>

enum { POINT_BITS = 21, POINTS = 2, LONG_MOST = (1 << POINT_BITS) - 2 };

typedef struct text_entry {
    uint32_t next, hash, at, size; /* next: the entry plus one with the same head; at: from the end of the memory, downward */
    uint32_t place;                /* among all in their order, from 1; while they are sorted the entry plus one that follows */
} text_entry;

static uint32_t *text_heads(const model_texts *texts)
{
    return (uint32_t *)(void *)texts->memory;
}

static text_entry *text_entries(const model_texts *texts)
{
    return (text_entry *)(void *)(texts->memory + texts->heads * sizeof(uint32_t));
}

static const char *text_bytes(const model_texts *texts, const text_entry *e)
{
    return (const char *)texts->memory + (texts->bytes - e->at);
}

/* ---- code points ---- */

static uint32_t point_read(const char *text, size_t bytes, size_t *at)
{
    const unsigned char c = (unsigned char)text[*at];
    const size_t size = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t point = c < 0x80 ? c : c & (0x7Fu >> size);
    for (size_t i = 1; i < size && *at + i < bytes; i++) {
        point = point << 6 | ((unsigned char)text[*at + i] & 0x3Fu);
    }
    *at = *at + size < bytes ? *at + size : bytes;
    return point;
}

static size_t point_write(uint32_t point, char *to)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    const size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; point >>= 6) {
        to[i] = (char)(0x80 | (point & 0x3F));
    }
    to[0] = (char)((0xF00u >> size) | point);
    return size;
}

/* ---- the table ---- */

static uint32_t text_hash(const char *text, size_t bytes)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < bytes; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    }
    return hash;
}

/* As memcmp, which a GPU has not. */
static int text_order(const char *a, const char *b, size_t bytes)
{
    size_t i = 0;
    while (i < bytes && a[i] == b[i]) {
        i++;
    }
    return i == bytes ? 0 : (int)(unsigned char)a[i] - (int)(unsigned char)b[i];
}

/* The place of a string in the table, where it is put if it is not there yet. */
static int64_t text_enter(model_texts *texts, const char *text, size_t bytes)
{
    const uint32_t hash = text_hash(text, bytes);
    uint32_t *const head = &text_heads(texts)[hash & (texts->heads - 1)];
    text_entry *const entries = text_entries(texts);
    for (uint32_t i = *head; i; i = entries[i - 1].next) {
        const text_entry *const e = &entries[i - 1];
        if (e->hash == hash && e->size == bytes && text_order(text_bytes(texts, e), text, bytes) == 0) {
            return -(int64_t)i;
        }
    }
    if (texts->high - texts->low < sizeof(text_entry) + bytes || texts->count == LONG_MOST) {
        texts->full = 1;
        return MODEL_EMPTY;
    }
    texts->low += sizeof(text_entry);
    texts->high -= bytes;
    memcpy(texts->memory + texts->high, text, bytes);
    entries[texts->count] = (text_entry){*head, hash, (uint32_t)(texts->bytes - texts->high), (uint32_t)bytes, 0};
    *head = (uint32_t)++texts->count;
    return -(int64_t)texts->count;
}

static int64_t text_symbol(model_texts *texts, const char *text, size_t bytes)
{
    int64_t symbol = 0;
    int points = 0;
    for (size_t at = 0; at < bytes && points <= POINTS; points++) {
        const int64_t point = point_read(text, bytes, &at);
        if (points < POINTS) {
            symbol |= (point + (points > 0)) << (POINT_BITS * points);
        }
    }
    return points == 0 ? MODEL_EMPTY : points <= POINTS ? symbol : text_enter(texts, text, bytes);
}

static const char *text_string(const model_texts *texts, int64_t symbol, size_t *bytes, char room[16])
{
    *bytes = 0;
    if (symbol < 0) {
        const text_entry *const e = &text_entries(texts)[-symbol - 1];
        *bytes = e->size;
        return text_bytes(texts, e);
    }
    for (int i = 0; i < POINTS && symbol != MODEL_EMPTY; i++) {
        const int64_t point = (symbol >> (POINT_BITS * i) & MODEL_EMPTY) - (i > 0);
        if (point >= 0) {
            *bytes += point_write((uint32_t)point, room + *bytes);
        }
    }
    return room;
}

/* ---- operators ---- */

static int text_before(const model_texts *texts, const text_entry *a, const text_entry *b)
{
    const int order = text_order(text_bytes(texts, a), text_bytes(texts, b), a->size < b->size ? a->size : b->size);
    return order < 0 || (order == 0 && a->size < b->size);
}

/* Merges two lists, linked by place: 0 ends one. */
static uint32_t text_merge(const model_texts *texts, uint32_t a, uint32_t b)
{
    text_entry *const e = text_entries(texts);
    uint32_t first = 0, *last = &first;
    while (a && b) {
        uint32_t *const next = text_before(texts, &e[b - 1], &e[a - 1]) ? &b : &a;
        *last = *next;
        last = &e[*next - 1].place;
        *next = *last;
    }
    *last = a ? a : b;
    return first;
}

/* Gives all long strings their place; list[k] holds 2^k of them, or none. */
static void text_sort(model_texts *texts)
{
    text_entry *const e = text_entries(texts);
    uint32_t list[32] = {0}, all = 0;
    for (uint32_t i = 1; i <= (uint32_t)texts->count; i++) {
        uint32_t one = i;
        int k = 0;
        e[i - 1].place = 0;
        for (; list[k]; k++) {
            one = text_merge(texts, list[k], one);
            list[k] = 0;
        }
        list[k] = one;
    }
    for (int k = 0; k < 32; k++) {
        all = list[k] ? text_merge(texts, list[k], all) : all;
    }
    for (uint32_t place = 1; all; place++) {
        const uint32_t next = e[all - 1].place;
        e[all - 1].place = place;
        all = next;
    }
    texts->placed = texts->count;
}

static int64_t text_key(model_texts *texts, int64_t symbol)
{
    int64_t place = 0, first = symbol & MODEL_EMPTY, second = symbol >> POINT_BITS;
    if (symbol < 0) {
        if (texts->placed != texts->count) {
            text_sort(texts);
        }
        const text_entry *const e = &text_entries(texts)[-symbol - 1];
        size_t at = 0;
        first = point_read(text_bytes(texts, e), e->size, &at);
        second = (int64_t)point_read(text_bytes(texts, e), e->size, &at) + 1;
        place = e->place;
    }
    return symbol == MODEL_EMPTY ? 0 : (first + 1) << 2 * POINT_BITS | second << POINT_BITS | place;
}

/* a then b, n times over, put together at the free end of the table. */
static int64_t text_made(model_texts *texts, int64_t a, int64_t b, int64_t n, int *fault)
{
    char room_a[16], room_b[16];
    size_t bytes_a, bytes_b;
    const char *const text_a = text_string(texts, a, &bytes_a, room_a), *const text_b = text_string(texts, b, &bytes_b, room_b);
    const size_t once = bytes_a + bytes_b;
    if (n <= 0 || once == 0) {
        return MODEL_EMPTY;
    }
    if (once > MODEL_STRING_MOST || n > (int64_t)(MODEL_STRING_MOST / once)) {
        *fault = 1;
        return MODEL_EMPTY;
    }
    char small[64];
    const size_t bytes = once * (size_t)n;
    if (bytes > sizeof small && texts->high - texts->low < bytes) {
        texts->full = 1;
        return MODEL_EMPTY;
    }
    char *const made = bytes <= sizeof small ? small : (char *)texts->memory + texts->low;
    for (size_t i = 0; i < (size_t)n; i++) {
        memcpy(made + i * once, text_a, bytes_a);
        memcpy(made + i * once + bytes_a, text_b, bytes_b);
    }
    if (bytes > sizeof small && texts->high - texts->low < 2 * bytes + sizeof(text_entry)) { /* it may be there already, but who knows */
        texts->full = 1;
        return MODEL_EMPTY;
    }
    return text_symbol(texts, made, bytes);
}

static int64_t text_join(model_texts *texts, int64_t a, int64_t b, int *fault)
{
    return text_made(texts, a, b, 1, fault);
}

static int64_t text_times(model_texts *texts, int64_t a, int64_t n, int *fault)
{
    return text_made(texts, a, MODEL_EMPTY, n, fault);
}
