/* expr.c - expressions of a program */
#include "program.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const RaspValue *atom_result(RaspProgram *p, int fine, Atom atom, const char *why, Span span)
{
    if (!fine) {
        program_error(p, span, "%s", why);
        return NULL;
    }
    return value_atom(p, atom);
}

static const RaspValue *literal(RaspProgram *p, const RaspExpr *e)
{
    if (e->kind == RASP_STRING) {
        return value_atom(p, atom_str(e->text));
    }
    if (e->kind == RASP_FLOAT) {
        return value_atom(p, atom_float(strtod(e->text, NULL)));
    }
    errno = 0;
    const int64_t value = strtoll(e->text, NULL, 10);
    if (errno == ERANGE) {
        program_error(p, e->span, "%s is more than the 64 bits of an int hold", e->text);
        return NULL;
    }
    return value_atom(p, atom_int(value));
}

/* ---- operators --------------------------------------------------------------------------------------------------------------------- */

static const RaspValue *list_times(RaspProgram *p, const RaspValue *list, int64_t n, Span span)
{
    RaspList all = {0};
    if (list->list.n && n > 0 && !program_work(p, span, n > RASP_WORK ? n : n * list->list.n)) {
        return NULL;
    }
    for (int64_t i = 0; i < n && list->list.n; i++) {
        for (int k = 0; k < list->list.n; k++) {
            vec_push(p->arena, all, list->list.at[k]);
        }
    }
    return value_list(p, all);
}

static const RaspValue *list_sum(RaspProgram *p, const RaspValue *a, const RaspValue *b)
{
    RaspList all = {0};
    for (int i = 0; i < a->list.n + b->list.n; i++) {
        vec_push(p->arena, all, i < a->list.n ? a->list.at[i] : b->list.at[i - a->list.n]);
    }
    return value_list(p, all);
}

static int is_whole(const RaspValue *v)
{
    return v->kind == RV_ATOM && (v->atom.type == ATOM_INT || v->atom.type == ATOM_BOOL);
}

static const RaspValue *binary_values(RaspProgram *p, const RaspExpr *e, const RaspValue *a, const RaspValue *b);

/* The first elements that differ decide; of lists that begin alike, the shorter one is less. */
static const RaspValue *order_lists(RaspProgram *p, const RaspExpr *e, const RaspValue *a, const RaspValue *b)
{
    int i = 0;
    while (i < a->list.n && i < b->list.n && value_equal(a->list.at[i], b->list.at[i])) {
        i++;
    }
    if (i < a->list.n && i < b->list.n) {
        return binary_values(p, e, a->list.at[i], b->list.at[i]);
    }
    const Atom more = atom_int(a->list.n), than = atom_int(b->list.n);
    Atom less = more;
    const char *why = NULL;
    const int fine = atom_binary(p->arena, e->op, &more, &than, &less, &why);
    return atom_result(p, fine, less, why, e->at);
}

static const RaspValue *binary_values(RaspProgram *p, const RaspExpr *e, const RaspValue *a, const RaspValue *b)
{
    if (e->op == ROP_EQ || e->op == ROP_NE) {
        return value_atom(p, atom_bool(value_equal(a, b) == (e->op == ROP_EQ)));
    }
    if (op_is_compare(e->op) && a->kind == RV_LIST && b->kind == RV_LIST) {
        return order_lists(p, e, a, b);
    }
    if (e->op == ROP_ADD && a->kind == RV_LIST && b->kind == RV_LIST) {
        return program_work(p, e->at, a->list.n + b->list.n) ? list_sum(p, a, b) : NULL;
    }
    if (e->op == ROP_MUL && a->kind == RV_LIST && is_whole(b)) {
        return list_times(p, a, b->atom.integer, e->at);
    }
    if (e->op == ROP_MUL && b->kind == RV_LIST && is_whole(a)) {
        return list_times(p, b, a->atom.integer, e->at);
    }
    if (a->kind != RV_ATOM || b->kind != RV_ATOM) {
        program_error(p, e->at, "'%s' cannot take %s and %s", rasp_op_name[e->op], value_describe(p, a), value_describe(p, b));
        return NULL;
    }
    Atom atom = a->atom;
    const char *why = NULL;
    const int fine = atom_binary(p->arena, e->op, &a->atom, &b->atom, &atom, &why);
    return atom_result(p, fine, atom, why, e->at);
}

