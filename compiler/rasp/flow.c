#include "flow.h"

enum { LABEL_MOST = 40 };

/* ---- what is needed ---------------------------------------------------------------------------------------------------------------- */

typedef struct Reach {
    Flow *flow;
    FlowStep *made; /* by order: what was reached has a sop or a selector */
} Reach;

static void reach_selector(Reach *r, Selector *s);

static void reach_sop(Reach *r, Sop *x)
{
    x = sop_written(x);
    if (r->made[x->order].sop) {
        return;
    }
    r->made[x->order].sop = x;
    for (int k = 0; k < x->kids; k++) {
        reach_sop(r, x->kid[k]);
    }
    if (x->selector) {
        reach_selector(r, x->selector);
    }
}

static void reach_selector(Reach *r, Selector *s)
{
    if (r->made[s->order].selector) {
        return;
    }
    r->made[s->order].selector = s;
    if (s->kind == SEL_COMPARE) {
        reach_sop(r, s->key);
        reach_sop(r, s->query);
    } else {
        reach_selector(r, s->a);
        if (s->b) {
            reach_selector(r, s->b);
        }
    }
}

static void reach_value(Reach *r, const RaspValue *value)
{
    if (value->kind == RV_SOP) {
        reach_sop(r, value->sop);
        r->made[sop_written(value->sop)->order].result = 1;
    } else if (value->kind == RV_SELECTOR) {
        reach_selector(r, value->selector);
        r->made[value->selector->order].result = 1;
    }
    for (int i = 0; value->kind == RV_LIST && i < value->list.n; i++) {
        reach_value(r, value->list.at[i]);
    }
    for (int i = 0; value->kind == RV_DICT && i < value->dict.n; i++) {
        reach_value(r, value->dict.at[i].value);
    }
}

/* The steps that were reached, in order; what they read as numbers of steps. */
static void gather(Flow *flow, FlowStep *made)
{
    int *number = arena_array(flow->p->arena, int, flow->p->made + 1);
    for (int i = 0; i < flow->p->made; i++) {
        FlowStep *s = &made[i];
        const Sop *x = s->sop;
        if (!x && !s->selector) {
            continue;
        }
        s->by = s->head = s->leaf = -1;
        s->kids = x ? x->kids : s->selector->kind == SEL_NOT ? 1 : 2;
        for (int k = 0; k < s->kids; k++) {
            const Selector *sel = s->selector;
            const int order = x                          ? sop_written(x->kid[k])->order
                              : sel->kind == SEL_COMPARE ? sop_written(k ? sel->query : sel->key)->order
                                                         : (k ? sel->b : sel->a)->order;
            s->kid[k] = number[order];
        }
        s->by = x && x->selector ? number[x->selector->order] : -1;
        if (x && x->kind == SOP_TRUTH) { /* what reads it asks for it: the program does not say it */
            number[i] = s->kid[0];
            continue;
        }
        number[i] = flow->step.n;
        vec_push(flow->p->arena, flow->step, *s);
    }
}

/* ---- what is the same -------------------------------------------------------------------------------------------------------------- */

/* Two steps with one key have the same values. */
static Str step_key(const Flow *flow, const FlowStep *s)
{
    const Selector *sel = s->selector;
    int kid[3] = {-1, -1, -1};
    if (sel && sel->fixed >= 0) {
        return sel->fixed ? str_of("all") : str_of("nothing");
    }
    for (int k = 0; k < s->kids; k++) {
        kid[k] = flow->step.at[s->kid[k]].like;
    }
    const int turns = sel ? sel->kind != SEL_COMPARE : s->sop->kind == SOP_MAP && (s->sop->op == ROP_AND || s->sop->op == ROP_OR);
    if (turns && s->kids == 2 && kid[0] > kid[1]) {
        const int swap = kid[0];
        kid[0] = kid[1];
        kid[1] = swap;
    }
    return str_format("%s%d %d %d %d %d %s", sel ? "selector " : "", sel ? (int)sel->kind : (int)s->sop->kind, kid[0], kid[1], kid[2],
                      s->by < 0 ? -1 : flow->step.at[s->by].like,
                      sel ? rasp_op_name[sel->kind == SEL_COMPARE ? sel->op : ROP_NOT] : sop_key(s->sop));
}

