/* From `gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))` to a text of the language. */
#include "head.h"

#include <ctype.h>
#include <string.h>

typedef struct Writer {
    Arena *arena;
    Diag *diag;
    const HeadField *field;
    Form *form;
    HeadText *out;
    VEC(char) text;
    Str axes[MOST_HOLES]; /* "[b,m,k]", as it is first read */
    Str word; /* the word before */
    int good;
} Writer;

static void report(Writer *w, const char *why, const char *what)
{
    if (w->good) {
        diag_error(w->diag, w->field->span, why, what);
    }
    w->good = 0;
}

static void put(Writer *w, const char *text)
{
    for (; *text; text++) {
        vec_push(w->arena, w->text, *text);
    }
}

static int role_of(Writer *w, char letter)
{
    const int known = form_role(w->form, letter);
    if (known >= 0) {
        return known;
    }
    if (w->form->roles == MOST_ROLES) {
        report(w, "a form has at most 8 roles%s", "");
        return 0;
    }
    w->form->role[w->form->roles] = (FormRole){.letter = letter};
    return w->form->roles++;
}

static FormHole *hole_of(Writer *w, Str name)
{
    const int known = form_hole(w->form, name);
    if (known >= 0) {
        return &w->form->hole[known];
    }
    if (w->form->holes == MOST_HOLES) {
        report(w, "a form has at most 8 holes%s", "");
        return &w->form->hole[0];
    }
    FormHole *hole = &w->form->hole[w->form->holes++];
    *hole = (FormHole){.name = name};
    hole->predicate = w->word == str_of("where") || w->word == str_of("and") || w->word == str_of("or") || w->word == str_of("not");
    w->word = str_of("");
    return hole;
}

/* $a(b,m,k) becomes hole_a[b,m,k]. */
static const char *take_hole(Writer *w, const char *at)
{
    const char *from = at++;
    while (isalnum((unsigned char)*at) || *at == '_') {
        at++;
    }
    Str name = str_of_n(from, (size_t)(at - from));
    if (name == str_of("$store") || name == str_of("$row")) {
        w->out->row = name == str_of("$row");
        return at;
    }
    FormHole *hole = hole_of(w, name);
    put(w, str_format("hole_%s", name + 1));
    if (*at != '(') {
        report(w, "%s is a hole: its roles follow in brackets", name);
        return at;
    }
    const int begins = w->text.n;
    vec_push(w->arena, w->text, '[');
    for (at++; *at && *at != ')'; at++) {
        if (islower((unsigned char)*at)) {
            hole->roles |= 1u << role_of(w, *at);
        } else if (*at != ',' && *at != ' ') {
            report(w, "%s reads something else than roles", name);
        }
        vec_push(w->arena, w->text, *at);
    }
    vec_push(w->arena, w->text, ']');
    Str *axes = &w->axes[hole - w->form->hole];
    *axes = *axes ? *axes : str_of_n(w->text.at + begins, (size_t)(w->text.n - begins));
    return at + (*at == ')');
}

static const char *take_word(Writer *w, const char *at)
{
    const char *from = at;
    while (isalnum((unsigned char)*at) || *at == '_') {
        at++;
    }
    Str word = str_of_n(from, (size_t)(at - from));
    if (word == str_of("reduce")) {
        w->out->any = 1;
        put(w, "sum");
    } else {
        if (!word[1] && islower((unsigned char)word[0])) {
            role_of(w, word[0]);
        }
        put(w, word);
    }
    w->word = word;
    return at;
}

static Str taken(Writer *w)
{
    Str text = str_of_n(w->text.at, (size_t)w->text.n);
    w->text.n = 0;
    return text;
}

/* "y[b,m,n]": the letters of the result. */
static const char *take_result(Writer *w, const char *at)
{
    w->out->output = str_of("y");
    if (strncmp(at, "y[", 2) != 0) {
        report(w, "the head of %s begins with its result: y[..]", w->form->name);
        return at;
    }
    for (at += 2; *at && *at != ']'; at++) {
        if (islower((unsigned char)*at)) {
            w->form->role[role_of(w, *at)].result = 1;
        }
    }
    return at + (*at == ']');
}

static Str declarations(Writer *w)
{
    put(w, "model form\nragged ");
    for (int r = 0; r < w->form->roles; r++) {
        put(w, str_format("%s%c", r ? ", " : "", w->form->role[r].letter));
    }
    for (int h = 0; h < w->form->holes; h++) {
        const FormHole *hole = &w->form->hole[h];
        put(w, str_format("\ninput hole_%s%s: %s", hole->name + 1, w->axes[h] ? w->axes[h] : "", hole->predicate ? "bool" : "real"));
    }
    put(w, "\n");
    return taken(w);
}

int head_text(Arena *arena, Diag *d, const HeadField *field, Form *form, HeadText *out)
{
    Writer w = {.arena = arena, .diag = d, .field = field, .form = form, .out = out, .word = str_of(""), .good = 1};
    const char *at = field->text, *colon = strchr(at, ':');
    if (!colon || strcmp(field->key, "form") != 0) {
        report(&w, "a head is NAME: y[..] = ..%s", "");
        return 0;
    }
    form->name = str_of_n(at, (size_t)(colon - at));
    at = colon + 1 + strspn(colon + 1, " ");
    form->equation = str_of(at);
    const char *equation = at;
    at = take_result(&w, at);
    while (*at && w.good) {
        if (*at == '$') {
            at = take_hole(&w, at);
        } else if (isalpha((unsigned char)*at)) {
            at = take_word(&w, at);
        } else {
            vec_push(arena, w.text, *at++);
        }
    }
    Str body = taken(&w), declared = declarations(&w);
    const size_t result = strcspn(equation, "]");
    out->text = str_format("%soutput %.*s]%s\n", declared, (int)result, equation, body);
    return w.good;
}
