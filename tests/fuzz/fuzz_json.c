/* Any bytes as a config: refused with one message, or what is printed reads back as the same text. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "../../compiler/value.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void ignore(void *context, const ValueMember *member, Str path)
{
    (void)member;
    *(size_t *)context += strlen(path);
}

static char *print(const Value *value, size_t *n)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, n);
    value_print(value, out);
    fclose(out);
    return text;
}

/* A value's place holds what it was made of. */
static void check_places(const Value *value)
{
    const Span s = value->span;
    if (!s.source || s.begin >= s.end || s.end > s.source->bytes) {
        abort();
    }
    const char first = s.source->text[s.begin], last = s.source->text[s.end - 1];
    if ((value->kind == V_LIST && (first != '[' || last != ']')) || (value->kind == V_OBJECT && (first != '{' || last != '}')) ||
        (value->kind == V_STR && (first != '"' || last != '"')) || (value->kind == V_NULL && (first != 'n' || last != 'l'))) {
        abort();
    }
    for (int i = 0; value->kind == V_LIST && i < value->list.n; i++) {
        check_places(&value->list.at[i]);
    }
    for (int i = 0; value->kind == V_OBJECT && i < value->object.n; i++) {
        check_places(&value->object.at[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const Value *value = value_from_json(arena, d, source_of_text(arena, "fuzz", (const char *)data, bytes));
    if ((value == NULL) != (d->errors == 1) || d->errors > 1) {
        abort();
    }
    char *text = NULL, *again = NULL;
    size_t n = 0, m = 0, sum = 0;
    if (value) {
        check_places(value);
        text = print(value, &n);
        const Value *back = value_from_json(arena, d, source_of_text(arena, "back", text, n));
        again = back ? print(back, &m) : NULL;
        if (!again || n != m || memcmp(text, again, n) != 0) {
            abort();
        }
        value_each_unread(value, ignore, &sum);
        value_mark_read(value);
    } else {
        FILE *out = open_memstream(&text, &n);
        diag_print(d, out);
        fclose(out);
    }
    free(text);
    free(again);
    arena_free(arena);
    str_forget();
    return 0;
}
