/* console.c - what the console shows, in the original's form */
#include "answer.h"
#include "flow.h"
#include "page.h"

#include <string.h>

enum { NAME_MOST = 30 };

typedef struct Console {
    RaspProgram *p;
    Page page;
    int brief; /* of a file that was loaded: no examples */
} Console;

/* Where a value stands in a list or dict: behind tabs and its key, its name; NULL: it has none. */
typedef struct Nest {
    const char *tabs, *key;
    Str name;
} Nest;

static const Nest top = {"", "", NULL};

/* ---- s-ops and selectors on an example --------------------------------------------------------------------------------------------- */

/* Lines of a grid stand below each other. */
static void add_grid(Console *c, const char *tabs, const char *grid)
{
    page_add(&c->page, "%s \t\t\t ", tabs);
    for (; *grid; grid++) {
        page_add(&c->page, "%c", *grid);
        if (*grid == '\n') {
            page_add(&c->page, "%s \t\t\t ", tabs);
        }
    }
    page_puts(&c->page, "\n");
}

/* The rarer of True and False is what one looks for. */
static int is_left_out(const Atom *atom, int64_t n, int64_t i)
{
    int64_t same = 0;
    for (int64_t k = 0; k < n; k++) {
        same += atom[k].type == ATOM_BOOL && atom[k].integer == atom[i].integer;
    }
    return atom[i].type == ATOM_BOOL && atom[0].type == ATOM_BOOL && 2 * same > n;
}

static const char *column(Console *c, const Atom *atom, int64_t n, int64_t i)
{
    if (atom[i].type == ATOM_BOOL && atom[0].type == ATOM_BOOL) {
        return is_left_out(atom, n, i) ? "" : atom[i].integer ? "T" : "F";
    }
    return atom_str_of(c->page.arena, &atom[i]);
}

static void add_columns(Console *c, const char *begin, const Atom *atom, int64_t n, int width)
{
    page_add(&c->page, "%s ", begin);
    for (int64_t i = 0; i < n; i++) {
        const char *text = column(c, atom, n, i);
        page_add(&c->page, "%s%*s%s", i ? " " : "", width - page_columns(text), "", text);
    }
}

/* `full seq display on`: tokens and values in columns, unless all values are the same. */
static void add_full(Console *c, const Nest *nest, const char *head, const char *shown, const Answer *answer)
{
    const int64_t n = answer_length(answer);
    const Atom *token = answer->tokens->atom.at;
    Atom *atom = arena_array(c->page.arena, Atom, n + 1);
    int same = 1, width = 0;
    for (int64_t i = 0; i < n; i++) {
        atom[i] = answer_atom(answer, 0, i);
        same &= atom_equal(&atom[i], &atom[0]);
    }
    if (same) {
        page_add(&c->page, " %s %s [skipped full display: identical values]\n", head, shown);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        const int own = page_columns(column(c, atom, n, i)), other = page_columns(column(c, token, n, i));
        width = own > width ? own : width;
        width = other > width ? other : width;
    }
    add_columns(c, arena_printf(c->page.arena, "\n%s \t\tinput:  ", nest->tabs), token, n, width);
    page_puts(&c->page, " \t (strings)");
    add_columns(c, arena_printf(c->page.arena, "\n%s \t\toutput: ", nest->tabs), atom, n, width);
    page_add(&c->page, " \t %s\n", strrchr(shown, '('));
}

/* Its value on the example, or what it is applied to; NULL: it has none there, which is reported. */
static const char *answer_of(Console *c, const RaspValue *value, Answer *answer, RaspTokens *tokens)
{
    const int fine = show_tokens(c->p, &value, NULL, 0, RASP_TEXT_FORM, tokens) &&
                     answer_compute(c->p, c->page.arena, value, tokens, answer);
    return fine ? show_leaf(c->page.arena, answer, 0, RASP_TEXT_FORM) : NULL;
}

static const char *name_of(Console *c, const Nest *nest, const RaspValue *value)
{
    const int selector = value->kind == RV_SELECTOR;
    const Str own = selector ? value->selector->name : value->sop->name, name = nest->name ? nest->name : own;
    if (!name && !selector && value->sop->kind == SOP_INDICES) {
        return "indices";
    }
    if (!name && !selector && value->sop->kind == SOP_INPUT) {
        return input_name(value->sop->input);
    }
    return name ? formula_short(c->page.arena, name, NAME_MOST) : selector ? "sel" : "s-op";
}

static void add_computed(Console *c, const Nest *nest, const RaspValue *value)
{
    RaspProgram *p = c->p;
    const int selector = value->kind == RV_SELECTOR, hidden = c->brief || (selector ? p->hide_selectors : p->hide_sops);
    const char *name = name_of(c, nest, value);
    RaspTokens tokens = {0};
    Answer answer;
    const char *shown = hidden ? "" : answer_of(c, value, &answer, &tokens);
    if (!shown) {
        return;
    }
    page_add(&c->page, "%s %s    %s: %s\n", nest->tabs, nest->key, selector ? "selector" : "s-op", name);
    if (hidden) {
        return;
    }
    page_add(&c->page, "%s \t Example:", nest->tabs);
    if (selector) {
        page_puts(&c->page, "\n");
        add_grid(c, nest->tabs, shown);
        return;
    }
    const char *head = arena_printf(c->page.arena, "%s(%s) =", name, value_text(p, p->example));
    if (p->full_display) {
        add_full(c, nest, head, shown, &answer);
    } else {
        page_add(&c->page, " %s %s\n", head, shown);
    }
}

