/* draw_json.c - the flow for other programs: layers, heads, what is drawn with its values */
#include "draw.h"

static void add_list(Page *page, const Drawing *d, const int *step, int n)
{
    page_puts(page, "[");
    for (int i = 0; i < n; i++) {
        page_puts(page, i ? ", " : "");
        page_json(page, formula_label(d->flow, page->arena, step[i], FORMULA_MOST));
    }
    page_puts(page, "]");
}

static void add_tokens(Page *page, const Drawing *d)
{
    page_puts(page, "[");
    for (int i = 0; i < d->tokens.atom.n; i++) {
        page_puts(page, i ? ", " : "");
        page_json(page, atom_str_of(page->arena, &d->tokens.atom.at[i]));
    }
    page_puts(page, "]");
}

static void add_step(Page *page, const Drawing *d, int i)
{
    const FlowStep *s = &d->flow->step.at[i];
    const FlowHead *head = s->head >= 0 ? &d->flow->head.at[s->head] : NULL;
    page_puts(page, "    {\"name\": ");
    page_json(page, s->label);
    page_puts(page, ", \"formula\": ");
    page_json(page, formula_of(d->flow, page->arena, i, FORMULA_MOST));
    page_add(page, ", \"layer\": %d, \"head\": ", s->layer);
    page_puts(page, head ? arena_printf(page->arena, "%d", head->number) : "null");
    page_puts(page, ", \"reads\": ");
    const DrawReads reads = draw_reads(d, i);
    add_list(page, d, reads.at, reads.n);
    page_puts(page, ", \"value\": ");
    page_puts(page, show_leaf(page->arena, &d->answer, s->leaf, RASP_JSON_FORM));
    page_puts(page, s->result ? ", \"result\": true}" : "}");
}

static void add_head(Page *page, const Drawing *d, const FlowHead *head)
{
    page_add(page, "    {\"layer\": %d, \"head\": %d, \"selector\": ", head->layer, head->number);
    page_json(page, formula_of(d->flow, page->arena, head->selector, FORMULA_MOST));
    page_puts(page, ", \"gives\": ");
    add_list(page, d, head->step.at, head->step.n);
    page_puts(page, ", \"grid\": ");
    page_puts(page, show_leaf(page->arena, &d->answer, d->flow->step.at[head->selector].leaf, RASP_JSON_FORM));
    page_puts(page, "}");
}

void draw_json(Page *page, const Drawing *d)
{
    const Flow *flow = d->flow;
    page_puts(page, "{\n  \"program\": ");
    page_json(page, d->name);
    page_puts(page, ",\n  \"input\": ");
    add_tokens(page, d);
    page_add(page, ",\n  \"layers\": %d,\n  \"max_heads\": %d,\n  \"heads_per_layer\": {", flow->layers, flow_most_heads(flow));
    for (int layer = 1; layer <= flow->layers; layer++) {
        page_add(page, "%s\"%d\": %d", layer > 1 ? ", " : "", layer, flow_heads(flow, layer));
    }
    page_puts(page, "},\n  \"heads\": [");
    for (int h = 0; h < flow->head.n; h++) {
        page_puts(page, h ? ",\n" : "\n");
        add_head(page, d, &flow->head.at[h]);
    }
    page_puts(page, flow->head.n ? "\n  ],\n  \"steps\": [" : "],\n  \"steps\": [");
    int n = 0;
    for (int i = 0; i < flow->step.n; i++) {
        if (flow->step.at[i].drawn) {
            page_puts(page, n++ ? ",\n" : "\n");
            add_step(page, d, i);
        }
    }
    page_puts(page, "\n  ]\n}\n");
}
