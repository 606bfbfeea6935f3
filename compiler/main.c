/* sinter - the whole way of a model through the compiler on one screen */
#include "check.h"
#include "embed.h"
#include "eval_files.h"
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FINE = 0, USERS_ERROR = 1 };
enum { TEXT_LIMIT = 16 << 20 };

typedef struct Library {
    const Source *at[64];
    int n;
} Library;

static Library library(Arena *arena)
{
    Library lib = {.n = 0};
    for (size_t i = 0; i < embed_count() && lib.n < 64; i++) {
        const Embedded *file = embed_at(i);
        const char *folder = "examples/lib/";
        if (strncmp(file->path, folder, strlen(folder)) == 0) {
            Source *source = source_of_text(arena, file->path + strlen("examples/"), file->text, file->bytes);
            source->library = 1;
            lib.at[lib.n++] = source;
        }
    }
    return lib;
}

static const char *folder_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_printf(arena, "%.*s", (int)(slash - path), path) : ".";
}

static Graph *front(Arena *arena, Diag *d, const Options *o)
{
    const char *why = NULL;
    const Source *text = source_of_file(arena, o->model, TEXT_LIMIT, &why);
    if (!text) {
        diag_error_file(d, o->model, "%s", why);
        return NULL;
    }
    if (o->dump && strcmp(o->dump, "ast") == 0) {
        const StmtList list = ast_parse(arena, d, text);
        ast_print(&list, stdout);
        return NULL;
    }
    const Library lib = library(arena);
    const CheckInput input = {text, o->model_dir ? o->model_dir : folder_of(arena, o->model), lib.at, lib.n};
    return check_model(arena, d, &input);
}

static void run(Arena *arena, Diag *d, const Options *o)
{
    Graph *graph = front(arena, d, o);
    if (!graph) {
        return;
    }
    switch (o->command) {
    case CMD_CHECK:
        if (o->dump && strcmp(o->dump, "graph") == 0) {
            graph_print(graph, stdout);
        }
        break;
    case CMD_EVAL:
        if (!o->in || !o->out) {
            diag_error(d, (Span){0}, "'sinter eval' needs --in FILE and --out FILE");
            break;
        }
        eval_files(graph, arena, d, o->in, o->out, NULL);
        break;
    case CMD_BUILD:
    case CMD_EMIT:
    case CMD_IMPORT:
    case CMD_EXPLAIN:
    case CMD_COUNT_:
    case CMD_NONE: break;
    }
}

int main(int argc, char **argv)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    Options options;
    options_read(&options, d, argc, argv);
    if (d->errors == 0 && options.version) {
        puts("sinter " SINTER_VERSION);
    } else if (d->errors == 0 && (options.help || options.command == CMD_NONE)) {
        options_help(options.command, stdout);
    } else if (d->errors == 0) {
        run(arena, d, &options);
    }
    diag_print(d, stderr);
    const int status = d->errors ? USERS_ERROR : FINE;
    arena_free(arena);
    str_forget();
    return status;
}
