/* <name>_main.c: the table that the command line reads, between the files of runtime/cli. */
#include "capacity.h"
#include "main_facts.h"
#include "paste.h"

#include "../compiler/embed.h"

#include <string.h>

typedef VEC(const Dim *) DimList;

static int number_of(const DimList *list, const Dim *dim)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i] == dim) {
            return i;
        }
    }
    return -1;
}

static void add_dims(Plan *p, DimList *list, const Node *node)
{
    for (int k = 0; k < node->free.n; k++) {
        if (number_of(list, node->free.at[k]->dim) < 0) {
            vec_push(p->arena, *list, node->free.at[k]->dim);
        }
    }
}

/* Offsets arrays in the order of model_call.begin: given dims, then those the run makes. */
static DimList begins(Model *m)
{
    DimList list = {0};
    for (int i = 0; i < m->p->graph->dims.n; i++) {
        if (m->p->graph->dims.at[i]->kind == DIM_GIVEN) {
            vec_push(m->p->arena, list, m->p->graph->dims.at[i]);
        }
    }
    for (int i = 0; i < m->made.n; i++) {
        vec_push(m->p->arena, list, m->made.at[i]);
    }
    return list;
}

static void print_dims(Model *m, const DimList *dims, const DimList *begin, Text *out)
{
    text_line(out, "static const %s_dim about_dims[] = {", m->p->prefix);
    for (int i = 0; i < dims->n; i++) {
        const Dim *dim = dims->at[i];
        const int ragged = dim_is_ragged(dim);
        const char *bound = !ragged || dim->bound == INT64_MAX ? "INT64_MAX" : arena_printf(m->p->arena, "%lld", (long long)dim->bound);
        text_line(out, "    {%s, %lld, %s, %d, %d},", quoted(m->p, dim->name), ragged ? -1LL : (long long)dim->length, bound,
                  number_of(begin, dim), dim->kind == DIM_GIVEN);
    }
    text_line(out, "    {\"\", 0, 0, -1, 0}");
    text_line(out, "};");
}

static void print_tensors(Model *m, const char *name, const NodeList *list, const DimList *dims, Text *out)
{
    Plan *p = m->p;
    text_line(out, "static const %s_tensor %s[] = {", p->prefix, name);
    for (int i = 0; i < list->n; i++) {
        const Node *node = list->at[i];
        const char *type = node->type == T_REAL ? "REAL" : node->type == T_BOOL ? "BOOL" : node->extent ? "INDEX" : "INT";
        const char *axes = "0";
        for (int k = 0; k < node->free.n; k++) {
            axes = arena_printf(p->arena, "%s%s%d", k ? axes : "", k ? ", " : "", number_of(dims, node->free.at[k]->dim));
        }
        text_line(out, "    {%s, %s_%s, %lld, %d, {%s}, %d},", quoted(p, node->name), p->PREFIX, type,
                  node->extent ? (long long)node->extent->length : 0LL, node->free.n, axes, node->optional);
    }
    text_line(out, "    {\"\", %s_REAL, 0, 0, {0}, 0}", p->PREFIX);
    text_line(out, "};");
}

static void print_capacities(Model *m, const DimList *dims, Text *out)
{
    Plan *p = m->p;
    text_line(out, "static const %s_capacity about_capacities[] = {", p->prefix);
    for (int i = 0; i < p->capacity.n; i++) {
        const char *axes = "0";
        for (int k = 0; k < p->capacity.at[i].n; k++) {
            axes = arena_printf(p->arena, "%s%s%d", k ? axes : "", k ? ", " : "", number_of(dims, p->capacity.at[i].dim[k]));
        }
        text_line(out, "    {%d, {%s}},", p->capacity.at[i].n, axes);
    }
    text_line(out, "    {0, {0}}");
    text_line(out, "};");
}

static void print_workspace(Model *m, Text *out)
{
    Plan *p = m->p;
    const char *args = "";
    for (int i = 0; i < p->capacity.n; i++) {
        args = arena_printf(p->arena, "%s, capacity[%d]", args, i);
    }
    text_line(out, "static size_t about_workspace(int32_t sequences, const int64_t *capacity)");
    text_line(out, "{");
    if (!p->capacity.n) {
        text_line(out, "    (void)capacity;");
    }
    text_line(out, "    return %s_workspace(sequences%s);", p->prefix, args);
    text_line(out, "}");
}

