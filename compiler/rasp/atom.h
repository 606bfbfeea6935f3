/* atom.h - the single values of RASP: bool, int, float, str, with Python's arithmetic
 *
 * Ints have 64 bits; a result beyond them is an error. Order of the types: a sum of two numbers has the later one, but a bool counts
 * as an int. */
#ifndef SINTER_RASP_ATOM_H
#define SINTER_RASP_ATOM_H

#include "../rasp_ast.h"

typedef enum AtomType { ATOM_BOOL, ATOM_INT, ATOM_FLOAT, ATOM_STR } AtomType;

enum {
    MASK_BOOL = 1 << ATOM_BOOL, MASK_INT = 1 << ATOM_INT, MASK_FLOAT = 1 << ATOM_FLOAT, MASK_STR = 1 << ATOM_STR,
    MASK_WHOLE = MASK_BOOL | MASK_INT, MASK_NUMBER = MASK_WHOLE | MASK_FLOAT
};

typedef struct Atom {
    AtomType type;
    int64_t integer; /* ATOM_BOOL, ATOM_INT */
    double real;     /* of every number */
    Str text;        /* ATOM_STR */
} Atom;

enum { ATOM_TEXT_MOST = 1 << 20 }; /* bytes of a string */

Atom atom_bool(int value);
Atom atom_int(int64_t value);
Atom atom_float(double value);
Atom atom_str(Str text);

const char *atom_type_name(AtomType type); /* "a string" */
const char *mask_name(Arena *arena, unsigned mask); /* "a string or an int" */
AtomType mask_first(unsigned mask);

int atom_truth(const Atom *a);
int atom_equal(const Atom *a, const Atom *b);
int text_compare(const char *a, const char *b); /* by code points */

/* The type of `a op b`; -1: Python has none. Of ints to a power: an int, though a negative one gives a float. */
int op_type(RaspOp op, AtomType a, AtomType b);
int op_type_one(RaspOp op, AtomType a);
int op_is_compare(RaspOp op);

/* Returns 1, or 0 with *why: a sentence that needs no capital. */
int atom_binary(Arena *arena, RaspOp op, const Atom *a, const Atom *b, Atom *out, const char **why);
int atom_unary(Arena *arena, RaspOp op, const Atom *a, Atom *out, const char **why);

const char *atom_str_of(Arena *arena, const Atom *a);  /* Python's str() */
const char *real_str(Arena *arena, double value);      /* Python's repr of a float */

#endif
