/* recognise.c - counting that is written with averages
 *
 * RASP has no sum: a program counts by averaging. What is matched here is the shape of the average, never a name, so a library function
 * that was copied under another name is found as well. Each rule is an identity of the original's own arithmetic: a count is at most
 * 2^31, so the one rounding of a quotient is undone by the `round` around it. */
#include "program.h"

static int is_number(const Sop *x, double value)
{
    return x->kind == SOP_CONST && (x->mask & MASK_NUMBER) && x->atom.real == value;
}

static int is_map(const Sop *x, RaspOp op)
{
    return x->kind == SOP_MAP && x->op == op;
}

/* indices == 0 */
static int is_first(const Sop *x)
{
    return is_map(x, ROP_EQ) &&
           ((x->kid[0]->kind == SOP_INDICES && is_number(x->kid[1], 0)) || (x->kid[1]->kind == SOP_INDICES && is_number(x->kid[0], 0)));
}

/* Selects the first position, and nothing else. */
static int selects_first(const Selector *s)
{
    return s->kind == SEL_COMPARE && s->op == ROP_EQ && s->key->kind == SOP_INDICES && is_number(s->query, 0);
}

static int includes_first(const Selector *s)
{
    return s->fixed == 1 || selects_first(s) || (s->kind == SEL_OR && (includes_first(s->a) || includes_first(s->b)));
}

/* 1 / (mean of "is the first position") over a selector with the first position: how many it selects. */
static Selector *counted(const Sop *x)
{
    if (!is_map(x, ROP_DIV) || !is_number(x->kid[0], 1) || x->kid[1]->kind != SOP_AGGREGATE) {
        return NULL;
    }
    const Sop *mean = x->kid[1];
    const int first = is_map(mean->kid[0], ROP_INDICATOR) && is_first(mean->kid[0]->kid[0]);
    return first && includes_first(mean->selector) ? mean->selector : NULL;
}

/* The other operand of `kind` when one selects the first position. */
static Selector *beside_first(const Selector *s, SelectorKind kind)
{
    return s->kind != kind ? NULL : selects_first(s->a) ? s->b : selects_first(s->b) ? s->a : NULL;
}

/* 1 where s selects the first position, else 0. */
static Selector *marks_first(const Sop *x)
{
    const int marks = x->kind == SOP_AGGREGATE && is_number(x->kid[0], 1) && x->other.type != ATOM_STR && x->other.real == 0;
    return marks ? beside_first(x->selector, SEL_AND) : NULL;
}

static Sop *width_without_first(RaspProgram *p, const Sop *less, const Sop *mark, Span span)
{
    if (!is_map(less, ROP_SUB) || !is_number(less->kid[1], 1)) {
        return NULL;
    }
    const Selector *with = counted(less->kid[0]);
    Selector *s = with ? beside_first(with, SEL_OR) : NULL;
    return s && s == marks_first(mark) ? sop_width(p, s, span) : NULL;
}

/* x is how many s selects. */
static int is_width(const Sop *x, const Selector *s)
{
    const int prefix = s->kind == SEL_COMPARE && s->key->kind == SOP_INDICES && s->query->kind == SOP_INDICES;
    if (x->kind == SOP_WIDTH && x->selector == s) {
        return 1;
    }
    return x->linear && ((s->fixed == 1 && x->coef[0] == 1 && x->coef[1] == 0 && x->coef[2] == 0) ||
                         (prefix && x->coef[0] == 0 && x->coef[1] == 1 &&
                          ((s->op == ROP_LE && x->coef[2] == 1) || (s->op == ROP_LT && x->coef[2] == 0))));
}

/* width * (mean of an indicator) */
static Sop *counted_where(RaspProgram *p, const Sop *width, const Sop *mean, Span span)
{
    const int fits = mean->kind == SOP_AGGREGATE && is_map(mean->kid[0], ROP_INDICATOR) && mean->other.type != ATOM_STR;
    if (!fits || !is_width(width, mean->selector)) {
        return NULL;
    }
    Selector *marked = selector_compare(p, ROP_EQ, mean->kid[0]->kid[0], sop_const(p, atom_bool(1), span), span);
    Selector *both = mean->selector->fixed == 1 ? marked : selector_of(p, SEL_AND, mean->selector, marked, span);
    return sop_width(p, both, span);
}

Sop *recognise_round(RaspProgram *p, const Sop *x, Span span)
{
    Selector *s = counted(x);
    if (s) {
        return sop_width(p, s, span);
    }
    Sop *found = NULL;
    if (is_map(x, ROP_ADD)) {
        found = width_without_first(p, x->kid[0], x->kid[1], span);
        found = found ? found : width_without_first(p, x->kid[1], x->kid[0], span);
    } else if (is_map(x, ROP_MUL)) {
        found = counted_where(p, x->kid[0], x->kid[1], span);
        found = found ? found : counted_where(p, x->kid[1], x->kid[0], span);
    }
    return found;
}

/* a < b or a == b and i < j, in any order and direction: of two positions exactly one is before the other. */
int recognise_order(const Selector *s)
{
    const Selector *strict, *tie, *same, *place;
    if (s->kind != SEL_OR) {
        return 0;
    }
    strict = s->a->kind == SEL_COMPARE ? s->a : s->b;
    tie = strict == s->a ? s->b : s->a;
    if (tie->kind != SEL_AND || tie->a->kind != SEL_COMPARE || tie->b->kind != SEL_COMPARE || strict->kind != SEL_COMPARE) {
        return 0;
    }
    same = tie->a->op == ROP_EQ ? tie->a : tie->b;
    place = same == tie->a ? tie->b : tie->a;
    const Sop *key = strict->key;
    const int directed = (strict->op == ROP_LT || strict->op == ROP_GT) && (place->op == ROP_LT || place->op == ROP_GT);
    return directed && same->op == ROP_EQ && strict->query == key && same->key == key && same->query == key && !(key->mask & MASK_FLOAT) &&
           place->key->kind == SOP_INDICES && place->query->kind == SOP_INDICES;
}
