/* A nest on a device: its outer loops, as far as their turns are independent, are one loop over all their indices, which all threads of
 * the grid share. What is inside is printed as for any target. */
#include "launch.h"
#include "recognise.h"

enum { MOST_LOOPS = 8 };

/* ---- which loops --------------------------------------------------------------------------------------------------------------------- */

static int runs_through(const Header *h)
{
    return h && h->var && !h->down && !h->low.n && !h->high.n && h->from_zero && h->to_length;
}

/* Each statement inside computes something for this index alone. */
static int is_free_in(const Block *b, const Var *var)
{
    if (b->stmt) {
        const Member *m = b->stmt->member;
        int has = 0;
        for (int k = 0; k < m->node->free.n; k++) {
            has |= m->arg[k] == var;
        }
        return has;
    }
    for (int i = 0; i < b->kid.n; i++) {
        if (!is_free_in(b->kid.at[i], var)) {
            return 0;
        }
    }
    return 1;
}

static int holds_locals(const Cluster *c, const Block *b)
{
    for (int i = 0; i < c->member.n; i++) {
        const Member *m = c->member.at[i];
        if (!m->root && !m->aliased && m->scope == b) {
            return 1;
        }
    }
    return 0;
}

/* From the outermost one inwards; no other loop stands beside them. */
static int find_loops(const Cluster *c, Block **loop)
{
    int n = 0;
    Block *b = c->join ? NULL : c->tree;
    while (b && n < MOST_LOOPS && b->kid.n == 1 && !holds_locals(c, b)) {
        Block *inner = b->kid.at[0];
        if (!runs_through(inner->head) || inner->head->var == c->along || !is_free_in(inner, inner->head->var) ||
            (n > 0 && dim_is_ragged(inner->head->var->dim))) {
            break;
        }
        loop[n++] = b = inner;
    }
    return n;
}

/* ---- the one loop -------------------------------------------------------------------------------------------------------------------- */

/* Product of the lengths of loops from .. n - 1; NULL for 1. */
static const char *widths(Plan *p, Block *const *loop, int from, int n)
{
    const char *text = NULL;
    for (int i = from; i < n; i++) {
        Str length = constant_of(p, loop[i]->head->var->dim);
        text = text ? arena_printf(p->arena, "%s * %s", text, length) : length;
    }
    return text && from + 1 < n ? arena_printf(p->arena, "(%s)", text) : text;
}

static const char *divided(Plan *p, const char *item, const char *by)
{
    return by ? arena_printf(p->arena, "%s / %s", item, by) : item;
}

static void print_pointers(const Block *b, Text *out)
{
    for (int i = 0; i < b->pointer.n; i++) {
        const Pointer *at = &b->pointer.at[i];
        text_line(out, "%s%s *%s = %s + %s;", at->writes ? "" : "const ", at->type, at->name, at->base, at->offset);
    }
}

static void print_indices(Printer *pr, Block *const *loop, int n, const char *item, Text *out)
{
    Plan *p = pr->p;
    for (int i = 0; i < n; i++) {
        Var *var = loop[i]->head->var;
        if (!dim_is_ragged(var->dim)) {
            const char *by = widths(p, loop, i + 1, n);
            text_line(out, "const int32_t %s = (int32_t)(%s %% %s);", var_word(pr, var), divided(p, item, by), constant_of(p, var->dim));
        }
    }
}

void grid_print(Printer *pr, const Text *about, Text *out)
{
    Plan *p = pr->p;
    Cluster *c = pr->c;
    Block *loop[MOST_LOOPS];
    Launch launch;
    launch_begin(p, &launch);
    const int n = find_loops(c, loop), ragged = n > 0 && dim_is_ragged(loop[0]->head->var->dim);
    Var *first = n ? loop[0]->head->var : NULL;
    for (int i = 0; i < n; i++) {
        if (!dim_is_ragged(loop[i]->head->var->dim) && loop[i]->head->var->dim->length == 0) {
            p->launch = NULL;
            return;
        }
    }
    Text *inside = text_new(p->arena, 2), *body = text_new(p->arena, 1), *pointers = text_new(p->arena, 2);
    Str s = own(p, OWN_SEQUENCE), batch = own(p, OWN_BATCH);
    const Words *words = (const Words *)&pr->f->words;
    if (c->join) {
        join_print(pr, inside);
    } else {
        print_inside(pr, n ? loop[n - 1] : c->tree, inside);
    }
    if (!inside->at.n) {
        p->launch = NULL;
        return;
    }
    for (int i = 0; i < n; i++) {
        print_pointers(i ? loop[i - 1] : c->tree, pointers);
    }
    Str item = n ? name_fresh(p, &pr->taken, words, "item") : s;
    const char *width = widths(p, loop, ragged, n);
    const char *rows = ragged ? batch_begin(p, first->dim) : NULL;
    const char *count = ragged ? arena_printf(p->arena, "%s[%s->sequences]", rows, batch) : arena_printf(p->arena, "%s->sequences", batch);
    const char *type = n ? "int64_t" : "int32_t", *cast = n ? "" : "(int32_t)";
    const int by_block = join_by_block(p, c);
    if (by_block) {
        text_line(body, "for (int32_t %s = (int32_t)blockIdx.x; %s < %s; %s += (int32_t)gridDim.x) {", item, item, count, item);
    } else {
        text_line(body, "for (%s %s = %sgrid_first(); %s < %s%s%s%s; %s += %sgrid_step()) {", type, item, cast, item,
                  width ? "(int64_t)" : "", count, width ? " * " : "", width ? width : "", item, cast);
    }
    body->indent++;
    if (n) {
        print_indices(pr, loop, n, item, body);
    }
    if (ragged && pr->rows) {
        text_line(body, "const int32_t %s = (int32_t)(%s);", var_word(pr, first), divided(p, item, width));
    } else if (ragged) {
        Str row = name_fresh(p, &pr->taken, words, "row");
        Str begin = first_word(pr, first->dim);
        text_line(body, "const int32_t %s = (int32_t)(%s);", row, divided(p, item, width));
        text_line(body, "const int32_t %s = %s(%s, %s->sequences, %s);", s, use_part(p, "sequence_of"), rows, batch, row);
        print_sequence_words(pr, body);
        text_line(body, "const int32_t %s = %s - %s;", var_word(pr, first), row, begin);
    } else {
        if (n) {
            text_line(body, "const int32_t %s = (int32_t)(%s);", s, divided(p, item, width));
        }
        print_sequence_words(pr, body);
    }
    text_add(body, pointers);
    text_add(body, inside);
    body->indent--;
    text_line(body, "}");
    const Node *stored = NULL;
    for (int i = 0; i < c->member.n; i++) {
        stored = c->member.at[i]->root ? c->member.at[i]->node : stored;
    }
    launch_end(p, pr->f, stored && stored->name ? stored->name : "nest", about, body, by_block ? GRID_BLOCKS : GRID_ALL, out);
}
