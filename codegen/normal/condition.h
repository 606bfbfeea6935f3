/* condition.h - what a head asks of sizes and roles: `n <= 512 and (fixed(u) or same_parent(q, u))`
 *
 * A role's letter stands for its size, the product of the lengths of its indices; 1 when it has none. Numbers, + - * and / (rounded down),
 * comparisons, `and`, `or`, `not`, brackets, and properties of roles and holes: name(arguments). */
#ifndef SINTER_FORMS_CONDITION_H
#define SINTER_FORMS_CONDITION_H

#include "arena.h"
#include "str.h"

typedef struct Condition Condition;

enum { MOST_ARGUMENTS = 3 };

typedef struct Facts {
    const void *context;
    double (*size)(const void *context, char role);                           /* infinite where it is not known before a run */
    int (*property)(const void *context, Str name, const Str *argument, int n); /* -1: there is no such property */
} Facts;

/* NULL and a sentence in *error when it cannot be read. */
Condition *condition_parse(Arena *arena, Str text, Str *error);

/* NULL if it holds; else the part that fails, with sizes: "n = 1536 is not <= 512". */
Str condition_fails(const Condition *condition, const Facts *facts);

/* A number: `p = i + 4; 64 * p * (i <= 64)`. Letters may be said before; a comparison is 1 or 0. */
double condition_number(Arena *arena, Str text, const Facts *facts, Str *error);

#endif
