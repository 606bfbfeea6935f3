/* Any bytes as a model text, all the way to C: beside a config and weights, with the prelude. No crash, no endless work; what is said has
 * places inside the text and is the author's doing; a graph that is made can be printed, searched for what it does not read, written
 * as C or it is said why not, and rewritten by its normal form. */
#include "check.h"
#include "codegen.h"
#include "fuzz.h"
#include "../../codegen/normal/normal.h"

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
    snprintf(path, sizeof path, "%s/config.json", fuzz_folder);
    FILE *file = fopen(path, "w");
    if (!file) {
        abort();
    }
    fputs(config, file);
    fclose(file);
    snprintf(path, sizeof path, "%s/model.safetensors", fuzz_folder);
    if (!safetensors_write(arena, diag_new(arena), path, item, sizeof item / sizeof *item)) {
        abort();
    }
    arena_free(arena);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_begin();
    write_files();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const Source *library[] = {fuzz_library(arena, "examples/lib/prelude.sinter")};
    const CheckInput input = {source_of_text(arena, "fuzz.sinter", size ? (const char *)data : "", size), fuzz_folder, library, 1};
    Graph *graph = check_model(arena, d, &input);
    if ((graph != NULL) != (d->errors == 0) || d->ours) {
        fuzz_fail(d);
    }
    if (graph) {
        graph_print(graph, fuzz_nowhere());
        check_unread(graph, d);
        const EmitOptions options = {.directory = fuzz_out, .model_dir = fuzz_folder};
        if (codegen_emit(graph, &options, d) != (d->errors == 0) || d->ours) {
            fuzz_fail(d);
        }
        norm_rewrite(graph, 1);
        const char *broken = graph_verify(graph);
        if (broken) {
            fprintf(stderr, "by its normal form: %s\n", broken);
            abort();
        }
        weights_close((Weights *)(uintptr_t)graph->weight_file);
    }
    fuzz_said(d);
    arena_free(arena);
    str_forget();
    return 0;
}
