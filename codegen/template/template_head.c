/* The head of a template: its lines as fields, and what they say of holes and targets. */
#include "template_inner.h"

#include "../arithmetic.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { GOES_ON = 4 };

static const char *const head_key[] = {"form", "or", "need", "grid", "hole", "prefer", "when", "cost", "target", "along", "scratch",
                                       "shared", "beside", "before", "after"};

static const struct {
    const char *name;
    unsigned bit;
} target_name[] = {
    {"cpu", TARGET_C | TARGET_AVX2 | TARGET_AVX512 | TARGET_NEON},
    {"c", TARGET_C}, {"avx2", TARGET_AVX2}, {"avx512", TARGET_AVX512}, {"neon", TARGET_NEON}, {"cuda", TARGET_CUDA},
};

enum { HEAD_KEYS = sizeof head_key / sizeof *head_key, TARGETS = sizeof target_name / sizeof *target_name };

static int is_key(Str word)
{
    for (int i = 0; i < HEAD_KEYS; i++) {
        if (strcmp(head_key[i], word) == 0) {
            return 1;
        }
    }
    return 0;
}

/* "//$      more": belongs to the line before. */
static int goes_on(const TemplateLines *l, uint32_t from)
{
    const uint32_t sign = (uint32_t)((const char *)memchr(l->source->text + l->at, '$', from - l->at) - l->source->text);
    return from - sign - 1 >= GOES_ON;
}

static int take_line(TemplateLines *l, uint32_t from)
{
    Template *t = l->t;
    if (t->head.n && goes_on(l, from)) {
        HeadField *f = &t->head.at[t->head.n - 1];
        f->text = str_format("%s %s", f->text, str_of_n(l->source->text + from, l->end - from));
        f->span.end = l->end;
        return 1;
    }
    const uint32_t end = template_word(l, from);
    Str key = str_of_n(l->source->text + from, end - from);
    if (!is_key(key)) {
        diag_error(l->diag, template_span(l, from, end > from ? end : l->end), "unknown line in the head of a form: '%s'", key);
        diag_hint(l->diag,
                  "form, or, need, grid, hole, prefer, when, cost, target, along, scratch, shared, beside, before, after; then //$ sample");
        return 0;
    }
    uint32_t text = end;
    while (text < l->end && l->source->text[text] == ' ') {
        text++;
    }
    if (text == l->end) {
        diag_error(l->diag, template_span(l, from, end), "'%s' says nothing", key);
        return 0;
    }
    const HeadField f = {key, str_of_n(l->source->text + text, l->end - text), template_span(l, text, l->end)};
    vec_push(l->arena, t->head, f);
    return 1;
}

/* ---- holes -------------------------------------------------------------------------------------------------------------------------- */

static int starts(const char *text, const char *with, const char **rest)
{
    const size_t n = strlen(with);
    if (strncmp(text, with, n) != 0 || (text[n] && text[n] != ' ')) {
        return 0;
    }
    *rest = text + n + strspn(text + n, " ");
    return 1;
}

/* "bf16 int8 pairs" */
static int read_stored(TemplateHole *hole, const char *names)
{
    for (const char *at = names; *at;) {
        const size_t n = strcspn(at, " ");
        const Str name = str_of_n(at, n);
        const int pairs = strcmp(name, "pairs") == 0;
        const Arithmetic arithmetic = arithmetic_named(name);
        if (arithmetic == ARITHMETIC_F32 && !pairs) {
            return 0;
        }
        hole->stored |= pairs ? 0 : 1u << arithmetic;
        hole->pairs |= pairs;
        at += n + strspn(at + n, " ");
    }
    return hole->stored != 0 || hole->pairs;
}

/* "staged", "lanes k", "load-time panel48": 0: unknown. */
static int hole_word(TemplateHole *hole, const char *word)
{
    const char *rest = "";
    const struct {
        const char *name;
        int *said;
    } alone[] = {{"in place", &hole->in_place}, {"in runs", &hole->runs}, {"staged", &hole->staged}, {"over", &hole->over},
                 {"early", &hole->early}};
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        if (starts(word, alone[i].name, &rest)) {
            *alone[i].said = 1;
            return !*rest;
        }
    }
    if (starts(word, "fades", &rest)) { /* head.c reads along what */
        return strlen(rest) == 3;
    }
    if (starts(word, "lanes", &rest)) {
        hole->lanes = rest[0];
        return islower((unsigned char)rest[0]) && !rest[1];
    }
    if (starts(word, "load-time", &rest)) {
        hole->layout = str_of(rest);
        return *rest != 0;
    }
    if (starts(word, "stored", &rest)) {
        return read_stored(hole, rest);
    }
    if (starts(word, "dot", &rest)) {
        hole->dot = atoi(rest);
        return hole->dot > 0;
    }
    if (starts(word, "classes", &rest)) {
        hole->classes = str_of(rest);
        return *rest != 0;
    }
    return 0;
}

