/* <name>.c: includes, types, weights, kernels, run, always in this order. */
#include "model.h"
#include "paste.h"
#include "quote.h"
#include "kernel/panel.h"
#include "source.h"

#include <string.h>

/* ---- types --------------------------------------------------------------------------------------------------------------------------- */

void source_dims(Model *m, const Text *used, Text *out)
{
    Plan *p = m->p;
    const char *items[512];
    int n = 0;
    for (int i = 0; i < p->constant.n && n < 512; i++) {
        if (text_has_word(used, p->constant_name.at[i])) {
            items[n++] = arena_printf(p->arena, "%s = %lld", p->constant_name.at[i], (long long)p->constant.at[i]);
        }
    }
    if (n) {
        text_line(out, "/* Lengths of dims. */");
        text_list(out, "enum { ", items, n, " };");
        text_line(out, "%s", "");
    }
}

void source_tables(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; i < p->table.n; i++) {
        const Dim *dim = p->table.at[i];
        const char **items = arena_array(p->arena, const char *, dim->length + 1);
        for (int64_t k = 0; k < dim->length; k++) {
            items[k] = arena_printf(p->arena, "%lld", (long long)dim->member[k]);
        }
        text_line(out, "/* Places in %s of the elements of %s. */", dim->parent->name, dim->name);
        text_list(out,
                  arena_printf(p->arena, "static const int32_t %s[%lld] = {", member_table(p, (Dim *)dim),
                               (long long)(dim->length ? dim->length : 1)),
                  items, (int)dim->length, "};");
        text_line(out, "%s", "");
    }
}

typedef VEC(Field) Fields;

static void print_struct(Text *out, Str type, const char *what, const Fields *fields)
{
    text_line(out, "struct %s_%s {", type, what);
    out->indent++;
    text_fields(out, fields->at, fields->n);
    out->indent--;
    text_line(out, "};");
    text_line(out, "%s", "");
}

void source_batch(Model *m, Text *out)
{
    Plan *p = m->p;
    Fields fields = {0};
    if (!has_batch(m)) {
        return;
    }
    if (!p->graph->program || p->pairs.n || p->options->device) {
        vec_push(p->arena, fields, ((Field){"int32_t sequences;", NULL}));
    }
    for (int i = 0; i < p->begin.n; i++) {
        const Dim *dim = p->begin.at[i];
        const char *access = dim->kind == DIM_GIVEN ? "const " : "";
        vec_push(p->arena, fields, ((Field){arena_printf(p->arena, "%sint32_t *begin_%s;", access, dim_word(p, dim)), "[sequences + 1]"}));
    }
    for (int i = 0; i < p->tiled.n; i++) {
        const Field list = {arena_printf(p->arena, "const int32_t *tiles_%s;", dim_word(p, p->tiled.at[i])),
                            "how many; of each its sequence and first position"};
        vec_push(p->arena, fields, list);
    }
    for (int i = 0; i < p->batch_slot.n; i++) {
        const Slot *slot = p->batch_slot.at[i].slot;
        if (strncmp(p->batch_slot.at[i].path, "begin_", 6) != 0) {
            vec_push(p->arena, fields, ((Field){arena_printf(p->arena, "%s *%s;", slot->type, p->batch_slot.at[i].path), slot->comment}));
        }
    }
    if (m->texts) {
        vec_push(p->arena, fields, ((Field){arena_printf(p->arena, "%s_texts *texts;", p->prefix), "strings of more than two characters"}));
    }
    if (m->fault) {
        vec_push(p->arena, fields, ((Field){"int *fault;", p->wrong.n ? "by status: it has happened" : "not 0: something has no value"}));
    }
    if (p->scratch) {
        vec_push(p->arena, fields, ((Field){"unsigned char *scratch;", "of each thread, for as long as a kernel runs"}));
    }
    for (int i = 0; i < p->room.n; i++) {
        vec_push(p->arena, fields,
                 ((Field){arena_printf(p->arena, "int64_t room_%d;", i), "elements at most; of each worker, of one position"}));
    }
    text_line(out, p->graph->program ? "/* What all sequences share. */" : "/* Where sequences begin, and what is known of lengths. */");
    print_struct(out, p->prefix, "batch", &fields);
}

/* "[D][H * E]", in the order of memory. */
static const char *param_shape(Plan *p, const Node *node)
{
    const char *text = "";
    const int *layout = plan_info(p, node)->layout;
    int moved = 0;
    if (plan_info(p, node)->panel) {
        return panel_text(p->arena, plan_info(p, node)->panel);
    }
    for (int k = 0; k < node->free.n; k++) {
        const int axis = layout ? layout[k] : k;
        moved |= axis != k;
        text = arena_printf(p->arena, "%s%s", text, shape_axis(p, node->free.at[axis]->dim));
    }
    return moved ? arena_printf(p->arena, "%s, axes reordered when packed", text) : text;
}

