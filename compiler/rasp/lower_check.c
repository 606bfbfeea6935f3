/* lower_check.c - what Python would have refused for some inputs: requirements, each with the place it is about */
#include "lower.h"

#include <math.h>

static Expr *op(Lower *l, Op which, Expr *a, Expr *b, Span span)
{
    return expr_op(l->graph, which, a, b, span);
}

static Expr *number(Lower *l, int64_t value, Span span)
{
    return expr_int(l->graph, value, span);
}

static void require(Lower *l, Node *wrong, const char *message, Span span)
{
    const Step step = {.kind = STEP_REQUIRE, .node = wrong, .message = str_of(message), .span = span};
    vec_push(l->graph->arena, l->graph->top->step, step);
}

typedef Expr *Condition(Lower *l, Sop *x, Expr *at);

/* `wrong` at no position. */
static void require_nowhere(Lower *l, Sop *x, Condition *wrong, const char *message)
{
    Var *t = lower_var(l, "t");
    Expr *at = expr_var(l->graph, t, x->span), *where = wrong(l, x, at);
    if (where->kind == EX_CONST && where->integer == 0) {
        return;
    }
    require(l, lower_equation(l, str_of("wrong"), NULL, RED_PICK, t, where, at, number(l, -1, x->span), x->span), message, x->span);
}

/* ---- types ------------------------------------------------------------------------------------------------------------------------- */

/* Some types it may have fail, and not all, which was an error before. */
static int may_fail(const Sop *x)
{
    int fails = 0;
    for (int left = ATOM_BOOL; left <= ATOM_STR; left++) {
        for (int right = ATOM_BOOL; right <= ATOM_STR; right++) {
            const int can = (x->kid[0]->mask >> left & 1) && (x->kids < 2 || (x->kid[1]->mask >> right & 1));
            const int type = x->kids < 2 ? op_type_one(x->op, (AtomType)left) : op_type(x->op, (AtomType)left, (AtomType)right);
            fails |= can && type < 0;
        }
    }
    return fails;
}

static Expr *is_type(Lower *l, Sop *x, Expr *at, AtomType type)
{
    if (!(x->mask >> type & 1)) {
        return expr_bool(l->graph, 0, x->span);
    }
    return op(l, OP_EQ, lower_part(l, x, PART_TAG, at), number(l, type, x->span), x->span);
}

static Expr *types_wrong(Lower *l, Sop *x, Expr *at)
{
    Sop *a = x->kid[0], *b = x->kids > 1 ? x->kid[1] : NULL;
    Expr *str_a = map_is_str(l, a, at), *str_b = b ? map_is_str(l, b, at) : NULL;
    if (!b) {
        return str_a;
    }
    if (x->op == ROP_ADD || op_is_compare(x->op)) {
        return op(l, OP_NE, expr_to(l->graph, str_a, T_INT), expr_to(l->graph, str_b, T_INT), x->span);
    }
    if (x->op != ROP_MUL) {
        return op(l, OP_OR, str_a, str_b, x->span);
    }
    Expr *both = op(l, OP_AND, str_a, str_b, x->span), *broken_b = op(l, OP_AND, str_a, is_type(l, b, at, ATOM_FLOAT), x->span),
         *broken_a = op(l, OP_AND, str_b, is_type(l, a, at, ATOM_FLOAT), x->span);
    return op(l, OP_OR, both, op(l, OP_OR, broken_a, broken_b, x->span), x->span);
}

/* A sequence is all strings, or all numbers (bools count as such). */
static Expr *mixed(Lower *l, Sop *x, Expr *at)
{
    Expr *here = map_is_str(l, x, at), *first = map_is_str(l, x, number(l, 0, x->span));
    return op(l, OP_NE, expr_to(l->graph, here, T_INT), expr_to(l->graph, first, T_INT), x->span);
}

