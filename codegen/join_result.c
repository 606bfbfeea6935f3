/* What each t is given: running totals of sorted entries, and the range among them that t looks up. */
#include "join_inner.h"

#include "launch.h"
#include "wrong.h"

#include <string.h>

/* Which position the entry is of, if what is done with it asks for that. */
static void print_position(Join *j, const char *entry, const Text *use, Text *out)
{
    if (text_has_word(use, j->own)) {
        text_line(out, "    const int32_t %s = %s[%s]%s;", j->own, j->sorted, entry, j->pr->c->placed ? "" : ".at");
    }
}

static void print_running(Join *j, Text *out)
{
    Plan *p = j->pr->p;
    const Node *node = j->m->node;
    const int real = node->type == T_REAL, wide = plan_info(p, node)->wide;
    const Piece x = print_expr(j->pr, j->m->body, real ? (wide ? WANT_F64 : WANT_F32) : node->type == T_INT ? WANT_INT : WANT_BOOL);
    const char *suffix = !real ? "int" : wide ? "f64" : "f32", *word = node->reduce == RED_MAX ? "max" : "min";
    switch (node->reduce) {
    case RED_SUM:
        if (real) {
            text_line(out, "%s += %s;", j->total, x.text);
        } else {
            text_line(out, "%s = %s(%s, %s, %s);", j->total, use_part(p, "int_add"), j->total, x.text,
                      wrong_cell(p, node->span, "integer overflow"));
        }
        break;
    case RED_MAX:
    case RED_MIN:
        if (node->type == T_BOOL) {
            text_line(out, "%s = %s %s %s;", j->total, j->total, node->reduce == RED_MAX ? "||" : "&&", piece_in(j->pr, x, BIND_EQUAL));
        } else {
            const char *part = real ? arena_printf(p->arena, "%s_%s", word, suffix) : arena_printf(p->arena, "int_%s", word);
            text_line(out, "%s = %s(%s, %s);", j->total, use_part(p, part), j->total, x.text);
        }
        break;
    case RED_ANY:
    case RED_ALL:
        text_line(out, "%s = %s %s %s;", j->total, j->total, node->reduce == RED_ANY ? "||" : "&&", piece_in(j->pr, x, BIND_EQUAL));
        break;
    case RED_NONE:
    case RED_PROD:
    case RED_PICK: break;
    }
}

static const char *total_type(const Join *j)
{
    const Node *node = j->m->node;
    return node->type == T_REAL ? (plan_info(j->pr->p, node)->wide ? "double" : "float") : node->type == T_INT ? "int64_t" : "int";
}

static Str stored(Join *j, const char *value)
{
    const CType to = ctype_of(j->pr->p, j->m->node);
    const char *cast = to == C_BOOL ? "(uint8_t)" : to == C_I32 ? "(int32_t)" : "";
    return str_of(*cast ? arena_printf(j->pr->p->arena, "%s(%s)", cast, value) : value);
}

void join_totals(Join *j, Text *out)
{
    const char *up_to = launch_room(j->pr, j->pr->c->up_to);
    Str start = start_value(j->pr, j->m);
    text_line(out, "%s %s = %s;", total_type(j), j->total, start);
    text_line(out, "for (int32_t %s = 0; %s < %s; %s++) {", j->i, j->i, j->entries, j->i);
    Text *more = join_inside_of(j, (Var *)j->d->own, print_running, out->indent + 1);
    print_position(j, j->i, more, out);
    if (j->d->equal) {
        text_line(out, "    if (%s > 0 && %s[%s].key != %s[%s - 1].key) {", j->i, j->sorted, j->i, j->sorted, j->i);
        text_line(out, "        %s = %s;", j->total, start);
        text_line(out, "    }");
    }
    text_add(out, more);
    text_line(out, "    %s[%s] = %s;", up_to, j->i, stored(j, j->total));
    text_line(out, "}");
}

/* The range of t among the entries, from and to: whole groups from `from` to `to`, up to an entry in them. */
static void range(const Join *j, const char **from, const char **to, const char *before, const char *up_to)
{
    const Domain *d = j->d;
    *from = d->equal ? j->from : "0";
    *to = d->equal || !d->strict ? j->to : j->from;
    switch (d->order) {
    case ORDER_ANY: break;
    case ORDER_BEFORE: *to = before; break;
    case ORDER_UP_TO: *to = up_to; break;
    case ORDER_AFTER: *from = up_to; break;
    case ORDER_FROM: *from = before; break;
    }
}

/* What is picked: the body at the first entry. */
static void print_first(Join *j, Text *out)
{
    Expr *index = expr_var(j->pr->p->graph, (Var *)j->d->asks, j->m->node->span);
    text_line(out, "%s = %s;", print_member(j->pr, j->m, &index, 1).text, converted(j->pr, j->m->body, ctype_of(j->pr->p, j->m->node)));
}

