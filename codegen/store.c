/* Where values live. Goes through the steps of a function from the last to the first, so that all readers of a node are settled
 * before the node itself.
 *
 * Stored (its own nest): what the caller, a call, a dim or another turn of `along` reads; an equation of the author's with a
 * reduction in it; a costly map that is read in several places. Local (inside the nest that reads it): a part of an equation, and
 * anything over two ragged indices, as long as it is read at plain variables. Dissolved: cheap maps. A tensor over two
 * ragged indices is stored only when someone reads it otherwise than at plain variables. */
#include "member.h"
#include "share.h"

enum { LARGEST_INLINE = 60 }; /* nodes of expression; beyond it a map is kept */

/* ---- who reads what ------------------------------------------------------------------------------------------------------------------ */

static void note_reads(Plan *p, Node *node, Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        if (e->node->kind == NODE_EQ) {
            vec_push(p->arena, plan_info(p, e->node)->readers, ((Reader){node, e, 0}));
        } else if (e->node->kind == NODE_PARAM) {
            VarList seen = {0};
            for (int k = 0; k < e->n; k++) { /* sums of variables that no other axis knows: a regrouping */
                Affine a;
                const int plain = affine_of(e->kid[k], &a);
                plan_info(p, e->node)->rigid |= !plain;
                for (int i = 0; plain && i < a.n; i++) {
                    plan_info(p, e->node)->rigid |= !a.var[i] || var_among(&seen, a.var[i]);
                }
                for (int i = 0; plain && i < a.n; i++) {
                    vec_push(p->arena, seen, a.var[i]);
                }
            }
        }
    }
    for (int k = 0; k < e->n; k++) {
        note_reads(p, node, e->kid[k]);
    }
    note_reads(p, node, e->otherwise);
}

static void force(Plan *p, Node *node, const char *why)
{
    Info *info = plan_info(p, node);
    if (!info->forced) {
        info->forced = 1;
        info->why = why;
    }
    if (node->kind == NODE_PARAM) {
        info->rigid = 1;
    }
}

static void force_reads(Plan *p, Expr *e, const char *why)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        force(p, e->node, why);
    }
    for (int k = 0; k < e->n; k++) {
        force_reads(p, e->kid[k], why);
    }
    force_reads(p, e->otherwise, why);
}

/* Reads of nodes of an `along` group at other turns than the reader's own. */
static void force_other_turns(Plan *p, const Item *item, Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ && plan_info(p, e->node)->item >= 0) {
        for (int k = 0; k < item->nodes.n; k++) {
            if (item->nodes.at[k] != e->node) {
                continue;
            }
            const int axis = var_index(&e->node->free, item->step->var);
            if (axis < 0 || e->kid[axis]->kind != EX_VAR || e->kid[axis]->var != item->step->var) {
                force(p, e->node, "read at another turn of its own recurrence");
            }
        }
    }
    for (int k = 0; k < e->n; k++) {
        force_other_turns(p, item, e->kid[k]);
    }
    force_other_turns(p, item, e->otherwise);
}

static int makes_text(const Expr *e)
{
    int makes = e && e->kind == EX_OP && (e->op == OP_TEXT_JOIN || e->op == OP_TEXT_TIMES);
    for (int k = 0; e && k < e->n && !makes; k++) {
        makes = makes_text(e->kid[k]);
    }
    return makes;
}

static void look_at_item(Plan *p, Func *f, Item *item)
{
    for (int k = 0; k < item->nodes.n; k++) {
        Node *view = plan_view(p, item->nodes.at[k]);
        if (makes_text(view->body)) {
            force(p, item->nodes.at[k], "strings are made once, before any are put in order");
        }
        note_reads(p, view, view->body);
        note_reads(p, view, view->where);
        note_reads(p, view, view->empty);
        if (item->kind == STEP_ALONG) {
            force_other_turns(p, item, view->body);
            force_other_turns(p, item, view->where);
            force_other_turns(p, item, view->empty);
        }
    }
    if (item->kind == STEP_DIM) {
        if (item->dim->mask) {
            force(p, item->dim->mask, "it makes a dim");
        }
        force_reads(p, item->dim->formula, "it makes a dim");
    }
    if (item->kind == STEP_REQUIRE) {
        force(p, item->step->node, "it is required");
    }
    if (item->callee) {
        for (int k = 0; k < item->unit->args.n; k++) {
            force(p, item->unit->args.at[k]->source, "it is handed to a function");
        }
    }
    if (item->kind == STEP_LEAVE) {
        force(p, item->step->node, "it says when a loop ends");
    }
    (void)f;
}

