#include "quote_text.h"

#include <string.h>

enum { COLUMNS = 132, FREE = 0, OWNED = 1, QUOTED = 2 };

/* ---- lines of a comment ----------------------------------------------------------------------------------------------------------- */

static void comment_line(Text *out, int *n, const char *text)
{
    text_line(out, "%s%s", (*n)++ ? " * " : "/* ", text);
}

static void comment_end(Text *out, int n)
{
    if (n) {
        out->at.n--;
        text_raw(out, " */\n");
    }
}

/* One line, broken at blanks where it is too long. */
static void comment_wrapped(Plan *p, Text *out, int *n, const char *before, Str text, int hang)
{
    size_t room = (size_t)(COLUMNS - out->indent * 4) - strlen(before), at = 0;
    while (strlen(text + at) > room) {
        size_t cut = room;
        while (cut > 0 && text[at + cut] != ' ') {
            cut--;
        }
        if (!cut) {
            break;
        }
        comment_line(out, n, arena_printf(p->arena, "%s%.*s", before, (int)cut, text + at));
        at += cut + 1;
        before = arena_printf(p->arena, "%*s", hang + 4, "");
        room = (size_t)(COLUMNS - out->indent * 4 - hang - 4);
    }
    comment_line(out, n, arena_printf(p->arena, "%s%s", before, text + at));
}

static void comment_span(Plan *p, Text *out, int *n, Span span)
{
    const LineList list = lines_of(p, span);
    const char *place = arena_printf(p->arena, "%s   ", where_text(p, span));
    const int hang = (int)strlen(place);
    for (int i = 0; i < list.n; i++) {
        const Line *line = &list.at[i];
        const char *before = i ? arena_printf(p->arena, "%*s", hang + line->indent, "") : place;
        comment_wrapped(p, out, n, before, harmless(p, line->text, line->n), hang);
    }
}

/* ---- which line stands where ------------------------------------------------------------------------------------------------------ */

static int line_number(Span span)
{
    return source_place(span.source, span.begin).line;
}

static Span span_of_line(const Source *source, int line)
{
    uint32_t at = source_line(source, line), end = at;
    while (end < source->bytes && source->text[end] != '\n') {
        end++;
    }
    while (at < end && source->text[at] == ' ') {
        at++;
    }
    return (Span){source, at, at + (uint32_t)code_bytes(source->text + at, end - at)};
}

/* Spans of inputs and dims are those of their names: `input type[t]: s = 0`, `ragged n = len(t) + 1`. A head goes on to its brace. */
static Span whole_statement(Span span)
{
    static const char *const word[] = {"input ", "ragged ", "dim "};
    const Span line = span_of_line(span.source, line_number(span));
    const char *text = span.source->text;
    for (size_t i = 0; has_text(line) && i < sizeof word / sizeof *word; i++) {
        if (strncmp(text + line.begin, word[i], strlen(word[i])) == 0) {
            return line;
        }
    }
    if (span.end + 1 < line.end && text[span.end] == ' ' && text[span.end + 1] == '{') {
        span.end += 2;
    }
    return span;
}

static int is_authors(const Plan *p, Span span)
{
    return has_text(span) && span.source == p->graph->source;
}

static void mark(Plan *p, Span span, char how)
{
    if (!is_authors(p, span)) {
        return;
    }
    span = whole_statement(span);
    const int first = line_number(span), last = source_place(span.source, span.end - 1).line;
    for (int i = first; i <= last && i < p->line.n; i++) {
        p->line.at[i] = how > p->line.at[i] ? how : p->line.at[i];
    }
}

/* Its own line stands where the other inputs are declared. */
static int is_default(const Item *item)
{
    return item->default_of != NULL;
}

