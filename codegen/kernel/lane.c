#include "lane.h"

#include "../match/kernel_use.h"
#include "lane_inner.h"

#include <string.h>

void *lane_refuse(Lane *l, const char *reason)
{
    l->reason = l->reason ? l->reason : reason;
    return NULL;
}

Str lane_param(Lane *l, const Node *node, int writes)
{
    Plan *p = l->pr->p;
    if (l->trial) {
        return str_of("x");
    }
    Str place = place_of(l->pr, node);
    for (int i = 0; i < l->params->n; i++) {
        if (l->params->at[i].place == place) {
            l->params->at[i].writes |= writes;
            return l->params->at[i].word;
        }
    }
    const char *last = place;
    for (const char *c = place; *c; c++) {
        last = *c == '>' || *c == '.' ? c + 1 : last;
    }
    Str word = name_fresh(p, l->words, l->locals, last);
    vec_push(p->arena, *l->params,
             ((KernelParam){place, word, node->kind == NODE_PARAM ? param_ctype(p, node) : store_ctype(p, node, NULL), writes}));
    return word;
}

/* ---- indices ------------------------------------------------------------------------------------------------------------------------- */

enum { LANES = 16 /* most of them in any tier */ };

const Coord *lane_coord(const Lane *l, const Var *var)
{
    for (int i = 0; i < l->coords; i++) {
        if (var_among(&l->coord[i].vars, var)) {
            return &l->coord[i];
        }
    }
    return NULL;
}

int lane_stays(const Coord *c)
{
    const Dim *last = c->vars.n ? c->vars.at[c->vars.n - 1]->dim : NULL;
    return c->vars.n < 2 || (!dim_is_ragged(last) && last->length % LANES == 0);
}

int lane_varies(const Lane *l, const Expr *e)
{
    for (int i = 0; i < l->coords; i++) {
        const Coord *c = &l->coord[i];
        for (int v = lane_stays(c) ? c->vars.n - 1 : 0; c->lane && v >= 0 && v < c->vars.n; v++) {
            if (expr_uses(e, c->vars.at[v])) {
                return 1;
            }
        }
    }
    return 0;
}

static int64_t within(const Coord *c, int v)
{
    int64_t n = 1;
    for (int i = v + 1; i < c->vars.n; i++) {
        n *= dim_is_ragged(c->vars.at[i]->dim) ? 1 : c->vars.at[i]->dim->length;
    }
    return n;
}

int lane_raggeds(const Coord *c)
{
    int n = 0;
    while (n < c->vars.n && dim_is_ragged(c->vars.at[n]->dim)) {
        n++;
    }
    return n;
}

const char *lane_quotient(Arena *arena, const char *text, int64_t by)
{
    return by > 1 ? arena_printf(arena, "%s / %lld", text, (long long)by) : text;
}

/* One of several ragged indices, which count rows together. Their places are "m_place", "m_place2" and so on. */
static Str part_of_rows(Lane *l, const Coord *c, int v, Row row)
{
    Arena *arena = l->pr->p->arena;
    if (row == ROW_OF_ALL) { /* the last one counts them */
        return v + 1 < lane_raggeds(c) ? str_of("0") : str_of(arena_printf(arena, "(%s)", lane_quotient(arena, c->word, within(c, v))));
    }
    if (!c->inside || c->lane) {
        return lane_refuse(l, "a read at the place in the sequence, which rows do not know");
    }
    Str place = v ? str_of(arena_printf(arena, "%s%d", c->inside, v + 1)) : c->inside;
    Str begin = row == ROW_OF_BATCH ? lane_begin(l, c->vars.at[v]->dim) : NULL;
    return row == ROW_OF_SEQUENCE ? place : begin ? str_of(arena_printf(arena, "(%s + %s)", begin, place)) : NULL;
}

Str lane_part(Lane *l, const Coord *c, int v, Row row)
{
    Arena *arena = l->pr->p->arena;
    const Dim *dim = c->vars.at[v]->dim;
    const int ragged = dim_is_ragged(dim);
    if (ragged && lane_raggeds(c) > 1) {
        return part_of_rows(l, c, v, row);
    }
    if (ragged && row == ROW_OF_SEQUENCE) {
        return !c->inside || c->lane ? lane_refuse(l, "a read at the place in the sequence, which rows do not know")
               : c->vars.n == 1      ? c->inside
                                     : str_of(arena_printf(arena, "(%s)", lane_quotient(arena, c->inside, within(c, v))));
    }
    if (!c->word || (c->vars.n == 1 && !c->rows)) {
        return c->word ? c->word : lane_refuse(l, "an index by itself");
    }
    const int64_t inner = within(c, v);
    const char *text = lane_quotient(arena, c->word, inner);
    return str_of(!ragged && dim->length > 0 && (v || c->rows) ? arena_printf(arena, "(%s %% %lld)", text, (long long)dim->length)
                                                               : arena_printf(arena, "(%s)", text));
}

Str lane_part_of_lanes(Lane *l, const Coord *c, int v)
{
    Arena *arena = l->pr->p->arena;
    const int64_t inner = within(c, v), length = c->vars.at[v]->dim->length;
    if (dim_is_ragged(c->vars.at[0]->dim) || within(c, -1) > LANE_EXACT) {
        return lane_refuse(l, "an index that is one of several in the lanes");
    }
    if (within(c, -1) == 0) {
        return str_of("visplat(0)");
    }
    const char *all = arena_printf(arena, "(viota() + visplat((int32_t)%s))", c->word);
    const char *outer = inner == 1 ? all : arena_printf(arena, "vidiv_near(%s, %lld)", all, (long long)inner);
    return str_of(v == 0 ? outer
                         : arena_printf(arena, "(%s - vidiv_near(%s, %lld) * visplat(%lld))", outer, all, (long long)inner * length,
                                        (long long)length));
}

