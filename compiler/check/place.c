/* Where on an axis an index stands: over a sub-dim at the place of its element in the parent, over a part of a joined dim at the place of
 * the part, else as it is. */
#include "checker.h"

/* The dim in whose places an index expression counts: of `z` and `z - 1` it is z's. */
static Dim *places_of(const Expr *e)
{
    if (e->kind == EX_VAR) {
        return e->var->dim;
    }
    if (e->kind == EX_POS) {
        return e->dim->parent;
    }
    if (e->kind == EX_OP && (e->op == OP_ADD || e->op == OP_SUB)) {
        Dim *a = places_of(e->kid[0]), *b = places_of(e->kid[1]);
        return !b ? a : !a && e->op == OP_ADD ? b : NULL;
    }
    return NULL;
}

/* Is `axis` what `dim` is, or as long? */
static int is_axis(const Dim *dim, const Dim *axis)
{
    return dim == axis || (!dim_is_ragged(axis) && !dim_is_ragged(dim) && dim->length == axis->length);
}

/* The place on `axis` of element `index` of `dim`, which is a part of the axis, of its parent, ..; NULL: it is none. Sets whole where a
 * joined dim was on the way. */
static Expr *place_on(Check *c, Expr *index, Dim *dim, const Dim *axis, int depth, const Dim **whole)
{
    if (is_axis(dim, axis)) {
        return index;
    }
    if (depth == 0) {
        return NULL;
    }
    Expr *place = NULL;
    if (dim->parent) {
        Expr *element = dim->kind == DIM_WHERE || dim->member ? expr_pos(c->graph, dim, index, index->span) : index;
        place = place_on(c, element, dim->parent, axis, depth - 1, whole);
    }
    for (int i = 0; i < c->parts.n && !place; i++) {
        const Part *part = &c->parts.at[i];
        if (part->part == dim) {
            Expr *element = expr_op(c->graph, OP_ADD, part->offset, index, index->span);
            place = place_on(c, element, part->whole, axis, depth - 1, whole);
            *whole = place ? part->whole : *whole;
        }
    }
    return place;
}

/* The nearest way wins. */
static Expr *nearest(Check *c, Expr *index, const Dim *axis, const Dim **whole)
{
    enum { DEEPEST = 8 };
    Dim *dim = places_of(index);
    Expr *found = NULL;
    for (int depth = 0; dim && !found && depth <= DEEPEST; depth++) {
        found = place_on(c, index, dim, axis, depth, whole);
    }
    return found;
}

int place_is_part(Check *c, Expr *index, const Dim *axis)
{
    const Dim *whole = NULL;
    return nearest(c, index, axis, &whole) != NULL;
}

static const char *shown(Check *c, const Dim *dim)
{
    return dim->kind == DIM_FIXED ? arena_printf(c->arena, "%lld long", (long long)dim->length) : "as long as the sequence says";
}

Expr *place_checked(Check *c, Expr *index, const Dim *axis, const char *what, Span declared, int formula, int may_miss)
{
    const Dim *whole = NULL;
    Dim *places = places_of(index);
    Expr *at = nearest(c, index, axis, &whole);
    if (at && whole && (formula || (index->kind != EX_VAR && index->kind != EX_POS))) {
        check_error(c, index->span, "'%s' is a part of '%s': is this a place in the part, or in the whole?", places->name, whole->name);
        check_hint(c, "take the part out with an equation of its own, and read that");
        return NULL;
    }
    if (at) {
        return at;
    }
    if (index->kind != EX_VAR || formula || may_miss) {
        return index;
    }
    const int one = dim_is_ragged(places), other = dim_is_ragged(axis);
    if ((!one && !other && places->length != axis->length) || (one && other)) {
        if (one && other && places->kind != DIM_WHERE && axis->kind != DIM_WHERE && places->name == axis->name) {
            return index;
        }
        check_error(c, index->span, "index '%s' is %s, but this axis of %s is %s", index->var->name, shown(c, places), what,
                    shown(c, axis));
        if (places->span.source && !places->span.source->library) {
            check_note(c, places->span, "'%s' is made here", places->name);
        }
        if (declared.source) {
            check_note(c, declared, "%s is made here", what);
        }
        if (one == other && declared.source) {
            check_hint(c, "these are two dims; say what holds where the other one has ended, with '?"
                          "? 0' after the read");
        }
        return NULL;
    }
    return index;
}
