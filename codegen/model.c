/* All passes of the C back end, in order: from a graph to what its files are printed from. */
#include "codegen.h"
#include "match/forms.h"
#include "kernel/kernel_print.h"
#include "kernel/maps.h"
#include "flatten.h"
#include "launch.h"
#include "model.h"
#include "quote.h"
#include "recognise.h"
#include "sha256.h"
#include "tables.h"

#include <string.h>
#include <unistd.h>

enum { MOST_AXES = 8 };

static Str prefix_of(Plan *p, const char *name)
{
    Str clean = name_clean(p, name);
    return clean;
}

/* Elements of a tensor for each row of its ragged dims; INT64_MAX when they cannot be counted. */
static int64_t width_of(const Node *node)
{
    int64_t width = 1;
    for (int k = 0; k < node->free.n; k++) {
        const Dim *dim = node->free.at[k]->dim;
        if (dim->kind == DIM_FIXED && __builtin_mul_overflow(width, dim->length, &width)) {
            return INT64_MAX;
        }
    }
    return width;
}

/* Limits of the generated text, said before anything is made. */
static int within_limits(Plan *p)
{
    for (int i = 0; i < p->info.n; i++) {
        const Info *info = p->info.at[i];
        if (info && info->view && info->view->free.n + info->view->bound.n > MOST_AXES && info->keep != KEEP_NOT) {
            diag_error(p->diag, info->view->span, "'%s' has more than %d indices, which target c does not print",
                       info->view->name ? info->view->name : "", MOST_AXES);
            return 0;
        }
        const Node *node = info ? info->view : NULL;
        if (node && node->kind != NODE_PARAM && info->keep != KEEP_NOT && width_of(node) > INT32_MAX) {
            diag_error(p->diag, node->span, "'%s' has more than %d elements in a row, which target c does not count",
                       node->name ? node->name : "", INT32_MAX);
            return 0;
        }
    }
    return p->diag->errors == 0;
}

static Str banner(Plan *p)
{
    const char *text = arena_printf(
        p->arena, " *\n * Written by sinter %s from the inputs below, target %s%s. Do not edit: change the model and compile it again.\n",
        SINTER_VERSION, p->options->target ? p->options->target->name : "c", p->options->freestanding ? ", freestanding" : "");
    for (int i = 0; i < p->options->inputs; i++) {
        char hex[65];
        const EmitInput *input = &p->options->input[i];
        if (input->text ? (sha256_text(input->text->text, input->text->bytes, hex), 1) : sha256_file(input->path, hex)) {
            text = arena_printf(p->arena, "%s *     %-28s sha256 %s\n", text, input->name, hex);
        }
    }
    return str_of(text);
}

/* Storage over several ragged dims needs to know where each sequence begins. */
static void register_pairs(Plan *p)
{
    for (int i = 0; i < p->info.n; i++) {
        const Info *info = p->info.at[i];
        const Node *node = info ? info->view : NULL;
        if (!node || (node->kind == NODE_EQ && info->keep != KEEP_ROOT) || node->kind == NODE_PARAM || ragged_axes(node) < 2) {
            continue;
        }
        Basis basis = {.kind = BASIS_ROWS};
        for (int k = 0; k < node->free.n && basis.n < 4; k++) {
            if (dim_is_ragged(node->free.at[k]->dim)) {
                basis.dim[basis.n++] = node->free.at[k]->dim;
            }
        }
        batch_pairs(p, basis);
    }
    for (int i = 0; i < p->func.n; i++) {
        for (int k = 0; k < p->func.at[i]->kernel.n; k++) {
            kernel_register_pairs(p, p->func.at[i]->kernel.at[k]);
        }
    }
}

static void collect_capacities(Plan *p)
{
    for (int i = 0; i < p->graph->dims.n; i++) {
        if (p->graph->dims.at[i]->kind == DIM_GIVEN) {
            const Basis b = {.kind = BASIS_ROWS, .n = 1, .dim = {p->graph->dims.at[i]}};
            capacity_collect(p, &b);
        }
    }
    for (int i = 0; i < p->graph->inputs.n + p->outputs.n; i++) {
        const Node *node = i < p->graph->inputs.n ? p->graph->inputs.at[i] : p->outputs.at[i - p->graph->inputs.n];
        Basis b = {.kind = BASIS_ROWS};
        for (int k = 0; k < node->free.n && b.n < 4; k++) {
            if (dim_is_ragged(node->free.at[k]->dim)) {
                b.dim[b.n++] = node->free.at[k]->dim;
            }
        }
        if (b.n) {
            capacity_collect(p, &b);
        }
    }
}

static void find_made(Model *m)
{
    Plan *p = m->p;
    for (int i = 0; i < p->outputs.n; i++) {
        for (int k = 0; k < p->outputs.at[i]->free.n; k++) {
            Dim *dim = p->outputs.at[i]->free.at[k]->dim;
            int known = !dim_is_ragged(dim) || dim->kind == DIM_GIVEN;
            for (int j = 0; j < m->made.n; j++) {
                known |= m->made.at[j] == dim;
            }
            if (!known) {
                vec_push(p->arena, m->made, dim);
            }
        }
    }
}

/* Offsets that no one else holds live in the workspace. */
static void place_begins(Model *m)
{
    Plan *p = m->p;
    for (int i = 0; i < p->graph->dims.n; i++) {
        Dim *dim = p->graph->dims.at[i];
        int exposed = 0;
        for (int k = 0; k < m->made.n; k++) {
            exposed |= m->made.at[k] == dim;
        }
        int used = 0;
        for (int k = 0; k < p->begin.n; k++) {
            used |= p->begin.at[k] == dim;
        }
        if (used && dim->kind != DIM_GIVEN && !exposed) {
            batch_offsets(p, dim);
        }
    }
}

