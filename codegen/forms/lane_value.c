/* Values of a kernel as vectors: reals, ints, conditions. */
#include "lane.h"
#include "lane_inner.h"

#include <math.h>

static void *refuse(Lane *l, const char *reason)
{
    return lane_refuse(l, reason);
}

typedef enum { AS_INFIX = 1, AS_WORD } Spelling;

static const struct {
    Spelling as;
    const char *text;
} word_table[OP_COUNT_] = {
    [OP_ADD] = {AS_INFIX, "+"},   [OP_SUB] = {AS_INFIX, "-"},   [OP_MUL] = {AS_INFIX, "*"},   [OP_DIV] = {AS_WORD, "vdiv"},
    [OP_MIN] = {AS_WORD, "vmin"}, [OP_MAX] = {AS_WORD, "vmax"}, [OP_ABS] = {AS_WORD, "vabs"}, [OP_EXP] = {AS_WORD, "vexp"},
    [OP_LOG] = {AS_WORD, "vlog"}, [OP_ERF] = {AS_WORD, "verf"}, [OP_TANH] = {AS_WORD, "vtanh"}, [OP_SQRT] = {AS_WORD, "vsqrt"},
    [OP_LOG1P] = {AS_WORD, "vlog1p"}, [OP_EXPM1] = {AS_WORD, "vexpm1"}, [OP_POW] = {AS_WORD, "vpow"},
    [OP_SIN] = {AS_WORD, "vsin"},   [OP_FLOOR] = {AS_WORD, "vfloor"}, [OP_CEIL] = {AS_WORD, "vceil"}, [OP_ROUND] = {AS_WORD, "vround"},
    [OP_TRUNC] = {AS_WORD, "vtrunc"}, [OP_SIGN] = {AS_WORD, "vsign"}, [OP_COS] = {AS_WORD, "vcos"},
    [OP_LT] = {AS_WORD, "vlt"},   [OP_LE] = {AS_WORD, "vle"},   [OP_EQ] = {AS_WORD, "veq"},
};

static const struct {
    Spelling as;
    const char *text;
} int_table[OP_COUNT_] = {
    [OP_ADD] = {AS_INFIX, "+"},    [OP_SUB] = {AS_INFIX, "-"},    [OP_MUL] = {AS_INFIX, "*"},    [OP_NEG] = {AS_INFIX, "-"},
    [OP_MIN] = {AS_WORD, "vimin"}, [OP_MAX] = {AS_WORD, "vimax"}, [OP_ABS] = {AS_WORD, "viabs"},
};

int lane_varies(const Lane *l, const Expr *e)
{
    for (int i = 0; i < l->coords; i++) {
        for (int v = 0; l->coord[i].lane && v < l->coord[i].vars.n; v++) {
            if (expr_uses(e, l->coord[i].vars.at[v])) {
                return 1;
            }
        }
    }
    return 0;
}

/* By a number above 0: of a power of two bits, else in float. */
static Str divided(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    const int64_t by = e->kid[1]->kind == EX_CONST ? e->kid[1]->integer : 0, near = 1 << 21;
    int64_t low, high;
    unsigned shift = 0;
    const int known = expr_range(e->kid[0], &low, &high), bits = by > 0 && (by & (by - 1)) == 0 && (e->op == OP_MOD || (known && low >= 0));
    if (by <= 0 || by >= 1 << 20) {
        return refuse(l, "a division of ints that differs between lanes");
    }
    while ((int64_t)1 << shift < by) {
        shift++;
    }
    Str a = lane_int(l, e->kid[0]);
    const char *text = !a     ? NULL
                       : bits ? e->op == OP_MOD ? arena_printf(arena, "(%s & visplat(%lld))", a, (long long)by - 1)
                                                : arena_printf(arena, "vshr(%s, %u)", a, shift)
                              : arena_printf(arena, "%s%s(%s, %lld)", e->op == OP_MOD ? "vimod" : "vidiv",
                                             known && low >= -near && high <= near ? "_near" : "", a, (long long)by);
    return text ? str_of(text) : NULL;
}

