/* sop.c - s-ops: which types their elements may have, what is plain about their values */
#include "program.h"
#include "../scalar.h"

static const int64_t exact = INT64_C(1) << 53; /* whole numbers up to here are doubles */

static Sop *sop_new(RaspProgram *p, Sop proto)
{
    Sop *sop = arena_new_of(p->arena, Sop);
    *sop = proto;
    sop->id = p->sops++;
    sop->order = p->made++;
    sop->size = 1;
    for (int k = 0; k < sop->kids; k++) {
        const Sop *kid = sop->kid[k];
        sop->size += kid->name || kid->size > SOP_SMALL ? 1 : kid->size;
        sop->depth = kid->depth > sop->depth ? kid->depth : sop->depth;
    }
    sop->depth = 1 + (sop->selector && sop->selector->depth > sop->depth ? sop->selector->depth : sop->depth);
    return sop;
}

Sop *sop_written(Sop *x)
{
    while (x->written) {
        x = x->written;
    }
    return x;
}

/* Averages are all that attention has: a drawing shows them, though nothing computes them. */
Sop *sop_instead(RaspProgram *p, Sop *simple, Sop *written)
{
    if (!simple || !written || p->options->plain) {
        return written;
    }
    simple->written = written;
    return simple;
}

void sop_name(Sop *x, Str name, Span said)
{
    for (; x; x = x->written) {
        if (!x->name && x->kind != SOP_CONST) {
            x->name = name;
            x->said = said;
        }
    }
}

static Sop *linear(Sop *sop, int64_t length, int64_t index, int64_t constant)
{
    sop->linear = 1;
    sop->coef[0] = length;
    sop->coef[1] = index;
    sop->coef[2] = constant;
    sop->small = 1;
    for (int i = 0; i < 3; i++) {
        sop->small &= sop->coef[i] < 1 << 20 && sop->coef[i] > -(1 << 20);
    }
    sop->permutes = (length == 0 && index == 1 && constant == 0) || (length == 1 && index == -1 && constant == -1);
    return sop;
}

Sop *sop_input(RaspProgram *p, RaspInput input)
{
    static const unsigned mask[] = {[INPUT_STR] = MASK_STR, [INPUT_INT] = MASK_INT, [INPUT_FLOAT] = MASK_FLOAT, [INPUT_BOOL] = MASK_BOOL,
                                    [INPUT_ASIS] = MASK_NUMBER | MASK_STR};
    if (!p->inputs[input]) {
        p->inputs[input] = sop_new(
            p, (Sop){.kind = SOP_INPUT, .mask = mask[input], .input = input, .low = INT64_MIN, .small = input == INPUT_BOOL});
    }
    return p->inputs[input];
}

Sop *sop_indices(RaspProgram *p)
{
    if (!p->indices) {
        p->indices = linear(sop_new(p, (Sop){.kind = SOP_INDICES, .mask = MASK_INT}), 0, 1, 0);
    }
    return p->indices;
}

Sop *sop_const(RaspProgram *p, Atom atom, Span span)
{
    const int whole = atom.type == ATOM_BOOL || atom.type == ATOM_INT;
    Sop *sop = sop_new(p, (Sop){.kind = SOP_CONST,
                                .mask = 1U << atom.type,
                                .atom = atom,
                                .span = span,
                                .low = whole ? atom.integer : INT64_MIN,
                                .small = !whole || (atom.integer < exact && atom.integer > -exact)});
    return atom.type == ATOM_INT ? linear(sop, 0, 0, atom.integer) : sop;
}

Sop *sop_of(RaspProgram *p, const RaspValue *value, Span span, const char *what)
{
    if (value->kind == RV_SOP) {
        return value->sop;
    }
    if (value->kind == RV_ATOM) {
        return sop_const(p, value->atom, span);
    }
    program_error(p, span, "%s has to be an s-op or an atom, not %s", what, value_describe(p, value));
    return NULL;
}

static Sop *folded(RaspProgram *p, int fine, Atom atom, const char *why, Span span)
{
    if (!fine) {
        program_error(p, span, "%s", why);
        return NULL;
    }
    return sop_const(p, atom, span);
}

/* ---- maps -------------------------------------------------------------------------------------------------------------------------- */

