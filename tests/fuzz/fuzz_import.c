/* Any bytes as a program to import, with its tables: program, `%%`, weights, `%%`, embeddings, a line each between them. No crash, no work
 * without end; what is said has places inside the files; a model that comes out is one that the compiler takes and that answers. */
#include "check.h"
#include "eval.h"
#include "fuzz.h"
#include "import/import.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_begin();
    return 0;
}

/* Up to the next line `%%`, into a file. */
static const char *put(Arena *arena, const char *name, const uint8_t **data, size_t *size)
{
    const char *path = arena_printf(arena, "%s/%s", fuzz_folder, name);
    FILE *file = fopen(path, "wb");
    size_t n = 0;
    while (n < *size && !(*size - n >= 4 && memcmp(*data + n, "\n%%\n", 4) == 0)) {
        n++;
    }
    if (!file || fwrite(*data, 1, n, file) != n || fclose(file) != 0) {
        abort();
    }
    n += n < *size ? 4 : 0;
    *data += n;
    *size -= n;
    return path;
}

static int64_t load(const void *context, Diag *d, Str path, int64_t elements, double *real, int64_t *integer)
{
    const WeightTensor *tensor = weights_find(context, path);
    if (!tensor || tensor->count != elements || real) {
        diag_internal(d, (Span){0}, "'%s' is not as it was written", path);
        return -1;
    }
    for (int64_t i = 0; i < elements; i++) {
        integer[i] = weight_int(tensor, i);
    }
    return (int64_t)tensor->bytes;
}

/* Texts of each length, each token the same word. */
static void answer(Arena *arena, Diag *d, const Graph *graph)
{
    Eval *eval = eval_new(graph, arena, d, load, graph->weight_file);
    for (int64_t n = 0; n < 4 && n <= graph->inputs.at[0]->free.at[0]->dim->bound; n++) {
        Tensor *ids = tensor_new(arena, T_INT, 1, &n), result;
        const Tensor *input[] = {ids};
        const EvalSequence sequence = {-1, NULL, input};
        for (int64_t i = 0; i < n; i++) {
            ids->integer[i] = (n + i) % graph->inputs.at[0]->extent->length;
        }
        if (!eval_check(eval, &sequence) || !eval_run(eval, arena, &sequence, &result)) {
            fuzz_fail(d);
        }
    }
}

static void check_model_of(Arena *arena, const char *path)
{
    Diag *d = diag_new(arena);
    const char *why = NULL;
    const Source *library[] = {fuzz_library(arena, "examples/lib/prelude.sinter")};
    const CheckInput input = {source_of_file(arena, path, 1 << 24, &why), fuzz_out, library, 1};
    Graph *graph = input.text ? check_model(arena, d, &input) : NULL;
    if (!graph || d->errors) {
        fuzz_fail(d);
    }
    answer(arena, d, graph);
    weights_close((Weights *)(uintptr_t)graph->weight_file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const char *program = put(arena, "p.py", &data, &size), *weights = put(arena, "w.csv", &data, &size);
    const ImportFiles files = {program, weights, put(arena, "e.csv", &data, &size), fuzz_out};
    import_program(arena, d, &files);
    if (d->ours) {
        fuzz_fail(d);
    }
    fuzz_said(d);
    if (d->errors == 0) {
        check_model_of(arena, arena_printf(arena, "%s/p.sinter", fuzz_out));
    }
    arena_free(arena);
    str_forget();
    return 0;
}
