/* Values of a kernel as vectors: reals, conditions. */
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

const char *lane_offsets(Lane *l, const Address *at)
{
    Arena *arena = l->pr->p->arena;
    if (!at->lane && at->index) {
        return at->index;
    }
    const char *steps = at->lane == 1 ? "viota()" : arena_printf(arena, "viota() * visplat(%lld)", (long long)at->lane);
    return at->index ? arena_printf(arena, "%s + %s", at->index, steps) : at->lane ? steps : "visplat(0)";
}

/* Lane by lane, where lanes are not neighbours or some of them are not there. */
static Str gathered(Lane *l, const Address *at, const char *mask)
{
    Arena *arena = l->pr->p->arena;
    const char *index = lane_offsets(l, at);
    if (at->left) {
        mask = mask ? arena_printf(arena, "vand(vfirst(%s), %s)", at->left, mask) : arena_printf(arena, "vfirst(%s)", at->left);
    }
    return str_of(mask ? arena_printf(arena, "vgather_if(%s, %s, %s)", mask, at->pointer, index)
                       : arena_printf(arena, "vgather(%s, %s)", at->pointer, index));
}

static Str loaded(Lane *l, const Address *at)
{
    Arena *arena = l->pr->p->arena;
    const int apart = (at->lane && at->lane != 1) || (at->mask && !at->lane);
    if (apart && !l->apart && !at->index) {
        return refuse(l, "lanes that are not neighbours in memory");
    }
    if (at->index || apart) {
        return gathered(l, at, at->mask);
    }
    if (at->mask) {
        const char *mask = at->left ? arena_printf(arena, "vand(%s, vfirst(%s))", at->mask, at->left) : at->mask;
        return str_of(arena_printf(arena, "vload_if(%s, %s)", mask, at->pointer));
    }
    if (at->lane == 0) {
        return str_of(arena_printf(arena, "vsplat(%s)", at->element));
    }
    return str_of(at->left ? arena_printf(arena, "vload_n(%s, %s)", at->pointer, at->left) : arena_printf(arena, "vload(%s)", at->pointer));
}

/* What decides something is kept in double precision; here it is a number as others. */
static Str loaded_double(Lane *l, const Address *at)
{
    Arena *arena = l->pr->p->arena;
    if (at->index || at->mask || (at->lane && at->lane != 1)) {
        return refuse(l, "a read in double precision, lane by lane");
    }
    if (!at->lane) {
        return str_of(arena_printf(arena, "vsplat((float)%s)", at->element));
    }
    return str_of(at->left ? arena_printf(arena, "vload_f64_n(%s, %s)", at->pointer, at->left)
                           : arena_printf(arena, "vload_f64(%s)", at->pointer));
}

