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

/* Conditions in C under which the index is one of the axis; *guard stays NULL where that is proven. */
int lane_guard(Lane *l, const Expr *index, const Dim *axis, Str *guard)
{
    Arena *arena = l->pr->p->arena;
    const int low = !index_low_proven(index), high = !index_high_proven(index, axis);
    if (!low && !high) {
        return 1;
    }
    const char *before = l->reason;
    Str word = lane_varies(l, index) ? NULL : lane_scalar(l, index), length = word && high ? lane_length(l, axis) : NULL;
    if (!word || (high && !length)) {
        l->reason = before;
        return lane_refuse(l, "a read that may leave its tensor") != NULL;
    }
    const char *one = low && high ? arena_printf(arena, "%s >= 0 && %s < %s", word, word, length)
                      : low       ? arena_printf(arena, "%s >= 0", word)
                                  : arena_printf(arena, "%s < %s", word, length);
    *guard = str_of(*guard ? arena_printf(arena, "%s && %s", *guard, one) : one);
    return 1;
}
