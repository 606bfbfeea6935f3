/* Any bytes as a RASP program: it becomes the weights of a transformer, or is refused. No crash, no leak, no work without end. */
#include "fuzz.h"
#include "rasp.h"
#include "rasp/weights/stack.h"
#include "scalar_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const vocab[] = {"ab", "012+", "(){}", "[1, 2.5, true]"};
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const RaspOptions options = {fuzz_library(arena, "examples/lib/standard.rasp"), size % 2 == 0};
    char *text = arena_alloc(arena, size + 1);
    memcpy(text, data, size);
    RaspProgram *program = rasp_read(arena, d, source_of_text(arena, "fuzz.rasp", text, size), &options);
    const struct RaspValue *value = program ? rasp_value(program, NULL) : NULL;
    const WeightsOptions weights = {vocab[size % 4], 1 + (int)(size % 6), "."};
    Transformer *t = value ? transformer_of(program, arena, value, &weights) : NULL;
    const Stack *stack = t ? stack_of(t) : NULL;
    if (stack) {
        text_write(stack, fuzz_nowhere());
    }
    fuzz_said(d);
    arena_free(arena);
    text_forget();
    str_forget();
    return 0;
}
