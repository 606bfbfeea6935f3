/* program.h - a RASP program on its way from its text to values: what the files of this folder share
 *
 *   atom.c      single values
 *   sop.c       s-ops and selectors, with what is known of their types
 *   recognise.c spellings of counting that need no averages
 *   scope.c     names
 *   expr.c      expressions      container.c  lists, dicts, indices
 *   stmt.c      statements       program.c    whole texts, libraries
 *   lower.c     values to equations (lower.h)
 *   complete.c  names that begin so
 *   input.c     examples to tensors      answer.c  values on them      show.c  as text */
#ifndef SINTER_RASP_PROGRAM_H
#define SINTER_RASP_PROGRAM_H

#include "value.h"
#include "../rasp.h"

typedef struct RaspTokens { /* an input */
    VEC(Atom) atom;
    const char *name; /* in messages; NULL: the program's own */
} RaspTokens;

typedef struct RaspName {
    Str name;
    const RaspValue *value;
} RaspName;

struct RaspScope {
    RaspScope *parent;
    RaspScope *steals; /* a loaded file: where its names go too, if they do not begin with _ */
    VEC(RaspName) name;
    const RaspValue *out;
};

struct RaspProgram {
    Arena *arena;
    Diag *d;
    const RaspOptions *options;
    const Source *source;
    RaspScope *library, *base, *console; /* library: names that the console cannot set; base: tokens */
    Span author;     /* the author's call of a library function being read: places in the library mean this one */
    const RaspValue *example, *selector_example;
    VEC(RaspShown) shown;
    VEC(RaspDrawn) drawn;
    int sops, selectors, made; /* made: both */
    int depth;       /* of expressions and calls */
    int64_t work;    /* expressions evaluated, elements made */
    int stopped;     /* too much of it: reported */
    int loads;       /* files being read */
    int looping;     /* loops around the statement */
    int console_open, hide_sops, hide_selectors, over; /* what is assigned is shown; without examples; `exit` was read */
    int full_display; /* sequences in columns, with the tokens */
    Sop *inputs[INPUT_COUNT_], *indices;
    const RaspValue *lowered_value; /* whose graph is at hand: */
    struct Lowered *lowered;
    struct Flow *flow; /* of what was traced last */
};

enum { RASP_STACK = 1500, RASP_WORK = 1000000, RASP_LOADS = 16, RASP_DRAWINGS = 100 };

/* Everything that returns a pointer returns NULL after reporting. */
void program_error(RaspProgram *p, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
Span program_place(const RaspProgram *p, Span span); /* in the author's text */
int program_work(RaspProgram *p, Span span, int64_t n); /* 0: too much, reported */
const RaspValue *value_new(RaspProgram *p, RaspValue value);
const RaspValue *value_atom(RaspProgram *p, Atom atom);
const RaspValue *value_sop(RaspProgram *p, Sop *sop);
const RaspValue *value_selector(RaspProgram *p, Selector *selector);
const RaspValue *value_list(RaspProgram *p, RaspList list);
const char *value_describe(RaspProgram *p, const RaspValue *value); /* "a list" */
const char *value_text(RaspProgram *p, const RaspValue *value);     /* as a program would write it, shortened */
int value_truth(const RaspValue *value); /* of atoms, lists and dicts */
int value_is(const RaspValue *value, RaspValueKind kind);
int value_equal(const RaspValue *a, const RaspValue *b);

/* ---- sop.c */
Sop *sop_input(RaspProgram *p, RaspInput input);
Sop *sop_indices(RaspProgram *p);
Sop *sop_const(RaspProgram *p, Atom atom, Span span);
Sop *sop_of(RaspProgram *p, const RaspValue *value, Span span, const char *what); /* of an atom too */
Sop *sop_binary(RaspProgram *p, RaspOp op, Sop *a, Sop *b, Span span);
Sop *sop_unary(RaspProgram *p, RaspOp op, Sop *a, Span span);
Sop *sop_if(RaspProgram *p, Sop *yes, Sop *condition, Sop *no, Span span);
Sop *sop_lookup(RaspProgram *p, Sop proto, Sop *at, Span span); /* proto: pair, place, other */
Sop *sop_aggregate(RaspProgram *p, Selector *selector, Sop *x, const Atom *other, Span span);
Sop *sop_width(RaspProgram *p, Selector *selector, Span span);
Sop *sop_written(Sop *x);                                   /* as the program says it */
Sop *sop_instead(RaspProgram *p, Sop *simple, Sop *written); /* the simple one, or under --no-recognise the written one */
Str sop_key(const Sop *x);                                  /* same.c: what it is, apart from what it reads */
void sop_name(Sop *x, Str name, Span said);                 /* if it has none */
Selector *selector_compare(RaspProgram *p, RaspOp op, Sop *key, Sop *query, Span span);
Selector *selector_of(RaspProgram *p, SelectorKind kind, Selector *a, Selector *b, Span span);

/* ---- recognise.c: the same value without an average, or NULL */
Sop *recognise_round(RaspProgram *p, const Sop *x, Span span);
int recognise_order(const Selector *s); /* a strict total order of the positions */

/* ---- scope.c */
RaspScope *scope_nested(RaspProgram *p, RaspScope *parent);
const RaspValue *scope_get(RaspProgram *p, const RaspScope *scope, Str name, Span span);
int scope_set(RaspProgram *p, RaspScope *scope, RaspWord word, const RaspValue *value); /* 0: reported */

/* ---- expr.c, container.c */
const RaspValue *rasp_evaluate(RaspProgram *p, RaspScope *scope, const RaspExpr *e);
const RaspValue *rasp_evaluate_list(RaspProgram *p, RaspScope *scope, const RaspExprs *list); /* one: itself; several: a list */
const RaspValue *container_index(RaspProgram *p, RaspScope *scope, const RaspExpr *e, const RaspValue *of, const RaspValue *at);
const RaspValue *container_in(RaspProgram *p, const RaspExpr *e, const RaspValue *a, const RaspValue *in);
const RaspValue *container_literal(RaspProgram *p, RaspScope *scope, const RaspExpr *e); /* lists, dicts, range, zip, len, comprehensions */
int bind_names(RaspProgram *p, RaspScope *scope, const RaspWords *names, const RaspValue *value, Span span);
int container_items(RaspProgram *p, const RaspValue *value, RaspList *out, Span span, const char *what); /* of a list, or keys of a dict */

/* ---- stmt.c */
int rasp_statements(RaspProgram *p, RaspScope *scope, const RaspStmts *list); /* 0: something was wrong */
const RaspValue *rasp_call(RaspProgram *p, const RaspFunction *function, const RaspList *args, Span span);

/* ---- program.c */
int rasp_load(RaspProgram *p, RaspScope *scope, const RaspStmt *s);

/* ---- input.c: the tensors of an example. 0: reported */
int tokens_of_value(RaspProgram *p, const RaspValue *value, RaspTokens *out, Span span);
int tokens_of_text(RaspProgram *p, const char *text, size_t bytes, RaspFormat format, RaspTokens *out);
int tokens_atom(RaspProgram *p, const RaspTokens *tokens, int i, RaspInput input, Atom *out, Span span); /* what the input has there */
const struct Tensor *tokens_tensor(RaspProgram *p, Arena *arena, const RaspTokens *tokens, RaspInput input, Part part);

/* ---- show.c */
int show_tokens(RaspProgram *p, const RaspValue **value, const char *input, size_t bytes, RaspFormat format, RaspTokens *out);
const char *show_value(RaspProgram *p, Arena *arena, const RaspValue *value, const RaspTokens *tokens, RaspFormat format);

#endif
