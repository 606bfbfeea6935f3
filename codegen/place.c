/* Buffers of a function: what is written over what was read, and how long each one lives. */
#include "place.h"

#include "names.h"
#include "recognise.h"

#include <string.h>

enum { STACK_ARRAY = 2048, STACK_NEST = 6144 }; /* bytes */

typedef struct Uses { /* of stored nodes in a function, by node id */
    int *last;        /* last item that reads it, -1: none */
    int n;
} Uses;

static void use_at(Uses *u, const Node *node, int item)
{
    if (node->id < u->n && u->last[node->id] < item) {
        u->last[node->id] = item;
    }
}

static void use_expr(Uses *u, const Expr *e, int item)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        use_at(u, e->node, item);
    }
    for (int k = 0; k < e->n; k++) {
        use_expr(u, e->kid[k], item);
    }
    use_expr(u, e->otherwise, item);
}

static void use_cluster(Uses *u, const Cluster *c)
{
    for (int i = 0; i < c->member.n; i++) {
        const Member *m = c->member.at[i];
        use_expr(u, m->body, c->item);
        use_expr(u, m->empty, c->item);
        for (int k = 0; k < m->atoms.n; k++) {
            use_expr(u, m->atoms.at[k], c->item);
        }
        for (int k = 0; k < m->guard.n; k++) {
            use_expr(u, m->guard.at[k], c->item);
        }
    }
}

static Uses uses_of(Plan *p, Func *f)
{
    Uses u = {arena_array(p->arena, int, p->nodes + 1), p->nodes};
    for (int i = 0; i < u.n; i++) {
        u.last[i] = -1;
    }
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        for (int k = 0; k < item->nest.n; k++) {
            use_cluster(&u, item->nest.at[k]);
        }
        if (item->kind == STEP_DIM) {
            if (item->dim->mask) {
                use_at(&u, item->dim->mask, i);
            }
            use_expr(&u, item->dim->formula, i);
        }
        if (item->callee) {
            for (int k = 0; k < item->unit->args.n; k++) {
                use_at(&u, item->unit->args.at[k]->source, i);
            }
        }
        if (item->kind == STEP_LEAVE) {
            use_at(&u, item->step->node, i);
        }
    }
    for (int i = 0; i < f->item.n; i++) { /* an input is read, or its default */
        if (f->item.at[i].default_of) {
            use_at(&u, f->item.at[i].nodes.at[0], u.last[f->item.at[i].default_of->id]);
        }
    }
    for (int i = 0; i < f->result.n; i++) {
        use_at(&u, f->result.at[i], f->item.n);
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < p->outputs.n; i++) {
        use_at(&u, p->outputs.at[i], f->item.n);
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < p->graph->states.n; i++) {
        const Node *next = p->graph->states.at[i]->next;
        if (next) {
            use_at(&u, next, f->item.n);
        }
    }
    return u;
}

/* ---- in place ------------------------------------------------------------------------------------------------------------------------ */

static int same_memory(Plan *p, const Node *a, const Node *b)
{
    int same = a->free.n == b->free.n && strcmp(store_ctype(p, a, NULL), store_ctype(p, b, NULL)) == 0;
    for (int k = 0; same && k < a->free.n; k++) {
        const Dim *x = a->free.at[k]->dim, *y = b->free.at[k]->dim;
        same = x == y || (!dim_is_ragged(x) && !dim_is_ragged(y) && x->length == y->length);
    }
    return same;
}

