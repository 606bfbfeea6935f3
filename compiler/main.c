/* sinter - the whole way of a model through the compiler on one screen */
#include "check.h"
#include "command.h"
#include "eval_files.h"
#include "../codegen/normal/normal.h"
#include "import/import.h"
#include "main_tokenizer.h"
#include "options.h"
#include "scalar_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FINE = 0, USERS_ERROR = 1, OURS = 2 };

/* The user's text, or the one that serves a directory. */
static const Source *text_of(Arena *arena, Diag *d, const Options *o)
{
    const char *why = NULL;
    if (import_is_directory(o->model)) {
        return import_text(arena, d, o->model, command_folder(arena, o));
    }
    const Source *text = source_of_file(arena, o->model, TEXT_LIMIT, &why);
    if (!text) {
        diag_error_file(d, o->model, "%s", why);
    }
    return text;
}

static Graph *front(Arena *arena, Diag *d, const Options *o)
{
    const Source *text = text_of(arena, d, o);
    if (!text) {
        return NULL;
    }
    if (command_is_rasp(o)) {
        return command_rasp(arena, d, o, text);
    }
    if (o->dump && strcmp(o->dump, "ast") == 0) {
        const StmtList list = ast_parse(arena, d, text);
        ast_print(&list, stdout);
        return NULL;
    }
    const Library lib = command_library(arena);
    const CheckInput input = {text, command_folder(arena, o), lib.at, lib.n};
    return check_model(arena, d, &input);
}

static void run(Arena *arena, Diag *d, const Options *o)
{
    if (o->command == CMD_IMPORT) {
        command_import(arena, d, o);
        return;
    }
    if (o->command == CMD_REPL) {
        command_console(arena, o);
        return;
    }
    if (o->command == CMD_RUN || o->command == CMD_DRAW) {
        command_run_rasp(arena, d, o);
        return;
    }
    if (o->command == CMD_WEIGHTS || o->command == CMD_CHECK_WEIGHTS) {
        command_weights(arena, d, o, stdout);
        return;
    }
    Graph *graph = front(arena, d, o);
    if (!graph) {
        return;
    }
    switch (o->command) {
    case CMD_CHECK:
        if (o->dump) {
            command_dump(arena, d, o, graph);
        }
        check_unread(graph, d);
        main_tokenizer(arena, d, graph, command_folder(arena, o));
        break;
    case CMD_EVAL:
        if (!o->in || !o->out) {
            diag_error(d, (Span){0}, "'sinter eval' needs --in FILE and --out FILE");
            break;
        }
        if (o->normal) {
            norm_rewrite(graph, 0);
        }
        eval_files(graph, arena, d, o->in, o->out, o->count ? stdout : NULL);
        break;
    case CMD_BUILD:
    case CMD_EMIT: command_emit(arena, d, o, graph); break;
    case CMD_CHECK_PLAN: command_check_plan(arena, d, o, graph, stdout); break;
    case CMD_EXPLAIN: command_explain(arena, d, o, graph); break;
    case CMD_IMPORT:
    case CMD_RUN:
    case CMD_DRAW:
    case CMD_WEIGHTS:
    case CMD_CHECK_WEIGHTS:
    case CMD_REPL:
    case CMD_NONE: break;
    }
}

int main(int argc, char **argv)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    Options options;
    options_read(&options, d, argc, argv);
    options_plan(&options, arena, d);
    if (d->errors == 0 && options.version) {
        puts("sinter " SINTER_VERSION);
    } else if (d->errors == 0 && options.man) {
        options_man(stdout);
    } else if (d->errors == 0 && options.completion) {
        options_completion(options.completion, stdout);
    } else if (d->errors == 0 && !options.help && options.command == CMD_NONE && command_wants_console()) {
        command_console(arena, &options);
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