static void mark_func(Plan *p, const Func *f)
{
    if (f->unit->kind != UNIT_TOP) {
        mark(p, f->unit->span, OWNED);
    }
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        for (int k = 0; k < item->nest.n; k++) {
            const Cluster *c = item->nest.at[k];
            for (int m = 0; !is_default(item) && m < c->member.n + c->inlined.n; m++) {
                const Node *node = m < c->member.n ? c->member.at[m]->node : c->inlined.at[m - c->member.n];
                mark(p, node->span, OWNED);
                mark(p, node->said, OWNED);
                mark(p, node->over, OWNED);
            }
        }
    }
}

void quote_begin(Plan *p)
{
    const Source *source = p->graph->source;
    const int lines = source && source->text ? source_place(source, (uint32_t)source->bytes).line + 2 : 0;
    for (int i = 0; i < lines; i++) {
        vec_push(p->arena, p->line, FREE);
    }
    for (int i = 0; i < p->func.n; i++) {
        mark_func(p, p->func.at[i]);
    }
}

/* Words that begin what is no equation. Untaken branches are not shown. */
static int declares(const char *text, size_t n)
{
    static const char *const word[] = {
        "let",   "dim",     "ragged",    "param", "input", "state",  "config", "weights", "model", "else", "return",
        "under", "require", "tokenizer", "fn",    "for",   "repeat", "along",  "reducer", "while", "grow", "if",
    };
    const size_t brace = n > 2 && memcmp(text, "} ", 2) == 0 ? 2 : 0; /* "} else {" */
    text += brace;
    n -= brace;
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        const size_t k = strlen(word[i]);
        if (n > k && memcmp(text, word[i], k) == 0 && text[k] == ' ') {
            return 1;
        }
    }
    return 0;
}

static void quote_line(Plan *p, Text *out, int *n, int number)
{
    const Span span = span_of_line(p->graph->source, number);
    if (has_text(span)) {
        comment_span(p, out, n, span);
        p->line.at[number] = QUOTED;
    }
}

/* What stands between the last line that somebody quotes and this one. */
static void quote_before(Plan *p, Text *out, int *n, Span span)
{
    const int line = line_number(span);
    int first = line;
    while (first > 1 && p->line.at[first - 1] == FREE) {
        first--;
    }
    for (int i = first; i < line; i++) {
        const Span between = span_of_line(p->graph->source, i);
        if (has_text(between) && declares(between.source->text + between.begin, between.end - between.begin)) {
            quote_line(p, out, n, i);
        }
    }
}

void quote_start(Plan *p, Text *out)
{
    int n = 0, last = 1;
    while (last < p->line.n && p->line.at[last] == FREE) {
        last++;
    }
    for (int i = 1; i < last; i++) {
        quote_line(p, out, &n, i);
    }
    comment_end(out, n);
    if (n) {
        text_line(out, "%s", "");
    }
}

/* "minilm.sinter:17   q[t,h,e] = .. as above" */
static Str again(Plan *p, Span span)
{
    Str text = squeeze(p, span);
    const char *sign = strstr(text, " = ");
    size_t n = sign ? (size_t)(sign - text) : strcspn(text, "{");
    n = n < 60 ? n : 60;
    while (n > 0 && text[n - 1] == ' ') {
        n--;
    }
    return str_of(arena_printf(p->arena, sign ? "%s   %.*s = .. as above" : "%s   %.*s .. as above", where_text(p, span), (int)n, text));
}

static void quote_span(Plan *p, Text *out, int *n, Span span)
{
    if (is_authors(p, span)) {
        span = whole_statement(span);
        if (p->line.at[line_number(span)] != QUOTED) {
            quote_before(p, out, n, span);
            comment_span(p, out, n, span);
            mark(p, span, QUOTED);
        } else {
            comment_line(out, n, again(p, span));
        }
    } else if (has_text(span)) {
        comment_span(p, out, n, span);
    }
}

void quote_head(Plan *p, Span span, const char *more, Text *out)
{
    int n = 0;
    quote_span(p, out, &n, span);
    text_raw(out, *more ? "%s\n" : "%s", *more ? more + 1 : "");
    comment_end(out, n);
}

/* ---- nests ------------------------------------------------------------------------------------------------------------------------ */

