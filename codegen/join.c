/* A reduction that is looked up: entries of all t' sorted by key, then for each t a range among them.
 *
 * Entries with equal keys stand in the order of their positions. What a range is reduced to is known from its last entry, since each
 * range begins where its group of equal keys does, or at the first entry: no differences, so nothing cancels. */
#include "join_inner.h"

#include "inline.h"
#include "launch.h"
#include "wrong.h"

#include <string.h>

enum { MOST_IN_TABLE = 6 }; /* elements for each position */

void join_inline(Plan *p, Cluster *c)
{
    const Member *m = c->member.at[0];
    const Domain *of = c->join;
    Domain *d = arena_new_of(p->arena, Domain);
    VarList from = {0};
    ExprList to = {0};
    vec_push(p->arena, from, of->own);
    vec_push(p->arena, from, of->asks);
    vec_push(p->arena, to, expr_var(p->graph, m->bound[0], m->node->span));
    vec_push(p->arena, to, expr_var(p->graph, m->arg[0], m->node->span));
    *d = *of;
    d->own = m->bound[0];
    d->asks = m->arg[0];
    d->key = inline_expr(p, of->key, &from, to.at);
    d->query = inline_expr(p, of->query, &from, to.at);
    d->group = of->group ? inline_expr(p, of->group, &from, to.at) : NULL;
    d->in_group = of->in_group ? inline_expr(p, of->in_group, &from, to.at) : NULL;
    d->filter = of->filter ? inline_expr(p, of->filter, &from, to.at) : NULL;
    c->join = d;
}

/* The number of entries in the range is all that matters. */
int join_only_counts(const Node *node)
{
    return node->body->kind == EX_CONST && node->body->type != T_REAL && node->body->integer == (node->reduce != RED_ALL) &&
           (node->reduce == RED_SUM || node->reduce == RED_ANY || node->reduce == RED_ALL);
}

static int adds_up(const Node *node, const Domain *d)
{
    return !d->numbers && node->reduce != RED_PICK && !join_only_counts(node);
}

int join_can(const Node *node, const Domain *d)
{
    const int later = d->order == ORDER_AFTER || d->order == ORDER_FROM;
    return node->reduce != RED_PROD && node->free.n == 1 && !(node->reduce == RED_PICK && !d->equal) &&
           !(later && (!d->equal || adds_up(node, d)));
}

/* How many elements for each position a table of d's keys has; 0: it would be too large, or does not answer what is asked. */
static int64_t table_width(const Node *node, const Domain *d, Bounded *b)
{
    const int fits = d->equal && d->order == ORDER_ANY && !d->group && !adds_up(node, d) && d->key->type != T_REAL &&
                     d->query->type != T_REAL;
    if (!fits || !dim_is_ragged(d->own->dim) || !bounded_of(d->key, b) || (b->dim && b->dim != d->own->dim) || b->low[1]) {
        return 0;
    }
    const int64_t more = b->high[0] - b->low[0] + 1, width = b->high[1] + (more > 0 ? more : 0); /* where there is a position */
    return width > MOST_IN_TABLE || (b->low[0] && !bounded_small(d->query)) ? 0 : width > 0 ? width : 1;
}

int join_has_table(const Node *node, const Domain *d)
{
    Bounded b;
    return table_width(node, d, &b) > 0;
}

static void table_slots(Plan *p, Func *f, Cluster *c, int64_t width)
{
    c->ends = place_local(p, f, c, "ends", "int32_t", 4, c->join->own->dim);
    c->ends->width = c->ends->width < width ? width : c->ends->width;
    if (!join_only_counts(c->member.at[0]->node) && !c->join->numbers) {
        c->placed = place_local(p, f, c, "placed", "int32_t", 4, c->join->own->dim);
    }
}

int join_keys_are_real(const Domain *d)
{
    return d->key->type == T_REAL || d->query->type == T_REAL;
}

/* Each t' is an entry, and there are as many as positions. */
int join_takes_all(const Domain *d)
{
    return !d->filter && !join_keys_are_real(d);
}

static int same_key(Plan *p, const Domain *a, Expr *of_a, const Domain *b, const Expr *of_b)
{
    VarList from = {0};
    Expr *to = expr_var(p->graph, b->own, b->key->span);
    vec_push(p->arena, from, a->own);
    return (!of_a && !of_b) || (of_a && of_b && expr_same(expr_replace(p->graph, of_a, &from, &to), of_b));
}

/* What b sorts a has sorted already. */
static int same_entries(Plan *p, const Domain *a, const Domain *b)
{
    return join_takes_all(a) && join_takes_all(b) && a->equal == b->equal && a->above == b->above && a->own->dim == b->own->dim &&
           same_key(p, a, a->key, b, b->key) && same_key(p, a, a->group, b, b->group);
}

