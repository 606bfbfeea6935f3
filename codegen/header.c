/* <name>.h, the manual of a compiled model. */
#include "device.h"
#include "quote.h"
#include "wrong.h"

#include <string.h>

Str io_begin(Model *m, const Dim *dim)
{
    Plan *p = m->p;
    int given = 0;
    for (int i = 0; i < p->graph->dims.n; i++) {
        given += p->graph->dims.at[i]->kind == DIM_GIVEN;
    }
    return str_of(given == 1 && !m->made.n ? "begin" : arena_printf(p->arena, "begin_%s", dim_word(p, dim)));
}

Str caps_params(Plan *p, const char *type)
{
    const char *text = "";
    for (int i = 0; i < p->capacity.n; i++) {
        const Basis *b = &p->capacity.at[i];
        Term term = {.n = b->n};
        memcpy(term.dim, b->dim, sizeof term.dim);
        text = arena_printf(p->arena, "%s, %s%s%s", text, type, *type ? " " : "", capacity_word(p, &term));
    }
    return str_of(text);
}

Str caps_names(Plan *p)
{
    return caps_params(p, "");
}

static const char *shape_of(Model *m, const Node *node)
{
    Plan *p = m->p;
    const char *text = ragged_axes(node) ? "" : "[sequences]";
    for (int k = 0; k < node->free.n; k++) {
        const Dim *dim = node->free.at[k]->dim;
        Str name = constant_of(p, dim);
        if (!dim_is_ragged(dim) && name[0] >= 'A' && name[0] <= 'Z') {
            name = str_of(arena_printf(p->arena, "%s_%s", p->PREFIX, name));
        }
        text = arena_printf(p->arena, "%s[%s]", text, dim_is_ragged(dim) ? dim_word(p, dim) : name);
    }
    return text;
}

static const char *values_of(Model *m, const Node *node)
{
    if (node->type == T_BOOL) {
        return ", 0 or 1";
    }
    if (node->type == T_INT && node->extent) {
        return arena_printf(m->p->arena, ", 0 .. %lld", (long long)node->extent->length - 1);
    }
    return "";
}

typedef VEC(Field) Fields;

static void add_field(Model *m, Fields *fields, const Node *node, const char *access, Str name, const char *what)
{
    Plan *p = m->p;
    vec_push(p->arena, *fields,
             ((Field){arena_printf(p->arena, "%s%s *%s;", access, store_ctype(p, node, NULL), name),
                      arena_printf(p->arena, "%s%s%s", shape_of(m, node), node->text ? " symbols of strings" : values_of(m, node), what)}));
}

static void add_begin(Model *m, Fields *fields, const Dim *dim)
{
    Plan *p = m->p;
    Str begin = io_begin(m, dim);
    const char *bound = dim->bound < (1 << 30) ? arena_printf(p->arena, ", at most %lld each", (long long)dim->bound) : "";
    const char *given = arena_printf(p->arena,
                                     "[sequences + 1], from 0: rows %s[s] .. %s[s + 1] - 1 of what is [%s] are those of sequence s%s",
                                     begin, begin, dim_word(p, dim), bound);
    const char *made = arena_printf(p->arena, "[sequences + 1], written: the same for %s, which the model makes", dim_word(p, dim));
    vec_push(p->arena, *fields,
             ((Field){arena_printf(p->arena, "%sint32_t *%s;", dim->kind == DIM_GIVEN ? "const " : "", begin),
                      dim->kind == DIM_GIVEN ? given : made}));
}

