/* made.c - inputs made up for a measurement: lengths of a usual text, elements that are all different */
#include "cli.h"

static void made_prepare(job *j, size_t i)
{
    int ragged = 0;
    for (int d = 0; d < model.dims; d++) {
        ragged += model.dim[d].length < 0 && model.dim[d].given;
    }
    for (int d = 0; d < model.dims; d++) {
        const int64_t usual = ragged > 1 ? 32 : 128;
        const int free_length = model.dim[d].length < 0 && model.dim[d].given;
        j->length[i * (size_t)model.dims + (size_t)d] = !free_length ? 0 : usual < model.dim[d].bound ? usual : model.dim[d].bound;
    }
    memset(j->present + i * (size_t)model.inputs, 0, (size_t)model.inputs);
    for (int n = 0; n < model.inputs; n++) {
        j->present[i * (size_t)model.inputs + (size_t)n] = !model.input[n].optional;
    }
    j->item[i].tokens = model.ids >= 0 ? (int32_t)j->length[i * (size_t)model.dims + (size_t)model.input[model.ids].dim[0]] : 0;
}

static void made_fill(int input, size_t elements, void *to)
{
    uint32_t state = 12345;
    for (size_t i = 0; i < elements; i++) {
        state = state * 1664525u + 1013904223u;
        const int32_t number = (int32_t)(state >> 8);
        switch (model.input[input].type) {
        case MODEL_REAL: ((float *)to)[i] = (float)number / 16777216.0f - 0.5f; break;
        case MODEL_INT: ((int64_t *)to)[i] = number % 16; break;
        case MODEL_BOOL: ((uint8_t *)to)[i] = (uint8_t)(number & 1); break;
        case MODEL_INDEX: ((int32_t *)to)[i] = (int32_t)(number % model.input[input].extent); break;
        case MODEL_CHAR: ((int32_t *)to)[i] = 'a' + number % 26; break;
        }
    }
}
