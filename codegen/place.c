/* Buffers of a function, and how long each one lives. */
#include "match/kernel_use.h"
#include "in_place.h"
#include "launch.h"

#include "names.h"
#include "recognise.h"

#include <string.h>

enum { STACK_ARRAY = 2048, STACK_NEST = 6144 }; /* bytes */

/* ---- buffers ------------------------------------------------------------------------------------------------------------------------- */

static int64_t width_of(Plan *p, const Node *node, Basis *basis)
{
    int64_t width = 1;
    *basis = (Basis){.kind = BASIS_SEQUENCES};
    for (int k = 0; k < node->free.n; k++) {
        Dim *dim = node->free.at[k]->dim;
        if (!dim_is_ragged(dim)) {
            width = dim->length > 0 && width > INT64_C(1) << 40 ? width : width * dim->length;
        } else if (basis->n < 4) {
            basis->kind = BASIS_ROWS;
            basis->dim[basis->n++] = dim;
        } else {
            diag_error(p->diag, node->span, "'%s' has more than four ragged indices and would have to be stored",
                       node->name ? node->name : "");
        }
    }
    return width;
}

static Str shape_comment(Plan *p, const Node *node, int alone)
{
    const char *text = ragged_axes(node) || (alone && node->free.n) ? "" : alone ? "[1]" : "[sequences]";
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < node->free.n; k++) {
            const Dim *dim = node->free.at[k]->dim;
            if (dim_is_ragged(dim) != !pass) {
                continue;
            }
            text = arena_printf(p->arena, "%s[%s]", text, dim_is_ragged(dim) ? dim_word(p, dim) : dim->name ? dim->name : "?");
        }
    }
    return str_of(text);
}

/* Of one sequence there are no more rows than the longest one has. */
static Basis of_one(Basis basis)
{
    if (basis.kind == BASIS_SEQUENCES) {
        basis.kind = BASIS_ONE;
    } else if (basis.kind == BASIS_ROWS && basis.n == 1) {
        basis.kind = BASIS_LONGEST;
    }
    return basis;
}

static Slot *add_slot(Plan *p, Func *f, const Node *node, Str cname, int first, int last, int alone)
{
    Slot *slot = arena_new_of(p->arena, Slot);
    slot->cname = cname;
    slot->type = store_ctype(p, node, &slot->bytes);
    slot->width = width_of(p, node, &slot->basis);
    slot->basis = alone ? of_one(slot->basis) : slot->basis;
    slot->first = first;
    slot->last = last;
    slot->comment = shape_comment(p, node, alone);
    slot->alive = 1;
    capacity_collect(p, &slot->basis);
    vec_push(p->arena, f->slot, slot);
    return slot;
}

static Slot *slot_behind(Plan *p, const Node *node)
{
    Info *info = plan_info(p, node);
    return info->over ? slot_behind(p, info->over) : info->slot;
}

static void stored_slot(Plan *p, Func *f, const Uses *u, Node *node, int item)
{
    Info *info = plan_info(p, node);
    const int last = u->last[node->id] < item ? item : u->last[node->id];
    if (info->over) {
        Slot *slot = slot_behind(p, node);
        if (slot && slot->last < last) {
            slot->last = last;
        }
        return;
    }
    for (int i = 0; i < f->result.n; i++) {
        if (f->result.at[i] == node) {
            return;
        }
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < p->outputs.n; i++) {
        if (p->outputs.at[i] == node) {
            return;
        }
    }
    if (!f->in_steps) { /* where each s-op has a name, none is written over */
        const NodeList old = overwrites(p, f, u, node);
        for (int i = 0; i < old.n; i++) {
            Slot *slot = slot_behind(p, old.at[i]);
            if (slot) {
                info->over = old.at[i];
                slot->last = slot->last < last ? last : slot->last;
                return;
            }
        }
    }
    info->slot = add_slot(p, f, node, info->cname, item, last, f->alone);
}

/* What goes round a loop of one sequence. */
static Slot *turn_slot(Plan *p, Func *f, const Node *node, const char *when, const char *word, int at)
{
    return add_slot(p, f, node, str_of(arena_printf(p->arena, "%s_%s%d", name_clean(p, word), when, at)), at, at, 1);
}