/* Rows of an output at most, from the capacities. */
static const char *room_of(Plan *p, const Node *node)
{
    Basis basis = {.kind = BASIS_ROWS};
    int64_t width = 1;
    const char *text = "";
    for (int k = 0; k < node->free.n; k++) {
        Dim *dim = node->free.at[k]->dim;
        if (dim_is_ragged(dim)) {
            basis.dim[basis.n++] = dim;
        } else {
            width *= dim->length;
        }
    }
    if (!basis.n) {
        return arena_printf(p->arena, "(int64_t)sequences * %lld", (long long)width);
    }
    const Capacity capacity = capacity_of(p, &basis);
    for (int t = 0; t < capacity.n; t++) {
        const Term *term = &capacity.term[t];
        const char *count = "(int64_t)sequences";
        for (int i = 0; term->n && i < p->capacity.n; i++) {
            const Basis *b = &p->capacity.at[i];
            int same = b->n == term->n;
            for (int k = 0; same && k < b->n; k++) {
                same = b->dim[k] == term->dim[k];
            }
            count = same ? arena_printf(p->arena, "capacity[%d]", i) : count;
        }
        const char *one = term->num == 1 && term->den == 1 ? count
                          : term->den == 1                 ? arena_printf(p->arena, "%s * %lld", count, (long long)term->num)
                                           : arena_printf(p->arena, "(%s * %lld + %lld) / %lld", count, (long long)term->num,
                                                          (long long)term->den - 1, (long long)term->den);
        text = arena_printf(p->arena, "%s%s%s", text, t ? " + " : "", one);
    }
    return width == 1 ? text : arena_printf(p->arena, "(%s) * %lld", text, (long long)width);
}

static void print_room(Model *m, Text *out)
{
    Plan *p = m->p;
    Text *cases = text_new(p->arena, 0);
    for (int i = 0; i < p->outputs.n; i++) {
        text_line(cases, "    case %d: return %s;", i, room_of(p, p->outputs.at[i]));
    }
    text_line(out, "static int64_t about_output_room(int output, int32_t sequences, const int64_t *capacity)");
    text_line(out, "{");
    if (!text_contains(cases, "sequences")) {
        text_line(out, "    (void)sequences;");
    }
    if (!text_contains(cases, "capacity[")) {
        text_line(out, "    (void)capacity;");
    }
    text_line(out, "    switch (output) {");
    text_add(out, cases);
    text_line(out, "    default: return -1;");
    text_line(out, "    }");
    text_line(out, "}");
}

/* The memory that a model keeps between calls. */
static void print_states(Model *m, Text *out)
{
    Plan *p = m->p;
    const NodeList *states = &p->graph->states;
    text_line(out, "static const size_t about_state_bytes[] = {");
    for (int i = 0; i < states->n; i++) {
        text_line(out, "    %lld,", (long long)state_bytes(p, states->at[i]));
    }
    text_line(out, "};");
    text_line(out, "static void about_begin(int32_t sequences, void *const *state)");
    text_line(out, "{");
    text_line(out, "    %s_io io = {.sequences = sequences};", p->prefix);
    for (int i = 0; i < states->n; i++) {
        text_line(out, "    io.%s = state[%d];", plan_info(p, states->at[i])->cname, i);
    }
    text_line(out, "    %s_begin(&io);", p->prefix);
    text_line(out, "}");
}

/* One GPU for the whole process. */
void device_main_print(Plan *p, Text *out)
{
    text_line(out, "static %s_cuda *about_gpu;", p->prefix);
    text_line(out, "static const char *about_open_device(void)");
    text_line(out, "{");
    text_line(out, "    const %s_status status = %s_cuda_open(&about_gpu, 0);", p->prefix, p->prefix);
    text_line(out, "    return status == %s_OK ? NULL : %s_error(status);", p->PREFIX, p->prefix);
    text_line(out, "}");
    text_line(out, "static const char *about_device(void)");
    text_line(out, "{");
    text_line(out, "    return about_gpu ? %s_cuda_name(about_gpu) : NULL;", p->prefix);
    text_line(out, "}");
    if (p->options->multiplier) {
        text_line(out, "static const char *about_device_lacks(void)");
        text_line(out, "{");
        text_line(out, "    return %s_cuda_library(about_gpu);", p->prefix);
        text_line(out, "}");
    }
}

