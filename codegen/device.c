/* NAME.cu: kernels, as C would have them but for their heads. NAME_cuda.c: C that holds the structs, and launches in the order of the
 * model's text. */
#include "device.h"
#include "launch.h"
#include "paste.h"
#include "quote.h"
#include "source.h"

#include <string.h>

static int says(const Model *m, const char *what)
{
    return text_contains(m->kernels, what) || (m->p->device && text_contains(m->p->device, what));
}

int device_make(Model *m, const Model *like, Diag *d)
{
    EmitOptions *options = arena_new_of(like->p->arena, EmitOptions);
    *options = *like->p->options;
    options->device = 1;
    options->no_forms |= like->p->graph->program; /* they compute in float, programs in double */
    if (!model_plan(m, like->p->graph, options, like->p, d)) {
        return 0;
    }
    Plan *p = m->p;
    p->device = p->device ? p->device : text_new(p->arena, 0);
    if (!pack_add(p, like->pack)) {
        return 0;
    }
    repack_kernels(p, like->pack->made.n != 0);
    m->fault = 1;
    m->single = says(m, "_single_of(");
    m->texts = says(m, "->texts");
    m->pack = like->pack;
    m->banner = like->banner;
    m->setup = text_new(p->arena, 1);
    device_setup_print(m, m->setup);
    model_place(m);
    return d->errors == 0;
}

/* ---- NAME.cu ------------------------------------------------------------------------------------------------------------------------- */

/* Functions and tables of the processor are the device's too. Functions are known everywhere: what is known in this file alone has a name
 * made of the folder where it is compiled. */
static void add_for_device(const Text *text, Text *out)
{
    const char *at = text->at.at, *end = text->at.n ? at + text->at.n : at;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next + 1 : end;
        if (end - at > 7 && strncmp(at, "static ", 7) == 0) {
            const int table = memchr(at, '=', (size_t)(next - at)) != NULL;
            at += 7 + (strncmp(at + 7, "inline ", 7) == 0 ? 7 : 0);
            text_raw(out, table ? "static __device__ " : "__device__ inline ");
        }
        text_bytes(out, at, (size_t)(next - at));
        at = next;
    }
}

/* Strings of a program: what makes and orders them, for one thread. */
static void add_strings(Model *m, Text *out)
{
    Text *text = text_new(m->p->arena, 0);
    paste_file(m->p, "text/strings.c", text);
    for (const char *line = text->at.at, *end = line + text->at.n, *next; line < end; line = next) {
        next = memchr(line, '\n', (size_t)(end - line));
        next = next ? next + 1 : end;
        if (end - next > 1 && memcmp(next, "{\n", 2) == 0) { /* the head of a function */
            text_raw(out, "__device__ inline ");
            line += strncmp(line, "static ", 7) == 0 ? 7 : 0;
        }
        text_bytes(out, line, (size_t)(next - line));
    }
    text_line(out, "%s", "");
}

/* Words of the kernels of forms, those files that have one of theirs. */
static void paste_words(Plan *p, Text *out)
{
    static const struct {
        const char *file, *word, *other;
    } row[] = {{"cuda/lane.h", "store", "sort_block"},
               {"cuda/warp.h", "lane", "row_u8"},
               {"cuda/block.h", "add_up", NULL},
               {"cuda/copy.h", "copy_async", NULL},
               {"cuda/matrix.h", "matrix_", "row_64"},
               {"cuda/operand.h", "operand_", NULL},
               {"cuda/soft.h", "soft_rows", NULL},
               {"cuda/tile.h", "row_64", "row_128"},
               {"cuda/bytes.h", "row_u8", NULL},
               {"cuda/barrier.h", "mbarrier", NULL},
               {"cuda/box.h", "copy_box", "copy_row"},
               {"cuda/group.h", "group_multiply", NULL}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (text_contains(p->device, row[i].word) || (row[i].other && text_contains(p->device, row[i].other))) {
            paste_file(p, row[i].file, out);
            text_line(out, "%s", "");
        }
    }
}

