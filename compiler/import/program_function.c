/* Predicates and tables: functions of one shape, a chain of `if PARAMS in {..}: return ..`, and the tensors that they are. */
#include "program.h"

#include <string.h>

/* ---- reading ----------------------------------------------------------------------------------------------------------------------- */

static int read_params(Python *p, Function *f)
{
    const char *separator = "(";
    do {
        Token name;
        if (f->params == PARAMS_MOST) {
            return python_error(p, p->token.span, "such functions have up to %d parameters", PARAMS_MOST);
        }
        if (!python_phrase(p, separator, NULL) || !python_phrase(p, "$n", &name)) {
            return 0;
        }
        for (int i = 0; i < f->params; i++) {
            if (f->param[i] == name.text) {
                return python_error(p, name.span, "two parameters are called '%s'", name.text);
            }
        }
        f->param[f->params++] = name.text;
        separator = ",";
    } while (python_is(p, ","));
    return python_statement(p, ") :", NULL);
}

/* One key: a literal, or as many in parentheses as there are parameters. */
static int read_key(Import *m, Function *f)
{
    Python *p = &m->p;
    const int several = !f->predicate && f->params > 1;
    if (several && !python_phrase(p, "(", NULL)) {
        return 0;
    }
    for (int i = 0; i < (several ? f->params : 1); i++) {
        Literal literal;
        if ((i > 0 && !python_phrase(p, ",", NULL)) || !import_literal(m, &literal)) {
            return 0;
        }
        vec_push(m->arena, f->literal, literal);
    }
    return !several || python_phrase(p, ")", NULL);
}

static int read_keys(Import *m, Function *f, Rule *rule)
{
    Python *p = &m->p;
    const int set = python_is(p, "{");
    const char *close = set ? "}" : "]";
    if (!python_phrase(p, set ? "{" : "[", NULL)) {
        return 0;
    }
    rule->first = f->literal.n;
    do {
        if (rule->n++ > 0 && !python_phrase(p, ",", NULL)) {
            return 0;
        }
        if (!read_key(m, f)) {
            return 0;
        }
    } while (!python_is(p, close) && p->token.kind != TOKEN_WRONG);
    return python_phrase(p, close, NULL);
}

/* `return KEY == LITERAL`, or `return NUMBER` */
static int read_return(Import *m, Function *f, Rule *rule)
{
    Python *p = &m->p;
    if (!python_phrase(p, f->predicate ? arena_printf(m->arena, "return %s ==", f->param[1]) : "return", NULL)) {
        return 0;
    }
    if (!f->predicate && p->token.kind != TOKEN_INT) {
        return python_wrong(p, "a whole number");
    }
    return import_literal(m, &rule->result) && python_statement(p, "", NULL);
}

static int read_rule(Import *m, Function *f)
{
    Python *p = &m->p;
    Rule rule = {.always = python_is(p, "return")};
    if (!rule.always) {
        const char *what = f->predicate ? f->param[0] : "key", *word = f->rule.n > 0 && python_is(p, "elif") ? "elif" : "if";
        if (!python_phrase(p, arena_printf(m->arena, "%s %s in", word, what), NULL) || !read_keys(m, f, &rule) ||
            !python_statement(p, ":", NULL)) {
            return 0;
        }
        if (p->token.kind != TOKEN_INDENT) {
            return python_wrong(p, "an indented line");
        }
        python_next(p);
    }
    if (!read_return(m, f, &rule)) {
        return 0;
    }
    if (!rule.always) {
        if (p->token.kind != TOKEN_DEDENT) {
            return python_wrong(p, "the end of the block");
        }
        python_next(p);
    }
    vec_push(m->arena, f->rule, rule);
    return p->token.kind != TOKEN_WRONG;
}

/* `key = (a, b)`, or `key = a`, perhaps in parentheses */
static int read_key_line(Import *m, const Function *f)
{
    Python *p = &m->p;
    if (!python_phrase(p, "key =", NULL)) {
        return 0;
    }
    const int brackets = f->params > 1 || python_is(p, "(");
    const char *phrase = f->param[0];
    for (int i = 1; i < f->params; i++) {
        phrase = arena_printf(m->arena, "%s , %s", phrase, f->param[i]);
    }
    return python_statement(p, brackets ? arena_printf(m->arena, "( %s )", phrase) : phrase, NULL);
}