static const RaspValue *logic_values(RaspProgram *p, const RaspExpr *e, const RaspValue *a, const RaspValue *b)
{
    const int selectors = (a->kind == RV_SELECTOR) + (b->kind == RV_SELECTOR);
    if (selectors == 2) {
        Selector *s = selector_of(p, e->op == ROP_AND ? SEL_AND : SEL_OR, a->selector, b->selector, program_place(p, e->span));
        return value_selector(p, s);
    }
    if (selectors) {
        program_error(p, e->at, "'%s' cannot take a selector and %s", rasp_op_name[e->op],
                      value_describe(p, selectors && a->kind == RV_SELECTOR ? b : a));
        return NULL;
    }
    if (a->kind == RV_FUNCTION) { /* an object of Python is true */
        return e->op == ROP_AND ? b : a;
    }
    return value_truth(a) == (e->op == ROP_AND) ? b : a;
}

static const RaspValue *unusable(RaspProgram *p, const RaspValue *v, Span span)
{
    program_error(p, span, "what an s-op gives for an input is shown, but is no value to go on with");
    return v->kind == RV_SHOWN ? NULL : v;
}

static const RaspValue *binary(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *a = rasp_evaluate(p, scope, e->kid.at[0]), *b = a ? rasp_evaluate(p, scope, e->kid.at[1]) : NULL;
    const int logic = e->op == ROP_AND || e->op == ROP_OR;
    if (!a || !b) {
        return NULL;
    }
    if (a->kind == RV_SHOWN || b->kind == RV_SHOWN) {
        return unusable(p, a->kind == RV_SHOWN ? a : b, (a->kind == RV_SHOWN ? e->kid.at[0] : e->kid.at[1])->span);
    }
    if (a->kind == RV_SELECTOR || b->kind == RV_SELECTOR) {
        if (!logic) {
            program_error(p, e->at, "'%s' cannot take a selector", rasp_op_name[e->op]);
            return NULL;
        }
        return logic_values(p, e, a, b);
    }
    if (a->kind != RV_SOP && b->kind != RV_SOP) {
        return logic ? logic_values(p, e, a, b) : binary_values(p, e, a, b);
    }
    if (e->op == ROP_EQ || e->op == ROP_NE) { /* no element is a list or a function: each differs from it, as from NaN */
        static const RaspValue nothing = {.kind = RV_ATOM, .atom = {.type = ATOM_FLOAT, .real = NAN}};
        a = a->kind == RV_SOP || a->kind == RV_ATOM ? a : &nothing;
        b = b->kind == RV_SOP || b->kind == RV_ATOM ? b : &nothing;
    }
    const char *what = arena_printf(p->arena, "an operand of '%s'", rasp_op_name[e->op]);
    Sop *x = sop_of(p, a, e->kid.at[0]->span, what), *y = x ? sop_of(p, b, e->kid.at[1]->span, what) : NULL;
    return value_sop(p, y ? sop_binary(p, e->op, x, y, program_place(p, e->at)) : NULL);
}

static const RaspValue *unary(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *a = rasp_evaluate(p, scope, e->kid.at[0]);
    if (!a) {
        return NULL;
    }
    if (a->kind == RV_SHOWN) {
        return unusable(p, a, e->kid.at[0]->span);
    }
    if (a->kind == RV_SOP) {
        return value_sop(p, sop_unary(p, e->op, a->sop, program_place(p, e->at)));
    }
    if (e->op == ROP_NOT && a->kind == RV_SELECTOR) {
        return value_selector(p, selector_of(p, SEL_NOT, a->selector, NULL, program_place(p, e->span)));
    }
    if (e->op == ROP_NOT) {
        return value_atom(p, atom_bool(a->kind != RV_FUNCTION && !value_truth(a)));
    }
    if (a->kind != RV_ATOM || e->op == ROP_INDICATOR) {
        program_error(p, e->at, e->op == ROP_INDICATOR ? "'%s' takes an s-op, not %s" : "'%s' cannot take %s", rasp_op_name[e->op],
                      value_describe(p, a));
        return NULL;
    }
    Atom atom = a->atom;
    const char *why = NULL;
    const int fine = atom_unary(p->arena, e->op, &a->atom, &atom, &why);
    return atom_result(p, fine, atom, why, e->at);
}

