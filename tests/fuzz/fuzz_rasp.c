/* Any bytes as a RASP program: it is read, its value computed on three inputs, traced and drawn. No crash, no leak, no work without end. */
#include "fuzz.h"
#include "rasp.h"
#include "scalar_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const input[] = {"a", "hello", "[1, 2.5, true]"};
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const RaspOptions options = {fuzz_library(arena, "examples/lib/standard.rasp"), size % 2 == 0};
    char *text = arena_alloc(arena, size + 1);
    memcpy(text, data, size);
    RaspProgram *program = rasp_read(arena, d, source_of_text(arena, "fuzz.rasp", text, size), &options);
    const struct RaspValue *value = program ? rasp_value(program, NULL) : NULL;
    for (size_t i = 0; value && i < sizeof input / sizeof *input; i++) {
        rasp_answer(program, arena, value, input[i], strlen(input[i]), NULL, i ? RASP_JSON_FORM : RASP_TEXT_FORM);
    }
    if (value && rasp_needs_input(value)) {
        rasp_trace(program, arena, value, input[1], strlen(input[1]), NULL, size % 3 ? RASP_JSON_FORM : RASP_TEXT_FORM);
        for (int picture = RASP_HTML; picture <= RASP_FLOW; picture++) {
            rasp_draw(program, arena, value, NULL, 0, RASP_TEXT_FORM, (RaspPicture)picture);
        }
        rasp_graph(program, value);
    }
    fuzz_said(d);
    arena_free(arena);
    text_forget();
    str_forget();
    return 0;
}
