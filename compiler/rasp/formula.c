/* formula.c - steps as a program writes them: parts that have no name are written out */
#include "flow.h"
#include "page.h"

#include <string.h>

enum { ELEMENTS = 6 }; /* of a list or dict that are written out */

enum { TERNARY = 1, MEMBER, LOGIC, COMPARISON, SUM, REMAINDER, PRODUCT, POWER, PREFIX, WHOLE }; /* how tightly it is bound */

typedef struct Formula {
    const Flow *flow;
    Page page;
    int most, whole;
} Formula;

static void put_step(Formula *f, int i, int tight);

static void put(Formula *f, const char *text)
{
    page_puts(&f->page, text);
}

static void put_atom(Formula *f, const Atom *a)
{
    const char *text = atom_str_of(f->page.arena, a);
    put(f, a->type == ATOM_STR ? arena_printf(f->page.arena, "\"%s\"", text) : text);
}

static int is_member(const Sop *x)
{
    return x->has_other && x->place == ATOM_STR;
}

static int tightness(const FlowStep *s)
{
    static const int of_op[ROP_COUNT_] = {
        [ROP_ADD] = SUM, [ROP_SUB] = SUM, [ROP_MUL] = PRODUCT, [ROP_DIV] = PRODUCT, [ROP_MOD] = REMAINDER, [ROP_POW] = POWER,
        [ROP_EQ] = COMPARISON, [ROP_NE] = COMPARISON, [ROP_LT] = COMPARISON, [ROP_LE] = COMPARISON, [ROP_GT] = COMPARISON,
        [ROP_GE] = COMPARISON, [ROP_AND] = LOGIC, [ROP_OR] = LOGIC, [ROP_NOT] = PREFIX, [ROP_NEG] = PREFIX, [ROP_POS] = PREFIX,
        [ROP_ROUND] = WHOLE, [ROP_INDICATOR] = WHOLE};
    const Sop *x = s->sop;
    if (s->selector) {
        return s->selector->kind == SEL_COMPARE ? WHOLE : s->selector->kind == SEL_NOT ? PREFIX : LOGIC;
    }
    switch (x->kind) {
    case SOP_CONST: return x->atom.type <= ATOM_FLOAT && x->atom.real < 0 ? PREFIX : WHOLE;
    case SOP_MAP: return of_op[x->op];
    case SOP_IF: return TERNARY;
    case SOP_LOOKUP: return is_member(x) ? MEMBER : WHOLE;
    case SOP_INPUT: case SOP_INDICES: case SOP_TRUTH: case SOP_AGGREGATE: case SOP_WIDTH: break;
    }
    return WHOLE;
}

/* Every operator is left-associative: the right operand is bound more tightly. */
static void put_two(Formula *f, const FlowStep *s, const char *op, int tight)
{
    put_step(f, s->kid[0], tight);
    put(f, arena_printf(f->page.arena, " %s ", op));
    put_step(f, s->kid[1], tight + 1);
}

static void put_map(Formula *f, const FlowStep *s)
{
    const RaspOp op = s->sop->op;
    if (s->kids == 2) {
        put_two(f, s, rasp_op_name[op], tightness(s));
    } else if (op == ROP_ROUND || op == ROP_INDICATOR) {
        put(f, arena_printf(f->page.arena, "%s(", rasp_op_name[op]));
        put_step(f, s->kid[0], 0);
        put(f, ")");
    } else {
        put(f, rasp_op_name[op]);
        put(f, op == ROP_NOT ? " " : "");
        put_step(f, s->kid[0], PREFIX);
    }
}

/* ["a", "b"][x], {"a": 1}[x], x in ["a", "b"] */
static void put_lookup(Formula *f, const FlowStep *s)
{
    const Sop *x = s->sop;
    const int dict = x->place == ATOM_STR && !is_member(x);
    if (is_member(x)) {
        put_step(f, s->kid[0], MEMBER);
        put(f, " in ");
    }
    put(f, dict ? "{" : "[");
    for (int i = 0; i < x->pair.n && i < ELEMENTS; i++) {
        put(f, i ? ", " : "");
        if (dict || is_member(x)) {
            put_atom(f, &x->pair.at[i].key);
            put(f, dict ? ": " : "");
        }
        if (!is_member(x)) {
            put_atom(f, &x->pair.at[i].value);
        }
    }
    put(f, x->pair.n > ELEMENTS ? ", .." : "");
    put(f, dict ? "}" : "]");
    if (!is_member(x)) {
        put(f, "[");
        put_step(f, s->kid[0], 0);
        put(f, "]");
    }
}

