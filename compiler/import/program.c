/* From a program's file to a model's files. */
#include "program.h"

#include "import.h"

#include <string.h>

enum { TEXT_LARGEST = 16 << 20 };

int import_is_program(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".py") == 0 && !import_is_directory(path);
}

/* The part of a path in front of its last slash (NULL: there is none), and behind it up to the last dot. */
static const char *folder_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_printf(arena, "%.*s", slash > path ? (int)(slash - path) : 1, path) : NULL;
}

static const char *stem_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
    return arena_printf(arena, "%.*s", (int)(dot - base), base);
}

void import_program(Arena *arena, Diag *d, const ImportFiles *files)
{
    const char *why = NULL;
    const Source *source = source_of_file(arena, files->program, TEXT_LARGEST, &why);
    if (!source) {
        diag_error_file(d, files->program, "%s", why);
        return;
    }
    const char *name = import_model_name(arena, stem_of(arena, files->program));
    Import *m = arena_new_of(arena, Import);
    *m = (Import){.arena = arena,
                  .d = d,
                  .path = files->program,
                  .folder = folder_of(arena, files->program),
                  .weights = files->weights,
                  .embeddings = files->embeddings};
    if (import_read(m, source)) {
        import_write(m, name, files->directory ? files->directory : name);
    }
}
