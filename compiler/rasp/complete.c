/* complete.c - what may stand where a word begins with some letters: the console's tabulator */
#include "program.h"

#include <stdlib.h>
#include <string.h>

static const char *const word[] = {"aggregate(", "and", "def", "draw(", "else", "examples", "example", "exit", "for", "if", "in",
                                   "indicator(", "len(", "load", "not", "or", "out", "range(", "return", "round(", "select(", "selector",
                                   "set", "show", "zip("};

static void add(RaspProgram *p, RaspCompletions *all, Str text, const char *begin, size_t bytes)
{
    if (strncmp(text, begin, bytes) == 0) {
        vec_push(p->arena, *all, text);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const Str *)a, *(const Str *)b);
}

RaspCompletions rasp_console_completions(RaspProgram *p, const char *begin, size_t bytes)
{
    RaspCompletions all = {0};
    int kept = 0;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        add(p, &all, str_of(word[i]), begin, bytes);
    }
    for (const RaspScope *scope = p->console; scope; scope = scope->parent) {
        for (int i = 0; i < scope->name.n; i++) {
            const RaspName *name = &scope->name.at[i];
            add(p, &all, name->value->kind == RV_FUNCTION ? str_format("%s(", name->name) : name->name, begin, bytes);
        }
    }
    if (all.n) {
        qsort(all.at, (size_t)all.n, sizeof *all.at, by_text);
    }
    for (int i = 0; i < all.n; i++) { /* what hides another is there twice */
        if (kept == 0 || all.at[i] != all.at[kept - 1]) {
            all.at[kept++] = all.at[i];
        }
    }
    all.n = kept;
    return all;
}
