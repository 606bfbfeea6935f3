#include "text.h"

#include <string.h>

enum { WIDTH = 138, WIDEST_FIELD = 60 };

Text *text_new(Arena *arena, int indent)
{
    Text *text = arena_new_of(arena, Text);
    text->arena = arena;
    text->indent = indent;
    return text;
}

void text_bytes(Text *text, const char *bytes, size_t n)
{
    int cap = text->at.cap;
    while ((size_t)(cap - text->at.n) < n) {
        cap = arena_next_cap(cap);
    }
    if (cap > text->at.cap) {
        text->at.at = arena_grow(text->arena, text->at.at, (size_t)text->at.n, (size_t)cap);
        text->at.cap = cap;
    }
    if (n) {
        memcpy(text->at.at + text->at.n, bytes, n);
        text->at.n += (int)n;
    }
}

static void put(Text *text, const char *bytes)
{
    text_bytes(text, bytes, strlen(bytes));
}

static void pad(Text *text, int columns)
{
    for (int i = 0; i < columns; i++) {
        put(text, " ");
    }
}

/* A line that is too long is broken after the last operator or comma that fits, outside of comments; what follows stands 8 columns in. */
static size_t break_at(const char *line, size_t room)
{
    size_t best = 0;
    int quoted = 0, comment = 0;
    for (size_t i = 0; line[i] && i < room; i++) {
        quoted ^= line[i] == '"' && (i == 0 || line[i - 1] != '\\');
        comment = comment ? !(i > 0 && line[i - 1] == '*' && line[i] == '/') : !quoted && line[i] == '/' && line[i + 1] == '*';
        if (line[i] == ' ' && i > 0 && !quoted && !comment) {
            const char before = line[i - 1];
            if (before == ',' || before == ';' || (strchr("+-*/?:|&=", before) && i > 1 && line[i - 2] == ' ') ||
                strchr("?", line[i + 1]) || (before == '|' || before == '&')) {
                best = i;
            }
        }
    }
    return best;
}

/* The last blank that fits; 0: there is none. */
static size_t blank_at(const char *line, size_t room)
{
    while (room > 3 && line[room] != ' ') {
        room--;
    }
    return room > 3 ? room : 0;
}

/* One empty line is enough. */
static int is_empty_already(const Text *text)
{
    return text->at.n > 1 && text->at.at[text->at.n - 1] == '\n' && text->at.at[text->at.n - 2] == '\n';
}

/* "* " goes on with a comment; "*to = .." is C. */
static int is_in_comment(const char *line)
{
    return line[0] == '*' && (line[1] == ' ' || line[1] == '/' || !line[1]);
}

static void put_line(Text *text, const char *line)
{
    if (!*line && is_empty_already(text)) {
        return;
    }
    const int comment = strncmp(line, "/*", 2) == 0 || (line[0] == ' ' && is_in_comment(line + 1));
    const char *before = "";
    int columns = text->indent * 4;
    while (line[0] != '#' && columns + (int)strlen(line) > WIDTH) {
        const size_t room = (size_t)(WIDTH - columns), at = comment ? blank_at(line, room) : break_at(line, room);
        if (!at) {
            break;
        }
        pad(text, text->indent * 4);
        put(text, before);
        text_bytes(text, line, at);
        put(text, "\n");
        line += at + 1;
        before = comment ? " * " : "        ";
        columns = text->indent * 4 + (int)strlen(before);
    }
    if (*line) {
        pad(text, text->indent * 4);
        put(text, before);
    }
    put(text, line);
    put(text, "\n");
}

void text_line(Text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line(text, arena_vprintf(text->arena, format, args));
    va_end(args);
}

void text_wrap(Text *text, const char *line)
{
    const int before = text->indent, blanks = (int)strspn(line, " ");
    const int comment = is_in_comment(line + blanks);
    text->indent = blanks / 4;
    put_line(text, line + blanks - (comment ? 1 : blanks % 4));
    text->indent = before;
}

