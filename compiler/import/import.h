/* import.h - a directory as Hugging Face writes them is a model
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

#endif
