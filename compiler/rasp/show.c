/* show.c - values as text, in the original's form, or as JSON */
#include "lower.h"
#include "../eval.h"
#include "../scalar_text.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

typedef struct Show {
    RaspProgram *p;
    Arena *arena;
    RaspFormat format;
    VEC(char) text;
    const Lowered *lowered;
    const Tensor *output;
    const RaspTokens *tokens;
    int leaf; /* the next one */
} Show;

static void put(Show *s, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        vec_push(s->arena, s->text, text[i]);
    }
}

static void puts_(Show *s, const char *text)
{
    put(s, text, strlen(text));
}

static void put_json_string(Show *s, const char *text, size_t bytes)
{
    char escape[8];
    puts_(s, "\"");
    for (size_t i = 0; i < bytes; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            snprintf(escape, sizeof escape, "\\%c", c);
            puts_(s, escape);
        } else if (c < ' ') {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            puts_(s, escape);
        } else {
            put(s, text + i, 1);
        }
    }
    puts_(s, "\"");
}

static void put_real(Show *s, double value, int rounded)
{
    if (s->format == RASP_JSON_FORM) {
        puts_(s, isnan(value) ? "NaN" : isinf(value) ? (value > 0 ? "Infinity" : "-Infinity") : real_str(s->arena, value));
    } else {
        puts_(s, real_str(s->arena, rounded && isfinite(value) ? strtod(arena_printf(s->arena, "%.3f", value), NULL) : value));
    }
}

/* In a sequence of the text form bools are T and F, strings have no quotes, reals three digits. */
static void put_atom(Show *s, const Atom *a, int in_sequence)
{
    static const char *const bool_word[3][2] = {{"false", "true"}, {"F", "T"}, {"False", "True"}};
    const int json = s->format == RASP_JSON_FORM;
    switch (a->type) {
    case ATOM_BOOL: puts_(s, bool_word[json ? 0 : in_sequence ? 1 : 2][a->integer != 0]); break;
    case ATOM_INT: puts_(s, arena_printf(s->arena, "%lld", (long long)a->integer)); break;
    case ATOM_FLOAT: put_real(s, a->real, in_sequence); break;
    case ATOM_STR:
        if (json) {
            put_json_string(s, a->text, strlen(a->text));
        } else {
            puts_(s, in_sequence ? a->text : arena_printf(s->arena, "\"%s\"", a->text));
        }
        break;
    }
}

/* ---- sequences and grids ----------------------------------------------------------------------------------------------------------- */

static AtomType only_type(unsigned mask)
{
    AtomType type = ATOM_BOOL;
    while (!(mask >> type & 1)) {
        type++;
    }
    return type;
}

