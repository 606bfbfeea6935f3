/* check.c - written weights against the program
 *
 * Both are asked for many inputs, the text of the model through the reference evaluator. What a step function hides, a weight that is
 * a little off, is found by compiling once more: every number in the file has to be the one that the program gives. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#endif

#include "stack.h"

#include "../answer.h"
#include "../../eval.h"
#include "../../eval_files.h"
#include "../../value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUICK_INPUTS = 5000, QUICK_LENGTH = 5, INPUTS_MOST = 10000000 };
static const double tolerance = 1e-6;

typedef struct Trial {
    RaspProgram *p;
    Arena *arena;
    Diag *d;
    const RaspValue *value;
    const WeightsTrial *trial;
    WeightsVerdict *verdict;
    const Transformer *t;
    uint64_t random;
} Trial;

/* ---- the directory ----------------------------------------------------------------------------------------------------------------- */

static const char *list_text(Arena *arena, const Value *list)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) {
        return "[]";
    }
    value_print(list, out);
    fclose(out);
    const char *copy = arena_printf(arena, "%s", text);
    free(text);
    return copy;
}

/* How it was compiled. 0: reported. */
static int read_config(Trial *c, WeightsOptions *options)
{
    const char *path = arena_printf(c->arena, "%s/config.json", c->trial->directory);
    const Value *config = value_from_json_file(c->arena, c->d, path);
    const Value *vocab = config ? value_member(config, str_of("vocab")) : NULL,
                *longest = config ? value_member(config, str_of("max_length")) : NULL;
    if (!config) {
        return 0;
    }
    if (value_is_absent(vocab) || vocab->kind != V_LIST || value_is_absent(longest) || longest->kind != V_INT || longest->integer < 1 ||
        longest->integer > 9999) {
        diag_error_file(c->d, path, "has no vocab or no max_length: it was not written by 'sinter weights'");
        return 0;
    }
    *options = (WeightsOptions){list_text(c->arena, vocab), (int)longest->integer, c->trial->directory};
    return 1;
}

/* ---- weights ----------------------------------------------------------------------------------------------------------------------- */

static const char *place_text(Arena *arena, const SafetensorsItem *item, int64_t element)
{
    const char *text = "";
    for (int k = item->rank - 1; k >= 0; k--) {
        text = arena_printf(arena, "%lld%s%s", (long long)(element % item->shape[k]), *text ? ", " : "", text);
        element /= item->shape[k];
    }
    return arena_printf(arena, "%s[%s]", item->name, text);
}

static void compare_tensor(Trial *c, const SafetensorsItem *item, int64_t count)
{
    const WeightTensor *tensor = weights_find(c->trial->graph->weight_file, str_of(item->name));
    const float *wanted = item->data;
    WeightsVerdict *v = c->verdict;
    v->weights += count;
    if (!tensor || tensor->count != count || !dtype_is_readable(tensor->dtype)) {
        v->changed += count;
        v->change = v->change ? v->change : arena_printf(c->arena, "%s is another tensor than the program gives", item->name);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        const double value = weight_value(tensor, i);
        if (value != (double)wanted[i]) {
            v->changed++;
            v->change = v->change ? v->change
                                  : arena_printf(c->arena, "%s is %.9g; the program gives %.9g", place_text(c->arena, item, i), value,
                                                 (double)wanted[i]);
        }
    }
}

static int compare_weights(Trial *c)
{
    Stack *s = stack_of((Transformer *)c->t);
    for (int i = 0; s && i < s->item.n; i++) {
        int64_t count = 1;
        for (int k = 0; k < s->item.at[i].rank; k++) {
            count *= s->item.at[i].shape[k];
        }
        compare_tensor(c, &s->item.at[i], count);
    }
    return s != NULL;
}

/* ---- one input --------------------------------------------------------------------------------------------------------------------- */