static void call_slots(Plan *p, Func *f, const Uses *u, Item *item, int at)
{
    const Func *callee = item->callee;
    const Unit *unit = item->unit;
    const int n = callee->result.n;
    item->out = arena_array(p->arena, Node *, n + 1);
    item->scratch = arena_array(p->arena, Slot *, n + 1);
    item->carry = arena_array(p->arena, Slot *, n + 1);
    for (int r = 0; r < item->last->results.n; r++) {
        for (int k = 0; k < n; k++) {
            if (item->last->results.at[r]->source == item->last->unit->results.at[k] && !item->out[k]) {
                item->out[k] = item->last->results.at[r];
                break;
            }
        }
    }
    for (int k = 0; k < n; k++) {
        Node *out = item->out[k];
        const Node *like = out ? out : callee->result.at[k];
        const char *word = callee->result.at[k]->name ? callee->result.at[k]->name : "x";
        if (out && callee->in_place[k] && item->kind == STEP_CALL) {
            Node *source = unit->args.at[k]->source;
            int alone = (source->kind == NODE_EQ || source->kind == NODE_RESULT) && u->last[source->id] == at && slot_behind(p, source) &&
                        same_memory(p, source, out);
            for (int a = 0; a < unit->args.n; a++) {
                alone &= a == k || unit->args.at[a]->source != source;
            }
            for (int i = 0; alone && i < p->outputs.n; i++) {
                alone = p->outputs.at[i] != out;
            }
            for (int i = 0; alone && i < f->result.n; i++) {
                alone = f->result.at[i] != out;
            }
            plan_info(p, out)->over = alone ? source : NULL;
        }
        if (out) {
            stored_slot(p, f, u, out, at);
        } else if (item->kind == STEP_CALL) {
            item->scratch[k] = add_slot(p, f, like, str_of(arena_printf(p->arena, "%s_unused%d_%d", word, at, k)), at, at, f->alone);
        }
        if (item->kind == STEP_LOOP) {
            item->scratch[k] = callee->in_place[k] ? NULL : turn_slot(p, f, callee->result.at[k], "next", word, at);
            item->carry[k] = turn_slot(p, f, unit->args.at[k], "turn", word, at);
        } else if (item->turns > 1 && k < unit->carried && !callee->in_place[k]) {
            item->carry[k] = add_slot(p, f, like, str_of(arena_printf(p->arena, "%s_turn%d_%d", word, at, k)), at, at, f->alone);
        }
    }
}

/* ---- storage of locals --------------------------------------------------------------------------------------------------------------- */

static const char *local_ctype(Plan *p, const Node *node, int *bytes)
{
    switch (node->type) {
    case T_REAL: *bytes = plan_info(p, node)->wide ? 8 : 4; return *bytes == 8 ? "double" : "float";
    case T_INT: *bytes = 8; return "int64_t";
    case T_BOOL:
    case T_ERROR: break;
    }
    *bytes = 1;
    return "uint8_t";
}

/* A row of accumulators that only the root reads, at its own indices, grows in the root's place. */
static int may_alias(Plan *p, const Cluster *c, const Member *m)
{
    const Member *root = NULL;
    for (int i = 0; i < c->member.n; i++) {
        if (c->member.at[i]->root) {
            if (root) {
                return 0;
            }
            root = c->member.at[i];
        }
    }
    if (!root || c->along || m->node->reduce == RED_NONE || m->node->type != T_REAL || plan_info(p, root->node)->over ||
        root->node->free.n != m->node->free.n || !m->kept.n || root->guard.n) {
        return 0;
    }
    int bytes;
    if (strcmp(local_ctype(p, m->node, &bytes), store_ctype(p, root->node, NULL)) != 0) {
        return 0;
    }
    for (int k = 0; k < root->node->free.n; k++) {
        int found = 0;
        for (int j = 0; j < m->node->free.n; j++) {
            found |= m->arg[j] == root->arg[k];
        }
        if (!found) {
            return 0;
        }
    }
    for (int i = 0; i < c->member.n; i++) {
        const Member *other = c->member.at[i];
        const int before_it = other->hoisted && !other->kept.n; /* a value for the root, in the same turn of the same loops */
        if (other != m && other != root && ((reads_node(other->body, m->node) && !before_it) || other->aliased)) {
            return 0;
        }
        for (int k = 0; k < other->atoms.n; k++) {
            if (reads_node(other->atoms.at[k], m->node)) {
                return 0;
            }
        }
    }
    return 1;
}