static void print_io(Model *m, Text *out)
{
    Plan *p = m->p;
    const Graph *g = p->graph;
    Fields fields = {0};
    vec_push(p->arena, fields, ((Field){"int32_t sequences;", "how many, 0 or more"}));
    for (int i = 0; i < g->dims.n; i++) {
        if (g->dims.at[i]->kind == DIM_GIVEN) {
            add_begin(m, &fields, g->dims.at[i]);
        }
    }
    for (int i = 0; i < m->made.n; i++) {
        add_begin(m, &fields, m->made.at[i]);
    }
    for (int i = 0; i < g->inputs.n; i++) {
        const Node *node = g->inputs.at[i];
        add_field(m, &fields, node, "const ", plan_info(p, node)->cname, node->optional ? "; NULL: the model's default" : "");
    }
    for (int i = 0; i < g->states.n; i++) {
        add_field(m, &fields, g->states.at[i], "", plan_info(p, g->states.at[i])->cname, ", kept between calls");
    }
    for (int i = 0; i < p->outputs.n; i++) {
        add_field(m, &fields, p->outputs.at[i], "", plan_info(p, p->outputs.at[i])->cname, ", written");
    }
    if (m->texts) {
        vec_push(
            p->arena, fields,
            ((Field){arena_printf(p->arena, "%s_texts *texts;", p->prefix), "strings of more than two characters; a run adds to them"}));
    }
    text_line(out, "typedef struct %s_io {", p->prefix);
    out->indent++;
    text_fields(out, fields.at, fields.n);
    out->indent--;
    text_line(out, "} %s_io;", p->prefix);
    text_line(out, "%s", "");
}

/* LONGEST, or LONGEST_T where several lengths are given. */
static Str longest_word(Plan *p, const Dim *dim)
{
    int given = 0;
    for (int i = 0; i < p->graph->dims.n; i++) {
        given += p->graph->dims.at[i]->kind == DIM_GIVEN;
    }
    return str_of(given == 1 ? "LONGEST" : arena_printf(p->arena, "LONGEST_%s", name_upper(p, dim_word(p, dim))));
}

static void add_constant(Plan *p, Fields *fields, const char *name, int64_t value, const char *what)
{
    const int last = strcmp(name, "WEIGHT_BYTES") == 0;
    vec_push(p->arena, *fields,
             ((Field){arena_printf(p->arena, "%s_%s = %lld%s", p->PREFIX, name, (long long)value, last ? "" : ","), what}));
}

static int64_t states_bytes(Plan *p)
{
    int64_t bytes = 0;
    for (int i = 0; i < p->graph->states.n; i++) {
        bytes += state_bytes(p, p->graph->states.at[i]);
    }
    return bytes;
}

static void print_constants(Model *m, Text *out)
{
    Plan *p = m->p;
    NodeList shown = {0};
    Words said = {0};
    for (int i = 0; i < p->graph->inputs.n + p->outputs.n + p->graph->states.n; i++) {
        const int in = p->graph->inputs.n, io = in + p->outputs.n;
        vec_push(p->arena, shown, i < in ? p->graph->inputs.at[i] : i < io ? p->outputs.at[i - in] : p->graph->states.at[i - io]);
    }
    Fields fields = {0};
    for (int i = 0; i < shown.n; i++) {
        for (int k = 0; k < shown.at[i]->free.n; k++) {
            const Dim *dim = shown.at[i]->free.at[k]->dim;
            Str name = dim_is_ragged(dim) ? NULL : constant_of(p, dim);
            if (name && name[0] >= 'A' && name[0] <= 'Z' && !name_is_taken(&said, name)) {
                vec_push(p->arena, said, name);
                add_constant(p, &fields, name, dim->length, quote_definition(p, dim->span));
            }
        }
    }
    for (int i = 0; i < p->graph->dims.n; i++) {
        const Dim *dim = p->graph->dims.at[i];
        if (dim->kind == DIM_GIVEN && dim->bound < (1 << 30)) {
            add_constant(p, &fields, name_part(p, &said, longest_word(p, dim)), dim->bound,
                         arena_printf(p->arena, "%s of a sequence, at most", dim_word(p, dim)));
        }
    }
    if (p->graph->states.n) {
        add_constant(p, &fields, "STATE_BYTES", states_bytes(p), "of all states of one sequence");
    }
    if (p->scratch) {
        add_constant(p, &fields, "SCRATCH", p->scratch, "bytes of workspace that are a thread's own");
    }
    if (p->graph->program) { /* has no weights, and no dims with a name */
        return;
    }
    add_constant(p, &fields, "WEIGHT_BYTES", m->pack->bytes > INT32_MAX ? 0 : (int64_t)m->pack->bytes,
                 "of all weights, as they are packed");
    text_line(out, "enum {");
    out->indent++;
    text_fields(out, fields.at, fields.n);
    out->indent--;
    text_line(out, "};");
    text_line(out, "%s", "");
}