/* "$a  in place, staged, lanes k" */
static int read_hole(TemplateLines *l, const HeadField *f)
{
    const char *at = f->text;
    size_t n = *at == '$' ? 1 : 0;
    while (n && (isalnum((unsigned char)at[n]) || at[n] == '_')) {
        n++;
    }
    if (n < 2) {
        diag_error(l->diag, f->span, "a line about a hole begins with its name: '$a'");
        return 0;
    }
    TemplateHole hole = {.name = str_of_n(at + 1, n - 1), .span = f->span};
    if (template_hole(l->t, hole.name)) {
        diag_error(l->diag, f->span, "'$%s' has two lines", hole.name);
        return 0;
    }
    for (at += n; *at;) {
        at += strspn(at, " ");
        const size_t length = strcspn(at, ",");
        Str word = str_of_n(at, length);
        if (!hole_word(&hole, word)) {
            diag_error(l->diag, f->span, "'%s' is nothing that a hole can be", word);
            diag_hint(l->diag, "in place, in runs, staged, over, early, lanes LETTER, load-time LAYOUT, stored NAMES, dot N, "
                               "classes NAMES");
            return 0;
        }
        at += length + (at[length] == ',');
    }
    vec_push(l->arena, l->t->hole, hole);
    return 1;
}

/* ---- targets ------------------------------------------------------------------------------------------------------------------------ */

static int read_targets(TemplateLines *l, const HeadField *f)
{
    for (const char *at = f->text; *at;) {
        const size_t n = strcspn(at, " ");
        unsigned bit = 0;
        for (int i = 0; i < TARGETS; i++) {
            bit |= strlen(target_name[i].name) == n && strncmp(at, target_name[i].name, n) == 0 ? target_name[i].bit : 0;
        }
        if (!bit) {
            diag_error(l->diag, f->span, "unknown target '%s'", str_of_n(at, n));
            diag_hint(l->diag, "cpu, or some of c, avx2, avx512, neon; cuda");
            return 0;
        }
        l->t->targets |= bit;
        at += n + strspn(at + n, " ");
    }
    return 1;
}

static int read_name(TemplateLines *l, const HeadField *f)
{
    const char *colon = strchr(f->text, ':');
    if (l->t->name) {
        diag_error(l->diag, f->span, "a file has one form, and this is the second: '%s' is the first", l->t->name);
        return 0;
    }
    if (!colon || colon == f->text) {
        diag_error(l->diag, f->span, "a form is NAME: EQUATION");
        return 0;
    }
    l->t->name = str_of_n(f->text, (size_t)(colon - f->text));
    return 1;
}

static int understand(TemplateLines *l)
{
    int good = 1;
    for (int i = 0; i < l->t->head.n; i++) {
        const HeadField *f = &l->t->head.at[i];
        good &= strcmp(f->key, "form") == 0     ? read_name(l, f)
                : strcmp(f->key, "hole") == 0   ? read_hole(l, f)
                : strcmp(f->key, "target") == 0 ? read_targets(l, f)
                                                : 1;
    }
    if (good && !l->t->name) {
        diag_error(l->diag, span_of_source(l->source), "no line '//$ form NAME: EQUATION' before the sample");
        return 0;
    }
    if (good && !l->t->targets) {
        diag_error(l->diag, template_field(l->t, "form")->span, "'%s' serves no target", l->t->name);
        diag_hint(l->diag, "//$ target cpu");
        return 0;
    }
    return good;
}

int template_head(TemplateLines *l)
{
    while (template_line(l)) {
        uint32_t from;
        Str directive = template_directive(l, &from);
        if (!directive) {
            if (l->end > l->at) {
                diag_error(l->diag, template_span(l, l->at, l->end), "text before the sample");
                diag_hint(l->diag, "a form's file begins with its head, then //$ sample, //$ end");
                return 0;
            }
            continue;
        }
        if (strcmp(directive, "sample") == 0) {
            return understand(l);
        }
        if (directive[0] != '#' && !take_line(l, from)) {
            return 0;
        }
    }
    diag_error(l->diag, span_of_source(l->source), "the form has no sample");
    diag_hint(l->diag, "//$ sample, the #defines of its holes, //$ end");
    return 0;
}
