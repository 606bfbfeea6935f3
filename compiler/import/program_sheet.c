/* The tables beside a program: weights, the words and positions they know, embeddings. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

/* ---- files ------------------------------------------------------------------------------------------------------------------------- */

/* The one that the command line names; else the file of that name beside the program. */
static Csv *open_table(Import *m, const char *given, Token path, const char *option)
{
    const char *slash = strrchr(path.text, '/'), *base = slash ? slash + 1 : path.text;
    const int said = m->d->item.n;
    Csv *csv = csv_open(m->arena, m->d, given ? given : m->folder ? arena_printf(m->arena, "%s/%s", m->folder, base) : base);
    if (!csv && !given && !m->d->item.at[said].span.source->text) { /* it could not be read */
        diag_note(m->d, path.span, "the program reads it here");
        diag_hint(m->d, "--%s FILE.csv says where it is", option);
    }
    if (!csv) {
        m->p.token.kind = TOKEN_WRONG;
    }
    return csv;
}

int import_stop(Import *m)
{
    m->p.token.kind = TOKEN_WRONG;
    return 0;
}

/* ---- the table of weights ---------------------------------------------------------------------------------------------------------- */

static int by_feature(const void *a, const void *b)
{
    const SheetRow *x = a, *y = b;
    const int order = strcmp(x->feature, y->feature);
    return order ? order : strcmp(x->value, y->value);
}

static int read_head(Import *m, Sheet *sheet, Csv *csv)
{
    if (!csv_next(csv)) {
        if (m->d->errors == 0) {
            diag_error(m->d, span_of_source(csv->source), "the table of weights is empty");
        }
        return 0;
    }
    if (csv->cell.n < 3 || strcmp(csv->cell.at[0].text, "feature") != 0 || strcmp(csv->cell.at[1].text, "value") != 0) {
        diag_error(m->d, csv->row, "the head of a table of weights is: feature,value,CLASS,..");
        return 0;
    }
    for (int i = 2; i < csv->cell.n; i++) {
        vec_push(m->arena, sheet->classes.at, csv->cell.at[i]);
    }
    names_sort(m, &sheet->classes);
    for (int i = 1; i < sheet->classes.at.n; i++) {
        const Cell *a = &sheet->classes.at.at[sheet->classes.by_text.at[i - 1]], *b = &sheet->classes.at.at[sheet->classes.by_text.at[i]];
        if (a->text == b->text) {
            diag_error(m->d, b->span, "the class '%s' stands twice", b->text);
            return 0;
        }
    }
    return 1;
}

static int read_row(Import *m, Sheet *sheet, Csv *csv)
{
    const int classes = sheet->classes.at.n;
    if (csv->cell.n != classes + 2) {
        diag_error(m->d, csv->row, "this row has %d values, and the head has %d", csv->cell.n, classes + 2);
        return 0;
    }
    Decimal *weight = arena_array(m->arena, Decimal, classes);
    for (int i = 0; i < classes; i++) {
        if (!decimal_read(csv->cell.at[i + 2].text, &weight[i])) {
            diag_error(m->d, csv->cell.at[i + 2].span, "a weight is a finite number of up to 18 digits, not '%s'",
                       csv->cell.at[i + 2].text);
            return 0;
        }
    }
    const Span span = span_join(csv->cell.at[0].span, csv->cell.at[1].span);
    const SheetRow row = {csv->cell.at[0].text, csv->cell.at[1].text, span, weight, 0};
    vec_push(m->arena, sheet->row, row);
    return 1;
}

/* Each row stands once. Values that do not exist are all called `_` (or nothing): where there are several, none of them is one. */
static int sort_rows(Import *m, Sheet *sheet)
{
    for (int i = 0; i < sheet->row.n; i++) {
        vec_push(m->arena, sheet->sorted, sheet->row.at[i]);
    }
    if (sheet->sorted.n) {
        qsort(sheet->sorted.at, (size_t)sheet->sorted.n, sizeof *sheet->sorted.at, by_feature);
    }
    for (int i = 1; i < sheet->sorted.n; i++) {
        SheetRow *a = &sheet->sorted.at[i - 1], *b = &sheet->sorted.at[i];
        if (by_feature(a, b) != 0) {
            continue;
        }
        a->repeated = b->repeated = 1;
        if (b->value[0] && strcmp(b->value, "_") != 0) {
            const int later = a->span.begin > b->span.begin;
            diag_error(m->d, later ? a->span : b->span, "the row '%s,%s' stands twice", a->feature, a->value);
            diag_note(m->d, later ? b->span : a->span, "it stands here");
            return 0;
        }
    }
    return 1;
}

int import_weights(Import *m, Token path)
{
    if (m->sheet) {
        return python_error(&m->p, path.span, "the weights are read twice");
    }
    Csv *csv = open_table(m, m->weights, path, "weights");
    Sheet *sheet = arena_new_of(m->arena, Sheet);
    if (!csv || !read_head(m, sheet, csv)) {
        return import_stop(m);
    }
    sheet->source = csv->source;
    while (csv_next(csv)) {
        if (!read_row(m, sheet, csv)) {
            return import_stop(m);
        }
    }
    if (m->d->errors || !sort_rows(m, sheet)) {
        return import_stop(m);
    }
    m->sheet = sheet;
    return 1;
}

const SheetRow *import_row(const Sheet *sheet, Str feature, Str value)
{
    const SheetRow key = {.feature = feature, .value = value};
    const SheetRow *found = sheet->sorted.n ? bsearch(&key, sheet->sorted.at, (size_t)sheet->sorted.n, sizeof key, by_feature) : NULL;
    return found && !found->repeated ? found : NULL;
}