static void put_aggregate(Formula *f, const FlowStep *s)
{
    put(f, "aggregate(");
    put_step(f, s->by, 0);
    put(f, ", ");
    put_step(f, s->kid[0], 0);
    if (s->sop->other.type != ATOM_INT || s->sop->other.integer) {
        put(f, ", ");
        put_atom(f, &s->sop->other);
    }
    put(f, ")");
}

static void put_selector(Formula *f, const FlowStep *s)
{
    switch (s->selector->kind) {
    case SEL_NOT:
        put(f, "not ");
        put_step(f, s->kid[0], PREFIX);
        return;
    case SEL_AND: put_two(f, s, "and", LOGIC); return;
    case SEL_OR: put_two(f, s, "or", LOGIC); return;
    case SEL_COMPARE: break;
    }
    put(f, "select(");
    put_step(f, s->kid[0], 0);
    put(f, ", ");
    put_step(f, s->kid[1], 0);
    put(f, arena_printf(f->page.arena, ", %s)", rasp_op_name[s->selector->op]));
}

const char *input_name(RaspInput input)
{
    static const char *const name[] = {[INPUT_STR] = "tokens", [INPUT_INT] = "tokens_int", [INPUT_FLOAT] = "tokens_float",
                                       [INPUT_BOOL] = "tokens_bool", [INPUT_ASIS] = "tokens_asis"};
    return name[input];
}

static void put_sop(Formula *f, const FlowStep *s)
{
    const Sop *x = s->sop;
    switch (x->kind) {
    case SOP_INPUT: put(f, input_name(x->input)); return;
    case SOP_INDICES: put(f, "indices"); return;
    case SOP_CONST: put_atom(f, &x->atom); return;
    case SOP_MAP: put_map(f, s); return;
    case SOP_IF:
        put_step(f, s->kid[0], TERNARY);
        put(f, " if ");
        put_step(f, s->kid[1], MEMBER);
        put(f, " else ");
        put_step(f, s->kid[2], MEMBER);
        return;
    case SOP_TRUTH: return; /* no step */
    case SOP_LOOKUP: put_lookup(f, s); return;
    case SOP_AGGREGATE: put_aggregate(f, s); return;
    case SOP_WIDTH:
        put(f, "selector_width(");
        put_step(f, s->by, 0);
        put(f, ")");
        return;
    }
}

static void put_within(Formula *f, int i, int tight)
{
    const FlowStep *s = &f->flow->step.at[i];
    if (f->page.text.n > f->most) {
        return;
    }
    const int brackets = tightness(s) < tight;
    put(f, brackets ? "(" : "");
    if (s->selector) {
        put_selector(f, s);
    } else {
        put_sop(f, s);
    }
    put(f, brackets ? ")" : "");
}

static void put_step(Formula *f, int i, int tight)
{
    const FlowStep *s = &f->flow->step.at[i];
    Str name = f->whole ? (s->sop ? s->sop->name : s->selector->name) : s->label;
    const int built_in = s->sop && (s->sop->kind == SOP_INPUT || s->sop->kind == SOP_INDICES);
    if (name) {
        const int apart = tight > TERNARY && !f->whole && s->by < 0 && strchr(name, ' '); /* its label is a formula */
        put(f, apart ? "(" : "");
        put(f, name);
        put(f, apart ? ")" : "");
    } else if (built_in) {
        put_sop(f, s);
    } else {
        put_within(f, i, tight);
    }
}

const char *formula_short(Arena *arena, const char *text, int most)
{
    size_t n = (size_t)most;
    if (strlen(text) <= n) {
        return text;
    }
    while (n && ((unsigned char)text[n] & 0xC0) == 0x80) {
        n--;
    }
    return arena_printf(arena, "%.*s..", (int)n, text);
}

static const char *formula(const Flow *flow, Arena *arena, int step, int most, int whole)
{
    Formula f = {.flow = flow, .page = {.arena = arena}, .most = most, .whole = whole};
    put_within(&f, step, 0);
    return formula_short(arena, page_end(&f.page), most);
}

const char *formula_of(const Flow *flow, Arena *arena, int step, int most)
{
    return formula(flow, arena, step, most, 0);
}

const char *formula_whole(const Flow *flow, Arena *arena, int step, int most)
{
    return formula(flow, arena, step, most, 1);
}

const char *formula_label(const Flow *flow, Arena *arena, int step, int most)
{
    const Str label = flow->step.at[step].label;
    return label ? formula_short(arena, label, most) : formula(flow, arena, step, most, 0);
}
