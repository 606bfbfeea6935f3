/* tables.h - the tables of a tiny tokenizer, so that these files compile as they stand. In generated code those of the model's own
 * tokenizer stand in their place. Made of tests/tokenizer/tiny/tokenizer.json by tests/tokenizer/driver/make.c. */
#ifndef MODEL_TOKENIZER_TABLES_H
#define MODEL_TOKENIZER_TABLES_H

#include "types.h"

#define MODEL_TOKENS_MAX 16 /* in the model's header */

/* The tokenizer: WordPiece, 41 tokens in the vocabulary, 10 added ones. */
#define CLEAN_TEXT       1 /* drop control characters, make white space ' ' */
#define SPACE_IDEOGRAPHS 1 /* each is a word */
#define STRIP_ACCENTS    1 /* decompose and drop nonspacing marks */
#define LOWERCASE        1
#define JOINS_PUNCTUATION 0 /* only white space parts words */
#define ADDED_TEXT        8 /* added tokens that are looked for in the text as it is */
#define ADDED_NORMALIZED  2 /* in the normalized text */
#define ADDED_SINGLE_WORD 1 /* whether one of them must stand alone */
#define WINDOW_CHARS      18 /* twice the longest one of these and the character after it */
#define PIECE_PREFIX       "##" /* of a piece inside a word */
#define PIECE_PREFIX_BYTES 2
#define HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15)
#define HASH_FIRST  UINT64_C(0xD1B54A32D192ED03)
#define HASH_NEXT   UINT64_C(0xEF26C9F48D2D6DBF) /* after the prefix */

enum {
    VOCABULARY = 45, /* ids */
    UNKNOWN = 1, /* the token of a word that does not come out */
    WORD_CHARS = 20, /* a longer word is unknown */
    LONGEST_FIRST = 6, LONGEST_NEXT = 4, /* bytes of the longest piece at the start of a word, and inside */
    TEXT_ROW = 4096, TEXT_GROUP = 64, HASH_BUCKETS = 11, HASH_SLOTS = 43,
    SINGLE_PARTS = 3, PAIR_PARTS = 5
};

/* What is made of a text: {0, id, type} a special token, {1, 0, type} the first text, {2, 0, type} the second. */
static const Part single_parts[] = {{0, 2, 0}, {1, 0, 0}, {0, 3, 0}};

/* What is made of a pair: {0, id, type} a special token, {1, 0, type} the first text, {2, 0, type} the second. */
static const Part pair_parts[] = {{0, 2, 0}, {1, 0, 0}, {0, 3, 0}, {2, 0, 1}, {0, 3, 1}};

/* {text, bytes, id, the longest other one that it begins with, single word, takes white space on its left, on its right} */
static const Added added_in_text[] = {
    {"<new>", 5, 41, -1, 0, 1, 1},
    {"<new><new>", 10, 42, 0, 0, 0, 0},
    {"[CLS]", 5, 2, -1, 0, 0, 0},
    {"[MASK]", 6, 4, -1, 0, 1, 0},
    {"[PAD]", 5, 0, -1, 0, 0, 0},
    {"[SEP]", 5, 3, -1, 0, 0, 0},
    {"[UNK]", 5, 1, -1, 0, 0, 0},
    {"low", 3, 24, -1, 1, 1, 0},
};

/* Whether one of them begins with this byte. */
static const unsigned char added_in_text_first[256] = {
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
};

/* {text, bytes, id, the longest other one that it begins with, single word, takes white space on its left, on its right} */
static const Added added_in_normalized[] = {
    {"abc", 3, 44, -1, 1, 0, 0},
    {"covid-19", 8, 43, -1, 0, 0, 1},
};

/* Whether one of them begins with this byte. */
static const unsigned char added_in_normalized_first[256] = {
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
    0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
};

/* Every token, by id, each with a NUL after it, in rows of at most 4095 bytes. */
static const char text_bytes[1][TEXT_ROW] = {
    "[PAD]\0" "[UNK]\0" "[CLS]\0" "[SEP]\0" "[MASK]\0" "want\0" "##want\0" "##ed\0" "wa\0" "un\0" "runn\0" "##ing\0" ",\0" ".\0" "!\0"
    "\?\0" "the\0" "cafe\0" "a\0" "b\0" "c\0" "##a\0" "##b\0" "##c\0" "low\0" "##est\0" "lowest\0" "\344\270\255\0" "\346\226\207\0"
    "##\346\226\207\0" "\341\204\222\0" "##\341\205\241\0" "##\341\206\253\0" "\303\237\0" "\320\262\0" "##\320\276\0" "<\0" ">\0" "#\0"
    "\"\0" "\\\0" "<new>\0" "<new><new>\0" "Covid-19\0" "abc\0"
};

/* Token id begins at byte text_group[id / TEXT_GROUP] + text_at[id] of them. */
static const uint32_t text_group[1] = {
    0,
};

static const uint16_t text_at[45] = {
    0,6,12,18,24,31,36,43,48,51,54,59,65,67,69,71,73,77,82,84,86,88,92,96,100,104,110,117,121,125,131,135,141,147,150,153,158,160,162,164,
    166,168,174,185,194,
};

/* A perfect hash table of the vocabulary: the hash chooses a bucket, the bucket's seed the slot, the slot has the id. */
static const uint16_t hash_seed[HASH_BUCKETS] = {
    11,2,3,9,49,5,93,28,0,1,484,
};

static const uint16_t hash_id[HASH_SLOTS] = {
    12,24,14,23,2,20,0,29,14,6,30,18,28,13,3,31,40,33,15,26,7,8,11,38,4,37,21,5,19,9,36,14,32,25,16,35,39,27,22,1,17,34,10,
};

#endif
