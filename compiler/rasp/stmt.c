/* stmt.c - statements, and calls of functions, which are statements */
#include "program.h"

static void name_it(const RaspValue *value, Str name, Span said)
{
    if (value->kind == RV_SOP) {
        sop_name(value->sop, name, said);
    } else if (value->kind == RV_SELECTOR && !value->selector->name) {
        value->selector->name = name;
        value->selector->said = said;
    }
}

/* A name whose value could not be made is not reported again where it is used. */
static void poison(RaspProgram *p, RaspScope *scope, const RaspWords *names)
{
    for (int i = 0; i < names->n; i++) {
        const int errors = p->d->errors;
        if (errors) {
            scope_set(p, scope, names->at[i], value_new(p, (RaspValue){.kind = RV_POISON}));
        }
    }
}

/* What is applied to an input has to work on it. */
static int works(RaspProgram *p, const RaspValue *value)
{
    return value->kind != RV_SHOWN || rasp_answer(p, p->arena, value, NULL, 0, NULL, RASP_TEXT_FORM) != NULL;
}

static int show(RaspProgram *p, Str name, const RaspValue *value)
{
    const RaspShown shown = {name, value, 0, p->loads > 0};
    vec_push(p->arena, p->shown, shown);
    return works(p, value);
}

/* At the console what is defined is shown, by a file that is loaded too, but for what a loop goes through. */
static int is_shown(const RaspProgram *p, const RaspScope *scope, Str name)
{
    const int loaded = scope->steals == p->console && name[0] != '_';
    return p->console_open && (scope == p->console || loaded) && !p->looping;
}

static int assign(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    const RaspValue *value = rasp_evaluate_list(p, scope, &s->value);
    if (!value) {
        poison(p, scope, &s->names);
        return 0;
    }
    if (value->kind == RV_SHOWN && !show(p, NULL, value)) {
        return 0;
    }
    if (!bind_names(p, scope, &s->names, value, s->span)) {
        return 0;
    }
    for (int i = 0; i < s->names.n; i++) {
        const RaspValue *one = s->names.n > 1 && value->kind == RV_LIST ? value->list.at[i] : value;
        name_it(one, s->names.at[i].text, s->span);
        if (is_shown(p, scope, s->names.at[i].text) && one->kind != RV_SHOWN && !show(p, s->names.at[i].text, one)) {
            return 0;
        }
    }
    return 1;
}

static int define(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    RaspFunction *function = arena_new_of(p->arena, RaspFunction);
    *function = (RaspFunction){s->name.text, s, scope};
    const RaspValue *value = value_new(p, (RaspValue){.kind = RV_FUNCTION, .function = function});
    return scope_set(p, scope, s->name, value) && (!is_shown(p, scope, s->name.text) || show(p, s->name.text, value));
}

static int for_loop(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    const RaspExpr *from = s->value.at[0];
    const RaspValue *source = rasp_evaluate(p, scope, from);
    RaspList items;
    if (!source || !container_items(p, source, &items, from->span, "a loop")) {
        poison(p, scope, &s->names);
        return 0;
    }
    int fine = 1;
    p->looping++;
    for (int i = 0; i < items.n && fine && !p->stopped; i++) {
        fine = bind_names(p, scope, &s->names, items.at[i], from->span) && rasp_statements(p, scope, &s->body);
    }
    p->looping--;
    return fine && !p->stopped;
}

/* hist, hist_2, hist_3. No two have the same, so the first free one is at most as far as there are drawings. */
static Str drawn_name(const RaspProgram *p, Str name)
{
    const Str base = name ? name : str_of("out");
    Str own = base;
    int number = 1;
    for (int i = 0; i < p->drawn.n; i++) {
        if (p->drawn.at[i].name == own) {
            own = str_format("%s_%d", base, ++number);
            i = -1;
        }
    }
    return own;
}

