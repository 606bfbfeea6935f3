/* lower_attend.c - selectors are predicates, widths are counts, aggregates are means over them */
#include "lower.h"

Expr *attend_selects(Lower *l, Selector *s, Expr *query, Expr *key)
{
    s = l->alike[s->id];
    Graph *g = l->graph;
    if (s->fixed >= 0) {
        return expr_bool(g, s->fixed, s->span);
    }
    switch (s->kind) {
    case SEL_NOT: return expr_op(g, OP_NOT, attend_selects(l, s->a, query, key), NULL, s->span);
    case SEL_AND: return expr_op(g, OP_AND, attend_selects(l, s->a, query, key), attend_selects(l, s->b, query, key), s->span);
    case SEL_OR: return expr_op(g, OP_OR, attend_selects(l, s->a, query, key), attend_selects(l, s->b, query, key), s->span);
    case SEL_COMPARE: break;
    }
    return map_compare(l, s->op, s->key, key, s->query, query, s->span);
}

/* A reduction over the positions that s selects; NULL for all of them. */
static Node *over(Lower *l, Selector *s, Str name, Reduce reduce, Sop *x, Part part, const Atom *empty, Span span)
{
    Graph *g = l->graph;
    Var *t = lower_var(l, "t"), *k = lower_var(l, "t'");
    Expr *query = expr_var(g, t, s->span), *key = expr_var(g, k, s->span);
    Expr *where = s->fixed == 1 ? NULL : attend_selects(l, s, query, key);
    Expr *body = x ? lower_part(l, x, part, key) : expr_int(g, 1, s->span);
    if (reduce == RED_SUM) {
        body = body->type == T_BOOL ? expr_to(g, body, T_INT) : body;
    }
    Expr *other = empty ? map_atom(l, empty, part, s->span) : NULL;
    if (other && other->type != body->type) {
        const Type type = other->type > body->type ? other->type : body->type;
        other = expr_to(g, other, type);
        body = expr_to(g, body, type);
    }
    Node *node = lower_equation(l, name, t, reduce, k, where, body, other, span);
    node->over = s->said;
    return node;
}

static Expr *read(Lower *l, Node *node, Expr *at, Span span)
{
    return expr_read(l->graph, node, 1, &at, NULL, span);
}

/* How many places are before this one, or behind it. */
static Expr *places_compared(Lower *l, RaspOp which, Expr *at, Span span)
{
    Graph *g = l->graph;
    const int with_own = which == ROP_LE || which == ROP_GE || which == ROP_EQ;
    Expr *one = expr_int(g, 1, span), *length = expr_len(g, l->dim, span);
    if (which == ROP_EQ || which == ROP_NE) {
        return with_own ? one : expr_op(g, OP_SUB, length, one, span);
    }
    Expr *others = which == ROP_LT || which == ROP_LE ? at : expr_op(g, OP_SUB, expr_op(g, OP_SUB, length, at, span), one, span);
    return with_own ? expr_op(g, OP_ADD, others, one, span) : others;
}

Expr *attend_width(Lower *l, Selector *s, Expr *at)
{
    s = l->alike[s->id];
    if (s->fixed >= 0) {
        return s->fixed ? expr_len(l->graph, l->dim, s->span) : expr_int(l->graph, 0, s->span);
    }
    if (!l->p->options->plain && s->kind == SEL_COMPARE && s->key == l->p->indices && s->query == l->p->indices) {
        return places_compared(l, s->op, at, s->span);
    }
    if (!l->width[s->id]) {
        l->width[s->id] = over(l, s, s->name ? str_format("%s_width", s->name) : str_of("width"), RED_SUM, NULL, PART_INT, NULL, s->span);
    }
    return read(l, l->width[s->id], at, s->span);
}

/* ---- one position for each row ------------------------------------------------------------------------------------------------------ */

/* select(indices + c, q, ==) and the like: the position is q - c. NULL: it is not as plain as that. */
static Expr *position_of(Lower *l, const Selector *s, Expr *at)
{
    Graph *g = l->graph;
    if (s->kind != SEL_COMPARE || s->op != ROP_EQ || !s->key->linear || (s->query->mask & ~(unsigned)MASK_WHOLE) ||
        (s->key->coef[1] != 1 && s->key->coef[1] != -1)) {
        return NULL;
    }
    Expr *length = expr_op(g, OP_MUL, expr_len(g, l->dim, s->span), expr_int(g, s->key->coef[0], s->span), s->span);
    Expr *rest = expr_op(g, OP_ADD, s->key->coef[0] ? length : expr_int(g, 0, s->span), expr_int(g, s->key->coef[2], s->span), s->span);
    Expr *query = expr_to(g, lower_once(l, s->query, PART_INT, at, "place"), T_INT);
    return s->key->coef[1] == 1 ? expr_op(g, OP_SUB, query, rest, s->span) : expr_op(g, OP_SUB, rest, query, s->span);
}

static Expr *inside(Lower *l, Expr *place, Span span)
{
    Graph *g = l->graph;
    Expr *low = expr_op(g, OP_LE, expr_int(g, 0, span), place, span);
    return expr_op(g, OP_AND, low, expr_op(g, OP_LT, place, expr_len(g, l->dim, span), span), span);
}

