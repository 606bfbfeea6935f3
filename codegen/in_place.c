/* What a redefinition may be written over: the old tensor, if nobody reads it afterwards and this nest reads each element before it is
 * stored. */
#include "match/kernel_use.h"
#include "domain.h"
#include "in_place.h"

#include <string.h>

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
    if (c->join) { /* its condition may have folded to a constant, but its keys are printed */
        const Expr *const key[] = {c->join->key, c->join->query, c->join->group, c->join->in_group, c->join->filter};
        for (size_t k = 0; k < sizeof key / sizeof *key; k++) {
            use_expr(u, key[k], c->item);
        }
    }
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

typedef struct KernelUse {
    Uses *u;
    int item;
} KernelUse;

static void use_in_kernel(void *context, const Expr *e)
{
    const KernelUse *use = context;
    use_expr(use->u, e, use->item);
}

Uses uses_of(Plan *p, Func *f)
{
    Uses u = {arena_array(p->arena, int, p->nodes + 1), p->nodes};
    for (int i = 0; i < u.n; i++) {
        u.last[i] = -1;
    }
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        const Kernel *kernel = item_kernel(p, item);
        if (kernel && i == kernel_last(p, f, kernel)) {
            kernel_exprs(kernel, use_in_kernel, &(KernelUse){&u, i});
        }
        for (int k = 0; !kernel && k < item->nest.n; k++) {
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
        if (item->kind == STEP_LEAVE || item->kind == STEP_REQUIRE) {
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
    for (int i = 0; f->unit->kind == UNIT_TOP && i < p->next.n; i++) {
        const Node *next = p->next.at[i];
        if (next) {
            use_at(&u, next, f->item.n);
        }
    }
    return u;
}

/* ---- in place ------------------------------------------------------------------------------------------------------------------------ */

int same_memory(Plan *p, const Node *a, const Node *b)
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

int reads_node(const Expr *e, const Node *node)
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

static int may_be_over(const Node *old)
{
    return old->kind == NODE_EQ || old->kind == NODE_ARG || old->kind == NODE_RESULT;
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

Member *root_of(Plan *p, const Node *node)
{
    Info *info = plan_info(p, node);
    return node->kind == NODE_EQ && !info->kernel && info->keep == KEEP_ROOT && info->member.n == 1 ? info->member.at[0] : NULL;
}

/* Of a redefinition by plain loops. */
static NodeList overwrites_plain(Plan *p, const Uses *u, Member *root)
{
    NodeList read = {0}, fine = {0};
    Cluster *c = root->cluster;
    for (int i = c->member.n - 1; i >= 0; i--) {
        collect_stored(p, c->member.at[i]->body, &read);
    }
    for (int i = 0; i < read.n; i++) {
        Node *old = read.at[i];
        if (old->name == root->node->name && may_be_over(old) && u->last[old->id] == c->item && may_overwrite(p, c, root, old)) {
            vec_push(p->arena, fine, old);
        }
    }
    return fine;
}

static NodeList overwrites_kernel(Plan *p, const Func *f, const Uses *u, const Kernel *k, const Node *node)
{
    NodeList read = {0}, fine = {0};
    for (int i = 0; i < k->stored.n; i++) {
        collect_stored(p, k->stored.at[i].value, &read);
    }
    for (int i = 0; i < k->part.n; i++) {
        for (int h = 0; h < k->form->holes; h++) {
            collect_stored(p, k->part.at[i].bind[h].value, &read);
        }
    }
    for (int i = 0; i < read.n; i++) {
        Node *old = read.at[i];
        if (may_be_over(old) && u->last[old->id] == kernel_last(p, f, k) && same_memory(p, node, old) &&
            kernel_reads_before_storing(k, node, old)) {
            vec_push(p->arena, fine, old);
        }
    }
    return fine;
}

NodeList overwrites(Plan *p, Func *f, const Uses *u, const Node *node)
{
    const Kernel *kernel = plan_info(p, node)->kernel;
    Member *root = root_of(p, node);
    return kernel ? overwrites_kernel(p, f, u, kernel, node) : root ? overwrites_plain(p, u, root) : (NodeList){0};
}

/* Result k is the argument k after one or more equations that each may overwrite the one before. */
static int trace_back(Plan *p, Func *f, const Uses *u, Node *node, const Node *arg, int depth)
{
    if (depth > 64) {
        return 0;
    }
    const NodeList old = overwrites(p, f, u, node);
    for (int i = 0; i < old.n; i++) {
        if (old.at[i] == arg || (old.at[i]->kind == NODE_EQ && !old.at[i]->output && trace_back(p, f, u, old.at[i], arg, depth + 1))) {
            plan_info(p, node)->over = old.at[i];
            return 1;
        }
    }
    return 0;
}

/* Nobody reads the argument any more when the result of the same name is first written, and no other result is written there. */
static int free_before(Plan *p, const Func *f, const Uses *u, int k, const Node *arg)
{
    const Node *result = f->result.at[k];
    const Kernel *kernel = plan_info(p, result)->kernel;
    const Member *root = root_of(p, result);
    const int item = kernel ? kernel_first(p, f, kernel) : root ? root->cluster->item : -1;
    for (int i = 0; i < f->result.n; i++) {
        if (i != k && f->result.at[i] == result) {
            return 0;
        }
    }
    return result->name == arg->name && u->last[arg->id] < item && same_memory(p, result, arg);
}

void carry_in_place(Plan *p, Func *f, const Uses *u)
{
    const Unit *unit = f->unit;
    f->in_place = arena_array(p->arena, char, f->result.n + 1);
    for (int k = 0; k < f->result.n && k < unit->carried && k < unit->args.n; k++) { /* one tensor may be carried twice, given once */
        Node *result = f->result.at[k], *arg = unit->args.at[k];
        if (result->kind == NODE_EQ && trace_back(p, f, u, result, arg, 0)) {
            f->in_place[k] = 1;
        } else if (result->kind == NODE_EQ && free_before(p, f, u, k, arg)) {
            plan_info(p, result)->over = arg;
            f->in_place[k] = 1;
        }
    }
}