static int read_body(Import *m, Function *f)
{
    Python *p = &m->p;
    if (p->token.kind != TOKEN_INDENT) {
        return python_wrong(p, "an indented line");
    }
    python_next(p);
    if (!f->predicate && !read_key_line(m, f)) {
        return 0;
    }
    do {
        if (f->rule.n > 0 && f->rule.at[f->rule.n - 1].always) {
            return python_wrong(p, "the end of the block");
        }
        if (!read_rule(m, f)) {
            return 0;
        }
    } while (p->token.kind != TOKEN_DEDENT);
    python_next(p);
    return p->token.kind != TOKEN_WRONG;
}

int import_function(Import *m)
{
    Python *p = &m->p;
    const Token name = p->token;
    Function *f = arena_new_of(m->arena, Function);
    const int predicate = import_is_called(name.text, "predicate_", "") || import_is_called(name.text, "num_predicate_", "");
    if (name.kind != TOKEN_NAME ||
        (!predicate && !import_is_called(name.text, "mlp_", "") && !import_is_called(name.text, "num_mlp_", ""))) {
        return python_wrong(p, "a function as predicate_0_0, num_predicate_0_0, mlp_0_0, num_mlp_0_0");
    }
    for (int i = 0; i < m->function.n; i++) {
        if (m->function.at[i]->name == name.text) {
            python_error(p, name.span, "'%s' is defined twice", name.text);
            diag_note(m->d, m->function.at[i]->span, "it is defined here");
            return 0;
        }
    }
    if (!import_room(m, m->function.n, name.span)) {
        return 0;
    }
    *f = (Function){.name = name.text, .span = name.span, .predicate = predicate};
    python_next(p);
    if (!read_params(p, f)) {
        return 0;
    }
    if (predicate && f->params != 2) {
        return python_error(p, name.span, "a predicate has two parameters, the query and the key; this one has %d", f->params);
    }
    vec_push(m->arena, m->function, f);
    return read_body(m, f);
}

