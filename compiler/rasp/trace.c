/* trace.c - what a value is made of, on an input: step after step in the order of the text, as a table or as JSON */
#include "flow.h"
#include "page.h"

#include <string.h>

enum { NAME_MOST = 36, FORMULA_MOST = 200 };

typedef struct Trace {
    const Flow *flow;
    Answer answer;
    Page page;
    int width; /* of the names */
} Trace;

static Str own_name(const FlowStep *s)
{
    return s->sop ? s->sop->name : s->selector->name;
}

/* What nobody named is called by what it says. */
static const char *name_of(const Trace *t, int i, int most)
{
    const Str name = own_name(&t->flow->step.at[i]);
    return name ? formula_short(t->page.arena, name, most) : formula_whole(t->flow, t->page.arena, i, most);
}

/* In the program or a file that it loads. The library and the inputs have no line. */
static int line_of(const FlowStep *s, const Source **source)
{
    const Span span = s->sop ? s->sop->span : s->selector->span;
    *source = span.source;
    return span.source && !span.source->library ? source_place(span.source, span.begin).line : 0;
}

static int layer_of(const Flow *flow, const FlowStep *s)
{
    return s->sop ? flow->step.at[s->same].layer : s->layer;
}

static void add_json(Trace *t, int i)
{
    const FlowStep *s = &t->flow->step.at[i];
    const Source *source;
    const int line = line_of(s, &source);
    page_puts(&t->page, "{\"name\": ");
    page_json(&t->page, name_of(t, i, FORMULA_MOST));
    page_puts(&t->page, ", \"line\": ");
    page_puts(&t->page, line ? arena_printf(t->page.arena, "%d", line) : "null");
    if (line && source != t->flow->p->source) {
        page_puts(&t->page, ", \"file\": ");
        page_json(&t->page, source->name);
    }
    page_add(&t->page, ", \"kind\": \"%s\", \"value\": ", s->sop ? "s-op" : "selector");
    page_puts(&t->page, show_leaf(t->page.arena, &t->answer, s->leaf, RASP_JSON_FORM));
    page_add(&t->page, ", \"layer\": %d}", layer_of(t->flow, s));
}

static void add_padding(Trace *t, int columns)
{
    page_add(&t->page, "%*s", columns > 0 ? columns : 0, "");
}

/* A grid has several lines: they stand below each other. */
static void add_row(Trace *t, int i)
{
    const FlowStep *s = &t->flow->step.at[i];
    const Source *source;
    const int line = line_of(s, &source);
    const char *name = name_of(t, i, NAME_MOST);
    page_puts(&t->page, line ? arena_printf(t->page.arena, "\n%4d", line) : "\n    ");
    page_add(&t->page, "  %5d  %s", layer_of(t->flow, s), name);
    add_padding(t, t->width - page_columns(name));
    page_puts(&t->page, "  ");
    for (const char *text = show_leaf(t->page.arena, &t->answer, s->leaf, RASP_TEXT_FORM); *text;) {
        const size_t n = strcspn(text, "\n");
        page_bytes(&t->page, text, n);
        text += n;
        if (*text) {
            page_puts(&t->page, "\n");
            add_padding(t, t->width + 15);
            text++;
        }
    }
}

static void add_all(Trace *t, RaspFormat format)
{
    const Flow *flow = t->flow;
    int shown = 0;
    t->width = (int)strlen("step");
    for (int i = 0; i < flow->step.n; i++) {
        const int width = page_columns(name_of(t, i, NAME_MOST));
        t->width = flow->step.at[i].leaf >= 0 && width > t->width ? width : t->width;
    }
    page_puts(&t->page, format == RASP_JSON_FORM ? "[" : "line  layer  step");
    if (format == RASP_TEXT_FORM) {
        add_padding(t, t->width - (int)strlen("step") + 2);
        page_puts(&t->page, "value");
    }
    for (int i = 0; i < flow->step.n; i++) {
        if (flow->step.at[i].leaf < 0) {
            continue;
        }
        if (format == RASP_JSON_FORM) {
            page_puts(&t->page, shown++ ? ", " : "");
            add_json(t, i);
        } else {
            add_row(t, i);
        }
    }
    page_puts(&t->page, format == RASP_JSON_FORM ? "]" : "");
}

const char *rasp_trace(RaspProgram *p, Arena *arena, const RaspValue *value, const char *input, size_t bytes, const char *name,
                       RaspFormat format)
{
    RaspTokens tokens = {.name = name};
    if (!show_tokens(p, &value, input, bytes, format, &tokens)) {
        return NULL;
    }
    p->flow = p->flow && p->flow->value == value ? p->flow : flow_of(p, value);
    Trace t = {.flow = p->flow, .page = {.arena = arena}};
    if (!t.flow || !answer_compute(p, arena, p->flow->all, &tokens, &t.answer)) {
        return NULL;
    }
    add_all(&t, format);
    return page_end(&t.page);
}
