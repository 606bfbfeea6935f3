/* show.c - values as text, in the original's form, or as JSON */
#include "answer.h"
#include "page.h"

#include <math.h>
#include <stdlib.h>

typedef VEC(const char *) Texts;

typedef struct Show {
    Page page;
    RaspFormat format;
    Answer answer;
    int leaf;                      /* the next one */
    Texts *known;             /* not NULL: leaves are left out, and end what is known before them */
} Show;

static void put(Show *s, const char *text)
{
    page_puts(&s->page, text);
}

static void put_real(Show *s, double value, int rounded)
{
    if (s->format == RASP_JSON_FORM) {
        put(s, isnan(value) ? "NaN" : isinf(value) ? (value > 0 ? "Infinity" : "-Infinity") : real_str(s->page.arena, value));
    } else {
        put(s, real_str(s->page.arena, rounded && isfinite(value) ? strtod(arena_printf(s->page.arena, "%.3f", value), NULL) : value));
    }
}

/* In a sequence of the text form bools are T and F, strings have no quotes, reals three digits. */
static void put_atom(Show *s, const Atom *a, int in_sequence)
{
    static const char *const bool_word[3][2] = {{"false", "true"}, {"F", "T"}, {"False", "True"}};
    const int json = s->format == RASP_JSON_FORM;
    switch (a->type) {
    case ATOM_BOOL: put(s, bool_word[json ? 0 : in_sequence ? 1 : 2][a->integer != 0]); break;
    case ATOM_INT: put(s, arena_printf(s->page.arena, "%lld", (long long)a->integer)); break;
    case ATOM_FLOAT: put_real(s, a->real, in_sequence); break;
    case ATOM_STR:
        if (json) {
            page_json(&s->page, a->text);
        } else {
            put(s, in_sequence ? a->text : arena_printf(s->page.arena, "\"%s\"", a->text));
        }
        break;
    }
}

/* ---- sequences and grids ----------------------------------------------------------------------------------------------------------- */

/* The type of a sequence: that of all, else of numbers ints (bools among them) or floats. */
static const char *sequence_type(const Atom *atom, int64_t n)
{
    static const char *const name[] = {[ATOM_BOOL] = "bools", [ATOM_INT] = "ints", [ATOM_FLOAT] = "floats", [ATOM_STR] = "strings"};
    unsigned mask = 0;
    for (int64_t i = 0; i < n; i++) {
        mask |= 1U << atom[i].type;
    }
    return n == 0 ? "strings" : mask == MASK_WHOLE ? "ints" : mask & MASK_FLOAT ? "floats" : name[mask_first(mask)];
}

static int same_printed(const Atom *a, const Atom *b)
{
    return a->type == b->type && atom_equal(a, b);
}

static void put_sequence(Show *s, int leaf)
{
    const int64_t n = answer_length(&s->answer);
    const int text = s->format == RASP_TEXT_FORM;
    Atom *atom = arena_array(s->page.arena, Atom, n + 1);
    int same = n > 1;
    for (int64_t i = 0; i < n; i++) {
        atom[i] = answer_atom(&s->answer, leaf, i);
        same &= same_printed(&atom[i], &atom[0]);
    }
    put(s, "[");
    for (int64_t i = 0; i < (text && same ? 1 : n); i++) {
        put(s, i ? ", " : "");
        put_atom(s, &atom[i], 1);
    }
    put(s, "]");
    if (text) {
        put(s, same ? arena_printf(s->page.arena, "*%lld", (long long)n) : "");
        put(s, arena_printf(s->page.arena, " (%s)", sequence_type(atom, n)));
    }
}

