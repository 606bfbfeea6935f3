/* One C function for each thing a person wrote: its head, its steps from top to bottom. */
#include "account.h"
#include "kernel/kernel_print.h"
#include "match/kernel_use.h"
#include "launch.h"
#include "model.h"
#include "print_call.h"
#include "quote.h"
#include "wrong.h"

#include <string.h>

Str tensor_count(Plan *p, const Node *node)
{
    const char *text = NULL;
    Basis basis = {.kind = BASIS_ROWS};
    int64_t width = 1;
    for (int k = 0; k < node->free.n; k++) {
        Dim *dim = node->free.at[k]->dim;
        if (dim_is_ragged(dim) && basis.n < 4) {
            basis.dim[basis.n++] = dim;
        } else {
            width *= dim->length;
        }
    }
    Str s = str_of(arena_printf(p->arena, "%s->sequences", own(p, OWN_BATCH)));
    if (basis.n == 0) {
        text = arena_printf(p->arena, "(size_t)%s", s);
    } else {
        Str at = basis.n == 1 ? batch_begin(p, basis.dim[0]) : batch_pairs(p, basis);
        text = arena_printf(p->arena, "(size_t)%s[%s]", at, s);
    }
    return str_of(width == 1 ? text : arena_printf(p->arena, "%s * %lld", text, (long long)width));
}

int has_team(const Plan *p, const Func *f)
{
    return target_is_fast(p->options->target) && !f->alone;
}

void print_by_first(Plan *p, const Func *f, const Text *body, Text *out)
{
    if (!has_team(p, f) || !body->at.n) {
        text_add(out, body);
        return;
    }
    Text *inside = text_new(p->arena, 0);
    text_add(inside, body);
    text_trim(inside);
    text_line(out, "if (%s->rank == 0) {", own(p, OWN_TEAM));
    text_indented(out, inside);
    text_line(out, "}");
    text_line(out, "team_wait(%s);", own(p, OWN_TEAM));
    text_line(out, "%s", "");
}

static Str shape(Plan *p, const Node *node)
{
    const char *text = ragged_axes(node) ? "" : "[sequences]";
    for (int k = 0; k < node->free.n; k++) {
        const Dim *dim = node->free.at[k]->dim;
        text = arena_printf(p->arena, "%s%s", text, shape_axis(p, dim));
    }
    return str_of(text);
}

/* What a function is, and what it takes and gives. */
static void print_about(Plan *p, Func *f, Text *out)
{
    const Unit *unit = f->unit;
    const char *line = "", *lines = "";
    for (int i = 0; i < unit->args.n + f->result.n; i++) {
        const Node *node = i < unit->args.n ? unit->args.at[i] : f->result.at[i - unit->args.n];
        if (i >= unit->args.n && f->in_place[i - unit->args.n]) {
            continue;
        }
        const char *entry = arena_printf(p->arena, "%s: %s", plan_info(p, node)->cname, shape(p, node));
        if (strlen(line) + strlen(entry) > 120) {
            lines = arena_printf(p->arena, "%s\n *%s", lines, line);
            line = "";
        }
        line = arena_printf(p->arena, "%s   %s", line, entry);
    }
    lines = *line ? arena_printf(p->arena, "%s\n *%s", lines, line) : lines;
    lines = arena_printf(p->arena, "%s%s", lines, cost_line(p, f, 0, "sequence"));
    if (unit->kind != UNIT_TOP && unit->span.source && unit->span.source->text) {
        quote_head(p, unit->span, lines, out);
    } else {
        text_line(out, "/* The whole model for one batch.%s */", lines);
    }
}

static void print_signature(Plan *p, Func *f, Text *out)
{
    const Unit *unit = f->unit;
    const char *args[256];
    int n = 0;
    if (f->weights) {
        args[n++] = arena_printf(p->arena, "const struct %s_weights *%s", f->type, own(p, OWN_WEIGHTS));
    }
    if (f->buffers) {
        args[n++] = arena_printf(p->arena, "const struct %s_buffers *%s", f->type, own(p, OWN_BUFFERS));
    }
    if (has_team(p, f)) {
        args[n++] = arena_printf(p->arena, "const %s_team *%s", p->prefix, own(p, OWN_TEAM));
    }
    if (launches(p, f)) {
        args[n++] = arena_printf(p->arena, "struct %s_cuda *%s", p->prefix, own(p, OWN_GPU));
    }
    args[n++] = arena_printf(p->arena, "const struct %s_batch *%s", p->prefix, own(p, OWN_BATCH));
    if (unit->kind == UNIT_TOP) {
        args[n++] = arena_printf(p->arena, "const %s_io *%s", p->prefix, own(p, OWN_IO));
    }
    for (int k = 0; k < unit->args.n && n < 250; k++) {
        const Node *arg = unit->args.at[k];
        const int writes = k < f->result.n && f->in_place[k];
        args[n++] = arena_printf(p->arena, "%s%s *%s", writes ? "" : "const ", store_ctype(p, arg, NULL), plan_info(p, arg)->cname);
    }
    for (int k = 0; k < f->result.n && n < 256; k++) {
        if (!f->in_place[k]) {
            args[n++] = arena_printf(p->arena, "%s *%s", store_ctype(p, f->result.at[k], NULL), plan_info(p, f->result.at[k])->cname);
        }
    }
    const char *type = unit->kind == UNIT_LOOP ? "int" : "void";
    const int within = p->options->device && !launches(p, f);
    text_list(out, arena_printf(p->arena, "static %s%s %s(", within ? "__device__ " : "", type, within ? launch_callee(p, f, f) : f->cname),
              args, n, ")");
}

