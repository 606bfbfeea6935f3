/* made.h - a tokenizer as it is made for a model: its C file and header, for tests */
#ifndef SINTER_TESTS_MADE_H
#define SINTER_TESTS_MADE_H

#include "../../compiler/tokenizer/tokenizer.h"

/* Writes tiny_tokenizer.c and tiny.h into the folder. `source` is the source tree. Returns 0 if a file could not be read or written. */
int made_write(const Tokenizer *t, const char *source, const char *folder);

/* What stands around the tables in runtime/tokenizer/tables.h. */
extern const char made_tables_head[], made_tables_tail[];

#endif