/* "encoder.layer.{0..5}.output.dense.weight": the paths of one member in all that the struct is used for. */
static const char *param_path(Plan *p, const Func *f, int k)
{
    Str first = f->param.at[k]->path, last = p->unit[f->units.at[f->units.n - 1]->id].param.at[k]->path;
    size_t same = 0, tail = 0;
    if (!first || !last || first == last) {
        return first ? arena_printf(p->arena, "\"%s\"", first) : squeeze(p, f->param.at[k]->span);
    }
    const size_t n = strlen(first), m = strlen(last);
    while (same < n && same < m && first[same] == last[same]) {
        same++;
    }
    while (tail < n - same && tail < m - same && first[n - 1 - tail] == last[m - 1 - tail]) {
        tail++;
    }
    return arena_printf(p->arena, "\"%.*s{%.*s..%.*s}%s\"", (int)same, first, (int)(n - same - tail), first + same, (int)(m - same - tail),
                        last + same, first + n - tail);
}

void source_weight_types(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; i < p->func.n; i++) {
        const Func *f = p->func.at[i];
        Fields fields = {0};
        if (!f->weights) {
            continue;
        }
        for (int k = 0; k < f->param.n; k++) {
            const Node *node = f->param.at[k];
            vec_push(p->arena, fields,
                     ((Field){arena_printf(p->arena, "const %s *%s;", param_ctype(p, node), f->param_name.at[k]),
                              arena_printf(p->arena, "%s %s", param_path(p, f, k), param_shape(p, node))}));
        }
        for (int k = 0; k < f->item.n; k++) {
            const Item *item = &f->item.at[k];
            if (item->callee && item->callee->weights) {
                const char *turns = item->turns > 1 ? arena_printf(p->arena, "[%d]", item->turns) : "";
                vec_push(p->arena, fields,
                         ((Field){arena_printf(p->arena, "struct %s_weights %s%s;", item->callee->type, item->member, turns), NULL}));
            }
        }
        if (!fields.n) { /* all were made into others by the compiler, and C has no structs without members */
            vec_push(p->arena, fields, ((Field){"char none;", "it reads none"}));
        }
        print_struct(out, f->type, "weights", &fields);
    }
}

void source_buffer_types(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; i < p->func.n; i++) {
        const Func *f = p->func.at[i];
        Fields fields = {0};
        if (!f->buffers) {
            continue;
        }
        for (int k = 0; k < f->slot.n; k++) {
            const Slot *slot = f->slot.at[k];
            vec_push(p->arena, fields, ((Field){arena_printf(p->arena, "%s *%s;", slot->type, slot->cname), slot->comment}));
        }
        for (int k = 0; k < f->item.n; k++) {
            const Item *item = &f->item.at[k];
            if (item->callee && item->callee->buffers) {
                vec_push(p->arena, fields,
                         ((Field){arena_printf(p->arena, "struct %s_buffers %s;", item->callee->type, item->member), NULL}));
            }
        }
        print_struct(out, f->type, "buffers", &fields);
    }
}

/* ---- weights ------------------------------------------------------------------------------------------------------------------------- */

static void print_weights_of(Model *m, const Func *f, const Unit *unit, Text *out);

static const Unit *called_in(const Unit *unit, const Unit *model, const Unit *called)
{
    for (int s = 0; s < model->step.n; s++) { /* the step of the representative, by number */
        if (model->step.at[s].unit == called) {
            return unit->step.at[s].unit;
        }
    }
    return called;
}

static void print_call_weights(Model *m, const Func *f, const Unit *unit, const Item *item, Text *out)
{
    int first = -1;
    const Unit *model = f->unit;
    for (int s = 0; s < model->step.n; s++) {
        if (model->step.at[s].unit == item->unit) {
            first = s;
        }
    }
    if (item->turns == 1) {
        text_line(out, ".%s = {", item->member);
        print_weights_of(m, item->callee, called_in(unit, model, item->unit), out);
        text_line(out, "},");
        return;
    }
    text_line(out, ".%s = {", item->member);
    out->indent++;
    for (int t = 0; t < item->turns; t++) {
        text_line(out, "{");
        print_weights_of(m, item->callee, unit->step.at[first + t].unit, out);
        text_line(out, "},");
    }
    out->indent--;
    text_line(out, "},");
}

