#include "value_jansson.h"

#include <string.h>

/* jansson's position is behind the token that it names: " near 'token'". */
static Span error_span(const Source *source, const json_error_t *error)
{
    const size_t end = error->position > 0 && (size_t)error->position < source->bytes ? (size_t)error->position : source->bytes;
    const char *near = strstr(error->text, " near '");
    const char *last = strrchr(error->text, '\'');
    const char *token = near ? near + strlen(" near '") : "";
    size_t n = near && last > token ? (size_t)(last - token) : 0;
    if (error->position <= 0 || strstr(error->text, "near end of file")) {
        return (Span){source, (uint32_t)source->bytes, (uint32_t)source->bytes};
    }
    if (n > end || memcmp(source->text + end - n, token, n) != 0) {
        n = 0;
    }
    const size_t begin = n ? end - n : end ? end - 1 : 0;
    return (Span){source, (uint32_t)begin, (uint32_t)end};
}

static void report(Diag *d, const Source *source, const json_error_t *error)
{
    static const struct { const char *token, *name; } literal[] = {{"NaN", "NaN"}, {"Infinity", "Infinity"}, {"-Infinity", "-Infinity"},
                                                                   {"nan", "NaN"}, {"inf", "Infinity"},      {"-inf", "-Infinity"}};
    const Span span = error_span(source, error);
    const size_t left = source->bytes - span.begin;
    for (size_t i = 0; i < sizeof literal / sizeof *literal; i++) {
        const size_t n = strlen(literal[i].token);
        if (n <= left && memcmp(source->text + span.begin, literal[i].token, n) == 0) {
            diag_error(d, (Span){source, span.begin, span.begin + (uint32_t)n}, "JSON has no %s", literal[i].token);
            diag_hint(d, "write {\"__float__\": \"%s\"}", literal[i].name);
            return;
        }
    }
    if (strstr(error->text, "\\u0000")) {
        diag_error(d, span, "invalid JSON: a NUL (\\u0000) in a string");
        return;
    }
    diag_error(d, span, "invalid JSON: %s", error->text);
}

json_t *json_tree(Diag *d, const Source *source, size_t flags)
{
    json_error_t error;
    const char *nul = source->bytes ? memchr(source->text, 0, source->bytes) : NULL;
    if (nul) { /* jansson would skip some of them */
        const uint32_t at = (uint32_t)(nul - source->text);
        diag_error(d, (Span){source, at, at + 1}, "invalid JSON: a NUL byte");
        return NULL;
    }
    json_t *tree = json_loadb(source->text, source->bytes, JSON_REJECT_DUPLICATES | flags, &error);
    if (!tree) {
        report(d, source, &error);
    }
    return tree;
}