/* The first line of the text, if it is a comment: "# minilm.sinter: sentence embeddings". */
static const char *title_of(Plan *p)
{
    const Source *source = p->graph->source;
    if (!source || !source->text || source->bytes < 3 || source->text[0] != '#') {
        return NULL;
    }
    const size_t n = strcspn(source->text, "\n");
    const char *colon = memchr(source->text, ':', n), *from = source->text + 1;
    from = colon && memchr(source->text, '.', (size_t)(colon - source->text)) ? colon + 1 : from;
    from += strspn(from, " #");
    return from < source->text + n && n < 120 ? harmless(p, from, (size_t)(source->text + n - from)) : NULL;
}

static Plan *plan_new(const Graph *graph, const EmitOptions *options, Diag *d)
{
    Arena *arena = graph->arena;
    Plan *p = arena_new_of(arena, Plan);
    p->arena = arena;
    p->graph = (Graph *)graph;
    p->options = options;
    p->diag = d;
    p->nodes = graph->nodes;
    p->doubles = graph->program;
    p->prefix = prefix_of(p, options->name ? options->name : graph->name ? graph->name : "model");
    p->PREFIX = name_upper(p, p->prefix);
    return p;
}

static void make_tables(Plan *p)
{
    const NodeList tables = graph_tables(p->graph);
    p->nodes = p->graph->nodes;
    for (int i = 0; i < tables.n; i++) {
        Info *info = plan_info(p, tables.at[i]);
        info->forced = info->kept = 1;
        info->why = "made of places alone: computed once";
    }
}

/* Kernels are started by the host, not by a thread of a device. */
static int may_have_kernels(const Plan *p, const Func *f)
{
    return p->form.n && !(p->options->device && (f->alone || f->within));
}

/* Without a product that goes in pairs a tier that has them is the next one once more. */
static void leave_pairs(Plan *p)
{
    if (p->options->target && !p->in_pairs) {
        EmitOptions *options = arena_new_of(p->arena, EmitOptions);
        *options = *p->options;
        options->target = target_without_pairs(options->target);
        p->options = options;
    }
}

static int make_plan(Plan *p)
{
    if (!forms_load(p)) {
        return 0;
    }
    if (target_is_fast(p->options->target) || p->form.n) {
        graph_flatten(p->graph);
    }
    if (p->form.n) {
        make_tables(p);
    }
    wide_mark(p);
    share_units(p);
    if (p->options->device) {
        launch_find_within(p);
    }
    for (int i = 0; i < p->func.n; i++) {
        const int kernels = may_have_kernels(p, p->func.at[i]);
        if (!p->options->no_recognise) {
            recognise(p, p->func.at[i]);
        }
        if (kernels) {
            cover(p, p->func.at[i]);
            kernels_prepare(p, p->func.at[i]);
        }
        store_decide(p, p->func.at[i]);
        if (kernels) {
            maps_take(p, p->func.at[i]);
            recurrences_take(p, p->func.at[i]);
        }
    }
    leave_pairs(p);
    for (int i = 0; i < p->func.n; i++) {
        nest_build(p, p->func.at[i]);
    }
    alias_lengths(p);
    name_all(p);
    layout_choose(p);
    collect_capacities(p);
    for (int i = 0; i < p->func.n; i++) {
        place_slots(p, p->func.at[i]);
    }
    register_pairs(p);
    return within_limits(p);
}

int model_plan(Model *m, const Graph *graph, const EmitOptions *options, const Plan *like, Diag *d)
{
    Plan *p = plan_new(graph, options, d);
    *m = (Model){.p = p};
    p->like = like;
    for (int i = 0; like && i < like->wrong.n; i++) { /* one table of statuses */
        vec_push(p->arena, p->wrong, like->wrong.at[i]);
    }
    if (!make_plan(p)) {
        return 0;
    }
    find_made(m);
    for (int i = 0; i < p->func.n; i++) {
        plan_buffers(p, p->func.at[i]);
    }
    quote_begin(p);
    m->declared = text_new(p->arena, 0);
    m->kernels = text_new(p->arena, 0);
    quote_start(p, m->declared);
    for (int i = 0; i < p->func.n; i++) {
        print_func(p, p->func.at[i], m->kernels);
    }
    m->simd = text_contains(m->kernels, "vstore") || text_contains(m->kernels, "vistore");
    simd_find_parts(m);
    m->fault = p->wrong.n || text_contains(m->kernels, "->fault");
    m->texts = text_contains(m->kernels, "->texts");
    m->single = text_contains(m->kernels, "_single_of(");
    return d->errors == 0;
}

void model_place(Model *m)
{
    Plan *p = m->p;
    place_begins(m);
    m->space = place_all(p);
    if (m->space->region.n && !p->options->device) {
        use_part(p, "space");
    }
}

int model_make(Model *m, const Graph *graph, const EmitOptions *options, Diag *d)
{
    if (!model_plan(m, graph, options, NULL, d)) {
        return 0;
    }
    Plan *p = m->p;
    model_place(m);
    m->pack = pack_weights(p);
    m->banner = banner(p);
    m->title = options->title ? options->title : title_of(p);
    return m->pack && d->errors == 0;
}
