/* The entry point of a generated model: the batch is checked once, before any work. */
#include "model.h"
#include "quote.h"
#include "source.h"
#include "wrong.h"

#include <string.h>

void run_offsets_check(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; i < p->graph->dims.n; i++) {
        const Dim *dim = p->graph->dims.at[i];
        if (dim->kind != DIM_GIVEN) {
            continue;
        }
        Str begin = io_begin(m, dim);
        text_line(out, "if (!io->%s || io->%s[0] != 0) {", begin, begin);
        text_line(out, "    return %s_BAD_BATCH;", p->PREFIX);
        text_line(out, "}");
        text_line(out, "for (int32_t s = 0; s < io->sequences; s++) {");
        text_line(out, "    if (io->%s[s + 1] < io->%s[s] || io->%s[s + 1] > %d) {", begin, begin, begin, 1 << 30);
        text_line(out, "        return %s_BAD_BATCH;", p->PREFIX);
        text_line(out, "    }");
        if (dim->bound < (1 << 30)) {
            text_line(out, "    if (io->%s[s + 1] - io->%s[s] > %lld) {", begin, begin, (long long)dim->bound);
            text_line(out, "        return %s_TOO_LONG;", p->PREFIX);
            text_line(out, "    }");
        }
        text_line(out, "}");
    }
}

/* How many elements a tensor of the interface has in this batch. */
static Str io_count(Model *m, const Node *node)
{
    Plan *p = m->p;
    Term term = {.n = 0};
    int64_t width = 1;
    for (int k = 0; k < node->free.n; k++) {
        Dim *dim = node->free.at[k]->dim;
        if (!dim_is_ragged(dim)) {
            width *= dim->length;
        } else if (term.n < 4) {
            int at = term.n++;
            while (at > 0 && term.dim[at - 1]->given > dim->given) {
                term.dim[at] = term.dim[at - 1];
                at--;
            }
            term.dim[at] = dim;
        }
    }
    Str rows = term.n ? capacity_word(p, &term) : str_of("io->sequences");
    return str_of(width == 1 ? arena_printf(p->arena, "%s", rows) : arena_printf(p->arena, "%s * (int64_t)%lld", rows, (long long)width));
}

void run_values_check(Model *m, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; i < p->graph->inputs.n; i++) {
        const Node *node = p->graph->inputs.at[i];
        if (node->type != T_INT || !node->extent) {
            continue;
        }
        Str name = plan_info(p, node)->cname;
        text_line(out, "for (int64_t i = 0; %si < %s; i++) {", node->optional ? arena_printf(p->arena, "io->%s && ", name) : "",
                  io_count(m, node));
        text_line(out, "    if (io->%s[i] < 0 || io->%s[i] >= %lld) {", name, name, (long long)node->extent->length);
        text_line(out, "        return %s_BAD_INDEX;", p->PREFIX);
        text_line(out, "    }");
        text_line(out, "}");
    }
}

void run_pointers_check(Model *m, Text *out)
{
    Plan *p = m->p;
    const char *items[512];
    int n = 0;
    for (int i = 0; i < p->graph->inputs.n && n < 500; i++) {
        if (!p->graph->inputs.at[i]->optional) {
            items[n++] = arena_printf(p->arena, "!io->%s", plan_info(p, p->graph->inputs.at[i])->cname);
        }
    }
    for (int i = 0; i < p->graph->states.n && n < 500; i++) {
        items[n++] = arena_printf(p->arena, "!io->%s", plan_info(p, p->graph->states.at[i])->cname);
    }
    for (int i = 0; i < p->outputs.n && n < 500; i++) {
        items[n++] = arena_printf(p->arena, "!io->%s", plan_info(p, p->outputs.at[i])->cname);
    }
    if (m->texts) {
        items[n++] = "!io->texts";
    }
    for (int i = 0; i < m->made.n && n < 500; i++) {
        items[n++] = arena_printf(p->arena, "!io->%s", io_begin(m, m->made.at[i]));
    }
    if (n) {
        const char *all = items[0];
        for (int i = 1; i < n; i++) {
            all = arena_printf(p->arena, "%s || %s", all, items[i]);
        }
        text_line(out, "if (%s) {", all);
        text_line(out, "    return %s_BAD_BATCH;", p->PREFIX);
        text_line(out, "}");
    }
}

