/* Where tensors lie that have several ragged axes, or whose ragged one is not the outermost: a sequence behind the other, in each the axes
 * as they stand, so that the distance of neighbours may be a length. */
#include "lane.h"
#include "lane_inner.h"

#include <string.h>

typedef struct Spot {
    Str terms;       /* what is added to the place of the sequence, in C */
    Str vectors;     /* the same, lane by lane */
    int64_t fixed;   /* elements between neighbours of the axis at hand: so many, */
    Str lengths;     /* times these; NULL: 1 */
    int64_t lane;
} Spot;

static Str joined(Lane *l, Str all, const char *sign, Str one)
{
    return all ? str_of(arena_printf(l->pr->p->arena, "%s %s %s", all, sign, one)) : one;
}

/* Lanes that are neighbours along this axis. */
static int is_lane(const Lane *l, const Spot *spot, const Expr *index)
{
    const Coord *c = index->kind == EX_VAR ? lane_coord(l, index->var) : NULL;
    return c && c->lane && c->vars.n == 1 && !dim_is_ragged(index->var->dim) && !spot->lengths && !spot->vectors && !spot->lane;
}

static int add_axis(Lane *l, Spot *spot, const Expr *index)
{
    Arena *arena = l->pr->p->arena;
    const int lane = is_lane(l, spot, index), varies = !lane && lane_varies(l, index);
    Str word = lane ? lane_coord(l, index->var)->word : varies ? lane_int(l, index) : lane_scalar(l, index);
    if (!word) {
        return 0;
    }
    const char *text = varies ? word : arena_printf(arena, "(ptrdiff_t)%s", word);
    if (spot->lengths) {
        text = arena_printf(arena, varies ? "%s * visplat((int32_t)(%s))" : "%s * %s", text, spot->lengths);
    }
    if (spot->fixed != 1) {
        text = arena_printf(arena, varies ? "%s * visplat(%lld)" : "%s * %lld", text, (long long)spot->fixed);
    }
    spot->lane += lane ? spot->fixed : 0;
    if (strcmp(word, "0") != 0) {
        *(varies ? &spot->vectors : &spot->terms) = joined(l, varies ? spot->vectors : spot->terms, "+", str_of(text));
    }
    return 1;
}

/* "batch->pairs_t_u[s] * 12" */
static Str start_of(Lane *l, const Node *node)
{
    Arena *arena = l->pr->p->arena;
    Basis basis = {.kind = BASIS_ROWS};
    int64_t width = 1;
    for (int k = 0; k < node->free.n; k++) {
        const int axis = plan_info(l->pr->p, node)->layout ? plan_info(l->pr->p, node)->layout[k] : k;
        Dim *dim = node->free.at[axis]->dim;
        if (!dim_is_ragged(dim)) {
            width *= dim->length;
        } else if (basis.n < 4) {
            basis.dim[basis.n++] = dim;
        }
    }
    Str begin = basis.n == 1 ? lane_begin(l, basis.dim[0])
                             : str_of(arena_printf(arena, "batch%s[%s]", l->trial ? "->pairs" : strstr(batch_pairs(l->pr->p, basis), "->"),
                                                   l->sequence));
    return !begin ? NULL : str_of(arena_printf(arena, width == 1 ? "(ptrdiff_t)%s" : "(ptrdiff_t)%s * %lld", begin, (long long)width));
}

int lane_sequence_address(Lane *l, const Node *node, Expr *const *index, int writes, Address *out)
{
    Arena *arena = l->pr->p->arena;
    const Info *info = plan_info(l->pr->p, node);
    Spot spot = {.fixed = 1};
    if (!l->sequence || l->together) {
        return lane_refuse(l, l->together ? "its neighbours do not lie side by side" : "a tensor over several ragged dims") != NULL;
    }
    for (int k = node->free.n - 1; k >= 0; k--) {
        const int axis = info->layout ? info->layout[k] : k;
        const Dim *dim = node->free.at[axis]->dim;
        if (!lane_guard(l, index[axis], dim, out) || !add_axis(l, &spot, index[axis])) {
            return 0;
        }
        if (dim_is_ragged(dim)) {
            Str length = lane_length(l, dim);
            spot.lengths = length ? joined(l, spot.lengths, "*", length) : NULL;
            if (!length) {
                return 0;
            }
        } else {
            spot.fixed *= dim->length;
        }
    }
    Str start = start_of(l, node), at = start ? joined(l, start, "+", spot.terms ? spot.terms : str_of("0")) : NULL;
    if (!at) {
        return 0;
    }
    at = spot.terms ? at : start;
    Str word = lane_param(l, node, writes);
    out->pointer = str_of(arena_printf(arena, "%s + %s", word, at));
    out->element = str_of(arena_printf(arena, "%s[%s]", word, at));
    out->lane = spot.lane;
    out->left = l->left;
    out->index = spot.vectors;
    return 1;
}