static Str int_op(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (e->op == OP_IDIV || e->op == OP_MOD) {
        return divided(l, e);
    }
    if (e->op == OP_BOOL_INT) {
        Str mask = lane_mask(l, e->kid[0]);
        return mask ? str_of(arena_printf(arena, "viselect(%s, visplat(1), visplat(0))", mask)) : NULL;
    }
    const char *text = int_table[e->op].text;
    Str a = int_table[e->op].as ? lane_int(l, e->kid[0]) : refuse(l, "a formula of ints that differs between lanes");
    Str b = a && e->n == 2 ? lane_int(l, e->kid[1]) : NULL;
    if (!a || (e->n == 2 && !b)) {
        return NULL;
    }
    return str_of(int_table[e->op].as == AS_INFIX
                      ? b ? arena_printf(arena, "(%s %s %s)", a, text, b) : arena_printf(arena, "(%s%s)", text, a)
                  : b ? arena_printf(arena, "%s(%s, %s)", text, a, b)
                      : arena_printf(arena, "%s(%s)", text, a));
}

Str lane_int(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (!lane_varies(l, e)) {
        Str word = lane_scalar(l, e);
        return word ? str_of(arena_printf(arena, "visplat((int32_t)%s)", word)) : NULL;
    }
    if (e->kind == EX_VAR) {
        const Coord *c = lane_coord(l, e->var);
        if (c->vars.n != 1) {
            return refuse(l, "an index that is one of several in the lanes");
        }
        return dim_is_ragged(e->var->dim) ? c->inside ? c->inside : refuse(l, "the place in the sequence, which rows do not know")
                                          : str_of(arena_printf(arena, "(viota() + visplat((int32_t)%s))", c->word));
    }
    if (e->kind == EX_READ && !e->otherwise && ctype_of(l->pr->p, e->node) == C_I32) {
        Address at;
        if (!lane_address(l, e->node, e->kid, 0, &at)) {
            return NULL;
        }
        if (!at.index && at.lane == 1 && !at.guard && !at.mask) {
            return str_of(l->left ? arena_printf(arena, "viload_n(%s, %s)", at.pointer, l->left)
                                  : arena_printf(arena, "viload(%s)", at.pointer));
        }
        return refuse(l, "ints that are chosen lane by lane");
    }
    if (e->kind == EX_SELECT) {
        Str mask = lane_mask(l, e->kid[0]), yes = mask ? lane_int(l, e->kid[1]) : NULL, no = yes ? lane_int(l, e->kid[2]) : NULL;
        return no ? str_of(arena_printf(arena, "viselect(%s, %s, %s)", mask, yes, no)) : NULL;
    }
    if (e->kind == EX_OP) {
        return int_op(l, e);
    }
    return refuse(l, "a formula of ints that differs between lanes");
}

static Str known_word(const Lane *l, const Expr *read)
{
    for (int i = 0; i < l->known.n; i++) {
        const Known *k = &l->known.at[i];
        int same = k->node == read->node;
        for (int a = 0; same && a < read->n; a++) {
            same = read->kid[a]->kind == EX_VAR && a < k->at.n && read->kid[a]->var == k->at.at[a];
        }
        if (same) {
            return k->word;
        }
    }
    return NULL;
}

