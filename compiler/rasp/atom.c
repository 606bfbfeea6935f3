#include "atom.h"
#include "../scalar.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Atom atom_bool(int value)
{
    return (Atom){ATOM_BOOL, value != 0, value != 0, NULL};
}

Atom atom_int(int64_t value)
{
    return (Atom){ATOM_INT, value, (double)value, NULL};
}

Atom atom_float(double value)
{
    return (Atom){ATOM_FLOAT, 0, value, NULL};
}

Atom atom_str(Str text)
{
    return (Atom){ATOM_STR, 0, 0, text};
}

const char *atom_type_name(AtomType type)
{
    static const char *const name[] = {[ATOM_BOOL] = "a bool", [ATOM_INT] = "an int", [ATOM_FLOAT] = "a float", [ATOM_STR] = "a string"};
    return name[type];
}

AtomType mask_first(unsigned mask)
{
    AtomType type = ATOM_BOOL;
    while (!(mask >> type & 1)) {
        type++;
    }
    return type;
}

const char *mask_name(Arena *arena, unsigned mask)
{
    const char *list = "";
    for (int type = ATOM_BOOL; type <= ATOM_STR; type++) {
        if (mask & (1U << type)) {
            list = arena_printf(arena, "%s%s%s", list, *list ? " or " : "", atom_type_name((AtomType)type));
        }
    }
    return list;
}

int atom_truth(const Atom *a)
{
    return a->type == ATOM_STR ? a->text[0] != 0 : a->type == ATOM_FLOAT ? a->real != 0 : a->integer != 0;
}

int atom_equal(const Atom *a, const Atom *b)
{
    if ((a->type == ATOM_STR) != (b->type == ATOM_STR)) {
        return 0;
    }
    if (a->type == ATOM_STR) {
        return a->text == b->text;
    }
    return a->type != ATOM_FLOAT && b->type != ATOM_FLOAT ? a->integer == b->integer : a->real == b->real;
}

/* The order of UTF-8 bytes is that of code points. */
int text_compare(const char *a, const char *b)
{
    return strcmp(a, b);
}

/* ---- types ------------------------------------------------------------------------------------------------------------------------- */

int op_is_compare(RaspOp op)
{
    return op >= ROP_EQ && op <= ROP_GE;
}

int op_type(RaspOp op, AtomType a, AtomType b)
{
    const int strings = (a == ATOM_STR) + (b == ATOM_STR);
    const AtomType wide = a > b ? a : b;
    if (op == ROP_EQ || op == ROP_NE) {
        return ATOM_BOOL;
    }
    if (op_is_compare(op)) {
        return strings == 1 ? -1 : ATOM_BOOL;
    }
    if (op == ROP_ADD && strings == 2) {
        return ATOM_STR;
    }
    if (op == ROP_MUL && strings == 1) {
        return (a == ATOM_STR ? b : a) == ATOM_FLOAT ? -1 : ATOM_STR;
    }
    if (strings) {
        return -1;
    }
    return op == ROP_DIV ? ATOM_FLOAT : wide == ATOM_BOOL ? ATOM_INT : (int)wide;
}

