/* From members to a tree of loops. Each member is one or two statements (start and update of an accumulator, or an assignment) under
 * loops and conditions of its own; statements join the loops of earlier ones wherever what they read is complete there. */
#include "inline.h"
#include "print.h"
#include "recognise.h"

#include <string.h>

/* ---- joining ------------------------------------------------------------------------------------------------------------------------- */

static int same_list(const ExprList *a, const ExprList *b)
{
    int same = a->n == b->n;
    for (int i = 0; same && i < a->n; i++) {
        same = expr_same(a->at[i], b->at[i]);
    }
    return same;
}

static int same_head(const Header *a, const Header *b)
{
    if (a->var != b->var || a->solo != b->solo) {
        return 0;
    }
    return a->var ? same_list(&a->low, &b->low) && same_list(&a->high, &b->high) : expr_same(a->condition, b->condition);
}

static int arg_place(const Member *m, const Var *var)
{
    for (int k = 0; k < m->node->free.n; k++) {
        if (m->arg[k] == var) {
            return k;
        }
    }
    return -1;
}

/* Read at an earlier turn of the recurrence: complete, whatever the loops below do. */
static int is_earlier_turn(const Member *m, const Expr *read)
{
    const Var *along = m->cluster->along;
    const int axis = along ? arg_place(m, along) : -1;
    return axis >= 0 && m->root && !(read->kid[axis]->kind == EX_VAR && read->kid[axis]->var == along);
}

typedef VEC(Stmt *) StmtList;
typedef struct Group {
    StmtList stmt;
    Header *head;
} Group;
typedef VEC(Group) GroupList;

static int depends(const Stmt *s, const Group *g)
{
    for (int i = 0; i < g->stmt.n; i++) {
        const Stmt *other = g->stmt.at[i];
        if (other->member == s->member) {
            return 1;
        }
        for (int r = 0; r < s->reads.n; r++) {
            if (s->reads.at[r].member == other->member && !is_earlier_turn(other->member, s->reads.at[r].read)) {
                return 1;
            }
        }
        for (int r = 0; r < other->reads.n; r++) {
            if (other->reads.at[r].member == s->member && !is_earlier_turn(s->member, other->reads.at[r].read)) {
                return 1;
            }
        }
    }
    return 0;
}

/* Inside a loop over var (NULL: an if) s finds complete what the group computes there. */
static int may_join(const Stmt *s, const Group *g, const Var *var)
{
    for (int i = 0; var && i < g->stmt.n; i++) {
        const Member *m = g->stmt.at[i]->member;
        const int k = arg_place(m, var);
        if (m == s->member && k < 0) {
            return 0;
        }
        for (int r = 0; r < s->reads.n; r++) {
            const Expr *read = s->reads.at[r].read;
            if (s->reads.at[r].member != m || is_earlier_turn(m, read)) {
                continue;
            }
            if (k < 0 || read->kid[k]->kind != EX_VAR || read->kid[k]->var != var) {
                return 0;
            }
        }
    }
    return 1;
}

static void place_stmt(Plan *p, GroupList *groups, Stmt *s, int depth)
{
    Header *head = depth < s->head.n ? &s->head.at[depth] : NULL;
    for (int i = groups->n - 1; head && i >= 0; i--) {
        Group *g = &groups->at[i];
        if (g->head && same_head(g->head, head) && may_join(s, g, head->var)) {
            vec_push(p->arena, g->stmt, s);
            return;
        }
        if (depends(s, g)) {
            break;
        }
    }
    Group g = {.head = head};
    vec_push(p->arena, g.stmt, s);
    vec_push(p->arena, *groups, g);
}

static int only_starts(const Group *g)
{
    for (int i = 0; i < g->stmt.n; i++) {
        if (g->stmt.at[i]->kind != STMT_INIT) {
            return 0;
        }
    }
    return 1;
}

static int touches_start(const Group *start, const Group *g)
{
    for (int i = 0; i < start->stmt.n; i++) {
        if (depends(start->stmt.at[i], g)) {
            return 1;
        }
    }
    return 0;
}

