/* What makes a variable: patterns of heads and what heads bring, tables, columns of embeddings. */
#include "program.h"

#include <string.h>

/* The name without an ending, "attn_0_0" of "attn_0_0_outputs". */
static Str stem_of(Str name, const char *ending)
{
    return str_of_n(name, strlen(name) - strlen(ending));
}

/* NAME = select_closest(KEYS, QUERIES, PREDICATE), behind the `=` */
int import_pattern(Import *m, Token name)
{
    Python *p = &m->p;
    Token taken[4] = {0};
    if (!python_statement(p, "$n ( $n , $n , $n )", taken)) {
        return 0;
    }
    const int closest = strcmp(taken[0].text, "select_closest") == 0;
    if (!closest && strcmp(taken[0].text, "select") != 0) {
        return python_error(p, taken[0].span, "a pattern is made by select_closest or select");
    }
    for (int i = 0; i < m->pattern.n; i++) {
        if (m->pattern.at[i].name == name.text) {
            return python_error(p, name.span, "'%s' is defined twice", name.text);
        }
    }
    if (!import_room(m, m->pattern.n, name.span) || !import_needs_helper(m, closest ? HELPER_CLOSEST : HELPER_SELECT, taken[0].span)) {
        return 0;
    }
    const Variable *key = import_variable(m, taken[1]), *query = key ? import_variable(m, taken[2]) : NULL;
    const Function *f = query ? import_called(m, taken[3], 1) : NULL;
    const Pattern pattern = {name.text, name.span, closest, key, f ? import_predicate(m, f, query, key) : NULL};
    vec_push(m->arena, m->pattern, pattern);
    return pattern.wanted != NULL;
}

static const Pattern *find_pattern(Import *m, Token name)
{
    for (int i = 0; i < m->pattern.n; i++) {
        if (m->pattern.at[i].name == name.text) {
            return &m->pattern.at[i];
        }
    }
    python_error(&m->p, name.span, "there is no pattern '%s' here", name.text);
    return NULL;
}

/* In the model text: the value at the nearest place whose key is wanted, at the first one if there is none. Only one has a position. */
static const char *copied(Import *m, const Pattern *p, Str value)
{
    if (p->key != m->positions) {
        return arena_printf(m->arena, "%s[nearest(%s, %s)]", value, p->wanted, p->key->name);
    }
    return m->helper[HELPER_CLOSEST].causal ? arena_printf(m->arena, "%s[%s <= t ? max(%s, 0) : 0]", value, p->wanted, p->wanted)
                                            : arena_printf(m->arena, "%s[%s] ?? %s[0]", value, p->wanted, value);
}

/* The sum of the values at all places whose key is wanted. */
static const char *added(Import *m, const Pattern *p, Str value)
{
    const int causal = m->helper[HELPER_SELECT].causal;
    if (p->key == m->positions) {
        const char *there = arena_printf(m->arena, "%s[%s]", value, p->wanted);
        return causal ? arena_printf(m->arena, "%s <= t ? %s : 0", p->wanted, there) : there;
    }
    const char *domain = arena_printf(m->arena, "t' where %s%s[t'] == %s", causal ? "t' <= t and " : "", p->key->name, p->wanted);
    return strcmp(value, "ones") == 0 ? arena_printf(m->arena, "count[%s]", domain)
                                      : arena_printf(m->arena, "sum[%s] %s[t']", domain, value);
}

/* NAME = aggregate(PATTERN, VALUES), or aggregate_sum */
static int head(Import *m, Token name)
{
    Python *p = &m->p;
    Token taken[3] = {0};
    if (!python_statement(p, "$n ( $n , $n )", taken)) {
        return 0;
    }
    const int copies = strcmp(taken[0].text, "aggregate") == 0;
    if (!copies && strcmp(taken[0].text, "aggregate_sum") != 0) {
        return python_error(p, taken[0].span, "what a head brings is made by aggregate or aggregate_sum");
    }
    if (!import_needs_helper(m, copies ? HELPER_COPY : HELPER_SUM, taken[0].span)) {
        return 0;
    }
    const Pattern *pattern = find_pattern(m, taken[1]);
    const Variable *value = pattern ? import_variable(m, taken[2]) : NULL;
    if (!value) {
        return 0;
    }
    if (pattern->closest != copies) {
        python_error(p, taken[1].span,
                     copies ? "aggregate copies one value, and this pattern may look at many"
                            : "aggregate_sum adds up, and this pattern looks at one place");
        diag_note(m->d, pattern->span, "the pattern is made here");
        return 0;
    }
    if (value->numeric == copies) {
        return python_error(p, taken[2].span,
                            copies ? "aggregate copies categorical values, and '%s' are counts"
                                   : "aggregate_sum adds up counts, and '%s' are categorical",
                            value->name);
    }
    Variable like = *value;
    if (!copies) {
        like.most = value->most > COUNT_MOST / m->positions->size ? COUNT_MOST + 1 : value->most * m->positions->size;
        if (like.most > COUNT_MOST) {
            return python_error(p, name.span, "'%s' can grow beyond 2^50", name.text);
        }
    }
    if (!import_define(m, name.text, name.span, like)) {
        return 0;
    }
    import_line(m, "%s[t] = %s", name.text, copies ? copied(m, pattern, value->name) : added(m, pattern, value->name));
    return 1;
}

