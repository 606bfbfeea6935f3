/* wrong.c - what data may do wrong, each with its place */
#include "wrong.h"
#include "names.h"
#include "quote.h"

#include <string.h>

int wrong_add(Plan *p, Span span, Str message)
{
    for (int i = 0; i < p->wrong.n; i++) {
        const Wrong *known = &p->wrong.at[i];
        if (known->span.source == span.source && known->span.begin == span.begin && known->message == message) {
            return i + 1;
        }
    }
    const Wrong wrong = {span, message};
    vec_push(p->arena, p->wrong, wrong);
    return p->wrong.n;
}

Str wrong_status(Plan *p, int number)
{
    return str_of(arena_printf(p->arena, "%s_WRONG_%d", p->PREFIX, number));
}

Str wrong_cell(Plan *p, Span span, const char *message)
{
    Str batch = own(p, OWN_BATCH);
    if (!p->graph->program) {
        return str_of(arena_printf(p->arena, "%s->fault", batch));
    }
    return str_of(arena_printf(p->arena, "&%s->fault[%s]", batch, wrong_status(p, wrong_add(p, span, str_of(message)))));
}

Str wrong_text(Plan *p, int number)
{
    const Wrong *wrong = &p->wrong.at[number - 1];
    return str_of(arena_printf(p->arena, "%s: %s", where_exactly(p, wrong->span), wrong->message));
}
