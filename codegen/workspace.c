/* The workspace: every buffer of every call on one line of time; those that never live at once share memory. */
#include "place.h"

#include "names.h"

#include <string.h>

static int same_capacity(const Region *region, const Basis *basis, const Capacity *c)
{
    const Capacity *own = &region->capacity;
    int same = region->basis.kind == basis->kind && region->basis.each == basis->each && own->known && c->known && own->n == c->n;
    if (same && basis->kind == BASIS_LONGEST) {
        same = region->basis.dim[0]->bound == basis->dim[0]->bound;
    }
    for (int i = 0; same && i < c->n; i++) {
        const Term *a = &own->term[i], *b = &c->term[i];
        same = a->num == b->num && a->den == b->den && a->n == b->n;
        for (int k = 0; same && k < a->n; k++) {
            same = a->dim[k] == b->dim[k];
        }
    }
    return same;
}

/* Buffers of bases that are equally many rows in any batch share a region. */
static int region_of(Plan *p, Workspace *w, const Basis *basis, int bytes)
{
    const Capacity capacity = capacity_of(p, basis);
    for (int i = 0; i < w->region.n; i++) {
        if (w->region.at[i].bytes == bytes && same_capacity(&w->region.at[i], basis, &capacity)) {
            return i;
        }
    }
    const char *word = "one";
    switch (basis->kind) {
    case BASIS_ONE: break;
    case BASIS_SEQUENCES: word = "sequences"; break;
    case BASIS_OFFSETS: word = "offsets"; break;
    case BASIS_LONGEST: word = arena_printf(p->arena, "longest_%s", dim_word(p, basis->dim[0])); break;
    case BASIS_ROWS:
        word = "rows";
        for (int i = 0; i < basis->n; i++) {
            word = arena_printf(p->arena, "%s_%s", word, dim_word(p, basis->dim[i]));
        }
        break;
    }
    word = basis->each ? arena_printf(p->arena, "each_%s", word) : word;
    const Region region = {*basis, capacity, bytes, 0, str_of(arena_printf(p->arena, "%s_%d", word, bytes))};
    vec_push(p->arena, w->region, region);
    return w->region.n - 1;
}

/* First fit: the lowest place beside everything that is alive at the same time. */
static void lease(Plan *p, Workspace *w, const Slot *slot, Str path, int from, int to)
{
    Lease l = {.slot = slot, .path = path, .from = from, .to = to};
    l.region = region_of(p, w, &slot->basis, slot->bytes);
    int moved = 1;
    while (moved) {
        moved = 0;
        for (int i = 0; i < w->lease.n; i++) {
            const Lease *other = &w->lease.at[i];
            if (other->region == l.region && other->from <= l.to && l.from <= other->to && other->offset < l.offset + slot->width &&
                l.offset < other->offset + other->slot->width) {
                l.offset = other->offset + other->slot->width;
                moved = 1;
            }
        }
    }
    Region *region = &w->region.at[l.region];
    if (region->width < l.offset + slot->width) {
        region->width = l.offset + slot->width;
    }
    vec_push(p->arena, w->lease, l);
}

static void walk(Plan *p, Workspace *w, Func *f, Str path)
{
    int *start = arena_array(p->arena, int, f->item.n + 1), *end = arena_array(p->arena, int, f->item.n + 1);
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        start[i] = w->moments++;
        if (item->callee) {
            w->moments += item->callee->moments;
        }
        end[i] = w->moments++;
    }
    for (int k = 0; k < f->slot.n; k++) {
        const Slot *slot = f->slot.at[k];
        const int last = slot->last < f->item.n ? slot->last : f->item.n - 1;
        lease(p, w, slot, str_of(arena_printf(p->arena, "%s%s", path, slot->cname)), start[slot->first], end[last]);
    }
    const int after = w->moments;
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        if (item->callee && item->callee->buffers) {
            w->moments = start[i] + 1;
            walk(p, w, item->callee, str_of(arena_printf(p->arena, "%s%s.", path, item->member)));
        }
    }
    w->moments = after;
}

static int moments_of(const Func *f)
{
    int n = 0;
    for (int i = 0; i < f->item.n; i++) {
        n += 2 + (f->item.at[i].callee ? f->item.at[i].callee->moments : 0);
    }
    return n;
}

