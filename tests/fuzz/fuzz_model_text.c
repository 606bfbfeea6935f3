/* Any bytes as a model text: no crash, no leak; what is read without an error prints as a text that reads back the same. */
#include "ast.h"
#include "fuzz.h"

static char *print(Arena *arena, const StmtList *text)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&bytes, &n);
    if (!out) {
        abort();
    }
    ast_print(text, out);
    fclose(out);
    char *copy = arena_alloc(arena, n + 1);
    memcpy(copy, bytes, n);
    free(bytes);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const StmtList text = ast_parse(arena, d, source_of_text(arena, "fuzz.sinter", size ? (const char *)data : "", size));
    char *once = print(arena, &text);
    if (d->errors == 0) {
        const StmtList again = ast_parse(arena, d, source_of_text(arena, "again.sinter", once, strlen(once)));
        if (d->errors != 0 || strcmp(once, print(arena, &again)) != 0) {
            fprintf(stderr, "printed:\n%s", once);
            abort();
        }
    }
    fuzz_said(d);
    arena_free(arena);
    str_forget();
    return 0;
}
