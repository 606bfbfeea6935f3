/* draw.h - a flow on an input, as a picture
 *
 * What every form shows: the tokens; for each layer its heads (grid, keys and queries, what is averaged, what comes back, what stands
 * where nothing is selected) and its feed-forward parts, with their values; who reads whom. */
#ifndef SINTER_RASP_DRAW_H
#define SINTER_RASP_DRAW_H

#include "flow.h"
#include "page.h"

enum { FORMULA_MOST = 240, DRAW_TOKENS = 128, DRAW_STEPS = 2000 };

typedef struct Drawing {
    const Flow *flow;
    const char *name; /* of the program */
    RaspTokens tokens;
    Answer answer;
} Drawing;

typedef VEC(int) DrawReads;

/* The drawn steps that a step reads, through what is written out in its formula; an aggregate reads its values, not its selector. */
DrawReads draw_reads(const Drawing *d, int step);
void draw_read(const Drawing *d, DrawReads *reads, int step); /* one more, unless it is there */
/* How an element is shown: short, spaces and the like visible. */
const char *draw_element(const Drawing *d, Arena *arena, int step, int64_t i);
const char *draw_atom(Arena *arena, const Atom *atom);
const char *draw_token(const Drawing *d, Arena *arena, int64_t i);

void draw_svg(Page *page, const Drawing *d);
void draw_html(Page *page, const Drawing *d);
void draw_dot(Page *page, const Drawing *d);
void draw_json(Page *page, const Drawing *d);

#endif