static const RaspValue *ternary(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *condition = rasp_evaluate(p, scope, e->kid.at[1]);
    if (!condition) {
        return NULL;
    }
    if (condition->kind == RV_SHOWN) {
        return unusable(p, condition, e->kid.at[1]->span);
    }
    if (condition->kind != RV_SOP && condition->kind != RV_SELECTOR) {
        const int yes = condition->kind == RV_FUNCTION || value_truth(condition);
        return rasp_evaluate(p, scope, e->kid.at[yes ? 0 : 2]);
    }
    Sop *part[3];
    for (int i = 0; i < 3; i++) {
        const int k = i == 0 ? 1 : i == 1 ? 0 : 2;
        const RaspValue *v = i ? rasp_evaluate(p, scope, e->kid.at[k]) : condition;
        part[k] = v ? sop_of(p, v, e->kid.at[k]->span, k == 1 ? "the condition" : "a choice by an s-op") : NULL;
        if (!part[k]) {
            return NULL;
        }
    }
    return value_sop(p, sop_if(p, part[0], part[1], part[2], program_place(p, e->span)));
}

/* ---- attention --------------------------------------------------------------------------------------------------------------------- */

static const RaspValue *select(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    Sop *part[2];
    for (int k = 0; k < 2; k++) {
        const RaspValue *v = rasp_evaluate(p, scope, e->kid.at[k]);
        part[k] = v ? sop_of(p, v, e->kid.at[k]->span, k ? "the query of a selector" : "the key of a selector") : NULL;
        if (!part[k]) {
            return NULL;
        }
    }
    return value_selector(p, selector_compare(p, e->op, part[0], part[1], program_place(p, e->span)));
}

static const RaspValue *aggregate(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *selector = rasp_evaluate(p, scope, e->kid.at[0]), *x = selector ? rasp_evaluate(p, scope, e->kid.at[1]) : NULL,
                    *other = x && e->kid.n > 2 ? rasp_evaluate(p, scope, e->kid.at[2]) : x;
    if (!selector || !x || !other) {
        return NULL;
    }
    if (selector->kind != RV_SELECTOR) {
        program_error(p, e->kid.at[0]->span, "'aggregate' takes a selector first, not %s", value_describe(p, selector));
        return NULL;
    }
    Sop *sop = sop_of(p, x, e->kid.at[1]->span, "what is aggregated");
    if (sop && e->kid.n > 2 && other->kind != RV_ATOM) {
        program_error(p, e->kid.at[2]->span, "the default of 'aggregate' is an atom, not %s", value_describe(p, other));
        return NULL;
    }
    return value_sop(p,
                     sop ? sop_aggregate(p, selector->selector, sop, e->kid.n > 2 ? &other->atom : NULL, program_place(p, e->span)) : NULL);
}

/* ---- calls ------------------------------------------------------------------------------------------------------------------------- */

/* s("abc"): shown, and no value. */
static const RaspValue *apply(RaspProgram *p, const RaspExpr *e, const RaspValue *applied, const RaspList *args)
{
    if (args->n != 1) {
        program_error(p, e->at, "an s-op is applied to one input, not %d", args->n);
        return NULL;
    }
    const RaspValue *on = args->at[0];
    if (on->kind != RV_LIST && !(on->kind == RV_ATOM && on->atom.type == ATOM_STR)) {
        program_error(p, e->kid.at[1]->span, "the input of an s-op is a string or a list of atoms, not %s", value_describe(p, on));
        return NULL;
    }
    return value_new(p, (RaspValue){.kind = RV_SHOWN, .applied = applied, .on = on});
}

