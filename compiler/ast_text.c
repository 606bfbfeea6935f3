/* ast_text.c - what the grammar asks of the text itself */
#include "ast_build.h"

#include <string.h>

/* Bytes of the character at text[i], 0 if it is not UTF-8 (Unicode 15, table 3-7), or NUL. */
static size_t utf8_bytes(const char *text, size_t i, size_t n)
{
    static const struct {
        unsigned char first, last, second_from, second_to;
        size_t bytes;
    } row[] = {
        {0x01, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
        {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    const unsigned char *c = (const unsigned char *)text + i;
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        if (c[0] < row[r].first || c[0] > row[r].last) {
            continue;
        }
        const size_t bytes = row[r].bytes;
        int good = n - i >= bytes && (bytes < 2 || (c[1] >= row[r].second_from && c[1] <= row[r].second_to));
        for (size_t k = 2; good && k < bytes; k++) {
            good = (c[k] & 0xC0) == 0x80;
        }
        return good ? bytes : 0;
    }
    return 0;
}

int parse_is_text(Parse *p)
{
    const Source *s = p->source;
    if (s->bytes > AST_MOST_BYTES) {
        parse_error(p, span_of_source(s), "this text is longer than %d MiB", AST_MOST_BYTES >> 20);
        return 0;
    }
    for (size_t i = 0, bytes; i < s->bytes; i += bytes) {
        bytes = utf8_bytes(s->text, i, s->bytes);
        if (!bytes) {
            const Span place = {s, (uint32_t)i, (uint32_t)i + 1};
            parse_error(p, place, s->text[i] ? "this byte (0x%02X) is not UTF-8" : "this byte is 0x%02X: this is not a text",
                        (unsigned)(unsigned char)s->text[i]);
            return 0;
        }
    }
    return 1;
}

int parse_begins_line(const Parse *p, Span token)
{
    const char *text = p->source->text;
    for (size_t i = token.begin; i > 0; i--) {
        const char c = text[i - 1];
        if (c == '\n' || c == ';' || c == '{' || c == '}') {
            return 1;
        }
        if (c != ' ' && c != '\t' && c != '\r') {
            return 0;
        }
    }
    return 1;
}

int parse_has_equals(const Parse *p, Span token)
{
    const char *text = p->source->text;
    int depth = 0;
    for (size_t i = token.end; i < p->source->bytes && !strchr("\n#;", text[i]); i++) {
        depth += text[i] == '(' || text[i] == '[';
        depth -= text[i] == ')' || text[i] == ']';
        if (text[i] == '=' && depth == 0) {
            return !strchr("<>=!", text[i - 1]) && (i + 1 == p->source->bytes || text[i + 1] != '=');
        }
        if (text[i] == '"' || depth < 0) {
            return 0;
        }
    }
    return 0;
}
