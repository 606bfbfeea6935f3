/* Places in a sequence: where its rows begin, how many there are, and whether a read of another place is one of it. */
#include "lane.h"
#include "lane_inner.h"

#include <string.h>

/* "batch->begin_t", whatever the function calls its batch */
static Str begin_word(const Lane *l, const Dim *dim)
{
    const char *begin = l->trial ? "->begin" : batch_begin(l->pr->p, (Dim *)dim);
    return str_of(arena_printf(l->pr->p->arena, "batch%s", strstr(begin, "->")));
}

Str lane_begin(Lane *l, const Dim *dim)
{
    return l->sequence ? str_of(arena_printf(l->pr->p->arena, "%s[%s]", begin_word(l, dim), l->sequence))
                       : lane_refuse(l, "a read of another row");
}

Str lane_length(Lane *l, const Dim *dim)
{
    Arena *arena = l->pr->p->arena;
    if (!dim_is_ragged(dim)) {
        return str_of(arena_printf(arena, "%lld", (long long)dim->length));
    }
    for (int i = 0; i < l->lengths; i++) {
        if (l->length[i].dim == dim) {
            return l->length[i].word;
        }
    }
    if (!l->sequence) {
        return lane_refuse(l, "the length of the sequence");
    }
    Str begin = begin_word(l, dim);
    return str_of(arena_printf(arena, "(%s[%s + 1] - %s[%s])", begin, l->sequence, begin, l->sequence));
}

Str lane_place(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    const Expr *element = e->kid[0];
    const int low = !index_low_proven(element), high = !index_high_proven(element, e->dim);
    if (!dim_is_ragged(e->dim)) {
        return lane_refuse(l, "a place in another dim");
    }
    Str index = lane_scalar(l, element), begin = index ? lane_begin(l, e->dim) : NULL, length = begin ? lane_length(l, e->dim) : NULL;
    if (!length) {
        return NULL;
    }
    const char *places = l->trial ? "->place" : strstr(batch_place(l->pr->p, e->dim), "->");
    const char *value = arena_printf(arena, "batch%s[%s + %s]", places, begin, index);
    return str_of(!low && !high ? value
                  : !low        ? arena_printf(arena, "(%s < %s ? %s : -1)", index, length, value)
                  : !high       ? arena_printf(arena, "(%s >= 0 ? %s : -1)", index, value)
                                : arena_printf(arena, "(%s >= 0 && %s < %s ? %s : -1)", index, index, length, value));
}

static void add_condition(Lane *l, Str *all, const char *one, const char *both)
{
    *all = str_of(*all ? arena_printf(l->pr->p->arena, both, *all, one) : one);
}

static int add_mask(Lane *l, const Expr *index, Str length, int low, Address *at)
{
    Arena *arena = l->pr->p->arena;
    Str word = lane_int(l, index);
    if (word && low) {
        add_condition(l, &at->mask, arena_printf(arena, "vile(visplat(0), %s)", word), "vand(%s, %s)");
    }
    if (word && length) {
        add_condition(l, &at->mask, arena_printf(arena, "vilt(%s, visplat((int32_t)%s))", word, length), "vand(%s, %s)");
    }
    return word != NULL;
}

int lane_guard(Lane *l, const Expr *index, const Dim *axis, Address *at)
{
    Arena *arena = l->pr->p->arena;
    const int low = !index_low_proven(index), high = !index_high_proven(index, axis), varies = lane_varies(l, index);
    const char *before = l->reason;
    Str length = high ? lane_length(l, axis) : NULL, word = (low || high) && !varies ? lane_scalar(l, index) : NULL;
    if (!low && !high) {
        return 1;
    }
    if ((high && !length) || !(varies ? add_mask(l, index, length, low, at) : word != NULL)) {
        l->reason = before;
        return lane_refuse(l, "a read that may leave its tensor") != NULL;
    }
    if (!varies && low) {
        add_condition(l, &at->guard, arena_printf(arena, "%s >= 0", word), "%s && %s");
    }
    if (!varies && high) {
        add_condition(l, &at->guard, arena_printf(arena, "%s < %s", word, length), "%s && %s");
    }
    return 1;
}
