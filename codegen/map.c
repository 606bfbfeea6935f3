/* <name>.map.json: which function computes which equation of the text, from what, into what, and what it costs. */
#include "account.h"
#include "kernel/kernel_text.h"
#include "growth.h"
#include "json_text.h"
#include "model.h"
#include "quote.h"

#include <string.h>

static const char *const keep_word[] = {
    [KEEP_NOT] = "unused", [KEEP_DISSOLVE] = "dissolved", [KEEP_LOCAL] = "local", [KEEP_ROOT] = "stored"};

static void put_source(Json *j, Plan *p, const char *key, Span span)
{
    if (!span.source || !span.source->text) {
        return;
    }
    const Place begin = source_place(span.source, span.begin), end = source_place(span.source, span.end);
    const char *slash = span.source->library ? NULL : strrchr(span.source->name, '/');
    (void)p;
    json_row(j, key, '{');
    json_string(j, "file", slash ? slash + 1 : span.source->name);
    json_number(j, "line", begin.line);
    json_number(j, "column", begin.column);
    json_number(j, "end_line", end.line);
    json_number(j, "end_column", end.column);
    json_close(j, '}');
}

/* Names of dims, lengths where they have none. */
static void put_shape(Json *j, Plan *p, const char *key, const NodeList *nodes, int at)
{
    const Node *node = nodes->at[at];
    json_row(j, key, '[');
    for (int k = 0; k < node->free.n; k++) {
        const Dim *dim = node->free.at[k]->dim;
        if (dim->span.source && dim->name) {
            json_string(j, NULL, dim_is_ragged(dim) ? dim_word(p, dim) : dim->name);
        } else {
            json_number(j, NULL, (double)dim->length);
        }
    }
    json_close(j, ']');
}

static void put_total(Json *j, Plan *p, const char *key, const Total *total)
{
    json_row(j, key, '[');
    for (int i = 0; i < total->term.n; i++) {
        count_json(j, p, NULL, &total->term.at[i]);
    }
    json_close(j, ']');
}

/* ---- the model ---------------------------------------------------------------------------------------------------------------------- */

