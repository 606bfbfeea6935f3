/* The file from its first line to its last, and the statements of run(). */
#include "program.h"

#include <string.h>

/* ---- before run -------------------------------------------------------------------------------------------------------------------- */

/* `import numpy as np`, `import pandas as pd`, `from a.b import Emb0, Emb1` */
static int import_statement(Import *m)
{
    Python *p = &m->p;
    Token name;
    if (python_is(p, "import")) {
        python_next(p);
        return python_statement(p, python_is(p, "numpy") ? "numpy as np" : "pandas as pd", NULL);
    }
    if (!python_phrase(p, "from $n", &name)) {
        return 0;
    }
    while (python_is(p, ".")) {
        if (!python_phrase(p, ". $n", &name)) {
            return 0;
        }
    }
    if (!python_phrase(p, "import", NULL)) {
        return 0;
    }
    do {
        const char *wanted = arena_printf(m->arena, "%s Emb%d", m->groups ? "," : "", m->groups);
        if (!python_phrase(p, wanted + (wanted[0] == ' '), NULL)) {
            return 0;
        }
    } while (++m->groups < 1000 && python_is(p, ","));
    return python_statement(p, "", NULL);
}

/* Up to the head of run(), which is read too. */
static int before_run(Import *m)
{
    Python *p = &m->p;
    for (;;) {
        if (python_is(p, "import") || python_is(p, "from")) {
            if (!import_statement(m)) {
                return 0;
            }
            continue;
        }
        if (!python_phrase(p, "def", NULL)) {
            return 0;
        }
        if (python_is(p, "run")) {
            break;
        }
        if (!import_helper(m)) {
            return 0;
        }
    }
    if (!python_phrase(p, "run ( tokens", NULL)) {
        return 0;
    }
    m->details = python_is(p, ",");
    if (!python_statement(p, m->details ? ", return_details = False ) :" : ") :", NULL)) {
        return 0;
    }
    if (p->token.kind != TOKEN_INDENT) {
        return python_wrong(p, "an indented line");
    }
    python_next(p);
    return p->token.kind != TOKEN_WRONG;
}

/* ---- statements of run ------------------------------------------------------------------------------------------------------------- */

static int weights(Import *m, Token name)
{
    Token path;
    (void)name;
    return python_statement(&m->p, "pd . read_csv ( $s , index_col = [ 0 , 1 ] , dtype = { \"feature\" : str } )", &path) &&
           import_weights(m, path);
}

static int positions(Import *m, Token name)
{
    (void)name;
    return import_positions(m);
}

static int ones(Import *m, Token name)
{
    if (!python_statement(&m->p, "[ 1 for _ in range ( len ( tokens ) ) ]", NULL)) {
        return 0;
    }
    import_line(m, "ones[t] = 1");
    return import_define(m, name.text, name.span, (Variable){.numeric = 1, .most = 1}) != NULL;
}

static int embedded(Import *m, Token name)
{
    Token path;
    (void)name;
    return python_statement(&m->p, "pd . read_csv ( $s ) . set_index ( \"word\" )", &path) && import_embeddings(m, path);
}

static int embeddings(Import *m, Token name)
{
    if (!m->columns.at.n) {
        return python_error(&m->p, name.span, "`embed_df = pd.read_csv(..)` has to stand before this");
    }
    return python_statement(&m->p, "embed_df . loc [ tokens ]", NULL);
}

/* feature_logits = pd.concat([df.reset_index() for df in [a_scores, b_scores]]) */
static int concatenated(Import *m, Token name)
{
    Python *p = &m->p;
    Token score;
    (void)name;
    if (!python_phrase(p, "pd . concat ( [ df . reset_index ( ) for df in", NULL)) {
        return 0;
    }
    const char *separator = "[";
    do {
        int found = -1;
        if (!python_phrase(p, separator, NULL) || !python_phrase(p, "$n", &score)) {
            return 0;
        }
        for (int i = 0; i < m->score.n; i++) {
            found = m->score.at[i].name == score.text ? i : found;
        }
        if (found < 0) {
            return python_error(p, score.span, "there are no scores '%s' here", score.text);
        }
        if (m->score.at[found].added++) {
            return python_error(p, score.span, "'%s' are summed twice", score.text);
        }
        separator = ",";
    } while (python_is(p, ","));
    m->summed = 1;
    return python_statement(p, "] ] )", NULL);
}

typedef struct Statement {
    const char *name; /* what is on the left of its `=` */
    int (*read)(Import *m, Token name);
} Statement;

static const Statement statements[] = {
    {"classifier_weights", weights}, {"positions", positions},   {"ones", ones},
    {"embed_df", embedded},          {"embeddings", embeddings}, {"feature_logits", concatenated},
};

static int ends_in(Str name, const char *ending)
{
    const size_t n = strlen(name), e = strlen(ending);
    return n > e && strcmp(name + n - e, ending) == 0;
}

static int is_embeddings(Str name)
{
    const size_t digits = strncmp(name, "var", 3) == 0 ? strspn(name + 3, "0123456789") : 0;
    return digits > 0 && digits < 4 && strcmp(name + 3 + digits, "_embeddings") == 0;
}