/* A long sum goes on, each term on a line of the macro. */
static const char *macro_lines(Plan *p, const char *text)
{
    const char *lines = "", *plus;
    while (strlen(text) > 100 && (plus = strstr(text, " + (")) != NULL) {
        lines = arena_printf(p->arena, "%s%.*s \\\n         +", lines, (int)(plus - text), text);
        text = plus + 2;
    }
    return arena_printf(p->arena, "%s%s", lines, text);
}

/* "64 * ceil(10752 * t / 64)"; NULL: there are no more. */
static const char *workspace_term(Model *m, int i)
{
    Plan *p = m->p;
    const int regions = m->space->region.n;
    if (i < regions) {
        const Region *r = &m->space->region.at[i];
        return arena_printf(p->arena, "64 * ceil(%lld * %s / 64)", (long long)r->width * r->bytes,
                            capacity_text(p, &r->basis, FOR_READERS));
    }
    return i == regions && (p->scratch || !regions) ? arena_printf(p->arena, "%lld", (long long)p->scratch) : NULL;
}

const char *workspace_text(Model *m)
{
    const char *text = workspace_term(m, 0), *term;
    for (int i = 1; (term = workspace_term(m, i)) != NULL; i++) {
        text = arena_printf(m->p->arena, "%s + %s", text, term);
    }
    return text;
}

static void print_workspace(Model *m, Text *out)
{
    Plan *p = m->p;
    const char *macro = NULL, *rows = "";
    for (int i = 0; i < m->space->region.n; i++) {
        const Region *r = &m->space->region.at[i];
        const long long bytes = (long long)r->width * r->bytes;
        const char *rows_text = macro_lines(p, capacity_text(p, &r->basis, FOR_MACRO));
        const char *term = arena_printf(p->arena, "((%s%s * %lldu + 63u) / 64u * 64u)", rows_text,
                                        strlen(rows_text) > 80 ? " \\\n       " : "", bytes);
        macro = macro ? arena_printf(p->arena, "%s \\\n     + %s", macro, term) : term;
    }
    for (int i = 0; i < p->capacity.n; i++) {
        const Basis *b = &p->capacity.at[i];
        Term term = {.n = b->n};
        memcpy(term.dim, b->dim, sizeof term.dim);
        const char *word = capacity_word(p, &term);
        const char *what = "";
        for (int k = 0; k < b->n; k++) {
            what = arena_printf(p->arena, "%s[%s]", what, dim_word(p, b->dim[k]));
        }
        rows = arena_printf(p->arena, "%s *     %s: elements of a tensor %s over all sequences\n", rows, word, what);
    }
    if (p->scratch) {
        const char *term = arena_printf(p->arena, "(size_t)%s_SCRATCH", p->PREFIX);
        macro = macro ? arena_printf(p->arena, "%s \\\n     + %s", macro, term) : term;
    }
    text_line(out,
              "/* Bytes of workspace that a batch needs; SIZE_MAX when no size_t holds it. For any batch that is not larger it is enough.");
    text_raw(out, "%s * It is\n", rows);
    const char *term;
    for (int i = 0; (term = workspace_term(m, i)) != NULL; i++) {
        text_line(out, " *   %s %s", i ? "+" : " ", term);
    }
    text_line(out, " * and the macro is the same as a constant, for static arrays, which must be aligned to 64 bytes. */");
    text_line(out, "size_t %s_workspace(int32_t sequences%s);", p->prefix, caps_params(p, "int64_t"));
    text_line(out, "#define %s_WORKSPACE(sequences%s) \\", p->PREFIX, caps_names(p));
    text_raw(out, "    (%s)\n", macro ? macro : "(size_t)0"); /* not broken: each line of a macro ends in a backslash */
    text_line(out, "%s", "");
}

