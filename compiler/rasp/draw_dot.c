/* draw_dot.c - the flow as a graph for graphviz: a cluster for each layer, a table for each head and each feed-forward step */
#include "draw_svg.h"

enum { LABEL_MOST = 60, VALUES_MOST = 30 };

typedef struct Dot {
    Page *page;
    const Drawing *d;
} Dot;

static void cell(Dot *dot, const char *attributes, const char *words)
{
    page_add(dot->page, "<td%s%s>", *attributes ? " " : "", attributes);
    page_xml(dot->page, words);
    page_puts(dot->page, "</td>");
}

static void small(Dot *dot, const char *attributes, const char *words)
{
    if (!*words) { /* a font of nothing is an error to graphviz */
        cell(dot, attributes, "");
        return;
    }
    page_add(dot->page, "<td%s%s><font point-size=\"9\" color=\"#59636e\">", *attributes ? " " : "", attributes);
    page_xml(dot->page, words);
    page_puts(dot->page, "</font></td>");
}

static int64_t length(const Dot *dot)
{
    return answer_length(&dot->d->answer);
}

static const char *span(const Dot *dot, int64_t columns)
{
    return arena_printf(dot->page->arena, "colspan=\"%lld\" align=\"left\"", (long long)columns);
}

static const FlowStep *step_of(const Dot *dot, int step)
{
    return &dot->d->flow->step.at[step];
}

static void open_table(Dot *dot, const char *name, const char *color)
{
    page_add(dot->page,
             "    %s [label=<<table border=\"1\" cellborder=\"0\" cellspacing=\"1\" cellpadding=\"3\" color=\"%s\" bgcolor=\"#ffffff\" "
             "style=\"rounded\">\n",
             name, color);
}

/* The cells are a table of their own, so that a long title does not widen them. */
static void open_cells(Dot *dot)
{
    page_puts(dot->page, "      <tr><td align=\"left\"><table border=\"0\" cellborder=\"0\" cellspacing=\"1\" cellpadding=\"3\">\n");
}

static void close_table(Dot *dot)
{
    page_puts(dot->page, "      </table></td></tr>\n    </table>>];\n");
}

static void title(Dot *dot, const char *words, const char *formula)
{
    page_puts(dot->page, "      <tr><td align=\"left\"><b>");
    page_xml(dot->page, words);
    page_puts(dot->page, "</b></td></tr>\n");
    if (str_of(formula) != str_of(words)) {
        page_puts(dot->page, "      <tr>");
        small(dot, "align=\"left\"", formula);
        page_puts(dot->page, "</tr>\n");
    }
    open_cells(dot);
}

/* ---- feed-forward steps ---------------------------------------------------------------------------------------------------------- */

static void step_table(Dot *dot, int i)
{
    const FlowStep *s = step_of(dot, i);
    const char *formula = formula_of(dot->d->flow, dot->page->arena, i, LABEL_MOST);
    open_table(dot, arena_printf(dot->page->arena, "s%d", i), s->result ? "#b4540a" : "#9aa3ad");
    title(dot, s->label, formula);
    page_puts(dot->page, "      <tr>");
    for (int64_t k = 0; k < length(dot); k++) {
        cell(dot, "bgcolor=\"#f0f2f5\"", draw_element(dot->d, dot->page->arena, i, k));
    }
    page_puts(dot->page, "</tr>\n");
    close_table(dot);
}

/* ---- heads ----------------------------------------------------------------------------------------------------------------------- */

static void result_cells(Dot *dot, const FlowHead *head, int64_t q)
{
    for (int i = 0; i < head->step.n; i++) {
        cell(dot, "bgcolor=\"#f0f2f5\"", draw_element(dot->d, dot->page->arena, head->step.at[i], q));
    }
}

static void grid_rows(Dot *dot, const FlowHead *head)
{
    const FlowStep *selector = step_of(dot, head->selector);
    const int compares = selector->selector->kind == SEL_COMPARE;
    page_puts(dot->page, "      <tr>");
    small(dot, "colspan=\"2\" align=\"left\"", "query \\ key");
    for (int64_t k = 0; k < length(dot); k++) {
        cell(dot, "", draw_token(dot->d, dot->page->arena, k));
    }
    for (int i = 0; i < head->step.n; i++) {
        const int step = head->step.at[i];
        page_add(dot->page, "<td port=\"o%d\"><b>", step);
        page_xml(dot->page, formula_short(dot->page->arena, step_of(dot, step)->label, VALUES_MOST));
        page_puts(dot->page, "</b></td>");
    }
    page_puts(dot->page, "</tr>\n");
    if (compares) {
        page_puts(dot->page, "      <tr>");
        small(dot, "colspan=\"2\"", "");
        for (int64_t k = 0; k < length(dot); k++) {
            small(dot, "", draw_element(dot->d, dot->page->arena, selector->kid[0], k));
        }
        page_puts(dot->page, "</tr>\n");
    }
    for (int64_t q = 0; q < length(dot); q++) {
        page_puts(dot->page, "      <tr>");
        cell(dot, "", draw_token(dot->d, dot->page->arena, q));
        small(dot, "", compares ? draw_element(dot->d, dot->page->arena, selector->kid[1], q) : "");
        for (int64_t k = 0; k < length(dot); k++) {
            cell(dot, answer_selects(&dot->d->answer, selector->leaf, q, k) ? "bgcolor=\"#3556c9\"" : "bgcolor=\"#eceff3\"", " ");
        }
        result_cells(dot, head, q);
        page_puts(dot->page, "</tr>\n");
    }
}