static int draw(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    const RaspValue *what = rasp_evaluate(p, scope, s->value.at[0]),
                    *on = what && s->value.n > 1 ? rasp_evaluate(p, scope, s->value.at[1]) : p->example;
    if (!what || !on) {
        return 0;
    }
    if (what->kind != RV_SOP) {
        program_error(p, s->value.at[0]->span, "'draw' takes an s-op, not %s", value_describe(p, what));
        return 0;
    }
    if (p->drawn.n >= RASP_DRAWINGS) {
        program_error(p, s->span, "more than %d drawings", RASP_DRAWINGS);
        p->stopped = 1;
        return 0;
    }
    const RaspValue *shown = value_new(p, (RaspValue){.kind = RV_SHOWN, .applied = what, .on = on});
    const RaspDrawn drawn = {drawn_name(p, s->value.at[0]->kind == RASP_NAME ? s->value.at[0]->text : what->sop->name), shown};
    vec_push(p->arena, p->drawn, drawn);
    return s->value.n < 2 || rasp_answer(p, p->arena, shown, NULL, 0, NULL, RASP_TEXT_FORM) != NULL;
}

static int set_example(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    const RaspValue *example = rasp_evaluate(p, scope, s->value.at[0]);
    if (!example) {
        return 0;
    }
    if (example->kind != RV_LIST && !(example->kind == RV_ATOM && example->atom.type == ATOM_STR)) {
        program_error(p, s->value.at[0]->span, "an example is a string or a list of atoms, not %s", value_describe(p, example));
        return 0;
    }
    p->example = s->subset == RASP_SELECTORS ? p->example : example;
    p->selector_example = s->subset == RASP_SOPS ? p->selector_example : example;
    return 1;
}

static int statement(RaspProgram *p, RaspScope *scope, const RaspStmt *s)
{
    switch (s->kind) {
    case RASP_DO: {
        const RaspValue *value = rasp_evaluate(p, scope, s->value.at[0]);
        if (value && p->loads) { /* a file shows what it defines, nothing else */
            return works(p, value);
        }
        return value && show(p, s->value.at[0]->kind == RASP_NAME ? s->value.at[0]->text : str_of("out"), value);
    }
    case RASP_ASSIGN: return assign(p, scope, s);
    case RASP_DEF: return define(p, scope, s);
    case RASP_FOR: return for_loop(p, scope, s);
    case RASP_LOAD: return rasp_load(p, scope, s);
    case RASP_DRAW: return draw(p, scope, s);
    case RASP_EXAMPLE: return set_example(p, scope, s);
    case RASP_SHOW: vec_push(p->arena, p->shown, ((RaspShown){NULL, NULL, (int)s->subset, 0})); break;
    case RASP_EXAMPLES:
        p->hide_sops = s->subset == RASP_SELECTORS ? p->hide_sops : !s->on;
        p->hide_selectors = s->subset == RASP_SOPS ? p->hide_selectors : !s->on;
        break;
    case RASP_EXIT: p->over = 1; break;
    case RASP_DISPLAY: p->full_display = s->on; break;
    }
    return 1;
}

int rasp_statements(RaspProgram *p, RaspScope *scope, const RaspStmts *list)
{
    int fine = 1;
    for (int i = 0; i < list->n && !p->stopped; i++) {
        const int one = statement(p, scope, list->at[i]);
        fine &= one;
        if (!one && scope != p->console) {
            return 0; /* what follows in a body depends on it */
        }
    }
    return fine && !p->stopped;
}

const RaspValue *rasp_call(RaspProgram *p, const RaspFunction *function, const RaspList *args, Span span)
{
    const RaspStmt *def = function->def;
    const Span author = p->author;
    RaspScope *own = scope_nested(p, function->home);
    const RaspValue *result = NULL;
    if (args->n != def->names.n) {
        program_error(p, span, "'%s' takes %d argument%s, not %d", function->name, def->names.n, def->names.n == 1 ? "" : "s", args->n);
        return NULL;
    }
    if (def->span.source->library && !span.source->library) {
        p->author = span;
    }
    int fine = 1;
    for (int i = 0; i < args->n; i++) {
        fine &= scope_set(p, own, def->names.at[i], args->at[i]);
    }
    const int errors = p->d->errors;
    p->depth += 3; /* what a call takes of the stack */
    if (fine && rasp_statements(p, own, &def->body)) {
        result = rasp_evaluate_list(p, own, &def->value);
    }
    p->depth -= 3;
    if (!result && p->d->errors > errors && !p->stopped && !def->span.source->library) {
        diag_note(p->d, program_place(p, span), "in this call of '%s'", function->name);
    }
    p->author = author;
    return result;
}