void join_print_result(Join *j, const char *from, const char *to, Text *out)
{
    Plan *p = j->pr->p;
    const Node *node = j->m->node;
    Expr *index = expr_var(p->graph, (Var *)j->d->asks, node->span);
    Str left = print_member(j->pr, j->m, &index, 1).text;
    const int all = strcmp(from, "0") == 0;
    const char *some = all ? arena_printf(p->arena, "%s > 0", to) : arena_printf(p->arena, "%s > %s", to, from);
    if (j->d->numbers) {
        text_line(out, "%s = %s + %s;", left, from, to);
        return;
    }
    if (join_only_counts(node)) {
        const char *n = all ? to : arena_printf(p->arena, strchr(from, ' ') ? "%s - (%s)" : "%s - %s", to, from);
        text_line(out, "%s = %s;", left,
                  node->reduce == RED_SUM ? n : stored(j, node->reduce == RED_ANY ? some : arena_printf(p->arena, "!(%s)", some)));
        return;
    }
    Str start = start_value(j->pr, j->m);
    if (node->reduce == RED_PICK) {
        text_line(out, "%s = %s;", left, start);
        text_line(out, "if (%s) {", some);
        Text *first = join_inside_of(j, (Var *)j->d->own, print_first, out->indent + 1);
        print_position(j, from, first, out);
        text_add(out, first);
        text_line(out, "}");
        return;
    }
    text_line(out, "%s = %s;", left,
              stored(j, arena_printf(p->arena, "%s ? %s[%s - 1] : %s", some, launch_room(j->pr, j->pr->c->up_to), to, start)));
}

/* t asks with a key of its own. */
void join_lookup(Join *j, Text *out)
{
    Plan *p = j->pr->p;
    const Domain *d = j->d;
    const int lower = d->equal || d->strict || d->order != ORDER_ANY, upper = d->equal || !d->strict || d->order != ORDER_ANY;
    text_line(out, "const uint64_t %s = %s;", j->key, join_key_of(j, d->in_group, d->query));
    Str among = j->entries;
    if (join_keys_are_real(j->d)) {
        among = j->some;
        text_line(out, "const int32_t %s = %s == SORT_KEY_NAN ? 0 : %s;", among, j->key, j->entries);
    }
    if (lower) {
        text_line(out, "const int32_t %s = %s(%s, %s, %s);", j->from, use_part(p, "entries_below"), j->sorted, among, j->key);
    }
    if (upper) {
        text_line(out, "const int32_t %s = %s(%s, %s, %s);", j->to, use_part(p, "entries_up_to"), j->sorted, among, j->key);
    }
    const char *from, *to, *before = "", *up_to = "";
    if (d->order != ORDER_ANY) {
        use_part(p, "entries_before");
        before = arena_printf(p->arena, "entries_before(%s, %s, %s, %s)", j->sorted, j->from, j->to, j->asks);
        up_to = arena_printf(p->arena, "entries_before(%s, %s, %s, %s + 1)", j->sorted, j->from, j->to, j->asks);
        text_line(out, "const int32_t %s = %s;", j->i, d->order == ORDER_BEFORE || d->order == ORDER_FROM ? before : up_to);
        before = up_to = j->i;
    }
    range(j, &from, &to, before, up_to);
    join_print_result(j, from, to, out);
}

int join_is_itself(const Join *j)
{
    Plan *p = j->pr->p;
    const Domain *d = j->d;
    VarList from = {0};
    Expr *to = expr_var(p->graph, (Var *)d->asks, j->m->node->span);
    vec_push(p->arena, from, (Var *)d->own);
    return join_takes_all(j->d) && d->own->dim == d->asks->dim && expr_same(expr_replace(p->graph, d->key, &from, &to), d->query) &&
           (!d->group || expr_same(expr_replace(p->graph, d->group, &from, &to), d->in_group));
}

static void print_own_result(Join *j, Text *out)
{
    const char *from, *to;
    range(j, &from, &to, j->i, arena_printf(j->pr->p->arena, "%s + 1", j->i));
    join_print_result(j, from, to, out);
}

/* Each t is itself an entry: a thread finds its group. */
static void print_each_in_group(Join *j, Text *out)
{
    Plan *p = j->pr->p;
    join_loop_head(j, j->i, j->entries, out);
    text_line(out, "    const int32_t %s = %s[%s].at;", j->asks, j->sorted, j->i);
    Text *result = join_inside_of(j, (Var *)j->d->asks, print_own_result, out->indent + 1);
    if (text_has_word(result, j->from)) {
        text_line(out, "    const int32_t %s = %s(%s, %s, %s[%s].key);", j->from, use_part(p, "entries_below"), j->sorted, j->entries,
                  j->sorted, j->i);
    }
    if (text_has_word(result, j->to)) {
        text_line(out, "    const int32_t %s = %s(%s, %s, %s[%s].key);", j->to, use_part(p, "entries_up_to"), j->sorted, j->entries,
                  j->sorted, j->i);
    }
    text_add(out, result);
    text_line(out, "}");
}

/* Each t is itself an entry: it finds its group by going through all of them. */
void join_groups(Join *j, Text *out)
{
    const Domain *d = j->d;
    if (join_by_block(j->pr->p, j->pr->c)) {
        print_each_in_group(j, out);
        return;
    }
    text_line(out, "for (int32_t %s = 0, %s = 0; %s < %s; %s = %s) {", j->from, j->to, j->from, j->entries, j->from, j->to);
    out->indent++;
    text_line(out, "while (%s < %s && %s[%s].key == %s[%s].key) {", j->to, j->entries, j->sorted, j->to, j->sorted, j->from);
    text_line(out, "    %s++;", j->to);
    text_line(out, "}");
    text_line(out, "for (int32_t %s = %s; %s < %s; %s++) {", j->i, j->from, j->i, j->to, j->i);
    text_line(out, "    const int32_t %s = %s[%s].at;", j->asks, j->sorted, j->i);
    join_inside(j, (Var *)d->asks, print_own_result, out);
    text_line(out, "}");
    out->indent--;
    text_line(out, "}");
}
