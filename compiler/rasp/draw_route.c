/* draw_route.c - lines that never cross a card
 *
 * All lines of one step share a way: out into the gutter on the right of its column, and, where it is read beyond the next column, up to
 * a lane and along it. In a gutter each step has a track of its own, lanes are shared by those that never meet. */
#include "draw_layout.h"

#include <string.h>

enum { TITLE = 40, BESIDE = 18, UNDER = 16, STRAIGHT = 4, LANES_AT_ONE_HEIGHT = 12 };

typedef struct Way { /* of a step */
    int from;               /* its column */
    int last;               /* the last gutter it goes to: gutter g is right of column g */
    int lane;               /* -1: none is needed */
    int *track;             /* by gutter, -1: it is not there */
    int *low, *high;        /* by gutter: how far it goes up and down */
} Way;

typedef struct Routing {
    Layout *l;
    Way *way; /* by step; from -1: nobody reads it elsewhere */
    int columns;
} Routing;

static int out_height(const Layout *l, int step)
{
    const DrawCard *card = &l->card.at[l->card_of[step]];
    return card->y + card->row.at[l->row_of[step]].out;
}

static void reach_height(Way *way, int gutter, int y)
{
    if (way->track[gutter] < 0) {
        way->track[gutter] = 0;
        way->low[gutter] = way->high[gutter] = y;
    }
    way->low[gutter] = y < way->low[gutter] ? y : way->low[gutter];
    way->high[gutter] = y > way->high[gutter] ? y : way->high[gutter];
}

typedef void EachPort(Routing *r, int card, int row, DrawPort *port);

/* Ports in the card of what they read are lines inside of it. */
static void each_port(Routing *r, EachPort *act)
{
    for (int i = 0; i < r->l->card.n; i++) {
        const DrawCard *card = &r->l->card.at[i];
        for (int k = 0; k < card->in.n; k++) {
            act(r, i, -1, &card->in.at[k]);
        }
        for (int row = 0; row < card->row.n; row++) {
            for (int k = 0; k < card->row.at[row].in.n; k++) {
                DrawPort *port = &card->row.at[row].in.at[k];
                if (r->l->card_of[port->from] != i) {
                    act(r, i, row, port);
                }
            }
        }
    }
}

/* What stands almost opposite stands opposite. */
static void straighten(const Layout *l, const DrawCard *to, DrawPort *port)
{
    const DrawCard *from = &l->card.at[l->card_of[port->from]];
    const int away = out_height(l, port->from) - to->y - port->y;
    if (from->column + 1 == to->column && away <= STRAIGHT && away >= -STRAIGHT) {
        port->y += away;
    }
}

static void find_ends(Routing *r, int card, int row, DrawPort *port)
{
    (void)row;
    const int gutter = r->l->card.at[card].column - 1;
    Way *way = &r->way[port->from];
    if (way->from < 0) {
        way->from = r->l->card.at[r->l->card_of[port->from]].column;
        way->track = arena_array(r->l->arena, int, r->columns + 1);
        way->low = arena_array(r->l->arena, int, r->columns + 1);
        way->high = arena_array(r->l->arena, int, r->columns + 1);
        memset(way->track, -1, sizeof *way->track * ((size_t)r->columns + 1));
    }
    way->last = gutter > way->last ? gutter : way->last;
}

/* A way with a lane comes from above everywhere. */
static void find_heights(Routing *r, int card, int row, DrawPort *port)
{
    (void)row;
    const DrawCard *to = &r->l->card.at[card];
    Way *way = &r->way[port->from];
    straighten(r->l, to, port);
    reach_height(way, way->from, out_height(r->l, port->from));
    reach_height(way, to->column - 1, to->y + port->y);
    if (way->lane >= 0) {
        reach_height(way, way->from, 0);
        reach_height(way, to->column - 1, 0);
    }
}

static int is_taken(const Routing *r, const Way *way)
{
    for (int k = 0; k < r->l->d->flow->step.n; k++) {
        const Way *other = &r->way[k];
        if (other != way && other->lane == way->lane && other->from <= way->last && way->from <= other->last) {
            return 1;
        }
    }
    return 0;
}

/* The first lane that nobody uses between the same gutters; from left to right, which needs the fewest. */
static void find_lanes(Routing *r)
{
    for (int column = 0; column < r->columns; column++) {
        for (int i = 0; i < r->l->d->flow->step.n; i++) {
            Way *way = &r->way[i];
            if (way->from != column || way->last <= way->from) {
                continue;
            }
            for (way->lane = 0; is_taken(r, way); way->lane++) {
            }
            r->l->lanes = way->lane >= r->l->lanes ? way->lane + 1 : r->l->lanes;
        }
    }
}