/* Rows are queries, columns keys. */
static void put_grid(Show *s, int leaf)
{
    const int64_t n = answer_length(&s->answer);
    const Atom *token = s->answer.tokens->atom.at;
    const int json = s->format == RASP_JSON_FORM;
    put(s, json ? "[" : "   ");
    for (int64_t k = 0; k < n && !json; k++) {
        put(s, " ");
        put_atom(s, &token[k], 1);
    }
    for (int64_t q = 0; q < n; q++) {
        put(s, json ? (q ? ", [" : "[") : "\n");
        if (!json) {
            put_atom(s, &token[q], 1);
            put(s, " |");
        }
        for (int64_t k = 0; k < n; k++) {
            const int on = answer_selects(&s->answer, leaf, q, k);
            put(s, json ? (k ? ", " : "") : " ");
            put(s, on ? "1" : json ? "0" : " ");
        }
        put(s, json ? "]" : "");
    }
    put(s, json ? "]" : "");
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

static void end_known(Show *s)
{
    vec_push(s->page.arena, *s->known, page_end(&s->page));
    s->page = (Page){.arena = s->page.arena};
}

static void put_value(Show *s, const RaspValue *value)
{
    if (s->known && (value->kind == RV_SOP || value->kind == RV_SELECTOR)) {
        end_known(s);
        return;
    }
    switch (value->kind) {
    case RV_ATOM: put_atom(s, &value->atom, 0); return;
    case RV_SOP: put_sequence(s, s->leaf++); return;
    case RV_SELECTOR: put_grid(s, s->leaf++); return;
    case RV_LIST:
        put(s, "[");
        for (int i = 0; i < value->list.n; i++) {
            put(s, i ? ", " : "");
            put_value(s, value->list.at[i]);
        }
        put(s, "]");
        return;
    case RV_DICT:
        put(s, "{");
        for (int i = 0; i < value->dict.n; i++) {
            const char *key = atom_str_of(s->page.arena, &value->dict.at[i].key);
            put(s, i ? ", " : "");
            if (s->format == RASP_JSON_FORM) {
                page_json(&s->page, key);
            } else {
                put_atom(s, &value->dict.at[i].key, 0);
            }
            put(s, ": ");
            put_value(s, value->dict.at[i].value);
        }
        put(s, "}");
        return;
    case RV_FUNCTION:
        put(s, arena_printf(s->page.arena, s->format == RASP_JSON_FORM ? "\"function %s\"" : "function %s", value->function->name));
        return;
    case RV_SHOWN: case RV_POISON: break;
    }
}

const char *show_value(RaspProgram *p, Arena *arena, const RaspValue *value, const RaspTokens *tokens, RaspFormat format)
{
    Show s = {.page = {.arena = arena}, .format = format};
    if (!answer_compute(p, arena, value, tokens, &s.answer)) {
        return NULL;
    }
    put_value(&s, value);
    return page_end(&s.page);
}

const char *show_leaf(Arena *arena, const Answer *answer, int leaf, RaspFormat format)
{
    Show s = {.page = {.arena = arena}, .format = format, .answer = *answer};
    if (answer->lowered->value.at[leaf].value->kind == RV_SOP) {
        put_sequence(&s, leaf);
    } else {
        put_grid(&s, leaf);
    }
    return page_end(&s.page);
}

const char *show_element(Arena *arena, const Atom *atom)
{
    Show s = {.page = {.arena = arena}, .format = RASP_TEXT_FORM};
    put_atom(&s, atom, 1);
    return page_end(&s.page);
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

/* What is applied says itself on what; *value is what is left to compute. */
int show_tokens(RaspProgram *p, const RaspValue **value, const char *input, size_t bytes, RaspFormat format, RaspTokens *out)
{
    const Span whole = span_of_source(p->source);
    const RaspValue *on = (*value)->kind == RV_SHOWN ? (*value)->on : (*value)->kind == RV_SELECTOR ? p->selector_example : p->example;
    const int own = (*value)->kind == RV_SHOWN;
    *value = own ? (*value)->applied : *value;
    return own || !input ? tokens_of_value(p, on, out, whole) : tokens_of_text(p, input, bytes, format, out);
}

const char *rasp_answer(RaspProgram *p, Arena *arena, const RaspValue *value, const char *input, size_t bytes, const char *name,
                        RaspFormat format)
{
    RaspTokens tokens = {.name = name};
    return show_tokens(p, &value, input, bytes, format, &tokens) ? show_value(p, arena, value, &tokens, format) : NULL;
}

/* What stands around the leaves of a value. */
static Texts known_of(RaspProgram *p, const RaspValue *value, RaspFormat format)
{
    Texts known = {0};
    Show s = {.page = {.arena = p->arena}, .format = format, .known = &known};
    put_value(&s, value);
    end_known(&s);
    return known;
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
    Lowered *lowered = lower_value(p, p->arena, value, str_of("out"));
    if (!lowered) {
        return NULL;
    }
    const Texts json = known_of(p, value, RASP_JSON_FORM), text = known_of(p, value, RASP_TEXT_FORM);
    for (int i = 0; i < json.n; i++) {
        const ProgramKnown known = {str_of(json.at[i]), str_of(text.at[i])};
        vec_push(p->arena, lowered->graph->known, known);
    }
    return lowered->graph;
}