void text_raw(Text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put(text, arena_vprintf(text->arena, format, args));
    va_end(args);
}

void text_trim(Text *text)
{
    while (is_empty_already(text)) {
        text->at.n--;
    }
}

void text_add(Text *text, const Text *other)
{
    text_bytes(text, other->at.at, (size_t)other->at.n);
}

void text_indented(Text *text, const Text *other)
{
    for (int from = 0; from < other->at.n;) {
        int end = from;
        while (end < other->at.n && other->at.at[end] != '\n') {
            end++;
        }
        if (end == from) {
            put(text, "\n");
        } else {
            text_wrap(text, arena_printf(text->arena, "    %.*s", end - from, other->at.at + from));
        }
        from = end + 1;
    }
}

void text_list(Text *text, const char *open, const char *const *item, int n, const char *close)
{
    int first = text->indent * 4 + (int)strlen(open), widest = 0;
    for (int i = 0; i < n; i++) {
        widest = (int)strlen(item[i]) > widest ? (int)strlen(item[i]) : widest;
    }
    pad(text, text->indent * 4);
    put(text, open);
    if (first + widest + (int)strlen(close) > WIDTH) { /* long names: they stand below */
        first = text->indent * 4 + 8;
        put(text, "\n");
        pad(text, first);
    }
    int column = first;
    for (int i = 0; i < n; i++) {
        const char *after = i + 1 < n ? "," : close;
        const int size = (int)(strlen(item[i]) + strlen(after));
        if (i && column + 1 + size > WIDTH) {
            put(text, "\n");
            pad(text, first);
            column = first;
        } else if (i) {
            put(text, " ");
            column++;
        }
        put(text, item[i]);
        put(text, after);
        column += size;
    }
    if (!n) {
        put(text, close);
    }
    put(text, "\n");
}

void text_fields(Text *text, const Field *field, int n)
{
    int column = 0;
    for (int i = 0; i < n; i++) {
        const int size = (int)strlen(field[i].declaration);
        column = field[i].comment && size > column && size <= WIDEST_FIELD ? size : column;
    }
    for (int i = 0; i < n; i++) {
        const char *comment = field[i].comment, *left = field[i].declaration;
        const int room = WIDTH - text->indent * 4 - column - 7;
        while (comment && (int)strlen(comment) > room) {
            int cut = room;
            while (cut > 0 && comment[cut] != ' ') {
                cut--;
            }
            if (!cut) {
                break;
            }
            text_line(text, "%-*s %s %.*s", column, left, left == field[i].declaration ? "/*" : "  ", cut, comment);
            comment += cut + 1;
            left = "";
        }
        if (comment) {
            text_line(text, "%-*s %s %s */", column, left, left == field[i].declaration ? "/*" : "  ", comment);
        } else {
            text_line(text, "%s", left);
        }
    }
}

int text_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

int text_contains(const Text *text, const char *what)
{
    const size_t n = strlen(what), all = (size_t)text->at.n;
    for (size_t i = 0; i + n <= all; i++) {
        if (text->at.at[i] == *what && memcmp(text->at.at + i, what, n) == 0) {
            return 1;
        }
    }
    return 0;
}

int text_has_word(const Text *text, const char *word)
{
    const char *at = text->at.at;
    const size_t n = strlen(word), all = (size_t)text->at.n;
    for (size_t i = 0; i + n <= all; i++) {
        if (at[i] == '/' && i + 1 < all && at[i + 1] == '*') {
            for (i += 2; i + 1 < all && !(at[i] == '*' && at[i + 1] == '/'); i++) {
            }
            continue;
        }
        const char before = i ? at[i - 1] : ' ', after = i + n < all ? at[i + n] : ' ';
        if (at[i] == *word && memcmp(at + i, word, n) == 0 && !text_is_word(before) && before != '.' && before != '>' &&
            !text_is_word(after)) {
            return 1;
        }
    }
    return 0;
}