void join_slots(Plan *p, Func *f, Cluster *c)
{
    const Node *node = c->member.at[0]->node;
    Bounded b;
    const int64_t width = table_width(node, c->join, &b);
    if (width) {
        table_slots(p, f, c, width);
        return;
    }
    use_part(p, launches(p, f) ? "sort_entry" : "sort_entries");
    c->sorted = place_local(p, f, c, "sorted", "struct sort_entry", 16, c->join->own->dim);
    c->sorted_before = f->in_steps && !launches(p, f) && c->sorted->filled && same_entries(p, c->sorted->filled->join, c->join);
    c->sorted->filled = c;
    c->spare = place_local(p, f, c, "spare", "struct sort_entry", 16, c->join->own->dim);
    if (adds_up(node, c->join)) {
        int bytes;
        const char *type = store_ctype(p, node, &bytes);
        c->up_to = place_local(p, f, c, "up_to", type, bytes, c->join->own->dim);
    }
}

/* ---- printing ------------------------------------------------------------------------------------------------------------------------ */

static void print_pointers(const Block *b, Text *out)
{
    for (int i = 0; i < b->pointer.n; i++) {
        const Pointer *at = &b->pointer.at[i];
        text_line(out, "%s%s *%s = %s + %s;", at->writes ? "" : "const ", at->type, at->name, at->base, at->offset);
    }
}

int join_by_block(const Plan *p, const Cluster *c)
{
    return p->launch && c->join && c->sorted;
}

/* The head of a loop: by one thread, or by all of a block. */
void join_loop_head(const Join *j, Str var, Str n, Text *out)
{
    const int all = join_by_block(j->pr->p, j->pr->c);
    text_line(out,
              all ? "for (int32_t %s = (int32_t)threadIdx.x; %s < %s; %s += (int32_t)blockDim.x) {"
                  : "for (int32_t %s = 0; %s < %s; %s++) {",
              var, var, n, var);
}

Text *join_inside_of(Join *j, Var *var, JoinInside *print, int indent)
{
    Header head = {.var = var};
    Block *before = j->pr->block, loop = {.up = before, .head = &head};
    Text *body = text_new(j->pr->p->arena, indent), *all = text_new(j->pr->p->arena, indent);
    j->pr->block = &loop;
    print(j, body);
    j->pr->block = before;
    print_pointers(&loop, all);
    text_add(all, body);
    return all;
}

void join_inside(Join *j, Var *var, JoinInside *print, Text *out)
{
    text_add(out, join_inside_of(j, var, print, out->indent + 1));
}

Str join_key_of(Join *j, const Expr *group, const Expr *e)
{
    Plan *p = j->pr->p;
    if (group) {
        return str_of(arena_printf(p->arena, "%s(%s, %s)", use_part(p, "sort_key_pair"), print_expr(j->pr, group, WANT_INT).text,
                                   print_expr(j->pr, e, WANT_INT).text));
    }
    const int real = j->d->key->type == T_REAL || j->d->query->type == T_REAL;
    const Piece x = print_expr(j->pr, expr_to(p->graph, (Expr *)e, real ? T_REAL : T_INT), real ? WANT_F64 : WANT_INT);
    if (j->d->equal && !real) { /* any order brings equal ones together */
        return str_of(arena_printf(p->arena, "(uint64_t)%s", piece_in(j->pr, x, BIND_UNARY)));
    }
    const char *part = use_part(p, real ? "sort_key_real" : "sort_key_int");
    if (real && j->d->above) {
        Str value = piece_in(j->pr, x, BIND_UNARY);
        return str_of(arena_printf(p->arena, value[0] == '-' ? "%s(-(%s))" : "%s(-%s)", part, value));
    }
    return str_of(arena_printf(p->arena, "%s%s(%s)", j->d->above ? "~" : "", part, x.text));
}

/* Of a block: each t' has its entry, those that take part in nothing too. */
static void print_entry_of_all(Join *j, Text *out)
{
    const Expr *filter = j->d->filter;
    const char *make = join_keys_are_real(j->d) ? "%s[%s] = entry_of_real(%s, %s);" : "%s[%s] = (struct sort_entry){%s, %s};";
    if (filter) {
        text_line(out, "%s[%s] = entry_dropped(%s);", j->sorted, j->own, j->own);
        text_line(out, "if (%s) {", print_expr(j->pr, filter, WANT_BOOL).text);
        out->indent++;
    }
    text_line(out, make, j->sorted, j->own, join_key_of(j, j->d->group, j->d->key), j->own);
    if (filter) {
        out->indent--;
        text_line(out, "}");
    }
}

