/* lower.h - s-ops and selectors as equations
 *
 * An element of an s-op is a bundle of parts: a tag where its type is not known, and its value as an int, a real or a symbol of text.
 * A part that nobody reads is never made; where the type is known there is one part. So the usual program becomes the equations that
 * a person would have written, and a program that mixes types still means what it means in Python.
 *
 *   lower.c         nodes, requirements, outputs
 *   lower_map.c     operators on bundles
 *   lower_attend.c  selectors, widths, aggregates
 *   lower_check.c   what has to hold for each input
 *   same.c          what is computed once */
#ifndef SINTER_RASP_LOWER_H
#define SINTER_RASP_LOWER_H

#include "program.h"

/* One value of a program as outputs of a graph: which output holds each part of an s-op, -1: none is needed; a selector has PART_INT. */
typedef struct LoweredValue {
    const RaspValue *value;
    int output[PART_COUNT_];
} LoweredValue;

typedef struct LoweredInput {
    RaspInput input;
    Part part;
} LoweredInput;

typedef struct Lowered {
    Graph *graph;
    VEC(LoweredInput) input;    /* by Node.input */
    VEC(LoweredValue) value; /* in the order of the leaves of the value: elements of lists, values of dicts */
} Lowered;

/* An s-op or a selector that the value is made of. */
typedef struct LoweredStep {
    int order;
    Sop *sop;
    Selector *selector;
    int again; /* one before it is the same */
} LoweredStep;

typedef struct Lower {
    RaspProgram *p;
    Graph *graph;
    Dim *dim;
    Node *input[INPUT_COUNT_][PART_COUNT_];
    Lowered *result;
    Node *(*node)[PART_COUNT_]; /* by Sop.id */
    Node **width;               /* by Selector.id */
    char *reached, *chosen;     /* by Sop.id, by Selector.id */
    VEC(LoweredStep) step;      /* what was reached, in the order of the program */
    Sop **same, **namer;        /* by Sop.id: the first that is the same; the first of all the same that has a name, or NULL */
    Selector **alike;           /* by Selector.id */
} Lower;

/* NULL after reporting. `name` is that of the first output. */
Lowered *lower_value(RaspProgram *p, Arena *arena, const RaspValue *value, Str name);

/* ---- lower.c */
Expr *lower_part(Lower *l, Sop *x, Part part, Expr *at);    /* at position `at`, which is in range; 0 where x has no such part */
Expr *lower_read(Lower *l, Sop *x, Part part, Expr *at, Expr *otherwise); /* at any position */
Expr *lower_once(Lower *l, Sop *x, Part part, Expr *at, const char *word); /* what is read several times: an equation, unless it is plain */
Node *lower_node(Lower *l, Sop *x, Part part);
Node *lower_equation(Lower *l, Str name, Var *free, Reduce reduce, Var *bound, Expr *where, Expr *body, Expr *empty, Span span);
Var *lower_var(Lower *l, const char *name);

/* ---- same.c: sorts l->step, fills l->same, l->namer, l->alike */
void same_find(Lower *l);
void same_drop(Lower *l); /* equations that no output and no requirement is made of */

/* ---- lower_map.c */
Expr *map_part(Lower *l, Sop *x, Part part, Expr *at);
Expr *map_compare(Lower *l, RaspOp op, Sop *a, Expr *at_a, Sop *b, Expr *at_b, Span span);
Expr *map_truth(Lower *l, Sop *x, Expr *at, Span span);
Expr *map_is_str(Lower *l, Sop *x, Expr *at);
Expr *map_found(Lower *l, Sop *x, Expr *at); /* SOP_LOOKUP: there is such a key */
Expr *map_atom(Lower *l, const Atom *atom, Part part, Span span);
Expr *map_text(Lower *l, Str text, Span span);

/* ---- lower_attend.c */
Expr *attend_part(Lower *l, Sop *x, Part part, Expr *at, Var *t);
Expr *attend_selects(Lower *l, Selector *s, Expr *query, Expr *key);
Expr *attend_width(Lower *l, Selector *s, Expr *at);
/* mean op than, where it asks whether anything is selected; else NULL. */
Expr *attend_focus(Lower *l, RaspOp op, Sop *mean, Sop *than, Expr *at, Span span);

/* ---- lower_check.c */
void check_sop(Lower *l, Sop *x);
void check_selector(Lower *l, Selector *s);

#endif
