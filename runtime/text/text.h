/* Strings are symbols: one integer each, equal where the strings are. Up to two code points are packed into it, the first lowest, the
 * second plus one above 21 bits: a single character is its code point. The empty string is MODEL_EMPTY. Longer ones are negative:
 * places in a table in memory of the caller's, which a run may add to. */
#ifndef MODEL_TEXT_H
#define MODEL_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { MODEL_EMPTY = 0x1FFFFF, MODEL_STRING_MOST = 1 << 20 }; /* bytes of a string at most */

typedef struct model_texts {
    unsigned char *memory;
    size_t bytes, low, high; /* entries from the begin, strings from the end */
    uint32_t heads;          /* chains of entries, a power of two */
    int32_t count, placed;   /* placed: as many have their place in the order of all */
    int full;                /* a string found no room: what was made of it means nothing */
} model_texts;

/* An empty table in memory aligned to 8 bytes, but for the strings of the program. 0: too small. */
int model_texts_begin(model_texts *texts, void *memory, size_t bytes);
/* The symbol of a string in UTF-8. */
int64_t model_symbol(model_texts *texts, const char *text, size_t bytes);
/* The string of a symbol: in the table, or written to room. */
const char *model_string(const model_texts *texts, int64_t symbol, size_t *bytes, char room[16]);

/* What the program does with strings: a number that orders as they do, by code points, until another one is made; one after the other;
 * one n times. A string of more than MODEL_STRING_MOST bytes sets *fault. */
int64_t model_text_key(model_texts *texts, int64_t symbol);
int64_t model_text_join(model_texts *texts, int64_t a, int64_t b, int *fault);
int64_t model_text_times(model_texts *texts, int64_t a, int64_t n, int *fault);

#endif
