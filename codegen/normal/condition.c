#include "condition.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum Kind { C_NUMBER, C_ROLE, C_ARITHMETIC, C_COMPARE, C_AND, C_OR, C_NOT, C_PROPERTY } Kind;

struct Condition {
    Kind kind;
    double number;
    char role;
    Str word; /* the operator, or the property's name */
    const Condition *kid[2];
    Str argument[MOST_ARGUMENTS];
    int arguments;
    Str text; /* as it is written */
};

typedef struct Reader {
    Arena *arena;
    const char *at;
    Str error;
} Reader;

static const Condition *read_or(Reader *r);
static const Condition *read_sum(Reader *r);

static void skip(Reader *r)
{
    while (isspace((unsigned char)*r->at)) {
        r->at++;
    }
}

static void fail(Reader *r, const char *why)
{
    if (!r->error) {
        r->error = str_format("%s at \"%.20s\"", why, r->at);
    }
}

/* Words end where a letter does not follow; signs anywhere. */
static int take(Reader *r, const char *word)
{
    skip(r);
    const size_t n = strlen(word);
    if (strncmp(r->at, word, n) != 0 || (isalpha((unsigned char)*word) && (isalnum((unsigned char)r->at[n]) || r->at[n] == '_'))) {
        return 0;
    }
    r->at += n;
    return 1;
}

static Condition *make(Reader *r, Kind kind, const Condition *a, const Condition *b, const char *from)
{
    Condition *c = arena_new_of(r->arena, Condition);
    c->kind = kind;
    c->kid[0] = a;
    c->kid[1] = b;
    const char *end = r->at;
    while (end > from && isspace((unsigned char)end[-1])) {
        end--;
    }
    c->text = str_of_n(from, (size_t)(end - from));
    return c;
}

static const char *here(Reader *r)
{
    skip(r);
    return r->at;
}

static Str read_word(Reader *r)
{
    const char *from = here(r);
    r->at += *r->at == '$';
    while (isalnum((unsigned char)*r->at) || *r->at == '_') {
        r->at++;
    }
    return str_of_n(from, (size_t)(r->at - from));
}

static const Condition *read_property(Reader *r, const char *from, Str name)
{
    Condition *c = make(r, C_PROPERTY, NULL, NULL, from);
    c->word = name;
    while (!take(r, ")")) {
        Str word = c->arguments < MOST_ARGUMENTS ? read_word(r) : str_of("");
        if (!*word) {
            fail(r, "a role or a hole is expected");
            return c;
        }
        c->argument[c->arguments++] = word;
        take(r, ",");
    }
    c->text = str_of_n(from, (size_t)(r->at - from));
    return c;
}

static const Condition *read_atom(Reader *r)
{
    const char *from = here(r);
    if (take(r, "(")) {
        const Condition *c = read_or(r);
        if (!take(r, ")")) {
            fail(r, "a bracket is not closed");
        }
        return c;
    }
    if (isdigit((unsigned char)*r->at)) {
        char *end = NULL;
        const double number = strtod(r->at, &end);
        r->at = end;
        Condition *c = make(r, C_NUMBER, NULL, NULL, from);
        c->number = number;
        return c;
    }
    Str name = read_word(r);
    if (*name && take(r, "(")) {
        return read_property(r, from, name);
    }
    if (!isalpha((unsigned char)name[0]) || name[1]) {
        fail(r, "a size, a number or a property is expected");
    }
    Condition *c = make(r, C_ROLE, NULL, NULL, from);
    c->role = name[0];
    return c;
}

static const Condition *read_chain(Reader *r, const char *const *words, const Condition *(*next)(Reader *), Kind kind)
{
    const char *from = here(r);
    const Condition *left = next(r);
    for (int again = 1; again && !r->error;) {
        again = 0;
        for (int i = 0; words[i] && !again; i++) {
            if (take(r, words[i])) {
                Str word = str_of(words[i]);
                const Condition *right = next(r);
                Condition *both = make(r, kind, left, right, from);
                both->word = word;
                left = both;
                again = 1;
            }
        }
    }
    return left;
}

static const Condition *read_product(Reader *r)
{
    static const char *const words[] = {"*", "/", NULL};
    return read_chain(r, words, read_atom, C_ARITHMETIC);
}

static const Condition *read_sum(Reader *r)
{
    static const char *const words[] = {"+", "-", NULL};
    return read_chain(r, words, read_product, C_ARITHMETIC);
}

static const Condition *read_compare(Reader *r)
{
    static const char *const words[] = {"<=", ">=", "==", "<", ">", NULL};
    const char *from = here(r);
    if (take(r, "not")) {
        const Condition *kid = read_compare(r);
        return make(r, C_NOT, kid, NULL, from);
    }
    return read_chain(r, words, read_sum, C_COMPARE);
}

static const Condition *read_and(Reader *r)
{
    static const char *const words[] = {"and", NULL};
    return read_chain(r, words, read_compare, C_AND);
}