static void print_weights_of(Model *m, const Func *f, const Unit *unit, Text *out)
{
    Plan *p = m->p;
    const NodeList *param = &p->unit[unit->id].param;
    int members = f->param.n;
    out->indent++;
    for (int k = 0; k < f->param.n; k++) {
        const uint64_t at = (p->options->device ? pack_on_device : pack_place)(m->pack, param->at[k]);
        text_line(out, ".%s = %s(%s, %llu),", f->param_name.at[k], p->at_weights, param_ctype(p, f->param.at[k]),
                  (unsigned long long)(at / 4));
    }
    for (int k = 0; k < f->item.n; k++) {
        if (f->item.at[k].callee && f->item.at[k].callee->weights) {
            print_call_weights(m, f, unit, &f->item.at[k], out);
            members++;
        }
    }
    if (!members) {
        text_line(out, ".none = 0,");
    }
    out->indent--;
}

void source_weights(Model *m, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    if (!top->weights) {
        return;
    }
    text_line(out, "/* All weights, in one block of words; see %s_weights.%s. */", p->prefix, p->options->inline_weights ? "c" : "S");
    text_line(out, "extern const uint32_t %s_weights_data[];", p->prefix);
    text_line(out, "#define %s(type, word) ((const type *)(const void *)(%s_weights_data + (word)))", p->at_weights, p->prefix);
    text_line(out, "%s", "");
    text_line(out, "static const struct %s_weights %s_weights = {", p->prefix, p->prefix);
    print_weights_of(m, top, top->unit, out);
    text_line(out, "};");
    text_line(out, "%s", "");
}

/* ---- workspace ----------------------------------------------------------------------------------------------------------------------- */

void source_regions(Model *m, Text *out)
{
    Plan *p = m->p;
    const Workspace *w = m->space;
    text_line(out, "/* Regions of the workspace: buffers of one kind of row and one size of element. Returns the bytes of all. */");
    if (w->region.n) {
        text_line(out, "struct %s_regions {", p->prefix);
        for (int i = 0; i < w->region.n; i++) {
            text_line(out, "    size_t %s;", w->region.at[i].name);
        }
        text_line(out, "};");
        text_line(out, "%s", "");
        text_line(out, "static size_t %s_regions(struct %s_regions *at, int32_t sequences%s%s)", p->prefix, p->prefix,
                  caps_params(p, "int64_t"), p->options->device ? ", int32_t workers" : "");
        text_line(out, "{");
        text_line(out, "    size_t bytes = 0;");
        Text *body = text_new(p->arena, 1);
        for (int i = 0; i < w->region.n; i++) {
            const Region *r = &w->region.at[i];
            text_line(body, "at->%s = bytes;", r->name);
            text_line(body, "bytes = space(bytes, %s, %lld);", capacity_text(p, &r->basis, FOR_C), (long long)r->width * r->bytes);
        }
        if (p->options->device && !text_has_word(body, str_of("workers"))) {
            text_line(out, "    (void)workers;");
        }
        if (!text_has_word(body, str_of("sequences"))) {
            text_line(out, "    (void)sequences;");
        }
        for (int i = 0; i < p->capacity.n; i++) {
            Term term = {.n = p->capacity.at[i].n};
            memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
            if (!text_has_word(body, capacity_word(p, &term))) {
                text_line(out, "    (void)%s;", capacity_word(p, &term));
            }
        }
        text_add(out, body);
        text_line(out, "    return bytes;");
        text_line(out, "}");
        text_line(out, "%s", "");
    }
}

static void print_workspace(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "size_t %s_workspace(int32_t sequences%s)", p->prefix, caps_params(p, "int64_t"));
    text_line(out, "{");
    const char *scratch = p->scratch ? arena_printf(p->arena, "%s_SCRATCH", p->PREFIX) : "0";
    if (m->space->region.n) {
        const char *regions = arena_printf(p->arena, "%s_regions(&at, sequences%s)", p->prefix, caps_names(p));
        text_line(out, "    struct %s_regions at;", p->prefix);
        text_line(out, p->scratch ? "    return space(%s, 1, %s);" : "    return %s;", regions, scratch);
    } else {
        text_line(out, "    (void)sequences;");
        for (int i = 0; i < p->capacity.n; i++) {
            Term term = {.n = p->capacity.at[i].n};
            memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
            text_line(out, "    (void)%s;", capacity_word(p, &term));
        }
        text_line(out, "    return %s;", scratch);
    }
    text_line(out, "}");
    text_line(out, "%s", "");
}