Slot *place_local(Plan *p, Func *f, const Cluster *c, const char *name, const char *type, int bytes, Dim *longest)
{
    for (int i = 0; i < f->slot.n; i++) { /* nests follow each other */
        Slot *known = f->slot.at[i];
        if (known->lent && known->type == type && known->basis.dim[0] == longest && strncmp(known->cname, name, strlen(name)) == 0) {
            known->last = c->item;
            return known;
        }
    }
    Slot *slot = arena_new_of(p->arena, Slot);
    const Basis basis = {.kind = dim_is_ragged(longest) ? BASIS_LONGEST : BASIS_ONE, .n = dim_is_ragged(longest), .dim = {longest},
                         .each = launches(p, f)};
    *slot = (Slot){.cname = name_part(p, (Words *)&f->members, name), .type = type, .bytes = bytes, .basis = basis, .width = 1,
                   .first = c->item, .last = c->item, .alive = 1, .lent = 1};
    slot->comment = str_of(arena_printf(p->arena, "[longest %s]", dim_word(p, longest)));
    capacity_collect(p, &basis);
    vec_push(p->arena, f->slot, slot);
    return slot;
}

static void local_slots(Plan *p, Func *f, Cluster *c)
{
    int64_t stack = 0;
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        int bytes;
        if (m->root || !m->kept.n) {
            continue;
        }
        if (may_alias(p, c, m)) {
            m->aliased = 1;
            continue;
        }
        int64_t width = 1;
        Basis basis = {.kind = BASIS_ONE};
        const char *shape = "", *type = local_ctype(p, m->node, &bytes);
        for (int k = 0; k < m->kept.n; k++) {
            Dim *dim = m->kept.at[k]->dim;
            if (dim_is_ragged(dim) && basis.n < 4) {
                basis.dim[basis.n++] = dim;
            } else if (width < INT64_C(1) << 40) {
                width *= dim->length;
            }
            shape = arena_printf(p->arena, dim_is_ragged(dim) ? "%s[longest %s]" : "%s[%s]", shape,
                                 dim_is_ragged(dim) ? dim_word(p, dim)
                                 : dim->name        ? dim->name
                                                    : "?");
        }
        basis.kind = basis.n == 0 ? BASIS_ONE : basis.n == 1 ? BASIS_LONGEST : BASIS_ROWS;
        basis.each = launches(p, f) && basis.n < 2; /* a table of pairs is one worker's, who does it all */
        if (!basis.n && width * bytes <= STACK_ARRAY && stack + width * bytes <= STACK_NEST) {
            stack += width * bytes;
            continue;
        }
        Slot *slot = arena_new_of(p->arena, Slot);
        *slot = (Slot){.cname = name_part(p, (Words *)&f->members, m->node->name), .type = type, .bytes = bytes, .basis = basis,
                       .width = width, .first = c->item, .last = c->item, .comment = str_of(shape), .alive = 1};
        capacity_collect(p, &basis);
        m->slot = slot;
        vec_push(p->arena, f->slot, slot);
    }
    if (p->stack_bytes < stack) {
        p->stack_bytes = stack;
    }
}

/* What a kernel stores is there as long as any of it is being written. */
static void kernel_slot(Plan *p, Func *f, const Uses *u, const Kernel *k, Node *node, int item)
{
    if (!kernel_stores(k, node)) {
        return;
    }
    stored_slot(p, f, u, node, item);
    Slot *slot = plan_info(p, node)->slot;
    const int first = kernel_first(p, f, k), last = kernel_last(p, f, k);
    if (slot) {
        slot->first = first;
        slot->last = slot->last < last ? last : slot->last;
    }
}

void place_slots(Plan *p, Func *f)
{
    const Uses u = uses_of(p, f);
    carry_in_place(p, f, &u);
    for (int i = 0; i < f->item.n; i++) {
        Item *item = &f->item.at[i];
        const Kernel *kernel = item_kernel(p, item);
        for (int k = 0; k < item->nodes.n; k++) {
            if (kernel) {
                kernel_slot(p, f, &u, kernel, item->nodes.at[k], i);
            } else if (plan_info(p, item->nodes.at[k])->keep == KEEP_ROOT) {
                stored_slot(p, f, &u, item->nodes.at[k], i);
            }
        }
        if (item->callee) {
            call_slots(p, f, &u, item, i);
        }
    }
    for (int i = 0; f->in_steps && i < p->graph->outputs.n; i++) { /* functions are called what the author calls them */
        if (p->graph->outputs.at[i]->called) {
            vec_push(p->arena, f->members, name_clean(p, p->graph->outputs.at[i]->called));
        }
    }
    for (int i = 0; i < f->item.n; i++) { /* their names give way to those of tensors */
        Item *item = &f->item.at[i];
        for (int k = 0; !item_kernel(p, item) && k < item->nest.n; k++) {
            if (item->nest.at[k]->join) {
                join_slots(p, f, item->nest.at[k]);
            } else {
                local_slots(p, f, item->nest.at[k]);
            }
        }
    }
}