int op_type_one(RaspOp op, AtomType a)
{
    if (op == ROP_NOT) {
        return ATOM_BOOL;
    }
    if (op == ROP_INDICATOR) {
        return ATOM_INT;
    }
    return a == ATOM_STR ? -1 : op == ROP_ROUND || a == ATOM_BOOL ? ATOM_INT : (int)a;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

static int fail(const char **why, const char *text)
{
    *why = text;
    return 0;
}

static const char *const too_large = "the result is beyond the 64 bits of an int";

static int text_times(Arena *arena, const Atom *text, int64_t n, Atom *out, const char **why)
{
    const size_t bytes = strlen(text->text);
    n = n < 0 ? 0 : n;
    if (bytes && n > ATOM_TEXT_MOST / (int64_t)bytes) {
        return fail(why, "the result is a string of more than 1 MiB");
    }
    char *all = arena_alloc(arena, bytes * (size_t)n + 1);
    for (int64_t i = 0; i < n && bytes; i++) {
        memcpy(all + (size_t)i * bytes, text->text, bytes);
    }
    *out = atom_str(str_of(all));
    return 1;
}

static int text_binary(Arena *arena, RaspOp op, const Atom *a, const Atom *b, Atom *out, const char **why)
{
    if (op == ROP_MUL) {
        return a->type == ATOM_STR ? text_times(arena, a, b->integer, out, why) : text_times(arena, b, a->integer, out, why);
    }
    if (op == ROP_ADD) {
        if (strlen(a->text) + strlen(b->text) > ATOM_TEXT_MOST) {
            return fail(why, "the result is a string of more than 1 MiB");
        }
        *out = atom_str(str_of(arena_printf(arena, "%s%s", a->text, b->text)));
        return 1;
    }
    const int order = text_compare(a->text, b->text);
    *out = atom_bool(op == ROP_LT ? order < 0 : op == ROP_LE ? order <= 0 : op == ROP_GT ? order > 0 : order >= 0);
    return 1;
}

static int compare(RaspOp op, const Atom *a, const Atom *b)
{
    const int whole = a->type != ATOM_FLOAT && b->type != ATOM_FLOAT;
    switch ((int)op) {
    case ROP_LT: return whole ? a->integer < b->integer : a->real < b->real;
    case ROP_LE: return whole ? a->integer <= b->integer : a->real <= b->real;
    case ROP_GT: return whole ? a->integer > b->integer : a->real > b->real;
    default: return whole ? a->integer >= b->integer : a->real >= b->real;
    }
}

static int real_power(double a, double b, Atom *out, const char **why)
{
    if (a == 0 && b < 0) {
        return fail(why, "zero to a negative power");
    }
    if (a < 0 && isfinite(b) && b != floor(b)) {
        return fail(why, "a negative number to a broken power is no real number");
    }
    *out = atom_float(pow(a, b));
    return isinf(out->real) && isfinite(a) && isfinite(b) ? fail(why, "the result is too large for a float") : 1;
}

static int real_binary(RaspOp op, double a, double b, Atom *out, const char **why)
{
    if ((op == ROP_DIV || op == ROP_MOD) && b == 0) {
        return fail(why, op == ROP_DIV ? "division by zero" : "remainder of a division by zero");
    }
    switch ((int)op) {
    case ROP_ADD: *out = atom_float(a + b); return 1;
    case ROP_SUB: *out = atom_float(a - b); return 1;
    case ROP_MUL: *out = atom_float(a * b); return 1;
    case ROP_DIV: *out = atom_float(a / b); return 1;
    case ROP_MOD: *out = atom_float(scalar_real(OP_MOD, a, b)); return 1;
    default: return real_power(a, b, out, why);
    }
}

static int whole_binary(RaspOp op, const Atom *a, const Atom *b, Atom *out, const char **why)
{
    static const Op of[] = {[ROP_ADD] = OP_ADD, [ROP_SUB] = OP_SUB, [ROP_MUL] = OP_MUL, [ROP_MOD] = OP_MOD, [ROP_POW] = OP_POW};
    int64_t value;
    if (op == ROP_POW && b->integer < 0) {
        return real_power(a->real, b->real, out, why);
    }
    if (op == ROP_MOD && b->integer == 0) {
        return fail(why, "remainder of a division by zero");
    }
    if (!scalar_int(of[op], a->integer, b->integer, &value)) {
        return fail(why, too_large);
    }
    *out = atom_int(value);
    return 1;
}

int atom_binary(Arena *arena, RaspOp op, const Atom *a, const Atom *b, Atom *out, const char **why)
{
    if (op_type(op, a->type, b->type) < 0) {
        *why = arena_printf(arena, "'%s' cannot take %s and %s", rasp_op_name[op], atom_type_name(a->type), atom_type_name(b->type));
        return 0;
    }
    if (op == ROP_EQ || op == ROP_NE) {
        *out = atom_bool(atom_equal(a, b) == (op == ROP_EQ));
        return 1;
    }
    if (a->type == ATOM_STR || b->type == ATOM_STR) {
        return text_binary(arena, op, a, b, out, why);
    }
    if (op_is_compare(op)) {
        *out = atom_bool(compare(op, a, b));
        return 1;
    }
    const int whole = a->type != ATOM_FLOAT && b->type != ATOM_FLOAT && op != ROP_DIV;
    return whole ? whole_binary(op, a, b, out, why) : real_binary(op, a->real, b->real, out, why);
}

int atom_unary(Arena *arena, RaspOp op, const Atom *a, Atom *out, const char **why)
{
    int64_t whole;
    if (op_type_one(op, a->type) < 0) {
        *why = arena_printf(arena, "'%s' cannot take %s", rasp_op_name[op], atom_type_name(a->type));
        return 0;
    }
    switch ((int)op) {
    case ROP_NOT: *out = atom_bool(!atom_truth(a)); return 1;
    case ROP_POS: *out = a->type == ATOM_FLOAT ? *a : atom_int(a->integer); return 1;
    case ROP_NEG:
        if (a->type == ATOM_FLOAT) {
            *out = atom_float(-a->real);
            return 1;
        }
        if (!scalar_int(OP_NEG, a->integer, 0, &whole)) {
            return fail(why, too_large);
        }
        *out = atom_int(whole);
        return 1;
    case ROP_INDICATOR: *out = atom_int(atom_truth(a)); return 1;
    default: break;
    }
    if (a->type == ATOM_FLOAT && !scalar_real_to_int(scalar_real(OP_ROUND, a->real, 0), &whole)) {
        return fail(why, too_large);
    }
    *out = atom_int(a->type == ATOM_FLOAT ? whole : a->integer);
    return 1;
}

/* ---- texts ------------------------------------------------------------------------------------------------------------------------- */

/* Shortest digits that read back the same; an exponent below 1e-4 and from 1e16 on. */
const char *real_str(Arena *arena, double value)
{
    char digits[40];
    if (!isfinite(value)) {
        return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    int n = 0;
    do {
        snprintf(digits, sizeof digits, "%.*e", n, value);
    } while (strtod(digits, NULL) != value && n++ < 17);
    const int exponent = atoi(strchr(digits, 'e') + 1);
    if (value != 0 && (exponent < -4 || exponent >= 16)) {
        char *e = strchr(digits, 'e');
        *e = 0;
        return arena_printf(arena, "%se%c%02d", digits, exponent < 0 ? '-' : '+', abs(exponent));
    }
    const int decimals = n - exponent > 1 ? n - exponent : 1;
    return arena_printf(arena, "%.*f", decimals, value);
}

const char *atom_str_of(Arena *arena, const Atom *a)
{
    switch (a->type) {
    case ATOM_BOOL: return a->integer ? "True" : "False";
    case ATOM_INT: return arena_printf(arena, "%lld", (long long)a->integer);
    case ATOM_FLOAT: return real_str(arena, a->real);
    case ATOM_STR: break;
    }
    return a->text;
}