static void print_entry(Join *j, Text *out)
{
    const Expr *filter = j->d->filter;
    if (filter) {
        text_line(out, "if (%s) {", print_expr(j->pr, filter, WANT_BOOL).text);
        out->indent++;
    }
    Str to = join_takes_all(j->d) ? j->own : j->entries, next = join_takes_all(j->d) || join_keys_are_real(j->d) ? "" : "++";
    text_line(out, "%s[%s%s] = (struct sort_entry){%s, %s};", j->sorted, to, next, join_key_of(j, j->d->group, j->d->key), j->own);
    if (join_keys_are_real(j->d)) {
        text_line(out, "%s += %s[%s].key != SORT_KEY_NAN; /* which equals nothing */", j->entries, j->sorted, j->entries);
    }
    if (filter) {
        out->indent--;
        text_line(out, "}");
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------------------------- */

static void print_sorted(Join *j, Str n, Text *out)
{
    text_line(out, "/* %s in the order of a key: what %s asks for is a range among them */", j->own, j->asks);
    if (join_by_block(j->pr->p, j->pr->c)) {
        join_loop_head(j, j->own, n, out);
        join_inside(j, (Var *)j->d->own, print_entry_of_all, out);
        text_line(out, "}");
        text_line(out, "sort_block(%s, %s, %s);", j->sorted, launch_room(j->pr, j->pr->c->spare), n);
        if (!join_takes_all(j->d)) {
            text_line(out, "const int32_t %s = entries_kept(%s, %s);", j->entries, j->sorted, n);
        }
        return;
    }
    if (!join_takes_all(j->d)) {
        text_line(out, "int32_t %s = 0;", j->entries);
    }
    text_line(out, "for (int32_t %s = 0; %s < %s; %s++) {", j->own, j->own, n, j->own);
    join_inside(j, (Var *)j->d->own, print_entry, out);
    text_line(out, "}");
    text_line(out, "sort_entries(%s, %s, %s);", j->sorted, launch_room(j->pr, j->pr->c->spare), j->entries);
}

/* They follow each other: of a block one thread adds them up. */
static void print_totals_once(Join *j, int by_block, Text *out)
{
    if (by_block) {
        text_line(out, "if (leads_block()) {");
        out->indent++;
    }
    join_totals(j, out);
    if (by_block) {
        out->indent--;
        text_line(out, "}");
        text_line(out, "__syncthreads();");
    }
}

static void print_all(Printer *pr, Text *out)
{
    Plan *p = pr->p;
    Cluster *c = pr->c;
    const Words *words = (const Words *)&pr->f->words;
    Join j = {.pr = pr, .d = c->join, .m = c->member.at[0]};
    j.own = var_word(pr, (Var *)j.d->own);
    j.asks = var_word(pr, (Var *)j.d->asks);
    Str n = length_word(pr, (Dim *)j.d->own->dim), m = length_word(pr, (Dim *)j.d->asks->dim);
    j.entries = join_takes_all(j.d) ? n : name_fresh(p, &pr->taken, words, "entries");
    j.some = name_fresh(p, &pr->taken, words, "some");
    j.i = name_fresh(p, &pr->taken, words, "i");
    j.from = name_fresh(p, &pr->taken, words, "from");
    j.to = name_fresh(p, &pr->taken, words, "to");
    j.total = name_fresh(p, &pr->taken, words, "total");
    j.key = name_fresh(p, &pr->taken, words, "key");
    Bounded bounds;
    if (table_width(j.m->node, j.d, &bounds)) {
        join_print_table(&j, &bounds, n, m, out);
        return;
    }
    j.sorted = launch_room(pr, c->sorted);
    if (c->sorted_before) {
        text_line(out, "/* %s is in the order of this key already: what %s asks for is a range among them */", j.own, j.asks);
    } else {
        print_sorted(&j, n, out);
    }
    const int by_block = join_by_block(p, c);
    if (adds_up(j.m->node, j.d)) {
        print_totals_once(&j, by_block, out);
    }
    if (join_is_itself(&j)) {
        join_groups(&j, out);
    } else {
        join_loop_head(&j, j.asks, m, out);
        join_inside(&j, (Var *)j.d->asks, join_lookup, out);
        text_line(out, "}");
    }
    if (by_block) {
        text_line(out, "__syncthreads(); /* the next sequence lies in the same room */");
    }
}

void join_print(Printer *pr, Text *out)
{
    Text *body = text_new(pr->p->arena, out->indent);
    print_all(pr, body);
    print_pointers(pr->block, out);
    text_add(out, body);
}