static void check_types(Lower *l, Sop *x)
{
    if (x->kind == SOP_MAP && may_fail(x)) {
        const char *a = mask_name(l->p->arena, x->kid[0]->mask), *b = x->kids > 1 ? mask_name(l->p->arena, x->kid[1]->mask) : NULL;
        require_nowhere(l, x, types_wrong,
                        b ? arena_printf(l->p->arena, "'%s' cannot take all of this: %s, and %s", rasp_op_name[x->op], a, b)
                          : arena_printf(l->p->arena, "'%s' cannot take a string", rasp_op_name[x->op]));
    }
    const int chooses = x->kind == SOP_IF || x->kind == SOP_LOOKUP || x->kind == SOP_AGGREGATE || x->kind == SOP_INPUT;
    if (chooses && (x->mask & MASK_STR) && (x->mask & MASK_NUMBER)) {
        require_nowhere(l, x, mixed, "strings and numbers in one sequence");
    }
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------------------------- */

static Expr *zero_divisor(Lower *l, Sop *x, Expr *at)
{
    Sop *b = x->kid[1];
    const Part part = b->mask & MASK_FLOAT ? PART_REAL : PART_INT;
    Expr *zero = op(l, OP_NOT, expr_to(l->graph, lower_part(l, b, part, at), T_BOOL), NULL, x->span);
    return b->mask & MASK_STR ? op(l, OP_AND, zero, op(l, OP_NOT, map_is_str(l, b, at), NULL, x->span), x->span) : zero;
}

static Expr *zero_to_negative(Lower *l, Sop *x, Expr *at)
{
    Expr *zero = expr_real(l->graph, 0, x->span);
    Expr *base = op(l, OP_EQ, lower_part(l, x->kid[0], PART_REAL, at), zero, x->span);
    return op(l, OP_AND, base, op(l, OP_LT, lower_part(l, x->kid[1], PART_REAL, at), zero, x->span), x->span);
}

static Expr *is_finite(Lower *l, Expr *x, Span span)
{
    return op(l, OP_LT, op(l, OP_ABS, x, NULL, span), expr_real(l->graph, INFINITY, span), span);
}

static Expr *complex_power(Lower *l, Sop *x, Expr *at)
{
    Expr *b = lower_part(l, x->kid[1], PART_REAL, at);
    Expr *negative = op(l, OP_LT, lower_part(l, x->kid[0], PART_REAL, at), expr_real(l->graph, 0, x->span), x->span);
    Expr *broken = op(l, OP_AND, is_finite(l, b, x->span), op(l, OP_NE, b, op(l, OP_FLOOR, b, NULL, x->span), x->span), x->span);
    return op(l, OP_AND, negative, broken, x->span);
}

static Expr *infinite_power(Lower *l, Sop *x, Expr *at)
{
    Expr *a = lower_part(l, x->kid[0], PART_REAL, at), *b = lower_part(l, x->kid[1], PART_REAL, at);
    Expr *power = op(l, OP_EQ, op(l, OP_ABS, op(l, OP_POW, a, b, x->span), NULL, x->span), expr_real(l->graph, INFINITY, x->span), x->span);
    Expr *wrong = op(l, OP_AND, op(l, OP_AND, is_finite(l, a, x->span), is_finite(l, b, x->span), x->span), power, x->span);
    Expr *is_float = op(l, OP_EQ, lower_part(l, x, PART_TAG, at), number(l, ATOM_FLOAT, x->span), x->span);
    return op(l, OP_AND, is_float, wrong, x->span);
}

static void check_arithmetic(Lower *l, Sop *x)
{
    if (x->kind != SOP_MAP) {
        return;
    }
    if ((x->op == ROP_DIV || x->op == ROP_MOD) && x->kid[1]->low <= 0 && x->kid[1]->kind != SOP_CONST) {
        require_nowhere(l, x, zero_divisor, x->op == ROP_DIV ? "division by zero" : "remainder of a division by zero");
    }
    if (x->op == ROP_POW && x->kid[1]->low < 0) {
        require_nowhere(l, x, zero_to_negative, "zero to a negative power");
    }
    if (x->op == ROP_POW && (x->kid[1]->mask & MASK_FLOAT) && x->kid[0]->low < 0) {
        require_nowhere(l, x, complex_power, "a negative number to a broken power is no real number");
    }
    if (x->op == ROP_POW && (x->mask & MASK_FLOAT)) {
        require_nowhere(l, x, infinite_power, "the result is too large for a float");
    }
}

/* ---- lookups ----------------------------------------------------------------------------------------------------------------------- */

static Expr *no_place(Lower *l, Sop *x, Expr *at)
{
    Sop *key = x->kid[0];
    Expr *type = key->mask & ~(unsigned)MASK_WHOLE ? op(l, OP_LT, number(l, ATOM_INT, x->span), lower_part(l, key, PART_TAG, at), x->span)
                                                   : expr_bool(l->graph, 0, x->span);
    Expr *place = expr_to(l->graph, lower_once(l, key, PART_INT, at, "key"), T_INT);
    Expr *low = op(l, OP_LT, place, number(l, -x->pair.n, x->span), x->span),
         *high = op(l, OP_LE, number(l, x->pair.n, x->span), place, x->span);
    return op(l, OP_OR, type, op(l, OP_OR, low, high, x->span), x->span);
}

static Expr *no_key(Lower *l, Sop *x, Expr *at)
{
    return op(l, OP_NOT, map_found(l, x, at), NULL, x->span);
}

/* ---- attention --------------------------------------------------------------------------------------------------------------------- */

static Expr *several(Lower *l, Sop *x, Expr *at)
{
    return op(l, OP_LE, number(l, 2, x->span), attend_width(l, x->selector, at), x->span);
}

static Expr *all_bools(Lower *l, Sop *x)
{
    Var *k = lower_var(l, "t'");
    Expr *is_bool = is_type(l, x, expr_var(l->graph, k, x->span), ATOM_BOOL);
    Node *all = lower_equation(l, str_of("all_bools"), NULL, RED_ALL, k, NULL, is_bool, NULL, x->span);
    return expr_read(l->graph, all, 0, NULL, NULL, x->span);
}

static Expr *mean_of_others(Lower *l, Sop *x, Expr *at)
{
    Sop *value = x->kid[0];
    if (value->mask == MASK_STR || value->mask == MASK_BOOL || value->mask == (MASK_STR | MASK_BOOL)) {
        return several(l, x, at);
    }
    Expr *others = value->mask & MASK_STR ? map_is_str(l, value, number(l, 0, x->span)) : expr_bool(l->graph, 0, x->span);
    if (value->mask & MASK_BOOL) {
        others = op(l, OP_OR, others, all_bools(l, value), x->span);
    }
    return op(l, OP_AND, others, several(l, x, at), x->span);
}

void check_sop(Lower *l, Sop *x)
{
    check_types(l, x);
    check_arithmetic(l, x);
    if (x->kind == SOP_LOOKUP && x->place == ATOM_INT) {
        require_nowhere(l, x, no_place, arena_printf(l->p->arena, "the index is no int or out of range: there are %d elements", x->pair.n));
    } else if (x->kind == SOP_LOOKUP && !x->has_other) {
        require_nowhere(l, x, no_key, "the dict has no such key");
    }
    if (x->kind == SOP_AGGREGATE && !x->selector->one_at_most && (x->kid[0]->mask & (MASK_STR | MASK_BOOL))) {
        require_nowhere(l, x, mean_of_others, "a mean of several values that are not numbers");
    }
}

/* Sides of an order are both strings or both numbers; whether is the same at all positions. */
void check_selector(Lower *l, Selector *s)
{
    if (s->kind != SEL_COMPARE || s->fixed >= 0 || s->op == ROP_EQ || s->op == ROP_NE) {
        return;
    }
    Expr *first = number(l, 0, s->span), *a = map_is_str(l, s->key, first), *b = map_is_str(l, s->query, first);
    Expr *wrong = op(l, OP_NE, expr_to(l->graph, a, T_INT), expr_to(l->graph, b, T_INT), s->span);
    if (wrong->kind == EX_CONST) {
        return;
    }
    Expr *place = expr_select(l->graph, wrong, first, number(l, -1, s->span), s->span);
    const char *message = arena_printf(l->p->arena, "'%s' cannot compare all of this: %s, and %s", rasp_op_name[s->op],
                                       mask_name(l->p->arena, s->key->mask), mask_name(l->p->arena, s->query->mask));
    require(l, lower_equation(l, str_of("wrong"), NULL, RED_NONE, NULL, NULL, place, NULL, s->span), message, s->span);
}
