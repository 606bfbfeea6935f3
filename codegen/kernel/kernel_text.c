/* Kernels for people, and as JSON. */
#include "kernel_text.h"

#include "kernel_print.h"
#include "library.h"

#include "../account.h"
#include "../match/covering.h"
#include "../quote.h"

static Str vars_text(const VarList *vars, const char *between)
{
    Str text = str_of("");
    for (int i = 0; i < vars->n; i++) {
        text = str_format("%s%s%s", text, i ? between : "", vars->at[i]->name);
    }
    return text;
}

static Str tensor_text(const KernelNames *names, const Node *node, const VarList *axes)
{
    Str index = vars_text(axes, ",");
    return str_format("%s%s%s%s", kernel_name(names, node), axes->n ? "[" : "", index, axes->n ? "]" : "");
}

static const char *reduce_word(const Node *node)
{
    static const char *const word[] = {[RED_NONE] = "", [RED_SUM] = "sum", [RED_PROD] = "prod", [RED_MAX] = "max",
                                       [RED_MIN] = "min", [RED_ANY] = "any", [RED_ALL] = "all", [RED_PICK] = "pick"};
    return word[node->reduce];
}

/* Of the product with a right side that the compiler packed, or of two computed ones. */
static Arithmetic part_arithmetic(const Plan *p, const Kernel *k, const Part *part)
{
    Arithmetic arithmetic = kernel_operands(p, k);
    for (int h = 0; h < k->form->holes && !k->plain; h++) {
        arithmetic = part->bind[h].param ? part->bind[h].arithmetic : arithmetic;
    }
    return arithmetic;
}

static int by_library(Plan *p, const Func *f, const Kernel *k)
{
    const Filling with = filling_of(p, (Func *)f, k, 1);
    return !k->plain && p->options->device && library_multiplies(&with);
}

/* ---- for people --------------------------------------------------------------------------------------------------------------------- */

static void put_part(const Plan *p, const Kernel *k, const KernelNames *names, const Part *part, Text *out)
{
    Str roles = str_of("");
    for (int r = 0; r < k->form->roles; r++) {
        if (part->role[r].n) {
            roles = str_format("%s%s%c = %s", roles, *roles ? ", " : "", k->form->role[r].letter, vars_text(&part->role[r], " "));
        }
    }
    const Arithmetic arithmetic = part_arithmetic(p, k, part);
    text_raw(out, "      %s%s%s: %s%s%s%s\n", reduce_word(part->result), part->result->reduce ? " " : "",
             tensor_text(names, part->result, &part->result->free), roles, arithmetic ? ", " : "",
             arithmetic ? arithmetic_name[arithmetic] : "",
             !k->plain && part_pairs(k, part) ? ", in pairs where additions have ports of their own" : "");
    if (part->predicate.name) {
        text_raw(out, "        domain %s", part->predicate.name);
        if (part->predicate.low) {
            text_raw(out, ", from %s", kernel_expr_text(names, part->predicate.low));
        }
        if (part->predicate.high) {
            text_raw(out, ", to %s", kernel_expr_text(names, part->predicate.high));
        }
        text_raw(out, "\n");
    }
    for (int h = 0; h < k->form->holes; h++) {
        if (part->bind[h].value) {
            text_raw(out, "        %s = %s\n", k->form->hole[h].name, kernel_expr_text(names, part->bind[h].value));
        }
    }
}

/* About one thing: of what stays plain loops all reasons stand together. */
static int is_about(const Why *w, const Why *other)
{
    return w->what == other->what && w->span.source == other->span.source && w->span.begin == other->span.begin;
}

static Str where_of(Plan *p, const Why *w)
{
    return w->span.source && w->span.source->text ? str_of(where_text(p, w->span)) : str_of("");
}

static void put_plain(Plan *p, const Func *f, int i, Text *out)
{
    const Why *w = f->why.at[i];
    for (int k = 0; k < i; k++) {
        if (is_about(w, f->why.at[k])) {
            return;
        }
    }
    text_raw(out, "  %-10s %s%s%s\n", i ? "" : "plain", where_of(p, w), w->what ? " " : "", w->what ? w->what : "");
    for (int k = i; k < f->why.n; k++) {
        const Why *other = f->why.at[k];
        if (is_about(w, other)) {
            text_raw(out, "      %s%s%s%s\n", other->form ? "not " : "", other->form ? other->form : "", other->form ? ": " : "",
                     other->reason);
        }
    }
}

static void put_why(const Why *w, Text *out)
{
    if (w->form) {
        text_raw(out, "      not %s%s%s: %s\n", w->form, w->what ? " of " : "", w->what ? w->what : "", w->reason);
    } else {
        text_raw(out, "      ends with %s: %s\n", w->what ? w->what : "it", w->reason);
    }
}

/* ---- for programs -------------------------------------------------------------------------------------------------------------------- */

static void json_roles(Json *j, const Form *form, const Part *part)
{
    json_row(j, "roles", '{');
    for (int r = 0; r < form->roles; r++) {
        const char letter[2] = {form->role[r].letter, 0};
        json_string(j, letter, vars_text(&part->role[r], ","));
    }
    json_close(j, '}');
}

