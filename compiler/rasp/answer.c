#include "answer.h"
#include "../eval.h"
#include "../scalar_text.h"

static int compute(RaspProgram *p, Arena *arena, Answer *a)
{
    const Graph *graph = a->lowered->graph;
    const Tensor **input = arena_array(arena, const Tensor *, graph->inputs.n + 1);
    Tensor *output = arena_array(arena, Tensor, graph->outputs.n + 1);
    for (int i = 0; i < graph->inputs.n; i++) {
        const LoweredInput *one = &a->lowered->input.at[i];
        input[i] = tokens_tensor(p, arena, a->tokens, one->input, one->part);
        if (!input[i]) {
            return 0;
        }
    }
    const int errors = p->d->errors;
    const EvalSequence sequence = {-1, NULL, input};
    Eval *eval = eval_new(graph, arena, p->d, NULL, NULL);
    a->output = output;
    const int fine = eval_check(eval, &sequence) && eval_run(eval, arena, &sequence, output);
    if (!fine && p->d->errors > errors && a->tokens->name) {
        diag_hint(p->d, "in %s", a->tokens->name);
    }
    return fine;
}

int answer_compute(RaspProgram *p, Arena *arena, const RaspValue *value, const RaspTokens *tokens, Answer *out)
{
    *out = (Answer){.tokens = tokens};
    if (!rasp_needs_input(value)) {
        return 1;
    }
    if (p->lowered_value != value) {
        p->lowered = lower_value(p, p->arena, value, str_of("out"));
        p->lowered_value = value;
    }
    out->lowered = p->lowered;
    if (out->lowered && tokens->atom.n == 0) {
        program_error(p, out->lowered->graph->made_at, "the input is empty");
        return 0;
    }
    return out->lowered && compute(p, arena, out);
}

int64_t answer_length(const Answer *a)
{
    return a->tokens->atom.n;
}

Atom answer_atom(const Answer *a, int leaf, int64_t i)
{
    const LoweredValue *v = &a->lowered->value.at[leaf];
    const Tensor *out = a->output;
    const AtomType type = v->output[PART_TAG] >= 0 ? (AtomType)out[v->output[PART_TAG]].integer[i] : mask_first(v->value->sop->mask);
    if (type == ATOM_STR) {
        char room[16];
        size_t bytes;
        const char *text = symbol_text(out[v->output[PART_TEXT]].integer[i], &bytes, room);
        return atom_str(str_of_n(text, bytes));
    }
    if (type == ATOM_FLOAT) {
        return atom_float(out[v->output[PART_REAL]].real[i]);
    }
    const int64_t value = out[v->output[PART_INT]].integer[i];
    return type == ATOM_BOOL ? atom_bool(value != 0) : atom_int(value);
}

int answer_selects(const Answer *a, int leaf, int64_t query, int64_t key)
{
    const Tensor *grid = &a->output[a->lowered->value.at[leaf].output[PART_INT]];
    return grid->integer[query * grid->shape[1] + key] != 0;
}
