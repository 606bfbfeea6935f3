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

void diag_internal(Diag *d, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_error(d, span, "internal: %s", arena_vprintf(d->arena, format, args));
    va_end(args);
    diag_hint(d, "this is a defect of sinter, not of the model");
    d->ours++;
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

int diag_did_you_mean(Diag *d, const char *wrong, const Str *names, int n)
{
    const int length = strlen(wrong) < 256 ? (int)strlen(wrong) : 256;
    int best = length < 3 ? 1 : length < 6 ? 2 : length / 3 + 1;
    Str found = NULL;
    for (int i = 0; i < n; i++) {
        const int distance = str_distance(wrong, names[i]);
        if (distance < best || (distance == best && !found)) {
            best = distance;
            found = names[i];
        }
    }
    if (!found || strcmp(found, wrong) == 0) {
        return 0;
    }
    diag_hint(d, "did you mean '%s'?", found);
    return 1;
}

static int starts_code_point(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* Bytes of the character of UTF-8 at text, or 0: it is none, or one that controls a terminal. */
static size_t printable(const char *text, size_t bytes)
{
    const unsigned char c = (unsigned char)text[0];
    const size_t n = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < n; i++) {
        if (i == bytes || starts_code_point(text[i])) {
            return 0;
        }
    }
    const unsigned char next = n > 1 ? (unsigned char)text[1] : 0;
    const int control = n == 1 ? (c < ' ' && c != '\t') || c == 0x7F : c == 0xC2 && next < 0xA0; /* U+0080 .. U+009F */
    const int overlong = (c == 0xE0 && next < 0xA0) || (c == 0xF0 && next < 0x90), surrogate = c == 0xED && next >= 0xA0;
    return control || overlong || surrogate || (c == 0xF4 && next >= 0x90) ? 0 : n;
}

/* Files are untrusted: what is no character, or controls a terminal, is shown as a question mark. */
static void print_printable(const char *text, size_t bytes, FILE *out)
{
    for (size_t i = 0; i < bytes;) {
        const size_t n = printable(text + i, bytes - i);
        fwrite(n ? text + i : "?", 1, n ? n : 1, out);
        i += n ? n : 1;
    }
}

/* The line of source under a diagnostic, and a caret below what it is about. Tabs stay tabs, so that columns line up.
 * Of a very long line (JSON is often one) only the surroundings are shown. */
static void print_line(Span span, FILE *out)
{
    enum { BEFORE = 80, AFTER = 120 };
    const Source *source = span.source;
    const char *text = source->text;
    size_t from = span.begin, to = span.begin;
    while (from > 0 && text[from - 1] != '\n' && span.begin - from < BEFORE) {
        from--;
    }
    while (to < source->bytes && text[to] != '\n' && to - span.begin < AFTER) {
        to++;
    }
    while (from < span.begin && !starts_code_point(text[from])) {
        from++;
    }
    while (to < source->bytes && to > span.begin && !starts_code_point(text[to])) {
        to--;
    }
    const int cut_before = from > 0 && text[from - 1] != '\n', cut_after = to < source->bytes && text[to] != '\n';
    if (!cut_after && to > from && text[to - 1] == '\r') {
        to--;
    }
    fprintf(out, "%5d | %s", source_place(source, span.begin).line, cut_before ? "..." : "");
    print_printable(text + from, to - from, out);
    fprintf(out, "%s\n      | %s", cut_after ? "..." : "", cut_before ? "   " : "");
    for (size_t i = from; i < span.begin; i++) {
        if (starts_code_point(text[i])) {
            fputc(text[i] == '\t' ? '\t' : ' ', out);
        }
    }
    fputc('^', out);
    for (size_t i = (size_t)span.begin + 1; i < span.end && i < to; i++) {
        if (starts_code_point(text[i])) {
            fputc('~', out);
        }
    }
    fputc('\n', out);
}

static void print_text(const char *text, FILE *out)
{
    for (const char *line = text; *line;) {
        const size_t n = strcspn(line, "\n");
        print_printable(line, n, out);
        line += n;
        if (*line) {
            fputc(*line++, out);
        }
    }
    fputc('\n', out);
}

static void print_item(const DiagItem *item, FILE *out)
{
    static const char *const word[] = {"error", "warning", "note", "hint"};
    const Source *source = item->span.source;
    const int has_place = source && source->text && item->span.begin <= source->bytes;
    if (item->kind == DIAG_HINT) {
        fputs("  ", out);
    } else {
        print_printable(source ? source->name : "sinter", strlen(source ? source->name : "sinter"), out);
        if (has_place) {
            const Place place = source_place(source, item->span.begin);
            fprintf(out, ":%d:%d", place.line, place.column);
        }
        fputs(": ", out);
    }
    fprintf(out, "%s: ", word[item->kind]);
    print_text(item->text, out);
    if (item->kind != DIAG_HINT && has_place) {
        print_line(item->span, out);
    }
}

typedef struct Group {
    const DiagItem *first;
    int n, order, file; /* file: which of the files, by first appearance */
} Group;

static int by_place(const void *a, const void *b)
{
    const Group *x = a, *y = b;
    if (x->file != y->file) {
        return x->file - y->file;
    }
    if (x->first->span.begin != y->first->span.begin) {
        return x->first->span.begin < y->first->span.begin ? -1 : 1;
    }
    return x->order - y->order;
}

/* Names are compared, not sources: each message about a binary file has a source of its own. */
static int file_of(Str *files, int *n, const Source *source)
{
    const Str name = source ? source->name : NULL;
    int i = 0;
    while (i < *n && files[i] != name) {
        i++;
    }
    if (i == *n) {
        files[(*n)++] = name;
    }
    return i;
}

void diag_print(const Diag *d, FILE *out)
{
    Group *group = arena_array(d->arena, Group, d->item.n);
    Str *files = arena_array(d->arena, Str, d->item.n);
    int groups = 0, n = 0;
    for (int i = 0; i < d->item.n; i++) {
        const DiagItem *item = &d->item.at[i];
        if (item->kind == DIAG_ERROR || item->kind == DIAG_WARNING || groups == 0) {
            group[groups] = (Group){item, 0, groups, file_of(files, &n, item->span.source)};
            groups++;
        }
        group[groups - 1].n++;
    }
    qsort(group, (size_t)groups, sizeof *group, by_place);
    for (int g = 0; g < groups; g++) {
        for (int i = 0; i < group[g].n; i++) {
            print_item(group[g].first + i, out);
        }
    }
}
