#include "value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Value value_null(Span span)
{
    return (Value){.kind = V_NULL, .span = span};
}

Value value_int(Span span, int64_t integer)
{
    return (Value){.kind = V_INT, .span = span, .integer = integer};
}

Value value_real(Span span, double real)
{
    return (Value){.kind = V_REAL, .span = span, .real = real};
}

Value value_bool(Span span, int boolean)
{
    return (Value){.kind = V_BOOL, .span = span, .boolean = boolean != 0};
}

Value value_str(Span span, Str text)
{
    return (Value){.kind = V_STR, .span = span, .text = text};
}

/* ---- numbers ---- */

enum { MOST_DECIMALS = 18 }; /* 1e18 is the largest power of ten in an int64_t */

typedef struct Decimal {
    int negative, real; /* real: with a point or an exponent */
    uint64_t digits;    /* the value is digits * 10^exponent; digits does not end in 0 */
    long exponent;
    int exact; /* 0: there were more digits than a uint64_t holds */
} Decimal;

static void decimal_digit(Decimal *x, unsigned digit, long *zeros)
{
    if (digit == 0) { /* put off: trailing zeros do not count */
        ++*zeros;
        return;
    }
    for (++*zeros; *zeros > 0; --*zeros) {
        const unsigned next = *zeros == 1 ? digit : 0;
        if (x->digits > (UINT64_MAX - next) / 10) {
            x->exact = 0;
            return;
        }
        x->digits = x->digits * 10 + next;
    }
}

static Decimal decimal_of(const char *text, size_t bytes)
{
    Decimal x = {.exact = 1};
    size_t i = 0;
    long zeros = 0, after_point = 0;
    x.negative = bytes > 0 && text[0] == '-';
    for (i = (size_t)x.negative; i < bytes && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.') {
            x.real = 1;
        } else {
            after_point += x.real;
            if (x.digits == 0 && text[i] == '0') {
                continue; /* leading */
            }
            decimal_digit(&x, (unsigned)(text[i] - '0'), &zeros);
        }
    }
    if (i < bytes) {
        enum { FAR = 100000 }; /* strtol saturates, and no exact decimal is that far out */
        const long exponent = strtol(text + i + 1, NULL, 10);
        x.real = 1;
        x.exponent = exponent > FAR ? FAR : exponent < -FAR ? -FAR : exponent;
    }
    x.exponent = x.digits == 0 ? 0 : x.exponent + zeros - after_point;
    return x;
}

/* The decimal as numerator / denominator, if both fit. */
static int decimal_fits(const Decimal *x, int64_t *numerator, int64_t *denominator)
{
    if (!x->exact || x->digits > INT64_MAX || x->exponent < -MOST_DECIMALS || x->exponent > MOST_DECIMALS) {
        return 0;
    }
    int64_t n = (int64_t)x->digits, power = 1;
    for (long k = 0; k < x->exponent; k++) {
        if (n > INT64_MAX / 10) {
            return 0;
        }
        n *= 10;
    }
    for (long k = 0; k > x->exponent; k--) {
        power *= 10;
    }
    *numerator = x->negative ? -n : n;
    *denominator = power;
    return 1;
}

Value value_of_number(Span span, const char *digits, size_t bytes)
{
    char few[64];
    char *text = bytes < sizeof few ? few : malloc(bytes + 1); /* strtod wants a NUL */
    if (!text) {
        return value_real(span, NAN);
    }
    memcpy(text, digits, bytes);
    text[bytes] = 0;
    const Decimal x = decimal_of(text, bytes);
    Value value = value_real(span, strtod(text, NULL));
    const int fits = decimal_fits(&x, &value.numerator, &value.denominator);
    if (fits && !x.real) {
        value = value_int(span, value.numerator);
    } else if (!x.real && strcmp(text, "-9223372036854775808") == 0) {
        value = value_int(span, INT64_MIN);
    }
    if (text != few) {
        free(text);
    }
    return value;
}

/* ---- asking ---- */

int value_is_absent(const Value *value)
{
    return !value || value->kind == V_NULL;
}

const Value *value_member(const Value *object, Str name)
{
    for (int i = 0; object && object->kind == V_OBJECT && i < object->object.n; i++) {
        ValueMember *member = &object->object.at[i];
        if (member->name == name) {
            member->read = 1;
            return &member->value;
        }
    }
    return NULL;
}

const Str *value_names(Arena *arena, const Value *object, int *n)
{
    *n = object && object->kind == V_OBJECT ? object->object.n : 0;
    Str *names = arena_array(arena, Str, *n);
    for (int i = 0; i < *n; i++) {
        names[i] = object->object.at[i].name;
    }
    return names;
}

int value_is_exact(const Value *value, int64_t *numerator, int64_t *denominator)
{
    if (value->kind == V_INT) {
        *numerator = value->integer;
        *denominator = 1;
        return 1;
    }
    if (value->kind == V_REAL && value->denominator) {
        *numerator = value->numerator;
        *denominator = value->denominator;
        return 1;
    }
    return 0;
}