static void add_sorted(Plan *p, SpanList *list, Span span)
{
    int at = 0;
    while (at < list->n && (list->at[at].source != span.source || list->at[at].begin < span.begin)) {
        at++;
    }
    if (at < list->n && list->at[at].begin == span.begin) {
        return;
    }
    vec_push(p->arena, *list, span);
    for (int i = list->n - 1; i > at; i--) {
        list->at[i] = list->at[i - 1];
    }
    list->at[at] = span;
}

/* From the line at the margin that a statement of the library stands below, to the next one at the margin. */
static Span definition_of(Span quote)
{
    const char *text = quote.source->text;
    uint32_t begin = quote.begin, end = quote.end;
    while (begin > 0 && !(text[begin - 1] == '\n' && text[begin] != ' ' && text[begin] != '}')) {
        begin--;
    }
    while (end < quote.source->bytes && !(text[end] == '\n' && (end + 1 >= quote.source->bytes || text[end + 1] != ' '))) {
        end++;
    }
    if (end + 1 < quote.source->bytes && text[end + 1] == '}') {
        end += 2;
    }
    return (Span){quote.source, begin, end};
}

/* Of a program: the statement that names the selector, else the equation; nothing where it stands above the function. */
static Span span_quoted(const Plan *p, const Node *node)
{
    const Span span = has_text(node->over) ? node->over : has_text(node->said) ? node->said : node->span, head = p->head;
    int above = span.source == head.source && span.begin >= head.begin && span.end <= head.end;
    for (int i = 0; i < p->here.n; i++) {
        above |= p->here.at[i].source == span.source && p->here.at[i].begin == span.begin;
    }
    return above ? (Span){0} : span;
}

void quote_nest(Plan *p, const Cluster *c, Text *out)
{
    if (is_default(&c->func->item.at[c->item])) {
        const Node *input = c->func->item.at[c->item].default_of;
        text_line(out, "/* %s   what %s is where the caller gives none */", where_text(p, input->span), input->name);
        return;
    }
    SpanList equation = {0}, library = {0};
    VEC(Str) name = {0};
    int n = 0;
    for (int i = 0; i < c->member.n + c->inlined.n; i++) {
        const Node *node = i < c->member.n ? c->member.at[i]->node : c->inlined.at[i - c->member.n];
        const int own = node->span.begin != c->func->unit->span.begin; /* made for a kernel: it stands nowhere */
        if (has_text(span_quoted(p, node)) && own) {
            add_sorted(p, &equation, span_quoted(p, node));
        }
        if (!node->library || !has_text(node->quote) || !node->quote.source->library) {
            continue;
        }
        const Span whole = definition_of(node->quote);
        int known = 0;
        for (int k = 0; k < library.n; k++) {
            known |= library.at[k].begin == whole.begin && library.at[k].source == whole.source;
        }
        if (!known) {
            vec_push(p->arena, library, whole);
            vec_push(p->arena, name, node->library);
            add_sorted(p, &p->library, whole);
        }
    }
    for (int i = 0; i < equation.n; i++) {
        quote_span(p, out, &n, equation.at[i]);
        if (c->func->in_steps) {
            vec_push(p->arena, p->here, equation.at[i]);
        }
    }
    const char *by = "";
    for (int i = 0; i < name.n; i++) {
        by = arena_printf(p->arena, "%s%s%s (%s)", by, i ? ", " : "", name.at[i], where_text(p, library.at[i]));
    }
    if (*by) {
        comment_wrapped(p, out, &n, "    by ", str_of(by), 4);
    }
    comment_end(out, n);
}

void quote_library(Plan *p, Text *out)
{
    int n = 0;
    if (!p->library.n) {
        return;
    }
    comment_line(out, &n, "What the equations below use of the library:");
    for (int i = 0; i < p->library.n; i++) {
        comment_span(p, out, &n, p->library.at[i]);
    }
    comment_end(out, n);
    text_line(out, "%s", "");
}
