/* character.h - UTF-8, and what class a code point has */
#ifndef MODEL_CHARACTER_H
#define MODEL_CHARACTER_H

#include "unicode.h"

/* Reads the code point at `at` < size and returns the place after it. Malformed bytes are U+FFFD, one for each longest beginning of a
 * well-formed sequence (Unicode Standard 3.9, "substitution of maximal subparts"). */
static int32_t utf8_read(const unsigned char *text, int32_t at, int32_t size, uint32_t *c)
{
    const uint32_t first = text[at++];
    if (first < 0x80) {
        *c = first;
        return at;
    }
    const int more = first < 0xC2 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : 0;
    uint32_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80; /* bounds of the second byte: no overlong form, */
    uint32_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF; /* no surrogate, nothing above U+10FFFF */
    uint32_t value = first & (0x3Fu >> more);
    for (int i = 0; i < more; i++) {
        if (at >= size || text[at] < low || text[at] > high) {
            *c = 0xFFFD;
            return at;
        }
        value = value << 6 | (text[at++] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *c = more ? value : 0xFFFD;
    return at;
}

static int utf8_write(unsigned char *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (unsigned char)(0xC0 | c >> 6);
        to[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (unsigned char)(0xE0 | c >> 12);
        to[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (unsigned char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (unsigned char)(0xF0 | c >> 18);
    to[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (unsigned char)(0x80 | (c & 0x3F));
    return 4;
}

/* The row of a sorted table {first, last, ...} that holds c, or -1. */
static int range_find(const uint32_t *rows, int n, int width, uint32_t c)
{
    int low = 0, high = n;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (rows[middle * width + 1] < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n && rows[low * width] <= c ? low : -1;
}

static unsigned class_of(uint32_t c)
{
    if (c < CLASS_END) {
        return class_block[class_index[c / CLASS_BLOCK]][c % CLASS_BLOCK];
    }
    const int row = range_find(&class_range[0][0], CLASS_RANGES, 3, c);
    return row < 0 ? 0 : class_range[row][2];
}

#endif
