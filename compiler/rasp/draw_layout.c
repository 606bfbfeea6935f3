#include "draw_layout.h"

enum { BETWEEN = 24 }; /* cards of a column: a multiple of PORT */

static DrawCard *add_card(Layout *l, DrawKind kind, int layer, int head)
{
    const DrawCard card = {.kind = kind, .layer = layer, .head = head, .column = l->column.n - 1, .keys = -1, .queries = -1};
    vec_push(l->arena, l->card, card);
    return &l->card.at[l->card.n - 1];
}

static void add_row(Layout *l, DrawCard *card, int step)
{
    const DrawRow row = {.step = step};
    l->card_of[step] = (int)(card - l->card.at);
    l->row_of[step] = card->row.n;
    vec_push(l->arena, card->row, row);
}

static void add_column(Layout *l, int layer)
{
    const DrawColumn column = {.layer = layer};
    vec_push(l->arena, l->column, column);
}

static int is_input(const FlowStep *s)
{
    return s->sop->kind == SOP_INPUT || s->sop->kind == SOP_INDICES;
}

/* What is drawn as a table: the inputs; or all of a layer that no head brings. */
static void add_table(Layout *l, DrawKind kind, int layer)
{
    DrawCard *card = NULL;
    for (int i = 0; i < l->d->flow->step.n; i++) {
        const FlowStep *s = &l->d->flow->step.at[i];
        if (!s->drawn || s->by >= 0 || is_input(s) != (kind == DRAW_INPUTS) || (kind == DRAW_FORWARD && s->layer != layer)) {
            continue;
        }
        if (!card) {
            add_column(l, layer);
            card = add_card(l, kind, layer, -1);
        }
        add_row(l, card, i);
    }
}

static void add_heads(Layout *l, int layer)
{
    const Flow *flow = l->d->flow;
    add_column(l, layer);
    for (int h = 0; h < flow->head.n; h++) {
        if (flow->head.at[h].layer == layer) {
            DrawCard *card = add_card(l, DRAW_HEAD, layer, h);
            for (int i = 0; i < flow->head.at[h].step.n; i++) {
                add_row(l, card, flow->head.at[h].step.at[i]);
            }
        }
    }
}

Layout layout_of(Arena *arena, const Drawing *d)
{
    Layout l = {.d = d, .arena = arena};
    l.card_of = arena_array(arena, int, d->flow->step.n + 1);
    l.row_of = arena_array(arena, int, d->flow->step.n + 1);
    add_table(&l, DRAW_INPUTS, 0);
    add_table(&l, DRAW_FORWARD, 0);
    for (int layer = 1; layer <= d->flow->layers; layer++) {
        add_heads(&l, layer);
        add_table(&l, DRAW_FORWARD, layer);
    }
    int *y = arena_array(arena, int, l.column.n + 1);
    for (int i = 0; i < l.card.n; i++) {
        DrawCard *card = &l.card.at[i];
        DrawColumn *column = &l.column.at[card->column];
        measure_card(&l, card);
        card->y = y[card->column];
        y[card->column] += card->height + BETWEEN;
        column->width = card->width > column->width ? card->width : column->width;
    }
    for (int i = 0; i < l.card.n; i++) {
        l.card.at[i].width = l.column.at[l.card.at[i].column].width;
    }
    route(&l);
    return l;
}
