/* draw_measure.c - how large a card is, and where its parts are */
#include "draw_layout.h"

#include <string.h>

enum { CELL_LEAST = 24, CELL_MOST = 76, RESULT_LEAST = 46, RESULT_MOST = 150, NAME_MOST = 300, FORMULA_COLUMNS = 46 };

int text_width(const char *text, int size)
{
    return (page_columns(text) * size * 61 + 99) / 100;
}

const char *text_fit(Arena *arena, const char *text, int width, int size)
{
    Page page = {.arena = arena};
    if (text_width(text, size) <= width) {
        return text;
    }
    for (unsigned point; *text;) {
        const size_t n = page_character(text, &point);
        Page longer = page;
        longer.text.at = arena_array(arena, char, page.text.n + 8);
        memcpy(longer.text.at, page.text.n ? page.text.at : "", (size_t)page.text.n);
        longer.text.cap = page.text.n + 8;
        page_bytes(&longer, text, n);
        if (text_width(page_end(&longer), size) + size * 61 / 100 > width) {
            break;
        }
        page_bytes(&page, text, n);
        text += n;
    }
    page_puts(&page, "\xE2\x80\xA6");
    return page_end(&page);
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int within(int low, int value, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* Breaks before "and" and "or" where it can, else at a space. */
static DrawLines lines_of(Arena *arena, const char *text, int columns)
{
    DrawLines lines = {{0}, 0};
    while (*text && lines.n < CARDS_MOST_LINES) {
        size_t end = 0, space = 0, word = 0;
        for (int column = 0; text[end] && column < columns; column++) {
            unsigned point;
            word = strncmp(text + end, " and ", 5) == 0 || strncmp(text + end, " or ", 4) == 0 ? end : word;
            space = text[end] == ' ' ? end : space;
            end += page_character(text + end, &point);
        }
        const int last = lines.n + 1 == CARDS_MOST_LINES;
        end = text[end] == 0 || last ? end : word ? word : space ? space : end;
        lines.at[lines.n++] = arena_printf(arena, last && text[end] ? "%.*s.." : "%.*s", (int)end, text);
        text += end;
        text += strspn(text, " ");
    }
    return lines;
}

static int lines_width(const DrawLines *lines, int size)
{
    int width = 0;
    for (int i = 0; i < lines->n; i++) {
        width = most(width, text_width(lines->at[i], size));
    }
    return width;
}

static int values_width(const Layout *l, int step)
{
    int width = 0;
    for (int64_t i = 0; i < answer_length(&l->d->answer); i++) {
        width = most(width, text_width(draw_element(l->d, l->arena, step, i), 12));
    }
    return width;
}

static int tokens_width(const Layout *l)
{
    int width = 0;
    for (int64_t i = 0; i < answer_length(&l->d->answer); i++) {
        width = most(width, text_width(draw_token(l->d, l->arena, i), 12));
    }
    return width;
}

/* Ends of lines: one below the other, never at the height of a beginning. */
static int end_height(int y)
{
    return y - ((y % PORT) + PORT) % PORT + PORT / 2;
}

static void add_ports(Layout *l, DrawPorts *ports, const DrawReads *reads, int y)
{
    for (int i = 0; i < reads->n; i++) {
        const DrawPort port = {reads->at[i], end_height(y) + PORT * i};
        vec_push(l->arena, *ports, port);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------------- */

/* The last row of the card that reads the value of a row; the row itself if none does. */
static int last_reader(const DrawCard *card, int row)
{
    int last = row;
    for (int i = row + 1; i < card->row.n; i++) {
        for (int k = 0; k < card->row.at[i].in.n; k++) {
            last = card->row.at[i].in.at[k].from == card->row.at[row].step ? i : last;
        }
    }
    return last;
}

/* Tracks for the lines inside the card. Returns their number. */
static int measure_inner(DrawCard *card)
{
    int tracks = 0;
    for (int i = 0; i < card->row.n; i++) {
        int taken = last_reader(card, i) > i;
        card->row.at[i].track = taken - 1;
        while (taken) {
            taken = 0;
            for (int k = 0; k < i && !taken; k++) {
                taken = card->row.at[k].track == card->row.at[i].track && last_reader(card, k) >= i;
            }
            card->row.at[i].track += taken;
        }
        tracks = most(tracks, card->row.at[i].track + 1);
    }
    return tracks;
}

static void measure_table(Layout *l, DrawCard *card)
{
    const Drawing *d = l->d;
    int names = 0, cell = tokens_width(l), y = card->kind == DRAW_INPUTS ? 6 : 54;
    for (int i = 0; i < card->row.n; i++) {
        DrawRow *row = &card->row.at[i];
        const char *formula = formula_of(d->flow, l->arena, row->step, FORMULA_MOST);
        if (strcmp(formula, d->flow->step.at[row->step].label) != 0) {
            row->formula = lines_of(l->arena, formula, FORMULA_COLUMNS);
        }
        names = most(names, within(0, text_width(d->flow->step.at[row->step].label, 12), NAME_MOST));
        names = most(names, lines_width(&row->formula, 11));
        cell = most(cell, values_width(l, row->step));
        const DrawReads reads = draw_reads(d, row->step);
        row->y = y;
        row->height = most(12 + 18 + LINE * row->formula.n, PORT * (reads.n + 2));
        row->height += (PORT - row->height % PORT) % PORT;
        row->out = y + row->height / 2 - (row->height / 2 + y) % PORT;
        add_ports(l, &row->in, &reads, row->out - PORT * (reads.n / 2));
        y += row->height;
    }
    card->cell = within(CELL_LEAST, cell + 12, CELL_MOST);
    card->names = PAD + 12 + INNER * most(0, measure_inner(card) - 1);
    card->left = card->names + names + 18;
    card->top = 54;
    card->width = card->left + card->cell * (int)answer_length(&d->answer) + PAD + 6;
    card->height = y + (card->kind == DRAW_INPUTS ? 6 : 8);
}

/* ---- heads -------------------------------------------------------------------------------------------------------------------------- */

/* What stands along the grid, unless it says the same as the tokens do. */
static int beside(const Layout *l, int step)
{
    int same = 1;
    for (int64_t i = 0; i < answer_length(&l->d->answer) && same; i++) {
        same = strcmp(draw_element(l->d, l->arena, step, i), draw_token(l->d, l->arena, i)) == 0;
    }
    return same ? -1 : step;
}

/* The results stand right of the grid, a column for each aggregate, its name above on a line of its own; the values below, a row each. */
static void measure_results(Layout *l, DrawCard *card)
{
    const Flow *flow = l->d->flow;
    const int64_t n = answer_length(&l->d->answer);
    int x = card->left + card->cell * (int)n + 18, y = card->top + CELL * (int)n + 8;
    card->width = most(card->width, x);
    for (int i = 0; i < card->row.n; i++) {
        DrawRow *row = &card->row.at[i];
        const FlowStep *s = &flow->step.at[row->step];
        const char *value = s->kids ? formula_label(flow, l->arena, s->kid[0], FORMULA_MOST) : "";
        row->x = x;
        row->width = within(RESULT_LEAST, values_width(l, row->step) + 10, RESULT_MOST);
        row->y = y;
        row->formula.n = s->kids > 0;
        row->formula.at[0] = value;
        const int out = card->top - 8 - 16 * (card->row.n - i) + 4;
        row->out = out;
        card->width = most(card->width, x + most(row->width, text_width(flow->step.at[row->step].label, 12) + 16) + PAD);
        x += row->width + 10;
        if (s->kids) {
            DrawReads reads = {0};
            if (flow->step.at[s->kid[0]].drawn) {
                vec_push(l->arena, reads, s->kid[0]);
            } else {
                reads = draw_reads(l->d, s->kid[0]);
            }
            add_ports(l, &row->in, &reads, y + 12);
            y += most(44, 12 + PORT * (reads.n + 1));
        }
    }
    card->height = most(y, card->top + CELL * (int)n + 8 + (card->row.n ? 40 : 0)) + 4;
}

static void measure_head(Layout *l, DrawCard *card)
{
    const Flow *flow = l->d->flow;
    const FlowHead *head = &flow->head.at[card->head];
    const FlowStep *selector = &flow->step.at[head->selector];
    const int one = selector->selector->kind == SEL_COMPARE;
    const int64_t n = answer_length(&l->d->answer);
    int cell = tokens_width(l);
    card->keys = one ? beside(l, selector->kid[0]) : -1;
    card->queries = one ? beside(l, selector->kid[1]) : -1;
    cell = card->keys >= 0 ? most(cell, values_width(l, card->keys)) : cell;
    for (int i = 0; i < card->row.n; i++) {
        const FlowStep *s = &flow->step.at[card->row.at[i].step];
        cell = s->kids ? most(cell, values_width(l, s->kid[0])) : cell;
    }
    card->cell = within(CELL_LEAST, cell + 12, CELL_MOST);
    card->tokens = within(12, tokens_width(l), CELL_MOST);
    const int queries = card->queries >= 0 ? within(12, values_width(l, card->queries), CELL_MOST) + 10 : 0;
    card->left = PAD + most(56, card->tokens + queries + 14);
    const int columns = most(FORMULA_COLUMNS, (card->left + card->cell * (int)n + 60) * 100 / (11 * 61));
    card->formula = lines_of(l->arena, formula_of(flow, l->arena, head->selector, FORMULA_MOST), columns);
    const int axis = 18 + 18 * (card->keys >= 0 ? 2 : 1);
    card->top = 36 + LINE * card->formula.n + most(axis, 16 * card->row.n + 14);
    card->top += (PORT - card->top % PORT) % PORT;
    card->width = most(2 * PAD + lines_width(&card->formula, 11), 240);
    measure_results(l, card);
    const DrawReads reads = draw_reads(l->d, head->selector);
    add_ports(l, &card->in, &reads, 40);
    card->height = most(card->height, 40 + PORT * (reads.n + 1));
    card->width += (PORT - card->width % PORT) % PORT;
}

void measure_card(Layout *l, DrawCard *card)
{
    if (card->kind == DRAW_HEAD) {
        measure_head(l, card);
    } else {
        measure_table(l, card);
    }
    card->height += (PORT - card->height % PORT) % PORT;
}
