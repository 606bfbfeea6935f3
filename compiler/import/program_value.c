/* Names, variables and the values they have. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Named {
    Str text;
    int number;
} Named;

static int by_text(const void *a, const void *b)
{
    return strcmp(((const Named *)a)->text, ((const Named *)b)->text);
}

void names_sort(Import *m, Names *names)
{
    Named *named = arena_array(m->arena, Named, names->at.n + 1);
    for (int i = 0; i < names->at.n; i++) {
        named[i] = (Named){names->at.at[i].text, i};
    }
    qsort(named, (size_t)names->at.n, sizeof *named, by_text);
    names->by_text.n = 0;
    for (int i = 0; i < names->at.n; i++) {
        vec_push(m->arena, names->by_text, named[i].number);
    }
}

int names_find(const Names *names, Str text)
{
    int low = 0, high = names->by_text.n;
    while (low < high) {
        const int middle = low + (high - low) / 2, order = strcmp(names->at.at[names->by_text.at[middle]].text, text);
        if (order == 0) {
            return names->by_text.at[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return -1;
}

int import_is_called(Str name, const char *prefix, const char *ending)
{
    const size_t n = strlen(prefix);
    const char *at = name + n;
    if (strncmp(name, prefix, n) != 0) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        const size_t digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 3 || (i == 0 && at[digits] != '_')) {
            return 0;
        }
        at += digits + (i == 0);
    }
    return strcmp(at, ending) == 0;
}

/* ---- variables --------------------------------------------------------------------------------------------------------------------- */

static Variable *find(const Import *m, Str name)
{
    for (int i = 0; i < m->variable.n; i++) {
        if (m->variable.at[i]->name == name) {
            return m->variable.at[i];
        }
    }
    return NULL;
}

Variable *import_variable(Import *m, Token name)
{
    Variable *found = find(m, name.text);
    if (!found && m->p.token.kind != TOKEN_WRONG) {
        Str *names = arena_array(m->arena, Str, m->variable.n + 1);
        for (int i = 0; i < m->variable.n; i++) {
            names[i] = m->variable.at[i]->name;
        }
        python_error(&m->p, name.span, "there is no variable '%s' here", name.text);
        diag_did_you_mean(m->d, name.text, names, m->variable.n);
    }
    return found;
}

int import_room(Import *m, int names, Span span)
{
    return names < NAMES_MOST || python_error(&m->p, span, "there are more than %d of such names", NAMES_MOST);
}

Variable *import_define(Import *m, Str name, Span span, Variable like)
{
    const Variable *before = find(m, name);
    if (!import_room(m, m->variable.n, span)) {
        return NULL;
    }
    if (before) {
        if (python_error(&m->p, span, "'%s' is defined twice", name) == 0 && before->span.source) {
            diag_note(m->d, before->span, "it is defined here");
        }
        return NULL;
    }
    Variable *v = arena_new_of(m->arena, Variable);
    *v = like;
    v->name = name;
    v->span = span;
    v->scored = 0;
    vec_push(m->arena, m->variable, v);
    return v;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------ */

/* Digits behind a letter or a word: V07, Emb2. */
static int number_behind(Str text, const char *word, int64_t *number)
{
    const size_t n = strlen(word), digits = strspn(text + (strncmp(text, word, n) == 0 ? n : 0), "0123456789");
    if (strncmp(text, word, n) != 0 || digits == 0 || digits > 6 || text[n + digits]) {
        return 0;
    }
    *number = strtol(text + n, NULL, 10);
    return 1;
}

/* Emb0.V07 */
static int member(Import *m, Literal *out)
{
    Python *p = &m->p;
    Token taken[2] = {0};
    int64_t group = 0;
    if (!number_behind(p->token.text, "Emb", &group) || group >= m->groups) {
        return python_wrong(p, "a string, a number or a member of an imported class, as Emb0.V07");
    }
    if (!python_phrase(p, "$n . $n", taken)) {
        return 0;
    }
    *out = (Literal){.sort = SORT_MEMBERS, .group = (int)group, .span = span_join(taken[0].span, taken[1].span)};
    return (number_behind(taken[1].text, "V", &out->number) && str_format("V%02lld", (long long)out->number) == taken[1].text) ||
           python_error(p, taken[1].span, "'%s' is no member of such a class: V and two digits", taken[1].text);
}

int import_literal(Import *m, Literal *out)
{
    Python *p = &m->p;
    const Token token = p->token;
    switch (token.kind) {
    case TOKEN_NAME: return member(m, out);
    case TOKEN_STRING: *out = (Literal){.sort = SORT_WORDS, .word = token.text, .span = token.span}; break;
    case TOKEN_INT:
        *out = (Literal){.sort = SORT_INTS, .number = token.number, .span = token.span};
        if (token.number > NUMBER_MOST) {
            return python_error(p, token.span, "numbers of such programs go up to %d", NUMBER_MOST);
        }
        break;
    default: return python_wrong(p, "a string, a number or a member of an imported class, as Emb0.V07");
    }
    python_next(p);
    return p->token.kind != TOKEN_WRONG;
}

int64_t import_code(const Import *m, const Variable *of, const Literal *literal)
{
    const Sort sort = of->numeric ? SORT_INTS : of->sort;
    if (literal->sort != sort || (sort == SORT_MEMBERS && literal->group != of->group)) {
        return -1;
    }
    const int64_t code = sort == SORT_WORDS ? names_find(&m->words, literal->word) : literal->number;
    return of->numeric || code < of->size ? code : -1;
}

Str import_value_text(Import *m, const Variable *of, int64_t code)
{
    switch (of->sort) {
    case SORT_WORDS: return m->words.at.at[code].text;
    case SORT_INTS: return str_format("%lld", (long long)code);
    case SORT_MEMBERS: return str_format("Emb%d.V%02lld", of->group, (long long)code);
    }
    return "";
}

void import_line(Import *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *line = arena_vprintf(m->arena, format, args);
    va_end(args);
    vec_push(m->arena, m->line, line);
}