void plan_buffers(Plan *p, Func *f)
{
    (void)p;
    f->moments = moments_of(f);
    f->buffers = f->slot.n > 0;
    f->weights = f->param.n > 0;
    for (int k = 0; k < f->item.n; k++) {
        if (f->item.at[k].callee) {
            f->buffers |= f->item.at[k].callee->buffers;
            f->weights |= f->item.at[k].callee->weights;
        }
    }
}

Workspace *place_all(Plan *p)
{
    Workspace *w = arena_new_of(p->arena, Workspace);
    for (int i = 0; i < p->batch_slot.n; i++) {
        lease(p, w, p->batch_slot.at[i].slot, p->batch_slot.at[i].path, 0, INT32_MAX - 1);
    }
    walk(p, w, p->func.at[p->func.n - 1], str_of(""));
    return w;
}

/* ---- what belongs to the batch ------------------------------------------------------------------------------------------------------- */

static Slot *find_batch_slot(const Plan *p, Str path)
{
    for (int i = 0; i < p->batch_slot.n; i++) {
        if (p->batch_slot.at[i].path == path) {
            return p->batch_slot.at[i].slot;
        }
    }
    return NULL;
}

static Str batch_slot(Plan *p, Str path, const char *type, int bytes, Basis basis, const char *comment)
{
    Str word = str_of(arena_printf(p->arena, "%s->%s", own(p, OWN_BATCH), path));
    if (find_batch_slot(p, path)) {
        return word;
    }
    Slot *slot = arena_new_of(p->arena, Slot);
    *slot = (Slot){.cname = path, .type = type, .bytes = bytes, .basis = basis, .width = 1, .comment = str_of(comment), .alive = 1};
    capacity_collect(p, &basis);
    vec_push(p->arena, p->batch_slot, ((struct BatchSlot){slot, path, basis}));
    return word;
}

Str batch_begin(Plan *p, Dim *dim)
{
    Str path = str_of(arena_printf(p->arena, "begin_%s", dim_word(p, dim)));
    for (int i = 0; i < p->begin.n; i++) {
        if (p->begin.at[i] == dim) {
            return str_of(arena_printf(p->arena, "%s->%s", own(p, OWN_BATCH), path));
        }
    }
    vec_push(p->arena, p->begin, dim);
    return str_of(arena_printf(p->arena, "%s->%s", own(p, OWN_BATCH), path));
}

void batch_offsets(Plan *p, Dim *dim)
{
    const Basis offsets = {.kind = BASIS_OFFSETS};
    batch_slot(p, str_of(arena_printf(p->arena, "begin_%s", dim_word(p, dim))), "int32_t", 4, offsets, "[sequences + 1]");
}

Str batch_place(Plan *p, Dim *dim)
{
    Basis basis = {.kind = BASIS_ROWS, .n = 1, .dim = {dim}};
    return batch_slot(p, str_of(arena_printf(p->arena, "place_%s", dim_word(p, dim))), "int32_t", 4, basis,
                      arena_printf(p->arena, "[%s]: its place in %s", dim_word(p, dim), dim->parent->name));
}

Str batch_pairs(Plan *p, Basis basis)
{
    const char *word = "pairs";
    for (int i = 0; i < basis.n; i++) {
        word = arena_printf(p->arena, "%s_%s", word, dim_word(p, basis.dim[i]));
    }
    int known = 0;
    for (int i = 0; i < p->pairs.n; i++) {
        known |= same_basis(&p->pairs.at[i], &basis);
    }
    if (!known) {
        vec_push(p->arena, p->pairs, basis);
    }
    const Basis offsets = {.kind = BASIS_OFFSETS};
    return batch_slot(p, str_of(word), "int64_t", 8, offsets, "[sequences + 1]: elements before each sequence");
}

Str batch_rows(Plan *p, Str path, const char *type, int bytes, Basis basis, int64_t width)
{
    Str word = batch_slot(p, path, type, bytes, basis, "");
    Slot *slot = find_batch_slot(p, path);
    slot->width = slot->width < width ? width : slot->width;
    slot->comment = str_of(
        arena_printf(p->arena, "[%s][%lld]", basis.kind == BASIS_ROWS ? dim_word(p, basis.dim[0]) : "sequences", (long long)slot->width));
    return word;
}