/* NAME = [mlp_0_0(k0, k1) for k0, k1 in zip(A, B)], or [mlp_0_0(k0) for k0 in A] */
static int table(Import *m, Token name)
{
    Python *p = &m->p;
    Token called, argument;
    Variable *of[PARAMS_MOST] = {0};
    if (!python_phrase(p, "[ $n", &called)) {
        return 0;
    }
    const Function *f = import_called(m, called, 0);
    if (!f) {
        return 0;
    }
    const char *names = "k0";
    for (int i = 1; i < f->params; i++) {
        names = arena_printf(m->arena, "%s , k%d", names, i);
    }
    if (!python_phrase(p, arena_printf(m->arena, "( %s ) for %s in%s", names, names, f->params > 1 ? " zip (" : ""), NULL)) {
        return 0;
    }
    for (int i = 0; i < f->params; i++) {
        if (!python_phrase(p, i ? ", $n" : "$n", &argument) || !(of[i] = import_variable(m, argument))) {
            return 0;
        }
    }
    if (!python_statement(p, f->params > 1 ? ") ]" : "]", NULL)) {
        return 0;
    }
    Variable like;
    const char *read = import_table(m, f, of, &like);
    if (!read || !import_define(m, name.text, name.span, like)) {
        return 0;
    }
    import_line(m, "%s[t] = %s", name.text, read);
    return 1;
}

int import_outputs(Import *m, Token name)
{
    if (!m->positions) {
        return python_error(&m->p, name.span, "`positions = list(range(len(tokens)))` has to stand before this");
    }
    return python_is(&m->p, "[") ? table(m, name) : head(m, name);
}

/* var0_embeddings = embeddings["var0_embeddings"].tolist(), or [Emb0[f"V{i:02}"] for i in embeddings["var0_embeddings"]] */
int import_column(Import *m, Token name)
{
    Python *p = &m->p;
    Token taken[2] = {0};
    const int members = python_is(p, "[");
    const char *const phrase = members ? "[ $n [ f\"V{i:02}\" ] for i in embeddings [ $s ] ]" : "embeddings [ $s ] . tolist ( )";
    if (!python_statement(p, phrase, taken)) {
        return 0;
    }
    const Token *column = &taken[members];
    const int number = m->columns.by_text.n ? names_find(&m->columns, column->text) : -1;
    if (number < 0) {
        return python_error(p, column->span, "the embeddings have no column '%s'", column->text);
    }
    int group = 0;
    while (members && group < m->groups && taken[0].text != str_format("Emb%d", group)) {
        group++;
    }
    if (members && group == m->groups) {
        return python_error(p, taken[0].span, "'%s' is not imported", taken[0].text);
    }
    const int32_t *code = m->codes.at[number];
    int32_t most = 0;
    for (int i = 0; i < m->words.at.n; i++) {
        most = code[i] > most ? code[i] : most;
    }
    unsigned char *possible = arena_array(m->arena, unsigned char, most + 1);
    for (int i = 0; i < m->words.at.n; i++) {
        possible[code[i]] = 1;
    }
    const Variable like = {.sort = members ? SORT_MEMBERS : SORT_INTS, .group = group, .size = most + 1, .possible = possible};
    Stored tensor = {.name = stem_of(name.text, "s"), .rank = 1, .shape = {m->words.at.n}, .data = (int32_t *)(uintptr_t)code};
    if (!import_define(m, name.text, name.span, like)) {
        return 0;
    }
    vec_push(m->arena, m->stored, tensor);
    import_line(m, "%s[t] = \"%s\"[tokens[t]]", name.text, tensor.name);
    return 1;
}
