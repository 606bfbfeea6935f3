/* inner.h - a tokenizer while it is read, and what its parts share */
#ifndef SINTER_TOKENIZER_INNER_H
#define SINTER_TOKENIZER_INNER_H

#include "tokenizer.h"

#include <stdint.h>

enum {
    WORD_LONGEST = 1000,  /* largest max_input_chars_per_word: a word is collected on the stack */
    TOKEN_LONGEST = 4000, /* bytes of a token: a C99 string literal has at most 4095 */
};

/* BertNormalizer. */
typedef struct Normalizer {
    int clean_text, space_ideographs, strip_accents, lowercase;
} Normalizer;

typedef struct Piece {
    Str text;
    int id;
} Piece;

typedef struct AddedToken {
    Str text;    /* as the file has it */
    Str pattern; /* as it is looked for: normalized, if it is looked for in normalized text */
    int id;
    int place; /* in the list of the file */
    int single_word, left, right, normalized;
    int shorter; /* among its kind, sorted by pattern: see runtime/tokenizer/added.h */
} AddedToken;

typedef struct TemplatePart {
    int text; /* 0: a special token, 1: first text, 2: second text */
    int id, type;
} TemplatePart;

/* A perfect hash table of the pieces; see hash.c. */
typedef struct PieceHash {
    uint64_t start;
    int buckets, slots;
    uint16_t *seed; /* [buckets] */
    int *id;        /* [slots] */
} PieceHash;

typedef VEC(AddedToken) AddedTokens;
typedef VEC(TemplatePart) Template;

struct Tokenizer {
    Arena *arena;
    Diag *d;
    const char *path;
    const char *config; /* of a vocabulary: tokenizer_config.json beside it */
    Normalizer normalizer;
    int joins_punctuation; /* only white space parts words */
    int whole_words;       /* of WordLevel: a word is one token or none */
    Str prefix;    /* of a piece inside a word: "##" */
    Str unknown;   /* "[UNK]" */
    int unknown_id; /* -1: of whole words, the vocabulary has no such token */
    int word_chars; /* a longer word is unknown */
    int max_length;
    VEC(Piece) piece;  /* by text, once finished */
    AddedTokens added; /* in the order of the file */
    AddedTokens in_text, in_normalized; /* once finished: the two kinds, by pattern */
    Template single, pair;
    int ids;
    Str *token; /* [ids], NULL where no token is */
    PieceHash hash;
};

/* The readers fill in everything above `in_text`. 0: something was reported. */
int tokenizer_read_json(Tokenizer *t);
int tokenizer_parse_json(Tokenizer *t, const Source *source);
int tokenizer_read_vocabulary(Tokenizer *t, const char *directory);

/* Checks what the two readers have in common and completes the tokenizer. 0: something was reported. */
int tokenizer_finish(Tokenizer *t, int max_length);

Str tokenizer_normalize(const Tokenizer *t, Str text);
int tokenizer_hash(Tokenizer *t);
uint64_t tokenizer_hash_bytes(uint64_t hash, const char *text, size_t n);

/* "$.model: ..." of the file. A token in a message is shown by tokenizer_shown(): short, without control characters. */
void tokenizer_wrong(Tokenizer *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tokenizer_unsupported(Tokenizer *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *tokenizer_shown(const Tokenizer *t, const char *token);
const char *tokenizer_in_directory(Arena *arena, const char *directory, const char *name);

#define TOKENIZER_HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio, odd */

#endif