/* Finds the leaf that stores the root. */
static Block *leaf_of(Block *b, const Member *m)
{
    if (b->stmt && b->stmt->member == m) {
        return b;
    }
    for (int i = 0; i < b->kid.n; i++) {
        Block *found = leaf_of(b->kid.at[i], m);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static int plain_at(const Expr *read, const Member *root, int axis)
{
    return read->kid[axis]->kind == EX_VAR && read->kid[axis]->var == root->arg[axis];
}

/* All reads of `old` below e, as statement `reader` makes them, see values that the store at `leaf` has not yet overwritten. */
static int reads_are_safe(const Expr *e, const Node *old, const Member *root, const Block *reader, const Block *leaf)
{
    if (!e) {
        return 1;
    }
    if (e->kind == EX_READ && e->node == old) {
        for (int k = 0; k < e->n; k++) {
            int shared = reader == leaf;
            for (const Block *b = reader; b && !shared; b = b->up) { /* the loop over this axis goes round both statements */
                if (b->head && b->head->var == root->arg[k]) {
                    for (const Block *c = leaf; c && !shared; c = c->up) {
                        shared = c == b;
                    }
                }
            }
            if (shared && !plain_at(e, root, k)) {
                return 0;
            }
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (!reads_are_safe(e->kid[k], old, root, reader, leaf)) {
            return 0;
        }
    }
    return reads_are_safe(e->otherwise, old, root, reader, leaf);
}

/* Loops around both the reader and the store, which the store does not have as an index, would repeat the store. */
static int common_loops_are_args(const Block *reader, const Block *leaf, const Member *root)
{
    for (const Block *b = reader; b; b = b->up) {
        int common = 0, arg = 0;
        for (const Block *c = leaf; c; c = c->up) {
            common |= c == b;
        }
        for (int k = 0; b->head && k < root->node->free.n; k++) {
            arg |= b->head->var == root->arg[k];
        }
        if (common && b->head && b->head->var && !arg) {
            return 0;
        }
    }
    return 1;
}

static int block_is_safe(const Block *b, const Node *old, const Member *root, const Block *leaf)
{
    if (b->head && b->head->condition && !reads_are_safe(b->head->condition, old, root, b->up, leaf)) {
        return 0;
    }
    if (b->stmt) {
        const Member *m = b->stmt->member;
        const Expr *e = b->stmt->kind == STMT_INIT ? m->empty : m->body;
        if (!reads_are_safe(e, old, root, b, leaf) || !common_loops_are_args(b, leaf, root)) {
            return 0;
        }
    }
    for (int i = 0; i < b->kid.n; i++) {
        if (!block_is_safe(b->kid.at[i], old, root, leaf)) {
            return 0;
        }
    }
    return 1;
}

static int reads_node(const Expr *e, const Node *node)
{
    if (!e) {
        return 0;
    }
    if (e->kind == EX_READ && e->node == node) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_node(e->kid[k], node)) {
            return 1;
        }
    }
    return reads_node(e->otherwise, node);
}

/* Statements that follow the store in the tree and read the old tensor would see the new one. */
static int reads_later(const Block *b, const Block *leaf, const Node *old, int *seen)
{
    if (b->stmt) {
        if (*seen && (reads_node(b->stmt->member->body, old) || reads_node(b->stmt->member->empty, old))) {
            return 1;
        }
        *seen |= b == leaf;
    }
    for (int i = 0; i < b->kid.n; i++) {
        if (reads_later(b->kid.at[i], leaf, old, seen)) {
            return 1;
        }
    }
    return 0;
}

/* root may be written over `old`, which this nest reads for the last time. */
static int may_overwrite(Plan *p, Cluster *c, Member *root, const Node *old)
{
    int seen = 0;
    Block *leaf = leaf_of(c->tree, root);
    if (c->along || !same_memory(p, root->node, old) || !leaf) {
        return 0;
    }
    return !reads_later(c->tree, leaf, old, &seen) && block_is_safe(c->tree, old, root, leaf);
}

static void collect_stored(Plan *p, const Expr *e, NodeList *out)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ && is_stored(p, e->node)) {
        int known = 0;
        for (int i = 0; i < out->n; i++) {
            known |= out->at[i] == e->node;
        }
        if (!known) {
            vec_push(p->arena, *out, e->node);
        }
    }
    for (int k = 0; k < e->n; k++) {
        collect_stored(p, e->kid[k], out);
    }
    collect_stored(p, e->otherwise, out);
}

static Member *root_of(Plan *p, const Node *node)
{
    Info *info = plan_info(p, node);
    return node->kind == NODE_EQ && info->keep == KEEP_ROOT && info->member.n == 1 ? info->member.at[0] : NULL;
}

/* What a redefinition (`x = x + ..`) could be written over. Other tensors keep arrays of their own names. */
static NodeList candidates(Plan *p, const Uses *u, Member *root)
{
    NodeList read = {0}, fine = {0};
    Cluster *c = root->cluster;
    for (int i = c->member.n - 1; i >= 0; i--) {
        collect_stored(p, c->member.at[i]->body, &read);
    }
    for (int i = 0; i < read.n; i++) {
        Node *old = read.at[i];
        if (old->name == root->node->name && (old->kind == NODE_EQ || old->kind == NODE_ARG || old->kind == NODE_RESULT) &&
            u->last[old->id] == c->item && may_overwrite(p, c, root, old)) {
            vec_push(p->arena, fine, old);
        }
    }
    return fine;
}

/* Result k is the argument k after one or more equations that each may overwrite the one before. */
static int trace_back(Plan *p, Func *f, const Uses *u, Node *node, const Node *arg, int depth)
{
    Member *root = root_of(p, node);
    if (!root || depth > 64) {
        return 0;
    }
    const NodeList old = candidates(p, u, root);
    for (int i = 0; i < old.n; i++) {
        if (old.at[i] == arg || (old.at[i]->kind == NODE_EQ && !old.at[i]->output && trace_back(p, f, u, old.at[i], arg, depth + 1))) {
            plan_info(p, node)->over = old.at[i];
            return 1;
        }
    }
    return 0;
}