static void print_status(Model *m, Text *out)
{
    Plan *p = m->p;
    const struct {
        const char *name, *what;
        int (*of)(const Target *target); /* NULL: of all */
    } row[] = {
        {"OK,", NULL, NULL},
        {"BAD_BATCH,", "offsets do not start at 0, go down or pass 2^30, or a pointer is missing", NULL},
        {"TOO_LONG,", "a sequence is longer than the model takes", NULL},
        {"BAD_INDEX,", "an input value is outside of its range", NULL},
        {"NO_SPACE,", arena_printf(p->arena, "workspace smaller than %s_workspace() says, or not aligned to 64 bytes", p->prefix), NULL},
        {"NO_KERNELS,", "the machine cannot run any of the kernels", target_is_fast},
        {"NO_DRIVER,", "there is no driver for GPUs", target_has_device},
        {"OLD_DRIVER,", "there is one, but it is too old", target_has_device},
        {"NO_GPU,", "there is no GPU of this number", target_has_device},
        {"NO_CODE,", "nothing was compiled for this kind of GPU", target_has_device},
        {"NO_MEMORY,", "the memory of the GPU is too small", target_has_device},
        {"LOST,", arena_printf(p->arena, "the GPU failed: %s_cuda_trouble() says how; close the context", p->prefix), target_has_device},
        {p->wrong.n ? "FAULT," : "FAULT", "an integer overflowed, was divided by zero, or a length passed its bound: outputs mean nothing",
         NULL}};
    Fields fields = {0};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (row[i].of && !row[i].of(p->options->target)) {
            continue;
        }
        vec_push(p->arena, fields, ((Field){arena_printf(p->arena, "%s_%s", p->PREFIX, row[i].name), row[i].what}));
    }
    for (int k = 1; k <= p->wrong.n; k++) {
        const char *end = k < p->wrong.n ? "," : "";
        vec_push(p->arena, fields, ((Field){arena_printf(p->arena, "%s%s", wrong_status(p, k), end), wrong_text(p, k)}));
    }
    text_line(out, "typedef enum %s_status {", p->prefix);
    out->indent++;
    text_fields(out, fields.at, fields.n);
    out->indent--;
    text_line(out, "} %s_status;", p->prefix);
    text_line(out, "%s", "");
}

void header_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const char *u = p->PREFIX;
    text_line(out, "/* %s.h%s%s", p->prefix, m->title ? " - " : "", m->title ? m->title : "");
    text_raw(out, "%s", m->banner);
    text_line(out, " *");
    text_line(out, " * A batch is sequences laid end to end; nothing is padded. A tensor is packed sequence after sequence; inside a");
    text_line(out, " * sequence it is row-major in the order of its axes. Results do not depend on what else is in the batch.");
    text_line(out, " * Everything here is reentrant: no globals%s, no allocation, no I/O. */",
              target_is_fast(p->options->target) ? " but the choice of kernels" : "");
    text_line(out, "#ifndef %s_HEADER", u);
    text_line(out, "#define %s_HEADER", u);
    text_line(out, "%s", "");
    text_line(out, "#include <stddef.h>");
    text_line(out, "#include <stdint.h>");
    text_line(out, "%s", "");
    text_line(out, "#ifdef __cplusplus");
    text_line(out, "extern \"C\" {");
    text_line(out, "#endif");
    text_line(out, "%s", "");
    print_constants(m, out);
    if (p->graph->program) {
        text_header(m, out);
    }
    print_io(m, out);
    print_status(m, out);
    print_workspace(m, out);
    text_line(out, "/* Writes the outputs. The batch is checked first: on an error other than %s_FAULT nothing is written. */", u);
    text_line(out, "%s_status %s_run(const %s_io *io, void *workspace, size_t bytes);", p->prefix, p->prefix, p->prefix);
    text_line(out, "%s", "");
    if (p->graph->states.n) {
        text_line(out,
                  "/* Puts into the states of each sequence what a first call begins with; a call leaves there what the next one begins");
        text_line(out, " * with. Which sequence goes on is the caller's to say: its states stand at its place in the batch. */");
        text_line(out, "void %s_begin(const %s_io *io);", p->prefix, p->prefix);
        text_line(out, "%s", "");
    }
    if (target_is_fast(p->options->target)) {
        tier_header_print(m, out);
    }
    if (target_has_device(p->options->target)) {
        device_header_print(m, out);
    }
    text_line(out, "/* A sentence about a status, never NULL. */");
    text_line(out, "const char *%s_error(%s_status status);", p->prefix, p->prefix);
    text_line(out, "%s", "");
    if (p->options->tokenizer) {
        tokenizer_header(m, out);
    }
    text_line(out, "#ifdef __cplusplus");
    text_line(out, "}");
    text_line(out, "#endif");
    text_line(out, "#endif");
}
