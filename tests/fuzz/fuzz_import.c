/* Any bytes as a program to import, with its tables: program, `%%`, weights, `%%`, embeddings, a line each between them. No crash, no work
 * without end; what is said has places inside the files; a model that comes out is one that the compiler takes and that answers. */
#include "check.h"
#include "embed.h"
#include "eval.h"
#include "import/import.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char folder[] = "fuzz-import-XXXXXX";
static char out[64]; /* below it */
static FILE *nowhere;

static void remove_folder(const char *path)
{
    DIR *listed = opendir(path);
    for (struct dirent *entry; listed && (entry = readdir(listed));) {
        char name[512];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        unlink(name);
    }
    if (listed) {
        closedir(listed);
    }
    rmdir(path);
}

static void remove_files(void)
{
    remove_folder(out);
    remove_folder(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    nowhere = fopen("/dev/null", "w");
    if (!nowhere || !mkdtemp(folder)) {
        abort();
    }
    snprintf(out, sizeof out, "%s/out", folder);
    atexit(remove_files);
    return 0;
}

/* Up to the next line `%%`, into a file. */
static const char *put(Arena *arena, const char *name, const uint8_t **data, size_t *size)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
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
            diag_print(d, stderr);
            abort();
        }
    }
}

static void check_model_of(Arena *arena, const char *path)
{
    Diag *d = diag_new(arena);
    const char *why = NULL;
    const Source *library[1];
    for (size_t i = 0; i < embed_count(); i++) {
        const Embedded *file = embed_at(i);
        if (strcmp(file->path, "examples/lib/prelude.sinter") == 0) {
            Source *source = source_of_text(arena, file->path, file->text, file->bytes);
            source->library = 1;
            library[0] = source;
        }
    }
    const CheckInput input = {source_of_file(arena, path, 1 << 24, &why), out, library, 1};
    Graph *graph = input.text ? check_model(arena, d, &input) : NULL;
    if (!graph || d->errors) {
        diag_print(d, stderr);
        abort();
    }
    answer(arena, d, graph);
    weights_close((Weights *)(uintptr_t)graph->weight_file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const char *program = put(arena, "p.py", &data, &size), *weights = put(arena, "w.csv", &data, &size);
    const ImportFiles files = {program, weights, put(arena, "e.csv", &data, &size), out};
    import_program(arena, d, &files);
    if (d->ours) {
        diag_print(d, stderr);
        abort();
    }
    for (int i = 0; i < d->item.n; i++) {
        const Span span = d->item.at[i].span;
        if (span.source && span.source->text && span.begin != UINT32_MAX && (span.begin > span.end || span.end > span.source->bytes)) {
            abort();
        }
    }
    diag_print(d, nowhere);
    if (d->errors == 0) {
        check_model_of(arena, arena_printf(arena, "%s/p.sinter", out));
    }
    arena_free(arena);
    str_forget();
    return 0;
}