/* Each kernel begins when the one before it may still run, and waits for it. */
static void add_kernels(const Text *text, Text *out)
{
    int kernel = 0;
    const char *at = text->at.at, *end = at + text->at.n;
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        line = line ? line + 1 : end;
        kernel |= strncmp(at, "__global__", 10) == 0;
        text_bytes(out, at, (size_t)(line - at));
        if (kernel && strncmp(at, "{\n", 2) == 0) {
            text_raw(out, "    grid_wait();\n");
            kernel = 0;
        }
        at = line;
    }
}

void device_kernels_print(Model *m, Text *out)
{
    Plan *p = m->p;
    Text *fixed = text_new(p->arena, 0);
    source_banner(m, ".cu", out);
    text_line(out, "%s", "");
    text_line(out, "#include <float.h>");
    text_line(out, "#include <math.h>");
    text_line(out, "#include <string.h>");
    text_line(out, "%s", "");
    text_add(out, m->declared);
    source_dims(m, p->device, out);
    text_line(out, "#ifdef __CUDACC__");
    text_line(out, "#pragma nv_diag_suppress 177 /* not every word is used */");
    text_line(out, "#endif");
    text_line(out, "%s", "");
    paste_file(p, "cuda/words.h", out);
    text_line(out, "%s", "");
    paste_words(p, out);
    parts_print(p, fixed);
    source_tables(m, fixed);
    add_for_device(fixed, out);
    if (text_contains(p->device, "sort_block(")) {
        paste_file(p, "cuda/sort.h", out);
        text_line(out, "%s", "");
    }
    if (m->texts) {
        add_strings(m, out);
    }
    source_batch(m, out);
    if (m->single) {
        Text *single = text_new(p->arena, 0);
        single_print(m, single);
        add_for_device(single, out);
        source_weight_types(m, out);
        source_buffer_types(m, out);
    }
    quote_library(p, out);
    text_line(out, "#ifdef __cplusplus");
    text_line(out, "extern \"C\" {");
    text_line(out, "#endif");
    text_line(out, "%s", "");
    add_kernels(p->device, out);
    text_line(out, "#ifdef __cplusplus");
    text_line(out, "}");
    text_line(out, "#endif");
}

/* ---- NAME_cuda.c --------------------------------------------------------------------------------------------------------------------- */

static void print_kernel_table(Model *m, Text *out)
{
    Plan *p = m->p;
    const int n = p->kernel_name.n;
    const char **item = arena_array(p->arena, const char *, n + 2), **name = arena_array(p->arena, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        item[i] = arena_printf(p->arena, "RUN_%s", p->kernel_name.at[i]);
        name[i] = arena_printf(p->arena, "\"%s\"", p->kernel_name.at[i]);
    }
    item[n] = "KERNELS";
    text_line(out, "/* The functions of %s.cu. */", p->prefix);
    text_list(out, "enum { ", item, n + 1, " };");
    text_line(out, "%s", "");
    text_list(out, "static const char *const kernel_name[KERNELS] = {", name, n, "};");
    text_line(out, "%s", "");
    text_line(out, "enum { KERNEL_PARAMETERS = %d };", p->kernel_params);
    text_line(out, "#define GIVEN_OFFSETS %d /* arrays that a batch brings */", device_offsets(m));
    text_line(out, "#define RETURNED %d      /* arrays that a run writes */", device_returned(m));
    text_line(out, "#define LISTS_TILES %d /* arrays of tiles that the host makes for it */", p->tiled.n);
    text_line(out, "#define MULTIPLIED %d /* kinds of rows that cuBLASLt multiplies, where it is there */", p->multiplied.n);
    if (p->multiplied.n) {
        text_line(out, "#define MULTIPLIES_MOST %d /* products of one left side */", p->multiplies_most);
    }
    text_line(out, "#define PUTS_STRUCTS %d", text_contains(m->kernels, "put_struct("));
    text_line(out, "%s", "");
    text_line(out, "extern const unsigned char %s_fatbin[]; /* %s.cu, compiled: see %s_fatbin.S */", p->prefix, p->prefix, p->prefix);
    text_line(out, "%s", "");
}

