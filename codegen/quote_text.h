/* quote_text.h - lines of the model, for quote.c */
#ifndef SINTER_QUOTE_TEXT_H
#define SINTER_QUOTE_TEXT_H

#include "quote.h"

typedef struct Line {
    const char *text;
    size_t n;
    int indent; /* blanks before it */
} Line;

typedef VEC(Line) LineList;

int has_text(Span span);
size_t code_bytes(const char *line, size_t n); /* of a line: before a comment and the blanks in front of it */
LineList lines_of(Plan *p, Span span);         /* as the author broke them */

#endif
