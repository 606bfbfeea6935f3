/* lower_map.c - operators of Python on bundles of parts */
#include "lower.h"
#include "../scalar_text.h"

#include <string.h>

static Expr *op(Lower *l, Op which, Expr *a, Expr *b, Span span)
{
    return expr_op(l->graph, which, a, b, span);
}

static Expr *number(Lower *l, int64_t value, Span span)
{
    return expr_int(l->graph, value, span);
}

Expr *map_text(Lower *l, Str text, Span span)
{
    Expr *symbol = number(l, text_symbol(text, strlen(text)), span);
    symbol->text = 1;
    return symbol;
}

Expr *map_atom(Lower *l, const Atom *atom, Part part, Span span)
{
    switch (part) {
    case PART_TAG: return number(l, atom->type, span);
    case PART_REAL: return expr_real(l->graph, atom->real, span);
    case PART_TEXT: return map_text(l, atom->type == ATOM_STR ? atom->text : str_of(""), span);
    case PART_INT: case PART_COUNT_: break;
    }
    return atom->type == ATOM_BOOL ? expr_bool(l->graph, (int)atom->integer, span) : number(l, atom->integer, span);
}

Expr *map_is_str(Lower *l, Sop *x, Expr *at)
{
    if (!(x->mask & MASK_STR) || x->mask == MASK_STR) {
        return expr_bool(l->graph, x->mask == MASK_STR, x->span);
    }
    return op(l, OP_EQ, lower_part(l, x, PART_TAG, at), number(l, ATOM_STR, x->span), x->span);
}

Expr *map_truth(Lower *l, Sop *x, Expr *at, Span span)
{
    Expr *text = x->mask & MASK_STR ? op(l, OP_NE, lower_part(l, x, PART_TEXT, at), map_text(l, str_of(""), span), span) : NULL,
         *value = NULL;
    if (x->mask & MASK_FLOAT) {
        value = op(l, OP_NE, lower_part(l, x, PART_REAL, at), expr_real(l->graph, 0, span), span);
    } else if (x->mask & MASK_WHOLE) {
        value = expr_to(l->graph, lower_part(l, x, PART_INT, at), T_BOOL);
    }
    return !text ? value : !value ? text : expr_select(l->graph, map_is_str(l, x, at), text, value, span);
}

/* ---- comparing --------------------------------------------------------------------------------------------------------------------- */

/* a op b for any of the six, with the three that the graph has. */
static Expr *relation(Lower *l, RaspOp which, Expr *a, Expr *b, Span span)
{
    switch ((int)which) {
    case ROP_EQ: return op(l, OP_EQ, a, b, span);
    case ROP_NE: return op(l, OP_NE, a, b, span);
    case ROP_LT: return op(l, OP_LT, a, b, span);
    case ROP_GT: return op(l, OP_LT, b, a, span);
    case ROP_LE: return op(l, OP_LE, a, b, span);
    default: return op(l, OP_LE, b, a, span);
    }
}

static int makes_text(const Expr *e)
{
    int makes = e->kind == EX_OP && (e->op == OP_TEXT_JOIN || e->op == OP_TEXT_TIMES);
    for (int k = 0; k < e->n && !makes; k++) {
        makes = makes_text(e->kid[k]);
    }
    return makes;
}

/* What orders as the strings do. All strings are made before the first is compared: a later one would move the others. */
static Expr *text_key_of(Lower *l, Sop *x, Expr *at, Span span)
{
    Expr *text = lower_part(l, x, PART_TEXT, at);
    text = makes_text(text) ? expr_read(l->graph, lower_node(l, x, PART_TEXT), 1, &at, NULL, span) : text;
    return op(l, OP_TEXT_KEY, text, NULL, span);
}

static Expr *compare_texts(Lower *l, RaspOp which, Sop *a, Expr *at_a, Sop *b, Expr *at_b, Span span)
{
    if (which == ROP_EQ || which == ROP_NE) {
        return relation(l, which, lower_part(l, a, PART_TEXT, at_a), lower_part(l, b, PART_TEXT, at_b), span);
    }
    return relation(l, which, text_key_of(l, a, at_a, span), text_key_of(l, b, at_b, span), span);
}

