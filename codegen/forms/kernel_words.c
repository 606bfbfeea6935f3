/* What single forms ask for: how a reduction goes on, the sides of the dot product in a score, where a condition holds. */
#include "kernel_holes.h"
#include "kernel_use.h"

#include <string.h>

/* ---- reductions ---------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *start, *join, *over; /* join NULL: + */
} reduce_table[] = {
    [RED_SUM] = {"vsplat(0.0f)", NULL, "vsum"},
    [RED_MAX] = {"(-vof_bits(visplat(0x7F800000)))", "vmax", "vhigh"},
    [RED_MIN] = {"vof_bits(visplat(0x7F800000))", "vmin", "vlow"},
};

static const char *reduction(Filling *with, Str name, const Str *argument, int arguments)
{
    const int part = with->part < 0 ? 0 : with->part;
    const Reduce reduce = with->k->part.at[part].result->reduce;
    const int starts = strcmp(name, "start") == 0, joins = strcmp(name, "join") == 0 && arguments == 2;
    if (!starts && !joins && (strcmp(name, "over") != 0 || arguments != 1)) {
        return NULL;
    }
    if (reduce != RED_SUM && reduce != RED_MAX && reduce != RED_MIN) {
        return filling_refuse(with, "a reduction of this kind");
    }
    if (with->k->part.at[part].result->type != T_REAL) {
        return filling_refuse(with, "a reduction of ints");
    }
    if (starts) {
        return reduce_table[reduce].start;
    }
    if (joins && !reduce_table[reduce].join) {
        return arena_printf(with->p->arena, "%s + %s", argument[0], argument[1]);
    }
    return joins ? arena_printf(with->p->arena, "%s(%s, %s)", reduce_table[reduce].join, argument[0], argument[1])
                 : arena_printf(with->p->arena, "%s(%s)", reduce_table[reduce].over, argument[0]);
}

/* ---- dot products -------------------------------------------------------------------------------------------------------------------- */

static const Expr *find_read(const Expr *e, const Node *node)
{
    if (e->kind == EX_READ && e->node == node) {
        return e;
    }
    for (int i = 0; i < e->n; i++) {
        const Expr *found = find_read(e->kid[i], node);
        if (found) {
            return found;
        }
    }
    return NULL;
}

void kernel_find_dot(Filling *with)
{
    const int hole = form_hole(with->k->form, "$s");
    if (hole < 0 || with->k->inside.n != 1) {
        return;
    }
    with->dot = find_read(with->k->part.at[0].bind[hole].value, with->k->inside.at[0]);
    for (int i = 0; with->dot && i < with->dot->n; i++) {
        if (with->dot->kid[i]->kind != EX_VAR) {
            with->dot = NULL;
            return;
        }
        vec_push(with->p->arena, with->dot_at, with->dot->kid[i]->var);
    }
}

static int uses_role(const Expr *e, const VarList *vars)
{
    for (int i = 0; i < vars->n; i++) {
        if (expr_uses(e, vars->at[i])) {
            return 1;
        }
    }
    return 0;
}

/* Factors of the product that read the keys, or all others. */
static Expr *side(Filling *with, Expr *e, const VarList *queries, const VarList *keys, int of_keys, int *mixed)
{
    Graph *g = with->p->graph;
    if (e->kind == EX_OP && e->op == OP_MUL) {
        Expr *a = side(with, e->kid[0], queries, keys, of_keys, mixed), *b = side(with, e->kid[1], queries, keys, of_keys, mixed);
        return a && b ? expr_op(g, OP_MUL, a, b, e->span) : a ? a : b;
    }
    const int query = uses_role(e, queries), key = uses_role(e, keys);
    *mixed |= query && key;
    return key == of_keys ? e : NULL;
}