/* NAME = .. */
static int assignment(Import *m)
{
    Python *p = &m->p;
    Token name = p->token;
    if (name.kind != TOKEN_NAME) {
        return python_wrong(p, "a statement of such a program");
    }
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        if (strcmp(name.text, statements[i].name) == 0) {
            return python_phrase(p, "$n =", &name) && statements[i].read(m, name);
        }
    }
    const int head = import_is_called(name.text, "attn_", "_outputs") || import_is_called(name.text, "num_attn_", "_outputs");
    const int table = import_is_called(name.text, "mlp_", "_outputs") || import_is_called(name.text, "num_mlp_", "_outputs");
    const int pattern = import_is_called(name.text, "attn_", "_pattern") || import_is_called(name.text, "num_attn_", "_pattern");
    int (*const read)(Import *, Token) = pattern                         ? import_pattern
                                         : head || table                 ? import_outputs
                                         : ends_in(name.text, "_scores") ? import_score
                                         : is_embeddings(name.text)      ? import_column
                                                                         : NULL;
    return read ? python_phrase(p, "$n =", &name) && read(m, name) : python_wrong(p, "a statement of such a program");
}

/* ---- the class --------------------------------------------------------------------------------------------------------------------- */

/* if tokens[0] == "<s>": predictions[0] = "<s>", or -1 for the last; at its `if` */
static int end(Import *m)
{
    Python *p = &m->p;
    Token taken[2];
    if (!python_phrase(p, "if tokens [", NULL)) {
        return 0;
    }
    const Span span = p->token.span;
    const int last = python_is(p, "-");
    End *e = last ? &m->last : &m->first;
    const char *place = last ? "- 1" : "0";
    if (!python_phrase(p, place, NULL) || !python_statement(p, "] == $s :", taken)) {
        return 0;
    }
    if (p->token.kind != TOKEN_INDENT) {
        return python_wrong(p, "an indented line");
    }
    python_next(p);
    if (!python_statement(p, arena_printf(m->arena, "predictions [ %s ] = $s", place), taken + 1)) {
        return 0;
    }
    if (p->token.kind != TOKEN_DEDENT) {
        return python_wrong(p, "the end of the block");
    }
    if (e->given || m->last.given) {
        return python_error(p, span, "the first token stands before the last one, and each once");
    }
    python_next(p);
    *e = (End){1, names_find(&m->words, taken[0].text), taken[1].text, span};
    return p->token.kind != TOKEN_WRONG;
}

static int pooled(Import *m)
{
    Python *p = &m->p;
    m->pooled = 1;
    if (python_is(p, "token_predictions") && !python_statement(p, "token_predictions = classes [ logits . argmax ( - 1 ) ]", NULL)) {
        return 0;
    }
    if (!python_statement(p, "pooled = logits . mean ( 0 )", NULL) ||
        !python_statement(p, "prediction = classes [ pooled . argmax ( - 1 ) ]", NULL)) {
        return 0;
    }
    if (m->details && python_is(p, "if")) {
        if (!python_statement(p, "if return_details :", NULL)) {
            return 0;
        }
        if (p->token.kind != TOKEN_INDENT) {
            return python_wrong(p, "an indented line");
        }
        python_next(p);
        if (!python_statement(p, "return prediction , logits , feature_logits , token_predictions", NULL)) {
            return 0;
        }
        if (p->token.kind != TOKEN_DEDENT) {
            return python_wrong(p, "the end of the block");
        }
        python_next(p);
    }
    return python_statement(p, "return prediction", NULL);
}

static int result(Import *m)
{
    Python *p = &m->p;
    if (!m->summed) {
        return python_error(p, p->token.span, "`feature_logits = pd.concat(..)` has to stand before this");
    }
    if (!python_statement(p, "logits = feature_logits . groupby ( level = 0 ) . sum ( numeric_only = True ) . to_numpy ( )", NULL) ||
        !python_statement(p, "classes = classifier_weights . columns . to_numpy ( )", NULL)) {
        return 0;
    }
    if (python_is(p, "token_predictions") || python_is(p, "pooled")) {
        return pooled(m);
    }
    if (!python_statement(p, "predictions = classes [ logits . argmax ( - 1 ) ]", NULL)) {
        return 0;
    }
    while (python_is(p, "if")) {
        if (!end(m)) {
            return 0;
        }
    }
    return python_statement(p, "return predictions . tolist ( )", NULL);
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------------- */

/* What stands behind run() does not belong to the model: `examples = [..]`, a loop over them, `print(..)`. Blocks and all. */
static int behind_run(Import *m)
{
    Python *p = &m->p;
    for (int blocks = 0; p->token.kind != TOKEN_END; python_next(p)) {
        if (p->token.kind == TOKEN_WRONG) {
            return 0;
        }
        blocks += (p->token.kind == TOKEN_INDENT) - (p->token.kind == TOKEN_DEDENT);
        if (blocks == 0 && p->token.kind == TOKEN_DEDENT) {
            continue;
        }
        if (blocks == 0 && !python_is(p, "examples") && !python_is(p, "for") && !python_is(p, "print")) {
            return python_wrong(p, "the end of the program, or its examples");
        }
        while (p->token.kind != TOKEN_LINE && p->token.kind != TOKEN_INDENT && p->token.kind != TOKEN_WRONG &&
               p->token.kind != TOKEN_DEDENT && p->token.kind != TOKEN_END) {
            python_next(p);
        }
        if (p->token.kind == TOKEN_END) {
            return python_wrong(p, "the end of the line");
        }
    }
    return 1;
}

int import_read(Import *m, const Source *source)
{
    Python *p = &m->p;
    python_begin(p, m->arena, m->d, source);
    if (p->token.kind == TOKEN_WRONG || !before_run(m)) {
        return 0;
    }
    while (!python_is(p, "logits")) {
        const int function = python_is(p, "def");
        if (function) {
            python_next(p);
        }
        if (!(function ? import_function(m) : assignment(m))) {
            return 0;
        }
    }
    if (!result(m)) {
        return 0;
    }
    if (p->token.kind != TOKEN_DEDENT) {
        return python_wrong(p, "the end of run()");
    }
    python_next(p);
    return behind_run(m) && import_scores(m);
}