static Str loaded(Lane *l, const Address *at, CType type)
{
    Arena *arena = l->pr->p->arena;
    if (type != C_F32) { /* what decides something is in double: one number for all lanes is taken as a float */
        return at->lane || at->index || at->mask ? refuse(l, "a read in double precision")
                                                 : str_of(arena_printf(arena, "vsplat((float)%s)", at->element));
    }
    const char *mask = !at->mask || !l->left ? at->mask : arena_printf(arena, "vand(%s, vfirst(%s))", at->mask, l->left);
    if (at->index) {
        return str_of(mask ? arena_printf(arena, "vgather_if(%s, %s, %s)", mask, at->pointer, at->index)
                           : arena_printf(arena, "vgather(%s, %s)", at->pointer, at->index));
    }
    if (mask) {
        return at->lane == 1 ? str_of(arena_printf(arena, "vload_if(%s, %s)", mask, at->pointer))
                             : refuse(l, "lanes that are not neighbours in memory");
    }
    if (at->lane == 0) {
        return str_of(arena_printf(arena, "vsplat(%s)", at->element));
    }
    if (at->lane != 1) {
        return refuse(l, "lanes that are not neighbours in memory");
    }
    return str_of(l->left ? arena_printf(arena, "vload_n(%s, %s)", at->pointer, l->left) : arena_printf(arena, "vload(%s)", at->pointer));
}

static Str real_read(Lane *l, const Expr *e)
{
    Address at;
    Str word = known_word(l, e);
    if (word) {
        return word;
    }
    const CType type = ctype_of(l->pr->p, e->node);
    if (type != C_F32 && type != C_F64) {
        return refuse(l, "a read in double precision");
    }
    Str value = lane_address(l, e->node, e->kid, 0, &at) ? loaded(l, &at, type) : NULL;
    Str other = value && (at.guard || at.mask) && e->otherwise ? lane_real(l, e->otherwise) : str_of("vsplat(0.0f)");
    if (value && at.mask && e->otherwise && other) {
        value = str_of(arena_printf(l->pr->p->arena, "vselect(%s, %s, %s)", at.mask, value, other));
    }
    return !value || !other ? NULL : at.guard ? str_of(arena_printf(l->pr->p->arena, "(%s ? %s : %s)", at.guard, value, other)) : value;
}

/* Of a power that quarters make up, up to four: a product of roots. NULL: it is none. */
static Str roots(Arena *arena, Str a, double power)
{
    const double quarters = fabs(power) * 4;
    if (!(quarters > 0) || quarters > 16 || quarters != floor(quarters)) {
        return NULL;
    }
    const int n = (int)quarters;
    const char *all = n % 4 == 1   ? arena_printf(arena, "vsqrt(vsqrt(%s))", a)
                      : n % 4 == 2 ? arena_printf(arena, "vsqrt(%s)", a)
                      : n % 4 == 3 ? arena_printf(arena, "vsqrt(%s) * vsqrt(vsqrt(%s))", a, a)
                                   : NULL;
    for (int i = 0; i < n / 4; i++) {
        all = all ? arena_printf(arena, "%s * %s", all, a) : a;
    }
    return str_of(arena_printf(arena, power < 0 ? "vrecip(%s)" : "(%s)", all));
}

static Str real_op(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    double power;
    if (e->op == OP_TO_REAL) {
        return lane_real(l, e->kid[0]);
    }
    Str a = lane_real(l, e->kid[0]), b = a && e->n > 1 ? lane_real(l, e->kid[1]) : NULL;
    if (!a || (e->n > 1 && !b)) {
        return NULL;
    }
    if (e->op == OP_NEG) {
        return str_of(arena_printf(arena, "(-%s)", a));
    }
    if (e->op == OP_POW && expr_is_const(e->kid[1], &power) && power == 2.0) {
        return str_of(arena_printf(arena, "(%s * %s)", a, a));
    }
    Str root = e->op == OP_POW && expr_is_const(e->kid[1], &power) ? roots(arena, a, power) : NULL;
    if (root) {
        return root;
    }
    switch (word_table[e->op].as) {
    case AS_INFIX: return str_of(arena_printf(arena, "(%s %s %s)", a, word_table[e->op].text, b));
    case AS_WORD: return str_of(arena_printf(arena, b ? "%s(%s, %s)" : "%s(%s)", word_table[e->op].text, a, b));
    }
    return refuse(l, arena_printf(arena, "the function %s", op_table[e->op].name));
}

