/* value.h - static values: what configs hold and what `let` computes
 *
 * A value read from a file carries the place it stands at there, so that an error can point at `config.json:12:18`.
 * Decimals are exact where they are short: 0.7 is 7/10 and 0.7 * 10 is 7, which no double would give for all of them.
 * Objects remember which members were read; main warns of the others. */
#ifndef SINTER_VALUE_H
#define SINTER_VALUE_H

#include "arena.h"
#include "diag.h"
#include "source.h"
#include "str.h"

#include <stdint.h>
#include <stdio.h>

typedef enum ValueKind {
    V_NULL, /* absent; JSON's null */
    V_INT,
    V_REAL,
    V_BOOL,
    V_STR,
    V_LIST,
    V_OBJECT
} ValueKind;

typedef struct Value Value;
typedef struct ValueMember ValueMember;

struct Value {
    ValueKind kind;
    Span span;
    union {
        int64_t integer; /* V_INT */
        int boolean;     /* V_BOOL: 0 or 1 */
        Str text;        /* V_STR */
        struct {         /* V_REAL */
            double real; /* the nearest double; may be infinite or NaN */
            int64_t numerator;
            int64_t denominator; /* a power of ten up to 1e18, as small as can be; 0: only `real` is known */
        };
        struct { /* V_LIST */
            Value *at;
            int n;
        } list;
        struct { /* V_OBJECT: in the order of the file, no name twice */
            ValueMember *at;
            int n;
        } object;
    };
};

struct ValueMember {
    Str name;
    Span name_span;
    Value value;
    int read; /* set by value_member(), also through a const object */
};

/* ---- making ---- */

Value value_null(Span span);
Value value_int(Span span, int64_t integer);
Value value_real(Span span, double real); /* no exact decimal is known */
Value value_bool(Span span, int boolean);
Value value_str(Span span, Str text);

/* A number as written in JSON or in a model text: digits [. digits] [e [+-] digits], perhaps after a `-`.
 * Without point and exponent it is V_INT if it fits, else V_REAL; a real keeps its exact decimal where that fits (see above). */
Value value_of_number(Span span, const char *digits, size_t bytes);

/* Strict JSON (RFC 8259): no duplicate keys, UTF-8, no NUL in strings, at most 200 levels deep and 100 MB long.
 * {"__float__": "Infinity"}, "-Infinity" and "NaN" are reals (as Hugging Face writes them).
 * Integers of more than 64 bits become reals. On failure NULL, and one error at the line and column. */
Value *value_from_json_file(Arena *arena, Diag *d, const char *path);
Value *value_from_json(Arena *arena, Diag *d, const Source *source);

/* ---- asking ---- */

int value_is_absent(const Value *value); /* NULL or V_NULL */

/* The member of that name, which now counts as read. NULL if there is none or `object` is none (or NULL). */
const Value *value_member(const Value *object, Str name);

/* The names of all members, for diag_did_you_mean(). */
const Str *value_names(Arena *arena, const Value *object, int *n);

/* V_INT and V_REAL with an exact decimal: 1 and numerator / denominator, denominator a power of ten. Else 0. */
int value_is_exact(const Value *value, int64_t *numerator, int64_t *denominator);

const char *value_kind_name(ValueKind kind); /* "an integer", "a list" */

/* The whole of `value` counts as read: every member of every object below it. */
void value_mark_read(const Value *value);

/* Visits the members that were not read, outermost first and nothing below them; path is "rope_scaling.factor". */
void value_each_unread(const Value *value, void (*visit)(void *context, const ValueMember *member, Str path), void *context);

/* On one line, as JSON that reads back as the same: reals keep a point or an exponent, exact decimals all their digits. */
void value_print(const Value *value, FILE *out);
void value_print_string(const char *text, FILE *out); /* a JSON string, quotes and all */

#endif