static Expr *at_position(Lower *l, Sop *x, Part part, Expr *place)
{
    Sop *value = x->kid[0];
    const Span span = x->span;
    Expr *other = map_atom(l, &x->other, part, span);
    if (value->kind == SOP_CONST) {
        Expr *constant = lower_part(l, value, part, place);
        return x->selector->one_at_least ? constant : expr_select(l->graph, inside(l, place, span), constant, other, span);
    }
    if (part == PART_TAG && !(value->mask & (value->mask - 1))) {
        Expr *tag = lower_part(l, value, PART_TAG, place);
        return x->selector->one_at_least ? tag : expr_select(l->graph, inside(l, place, span), tag, other, span);
    }
    return lower_read(l, value, part, place, x->selector->one_at_least ? NULL : other);
}

/* aggregate(s, 1, 0) > 0 and the like: it depends on whether anything is selected. */
Expr *attend_focus(Lower *l, RaspOp op, Sop *mean, Sop *than, Expr *at, Span span)
{
    RaspProgram *p = l->p;
    if (p->options->plain || mean->kind != SOP_AGGREGATE || mean->kid[0]->kind != SOP_CONST || than->kind != SOP_CONST ||
        mean->selector->fixed >= 0 || ((mean->mask | than->mask) & MASK_STR)) {
        return NULL;
    }
    Atom some, none;
    const char *why = NULL;
    if (!atom_binary(p->arena, op, &mean->kid[0]->atom, &than->atom, &some, &why) ||
        !atom_binary(p->arena, op, &mean->other, &than->atom, &none, &why) || some.integer == none.integer) {
        return NULL;
    }
    Expr *width = attend_width(l, mean->selector, at), *zero = expr_int(l->graph, 0, span);
    return some.integer ? expr_op(l->graph, OP_LT, zero, width, span) : expr_op(l->graph, OP_EQ, width, zero, span);
}

/* ---- aggregates -------------------------------------------------------------------------------------------------------------------- */

static Str part_name(const Sop *x, const char *what)
{
    return x->name ? str_format("%s_%s", x->name, what) : str_of(what);
}

static Expr *pick(Lower *l, Sop *x, Part part, Expr *at)
{
    static const char *const what[] = {[PART_TAG] = "type", [PART_INT] = "one", [PART_REAL] = "one", [PART_TEXT] = "one"};
    if (x->kid[0]->kind == SOP_CONST || (part == PART_TAG && !(x->kid[0]->mask & (x->kid[0]->mask - 1)))) {
        Expr *value = lower_part(l, x->kid[0], part, at);
        Expr *none = expr_op(l->graph, OP_EQ, attend_width(l, x->selector, at), expr_int(l->graph, 0, x->span), x->span);
        return x->selector->one_at_least ? value : expr_select(l->graph, none, map_atom(l, &x->other, part, x->span), value, x->span);
    }
    return read(l, over(l, x->selector, part_name(x, what[part]), RED_PICK, x->kid[0], part, &x->other, x->span), at, x->span);
}

/* Of at least two numbers; ints are added exactly while that is sure to fit. */
static Expr *mean(Lower *l, Sop *x, Expr *at)
{
    Graph *g = l->graph;
    Sop *value = x->kid[0];
    Expr *width = attend_width(l, x->selector, at), *total;
    if (value->kind == SOP_CONST) {
        total = NULL;
    } else {
        const Part part = !(value->mask & MASK_FLOAT) && value->small ? PART_INT : PART_REAL;
        total = read(l, over(l, x->selector, part_name(x, "total"), RED_SUM, value, part, NULL, x->span), at, x->span);
    }
    Expr *ratio = total ? expr_op(g, OP_DIV, expr_to(g, total, T_REAL), expr_to(g, width, T_REAL), x->span)
                        : lower_part(l, value, PART_REAL, at);
    if (x->selector->one_at_least) {
        return ratio;
    }
    Expr *none = expr_op(g, OP_EQ, width, expr_int(g, 0, x->span), x->span);
    return expr_select(g, none, map_atom(l, &x->other, PART_REAL, x->span), ratio, x->span);
}

static Expr *tag_of(Lower *l, Sop *x, Expr *at)
{
    Graph *g = l->graph;
    Expr *width = attend_width(l, x->selector, at), *tag = pick(l, x, PART_TAG, at);
    if (x->selector->one_at_most || !(x->kid[0]->mask & (MASK_INT | MASK_FLOAT))) {
        return tag;
    }
    Expr *several = expr_op(g, OP_LE, expr_int(g, 2, x->span), width, x->span);
    return expr_select(g, several, expr_int(g, ATOM_FLOAT, x->span), tag, x->span);
}

Expr *attend_part(Lower *l, Sop *x, Part part, Expr *at, Var *t)
{
    Expr *place = position_of(l, x->selector, at);
    (void)t;
    if (x->selector->fixed == 0) {
        return map_atom(l, &x->other, part, x->span);
    }
    if (place) {
        vec_push(l->graph->arena, l->graph->placed, x->selector->span);
        return at_position(l, x, part, place);
    }
    switch (part) {
    case PART_TAG: return tag_of(l, x, at);
    case PART_INT: case PART_TEXT: return pick(l, x, part, at);
    case PART_REAL: case PART_COUNT_: break;
    }
    return x->selector->one_at_most ? pick(l, x, part, at) : mean(l, x, at);
}
