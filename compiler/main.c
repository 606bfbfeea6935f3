/* sinter - the whole way of a model through the compiler on one screen */
#include "build.h"
#include "check.h"
#include "codegen.h"
#include "embed.h"
#include "eval_files.h"
#include "command_run.h"
#include "import/import.h"
#include "main_tokenizer.h"
#include "options.h"
#include "outfile.h"
#include "rasp.h"
#include "scalar_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FINE = 0, USERS_ERROR = 1, OURS = 2 };
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
        const char *folder = "examples/lib/", *ending = strrchr(file->path, '.');
        if (strncmp(file->path, folder, strlen(folder)) == 0 && ending && strcmp(ending, ".sinter") == 0) {
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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static const char *model_folder(Arena *arena, const Options *o)
{
    return o->model_dir ? o->model_dir : import_is_directory(o->model) ? o->model : folder_of(arena, o->model);
}

/* The user's text, or the one that serves a directory. */
static const Source *text_of(Arena *arena, Diag *d, const Options *o)
{
    const char *why = NULL;
    if (import_is_directory(o->model)) {
        return import_text(arena, d, o->model, model_folder(arena, o));
    }
    const Source *text = source_of_file(arena, o->model, TEXT_LIMIT, &why);
    if (!text) {
        diag_error_file(d, o->model, "%s", why);
    }
    return text;
}

static int is_rasp(const Options *o)
{
    const char *dot = strrchr(o->model, '.');
    return dot && strcmp(dot, ".rasp") == 0;
}

static RaspProgram *rasp_program(Arena *arena, Diag *d, const Options *o, const Source *text)
{
    const Embedded *file = embed_find("examples/lib/standard.rasp");
    Source *library = source_of_text(arena, file->path + strlen("examples/"), file->text, file->bytes);
    RaspOptions *options = arena_new_of(arena, RaspOptions);
    library->library = 1;
    *options = (RaspOptions){library, o->no_recognise};
    return rasp_read(arena, d, text, options);
}

static void run_rasp(Arena *arena, Diag *d, const Options *o)
{
    const char *why = NULL;
    const Source *text = source_of_file(arena, o->model, TEXT_LIMIT, &why);
    if (!is_rasp(o) || !text) {
        diag_error_file(d, o->model, "%s", why ? why : "'sinter run' takes a .rasp file; other models run by 'sinter eval'");
        return;
    }
    RaspProgram *program = rasp_program(arena, d, o, text);
    if (program) {
        command_run(arena, d, o, program, stdin, stdout);
    }
}

static Graph *front(Arena *arena, Diag *d, const Options *o)
{
    const Source *text = text_of(arena, d, o);
    if (!text) {
        return NULL;
    }
    if (is_rasp(o)) {
        RaspProgram *program = rasp_program(arena, d, o, text);
        const struct RaspValue *value = program ? rasp_value(program, o->only) : NULL;
        return value && (o->command != CMD_CHECK || rasp_needs_input(value)) ? rasp_graph(program, value) : NULL;
    }
    if (o->dump && strcmp(o->dump, "ast") == 0) {
        const StmtList list = ast_parse(arena, d, text);
        ast_print(&list, stdout);
        return NULL;
    }
    const Library lib = library(arena);
    const CheckInput input = {text, model_folder(arena, o), lib.at, lib.n};
    return check_model(arena, d, &input);
}

static void emit(Arena *arena, Diag *d, const Options *o, const Graph *graph)
{
    const char *folder = model_folder(arena, o), *directory = o->directory;
    if (o->command == CMD_EMIT ? !directory : !o->out) {
        diag_error(d, (Span){0},
                   o->command == CMD_EMIT ? "'sinter emit' needs a directory: -d DIR"
                                          : "'sinter build' needs the name of the executable: -o FILE");
        return;
    }
    if (o->command == CMD_BUILD && o->freestanding) {
        diag_error(d, (Span){0}, "a freestanding model has no command line; use 'sinter emit'");
        return;
    }
    VEC(EmitInput) input = {0};
    const EmitInput text = {NULL, graph->source, arena_printf(arena, "%s.sinter", graph->name)};
    vec_push(arena, input, text);
    for (int i = 0; i < graph->files.n; i++) {
        Str file = graph->files.at[i];
        const EmitInput one = {file[0] == '/' ? file : arena_printf(arena, "%s/%s", folder, file), NULL, base_name(file)};
        vec_push(arena, input, one);
    }
    EmitOptions options = {.directory = directory,
                           .input = input.at,
                           .inputs = input.n,
                           .freestanding = o->freestanding,
                           .no_main = graph->states.n > 0, /* the command line keeps no memory between calls yet */
                           .inline_weights = o->inline_weights,
                           .no_recognise = o->no_recognise,
                           .model_dir = folder,
                           .tokenizer = main_tokenizer(arena, d, graph, folder)};
    const int own = !directory;
    if (d->errors || (own && !(options.directory = build_temporary(arena, d)))) {
        return;
    }
    if (codegen_emit(graph, &options, d) && o->command == CMD_BUILD) {
        build_executable(arena, d, options.directory, codegen_name(arena, graph), !o->threads || strcmp(o->threads, "1") != 0, o->out);
    }
    if (own) {
        build_remove(arena, options.directory);
    }
}

static void import(Arena *arena, Diag *d, const Options *o)
{
    const Source *text = import_text(arena, d, o->model, model_folder(arena, o));
    OutFile *out = text && o->out ? outfile_open(arena, d, o->out) : NULL;
    if (out) {
        outfile_write(out, text->text, text->bytes);
        outfile_keep(out, d);
    } else if (text && !o->out) {
        fwrite(text->text, 1, text->bytes, stdout);
    }
}

static void run(Arena *arena, Diag *d, const Options *o)
{
    if (o->command == CMD_IMPORT) {
        import(arena, d, o);
        return;
    }
    if (o->command == CMD_RUN) {
        run_rasp(arena, d, o);
        return;
    }
    Graph *graph = front(arena, d, o);
    if (!graph) {
        return;
    }
    switch (o->command) {
    case CMD_CHECK:
        if (o->dump && strcmp(o->dump, "graph") == 0) {
            graph_print(graph, stdout);
        }
        check_unread(graph, d);
        main_tokenizer(arena, d, graph, model_folder(arena, o));
        break;
    case CMD_EVAL:
        if (!o->in || !o->out) {
            diag_error(d, (Span){0}, "'sinter eval' needs --in FILE and --out FILE");
            break;
        }
        eval_files(graph, arena, d, o->in, o->out, NULL);
        break;
    case CMD_BUILD:
    case CMD_EMIT: emit(arena, d, o, graph); break;
    case CMD_IMPORT:
    case CMD_EXPLAIN:
    case CMD_RUN:
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
    } else if (d->errors == 0 && options.man) {
        options_man(stdout);
    } else if (d->errors == 0 && options.completion) {
        options_completion(options.completion, stdout);
    } else if (d->errors == 0 && (options.help || options.command == CMD_NONE)) {
        options_help(options.command, stdout);
    } else if (d->errors == 0) {
        run(arena, d, &options);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        diag_error_file(d, "standard output", "cannot be written: %s", strerror(errno));
    }
    diag_print(d, stderr);
    const int status = d->ours ? OURS : d->errors ? USERS_ERROR : FINE;
    arena_free(arena);
    text_forget();
    str_forget();
    return status;
}
