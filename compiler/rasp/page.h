/* page.h - a text that grows: results, drawings */
#ifndef SINTER_RASP_PAGE_H
#define SINTER_RASP_PAGE_H

#include "atom.h"

#include <stddef.h>

typedef struct Page {
    Arena *arena;
    VEC(char) text;
} Page;

void page_add(Page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_puts(Page *page, const char *text);
void page_bytes(Page *page, const char *text, size_t bytes);
void page_json(Page *page, const char *text); /* a JSON string */
const char *page_end(Page *page);             /* the text */
int page_columns(const char *text);           /* of a fixed-width font: wide characters take two */
size_t page_character(const char *text, unsigned *point); /* its bytes; a byte that is no UTF-8 is 0xFFFD */

#endif