static Atom element(Show *s, const LoweredValue *v, int64_t i)
{
    const Tensor *out = s->output;
    const unsigned mask = v->value->sop->mask;
    const AtomType type = v->output[PART_TAG] >= 0 ? (AtomType)out[v->output[PART_TAG]].integer[i] : only_type(mask);
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

/* The type of a sequence: that of all, else of numbers ints (bools among them) or floats. */
static const char *sequence_type(const Atom *atom, int64_t n)
{
    static const char *const name[] = {[ATOM_BOOL] = "bools", [ATOM_INT] = "ints", [ATOM_FLOAT] = "floats", [ATOM_STR] = "strings"};
    unsigned mask = 0;
    for (int64_t i = 0; i < n; i++) {
        mask |= 1U << atom[i].type;
    }
    return n == 0 ? "strings" : mask == MASK_WHOLE ? "ints" : mask & MASK_FLOAT ? "floats" : name[only_type(mask)];
}

static int same_printed(const Atom *a, const Atom *b)
{
    return a->type == b->type && atom_equal(a, b);
}

static void put_sequence(Show *s, const LoweredValue *v)
{
    const int part = v->output[PART_TAG] >= 0    ? PART_TAG
                     : v->output[PART_INT] >= 0  ? PART_INT
                     : v->output[PART_REAL] >= 0 ? PART_REAL
                                                 : PART_TEXT;
    const int64_t n = s->output[v->output[part]].elements;
    const int text = s->format == RASP_TEXT_FORM;
    Atom *atom = arena_array(s->arena, Atom, n + 1);
    int same = n > 1;
    for (int64_t i = 0; i < n; i++) {
        atom[i] = element(s, v, i);
        same &= same_printed(&atom[i], &atom[0]);
    }
    puts_(s, "[");
    for (int64_t i = 0; i < (text && same ? 1 : n); i++) {
        puts_(s, i ? ", " : "");
        put_atom(s, &atom[i], 1);
    }
    puts_(s, "]");
    if (text) {
        puts_(s, same ? arena_printf(s->arena, "*%lld", (long long)n) : "");
        puts_(s, arena_printf(s->arena, " (%s)", sequence_type(atom, n)));
    }
}

/* Rows are queries, columns keys. */
static void put_grid(Show *s, const LoweredValue *v)
{
    const Tensor *grid = &s->output[v->output[PART_INT]];
    const int64_t n = grid->shape[0];
    const int json = s->format == RASP_JSON_FORM;
    puts_(s, json ? "[" : "   ");
    for (int64_t k = 0; k < n && !json; k++) {
        puts_(s, " ");
        put_atom(s, &s->tokens->atom.at[k], 1);
    }
    for (int64_t q = 0; q < n; q++) {
        puts_(s, json ? (q ? ", [" : "[") : "\n");
        if (!json) {
            put_atom(s, &s->tokens->atom.at[q], 1);
            puts_(s, " |");
        }
        for (int64_t k = 0; k < n; k++) {
            const int on = grid->integer[q * n + k] != 0;
            puts_(s, json ? (k ? ", " : "") : " ");
            puts_(s, on ? "1" : json ? "0" : " ");
        }
        puts_(s, json ? "]" : "");
    }
    puts_(s, json ? "]" : "");
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

static void put_value(Show *s, const RaspValue *value)
{
    switch (value->kind) {
    case RV_ATOM: put_atom(s, &value->atom, 0); return;
    case RV_SOP: put_sequence(s, &s->lowered->value.at[s->leaf++]); return;
    case RV_SELECTOR: put_grid(s, &s->lowered->value.at[s->leaf++]); return;
    case RV_LIST:
        puts_(s, "[");
        for (int i = 0; i < value->list.n; i++) {
            puts_(s, i ? ", " : "");
            put_value(s, value->list.at[i]);
        }
        puts_(s, "]");
        return;
    case RV_DICT:
        puts_(s, "{");
        for (int i = 0; i < value->dict.n; i++) {
            const char *key = atom_str_of(s->arena, &value->dict.at[i].key);
            puts_(s, i ? ", " : "");
            if (s->format == RASP_JSON_FORM) {
                put_json_string(s, key, strlen(key));
            } else {
                put_atom(s, &value->dict.at[i].key, 0);
            }
            puts_(s, ": ");
            put_value(s, value->dict.at[i].value);
        }
        puts_(s, "}");
        return;
    case RV_FUNCTION:
        puts_(s, arena_printf(s->arena, s->format == RASP_JSON_FORM ? "\"function %s\"" : "function %s", value->function->name));
        return;
    case RV_SHOWN: case RV_POISON: break;
    }
}

static int compute(Show *s, const RaspTokens *tokens)
{
    const Graph *graph = s->lowered->graph;
    const Tensor **input = arena_array(s->arena, const Tensor *, graph->inputs.n + 1);
    Tensor *output = arena_array(s->arena, Tensor, graph->outputs.n + 1);
    for (int i = 0; i < graph->inputs.n; i++) {
        const LoweredInput *one = &s->lowered->input.at[i];
        input[i] = tokens_tensor(s->p, s->arena, tokens, one->input, one->part);
        if (!input[i]) {
            return 0;
        }
    }
    const int errors = s->p->d->errors;
    const EvalSequence sequence = {-1, NULL, input};
    Eval *eval = eval_new(graph, s->arena, s->p->d, NULL, NULL);
    s->output = output;
    const int fine = eval_check(eval, &sequence) && eval_run(eval, s->arena, &sequence, output);
    if (!fine && s->p->d->errors > errors && tokens->name) {
        diag_hint(s->p->d, "in %s", tokens->name);
    }
    return fine;
}

/* Where the value is made, for messages. */
static Span leaf_span(const RaspValue *value)
{
    return value->kind == RV_SOP ? value->sop->span : value->kind == RV_SELECTOR ? value->selector->span : (Span){0};
}

const char *show_value(RaspProgram *p, Arena *arena, const RaspValue *value, const RaspTokens *tokens, RaspFormat format)
{
    Show s = {.p = p, .arena = arena, .format = format, .tokens = tokens};
    if (rasp_needs_input(value)) {
        if (p->lowered_value != value) {
            p->lowered = lower_value(p, p->arena, value, str_of("out"));
            p->lowered_value = value;
        }
        s.lowered = p->lowered;
        if (s.lowered && tokens->atom.n == 0 && !s.lowered->graph->of_nothing) {
            program_error(p, leaf_span(value), "the input is empty");
            return NULL;
        }
        if (!s.lowered || !compute(&s, tokens)) {
            return NULL;
        }
    }
    put_value(&s, value);
    vec_push(arena, s.text, 0);
    return s.text.at;
}

int rasp_needs_input(const RaspValue *value)
{
    int needs = value->kind == RV_SOP || value->kind == RV_SELECTOR;
    for (int i = 0; value->kind == RV_LIST && i < value->list.n; i++) {
        needs |= rasp_needs_input(value->list.at[i]);
    }
    for (int i = 0; value->kind == RV_DICT && i < value->dict.n; i++) {
        needs |= rasp_needs_input(value->dict.at[i].value);
    }
    return needs;
}

const char *rasp_answer(RaspProgram *p, Arena *arena, const RaspValue *value, const char *input, size_t bytes, const char *name,
                        RaspFormat format)
{
    RaspTokens tokens = {.name = name};
    const Span whole = span_of_source(p->source);
    int fine = 1;
    if (value->kind == RV_SHOWN) {
        fine = tokens_of_value(p, value->on, &tokens, whole);
        value = value->applied;
    } else if (input) {
        fine = tokens_of_text(p, input, bytes, format, &tokens);
    } else {
        fine = tokens_of_value(p, value->kind == RV_SELECTOR ? p->selector_example : p->example, &tokens, whole);
    }
    return fine ? show_value(p, arena, value, &tokens, format) : NULL;
}

Graph *rasp_graph(RaspProgram *p, const RaspValue *value)
{
    value = value->kind == RV_SHOWN ? value->applied : value;
    if (!rasp_needs_input(value)) {
        program_error(p, span_of_source(p->source),
                      "the program's value is %s, which does not depend on the input: there is nothing to compile",
                      value_describe(p, value));
        return NULL;
    }
    const Lowered *lowered = lower_value(p, p->arena, value, str_of("out"));
    return lowered ? lowered->graph : NULL;
}
