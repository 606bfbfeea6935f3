/* graph.c - the launches of a run, kept: see model_graph */
#include "host.h"

#if PUTS_STRUCTS /* of the host: what is enqueued depends on the batch */
static int replay(struct model_cuda *gpu, const struct model_where *where)
{
    (void)where;
    return gpu->error != cudaSuccess;
}

static void keep_graph(struct model_cuda *gpu)
{
    (void)gpu;
}
#else
/* The graph of a run with everything in the same places is launched: 1. Otherwise 0, and, if there was one, what is enqueued until
 * keep_graph becomes the graph. A run whose places are new is enqueued as it is: they may never come again. */
static int replay(struct model_cuda *gpu, const struct model_where *where)
{
    model_graph *graph = &gpu->graph[0];
    for (int i = 0; i < MODEL_GRAPHS; i++) {
        if (gpu->graph[i].last && memcmp(&gpu->graph[i].where, where, sizeof *where) == 0) {
            gpu->made = &gpu->graph[i];
            gpu->made->last = gpu->runs;
            if (gpu->made->exec) {
                good(gpu, cudaGraphLaunch(gpu->made->exec, gpu->stream));
                gpu->made = NULL;
                return 1;
            }
            gpu->caller = gpu->stream;
            gpu->stream = gpu->own;
            return !good(gpu, cudaStreamBeginCapture(gpu->own, cudaStreamCaptureModeThreadLocal));
        }
        graph = gpu->graph[i].last < graph->last ? &gpu->graph[i] : graph;
    }
    if (graph->exec) {
        good(gpu, cudaStreamSynchronize(gpu->stream)); /* it may still run */
        cudaGraphExecDestroy(graph->exec);
    }
    memset(graph, 0, sizeof *graph);
    graph->where = *where;
    graph->last = gpu->runs;
    return gpu->error != cudaSuccess;
}

static void keep_graph(struct model_cuda *gpu)
{
    model_graph *const made = gpu->made;
    cudaGraph_t graph = NULL;
    if (!made) {
        return;
    }
    gpu->made = NULL;
    good(gpu, cudaStreamEndCapture(gpu->own, &graph));
    gpu->stream = gpu->caller;
    if (gpu->error == cudaSuccess && good(gpu, cudaGraphInstantiate(&made->exec, graph, 0))) {
        good(gpu, cudaGraphLaunch(made->exec, gpu->stream));
    }
    if (graph) {
        cudaGraphDestroy(graph);
    }
}
#endif