void source_leases(Model *m, Text *out)
{
    Plan *p = m->p;
    const Workspace *w = m->space;
    const Func *top = p->func.at[p->func.n - 1];
    if (!w->lease.n) {
        return;
    }
    text_line(out, "/* Buffers that are never needed at once share memory. */");
    const char **args = arena_array(p->arena, const char *, p->capacity.n + 5);
    int n = 0;
    if (top->buffers) {
        args[n++] = arena_printf(p->arena, "struct %s_buffers *%s", p->prefix, own(p, OWN_BUFFERS));
    }
    if (p->batch_slot.n) {
        args[n++] = arena_printf(p->arena, "struct %s_batch *%s", p->prefix, own(p, OWN_BATCH));
    }
    args[n++] = "unsigned char *workspace";
    args[n++] = "int32_t sequences";
    for (int i = 0; i < p->capacity.n; i++) {
        Term term = {.n = p->capacity.at[i].n};
        memcpy(term.dim, p->capacity.at[i].dim, sizeof term.dim);
        args[n++] = arena_printf(p->arena, "int64_t %s", capacity_word(p, &term));
    }
    if (p->options->device) {
        args[n++] = "int32_t workers";
    }
    text_list(out, arena_printf(p->arena, "static void %s_place(", p->prefix), args, n, ")");
    text_line(out, "{");
    out->indent++;
    text_line(out, "struct %s_regions at;", p->prefix);
    text_line(out, "%s_regions(&at, sequences%s%s);", p->prefix, caps_names(p), p->options->device ? ", workers" : "");
    for (int i = 0; i < w->lease.n; i++) {
        const Lease *l = &w->lease.at[i];
        const Region *r = &w->region.at[l->region];
        const char *base = l->to == INT32_MAX - 1 ? own(p, OWN_BATCH) : own(p, OWN_BUFFERS);
        const char *offset = l->offset
                                 ? arena_printf(p->arena, " + (size_t)%s * %lld", capacity_text(p, &r->basis, FOR_C), (long long)l->offset)
                                 : "";
        text_line(out, "%s->%s = (%s *)(void *)(workspace + at.%s)%s;", base, l->path, l->slot->type, r->name, offset);
    }
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* Everything that computes: the whole of a plain source, and what a fast target compiles once for each tier. */
static void print_numeric(Model *m, Text *out)
{
    Plan *p = m->p;
    Text *parts = text_new(p->arena, 0);
    Text *limits = p->options->freestanding ? parts_limits(p, m->kernels) : NULL;
    parts_print(p, parts);
    text_line(out, "%s", "");
    text_line(out, "#include <float.h>");
    if (!limits) {
        text_line(out, "#include <math.h>");
    }
    if (text_has_word(m->kernels, "memcpy") || text_has_word(parts, "memcpy")) {
        text_line(out, "#include <string.h>");
    }
    text_line(out, "%s", "");
    text_add(out, m->declared);
    source_dims(m, m->kernels, out);
    text_add(out, parts);
    if (limits) {
        text_add(out, limits);
    }
    if (m->simd) {
        text_line(out, "#include \"%s_simd.h\"", p->prefix);
        text_line(out, "%s", "");
    }
    if (target_is_fast(p->options->target)) {
        paste_file(p, "team/team.c", out);
        if (text_contains(m->kernels, "&one_thread")) {
            text_line(out, "%s", "");
            text_line(out, "static const %s_team one_thread = {0, 1, NULL};", p->prefix);
        }
        text_line(out, "%s", "");
    }
    source_tables(m, out);
    source_batch(m, out);
    if (m->single) {
        single_print(m, out);
    }
    source_weight_types(m, out);
    source_buffer_types(m, out);
    source_weights(m, out);
    quote_library(p, out);
    text_add(out, m->kernels);
    source_regions(m, out);
}

void source_banner(Model *m, const char *ending, Text *out)
{
    text_line(out, "/* %s%s", m->p->prefix, ending);
    text_raw(out, "%s", m->banner);
    text_line(out, " */");
    text_line(out, "#include \"%s.h\"", m->p->prefix);
}

void source_print(Model *m, Text *out)
{
    const int fast = target_is_fast(m->p->options->target);
    source_banner(m, ".c", out);
    if (fast) {
        text_line(out, "%s", "");
        text_line(out, "#include <string.h>");
        text_line(out, "%s", "");
        if (m->space->region.n) {
            part_print(m->p, "space", out);
        }
        source_regions(m, out);
        print_workspace(m, out);
        tier_choice_print(m, out);
        paste_file(m->p, "team/pool.c", out);
        text_line(out, "%s", "");
        error_print(m, out);
        return;
    }
    print_numeric(m, out);
    print_workspace(m, out);
    source_leases(m, out);
    run_print(m, out);
    error_print(m, out);
}

void kernels_print(Model *m, Text *out)
{
    source_banner(m, "_kernels.c", out);
    tier_head_print(m, out);
    print_numeric(m, out);
    source_leases(m, out);
    run_print(m, out);
}
