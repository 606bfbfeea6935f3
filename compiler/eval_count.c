/* `sinter eval --count`: what the evaluator did, by unit. */
#include "eval.h"

static void print_row(FILE *out, int unit, Str name, const EvalCounters *c)
{
    fprintf(out, "%4d  %-24s %.0f %.0f %.0f %.0f %.0f %.0f\n", unit, name ? name : "-", c->adds, c->multiplies, c->divides, c->functions,
            c->reads, c->weight_bytes);
}

void eval_count_print(const Eval *eval, const Graph *graph, FILE *out)
{
    fprintf(out, "unit  name                     adds multiplies divides functions reads weight_bytes\n");
    for (int i = 0; i < graph->units.n; i++) {
        const EvalCounters c = eval_unit_counters(eval, graph->units.at[i]);
        print_row(out, graph->units.at[i]->id, graph->units.at[i]->name, &c);
    }
}
