/* weights and check-weights: a RASP program as a transformer, and a transformer against the program */
#include "command.h"
#include "rasp/weights.h"
#include "value.h"

#include <stdlib.h>
#include <string.h>

static int is_rasp(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".rasp") == 0;
}

static RaspProgram *program_of(Arena *arena, Diag *d, const Options *o, const char *path)
{
    const char *why = NULL;
    const Source *text = source_of_file(arena, path, TEXT_LIMIT, &why);
    if (!is_rasp(path) || !text) {
        diag_error_file(d, path, "%s", is_rasp(path) ? why : "is no .rasp file");
        return NULL;
    }
    return command_program(arena, d, o, text);
}

static void write_weights(Arena *arena, Diag *d, const Options *o)
{
    if (!o->vocab || !o->max_length || !o->directory) {
        diag_error(d, (Span){0}, "'sinter weights' needs --vocab TEXT, --max-length N and -d DIR");
        return;
    }
    const WeightsOptions options = {o->vocab, atoi(o->max_length), o->directory};
    RaspProgram *program = program_of(arena, d, o, o->model);
    const struct RaspValue *value = program ? rasp_value(program, o->only) : NULL;
    if (value) {
        weights_write(program, arena, value, &options);
    }
}

/* ---- check-weights ----------------------------------------------------------------------------------------------------------------- */

static int number_of(const char *text, int otherwise)
{
    return text ? atoi(text) : otherwise;
}

static void print_string(const char *name, const char *text, FILE *out)
{
    fprintf(out, ", \"%s\": ", name);
    if (text) {
        value_print_string(text, out);
    } else {
        fputs("null", out);
    }
}

static void print_verdict(const WeightsVerdict *v, int json, FILE *out)
{
    const long long inputs = v->inputs, refused = v->refused, agree = v->agree, weights = v->weights, changed = v->changed;
    const double share = inputs > refused ? (double)agree / (double)(inputs - refused) : 1;
    if (json) {
        fprintf(out, "{\"inputs\": %lld, \"refused\": %lld, \"agree\": %lld, \"agreement\": %.6g", inputs, refused, agree, share);
        fprintf(out, ", \"all_up_to\": %d, \"random\": %d, \"max_length\": %d, \"vocab\": %d", v->all_up_to, v->random, v->longest,
                v->vocab);
        fprintf(out, ", \"weights\": %lld, \"changed\": %lld", weights, changed);
        print_string("disagreement", v->disagreement, out);
        print_string("change", v->change, out);
        fputs("}\n", out);
        return;
    }
    fprintf(out, "%lld inputs: all of up to %d of %d tokens, %d random ones of up to %d\n", inputs, v->all_up_to, v->vocab, v->random,
            v->longest);
    if (refused) {
        fprintf(out, "%lld of them have no value in the program\n", refused);
    }
    fprintf(out, "%lld of %lld agree; %lld of %lld weights are those of the program\n", agree, inputs - refused, weights - changed,
            weights);
}

/* Everything is tried with the options that the directory was written with. */
static const Graph *model_of(Arena *arena, Diag *d, const char *directory)
{
    const char *why = NULL, *path = arena_printf(arena, "%s/model.sinter", directory);
    const Source *text = source_of_file(arena, path, TEXT_LIMIT, &why);
    if (!text) {
        diag_error_file(d, path, "%s", why);
        return NULL;
    }
    const Library lib = command_library(arena);
    const CheckInput input = {text, directory, lib.at, lib.n};
    return check_model(arena, d, &input);
}

static void check_weights(Arena *arena, Diag *d, const Options *o, FILE *out)
{
    if (o->inputs < 1) {
        diag_error(d, (Span){0}, "'sinter check-weights' needs a directory and a program: sinter check-weights DIR FILE.rasp");
        return;
    }
    RaspProgram *program = program_of(arena, d, o, o->input[1]);
    const struct RaspValue *value = program ? rasp_value(program, o->only) : NULL;
    WeightsTrial trial = {.directory = o->model,
                          .all_up_to = number_of(o->all_up_to, -1),
                          .random = number_of(o->random, 10000),
                          .seed = o->seed ? strtoull(o->seed, NULL, 10) : 0};
    WeightsVerdict verdict;
    if (!value || !(trial.graph = model_of(arena, d, o->model)) || !weights_check_program(program, arena, d, value, &trial, &verdict)) {
        return;
    }
    print_verdict(&verdict, o->json, out);
    if (verdict.inputs == verdict.refused) {
        diag_warning_file(d, o->input[1], "the program has no value on any of these inputs: nothing was compared");
    }
    if (verdict.disagreement) {
        diag_error_file(d, o->model, "%s", verdict.disagreement);
    }
    if (verdict.change) {
        diag_error_file(d, o->model, "%lld of %lld weights are not those of the program: %s", (long long)verdict.changed,
                        (long long)verdict.weights, verdict.change);
    }
}

void command_weights(Arena *arena, Diag *d, const Options *o, FILE *out)
{
    if (o->command == CMD_WEIGHTS) {
        write_weights(arena, d, o);
    } else {
        check_weights(arena, d, o, out);
    }
}