/* Operations on reals, for a sequence. */
static void json_flops(Json *j, Plan *p, const Node *node)
{
    VarList loops = {0};
    for (int i = 0; i < node->free.n + node->bound.n; i++) {
        vec_push(p->arena, loops, i < node->free.n ? node->free.at[i] : node->bound.at[i - node->free.n]);
    }
    Count flops = count_of_axes(&loops);
    flops.times *= work_flops(node_work(node));
    count_json(j, p, "flops", &flops);
}

static void json_part(Json *j, Plan *p, const Kernel *k, const KernelNames *names, const Part *part)
{
    json_open(j, NULL, '{');
    json_string(j, "name", tensor_text(names, part->result, &part->result->free));
    json_string(j, "reduces", part->result->reduce ? reduce_word(part->result) : k->form->name);
    json_string(j, "arithmetic", arithmetic_name[part_arithmetic(p, k, part)]);
    json_bool(j, "pairs", !k->plain && part_pairs(k, part));
    json_flops(j, p, part->result);
    json_roles(j, k->form, part);
    json_open(j, "holes", '{');
    for (int h = 0; h < k->form->holes; h++) {
        json_string(j, k->form->hole[h].name, part->bind[h].value ? kernel_expr_text(names, part->bind[h].value) : "true");
    }
    json_close(j, '}');
    if (part->predicate.name) {
        json_string(j, "domain", part->predicate.name);
    }
    json_close(j, '}');
}

static void json_whys(Json *j, const Why *why, int n)
{
    json_open(j, "not", '[');
    for (int i = 0; i < n; i++) {
        json_row(j, NULL, '{');
        json_string(j, "form", why[i].form);
        json_string(j, "what", why[i].what);
        json_string(j, "reason", why[i].reason);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void json_kernel(Json *j, Plan *p, const Func *f, const Kernel *k)
{
    const KernelNames made = kernel_names(p, k), *names = &made;
    json_open(j, NULL, '{');
    json_string(j, "form", k->form->name);
    json_string(j, "equation", k->form->equation);
    json_bool(j, "gated", k->gated);
    json_bool(j, "plain", k->plain);
    if (by_library(p, f, k)) {
        json_string(j, "multiplied_by", p->options->multiplier);
    }
    kernel_equations_json(p, k, j);
    json_open(j, "parts", '[');
    for (int i = 0; i < k->part.n; i++) {
        json_part(j, p, k, names, &k->part.at[i]);
    }
    json_close(j, ']');
    json_open(j, "inside", '[');
    for (int i = 0; i < k->inside.n; i++) {
        const Node *node = k->inside.at[i];
        json_string(j, NULL,
                    str_format("%s = %s[%s] %s", tensor_text(names, node, &node->free), reduce_word(node), vars_text(&node->bound, ","),
                               kernel_expr_text(names, node->body)));
    }
    json_close(j, ']');
    json_open(j, "stores", '[');
    for (int i = 0; i < k->stored.n; i++) {
        const Stored *s = &k->stored.at[i];
        json_string(j, NULL, str_format("%s = %s", tensor_text(names, s->node, &s->axes), kernel_expr_text(names, s->value)));
    }
    json_close(j, ']');
    json_open(j, "over", '[');
    for (int i = 0; i < k->stored.n; i++) {
        const Node *node = k->stored.at[i].node, *old = plan_info(p, node)->over;
        if (old) {
            json_string(j, NULL, str_format("%s over %s", tensor_text(names, node, &node->free), tensor_text(names, old, &old->free)));
        }
    }
    json_close(j, ']');
    json_whys(j, k->why.at, k->why.n);
    json_close(j, '}');
}

void kernels_json(Plan *p, const Func *f, Json *j)
{
    json_open(j, "kernels", '[');
    for (int i = 0; i < f->kernel.n; i++) {
        json_kernel(j, p, f, f->kernel.at[i]);
    }
    json_close(j, ']');
    json_open(j, "plain", '[');
    for (int i = 0; i < f->why.n; i++) {
        json_row(j, NULL, '{');
        json_string(j, "form", f->why.at[i]->form);
        json_string(j, "what", f->why.at[i]->what);
        json_string(j, "where", where_of(p, f->why.at[i]));
        json_string(j, "reason", f->why.at[i]->reason);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void kernels_explain(Plan *p, const Func *f, Text *out)
{
    for (int i = 0; i < f->kernel.n; i++) {
        const Kernel *k = f->kernel.at[i];
        const KernelNames names = kernel_names(p, k);
        text_raw(out, "  %-10s %s%s\n", i ? "" : "kernels", k->form->name, k->gated ? ", gated" : k->part.n > 1 ? ", merged" : "");
        text_raw(out, "      computes %s\n", kernel_equations_text(p, k));
        if (by_library(p, f, k)) {
            text_raw(out, "      multiplied by %s where that is there\n", p->options->multiplier);
        }
        for (int n = 0; n < k->part.n; n++) {
            put_part(p, k, &names, &k->part.at[n], out);
        }
        for (int n = 0; n < k->stored.n; n++) {
            const Stored *s = &k->stored.at[n];
            const Node *old = plan_info(p, s->node)->over;
            text_raw(out, "      stores %s = %s%s%s\n", tensor_text(&names, s->node, &s->axes), kernel_expr_text(&names, s->value),
                     old ? ", over " : "", old ? tensor_text(&names, old, &old->free) : "");
        }
        for (int n = 0; n < k->why.n; n++) {
            put_why(&k->why.at[n], out);
        }
    }
    for (int i = 0; i < f->why.n; i++) {
        put_plain(p, f, i, out);
    }
}
