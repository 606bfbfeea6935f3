/* lower.h - s-ops and selectors as equations
 *
 * An element of an s-op is a bundle of parts: a tag where its type is not known, and its value as an int, a real or a symbol of text.
 * A part that nobody reads is never made; where the type is known there is one part. So the usual program becomes the equations that
 * a person would have written, and a program that mixes types still means what it means in Python.
 *
 *   lower.c         nodes, requirements, outputs
 *   lower_map.c     operators on bundles
 *   lower_attend.c  selectors, widths, aggregates
 *   lower_check.c   what has to hold for each input */
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

typedef struct Lower {
    RaspProgram *p;
    Graph *graph;
    Dim *dim;
    Node *input[INPUT_COUNT_][PART_COUNT_];
    Lowered *result;
    Node *(*node)[PART_COUNT_]; /* by Sop.id */
    Node **width;               /* by Selector.id */
    char *reached, *chosen;     /* by Sop.id, by Selector.id */
    VEC(Sop *) sop;             /* reached, by id */
    VEC(Selector *) selector;
} Lower;

/* NULL after reporting. `name` is that of the first output. */
Lowered *lower_value(RaspProgram *p, Arena *arena, const RaspValue *value, Str name);

/* ---- lower.c */
Expr *lower_part(Lower *l, Sop *x, Part part, Expr *at);    /* at position `at`, which is in range; 0 where x has no such part */
Expr *lower_read(Lower *l, Sop *x, Part part, Expr *at, Expr *otherwise); /* at any position */
Node *lower_node(Lower *l, Sop *x, Part part);
Node *lower_equation(Lower *l, Str name, Var *free, Reduce reduce, Var *bound, Expr *where, Expr *body, Expr *empty, Span span);
Var *lower_var(Lower *l, const char *name);

/* ---- lower_map.c */
Expr *map_part(Lower *l, Sop *x, Part part, Expr *at);
Expr *map_compare(Lower *l, RaspOp op, Sop *a, Expr *at_a, Sop *b, Expr *at_b, Span span);
Expr *map_truth(Lower *l, Sop *x, Expr *at, Span span);
Expr *map_is_str(Lower *l, Sop *x, Expr *at);
Expr *map_found(Lower *l, Sop *x, Expr *at); /* SOP_LOOKUP: there is such a key */
Expr *map_atom(Lower *l, const Atom *atom, Part part, Span span);

/* ---- lower_attend.c */
Expr *attend_part(Lower *l, Sop *x, Part part, Expr *at, Var *t);
Expr *attend_selects(Lower *l, Selector *s, Expr *query, Expr *key);
Expr *attend_width(Lower *l, Selector *s, Expr *at);

/* ---- lower_check.c */
void check_sop(Lower *l, Sop *x);
void check_selector(Lower *l, Selector *s);

#endif
