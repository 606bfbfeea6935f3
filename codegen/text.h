/* text.h - lines of C being written; knows its indent */
#ifndef SINTER_TEXT_H
#define SINTER_TEXT_H

#include "../compiler/arena.h"
#include "../compiler/str.h"

#include <stddef.h>

typedef struct Text Text;
struct Text {
    Arena *arena;
    VEC(char) at; /* no NUL at its end */
    int indent;   /* in steps of four */
};

Text *text_new(Arena *arena, int indent);
void text_line(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3))); /* indented, ended; "": an empty line */
void text_wrap(Text *text, const char *line); /* a line with its own blanks, broken if it is too long */
void text_raw(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_bytes(Text *text, const char *bytes, size_t n);
void text_trim(Text *text); /* no empty line at the end */
void text_add(Text *text, const Text *other);
void text_indented(Text *text, const Text *other); /* one step further in */
/* `open` and `item`s and `close` on lines below 140 columns, broken after commas and indented below the first item. */
void text_list(Text *text, const char *open, const char *const *item, int n, const char *close);

/* Members of a struct: declarations, and behind each its comment, in a column; broken where it is long. */
typedef struct Field {
    const char *declaration, *comment; /* comment NULL: none */
} Field;
void text_fields(Text *text, const Field *field, int n);

int text_contains(const Text *text, const char *what);
int text_has_word(const Text *text, const char *word); /* as a name of its own: outside of comments, not a member of something */
int text_is_word(char c); /* a letter of a name */

/* text_words.c: all of them, each once, in no order that means anything */
typedef VEC(Str) TextWords;
TextWords text_words(const Text *text);
int text_words_have(const TextWords *words, Str word);

#endif