static Str real_read(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    Address at;
    const Known *known = lane_known(l, e);
    if (known) {
        return known->word;
    }
    const CType type = ctype_of(l->pr->p, e->node);
    if (type != C_F32 && type != C_F64) {
        return refuse(l, "a real that is no float");
    }
    Str value = !lane_address(l, e->node, e->kid, 0, &at) ? NULL : type == C_F64 ? loaded_double(l, &at) : loaded(l, &at);
    Str other = value && (at.guard || at.mask) && e->otherwise ? lane_real(l, e->otherwise) : str_of("vsplat(0.0f)");
    if (value && at.mask && e->otherwise && other) {
        value = str_of(arena_printf(arena, "vselect(%s, %s, %s)", at.mask, value, other));
    }
    return !value || !other ? NULL : at.guard ? str_of(arena_printf(arena, "(%s ? %s : %s)", at.guard, value, other)) : value;
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

/* Whether 1 over it is no infinity unless it is 0 itself: a root of the smallest number is far from that. */
static int is_far_from_0(const Expr *e)
{
    const double least = 0x1p-100;
    double number;
    if (expr_is_const(e, &number)) {
        return fabs(number) >= least && fabs(number) <= 1 / least;
    }
    if (e->kind != EX_OP) {
        return 0;
    }
    switch (e->op) {
    case OP_TO_REAL:
    case OP_SQRT: return 1;
    case OP_POW: return expr_is_const(e->kid[1], &number) && number > 0 && number <= 0.5;
    case OP_MAX: return (expr_is_const(e->kid[0], &number) || expr_is_const(e->kid[1], &number)) && number >= least;
    default: return 0;
    }
}

/* What is the same in all lanes divides once for all of them: a product with 1 over it, a last bit away from the quotient. */
static int divides_once(const Lane *l, const Expr *e)
{
    return e->op == OP_DIV && !lane_varies(l, e->kid[1]) && is_far_from_0(e->kid[1]);
}

static int is_product(const Lane *l, const Expr *e)
{
    return e->kind == EX_OP && e->type == T_REAL && (e->op == OP_MUL || divides_once(l, e));
}

static int is_fused(const Lane *l, const Expr *e)
{
    return (e->op == OP_ADD || e->op == OP_SUB) && e->n == 2 && e->type == T_REAL && (is_product(l, e->kid[0]) || is_product(l, e->kid[1]));
}

/* The second factor of a product. */
static Str factor(Lane *l, const Expr *product)
{
    Str b = lane_real(l, product->kid[1]);
    return b && product->op == OP_DIV ? str_of(arena_printf(l->pr->p->arena, "vrecip(%s)", b)) : b;
}

/* A product and what is added, in one. */
static Str fused(Lane *l, const Expr *e)
{
    const int first = is_product(l, e->kid[0]);
    const Expr *product = e->kid[!first];
    const char *word = e->op == OP_ADD ? "vfma" : first ? "vfms" : "vfnma";
    Str a = lane_real(l, product->kid[0]), b = a ? factor(l, product) : NULL, c = b ? lane_real(l, e->kid[first]) : NULL;
    return c ? str_of(arena_printf(l->pr->p->arena, "%s(%s, %s, %s)", word, a, b, c)) : NULL;
}

static Str real_op(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    double power;
    if (e->op == OP_TO_REAL) {
        return lane_real(l, e->kid[0]);
    }
    if (is_fused(l, e)) {
        return fused(l, e);
    }
    if (divides_once(l, e)) {
        Str a = lane_real(l, e->kid[0]), b = a ? factor(l, e) : NULL;
        return b ? str_of(arena_printf(arena, "(%s * %s)", a, b)) : NULL;
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
    if (e->op == OP_POW && expr_is_const(e->kid[1], &power) && fabs(power) <= 2) {
        return str_of(arena_printf(arena, "vpow_by(%s, %s)", a, b));
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
        const int lanes = lane_varies(l, e) || lane_reads_known(l, e);
        Str number = lanes ? lane_int(l, e) : lane_scalar(l, e);
        return number ? str_of(arena_printf(p->arena, lanes ? "vfloat(%s)" : "vsplat((float)%s)", number)) : NULL;
    }
    switch (e->kind) {
    case EX_CONST: return str_of(arena_printf(p->arena, "vsplat(%s)", real_text(p, e->real, 0)));
    case EX_READ: return real_read(l, e);
    case EX_OP: return real_op(l, e);
    case EX_SELECT: {
        const char *before = l->reason;
        Str same = lane_varies(l, e->kid[0]) || lane_reads_known(l, e->kid[0]) ? NULL : lane_condition(l, e->kid[0]); /* in all lanes */
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

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

static int reads_double(const Lane *l, const Expr *e)
{
    int found = e->kind == EX_READ && e->type == T_REAL && !lane_known(l, e) && ctype_of(l->pr->p, e->node) == C_F64;
    for (int i = 0; i < e->n && !found; i++) {
        found = reads_double(l, e->kid[i]);
    }
    return found;
}

/* A side of a comparison in double precision: "s + (ptrdiff_t)m * 8, 1", a pointer and the distance of lanes. */
static Str double_side(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    Address at;
    double number;
    if (expr_is_const(e, &number)) {
        return str_of(arena_printf(arena, "&(const double){%s}, 0", real_text(l->pr->p, number, 1)));
    }
    if (e->kind != EX_READ || ctype_of(l->pr->p, e->node) != C_F64) {
        return refuse(l, "a formula that is compared in double precision");
    }
    if (!lane_address(l, e->node, e->kid, 0, &at)) {
        return NULL;
    }
    if (at.index || at.guard || at.mask || at.left != l->left) {
        return refuse(l, "a read in double precision, lane by lane");
    }
    return str_of(arena_printf(arena, "%s, %lld", at.pointer, (long long)at.lane));
}

/* What decides something is compared as it is computed. */
static Str double_mask(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    const char *before = l->reason;
    Str same = lane_varies(l, e) || lane_reads_known(l, e) ? NULL : lane_condition(l, e);
    if (same) {
        return str_of(arena_printf(arena, "vwhether(%s)", same));
    }
    l->reason = before;
    const char *word = e->op == OP_LT ? "vlt_f64" : e->op == OP_LE ? "vle_f64" : e->op == OP_EQ || e->op == OP_NE ? "veq_f64" : NULL;
    Str a = word ? double_side(l, e->kid[0]) : refuse(l, "a condition of this kind"), b = a ? double_side(l, e->kid[1]) : NULL;
    Str mask = b ? str_of(arena_printf(arena, "%s(%s, %s, %s)", word, a, b, l->left ? l->left : "W")) : NULL;
    return mask && e->op == OP_NE ? str_of(arena_printf(arena, "vnot(%s)", mask)) : mask;
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
    if (e->kind == EX_OP && e->n == 2 && e->kid[0]->type == T_REAL && e->kid[1]->type == T_REAL && reads_double(l, e)) {
        return double_mask(l, e);
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