static const char *side_hole(Filling *with, Lane *l, int of_keys, Str argument)
{
    const Part *part = &with->k->part.at[0];
    const int q = form_role(with->k->form, 'q'), u = form_role(with->k->form, 'u');
    const VarList none = {0}, *queries = q < 0 ? &none : &part->role[q];
    int mixed = 0;
    if (!with->dot) {
        return with->k->inside.n ? filling_refuse(with, "a score of several sums") : "vsplat(0.0f)";
    }
    const Node *dot = with->dot->node;
    if (dot->where || dot->reduce != RED_SUM) {
        return filling_refuse(with, "a score whose sum has a condition");
    }
    Expr *body = expr_replace(with->p->graph, dot->body, &dot->free, with->dot->kid);
    Expr *value = side(with, body, queries, &part->role[u], of_keys, &mixed);
    if (mixed) {
        return filling_refuse(with, "a score whose factors read query and key");
    }
    int64_t n = 1;
    for (int i = 0; i < dot->bound.n; i++) {
        n *= dot->bound.at[i]->dim->length;
    }
    Coord *i = &l->coord[l->coords++];
    *i = (Coord){.letter = 'i', .vars = dot->bound, .word = argument, .side = 1, .lane = !filling_by_threads(with)};
    l->left = n % 16 && !filling_by_threads(with) ? arena_printf(with->p->arena, "%lld - %s", (long long)n, argument) : NULL;
    Str text = value ? lane_real(l, value) : str_of("vsplat(1.0f)");
    return text ? text : filling_refuse(with, l->reason);
}

static const char *dot_size(Filling *with)
{
    int64_t n = 1;
    for (int i = 0; with->dot && i < with->dot->node->bound.n; i++) {
        n *= with->dot->node->bound.at[i]->dim->length;
    }
    const TemplateHole *score = template_hole(with->t, str_of("s"));
    return score && n > score->dot
               ? filling_refuse(with, arena_printf(with->p->arena, "a dot product over more than %d numbers", score->dot))
               : arena_printf(with->p->arena, "%lld", (long long)n);
}

/* ---- where a condition holds --------------------------------------------------------------------------------------------------------- */

static const char *bound_hole(Filling *with, Lane *l, int low)
{
    const PredicateClass *class = &with->k->part.at[0].predicate;
    const Expr *bound = low ? class->low : class->high;
    if (!bound) {
        return low ? "0" : "keys - 1";
    }
    Str text = lane_scalar(l, bound);
    return text ? text : filling_refuse(with, l->reason);
}

/* ---- sinks --------------------------------------------------------------------------------------------------------------------------- */

static Expr *without(Plan *p, Expr *e, const Node *node)
{
    if (e->kind == EX_READ && e->node == node) {
        return expr_real(p->graph, 0, e->span);
    }
    if (e->kind != EX_OP || (e->op != OP_ADD && e->op != OP_SUB && e->op != OP_NEG && e->op != OP_MUL)) {
        return find_read(e, node) ? NULL : e;
    }
    Expr *a = without(p, e->kid[0], node), *b = a && e->n > 1 ? without(p, e->kid[1], node) : NULL;
    return a && (e->n == 1 || b) ? expr_op(p->graph, e->op, a, b, e->span) : NULL;
}

const Expr *kernel_sink(Plan *p, const Kernel *k, const Part *part)
{
    const Expr *z = part->bind[form_hole(k->form, "$z")].value;
    if (!part->maximum || z->kind != EX_OP || z->op != OP_EXP || !find_read(z->kid[0], part->maximum)) {
        return NULL;
    }
    return without(p, z->kid[0], part->maximum);
}

static int has_sink(const Filling *with)
{
    const int hole = form_hole(with->k->form, "$z");
    double value = 1;
    return hole >= 0 && !(expr_is_const(with->k->part.at[0].bind[hole].value, &value) && value == 0);
}

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

