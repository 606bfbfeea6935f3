/* main_tokenizer.h - the tokenizer that a model's text names */
#ifndef SINTER_MAIN_TOKENIZER_H
#define SINTER_MAIN_TOKENIZER_H

#include "graph.h"
#include "tokenizer/tokenizer.h"

/* Reads it, for texts no longer than the model takes. NULL: there is none, or it cannot serve, and that was said. */
const Tokenizer *main_tokenizer(Arena *arena, Diag *d, const Graph *graph, const char *folder);

#endif
