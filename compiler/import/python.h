/* python.h - the tokens of a Python text, as far as programs that are imported have them: names, whole numbers, strings, signs, and the
 * lines and blocks they stand in. Nothing is run. */
#ifndef SINTER_IMPORT_PYTHON_H
#define SINTER_IMPORT_PYTHON_H

#include "../arena.h"
#include "../diag.h"
#include "../source.h"

#include <stdint.h>

typedef enum TokenKind {
    TOKEN_NAME,   /* keywords too */
    TOKEN_INT,
    TOKEN_STRING, /* text: without quotes and escapes */
    TOKEN_FORMAT, /* f"..", text: between the quotes */
    TOKEN_SIGN,
    TOKEN_LINE,   /* the end of a statement's line */
    TOKEN_INDENT,
    TOKEN_DEDENT,
    TOKEN_END,
    TOKEN_WRONG   /* reported; nothing follows */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    Str text;
    int64_t number;
    Span span;
    int comma; /* of a closing bracket: a comma stood before it, which is left out */
} Token;

enum { NESTED_MOST = 100 };

typedef struct Python {
    Arena *arena;
    Diag *d;
    const Source *source;
    size_t at;
    int depth;      /* of brackets */
    int line_begins;
    int column[NESTED_MOST], blocks; /* where the open blocks begin */
    int dedents;    /* still to be given */
    Token token;    /* the one to look at */
} Python;

/* Looks at the first token. */
void python_begin(Python *p, Arena *arena, Diag *d, const Source *source);
void python_next(Python *p);

int python_is(const Python *p, const char *text); /* a name or a sign */

/* A phrase: words with a space between them, each a name, number or sign as it stands, "a string" (without spaces), f"a format"; $n takes
 * any name, $s any string. 1, and what was taken in `taken`; 0: reported, and nothing can be read any more. */
int python_phrase(Python *p, const char *phrase, Token *taken);
int python_statement(Python *p, const char *phrase, Token *taken); /* and the line ends */

/* "unexpected 'x', expected NAME"; 0. */
int python_wrong(Python *p, const char *expected);
/* An error at this place, after which nothing can be read any more; 0. */
int python_error(Python *p, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
