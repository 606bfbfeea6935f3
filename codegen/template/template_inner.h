/* template_inner.h - what the files of the template share: template_head.c, template_sample.c, template_text.c, template_render.c */
#ifndef SINTER_FORMS_TEMPLATE_INNER_H
#define SINTER_FORMS_TEMPLATE_INNER_H

#include "template.h"

typedef struct TemplateDeclared { /* "#define $store(row, col, acc) .." */
    Str name;
    int arguments; /* -1: it takes none */
    Str parameter[TEMPLATE_ARGUMENTS];
} TemplateDeclared;

typedef struct TemplateSample {
    VEC(TemplateDeclared) hole;
} TemplateSample;

typedef enum PartKind { PART_LINE, PART_IF, PART_UNLESS, PART_EACH } PartKind;

typedef struct TemplatePiece { /* of a line: text, or a hole */
    Str text;                  /* of text */
    Str hole;                  /* of a hole, else NULL */
    Str argument[TEMPLATE_ARGUMENTS];
    int arguments;
    Span span;
} TemplatePiece;

typedef struct TemplatePart {
    PartKind kind;
    Str name;                    /* of a condition, or of what it is done for each of */
    Span span;                   /* of the name */
    VEC(TemplatePiece) piece;    /* of a line */
    int indent;                  /* of a line: blanks before it */
    struct TemplatePart *inside; /* of the others, all that stands up to their end */
    struct TemplatePart *next;
} TemplatePart;

typedef struct TemplateLines { /* the file, line by line */
    Arena *arena;
    Diag *diag;
    const Source *source;
    Template *t;
    uint32_t at, next;         /* the line is from `at` to `next`, its end without the newline is `end` */
    uint32_t end;
} TemplateLines;

int template_line(TemplateLines *l);                                /* the next one: 0: there is none */
Str template_directive(const TemplateLines *l, uint32_t *from);     /* "//$ each mate" -> "each mate", and where it begins; NULL: none */
Span template_span(const TemplateLines *l, uint32_t from, uint32_t end);
uint32_t template_word(const TemplateLines *l, uint32_t from);      /* the end of the name that begins here */

int template_head(TemplateLines *l);                                /* up to the sample; 0: reported */
int template_sample(TemplateLines *l);                              /* behind its end */
int template_text(TemplateLines *l);                                /* the rest */

#endif
