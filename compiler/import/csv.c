#include "csv.h"

#include <string.h>

enum { FILE_LARGEST = 64 << 20, CELL_LONGEST = 1000, CELLS_MOST = 4096 };

Csv *csv_of(Arena *arena, Diag *d, const Source *source)
{
    const size_t bad = source_text_end(source), mark = source->bytes >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    Csv *csv = arena_new_of(arena, Csv);
    *csv = (Csv){.arena = arena, .d = d, .source = source, .at = mark};
    if (bad < source->bytes) {
        const Span place = {source, (uint32_t)bad, (uint32_t)bad + 1};
        diag_error(d, place, "this byte is no text in UTF-8");
        return NULL;
    }
    return csv;
}

Csv *csv_open(Arena *arena, Diag *d, const char *path)
{
    const char *why = NULL;
    const Source *source = source_of_file(arena, path, FILE_LARGEST, &why);
    if (!source) {
        diag_error_file(d, path, "%s", why);
        return NULL;
    }
    return csv_of(arena, d, source);
}

static int ends_cell(const Csv *csv, size_t at)
{
    const char *text = csv->source->text;
    return at >= csv->source->bytes || text[at] == ',' || text[at] == '\n' ||
           (text[at] == '\r' && (at + 1 == csv->source->bytes || text[at + 1] == '\n'));
}

static int wrong(Csv *csv, size_t from, size_t to, const char *what)
{
    const Span span = {csv->source, (uint32_t)from, (uint32_t)to};
    diag_error(csv->d, span, "%s", what);
    return 0;
}

/* "text", in which "" is a quote. */
static int quoted(Csv *csv, Cell *cell)
{
    const size_t from = csv->at;
    const char *text = csv->source->text;
    VEC(char) out = {0};
    for (csv->at++;; csv->at++) {
        if (csv->at >= csv->source->bytes) {
            return wrong(csv, from, from + 1, "this quote is never closed");
        }
        if (text[csv->at] == '"') {
            if (csv->at + 1 >= csv->source->bytes || text[csv->at + 1] != '"') {
                break;
            }
            csv->at++;
        }
        vec_push(csv->arena, out, text[csv->at]);
    }
    csv->at++;
    if (!ends_cell(csv, csv->at)) {
        return wrong(csv, csv->at, csv->at + 1, "a comma or the end of the line must follow a quoted value");
    }
    *cell = (Cell){str_of_n(out.n ? out.at : "", (size_t)out.n), {csv->source, (uint32_t)from, (uint32_t)csv->at}};
    return 1;
}

static int plain(Csv *csv, Cell *cell)
{
    const size_t from = csv->at;
    while (!ends_cell(csv, csv->at)) {
        if (csv->source->text[csv->at] == '"') {
            return wrong(csv, csv->at, csv->at + 1, "a quote stands inside a value that does not begin with one");
        }
        csv->at++;
    }
    *cell = (Cell){str_of_n(csv->source->text + from, csv->at - from), {csv->source, (uint32_t)from, (uint32_t)csv->at}};
    return 1;
}

static int read_cell(Csv *csv)
{
    Cell cell;
    const int is_quoted = csv->at < csv->source->bytes && csv->source->text[csv->at] == '"';
    if (!(is_quoted ? quoted(csv, &cell) : plain(csv, &cell))) {
        return 0;
    }
    if (strlen(cell.text) > CELL_LONGEST) {
        return wrong(csv, cell.span.begin, cell.span.end, "this value is longer than 1000 bytes");
    }
    if (csv->cell.n == CELLS_MOST) {
        return wrong(csv, cell.span.begin, cell.span.end, "a row has more than 4096 values");
    }
    vec_push(csv->arena, csv->cell, cell);
    return 1;
}

static void skip_empty_lines(Csv *csv)
{
    while (csv->at < csv->source->bytes && strchr("\r\n", csv->source->text[csv->at])) {
        csv->at++;
    }
}

int csv_next(Csv *csv)
{
    skip_empty_lines(csv);
    const size_t from = csv->at;
    csv->cell.n = 0;
    if (from >= csv->source->bytes) {
        return 0;
    }
    for (;;) {
        if (!read_cell(csv)) {
            return 0;
        }
        if (csv->at >= csv->source->bytes || csv->source->text[csv->at] != ',') {
            break;
        }
        csv->at++;
    }
    csv->row = (Span){csv->source, (uint32_t)from, (uint32_t)csv->at};
    skip_empty_lines(csv);
    return 1;
}
