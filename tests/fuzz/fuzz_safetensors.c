/* Any bytes as a safetensors file: refused with one message, or every number in it can be read. */
#include "../../compiler/weights/safetensors.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void read_all(const WeightTensor *tensor, const uint8_t *data, size_t bytes)
{
    enum { CHUNK = 64 };
    float out[CHUNK];
    volatile double sum = 0;
    if (tensor->data < data || tensor->data + tensor->bytes > data + bytes) {
        abort();
    }
    for (int64_t i = 0; dtype_is_readable(tensor->dtype) && i < tensor->count; i += CHUNK) {
        const int64_t n = tensor->count - i < CHUNK ? tensor->count - i : CHUNK;
        weight_to_f32(tensor, i, n, out);
        sum = sum + weight_value(tensor, i + n - 1) + (double)out[0] + (double)weight_int(tensor, i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    WeightTensors tensors = {0};
    const int good = safetensors_read(arena, d, "fuzz", data, bytes, &tensors);
    if (good == (d->errors != 0) || d->errors > 1 || (!good && tensors.n > 0)) {
        abort();
    }
    for (int i = 0; i < tensors.n; i++) {
        read_all(&tensors.at[i], data, bytes);
    }
    arena_free(arena);
    str_forget();
    return 0;
}
