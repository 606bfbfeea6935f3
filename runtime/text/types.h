/* Strings are symbols: one integer each, equal where the strings are. Up to two code points are packed into it, the first lowest, the
 * second plus one above 21 bits: a single character is its code point. The empty string is MODEL_EMPTY. Longer ones are negative:
 * places in a table in memory of the caller's, which a run may add to. */
#ifndef MODEL_TEXT_TYPES_H
#define MODEL_TEXT_TYPES_H

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

#endif
