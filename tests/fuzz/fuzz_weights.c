/* Any bytes as a RASP program: it becomes the weights of a transformer, or is refused. No crash, no leak, no work without end. */
#include "embed.h"
#include "rasp.h"
#include "rasp/weights/stack.h"
#include "scalar_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const vocab[] = {"ab", "012+", "(){}", "[1, 2.5, true]"};
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const Embedded *file = embed_find("examples/lib/standard.rasp");
    Source *library = source_of_text(arena, "standard.rasp", file->text, file->bytes);
    library->library = 1;
    const RaspOptions options = {library, size % 2 == 0};
    char *text = arena_alloc(arena, size + 1), *shown = NULL;
    size_t n = 0;
    memcpy(text, data, size);
    RaspProgram *program = rasp_read(arena, d, source_of_text(arena, "fuzz.rasp", text, size), &options);
    const struct RaspValue *value = program ? rasp_value(program, NULL) : NULL;
    const WeightsOptions weights = {vocab[size % 4], 1 + (int)(size % 6), "."};
    Transformer *t = value ? transformer_of(program, arena, value, &weights) : NULL;
    const Stack *stack = t ? stack_of(t) : NULL;
    FILE *out = open_memstream(&shown, &n);
    if (out) {
        if (stack) {
            text_write(stack, out);
        }
        diag_print(d, out);
        fclose(out);
    }
    free(shown);
    arena_free(arena);
    text_forget();
    str_forget();
    return 0;
}