Str lane_real(Lane *l, const Expr *e)
{
    Plan *p = l->pr->p;
    if (e->type == T_BOOL) {
        Str mask = lane_mask(l, e);
        return mask ? str_of(arena_printf(p->arena, "vselect(%s, vsplat(1.0f), vsplat(0.0f))", mask)) : NULL;
    }
    if (e->type != T_REAL) {
        Str number = lane_varies(l, e) ? lane_int(l, e) : lane_scalar(l, e);
        return number ? str_of(arena_printf(p->arena, lane_varies(l, e) ? "vfloat(%s)" : "vsplat((float)%s)", number)) : NULL;
    }
    switch (e->kind) {
    case EX_CONST: return str_of(arena_printf(p->arena, "vsplat(%s)", real_text(p, e->real, 0)));
    case EX_READ: return real_read(l, e);
    case EX_OP: return real_op(l, e);
    case EX_SELECT: {
        const char *before = l->reason;
        Str same = lane_varies(l, e->kid[0]) ? NULL : lane_condition(l, e->kid[0]); /* in all lanes */
        l->reason = same ? l->reason : before;
        if (same) {
            Str yes = lane_real(l, e->kid[1]), no = yes ? lane_real(l, e->kid[2]) : NULL;
            return no ? str_of(arena_printf(p->arena, "(%s ? %s : %s)", same, yes, no)) : NULL;
        }
        Str mask = lane_mask(l, e->kid[0]), yes = mask ? lane_real(l, e->kid[1]) : NULL, no = yes ? lane_real(l, e->kid[2]) : NULL;
        return no ? str_of(arena_printf(p->arena, "vselect(%s, %s, %s)", mask, yes, no)) : NULL;
    }
    case EX_VAR:
    case EX_LEN:
    case EX_POS: break;
    }
    return refuse(l, "a formula of ints");
}

Str lane_mask(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    if (e->kind == EX_OP && (e->op == OP_AND || e->op == OP_OR)) {
        Str a = lane_mask(l, e->kid[0]), b = a ? lane_mask(l, e->kid[1]) : NULL;
        return b ? str_of(arena_printf(arena, "%s(%s, %s)", e->op == OP_AND ? "vand" : "vor", a, b)) : NULL;
    }
    if (e->kind == EX_OP && e->op == OP_NOT) {
        Str a = lane_mask(l, e->kid[0]);
        return a ? str_of(arena_printf(arena, "vnot(%s)", a)) : NULL;
    }
    if (e->kind == EX_OP && e->n == 2 && e->kid[0]->type == T_REAL && e->kid[1]->type == T_REAL) {
        Str a = lane_real(l, e->kid[0]), b = a ? lane_real(l, e->kid[1]) : NULL;
        return !b ? NULL
                  : str_of(e->op == OP_NE ? arena_printf(arena, "vnot(veq(%s, %s))", a, b)
                                          : arena_printf(arena, "%s(%s, %s)", word_table[e->op].text, a, b));
    }
    if (e->kind == EX_CONST) {
        return str_of(arena_printf(arena, "vwhether(%d)", e->integer != 0));
    }
    if (e->kind == EX_OP && e->n == 2 && e->kid[0]->type != T_REAL && e->kid[1]->type != T_REAL) {
        const char *word = e->op == OP_LT ? "vilt" : e->op == OP_LE ? "vile" : e->op == OP_EQ || e->op == OP_NE ? "vieq" : NULL;
        Str a = word ? lane_int(l, e->kid[0]) : NULL, b = a ? lane_int(l, e->kid[1]) : NULL;
        return !b ? refuse(l, "a condition of this kind")
                  : str_of(arena_printf(arena, e->op == OP_NE ? "vnot(%s(%s, %s))" : "%s(%s, %s)", word, a, b));
    }
    if (e->kind == EX_READ && e->type == T_BOOL && !lane_varies(l, e)) {
        Str word = lane_scalar(l, e);
        return word ? str_of(arena_printf(arena, "vwhether(%s)", word)) : NULL;
    }
    return refuse(l, "a condition of this kind");
}