static const char *input_text(Trial *c, Arena *scratch, const RaspTokens *tokens)
{
    const char *text = "";
    const int single = vocab_is_characters(c->t);
    for (int i = 0; i < tokens->atom.n; i++) {
        text = arena_printf(scratch, "%s%s%s", text, i && !single ? " " : "", atom_str_of(scratch, &tokens->atom.at[i]));
    }
    return text;
}

static int best_label(const Tensor *output, int64_t i)
{
    const int64_t n = output->shape[1];
    int best = 0;
    for (int k = 1; k < n; k++) {
        best = output->real[i * n + k] > output->real[i * n + best] ? k : best;
    }
    return best;
}

/* What the model says at position i, as it is shown; *same: it is what the program says. */
static const char *model_value(Arena *scratch, const Node *node, const Tensor *output, int64_t i, const Atom *wanted, int *same)
{
    if (output->rank == 2) {
        const Str label = node->free.at[1]->dim->label[best_label(output, i)];
        *same = strcmp(label, atom_str_of(scratch, wanted)) == 0 || (wanted->type == ATOM_FLOAT && strtod(label, NULL) == wanted->real);
        return label;
    }
    if (output->type != T_REAL && wanted->type != ATOM_FLOAT) {
        *same = wanted->type != ATOM_STR && output->integer[i] == wanted->integer;
        return arena_printf(scratch, "%lld", (long long)output->integer[i]);
    }
    const double value = output->type == T_REAL ? output->real[i] : (double)output->integer[i];
    *same = wanted->type != ATOM_STR && fabs(value - wanted->real) <= tolerance * fmax(1, fabs(wanted->real));
    return real_str(scratch, value);
}

static void disagree(Trial *c, Arena *scratch, const RaspTokens *tokens, const char *what)
{
    WeightsVerdict *v = c->verdict;
    v->disagreement = v->disagreement ? v->disagreement : arena_printf(c->arena, "on \"%s\" %s", input_text(c, scratch, tokens), what);
}

static int compare_output(Trial *c, Arena *scratch, const RaspTokens *tokens, const Answer *program, int k, const Tensor *output)
{
    const Node *node = c->trial->graph->outputs.at[k];
    for (int64_t i = 0; i < tokens->atom.n; i++) {
        const Atom wanted = answer_atom(program, k, i);
        int same;
        const char *got = model_value(scratch, node, &output[k], i, &wanted, &same);
        if (!same) {
            disagree(c, scratch, tokens,
                     arena_printf(scratch, "the program's %s is %s at position %lld, that of the weights %s", c->t->result.at[k].name,
                                  atom_str_of(scratch, &wanted), (long long)i, got));
            return 0;
        }
    }
    return 1;
}

static int model_runs(Trial *c, Eval *model, Arena *scratch, const int64_t *id, int n, Tensor *output)
{
    const int64_t length = n;
    Tensor *tok = tensor_new(scratch, T_INT, 1, &length);
    memcpy(tok->integer, id, sizeof *id * (size_t)n);
    const Tensor *input[] = {tok};
    const EvalSequence sequence = {-1, NULL, input};
    (void)c;
    return eval_check(model, &sequence) && eval_run(model, scratch, &sequence, output);
}

static void try(Trial *c, Eval *model, const int64_t *id, int n)
{
    Arena *scratch = arena_new();
    RaspTokens tokens = {0};
    Answer program;
    Diag *d = c->p->d;
    for (int i = 0; i < n; i++) {
        vec_push(scratch, tokens.atom, c->t->vocab.at[id[i]]);
    }
    c->verdict->inputs++;
    c->p->d = diag_new(scratch);
    const int fine = answer_compute(c->p, scratch, c->value, &tokens, &program);
    c->p->d = d;
    if (!fine) {
        c->verdict->refused++;
    } else {
        Tensor *output = arena_array(scratch, Tensor, c->trial->graph->outputs.n + 1);
        int agree = model_runs(c, model, scratch, id, n, output);
        if (!agree) {
            disagree(c, scratch, &tokens, "the weights give no result");
        }
        for (int k = 0; k < c->trial->graph->outputs.n && agree; k++) {
            agree = compare_output(c, scratch, &tokens, &program, k, output);
        }
        c->verdict->agree += agree;
    }
    arena_free(scratch);
}

