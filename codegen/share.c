/* Units become C functions. Two units are equal, and share one, when their steps are the same but for the parameters they read and for
 * the numbers of nodes and variables. Consecutive turns of a loop that are equal and hand their results on become a loop in C. */
#include "plan.h"
#include "share.h"

#include <string.h>

typedef struct Keyer {
    Plan *p;
    VEC(char) text;
    int *node, *var; /* local numbers by id, 0: none yet */
    int nodes, vars;
    NodeList *param;
} Keyer;

static void put(Keyer *k, const char *text)
{
    for (; *text; text++) {
        vec_push(k->p->arena, k->text, *text);
    }
}

static void put_number(Keyer *k, char mark, int64_t n)
{
    put(k, arena_printf(k->p->arena, "%c%lld", mark, (long long)n));
}

static void put_dim(Keyer *k, const Dim *dim)
{
    if (!dim) {
        put(k, "-");
    } else if (dim->kind == DIM_FIXED && !dim->member) {
        put_number(k, 'f', dim->length);
        put(k, dim->name ? dim->name : "");
        put_dim(k, dim->parent);
    } else {
        put_number(k, 'd', dim->id);
    }
}

static void put_var(Keyer *k, const Var *var)
{
    if (!k->var[var->id]) {
        k->var[var->id] = ++k->vars;
        put_dim(k, var->dim);
    }
    put_number(k, 'v', k->var[var->id]);
}

static void put_vars(Keyer *k, const VarList *vars)
{
    put(k, "[");
    for (int i = 0; i < vars->n; i++) {
        put_dim(k, vars->at[i]->dim);
        put_var(k, vars->at[i]);
    }
    put(k, "]");
}

static void put_shape(Keyer *k, const Node *node)
{
    put_number(k, 'T', (int)node->type);
    put_number(k, plan_info(k->p, node)->wide ? 'W' : 'N', node->output);
    put_dim(k, node->extent);
}

static void put_node(Keyer *k, const Node *node)
{
    if (node->kind != NODE_PARAM) {
        put_number(k, 'n', k->node[node->id]);
        return;
    }
    int i = 0;
    while (i < k->param->n && k->param->at[i] != node) {
        i++;
    }
    put_number(k, 'p', i);
    if (i == k->param->n) {
        vec_push(k->p->arena, *k->param, (Node *)node);
        put_shape(k, node);
        for (int a = 0; a < node->free.n; a++) {
            put_dim(k, node->free.at[a]->dim);
        }
    }
}

static void define(Keyer *k, const Node *node)
{
    k->node[node->id] = ++k->nodes;
    put_number(k, '=', k->nodes);
    put_shape(k, node);
}

static void put_expr(Keyer *k, const Expr *e)
{
    if (!e) {
        put(k, "~");
        return;
    }
    put_number(k, '(', (int)e->kind * 8 + (int)e->type);
    switch (e->kind) {
    case EX_CONST: put(k, arena_printf(k->p->arena, "%lld,%a", (long long)e->integer, e->real)); break;
    case EX_VAR: put_var(k, e->var); break;
    case EX_LEN:
    case EX_POS: put_dim(k, e->dim); break;
    case EX_READ: put_node(k, e->node); break;
    case EX_OP: put_number(k, 'o', (int)e->op); break;
    case EX_SELECT: break;
    }
    for (int i = 0; i < e->n; i++) {
        put_expr(k, e->kid[i]);
    }
    if (e->otherwise) {
        put(k, "?");
        put_expr(k, e->otherwise);
    }
    put(k, ")");
}

static void put_equation(Keyer *k, const Node *node)
{
    put_vars(k, &node->free);
    put_number(k, 'r', (int)node->reduce);
    put_vars(k, &node->bound);
    put_expr(k, node->where);
    put_expr(k, node->body);
    put_expr(k, node->empty);
    define(k, node);
}

static void put_call(Keyer *k, const Step *step)
{
    const Unit *unit = step->unit;
    put_number(k, 'F', k->p->unit[unit->id].func->id);
    put_number(k, unit->loop ? 'L' : 'C', step->kind == STEP_LOOP ? 1 + step->once : 0);
    for (int i = 0; i < unit->args.n; i++) {
        put_node(k, unit->args.at[i]->source);
    }
    for (int i = 0; i < step->results.n; i++) {
        int which = 0;
        while (which < unit->results.n && unit->results.at[which] != step->results.at[i]->source) {
            which++;
        }
        put_number(k, 'R', which);
        for (int a = 0; step->kind == STEP_LOOP && a < step->results.at[i]->free.n; a++) {
            put_dim(k, step->results.at[i]->free.at[a]->dim);
        }
        define(k, step->results.at[i]);
    }
}