/* Totals of what the workspace depends on. */
void run_capacities(Model *m, const char *too_many, Text *out)
{
    Plan *p = m->p;
    for (int i = 0; i < p->capacity.n; i++) {
        const Basis *b = &p->capacity.at[i];
        Term term = {.n = b->n};
        memcpy(term.dim, b->dim, sizeof term.dim);
        Str word = capacity_word(p, &term);
        if (b->n == 1) {
            text_line(out, "const int64_t %s = io->%s[io->sequences];", word, io_begin(m, b->dim[0]));
            continue;
        }
        text_line(out, "int64_t %s = 0;", word);
        text_line(out, "for (int32_t s = 0; s < io->sequences; s++) {");
        const char *product = NULL;
        for (int k = 0; k < b->n; k++) {
            Str begin = io_begin(m, b->dim[k]);
            const char *length = arena_printf(p->arena, "(int64_t)(io->%s[s + 1] - io->%s[s])", begin, begin);
            product = product ? arena_printf(p->arena, "%s * %s", product, length) : length;
        }
        text_line(out, "    const int64_t more = %s;", product);
        text_line(out, "    if (more > INT64_C(1) << 40 || %s > INT64_C(1) << 40) {", word);
        text_line(out, "        return %s;", too_many);
        text_line(out, "    }");
        text_line(out, "    %s += more;", word);
        text_line(out, "}");
    }
}

int has_batch(const Model *m)
{
    return !m->p->graph->program || m->p->func.at[m->p->func.n - 1]->uses_batch;
}

static void print_batch_setup(Model *m, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    if (has_batch(m)) {
        text_line(out,
                  p->graph->program && !p->pairs.n ? "struct %s_batch batch;" : "struct %s_batch batch = {.sequences = io->sequences};",
                  p->prefix);
    }
    for (int i = 0; i < p->begin.n; i++) {
        const Dim *dim = p->begin.at[i];
        int exposed = dim->kind == DIM_GIVEN;
        for (int k = 0; k < m->made.n; k++) {
            exposed |= m->made.at[k] == dim;
        }
        if (exposed) {
            text_line(out, "batch.begin_%s = io->%s;", dim_word(p, dim), io_begin(m, dim));
        }
    }
    if (m->texts) {
        text_line(out, "batch.texts = io->texts;");
    }
    if (p->wrong.n) {
        text_line(out, "int fault[%s + 1] = {0}; /* by status */", wrong_status(p, p->wrong.n));
        text_line(out, "batch.fault = fault;");
    } else if (m->fault) {
        text_line(out, "int fault = 0;");
        text_line(out, "batch.fault = &fault;");
    }
    if (top->buffers) {
        text_line(out, "struct %s_buffers buffers;", p->prefix);
    }
    if (m->space->lease.n) {
        text_line(out, "%s_place(%s%sworkspace, io->sequences%s);", p->prefix, top->buffers ? "&buffers, " : "",
                  p->batch_slot.n ? "&batch, " : "", caps_names(p));
    }
    if (p->scratch) {
        text_line(out, "batch.scratch = (unsigned char *)workspace + (need - %s_SCRATCH);", p->PREFIX);
    }
    Text *shared = text_new(p->arena, out->indent); /* in the workspace, which the threads of a team share */
    if (m->single) {
        single_clear(m, "batch.", "io->sequences", shared);
    }
    for (int i = 0; i < p->pairs.n; i++) {
        pairs_print(p, &p->pairs.at[i], NULL, "batch.", shared);
    }
    if (!target_is_fast(p->options->target) || !shared->at.n) {
        text_add(out, shared);
        return;
    }
    text_line(out, "if (team->rank == 0) {");
    text_indented(out, shared);
    text_line(out, "}");
    text_line(out, "team_wait(team);");
}

