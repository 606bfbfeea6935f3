/* input.c - examples: their tokens, and the tensors that a graph reads of them */
#include "program.h"
#include "../eval.h"
#include "../scalar.h"
#include "../scalar_text.h"
#include "../value.h"
#include "../../runtime/rasp/number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void wrong(RaspProgram *p, const RaspTokens *tokens, Span span, const char *format, ...) __attribute__((format(printf, 4, 5)));

static void wrong(RaspProgram *p, const RaspTokens *tokens, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *what = arena_vprintf(p->arena, format, args);
    va_end(args);
    program_error(p, span, "%s%s%s", what, tokens->name ? ", in " : "", tokens->name ? tokens->name : "");
}

/* ---- tokens ------------------------------------------------------------------------------------------------------------------------ */

static void add(RaspProgram *p, RaspTokens *out, Atom atom)
{
    vec_push(p->arena, out->atom, atom);
}

/* Bytes of the character at text[i]; a byte that is no UTF-8 gives 0. */
static size_t character(const char *text, size_t i, size_t n)
{
    const unsigned char c = (unsigned char)text[i];
    const size_t bytes = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    for (size_t k = 1; k < bytes; k++) {
        if (i + k >= n || ((unsigned char)text[i + k] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return bytes;
}

static int characters(RaspProgram *p, const char *text, size_t bytes, RaspTokens *out)
{
    for (size_t i = 0; i < bytes;) {
        const size_t n = character(text, i, bytes);
        if (n == 0 || text[i] == 0) {
            wrong(p, out, span_of_source(p->source), "the input is no text: byte %zu", i);
            return 0;
        }
        add(p, out, atom_str(str_of_n(text + i, n)));
        i += n;
    }
    return 1;
}

int tokens_of_value(RaspProgram *p, const RaspValue *value, RaspTokens *out, Span span)
{
    if (value->kind == RV_ATOM && value->atom.type == ATOM_STR) {
        return characters(p, value->atom.text, strlen(value->atom.text), out);
    }
    for (int i = 0; i < value->list.n; i++) {
        const RaspValue *one = value->list.at[i];
        if (one->kind != RV_ATOM) {
            program_error(p, span, "an input is a list of atoms; there is %s in this one", value_describe(p, one));
            return 0;
        }
        add(p, out, one->atom);
    }
    return 1;
}

static int json_atom(RaspProgram *p, const Value *value, RaspTokens *out)
{
    const Span whole = span_of_source(p->source);
    switch (value->kind) {
    case V_BOOL: add(p, out, atom_bool(value->boolean)); return 1;
    case V_INT: add(p, out, atom_int(value->integer)); return 1;
    case V_STR: add(p, out, atom_str(value->text)); return 1;
    case V_REAL:
        if (!strpbrk(span_text(value->span), ".eE")) {
            wrong(p, out, whole, "%s is more than the 64 bits of an int hold", span_text(value->span));
            return 0;
        }
        add(p, out, atom_float(value->real));
        return 1;
    case V_NULL: case V_LIST: case V_OBJECT: break;
    }
    wrong(p, out, whole, "a token is a string, a number or a bool, not %s", value_kind_name(value->kind));
    return 0;
}

int tokens_of_text(RaspProgram *p, const char *text, size_t bytes, RaspFormat format, RaspTokens *out)
{
    if (format == RASP_JSON_FORM) {
        Diag *quiet = diag_new(p->arena);
        const Value *list = value_from_json(p->arena, quiet, source_of_text(p->arena, "the input", text, bytes));
        if (list && list->kind == V_LIST) {
            for (int i = 0; i < list->list.n; i++) {
                if (!json_atom(p, &list->list.at[i], out)) {
                    return 0;
                }
            }
            return 1;
        }
    }
    return characters(p, text, bytes, out);
}

/* ---- Python's int() and float() ------------------------------------------------------------------------------------------------------ */

static int int_of(RaspProgram *p, const Atom *a, int64_t *value)
{
    char *end;
    if (a->type == ATOM_FLOAT) {
        return scalar_real_to_int(trunc(a->real), value);
    }
    if (a->type != ATOM_STR) {
        *value = a->integer;
        return 1;
    }
    const size_t room = strlen(a->text) + 1;
    char *digits = arena_alloc(p->arena, room);
    const int fine = number_plain(a->text, room - 1, digits, room);
    errno = 0;
    *value = fine ? strtoll(digits, &end, 10) : 0;
    return fine && errno == 0 && *end == 0 && end != digits;
}

static int float_of(RaspProgram *p, const Atom *a, double *value)
{
    char *end;
    *value = a->real;
    if (a->type != ATOM_STR) {
        return 1;
    }
    const size_t room = strlen(a->text) + 1;
    char *digits = arena_alloc(p->arena, room);
    const int fine = number_plain(a->text, room - 1, digits, room);
    *value = fine ? strtod(digits, &end) : 0;
    return fine && *end == 0 && end != digits;
}

/* ---- tensors ----------------------------------------------------------------------------------------------------------------------- */

static int64_t symbol_of(RaspProgram *p, const Atom *a)
{
    const char *text = atom_str_of(p->arena, a);
    return text_symbol(text, strlen(text));
}

static int64_t asis(RaspProgram *p, const Atom *a, Part part)
{
    switch (part) {
    case PART_TAG: return a->type;
    case PART_TEXT: return a->type == ATOM_STR ? symbol_of(p, a) : text_empty;
    case PART_INT: case PART_REAL: case PART_COUNT_: break;
    }
    return a->integer;
}

static int fill_int(RaspProgram *p, const RaspTokens *tokens, int64_t i, RaspInput input, Part part, int64_t *to)
{
    const Atom *a = &tokens->atom.at[i];
    switch (input) {
    case INPUT_STR: *to = symbol_of(p, a); return 1;
    case INPUT_BOOL: *to = atom_truth(a); return 1;
    case INPUT_ASIS: *to = asis(p, a, part); return 1;
    case INPUT_INT:
        if (!int_of(p, a, to)) {
            wrong(p, tokens, p->inputs[input]->span, "token %lld, '%.40s', is no int of 64 bits", (long long)i, atom_str_of(p->arena, a));
            return 0;
        }
        return 1;
    case INPUT_FLOAT: case INPUT_COUNT_: break;
    }
    return 0;
}

int tokens_atom(RaspProgram *p, const RaspTokens *tokens, int i, RaspInput input, Atom *out, Span span)
{
    const Atom *a = &tokens->atom.at[i];
    int64_t whole = 0;
    double real = 0;
    switch (input) {
    case INPUT_STR: *out = atom_str(str_of(atom_str_of(p->arena, a))); return 1;
    case INPUT_BOOL: *out = atom_bool(atom_truth(a)); return 1;
    case INPUT_ASIS: *out = *a; return 1;
    case INPUT_INT:
        if (int_of(p, a, &whole)) {
            *out = atom_int(whole);
            return 1;
        }
        break;
    case INPUT_FLOAT:
        if (float_of(p, a, &real)) {
            *out = atom_float(real);
            return 1;
        }
        break;
    case INPUT_COUNT_: break;
    }
    wrong(p, tokens, span, "token %d, '%.40s', is no %s", i, atom_str_of(p->arena, a), input == INPUT_INT ? "int of 64 bits" : "float");
    return 0;
}

const Tensor *tokens_tensor(RaspProgram *p, Arena *arena, const RaspTokens *tokens, RaspInput input, Part part)
{
    const int64_t n = tokens->atom.n;
    const Type type = part == PART_REAL ? T_REAL : input == INPUT_BOOL ? T_BOOL : T_INT;
    Tensor *tensor = tensor_new(arena, type, 1, &n);
    for (int64_t i = 0; i < n; i++) {
        const Atom *a = &tokens->atom.at[i];
        if (part != PART_REAL) {
            if (!fill_int(p, tokens, i, input, part, &tensor->integer[i])) {
                return NULL;
            }
        } else if (input == INPUT_ASIS) {
            tensor->real[i] = a->real;
        } else if (!float_of(p, a, &tensor->real[i])) {
            wrong(p, tokens, p->inputs[input]->span, "token %lld, '%.40s', is no float", (long long)i, atom_str_of(p->arena, a));
            return NULL;
        }
    }
    return tensor;
}
