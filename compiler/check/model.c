/* The whole text: prelude, files, statements, and what must hold at the end. */
#include "checker.h"

#include <ctype.h>
#include <string.h>

static const char *resolved(Check *c, Str file)
{
    const int beside = !c->directory || !c->directory[0] || strcmp(c->directory, ".") == 0;
    return file[0] == '/' || beside ? file : arena_printf(c->arena, "%s/%s", c->directory, file);
}

static const char *text_of(Check *c, const Stmt *stmt)
{
    Dim *family = NULL;
    Str text = stmt->value && stmt->value->kind == AST_STR ? fixed_path(c, c->global, stmt->value, &family) : NULL;
    if (!text) {
        check_error(c, stmt->span, "a file name was expected");
    }
    return text;
}

void file_statement(Check *c, Scope *scope, const Stmt *stmt)
{
    if (c->unit != c->graph->top) {
        check_error(c, stmt->span, "this belongs to the top of the model");
        return;
    }
    if (stmt->kind == STMT_MODEL) {
        c->graph->name = stmt->name;
        return;
    }
    Str file = text_of(c, stmt);
    if (!file || stmt->kind == STMT_WEIGHTS) { /* weights are opened before anything is read */
        return;
    }
    if (stmt->kind == STMT_TOKENIZER) {
        c->graph->tokenizer = file;
        return;
    }
    const char *path = resolved(c, file);
    Value *value = value_from_json_file(c->arena, c->d, path);
    Entity *entity = scope_define(c, scope, value ? EN_FIXED : EN_ERROR, stmt->name, stmt->name_span);
    entity->value = value;
    if (value) {
        c->graph->config = c->graph->config ? c->graph->config : file;
        c->config_name = file;
        vec_push(c->arena, c->configs, value);
    }
}

static void open_weights(Check *c, const StmtList *text)
{
    for (int i = 0; i < text->n; i++) {
        if (text->at[i]->kind != STMT_WEIGHTS) {
            continue;
        }
        if (c->graph->weights) {
            check_error(c, text->at[i]->span, "the weights are named twice");
            return;
        }
        c->graph->weights = text_of(c, text->at[i]);
        if (c->graph->weights) {
            c->weights = weights_open(c->arena, c->d, resolved(c, c->graph->weights));
            c->graph->weight_file = c->weights;
        }
    }
}

/* ---- at the end ------------------------------------------------------------------------------------------------------------------- */

typedef struct Unread {
    Check *c;
    int n;
} Unread;

/* Keys that cannot matter for inference, by their name or the begin of it. */
static int cannot_matter(Str name)
{
    static const char *const word[] = {
        "_", "architectures", "model_type", "torch_dtype", "dtype", "transformers_version", "initializer", "use_cache", "output_",
        "return_dict", "label2id", "id2label", "problem_type", "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id",
        "cls_token_id", "unk_token_id", "mask_token_id", "task_specific_params", "is_decoder", "is_encoder_decoder",
        "add_cross_attention", "gradient_checkpointing", "summary_", "finetuning_task", "auto_map", "tie_word_embeddings",
        "tie_weights", "name_or_path", "classifier_", "pruned_heads", "chunk_size_feed_forward", "vocab_size",
        "max_position_embeddings", "keys_to_ignore_at_inference", "layerdrop", "attention_type"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        if (strncmp(name, word[i], strlen(word[i])) == 0) {
            return 1;
        }
    }
    return strstr(name, "dropout") != NULL || strstr(name, "drop_prob") != NULL;
}

/* `.key` stands somewhere in the text, perhaps in a branch that other values of the config lead to. */
static int is_mentioned(const Source *source, Str key)
{
    const size_t n = strlen(key);
    for (const char *at = source->text; at && (at = strchr(at, '.')) != NULL; at++) {
        if (strncmp(at + 1, key, n) == 0 && !isalnum((unsigned char)at[1 + n]) && at[1 + n] != '_') {
            return 1;
        }
    }
    return 0;
}

static void unread_key(void *context, const ValueMember *member, Str path)
{
    Unread *u = context;
    if (!strchr(path, '.') && !cannot_matter(member->name) && member->value.kind != V_NULL &&
        !is_mentioned(u->c->graph->source, member->name)) {
        diag_warning(u->c->d, member->name_span, "the model does not read the key '%s'", path);
    }
}

static void warn_unread(Check *c)
{
    Unread u = {c, 0};
    for (int i = 0; i < c->configs.n; i++) {
        value_each_unread(c->configs.at[i], unread_key, &u);
    }
}

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
        if (next->kind == NODE_ARG || next->kind == NODE_INPUT || !same_order) {
            Expr **at = arena_array(c->arena, Expr *, entity->index.n + 1);
            VarList free = {0};
            for (int k = 0; k < entity->index.n; k++) {
                vec_push(c->arena, free, graph_var(c->graph, entity->index.at[k].dim, entity->index.at[k].name));
                at[entity->axis[k]] = expr_var(c->graph, free.at[k], entity->span);
            }
            next = node_of(c, state->name, expr_read(c->graph, next, free.n, at, NULL, entity->span), &free, entity->span);
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

static void labels(Check *c)
{
    for (int i = 0; i < c->configs.n; i++) {
        const Value *map = value_member(c->configs.at[i], str_of("id2label")),
                    *type = value_member(c->configs.at[i], str_of("problem_type"));
        c->graph->multi_label |= type && type->kind == V_STR && strcmp(type->text, "multi_label_classification") == 0;
        for (int k = 0; map && map->kind == V_OBJECT && k < map->object.n; k++) {
            const Value *label = value_member(map, str_format("%d", k));
            if (label && label->kind == V_STR) {
                vec_push(c->graph->arena, c->graph->label, label->text);
            }
        }
    }
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
    open_weights(c, &text);
    if (syntax || (c->graph->weights && !c->weights)) {
        return NULL; /* without the weights every parameter would be an error of its own */
    }
    statements(c, c->global, &text);
    c->graph->top->name = c->graph->name;
    if (d->errors == 0) {
        finish_states(c);
        number_given(c);
        labels(c);
        warn_unread(c);
        if (c->graph->outputs.n == 0) {
            diag_error(d, span_of_source(input->text), "the model has no output: write 'output' before an equation");
        }
    }
    if (d->errors == 0 && c->broken) {
        diag_error(d, span_of_source(input->text), "internal: the model is wrong, but nothing was said about it");
    }
    if (d->errors) {
        return NULL;
    }
    const char *broken = graph_verify(c->graph);
    if (broken) {
        diag_error(d, span_of_source(input->text), "internal: the graph is not well made: %s", broken);
        return NULL;
    }
    return c->graph;
}