static unsigned binary_mask(RaspOp op, const Sop *a, const Sop *b)
{
    unsigned mask = 0;
    for (int left = ATOM_BOOL; left <= ATOM_STR; left++) {
        for (int right = ATOM_BOOL; right <= ATOM_STR; right++) {
            if ((a->mask >> left & 1) && (b->mask >> right & 1)) {
                const int type = op_type(op, (AtomType)left, (AtomType)right);
                mask |= type < 0 ? 0 : 1U << type;
            }
        }
    }
    return op == ROP_POW && (mask & MASK_INT) && b->low < 0 ? mask | MASK_FLOAT : mask;
}

static int64_t binary_low(RaspOp op, const Sop *a, const Sop *b)
{
    int64_t low;
    const int known = a->low != INT64_MIN && b->low != INT64_MIN;
    switch ((int)op) {
    case ROP_ADD: return known && scalar_int(OP_ADD, a->low, b->low, &low) ? low : INT64_MIN;
    case ROP_MUL: return known && a->low >= 0 && b->low >= 0 && scalar_int(OP_MUL, a->low, b->low, &low) ? low : INT64_MIN;
    case ROP_MOD: return b->low > 0 ? 0 : INT64_MIN;
    case ROP_POW: return known && a->low >= 1 && b->low >= 0 ? 1 : INT64_MIN;
    default: return op_is_compare(op) || op == ROP_AND || op == ROP_OR ? 0 : INT64_MIN;
    }
}

/* Linear forms of linear forms, while their coefficients are small. */
static void binary_linear(RaspOp op, Sop *sop)
{
    const Sop *a = sop->kid[0], *b = sop->kid[1];
    const int64_t most = 1 << 30;
    int64_t c[3];
    if (!a->linear || !b->linear || (op != ROP_ADD && op != ROP_SUB && op != ROP_MUL)) {
        return;
    }
    if (op == ROP_MUL && (a->coef[0] || a->coef[1])) {
        const Sop *swap = a;
        a = b;
        b = swap;
    }
    for (int i = 0; i < 3; i++) {
        if (a->coef[i] > most || a->coef[i] < -most || b->coef[i] > most || b->coef[i] < -most) {
            return;
        }
        c[i] = op == ROP_ADD ? a->coef[i] + b->coef[i] : op == ROP_SUB ? a->coef[i] - b->coef[i] : a->coef[2] * b->coef[i];
    }
    if (op != ROP_MUL || (!a->coef[0] && !a->coef[1])) {
        linear(sop, c[0], c[1], c[2]);
    }
}

static Sop *truth(RaspProgram *p, Sop *a, Span span)
{
    if (a->mask == MASK_BOOL) {
        return a;
    }
    if (a->kind == SOP_CONST) {
        return sop_const(p, atom_bool(atom_truth(&a->atom)), span);
    }
    return sop_new(p, (Sop){.kind = SOP_TRUTH, .mask = MASK_BOOL, .span = span, .kids = 1, .kid = {a}, .small = 1});
}

Sop *sop_binary(RaspProgram *p, RaspOp op, Sop *a, Sop *b, Span span)
{
    const int logic = op == ROP_AND || op == ROP_OR;
    if (logic) {
        a = truth(p, a, span);
        b = truth(p, b, span);
    }
    if (a->kind == SOP_CONST && b->kind == SOP_CONST) {
        Atom atom = atom_bool(op == ROP_AND ? a->atom.integer && b->atom.integer : a->atom.integer || b->atom.integer);
        const char *why = NULL;
        const int fine = logic || atom_binary(p->arena, op, &a->atom, &b->atom, &atom, &why);
        return folded(p, fine, atom, why, span);
    }
    const unsigned mask = logic ? MASK_BOOL : binary_mask(op, a, b);
    if (!mask) {
        program_error(p, span, "'%s' cannot take %s and %s", rasp_op_name[op], mask_name(p->arena, a->mask), mask_name(p->arena, b->mask));
        return NULL;
    }
    const int zero = b->kind == SOP_CONST && (b->mask & MASK_NUMBER) && b->atom.real == 0;
    if ((op == ROP_DIV || op == ROP_MOD) && zero) {
        program_error(p, span, op == ROP_DIV ? "division by zero" : "remainder of a division by zero");
        return NULL;
    }
    Sop *sop = sop_new(p, (Sop){.kind = SOP_MAP,
                                .op = op,
                                .mask = mask,
                                .span = span,
                                .kids = 2,
                                .kid = {a, b},
                                .low = binary_low(op, a, b),
                                .small = !(mask & MASK_INT) || (op == ROP_MOD && a->small && b->small)});
    binary_linear(op, sop);
    return sop;
}

