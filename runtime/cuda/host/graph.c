/* graph.c - the launches of a run, kept: see model_graph */
#include "host.h"

/* The one with everything in these places; else the place of the one that was used longest ago. */
static model_graph *find_graph(struct model_cuda *gpu, const struct model_where *where)
{
    model_graph *oldest = &gpu->graph[0];
    for (int i = 0; i < MODEL_GRAPHS; i++) {
        model_graph *const graph = &gpu->graph[i];
        if (graph->last && memcmp(&graph->where, where, sizeof *where) == 0) {
            return graph;
        }
        oldest = graph->last < oldest->last ? graph : oldest;
    }
    return oldest;
}

/* A graph has structs of its own: those of the context are written over by each run. */
static void swap_structs(struct model_cuda *gpu, model_graph *graph)
{
    const model_memory structs = gpu->structs;
    gpu->structs = graph->structs;
    graph->structs = structs;
}

/* From here to keep_graph launches become a graph, and what they are handed is its own. */
static int begin_graph(struct model_cuda *gpu, model_graph *graph)
{
    if (graph->structs_n) {
        gpu->struct_copy = malloc(MODEL_STRUCTS);
        if (!gpu->struct_copy || !reserve(gpu, &graph->structs, graph->structs_n)) {
            return good(gpu, cudaErrorMemoryAllocation);
        }
    }
    if (!good(gpu, cudaStreamBeginCapture(gpu->own, cudaStreamCaptureModeThreadLocal))) {
        return 0;
    }
    swap_structs(gpu, graph);
    gpu->structs_n = 0;
    gpu->before = gpu->stream;
    gpu->stream = gpu->own;
    gpu->making = 1;
    return 1;
}

/* The graph of a run with everything in the same places is launched: 1. Otherwise 0, and, if there was one, what is enqueued until
 * keep_graph becomes the graph. A run whose places are new is enqueued as it is: they may never come again. */
static int replay(struct model_cuda *gpu, const struct model_where *where)
{
    gpu->made = NULL;
    if (gpu->captures || gpu->error != cudaSuccess) {
        return gpu->error != cudaSuccess;
    }
    model_graph *const graph = find_graph(gpu, where);
    const int known = graph->last && memcmp(&graph->where, where, sizeof *where) == 0;
    if (known && graph->exec) {
        good(gpu, cudaGraphLaunch(graph->exec, gpu->stream));
    } else if (!known) {
        if (graph->exec) {
            good(gpu, cudaStreamSynchronize(gpu->stream)); /* it may still run */
        }
        drop_graph(graph);
        graph->where = *where;
    } else if (!begin_graph(gpu, graph)) {
        return 1;
    }
    graph->last = gpu->runs;
    gpu->made = graph;
    return graph->exec || gpu->error != cudaSuccess;
}

static void keep_graph(struct model_cuda *gpu)
{
    model_graph *const made = gpu->made;
    cudaGraph_t graph = NULL;
    gpu->made = NULL;
    if (!made) {
        return;
    }
    made->structs_n = gpu->structs_n;
    if (!gpu->making) {
        return;
    }
    gpu->making = 0;
    good(gpu, cudaStreamEndCapture(gpu->own, &graph));
    gpu->stream = gpu->before;
    swap_structs(gpu, made);
    if (gpu->error == cudaSuccess) {
        copy_in(gpu, gpu->stream, made->structs.at, gpu->struct_copy, made->structs_n);
        if (gpu->error == cudaSuccess && good(gpu, cudaGraphInstantiate(&made->exec, graph, 0))) {
            good(gpu, cudaGraphLaunch(made->exec, gpu->stream));
        }
    }
    if (graph) {
        good(gpu, cudaGraphDestroy(graph));
    }
}
