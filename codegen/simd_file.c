/* <name>_simd.h: the words that kernels are written in, one file of runtime/simd after the other. It is included behind the parts of
 * runtime/math that it needs; sine.h, power.h, tile_bf16.h, tile_u8.h, tile_at.h and tile_pairs.h only where a kernel uses them. */
#include "model.h"

#include "../compiler/embed.h"

#include <string.h>

/* Files of functions that few use: what asks for one, and the parts of runtime/math that it falls back on. */
static const struct {
    const char *file, *word[2], *part[2];
} rare_table[] = {
    {"sine.h", {"vsin(", "vcos("}, {"sin_f32", "cos_f32"}},
    {"power.h", {"vpow(", "vpow_by("}, {"pow_f32"}},
};
enum { RARE = sizeof rare_table / sizeof *rare_table };

static int uses_rare(const Model *m, int i)
{
    int found = 0;
    for (int k = 0; k < 2 && rare_table[i].word[k]; k++) {
        found |= text_contains(m->kernels, rare_table[i].word[k]);
    }
    return found;
}

void simd_find_parts(Model *m)
{
    for (int i = 0; i < RARE; i++) {
        for (int k = 0; uses_rare(m, i) && k < 2 && rare_table[i].part[k]; k++) {
            use_part(m->p, rare_table[i].part[k]);
        }
    }
}

static int is_wanted(const Model *m, const char *name)
{
    int wanted = strncmp(name, "..", 2) != 0;
    for (int i = 0; i < RARE; i++) {
        wanted &= strcmp(name, rare_table[i].file) != 0 || uses_rare(m, i);
    }
    return wanted;
}

static void paste(const Model *m, const char *name, Text *out)
{
    Plan *p = m->p;
    static const char include[] = "#include \"";
    const Embedded *file = embed_find(arena_printf(p->arena, "runtime/simd/%s", name));
    if (!file) {
        diag_internal(p->diag, (Span){0}, "the compiler does not hold runtime/simd/%s", name);
        return;
    }
    for (const char *line = file->text; *line;) {
        const size_t n = strcspn(line, "\n");
        if (strncmp(line, include, sizeof include - 1) == 0) {
            const char *from = line + sizeof include - 1;
            const char *inner = arena_printf(p->arena, "%.*s", (int)strcspn(from, "\""), from);
            if (is_wanted(m, inner)) {
                paste(m, inner, out);
            }
        } else {
            text_raw(out, "%.*s\n", (int)n, line);
        }
        line += n + (line[n] == '\n');
    }
}

void simd_print(Model *m, Text *out)
{
    static const struct {
        const char *word, *file;
    } more[] = {{"tile_sum_bf16(", "tile_bf16.h"}, {"tile_dot_u8", "tile_u8.h"}, {"tile_dot_at", "tile_at.h"},
                {"tile_pairs(", "tile_pairs.h"}};
    paste(m, "simd.h", out);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        if (text_contains(m->kernels, more[i].word)) {
            paste(m, more[i].file, out);
        }
    }
}