static Str unit_key(Plan *p, const Unit *unit, NodeList *param)
{
    Keyer k = {.p = p, .param = param};
    k.node = arena_array(p->arena, int, p->nodes + 1);
    k.var = arena_array(p->arena, int, p->graph->vars + 1);
    put(&k, unit->name ? unit->name : "");
    put_number(&k, '@', unit->span.begin);
    put_number(&k, 'c', unit->carried);
    for (int i = 0; i < unit->args.n; i++) {
        put_vars(&k, &unit->args.at[i]->free);
        define(&k, unit->args.at[i]);
    }
    if (unit->kind == UNIT_TOP) {
        for (int i = 0; i < p->graph->inputs.n; i++) {
            define(&k, p->graph->inputs.at[i]);
        }
        for (int i = 0; i < p->graph->states.n; i++) {
            define(&k, p->graph->states.at[i]);
            put_node(&k, p->graph->states.at[i]->body->node); /* what it begins with lies among the weights */
        }
    }
    for (int s = 0; s < unit->step.n; s++) {
        const Step *step = &unit->step.at[s];
        put_number(&k, ';', (int)step->kind);
        switch (step->kind) {
        case STEP_NODE: put_equation(&k, step->node); break;
        case STEP_DIM:
            put_dim(&k, step->dim);
            put_expr(&k, step->dim->formula);
            break;
        case STEP_CALL:
        case STEP_LOOP: put_call(&k, step); break;
        case STEP_REQUIRE:
        case STEP_LEAVE: put_node(&k, step->node); break;
        case STEP_ALONG:
            put_number(&k, 'a', step->down);
            for (int i = 0; i < step->group.n; i++) {
                define(&k, step->group.at[i]);
            }
            put_var(&k, step->var);
            for (int i = 0; i < step->group.n; i++) {
                put_equation(&k, step->group.at[i]);
            }
            break;
        }
    }
    for (int i = 0; i < unit->results.n; i++) {
        put_node(&k, unit->results.at[i]);
    }
    vec_push(p->arena, k.text, '\0');
    return str_of(k.text.at);
}

/* ---- items -------------------------------------------------------------------------------------------------------------------------- */

/* Turns i and the one after hand over: what is carried comes from the turn before, everything else is the same tensor; no one else
 * reads what turn i gives back. */
static int hands_over(const Step *a, const Step *b, const int *uses)
{
    const Unit *u = a->unit, *v = b->unit;
    for (int k = 0; k < v->args.n; k++) {
        const Node *source = v->args.at[k]->source;
        if (k >= v->carried) {
            if (source != u->args.at[k]->source && source->kind != NODE_PARAM) {
                return 0;
            }
            continue;
        }
        int from = -1;
        for (int r = 0; r < a->results.n; r++) {
            if (a->results.at[r] == source) {
                from = r;
            }
        }
        if (from < 0 || k >= u->results.n || a->results.at[from]->source != u->results.at[k]) {
            return 0;
        }
    }
    for (int r = 0; r < a->results.n; r++) {
        int carried = 0;
        for (int k = 0; k < v->carried; k++) {
            carried += v->args.at[k]->source == a->results.at[r];
        }
        if (uses[a->results.at[r]->id] != carried) {
            return 0;
        }
    }
    return 1;
}

static void count_uses(const Expr *e, int *uses)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        uses[e->node->id]++;
    }
    for (int k = 0; k < e->n; k++) {
        count_uses(e->kid[k], uses);
    }
    count_uses(e->otherwise, uses);
}

static void count_node_uses(const Node *node, int *uses)
{
    count_uses(node->body, uses);
    count_uses(node->where, uses);
    count_uses(node->empty, uses);
}

