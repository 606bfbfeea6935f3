/* value.h - what a RASP program computes with before anything runs
 *
 * Atoms, lists, dicts and functions are known at once. An s-op or a selector is a description of what will be computed for each input:
 * a directed graph that shares what the program shares, lowered to equations later (lower.h). Each s-op knows which types its elements
 * may have; what cannot work for any input is an error when it is made. */
#ifndef SINTER_RASP_VALUE_H
#define SINTER_RASP_VALUE_H

#include "atom.h"
#include "../graph.h"

typedef struct Sop Sop;
typedef struct Selector Selector;
typedef struct RaspValue RaspValue;
typedef struct RaspFunction RaspFunction;
typedef struct RaspScope RaspScope;

typedef enum SopKind {
    SOP_INPUT,     /* the tokens, as `input` says */
    SOP_INDICES,
    SOP_CONST,     /* atom */
    SOP_MAP,       /* op of kids */
    SOP_IF,        /* kid[0] if kid[1] else kid[2] */
    SOP_TRUTH,     /* bool(kid[0]) */
    SOP_LOOKUP,    /* value of the pair whose key is kid[0] */
    SOP_AGGREGATE, /* of kid[0] by selector */
    SOP_WIDTH      /* how many the selector selects */
} SopKind;

typedef enum RaspInput { INPUT_STR, INPUT_INT, INPUT_FLOAT, INPUT_BOOL, INPUT_ASIS, INPUT_COUNT_ } RaspInput;

/* What of an element is asked for. PART_INT is that of a bool or int, PART_REAL of any number. */
typedef enum Part { PART_TAG, PART_INT, PART_REAL, PART_TEXT, PART_COUNT_ } Part;

typedef struct Pair {
    Atom key, value;
} Pair;

struct Sop {
    int id; /* kids have smaller ones */
    int order; /* when it was made, s-ops and selectors together */
    Sop *written; /* what the program says, where something simpler with the same values stands for it; else NULL */
    SopKind kind;
    unsigned mask; /* types its elements may have */
    Span span;
    Str name;      /* the author's first, or NULL */
    Span said;     /* the statement that gives it */
    RaspOp op;
    int kids;
    Sop *kid[3];
    Atom atom;
    RaspInput input;
    Selector *selector;
    Atom other;    /* SOP_AGGREGATE: default; SOP_LOOKUP: of a key that is not there */
    int has_other; /* SOP_LOOKUP: 0: a key that is not there is an error */
    VEC(Pair) pair;
    AtomType place; /* SOP_LOOKUP: ATOM_INT: keys are places of a list or string; else of a dict */
    int64_t low;   /* no number is below; INT64_MIN: nothing is known */
    int linear;    /* coef[0] * length + coef[1] * indices + coef[2], ints */
    int64_t coef[3];
    int permutes;  /* the values are the positions, each once */
    int small;     /* ints and bools among the values are exact as doubles */
    int size;      /* operations in it that no node of the graph keeps */
    int depth;     /* of what it is made of */
};

enum { SOP_SMALL = 24, SOP_DEEPEST = 1000 }; /* up to this size a nameless map is repeated where it is read, rather than kept */

typedef enum SelectorKind { SEL_COMPARE, SEL_NOT, SEL_AND, SEL_OR } SelectorKind;

struct Selector {
    int id, order;
    SelectorKind kind;
    Span span;
    Str name;
    Span said; /* the statement that gives its name */
    RaspOp op;
    Sop *key, *query;
    Selector *a, *b;
    int fixed;      /* 1: selects all, 0: selects nothing, -1: depends */
    int one_at_most, one_at_least; /* in each row */
    int depth;
    int size;       /* comparisons in it, each as often as it is read */
};

enum { SELECTOR_LARGEST = 500 };

typedef enum RaspValueKind {
    RV_ATOM,
    RV_LIST,
    RV_DICT,
    RV_FUNCTION,
    RV_SOP,
    RV_SELECTOR,
    RV_SHOWN,
    RV_POISON /* reported */
} RaspValueKind;

typedef VEC(const RaspValue *) RaspList;

typedef struct RaspEntry {
    Atom key;
    const RaspValue *value;
} RaspEntry;

struct RaspValue { /* never changed once made */
    RaspValueKind kind;
    int64_t size;   /* of lists and dicts: values in them, each as often as it is reached */
    Atom atom;
    RaspList list;
    VEC(RaspEntry) dict;
    const RaspFunction *function;
    Sop *sop;
    Selector *selector;
    const RaspValue *applied, *on; /* RV_SHOWN: applied is to be shown on this example; no value otherwise */
};

struct RaspFunction {
    Str name;
    const RaspStmt *def;
    RaspScope *home;
};

#endif
