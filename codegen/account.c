#include "account.h"

#include "capacity.h"

#include <math.h>
#include <string.h>

static Count count_times(Count count, const VarList *vars)
{
    for (int i = 0; i < vars->n; i++) {
        const Dim *dim = vars->at[i]->dim;
        if (!dim_is_ragged(dim)) {
            count.times *= (double)dim->length;
        } else if (count.n < MOST_LENGTHS) {
            int at = count.n++;
            for (; at > 0 && count.dim[at - 1]->id > dim->id; at--) {
                count.dim[at] = count.dim[at - 1];
            }
            count.dim[at] = dim;
        }
    }
    return count;
}

Count count_of_axes(const VarList *axes)
{
    return count_times((Count){.times = 1}, axes);
}

/* Parameters it reads, also those that a call handed on. */
static void collect_params(Plan *p, const Expr *e, NodeList *out)
{
    const Node *node = e->kind == EX_READ ? e->node : NULL;
    while (node && node->source) {
        node = node->source;
    }
    if (node && node->kind == NODE_PARAM) {
        int known = 0;
        for (int i = 0; i < out->n; i++) {
            known |= out->at[i] == node;
        }
        if (!known) {
            vec_push(p->arena, *out, (Node *)node);
        }
    }
    for (int k = 0; k < e->n; k++) {
        collect_params(p, e->kid[k], out);
    }
}

static void add_node(Plan *p, Accounts *list, const Node *node)
{
    Account a = {.node = node, .info = plan_info(p, node), .work = node_work(node), .at_most = node_work_varies(node)};
    a.evaluations = count_times(count_of_axes(&node->free), &node->bound);
    collect_params(p, node->body, &a.params);
    vec_push(p->arena, *list, a);
}

Accounts account_of(Plan *p, const Func *f)
{
    Accounts list = {0};
    const NodeList *inputs = &p->graph->inputs;
    for (int i = 0; f->unit->kind == UNIT_TOP && i < inputs->n; i++) {
        if (inputs->at[i]->optional) {
            add_node(p, &list, inputs->at[i]);
        }
    }
    for (int i = 0; i < f->unit->step.n; i++) {
        const Step *step = &f->unit->step.at[i];
        if (step->kind == STEP_NODE) {
            add_node(p, &list, step->node);
        }
        for (int k = 0; k < step->group.n; k++) {
            add_node(p, &list, step->group.at[k]);
        }
    }
    return list;
}

void total_add(Plan *p, Total *total, Count count, double factor)
{
    count.times *= factor;
    for (int i = 0; i < total->term.n; i++) {
        Count *old = &total->term.at[i];
        if (old->n == count.n && memcmp(old->dim, count.dim, sizeof *count.dim * (size_t)count.n) == 0) {
            old->times += count.times;
            return;
        }
    }
    if (count.times > 0) {
        vec_push(p->arena, total->term, count);
    }
}

Total total_of(Plan *p, const Func *f)
{
    Total total = {0};
    const Accounts list = account_of(p, f);
    for (int i = 0; i < list.n; i++) {
        const Account *a = &list.at[i];
        if (work_flops(a->work) && a->node->kind == NODE_EQ) { /* a default is used where the caller gives none */
            total_add(p, &total, a->evaluations, work_flops(a->work));
            total.at_most |= a->at_most;
        }
    }
    return total;
}

int func_calls(const Func *f)
{
    return f->units.n;
}

Str number_text(Plan *p, double value)
{
    char digits[64];
    const int n = snprintf(digits, sizeof digits, "%.0f", value);
    const char *text = "";
    for (int i = 0; i < n && i < (int)sizeof digits; i++) {
        text = arena_printf(p->arena, "%s%s%c", text, i && (n - i) % 3 == 0 ? "," : "", digits[i]);
    }
    return str_of(text);
}

void count_json(Json *j, Plan *p, const char *key, const Count *count)
{
    json_row(j, key, '{');
    json_number(j, "times", count->times);
    json_row(j, "lengths", '[');
    for (int i = 0; i < count->n; i++) {
        json_string(j, NULL, dim_word(p, count->dim[i]));
    }
    json_close(j, ']');
    json_close(j, '}');
}

Str count_text(Plan *p, const Count *count)
{
    const char *text = number_text(p, count->times);
    for (int i = 0, same = 1; i < count->n; i += same, same = 1) {
        while (i + same < count->n && count->dim[i + same] == count->dim[i]) {
            same++;
        }
        text = arena_printf(p->arena, same > 1 ? "%s %s^%d" : "%s %s", text, dim_word(p, count->dim[i]), same);
    }
    return str_of(text);
}

Str total_text(Plan *p, const Total *total)
{
    const char *text = total->at_most ? "at most " : "";
    for (int i = 0; i < total->term.n; i++) {
        text = arena_printf(p->arena, "%s%s%s", text, i ? " + " : "", count_text(p, &total->term.at[i]));
    }
    return str_of(total->term.n ? text : "0");
}