static Str own_name(const FlowStep *s)
{
    return s->sop ? s->sop->name : s->selector->name;
}

static void compare(Flow *flow)
{
    Str *key = arena_array(flow->p->arena, Str, flow->step.n + 1);
    for (int i = 0; i < flow->step.n; i++) {
        FlowStep *s = &flow->step.at[i];
        key[i] = step_key(flow, s);
        s->like = s->same = i;
        for (int k = 0; k < i; k++) {
            const FlowStep *before = &flow->step.at[k];
            if (key[k] != key[i]) {
                continue;
            }
            s->like = s->like == i ? k : s->like;
            if (s->sop && before->same == k && (!own_name(s) || own_name(s) == own_name(before))) {
                s->same = k;
                break;
            }
        }
    }
    for (int i = 0; i < flow->step.n; i++) {
        FlowStep *s = &flow->step.at[i];
        flow->step.at[s->same].result |= s->result;
        for (int k = 0; k < s->kids; k++) {
            s->kid[k] = flow->step.at[s->kid[k]].same;
            flow->step.at[s->kid[k]].uses += s->same == i;
        }
    }
}

/* ---- what is drawn, and how it is called -------------------------------------------------------------------------------------------- */

static int is_drawn(const FlowStep *s, int i)
{
    const Sop *x = s->sop;
    if (!x || s->same != i) {
        return 0;
    }
    return s->result || (x->kind != SOP_CONST && (x->kind == SOP_INPUT || x->kind == SOP_INDICES || s->by >= 0 || x->name || s->uses > 1));
}

/* "share" twice: share₁ and share₂ */
static void tell_apart(Flow *flow)
{
    const int n = flow->step.n;
    Str *label = arena_array(flow->p->arena, Str, n + 1);
    for (int i = 0; i < n; i++) {
        label[i] = flow->step.at[i].label;
    }
    for (int i = 0; i < n; i++) {
        int before = 0, all = 0;
        for (int k = 0; k < n && label[i]; k++) {
            all += label[k] == label[i];
            before += k < i && label[k] == label[i];
        }
        if (all > 1) {
            const char *digit = arena_printf(flow->p->arena, "%d", before + 1), *under = "";
            for (; *digit; digit++) {
                under = arena_printf(flow->p->arena, "%s\xE2\x82%c", under, 0x80 + *digit - '0');
            }
            flow->step.at[i].label = str_format("%s%s", label[i], under);
        }
    }
}

static void label(Flow *flow)
{
    for (int i = 0; i < flow->step.n; i++) {
        FlowStep *s = &flow->step.at[i];
        s->drawn = is_drawn(s, i);
        if (!s->drawn) {
            continue;
        }
        if (own_name(s)) {
            s->label = own_name(s);
        } else if (s->by >= 0) {
            s->label = str_format("agg(%s)", s->kids ? formula_label(flow, flow->p->arena, s->kid[0], LABEL_MOST - 5) : "1");
        } else {
            s->label = str_of(formula_of(flow, flow->p->arena, i, LABEL_MOST));
        }
    }
    tell_apart(flow);
}

/* ---- all --------------------------------------------------------------------------------------------------------------------------- */

Flow *flow_of(RaspProgram *p, const RaspValue *value)
{
    if (!rasp_needs_input(value)) {
        program_error(p, span_of_source(p->source), "the value is %s, which does not depend on the input: there are no steps to show",
                      value_describe(p, value));
        return NULL;
    }
    Flow *flow = arena_new_of(p->arena, Flow);
    *flow = (Flow){.p = p, .value = value};
    Reach reach = {flow, arena_array(p->arena, FlowStep, p->made + 1)};
    reach_value(&reach, value);
    gather(flow, reach.made);
    compare(flow);
    label(flow);
    schedule(flow);
    RaspList leaves = {0};
    for (int i = 0; i < flow->step.n; i++) {
        FlowStep *s = &flow->step.at[i];
        if (s->selector || s->sop->kind != SOP_CONST || s->result) {
            s->leaf = leaves.n;
            vec_push(p->arena, leaves,
                     value_new(p, s->selector ? (RaspValue){.kind = RV_SELECTOR, .selector = s->selector}
                                              : (RaspValue){.kind = RV_SOP, .sop = s->sop}));
        }
    }
    flow->all = value_list(p, leaves);
    return flow;
}
