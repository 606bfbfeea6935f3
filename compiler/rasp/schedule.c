/* schedule.c - layers and heads
 *
 * Every step stands in the first layer that can have it: an aggregate one layer behind what it reads, all else where its inputs are. Then
 * a head waits for a later layer that has a head with the same selector, if nothing has to wait for it: fewer heads, never more layers. */
#include "flow.h"

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Layers of all steps; those of aggregates are at least as late as they were. */
static void place(Flow *flow)
{
    for (int i = 0; i < flow->step.n; i++) {
        FlowStep *s = &flow->step.at[i];
        int layer = 0;
        for (int k = 0; k < s->kids; k++) {
            const FlowStep *kid = &flow->step.at[s->kid[k]];
            layer = larger(layer, s->selector && kid->sop ? kid->layer + 1 : kid->layer);
        }
        if (s->by >= 0) {
            layer = larger(layer + 1, flow->step.at[s->by].layer);
            layer = larger(layer, s->layer);
        }
        s->layer = layer;
        flow->layers = s->result ? larger(flow->layers, layer) : flow->layers;
    }
}

/* The latest layer for each step that leaves all aggregates that read it where they are. */
static void latest(const Flow *flow, int *late)
{
    for (int i = 0; i < flow->step.n; i++) {
        late[i] = flow->layers;
    }
    for (int i = flow->step.n - 1; i >= 0; i--) {
        const FlowStep *s = &flow->step.at[i];
        if (s->sop && s->same != i) {
            continue;
        }
        const int fixed = s->by >= 0 || (s->selector && s->result);
        const int bound = fixed && s->layer <= late[i] ? s->layer - 1 : late[i];
        for (int k = 0; k < s->kids; k++) {
            late[s->kid[k]] = late[s->kid[k]] < bound ? late[s->kid[k]] : bound;
        }
        if (s->by >= 0) {
            late[s->by] = late[s->by] < bound ? late[s->by] : bound;
        }
    }
}

static int is_attention(const Flow *flow, int i)
{
    return flow->step.at[i].by >= 0 && flow->step.at[i].same == i;
}

static int selector_like(const Flow *flow, int i)
{
    return flow->step.at[flow->step.at[i].by].like;
}

/* Moves the head of step `i` to the layer of step `to`, all of it or nothing. */
static int wait(Flow *flow, const int *late, int i, int to)
{
    const int from = flow->step.at[i].layer, target = flow->step.at[to].layer;
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < flow->step.n; k++) {
            const int along = is_attention(flow, k) && flow->step.at[k].layer == from && selector_like(flow, k) == selector_like(flow, i);
            if (along && late[k] < target) {
                return 0;
            }
            if (along && pass) {
                flow->step.at[k].layer = target;
            }
        }
    }
    place(flow);
    return 1;
}

static int merge_one(Flow *flow, int *late)
{
    latest(flow, late);
    for (int i = 0; i < flow->step.n; i++) {
        for (int to = 0; to < flow->step.n && is_attention(flow, i); to++) {
            const int fits = is_attention(flow, to) && selector_like(flow, to) == selector_like(flow, i) &&
                             flow->step.at[to].layer > flow->step.at[i].layer;
            if (fits && wait(flow, late, i, to)) {
                return 1;
            }
        }
    }
    return 0;
}

static FlowHead *head_of(Flow *flow, int selector, int layer)
{
    for (int h = 0; h < flow->head.n; h++) {
        FlowHead *head = &flow->head.at[h];
        if (head->layer == layer && flow->step.at[head->selector].like == flow->step.at[selector].like) {
            return head;
        }
    }
    const FlowHead head = {.selector = selector, .layer = layer, .number = flow_heads(flow, layer) + 1};
    vec_push(flow->p->arena, flow->head, head);
    return &flow->head.at[flow->head.n - 1];
}

int flow_heads(const Flow *flow, int layer)
{
    int n = 0;
    for (int h = 0; h < flow->head.n; h++) {
        n += flow->head.at[h].layer == layer;
    }
    return n;
}

int flow_most_heads(const Flow *flow)
{
    int most = 0;
    for (int layer = 1; layer <= flow->layers; layer++) {
        most = larger(most, flow_heads(flow, layer));
    }
    return most;
}

static void make_heads(Flow *flow)
{
    for (int layer = 1; layer <= flow->layers; layer++) {
        for (int i = 0; i < flow->step.n; i++) {
            FlowStep *s = &flow->step.at[i];
            if (is_attention(flow, i) && s->layer == layer) {
                FlowHead *head = head_of(flow, s->by, layer);
                s->head = (int)(head - flow->head.at);
                vec_push(flow->p->arena, head->step, i);
            } else if (s->selector && s->result && s->layer == layer) {
                s->head = (int)(head_of(flow, i, layer) - flow->head.at);
            }
        }
    }
}

void schedule(Flow *flow)
{
    int *late = arena_array(flow->p->arena, int, flow->step.n + 1);
    place(flow);
    while (merge_one(flow, late)) {
    }
    make_heads(flow);
}
