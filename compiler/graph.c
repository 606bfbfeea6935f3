#include "graph.h"

Graph *graph_new(Arena *arena)
{
    Graph *graph = arena_new_of(arena, Graph);
    graph->arena = arena;
    return graph;
}

/* Listed in graph->dims; given dims are numbered here. */
Dim *graph_dim(Graph *graph, DimKind kind, Str name, Span span)
{
    Dim *dim = arena_new_of(graph->arena, Dim);
    dim->id = graph->dims.n;
    dim->kind = kind;
    dim->name = name;
    dim->bound = INT64_MAX;
    dim->span = span;
    for (int i = 0; i < graph->dims.n; i++) {
        dim->given += kind == DIM_GIVEN && graph->dims.at[i]->kind == DIM_GIVEN;
    }
    vec_push(graph->arena, graph->dims, dim);
    return dim;
}

Var *graph_var(Graph *graph, Dim *dim, Str name)
{
    Var *var = arena_new_of(graph->arena, Var);
    var->id = graph->vars++;
    var->dim = dim;
    var->name = name;
    return var;
}

/* Inputs, states and parameters are listed in the graph, inputs numbered; inputs and states belong to the top unit, if there is one yet.
 * Outputs are marked and listed by who declares them. */
Node *graph_node(Graph *graph, NodeKind kind, Str name, Span span)
{
    Node *node = arena_new_of(graph->arena, Node);
    node->id = graph->nodes++;
    node->kind = kind;
    node->name = name;
    node->span = span;
    switch (kind) {
    case NODE_INPUT:
        node->input = graph->inputs.n;
        node->unit = graph->top;
        vec_push(graph->arena, graph->inputs, node);
        break;
    case NODE_STATE:
        node->unit = graph->top;
        vec_push(graph->arena, graph->states, node);
        break;
    case NODE_PARAM: vec_push(graph->arena, graph->params, node); break;
    case NODE_EQ: case NODE_ARG: case NODE_RESULT: break;
    }
    return node;
}

/* Listed in graph->units; the top unit becomes graph->top. */
Unit *graph_unit(Graph *graph, UnitKind kind, Str name, Span span)
{
    Unit *unit = arena_new_of(graph->arena, Unit);
    unit->id = graph->units.n;
    unit->kind = kind;
    unit->name = name;
    unit->span = span;
    vec_push(graph->arena, graph->units, unit);
    if (kind == UNIT_TOP) {
        graph->top = unit;
    }
    return unit;
}

const Dim *graph_classes(const Node *output)
{
    if (output->type == T_INT && output->extent && output->extent->label) {
        return output->extent;
    }
    const Dim *last = output->free.n ? output->free.at[output->free.n - 1]->dim : NULL;
    return last && last->label ? last : NULL;
}

const Node *graph_ids_input(const Graph *graph)
{
    for (int i = 0; i < graph->inputs.n; i++) {
        const Node *node = graph->inputs.at[i];
        if (node->extent && node->free.n == 1 && node->free.at[0]->dim->kind == DIM_GIVEN && !node->optional) {
            return node;
        }
    }
    return NULL;
}

int var_index(const VarList *list, const Var *var)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == var) {
            return i;
        }
    }
    return -1;
}

int var_among(const VarList *list, const Var *var)
{
    return var_index(list, var) >= 0;
}
