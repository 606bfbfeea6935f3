/* Scores of variables, as whole numbers that add up exactly. */
#include "program.h"

#include <string.h>

static int find_rows(Import *m, Score *score, Token feature)
{
    const Variable *of = score->of;
    const int64_t n = of->numeric ? 1 : of->size;
    score->row = arena_array(m->arena, const SheetRow *, n);
    for (int64_t i = 0; i < n; i++) {
        const int needed = of->numeric || !of->possible || of->possible[i];
        Str value = of->numeric ? str_of("_") : import_value_text(m, of, i);
        score->row[i] = needed ? import_row(m->sheet, of->name, value) : NULL;
        if (needed && !score->row[i]) {
            diag_error(m->d, span_of_source(m->sheet->source), "there is no row '%s,%s'", of->name, value);
            diag_note(m->d, feature.span, "the program looks for it here");
            return import_stop(m);
        }
    }
    return 1;
}

/* NAME = classifier_weights.loc[[("x", str(v)) for v in x]], or ..[[("x", "_") for v in x]].mul(x, axis=0) */
int import_score(Import *m, Token name)
{
    Python *p = &m->p;
    Token feature, of[2] = {0};
    if (!import_needs_weights(m) || !python_phrase(p, "classifier_weights . loc [ [ ( $s ,", &feature)) {
        return 0;
    }
    const int counts = p->token.kind == TOKEN_STRING;
    const char *phrase = counts ? "\"_\" ) for v in $n ] ] . mul ( $n , axis = 0 )" : "str ( v ) ) for v in $n ] ]";
    if (!python_statement(p, phrase, of)) {
        return 0;
    }
    if (!m->tokens && strcmp(of[0].text, "tokens") == 0 && !import_words(m, feature)) {
        return 0;
    }
    Score score = {.name = name.text, .span = name.span, .of = import_variable(m, of[0])};
    if (!score.of) {
        return 0;
    }
    if (score.of->name != feature.text || (counts && of[1].text != of[0].text)) {
        return python_error(p, feature.span, "the scores of '%s' have to be those of that name", score.of->name);
    }
    if (score.of->numeric != counts) {
        return python_error(p, feature.span,
                            counts ? "'%s' are categorical: each value has a row of its own" : "'%s' are counts: they have one row, '_'",
                            score.of->name);
    }
    if (score.of->scored) {
        return python_error(p, name.span, "'%s' has scores already", score.of->name);
    }
    score.of->scored = 1;
    if (!find_rows(m, &score, feature)) {
        return 0;
    }
    vec_push(m->arena, m->score, score);
    return 1;
}

/* What scores can add up to, and how many decimals they have. */
static double greatest(const Import *m, int *decimals)
{
    double total = 0;
    *decimals = 0;
    for (int s = 0; s < m->score.n; s++) {
        const Score *score = &m->score.at[s];
        const int64_t n = score->of->numeric ? 1 : score->of->size;
        double most = 0;
        for (int64_t i = 0; i < n * m->sheet->classes.at.n && score->added; i++) {
            const SheetRow *row = score->row[i / m->sheet->classes.at.n];
            const Decimal *weight = row ? &row->weight[i % m->sheet->classes.at.n] : NULL;
            const double size = weight ? decimal_size(weight) : 0;
            most = size > most ? size : most;
            *decimals = weight && -weight->exponent > *decimals ? -weight->exponent : *decimals;
        }
        total += score->of->numeric ? most * (double)score->of->most : most;
    }
    return m->pooled ? total * (double)m->positions->size : total;
}

int import_scores(Import *m)
{
    int decimals, places;
    const double total = greatest(m, &decimals);
    double scaled = total;
    for (places = 0; places < decimals && places < 18 && scaled * 10 < 2e18; places++) {
        scaled *= 10;
    }
    if (scaled > 2e18 || (places < decimals && places < 6)) {
        diag_error(m->d, span_of_source(m->sheet->source), "scores up to %.3g with %d decimals cannot be added up exactly", total,
                   decimals);
        return 0;
    }
    m->places = places;
    m->rounded = places < decimals;
    for (int s = 0; s < m->score.n; s++) {
        const Score *score = &m->score.at[s];
        const int64_t n = score->of->numeric ? 1 : score->of->size, classes = m->sheet->classes.at.n;
        Stored tensor = {.name = str_format("%s.scores", score->of->name), .rank = 2, .shape = {n, classes}};
        if (!score->added) {
            continue;
        }
        if (n > TABLE_MOST / classes) {
            diag_error(m->d, score->span, "these scores have more than %d entries", TABLE_MOST);
            return 0;
        }
        tensor.wide = arena_array(m->arena, int64_t, n * classes);
        for (int64_t i = 0; i < n * classes; i++) {
            const SheetRow *row = score->row[i / classes];
            tensor.wide[i] = row ? decimal_scaled(&row->weight[i % classes], places) : 0;
        }
        if (score->of->numeric) {
            tensor.rank = 1;
            tensor.shape[0] = classes;
        }
        vec_push(m->arena, m->stored, tensor);
    }
    return 1;
}
