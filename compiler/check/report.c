/* Messages. What a function or a loop says at every call is said once; what is wrong in library text is shown at the author's call. */
#include "checker.h"

#include <stdarg.h>
#include <string.h>

enum { MOST_ERRORS = 100 };

static int said_before(const Diag *d, Span at, const char *text)
{
    for (int i = 0; i < d->item.n; i++) {
        const DiagItem *old = &d->item.at[i];
        if (old->kind == DIAG_ERROR && old->span.source == at.source && old->span.begin == at.begin && strcmp(old->text, text) == 0) {
            return 1;
        }
    }
    return 0;
}

void check_error(Check *c, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(c->arena, format, args);
    va_end(args);
    const int in_library = span.source && span.source->library && c->author.source;
    const Span shown = in_library ? c->author : span;
    c->broken = 1;
    c->silent = c->d->errors >= MOST_ERRORS || said_before(c->d, shown, text);
    if (c->silent) {
        return;
    }
    diag_error(c->d, shown, "%s", text);
    if (in_library) {
        diag_note(c->d, span, "in this text of the library");
    }
}

void check_note(Check *c, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!c->silent && span.source) {
        diag_note(c->d, span, "%s", arena_vprintf(c->arena, format, args));
    }
    va_end(args);
}

void check_hint(Check *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!c->silent) {
        diag_hint(c->d, "%s", arena_vprintf(c->arena, format, args));
    }
    va_end(args);
}

void check_did_you_mean(Check *c, Str wrong, const Str *names, int n)
{
    if (!c->silent) {
        diag_did_you_mean(c->d, wrong, names, n);
    }
}

void check_absent(Check *c, Str what, const Ast *otherwise)
{
    Str text = str_format("%s ?"
                          "? %s",
                          what, span_text(otherwise->span));
    for (int i = 0; i < c->graph->absent.n; i++) {
        if (c->graph->absent.at[i] == text) {
            return;
        }
    }
    vec_push(c->graph->arena, c->graph->absent, text);
}
