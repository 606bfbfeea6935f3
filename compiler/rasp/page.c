#include "page.h"

#include <stdio.h>
#include <string.h>

void page_bytes(Page *page, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        vec_push(page->arena, page->text, text[i]);
    }
}

void page_puts(Page *page, const char *text)
{
    page_bytes(page, text, strlen(text));
}

void page_add(Page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    page_puts(page, arena_vprintf(page->arena, format, args));
    va_end(args);
}

void page_json(Page *page, const char *text)
{
    page_puts(page, "\"");
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c < ' ') {
            page_add(page, "\\u%04x", c);
        } else {
            page_puts(page, c == '"' || c == '\\' ? "\\" : "");
            page_bytes(page, text, 1);
        }
    }
    page_puts(page, "\"");
}

size_t page_character(const char *text, unsigned *point)
{
    const unsigned char *c = (const unsigned char *)text;
    const size_t bytes = c[0] < 0x80                   ? 1
                         : c[0] >= 0xC2 && c[0] < 0xE0 ? 2
                         : (c[0] & 0xF0) == 0xE0       ? 3
                         : c[0] >= 0xF0 && c[0] < 0xF5 ? 4
                                                       : 0;
    *point = bytes == 1 ? c[0] : bytes ? c[0] & (0x7FU >> bytes) : 0xFFFD;
    for (size_t i = 1; i < bytes; i++) {
        if ((c[i] & 0xC0) != 0x80) {
            *point = 0xFFFD;
            return 1;
        }
        *point = *point << 6 | (c[i] & 0x3FU);
    }
    return bytes ? bytes : 1;
}

static int is_within(unsigned point, const unsigned (*range)[2], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (point >= range[i][0] && point <= range[i][1]) {
            return 1;
        }
    }
    return 0;
}

/* Roughly as terminals and browsers do: marks that stand on the character before, and the scripts of square characters. */
int page_columns(const char *text)
{
    static const unsigned mark[][2] = {{0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5BD}, {0x610, 0x61A}, {0x64B, 0x65F}, {0x200B, 0x200F},
                                       {0x202A, 0x202E}, {0x2060, 0x2069}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}};
    static const unsigned wide[][2] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
                                       {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    int columns = 0;
    for (unsigned point; *text;) {
        text += page_character(text, &point);
        columns += is_within(point, mark, sizeof mark / sizeof *mark) ? 0 : is_within(point, wide, sizeof wide / sizeof *wide) ? 2 : 1;
    }
    return columns;
}

const char *page_end(Page *page)
{
    vec_push(page->arena, page->text, 0);
    return page->text.at;
}