/* Accumulators start right before the loop that needs them. */
static void sink_starts(GroupList *groups)
{
    for (int i = groups->n - 2; i >= 0; i--) {
        if (!only_starts(&groups->at[i])) {
            continue;
        }
        const Group moved = groups->at[i];
        int to = i;
        while (to + 1 < groups->n && !touches_start(&moved, &groups->at[to + 1])) {
            groups->at[to] = groups->at[to + 1];
            to++;
        }
        groups->at[to] = moved;
    }
}

/* The start of an accumulator that stands outside the loop it is updated in: nothing has to come before it. */
static int starts_before(const StmtList *stmts, const Stmt *s, int depth)
{
    if (s->kind != STMT_INIT || s->reads.n) {
        return 0;
    }
    for (int i = 0; i < stmts->n; i++) {
        const Stmt *update = stmts->at[i];
        if (update->member == s->member && update->kind == STMT_UPDATE) {
            return !(depth < s->head.n && depth < update->head.n && same_head(&s->head.at[depth], &update->head.at[depth]));
        }
    }
    return 0;
}

static void build(Plan *p, Block *block, const StmtList *stmts, int depth)
{
    GroupList groups = {0};
    for (int early = 1; early >= 0; early--) {
        for (int i = 0; i < stmts->n; i++) {
            if (starts_before(stmts, stmts->at[i], depth) == early) {
                place_stmt(p, &groups, stmts->at[i], depth);
            }
        }
    }
    sink_starts(&groups);
    for (int i = 0; i < groups.n; i++) {
        Group *g = &groups.at[i];
        Block *kid = arena_new_of(p->arena, Block);
        kid->up = block;
        vec_push(p->arena, block->kid, kid);
        if (!g->head) {
            kid->stmt = g->stmt.at[0];
        } else {
            kid->head = g->head;
            build(p, kid, &g->stmt, depth + 1);
        }
    }
}

/* ---- where locals live --------------------------------------------------------------------------------------------------------------- */

static int block_depth(const Block *b)
{
    int depth = 0;
    for (; b->up; b = b->up) {
        depth++;
    }
    return depth;
}

static Block *meet(Block *a, Block *b)
{
    if (!a) {
        return b;
    }
    while (a != b) {
        if (block_depth(a) > block_depth(b)) {
            a = a->up;
        } else {
            b = b->up;
        }
    }
    return a;
}

static void extend_scope(Member *m, Block *b)
{
    if (b->head && b->head->condition && expr_reads_member(b->head->condition, m)) {
        m->scope = meet(m->scope, b->up);
    }
    if (b->stmt) {
        int touched = b->stmt->member == m;
        for (int i = 0; i < b->stmt->reads.n; i++) {
            touched |= b->stmt->reads.at[i].member == m;
        }
        if (touched) {
            m->scope = meet(m->scope, b->up);
        }
    }
    for (int i = 0; i < b->kid.n; i++) {
        extend_scope(m, b->kid.at[i]);
    }
}

static void find_scope(Plan *p, Cluster *c, Member *m)
{
    m->scope = NULL;
    extend_scope(m, c->tree);
    for (int ragged = 1; ragged >= 0; ragged--) {
        for (int v = 0; v < c->vars.n; v++) {
            Var *var = c->vars.at[v];
            int entered = 0;
            for (const Block *b = m->scope; b; b = b->up) {
                entered |= b->head && b->head->var == var;
            }
            if (!entered && arg_place(m, var) >= 0 && dim_is_ragged(var->dim) == ragged) {
                vec_push(p->arena, m->kept, var);
            }
        }
    }
}

/* All its own indices are outside the loops that it is added up in. */
static int ends_in_bound(const Member *m)
{
    int bound = 0;
    for (int i = 0; i < m->order.n; i++) {
        const int arg = arg_place(m, m->order.at[i]) >= 0;
        if (arg && bound) {
            return 0;
        }
        bound |= !arg;
    }
    return bound;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------------------- */

static void build_tree(Plan *p, Cluster *c)
{
    StmtList stmts = {0};
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        m->kept = (VarList){0};
        if (m->node->reduce == RED_NONE) {
            vec_push(p->arena, stmts, nest_stmt(p, m, STMT_ASSIGN));
        } else {
            m->update_alone = m->node->bound.n == 1;
            vec_push(p->arena, stmts, nest_stmt(p, m, STMT_INIT));
            vec_push(p->arena, stmts, nest_stmt(p, m, STMT_UPDATE));
        }
    }
    c->tree = arena_new_of(p->arena, Block);
    build(p, c->tree, &stmts, 0);
    for (int i = 0; i < c->member.n; i++) {
        if (!c->member.at[i]->root) {
            find_scope(p, c, c->member.at[i]);
        }
    }
}

