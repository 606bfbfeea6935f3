#include "inner.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void tokenizer_wrong(Tokenizer *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_error_file(t->d, t->path, "%s", arena_vprintf(t->arena, format, args));
    va_end(args);
}

void tokenizer_unsupported(Tokenizer *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_warning_file(t->d, t->path, "%s is not supported yet: the model will take ids, not text", arena_vprintf(t->arena, format, args));
    va_end(args);
}

const char *tokenizer_shown(const Tokenizer *t, const char *token)
{
    enum { SHOWN = 40 };
    size_t n = 0;
    while (token[n] && (n < SHOWN || ((unsigned char)token[n] & 0xC0) == 0x80)) {
        n++;
    }
    char *shown = arena_printf(t->arena, "%.*s%s", (int)n, token, token[n] ? "..." : "");
    for (char *c = shown; *c; c++) {
        *c = (unsigned char)*c < 32 || *c == 127 ? '?' : *c;
    }
    return shown;
}

static int is_text_file(const char *path)
{
    const size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".txt") == 0;
}

const char *tokenizer_in_directory(Arena *arena, const char *directory, const char *name)
{
    const int here = !directory || !*directory || strcmp(directory, ".") == 0;
    return here || name[0] == '/' ? arena_printf(arena, "%s", name) : arena_printf(arena, "%s/%s", directory, name);
}

/* The file to read without a path: NULL if there is none. */
static const char *find_file(Arena *arena, Diag *d, const char *directory)
{
    static const char *const names[] = {"tokenizer.json", "vocab.txt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = tokenizer_in_directory(arena, directory, names[i]);
        if (access(path, F_OK) == 0) {
            return path;
        }
    }
    diag_warning_file(d, directory && *directory ? directory : ".",
                      "neither tokenizer.json nor vocab.txt is there: the model will take ids, not text");
    return NULL;
}

Tokenizer *tokenizer_read(Arena *arena, Diag *d, const char *path, const char *directory, int max_length)
{
    const char *file = path ? tokenizer_in_directory(arena, directory, path) : find_file(arena, d, directory);
    if (!file) {
        return NULL;
    }
    if (access(file, F_OK) != 0) {
        diag_warning_file(d, file, "the tokenizer is not there: the model will take ids, not text");
        return NULL;
    }
    Tokenizer *t = arena_new_of(arena, Tokenizer);
    t->arena = arena;
    t->d = d;
    t->path = file;
    const int read = is_text_file(file) ? tokenizer_read_vocabulary(t, directory) : tokenizer_read_json(t);
    return read && tokenizer_finish(t, max_length) ? t : NULL;
}

int tokenizer_ids(const Tokenizer *t)
{
    return t->ids;
}

Str tokenizer_token(const Tokenizer *t, int id)
{
    return id >= 0 && id < t->ids ? t->token[id] : NULL;
}

int tokenizer_id(const Tokenizer *t, const char *token)
{
    for (int i = 0; i < t->added.n; i++) {
        if (strcmp(t->added.at[i].text, token) == 0) {
            return t->added.at[i].id;
        }
    }
    int low = 0, high = t->piece.n;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (strcmp(t->piece.at[middle].text, token) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < t->piece.n && strcmp(t->piece.at[low].text, token) == 0 ? t->piece.at[low].id : -1;
}

int tokenizer_unknown(const Tokenizer *t)
{
    return t->unknown_id;
}

int tokenizer_max_length(const Tokenizer *t)
{
    return t->max_length;
}

const char *const *tokenizer_files(const Tokenizer *t)
{
    static const char *const with_words[] = {"types.h", "unicode.h", "words.h", "character.h", "wordpiece.h", "added.h", "walk.h",
                                             "normalize.h", "tokenizer.c", NULL};
    static const char *const without[] = {"types.h", "unicode.h", "character.h", "wordpiece.h", "added.h", "walk.h", "normalize.h",
                                          "tokenizer.c", NULL};
    for (int i = 0; i < t->added.n; i++) {
        if (t->added.at[i].single_word) {
            return with_words;
        }
    }
    return without;
}