/* What is averaged, and the default. */
static void value_rows(Dot *dot, const FlowHead *head)
{
    for (int i = 0; i < head->step.n; i++) {
        const FlowStep *s = step_of(dot, head->step.at[i]);
        if (!s->kids) {
            continue;
        }
        const char *what = arena_printf(dot->page->arena, "values: %s",
                                        formula_label(dot->d->flow, dot->page->arena, s->kid[0], VALUES_MOST));
        page_puts(dot->page, "      <tr>");
        small(dot, span(dot, 2 + length(dot) + head->step.n), what);
        page_puts(dot->page, "</tr>\n      <tr>");
        small(dot, "colspan=\"2\"", "");
        for (int64_t k = 0; k < length(dot); k++) {
            cell(dot, "bgcolor=\"#f0f2f5\"", draw_element(dot->d, dot->page->arena, s->kid[0], k));
        }
        small(dot, span(dot, head->step.n > 0 ? head->step.n : 1),
              arena_printf(dot->page->arena, "default %s", draw_atom(dot->page->arena, &s->sop->other)));
        page_puts(dot->page, "</tr>\n");
    }
}

static void head_table(Dot *dot, int h)
{
    const FlowHead *head = &dot->d->flow->head.at[h];
    open_table(dot, arena_printf(dot->page->arena, "h%d", h), "#3556c9");
    const Str name = step_of(dot, head->selector)->selector->name;
    const char *words = arena_printf(dot->page->arena, "head %d.%d%s%s", head->layer, head->number, name ? " " : "", name ? name : "");
    title(dot, words, formula_of(dot->d->flow, dot->page->arena, head->selector, LABEL_MOST * 2));
    grid_rows(dot, head);
    value_rows(dot, head);
    close_table(dot);
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------- */

static int layer_of(const FlowStep *s)
{
    return s->sop->kind == SOP_INPUT || s->sop->kind == SOP_INDICES ? -1 : s->layer;
}

static void edges(Dot *dot, const DrawReads *reads, const char *to)
{
    for (int i = 0; i < reads->n; i++) {
        const FlowStep *from = step_of(dot, reads->at[i]);
        if (from->head >= 0) {
            page_add(dot->page, "  h%d:o%d:e -> %s;\n", from->head, reads->at[i], to);
        } else {
            page_add(dot->page, "  s%d -> %s;\n", reads->at[i], to);
        }
    }
}

static void all_edges(Dot *dot)
{
    const Flow *flow = dot->d->flow;
    for (int h = 0; h < flow->head.n; h++) {
        const FlowHead *head = &flow->head.at[h];
        DrawReads reads = draw_reads(dot->d, head->selector);
        for (int i = 0; i < head->step.n; i++) {
            const DrawReads values = draw_reads(dot->d, head->step.at[i]);
            for (int k = 0; k < values.n; k++) {
                draw_read(dot->d, &reads, values.at[k]);
            }
        }
        edges(dot, &reads, arena_printf(dot->page->arena, "h%d", h));
    }
    for (int i = 0; i < flow->step.n; i++) {
        if (flow->step.at[i].drawn && flow->step.at[i].by < 0) {
            const DrawReads reads = draw_reads(dot->d, i);
            edges(dot, &reads, arena_printf(dot->page->arena, "s%d", i));
        }
    }
}

void draw_dot(Page *page, const Drawing *d)
{
    Dot dot = {page, d};
    const Flow *flow = d->flow;
    page_puts(page, "digraph flow {\n  rankdir=LR; fontname=\"Helvetica\"; nodesep=0.3; ranksep=0.6; bgcolor=\"#fcfcfb\";\n"
                    "  node [shape=plain, fontname=\"Courier\", fontsize=11];\n  edge [color=\"#7a8594\", arrowsize=0.6];\n");
    for (int layer = -1; layer <= flow->layers; layer++) {
        int any = 0;
        for (int i = 0; i < flow->step.n; i++) {
            any |= flow->step.at[i].drawn && layer_of(&flow->step.at[i]) == layer;
        }
        if (!any && !flow_heads(flow, layer)) {
            continue;
        }
        const char *title = layer < 0 ? "Input" : layer ? arena_printf(page->arena, "Layer %d", layer) : "Before attention";
        page_add(page, "  subgraph cluster_%d {\n    label=\"%s\"; style=\"rounded,filled\"; color=\"#d5d9df\"; fillcolor=\"#f2f3f5\";\n",
                 layer + 1, title);
        for (int h = 0; h < flow->head.n; h++) {
            if (flow->head.at[h].layer == layer) {
                head_table(&dot, h);
            }
        }
        for (int i = 0; i < flow->step.n; i++) {
            if (flow->step.at[i].drawn && flow->step.at[i].by < 0 && layer_of(&flow->step.at[i]) == layer) {
                step_table(&dot, i);
            }
        }
        page_puts(page, "  }\n");
    }
    all_edges(&dot);
    page_puts(page, "}\n");
}