/* What is wrong with a sequence is wrong with the batch. */
static void print_require(Plan *p, Func *f, const Item *item, Text *out)
{
    Printer pr = {.p = p, .f = f};
    Str s = own(p, OWN_SEQUENCE), batch = own(p, OWN_BATCH), wrong = place_of(&pr, item->step->node);
    f->uses_batch = 1;
    Str status = wrong_status(p, wrong_add(p, item->step->span, item->step->message));
    text_line(out, "/* %s: %s? */", where_text(p, item->step->span), item->step->message);
    if (f->in_steps) {
        text_line(out, "if (%s >= 0) {", single_of(&pr, item->step->node));
        text_line(out, "    %s->fault[%s] = 1;", batch, status);
        text_line(out, "}");
        text_line(out, "%s", "");
        return;
    }
    text_line(out,
              p->launch ? "for (int32_t %s = (int32_t)grid_first(); %s < %s->sequences; %s += (int32_t)grid_step()) {"
                        : "for (int32_t %s = 0; %s < %s->sequences; %s++) {",
              s, s, batch, s);
    text_line(out, "    if (%s[%s] >= 0) {", wrong, s);
    text_line(out, "        %s->fault[%s] = 1;", batch, status);
    text_line(out, "    }");
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* An input that the caller may leave out. */
static void print_default(Plan *p, Func *f, Item *item, Text *out)
{
    const Info *info = plan_info(p, item->default_of);
    const Node *made = item->nodes.at[0];
    Printer pr = {.p = p, .f = f};
    f->uses_io = 1;
    text_line(out, "const %s *%s = %s->%s;", store_ctype(p, made, NULL), info->local, own(p, OWN_IO), info->cname);
    text_line(out, "if (!%s) {", info->local);
    Text *nest = text_new(p->arena, out->indent + 1);
    print_nest(p, f, item->nest.at[0], nest);
    text_trim(nest);
    out->indent++;
    print_by_first(p, f, nest, out);
    text_trim(out);
    text_line(out, "%s = %s;", info->local, place_of(&pr, made));
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* A step of a device. */
static void launch_step(Plan *p, Func *f, Item *item, Text *out)
{
    Launch launch;
    if (item->kind == STEP_DIM) {
        device_dim_print(p, f, item->dim, out);
        return;
    }
    Text *body = text_new(p->arena, 1);
    launch_begin(p, &launch);
    if (item->kind == STEP_LOOP) { /* by one thread */
        print_loop(p, f, item, body);
        launch_end(p, f, item->callee->cname, NULL, body, GRID_ONE, out);
    } else {
        print_require(p, f, item, body);
        launch_end(p, f, "require", NULL, body, GRID_ALL, out);
    }
}

void print_item(Plan *p, Func *f, Item *item, Text *out)
{
    for (int k = item->nest.n - 1; k >= 0; k--) {
        print_nest(p, f, item->nest.at[k], out);
    }
    if (launches(p, f) && (item->kind == STEP_DIM || item->kind == STEP_REQUIRE || item->kind == STEP_LOOP)) {
        launch_step(p, f, item, out);
    } else if (item->kind == STEP_DIM) {
        print_dim(p, f, item, out);
    } else if (item->kind == STEP_REQUIRE) {
        print_require(p, f, item, out);
    } else if (item->kind == STEP_CALL) {
        print_call(p, f, item, out);
    } else if (item->kind == STEP_LOOP) {
        print_loop(p, f, item, out);
    } else if (item->kind == STEP_LEAVE) {
        print_leave(p, f, item, out);
    }
}

/* Its equations, each where it stands, above the call. */
static void print_kernel(Plan *p, Func *f, const Kernel *k, Text *out)
{
    Text *about = text_new(p->arena, 0);
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        int mine = 0;
        for (int n = 0; n < item->nodes.n && item_kernel(p, item) == k; n++) {
            mine |= kernel_stores(k, item->nodes.at[n]);
        }
        for (int n = 0; mine && n < item->nest.n; n++) {
            quote_nest(p, item->nest.at[n], launches(p, f) ? about : out);
        }
    }
    kernel_print(p, f, k, about, out);
}

/* Steps from top to bottom; what the team does not do together, its first thread does. */
void print_items(Plan *p, Func *f, Text *out)
{
    Text *body = text_new(p->arena, out->indent);
    for (int i = 0; i < f->item.n; i++) {
        Item *item = &f->item.at[i];
        const Kernel *kernel = item_kernel(p, item);
        if (kernel && i < kernel_last(p, f, kernel)) {
            continue;
        }
        if (item->kind != STEP_CALL && !item->default_of && !kernel) {
            print_item(p, f, item, body);
            continue;
        }
        text_trim(body);
        print_by_first(p, f, body, out);
        body = text_new(p->arena, out->indent);
        if (item->default_of) {
            print_default(p, f, item, out);
        } else if (kernel) {
            print_kernel(p, f, kernel, out);
        } else {
            print_item(p, f, item, out);
        }
    }
    text_trim(body);
    print_by_first(p, f, body, out);
}

/* States hold what the next call begins with. */
static void print_next(Plan *p, Func *f, Text *out)
{
    Printer pr = {.p = p, .f = f};
    int said = 0;
    for (int i = 0; i < p->next.n; i++) {
        const Node *state = p->graph->states.at[i];
        if (p->next.at[i]) {
            if (!said++) {
                text_line(out, "%s", "");
                text_line(out, "/* what the next call begins with */");
            }
            print_copy(p, f, place_of(&pr, state), place_of(&pr, p->next.at[i]), state, out);
        }
    }
}

static void print_whole(Plan *p, Func *f, Text *out)
{
    Text *body = text_new(p->arena, 1);
    const int first = f->unit->kind == UNIT_LOOP; /* its condition stands in its head and in its body */
    if (first) {
        print_about(p, f, out);
    }
    for (int i = 0; i < f->item.n; i++) {
        const Item *item = &f->item.at[i];
        if (item->default_of) {
            plan_info(p, item->default_of)->local = name_fresh(p, (Words *)&f->words, NULL, item->default_of->name);
        }
    }
    p->definitions = p->definitions ? p->definitions : text_new(p->arena, 0);
    print_items(p, f, body);
    text_add(out, p->definitions);
    p->definitions = NULL;
    if (!first) {
        print_about(p, f, out);
    }
    print_signature(p, f, out);
    text_line(out, "{");
    out->indent++;
    int rows_used = 0;
    for (int i = 0; i < p->graph->dims.n && f->uses_rows; i++) {
        Dim *dim = p->graph->dims.at[i];
        Str rows = own_of(p, OWN_ROWS, dim);
        const char *use = arena_printf(p->arena, "< %s;", rows);
        if (dim_is_ragged(dim) && text_contains(body, use)) {
            text_line(out, "const int32_t %s = %s[%s->sequences];", rows, batch_begin(p, dim), own(p, OWN_BATCH));
            rows_used = 1;
        }
    }
    if (rows_used) {
        text_line(out, "%s", "");
    }
    if (!rows_used && !text_has_word(body, own(p, OWN_BATCH))) { /* of x = x - 0 nothing is left */
        text_line(out, "(void)%s;", own(p, OWN_BATCH));
    }
    if (has_team(p, f) && !text_has_word(body, own(p, OWN_TEAM))) {
        text_line(out, "(void)%s;", own(p, OWN_TEAM));
    }
    if (launches(p, f) && !text_has_word(body, own(p, OWN_GPU))) {
        text_line(out, "(void)%s;", own(p, OWN_GPU));
    }
    if (f->weights && !text_contains(body, f->weights_at)) {
        text_line(out, "(void)%s;", own(p, OWN_WEIGHTS));
    }
    if (f->buffers && !text_contains(body, f->buffers_at)) {
        text_line(out, "(void)%s;", own(p, OWN_BUFFERS));
    }
    if (f->unit->kind == UNIT_TOP && !f->uses_io) {
        text_line(out, "(void)%s;", own(p, OWN_IO));
    }
    for (int k = 0; k < f->unit->args.n; k++) {
        Str name = plan_info(p, f->unit->args.at[k])->cname;
        if (!text_has_word(body, name)) {
            text_line(out, "(void)%s;", name);
        }
    }
    out->indent--;
    text_trim(body);
    if (f->unit->kind == UNIT_TOP) {
        Text *next = text_new(p->arena, body->indent);
        print_next(p, f, next);
        print_by_first(p, f, next, body);
    }
    if (f->unit->kind == UNIT_LOOP) {
        text_line(body, "return 1;");
    }
    text_add(out, body);
    text_line(out, "}");
    text_line(out, "%s", "");
}

void print_func(Plan *p, Func *f, Text *out)
{
    if (f->in_line) {
        return;
    }
    if (f->in_steps) {
        print_steps(p, f, out);
        return;
    }
    if (!p->options->device) {
        print_whole(p, f, out);
        return;
    }
    p->device = p->device ? p->device : text_new(p->arena, 0);
    if (!f->alone) {
        print_whole(p, f, out);
    }
    if (f->alone || f->within) { /* for a thread of the device that goes round a loop */
        p->within = 1;
        print_whole(p, f, p->device);
        p->within = 0;
    }
}
