/* Kernels for people, and as JSON. */
#include "kernel_text.h"

#include "../json_text.h"
#include "covering.h"

#include <stdlib.h>
#include <string.h>

static Str expr_text(const Expr *e)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) {
        return str_of("?");
    }
    expr_print(e, out);
    fclose(out);
    Str made = str_of_n(text, bytes);
    free(text);
    return made;
}

static Str vars_text(const VarList *vars, const char *between)
{
    Str text = str_of("");
    for (int i = 0; i < vars->n; i++) {
        text = str_format("%s%s%s", text, i ? between : "", vars->at[i]->name);
    }
    return text;
}

static Str tensor_text(const Node *node, const VarList *axes)
{
    Str index = vars_text(axes, ",");
    return str_format("%s%s%s%s", node->name ? node->name : "value", axes->n ? "[" : "", index, axes->n ? "]" : "");
}

static const char *reduce_word(const Node *node)
{
    static const char *const word[] = {[RED_NONE] = "", [RED_SUM] = "sum", [RED_PROD] = "prod", [RED_MAX] = "max",
                                       [RED_MIN] = "min", [RED_ANY] = "any", [RED_ALL] = "all", [RED_PICK] = "pick"};
    return word[node->reduce];
}

/* ---- for people --------------------------------------------------------------------------------------------------------------------- */

static void put_part(const Kernel *k, const Part *part, Text *out)
{
    Str roles = str_of("");
    for (int r = 0; r < k->form->roles; r++) {
        if (part->role[r].n) {
            roles = str_format("%s%s%c = %s", roles, *roles ? ", " : "", k->form->role[r].letter, vars_text(&part->role[r], " "));
        }
    }
    text_raw(out, "      %s%s%s: %s\n", reduce_word(part->result), part->result->reduce ? " " : "",
             tensor_text(part->result, &part->result->free), roles);
    for (int h = 0; h < k->form->holes; h++) {
        if (part->bind[h].value) {
            text_raw(out, "        %s = %s\n", k->form->hole[h].name, expr_text(part->bind[h].value));
        }
    }
}

static void put_why(const Why *w, Text *out)
{
    text_raw(out, "      not %s%s%s: %s\n", w->form ? w->form : "fused", w->what ? " of " : "", w->what ? w->what : "", w->reason);
}

void kernels_explain(const Func *f, Text *out)
{
    for (int i = 0; i < f->kernel.n; i++) {
        const Kernel *k = f->kernel.at[i];
        text_raw(out, "  %-10s %s%s\n", i ? "" : "kernels", k->form->name, k->gated ? ", gated" : k->part.n > 1 ? ", merged" : "");
        for (int n = 0; n < k->part.n; n++) {
            put_part(k, &k->part.at[n], out);
        }
        for (int n = 0; n < k->stored.n; n++) {
            const Stored *s = &k->stored.at[n];
            text_raw(out, "      stores %s = %s\n", tensor_text(s->node, &s->axes), expr_text(s->value));
        }
        for (int n = 0; n < k->why.n; n++) {
            put_why(&k->why.at[n], out);
        }
    }
    for (int i = 0; i < f->why.n; i++) {
        put_why(f->why.at[i], out);
    }
}