static void put_dims(Json *j, Plan *p)
{
    static const char *const kind[] = {
        [DIM_FIXED] = "fixed", [DIM_GIVEN] = "given", [DIM_FORMULA] = "formula", [DIM_WHERE] = "where", [DIM_TAKEN] = "taken"};
    json_open(j, "dims", '[');
    for (int i = 0; i < p->graph->dims.n; i++) {
        const Dim *dim = p->graph->dims.at[i];
        if (!dim->span.source || dim->span.source->library) {
            continue;
        }
        json_row(j, NULL, '{');
        json_string(j, "name", dim_is_ragged(dim) ? dim_word(p, dim) : dim->name);
        json_string(j, "kind", kind[dim->kind]);
        if (dim->kind == DIM_FIXED) {
            json_number(j, "length", (double)dim->length);
        } else if (dim->bound < INT32_MAX) {
            json_number(j, "most", (double)dim->bound);
        }
        json_string(j, "text", quote_definition(p, dim->span));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_tensors(Json *j, Plan *p, const char *key, const NodeList *nodes)
{
    json_open(j, key, '[');
    for (int i = 0; i < nodes->n; i++) {
        json_row(j, NULL, '{');
        json_string(j, "name", plan_info(p, nodes->at[i])->cname);
        json_string(j, "type", store_ctype(p, nodes->at[i], NULL));
        put_shape(j, p, "shape", nodes, i);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_member(Json *j, Str name, const char *what, Str dim)
{
    json_row(j, NULL, '{');
    json_string(j, "member", name);
    json_string(j, "what", what);
    if (dim) {
        json_string(j, "dim", dim);
    }
    json_close(j, '}');
}

/* Members of the io struct behind `sequences`, in order. */
static void put_io(Json *j, Model *m)
{
    Plan *p = m->p;
    const Graph *g = p->graph;
    json_open(j, "io", '[');
    for (int i = 0; i < g->dims.n; i++) {
        if (g->dims.at[i]->kind == DIM_GIVEN) {
            put_member(j, io_begin(m, g->dims.at[i]), "offsets", dim_word(p, g->dims.at[i]));
        }
    }
    for (int i = 0; i < m->made.n; i++) {
        put_member(j, io_begin(m, m->made.at[i]), "offsets, written", dim_word(p, m->made.at[i]));
    }
    for (int i = 0; i < g->inputs.n; i++) {
        put_member(j, plan_info(p, g->inputs.at[i])->cname, g->inputs.at[i]->optional ? "input, optional" : "input", NULL);
    }
    for (int i = 0; i < g->states.n; i++) {
        put_member(j, plan_info(p, g->states.at[i])->cname, "state", NULL);
    }
    for (int i = 0; i < p->outputs.n; i++) {
        put_member(j, plan_info(p, p->outputs.at[i])->cname, "output", NULL);
    }
    json_close(j, ']');
}

static void put_capacities(Json *j, Plan *p)
{
    json_open(j, "workspace_arguments", '[');
    for (int i = 0; i < p->capacity.n; i++) {
        const Basis *b = &p->capacity.at[i];
        Term term = {.n = b->n};
        memcpy(term.dim, b->dim, sizeof term.dim);
        json_row(j, NULL, '{');
        json_string(j, "name", capacity_word(p, &term));
        json_row(j, "lengths", '[');
        for (int k = 0; k < b->n; k++) {
            json_string(j, NULL, dim_word(p, b->dim[k]));
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_regions(Json *j, Model *m)
{
    Plan *p = m->p;
    json_open(j, "workspace", '[');
    for (int i = 0; i < m->space->region.n; i++) {
        const Region *r = &m->space->region.at[i];
        json_row(j, NULL, '{');
        json_string(j, "region", r->name);
        json_number(j, "bytes", (double)(r->width * r->bytes));
        json_string(j, "for_each", capacity_text(p, &r->basis, FOR_READERS));
        json_close(j, '}');
    }
    if (p->scratch) {
        json_row(j, NULL, '{');
        json_string(j, "region", "scratch");
        json_number(j, "bytes", (double)p->scratch);
        json_string(j, "for_each", "thread");
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* ---- functions ---------------------------------------------------------------------------------------------------------------------- */

static Str param_name(const Func *f, const Node *node)
{
    for (int k = 0; k < f->param.n; k++) {
        if (f->param.at[k] == node) {
            return f->param_name.at[k];
        }
    }
    return node->path ? node->path : node->name; /* handed on by the caller */
}

static int64_t elements_of(const Node *node)
{
    return (int64_t)count_of_axes(&node->free).times;
}

static void put_weights(Json *j, Model *m, const Func *f)
{
    Plan *p = m->p;
    json_open(j, "weights", '[');
    for (int k = 0; k < f->param.n; k++) {
        const PackedWeight *w = pack_find(m->pack, f->param.at[k]);
        json_row(j, NULL, '{');
        json_string(j, "name", f->param_name.at[k]);
        put_shape(j, p, "shape", &f->param, k);
        json_number(j, "elements", (double)elements_of(f->param.at[k]));
        json_number(j, "bytes", w ? (double)w->count * (double)weights_bytes(w->type) : 0);
        json_string(j, "type", param_ctype(p, f->param.at[k]));
        json_row(j, "of", '[');
        for (int i = 0; i < f->units.n; i++) {
            const Node *node = p->unit[f->units.at[i]->id].param.at[k];
            json_string(j, NULL, node->path ? node->path : node->name);
        }
        json_close(j, ']');
        json_row(j, "offset", '[');
        for (int i = 0; i < f->units.n; i++) {
            const PackedWeight *one = pack_find(m->pack, p->unit[f->units.at[i]->id].param.at[k]);
            json_number(j, NULL, one ? (double)one->offset : 0);
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* The nest that computes it: its first line in the order of the function; -1: none of its own. */
static int nest_of(const Info *info)
{
    return info->member.n ? info->member.at[0]->cluster->item : -1;
}

static void put_equation(Json *j, Model *m, const Func *f, const Account *a)
{
    Plan *p = m->p;
    const Node *node = a->node;
    json_open(j, NULL, '{');
    json_string(j, "name", node->name);
    json_bool(j, "named", node->named);
    const Span said = node->said.source ? node->said : node->span;
    json_string(j, "text", squeeze(p, said));
    put_source(j, p, "source", said);
    if (node->library) {
        json_string(j, "library", node->library);
        put_source(j, p, "library_source", node->quote);
    }
    json_row(j, "indices", '[');
    for (int k = 0; k < node->free.n; k++) {
        json_string(j, NULL, node->free.at[k]->name);
    }
    json_close(j, ']');
    json_row(j, "over", '[');
    for (int k = 0; k < node->bound.n; k++) {
        json_string(j, NULL, node->bound.at[k]->name);
    }
    json_close(j, ']');
    json_string(j, "kept", node->kind == NODE_INPUT ? "default" : keep_word[a->info->keep]);
    json_string(j, "why", a->info->why);
    json_number(j, "step", nest_of(a->info));
    if (f->in_steps && nest_of(a->info) >= 0) {
        json_string(j, "in", f->item.at[nest_of(a->info)].section); /* the C function of an s-op */
    }
    count_json(j, p, "evaluations", &a->evaluations);
    json_bool(j, "at_most", a->at_most);
    json_row(j, "each", '{');
    json_number(j, "adds", a->work.adds);
    json_number(j, "multiplies", a->work.multiplies);
    json_number(j, "divides", a->work.divides);
    json_number(j, "functions", a->work.functions);
    json_number(j, "reads", a->work.reads);
    json_close(j, '}');
    json_row(j, "weights", '[');
    for (int i = 0; i < a->params.n; i++) {
        json_string(j, NULL, param_name(f, a->params.at[i]));
    }
    json_close(j, ']');
    json_close(j, '}');
}

/* Buffers that this function names, wherever it is called. */
static void put_buffers(Json *j, Model *m, const Func *f)
{
    Plan *p = m->p;
    json_open(j, "buffers", '[');
    for (int i = 0; i < m->space->lease.n; i++) {
        const Lease *l = &m->space->lease.at[i];
        int mine = 0;
        for (int k = 0; k < f->slot.n; k++) {
            mine |= f->slot.at[k] == l->slot;
        }
        if (!mine) {
            continue;
        }
        const Region *r = &m->space->region.at[l->region];
        json_row(j, NULL, '{');
        json_string(j, "name", l->slot->cname);
        json_string(j, "path", l->path);
        json_string(j, "type", l->slot->type);
        json_string(j, "shape", l->slot->comment);
        json_string(j, "region", r->name);
        json_number(j, "offset", (double)(l->offset * r->bytes));
        json_number(j, "bytes", (double)(l->slot->width * r->bytes));
        json_string(j, "for_each", capacity_text(p, &r->basis, FOR_READERS));
        json_row(j, "alive", '[');
        json_number(j, NULL, l->from);
        json_number(j, NULL, l->to);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

static const char *kind_of(const Func *f)
{
    return f->unit->kind == UNIT_TOP ? "model" : f->unit->kind == UNIT_FUNCTION ? "function" : f->in_line ? "loop, in place" : "loop";
}

static void put_func(Json *j, Model *m, const Func *f)
{
    Plan *p = m->p;
    const Accounts list = account_of(p, f);
    const Total total = total_of(p, f);
    json_open(j, NULL, '{');
    json_string(j, "function", f->cname);
    json_string(j, "kind", kind_of(f));
    if (f->unit->kind != UNIT_TOP) {
        json_string(j, "text", squeeze(p, f->unit->span));
        put_source(j, p, "source", f->unit->span);
    }
    json_row(j, "units", '[');
    for (int i = 0; i < f->units.n; i++) {
        json_number(j, NULL, f->units.at[i]->id);
    }
    json_close(j, ']');
    json_row(j, "prefixes", '[');
    for (int i = 0; i < f->units.n; i++) {
        json_string(j, NULL, f->units.at[i]->prefix ? f->units.at[i]->prefix : "");
    }
    json_close(j, ']');
    put_tensors(j, p, "arguments", &f->unit->args);
    put_tensors(j, p, "results", &f->result);
    put_weights(j, m, f);
    put_total(j, p, "flops", &total);
    json_bool(j, "at_most", total.at_most);
    json_open(j, "equations", '[');
    for (int i = 0; i < list.n; i++) {
        put_equation(j, m, f, &list.at[i]);
    }
    json_close(j, ']');
    put_buffers(j, m, f);
    if (p->form.n) {
        kernels_json(p, f, j);
    }
    json_close(j, '}');
}

void map_print(Model *m, Text *out)
{
    Plan *p = m->p;
    Json j = {out, 1, 0};
    json_open(&j, NULL, '{');
    json_string(&j, "model", p->prefix);
    json_string(&j, "generator", "sinter " SINTER_VERSION);
    json_string(&j, "target", p->options->target ? p->options->target->name : "c");
    json_string(&j, "weights", arithmetic_name[p->options->weights]);
    put_dims(&j, p);
    put_tensors(&j, p, "inputs", &p->graph->inputs);
    put_tensors(&j, p, "outputs", &p->outputs);
    put_io(&j, m);
    put_capacities(&j, p);
    json_number(&j, "weight_bytes", (double)m->pack->bytes);
    put_regions(&j, m);
    if (p->graph->program) {
        growth_json(p, &j);
    }
    json_open(&j, "functions", '[');
    for (int i = 0; i < p->func.n; i++) {
        put_func(&j, m, p->func.at[i]);
    }
    json_close(&j, ']');
    json_close(&j, '}');
}
