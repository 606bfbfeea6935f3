/* build, emit, explain: what the C back end is asked for */
#include "build.h"
#include "codegen.h"
#include "command.h"
#include "../codegen/normal/normal.h"
#include "main_tokenizer.h"
#include "target.h"

#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A file in the banner is called as the text calls it: two folders may have a config.json. From the root on it is where a person keeps it,
 * which is left out; so is a folder that would end the comment. */
static const char *banner_name(const char *file)
{
    return file[0] == '/' || strchr(file, '*') ? base_name(file) : file;
}

/* `build` makes a program for this machine, so it may use it. */
static const Target *target_of(const Options *o, const Graph *graph)
{
    if (o->target) {
        return target_find(o->target);
    }
    return o->command == CMD_BUILD && !graph->program ? target_of_machine() : target_plain();
}

/* A GPU multiplies halves of floats, unless something else is asked for. */
static Arithmetic numbers_of(const Options *o, const Target *target)
{
    return !o->numbers && target_has_device(target) && !o->no_forms ? ARITHMETIC_BF16 : arithmetic_named(o->numbers);
}

static EmitOptions options_of(Arena *arena, const Options *o, const Graph *graph)
{
    const char *folder = command_folder(arena, o);
    VEC(EmitInput) input = {0};
    const EmitInput text = {NULL, graph->source, arena_printf(arena, "%s.%s", graph->name, graph->program ? "rasp" : "sinter")};
    vec_push(arena, input, text);
    for (int i = 0; i < graph->files.n; i++) {
        Str file = graph->files.at[i];
        const EmitInput one = {file[0] == '/' ? file : arena_printf(arena, "%s/%s", folder, file), NULL, banner_name(file)};
        vec_push(arena, input, one);
    }
    return (EmitOptions){.input = input.at,
                         .inputs = input.n,
                         .freestanding = o->freestanding,
                         .target = target_of(o, graph),
                         .inline_weights = o->inline_weights,
                         .no_recognise = o->no_recognise,
                         .no_forms = o->no_forms,
                         .multiplier = o->gemm,
                         .weights = numbers_of(o, target_of(o, graph)),
                         .forms = o->forms,
                         .model_dir = folder};
}

static const char FAST[] = "--target=x86, zen4, avx512, avx2 or neon";

static int may_have_kernels(const Target *target)
{
    return target_has_device(target) || target_is_fast(target);
}

/* Are products to be of numbers that only kernels know? */
static int has_kernels(Diag *d, const EmitOptions *options)
{
    const int device = target_has_device(options->target), kernels = may_have_kernels(options->target) && !options->no_forms;
    if (options->weights == ARITHMETIC_F32 || (kernels && (device || options->weights != ARITHMETIC_F16))) {
        return 1;
    }
    const char *name = arithmetic_name[options->weights];
    if (options->no_forms) {
        diag_error(d, (Span){0}, "--weights=%s is for kernels, which --no-forms leaves out", name);
    } else if (options->weights == ARITHMETIC_F16) {
        diag_error(d, (Span){0}, "--weights=%s is for kernels of a GPU", name);
    } else {
        diag_error(d, (Span){0}, "--weights=%s is for kernels, which target %s does not have", name, options->target->name);
        diag_hint(d, "%s", FAST);
    }
    return 0;
}

/* Options about forms that change nothing: the result is right, and not what was meant. */
static void warn_of_forms(Diag *d, const EmitOptions *options)
{
    const char *name = options->forms ? "forms" : options->no_forms ? "no-forms" : NULL;
    if (!name) {
        return;
    }
    if (!may_have_kernels(options->target)) {
        diag_warning(d, (Span){0}, "--%s is about kernels, which target %s does not have", name, options->target->name);
        diag_hint(d, "%s", FAST);
    } else if (options->forms && options->no_forms) {
        diag_warning(d, (Span){0}, "--forms is about kernels, which --no-forms leaves out");
    }
}

