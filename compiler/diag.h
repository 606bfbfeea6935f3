/* diag.h - the one sink for what the user must hear
 *
 * A diagnostic is an error or a warning at a place, then optionally notes at other places and a hint.
 * It is stored; main prints all of them, sorted by place, and exits by their number. Tests read the same list. */
#ifndef SINTER_DIAG_H
#define SINTER_DIAG_H

#include "source.h"

#include <stdio.h>

typedef enum DiagKind { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE, DIAG_HINT } DiagKind;

typedef struct DiagItem {
    DiagKind kind;
    Span span;
    const char *text;
} DiagItem;

typedef struct Diag {
    Arena *arena;
    VEC(DiagItem) item; /* notes and hints follow the item they belong to */
    int errors, warnings;
    int ours; /* errors that are defects of the compiler */
} Diag;

Diag *diag_new(Arena *arena);
void diag_error(Diag *d, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_warning(Diag *d, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_note(Diag *d, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_hint(Diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What should not happen: an error that is ours, not the user's. */
void diag_internal(Diag *d, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* For a file that is not text: "model.safetensors: error: ...". */
void diag_error_file(Diag *d, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_warning_file(Diag *d, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds "did you mean 'b'?" when one of the names is close to `wrong`. */
int diag_did_you_mean(Diag *d, const char *wrong, const Str *names, int n); /* 1: one is near */

/* Prints everything, files in the order of their first message, sorted by place within a file, each with its source line and a caret:
 *     mlp.sinter:2:6: error: unknown function 'sofmax'
 *         2 |     h = sofmax[t'] s[t,t']
 *           |         ^~~~~~
 *       hint: did you mean 'softmax'? */
void diag_print(const Diag *d, FILE *out);

#endif