int import_needs_weights(Import *m)
{
    return m->sheet || python_error(&m->p, m->p.token.span, "`classifier_weights = pd.read_csv(..)` has to stand before this");
}

/* ---- variables of the input -------------------------------------------------------------------------------------------------------- */

int import_words(Import *m, Token place)
{
    for (int i = 0; i < m->sheet->row.n; i++) {
        const SheetRow *row = &m->sheet->row.at[i];
        if (strcmp(row->feature, "tokens") == 0 && row->value[0] && import_row(m->sheet, row->feature, row->value)) {
            const Cell word = {row->value, row->span};
            vec_push(m->arena, m->words.at, word);
        }
    }
    names_sort(m, &m->words);
    if (m->words.at.n == 0 || m->words.at.n > WORDS_MOST) {
        diag_error(m->d, span_of_source(m->sheet->source),
                   m->words.at.n ? "'tokens' has too many values" : "there is no row for a value of 'tokens'");
        diag_note(m->d, place.span, "the program looks for them here");
        return import_stop(m);
    }
    m->tokens = import_define(m, str_of("tokens"), place.span, (Variable){.sort = SORT_WORDS, .size = m->words.at.n});
    return m->tokens != NULL;
}

int import_positions(Import *m)
{
    Python *p = &m->p;
    const Span span = p->token.span;
    int n = 0;
    if (!python_statement(p, "list ( range ( len ( tokens ) ) )", NULL) || !import_needs_weights(m)) {
        return 0;
    }
    while (n <= POSITIONS_MOST && import_row(m->sheet, str_of("positions"), str_format("%d", n))) {
        n++;
    }
    if (n == 0 || n > POSITIONS_MOST) {
        diag_error(m->d, span_of_source(m->sheet->source),
                   n ? "more than 65536 positions have rows" : "there is no row 'positions,0', so no text can have a token");
        return import_stop(m);
    }
    m->positions = import_define(m, str_of("positions"), span, (Variable){.sort = SORT_INTS, .size = n});
    import_line(m, "positions[t] = t");
    return m->positions != NULL;
}

/* A row of the embeddings: a word, and of each column a code. */
static int read_codes(Import *m, Csv *csv, int32_t **code, int word)
{
    if (csv->cell.n != m->columns.at.n + 1) {
        diag_error(m->d, csv->row, "this row has %d values, and the head has %d", csv->cell.n, m->columns.at.n + 1);
        return 0;
    }
    for (int i = 0; i < m->columns.at.n; i++) {
        const Cell *cell = &csv->cell.at[i + 1];
        const size_t n = strlen(cell->text);
        if (n == 0 || n > 6 || strspn(cell->text, "0123456789") != n) {
            diag_error(m->d, cell->span, "an embedding is a whole number from 0 to 999999, not '%s'", cell->text);
            return 0;
        }
        code[i][word] = (int32_t)strtol(cell->text, NULL, 10);
    }
    return 1;
}

int import_embeddings(Import *m, Token path)
{
    if (m->tokens) {
        return python_error(&m->p, path.span, "the words are known already");
    }
    Csv *csv = open_table(m, m->embeddings, path, "embeddings");
    if (!csv || !csv_next(csv) || csv->cell.n < 2 || strcmp(csv->cell.at[0].text, "word") != 0) {
        if (csv && m->d->errors == 0) {
            diag_error(m->d, csv->cell.n ? csv->row : span_of_source(csv->source), "the head of a table of embeddings is: word,NAME,..");
        }
        return import_stop(m);
    }
    for (int i = 1; i < csv->cell.n; i++) {
        vec_push(m->arena, m->columns.at, csv->cell.at[i]);
    }
    names_sort(m, &m->columns);
    VEC(int32_t *) room = {0};
    const size_t most = csv->source->bytes / 2 + 1; /* words: each takes more than two bytes */
    for (int i = 0; i < m->columns.at.n; i++) {
        vec_push(m->arena, room, arena_array(m->arena, int32_t, most < WORDS_MOST ? most : WORDS_MOST));
    }
    while (csv_next(csv)) {
        if (m->words.at.n == WORDS_MOST) {
            diag_error(m->d, csv->row, "there are more than %d words", WORDS_MOST);
            return import_stop(m);
        }
        const Cell word = csv->cell.at[0];
        if (!read_codes(m, csv, room.at, m->words.at.n)) {
            return import_stop(m);
        }
        vec_push(m->arena, m->words.at, word);
    }
    names_sort(m, &m->words);
    for (int i = 1; i < m->words.at.n; i++) {
        const int a = m->words.by_text.at[i - 1], b = m->words.by_text.at[i];
        if (m->words.at.at[a].text == m->words.at.at[b].text) {
            diag_error(m->d, m->words.at.at[a > b ? a : b].span, "the word '%s' stands twice", m->words.at.at[a].text);
            return import_stop(m);
        }
    }
    if (m->d->errors || m->words.at.n == 0) {
        if (m->d->errors == 0) {
            diag_error(m->d, span_of_source(csv->source), "there are no words");
        }
        return import_stop(m);
    }
    for (int i = 0; i < m->columns.at.n; i++) {
        vec_push(m->arena, m->codes, room.at[i]);
    }
    m->tokens = import_define(m, str_of("tokens"), path.span, (Variable){.sort = SORT_WORDS, .size = m->words.at.n});
    return m->tokens != NULL;
}
