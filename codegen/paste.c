#include "paste.h"

#include "../compiler/embed.h"

#include <ctype.h>
#include <string.h>

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void paste_line(Plan *p, const char *line, size_t n, Text *out)
{
    for (size_t i = 0; i < n;) {
        const int starts = i == 0 || !is_word(line[i - 1]);
        if (starts && n - i > 6 && strncmp(line + i, "model_", 6) == 0) {
            text_raw(out, "%s_", p->prefix);
            i += 6;
        } else if (starts && n - i > 6 && strncmp(line + i, "MODEL_", 6) == 0) {
            text_raw(out, "%s_", p->PREFIX);
            i += 6;
        } else {
            text_bytes(out, line + i, 1);
            i++;
        }
    }
}

void paste_file(Plan *p, const char *path, Text *out)
{
    const Embedded *file = embed_find(arena_printf(p->arena, "runtime/%s", path));
    if (!file) {
        diag_error(p->diag, (Span){0}, "internal: the compiler does not hold runtime/%s", path);
        return;
    }
    for (const char *line = file->text; *line;) {
        const size_t n = strcspn(line, "\n");
        if (strncmp(line, "#include \"", 10) != 0) {
            paste_line(p, line, n, out);
            text_bytes(out, "\n", 1);
        }
        line += n + (line[n] == '\n');
    }
}
