/* tokenizer.h - from tokenizer.json, or vocab.txt and tokenizer_config.json, to the tables of <name>_tokenizer.c
 *
 * Read: WordPiece and WordLevel with BertNormalizer, BertPreTokenizer or WhitespaceSplit, TemplateProcessing or BertProcessing, and added
 * tokens. */
#ifndef SINTER_TOKENIZER_H
#define SINTER_TOKENIZER_H

#include "../diag.h"

#include <stdio.h>

typedef struct Tokenizer Tokenizer;

/* Reads the file `path`; a name that is not absolute is one in `directory`. Without a path: tokenizer.json in the directory, else
 * vocab.txt. A name that ends in ".txt" is a vocabulary, one token a line, with tokenizer_config.json beside it (its absence means the
 * defaults of BertTokenizer).
 * `max_length`: the most tokens the model takes, special ones included; not above 0: what the file says, else no limit.
 * NULL: an error was reported (the file is wrong), or a warning (it is not there, or needs what is not supported yet). */
Tokenizer *tokenizer_read(Arena *arena, Diag *d, const char *path, const char *directory, int max_length);

int tokenizer_ids(const Tokenizer *t);                   /* ids are 0 .. below this */
Str tokenizer_token(const Tokenizer *t, int id);         /* as the vocabulary has it ("##ing"); NULL: no token has this id */
int tokenizer_id(const Tokenizer *t, const char *token); /* -1: there is none */
int tokenizer_unknown(const Tokenizer *t);               /* the id of what is none of the tokens; -1: there is none */
int tokenizer_max_length(const Tokenizer *t);            /* MODEL_TOKENS_MAX; INT32_MAX: no limit */

/* Writes a tokenizer.json. Of characters: they may stand beside each other, and with spaces between; of one that is no mark and does not
 * begin a word the id is n more; a word with any other is unknown, which has an id after all others. Of words between spaces: any other
 * word is an error. */
void tokenizer_write_characters(Arena *arena, const Str *character, int n, FILE *out);
void tokenizer_write_words(Arena *arena, const Str *word, int n, FILE *out);

/* Writes the tables: static C99 arrays, all ASCII, the same for the same tokenizer. <name>_tokenizer.c is runtime/tokenizer/types.h, then
 * these, then the other files of tokenizer_files(), each without its lines #include "...". Nothing in the tables begins with model_. */
void tokenizer_emit(const Tokenizer *t, FILE *out);

/* The files of runtime/tokenizer to paste, in order, NULL at the end. The first stands before the tables, the others after them. */
const char *const *tokenizer_files(const Tokenizer *t);

#endif