static int whole_or_small(const Sop *x)
{
    return !(x->mask & MASK_WHOLE) || x->small;
}

/* Of numbers: as ints where both are, as reals otherwise; a whole number is compared as a real only when that loses nothing. */
static Expr *compare_numbers(Lower *l, RaspOp which, Sop *a, Expr *at_a, Sop *b, Expr *at_b, Span span)
{
    const int floats = ((a->mask | b->mask) & MASK_FLOAT) != 0, wholes = (a->mask & MASK_WHOLE) && (b->mask & MASK_WHOLE);
    Expr *as_int = NULL, *as_real = NULL;
    if (!floats || (wholes && !(whole_or_small(a) || whole_or_small(b)))) {
        as_int = relation(l, which, expr_to(l->graph, lower_part(l, a, PART_INT, at_a), T_INT),
                          expr_to(l->graph, lower_part(l, b, PART_INT, at_b), T_INT), span);
    }
    if (floats) {
        as_real = relation(l, which, lower_part(l, a, PART_REAL, at_a), lower_part(l, b, PART_REAL, at_b), span);
    }
    if (!as_int || !as_real) {
        return as_int ? as_int : as_real;
    }
    Expr *tags = op(l, OP_MAX, lower_part(l, a, PART_TAG, at_a), lower_part(l, b, PART_TAG, at_b), span);
    return expr_select(l->graph, op(l, OP_LE, tags, number(l, ATOM_INT, span), span), as_int, as_real, span);
}

/* bools against bools and the constants true and false read better as they are */
static Expr *compare_bools(Lower *l, RaspOp which, Sop *a, Expr *at_a, Sop *b, Expr *at_b, Span span)
{
    Sop *constant = a->kind == SOP_CONST ? a : b->kind == SOP_CONST ? b : NULL;
    if (a->mask != MASK_BOOL || b->mask != MASK_BOOL || !constant || (which != ROP_EQ && which != ROP_NE)) {
        return NULL;
    }
    Expr *value = constant == a ? lower_part(l, b, PART_INT, at_b) : lower_part(l, a, PART_INT, at_a);
    value = expr_to(l->graph, value, T_BOOL);
    return (constant->atom.integer != 0) == (which == ROP_EQ) ? value : op(l, OP_NOT, value, NULL, span);
}