const char *value_kind_name(ValueKind kind)
{
    static const char *const name[] = {
        [V_NULL] = "null",     [V_INT] = "an integer", [V_REAL] = "a real number", [V_BOOL] = "true or false",
        [V_STR] = "a string", [V_LIST] = "a list",    [V_OBJECT] = "an object",
    };
    return name[kind];
}

void value_mark_read(const Value *value)
{
    for (int i = 0; value->kind == V_LIST && i < value->list.n; i++) {
        value_mark_read(&value->list.at[i]);
    }
    for (int i = 0; value->kind == V_OBJECT && i < value->object.n; i++) {
        value->object.at[i].read = 1;
        value_mark_read(&value->object.at[i].value);
    }
}

static void each_unread(const Value *value, Str path, void (*visit)(void *, const ValueMember *, Str), void *context)
{
    for (int i = 0; value->kind == V_LIST && i < value->list.n; i++) {
        const Value *item = &value->list.at[i];
        if (item->kind == V_LIST || item->kind == V_OBJECT) {
            each_unread(item, str_format("%s[%d]", path, i), visit, context);
        }
    }
    for (int i = 0; value->kind == V_OBJECT && i < value->object.n; i++) {
        const ValueMember *member = &value->object.at[i];
        const Str below = *path ? str_format("%s.%s", path, member->name) : member->name;
        if (!member->read) {
            visit(context, member, below);
        } else {
            each_unread(&member->value, below, visit, context);
        }
    }
}

void value_each_unread(const Value *value, void (*visit)(void *context, const ValueMember *member, Str path), void *context)
{
    each_unread(value, str_of(""), visit, context);
}

/* ---- printing ---- */

void value_print_string(const char *text, FILE *out)
{
    static const char plain[] = "\b\f\n\r\t\"\\", escape[] = "bfnrt\"\\";
    fputc('"', out);
    for (const char *c = text; *c; c++) {
        const char *known = strchr(plain, *c);
        if (known) {
            fprintf(out, "\\%c", escape[known - plain]);
        } else if ((unsigned char)*c < 0x20) {
            fprintf(out, "\\u%04x", (unsigned)*c);
        } else {
            fputc(*c, out);
        }
    }
    fputc('"', out);
}

/* numerator / 10^places with all its digits, at least one on each side of the point. */
static void print_decimal(int64_t numerator, int64_t denominator, FILE *out)
{
    const uint64_t size = numerator < 0 ? 0 - (uint64_t)numerator : (uint64_t)numerator;
    const uint64_t power = (uint64_t)denominator;
    fprintf(out, "%s%llu.", numerator < 0 ? "-" : "", (unsigned long long)(size / power));
    uint64_t rest = size % power;
    if (power == 1) {
        fputc('0', out);
    }
    for (uint64_t unit = power / 10; unit > 0; unit /= 10) {
        fputc((int)('0' + rest / unit), out);
        rest %= unit;
    }
}

/* The fewest digits that read back as the same double; positional from 0.0001 up to 1e16. */
static void shortest_real(double real, char text[40])
{
    int digits = 1;
    while (snprintf(text, 40, "%.*e", digits - 1, real), digits < 17 && strtod(text, NULL) != real) {
        digits++;
    }
    const int exponent = atoi(strchr(text, 'e') + 1);
    if (exponent >= -4 && exponent < 16) {
        const int places = digits - 1 - exponent;
        snprintf(text, 40, "%.*f%s", places > 0 ? places : 0, real, places > 0 ? "" : ".0");
    }
}

static void print_real(const Value *value, FILE *out)
{
    if (!isfinite(value->real)) {
        const char *word = isnan(value->real) ? "NaN" : value->real < 0 ? "-Infinity" : "Infinity";
        fprintf(out, "{\"__float__\": \"%s\"}", word);
        return;
    }
    char text[40];
    shortest_real(value->real, text);
    const Decimal x = decimal_of(text, strlen(text));
    int64_t numerator = 0, denominator = 0;
    if (!value->denominator ||
        (decimal_fits(&x, &numerator, &denominator) && numerator == value->numerator && denominator == value->denominator)) {
        fputs(text, out);
    } else {
        print_decimal(value->numerator, value->denominator, out);
    }
}

void value_print(const Value *value, FILE *out)
{
    switch (value->kind) {
    case V_NULL: fputs("null", out); break;
    case V_INT: fprintf(out, "%lld", (long long)value->integer); break;
    case V_REAL: print_real(value, out); break;
    case V_BOOL: fputs(value->boolean ? "true" : "false", out); break;
    case V_STR: value_print_string(value->text, out); break;
    case V_LIST:
        fputc('[', out);
        for (int i = 0; i < value->list.n; i++) {
            fputs(i ? ", " : "", out);
            value_print(&value->list.at[i], out);
        }
        fputc(']', out);
        break;
    case V_OBJECT:
        fputc('{', out);
        for (int i = 0; i < value->object.n; i++) {
            fputs(i ? ", " : "", out);
            value_print_string(value->object.at[i].name, out);
            fputs(": ", out);
            value_print(&value->object.at[i].value, out);
        }
        fputc('}', out);
        break;
    }
}
