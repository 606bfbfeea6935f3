#include "paste.h"

#include "../compiler/embed.h"

#include <string.h>

/* The first word from here that begins as all names of the runtime do; the end, if there is none. */
static const char *next_name(const char *line, const char *at, const char *end)
{
    for (; end - at > 6; at++) {
        if ((*at == 'm' || *at == 'M') && (at == line || !text_is_word(at[-1])) &&
            (strncmp(at, "model_", 6) == 0 || strncmp(at, "MODEL_", 6) == 0)) {
            return at;
        }
    }
    return end;
}

static void paste_line(Plan *p, const char *line, size_t n, Text *out)
{
    Text *full = text_new(p->arena, 0);
    const char *end = line + n;
    for (const char *at = line, *name; at < end; at = name < end ? name + 6 : end) {
        name = next_name(line, at, end);
        text_bytes(full, at, (size_t)(name - at));
        if (name < end) {
            text_raw(full, "%s_", *name == 'm' ? p->prefix : p->PREFIX);
        }
    }
    if (full->at.n >= 139) { /* the prefix may be long */
        text_wrap(out, arena_printf(p->arena, "%.*s", full->at.n, full->at.at));
    } else {
        text_bytes(out, full->at.at, (size_t)full->at.n);
        text_bytes(out, "\n", 1);
    }
}

/* The `#ifndef` of a header, which is not needed where it stands once; NULL: there is none. */
static const char *guard_of(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, "#ifndef MODEL_", 14) == 0) {
            return line;
        }
        if (*line == '#' || !line[strcspn(line, "\n")]) {
            return NULL;
        }
    }
    return NULL;
}

static const char *last_line(const char *text)
{
    const char *last = text + strlen(text);
    while (last > text + 1 && !(last[-1] == '\n' && *last)) {
        last--;
    }
    return last;
}

/* Headers of our own are pasted; those of the system need no second line. */
static int is_included(Plan *p, const char *line, size_t n, const Text *out)
{
    return strncmp(line, "#include \"", 10) == 0 ||
           (strncmp(line, "#include <", 10) == 0 && text_contains(out, arena_printf(p->arena, "%.*s\n", (int)n, line)));
}

void paste_file(Plan *p, const char *path, Text *out)
{
    const Embedded *file = embed_find(arena_printf(p->arena, "runtime/%s", path));
    if (!file) {
        diag_internal(p->diag, (Span){0}, "the compiler does not hold runtime/%s", path);
        return;
    }
    const char *guard = guard_of(file->text), *end = guard ? last_line(file->text) : NULL;
    for (const char *line = file->text; *line && line != end;) {
        const size_t n = strcspn(line, "\n");
        const int guards = guard && (line == guard || line == guard + strcspn(guard, "\n") + 1);
        const int blank = n == 0 && out->at.n > 1 && out->at.at[out->at.n - 1] == '\n' && out->at.at[out->at.n - 2] == '\n';
        if (!guards && !blank && !is_included(p, line, n, out)) {
            paste_line(p, line, n, out);
        }
        line += n + (line[n] == '\n');
    }
}