/* Parts of an equation that are reductions, as far as only this equation names them. */
static int reads_parts(Plan *p, const Expr *e)
{
    if (!e) {
        return 0;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_EQ && !e->node->named) {
        const Node *view = plan_view(p, e->node);
        if (view->reduce != RED_NONE || plan_info(p, e->node)->heavy) {
            return 1;
        }
    }
    for (int k = 0; k < e->n; k++) {
        if (reads_parts(p, e->kid[k])) {
            return 1;
        }
    }
    return reads_parts(p, e->otherwise);
}

/* ---- what an expression costs -------------------------------------------------------------------------------------------------------- */

typedef struct Cost {
    int nodes, reads, costly, divides;
} Cost;

static void add_cost(Plan *p, const Expr *e, Cost *cost)
{
    if (!e) {
        return;
    }
    cost->nodes++;
    cost->reads += e->kind == EX_READ;
    cost->costly += e->kind == EX_OP && op_table[e->op].costly;
    cost->divides += e->kind == EX_OP && (e->op == OP_DIV || e->op == OP_IDIV || e->op == OP_MOD);
    if (cost->nodes > 4 * LARGEST_INLINE) {
        return;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_EQ) {
        const Node *view = plan_view(p, e->node);
        /* what a cheap part will add when it is printed in place */
        if (view->reduce == RED_NONE && !plan_info(p, e->node)->forced && (!view->named || !plan_info(p, e->node)->heavy)) {
            add_cost(p, view->body, cost);
        }
    }
    for (int k = 0; k < e->n; k++) {
        add_cost(p, e->kid[k], cost);
    }
    add_cost(p, e->otherwise, cost);
}

/* ---- the decision -------------------------------------------------------------------------------------------------------------------- */

typedef struct Facts {
    int clusters, places; /* different nests, different (nest, indices) it is read at */
    int plain, inside;    /* everywhere */
    int deeper;           /* somewhere inside a loop over an index it does not have */
    int along;            /* read by a recurrence it is no part of, or by a lookup */
} Facts;

static Facts facts_of(const Info *info, const Node *node)
{
    Facts f = {0, 0, 1, 1, 0, 0};
    for (int i = 0; i < info->site.n; i++) {
        const Site *s = &info->site.at[i];
        int new_cluster = 1, new_place = 1;
        for (int k = 0; k < i; k++) {
            new_cluster &= info->site.at[k].cluster != s->cluster;
            new_place &= !site_same(&info->site.at[k], s, node->free.n);
        }
        f.clusters += new_cluster;
        f.places += new_place;
        f.plain &= s->plain;
        f.inside &= s->inside;
        f.along |= (s->cluster->along && s->cluster->item != info->item) || s->cluster->join;
        for (int v = 0; v < s->loops.n; v++) {
            int mine = 0;
            for (int k = 0; k < node->free.n; k++) {
                mine |= s->arg[k]->kind == EX_VAR && s->arg[k]->var == s->loops.at[v];
            }
            f.deeper |= !mine;
        }
    }
    return f;
}

/* Nodes that an equation is made of, itself included, by node id. */
static void mark_made_of(Plan *p, const Node *node, char *mark);

static void mark_reads(Plan *p, const Expr *e, char *mark)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_EQ && !mark[e->node->id]) {
        mark_made_of(p, plan_view(p, e->node), mark);
    }
    for (int k = 0; k < e->n; k++) {
        mark_reads(p, e->kid[k], mark);
    }
    mark_reads(p, e->otherwise, mark);
}

static void mark_made_of(Plan *p, const Node *node, char *mark)
{
    mark[node->id] = 1;
    mark_reads(p, node->body, mark);
    mark_reads(p, node->where, mark);
    mark_reads(p, node->empty, mark);
}

/* It is made of a tensor over two ragged indices that someone else needs as well: computed in the nest of that one, the tensor is
 * needed in one nest only. */
static int shares_pairs(Plan *p, const Func *f, const Node *node, int item)
{
    char *mark = arena_array(p->arena, char, p->nodes + 1);
    mark_made_of(p, node, mark);
    for (int i = 0; i <= item; i++) {
        for (int k = 0; k < f->item.at[i].nodes.n; k++) {
            const Node *part = f->item.at[i].nodes.at[k];
            const Info *info = plan_info(p, part);
            for (int r = 0; mark[part->id] && ragged_axes(part) >= 2 && r < info->readers.n; r++) {
                if (!mark[info->readers.at[r].node->id]) {
                    return 1;
                }
            }
        }
    }
    return 0;
}

