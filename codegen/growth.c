/* growth.c - how the cost of a program grows with its input, selector by selector, and why */
#include "growth.h"
#include "quote.h"

static const char *const class_name[] = {[GROWS_LINEAR] = "n", [GROWS_SORTED] = "n log n", [GROWS_SQUARE] = "n^2"};

void growth_add(Plan *p, Span span, GrowthClass class, const char *why)
{
    const Growth one = {span, class, why};
    for (int i = 0; i < p->growth.n; i++) {
        Growth *known = &p->growth.at[i];
        if (known->span.source == span.source && known->span.begin == span.begin && known->span.end == span.end) {
            *known = class > known->class ? one : *known;
            return;
        }
    }
    vec_push(p->arena, p->growth, one);
}

/* Selectors that became reads of one known place stand before those that are reduced. */
static void add_placed(Plan *p)
{
    for (int i = 0; i < p->graph->placed.n; i++) {
        growth_add(p, p->graph->placed.at[i], GROWS_LINEAR, "each position reads one place that is known");
    }
}

/* All outputs are grids: what a position costs is not all. */
static int writes_grid(const Graph *g)
{
    int grids = 0;
    for (int i = 0; i < g->outputs.n; i++) {
        grids += g->outputs.at[i]->free.n > 1;
    }
    return grids > 0;
}

static GrowthClass worst(const Plan *p)
{
    GrowthClass all = writes_grid(p->graph) ? GROWS_SQUARE : GROWS_LINEAR;
    for (int i = 0; i < p->growth.n; i++) {
        all = p->growth.at[i].class > all ? p->growth.at[i].class : all;
    }
    return all;
}

void growth_print(Plan *p, Text *out)
{
    add_placed(p);
    text_raw(out, "  %-10s %s\n", "growth", class_name[worst(p)]);
    for (int i = 0; i < p->growth.n; i++) {
        const Growth *one = &p->growth.at[i];
        text_raw(out, "  %-10s %-8s %s   %s: %s\n", "", class_name[one->class], where_exactly(p, one->span), squeeze(p, one->span),
                 one->why);
    }
    if (writes_grid(p->graph)) {
        text_raw(out, "  %-10s %-8s the value is a grid, of a row and a column for each position\n", "", class_name[GROWS_SQUARE]);
    }
    text_raw(out, "\n");
}

void growth_json(Plan *p, Json *j)
{
    add_placed(p);
    json_string(j, "growth", class_name[worst(p)]);
    json_open(j, "selectors", '[');
    for (int i = 0; i < p->growth.n; i++) {
        const Growth *one = &p->growth.at[i];
        json_row(j, NULL, '{');
        json_string(j, "place", where_exactly(p, one->span));
        json_string(j, "text", squeeze(p, one->span));
        json_string(j, "growth", class_name[one->class]);
        json_string(j, "why", one->why);
        json_close(j, '}');
    }
    json_close(j, ']');
}
