#include "main_tokenizer.h"

/* The most positions a sequence may have: the bound of the dim that ids come along. */
static int longest(const Node *ids)
{
    const int64_t bound = ids ? ids->free.at[0]->dim->bound : INT64_MAX;
    return bound < INT32_MAX ? (int)bound : 0;
}

/* A token that the model has no row for makes every text with it an error. That is as it should be for what is none of the tokens. */
static void check_ids(Arena *arena, Diag *d, const Tokenizer *t, const Node *ids, const char *file)
{
    const int64_t rows = ids ? ids->extent->length : INT64_MAX;
    const char *first = NULL;
    for (int64_t id = rows; !first && id < tokenizer_ids(t); id++) {
        first = id == tokenizer_unknown(t) ? NULL : tokenizer_token(t, (int)id);
    }
    if (first) {
        diag_warning(d, ids->span, "'%s' takes ids below %lld, but the tokenizer has ids up to %d", ids->name, (long long)rows,
                     tokenizer_ids(t) - 1);
        diag_hint(d, "a text that has one of them, as '%s' of %s, will be refused", first, arena_printf(arena, "%s", file));
    }
}

const Tokenizer *main_tokenizer(Arena *arena, Diag *d, const Graph *graph, const char *folder)
{
    const Node *ids = graph_ids_input(graph);
    const Tokenizer *t = graph->tokenizer ? tokenizer_read(arena, d, graph->tokenizer, folder, longest(ids)) : NULL;
    if (t) {
        check_ids(arena, d, t, ids, graph->tokenizer);
    }
    return t;
}