/* Elements before each sequence of what is stored over several ragged dims, once the last of them (`made`, NULL: all are given) is
 * known. */
void pairs_print(Plan *p, const Basis *basis, const Dim *made, const char *batch, Text *out)
{
    const char *product = NULL, *word = "pairs";
    const Dim *last = NULL;
    for (int k = 0; k < basis->n; k++) {
        Str dim = dim_word(p, basis->dim[k]);
        word = arena_printf(p->arena, "%s_%s", word, dim);
        const char *length = arena_printf(p->arena, "(int64_t)(%sbegin_%s[s + 1] - %sbegin_%s[s])", batch, dim, batch, dim);
        product = product ? arena_printf(p->arena, "%s * %s", product, length) : length;
        if (basis->dim[k]->kind != DIM_GIVEN && (!last || basis->dim[k]->id > last->id)) {
            last = basis->dim[k];
        }
    }
    if (last != made) {
        return;
    }
    if (p->launch) { /* by one block of a device */
        text_line(out, "for (int32_t s = (int32_t)threadIdx.x; s < %ssequences; s += 256) {", batch);
        text_line(out, "    %s%s[s + 1] = %s;", batch, word, product);
        text_line(out, "}");
        text_line(out, "add_up_i64(%s%s, %ssequences);", batch, word, batch);
        return;
    }
    text_line(out, "%s%s[0] = 0;", batch, word);
    text_line(out, "for (int32_t s = 0; s < %ssequences; s++) {", batch);
    text_line(out, "    %s%s[s + 1] = %s%s[s] + %s;", batch, word, batch, word, product);
    text_line(out, "}");
}

static int64_t state_elements(const Node *state)
{
    int64_t n = 1;
    for (int k = 0; k < state->free.n; k++) {
        n *= state->free.at[k]->dim->length;
    }
    return n;
}

int64_t state_bytes(Plan *p, const Node *state)
{
    int bytes;
    (void)store_ctype(p, state, &bytes);
    return state_elements(state) * bytes;
}

static void print_begin(Model *m, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    text_line(out, target_is_fast(p->options->target) ? "void %s_BEGIN(const %s_io *io)" : "void %s_begin(const %s_io *io)",
              target_is_fast(p->options->target) ? p->PREFIX : p->prefix, p->prefix);
    text_line(out, "{");
    text_line(out, "    for (int32_t s = 0; s < io->sequences; s++) {");
    for (int i = 0; i < p->graph->states.n; i++) {
        const Node *state = p->graph->states.at[i];
        Str name = plan_info(p, state)->cname;
        const long long n = state_elements(state);
        int k = 0;
        while (k < top->param.n && top->param.at[k] != state->body->node) {
            k++;
        }
        text_line(out, "        for (int32_t i = 0; i < %lld; i++) {", n);
        text_line(out, "            io->%s[(ptrdiff_t)s * %lld + i] = %s_weights.%s[i];", name, n, p->prefix, top->param_name.at[k]);
        text_line(out, "        }");
    }
    text_line(out, "    }");
    text_line(out, "}");
    text_line(out, "%s", "");
}

