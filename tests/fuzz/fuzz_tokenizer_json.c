/* Any bytes as a tokenizer.json: refused with one message, or tables can be written and every token found again. */
#include "../../compiler/tokenizer/inner.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void use(const Tokenizer *t, FILE *out)
{
    for (int id = 0; id < tokenizer_ids(t); id++) {
        const char *token = tokenizer_token(t, id);
        if (token && tokenizer_id(t, token) != id) {
            abort();
        }
    }
    tokenizer_emit(t, out);
    if (fflush(out) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static FILE *out;
    Arena *arena = arena_new();
    Tokenizer *t = arena_new_of(arena, Tokenizer);
    out = out ? out : fopen("/dev/null", "w");
    *t = (Tokenizer){.arena = arena, .d = diag_new(arena), .path = "fuzz"};
    const int good = tokenizer_parse_json(t, source_of_text(arena, "fuzz", bytes ? (const char *)data : "", bytes)) && tokenizer_finish(t, 0);
    if (t->d->errors + t->d->warnings > 2 || (!good && t->d->item.n == 0) || (good && t->d->errors > 0)) {
        abort();
    }
    if (good && out) {
        use(t, out);
    }
    arena_free(arena);
    str_forget();
    return 0;
}
