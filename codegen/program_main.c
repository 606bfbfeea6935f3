/* Of a program whose values may be strings: <name>_text.c, which knows them, and <name>_main.c, the command line that reads tokens. */
#include "model.h"
#include "paste.h"
#include "quote.h"

#include "../compiler/scalar_text.h"

#include <string.h>

void text_header(Model *m, Text *out)
{
    paste_file(m->p, "text/text.h", out);
    text_trim(out);
    text_line(out, "%s", "");
}

static void print_constants(Plan *p, Text *out)
{
    text_line(out, "/* Strings of the program with more than two characters, in the order of their symbols. */");
    text_line(out, "static const struct {");
    text_line(out, "    const char *text;");
    text_line(out, "    size_t size;");
    text_line(out, "} text_constant[] = {");
    for (int i = 0; i < text_long_count(); i++) {
        size_t bytes;
        const char *text = text_long(i, &bytes);
        text_line(out, "    {%s, %llu},", c_string(p, text, bytes), (unsigned long long)bytes);
    }
    text_line(out, "    {\"\", 0}");
    text_line(out, "};");
    text_line(out, "%s", "");
}

void text_print(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "/* %s_text.c - strings as symbols", p->prefix);
    text_raw(out, "%s */\n", m->banner);
    text_line(out, "#include \"%s.h\"", p->prefix);
    text_line(out, "%s", "");
    print_constants(p, out);
    paste_file(p, "text/strings.c", out);
    text_line(out, "%s", "");
    paste_file(p, "text/text.c", out);
}

/* ---- the command line -------------------------------------------------------------------------------------------------------------- */

static const char *reads(const Model *m, const Node *input)
{
    if (strcmp(input->name, "tokens") == 0 && !text_contains(m->kernels, "->tokens + ")) {
        return "NOTHING"; /* they only say how long the sequence is, and none can be wrong */
    }
    static const char *const row[][2] = {
        {"tokens", "STR"}, {"tokens_int", "INT"}, {"tokens_float", "FLOAT"}, {"tokens_bool", "BOOL"}, {"tokens_asis_type", "TYPE"},
        {"tokens_asis_int", "OWN_INT"}, {"tokens_asis_real", "OWN_REAL"}, {"tokens_asis_text", "OWN_TEXT"}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (strcmp(row[i][0], input->name) == 0) {
            return row[i][1];
        }
    }
    return "STR";
}

static const char *place_of_span(Plan *p, Span span)
{
    Str text = span.source ? arena_printf(p->arena, "%s: ", where_exactly(p, span)) : "";
    return c_string(p, text, strlen(text));
}

static void print_leaf(const Graph *g, const ProgramLeaf *leaf, Text *out)
{
    const int bytes = leaf->whole >= 0 && g->outputs.at[leaf->whole]->type == T_BOOL;
    const int grid = leaf->whole >= 0 && g->outputs.at[leaf->whole]->free.n == 2;
    const int only = leaf->text >= 0 ? 3 : leaf->real >= 0 ? 2 : bytes ? 0 : 1;
    text_line(out, "    {%d, %d, %d, %d, %d, %d, %d},", leaf->type, leaf->whole, leaf->real, leaf->text, bytes, grid, only);
}

static void print_known(Plan *p, Text *out)
{
    const Graph *g = p->graph;
    text_line(out, "/* What is known of the value, before each of them and behind the last. */");
    text_line(out, "static const struct {");
    text_line(out, "    const char *json, *text;");
    text_line(out, "} about_known[] = {");
    for (int i = 0; i <= g->leaf.n; i++) {
        const ProgramKnown *known = &g->known.at[i];
        text_line(out, "    {%s, %s},", c_string(p, known->json, strlen(known->json)), c_string(p, known->text, strlen(known->text)));
    }
    text_line(out, "};");
}

static void print_shape(Plan *p, Text *out)
{
    const Graph *g = p->graph;
    int grids = 0;
    text_line(out, "/* The sequences and grids of the value: the output that holds each part, -1: none; whether ints are bytes;");
    text_line(out, " * whether it is a grid; the type of all elements (bool, int, float, string) where no output holds it. */");
    text_line(out, "static const struct about_leaf {");
    text_line(out, "    int type, whole, real, text, bytes, grid, only;");
    text_line(out, "} about_leaf[] = {");
    for (int i = 0; i < g->leaf.n; i++) {
        print_leaf(g, &g->leaf.at[i], out);
        grids |= g->leaf.at[i].whole >= 0 && g->outputs.at[g->leaf.at[i].whole]->free.n == 2;
    }
    text_line(out, "};");
    text_line(out, "enum { ABOUT_LEAVES = %d, ABOUT_GRIDS = %d };", g->leaf.n, grids);
    text_line(out, "%s", "");
    print_known(p, out);
}