static void add_applied(Console *c, const RaspValue *value)
{
    RaspTokens tokens = {0};
    Answer answer;
    const char *shown = answer_of(c, value, &answer, &tokens);
    if (shown && value->applied->kind == RV_SELECTOR) {
        page_puts(&c->page, "\t = \n");
        add_grid(c, "", shown);
    } else if (shown && c->p->full_display) {
        page_puts(&c->page, "\t = ");
        add_full(c, &top, "", shown, &answer);
    } else if (shown) {
        page_add(&c->page, "\t =  %s\n", shown);
    }
}

/* ---- other values ------------------------------------------------------------------------------------------------------------------- */

/* Who wrote it: the library, a file, or the one at the console. */
static const char *author(Console *c, const Source *source)
{
    const char *slash = strrchr(source->name, '/'), *name = slash ? slash + 1 : source->name, *dot = strrchr(name, '.');
    return source->library ? "library" : dot ? arena_printf(c->page.arena, "%.*s", (int)(dot - name), name) : name;
}

static void add_function(Console *c, const Nest *nest, const RaspFunction *function)
{
    const RaspWords *params = &function->def->names;
    page_add(&c->page, "%s %s    %s function: %s(", nest->tabs, nest->key, author(c, function->def->span.source), function->name);
    for (int i = 0; i < params->n; i++) {
        page_add(&c->page, "%s%s", i ? ", " : "", params->at[i].text);
    }
    page_puts(&c->page, ")\n");
}

static int is_flat(const RaspValue *value)
{
    return value->kind == RV_ATOM || value->kind == RV_FUNCTION;
}

static void add_value(Console *c, const Nest *nest, const RaspValue *value);

/* A list or dict: on one line, or each of its values on lines of its own. */
static void add_parts(Console *c, const Nest *nest, const RaspValue *value)
{
    Arena *arena = c->page.arena;
    const int dict = value->kind == RV_DICT, n = dict ? value->dict.n : value->list.n;
    const char *head = arena_printf(arena, "   %s: %s%s", dict ? "dict" : "list", nest->name ? nest->name : "", nest->name ? " = " : "");
    int flat = 1;
    for (int i = 0; i < n; i++) {
        flat &= is_flat(dict ? value->dict.at[i].value : value->list.at[i]);
    }
    page_add(&c->page, "%s %s %s", nest->tabs, nest->key, head);
    if (flat) {
        page_add(&c->page, "%s\n", rasp_answer(c->p, arena, value, NULL, 0, NULL, RASP_TEXT_FORM));
        return;
    }
    page_add(&c->page, "%s %c\n", nest->tabs, dict ? '{' : '[');
    for (int i = 0; i < n; i++) {
        const RaspValue *key = dict ? value_atom(c->p, value->dict.at[i].key) : NULL;
        const Nest inside = {arena_printf(arena, dict ? "%s\t\t\t" : "%s\t\t", nest->tabs),
                              dict ? arena_printf(arena, "%s : ", rasp_answer(c->p, arena, key, NULL, 0, NULL, RASP_TEXT_FORM)) : "", NULL};
        add_value(c, &inside, dict ? value->dict.at[i].value : value->list.at[i]);
    }
    page_add(&c->page, "%s%*s%c\n", nest->tabs, (int)strlen(head) + 2, "", dict ? '}' : ']');
}

static void add_value(Console *c, const Nest *nest, const RaspValue *value)
{
    switch (value->kind) {
    case RV_SOP: case RV_SELECTOR: add_computed(c, nest, value); break;
    case RV_FUNCTION: add_function(c, nest, value->function); break;
    case RV_LIST: case RV_DICT: add_parts(c, nest, value); break;
    case RV_SHOWN: add_applied(c, value); break;
    case RV_ATOM:
        page_add(&c->page, "%s%s%s    value: %s%s %s\n", nest->tabs, *nest->key ? " " : "", nest->key, nest->name ? nest->name : "",
                 nest->name ? " = " : "", rasp_answer(c->p, c->page.arena, value, NULL, 0, NULL, RASP_TEXT_FORM));
        break;
    case RV_POISON: break;
    }
}

static void add_examples(Console *c, int of)
{
    RaspProgram *p = c->p;
    if (of != RASP_SELECTORS) {
        page_add(&c->page, "\ts-op example: %s\n", value_text(p, p->example));
    }
    if (of != RASP_SOPS) {
        page_add(&c->page, "\tselector example: %s\n", value_text(p, p->selector_example));
    }
}

/* Of what a file defines again and again the last is shown. */
static int is_shown_later(const RaspProgram *p, int i)
{
    for (int k = i + 1; k < p->shown.n && p->shown.at[i].loaded; k++) {
        if (p->shown.at[k].loaded && p->shown.at[k].name == p->shown.at[i].name) {
            return 1;
        }
    }
    return 0;
}

const char *rasp_console_shown(RaspProgram *p)
{
    Console c = {.p = p, .page = {.arena = p->arena}};
    for (int i = 0; i < p->shown.n; i++) {
        const RaspShown *shown = &p->shown.at[i];
        const Nest nest = {"", "", shown->name};
        c.brief = shown->loaded;
        if (!shown->value) {
            add_examples(&c, shown->of);
        } else if (!is_shown_later(p, i)) {
            add_value(&c, &nest, shown->value);
        }
    }
    return page_end(&c.page);
}
