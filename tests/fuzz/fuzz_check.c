/* Any bytes as a model text, all the way to C: beside a config and weights, with the prelude. No crash, no endless work; what is said has
 * places inside the text and is the author's doing; a graph that is made can be printed, searched for what it does not read, written
 * as C or it is said why not, and rewritten by its normal form. */
#include "check.h"
#include "codegen.h"
#include "embed.h"
#include "../../codegen/normal/normal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char folder[] = "fuzz-check-XXXXXX";
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

static void write_files(void)
{
    static const char config[] = "{\"n\": 2, \"d\": 3, \"eps\": 1e-5, \"act\": \"relu\", \"list\": [1, 2, 3], \"flag\": true, \"deep\": {\"d\": 4}, "
                                 "\"vocab_size\": 5, \"hidden_size\": 6, \"num_hidden_layers\": 2, \"num_attention_heads\": 2, "
                                 "\"id2label\": {\"0\": \"a\", \"1\": \"b\"}}";
    static const int64_t matrix[] = {5, 6}, row[] = {6}, square[] = {6, 6};
    static const float zeros[64];
    const SafetensorsItem item[] = {{"embed.weight", DTYPE_F32, 2, matrix, zeros}, {"norm.weight", DTYPE_F32, 1, row, zeros},
                                    {"a", DTYPE_F16, 2, square, zeros},           {"w", DTYPE_F32, 1, row, zeros},
                                    {"layer.0.w", DTYPE_I64, 1, row, zeros},      {"layer.1.w", DTYPE_I64, 1, row, zeros}};
    char path[64];
    Arena *arena = arena_new();
    snprintf(path, sizeof path, "%s/config.json", folder);
    FILE *file = fopen(path, "w");
    if (!file) {
        abort();
    }
    fputs(config, file);
    fclose(file);
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (!safetensors_write(arena, diag_new(arena), path, item, sizeof item / sizeof *item)) {
        abort();
    }
    arena_free(arena);
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
    write_files();
    return 0;
}

static void check_places(const Diag *d)
{
    for (int i = 0; i < d->item.n; i++) {
        const Span span = d->item.at[i].span;
        if (span.source && span.source->text && span.begin != UINT32_MAX && (span.begin > span.end || span.end > span.source->bytes)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const Source *library[1];
    int libraries = 0;
    for (size_t i = 0; i < embed_count(); i++) {
        const Embedded *file = embed_at(i);
        if (strcmp(file->path, "examples/lib/prelude.sinter") == 0) {
            Source *source = source_of_text(arena, file->path, file->text, file->bytes);
            source->library = 1;
            library[0] = source;
            libraries = 1;
        }
    }
    const CheckInput input = {source_of_text(arena, "fuzz.sinter", size ? (const char *)data : "", size), folder, library, libraries};
    Graph *graph = check_model(arena, d, &input);
    if ((graph != NULL) != (d->errors == 0) || d->ours) {
        diag_print(d, stderr);
        abort();
    }
    if (graph) {
        graph_print(graph, nowhere);
        check_unread(graph, d);
        const EmitOptions options = {.directory = out, .model_dir = folder};
        if (codegen_emit(graph, &options, d) != (d->errors == 0) || d->ours) {
            diag_print(d, stderr);
            abort();
        }
        norm_rewrite(graph, 1);
        const char *broken = graph_verify(graph);
        if (broken) {
            fprintf(stderr, "by its normal form: %s\n", broken);
            abort();
        }
        weights_close((Weights *)(uintptr_t)graph->weight_file);
    }
    check_places(d);
    diag_print(d, nowhere);
    arena_free(arena);
    str_forget();
    return 0;
}
