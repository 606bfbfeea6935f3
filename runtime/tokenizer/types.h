/* types.h - what the tables of a tokenizer are made of; stands before them */
#ifndef MODEL_TOKENIZER_TYPES_H
#define MODEL_TOKENIZER_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tokenizer.h"

/* A string that is a token wherever it stands; see added.h. */
typedef struct Added {
    const char *text;
    int32_t size;              /* in bytes */
    int32_t id;
    int32_t shorter;           /* the longest other one that this one begins with, or -1 */
    unsigned char single_word; /* only where no word character is beside it */
    unsigned char left, right; /* takes the white space before it, after it */
} Added;

/* One part of what is made of a text or a pair: a special token, or all tokens of a text. */
typedef struct Part {
    int32_t text; /* 0: special token, 1: first text, 2: second text */
    int32_t id;
    int32_t type;
} Part;

#endif
