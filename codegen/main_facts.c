/* What --info says of a model, and the names of its classes. */
#include "main_facts.h"

#include <string.h>

const char *quoted(Plan *p, const char *text)
{
    const char *out = "";
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        out = c == '"' || c == '\\' ? arena_printf(p->arena, "%s\\%c", out, c)
              : c == '\n'           ? arena_printf(p->arena, "%s\\n", out)
              : c < 32 || c > 126   ? arena_printf(p->arena, "%s\\%03o", out, c)
                                    : arena_printf(p->arena, "%s%c", out, c);
    }
    return arena_printf(p->arena, "\"%s\"", out);
}

int label_count(Model *m)
{
    const Plan *p = m->p;
    const int labels = p->graph->label.n;
    const Dim *classes = p->outputs.n == 1 ? graph_classes(p->outputs.at[0]) : NULL;
    return classes && classes->length == labels ? labels : 0;
}

void print_labels(Model *m, Text *out)
{
    const int labels = label_count(m);
    if (labels) {
        text_line(out, "static const char *const about_labels[] = {");
        for (int i = 0; i < labels; i++) {
            text_line(out, "    %s%s", quoted(m->p, m->p->graph->label.at[i]), i + 1 < labels ? "," : "");
        }
        text_line(out, "};");
    }
}

/* A name with its numbers left out: "layer.3.bias" as "layer.*.bias". */
static Str without_numbers(Plan *p, const char *name)
{
    char *out = arena_printf(p->arena, "%s", name), *to = out;
    for (const char *from = name; *from;) {
        const size_t n = strcspn(from, ". "), digits = strspn(from, "0123456789");
        if (n > 0 && digits == n && from > name && from[-1] == '.') {
            *to++ = '*';
        } else {
            memmove(to, from, n);
            to += n;
        }
        from += n;
        if (*from) {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return str_of(out);
}

/* What the checkpoint and the configs did not have: one line for those that differ in numbers only. */
static void print_absent(Plan *p, Text *out)
{
    const Graph *g = p->graph;
    for (int i = 0; i < g->absent.n; i++) {
        Str pattern = without_numbers(p, g->absent.at[i]);
        int same = 0, before = 0;
        for (int k = 0; k < g->absent.n; k++) {
            const int like = without_numbers(p, g->absent.at[k]) == pattern;
            same += like;
            before += like && k < i;
        }
        if (before == 0) {
            Str shown = same == 1 ? g->absent.at[i] : str_format("%s (%d times)", pattern, same);
            text_line(out, "    %s,", quoted(p, str_format("absent: %s", shown)));
        }
    }
}

/* The workspace, a term a line. */
static void print_formula(Model *m, Text *out)
{
    const Plan *p = m->p;
    const char *from = workspace_text(m), *plus;
    text_raw(out, "    \"workspace ");
    while ((plus = strstr(from + 1, " + 64 *")) != NULL) {
        text_raw(out, "%.*s\"\n    \"", (int)(plus - from), from);
        from = plus;
    }
    text_line(out, "%s bytes%s\",", from,
              p->scratch ? arena_printf(p->arena, ", %lld more for each further thread of a batch", (long long)p->scratch) : "");
}

void print_facts(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "static const char *const about_facts[] = {");
    for (const char *line = m->banner; *line;) {
        const size_t n = strcspn(line, "\n");
        if (n > 7 && strncmp(line, " *     ", 7) == 0) {
            text_line(out, "    %s,", quoted(p, arena_printf(p->arena, "%.*s", (int)(n - 7), line + 7)));
        }
        line += n + (line[n] == '\n');
    }
    text_line(out, "    \"target %s\",", p->options->target ? p->options->target->name : "c");
    if (p->options->weights != ARITHMETIC_F32) {
        text_line(out, "    \"weights %s%s\",", arithmetic_name[p->options->weights],
                  target_has_device(p->options->target) ? " on a GPU" : "");
    }
    if (p->options->multiplier) {
        text_line(out, "    \"products on a GPU by cuBLASLt where libcublasLt.so.13 or .12 is found, which takes 32 MB there\",");
    }
    print_formula(m, out);
    if (target_has_device(p->options->target)) {
        text_line(out, "    %s_cuda_weights,", p->prefix);
        text_line(out, "    \"workspace on a GPU, rounded up, workers: 32 for each multiprocessor\",");
        text_line(out, "    %s_cuda_formula,", p->prefix);
    }
    print_absent(p, out);
    text_line(out, "    NULL");
    text_line(out, "};");
}