/* A dot product that is kept for later is added up in a scalar and stored once. */
static int use_scalars(Plan *p, Cluster *c)
{
    int changed = 0;
    for (int i = 0; i < c->member.n; i++) {
        Member *m = c->member.at[i];
        if (m->node->reduce == RED_NONE || m->row || !m->kept.n || m->root || !ends_in_bound(m)) {
            continue;
        }
        Node *core = plan_node(p, m->node, m->node->name);
        Node *store = arena_new_of(p->arena, Node);
        VarList vars = {0};
        Member *sum = arena_new_of(p->arena, Member);
        *sum = *m;
        sum->node = core;
        for (int k = 0; k < core->free.n; k++) {
            vec_push(p->arena, vars, m->arg[k]);
        }
        Info *info = plan_info(p, core);
        info->keep = KEEP_LOCAL;
        vec_push(p->arena, info->member, sum);
        *store = *m->node;
        store->reduce = RED_NONE;
        store->bound = (VarList){0};
        store->where = store->empty = NULL;
        Expr *rest = NULL;
        const Expr *factor = factor_of(p, sum, &rest);
        sum->body = factor ? rest : sum->body;
        m->node = store;
        m->body = plan_read(p, core, vars, core->span);
        m->body = factor ? factor_apply(p, factor, m->body) : m->body;
        m->empty = NULL;
        m->atoms = (ExprList){0};
        m->order = (VarList){0};
        for (int k = 0; k < sum->order.n; k++) {
            if (arg_place(m, sum->order.at[k]) >= 0) {
                vec_push(p->arena, m->order, sum->order.at[k]);
            }
        }
        vec_push(p->arena, c->member, NULL);
        memmove(c->member.at + i + 1, c->member.at + i, sizeof *c->member.at * (size_t)(c->member.n - 1 - i));
        c->member.at[i++] = sum;
        changed = 1;
    }
    return changed;
}

static int reads_member(const Member *m, const Member *other)
{
    int reads = expr_reads_member(m->body, other) || (m->empty && expr_reads_member(m->empty, other));
    for (int k = 0; k < m->atoms.n && !reads; k++) {
        reads = expr_reads_member(m->atoms.at[k], other);
    }
    return reads;
}

/* Where a choice turned out to be none, what the other branch read may have no reader left. Needs: members in order, all inlined. */
static void drop_unread(Cluster *c)
{
    for (int i = c->member.n - 1; i >= 0; i--) {
        const Member *m = c->member.at[i];
        int read = m->root;
        for (int k = 0; k < c->member.n && !read; k++) {
            read = k != i && reads_member(c->member.at[k], m);
        }
        if (!read) {
            memmove(c->member.at + i, c->member.at + i + 1, sizeof *c->member.at * (size_t)(c->member.n - 1 - i));
            c->member.n--;
        }
    }
}

static void build_cluster(Plan *p, Cluster *c)
{
    for (int i = 0; i < c->member.n / 2; i++) {
        Member *m = c->member.at[i];
        c->member.at[i] = c->member.at[c->member.n - 1 - i];
        c->member.at[c->member.n - 1 - i] = m;
    }
    for (int i = 0; i < c->member.n; i++) {
        inline_member(p, c->member.at[i]);
    }
    if (c->join) {
        join_inline(p, c);
        c->tree = arena_new_of(p->arena, Block);
        return;
    }
    drop_unread(c);
    share_guards(p, c);
    order_cluster(p, c);
    hoist_values(p, c);
    build_tree(p, c);
    if (factors_take(p, c) + use_scalars(p, c)) {
        build_tree(p, c);
    }
}

void nest_build(Plan *p, Func *f)
{
    for (int i = 0; i < f->item.n; i++) {
        for (int k = 0; k < f->item.at[i].nest.n; k++) {
            build_cluster(p, f->item.at[i].nest.at[k]);
        }
    }
}
