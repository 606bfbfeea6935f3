/* transformer.c - the whole: vocabulary, results, bounds */
#include "transformer.h"

#include "../flow.h"

#include "../../ast.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { VOCAB_MOST = 4096, DIRECTIONS_MOST = 1 << 14, NAME_DEEPEST = 3 };

void transformer_refuse(Transformer *t, Span span, const char *format, ...)
{
    va_list args;
    if (t->failed) {
        return;
    }
    const int ours = span.source && !span.source->library;
    va_start(args, format);
    diag_error(t->p->d, ours ? span : t->place, "%s", arena_vprintf(t->arena, format, args));
    va_end(args);
    if (span.source && !ours) {
        diag_note(t->p->d, span, "it comes from here");
    }
    t->failed = 1;
}

/* ---- names of what has none: how a program would write it --------------------------------------------------------------------------- */

static const char *text_of(Transformer *t, const Sop *x, int depth)
{
    if (x->name || depth > NAME_DEEPEST) {
        return x->name ? x->name : "..";
    }
    const char *a = x->kids > 0 ? text_of(t, x->kid[0], depth + 1) : "", *b = x->kids > 1 ? text_of(t, x->kid[1], depth + 1) : "";
    switch (x->kind) {
    case SOP_INPUT: return input_name(x->input);
    case SOP_INDICES: return "indices";
    case SOP_CONST: return atom_str_of(t->arena, &x->atom);
    case SOP_TRUTH: return arena_printf(t->arena, "is_true(%s)", a);
    case SOP_LOOKUP: return arena_printf(t->arena, "a table of %s", a);
    case SOP_WIDTH: return x->selector->name ? arena_printf(t->arena, "width of %s", x->selector->name) : "width";
    case SOP_AGGREGATE: return arena_printf(t->arena, "aggregate(%s, %s)", x->selector->name ? x->selector->name : "..", a);
    case SOP_IF: return arena_printf(t->arena, "(%s if %s else %s)", a, b, text_of(t, x->kid[2], depth + 1));
    case SOP_MAP: break;
    }
    return x->kids == 2 ? arena_printf(t->arena, depth ? "(%s %s %s)" : "%s %s %s", a, rasp_op_name[x->op], b)
           : x->op == ROP_ROUND || x->op == ROP_INDICATOR ? arena_printf(t->arena, "%s(%s)", rasp_op_name[x->op], a)
                                                          : arena_printf(t->arena, "%s %s", rasp_op_name[x->op], a);
}

Str transformer_name(Transformer *t, const Sop *x)
{
    const char *text = text_of(t, x, 0);
    char *line = arena_printf(t->arena, "%s", text);
    for (char *c = line; *c; c++) {
        *c = (unsigned char)*c < ' ' ? ' ' : *c;
    }
    return str_of(line);
}

/* ---- vocabulary -------------------------------------------------------------------------------------------------------------------- */

static int read_vocab(Transformer *t)
{
    RaspTokens tokens = {.name = "the vocabulary"};
    if (!tokens_of_text(t->p, t->options->vocab, strlen(t->options->vocab), RASP_JSON_FORM, &tokens)) {
        return 0;
    }
    if (tokens.atom.n == 0) { /* of two brackets */
        tokens_of_text(t->p, t->options->vocab, strlen(t->options->vocab), RASP_TEXT_FORM, &tokens);
    }
    if (tokens.atom.n > VOCAB_MOST) {
        diag_error(t->p->d, (Span){0}, "the vocabulary has %d tokens; %d are the most", tokens.atom.n, VOCAB_MOST);
        return 0;
    }
    Str *text = arena_array(t->arena, Str, tokens.atom.n);
    for (int i = 0; i < tokens.atom.n; i++) {
        text[i] = str_of(atom_str_of(t->arena, &tokens.atom.at[i]));
        for (int k = 0; k < i; k++) {
            if (text[i] == text[k]) {
                diag_error(t->p->d, (Span){0}, "the vocabulary has the token '%s' twice", text[i]);
                return 0;
            }
        }
        vec_push(t->arena, t->vocab, tokens.atom.at[i]);
    }
    return 1;
}

