/* join_inner.h - what join.c, join_result.c and join_table.c share */
#ifndef SINTER_JOIN_INNER_H
#define SINTER_JOIN_INNER_H

#include "bounded.h"
#include "recognise.h"

typedef struct Join {
    Printer *pr;
    const Domain *d;
    Member *m;
    Str own, asks, entries, some, i, from, to, total, key, ends; /* words */
    const char *sorted;
    int64_t lowest; /* key of a table */
} Join;

/* The inside of a loop over var, with the pointers that it needs. */
typedef void JoinInside(Join *j, Text *out);
void join_inside(Join *j, Var *var, JoinInside *print, Text *out);

int join_only_counts(const Node *node);
int join_keys_are_real(const Domain *d);
int join_takes_all(const Domain *d);
Text *join_inside_of(Join *j, Var *var, JoinInside *print, int indent);
void join_loop_head(const Join *j, Str var, Str n, Text *out);
Str join_key_of(Join *j, const Expr *group, const Expr *e);

/* join_result.c: totals of the entries up to each; what t is given where it asks by a key, or by its own (is_itself), group by group. */
void join_totals(Join *j, Text *out);
void join_lookup(Join *j, Text *out);
int join_is_itself(const Join *j);
void join_groups(Join *j, Text *out);

/* What t is given, of the entries from .. to - 1. */
void join_print_result(Join *j, const char *from, const char *to, Text *out);

/* Of n positions, looked up by m. */
void join_print_table(Join *j, const Bounded *b, Str n, Str m, Text *out);

#endif