Function *import_called(Import *m, Token name, int predicate)
{
    for (int i = 0; i < m->function.n; i++) {
        Function *f = m->function.at[i];
        if (f->name == name.text && f->predicate == predicate) {
            if (f->used) {
                python_error(&m->p, name.span, "'%s' is used twice", name.text);
                return NULL;
            }
            f->used = 1;
            return f;
        }
    }
    python_error(&m->p, name.span, "there is no %s '%s' here", predicate ? "predicate" : "table", name.text);
    return NULL;
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------------ */

/* What a table is read at: values of a variable; of a count the last entry stands for all that are larger. */
typedef struct Axis {
    const Variable *of;
    int64_t size;
    const char *read;
} Axis;

static Axis axis_of(Import *m, const Function *f, int param, const Variable *of)
{
    Axis axis = {of, of->size, of == m->positions ? "t" : arena_printf(m->arena, "%s[t]", of->name)};
    if (of->numeric) {
        const int width = f->predicate ? 1 : f->params;
        int64_t largest = -1;
        for (int i = param; i < f->literal.n; i += width) {
            const Literal *literal = &f->literal.at[i];
            largest = literal->sort == SORT_INTS && literal->number > largest ? literal->number : largest;
        }
        axis.size = (of->most < largest + 1 ? of->most : largest + 1) + 1;
        axis.read = of->most < axis.size ? axis.read : arena_printf(m->arena, "min(%s, %lld)", axis.read, (long long)axis.size - 1);
    }
    return axis;
}

enum { UNSET = -2, NO_KEY = -1 };

/* Entry by entry what the rules say, the first that holds. */
static void fill(const Import *m, const Function *f, const Axis *axis, int n, const Variable *key, int32_t *entry, int64_t entries)
{
    for (int r = 0; r < f->rule.n; r++) {
        const Rule *rule = &f->rule.at[r];
        const int32_t result = (int32_t)(key ? import_code(m, key, &rule->result) : rule->result.number);
        for (int k = 0; k < rule->n; k++) {
            int64_t at = 0;
            for (int i = 0; i < n && at >= 0; i++) {
                const int64_t code = import_code(m, axis[i].of, &f->literal.at[rule->first + k * n + i]);
                at = code < 0 || code >= axis[i].size ? -1 : at * axis[i].size + code;
            }
            if (at >= 0 && entry[at] == UNSET) {
                entry[at] = result;
            }
        }
        for (int64_t i = 0; rule->always && i < entries; i++) {
            entry[i] = entry[i] == UNSET ? result : entry[i];
        }
    }
}

static const char *value_text(Import *m, const Axis *axis, int64_t code)
{
    const int beyond = axis->of->numeric && axis->of->most >= axis->size && code == axis->size - 1;
    return axis->of->numeric              ? arena_printf(m->arena, beyond ? "%lld or more" : "%lld", (long long)code)
           : axis->of->sort == SORT_WORDS ? arena_printf(m->arena, "\"%s\"", import_value_text(m, axis->of, code))
                                          : import_value_text(m, axis->of, code);
}

/* Whether all the values that this entry stands for come up. */
static int can_be(const Axis *axis, int n, int64_t at)
{
    int possible = 1;
    for (int i = n - 1; i >= 0; i--) {
        possible &= !axis[i].of->possible || axis[i].of->possible[at % axis[i].size];
        at /= axis[i].size;
    }
    return possible;
}

/* 1: every entry that can be read has a value. */
static int is_whole(Import *m, const Function *f, const Axis *axis, int n, const int32_t *entry, int64_t entries)
{
    for (int64_t at = 0; at < entries; at++) {
        if (entry[at] == UNSET && can_be(axis, n, at)) {
            const char *text = "";
            int64_t rest = at;
            for (int i = n - 1; i >= 0; i--) {
                text = arena_printf(m->arena, "%s%s%s", value_text(m, &axis[i], rest % axis[i].size), *text ? ", " : "", text);
                rest /= axis[i].size;
            }
            python_error(&m->p, f->span, "'%s' has no value for %s", f->name, text);
            diag_hint(m->d, "a last line `return NUMBER` gives one for all the rest");
            return 0;
        }
    }
    return 1;
}

/* The entries of the function, stored under its name; NULL: reported. */
static int32_t *entries_of(Import *m, const Function *f, Axis *axis, Variable *const *of, int n, const Variable *key, int64_t *entries)
{
    Stored tensor = {.name = f->name, .rank = n};
    *entries = 1;
    for (int i = 0; i < n; i++) {
        axis[i] = axis_of(m, f, i, of[i]);
        tensor.shape[i] = axis[i].size;
        *entries = *entries > TABLE_MOST / axis[i].size ? TABLE_MOST + 1 : *entries * axis[i].size;
    }
    if (*entries > TABLE_MOST) {
        python_error(&m->p, f->span, "the table of '%s' has more than %d entries", f->name, TABLE_MOST);
        return NULL;
    }
    if ((m->entries += *entries) > TABLES_MOST) {
        python_error(&m->p, f->span, "all tables together have more than %d entries", TABLES_MOST);
        return NULL;
    }
    tensor.data = arena_array(m->arena, int32_t, *entries + 1);
    for (int64_t i = 0; i < *entries; i++) {
        tensor.data[i] = UNSET;
    }
    fill(m, f, axis, n, key, tensor.data, *entries);
    vec_push(m->arena, m->stored, tensor);
    return tensor.data;
}

static const char *read_of(Import *m, const Function *f, const Axis *axis, int n)
{
    const char *text = arena_printf(m->arena, "\"%s\"[", f->name);
    for (int i = 0; i < n; i++) {
        text = arena_printf(m->arena, "%s%s%s", text, i ? ", " : "", axis[i].read);
    }
    return arena_printf(m->arena, "%s]", text);
}

const char *import_predicate(Import *m, const Function *f, const Variable *query, const Variable *key)
{
    Axis axis;
    int64_t entries;
    Variable *of = (Variable *)(uintptr_t)query;
    int32_t *entry = entries_of(m, f, &axis, &of, 1, key, &entries);
    for (int64_t i = 0; entry && i < entries; i++) {
        entry[i] = entry[i] == UNSET ? NO_KEY : entry[i];
    }
    return entry ? read_of(m, f, &axis, 1) : NULL;
}

const char *import_table(Import *m, const Function *f, Variable *const *of, Variable *result)
{
    Axis axis[PARAMS_MOST];
    int64_t entries;
    int32_t *entry = entries_of(m, f, axis, of, f->params, NULL, &entries);
    if (!entry || !is_whole(m, f, axis, f->params, entry, entries)) {
        return NULL;
    }
    int32_t most = 0;
    for (int64_t i = 0; i < entries; i++) {
        most = entry[i] > most ? entry[i] : most;
    }
    unsigned char *possible = arena_array(m->arena, unsigned char, most + 1);
    for (int64_t i = 0; i < entries; i++) {
        if (entry[i] == UNSET) {
            entry[i] = 0; /* never read */
        } else {
            possible[entry[i]] = 1;
        }
    }
    *result = (Variable){.sort = SORT_INTS, .size = most + 1, .possible = possible};
    return read_of(m, f, axis, f->params);
}