Sop *sop_unary(RaspProgram *p, RaspOp op, Sop *a, Span span)
{
    unsigned mask = 0;
    if (a->kind == SOP_CONST) {
        Atom atom = a->atom;
        const char *why = NULL;
        const int fine = atom_unary(p->arena, op, &a->atom, &atom, &why);
        return folded(p, fine, atom, why, span);
    }
    for (int type = ATOM_BOOL; type <= ATOM_STR; type++) {
        const int result = a->mask >> type & 1 ? op_type_one(op, (AtomType)type) : -1;
        mask |= result < 0 ? 0 : 1U << result;
    }
    if (!mask) {
        program_error(p, span, "'%s' cannot take %s", rasp_op_name[op], mask_name(p->arena, a->mask));
        return NULL;
    }
    if (op == ROP_NOT || op == ROP_INDICATOR) {
        a = truth(p, a, span);
    }
    if ((op == ROP_ROUND || op == ROP_POS) && a->mask == MASK_INT) {
        return a;
    }
    Sop *sop = sop_new(p, (Sop){.kind = SOP_MAP, .op = op, .mask = mask, .span = span, .kids = 1, .kid = {a}, .low = INT64_MIN});
    sop->low = op == ROP_NOT || op == ROP_INDICATOR ? 0 : INT64_MIN;
    sop->small = op == ROP_NOT || op == ROP_INDICATOR || a->small;
    if (op == ROP_ROUND) {
        Sop *simple = recognise_round(p, a, span);
        return simple ? sop_instead(p, simple, sop) : sop;
    }
    return op == ROP_NEG && a->linear ? linear(sop, -a->coef[0], -a->coef[1], -a->coef[2]) : sop;
}

Sop *sop_if(RaspProgram *p, Sop *yes, Sop *condition, Sop *no, Span span)
{
    condition = truth(p, condition, span);
    if (condition->kind == SOP_CONST && (condition->atom.integer ? no : yes)->kind == SOP_CONST) {
        return condition->atom.integer ? yes : no; /* the other one cannot fail */
    }
    return sop_new(p, (Sop){.kind = SOP_IF,
                            .mask = yes->mask | no->mask,
                            .span = span,
                            .kids = 3,
                            .kid = {yes, condition, no},
                            .low = yes->low < no->low ? yes->low : no->low,
                            .small = yes->small && no->small});
}

Sop *sop_lookup(RaspProgram *p, Sop proto, Sop *at, Span span)
{
    proto.kind = SOP_LOOKUP;
    proto.span = span;
    proto.kids = 1;
    proto.kid[0] = at;
    proto.mask = proto.has_other ? 1U << proto.other.type : 0;
    proto.low = INT64_MAX;
    proto.small = 1;
    for (int i = 0; i < proto.pair.n; i++) {
        const Atom *value = &proto.pair.at[i].value;
        const int whole = value->type == ATOM_BOOL || value->type == ATOM_INT;
        proto.mask |= 1U << value->type;
        proto.small &= !whole || (value->integer < exact && value->integer > -exact);
        proto.low = !whole ? INT64_MIN : value->integer < proto.low ? value->integer : proto.low;
    }
    return sop_new(p, proto);
}

/* ---- attention --------------------------------------------------------------------------------------------------------------------- */

Sop *sop_aggregate(RaspProgram *p, Selector *selector, Sop *x, const Atom *other, Span span)
{
    const Atom none = other ? *other : atom_int(0);
    unsigned mask = x->mask;
    if (selector->fixed == 0) { /* never read, but it may fail */
        mask = 0;
    } else if (!selector->one_at_most && (x->mask & (MASK_INT | MASK_FLOAT))) {
        mask |= MASK_FLOAT; /* a mean */
    }
    int64_t low = selector->fixed == 0 ? INT64_MAX : x->low;
    if (!selector->one_at_least) {
        mask |= 1U << none.type;
        low = none.type == ATOM_FLOAT ? INT64_MIN : none.type <= ATOM_INT && none.integer < low ? none.integer : low;
    }
    return sop_new(p, (Sop){.kind = SOP_AGGREGATE,
                            .mask = mask,
                            .span = span,
                            .kids = 1,
                            .kid = {x},
                            .selector = selector,
                            .other = none,
                            .low = low,
                            .small = x->small && none.real < 9e15 && none.real > -9e15});
}

