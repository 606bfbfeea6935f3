/* A dim that data make: where its sequences begin, and the places of its elements. */
#include "model.h"
#include "quote.h"

/* The largest length for which there are offsets, or that the author allows. */
int64_t dim_longest(const Dim *dim)
{
    return dim->bound < (1 << 30) ? dim->bound : 1 << 30;
}

/* What is cut from another is no longer than that, which may grow as far. */
static int is_cut(const Dim *dim)
{
    const Expr *length = dim->formula->kind == EX_OP && dim->formula->op == OP_MIN ? dim->formula->kid[1] : NULL;
    return length && length->kind == EX_LEN && dim->most && length->dim->most == dim->most;
}

/* Is there a batch that makes it longer than it may be? What is chosen of a parent is no longer than that. */
int dim_may_exceed(const Dim *dim)
{
    int64_t low, high;
    return dim->kind != DIM_WHERE && !is_cut(dim) && (dim->most || !expr_range(dim->formula, &low, &high) || high > dim_longest(dim));
}

/* Is there one that makes it shorter than nothing? */
int dim_may_be_negative(const Dim *dim)
{
    int64_t low, high;
    return dim->kind != DIM_WHERE && (!expr_range(dim->formula, &low, &high) || low < 0);
}

void print_dim(Plan *p, Func *f, const Item *item, Text *out)
{
    Dim *dim = item->dim;
    Block top = {0};
    Printer pr = {.p = p, .f = f, .block = &top};
    Cluster none = {.func = f, .tree = &top};
    pr.c = &none;
    Str begin = batch_begin(p, dim), s = own(p, OWN_SEQUENCE), batch = own(p, OWN_BATCH);
    Text *body = text_new(p->arena, out->indent + 2);
    f->uses_batch = 1;
    Str made = name_fresh(p, &pr.taken, (const Words *)&f->words, "made");
    quote_head(p, dim->span, "", out);
    Piece most = {0};
    if (dim->most && dim_may_exceed(dim)) {
        most = print_expr(&pr, dim->most, WANT_INT);
    }
    if (dim->kind == DIM_WHERE) {
        Var *var = graph_var(p->graph, dim->parent, dim->parent->name);
        Expr *index = expr_var(p->graph, var, dim->span);
        Str word = var_word(&pr, var);
        const Piece mask = print_access(&pr, dim->mask, &index, 0);
        Str place = batch_place(p, dim);
        Str length = dim_is_ragged(dim->parent) ? length_word(&pr, dim->parent) : constant_of(p, dim->parent);
        text_line(body, "for (int32_t %s = 0; %s < %s; %s++) {", word, word, length, word);
        text_line(body, "    if (%s) {", mask.text);
        text_line(body, "        %s[%s++] = %s;", place, made, word);
        text_line(body, "    }");
        text_line(body, "}");
    } else {
        Str length = name_fresh(p, &pr.taken, (const Words *)&f->words, "made_here");
        const Piece formula = print_expr(&pr, dim->formula, WANT_INT);
        text_line(body, "const int64_t %s = %s;", length, formula.text);
        const char *longest = most.text ? piece_in(&pr, most, BIND_ADD) : arena_printf(p->arena, "%lld", (long long)dim_longest(dim));
        const char *too_long = dim_may_exceed(dim) ? arena_printf(p->arena, "%s > %s || ", length, longest) : "";
        text_line(body, "if (%s%s > %d - %s) {", too_long, length, 1 << 30, made);
        text_line(body, "    *%s->fault = 1;", batch);
        text_line(body, dim_may_be_negative(dim) ? "} else if (%s > 0) {" : "} else {", length);
        text_line(body, "    %s += (int32_t)%s;", made, length);
        text_line(body, "}");
    }
    text_line(out, "{");
    out->indent++;
    text_line(out, "int32_t %s = 0;", made);
    text_line(out, "%s[0] = 0;", begin);
    print_sequence_head(&pr, out);
    for (int i = 0; i < top.pointer.n; i++) {
        const Pointer *at = &top.pointer.at[i];
        text_line(out, "const %s *%s = %s + %s;", at->type, at->name, at->base, at->offset);
    }
    text_add(out, body);
    text_line(out, "%s[%s + 1] = %s;", begin, s, made);
    out->indent--;
    text_line(out, "}");
    for (int i = 0; i < p->pairs.n; i++) {
        pairs_print(p, &p->pairs.at[i], dim, arena_printf(p->arena, "%s->", batch), out);
    }
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}