static int *uses_in(Plan *p, const Unit *unit)
{
    int *uses = arena_array(p->arena, int, p->nodes + 1);
    for (int s = 0; s < unit->step.n; s++) {
        const Step *step = &unit->step.at[s];
        switch (step->kind) {
        case STEP_NODE: count_node_uses(step->node, uses); break;
        case STEP_DIM:
            count_uses(step->dim->formula, uses);
            if (step->dim->mask) {
                uses[step->dim->mask->id]++;
            }
            break;
        case STEP_REQUIRE:
        case STEP_LEAVE: uses[step->node->id]++; break;
        case STEP_CALL:
        case STEP_LOOP:
            for (int k = 0; k < step->unit->args.n; k++) {
                uses[step->unit->args.at[k]->source->id]++;
            }
            break;
        case STEP_ALONG:
            for (int k = 0; k < step->group.n; k++) {
                count_node_uses(step->group.at[k], uses);
            }
            break;
        }
    }
    for (int k = 0; k < unit->results.n; k++) {
        uses[unit->results.at[k]->id]++;
    }
    for (int k = 0; unit->kind == UNIT_TOP && k < p->graph->outputs.n; k++) {
        uses[p->graph->outputs.at[k]->id]++;
    }
    for (int k = 0; unit->kind == UNIT_TOP && k < p->graph->states.n; k++) {
        if (p->graph->states.at[k]->next) {
            uses[p->graph->states.at[k]->next->id]++;
        }
    }
    return uses;
}

static void add_call(Plan *p, Func *f, const Unit *unit, int *s, const int *uses)
{
    const Step *step = &unit->step.at[*s], *last = step;
    Item item = {.kind = STEP_CALL, .step = step, .unit = step->unit, .turns = 1};
    item.callee = p->unit[step->unit->id].func;
    while (step->unit->loop && *s + 1 < unit->step.n) {
        const Step *next = &unit->step.at[*s + 1];
        if (next->kind != STEP_CALL || next->unit->loop != step->unit->loop || p->unit[next->unit->id].func != item.callee ||
            !hands_over(last, next, uses)) {
            break;
        }
        last = next;
        item.turns++;
        (*s)++;
    }
    item.last = last;
    vec_push(p->arena, f->item, item);
}

static void add_items(Plan *p, Func *f)
{
    const Unit *unit = f->unit;
    const int *uses = uses_in(p, unit);
    for (int k = 0; unit->kind == UNIT_TOP && k < p->graph->inputs.n; k++) {
        if (p->graph->inputs.at[k]->optional) {
            explicit_default(p, f, p->graph->inputs.at[k]);
        }
    }
    for (int s = 0; s < unit->step.n; s++) {
        const Step *step = &unit->step.at[s];
        Item item = {.kind = step->kind, .step = step, .dim = step->dim};
        switch (step->kind) {
        case STEP_NODE: explicit_node(p, f, &item, step->node); break;
        case STEP_DIM:
        case STEP_REQUIRE:
        case STEP_LEAVE: vec_push(p->arena, f->item, item); break;
        case STEP_CALL: add_call(p, f, unit, &s, uses); break;
        case STEP_LOOP:
            item.unit = step->unit;
            item.callee = p->unit[step->unit->id].func;
            item.turns = 1;
            item.last = step;
            vec_push(p->arena, f->item, item);
            break;
        case STEP_ALONG: explicit_along(p, f, &item); break;
        }
    }
    explicit_results(p, f);
}

static void share_unit(Plan *p, Unit *unit)
{
    for (int s = 0; s < unit->step.n; s++) {
        if (unit->step.at[s].unit) {
            share_unit(p, unit->step.at[s].unit);
        }
    }
    UnitInfo *info = &p->unit[unit->id];
    info->key = unit_key(p, unit, &info->param);
    for (int i = 0; i < p->func.n; i++) {
        if (p->unit[p->func.at[i]->unit->id].key == info->key) {
            info->func = p->func.at[i];
            vec_push(p->arena, info->func->units, unit);
            return;
        }
    }
    Func *f = arena_new_of(p->arena, Func);
    f->id = p->func.n;
    f->unit = unit;
    f->param = info->param;
    info->func = f;
    vec_push(p->arena, f->units, unit);
    vec_push(p->arena, p->func, f);
}

/* Callers stand behind callees. */
static void mark_alone(Plan *p)
{
    for (int i = 0; i < p->func.n; i++) {
        Func *f = p->func.at[i];
        f->in_steps = p->graph->program && f->unit->kind == UNIT_TOP && !p->options->device;
        f->alone = f->in_steps || f->unit->kind != UNIT_TOP;
    }
    for (int i = p->func.n - 1; i >= 0; i--) {
        const Func *f = p->func.at[i];
        for (int k = 0; k < f->item.n; k++) {
            if (f->item.at[k].kind == STEP_CALL && !f->alone) {
                f->item.at[k].callee->alone = 0;
            }
        }
    }
}

void share_units(Plan *p)
{
    p->unit = arena_array(p->arena, UnitInfo, p->graph->units.n + 1);
    share_unit(p, p->graph->top);
    for (int i = 0; i < p->func.n; i++) {
        add_items(p, p->func.at[i]);
    }
    mark_alone(p);
}
