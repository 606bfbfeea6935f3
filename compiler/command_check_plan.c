/* check-plan: a model built twice, plainly and with the options that were given, and how far the answers are from each other */
#include "build.h"
#include "command.h"
#include "json_text.h"
#include "process.h"
#include "target.h"
#include "weights/difference.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Trial {
    Arena *arena;
    Diag *d;
    const Options *o;
    const Graph *graph;
    const char *folder; /* of our own, for programs and answers */
    double limit;       /* INFINITY: none */
} Trial;

static int read_limit(Trial *t)
{
    const char *text = t->o->max_error;
    char *end = NULL;
    t->limit = text ? strtod(text, &end) : INFINITY;
    if (text && (*end || !isfinite(t->limit) || t->limit < 0 || strspn(text, "0123456789.eE+-") != strlen(text))) {
        diag_error(t->d, (Span){0}, "'--max-error=%s' is no number from 0", text);
        return 0;
    }
    return 1;
}

/* Before compilers run for seconds. */
static int is_readable(Trial *t, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        diag_error_file(t->d, path, "cannot be read: %s", strerror(errno));
        return 0;
    }
    fclose(file);
    return 1;
}

/* Builds with these options and has the program answer everything. Returns the answers, NULL after reporting. */
static Weights *answers(Trial *t, Options options, const char *name)
{
    char *program = arena_printf(t->arena, "%s/%s", t->folder, name), *file = arena_printf(t->arena, "%s.safetensors", program);
    options.command = CMD_BUILD;
    options.out = program;
    command_emit(t->arena, t->d, &options, t->graph);
    if (t->d->errors) {
        return NULL;
    }
    char *from = t->o->in ? arena_printf(t->arena, "--in=%s", t->o->in) : NULL;
    char *device = options.target && target_has_device(target_find(options.target)) ? arena_printf(t->arena, "--device=%s", options.target)
                                                                                    : from;
    char *words[] = {program, arena_printf(t->arena, "--out=%s", file), device, device != from ? from : NULL, NULL};
    if (process_run_on(t->o->texts, ".", words) != 0) {
        diag_error(t->d, (Span){0}, "the program that was built for '%s' does not answer", t->o->in ? t->o->in : t->o->texts);
        return NULL;
    }
    return weights_open(t->arena, t->d, file);
}

/* "12/embedding" is of the output `name`. */
static int is_of(const WeightTensor *tensor, const char *name)
{
    const char *slash = strchr(tensor->name, '/');
    return slash && strcmp(slash + 1, name) == 0;
}

static Difference compare(Trial *t, const Weights *wanted, const Weights *got, const char *output)
{
    VEC(const WeightTensor *) from = {0}, to = {0};
    for (int i = 0; i < weights_count(wanted); i++) {
        const WeightTensor *tensor = weights_at(wanted, i);
        if (is_of(tensor, output)) {
            vec_push(t->arena, from, tensor);
            vec_push(t->arena, to, weights_find(got, tensor->name));
        }
    }
    return difference_of(t->arena, from.at, to.at, from.n);
}

static void print_difference(Json *j, const char *output, const Difference *x)
{
    json_open(j, NULL, '{');
    json_string(j, "name", output);
    json_number(j, "sequences", (double)x->tensors);
    json_number(j, "rows", (double)x->rows);
    json_number(j, "elements", (double)x->elements);
    json_real(j, "max_error", x->most);
    json_real(j, "relative_l2", x->relative);
    json_real(j, "cosine_min", x->cosine_least);
    json_real(j, "cosine_median", x->cosine_median);
    json_real(j, "argmax_agreement", x->argmax);
    json_real(j, "neighbour_agreement", x->neighbour);
    json_number(j, "shapes_differ", (double)x->shapes);
    json_number(j, "not_finite", (double)x->not_finite);
    json_close(j, '}');
}

static void hold_against_limit(Trial *t, const char *output, const Difference *x)
{
    if (t->limit == INFINITY) {
        return;
    }
    if (x->most > t->limit) {
        diag_error(t->d, (Span){0}, "output '%s' is off by %.3g, more than --max-error=%s", output, x->most, t->o->max_error);
    }
    if (x->shapes || x->not_finite) {
        diag_error(t->d, (Span){0}, "output '%s' is not comparable: other shapes: %lld, elements finite in one of the two: %lld", output,
                   (long long)x->shapes, (long long)x->not_finite);
    }
}

static void report(Trial *t, const Weights *wanted, const Weights *got, FILE *out)
{
    Json j = {text_new(t->arena, 0), 1, 0};
    json_open(&j, NULL, '{');
    json_string(&j, "model", t->graph->name);
    json_open(&j, "outputs", '[');
    for (int i = 0; i < t->graph->outputs.n; i++) {
        const char *name = t->graph->outputs.at[i]->name;
        const Difference x = compare(t, wanted, got, name);
        print_difference(&j, name, &x);
        hold_against_limit(t, name, &x);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    fwrite(j.out->at.at, 1, (size_t)j.out->at.n, out);
}

void command_check_plan(Arena *arena, Diag *d, const Options *o, const Graph *graph, FILE *out)
{
    Trial t = {arena, d, o, graph, NULL, INFINITY};
    if (!o->in == !o->texts) {
        diag_error(d, (Span){0},
                   o->in ? "'sinter check-plan' takes --texts or --in, not both"
                         : "'sinter check-plan' needs what to try it on: --texts FILE or --in FILE");
        return;
    }
    if (!read_limit(&t) || !is_readable(&t, o->in ? o->in : o->texts) || !(t.folder = build_temporary(arena, d))) {
        return;
    }
    Options plain = *o;
    plain.target = "c";
    plain.no_forms = 0; /* target c has none */
    plain.no_recognise = 1;
    plain.forms = plain.numbers = NULL;
    Weights *wanted = answers(&t, plain, "plain");
    const int some = wanted && weights_count(wanted) > 0;
    if (wanted && !some) {
        diag_error(d, (Span){0}, "there is nothing in '%s' to try it on", o->in ? o->in : o->texts);
    }
    Weights *got = some ? answers(&t, *o, "planned") : NULL;
    if (got) {
        report(&t, wanted, got, out);
    }
    weights_close(wanted);
    weights_close(got);
    build_remove(arena, t.folder);
}
