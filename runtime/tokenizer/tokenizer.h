/* From text to token ids. */
#ifndef MODEL_TOKENIZER_H
#define MODEL_TOKENIZER_H

#include <stddef.h>
#include <stdint.h>

typedef struct model_token {
    int32_t id;         /* -1: no token, where the tokenizer has none for what its vocabulary does not have */
    int32_t type;       /* 0; 1 in the second text of a pair */
    int32_t begin, end; /* bytes of the text it came from, end exclusive; 0, 0 for a special token */
} model_token;

typedef struct model_text {
    const char *bytes; /* UTF-8; malformed bytes are read as U+FFFD */
    size_t size;
} model_text;

enum { MODEL_NO_SPECIAL = 1 }; /* flags: leave out the tokens that the tokenizer itself adds around a text */

/* Tokens of one text (pair = NULL) or of two. Writes at most `room` of them and returns how many there are. Never more than
 * MODEL_TOKENS_MAX: a longer text is cut, the final special token stays. Allocates nothing, keeps no state. */
int32_t model_tokenize(const model_text *text, const model_text *pair, unsigned flags, model_token *tokens, int32_t room);

/* The string of a token as the vocabulary has it ("##ing"), never NULL; *size gets its length in bytes. */
const char *model_token_text(int32_t id, size_t *size);

#endif
