/* A whole graph by its normal form, unit by unit: for tests and for people. */
#include "norm_inner.h"

#include "plan.h"

typedef struct Rewriting {
    Graph *graph;
    Norm *norm;
    NormGraph *values;
    const Unit *unit;
    char *plain;       /* by Node.id: an equation in a step of its own */
    VEC(Node *) made;  /* by NormNode.id, in this unit */
    VEC(Step) step;
} Rewriting;

static NormView view(void *context, Node *node)
{
    const Rewriting *r = context;
    return (NormView){.node = node, .inlined = r->plain[node->id] && node->unit == r->unit, .hole = -1};
}

static int is_plain(const Rewriting *r, const Step *step)
{
    return step->kind == STEP_NODE && r->plain[step->node->id];
}

static Node *made_of(void *context, NormNode *node)
{
    const Rewriting *r = context;
    return r->made.at[node->id];
}

/* What decisions hang on stays as it is written. */
static void find_plain(Rewriting *r)
{
    Plan p = {.arena = r->graph->arena, .graph = r->graph, .nodes = r->graph->nodes, .doubles = r->graph->program};
    wide_mark(&p);
    r->plain = arena_array(r->graph->arena, char, r->graph->nodes);
    for (int u = 0; u < r->graph->units.n; u++) {
        const Unit *unit = r->graph->units.at[u];
        for (int s = 0; s < unit->step.n; s++) {
            const Node *node = unit->step.at[s].node;
            if (unit->step.at[s].kind == STEP_NODE) {
                r->plain[node->id] = !(node->type == T_REAL && plan_info(&p, node)->wide);
            }
        }
    }
}

static Rewriting start(Graph *graph, uint64_t seed)
{
    Rewriting r = {.graph = graph, .norm = norm_new(graph->arena, graph, seed)};
    find_plain(&r);
    return r;
}

static Node *new_node(Rewriting *r, NormNode *from)
{
    Node *node = graph_node(r->graph, NODE_EQ, str_of("part"), from->from ? from->from->span : (Span){0});
    NormWriter w = {.norm = r->norm, .graph = r->graph, .node = made_of, .context = r, .span = node->span};
    node->unit = (Unit *)r->unit;
    norm_to_node(&w, from, node);
    return node;
}

static void rewrite_node(Rewriting *r, Node *node)
{
    const char *why;
    NormNodes nodes = {0};
    NormExpr *value = norm_equation(r->values, node, &why);
    if (!value) {
        return;
    }
    norm_nodes(r->norm, value, &nodes);
    while (r->made.n < r->norm->node.n) {
        vec_push(r->norm->arena, r->made, NULL);
    }
    for (int i = 0; i < nodes.n; i++) {
        if (!r->made.at[nodes.at[i]->id]) {
            Node *made = new_node(r, nodes.at[i]);
            r->made.at[nodes.at[i]->id] = made;
            vec_push(r->graph->arena, r->step, ((Step){.kind = STEP_NODE, .node = made}));
        }
    }
    NormWriter w = {.norm = r->norm, .graph = r->graph, .node = made_of, .context = r, .span = node->span};
    norm_to_map(&w, value, node);
}

static void rewrite_unit(Rewriting *r, Unit *unit)
{
    r->unit = unit;
    r->values = norm_graph_new(r->norm, view, r);
    r->made.n = r->step.n = 0;
    r->step.at = NULL;
    r->step.cap = 0;
    for (int s = 0; s < unit->step.n; s++) {
        if (is_plain(r, &unit->step.at[s])) {
            const char *why;
            norm_equation(r->values, unit->step.at[s].node, &why); /* before any of them changes */
        }
    }
    for (int s = 0; s < unit->step.n; s++) {
        if (is_plain(r, &unit->step.at[s])) {
            rewrite_node(r, unit->step.at[s].node);
        }
        vec_push(r->graph->arena, r->step, unit->step.at[s]);
    }
    unit->step.at = r->step.at;
    unit->step.n = r->step.n;
    unit->step.cap = r->step.cap;
}

void norm_rewrite(Graph *graph, uint64_t seed)
{
    Rewriting r = start(graph, seed);
    for (int u = 0; u < graph->units.n; u++) {
        rewrite_unit(&r, graph->units.at[u]);
    }
}

/* ---- for people ---------------------------------------------------------------------------------------------------------------------- */

static int is_among(const NodeList *list, const Node *node)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == node) {
            return 1;
        }
    }
    return 0;
}

/* Whether something but an equation of its own step reads it. */
static int is_wanted(const Rewriting *r, const Unit *unit, const Node *node)
{
    if (node->output || is_among(&unit->results, node)) {
        return 1;
    }
    for (int s = 0; s < unit->step.n; s++) {
        const Step *step = &unit->step.at[s];
        const int dim = step->kind == STEP_DIM && step->dim->mask == node;
        if (dim || ((step->kind == STEP_REQUIRE || step->kind == STEP_LEAVE) && step->node == node)) {
            return 1;
        }
        for (int k = 0; step->unit && k < step->unit->args.n; k++) {
            if (step->unit->args.at[k]->source == node) {
                return 1;
            }
        }
    }
    for (int i = 0; i < r->graph->states.n; i++) {
        if (r->graph->states.at[i]->next == node) {
            return 1;
        }
    }
    return 0;
}

static void dump_unit(Rewriting *r, const Unit *unit, FILE *out)
{
    NormNodes nodes = {0};
    NodeList wanted = {0};
    r->unit = unit;
    r->values = norm_graph_new(r->norm, view, r);
    for (int s = 0; s < unit->step.n; s++) {
        const char *why;
        Node *node = unit->step.at[s].node;
        if (is_plain(r, &unit->step.at[s]) && is_wanted(r, unit, node)) {
            NormExpr *value = norm_equation(r->values, node, &why);
            vec_push(r->norm->arena, wanted, node);
            if (value) {
                norm_nodes(r->norm, value, &nodes);
            }
        }
    }
    fprintf(out, "%s\n", unit->name ? unit->name : "top");
    norm_print_nodes(&nodes, out);
    for (int i = 0; i < wanted.n; i++) {
        const char *why;
        NormExpr *value = norm_equation(r->values, wanted.at[i], &why);
        fputs(wanted.at[i]->name ? wanted.at[i]->name : "?", out);
        for (int k = 0; k < wanted.at[i]->free.n; k++) {
            fprintf(out, "%s%s.%d%s", k ? "," : "[", wanted.at[i]->free.at[k]->dim->name, k, k + 1 == wanted.at[i]->free.n ? "]" : "");
        }
        fputs(value ? " = " : ": ", out);
        if (value) {
            norm_print_in(&nodes, value, out);
        } else {
            fputs(why, out);
        }
        fputc('\n', out);
    }
}

void norm_dump(Graph *graph, uint64_t seed, FILE *out)
{
    Rewriting r = start(graph, seed);
    for (int u = 0; u < graph->units.n; u++) {
        dump_unit(&r, graph->units.at[u], out);
    }
}
