/* The whole text: prelude, statements, and what must hold at the end. */
#include "checker.h"

#include <string.h>

/* ---- at the end ------------------------------------------------------------------------------------------------------------------- */

static void finish_states(Check *c)
{
    for (int i = 0; i < c->states.n; i++) {
        Node *state = c->state_nodes.at[i];
        const Entity *entity = c->states.at[i];
        if (entity->kind != EN_TENSOR) {
            continue;
        }
        int fits = entity->index.n == state->free.n && entity->node->type == state->type;
        for (int k = 0; fits && k < state->free.n; k++) {
            fits = same_shape(entity->index.at[k].dim, state->free.at[k]->dim);
        }
        if (!fits) {
            const int type = entity->node->type != state->type;
            check_error(c, entity->span, "the state '%s' becomes %s", state->name,
                        type ? "numbers of another type" : "a tensor of another shape");
            check_note(c, state->span, "it is made here%s", type ? arena_printf(c->arena, ", %s", type_name(state->type)) : "");
            continue;
        }
        Node *next = unit_reach(c, entity->node);
        int same_order = 1;
        for (int k = 0; k < entity->index.n; k++) {
            same_order &= entity->axis[k] == k;
        }
        if (next == state) { /* it stays as it is */
            continue;
        }
        if ((next->kind != NODE_EQ && next->kind != NODE_RESULT) || next->extent || !same_order) {
            Expr **at = arena_array(c->arena, Expr *, entity->index.n + 1);
            VarList free = {0};
            for (int k = 0; k < entity->index.n; k++) {
                vec_push(c->arena, free, graph_var(c->graph, entity->index.at[k].dim, entity->index.at[k].name));
                at[entity->axis[k]] = expr_var(c->graph, free.at[k], entity->span);
            }
            next = node_of(c, state->name, expr_read(c->graph, next, free.n, at, NULL, entity->span), &free, entity->span);
            next->extent = NULL; /* the state may hold any integer */
        }
        state->next = next;
    }
}

static void number_given(Check *c)
{
    int n = 0;
    for (int i = 0; i < c->graph->dims.n; i++) {
        if (c->graph->dims.at[i]->kind == DIM_GIVEN) {
            c->graph->dims.at[i]->given = n++;
        }
    }
}

static Str name_from_file(const Source *text)
{
    const char *slash = strrchr(text->name, '/'), *base = slash ? slash + 1 : text->name, *dot = strrchr(base, '.');
    return str_of_n(base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

/* Classes with names: the first that an output has. */
static void labels(Check *c)
{
    Graph *graph = c->graph;
    for (int i = 0; i < graph->outputs.n && !graph->label.n; i++) {
        const Dim *dim = graph_classes(graph->outputs.at[i]);
        for (int64_t k = 0; dim && k < dim->length; k++) {
            vec_push(graph->arena, graph->label, dim->label[k]);
        }
    }
    for (int i = 0; i < c->configs.n; i++) {
        const Value *type = value_member(c->configs.at[i], str_of("problem_type"));
        const char *word = type && type->kind == V_STR ? type->text : "";
        graph->multi_label |= strcmp(word, "multi_label_classification") == 0;
        graph->label.n = strcmp(word, "regression") == 0 ? 0 : graph->label.n; /* a number means itself */
    }
    graph->multi_label |= graph->label.n == 1; /* alone, its share of all would say nothing */
}

static Graph *failed(Check *c)
{
    weights_close(c->weights);
    return NULL;
}

Graph *check_model(Arena *arena, Diag *d, const CheckInput *input)
{
    Check *c = arena_new_of(arena, Check);
    c->arena = arena;
    c->d = d;
    c->directory = input->directory;
    c->prefix = str_of("");
    c->inline_scalar = 1;
    c->graph = graph_new(arena);
    c->graph->source = input->text;
    c->graph->name = name_from_file(input->text);
    c->library = scope_new(c, NULL);
    c->graph->top = unit_enter(c, UNIT_TOP, c->graph->name, span_of_source(input->text));
    for (int i = 0; i < input->libraries; i++) {
        const StmtList text = ast_parse(arena, d, input->library[i]);
        statements(c, c->library, &text);
    }
    c->quote = (Span){0};
    const StmtList text = ast_parse(arena, d, input->text);
    const int syntax = d->errors;
    c->global = scope_new(c, c->library);
    if (!files_open(c, &text) || syntax) {
        return failed(c); /* without the weights every parameter would be an error of its own */
    }
    statements(c, c->global, &text);
    c->graph->top->name = c->graph->name;
    if (d->errors == 0) {
        finish_states(c);
        number_given(c);
        labels(c);
        files_warn_unread(c);
        if (c->graph->outputs.n == 0) {
            diag_error(d, span_of_source(input->text), "the model has no output: write 'output' before an equation");
        }
    }
    if (d->errors == 0 && c->broken) {
        diag_internal(d, span_of_source(input->text), "the model is wrong, but nothing was said about it");
    }
    if (d->errors) {
        return failed(c);
    }
    const char *broken = graph_verify(c->graph);
    if (broken) {
        diag_internal(d, span_of_source(input->text), "the graph is not well made: %s", broken);
        return failed(c);
    }
    return c->graph;
}
