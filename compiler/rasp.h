/* rasp.h - RASP programs: from text to values, from values to graphs, from graphs and inputs to answers
 *
 * A program (original syntax and meaning, see docs/rasp.md) runs when it is read: its values are atoms, lists, dicts, functions, and
 * s-ops and selectors, which are descriptions of what is computed for each input. Those lower to a Graph like any model's. */
#ifndef SINTER_RASP_H
#define SINTER_RASP_H

#include "diag.h"
#include "graph.h"

typedef struct RaspProgram RaspProgram;

typedef struct RaspOptions {
    const Source *library;  /* the standard library, in RASP */
    int plain;              /* every average as it is written: nothing is recognised */
} RaspOptions;

typedef enum RaspFormat { RASP_TEXT_FORM, RASP_JSON_FORM } RaspFormat;

/* A statement that asks to see something: an expression, an application, show. */
typedef struct RaspShown {
    Str name;                      /* of the value, or NULL */
    const struct RaspValue *value; /* NULL: the examples are asked for; of: s-ops (1), selectors (2), both (0) */
    int of;
    int loaded;                    /* a file defines it */
} RaspShown;

/* NULL after reporting. */
RaspProgram *rasp_read(Arena *arena, Diag *d, const Source *text, const RaspOptions *options);

/* ---- the console: statements one after the other, errors that keep it alive ---- */

typedef enum RaspRead { RASP_UNFINISHED, RASP_WRONG, RASP_FINE, RASP_OVER } RaspRead;

RaspProgram *rasp_console(Arena *arena, Diag *d, const RaspOptions *options);
/* UNFINISHED: more lines are needed; WRONG: reported in d, which takes the place of the one before; OVER: `exit`. */
RaspRead rasp_console_read(RaspProgram *program, Diag *d, const Source *text);
/* What the last text shows, in the original's form: named values on the example. Lines, each with its end. */
const char *rasp_console_shown(RaspProgram *program);
/* The names and words that begin so, in the order of the alphabet; functions with their parenthesis. */
typedef VEC(Str) RaspCompletions;
RaspCompletions rasp_console_completions(RaspProgram *program, const char *begin, size_t bytes);

/* The value of a name, `out` if name is NULL. NULL after reporting. */
const struct RaspValue *rasp_value(RaspProgram *program, const char *name);

/* The value as the outputs of a graph that takes `tokens` and so on. NULL after reporting. */
Graph *rasp_graph(RaspProgram *program, const struct RaspValue *value);
int rasp_needs_input(const struct RaspValue *value);

/* The value on an input (text; in the JSON form a JSON array is a list of tokens), written as one line of text or JSON.
 * input NULL: the program's example. NULL after reporting; name is how messages call the input, NULL: nothing. */
const char *rasp_answer(RaspProgram *program, Arena *arena, const struct RaspValue *value, const char *input, size_t bytes,
                        const char *name, RaspFormat format);

/* The same, but every s-op and selector that the value is made of, in the order of the text: a table, or a JSON array of objects. */
const char *rasp_trace(RaspProgram *program, Arena *arena, const struct RaspValue *value, const char *input, size_t bytes, const char *name,
                       RaspFormat format);

/* A picture of how a transformer computes the value on an input: layers, heads, values. The text of a file. NULL after reporting. */
typedef enum RaspPicture { RASP_HTML, RASP_SVG, RASP_DOT, RASP_FLOW } RaspPicture; /* RASP_FLOW: the same as JSON */
const char *rasp_draw(RaspProgram *program, Arena *arena, const struct RaspValue *value, const char *input, size_t bytes, RaspFormat format,
                      RaspPicture form);

/* What draw(..) statements ask for, in their order: rasp_draw() of the value without an input. */
typedef struct RaspDrawn {
    Str name; /* no two have the same */
    const struct RaspValue *value;
} RaspDrawn;
int rasp_drawn(const RaspProgram *program, const RaspDrawn **list);

#endif
