/* text.c - the functions of text.h */
#include "text.h"

enum { HEADS_LEAST = 256 };

int model_texts_begin(model_texts *texts, void *memory, size_t bytes)
{
    *texts = (model_texts){memory, bytes < UINT32_MAX ? bytes : UINT32_MAX - 7, 0, 0, HEADS_LEAST, 0, 0, 0};
    while (texts->heads < texts->bytes / 64) {
        texts->heads *= 2;
    }
    const size_t heads = texts->heads * sizeof(uint32_t);
    texts->low = heads;
    texts->high = texts->bytes;
    if (texts->bytes < heads) {
        texts->full = 1;
        return 0;
    }
    memset(memory, 0, heads);
    for (size_t i = 0; i < sizeof text_constant / sizeof *text_constant; i++) {
        if (text_constant[i].size) {
            text_enter(texts, text_constant[i].text, text_constant[i].size);
        }
    }
    return !texts->full;
}

int64_t model_symbol(model_texts *texts, const char *text, size_t bytes)
{
    return text_symbol(texts, text, bytes);
}

const char *model_string(const model_texts *texts, int64_t symbol, size_t *bytes, char room[16])
{
    return text_string(texts, symbol, bytes, room);
}

int64_t model_text_key(model_texts *texts, int64_t symbol)
{
    return text_key(texts, symbol);
}

int64_t model_text_join(model_texts *texts, int64_t a, int64_t b, int *fault)
{
    return text_join(texts, a, b, fault);
}

int64_t model_text_times(model_texts *texts, int64_t a, int64_t n, int *fault)
{
    return text_times(texts, a, n, fault);
}