static void carry_in_place(Plan *p, Func *f, const Uses *u)
{
    const Unit *unit = f->unit;
    f->in_place = arena_array(p->arena, char, f->result.n + 1);
    for (int k = 0; k < f->result.n && k < unit->carried; k++) {
        Node *result = f->result.at[k];
        if (result->kind == NODE_EQ && trace_back(p, f, u, result, unit->args.at[k], 0)) {
            f->in_place[k] = 1;
        }
    }
}

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

static Str shape_comment(Plan *p, const Node *node)
{
    const char *text = ragged_axes(node) ? "" : "[sequences]";
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

static Slot *add_slot(Plan *p, Func *f, const Node *node, Str cname, int first, int last)
{
    Slot *slot = arena_new_of(p->arena, Slot);
    slot->cname = cname;
    slot->type = store_ctype(p, node, &slot->bytes);
    slot->width = width_of(p, node, &slot->basis);
    slot->first = first;
    slot->last = last;
    slot->comment = shape_comment(p, node);
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
    Member *root = root_of(p, node);
    if (root) {
        const NodeList old = candidates(p, u, root);
        for (int i = 0; i < old.n; i++) {
            Slot *slot = slot_behind(p, old.at[i]);
            if (slot) {
                info->over = old.at[i];
                slot->last = slot->last < last ? last : slot->last;
                return;
            }
        }
    }
    info->slot = add_slot(p, f, node, info->cname, item, last);
}

/* What goes round a loop of one sequence. */
static Slot *turn_slot(Plan *p, Func *f, const Node *node, const char *when, const char *word, int at)
{
    return add_slot(p, f, node, str_of(arena_printf(p->arena, "%s_%s%d", name_clean(p, word), when, at)), at, at);
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
            item->scratch[k] = add_slot(p, f, like, str_of(arena_printf(p->arena, "%s_unused%d_%d", word, at, k)), at, at);
        }
        if (item->kind == STEP_LOOP) {
            item->scratch[k] = callee->in_place[k] ? NULL : turn_slot(p, f, callee->result.at[k], "next", word, at);
            item->carry[k] = turn_slot(p, f, unit->args.at[k], "turn", word, at);
        } else if (item->turns > 1 && k < unit->carried && !callee->in_place[k]) {
            item->carry[k] = add_slot(p, f, like, str_of(arena_printf(p->arena, "%s_turn%d_%d", word, at, k)), at, at);
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
        if (other != m && other != root && (reads_node(other->body, m->node) || other->aliased)) {
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

/* A word that no other buffer of the function has. */
static Str slot_name(Plan *p, const Func *f, const char *wish)
{
    Str clean = name_clean(p, wish), name = clean;
    for (int i = 2;; i++) {
        int taken = 0;
        for (int k = 0; k < f->slot.n; k++) {
            taken |= f->slot.at[k]->cname == name;
        }
        if (!taken) {
            return name;
        }
        name = str_of(arena_printf(p->arena, "%s_%d", clean, i));
    }
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
    const Basis basis = {.kind = dim_is_ragged(longest) ? BASIS_LONGEST : BASIS_ONE, .n = dim_is_ragged(longest), .dim = {longest}};
    *slot = (Slot){.cname = slot_name(p, f, name), .type = type, .bytes = bytes, .basis = basis, .width = 1,
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
        if (!basis.n && width * bytes <= STACK_ARRAY && stack + width * bytes <= STACK_NEST) {
            stack += width * bytes;
            continue;
        }
        Slot *slot = arena_new_of(p->arena, Slot);
        *slot = (Slot){.cname = slot_name(p, f, m->node->name), .type = type, .bytes = bytes, .basis = basis, .width = width,
                       .first = c->item, .last = c->item, .comment = str_of(shape), .alive = 1};
        capacity_collect(p, &basis);
        m->slot = slot;
        vec_push(p->arena, f->slot, slot);
    }
    if (p->stack_bytes < stack) {
        p->stack_bytes = stack;
    }
}

void place_slots(Plan *p, Func *f)
{
    const Uses u = uses_of(p, f);
    carry_in_place(p, f, &u);
    for (int i = 0; i < f->item.n; i++) {
        Item *item = &f->item.at[i];
        for (int k = 0; k < item->nodes.n; k++) {
            if (plan_info(p, item->nodes.at[k])->keep == KEEP_ROOT) {
                stored_slot(p, f, &u, item->nodes.at[k], i);
            }
        }
        if (item->callee) {
            call_slots(p, f, &u, item, i);
        }
    }
    for (int i = 0; i < f->item.n; i++) { /* their names give way to those of tensors */
        Item *item = &f->item.at[i];
        for (int k = 0; k < item->nest.n; k++) {
            if (item->nest.at[k]->join) {
                join_slots(p, f, item->nest.at[k]);
            } else {
                local_slots(p, f, item->nest.at[k]);
            }
        }
    }
}
