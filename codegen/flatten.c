/* A call is spliced in two moves: its steps take the place of the call, and every reference to one of its arguments or results becomes
 * one to the tensor behind it. References stand in expressions, which nodes share, so each is looked at once. */
#include "flatten.h"

typedef struct Flatten {
    Graph *graph;
    char *dissolved; /* by unit id */
    char *stands;    /* by node id: an argument or result of a dissolved unit, stands for its source */
    Arena *arena;
} Flatten;

/* The tensor that a reference to an argument or result of a dissolved call means. */
static Node *behind(const Flatten *f, Node *node)
{
    while (node && f->stands[node->id]) {
        node = node->source;
    }
    return node;
}

/* Every turn is handed the same number: it stands where it is read. NULL: it is none, or may be read where nothing is. */
static const Expr *number_behind(const Flatten *f, const Expr *read)
{
    const Node *node = read->node;
    for (int i = 0; i < read->n; i++) {
        if (read->kid[i]->kind != EX_VAR) {
            return NULL;
        }
    }
    while (node->kind == NODE_ARG && node->unit && node->unit->kind == UNIT_TURN && node->source) {
        node = behind(f, node->source);
    }
    const int number = node != read->node && node->kind == NODE_EQ && !node->reduce && !node->where && node->body;
    return number && node->body->kind == EX_CONST && node->type == read->type ? node->body : NULL;
}

static void resolve_expr(const Flatten *f, Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ) {
        e->node = behind(f, e->node);
        const Expr *number = number_behind(f, e);
        if (number) {
            const Span span = e->span;
            *e = *number;
            e->span = span;
            return;
        }
    }
    for (int i = 0; i < e->n; i++) {
        resolve_expr(f, e->kid[i]);
    }
    resolve_expr(f, e->otherwise);
}

static void resolve_node(const Flatten *f, Node *node)
{
    resolve_expr(f, node->body);
    resolve_expr(f, node->where);
    resolve_expr(f, node->empty);
}

static void resolve_list(const Flatten *f, NodeList *list)
{
    for (int i = 0; i < list->n; i++) {
        list->at[i] = behind(f, list->at[i]);
    }
}

static void resolve_step(const Flatten *f, Step *step)
{
    if (step->node) {
        step->node = behind(f, step->node);
        resolve_node(f, step->node);
    }
    for (int i = 0; i < step->group.n; i++) {
        resolve_node(f, step->group.at[i]);
    }
    for (int i = 0; step->unit && i < step->unit->args.n; i++) {
        Node *arg = step->unit->args.at[i];
        arg->source = behind(f, arg->source);
    }
    for (int i = 0; i < step->results.n; i++) {
        step->results.at[i]->source = behind(f, step->results.at[i]->source);
    }
}

static void mark(Flatten *f, const NodeList *nodes)
{
    for (int i = 0; i < nodes->n; i++) {
        f->stands[nodes->at[i]->id] = 1;
    }
}

static void splice(Flatten *f, Unit *into, Unit *from, Step *out, int *n)
{
    for (int s = 0; s < from->step.n; s++) {
        Step *step = &from->step.at[s];
        if (step->kind == STEP_CALL && step->unit->kind == UNIT_FUNCTION) {
            f->dissolved[step->unit->id] = 1;
            mark(f, &step->unit->args);
            mark(f, &step->results);
            splice(f, into, step->unit, out, n);
            continue;
        }
        if (step->kind == STEP_NODE) {
            step->node->unit = into;
        }
        for (int i = 0; i < step->group.n; i++) {
            step->group.at[i]->unit = into;
        }
        for (int i = 0; i < step->results.n; i++) {
            step->results.at[i]->unit = into;
        }
        out[(*n)++] = *step;
    }
}

static int steps_of(const Unit *unit)
{
    int n = 0;
    for (int s = 0; s < unit->step.n; s++) {
        const Step *step = &unit->step.at[s];
        n += step->kind == STEP_CALL && step->unit->kind == UNIT_FUNCTION ? steps_of(step->unit) : 1;
    }
    return n;
}

static void flatten_unit(Flatten *f, Unit *unit)
{
    Step *step = arena_array(f->arena, Step, steps_of(unit) + 1);
    int n = 0;
    splice(f, unit, unit, step, &n);
    unit->step.at = step;
    unit->step.n = unit->step.cap = n;
    for (int s = 0; s < n; s++) {
        if (step[s].unit) {
            step[s].unit->caller = unit;
            flatten_unit(f, step[s].unit);
        }
    }
}

static void resolve_all(Flatten *f)
{
    Graph *graph = f->graph;
    int kept = 0;
    for (int u = 0; u < graph->units.n; u++) {
        Unit *unit = graph->units.at[u];
        if (f->dissolved[unit->id]) {
            continue;
        }
        for (int s = 0; s < unit->step.n; s++) {
            resolve_step(f, &unit->step.at[s]);
        }
        resolve_list(f, &unit->results);
    }
    for (int i = 0; i < graph->dims.n; i++) {
        Dim *dim = graph->dims.at[i];
        resolve_expr(f, dim->formula);
        dim->mask = behind(f, dim->mask);
    }
    for (int i = 0; i < graph->inputs.n; i++) {
        resolve_node(f, graph->inputs.at[i]);
    }
    for (int i = 0; i < graph->states.n; i++) {
        graph->states.at[i]->next = behind(f, graph->states.at[i]->next);
    }
    resolve_list(f, &graph->outputs);
    for (int u = 0; u < graph->units.n; u++) {
        Unit *unit = graph->units.at[u];
        if (!f->dissolved[unit->id]) {
            graph->units.at[kept++] = unit;
        }
    }
    graph->units.n = kept;
    for (int u = 0; u < kept; u++) {
        graph->units.at[u]->id = u;
    }
}

void graph_flatten(Graph *graph)
{
    Flatten f = {.graph = graph, .arena = graph->arena};
    f.dissolved = arena_array(graph->arena, char, graph->units.n + 1);
    f.stands = arena_array(graph->arena, char, graph->nodes + 1);
    flatten_unit(&f, graph->top);
    resolve_all(&f);
}