static Keep choose(Plan *p, const Func *f, Node *node, const char **why)
{
    Info *info = plan_info(p, node);
    const Node *view = plan_view(p, node);
    const Facts at = facts_of(info, node);
    const int pair = ragged_axes(view) >= 2;
    const int local = at.plain && !at.along && (pair || (at.clusters == 1 && at.places == 1));
    if (view->reduce != RED_NONE) {
        if (local && (pair || !view->named || shares_pairs(p, f, view, info->item))) {
            *why = pair ? "two ragged indices: kept for a row at a time" : "only one nest reads it, at its own indices";
            return KEEP_LOCAL;
        }
        *why = !at.plain ? "read at other indices than its own" : view->named ? "an equation with a reduction" : "several nests read it";
        return KEEP_ROOT;
    }
    Cost cost = {0};
    add_cost(p, view->body, &cost);
    const int cheap = !cost.costly && !cost.divides && cost.reads <= 2 && cost.nodes <= LARGEST_INLINE / 2;
    const int once = info->site.n == 1 && !at.deeper && cost.nodes <= LARGEST_INLINE;
    if (view->named && info->heavy && !pair) {
        *why = "an equation with a reduction";
        return local && shares_pairs(p, f, view, info->item) ? KEEP_LOCAL : KEEP_ROOT;
    }
    if (at.inside && (cheap || once)) {
        *why = once ? "read once" : "a cheap map";
        return KEEP_DISSOLVE;
    }
    if (local && (!view->named || pair)) {
        *why = "a map that is read in an inner loop or several times";
        return KEEP_LOCAL;
    }
    if (pair && at.inside && cost.nodes <= LARGEST_INLINE) {
        *why = "two ragged indices: computed where it is read";
        return KEEP_DISSOLVE;
    }
    if (!cost.costly && at.inside && cost.nodes <= LARGEST_INLINE / 2 && !at.deeper && at.places == 1) {
        *why = "a map";
        return KEEP_DISSOLVE;
    }
    *why = !at.inside ? "read at indices that may be out of range" : "a map that several nests or inner loops read";
    return KEEP_ROOT;
}

static void decide(Plan *p, Func *f, Node *node, Item *item)
{
    Info *info = plan_info(p, node);
    if (!info->forced) {
        site_find(p, info);
        if (!info->site.n) {
            info->keep = KEEP_NOT;
            info->why = "nobody reads it";
            return;
        }
        info->keep = choose(p, f, node, &info->why);
        if (info->keep != KEEP_ROOT && node->said.source && !node->said.source->library) {
            info->keep = KEEP_ROOT;
            info->why = "the program says it";
        }
    } else {
        info->keep = KEEP_ROOT;
    }
    if (info->keep == KEEP_ROOT) {
        member_root(p, f, node, item);
    } else if (info->keep == KEEP_LOCAL) {
        member_local(p, node);
    }
}

void store_decide(Plan *p, Func *f)
{
    for (int i = 0; i < f->item.n; i++) {
        look_at_item(p, f, &f->item.at[i]);
    }
    for (int i = 0; i < f->result.n; i++) {
        force(p, f->result.at[i], "the function gives it back");
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < p->outputs.n; i++) {
        force(p, p->outputs.at[i], "an output");
    }
    for (int i = 0; f->unit->kind == UNIT_TOP && i < p->next.n; i++) {
        if (p->next.at[i]) {
            force(p, p->next.at[i], "the next value of a state");
        }
    }
    for (int i = 0; i < f->item.n; i++) {
        for (int k = 0; k < f->item.at[i].nodes.n; k++) {
            Node *node = f->item.at[i].nodes.at[k];
            const Node *view = plan_view(p, node);
            Info *info = plan_info(p, node);
            info->heavy |= view->reduce == RED_NONE && reads_parts(p, view->body);
        }
    }
    for (int i = f->item.n - 1; i >= 0; i--) {
        Item *item = &f->item.at[i];
        for (int k = item->nodes.n - 1; k >= 0; k--) {
            decide(p, f, item->nodes.at[k], item);
        }
    }
}
