/* The files of a model. */
#include "codegen.h"
#include "device.h"
#include "model.h"

#include "../compiler/outfile.h"

#include <string.h>
#include <unistd.h>

typedef struct Written {
    const char *name;
    Text *text;
} Written;

static int write_all(Plan *p, const Written *file, int n, OutFiles *files)
{
    for (int i = 0; i < n; i++) {
        OutFile *out = outfiles_open(files, p->arena, p->diag, arena_printf(p->arena, "%s/%s", p->options->directory, file[i].name));
        if (!out || !outfile_write(out, file[i].text->at.at, (size_t)file[i].text->at.n)) {
            return out && outfile_finish(out, p->diag);
        }
    }
    return 1;
}

/* What a GPU runs, and what starts it there. Last: its plan flattens the graph, and puts weights of its own behind the others. */
static int device_files(const Model *m, Written *file, int n)
{
    Model g;
    Plan *p = m->p;
    if (!device_make(&g, m, p->diag)) {
        return n;
    }
    static void (*const print[])(Model *, Text *) = {device_host_print, device_kernels_print, device_fatbin_print};
    static const char *const ending[] = {"_cuda.c", ".cu", "_fatbin.S"};
    for (int i = 0; i < 3; i++) {
        file[n] = (Written){arena_printf(p->arena, "%s%s", p->prefix, ending[i]), text_new(p->arena, 0)};
        print[i](&g, file[n++].text);
    }
    return n;
}

int codegen_emit(const Graph *graph, const EmitOptions *options, Diag *d)
{
    Model m;
    Written file[16];
    int n = 0;
    if (!model_make(&m, graph, options, d)) {
        return 0;
    }
    Plan *p = m.p;
    if (options->used) {
        *options->used = p->options->target;
    }
    file[n] = (Written){arena_printf(p->arena, "%s.h", p->prefix), text_new(p->arena, 0)};
    header_print(&m, file[n++].text);
    file[n] = (Written){arena_printf(p->arena, "%s.c", p->prefix), text_new(p->arena, 0)};
    source_print(&m, file[n++].text);
    if (target_is_fast(options->target)) {
        file[n] = (Written){arena_printf(p->arena, "%s_kernels.c", p->prefix), text_new(p->arena, 0)};
        kernels_print(&m, file[n++].text);
    }
    if (m.simd) {
        file[n] = (Written){arena_printf(p->arena, "%s_simd.h", p->prefix), text_new(p->arena, 0)};
        simd_print(&m, file[n++].text);
    }
    if (!options->freestanding) {
        file[n] = (Written){arena_printf(p->arena, "%s_main.c", p->prefix), text_new(p->arena, 0)};
        if (graph->program) {
            program_main_print(&m, file[n++].text);
        } else {
            main_print(&m, file[n++].text);
        }
    }
    if (graph->program) {
        file[n] = (Written){arena_printf(p->arena, "%s_text.c", p->prefix), text_new(p->arena, 0)};
        text_print(&m, file[n++].text);
    }
    if (options->tokenizer) {
        file[n] = (Written){arena_printf(p->arena, "%s_tokenizer.c", p->prefix), text_new(p->arena, 0)};
        tokenizer_print(&m, file[n++].text);
    }
    file[n] = (Written){arena_printf(p->arena, "%s.map.json", p->prefix), text_new(p->arena, 0)};
    map_print(&m, file[n++].text);
    file[n] = (Written){"CMakeLists.txt", text_new(p->arena, 0)};
    cmake_print(&m, file[n++].text);
    file[n] = (Written){"Makefile", text_new(p->arena, 0)};
    make_print(&m, file[n++].text);
    if (target_has_device(options->target)) {
        n = device_files(&m, file, n);
    }
    if (d->errors) {
        return 0;
    }
    OutFiles files = {0};
    const int made = outfile_directory(d, options->directory);
    const WeightsEmitOptions weights = {options->directory, p->prefix, NULL, options->inline_weights, &files};
    const int good = made >= 0 && (!m.pack->weight.n || weights_emit(p->arena, d, &weights, m.pack->weight.at, m.pack->weight.n)) &&
                     write_all(p, file, n, &files) && outfiles_keep(&files, d);
    if (!good) {
        outfiles_drop(&files);
    }
    if (!good && made > 0) {
        rmdir(options->directory);
    }
    return good;
}