/* ---- results ----------------------------------------------------------------------------------------------------------------------- */

static int is_only(const Atoms *set, unsigned types)
{
    int only = 1;
    for (int i = 0; i < set->n && only; i++) {
        only = (1U << set->at[i].type & types) != 0;
    }
    return only;
}

/* Has the model text, or its language, another use for this word? */
static int is_taken(Str name)
{
    static const char *const own[] = {"c", "d", "v", "t", "s", "x", "tok", "words", "attend", "feed", "int", "round"};
    int taken = ast_is_word(name) || (strchr("hkefy", name[0]) && name[1] == '_');
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        taken |= strcmp(name, own[i]) == 0;
    }
    return taken;
}

static Str result_name(const Transformer *t, Str wanted)
{
    wanted = is_taken(wanted) ? str_format("%s_", wanted) : wanted;
    Str name = wanted;
    for (int i = 0, n = 1; i < t->result.n; i++) {
        if (t->result.at[i].name == name) {
            name = str_format("%s_%d", wanted, n++);
            i = -1;
        }
    }
    return name;
}

/* Beyond 2^24 single precision has no longer every whole number. */
static int is_exact(const Atoms *set)
{
    int exact = 1;
    for (int i = 0; i < set->n && exact; i++) {
        exact = set->at[i].type == ATOM_FLOAT || fabs(set->at[i].real) <= 1 << 24;
    }
    return exact;
}

static void add_result(Transformer *t, Sop *x)
{
    View *v = view_of(t, x);
    Result r = {.name = result_name(t, x->name ? x->name : str_of("out"))};
    if (!v) {
        return;
    }
    r.labels = !atoms_are_numbers(&v->value) || !is_exact(&v->value);
    if (r.labels) {
        if (!view_settled(t, v)) {
            return;
        }
        for (int i = 0; i < v->value.n; i++) {
            Form form = {.ready = -1};
            const Form is = view_is(t, v, i);
            form_add(t->arena, &form, &is, SCORE);
            vec_push(t->arena, r.is, form);
        }
    } else {
        const Number *number = view_number(t, v, "this");
        if (!number) {
            return;
        }
        r.number = number->form;
    }
    r.value = v->value;
    r.bools = is_only(&v->value, MASK_BOOL);
    r.whole = is_only(&v->value, MASK_WHOLE);
    vec_push(t->arena, t->result, r);
}

static void add_results(Transformer *t, const RaspValue *value)
{
    const Span whole = span_of_source(t->p->source);
    switch (value->kind) {
    case RV_SOP: add_result(t, value->sop); return;
    case RV_SELECTOR:
        transformer_refuse(t, value->selector->span, "a selector is how a head looks, and no value of a position: it has no weights alone");
        return;
    case RV_LIST:
        for (int i = 0; i < value->list.n && !t->failed; i++) {
            add_results(t, value->list.at[i]);
        }
        return;
    case RV_DICT:
        for (int i = 0; i < value->dict.n && !t->failed; i++) {
            add_results(t, value->dict.at[i].value);
        }
        return;
    default: transformer_refuse(t, whole, "the program's value is %s, which needs no weights", value_describe(t->p, value)); return;
    }
}

Transformer *transformer_of(RaspProgram *p, Arena *arena, const RaspValue *value, const WeightsOptions *options)
{
    Transformer *t = arena_new_of(arena, Transformer);
    *t = (Transformer){.p = p, .arena = arena, .options = options, .longest = options->longest, .directions = DIRECTION_FIRST};
    t->place = span_of_source(p->source);
    if (!read_vocab(t)) {
        return NULL;
    }
    add_results(t, value);
    if (!t->failed) {
        prune(t);
    }
    if (!t->failed && t->result.n == 0) {
        transformer_refuse(t, t->place, "the program's value is empty, and needs no weights");
    }
    if (t->directions > DIRECTIONS_MOST) {
        transformer_refuse(t, t->place, "the program needs %d directions of the residual stream; %d are the most", t->directions,
                           DIRECTIONS_MOST);
    }
    return t->failed ? NULL : t;
}
