/* stack.c - layers, and the tensors of each */
#include "stack.h"

#include <string.h>

static Layer *layer_at(Stack *s, int slot)
{
    while (s->layer.n <= slot / 2) {
        const Layer none = {.keys = 0};
        vec_push(s->t->arena, s->layer, none);
    }
    return &s->layer.at[slot / 2];
}

static void fill_layers(Stack *s)
{
    Transformer *t = s->t;
    for (int i = 0; i < t->head.n; i++) {
        const Head *head = t->head.at[i];
        Layer *layer = layer_at(s, head->slot);
        vec_push(t->arena, layer->head, head);
        layer->keys = head->score.n + 1 > layer->keys ? head->score.n + 1 : layer->keys;
        layer->values = head->brought.n > layer->values ? head->brought.n : layer->values;
    }
    for (int i = 0; i < t->hidden.n; i++) {
        Layer *layer = layer_at(s, t->hidden.at[i].slot);
        const Hidden *hidden = &t->hidden.at[i];
        vec_push(t->arena, layer->hidden, hidden);
    }
}

/* ---- tensors ----------------------------------------------------------------------------------------------------------------------- */

static float *tensor_add(Stack *s, const char *name, int rank, int64_t a, int64_t b, int64_t c)
{
    Arena *arena = s->t->arena;
    int64_t *shape = arena_array(arena, int64_t, 3), count = a * (rank > 1 ? b : 1) * (rank > 2 ? c : 1);
    shape[0] = a;
    shape[1] = b;
    shape[2] = c;
    float *data = arena_array(arena, float, count + 1);
    s->weights += count;
    const SafetensorsItem item = {name, DTYPE_F32, rank, shape, data};
    vec_push(arena, s->item, item);
    return data;
}

static void put(float *row, const Form *form)
{
    for (int i = 0; i < form->term.n; i++) {
        row[form->term.at[i].direction] += (float)form->term.at[i].weight;
    }
}

int has_positions(const Transformer *t)
{
    return t->indices && t->indices->size > 0;
}

static void embedding(Stack *s)
{
    Transformer *t = s->t;
    const int d = t->directions;
    float *bos = tensor_add(s, "embedding.bos", 1, d, 0, 0), *token = tensor_add(s, "embedding.token", 2, t->vocab.n, d, 0);
    bos[DIRECTION_BOS] = 1;
    for (int i = 0; i < t->vocab.n; i++) {
        token[i * d + DIRECTION_HERE] = 1;
    }
    for (int k = 0; t->tokens && k < t->tokens->size; k++) {
        token[t->tokens->holds[k] * d + t->tokens->first + k] = 1;
    }
    float *position = has_positions(t) ? tensor_add(s, "embedding.position", 2, t->longest, d, 0) : NULL;
    for (int k = 0; position && k < t->indices->size; k++) {
        position[t->indices->holds[k] * d + t->indices->first + k] = 1;
    }
}

/* The first position is a key as well: it meets half a condition less than all, or all where positions are counted. */
static void first_position(float *query, float *key, const Head *head)
{
    const float score = (float)(SCORE * head->conditions - (head->counts ? 0 : SCORE / 2));
    key[DIRECTION_BOS] = 1;
    query[DIRECTION_BOS] = query[DIRECTION_HERE] = score;
}

static void attention(Stack *s, const Layer *layer, int number)
{
    Transformer *t = s->t;
    const int64_t d = t->directions, h = layer->head.n, k = layer->keys, e = layer->values;
    const char *prefix = arena_printf(t->arena, "layer.%d.attention", number);
    float *query = tensor_add(s, arena_printf(t->arena, "%s.query", prefix), 3, h, k, d),
          *key = tensor_add(s, arena_printf(t->arena, "%s.key", prefix), 3, h, k, d),
          *value = tensor_add(s, arena_printf(t->arena, "%s.value", prefix), 3, h, e, d),
          *output = tensor_add(s, arena_printf(t->arena, "%s.output", prefix), 3, d, h, e);
    for (int i = 0; i < h; i++) {
        const Head *head = layer->head.at[i];
        for (int m = 0; m < head->score.n; m++) {
            put(query + (i * k + m + 1) * d, &head->score.at[m].query);
            put(key + (i * k + m + 1) * d, &head->score.at[m].key);
        }
        first_position(query + i * k * d, key + i * k * d, head);
        for (int m = 0; m < head->brought.n; m++) {
            const Brought *brought = &head->brought.at[m];
            put(value + (i * e + m) * d, &brought->value);
            value[(i * e + m) * d + DIRECTION_BOS] += (float)brought->at_bos;
            output[(brought->direction * h + i) * e + m] = 1;
        }
    }
}

static void hidden_units(Stack *s, const Layer *layer, int number)
{
    Transformer *t = s->t;
    const int64_t d = t->directions, f = layer->hidden.n;
    float *in = tensor_add(s, arena_printf(t->arena, "layer.%d.mlp.in", number), 2, f, d, 0),
          *out = tensor_add(s, arena_printf(t->arena, "layer.%d.mlp.out", number), 2, d, f, 0);
    for (int i = 0; i < f; i++) {
        const Hidden *hidden = layer->hidden.at[i];
        put(in + i * d, &hidden->in);
        for (int m = 0; m < hidden->out.n; m++) {
            out[hidden->out.at[m].direction * f + i] += (float)hidden->out.at[m].weight;
        }
    }
}

static void results(Stack *s)
{
    Transformer *t = s->t;
    for (int i = 0; i < t->result.n; i++) {
        const Result *r = &t->result.at[i];
        const char *name = arena_printf(t->arena, "output.%s", r->name);
        float *row = r->labels ? tensor_add(s, name, 2, r->is.n, t->directions, 0) : tensor_add(s, name, 1, t->directions, 0, 0);
        for (int m = 0; m < r->is.n; m++) {
            put(row + (int64_t)m * t->directions, &r->is.at[m]);
        }
        put(row, &r->number);
    }
}

static int64_t layer_weights(const Transformer *t, const Layer *layer)
{
    const int64_t heads = layer->head.n;
    return 2 * t->directions * (heads * (layer->keys + layer->values) + layer->hidden.n);
}

Stack *stack_of(Transformer *t)
{
    Stack *s = arena_new_of(t->arena, Stack);
    int64_t all = 0;
    s->t = t;
    fill_layers(s);
    for (int i = 0; i < s->layer.n; i++) {
        all += layer_weights(t, &s->layer.at[i]);
    }
    if (all > STACK_WEIGHTS_MOST) {
        transformer_refuse(t, t->place, "the program needs %lld weights; %d are the most", (long long)all, STACK_WEIGHTS_MOST);
        return NULL;
    }
    embedding(s);
    for (int i = 0; i < s->layer.n; i++) {
        if (s->layer.at[i].head.n) {
            attention(s, &s->layer.at[i], i);
        }
        if (s->layer.at[i].hidden.n) {
            hidden_units(s, &s->layer.at[i], i);
        }
    }
    results(s);
    return s;
}