/* Is a library to multiply what it can? */
static int has_library(Diag *d, const EmitOptions *options, int program)
{
    const int halves = options->weights == ARITHMETIC_BF16 || options->weights == ARITHMETIC_F16;
    const Device *device = options->target->device;
    if (!options->multiplier || (device && strcmp(device->multiplier, options->multiplier) == 0 && halves && !program)) {
        return 1;
    }
    if (!device) {
        diag_error(d, (Span){0}, "'--gemm=%s' is for a target with a GPU", options->multiplier);
    } else if (program) {
        diag_error(d, (Span){0}, "--gemm=%s multiplies halves of floats, and a RASP program has none", options->multiplier);
    } else if (options->no_forms) {
        diag_error(d, (Span){0}, "--gemm=%s is for kernels, which --no-forms leaves out", options->multiplier);
    } else {
        diag_error(d, (Span){0}, "--gemm=%s multiplies halves of floats, not %s", options->multiplier, arithmetic_name[options->weights]);
        diag_hint(d, "--weights=bf16 or f16");
    }
    return 0;
}

void command_emit(Arena *arena, Diag *d, const Options *o, const Graph *graph)
{
    const char *folder = command_folder(arena, o), *directory = o->directory;
    if (o->command == CMD_EMIT ? !directory : !o->out) {
        diag_error(d, (Span){0},
                   o->command == CMD_EMIT ? "'sinter emit' needs a directory: -d DIR"
                                          : "'sinter build' needs the name of the executable: -o FILE");
        return;
    }
    if (o->command == CMD_BUILD && o->freestanding) {
        diag_error(d, (Span){0}, "a freestanding model has no command line; use 'sinter emit'");
        return;
    }
    EmitOptions options = options_of(arena, o, graph);
    const char *wrong = NULL;
    if (target_has_device(options.target)) {
        options.arch = target_arch_flags(arena, options.target->device, o->arch, &wrong);
    }
    if (wrong || (o->arch && !options.arch)) {
        diag_error(d, (Span){0},
                   wrong ? "'--arch=%s': '%s' is not of the form sm_90 or compute_90" : "'--arch=%s' is for a target with a GPU", o->arch,
                   wrong);
        return;
    }
    if (options.target != target_plain() && ((graph->program && !target_has_device(options.target)) || o->freestanding)) {
        diag_error(d, (Span){0}, "%s is compiled for target c, not %s", graph->program ? "a RASP program" : "a freestanding model",
                   o->target);
        return;
    }
    if (!has_kernels(d, &options) || !has_library(d, &options, graph->program)) {
        return;
    }
    warn_of_forms(d, &options);
    const Target *used = options.target;
    options.used = &used;
    options.directory = directory;
    options.tokenizer = main_tokenizer(arena, d, graph, folder);
    const int own = !directory;
    if (d->errors || (own && !(options.directory = build_temporary(arena, d)))) {
        return;
    }
    if (codegen_emit(graph, &options, d) && o->command == CMD_BUILD) {
        build_executable(arena, d, options.directory, codegen_name(arena, graph, &options), used, options.arch,
                         !o->threads || strcmp(o->threads, "1") != 0, o->out);
    }
    if (own) {
        build_remove(arena, options.directory);
    }
}

void command_explain(Arena *arena, Diag *d, const Options *o, const Graph *graph)
{
    const EmitOptions options = options_of(arena, o, graph);
    if (has_kernels(d, &options) && has_library(d, &options, graph->program)) {
        warn_of_forms(d, &options);
        codegen_explain(graph, &options, d, o->json, stdout);
    }
}

void command_dump(Arena *arena, Diag *d, const Options *o, Graph *graph)
{
    const EmitOptions options = options_of(arena, o, graph);
    if (strcmp(o->dump, "graph") == 0) {
        graph_print(graph, stdout);
    } else if (strcmp(o->dump, "normal") == 0) {
        norm_dump(graph, 0, stdout);
    } else {
        codegen_dump(graph, &options, d, stdout);
    }
}
