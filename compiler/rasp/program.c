/* program.c - a whole program: library, text, what it loads */
#include "program.h"

#include <stdarg.h>
#include <string.h>

enum { LOAD_LIMIT = 1 << 20, SHOWN = 60 };

Span program_place(const RaspProgram *p, Span span)
{
    return span.source && span.source->library && p->author.source ? p->author : span;
}

void program_error(RaspProgram *p, Span span, const char *format, ...)
{
    const Span place = program_place(p, span);
    va_list args;
    va_start(args, format);
    diag_error(p->d, place, "%s", arena_vprintf(p->arena, format, args));
    va_end(args);
    if (place.source != span.source) {
        diag_note(p->d, span, "it comes from here");
    }
}

int program_work(RaspProgram *p, Span span, int64_t n)
{
    if (p->stopped) {
        return 0;
    }
    p->work = n > RASP_WORK ? RASP_WORK + 1 : p->work + n;
    if (p->work > RASP_WORK) {
        program_error(p, span, "the program does not end, or makes too much, before it knows its input: more than %d steps", RASP_WORK);
        p->stopped = 1;
    }
    return !p->stopped;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

const RaspValue *value_new(RaspProgram *p, RaspValue value)
{
    RaspValue *made = arena_new_of(p->arena, RaspValue);
    *made = value;
    made->size = 1;
    for (int i = 0; value.kind == RV_LIST && i < value.list.n; i++) {
        made->size += value.list.at[i]->size;
    }
    for (int i = 0; value.kind == RV_DICT && i < value.dict.n; i++) {
        made->size += value.dict.at[i].value->size;
    }
    return made;
}

const RaspValue *value_atom(RaspProgram *p, Atom atom)
{
    return value_new(p, (RaspValue){.kind = RV_ATOM, .atom = atom});
}

static int too_deep(RaspProgram *p, int depth, Span span)
{
    if (depth <= SOP_DEEPEST || p->stopped) {
        return depth > SOP_DEEPEST;
    }
    program_error(p, span, "this is computed in more than %d steps, one after the other", SOP_DEEPEST);
    p->stopped = 1;
    return 1;
}

const RaspValue *value_sop(RaspProgram *p, Sop *sop)
{
    return sop && !too_deep(p, sop->depth, sop->span) ? value_new(p, (RaspValue){.kind = RV_SOP, .sop = sop}) : NULL;
}

static int too_large(RaspProgram *p, const Selector *selector)
{
    if (selector->size > SELECTOR_LARGEST && !p->stopped) {
        program_error(p, selector->span, "this selector is made of more than %d comparisons", SELECTOR_LARGEST);
        p->stopped = 1;
    }
    return selector->size > SELECTOR_LARGEST;
}

const RaspValue *value_selector(RaspProgram *p, Selector *selector)
{
    return selector && !too_deep(p, selector->depth, selector->span) && !too_large(p, selector)
               ? value_new(p, (RaspValue){.kind = RV_SELECTOR, .selector = selector})
               : NULL;
}

const RaspValue *value_list(RaspProgram *p, RaspList list)
{
    return value_new(p, (RaspValue){.kind = RV_LIST, .list = list});
}

const char *value_describe(RaspProgram *p, const RaspValue *value)
{
    (void)p;
    switch (value->kind) {
    case RV_ATOM: return atom_type_name(value->atom.type);
    case RV_LIST: return "a list";
    case RV_DICT: return "a dict";
    case RV_FUNCTION: return "a function";
    case RV_SOP: return "an s-op";
    case RV_SELECTOR: return "a selector";
    case RV_SHOWN: case RV_POISON: break;
    }
    return "what an s-op gives for an input";
}

static const char *text_within(RaspProgram *p, const RaspValue *value, int depth)
{
    const char *all = "[";
    if (value->kind == RV_ATOM) {
        const char *text = atom_str_of(p->arena, &value->atom);
        return value->atom.type == ATOM_STR ? arena_printf(p->arena, "\"%s\"", text) : text;
    }
    if (value->kind != RV_LIST || depth > 3) {
        return value_describe(p, value);
    }
    for (int i = 0; i < value->list.n && i < 8; i++) {
        all = arena_printf(p->arena, "%s%s%s", all, i ? ", " : "", text_within(p, value->list.at[i], depth + 1));
    }
    return arena_printf(p->arena, "%s%s]", all, value->list.n > 8 ? ", .." : "");
}

const char *value_text(RaspProgram *p, const RaspValue *value)
{
    const char *text = text_within(p, value, 0);
    size_t bytes = SHOWN;
    if (strlen(text) <= bytes) {
        return text;
    }
    while (((unsigned char)text[bytes] & 0xC0) == 0x80) {
        bytes--;
    }
    return arena_printf(p->arena, "%.*s..", (int)bytes, text);
}

int value_truth(const RaspValue *value)
{
    return value->kind == RV_ATOM   ? atom_truth(&value->atom)
           : value->kind == RV_LIST ? value->list.n > 0
           : value->kind == RV_DICT ? value->dict.n > 0
                                    : 1;
}

static int equal_dicts(const RaspValue *a, const RaspValue *b)
{
    int equal = a->dict.n == b->dict.n;
    for (int i = 0; equal && i < a->dict.n; i++) {
        int found = 0;
        for (int k = 0; k < b->dict.n && !found; k++) {
            found = atom_equal(&a->dict.at[i].key, &b->dict.at[k].key) && value_equal(a->dict.at[i].value, b->dict.at[k].value);
        }
        equal = found;
    }
    return equal;
}

int value_equal(const RaspValue *a, const RaspValue *b)
{
    if (a->kind == RV_SOP || b->kind == RV_SOP) { /* within lists and dicts: a comparison with an s-op is an s-op, and that is true */
        return 1;
    }
    if (a == b || a->kind != b->kind) {
        return a == b;
    }
    switch (a->kind) {
    case RV_ATOM: return atom_equal(&a->atom, &b->atom);
    case RV_FUNCTION: return a->function == b->function;
    case RV_SELECTOR: return a->selector == b->selector;
    case RV_DICT: return equal_dicts(a, b);
    case RV_SHOWN: case RV_POISON: case RV_SOP: return 0;
    case RV_LIST: break;
    }
    for (int i = 0; i < a->list.n && a->list.n == b->list.n; i++) {
        if (!value_equal(a->list.at[i], b->list.at[i])) {
            return 0;
        }
    }
    return a->list.n == b->list.n;
}

/* ---- texts ------------------------------------------------------------------------------------------------------------------------- */

static int read_text(RaspProgram *p, RaspScope *scope, const Source *text)
{
    const int errors = p->d->errors;
    const RaspStmts list = rasp_parse(p->arena, p->d, text);
    return p->d->errors == errors && rasp_statements(p, scope, &list);
}

/* load "path": as a program of its own that sees the library, not the loader; its names, but for _private ones, become the loader's. */
int rasp_load(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    const char *why = NULL;
    if (p->loads >= RASP_LOADS) {
        program_error(p, s->span, "files load each other more than %d levels deep", RASP_LOADS);
        return 0;
    }
    const char *path = arena_printf(p->arena, "%s.rasp", s->name.text);
    const Source *text = source_of_file(p->arena, path, LOAD_LIMIT, &why);
    const char *slash = text ? NULL : strrchr(p->source->name, '/');
    if (slash && path[0] != '/') { /* as the original from where it was started; else beside the program */
        path = arena_printf(p->arena, "%.*s/%s", (int)(slash - p->source->name), p->source->name, path);
        text = source_of_file(p->arena, path, LOAD_LIMIT, &why);
    }
    if (!text) {
        program_error(p, s->name.span, "'%s.rasp' cannot be loaded: %s", s->name.text, why);
        return 0;
    }
    RaspScope *own = scope_nested(p, p->base);
    own->steals = scope;
    const int errors = p->d->errors;
    p->loads++;
    const int fine = read_text(p, own, text);
    p->loads--;
    if (!fine && p->d->errors > errors && !p->stopped) {
        diag_note(p->d, s->span, "loaded from here");
    }
    return fine;
}

static void set(RaspProgram *p, RaspScope *scope, const char *name, const RaspValue *value)
{
    scope_set(p, scope, (RaspWord){str_of(name), {0}}, value);
}

static void built_in(RaspProgram *p)
{
    static const struct {
        const char *name;
        RaspInput input;
    } tokens[] = {{"tokens_str", INPUT_STR}, {"tokens_int", INPUT_INT}, {"tokens_float", INPUT_FLOAT}, {"tokens_bool", INPUT_BOOL},
                  {"tokens_asis", INPUT_ASIS}};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        set(p, p->library, tokens[i].name, value_sop(p, sop_input(p, tokens[i].input)));
    }
    set(p, p->library, "indices", value_sop(p, sop_indices(p)));
    set(p, p->library, "True", value_atom(p, atom_bool(1)));
    set(p, p->library, "False", value_atom(p, atom_bool(0)));
    set(p, p->base, "tokens", value_sop(p, sop_input(p, INPUT_STR)));
}

