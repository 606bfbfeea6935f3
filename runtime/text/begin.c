#include "text.h"

#include <string.h>

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