static const RaspValue *call_expr(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *f = rasp_evaluate(p, scope, e->kid.at[0]);
    RaspList args = {0};
    if (!f) {
        return NULL;
    }
    for (int i = 1; i < e->kid.n; i++) {
        const RaspValue *arg = rasp_evaluate(p, scope, e->kid.at[i]);
        if (!arg) {
            return NULL;
        }
        if (arg->kind == RV_SHOWN) {
            return unusable(p, arg, e->kid.at[i]->span);
        }
        vec_push(p->arena, args, arg);
    }
    if (f->kind == RV_SOP || f->kind == RV_SELECTOR) {
        const RaspValue *shown = apply(p, e, f, &args);
        scope->out = f;
        return shown;
    }
    if (f->kind != RV_FUNCTION) {
        program_error(p, e->at, "%s cannot be called", value_describe(p, f));
        return NULL;
    }
    return rasp_call(p, f->function, &args, e->span);
}

/* ---- all -------------------------------------------------------------------------------------------------------------------------- */

/* The tokens as numbers are known by the place that asks for them first: an input that is none is reported there. */
static const RaspValue *name(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *value = scope_get(p, scope, e->text, e->span);
    if (value && value->kind == RV_SOP && value->sop->kind == SOP_INPUT && !value->sop->span.source) {
        value->sop->span = program_place(p, e->span);
    }
    return value;
}

static const RaspValue *evaluate_kind(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    switch (e->kind) {
    case RASP_INT: case RASP_FLOAT: case RASP_STRING: return literal(p, e);
    case RASP_NAME: return name(p, scope, e);
    case RASP_UNARY: return unary(p, scope, e);
    case RASP_BINARY: return binary(p, scope, e);
    case RASP_TERNARY: return ternary(p, scope, e);
    case RASP_SELECT: return select(p, scope, e);
    case RASP_AGGREGATE: return aggregate(p, scope, e);
    case RASP_CALL: return call_expr(p, scope, e);
    case RASP_INDEX: case RASP_IN: {
        const RaspValue *a = rasp_evaluate(p, scope, e->kid.at[0]), *b = a ? rasp_evaluate(p, scope, e->kid.at[1]) : NULL;
        if (!b) {
            return NULL;
        }
        return e->kind == RASP_INDEX ? container_index(p, scope, e, a, b) : container_in(p, e, a, b);
    }
    case RASP_LIST: case RASP_DICT: case RASP_RANGE: case RASP_ZIP: case RASP_LEN: case RASP_LIST_COMP: case RASP_DICT_COMP: break;
    }
    return container_literal(p, scope, e);
}

const RaspValue *rasp_evaluate(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    if (!program_work(p, e->span, 1)) {
        return NULL;
    }
    if (p->depth >= RASP_STACK) {
        program_error(p, e->span, "calls are nested too deeply here: a recursion that does not end?");
        p->stopped = 1;
        return NULL;
    }
    p->depth++;
    const RaspValue *value = evaluate_kind(p, scope, e);
    p->depth--;
    if (!value || value->kind == RV_POISON) {
        return NULL;
    }
    if (value->size > RASP_WORK) { /* a list of lists of itself: few values, and yet too much to go through */
        program_work(p, e->span, value->size);
        return NULL;
    }
    scope->out = value->kind == RV_SHOWN ? scope->out : value;
    return value;
}

const RaspValue *rasp_evaluate_list(RaspProgram *p, RaspScope *scope, const RaspExprs *list)
{
    RaspList values = {0};
    for (int i = 0; i < list->n; i++) {
        const RaspValue *value = rasp_evaluate(p, scope, list->at[i]);
        if (!value) {
            return NULL;
        }
        vec_push(p->arena, values, value);
    }
    return values.n == 1 ? values.at[0] : value_list(p, values);
}