/* ---- values that are the same in all lanes ------------------------------------------------------------------------------------------- */

static Str scalar_read(Lane *l, const Expr *e)
{
    Address at;
    if (!lane_address(l, e->node, e->kid, 0, &at)) {
        return NULL;
    }
    if (at.lane || at.index || at.mask) {
        return lane_refuse(l, "an index by data that differs between lanes");
    }
    Str other = !at.guard ? NULL : e->otherwise ? lane_scalar(l, e->otherwise) : str_of("0");
    return !at.guard ? at.element : other ? str_of(arena_printf(l->pr->p->arena, "(%s ? %s : %s)", at.guard, at.element, other)) : NULL;
}

int lane_is_number_of_table(const Expr *e)
{
    const Expr *table = e->kind == EX_OP && e->op == OP_TO_INT ? e->kid[0] : NULL;
    return table && table->kind == EX_READ && table->node->kind == NODE_PARAM && !table->otherwise;
}

/* One of runtime/core, by name. */
static Str small_function(const Lane *l, const char *name)
{
    return l->trial ? str_of(name) : use_part(l->pr->p, name);
}

/* div and mod round down; the divisor is a positive constant, or a length. */
static Str scalar_quotient(Lane *l, const Expr *e, Str a)
{
    Arena *arena = l->pr->p->arena;
    const Expr *by = e->kid[1];
    int64_t low, high;
    if (by->kind != EX_CONST) {
        Str b = expr_range(by, &low, &high) && low >= 0 ? lane_scalar(l, by) : lane_refuse(l, "a division by what may be negative");
        return !b ? NULL
                  : str_of(arena_printf(arena, "%s((int32_t)%s, (int32_t)%s)", small_function(l, e->op == OP_MOD ? "i32_mod" : "i32_div"),
                                        a, b));
    }
    if (by->integer < 1) {
        return lane_refuse(l, "a division by what is no constant");
    }
    const long long n = (long long)by->integer;
    if (expr_range(e->kid[0], &low, &high) && low >= 0) {
        return str_of(arena_printf(arena, e->op == OP_MOD ? "(%s %% %lld)" : "(%s / %lld)", a, n));
    }
    const char *rest = arena_printf(arena, "((%s %% %lld + %lld) %% %lld)", a, n, n, n);
    return str_of(e->op == OP_MOD ? rest : arena_printf(arena, "((%s - %s) / %lld)", a, rest, n));
}

static Str scalar_op(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (e->op == OP_BOOL_INT) {
        Str is = lane_condition(l, e->kid[0]);
        return is ? str_of(arena_printf(arena, "(%s)", is)) : NULL;
    }
    if (lane_is_number_of_table(e)) {
        Str number = scalar_read(l, e->kid[0]);
        return number ? str_of(arena_printf(arena, "((int32_t)%s)", number)) : NULL;
    }
    if (e->type != T_INT || e->kid[0]->type != T_INT || e->op == OP_POW) {
        return lane_refuse(l, "a formula of ints");
    }
    Str a = lane_scalar(l, e->kid[0]), b = a && e->n > 1 ? lane_scalar(l, e->kid[1]) : NULL;
    if (!a || (e->n > 1 && !b)) {
        return NULL;
    }
    switch ((int)e->op) {
    case OP_ADD:
    case OP_SUB:
    case OP_MUL: return str_of(arena_printf(arena, "(%s %s %s)", a, op_table[e->op].name, b));
    case OP_MIN:
    case OP_MAX: {
        Str word = small_function(l, e->op == OP_MIN ? "i32_min" : "i32_max");
        return str_of(arena_printf(arena, "%s((int32_t)%s, (int32_t)%s)", word, a, b));
    }
    case OP_NEG: return str_of(arena_printf(arena, "(-%s)", a));
    case OP_ABS: return str_of(arena_printf(arena, "%s((int32_t)%s, -(int32_t)%s)", small_function(l, "i32_max"), a, a));
    case OP_IDIV:
    case OP_MOD: return scalar_quotient(l, e, a);
    default: return lane_refuse(l, "a formula of ints");
    }
}

Str lane_scalar(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    switch (e->kind) {
    case EX_CONST:
        return e->type == T_REAL ? real_text(l->pr->p, e->real, 1) : str_of(arena_printf(arena, "%lld", (long long)e->integer));
    case EX_VAR: {
        const Coord *c = lane_coord(l, e->var);
        return c && !lane_varies(l, e) ? lane_part(l, c, var_index(&c->vars, e->var), ROW_OF_SEQUENCE)
                                       : lane_refuse(l, "an index by itself");
    }
    case EX_READ: return scalar_read(l, e);
    case EX_OP: return scalar_op(l, e);
    case EX_LEN: return lane_length(l, e->dim);
    case EX_SELECT: {
        Str is = lane_condition(l, e->kid[0]), yes = is ? lane_scalar(l, e->kid[1]) : NULL, no = yes ? lane_scalar(l, e->kid[2]) : NULL;
        return no ? str_of(arena_printf(arena, "(%s ? %s : %s)", is, yes, no)) : NULL;
    }
    case EX_POS: return lane_place(l, e);
    }
    return lane_refuse(l, "a place in another dim");
}
