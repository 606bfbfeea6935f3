/* container.c - lists, dicts, and what is taken out of them */
#include "program.h"

#include <string.h>

static size_t char_bytes(const char *text)
{
    const unsigned char c = (unsigned char)text[0];
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* The characters of a string, each a string. */
static RaspList characters(RaspProgram *p, Str text)
{
    RaspList list = {0};
    for (const char *at = text; *at; at += char_bytes(at)) {
        vec_push(p->arena, list, value_atom(p, atom_str(str_of_n(at, char_bytes(at)))));
    }
    return list;
}

static RaspList keys_of(RaspProgram *p, const RaspValue *dict)
{
    RaspList list = {0};
    for (int i = 0; i < dict->dict.n; i++) {
        vec_push(p->arena, list, value_atom(p, dict->dict.at[i].key));
    }
    return list;
}

int container_items(RaspProgram *p, const RaspValue *value, RaspList *out, Span span, const char *what)
{
    if (value->kind != RV_LIST && value->kind != RV_DICT) {
        program_error(p, span, "%s goes over a list or a dict, not %s", what, value_describe(p, value));
        return 0;
    }
    *out = value->kind == RV_LIST ? value->list : keys_of(p, value);
    return 1;
}

int bind_names(RaspProgram *p, RaspScope *scope, const RaspWords *names, const RaspValue *value, Span span)
{
    if (names->n == 1) {
        return scope_set(p, scope, names->at[0], value);
    }
    const int string = value->kind == RV_ATOM && value->atom.type == ATOM_STR;
    if (!string && value->kind != RV_LIST && value->kind != RV_DICT) {
        program_error(p, span, "%d names, but a single value: %s", names->n, value_text(p, value));
        return 0;
    }
    const RaspList parts = string ? characters(p, value->atom.text) : value->kind == RV_LIST ? value->list : keys_of(p, value);
    if (parts.n != names->n) {
        program_error(p, span, "%d names, but %d values: %s", names->n, parts.n, value_text(p, value));
        return 0;
    }
    int fine = 1;
    for (int i = 0; i < parts.n; i++) {
        fine &= scope_set(p, scope, names->at[i], parts.at[i]);
    }
    return fine;
}

/* ---- indices ----------------------------------------------------------------------------------------------------------------------- */

static const RaspEntry *entry_of(const RaspValue *dict, const Atom *key)
{
    for (int i = 0; i < dict->dict.n; i++) {
        if (atom_equal(&dict->dict.at[i].key, key)) {
            return &dict->dict.at[i];
        }
    }
    return NULL;
}

static Selector *everywhere(RaspProgram *p, Span span)
{
    return selector_compare(p, ROP_EQ, sop_const(p, atom_int(1), span), sop_const(p, atom_int(1), span), span);
}

/* round(1 / aggregate(everywhere, indicator(indices == 0))) */
static Sop *length_of(RaspProgram *p, Span span)
{
    Sop *first = sop_unary(p, ROP_INDICATOR, sop_binary(p, ROP_EQ, sop_indices(p), sop_const(p, atom_int(0), span), span), span);
    Sop *share = sop_aggregate(p, everywhere(p, span), first, NULL, span);
    return sop_unary(p, ROP_ROUND, sop_binary(p, ROP_DIV, sop_const(p, atom_int(1), span), share, span), span);
}

/* x[3]: what stands at position 3, everywhere; x[-1]: from the end. */
static const RaspValue *index_sop(RaspProgram *p, const RaspExpr *e, Sop *x, const RaspValue *at)
{
    if (at->kind != RV_ATOM || at->atom.type > ATOM_INT) {
        program_error(p, e->at, "the index of an s-op is an int, not %s", value_describe(p, at));
        if (at->kind == RV_SOP) {
            diag_hint(p->d, "load_from_location(s, location) reads at a position that an s-op says");
        }
        return NULL;
    }
    const Span span = program_place(p, e->span);
    const int64_t i = at->atom.integer;
    Sop *place = sop_const(p, atom_int(i < 0 && i > INT64_MIN ? -i : i), span);
    if (i < 0) {
        place = sop_binary(p, i > INT64_MIN ? ROP_SUB : ROP_ADD, length_of(p, span), place, span);
    }
    Selector *s = selector_compare(p, ROP_EQ, sop_indices(p), place, span);
    return value_sop(p, sop_aggregate(p, s, x, NULL, span));
}

static int lookup_pairs(RaspProgram *p, const RaspExpr *e, const RaspValue *of, Sop *proto)
{
    const RaspList list = of->kind == RV_ATOM ? characters(p, of->atom.text) : of->list;
    const int n = of->kind == RV_DICT ? of->dict.n : list.n;
    for (int i = 0; i < n; i++) {
        const RaspValue *value = of->kind == RV_DICT ? of->dict.at[i].value : list.at[i];
        if (value->kind != RV_ATOM) {
            program_error(p, e->kid.at[0]->span, "an s-op can only choose among atoms; there is %s in here", value_describe(p, value));
            return 0;
        }
        const Pair pair = {of->kind == RV_DICT ? of->dict.at[i].key : atom_int(i), value->atom};
        vec_push(p->arena, proto->pair, pair);
    }
    return 1;
}

static const RaspValue *index_by_sop(RaspProgram *p, const RaspExpr *e, const RaspValue *of, Sop *at)
{
    Sop proto = {.place = of->kind == RV_DICT ? ATOM_STR : ATOM_INT};
    if (of->kind != RV_DICT && !(at->mask & MASK_WHOLE)) {
        program_error(p, e->at, "the index of %s is an int, not %s", value_describe(p, of), mask_name(p->arena, at->mask));
        return NULL;
    }
    if (!lookup_pairs(p, e, of, &proto)) {
        return NULL;
    }
    if (proto.pair.n == 0) {
        program_error(p, e->at, "there is nothing in %s to choose", value_describe(p, of));
        return NULL;
    }
    return value_sop(p, sop_lookup(p, proto, at, program_place(p, e->span)));
}

static const RaspValue *index_dict(RaspProgram *p, const RaspExpr *e, const RaspValue *of, const RaspValue *at)
{
    const RaspEntry *found = at->kind == RV_ATOM ? entry_of(of, &at->atom) : NULL;
    if (!found) {
        program_error(p, e->at, at->kind == RV_ATOM ? "%s is not in the dict" : "the index of a dict is an s-op or an atom, not %s",
                      at->kind == RV_ATOM ? value_text(p, at) : value_describe(p, at));
        return NULL;
    }
    return found->value;
}

const RaspValue *container_index(RaspProgram *p, RaspScope *scope, const RaspExpr *e, const RaspValue *of, const RaspValue *at)
{
    (void)scope;
    const int string = of->kind == RV_ATOM && of->atom.type == ATOM_STR;
    if (of->kind == RV_SOP) {
        return index_sop(p, e, of->sop, at);
    }
    if (!string && of->kind != RV_LIST && of->kind != RV_DICT) {
        program_error(p, e->kid.at[0]->span, "%s has no elements to index", value_describe(p, of));
        return NULL;
    }
    if (at->kind == RV_SOP) {
        return index_by_sop(p, e, of, at->sop);
    }
    if (of->kind == RV_DICT) {
        return index_dict(p, e, of, at);
    }
    if (at->kind != RV_ATOM || at->atom.type > ATOM_INT) {
        program_error(p, e->at, "the index of %s is an int or an s-op, not %s", value_describe(p, of), value_describe(p, at));
        return NULL;
    }
    const RaspList list = string ? characters(p, of->atom.text) : of->list;
    const int64_t place = at->atom.integer < 0 ? at->atom.integer + list.n : at->atom.integer;
    if (place < 0 || place >= list.n) {
        program_error(p, e->at, "index %lld is out of range: %s has %d elements", (long long)at->atom.integer, value_describe(p, of),
                      list.n);
        return NULL;
    }
    return list.at[place];
}

/* ---- in ---------------------------------------------------------------------------------------------------------------------------- */

/* One of the elements is the atom: somewhere it is, so its mean is above 0. */
static const RaspValue *atom_in_sop(RaspProgram *p, const RaspExpr *e, const RaspValue *a, Sop *in)
{
    const Span span = program_place(p, e->span);
    Sop *same = sop_binary(p, ROP_EQ, in, sop_const(p, a->atom, span), span);
    Sop *zero = sop_const(p, atom_int(0), span), *marks = sop_unary(p, ROP_INDICATOR, same, span);
    Selector *s = selector_compare(p, ROP_EQ, same, sop_const(p, atom_bool(1), span), span);
    Sop *written = sop_binary(p, ROP_GT, sop_aggregate(p, everywhere(p, span), marks, NULL, span), zero, span);
    return value_sop(p, sop_instead(p, sop_binary(p, ROP_GT, sop_width(p, s, span), zero, span), written));
}

static const RaspValue *sop_in_list(RaspProgram *p, const RaspExpr *e, Sop *a, const RaspValue *in)
{
    Sop proto = {.place = ATOM_STR, .other = atom_bool(0), .has_other = 1};
    for (int i = 0; i < in->list.n; i++) {
        const RaspValue *one = in->list.at[i];
        if (one->kind != RV_ATOM) {
            program_error(p, e->kid.at[1]->span, "'in' looks for an s-op in a list of atoms; there is %s in here", value_describe(p, one));
            return NULL;
        }
        const Pair pair = {one->atom, atom_bool(1)};
        vec_push(p->arena, proto.pair, pair);
    }
    return value_sop(p, sop_lookup(p, proto, a, program_place(p, e->span)));
}

const RaspValue *container_in(RaspProgram *p, const RaspExpr *e, const RaspValue *a, const RaspValue *in)
{
    if (a->kind == RV_SOP) {
        if (in->kind != RV_LIST) {
            program_error(p, e->kid.at[1]->span, "'in' looks for an s-op in a list of atoms, not in %s", value_describe(p, in));
            return NULL;
        }
        return sop_in_list(p, e, a->sop, in);
    }
    if (a->kind != RV_ATOM) {
        program_error(p, e->kid.at[0]->span, "'in' looks for an atom or an s-op, not %s", value_describe(p, a));
        return NULL;
    }
    if (in->kind == RV_SOP) {
        return atom_in_sop(p, e, a, in->sop);
    }
    if (in->kind != RV_LIST) {
        program_error(p, e->kid.at[1]->span, "'in' looks in a list or an s-op, not in %s", value_describe(p, in));
        return NULL;
    }
    int found = 0;
    for (int i = 0; i < in->list.n; i++) {
        found |= value_equal(a, in->list.at[i]);
    }
    return value_atom(p, atom_bool(found));
}

/* ---- literals and comprehensions ---------------------------------------------------------------------------------------------------- */

static const RaspValue *list_literal(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    RaspList list = {0};
    for (int i = 0; i < e->kid.n; i++) {
        const RaspValue *value = rasp_evaluate(p, scope, e->kid.at[i]);
        if (!value) {
            return NULL;
        }
        vec_push(p->arena, list, value);
    }
    return value_list(p, list);
}

static int dict_put(RaspProgram *p, RaspScope *scope, RaspValue *dict, const RaspExpr *key_expr, const RaspExpr *value_expr)
{
    const RaspValue *key = rasp_evaluate(p, scope, key_expr);
    if (key && key->kind != RV_ATOM) {
        program_error(p, key_expr->span, "the key of a dict is an atom, not %s", value_describe(p, key));
        key = NULL;
    }
    const RaspValue *value = key ? rasp_evaluate(p, scope, value_expr) : NULL;
    if (!value) {
        return 0;
    }
    RaspEntry *found = (RaspEntry *)entry_of(dict, &key->atom);
    if (found) {
        found->value = value;
    } else {
        const RaspEntry entry = {key->atom, value};
        vec_push(p->arena, dict->dict, entry);
    }
    return program_work(p, key_expr->span, dict->dict.n / 16);
}

static const RaspValue *dict_literal(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    RaspValue dict = {.kind = RV_DICT};
    for (int i = 0; i + 1 < e->kid.n; i += 2) {
        if (!dict_put(p, scope, &dict, e->kid.at[i], e->kid.at[i + 1])) {
            return NULL;
        }
    }
    return value_new(p, dict);
}

static const RaspValue *comprehension(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const int is_dict = e->kind == RASP_DICT_COMP;
    const RaspExpr *from = e->kid.at[e->kid.n - 1];
    const RaspValue *source = rasp_evaluate(p, scope, from);
    RaspValue result = {.kind = is_dict ? RV_DICT : RV_LIST};
    RaspList items;
    if (!source || !container_items(p, source, &items, from->span, "a comprehension")) {
        return NULL;
    }
    for (int i = 0; i < items.n; i++) {
        RaspScope *own = scope_nested(p, scope);
        if (!bind_names(p, own, &e->names, items.at[i], from->span)) {
            return NULL;
        }
        if (is_dict) {
            if (!dict_put(p, own, &result, e->kid.at[0], e->kid.at[1])) {
                return NULL;
            }
            continue;
        }
        const RaspValue *value = rasp_evaluate(p, own, e->kid.at[0]);
        if (!value) {
            return NULL;
        }
        vec_push(p->arena, result.list, value);
    }
    return value_new(p, result);
}

static const RaspValue *range(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    int64_t bound[3] = {0, 0, 1};
    RaspList list = {0};
    if (e->kid.n > 3) {
        program_error(p, e->at, "'range' takes 1, 2 or 3 ints, not %d", e->kid.n);
        return NULL;
    }
    for (int i = 0; i < e->kid.n; i++) {
        const RaspValue *v = rasp_evaluate(p, scope, e->kid.at[i]);
        if (v && (v->kind != RV_ATOM || v->atom.type > ATOM_INT)) {
            program_error(p, e->kid.at[i]->span, "'range' takes ints, not %s", value_describe(p, v));
            v = NULL;
        }
        if (!v) {
            return NULL;
        }
        bound[e->kid.n == 1 ? 1 : i] = v->atom.integer;
    }
    if (bound[2] == 0) {
        program_error(p, e->kid.at[2]->span, "the step of 'range' is 0");
        return NULL;
    }
    for (int64_t i = bound[0]; bound[2] > 0 ? i < bound[1] : i > bound[1];) {
        if (!program_work(p, e->at, 1)) {
            return NULL;
        }
        vec_push(p->arena, list, value_atom(p, atom_int(i)));
        if (__builtin_add_overflow(i, bound[2], &i)) {
            break;
        }
    }
    return value_list(p, list);
}

static const RaspValue *zip(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *lists = list_literal(p, scope, e);
    RaspList rows = {0};
    for (int i = 0; lists && i < lists->list.n; i++) {
        const RaspValue *one = lists->list.at[i];
        if (one->kind != RV_LIST) {
            program_error(p, e->kid.at[i]->span, "'zip' takes lists, not %s", value_describe(p, one));
            return NULL;
        }
        if (one->list.n != lists->list.at[0]->list.n) {
            program_error(p, e->kid.at[i]->span, "'zip' takes lists of one length; this has %d elements, the first has %d", one->list.n,
                          lists->list.at[0]->list.n);
            return NULL;
        }
    }
    for (int k = 0; lists && k < lists->list.at[0]->list.n; k++) {
        RaspList row = {0};
        for (int i = 0; i < lists->list.n; i++) {
            vec_push(p->arena, row, lists->list.at[i]->list.at[k]);
        }
        if (!program_work(p, e->at, lists->list.n)) {
            return NULL;
        }
        vec_push(p->arena, rows, value_list(p, row));
    }
    return lists ? value_list(p, rows) : NULL;
}

static const RaspValue *len(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    const RaspValue *list = rasp_evaluate(p, scope, e->kid.at[0]);
    if (list && list->kind != RV_LIST) {
        program_error(p, e->kid.at[0]->span, "'len' takes a list, not %s", value_describe(p, list));
        return NULL;
    }
    return list ? value_atom(p, atom_int(list->list.n)) : NULL;
}

const RaspValue *container_literal(RaspProgram *p, RaspScope *scope, const RaspExpr *e)
{
    switch ((int)e->kind) {
    case RASP_LIST: return list_literal(p, scope, e);
    case RASP_DICT: return dict_literal(p, scope, e);
    case RASP_RANGE: return range(p, scope, e);
    case RASP_ZIP: return zip(p, scope, e);
    case RASP_LEN: return len(p, scope, e);
    default: return comprehension(p, scope, e);
    }
}
