/* Any bytes as a text, or as a pair parted by a byte 0xFE: as many tokens as are promised, each in its text, the same in less room. */
#include "../../runtime/tokenizer/tokenizer.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(const model_token *token, int32_t n, const model_text *text, const model_text *pair)
{
    if (n < 0 || n > MODEL_TOKENS_MAX) {
        abort();
    }
    for (int32_t i = 0; i < n; i++) {
        const size_t size = token[i].type == 0 || !pair ? text->size : pair->size;
        size_t length;
        if (token[i].id < 0 || token[i].id >= VOCABULARY || token[i].begin < 0 || token[i].begin > token[i].end ||
            (size_t)token[i].end > size || strlen(model_token_text(token[i].id, &length)) != length) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const uint8_t *middle = bytes > 1 ? memchr(data + 1, 0xFE, bytes - 1) : NULL;
    const unsigned flags = bytes > 0 ? data[0] & 1 : 0;
    const char *begin = bytes > 0 ? (const char *)data + 1 : "";
    const size_t first = middle ? (size_t)(middle - data) - 1 : bytes > 0 ? bytes - 1 : 0;
    const model_text text = {begin, first}, pair = {begin + first + (middle != NULL), middle ? bytes - first - 2 : 0};
    model_token all[MODEL_TOKENS_MAX], some[3];
    const int32_t n = model_tokenize(&text, middle ? &pair : NULL, flags, all, MODEL_TOKENS_MAX);
    check(all, n, &text, middle ? &pair : NULL);
    if (model_tokenize(&text, middle ? &pair : NULL, flags, some, 3) != n ||
        memcmp(some, all, sizeof *all * (size_t)(n < 3 ? n : 3)) != 0 ||
        model_tokenize(&text, middle ? &pair : NULL, flags, NULL, 0) != n) {
        abort();
    }
    return 0;
}