Sop *sop_width(RaspProgram *p, Selector *selector, Span span)
{
    Sop *sop = sop_new(
        p, (Sop){.kind = SOP_WIDTH, .mask = MASK_INT, .span = span, .selector = selector, .low = selector->one_at_least, .small = 1});
    if (selector->fixed == 1) {
        return linear(sop, 1, 0, 0);
    }
    sop->permutes = recognise_order(selector);
    return sop;
}

/* ---- selectors --------------------------------------------------------------------------------------------------------------------- */

static Selector *selector_new(RaspProgram *p, Selector proto)
{
    Selector *s = arena_new_of(p->arena, Selector);
    *s = proto;
    s->id = p->selectors++;
    s->order = p->made++;
    s->one_at_least |= s->fixed == 1;
    s->one_at_most |= s->fixed == 0;
    s->size = s->a ? s->a->size + (s->b ? s->b->size : 0) : 1;
    s->depth = 1;
    for (int i = 0; i < 2; i++) {
        const Sop *side = i ? s->query : s->key;
        const Selector *part = i ? s->b : s->a;
        s->depth = side && side->depth >= s->depth ? side->depth + 1 : s->depth;
        s->depth = part && part->depth >= s->depth ? part->depth + 1 : s->depth;
    }
    return s;
}

static int is_zero(const Sop *x)
{
    return x->kind == SOP_CONST && x->atom.type != ATOM_STR && x->atom.real == 0;
}

static int selects_itself(RaspOp op, const Sop *key, const Sop *query)
{
    return key == query && (op == ROP_EQ || op == ROP_LE || op == ROP_GE) && !(key->mask & MASK_FLOAT); /* NaN differs from itself */
}

Selector *selector_compare(RaspProgram *p, RaspOp op, Sop *key, Sop *query, Span span)
{
    Selector s = {.kind = SEL_COMPARE, .op = op, .key = key, .query = query, .span = span, .fixed = -1};
    if (key->kind == SOP_CONST && query->kind == SOP_CONST) {
        Atom atom;
        const char *why = NULL;
        if (!atom_binary(p->arena, op, &key->atom, &query->atom, &atom, &why)) {
            program_error(p, span, "%s", why);
            return NULL;
        }
        s.fixed = (int)atom.integer;
    } else if (!binary_mask(op, key, query)) {
        program_error(p, span, "'%s' cannot compare %s with %s", rasp_op_name[op], mask_name(p->arena, key->mask),
                      mask_name(p->arena, query->mask));
        return NULL;
    }
    const int distinct = key->permutes || (key->linear && key->coef[1] != 0);
    s.one_at_most = op == ROP_EQ && distinct;
    s.one_at_least = selects_itself(op, key, query) || (op == ROP_EQ && key->permutes && query->permutes) ||
                     (key == p->indices && is_zero(query) && (op == ROP_EQ || op == ROP_LE || op == ROP_GE));
    return selector_new(p, s);
}

Selector *selector_of(RaspProgram *p, SelectorKind kind, Selector *a, Selector *b, Span span)
{
    Selector s = {.kind = kind, .a = a, .b = b, .span = span, .fixed = -1};
    switch (kind) {
    case SEL_NOT: s.fixed = a->fixed < 0 ? -1 : !a->fixed; break;
    case SEL_AND:
        s.fixed = a->fixed == 0 || b->fixed == 0 ? 0 : a->fixed == 1 && b->fixed == 1 ? 1 : -1;
        s.one_at_most = a->one_at_most || b->one_at_most;
        break;
    case SEL_OR:
        s.fixed = a->fixed == 1 || b->fixed == 1 ? 1 : a->fixed == 0 && b->fixed == 0 ? 0 : -1;
        s.one_at_least = a->one_at_least || b->one_at_least;
        break;
    case SEL_COMPARE: break;
    }
    return selector_new(p, s);
}
