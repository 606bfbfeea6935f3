/* Chooses the model text of a directory. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include "import.h"

#include "../ast.h"
#include "../embed.h"
#include "../value.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "examples/hf/"

/* ---- the table -------------------------------------------------------------------------------------------------------------------- */

/* A row of INDEX: `model_type text.sinter Architecture Architecture ..`; or `@config PATH`, a place where the config may stand. */
typedef struct Row {
    Str type, text;
    VEC(Str) architecture;
} Row;

typedef struct Index {
    VEC(Row) row;
    VEC(Str) config;
} Index;

static Str next_word(const char **at, const char *end)
{
    *at += strspn(*at, " ");
    const size_t n = strcspn(*at, " \n#");
    if (*at >= end || n == 0) {
        return NULL;
    }
    Str word = str_of_n(*at, n);
    *at += n;
    return word;
}

static Index read_index(Arena *arena)
{
    Index index = {0};
    const Embedded *file = embed_find(FOLDER "INDEX");
    for (const char *line = file ? file->text : ""; *line;) {
        const char *end = line + strcspn(line, "\n"), *at = line;
        Str first = next_word(&at, end);
        if (first && strcmp(first, "@config") == 0) {
            vec_push(arena, index.config, next_word(&at, end));
        } else if (first) {
            Row row = {.type = first, .text = next_word(&at, end)};
            for (Str word; (word = next_word(&at, end));) {
                vec_push(arena, row.architecture, word);
            }
            vec_push(arena, index.row, row);
        }
        line = end + (*end == '\n');
    }
    return index;
}

/* ---- the directory ---------------------------------------------------------------------------------------------------------------- */

int import_is_directory(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static const Value *read_config(Arena *arena, Diag *d, const Index *index, const char *folder)
{
    struct stat about;
    for (int i = 0; i < index->config.n; i++) {
        const char *path = arena_printf(arena, "%s/%s", folder, index->config.at[i]);
        if (stat(path, &about) == 0) {
            return value_from_json_file(arena, d, path);
        }
    }
    diag_error_file(d, folder, "there is no config.json in this directory");
    return NULL;
}

static int serves(const Row *row, Str architecture)
{
    for (int i = 0; i < row->architecture.n; i++) {
        if (row->architecture.at[i] == architecture) {
            return 1;
        }
    }
    return 0;
}

static void list(Arena *arena, Diag *d, const char *what, const Str *names, int n)
{
    const char *text = "";
    for (int i = 0; i < n; i++) {
        text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", names[i]);
    }
    diag_hint(d, "%s: %s", what, text);
}

static void unknown_type(Arena *arena, Diag *d, const Index *index, const Value *type)
{
    VEC(Str) known = {0};
    for (int i = 0; i < index->row.n; i++) {
        if (!known.n || known.at[known.n - 1] != index->row.at[i].type) {
            vec_push(arena, known, index->row.at[i].type);
        }
    }
    diag_error(d, type->span, "no model text serves the model_type \"%s\"", type->text);
    if (!diag_did_you_mean(d, type->text, known.at, known.n)) {
        list(arena, d, "known are", known.at, known.n);
    }
}

static void unknown_architecture(Arena *arena, Diag *d, const Index *index, Str type, const Value *architecture)
{
    VEC(Str) known = {0};
    for (int i = 0; i < index->row.n; i++) {
        const Row *row = &index->row.at[i];
        for (int k = 0; (!type || row->type == type) && k < row->architecture.n; k++) {
            vec_push(arena, known, row->architecture.at[k]);
        }
    }
    if (type) {
        diag_error(d, architecture->span, "of the model_type \"%s\" no text serves the architecture \"%s\"", type, architecture->text);
    } else {
        diag_error(d, architecture->span, "no model text serves the architecture \"%s\"", architecture->text);
    }
    diag_did_you_mean(d, architecture->text, known.at, known.n);
    if (type) {
        list(arena, d, "served are", known.at, known.n);
    }
}

/* The row of the model_type that lists the architecture; where one of the two is absent, the other alone decides. */
static const Row *choose(Arena *arena, Diag *d, const Index *index, const Value *config)
{
    const Value *type = value_member(config, str_of("model_type")), *names = value_member(config, str_of("architectures"));
    const Value *name = names && names->kind == V_LIST && names->list.n ? &names->list.at[0] : NULL;
    const Row *of_type = NULL;
    type = type && type->kind == V_STR ? type : NULL;
    name = name && name->kind == V_STR ? name : NULL;
    for (int i = 0; i < index->row.n; i++) {
        const Row *row = &index->row.at[i];
        const int fits = !type || row->type == type->text;
        if (fits && (name ? serves(row, name->text) : type != NULL)) {
            return row;
        }
        of_type = fits ? row : of_type;
    }
    if (!type && !name) {
        diag_error(d, span_of_source(config->span.source), "neither 'model_type' nor 'architectures' says which model this is");
    } else if (type && !of_type) {
        unknown_type(arena, d, index, type);
    } else {
        unknown_architecture(arena, d, index, type ? type->text : NULL, name);
    }
    return NULL;
}

/* ---- the text --------------------------------------------------------------------------------------------------------------------- */

static int is_word(Arena *arena, const char *name)
{
    Diag *silent = diag_new(arena);
    const char *text = arena_printf(arena, "model %s\n", name);
    (void)ast_parse(arena, silent, source_of_text(arena, "", text, strlen(text)));
    return silent->errors == 0;
}

const char *import_model_name(Arena *arena, const char *wanted)
{
    char *name = arena_printf(arena, "%s", *wanted ? wanted : "model_");
    for (char *p = name; *p; p++) {
        const int letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
        *p = (char)(letter ? *p : '_');
    }
    name = name[0] >= '0' && name[0] <= '9' ? arena_printf(arena, "m_%s", name) : name;
    return is_word(arena, name) ? name : arena_printf(arena, "%s_", name);
}

/* The directory's own name. */
static const char *name_of_directory(Arena *arena, const char *directory)
{
    char *whole = realpath(directory, NULL);
    const char *slash = whole ? strrchr(whole, '/') : NULL, *name = import_model_name(arena, slash ? slash + 1 : "");
    free(whole);
    return name;
}

const Source *import_text(Arena *arena, Diag *d, const char *directory, const char *folder)
{
    const Index index = read_index(arena);
    const Value *config = NULL;
    if (!import_is_directory(directory)) {
        diag_error_file(d, directory, "is no directory");
        return NULL;
    }
    config = read_config(arena, d, &index, folder);
    const Row *row = config ? choose(arena, d, &index, config) : NULL;
    const Embedded *file = row ? embed_find(arena_printf(arena, FOLDER "%s", row->text)) : NULL;
    if (!file) {
        return NULL;
    }
    const char *body = file->text;
    while (*body == '#') { /* below the head comment */
        body += strcspn(body, "\n");
        body += *body == '\n';
    }
    const char *text = arena_printf(arena, "%.*smodel %s\n%s", (int)(body - file->text), file->text, name_of_directory(arena, directory),
                                    body);
    return source_of_text(arena, file->path + strlen("examples/"), text, strlen(text));
}
