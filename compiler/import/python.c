#include "python.h"

#include <stdarg.h>
#include <string.h>

/* ---- errors ----------------------------------------------------------------------------------------------------------------------- */

int python_error(Python *p, Span span, const char *format, ...)
{
    if (p->token.kind != TOKEN_WRONG) {
        va_list args;
        va_start(args, format);
        diag_error(p->d, span, "%s", arena_vprintf(p->arena, format, args));
        va_end(args);
    }
    p->token.kind = TOKEN_WRONG;
    p->at = p->source->bytes;
    return 0;
}

static const char *shown(const Python *p)
{
    switch (p->token.kind) {
    case TOKEN_NAME:
    case TOKEN_INT:
    case TOKEN_SIGN: return arena_printf(p->arena, "'%s'", p->token.text);
    case TOKEN_STRING:
    case TOKEN_FORMAT: return "string";
    case TOKEN_LINE: return "end of the line";
    case TOKEN_INDENT: return "indented line";
    case TOKEN_DEDENT: return "end of the block";
    case TOKEN_END: return "end of the file";
    case TOKEN_WRONG: break;
    }
    return "";
}

int python_wrong(Python *p, const char *expected)
{
    return python_error(p, p->token.span, "unexpected %s, expected %s", shown(p), expected);
}

/* ---- tokens ----------------------------------------------------------------------------------------------------------------------- */

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const Python *p, size_t ahead)
{
    return p->at + ahead < p->source->bytes ? p->source->text[p->at + ahead] : '\0';
}

static Span here(const Python *p, size_t from)
{
    return (Span){p->source, (uint32_t)from, (uint32_t)p->at};
}

static void take(Python *p, TokenKind kind, size_t from)
{
    p->token = (Token){.kind = kind, .span = here(p, from), .text = str_of_n(p->source->text + from, p->at - from)};
}

/* Spaces and comments; inside brackets ends of lines too. */
static void skip_space(Python *p)
{
    for (;; p->at++) {
        const char c = peek(p, 0);
        if (c == '#') {
            while (p->at < p->source->bytes && p->source->text[p->at] != '\n') {
                p->at++;
            }
        }
        const char now = peek(p, 0);
        if (p->at >= p->source->bytes || !(now == ' ' || now == '\t' || now == '\r' || now == '\f' || (now == '\n' && p->depth > 0))) {
            return;
        }
    }
}