/* ---- many ---------------------------------------------------------------------------------------------------------------------------- */

static double inputs_up_to(int vocab, int length)
{
    double all = 1, these = 1;
    for (int n = 1; n <= length; n++) {
        all += these *= vocab;
    }
    return all;
}

static int length_of_all(const Trial *c)
{
    const int longest = c->t->longest;
    int length = c->trial->all_up_to;
    if (length < 0) {
        length = QUICK_LENGTH;
        while (length > 1 && inputs_up_to(c->t->vocab.n, length) > QUICK_INPUTS) {
            length--;
        }
    }
    return length < longest ? length : longest;
}

static void try_all(Trial *c, Eval *model, int length)
{
    int64_t *id = arena_array(c->arena, int64_t, length + 1);
    for (int n = 0; n <= length; n++) {
        int more = 1;
        memset(id, 0, sizeof *id * (size_t)length);
        while (more && !c->verdict->disagreement) {
            try(c, model, id, n);
            int k = n - 1;
            while (k >= 0 && ++id[k] == c->t->vocab.n) {
                id[k--] = 0;
            }
            more = k >= 0;
        }
    }
}

/* Splitmix64: below n. */
static int64_t random_below(Trial *c, int64_t n)
{
    uint64_t z = c->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((z ^ (z >> 31)) % (uint64_t)n);
}

/* Of few different tokens as often as of many, so that they repeat. */
static void try_random(Trial *c, Eval *model)
{
    int64_t *id = arena_array(c->arena, int64_t, c->t->longest + 1);
    for (int i = 0; i < c->trial->random && !c->verdict->disagreement; i++) {
        const int n = 1 + (int)random_below(c, c->t->longest);
        const int64_t kinds = 1 + random_below(c, c->t->vocab.n), first = random_below(c, c->t->vocab.n);
        for (int k = 0; k < n; k++) {
            id[k] = (first + random_below(c, kinds)) % c->t->vocab.n;
        }
        try(c, model, id, n);
    }
}

/* The outputs are the leaves of the value, in their order. */
static int outputs_fit(const Trial *c)
{
    const Graph *g = c->trial->graph;
    int fit = g->outputs.n == c->t->result.n && g->inputs.n == 1 && g->inputs.at[0]->type == T_INT;
    for (int k = 0; k < g->outputs.n && fit; k++) {
        const VarList *free = &g->outputs.at[k]->free;
        fit = free->n == 1 || (free->n == 2 && free->at[1]->dim->label && g->outputs.at[k]->type == T_REAL);
    }
    if (!fit) {
        diag_error_file(c->d, c->trial->directory, "the model does not have the outputs that the program's value has");
    }
    return fit;
}

int weights_check_program(RaspProgram *p, Arena *arena, Diag *d, const RaspValue *value, const WeightsTrial *trial, WeightsVerdict *verdict)
{
    WeightsOptions options;
    Trial c = {.p = p, .arena = arena, .d = d, .value = value, .trial = trial, .verdict = verdict, .random = trial->seed};
    *verdict = (WeightsVerdict){.random = trial->random};
    if (!read_config(&c, &options) || !(c.t = transformer_of(p, arena, value, &options)) || !outputs_fit(&c) || !compare_weights(&c)) {
        return 0;
    }
    const int length = length_of_all(&c);
    verdict->all_up_to = length;
    verdict->longest = c.t->longest;
    verdict->vocab = c.t->vocab.n;
    if (inputs_up_to(c.t->vocab.n, length) > INPUTS_MOST) {
        diag_error(d, (Span){0}, "'--all-up-to=%d': there are more than %d inputs of %d tokens", trial->all_up_to, INPUTS_MOST,
                   c.t->vocab.n);
        return 0;
    }
    Eval *model = eval_new(trial->graph, arena, diag_new(arena), eval_load_weights, trial->graph->weight_file);
    try_all(&c, model, length);
    try_random(&c, model);
    return 1;
}