/* Some buffer holds entries that are sorted. */
static int uses_entries(const Model *m)
{
    for (int i = 0; i < m->space->lease.n; i++) {
        if (strcmp(m->space->lease.at[i].slot->type, "struct sort_entry") == 0) {
            return 1;
        }
    }
    return 0;
}

static void paste_host(Plan *p, Text *out)
{
    static const char *const file[] = {"library.h", "host.h",    "errors.c", "memory.c", "launch.c",
                                       "library.c", "context.c", "batch.c",  "graph.c",  "lane.c"};
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        if (p->multiplied.n || strncmp(file[i], "library", 7) != 0) {
            paste_file(p, arena_printf(p->arena, "cuda/host/%s", file[i]), out);
            text_line(out, "%s", "");
        }
    }
}

void device_host_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    Text *run = text_new(p->arena, 0);
    device_run_print(m, m->setup, run);
    source_banner(m, "_cuda.c", out);
    text_line(out, "%s", "");
    if (says(m, "copy_box(")) {
        text_line(out, "#include <cuda.h>");
    }
    text_line(out, "#include <cuda_runtime_api.h>");
    text_line(out, "%s", "");
    source_dims(m, m->kernels, out);
    if (m->space->region.n || text_contains(run, "space(")) {
        part_print(p, "space", out);
    }
    if (uses_entries(m)) {
        part_print(p, "sort_entry", out);
    }
    print_kernel_table(m, out);
    source_batch(m, out);
    source_weight_types(m, out);
    source_buffer_types(m, out);
    if (top->weights) {
        source_weights(m, out);
    } else {
        text_line(out, "struct %s_weights {", p->prefix);
        text_line(out, "    const float *none;");
        text_line(out, "};");
        text_line(out, "static const struct %s_weights %s_weights = {NULL};", p->prefix, p->prefix);
        text_line(out, "static const uint32_t %s_weights_data[1] = {0};", p->prefix);
    }
    device_where_print(m, out);
    repack_print(m, out);
    paste_host(p, out);
    text_add(out, m->kernels);
    source_regions(m, out);
    source_leases(m, out);
    text_add(out, run);
    if (p->options->multiplier && !p->multiplied.n) {
        text_line(out, "/* No product of this model is one of those that it computes. */");
        text_line(out, "const char *%s_cuda_library(const %s_cuda *gpu)", p->prefix, p->prefix);
        text_line(out, "{");
        text_line(out, "    (void)gpu;");
        text_line(out, "    return NULL;");
        text_line(out, "}");
    }
    text_trim(out);
}

void device_fatbin_print(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "/* %s.cu, compiled by nvcc for each architecture */", p->prefix);
    text_line(out, "    .section .rodata");
    text_line(out, "    .balign 64");
    text_line(out, "    .global %s_fatbin", p->prefix);
    text_line(out, "%s_fatbin:", p->prefix);
    text_line(out, "    .incbin \"%s.fatbin\"", p->prefix);
    text_line(out, "    .section .note.GNU-stack,\"\",%%progbits");
}

void device_header_print(Model *m, Text *out)
{
    Plan *p = m->p;
    paste_file(p, "cuda/api.h", out);
    text_trim(out);
    text_line(out, "%s", "");
    text_line(out, "/* What buffers of a batch take of the GPU's memory: the formula, with sequences and rows rounded up (by an eighth");
    text_line(out, " * at most, to 64 at least), workers: 32 for each multiprocessor; and that on this one. Weights are beside it, those");
    text_line(out, " * that kernels read, each once. */");
    text_line(out, "extern const char %s_cuda_formula[], %s_cuda_weights[];", p->prefix, p->prefix);
    text_line(out, "size_t %s_cuda_arena(const %s_cuda *gpu, const %s_io *io);", p->prefix, p->prefix, p->prefix);
    text_line(out, "%s", "");
    if (p->options->multiplier) {
        text_line(out, "/* Why kernels compute products in place of cuBLASLt; NULL: it does, what it can. */");
        text_line(out, "const char *%s_cuda_library(const %s_cuda *gpu);", p->prefix, p->prefix);
        text_line(out, "%s", "");
    }
}
