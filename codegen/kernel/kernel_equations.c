/* Which of the author's equations a kernel computes, for people: "minilm.sinter:17 q, 18 k, a part of 20". */
#include "kernel_text.h"

#include "../quote.h"

#include <string.h>

typedef struct Line {
    Span span;
    int number;
    Str names;  /* of equations that it computes whole; NULL: of parts only */
} Line;
typedef VEC(Line) LineList;

static Line *line_of(Plan *p, LineList *list, Span span)
{
    const int number = source_place(span.source, span.begin).line;
    int at = 0;
    while (at < list->n && (list->at[at].span.source != span.source || list->at[at].number < number)) {
        at++;
    }
    if (at == list->n || list->at[at].number != number) {
        vec_push(p->arena, *list, (Line){0});
        for (int i = list->n - 1; i > at; i--) {
            list->at[i] = list->at[i - 1];
        }
        list->at[at] = (Line){span, number, NULL};
    }
    return &list->at[at];
}

static int has_name(Str names, Str name)
{
    const size_t n = strlen(name);
    for (const char *at = names; at && (at = strstr(at, name)); at += n) {
        if ((at == names || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0)) {
            return 1;
        }
    }
    return 0;
}

static int stands_in_text(const Node *node, Span span)
{
    return span.source && span.source->text && span.begin < span.end && !(node->unit && span.begin == node->unit->span.begin);
}

static LineList lines_of(Plan *p, const Kernel *k)
{
    LineList list = {0};
    for (int i = 0; i < k->fused.n; i++) {
        const Node *node = k->fused.at[i];
        const Span span = node->said.source ? node->said : node->span;
        if (!stands_in_text(node, span)) {
            continue;
        }
        Line *line = line_of(p, &list, span);
        if (node->named && node->name && !has_name(line->names, node->name)) {
            line->names = line->names ? str_format("%s %s", line->names, node->name) : node->name;
        }
    }
    return list;
}

static Str text_of(Plan *p, const Line *line, int place)
{
    const char *at = place ? where_text(p, line->span) : arena_printf(p->arena, "%d", line->number);
    return str_of(line->names ? arena_printf(p->arena, "%s %s", at, line->names) : arena_printf(p->arena, "a part of %s", at));
}

void kernel_equations_json(Plan *p, const Kernel *k, Json *j)
{
    const LineList list = lines_of(p, k);
    json_open(j, "computes", '[');
    for (int i = 0; i < list.n; i++) {
        json_string(j, NULL, text_of(p, &list.at[i], 1));
    }
    json_close(j, ']');
}

Str kernel_equations_text(Plan *p, const Kernel *k)
{
    const LineList list = lines_of(p, k);
    const char *text = "";
    for (int i = 0; i < list.n; i++) {
        const int place = !i || list.at[i - 1].span.source != list.at[i].span.source;
        text = arena_printf(p->arena, "%s%s%s", text, i ? ", " : "", text_of(p, &list.at[i], place));
    }
    return str_of(text);
}
