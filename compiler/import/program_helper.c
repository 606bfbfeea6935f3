/* The four functions that every program carries. Their meaning is that of their names; one that is worded in a way that is not known is
 * taken so with a warning. */
#include "program.h"

#include <string.h>

static const struct {
    const char *name, *means;
    int params;
} helpers[] = {
    [HELPER_CLOSEST] = {"select_closest", "each query looks at the nearest key that fits", 3},
    [HELPER_SELECT]  = {"select", "each query looks at all keys that fit", 3},
    [HELPER_COPY]    = {"aggregate", "a copy of the one value that is looked at", 2},
    [HELPER_SUM]     = {"aggregate_sum", "the sum of the values that are looked at", 2},
};

/* Wordings whose meaning is known, by the hash of their tokens from the first parameter on: those that the authors' tool prints, then
 * those of examples/programs. */
static const struct {
    Helper helper;
    int causal;
    uint64_t hash;
} known[] = {
    {HELPER_CLOSEST, 0, UINT64_C(0xA43E8EA0C39E477F)}, {HELPER_CLOSEST, 1, UINT64_C(0xD4D0760831A66C57)},
    {HELPER_SELECT,  0, UINT64_C(0xA6EE1D5A6256C66E)}, {HELPER_SELECT,  1, UINT64_C(0x95E4AFF68460993E)},
    {HELPER_COPY,    0, UINT64_C(0xCB26B9EEBFB2AEEB)}, {HELPER_SUM,     0, UINT64_C(0x343D69E6FFF44B1C)},
    {HELPER_CLOSEST, 0, UINT64_C(0x8D34CBB520BC4F31)}, {HELPER_CLOSEST, 1, UINT64_C(0x179AE4EC0868B171)},
    {HELPER_SELECT,  0, UINT64_C(0xA848474D2E765AF7)}, {HELPER_SELECT,  1, UINT64_C(0x0C6D65140AD0DAB7)},
    {HELPER_COPY,    0, UINT64_C(0x8F25A66D8FAE962C)}, {HELPER_SUM,     0, UINT64_C(0xE606CE9D64B09EF0)},
};

static uint64_t mixed(uint64_t hash, const Token *token)
{
    hash = (hash ^ (uint64_t)token->kind) * UINT64_C(0x100000001B3);
    if (token->kind < TOKEN_LINE) {
        for (const char *c = token->text; *c; c++) {
            hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3);
        }
    }
    return hash;
}

/* How much of `keys[: i + 1]` the tokens up to here are. */
static int causal_part(int part, Str keys, const Token *token)
{
    static const char *const rest[] = {"[", ":", NULL, "+", "1", "]"};
    const int fits = part > 0 && (rest[part - 1] ? strcmp(token->text, rest[part - 1]) == 0 : token->kind == TOKEN_NAME);
    return fits ? part + 1 : token->kind == TOKEN_NAME && token->text == keys;
}

int import_helper(Import *m)
{
    Python *p = &m->p;
    int which = 0, part = 0, causal = 0, blocks = 0;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    const Token name = p->token;
    while (which < 4 && !python_is(p, helpers[which].name)) {
        which++;
    }
    if (which == 4) {
        return python_wrong(p, "one of the functions select_closest, select, aggregate, aggregate_sum, or run");
    }
    if (m->helper[which].given) {
        return python_error(p, name.span, "'%s' is defined twice", name.text);
    }
    Token param[3] = {0};
    python_next(p);
    if (!python_statement(p, helpers[which].params == 3 ? "( $n , $n , $n ) :" : "( $n , $n ) :", param)) {
        return 0;
    }
    for (int i = 0; i < helpers[which].params; i++) {
        hash = mixed(hash, &param[i]);
    }
    do {
        blocks += (p->token.kind == TOKEN_INDENT) - (p->token.kind == TOKEN_DEDENT);
        if (blocks == 0 && p->token.kind != TOKEN_DEDENT) {
            return python_wrong(p, "an indented line");
        }
        hash = mixed(hash, &p->token);
        part = causal_part(part, param[0].text, &p->token);
        causal |= part == 7;
        part = part == 7 ? 0 : part;
        python_next(p);
    } while (blocks > 0 && p->token.kind != TOKEN_WRONG && p->token.kind != TOKEN_END);
    int worded = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        worded |= known[i].helper == (Helper)which && known[i].causal == causal && known[i].hash == hash;
    }
    if (!worded && p->token.kind != TOKEN_WRONG) {
        diag_warning(m->d, name.span, "this '%s' is worded in a way that is not known; it is taken as: %s%s", name.text,
                     helpers[which].means, causal ? ", up to the query's own place" : "");
    }
    m->helper[which].given = 1;
    m->helper[which].causal = causal;
    return p->token.kind != TOKEN_WRONG;
}

int import_needs_helper(Import *m, Helper helper, Span span)
{
    return m->helper[helper].given || python_error(&m->p, span, "'%s' is not defined", helpers[helper].name);
}