static RaspProgram *program_new(Arena *arena, Diag *d, const Source *text, const RaspOptions *options)
{
    RaspProgram *p = arena_new_of(arena, RaspProgram);
    p->arena = arena;
    p->d = d;
    p->options = options;
    p->source = text;
    p->library = scope_nested(p, NULL);
    p->base = scope_nested(p, p->library);
    p->console = scope_nested(p, p->base);
    p->example = p->selector_example = value_atom(p, atom_str(str_of("hello")));
    built_in(p);
    if (options->library) {
        read_text(p, p->library, options->library);
    }
    p->library->out = NULL;
    p->base->out = value_sop(p, sop_input(p, INPUT_STR)); /* before anything is computed `out` is the tokens */
    return p;
}

RaspProgram *rasp_read(Arena *arena, Diag *d, const Source *text, const RaspOptions *options)
{
    RaspProgram *p = program_new(arena, d, text, options);
    const int errors = d->errors;
    const RaspStmts list = rasp_parse(arena, d, text);
    rasp_statements(p, p->console, &list);
    return d->errors > errors ? NULL : p;
}

RaspProgram *rasp_console(Arena *arena, Diag *d, const RaspOptions *options)
{
    RaspProgram *p = program_new(arena, d, source_of_text(arena, "console", "", 0), options);
    p->console_open = 1;
    return p;
}

RaspRead rasp_console_read(RaspProgram *p, Diag *d, const Source *text)
{
    if (rasp_is_unfinished(p->arena, text)) {
        return RASP_UNFINISHED;
    }
    const int errors = d->errors;
    p->d = d;
    p->source = text;
    p->shown.n = 0;
    p->work = 0;
    p->stopped = 0;
    read_text(p, p->console, text);
    return p->over ? RASP_OVER : d->errors > errors ? RASP_WRONG : RASP_FINE;
}

const RaspValue *rasp_value(RaspProgram *p, const char *name)
{
    const Span whole = span_of_source(p->source);
    if (!name && !p->console->out) {
        program_error(p, whole, "the program has no value: nothing is computed in it");
        return NULL;
    }
    const RaspValue *value = name ? scope_get(p, p->console, str_of(name), whole) : p->console->out;
    return value && value->kind == RV_POISON ? NULL : value;
}
