#include "command.h"

#include "embed.h"
#include "import/import.h"
#include "outfile.h"

#include <string.h>

Library command_library(Arena *arena)
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

const char *command_folder(Arena *arena, const Options *o)
{
    return o->model_dir ? o->model_dir : import_is_directory(o->model) ? o->model : folder_of(arena, o->model);
}

void command_import(Arena *arena, Diag *d, const Options *o)
{
    if (import_is_program(o->model)) {
        const ImportFiles files = {o->model, o->weights, o->embeddings, o->directory};
        if (o->out || o->model_dir) {
            diag_error(d, (Span){0}, "a program becomes several files: -d DIR says where");
        } else {
            import_program(arena, d, &files);
        }
        return;
    }
    if (o->weights || o->embeddings || o->directory) {
        diag_error(d, (Span){0}, "--weights, --embeddings and -d belong to the import of a PROGRAM.py");
        return;
    }
    const Source *text = import_text(arena, d, o->model, command_folder(arena, o));
    OutFile *out = text && o->out ? outfile_open(arena, d, o->out) : NULL;
    if (out) {
        outfile_write(out, text->text, text->bytes);
        outfile_keep(out, d);
    } else if (text && !o->out) {
        fwrite(text->text, 1, text->bytes, stdout);
    }
}
