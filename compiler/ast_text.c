/* ast_text.c - what the grammar asks of the text itself */
#include "ast_build.h"

#include <string.h>

int parse_is_text(Parse *p)
{
    const Source *s = p->source;
    if (s->bytes > AST_MOST_BYTES) {
        parse_error(p, span_of_source(s), "this text is longer than %d MiB", AST_MOST_BYTES >> 20);
        return 0;
    }
    const size_t bad = source_text_end(s);
    if (bad < s->bytes) {
        const Span place = {s, (uint32_t)bad, (uint32_t)bad + 1};
        parse_error(p, place, s->text[bad] ? "this byte (0x%02X) is not UTF-8" : "this byte is 0x%02X: this is not a text",
                    (unsigned)(unsigned char)s->text[bad]);
        return 0;
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
