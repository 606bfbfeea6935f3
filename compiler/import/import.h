/* import.h - what others wrote as a model of ours: a directory as of Hugging Face, a Transformer Program
 *
 * The compiler carries model texts (examples/hf/). Which one serves a directory says the table examples/hf/INDEX, by `model_type` and
 * `architectures` of the config. All else is in the text: nothing here knows any model. */
#ifndef SINTER_IMPORT_H
#define SINTER_IMPORT_H

#include "../arena.h"
#include "../diag.h"
#include "../source.h"

int import_is_directory(const char *path);

/* What somebody calls a model, made a name of the language. */
const char *import_model_name(Arena *arena, const char *wanted);

/* The text that serves the files in `folder`, with a line `model NAME` put in, the name being that of `directory`. NULL after an error. */
const Source *import_text(Arena *arena, Diag *d, const char *directory, const char *folder);

/* A Transformer Program, with its tables, becomes a model (docs/rasp.md): NAME.sinter, tables, classes and words in the directory,
 * all or nothing. */
typedef struct ImportFiles {
    const char *program, *weights, *embeddings; /* the latter two may be NULL */
    const char *directory;                      /* NULL: one of the model's name in the current directory */
} ImportFiles;

int import_is_program(const char *path);
void import_program(Arena *arena, Diag *d, const ImportFiles *files);

#endif
