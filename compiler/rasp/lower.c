/* lower.c - nodes, requirements, outputs */
#include "lower.h"
#include "../scalar_text.h"

#include <string.h>

Var *lower_var(Lower *l, const char *name)
{
    return graph_var(l->graph, l->dim, str_of(name));
}

/* result[free] = reduce[bound where ..] body, as the next step. */
Node *lower_equation(Lower *l, Str name, Var *free, Reduce reduce, Var *bound, Expr *where, Expr *body, Expr *empty, Span span)
{
    Node *node = graph_node(l->graph, NODE_EQ, name, span);
    node->type = body->type;
    node->unit = l->graph->top;
    node->reduce = reduce;
    node->where = where && where->kind == EX_CONST && where->integer ? NULL : where;
    node->body = body;
    node->empty = empty;
    if (free) {
        vec_push(l->graph->arena, node->free, free);
    }
    if (bound) {
        vec_push(l->graph->arena, node->bound, bound);
    }
    const Step step = {.kind = STEP_NODE, .node = node};
    vec_push(l->graph->arena, l->graph->top->step, step);
    return node;
}

/* ---- inputs ------------------------------------------------------------------------------------------------------------------------ */

static Node *input_node(Lower *l, RaspInput input, Part part)
{
    static const char *const name[] = {[INPUT_STR] = "tokens", [INPUT_INT] = "tokens_int", [INPUT_FLOAT] = "tokens_float",
                                       [INPUT_BOOL] = "tokens_bool", [INPUT_ASIS] = "tokens_asis"};
    static const char *const suffix[] = {[PART_TAG] = "_type", [PART_INT] = "_int", [PART_REAL] = "_real", [PART_TEXT] = "_text"};
    Node **node = &l->input[input][part];
    if (!*node) {
        *node = graph_node(l->graph, NODE_INPUT, str_format("%s%s", name[input], input == INPUT_ASIS ? suffix[part] : ""),
                           l->p->inputs[input]->span);
        (*node)->type = part == PART_REAL ? T_REAL : input == INPUT_BOOL ? T_BOOL : T_INT;
        (*node)->named = 1;
        (*node)->text = part == PART_TEXT;
        vec_push(l->graph->arena, (*node)->free, lower_var(l, "t"));
        const LoweredInput one = {input, part};
        vec_push(l->graph->arena, l->result->input, one);
    }
    return *node;
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------------- */

static int is_kept(const Lower *l, const Sop *x)
{
    return x->kind == SOP_AGGREGATE || (x->kind == SOP_WIDTH && x->selector->fixed < 0) || l->namer[x->id] || x->size > SOP_SMALL;
}

/* Nothing to compute: it is there, or a formula of where one stands. */
static int is_plain(const Sop *x)
{
    return x->kind == SOP_INPUT || x->kind == SOP_INDICES || x->kind == SOP_CONST || (x->kind == SOP_WIDTH && x->selector->fixed >= 0);
}

static int has_part(const Sop *x, Part part)
{
    static const unsigned types[] = {[PART_TAG] = ~0U, [PART_INT] = MASK_WHOLE, [PART_REAL] = MASK_NUMBER, [PART_TEXT] = MASK_STR};
    return (x->mask & types[part]) != 0;
}

static Expr *no_part(Lower *l, Part part, Span span)
{
    return part == PART_REAL   ? expr_real(l->graph, 0, span)
           : part == PART_TEXT ? map_text(l, str_of(""), span)
                               : expr_int(l->graph, 0, span);
}

static Expr *expand(Lower *l, Sop *x, Part part, Expr *at)
{
    switch (x->kind) {
    case SOP_INPUT:
        if (part == PART_REAL && x->input != INPUT_FLOAT && x->input != INPUT_ASIS) {
            return expr_to(l->graph, expand(l, x, PART_INT, at), T_REAL);
        }
        return expr_read(l->graph, input_node(l, x->input, part), 1, &at, NULL, at->span);
    case SOP_INDICES: return part == PART_REAL ? expr_to(l->graph, at, T_REAL) : at;
    case SOP_CONST: return map_atom(l, &x->atom, part, x->span);
    case SOP_AGGREGATE: return attend_part(l, x, part, at, NULL);
    case SOP_WIDTH: {
        Expr *width = attend_width(l, x->selector, at);
        return part == PART_REAL ? expr_to(l->graph, width, T_REAL) : width;
    }
    case SOP_MAP: case SOP_IF: case SOP_TRUTH: case SOP_LOOKUP: break;
    }
    return map_part(l, x, part, at);
}

Node *lower_node(Lower *l, Sop *x, Part part)
{
    static const char *const suffix[] = {[PART_TAG] = "_type", [PART_INT] = "", [PART_REAL] = "", [PART_TEXT] = ""};
    x = l->same[x->id];
    const Sop *namer = l->namer[x->id];
    Node **node = &l->node[x->id][part];
    if (x->kind == SOP_INPUT && (part == PART_TEXT || x->input == INPUT_ASIS || x->mask != MASK_STR)) {
        return input_node(l, x->input, part);
    }
    if (!*node) {
        Var *t = lower_var(l, "t");
        Expr *body = expand(l, x, part, expr_var(l->graph, t, x->span));
        const Node *read = body->kind == EX_READ ? body->node : NULL;
        const int renames = read && read->kind == NODE_EQ && body->n == 1 && body->kid[0]->kind == EX_VAR && body->kid[0]->var == t;
        if (renames) { /* a width or a pick is a node already: it gets the name */
            *node = (Node *)read;
        } else {
            *node = lower_equation(l, str_of("value"), t, RED_NONE, NULL, NULL, body, NULL, x->span);
        }
        if (namer && !(*node)->named) {
            (*node)->name = str_format("%s%s", namer->name, suffix[part]);
            (*node)->named = 1;
            (*node)->said = namer->said;
        }
    }
    return *node;
}

Expr *lower_part(Lower *l, Sop *x, Part part, Expr *at)
{
    x = l->same[x->id];
    if (!has_part(x, part)) {
        return no_part(l, part, x->span);
    }
    if (part == PART_TAG && !(x->mask & (x->mask - 1))) {
        return expr_int(l->graph, mask_first(x->mask), x->span);
    }
    if (!is_kept(l, x) || is_plain(x)) {
        return expand(l, x, part, at);
    }
    if (part == PART_REAL && !(x->mask & MASK_FLOAT)) {
        return expr_to(l->graph, lower_part(l, x, PART_INT, at), T_REAL);
    }
    return expr_read(l->graph, lower_node(l, x, part), 1, &at, NULL, at->span);
}

Expr *lower_once(Lower *l, Sop *x, Part part, Expr *at, const char *word)
{
    Expr *e = lower_part(l, x, part, at);
    x = l->same[x->id];
    if ((e->kind != EX_OP && e->kind != EX_SELECT) || x->linear || x->kind == SOP_CONST) {
        return e;
    }
    Node *node = lower_node(l, x, part);
    if (!node->named && !node->said.source) {
        node->name = str_of(word);
        node->said = x->span;
    }
    return expr_read(l->graph, node, 1, &at, NULL, at->span);
}

Expr *lower_read(Lower *l, Sop *x, Part part, Expr *at, Expr *otherwise)
{
    x = l->same[x->id];
    if (!has_part(x, part)) {
        return otherwise ? otherwise : no_part(l, part, x->span);
    }
    if (part == PART_REAL && !(x->mask & MASK_FLOAT)) {
        Expr *whole = otherwise ? NULL : lower_read(l, x, PART_INT, at, NULL);
        return whole ? expr_to(l->graph, whole, T_REAL)
                     : expr_select(l->graph,
                                   expr_op(l->graph, OP_AND, expr_op(l->graph, OP_LE, expr_int(l->graph, 0, x->span), at, x->span),
                                           expr_op(l->graph, OP_LT, at, expr_len(l->graph, l->dim, x->span), x->span), x->span),
                                   expr_to(l->graph, lower_read(l, x, PART_INT, at, NULL), T_REAL), otherwise, x->span);
    }
    Node *node = lower_node(l, x, part);
    if (otherwise && otherwise->type > node->type) { /* an int where the sequence has bools */
        Var *t = lower_var(l, "t");
        Expr *var = expr_var(l->graph, t, x->span);
        node = lower_equation(l, str_of("value"), t, RED_NONE, NULL, NULL,
                              expr_to(l->graph, expr_read(l->graph, node, 1, &var, NULL, x->span), otherwise->type), NULL, x->span);
    }
    return expr_read(l->graph, node, 1, &at, otherwise, at->span);
}

static Part part_of_input(RaspInput input)
{
    return input == INPUT_STR ? PART_TEXT : input == INPUT_FLOAT ? PART_REAL : PART_INT;
}

/* ---- what is needed ---------------------------------------------------------------------------------------------------------------- */

static void reach_selector(Lower *l, Selector *s);

static void reach(Lower *l, Sop *x)
{
    if (l->reached[x->id]) {
        return;
    }
    l->reached[x->id] = 1;
    for (int k = 0; k < x->kids; k++) {
        reach(l, x->kid[k]);
    }
    if (x->selector) {
        reach_selector(l, x->selector);
    }
    if (x->kind == SOP_INPUT && x->input != INPUT_ASIS) { /* a token that is no int fails, whatever is made of it */
        input_node(l, x->input, part_of_input(x->input));
    }
    vec_push(l->p->arena, l->step, ((LoweredStep){x->order, x, NULL, 0}));
}

static void reach_selector(Lower *l, Selector *s)
{
    if (l->chosen[s->id]) {
        return;
    }
    l->chosen[s->id] = 1;
    if (s->kind == SEL_COMPARE) {
        reach(l, s->key);
        reach(l, s->query);
    } else {
        reach_selector(l, s->a);
        if (s->b) {
            reach_selector(l, s->b);
        }
    }
    vec_push(l->p->arena, l->step, ((LoweredStep){s->order, NULL, s, 0}));
}

/* What has a name is computed where the program says it, if it is known as what; what is wrong is found just before. */
static void lower_steps(Lower *l)
{
    for (int i = 0; i < l->step.n; i++) {
        const LoweredStep *s = &l->step.at[i];
        if (s->again) {
            continue;
        }
        if (s->selector) {
            check_selector(l, s->selector);
            continue;
        }
        Sop *x = s->sop;
        check_sop(l, x);
        if (l->namer[x->id] && !is_plain(x) && (x->mask == MASK_STR || !(x->mask & MASK_STR))) {
            lower_node(l, x, x->mask == MASK_STR ? PART_TEXT : x->mask & MASK_FLOAT ? PART_REAL : PART_INT);
        }
    }
}

/* ---- outputs ----------------------------------------------------------------------------------------------------------------------- */

static int add_output(Lower *l, Node *node, Str name, Span span)
{
    Graph *g = l->graph;
    const Node *given = node;
    if (node->kind != NODE_EQ || node->output) { /* an output is an equation of its own */
        Var *t = lower_var(l, "t");
        Expr *at = expr_var(g, t, span);
        node = lower_equation(l, name, t, RED_NONE, NULL, NULL, expr_read(g, node, 1, &at, NULL, span), NULL, span);
        node->said = given->said;
    }
    node->output = 1;
    node->called = node->named ? node->name : NULL;
    node->named = 1;
    node->name = name;
    vec_push(g->arena, g->outputs, node);
    return g->outputs.n - 1;
}

static void output_sop(Lower *l, Sop *x, Str name, int *output)
{
    static const char *const suffix[] = {[PART_TAG] = "_type", [PART_INT] = "_int", [PART_REAL] = "_real", [PART_TEXT] = "_text"};
    const int single = !(x->mask & (x->mask - 1));
    for (int part = 0; part < PART_COUNT_; part++) {
        const int wanted = part == PART_TAG ? !single : part == PART_REAL ? (x->mask & MASK_FLOAT) != 0 : has_part(x, (Part)part);
        if (wanted) {
            output[part] = add_output(l, lower_node(l, x, (Part)part), single ? name : str_format("%s%s", name, suffix[part]), x->span);
            l->graph->outputs.at[output[part]]->text = part == PART_TEXT;
        }
    }
}

static void output_selector(Lower *l, Selector *s, Str name, int *output)
{
    Graph *g = l->graph;
    Var *t = lower_var(l, "t"), *k = lower_var(l, "t'");
    Expr *selects = attend_selects(l, s, expr_var(g, t, s->span), expr_var(g, k, s->span));
    Node *node = lower_equation(l, name, t, RED_NONE, NULL, NULL, selects, NULL, s->span);
    vec_push(g->arena, node->free, k);
    output[PART_INT] = add_output(l, node, name, s->span);
}

static void gather(const RaspValue *value, Arena *arena, RaspList *leaves)
{
    if (value->kind == RV_SOP || value->kind == RV_SELECTOR) {
        vec_push(arena, *leaves, value);
    }
    for (int i = 0; value->kind == RV_LIST && i < value->list.n; i++) {
        gather(value->list.at[i], arena, leaves);
    }
    for (int i = 0; value->kind == RV_DICT && i < value->dict.n; i++) {
        gather(value->dict.at[i].value, arena, leaves);
    }
}

static Str program_name(const RaspProgram *p)
{
    const char *slash = strrchr(p->source->name, '/'), *base = slash ? slash + 1 : p->source->name, *dot = strrchr(base, '.');
    return str_of_n(base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

static Span leaf_span(const RaspValue *value)
{
    return value->kind == RV_SOP ? value->sop->span : value->kind == RV_SELECTOR ? value->selector->span : (Span){0};
}

Lowered *lower_value(RaspProgram *p, Arena *arena, const RaspValue *value, Str name)
{
    Lowered *result = arena_new_of(arena, Lowered);
    Graph *g = graph_new(arena);
    Lower l = {.p = p, .graph = g, .result = result};
    RaspList leaves = {0};
    g->name = program_name(p);
    g->source = p->source;
    result->graph = g;
    graph_unit(g, UNIT_TOP, g->name, span_of_source(p->source));
    l.dim = graph_dim(g, DIM_GIVEN, str_of("t"), (Span){0});
    l.dim->bound = INT64_MAX;
    l.node = arena_alloc_n(arena, (size_t)p->sops + 1, sizeof *l.node);
    l.width = arena_array(arena, Node *, p->selectors + 1);
    l.reached = arena_array(arena, char, p->sops + 1);
    l.chosen = arena_array(arena, char, p->selectors + 1);
    input_node(&l, INPUT_STR, PART_TEXT); /* says how long the sequence is, whatever is read of it */
    l.same = arena_array(arena, Sop *, p->sops + 1);
    l.namer = arena_array(arena, Sop *, p->sops + 1);
    l.alike = arena_array(arena, Selector *, p->selectors + 1);
    gather(value, arena, &leaves);
    for (int i = 0; i < leaves.n; i++) {
        if (leaves.at[i]->kind == RV_SOP) {
            reach(&l, leaves.at[i]->sop);
        } else {
            reach_selector(&l, leaves.at[i]->selector);
        }
    }
    same_find(&l);
    lower_steps(&l);
    g->program = 1;
    g->made_at = leaves.n ? leaf_span(leaves.at[0]) : span_of_source(p->source);
    for (int i = 0; i < leaves.n; i++) {
        LoweredValue one = {leaves.at[i], {-1, -1, -1, -1}};
        Str own = i ? str_format("%s_%d", name, i) : name;
        if (leaves.at[i]->kind == RV_SOP) {
            output_sop(&l, leaves.at[i]->sop, own, one.output);
        } else {
            output_selector(&l, leaves.at[i]->selector, own, one.output);
        }
        vec_push(arena, result->value, one);
        const ProgramLeaf leaf = {one.output[PART_TAG], one.output[PART_INT], one.output[PART_REAL], one.output[PART_TEXT]};
        vec_push(arena, g->leaf, leaf);
    }
    same_drop(&l);
    const char *broken = graph_verify(g);
    if (broken) {
        diag_error(p->d, span_of_source(p->source), "internal: the graph is not well made: %s", broken);
        return NULL;
    }
    return result;
}
