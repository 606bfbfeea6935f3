/* draw_svg.c - the layout as SVG. Colours and type are in templates/draw/flow.css. */
#include "../embed.h"
#include "draw_layout.h"
#include "draw_svg.h"

#include <string.h>

enum { HUES = 6, ROUND = 5 };

void page_xml(Page *page, const char *text)
{
    for (unsigned point; *text;) {
        const size_t n = page_character(text, &point);
        const char *instead = point == '<' ? "&lt;" : point == '>' ? "&gt;" : point == '&' ? "&amp;" : point == '"' ? "&quot;" : NULL;
        if (point < ' ' && point != '\n') {
            page_add(page, "\xE2\x90%c", 0x80 + (int)point);
        } else if (instead) {
            page_puts(page, instead);
        } else if ((point >= 0xD800 && point < 0xE000) || (point & 0xFFFE) == 0xFFFE || point > 0x10FFFF || point == 0xFFFD) {
            page_puts(page, "\xEF\xBF\xBD");
        } else {
            page_bytes(page, text, n);
        }
        text += n;
    }
}

typedef struct Svg {
    Page *page;
    const Layout *l;
    const Drawing *d;
    int *hue; /* by step */
} Svg;

/* A text that has to fit into `width`; what is cut off is told when the mouse rests on it. */
static void text(Svg *s, int x, int y, const char *class, int size, int width, const char *words)
{
    const char *fitting = text_fit(s->page->arena, words, width, size);
    page_add(s->page, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
    page_xml(s->page, fitting);
    if (fitting != words) {
        page_puts(s->page, "<title>");
        page_xml(s->page, words);
        page_puts(s->page, "</title>");
    }
    page_puts(s->page, "</text>\n");
}

static void lines(Svg *s, int x, int y, const DrawLines *lines)
{
    for (int i = 0; i < lines->n; i++) {
        text(s, x, y + LINE * i, "formula", 11, 100000, lines->at[i]);
    }
}

static const FlowStep *step_of(const Svg *s, int step)
{
    return &s->d->flow->step.at[step];
}

/* What is nothing - false, 0 - is said more quietly. */
static int is_quiet(const Svg *s, int step, int64_t i)
{
    const FlowStep *f = step_of(s, step);
    const Atom atom = f->leaf < 0 ? f->sop->atom : answer_atom(&s->d->answer, f->leaf, i);
    return atom.type != ATOM_STR && atom.real == 0;
}

static void value(Svg *s, int x, int y, int width, int step, int64_t i)
{
    text(s, x, y, is_quiet(s, step, i) ? "value quiet" : "value", 12, width, draw_element(s->d, s->page->arena, step, i));
}

static int64_t length(const Svg *s)
{
    return answer_length(&s->d->answer);
}

/* Values side by side in cells. */
static void strip(Svg *s, const DrawCard *card, int step, int y)
{
    page_add(s->page, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" class=\"strip\"/>\n", card->left, y,
             card->cell * (int)length(s), CELL);
    for (int64_t i = 0; i < length(s); i++) {
        value(s, card->left + card->cell * (int)i + card->cell / 2, y + 14, card->cell - 4, step, i);
    }
}

static void tokens_above(Svg *s, const DrawCard *card, int y)
{
    for (int64_t i = 0; i < length(s); i++) {
        text(s, card->left + card->cell * (int)i + card->cell / 2, y, "token", 12, card->cell - 4, draw_token(s->d, s->page->arena, i));
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------------- */

/* What a row reads in its own card comes along the left side. */
static void inner_lines(Svg *s, const DrawCard *card)
{
    for (int i = 0; i < card->row.n; i++) {
        for (int k = 0; k < card->row.at[i].in.n; k++) {
            const DrawPort *port = &card->row.at[i].in.at[k];
            const DrawRow *from = &card->row.at[s->l->row_of[port->from]];
            if (&s->l->card.at[s->l->card_of[port->from]] == card) {
                const int x = card->names - 14 - INNER * from->track, y = from->out + 8;
                page_add(s->page,
                         "<path class=\"line n%d\" data-from=\"%d\" data-to=\"%d\" d=\"M%d %dH%dQ%d %d %d %dV%dQ%d %d %d %dH%d\" "
                         "marker-end=\"url(#end%d)\"/>\n",
                         s->hue[port->from], port->from, card->row.at[i].step, card->names - 4, y, x + ROUND, x, y, x, y + ROUND,
                         port->y - ROUND, x, port->y, x + ROUND, port->y, card->names - 4, s->hue[port->from]);
            }
        }
    }
}

static void row_of_table(Svg *s, const DrawCard *card, const DrawRow *row, int first)
{
    const FlowStep *f = step_of(s, row->step);
    const int y = row->y + 6 + (row->height - 12 - 18 - LINE * row->formula.n) / 2;
    page_add(s->page, "<g class=\"row%s\" data-step=\"%d\">\n", f->result ? " result" : "", row->step);
    page_add(s->page, "<rect x=\"0.5\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"ground\"/>\n", row->y, card->width - 1, row->height);
    if (!first) {
        page_add(s->page, "<path d=\"M%d %dH%d\" class=\"rule\"/>\n", card->names, row->y, card->width - PAD);
    }
    text(s, card->names, y + 13, "name", 12, card->left - card->names - 12, f->label);
    lines(s, card->names, y + 13 + 16, &row->formula);
    strip(s, card, row->step, row->y + (row->height - CELL) / 2);
    page_puts(s->page, "</g>\n");
}

static void table(Svg *s, const DrawCard *card)
{
    if (card->kind == DRAW_FORWARD) {
        text(s, card->names, 23, "kind forward", 12, 200, "feed-forward");
        tokens_above(s, card, card->top - 7);
    }
    for (int i = 0; i < card->row.n; i++) {
        row_of_table(s, card, &card->row.at[i], i == 0);
    }
    inner_lines(s, card);
}

/* ---- heads -------------------------------------------------------------------------------------------------------------------------- */

static int selects(const Svg *s, const FlowHead *head, int64_t query, int64_t key)
{
    return answer_selects(&s->d->answer, step_of(s, head->selector)->leaf, query, key);
}

static int selects_any(const Svg *s, const FlowHead *head, int64_t query)
{
    int any = 0;
    for (int64_t k = 0; k < length(s) && !any; k++) {
        any = selects(s, head, query, k);
    }
    return any;
}

/* Cells side by side are one shape. */
static void grid(Svg *s, const DrawCard *card, const FlowHead *head)
{
    const int n = (int)length(s), w = card->cell;
    page_add(s->page, "<g class=\"grid\" data-x=\"%d\" data-y=\"%d\" data-w=\"%d\" data-h=\"%d\" data-n=\"%d\">\n", card->left, card->top,
             w, CELL, n);
    page_add(s->page, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"field\"/>\n<path class=\"on\" d=\"", card->left,
             card->top, w * n, CELL * n);
    for (int q = 0; q < n; q++) {
        for (int k = 0; k < n; k++) {
            if (selects(s, head, q, k)) {
                page_add(s->page, "M%d %dh%dv%dh-%dz", card->left + w * k + 1, card->top + CELL * q + 1, w - 2, CELL - 2, w - 2);
            }
        }
    }
    page_puts(s->page, "\"/>\n<path class=\"mesh\" d=\"");
    for (int i = 1; i < n; i++) {
        page_add(s->page, "M%d %dv%dM%d %dh%d", card->left + w * i, card->top, CELL * n, card->left, card->top + CELL * i, w * n);
    }
    page_puts(s->page, "\"/>\n</g>\n");
}

static void axes(Svg *s, const DrawCard *card)
{
    const int keys = card->keys >= 0;
    text(s, card->left, card->top - 8 - 18 * (keys ? 2 : 1), "axis", 10, card->cell * (int)length(s),
         keys ? arena_printf(s->page->arena, "keys \xC2\xB7 %s",
                             step_of(s, card->keys)->label ? step_of(s, card->keys)->label
                                                           : formula_of(s->d->flow, s->page->arena, card->keys, 40))
              : "keys");
    text(s, PAD, card->top - 7, "axis", 10, card->left - PAD - 6, "queries");
    tokens_above(s, card, card->top - 7 - (keys ? 18 : 0));
    for (int64_t i = 0; i < length(s); i++) {
        const int y = card->top + CELL * (int)i + 14;
        text(s, PAD + card->tokens / 2, y, "token", 12, card->tokens, draw_token(s->d, s->page->arena, i));
        if (keys) {
            value(s, card->left + card->cell * (int)i + card->cell / 2, card->top - 7, card->cell - 4, card->keys, i);
        }
        if (card->queries >= 0) {
            const int from = PAD + card->tokens + 4;
            value(s, (from + card->left - 6) / 2, y, card->left - from - 6, card->queries, i);
        }
    }
}

/* Where nothing is selected: said below the results, and seen in them. */
static void other(Svg *s, const DrawCard *card, const DrawRow *row, int used)
{
    const FlowStep *f = step_of(s, row->step);
    const int y = card->top + CELL * (int)length(s) + 8;
    if (f->sop->kind != SOP_AGGREGATE) {
        return;
    }
    page_add(s->page, "<g class=\"default%s\">\n<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>\n", used ? " used" : "",
             row->x, y, row->width, CELL);
    text(s, row->x + row->width / 2, y + 14, "value", 12, row->width - 4, draw_atom(s->page->arena, &f->sop->other));
    text(s, row->x + row->width / 2, y + CELL + 12, "caption", 10, row->width + 10, "default");
    page_puts(s->page, "</g>\n");
}

static void results(Svg *s, const DrawCard *card, const DrawRow *row, const FlowHead *head)
{
    const FlowStep *f = step_of(s, row->step);
    const int n = (int)length(s), from = row->x + text_width(f->label, 12) + 8;
    int used = 0;
    page_add(s->page, "<g class=\"row%s\" data-step=\"%d\">\n", f->result ? " result" : "", row->step);
    page_add(s->page, "<path class=\"line n%d\" data-from=\"%d\" d=\"M%d %dH%dM%d %dV%d\"/>\n", s->hue[row->step], row->step, from,
             row->out, card->width, row->x + 4, row->out + 8, card->top - 2);
    text(s, row->x, row->out + 4, "name", 12, card->width - row->x - PAD, f->label);
    page_add(s->page, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" class=\"strip given\"/>\n", row->x, card->top,
             row->width, CELL * n);
    for (int q = 0; q < n; q++) {
        if (!selects_any(s, head, q)) {
            page_add(s->page, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" class=\"filled\"/>\n", row->x + 2,
                     card->top + CELL * q + 2, row->width - 4, CELL - 4);
            used = 1;
        }
        value(s, row->x + row->width / 2, card->top + CELL * q + 14, row->width - 4, row->step, q);
    }
    if (row->formula.n) {
        const char *what = card->row.n > 1 ? arena_printf(s->page->arena, "%s \xE2\x86\x92 %s", row->formula.at[0], f->label)
                                           : row->formula.at[0];
        text(s, PAD, row->y + 12, "formula", 11, (card->row.n > 1 ? card->left + card->cell * n : row->x - 8) - PAD, what);
        text(s, PAD, row->y + 31, "axis", 10, card->left - PAD, "values");
        strip(s, card, f->kids ? f->kid[0] : row->step, row->y + 18);
    }
    other(s, card, row, used);
    page_puts(s->page, "</g>\n");
}

static void head_card(Svg *s, const DrawCard *card)
{
    const FlowHead *head = &s->d->flow->head.at[card->head];
    const FlowStep *selector = step_of(s, head->selector);
    const char *kind = arena_printf(s->page->arena, "head %d.%d", head->layer, head->number);
    const Str name = selector->selector->name;
    text(s, PAD, 23, "kind attention", 12, 200, kind);
    if (name || selector->result) {
        text(s, PAD + text_width(kind, 12) + 8, 23, selector->result ? "name asked" : "name", 12, card->width - 2 * PAD - 80,
             name ? name : "result");
    }
    lines(s, PAD, 42, &card->formula);
    axes(s, card);
    grid(s, card, head);
    for (int i = 0; i < card->row.n; i++) {
        results(s, card, &card->row.at[i], head);
    }
}

/* ---- all --------------------------------------------------------------------------------------------------------------------------- */

static int near(int from, int to)
{
    const int far = to > from ? to - from : from - to, r = far / 2 < ROUND ? far / 2 : ROUND;
    return to > from ? r : -r;
}

/* Straight pieces with round corners. */
static void line(Svg *s, const DrawLine *line)
{
    const DrawCard *card = &s->l->card.at[line->card];
    const char *to = line->row >= 0 && card->kind != DRAW_HEAD ? arena_printf(s->page->arena, "%d", card->row.at[line->row].step)
                     : line->row >= 0 ? arena_printf(s->page->arena, "%d h%d", card->row.at[line->row].step, card->head)
                                      : arena_printf(s->page->arena, "h%d", card->head);
    page_add(s->page, "<path class=\"line n%d\" data-from=\"%d\" data-to=\"%s\" marker-end=\"url(#end%d)\" d=\"M%d %d", s->hue[line->from],
             line->from, to, s->hue[line->from], line->at[0].x, line->at[0].y);
    for (int i = 1; i + 1 < line->n; i++) {
        const DrawPoint a = line->at[i - 1], b = line->at[i], c = line->at[i + 1];
        if ((a.x == b.x && a.y == b.y) || (b.x == c.x && b.y == c.y)) {
            continue;
        }
        const int flat = a.y == b.y;
        page_add(s->page, "L%d %dQ%d %d %d %d", flat ? b.x - near(a.x, b.x) : b.x, flat ? b.y : b.y - near(a.y, b.y), b.x, b.y,
                 flat ? b.x : b.x + near(b.x, c.x), flat ? b.y + near(b.y, c.y) : b.y);
    }
    page_add(s->page, "L%d %d\"/>\n", line->at[line->n - 1].x - 1, line->at[line->n - 1].y);
}

static void bands(Svg *s)
{
    for (int c = 0, last; c < s->l->column.n; c = last + 1) {
        const DrawColumn *from = &s->l->column.at[c];
        for (last = c; last + 1 < s->l->column.n && s->l->column.at[last + 1].layer == from->layer; last++) {
        }
        const DrawColumn *to = &s->l->column.at[last];
        page_add(s->page, "<rect x=\"%d\" y=\"0\" width=\"%d\" height=\"%d\" rx=\"10\" class=\"band\"/>\n", from->x - 10,
                 to->x + to->width - from->x + 20, s->l->height);
        const char *title = from->layer ? arena_printf(s->page->arena, "Layer %d", from->layer) : last > c ? "Before attention" : "Input";
        page_add(s->page, "<text x=\"%d\" y=\"24\" class=\"title\">%s</text>\n", from->x + 4, title);
    }
}

static void lanes(Svg *s)
{
    for (int i = 0; i < s->l->lane.n; i++) {
        const DrawLane *lane = &s->l->lane.at[i];
        page_add(s->page, "<g class=\"lane n%d\" data-from=\"%d\">", s->hue[lane->step], lane->step);
        text(s, lane->x + 8, lane->y - 3, "lane", 10, 150, step_of(s, lane->step)->label);
        page_puts(s->page, "</g>\n");
    }
}

void svg_of(Page *page, const Drawing *d, int alone)
{
    const Layout l = layout_of(page->arena, d);
    const Embedded *css = embed_find("templates/draw/flow.css");
    Svg s = {page, &l, d, arena_array(page->arena, int, d->flow->step.n + 1)};
    for (int i = 0, drawn = 0; i < d->flow->step.n; i++) {
        s.hue[i] = drawn % HUES;
        drawn += d->flow->step.at[i].drawn;
    }
    const int around = alone ? 16 : 0, width = l.width + 2 * around, height = l.height + 2 * around;
    page_add(page,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flow\" width=\"%d\" height=\"%d\" viewBox=\"%d %d %d %d\" role=\"img\">\n",
             width, height, -around, -around, width, height);
    page_puts(page, "<title>");
    page_xml(page, arena_printf(page->arena, "%s in %d layers", d->name, d->flow->layers));
    page_puts(page, "</title>\n");
    if (alone) {
        page_puts(page, "<style>\n");
        page_bytes(page, css->text, css->bytes);
        page_add(page, "</style>\n<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"paper\"/>\n", -around, -around, width, height);
    }
    page_puts(page, "<defs>\n");
    for (int hue = 0; hue < HUES; hue++) {
        page_add(page,
                 "<marker id=\"end%d\" viewBox=\"0 0 6 6\" refX=\"5\" refY=\"3\" markerWidth=\"6\" markerHeight=\"6\" "
                 "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L6 3L0 6z\" class=\"tip n%d\"/></marker>\n",
                 hue, hue);
    }
    page_puts(page, "</defs>\n");
    bands(&s);
    page_puts(page, "<g class=\"lines\">\n");
    for (int i = 0; i < l.line.n; i++) {
        line(&s, &l.line.at[i]);
    }
    page_puts(page, "</g>\n");
    lanes(&s);
    for (int i = 0; i < l.card.n; i++) {
        const DrawCard *card = &l.card.at[i];
        static const char *const kind[] = {[DRAW_INPUTS] = "inputs", [DRAW_HEAD] = "head", [DRAW_FORWARD] = "forward"};
        page_add(page, "<g class=\"card %s\" transform=\"translate(%d,%d)\"", kind[card->kind], card->x, card->y);
        page_puts(page, card->kind == DRAW_HEAD ? arena_printf(page->arena, " data-head=\"%d\">\n", card->head) : ">\n");
        page_add(page, "<rect x=\"0\" y=\"0\" width=\"%d\" height=\"%d\" rx=\"8\" class=\"body\"/>\n", card->width, card->height);
        if (card->kind == DRAW_HEAD) {
            head_card(&s, card);
        } else {
            table(&s, card);
        }
        page_puts(page, "</g>\n");
    }
    page_puts(page, "</svg>\n");
}

void draw_svg(Page *page, const Drawing *d)
{
    page_puts(page, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    svg_of(page, d, 1);
}