static void print_lanes(Plan *p, Text *out)
{
    text_line(out, "static int about_send(const %s_call *call)", p->prefix);
    text_line(out, "{");
    text_line(out, "    const %s_io io = about_io(call);", p->prefix);
    text_line(out, "    return (int)%s_cuda_send(&io, about_gpu, call->lane);", p->prefix);
    text_line(out, "}");
    text_line(out, "static int about_receive(int lane)");
    text_line(out, "{");
    text_line(out, "    return (int)%s_cuda_receive(about_gpu, lane);", p->prefix);
    text_line(out, "}");
}

/* `call` and `run` as far as their first arguments: "about_run(", "run(" */
static void print_run_by(Plan *p, const char *call, const char *run, Text *out)
{
    text_line(out, "static int %sconst %s_call *call, void *workspace, size_t bytes)", call, p->prefix);
    text_line(out, "{");
    text_line(out, "    const %s_io io = about_io(call);", p->prefix);
    text_line(out, "    return (int)%s_%s&io, workspace, bytes);", p->prefix, run);
    text_line(out, "}");
}

static void print_pool(Plan *p, Text *out)
{
    text_line(out, "#ifdef %s_THREADS", p->PREFIX);
    text_line(out, "static int about_pool_open(void *pool, int threads)");
    text_line(out, "{");
    text_line(out, "    return (int)%s_pool_open(pool, threads);", p->prefix);
    text_line(out, "}");
    text_line(out, "static void about_pool_close(void *pool)");
    text_line(out, "{");
    text_line(out, "    %s_pool_close(pool);", p->prefix);
    text_line(out, "}");
    print_run_by(p, "about_run_on(void *pool, ", "run_on(pool, ", out);
    text_line(out, "#endif");
}

static void print_run(Model *m, const DimList *begin, Text *out)
{
    Plan *p = m->p;
    text_line(out, "static %s_io about_io(const %s_call *call)", p->prefix, p->prefix);
    text_line(out, "{");
    text_line(out, "    %s_io io;", p->prefix);
    text_line(out, "    io.sequences = call->sequences;");
    for (int i = 0; i < begin->n; i++) {
        text_line(out, "    io.%s = call->begin[%d];", io_begin(m, begin->at[i]), i);
    }
    for (int i = 0; i < p->graph->inputs.n; i++) {
        text_line(out, "    io.%s = call->input[%d];", plan_info(p, p->graph->inputs.at[i])->cname, i);
    }
    for (int i = 0; i < p->graph->states.n; i++) {
        text_line(out, "    io.%s = call->state[%d];", plan_info(p, p->graph->states.at[i])->cname, i);
    }
    for (int i = 0; i < p->outputs.n; i++) {
        text_line(out, "    io.%s = call->output[%d];", plan_info(p, p->outputs.at[i])->cname, i);
    }
    text_line(out, "    return io;");
    text_line(out, "}");
    if (target_has_device(p->options->target)) {
        device_main_print(p, out);
        print_lanes(p, out);
    }
    print_run_by(p, "about_run(", "run(", out);
    if (target_is_fast(p->options->target)) {
        print_pool(p, out);
    }
}

/* Types: an optional input over the dim of the ids. */
static int types_input(const Graph *g, int ids)
{
    for (int i = 0; ids >= 0 && i < g->inputs.n; i++) {
        const Node *node = g->inputs.at[i];
        if (i != ids && node->extent && node->optional && node->free.n == 1 &&
            node->free.at[0]->dim == g->inputs.at[ids]->free.at[0]->dim) {
            return i;
        }
    }
    return -1;
}