static void print_device(Plan *p, Text *out)
{
    const int has = target_has_device(p->options->target) != 0;
    text_line(out, "enum { ABOUT_DEVICE = %d }; /* compiled for a GPU too */", has);
    if (has) {
        device_main_print(p, out);
    } else {
        text_line(out, "static const char *(*const about_open_device)(void) = NULL, *(*const about_device)(void) = NULL;");
    }
    text_line(out, "%s", "");
}

static void print_run(Model *m, Text *out)
{
    Plan *p = m->p;
    const Graph *g = p->graph;
    const char *n = p->capacity.n ? ", n" : "";
    text_line(out, "static size_t about_workspace(int64_t n)");
    text_line(out, "{");
    for (int i = 1; i < p->capacity.n; i++) { /* pairs */
        n = arena_printf(p->arena, "%s, n * n", n);
    }
    text_line(out, "    return %s_workspace(1%s);", p->prefix, n);
    text_line(out, "}");
    text_line(out, "%s", "");
    text_line(out, "static int about_run(int32_t n, void *workspace, size_t bytes)");
    text_line(out, "{");
    text_line(out, "    const int32_t begin[] = {0, n};");
    text_line(out, "    %s_io io = {.sequences = 1};", p->prefix);
    for (int i = 0; i < g->dims.n; i++) {
        if (g->dims.at[i]->kind == DIM_GIVEN) {
            text_line(out, "    io.%s = begin;", io_begin(m, g->dims.at[i]));
        }
    }
    for (int i = 0; i < g->inputs.n; i++) {
        text_line(out, "    io.%s = cli.input[%d];", plan_info(p, g->inputs.at[i])->cname, i);
    }
    for (int i = 0; i < p->outputs.n; i++) {
        text_line(out, "    io.%s = cli.output[%d];", plan_info(p, p->outputs.at[i])->cname, i);
    }
    if (m->texts) {
        text_line(out, "    io.texts = &cli.texts;");
    }
    if (target_has_device(p->options->target)) {
        text_line(out, "    if (about_gpu) {");
        text_line(out, "        return (int)%s_cuda_answer(&io, about_gpu);", p->prefix);
        text_line(out, "    }");
    }
    text_line(out, "    return (int)%s_run(&io, workspace, bytes);", p->prefix);
    text_line(out, "}");
    text_line(out, "%s", "");
    text_line(out, "static const char *about_error(int status)");
    text_line(out, "{");
    text_line(out, "    return %s_error((%s_status)status);", p->prefix, p->prefix);
    text_line(out, "}");
}

void program_main_print(Model *m, Text *out)
{
    Plan *p = m->p;
    const Graph *g = p->graph;
    const char *list = "";
    text_line(out, "/* %s_main.c - the command line", p->prefix);
    text_raw(out, "%s */\n", m->banner);
    paste_file(p, "cli/posix.h", out);
    text_line(out, "#include \"%s.h\"", p->prefix);
    text_line(out, "%s", "");
    paste_file(p, "rasp/head.h", out);
    text_line(out, "%s", "");
    text_line(out, "static const char about_name[] = \"%s\", about_version[] = \"%s\";", p->prefix, SINTER_VERSION);
    text_line(out, "%s", "");
    text_line(out, "/* What each input is made of: READS_.. */");
    text_line(out, "enum { ABOUT_INPUTS = %d, ABOUT_OUTPUTS = %d };", g->inputs.n, p->outputs.n);
    for (int i = 0; i < g->inputs.n; i++) {
        list = arena_printf(p->arena, "%s%sREADS_%s", list, i ? ", " : "", reads(m, g->inputs.at[i]));
    }
    text_line(out, "static const int about_input[] = {%s};", list);
    text_line(out, "%s", "");
    list = "";
    for (int i = 0; i < g->inputs.n; i++) {
        list = arena_printf(p->arena, "%s%s%s", list, i ? ", " : "", place_of_span(p, g->inputs.at[i]->span));
    }
    text_line(out, "/* Where in the program they are read, and its value is made: for messages. */");
    text_line(out, "static const char *const about_place[] = {%s};", list);
    text_line(out, "static const char about_value[] = %s;", place_of_span(p, g->made_at));
    text_line(out, "%s", "");
    print_shape(p, out);
    text_line(out, "%s", "");
    paste_file(p, "rasp/state.h", out);
    text_line(out, "%s", "");
    print_device(p, out);
    print_run(m, out);
    text_line(out, "%s", "");
    paste_file(p, "rasp/number.h", out);
    text_line(out, "%s", "");
    paste_file(p, "rasp/tokens.c", out);
    text_line(out, "%s", "");
    paste_file(p, "rasp/main.c", out);
}
