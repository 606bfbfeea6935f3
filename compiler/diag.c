#include "diag.h"

#include <stdlib.h>
#include <string.h>

Diag *diag_new(Arena *arena)
{
    Diag *d = arena_new_of(arena, Diag);
    d->arena = arena;
    return d;
}

static void add(Diag *d, DiagKind kind, Span span, const char *format, va_list args)
{
    const DiagItem item = {kind, span, arena_vprintf(d->arena, format, args)};
    vec_push(d->arena, d->item, item);
    d->errors += kind == DIAG_ERROR;
    d->warnings += kind == DIAG_WARNING;
}

#define ADD(kind, span)                                                                                                           \
    va_list args;                                                                                                                 \
    va_start(args, format);                                                                                                       \
    add(d, kind, span, format, args);                                                                                             \
    va_end(args)

void diag_error(Diag *d, Span span, const char *format, ...)
{
    ADD(DIAG_ERROR, span);
}

void diag_warning(Diag *d, Span span, const char *format, ...)
{
    ADD(DIAG_WARNING, span);
}

void diag_note(Diag *d, Span span, const char *format, ...)
{
    ADD(DIAG_NOTE, span);
}

void diag_hint(Diag *d, const char *format, ...)
{
    ADD(DIAG_HINT, ((Span){0}));
}

static Span file_span(Diag *d, const char *path)
{
    return span_of_source(source_of_text(d->arena, path, NULL, 0));
}

void diag_error_file(Diag *d, const char *path, const char *format, ...)
{
    ADD(DIAG_ERROR, file_span(d, path));
}

void diag_warning_file(Diag *d, const char *path, const char *format, ...)
{
    ADD(DIAG_WARNING, file_span(d, path));
}

void diag_did_you_mean(Diag *d, const char *wrong, const Str *names, int n)
{
    const int length = (int)strlen(wrong);
    int best = length < 3 ? 1 : length < 6 ? 2 : length / 3 + 1;
    Str found = NULL;
    for (int i = 0; i < n; i++) {
        const int distance = str_distance(wrong, names[i]);
        if (distance < best || (distance == best && !found)) {
            best = distance;
            found = names[i];
        }
    }
    if (found && strcmp(found, wrong) != 0) {
        diag_hint(d, "did you mean '%s'?", found);
    }
}

/* The line of source under a diagnostic, and a caret below what it is about. Tabs stay tabs, so that columns line up. */
static void print_line(Span span, FILE *out)
{
    const Source *source = span.source;
    if (!source || !source->text || span.begin > source->bytes) {
        return;
    }
    size_t from = span.begin, to = span.begin;
    while (from > 0 && source->text[from - 1] != '\n') {
        from--;
    }
    while (to < source->bytes && source->text[to] != '\n') {
        to++;
    }
    fprintf(out, "%5d | %.*s\n      | ", source_place(source, span.begin).line, (int)(to - from), source->text + from);
    for (size_t i = from; i < span.begin; i++) {
        if (((unsigned char)source->text[i] & 0xC0) != 0x80) {
            fputc(source->text[i] == '\t' ? '\t' : ' ', out);
        }
    }
    fputc('^', out);
    for (size_t i = span.begin + 1; i < span.end && i < to; i++) {
        if (((unsigned char)source->text[i] & 0xC0) != 0x80) {
            fputc('~', out);
        }
    }
    fputc('\n', out);
}

static void print_item(const DiagItem *item, FILE *out)
{
    static const char *const word[] = {"error", "warning", "note", "hint"};
    if (item->kind == DIAG_HINT) {
        fprintf(out, "  hint: %s\n", item->text);
        return;
    }
    const Source *source = item->span.source;
    if (!source) {
        fprintf(out, "sinter: %s: %s\n", word[item->kind], item->text);
    } else if (!source->text || item->span.begin > source->bytes) {
        fprintf(out, "%s: %s: %s\n", source->name, word[item->kind], item->text);
    } else {
        const Place place = source_place(source, item->span.begin);
        fprintf(out, "%s:%d:%d: %s: %s\n", source->name, place.line, place.column, word[item->kind], item->text);
        print_line(item->span, out);
    }
}

typedef struct Group {
    const DiagItem *first;
    int n, order;
} Group;

static int by_place(const void *a, const void *b)
{
    const Group *x = a, *y = b;
    if (x->first->span.source == y->first->span.source && x->first->span.begin != y->first->span.begin) {
        return x->first->span.begin < y->first->span.begin ? -1 : 1;
    }
    return x->order - y->order;
}

void diag_print(const Diag *d, FILE *out)
{
    Group *group = calloc((size_t)d->item.n + 1, sizeof *group);
    int groups = 0;
    for (int i = 0; group && i < d->item.n; i++) {
        const DiagItem *item = &d->item.at[i];
        if (item->kind == DIAG_ERROR || item->kind == DIAG_WARNING || groups == 0) {
            group[groups] = (Group){item, 0, groups};
            groups++;
        }
        group[groups - 1].n++;
    }
    if (group) {
        qsort(group, (size_t)groups, sizeof *group, by_place);
    }
    for (int g = 0; g < groups; g++) {
        for (int i = 0; i < group[g].n; i++) {
            print_item(group[g].first + i, out);
        }
    }
    free(group);
}
