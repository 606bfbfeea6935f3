#include "names.h"

const char *codegen_name(Arena *arena, const Graph *graph, const EmitOptions *options)
{
    Plan p = {.arena = arena, .options = options};
    return name_clean(&p, graph->name ? graph->name : "model");
}
