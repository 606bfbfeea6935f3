/* What a checkpoint has and the model does not read: whole tensors, and rows. */
#include "checker.h"

#include <string.h>

enum { MOST_NAMED = 12 };

/* Of an axis, the elements that reads reach: first .. end - 1. */
typedef struct Reached {
    int64_t first, end;
} Reached;

typedef struct Reads {
    const Graph *graph;
    Reached **of; /* [nodes]: one per axis of a stored parameter, NULL: never read */
} Reads;

static void reach(Reached *reached, const Expr *index, int64_t length)
{
    int64_t low, high;
    if (!expr_range(index, &low, &high)) {
        low = 0;
        high = length - 1;
    }
    low = low < 0 ? 0 : low;
    high = high >= length ? length - 1 : high;
    if (low <= high) {
        reached->first = reached->end == 0 || low < reached->first ? low : reached->first;
        reached->end = high + 1 > reached->end ? high + 1 : reached->end;
    }
}

static void reads_in(Reads *r, const Expr *e)
{
    if (!e) {
        return;
    }
    if (e->kind == EX_READ && e->node->kind == NODE_PARAM && e->node->path) {
        const Node *node = e->node;
        if (!r->of[node->id]) {
            r->of[node->id] = arena_array(r->graph->arena, Reached, node->free.n + 1);
        }
        for (int k = 0; k < node->free.n; k++) {
            reach(&r->of[node->id][k], e->kid[k], node->free.at[k]->dim->length);
        }
    }
    for (int k = 0; k < e->n; k++) {
        reads_in(r, e->kid[k]);
    }
    reads_in(r, e->otherwise);
}

static void reads_of(Reads *r, const Node *node)
{
    reads_in(r, node->body);
    reads_in(r, node->where);
    reads_in(r, node->empty);
}

static Reads all_reads(const Graph *graph)
{
    Reads r = {graph, arena_array(graph->arena, Reached *, graph->nodes + 1)};
    const NodeList *list[] = {&graph->inputs, &graph->params, &graph->states};
    for (size_t l = 0; l < sizeof list / sizeof *list; l++) {
        for (int i = 0; i < list[l]->n; i++) {
            reads_of(&r, list[l]->at[i]);
        }
    }
    for (int i = 0; i < graph->dims.n; i++) {
        reads_in(&r, graph->dims.at[i]->formula);
    }
    for (int u = 0; u < graph->units.n; u++) {
        for (int s = 0; s < graph->units.at[u]->step.n; s++) {
            const Step *step = &graph->units.at[u]->step.at[s];
            if (step->node) {
                reads_of(&r, step->node);
            }
            for (int i = 0; i < step->group.n; i++) {
                reads_of(&r, step->group.at[i]);
            }
        }
    }
    return r;
}

static void warn_rows(const Graph *graph, Diag *d, const Node *node, const Reached *reached)
{
    const int first_axis = node->family ? 1 : 0; /* axis 0 of a family is the choice among its members */
    for (int k = first_axis; k < node->free.n; k++) {
        const int64_t length = node->free.at[k]->dim->length;
        if (reached[k].first > 0 || reached[k].end < length) {
            const char *axis = k == first_axis ? "rows" : arena_printf(graph->arena, "elements along axis %d", k - first_axis);
            diag_warning(d, node->span, "of the %lld %s of '%s' only %lld to %lld are read", (long long)length, axis, node->path,
                         (long long)reached[k].first, (long long)reached[k].end - 1);
        }
    }
}

static void mark(char *read, const Weights *weights, Str path)
{
    const WeightTensor *tensor = weights_find(weights, path);
    if (tensor) {
        read[tensor->index] = 1;
    }
}

void check_unread(const Graph *graph, Diag *d)
{
    const Weights *weights = graph->weight_file;
    if (!weights) {
        return;
    }
    const Reads r = all_reads(graph);
    char *read = arena_array(graph->arena, char, weights_count(weights) + 1);
    for (int i = 0; i < graph->params.n; i++) {
        const Node *node = graph->params.at[i];
        if (r.of[node->id]) {
            warn_rows(graph, d, node, r.of[node->id]);
            mark(read, weights, node->path);
            for (int k = 0; k < node->family_n; k++) {
                mark(read, weights, node->family[k]);
            }
        }
    }
    int unread = 0;
    for (int i = 0; i < weights_count(weights); i++) {
        const WeightTensor *tensor = weights_at(weights, i);
        unread += !read[i];
        if (!read[i] && unread <= MOST_NAMED) {
            diag_warning_file(d, tensor->file, "the model does not read '%s' %s", tensor->name,
                              shape_text(graph->arena, tensor->rank, tensor->shape));
        }
    }
    if (unread > MOST_NAMED) {
        diag_warning_file(d, weights_at(weights, 0)->file, "the model does not read %d more tensors", unread - MOST_NAMED);
    }
}
