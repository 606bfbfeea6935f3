/* `sinter explain`: for each function what it computes, costs and stores. */
#include "account.h"
#include "device.h"
#include "growth.h"
#include "kernel/kernel_text.h"
#include "model.h"
#include "quote.h"

#include <string.h>

static Str bytes_text(Plan *p, double bytes)
{
    static const char *const unit[] = {"B", "kB", "MB", "GB"};
    int k = 0;
    while (bytes >= 1000 && k < 3) {
        bytes /= 1000;
        k++;
    }
    return str_of(arena_printf(p->arena, k && bytes < 100 ? "%.1f %s" : "%.0f %s", bytes, unit[k]));
}

static double weight_bytes(const Pack *pack, const Node *node)
{
    const PackedWeight *w = pack_find(pack, node);
    return w ? (double)w->count * (double)weights_bytes(w->type) : 0;
}

static void put_tensors(Plan *p, Text *out, const char *what, const NodeList *nodes)
{
    const char *text = "";
    for (int i = 0; i < nodes->n; i++) {
        text = arena_printf(p->arena, "%s%s%s", text, i ? ", " : "", nodes->at[i]->name ? nodes->at[i]->name : "x");
        for (int k = 0; k < nodes->at[i]->free.n; k++) {
            text = arena_printf(p->arena, "%s%s", text, shape_axis(p, nodes->at[i]->free.at[k]->dim));
        }
    }
    if (nodes->n) {
        text_raw(out, "  %-10s %s\n", what, text);
    }
}

static const char *kept_text(Plan *p, const Func *f, const Account *a)
{
    const Info *info = a->info;
    switch (info->keep) {
    case KEEP_NOT: return "not computed";
    case KEEP_DISSOLVE: return "dissolved into its readers";
    case KEEP_LOCAL: return "kept while its row is computed";
    case KEEP_ROOT: break;
    }
    const Slot *slot = info->slot;
    (void)f;
    return info->over ? arena_printf(p->arena, "written over %s", info->over->name)
           : slot     ? arena_printf(p->arena, "stored, %s * %s bytes", number_text(p, (double)(slot->width * slot->bytes)),
                                     capacity_text(p, &slot->basis, FOR_READERS))
                      : "stored where the caller says";
}

/* A part has no name of the author's: it is called as in C, or, where C has no word for it, by a made one with its number. */
static const char *part_name(Plan *p, const Accounts *list, int n)
{
    const Node *node = list->at[n].node;
    const char *name = node->name ? node->name : "";
    int same = 1;
    for (int i = 0; i < n; i++) {
        const Account *before = &list->at[i];
        same += !before->node->named && !before->info->cname && before->node->name == node->name;
    }
    return list->at[n].info->cname ? list->at[n].info->cname : same > 1 ? arena_printf(p->arena, "%s%d", name, same) : name;
}

static void put_equation(Plan *p, Model *m, const Func *f, const Accounts *list, int n, Text *out)
{
    const Account *a = &list->at[n];
    const Node *node = a->node;
    double bytes = 0;
    const char *name = node->named ? node->name : arena_printf(p->arena, "  part of it: %s", part_name(p, list, n));
    Count flops = a->evaluations;
    flops.times *= work_flops(a->work);
    for (int i = 0; i < a->params.n; i++) {
        bytes += weight_bytes(m->pack, a->params.at[i]);
    }
    text_raw(out, "    %s", name);
    for (int k = 0; k < node->free.n; k++) {
        text_raw(out, "%s%s%s", k ? "," : "[", node->free.at[k]->name, k + 1 == node->free.n ? "]" : "");
    }
    for (int k = 0; k < node->bound.n; k++) {
        text_raw(out, "%s%s", k ? ", " : " over ", node->bound.at[k]->name);
    }
    if (node->library) {
        text_raw(out, ", by %s", node->library);
    }
    text_raw(out, ": ");
    if (flops.times > 0) {
        text_raw(out, "%s%s flops; ", a->at_most ? "at most " : "", count_text(p, &flops));
    }
    if (bytes > 0) {
        text_raw(out, "%s of weights; ", bytes_text(p, bytes));
    }
    text_raw(out, "%s%s%s\n", kept_text(p, f, a), a->info->why ? ": " : "", a->info->why ? a->info->why : "");
}