static void print_table(Model *m, Text *out)
{
    Plan *p = m->p;
    const Graph *g = p->graph;
    DimList dims = {0};
    const DimList begin = begins(m);
    for (int i = 0; i < begin.n; i++) {
        vec_push(p->arena, dims, begin.at[i]);
    }
    for (int i = 0; i < g->inputs.n; i++) {
        add_dims(p, &dims, g->inputs.at[i]);
    }
    for (int i = 0; i < p->outputs.n; i++) {
        add_dims(p, &dims, p->outputs.at[i]);
    }
    print_dims(m, &dims, &begin, out);
    print_tensors(m, "about_inputs", &g->inputs, &dims, out);
    print_tensors(m, "about_outputs", &p->outputs, &dims, out);
    print_capacities(m, &dims, out);
    print_labels(m, out);
    print_facts(m, out);
    print_workspace(m, out);
    print_room(m, out);
    print_run(m, &begin, out);
    if (g->states.n) {
        print_states(m, out);
    }
    text_line(out, "static const char *about_error(int status)");
    text_line(out, "{");
    text_line(out, "    return %s_error((%s_status)status);", p->prefix, p->prefix);
    text_line(out, "}");
    const Node *tokens = graph_ids_input(g);
    const int ids = tokens ? tokens->input : -1, types = types_input(g, ids), labels = label_count(m);
    text_line(out, "const %s_about model = {", p->prefix);
    text_line(out, "    .name = %s,", quoted(p, p->prefix));
    text_line(out, "    .version = \"%s\",", SINTER_VERSION);
    text_line(out, "    .title = %s,", quoted(p, m->title ? m->title : ""));
    text_line(out, "    .facts = about_facts,");
    text_line(out, "    .dims = %d, .inputs = %d, .outputs = %d, .capacities = %d, .begins = %d,", dims.n, g->inputs.n, p->outputs.n,
              p->capacity.n, begin.n);
    text_line(out, "    .dim = about_dims, .input = about_inputs, .output = about_outputs, .capacity = about_capacities,");
    text_line(out, "    .weight_bytes = %llu, .parameters = %lld,", (unsigned long long)m->pack->bytes, (long long)m->pack->parameters);
    text_line(out, "    .labels = %d, .label = %s, .multi_label = %d,", labels, labels ? "about_labels" : "NULL", g->multi_label);
    text_line(out, "    .ids = %d, .types = %d, .ours = 1u << %s_NO_SPACE,", ids, types, p->PREFIX);
    if (g->states.n) {
        text_line(out, "    .states = %d, .state_bytes = about_state_bytes, .begin = about_begin,", g->states.n);
    }
    if (target_has_device(p->options->target)) {
        text_line(out, "    .open_device = about_open_device, .device = about_device,%s",
                  p->options->multiplier ? " .device_lacks = about_device_lacks," : "");
        text_line(out, "    .lanes = %s_CUDA_LANES, .send = about_send, .receive = about_receive,", p->PREFIX);
    }
    if (p->options->tokenizer) {
        text_line(out, "    .tokenize = %s_tokenize, .token_text = %s_token_text,", p->prefix, p->prefix);
    }
    text_line(out, "    .workspace = about_workspace, .output_room = about_output_room, .run = about_run, .error = about_error,");
    if (target_is_fast(p->options->target)) {
        text_line(out, "    .kernels = %s_kernels, .use_kernels = %s_use_kernels, .kernel_names = \"%s\", .scratch = %lld,", p->prefix,
                  p->prefix, tier_names(p), (long long)p->scratch);
        text_line(out, "#ifdef %s_THREADS", p->PREFIX);
        text_line(
            out, "    .pool_bytes = sizeof(%s_pool), .pool_open = about_pool_open, .pool_close = about_pool_close, .run_on = about_run_on,",
            p->prefix);
        text_line(out, "#endif");
    }
    text_line(out, "};");
}

void main_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Embedded *order = embed_find("runtime/cli/ORDER");
    text_line(out, "/* %s_main.c - the command line", p->prefix);
    text_raw(out, "%s */\n", m->banner);
    for (const char *line = order ? order->text : ""; *line;) {
        const size_t n = strcspn(line, "\n");
        const char *word = arena_printf(p->arena, "%.*s", (int)n, line);
        if (strcmp(word, "@header") == 0) {
            text_line(out, "#include \"%s.h\"", p->prefix);
            if (!p->options->tokenizer) {
                paste_file(p, "tokenizer/tokenizer.h", out);
            }
        } else if (strcmp(word, "@model") == 0) {
            print_table(m, out);
        } else if (n && word[0] != '#') {
            text_line(out, "%s", "");
            paste_file(p, arena_printf(p->arena, "cli/%s", word), out);
        }
        line += n + (line[n] == '\n');
    }
}
