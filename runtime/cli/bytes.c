/* bytes.c - a buffer of bytes that grows, and arrays that do */
#include "cli.h"

static int array_grow(void **array, size_t *room_for, size_t need, size_t size)
{
    if (need <= *room_for) {
        return 1;
    }
    size_t more = *room_for < 16 ? 16 : *room_for;
    while (more < need) {
        if (more > SIZE_MAX / 2) {
            return 0;
        }
        more *= 2;
    }
    if (more > (size_t)PTRDIFF_MAX / size) {
        return 0;
    }
    void *const moved = realloc(*array, more * size);
    if (!moved) {
        return 0;
    }
    *array = moved;
    *room_for = more;
    return 1;
}

static void bytes_add(bytes *b, const void *data, size_t size)
{
    if (b->failed || size == 0) {
        return;
    }
    void *at = b->at;
    if (size > SIZE_MAX - b->size || !array_grow(&at, &b->room, b->size + size, 1)) {
        b->failed = 1;
        return;
    }
    b->at = at;
    memcpy(b->at + b->size, data, size);
    b->size += size;
}

static void bytes_string(bytes *b, const char *text)
{
    bytes_add(b, text, strlen(text));
}

static void bytes_char(bytes *b, char c)
{
    bytes_add(b, &c, 1);
}

static void bytes_rune(bytes *b, uint32_t rune)
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) {
        rune = 0xFFFD;
    }
    if (rune < 0x80) {
        bytes_char(b, (char)rune);
        return;
    }
    const int tail = rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
    static const unsigned char lead[4] = {0, 0xC0, 0xE0, 0xF0};
    bytes_char(b, (char)(lead[tail] | rune >> 6 * tail));
    for (int i = tail - 1; i >= 0; i--) {
        bytes_char(b, (char)(0x80 | (rune >> 6 * i & 0x3F)));
    }
}

static void bytes_free(bytes *b)
{
    free(b->at);
    *b = (bytes){NULL, 0, 0, 0};
}