void run_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Func *top = p->func.at[p->func.n - 1];
    const char *name = arena_printf(p->arena, target_is_fast(p->options->target) ? "%s_RUN" : "%s_run",
                                    target_is_fast(p->options->target) ? p->PREFIX : p->prefix);
    const char *team = target_is_fast(p->options->target) ? arena_printf(p->arena, "const %s_team *team, ", p->prefix) : "";
    text_line(out, "%s_status %s(%sconst %s_io *io, void *workspace, size_t bytes)", p->prefix, name, team, p->prefix);
    text_line(out, "{");
    out->indent++;
    text_line(out, "if (!io || io->sequences < 0 || io->sequences > %d) {", 1 << 30);
    text_line(out, "    return %s_BAD_BATCH;", p->PREFIX);
    text_line(out, "}");
    run_pointers_check(m, out);
    run_offsets_check(m, out);
    run_capacities(m, arena_printf(m->p->arena, "%s_NO_SPACE", m->p->PREFIX), out);
    run_values_check(m, out);
    const char *need = arena_printf(p->arena, "%s_workspace(io->sequences%s)", p->prefix, caps_names(p));
    const char *others = "";
    if (p->scratch) {
        text_line(out, "const size_t need = %s;", need);
        need = "need";
        others = arena_printf(p->arena, " || bytes - need < (size_t)(team->size - 1) * %s_SCRATCH", p->PREFIX);
    }
    text_line(out, "if (!workspace || (uintptr_t)workspace %% 64 != 0 || bytes < %s%s) {", need, others);
    text_line(out, "    return %s_NO_SPACE;", p->PREFIX);
    text_line(out, "}");
    print_batch_setup(m, out);
    const char *args[8];
    int n = 0;
    if (top->weights) {
        args[n++] = arena_printf(p->arena, "&%s_weights", p->prefix);
    }
    if (top->buffers) {
        args[n++] = "&buffers";
    }
    if (target_is_fast(p->options->target)) {
        args[n++] = "team";
    }
    if (has_batch(m)) {
        args[n++] = "&batch";
    }
    args[n++] = "io";
    text_list(out, arena_printf(p->arena, "%s(", top->cname), args, n, ");");
    if (p->wrong.n == 1) {
        text_line(out, "if (fault[%s]) {", wrong_status(p, 1));
        text_line(out, "    return %s;", wrong_status(p, 1));
        text_line(out, "}");
    } else if (p->wrong.n) {
        text_line(out, "for (int k = %s; k <= %s; k++) {", wrong_status(p, 1), wrong_status(p, p->wrong.n));
        text_line(out, "    if (fault[k]) {");
        text_line(out, "        return (%s_status)k;", p->prefix);
        text_line(out, "    }");
        text_line(out, "}");
    }
    if (m->fault && !p->wrong.n) {
        text_line(out, "return fault ? %s_FAULT : %s_OK;", p->PREFIX, p->PREFIX);
    } else {
        text_line(out, "return %s_OK;", p->PREFIX);
    }
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
    if (p->graph->states.n) {
        print_begin(m, out);
    }
}

void error_print(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "const char *%s_error(%s_status status)", p->prefix, p->prefix);
    text_line(out, "{");
    static const struct {
        const char *name, *says;
        int (*of)(const Target *target); /* NULL: of all */
    } row[] = {
        {"OK", "all is well", NULL},
        {"BAD_BATCH", "the batch is malformed: offsets must start at 0 and never go down, and no pointer may be missing", NULL},
        {"TOO_LONG", "a sequence is longer than the model takes", NULL},
        {"BAD_INDEX", "an input value is outside of its range", NULL},
        {"NO_SPACE", "the workspace is too small or not aligned to 64 bytes", NULL},
        {"NO_KERNELS", "the machine cannot run any of the kernels", target_is_fast},
        {"NO_DRIVER", "there is no driver for GPUs on this machine", target_has_device},
        {"OLD_DRIVER", "the driver for GPUs is older than what this program was compiled with", target_has_device},
        {"NO_GPU", "there is no GPU of this number", target_has_device},
        {"NO_CODE", "this program holds no kernels for this kind of GPU", target_has_device},
        {"NO_MEMORY", "the memory of the GPU is too small", target_has_device},
        {"LOST", "the GPU failed", target_has_device},
        {"FAULT", "an integer overflowed or was divided by zero, or a length passed its bound", NULL},
    };
    text_line(out, "    switch (status) {");
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (row[i].of && !row[i].of(p->options->target)) {
            continue;
        }
        text_line(out, "    case %s_%s:", p->PREFIX, row[i].name);
        text_line(out, "        return \"%s\";", row[i].says);
    }
    for (int k = 1; k <= p->wrong.n; k++) {
        text_line(out, "    case %s:", wrong_status(p, k));
        text_line(out, "        return %s;", c_string(p, wrong_text(p, k), strlen(wrong_text(p, k))));
    }
    text_line(out, "    }");
    text_line(out, "    return \"an unknown status\";");
    text_line(out, "}");
}
