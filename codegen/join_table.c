/* A reduction that is looked up in a table: what a key is small enough for is counted by key, and t' are placed by key. */
#include "join_inner.h"

#include "launch.h"

static Str table_key(Join *j, const Expr *e)
{
    Plan *p = j->pr->p;
    const Piece x = print_expr(j->pr, expr_to(p->graph, (Expr *)e, T_INT), WANT_INT);
    const int64_t low = j->lowest;
    return low ? str_of(arena_printf(p->arena, "%s %s %lld", piece_in(j->pr, x, BIND_ADD), low < 0 ? "+" : "-",
                                     (long long)(low < 0 ? -low : low)))
               : x.text;
}

static void filtered(Join *j, Text *out, const char *line)
{
    if (j->d->filter) {
        text_line(out, "if (%s) {", print_expr(j->pr, j->d->filter, WANT_BOOL).text);
        text_line(out, "    %s", line);
        text_line(out, "}");
        return;
    }
    text_line(out, "%s", line);
}

static void print_counted(Join *j, Text *out)
{
    filtered(j, out, arena_printf(j->pr->p->arena, "%s[%s]++;", j->ends, table_key(j, j->d->key)));
}

static void print_placed(Join *j, Text *out)
{
    filtered(j, out, arena_printf(j->pr->p->arena, "%s[%s[%s]++] = %s;", j->sorted, j->ends, table_key(j, j->d->key), j->own));
}

static void print_found(Join *j, Text *out)
{
    Plan *p = j->pr->p;
    text_line(out, "const int64_t %s = %s;", j->key, table_key(j, j->d->query));
    text_line(out, "const int32_t %s = %s(%s, %s, %s);", j->from, use_part(p, "table_below"), j->ends, j->entries, j->key);
    text_line(out, "const int32_t %s = %s(%s, %s, %s);", j->to, use_part(p, "table_up_to"), j->ends, j->entries, j->key);
    join_print_result(j, j->from, j->to, out);
}

void join_print_table(Join *j, const Bounded *b, Str n, Str m, Text *out)
{
    Plan *p = j->pr->p;
    const Cluster *c = j->pr->c;
    const int64_t more = b->high[0] - b->low[0] + 1, times = b->high[1];
    Str length = times == 0 ? str_of("") : times == 1 ? n : str_of(arena_printf(p->arena, "(int64_t)%s * %lld", n, (long long)times));
    Str sum = !times || more < 0
                  ? str_of(arena_printf(p->arena, "%s%s%lld", length, times ? " - " : "", (long long)(more < 0 ? -more : more)))
              : more ? str_of(arena_printf(p->arena, "%s + %lld", length, (long long)more))
                     : length;
    j->lowest = b->low[0];
    j->ends = launch_room(j->pr, c->ends);
    j->sorted = c->placed ? launch_room(j->pr, c->placed) : NULL;
    j->entries = name_fresh(p, &j->pr->taken, (const Words *)&j->pr->f->words, "keys");
    text_line(out, "/* %s in a table by a key: what %s asks for is a range of it */", j->own, j->asks);
    text_line(out, "const int64_t %s = %s > 0 ? %s : 0;", j->entries, n, sum);
    text_line(out, "%s(%s, %s);", use_part(p, "table_clear"), j->ends, j->entries);
    text_line(out, "for (int32_t %s = 0; %s < %s; %s++) {", j->own, j->own, n, j->own);
    join_inside(j, (Var *)j->d->own, print_counted, out);
    text_line(out, "}");
    text_line(out, "%s(%s, %s);", use_part(p, c->placed ? "table_begins" : "table_ends"), j->ends, j->entries);
    if (c->placed) {
        text_line(out, "for (int32_t %s = 0; %s < %s; %s++) {", j->own, j->own, n, j->own);
        join_inside(j, (Var *)j->d->own, print_placed, out);
        text_line(out, "}");
    }
    text_line(out, "for (int32_t %s = 0; %s < %s; %s++) {", j->asks, j->asks, m, j->asks);
    join_inside(j, (Var *)j->d->asks, print_found, out);
    text_line(out, "}");
}
