/* draw_layout.h - where everything stands in a picture, in pixels
 *
 *   draw_measure.c  cards: the inputs, a head, the feed-forward part of a layer; how large they are
 *   draw_layout.c   columns of cards, from left to right
 *   draw_route.c    lines between them
 *
 * A value leaves its card on the right, and is read on the left of another one. To the next column it goes through the gutter between; to
 * a later one along a lane above the cards, which is what a transformer calls its residual stream. */
#ifndef SINTER_RASP_DRAW_LAYOUT_H
#define SINTER_RASP_DRAW_LAYOUT_H

#include "draw.h"

enum {
    PAD = 14,      /* of a card */
    CELL = 20,     /* height of a cell */
    LINE = 15,     /* of formulas */
    PORT = 6,      /* between the ends of lines */
    LANE = 16,
    TRACK = 7,
    INNER = 6,     /* between lines inside a card */
    CARDS_MOST_LINES = 4
};

typedef struct DrawLines { /* a formula, broken */
    const char *at[CARDS_MOST_LINES];
    int n;
} DrawLines;

typedef struct DrawPort {
    int from, y; /* the step that is read; y: in the card */
} DrawPort;

typedef VEC(DrawPort) DrawPorts;

typedef struct DrawRow { /* of a table: a step. Of a head: a column of results with a row of values */
    int step;
    int y, height, x, width; /* in the card; table: of the row; head: x, width of the results, y of the values */
    int out;                 /* where the line leaves, in the card */
    DrawLines formula;
    int track;               /* table: beside the rows, for those of the card that read it; -1: none */
    DrawPorts in;
} DrawRow;

typedef enum DrawKind { DRAW_INPUTS, DRAW_HEAD, DRAW_FORWARD } DrawKind;

typedef struct DrawCard {
    DrawKind kind;
    int layer, head, column;
    int x, y, width, height;
    int cell;                 /* width of a cell */
    int left, top;            /* of the first cell */
    int names;                /* left of the names of a table */
    int keys, queries;        /* DRAW_HEAD: steps whose values stand along the grid, besides the tokens; -1: none */
    int tokens;               /* DRAW_HEAD: width of the tokens beside the grid */
    DrawLines formula;        /* DRAW_HEAD: of the selector */
    DrawPorts in;
    VEC(DrawRow) row;
} DrawCard;

typedef struct DrawPoint {
    int x, y;
} DrawPoint;

typedef struct DrawLine {
    int from, card, row; /* row: -1: the card as a whole */
    DrawPoint at[6];
    int n;
} DrawLine;

typedef struct DrawColumn {
    int x, width, layer, tracks;
} DrawColumn;

typedef struct DrawLane {
    int step, x, y;
} DrawLane;

typedef struct Layout {
    const Drawing *d;
    Arena *arena;
    VEC(DrawCard) card;
    VEC(DrawColumn) column;
    VEC(DrawLine) line;
    VEC(DrawLane) lane;
    int lanes, width, height;
    int *card_of, *row_of; /* by step */
} Layout;

Layout layout_of(Arena *arena, const Drawing *d);

void measure_card(Layout *l, DrawCard *card);
void route(Layout *l); /* sets tracks, lanes, then the lines; needs the sizes of cards, sets their places */

int text_width(const char *text, int size); /* in the fixed-width font */
const char *text_fit(Arena *arena, const char *text, int width, int size); /* shortened by an ellipsis */

#endif