static void put_func(Plan *p, Model *m, const Func *f, Text *out)
{
    const Accounts list = account_of(p, f);
    const Total total = total_of(p, f);
    double bytes = 0;
    Span last = {0};
    for (int k = 0; k < f->param.n; k++) {
        bytes += weight_bytes(m->pack, f->param.at[k]);
    }
    if (f->unit->kind == UNIT_TOP) {
        text_raw(out, "%s, the whole model\n", f->cname);
    } else {
        text_raw(out, "%s   %s   %s\n", f->cname, where_text(p, f->unit->span), squeeze(p, f->unit->span));
    }
    if (func_calls(f) > 1) {
        Str first = f->units.at[0]->prefix, end = f->units.at[f->units.n - 1]->prefix;
        const char *where = first && end && *first ? arena_printf(p->arena, ", for %s .. %s", first, end) : "";
        text_raw(out, "  %-10s %d times%s\n", "runs", func_calls(f), where);
    }
    put_tensors(p, out, "takes", &f->unit->args);
    put_tensors(p, out, "gives", &f->result);
    text_raw(out, "  %-10s %s a sequence\n", "flops", total_text(p, &total));
    if (f->param.n) {
        text_raw(out, "  %-10s %s:", "weights", bytes_text(p, bytes));
        for (int k = 0; k < f->param.n; k++) {
            const Node *node = f->param.at[k];
            text_raw(out, "%s\n      %s ", k ? "," : "", node->path ? node->path : node->name);
            for (int a = 0; a < node->free.n; a++) {
                text_raw(out, "%s", shape_axis(p, node->free.at[a]->dim));
            }
        }
        text_raw(out, "\n");
    }
    for (int i = 0; i < f->slot.n; i++) {
        const Slot *slot = f->slot.at[i];
        text_raw(out, "  %-10s %s%s, %s * %s bytes\n", i ? "" : "arena", slot->cname, slot->comment,
                 number_text(p, (double)(slot->width * slot->bytes)), capacity_text(p, &slot->basis, FOR_READERS));
    }
    kernels_explain(p, f, out);
    Str section = NULL;
    for (int i = 0; i < list.n; i++) {
        const Node *node = list.at[i].node;
        const Span span = node->said.source ? node->said : node->span;
        const int item = list.at[i].info->item;
        if (f->in_steps && item >= 0 && f->item.at[item].section != section) { /* a C function of its own */
            section = f->item.at[item].section;
            text_raw(out, "  %s()\n", section);
            last = (Span){0};
        }
        if (span.source && (span.source != last.source || span.begin != last.begin)) {
            text_raw(out, "  %s   %s\n", where_text(p, span), squeeze(p, span));
            last = span;
        }
        put_equation(p, m, f, &list, i, out);
    }
    text_raw(out, "\n");
}

/* Of a sequence with one length: what a position costs. */
static void put_share(Plan *p, const Total *total, Text *out)
{
    Total each = {.at_most = total->at_most};
    const Dim *dim = NULL;
    for (int i = 0; i < total->term.n; i++) {
        Count count = total->term.at[i];
        for (int k = 0; k < count.n; k++) {
            if (dim && count.dim[k] != dim) {
                return;
            }
            dim = count.dim[k];
        }
        count.n -= count.n > 0;
        if (total->term.at[i].n) {
            total_add(p, &each, count, 1);
        }
    }
    if (dim) {
        text_raw(out, "  %-10s %s for each %s\n", "", total_text(p, &each), dim_word(p, dim));
    }
}

static void put_sum(Plan *p, Model *m, Text *out)
{
    Total all = {0};
    for (int i = 0; i < p->func.n; i++) {
        const Total one = total_of(p, p->func.at[i]);
        for (int k = 0; k < one.term.n; k++) {
            total_add(p, &all, one.term.at[k], func_calls(p->func.at[i]));
        }
        all.at_most |= one.at_most;
    }
    text_raw(out, "%s\n  %-10s %s a sequence\n", p->prefix, "flops", total_text(p, &all));
    put_share(p, &all, out);
    if (!p->graph->program) {
        text_raw(out, "  %-10s %s\n", "weights", bytes_text(p, (double)m->pack->bytes));
    }
    text_raw(out, "  %-10s %s bytes\n\n", "workspace", workspace_text(m));
}

int codegen_explain(const Graph *graph, const EmitOptions *options, Diag *d, int json, FILE *to)
{
    Model m;
    if (!model_make(&m, graph, options, d)) {
        return 0;
    }
    if (target_has_device(options->target)) {
        Model host = m;
        if (!device_make(&m, &host, d)) {
            return 0;
        }
    }
    Text *out = text_new(m.p->arena, 0);
    if (json) {
        map_print(&m, out);
    } else {
        put_sum(m.p, &m, out);
        if (graph->program) {
            growth_print(m.p, out);
        }
        for (int i = 0; i < m.p->func.n; i++) {
            put_func(m.p, &m, m.p->func.at[i], out);
        }
        text_trim(out);
    }
    fwrite(out->at.at, 1, (size_t)out->at.n, to);
    return 1;
}