static void find_tracks(Routing *r, int gutter)
{
    const int n = r->l->d->flow->step.n;
    for (int i = 0; i < n; i++) {
        Way *way = &r->way[i];
        if (way->from < 0 || way->track[gutter] < 0) {
            continue;
        }
        int taken = 1;
        for (way->track[gutter] = 0; taken; way->track[gutter] += taken) {
            taken = 0;
            for (int k = 0; k < i && !taken; k++) {
                const Way *other = &r->way[k];
                taken = other->from >= 0 && other->track[gutter] == way->track[gutter] && other->low[gutter] <= way->high[gutter] + PORT &&
                        way->low[gutter] <= other->high[gutter] + PORT;
            }
        }
        DrawColumn *column = &r->l->column.at[gutter];
        column->tracks = way->track[gutter] >= column->tracks ? way->track[gutter] + 1 : column->tracks;
    }
}

static int track_x(const Routing *r, const Way *way, int gutter)
{
    const DrawColumn *column = &r->l->column.at[gutter];
    return column->x + column->width + BESIDE + TRACK * way->track[gutter];
}

static int lane_y(const Way *way)
{
    return TITLE + LANE * (way->lane + 1);
}

static void add_point(DrawLine *line, int x, int y)
{
    line->at[line->n++] = (DrawPoint){x, y};
}

static void draw_line(Routing *r, int card, int row, DrawPort *port)
{
    const DrawCard *to = &r->l->card.at[card], *source = &r->l->card.at[r->l->card_of[port->from]];
    const Way *way = &r->way[port->from];
    DrawLine line = {.from = port->from, .card = card, .row = row};
    const int gutter = to->column - 1, y = out_height(r->l, port->from), x = track_x(r, way, way->from);
    add_point(&line, source->x + source->width, y);
    add_point(&line, x, y);
    if (gutter > way->from) {
        add_point(&line, x, lane_y(way));
        add_point(&line, track_x(r, way, gutter), lane_y(way));
        add_point(&line, track_x(r, way, gutter), to->y + port->y);
    } else {
        add_point(&line, x, to->y + port->y);
    }
    DrawLine *made = (vec_push(r->l->arena, r->l->line, line), &r->l->line.at[r->l->line.n - 1]);
    made->at[made->n++] = (DrawPoint){to->x, to->y + port->y};
}

/* Cards begin below the lanes above their layer: at one height, unless there are very many in some places. */
static int top_of(const Routing *r, int layer)
{
    int lanes = r->l->lanes < LANES_AT_ONE_HEIGHT ? r->l->lanes : LANES_AT_ONE_HEIGHT;
    for (int c = 0; c < r->columns; c++) {
        for (int i = 0; i < r->l->d->flow->step.n && r->l->column.at[c].layer == layer; i++) {
            const Way *way = &r->way[i];
            lanes = way->lane >= lanes && way->from < c && c <= way->last ? way->lane + 1 : lanes;
        }
    }
    const int top = TITLE + (lanes ? LANE * lanes + 18 : 0);
    return top + (PORT - top % PORT) % PORT;
}

static void place_down(Routing *r)
{
    Layout *l = r->l;
    l->height = 0;
    for (int i = 0; i < l->card.n; i++) {
        DrawCard *card = &l->card.at[i];
        card->y += top_of(r, card->layer);
        l->height = card->y + card->height + UNDER > l->height ? card->y + card->height + UNDER : l->height;
    }
}

static void place_across(Routing *r)
{
    Layout *l = r->l;
    int x = 10;
    for (int c = 0; c < l->column.n; c++) {
        DrawColumn *column = &l->column.at[c];
        column->x = x;
        x += column->width + 2 * BESIDE + TRACK * (column->tracks ? column->tracks - 1 : 0);
    }
    l->width = x - 2 * BESIDE + 10;
    for (int i = 0; i < l->card.n; i++) {
        l->card.at[i].x = l->column.at[l->card.at[i].column].x;
    }
}

void route(Layout *l)
{
    const int n = l->d->flow->step.n;
    Routing r = {.l = l, .way = arena_array(l->arena, Way, n + 1), .columns = l->column.n};
    for (int i = 0; i < n; i++) {
        r.way[i] = (Way){.from = -1, .last = -1, .lane = -1};
    }
    each_port(&r, find_ends);
    find_lanes(&r);
    place_down(&r);
    each_port(&r, find_heights);
    for (int g = 0; g < l->column.n; g++) {
        find_tracks(&r, g);
    }
    place_across(&r);
    each_port(&r, draw_line);
    for (int i = 0; i < n; i++) {
        const Way *way = &r.way[i];
        if (way->lane >= 0) {
            const DrawLane lane = {i, track_x(&r, way, way->from), lane_y(way)};
            vec_push(l->arena, l->lane, lane);
        }
    }
}