static int hex_value(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

typedef VEC(char) Bytes;

static void put_rune(Python *p, Bytes *out, uint32_t c)
{
    const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    vec_push(p->arena, *out, (char)(first[more] | c >> 6 * more));
    for (int i = more - 1; i >= 0; i--) {
        vec_push(p->arena, *out, (char)(0x80 | ((c >> 6 * i) & 0x3F)));
    }
}

/* An escape, at its backslash. */
static int escape(Python *p, Bytes *out)
{
    static const char plain[] = "\\\\''\"\"n\nt\tr\r";
    const size_t from = p->at;
    const char c = peek(p, 1);
    p->at += 2;
    for (const char *pair = plain; *pair; pair += 2) {
        if (c == pair[0]) {
            vec_push(p->arena, *out, pair[1]);
            return 1;
        }
    }
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    uint32_t rune = 0;
    int good = digits > 0;
    for (; digits > 0 && good; digits--) {
        const int value = hex_value(peek(p, 0));
        good = value >= 0;
        rune = rune << 4 | (uint32_t)(value & 15);
        p->at += (size_t)good;
    }
    if (!good || rune == 0 || rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) {
        p->at = p->at < p->source->bytes ? p->at : p->source->bytes;
        return python_error(p, here(p, from), "this escape is none that such programs have");
    }
    put_rune(p, out, rune);
    return 1;
}

static void read_string(Python *p, TokenKind kind, size_t from)
{
    const char quote = peek(p, 0);
    Bytes out = {0};
    p->at++;
    while (peek(p, 0) != quote) {
        if (p->at >= p->source->bytes || peek(p, 0) == '\n') {
            python_error(p, here(p, from), "this string does not end on its line");
            return;
        }
        if (peek(p, 0) == '\\') {
            if (!escape(p, &out)) {
                return;
            }
        } else {
            vec_push(p->arena, out, peek(p, 0));
            p->at++;
        }
    }
    p->at++;
    p->token = (Token){.kind = kind, .span = here(p, from), .text = str_of_n(out.n ? out.at : "", (size_t)out.n)};
}

static void read_number(Python *p)
{
    const size_t from = p->at;
    int64_t number = 0;
    for (; is_digit(peek(p, 0)); p->at++) {
        number = number < INT64_C(100000000000000000) ? number * 10 + (peek(p, 0) - '0') : INT64_MAX;
    }
    const int zeros = p->source->text[from] == '0' && p->at - from > 1;
    if (is_letter(peek(p, 0)) || peek(p, 0) == '.' || zeros || number == INT64_MAX) {
        while (is_letter(peek(p, 0)) || is_digit(peek(p, 0)) || peek(p, 0) == '.') {
            p->at++;
        }
        python_error(p, here(p, from), "numbers of such programs are whole and have up to 17 digits");
        return;
    }
    take(p, TOKEN_INT, from);
    p->token.number = number;
}

static void read_sign(Python *p)
{
    const size_t from = p->at;
    const char c = peek(p, 0);
    p->at += strchr("=!<>+-*/%", c) && peek(p, 1) == '=' ? 2 : 1;
    if (!strchr("()[]{}.,:=+-*/%<>&|^~;!@", c)) {
        while (((unsigned char)peek(p, 0) & 0xC0) == 0x80) { /* the whole character */
            p->at++;
        }
        python_error(p, here(p, from), "unexpected '%s'", span_text(here(p, from)));
        return;
    }
    if (strchr("([{", c) && ++p->depth > NESTED_MOST) {
        python_error(p, here(p, from), "brackets are more than %d levels deep here", NESTED_MOST);
        return;
    }
    p->depth -= strchr(")]}", c) && p->depth > 0;
    take(p, TOKEN_SIGN, from);
    if (c == ',' && p->depth > 0) { /* nothing to say before a bracket that closes */
        const Span comma = p->token.span;
        skip_space(p);
        if (peek(p, 0) && strchr(")]}", peek(p, 0))) {
            read_sign(p);
            p->token.comma = p->token.kind == TOKEN_SIGN;
        } else {
            p->token.span = comma;
        }
    }
}

/* The column of the first thing on a line that has any; -1 at the end of the text. */
static int line_column(Python *p)
{
    int column = 0;
    for (;; p->at++) {
        const char c = peek(p, 0);
        if (p->at >= p->source->bytes) {
            return -1;
        }
        if (c == '#') {
            skip_space(p);
        }
        if (peek(p, 0) == '\n') {
            column = 0;
        } else if (c == ' ' || c == '\t') {
            column += c == ' ' ? 1 : 8 - column % 8;
        } else if (c != '\r' && c != '\f' && p->at < p->source->bytes) {
            return column;
        } else if (p->at >= p->source->bytes) {
            return -1;
        }
    }
}

/* 1: the token is where a block begins or ends. */
static int read_indent(Python *p)
{
    const int column = line_column(p);
    p->line_begins = 0;
    const int wanted = column < 0 ? 0 : column;
    if (wanted > p->column[p->blocks - 1]) {
        if (p->blocks == NESTED_MOST) {
            return !python_error(p, here(p, p->at), "blocks are more than %d levels deep here", NESTED_MOST);
        }
        p->column[p->blocks++] = wanted;
        take(p, TOKEN_INDENT, p->at);
        return 1;
    }
    while (wanted < p->column[p->blocks - 1]) {
        p->blocks--;
        p->dedents++;
    }
    if (wanted != p->column[p->blocks - 1]) {
        return !python_error(p, here(p, p->at), "this line is indented as no block is that is open");
    }
    return 0;
}

void python_next(Python *p)
{
    if (p->token.kind == TOKEN_WRONG || (p->line_begins && read_indent(p))) {
        return;
    }
    if (p->dedents > 0) {
        p->dedents--;
        take(p, TOKEN_DEDENT, p->at);
        return;
    }
    skip_space(p);
    const size_t from = p->at;
    const char c = peek(p, 0);
    if (p->at >= p->source->bytes) {
        if (p->token.kind != TOKEN_LINE && p->token.kind != TOKEN_DEDENT && p->token.kind != TOKEN_END && p->depth == 0) {
            p->line_begins = 1; /* the last line may lack its end */
            take(p, TOKEN_LINE, from);
        } else {
            take(p, TOKEN_END, from);
        }
    } else if (c == '\n') {
        p->at++;
        p->line_begins = 1;
        take(p, TOKEN_LINE, from);
        p->token.span.end = p->token.span.begin;
    } else if (c == '"' || c == '\'') {
        read_string(p, TOKEN_STRING, from);
    } else if (c == 'f' && (peek(p, 1) == '"' || peek(p, 1) == '\'')) {
        p->at++;
        read_string(p, TOKEN_FORMAT, from);
    } else if (is_letter(c)) {
        while (is_letter(peek(p, 0)) || is_digit(peek(p, 0))) {
            p->at++;
        }
        take(p, TOKEN_NAME, from);
    } else if (is_digit(c)) {
        read_number(p);
    } else {
        read_sign(p);
    }
}

void python_begin(Python *p, Arena *arena, Diag *d, const Source *source)
{
    *p = (Python){.arena = arena, .d = d, .source = source, .line_begins = 1, .blocks = 1};
    p->token.kind = TOKEN_LINE;
    const size_t bad = source_text_end(source);
    if (bad < source->bytes) {
        python_error(p, (Span){source, (uint32_t)bad, (uint32_t)bad + 1}, "this byte is no text in UTF-8");
        return;
    }
    python_next(p);
}

/* ---- phrases ---------------------------------------------------------------------------------------------------------------------- */

int python_is(const Python *p, const char *text)
{
    return (p->token.kind == TOKEN_NAME || p->token.kind == TOKEN_SIGN) && strcmp(p->token.text, text) == 0;
}

static int is_word(const Python *p, const char *word, size_t n)
{
    const Token *t = &p->token;
    const int format = word[0] == 'f' && word[1] == '"', string = word[0] == '"';
    if (string || format) {
        word += 1 + format;
        n -= 2 + (size_t)format;
        return t->kind == (format ? TOKEN_FORMAT : TOKEN_STRING) && strlen(t->text) == n && strncmp(t->text, word, n) == 0;
    }
    return (t->kind == TOKEN_NAME || t->kind == TOKEN_SIGN || t->kind == TOKEN_INT) && strlen(t->text) == n &&
           strncmp(t->text, word, n) == 0;
}

int python_phrase(Python *p, const char *phrase, Token *taken)
{
    for (const char *word = phrase; *word; word += strspn(word, " ")) {
        const size_t n = strcspn(word, " ");
        if (word[0] == '$') {
            const TokenKind kind = word[1] == 'n' ? TOKEN_NAME : TOKEN_STRING;
            if (p->token.kind != kind) {
                return python_wrong(p, kind == TOKEN_NAME ? "a name" : "a string");
            }
            *taken++ = p->token;
        } else if (!is_word(p, word, n)) {
            return python_wrong(p, arena_printf(p->arena, word[0] == '"' || word[1] == '"' ? "%.*s" : "'%.*s'", (int)n, word));
        }
        word += n;
        python_next(p);
    }
    return p->token.kind != TOKEN_WRONG;
}

int python_statement(Python *p, const char *phrase, Token *taken)
{
    if (!python_phrase(p, phrase, taken)) {
        return 0;
    }
    if (p->token.kind != TOKEN_LINE) {
        return python_wrong(p, "the end of the line");
    }
    python_next(p);
    return p->token.kind != TOKEN_WRONG;
}