Expr *map_compare(Lower *l, RaspOp which, Sop *a, Expr *at_a, Sop *b, Expr *at_b, Span span)
{
    Expr *bools = compare_bools(l, which, a, at_a, b, at_b, span), *texts = NULL, *numbers = NULL;
    bools = bools ? bools : attend_focus(l, which, a, b, at_a, span);
    if (bools) {
        return bools;
    }
    if ((a->mask & MASK_STR) && (b->mask & MASK_STR)) {
        texts = compare_texts(l, which, a, at_a, b, at_b, span);
    }
    if ((a->mask & MASK_NUMBER) && (b->mask & MASK_NUMBER)) {
        numbers = compare_numbers(l, which, a, at_a, b, at_b, span);
    }
    Expr *differ = expr_bool(l->graph, which == ROP_NE, span);
    texts = texts ? texts : differ;
    numbers = numbers ? numbers : differ;
    Expr *str_a = map_is_str(l, a, at_a), *str_b = map_is_str(l, b, at_b);
    return expr_select(l->graph, str_a, expr_select(l->graph, str_b, texts, differ, span),
                       expr_select(l->graph, str_b, differ, numbers, span), span);
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------------------------- */

static const Op op_of[ROP_COUNT_] = {[ROP_ADD] = OP_ADD, [ROP_SUB] = OP_SUB, [ROP_MUL] = OP_MUL, [ROP_DIV] = OP_DIV, [ROP_MOD] = OP_MOD,
                                     [ROP_POW] = OP_POW, [ROP_NEG] = OP_NEG};

static Expr *tag_of(Lower *l, Sop *x, Expr *at)
{
    Expr *tag = number(l, x->op == ROP_DIV ? ATOM_FLOAT : ATOM_INT, x->span);
    for (int k = 0; k < x->kids; k++) {
        tag = op(l, OP_MAX, tag, lower_part(l, x->kid[k], PART_TAG, at), x->span);
    }
    if (x->op != ROP_POW || x->kid[1]->low >= 0) {
        return tag;
    }
    Expr *negative = op(l, OP_LT, lower_part(l, x->kid[1], PART_INT, at), number(l, 0, x->span), x->span);
    return op(l, OP_MAX, tag, expr_select(l->graph, negative, number(l, ATOM_FLOAT, x->span), number(l, ATOM_INT, x->span), x->span),
              x->span);
}

static Expr *int_of(Lower *l, Sop *x, Expr *at)
{
    Expr *a = expr_to(l->graph, lower_part(l, x->kid[0], PART_INT, at), T_INT),
         *b = x->kids > 1 ? expr_to(l->graph, lower_part(l, x->kid[1], PART_INT, at), T_INT) : NULL;
    if (x->op == ROP_POS) {
        return a;
    }
    if (x->op == ROP_POW && b->kind == EX_CONST && b->integer < 0) {
        return number(l, 0, x->span); /* it is a float then */
    }
    if (x->op == ROP_POW && b->kind != EX_CONST) { /* a stored exponent, known not to be negative, keeps the power an int */
        const int stored = x->kid[1]->kind != SOP_INDICES;
        b = stored ? expr_to(l->graph, expr_read(l->graph, lower_node(l, x->kid[1], PART_INT), 1, &at, NULL, x->span), T_INT) : b;
        b = op(l, OP_MAX, b, number(l, 0, x->span), x->span);
    }
    if (x->op == ROP_MOD && x->kid[1]->low <= 0 && b->kind != EX_CONST) { /* required not to be 0, elsewhere and before */
        Expr *zero = op(l, OP_EQ, b, number(l, 0, x->span), x->span);
        return expr_select(l->graph, zero, number(l, 0, x->span), op(l, OP_MOD, a, b, x->span), x->span);
    }
    return op(l, op_of[x->op], a, b, x->span);
}

static Expr *round_of(Lower *l, Sop *x, Expr *at)
{
    Sop *a = x->kid[0];
    Expr *whole = a->mask & MASK_WHOLE ? expr_to(l->graph, lower_part(l, a, PART_INT, at), T_INT) : NULL;
    if (!(a->mask & MASK_FLOAT)) {
        return whole;
    }
    Expr *real = op(l, OP_ROUND, lower_part(l, a, PART_REAL, at), NULL, x->span);
    Expr *rounded = op(l, OP_TO_INT, real, NULL, x->span);
    if (!whole || a->small) {
        return rounded;
    }
    Expr *is_int = op(l, OP_LE, lower_part(l, a, PART_TAG, at), number(l, ATOM_INT, x->span), x->span);
    return expr_select(l->graph, is_int, whole, rounded, x->span);
}

static Expr *real_of(Lower *l, Sop *x, Expr *at)
{
    Expr *a = lower_part(l, x->kid[0], PART_REAL, at), *b = x->kids > 1 ? lower_part(l, x->kid[1], PART_REAL, at) : NULL;
    return x->op == ROP_POS ? a : op(l, op_of[x->op], a, b, x->span);
}

static Expr *text_of_map(Lower *l, Sop *x, Expr *at)
{
    Sop *a = x->kid[0], *b = x->kid[1];
    if (x->op == ROP_ADD) {
        return op(l, OP_TEXT_JOIN, lower_part(l, a, PART_TEXT, at), lower_part(l, b, PART_TEXT, at), x->span);
    }
    Expr *of_a = NULL, *of_b = NULL;
    if ((a->mask & MASK_STR) && (b->mask & MASK_WHOLE)) {
        of_a = op(l, OP_TEXT_TIMES, lower_part(l, a, PART_TEXT, at), expr_to(l->graph, lower_part(l, b, PART_INT, at), T_INT), x->span);
    }
    if ((b->mask & MASK_STR) && (a->mask & MASK_WHOLE)) {
        of_b = op(l, OP_TEXT_TIMES, lower_part(l, b, PART_TEXT, at), expr_to(l->graph, lower_part(l, a, PART_INT, at), T_INT), x->span);
    }
    return !of_b ? of_a : !of_a ? of_b : expr_select(l->graph, map_is_str(l, a, at), of_a, of_b, x->span);
}

/* The part where the element has its type; elsewhere `none`, so that nothing is computed that could fail. */
static Expr *guarded(Lower *l, Sop *x, Expr *at, unsigned types, Expr *value, Expr *none)
{
    if (!(x->mask & ~types)) {
        return value;
    }
    Expr *tag = tag_of(l, x, at);
    Expr *fits = types == MASK_STR ? op(l, OP_EQ, tag, number(l, ATOM_STR, x->span), x->span)
                                   : op(l, OP_LE, tag, number(l, ATOM_INT, x->span), x->span);
    return expr_select(l->graph, fits, value, none, x->span);
}

static Expr *logic(Lower *l, Sop *x, Expr *at)
{
    Expr *a = map_truth(l, x->kid[0], at, x->span);
    switch ((int)x->op) {
    case ROP_AND: return op(l, OP_AND, a, map_truth(l, x->kid[1], at, x->span), x->span);
    case ROP_OR: return op(l, OP_OR, a, map_truth(l, x->kid[1], at, x->span), x->span);
    case ROP_NOT: return op(l, OP_NOT, a, NULL, x->span);
    default: return expr_to(l->graph, a, T_INT); /* ROP_INDICATOR */
    }
}

static Expr *arithmetic(Lower *l, Sop *x, Part part, Expr *at)
{
    switch (part) {
    case PART_TAG: return tag_of(l, x, at);
    case PART_INT: return guarded(l, x, at, MASK_WHOLE, int_of(l, x, at), number(l, 0, x->span));
    case PART_TEXT: return guarded(l, x, at, MASK_STR, text_of_map(l, x, at), number(l, text_empty, x->span));
    case PART_REAL: case PART_COUNT_: break;
    }
    return real_of(l, x, at);
}

/* ---- lookups ----------------------------------------------------------------------------------------------------------------------- */

/* pairs from .. to - 1, whose keys as ints or reals ascend: a tree of choices */
typedef struct Tree {
    Lower *l;
    Sop *x;
    const Pair *const *pair;
    Expr *key;
    Part key_part, part; /* part PART_COUNT_: is the key there? */
} Tree;

static Expr *leaf(const Tree *t, const Pair *pair)
{
    Expr *value = t->part == PART_COUNT_ ? expr_bool(t->l->graph, 1, t->x->span) : map_atom(t->l, &pair->value, t->part, t->x->span);
    return value;
}

static Expr *none(const Tree *t)
{
    return t->part == PART_COUNT_ ? expr_bool(t->l->graph, 0, t->x->span) : map_atom(t->l, &t->x->other, t->part, t->x->span);
}

/* `condition ? yes : no`, and where both are known, what there is of that. */
static Expr *either(const Tree *t, Expr *condition, Expr *yes, Expr *no)
{
    const int known = yes->kind == EX_CONST && no->kind == EX_CONST && yes->type == no->type;
    if (known && yes->integer == no->integer && yes->real == no->real) {
        return yes;
    }
    if (known && yes->type == T_BOOL) {
        return yes->integer ? condition : expr_op(t->l->graph, OP_NOT, condition, NULL, t->x->span);
    }
    return expr_select(t->l->graph, condition, yes, no, t->x->span);
}

/* That there is such a key is required elsewhere, unless there is a value for others. */
static Expr *tree(const Tree *t, int from, int to)
{
    Graph *g = t->l->graph;
    if (to - from == 1) {
        Expr *key = map_atom(t->l, &t->pair[from]->key, t->key_part, t->x->span), *value = leaf(t, t->pair[from]);
        const int sure = !t->x->has_other && t->part != PART_COUNT_;
        return sure ? value : either(t, expr_op(g, OP_EQ, t->key, key, t->x->span), value, none(t));
    }
    const int middle = from + (to - from) / 2;
    Expr *key = map_atom(t->l, &t->pair[middle]->key, t->key_part, t->x->span);
    return either(t, expr_op(g, OP_LT, t->key, key, t->x->span), tree(t, from, middle), tree(t, middle, to));
}

static int64_t order_of(const Pair *pair)
{
    return pair->key.type == ATOM_STR ? text_symbol(pair->key.text, strlen(pair->key.text)) : 0;
}

static int is_before(const Pair *a, const Pair *b)
{
    return a->key.type == ATOM_STR                                  ? order_of(a) < order_of(b)
           : a->key.type != ATOM_FLOAT && b->key.type != ATOM_FLOAT ? a->key.integer < b->key.integer
                                                                    : a->key.real < b->key.real;
}

/* The choice among the pairs whose keys are strings (or are not). */
static Expr *choose(Lower *l, Sop *x, Expr *at, Part part, int strings)
{
    const Pair **pair = arena_array(l->p->arena, const Pair *, x->pair.n + 1);
    int n = 0, floats = (x->kid[0]->mask & MASK_FLOAT) != 0;
    for (int i = 0; i < x->pair.n; i++) {
        const Pair *one = &x->pair.at[i];
        if ((one->key.type == ATOM_STR) != strings) {
            continue;
        }
        floats |= one->key.type == ATOM_FLOAT;
        int k = n++;
        for (; k > 0 && is_before(one, pair[k - 1]); k--) {
            pair[k] = pair[k - 1];
        }
        pair[k] = one;
    }
    Tree t = {l, x, pair, NULL, strings ? PART_TEXT : floats ? PART_REAL : PART_INT, part};
    if (n == 0 || !(x->kid[0]->mask & (strings ? MASK_STR : MASK_NUMBER))) {
        return none(&t);
    }
    t.key = lower_once(l, x->kid[0], t.key_part, at, "key");
    t.key = t.key_part == PART_INT ? expr_to(l->graph, t.key, T_INT) : t.key;
    if (x->place == ATOM_INT) { /* places of a list count from its end below 0 */
        Expr *from_end = op(l, OP_ADD, t.key, number(l, x->pair.n, x->span), x->span);
        t.key = x->kid[0]->low >= 0 ? t.key
                                    : expr_select(l->graph, op(l, OP_LT, t.key, number(l, 0, x->span), x->span), from_end, t.key, x->span);
    }
    return tree(&t, 0, n);
}

static Expr *lookup(Lower *l, Sop *x, Part part, Expr *at)
{
    Sop *key = x->kid[0];
    if (!(key->mask & MASK_STR) || key->mask == MASK_STR) {
        return choose(l, x, at, part, key->mask == MASK_STR);
    }
    return expr_select(l->graph, map_is_str(l, key, at), choose(l, x, at, part, 1), choose(l, x, at, part, 0), x->span);
}

Expr *map_found(Lower *l, Sop *x, Expr *at)
{
    return lookup(l, x, PART_COUNT_, at);
}

/* ---- all -------------------------------------------------------------------------------------------------------------------------- */

Expr *map_part(Lower *l, Sop *x, Part part, Expr *at)
{
    if (part == PART_REAL && !(x->mask & MASK_FLOAT)) {
        return expr_to(l->graph, lower_part(l, x, PART_INT, at), T_REAL);
    }
    switch (x->kind) {
    case SOP_TRUTH: return map_truth(l, x->kid[0], at, x->span);
    case SOP_IF:
        return expr_select(l->graph, map_truth(l, x->kid[1], at, x->span), lower_part(l, x->kid[0], part, at),
                           lower_part(l, x->kid[2], part, at), x->span);
    case SOP_LOOKUP: return lookup(l, x, part, at);
    default: break;
    }
    if (op_is_compare(x->op)) {
        return map_compare(l, x->op, x->kid[0], at, x->kid[1], at, x->span);
    }
    if (x->op == ROP_AND || x->op == ROP_OR || x->op == ROP_NOT || x->op == ROP_INDICATOR) {
        return logic(l, x, at);
    }
    return x->op == ROP_ROUND ? round_of(l, x, at) : arithmetic(l, x, part, at);
}
