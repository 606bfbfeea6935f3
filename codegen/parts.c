/* The fixed functions that generated code calls: parts of runtime/math and runtime/core, each with the parts it needs, in the order that
 * their INDEX files give. */
#include "model.h"
#include "print.h"

#include "../compiler/embed.h"

#include <string.h>

typedef struct Part {
    Str name, file;
    VEC(Str) needs;
    int wanted;
} Part;

typedef VEC(Part) PartList;

static void read_index(Plan *p, const char *folder, PartList *parts)
{
    const Embedded *index = embed_find(arena_printf(p->arena, "%s/INDEX", folder));
    char *text = index ? arena_printf(p->arena, "%s", index->text) : NULL;
    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n'), *next = end ? end + 1 : NULL, *save = NULL;
        if (end) {
            *end = '\0';
        }
        const char *word = strtok_r(line, " ", &save);
        const int freestanding = word && strcmp(word, "freestanding") == 0;
        if (word && (strcmp(word, "part") == 0 || (freestanding && p->options->freestanding))) {
            const char *name = strtok_r(NULL, " ", &save), *file = strtok_r(NULL, " ", &save), *need;
            Part part = {.name = str_of(name), .file = str_of(arena_printf(p->arena, "%s/%s", folder, file))};
            while ((need = strtok_r(NULL, " ", &save)) != NULL) {
                vec_push(p->arena, part.needs, str_of(need));
            }
            int k = 0;
            while (k < parts->n && parts->at[k].name != part.name) {
                k++;
            }
            if (k < parts->n) {
                parts->at[k] = part;
            } else {
                vec_push(p->arena, *parts, part);
            }
        }
        line = next;
    }
}

void parts_names(Plan *p, Words *names)
{
    PartList parts = {0};
    read_index(p, "runtime/math", &parts);
    read_index(p, "runtime/core", &parts);
    for (int i = 0; i < parts.n; i++) {
        vec_push(p->arena, *names, parts.at[i].name);
    }
}

static void want(PartList *parts, Str name)
{
    for (int i = 0; i < parts->n; i++) {
        Part *part = &parts->at[i];
        if (part->name == name && !part->wanted) {
            part->wanted = 1;
            for (int k = 0; k < part->needs.n; k++) {
                want(parts, part->needs.at[k]);
            }
        }
    }
}

static void paste(Plan *p, const Part *part, Text *out)
{
    const Embedded *file = embed_find(part->file);
    const char *mark = arena_printf(p->arena, "//$ part %s\n", part->name);
    const char *from = file ? strstr(file->text, mark) : NULL;
    if (!from) {
        diag_internal(p->diag, (Span){0}, "no part '%s' in %s", part->name, part->file);
        return;
    }
    from += strlen(mark);
    const char *end = strstr(from, "//$");
    size_t n = end ? (size_t)(end - from) : strlen(from);
    while (n && from[n - 1] == '\n') {
        n--;
    }
    text_bytes(out, from, n);
    text_raw(out, "\n\n");
}

Text *parts_limits(Plan *p, const Text *kernels)
{
    static const struct Limit {
        const char *name, *bits;
    } limit[] = {{"INFINITY", "0x7F800000u"}, {"NAN", "0x7FC00000u"}};
    Text *out = text_new(p->arena, 0);
    for (size_t i = 0; i < sizeof limit / sizeof *limit; i++) {
        if (text_has_word(kernels, limit[i].name)) {
            text_raw(out, "#define %s %s(%s)\n", limit[i].name, use_part(p, "f32_of_bits"), limit[i].bits);
        }
    }
    text_raw(out, "%s", out->at.n ? "\n" : "");
    return out;
}

void part_print(Plan *p, const char *name, Text *out)
{
    PartList parts = {0};
    read_index(p, "runtime/core", &parts);
    for (int i = 0; i < parts.n; i++) {
        if (parts.at[i].name == str_of(name)) {
            paste(p, &parts.at[i], out);
        }
    }
}

void parts_print(Plan *p, Text *out)
{
    PartList parts = {0};
    read_index(p, "runtime/math", &parts);
    read_index(p, "runtime/core", &parts);
    for (int i = 0; i < p->helper.n; i++) {
        want(&parts, p->helper.at[i]);
    }
    for (int i = 0; i < parts.n; i++) {
        if (parts.at[i].wanted) {
            paste(p, &parts.at[i], out);
        }
    }
}
