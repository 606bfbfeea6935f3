/* Text of the model as comments and strings of C have it. */
#include "quote_text.h"

#include <string.h>

int has_text(Span span)
{
    return span.source && span.source->text && span.begin < span.end && span.end <= span.source->bytes;
}

size_t code_bytes(const char *line, size_t n)
{
    int quoted = 0;
    for (size_t i = 0; i < n; i++) {
        quoted ^= line[i] == '"' && (i == 0 || line[i - 1] != '\\');
        if (line[i] == '#' && !quoted) {
            n = i;
        }
    }
    while (n && (unsigned char)line[n - 1] <= ' ') {
        n--;
    }
    return n;
}

Str harmless(Plan *p, const char *from, size_t bytes)
{
    char *text = arena_array(p->arena, char, bytes * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (n && ((from[i] == '/' && text[n - 1] == '*') || (from[i] == '*' && text[n - 1] == '/'))) {
            text[n++] = ' ';
        }
        text[n++] = (unsigned char)from[i] < ' ' ? ' ' : from[i];
    }
    text[n] = '\0';
    return str_of(text);
}

Str squeeze(Plan *p, Span span)
{
    if (!has_text(span)) {
        return str_of("");
    }
    const char *at = span.source->text + span.begin, *end = span.source->text + span.end;
    char *text = arena_array(p->arena, char, (size_t)(end - at) + 2);
    size_t n = 0;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next + 1 : end;
        const size_t bytes = code_bytes(at, (size_t)(next - at));
        for (size_t i = 0; i < bytes; i++) {
            const int blank = (unsigned char)at[i] <= ' ';
            if (!blank || (n && text[n - 1] != ' ')) {
                text[n++] = blank ? ' ' : at[i];
            }
        }
        if (n && text[n - 1] != ' ' && next < end) {
            text[n++] = ' ';
        }
        at = next;
    }
    while (n && text[n - 1] == ' ') {
        n--;
    }
    return harmless(p, text, n);
}

Str where_text(Plan *p, Span span)
{
    const char *name = span.source->name, *slash = strrchr(name, '/');
    return str_of(
        arena_printf(p->arena, "%s:%d", slash && !span.source->library ? slash + 1 : name, source_place(span.source, span.begin).line));
}

Str where_exactly(Plan *p, Span span)
{
    return str_of(arena_printf(p->arena, "%s:%d", where_text(p, span), source_place(span.source, span.begin).column));
}

/* Nothing but letters, digits and the plainest signs stands for itself. */
const char *c_string(Plan *p, const char *text, size_t bytes)
{
    const char *out = "";
    for (size_t i = 0; i < bytes; i++) {
        const unsigned char c = (unsigned char)text[i];
        const int plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          strchr(" _-+.,:;()[]{}<>=!'/*%^", c);
        out = plain && c ? arena_printf(p->arena, "%s%c", out, c) : arena_printf(p->arena, "%s\\%03o", out, c);
    }
    return arena_printf(p->arena, "\"%s\"", out);
}

Str quote_definition(Plan *p, Span name)
{
    Span span = name;
    int depth = 0;
    while (has_text(name) && span.end < span.source->bytes) {
        const char c = span.source->text[span.end];
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        if (c == '\n' || c == '#' || (c == ',' && !depth)) {
            break;
        }
        span.end++;
    }
    return squeeze(p, span);
}

LineList lines_of(Plan *p, Span span)
{
    LineList list = {0};
    const char *start = span.source->text, *at = start + span.begin, *end = start + span.end;
    const char *first = at;
    int margin = 0;
    while (first > start && first[-1] != '\n') {
        first--;
    }
    while (first[margin] == ' ') {
        margin++;
    }
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next : end;
        Line line = {at, code_bytes(at, (size_t)(next - at)), 0};
        while (list.n && line.n && *line.text == ' ') {
            line.text++;
            line.n--;
            line.indent++;
        }
        line.indent = line.indent > margin ? line.indent - margin : 0;
        if (line.n) {
            vec_push(p->arena, list, line);
        }
        at = next < end ? next + 1 : end;
    }
    return list;
}