Str lane_condition(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (e->kind == EX_OP && e->n == 2 && (e->op == OP_AND || e->op == OP_OR)) {
        Str a = lane_condition(l, e->kid[0]), b = a ? lane_condition(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "(%s %s %s)", a, e->op == OP_AND ? "&&" : "||", b)) : NULL;
    }
    if (e->kind == EX_OP && e->n == 2 && (e->op == OP_LT || e->op == OP_LE || e->op == OP_EQ || e->op == OP_NE)) {
        const char *word = e->op == OP_LT ? "<" : e->op == OP_LE ? "<=" : e->op == OP_EQ ? "==" : "!=";
        Str a = lane_scalar(l, e->kid[0]), b = a ? lane_scalar(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "%s %s %s", a, word, b)) : NULL;
    }
    if (e->kind == EX_OP && e->op == OP_NOT) {
        Str a = lane_condition(l, e->kid[0]);
        return a ? str_of(arena_printf(arena, "!(%s)", a)) : NULL;
    }
    return lane_scalar(l, e);
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

static const char *number(const Filling *with, int n)
{
    return arena_printf(with->p->arena, "%d", n);
}

const char *form_hole_text(Filling *with, Lane *l, Str name, const Str *argument, int arguments)
{
    const int part = with->part < 0 ? 0 : with->part;
    const char *text = reduction(with, name, argument, arguments);
    if (text) {
        return text;
    }
    if (strcmp(name, "acc") == 0) {
        return part ? arena_printf(with->p->arena, "acc%d", part + 1) : "acc";
    }
    if (strcmp(name, "parts") == 0) {
        return number(with, with->k->part.n);
    }
    if (strcmp(name, "part") == 0) {
        return number(with, part);
    }
    if (strcmp(name, "N_i") == 0) {
        return dot_size(with);
    }
    if ((strcmp(name, "query") == 0 || strcmp(name, "key") == 0) && arguments == 5) {
        return side_hole(with, l, name[0] == 'k', argument[4]);
    }
    if (strcmp(name, "low") == 0 || strcmp(name, "high") == 0) {
        return bound_hole(with, l, name[0] == 'l');
    }
    if (strcmp(name, "down") == 0) {
        return with->k->down ? "1" : "0";
    }
    if (strcmp(name, "exact") == 0) {
        return with->k->part.at[0].predicate.exact ? "1" : "0";
    }
    if (strcmp(name, "wide") == 0) {
        const char *class = with->k->part.at[0].predicate.name;
        return class && strcmp(class, "window") == 0 ? "((NV + 1) / 2)" : "NV";
    }
    return NULL;
}

static int is_part_stored(const Filling *with, const Part *part)
{
    for (int i = 0; i < with->k->stored.n; i++) {
        if (kernel_made_of(with->k, &with->k->stored.at[i], part)) {
            return 1;
        }
    }
    return 0;
}

int form_times(Filling *with, Str name)
{
    const int hole = form_hole(with->k->form, "$p"), part = with->part < 0 ? 0 : with->part;
    if (strcmp(name, "predicate") == 0 && hole >= 0) {
        return with->k->part.at[part].bind[hole].value != NULL;
    }
    if (strcmp(name, "dot") == 0) {
        return with->dot != NULL;
    }
    if (strcmp(name, "sink") == 0) {
        return has_sink(with);
    }
    if (strcmp(name, "stored") == 0) {
        return is_part_stored(with, &with->k->part.at[part]);
    }
    const TemplateHole *store = template_hole(with->t, str_of("store"));
    const int lanes = store ? form_role(with->k->form, store->lanes) : -1;
    if (lanes < 0) {
        return -1;
    }
    const VarList *vars = &with->k->part.at[0].role[lanes];
    if (strcmp(name, "partial") == 0) {
        int64_t n = 1;
        for (int i = 0; i < vars->n; i++) {
            n *= vars->at[i]->dim->length;
        }
        return n % 16 != 0;
    }
    if (strcmp(name, "columns") == 0) {
        for (int i = 0; i < with->k->stored.n; i++) {
            for (int v = 0; v < vars->n; v++) {
                if (var_among(&with->k->stored.at[i].axes, vars->at[v])) {
                    return 1;
                }
            }
        }
        return 0;
    }
    return -1;
}