static const Condition *read_or(Reader *r)
{
    static const char *const words[] = {"or", NULL};
    return read_chain(r, words, read_and, C_OR);
}

static int is_truth(const Condition *c)
{
    return c->kind == C_COMPARE || c->kind == C_AND || c->kind == C_OR || c->kind == C_NOT || c->kind == C_PROPERTY;
}

/* Comparisons compare numbers, the rest joins truths. */
static void check(Reader *r, const Condition *c, int truth)
{
    if (is_truth(c) != truth) {
        fail(r, truth ? "a condition is expected before" : "a number is expected before");
        return;
    }
    const int wants = c->kind == C_AND || c->kind == C_OR || c->kind == C_NOT;
    for (int i = 0; i < 2 && c->kid[i]; i++) {
        check(r, c->kid[i], wants);
    }
}

Condition *condition_parse(Arena *arena, Str text, Str *error)
{
    Reader r = {.arena = arena, .at = text};
    const Condition *c = read_or(&r);
    if (*here(&r)) {
        fail(&r, "a word too many");
    }
    if (!r.error) {
        check(&r, c, 1);
    }
    *error = r.error;
    return r.error ? NULL : (Condition *)c;
}

/* ---- does it hold? ------------------------------------------------------------------------------------------------------------------ */

static int compares(const char *word, double a, double b)
{
    switch (word[0]) {
    case '<': return word[1] ? a <= b : a < b;
    case '>': return word[1] ? a >= b : a > b;
    default: return a == b;
    }
}

static double number_of(const Condition *c, const Facts *facts)
{
    if (c->kind == C_NUMBER) {
        return c->number;
    }
    if (c->kind == C_ROLE) {
        return facts->size(facts->context, c->role);
    }
    const double a = number_of(c->kid[0], facts), b = number_of(c->kid[1], facts);
    if (c->kind == C_COMPARE) {
        return compares(c->word, a, b);
    }
    switch (*c->word) {
    case '+': return a + b;
    case '-': return a - b;
    case '/': return floor(a / b);
    default: return a * b;
    }
}

Str condition_fails(const Condition *c, const Facts *facts)
{
    switch (c->kind) {
    case C_AND: {
        Str why = condition_fails(c->kid[0], facts);
        return why ? why : condition_fails(c->kid[1], facts);
    }
    case C_OR: {
        Str why = condition_fails(c->kid[0], facts), other = why ? condition_fails(c->kid[1], facts) : NULL;
        return why && other ? str_format("%s, %s", why, other) : NULL;
    }
    case C_NOT: return condition_fails(c->kid[0], facts) ? NULL : str_format("\"%s\" does not hold", c->text);
    case C_PROPERTY:
        return facts->property(facts->context, c->word, c->argument, c->arguments) > 0 ? NULL : str_format("\"%s\" does not hold", c->text);
    case C_COMPARE: {
        const double a = number_of(c->kid[0], facts), b = number_of(c->kid[1], facts);
        if (compares(c->word, a, b)) {
            return NULL;
        }
        return isinf(a) ? str_format("%s is not known before a run: \"%s\" does not hold", c->kid[0]->text, c->text)
                        : str_format("%s = %g is outside \"%s\"", c->kid[0]->text, a, c->text);
    }
    default: return NULL;
    }
}

/* ---- how much? ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Letters { /* sizes that the text itself says */
    const Facts *facts;
    double value[26];
    unsigned known;
} Letters;

static double size_of_letter(const void *context, char role)
{
    const Letters *l = context;
    return l->known >> (role - 'a') & 1 ? l->value[role - 'a'] : l->facts->size(l->facts->context, role);
}

static int is_number(const Condition *c)
{
    return c->kind == C_NUMBER || c->kind == C_ROLE ||
           ((c->kind == C_ARITHMETIC || c->kind == C_COMPARE) && is_number(c->kid[0]) && is_number(c->kid[1]));
}

static double read_number(Reader *r, const Facts *facts)
{
    const Condition *c = read_compare(r);
    if (!r->error && !is_number(c)) {
        fail(r, "a number is expected before");
    }
    return r->error ? 0 : number_of(c, facts);
}

double condition_number(Arena *arena, Str text, const Facts *facts, Str *error)
{
    Reader r = {.arena = arena, .at = text};
    Letters letters = {.facts = facts};
    const Facts with = {.context = &letters, .size = size_of_letter};
    for (const char *from = here(&r); islower((unsigned char)*from) && from[1] == ' ' && from[2] == '=' && from[3] == ' ';
         from = here(&r)) {
        r.at += 4;
        letters.value[*from - 'a'] = read_number(&r, &with);
        letters.known |= 1u << (*from - 'a');
        if (!take(&r, ";")) {
            fail(&r, "a semicolon is expected");
        }
    }
    const double value = read_number(&r, &with);
    if (*here(&r)) {
        fail(&r, "a word too many");
    }
    *error = r.error;
    return r.error ? 0 : value;
}
