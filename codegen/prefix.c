#include "names.h"

const char *codegen_name(Arena *arena, const Graph *graph)
{
    Plan p = {.arena = arena};
    return name_clean(&p, graph->name ? graph->name : "model");
}
