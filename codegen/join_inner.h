/* join_inner.h - what join.c and join_table.c share */
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

/* What t is given, of the entries from .. to - 1. */
void join_print_result(Join *j, const char *from, const char *to, Text *out);

/* Of n positions, looked up by m. */
void join_print_table(Join *j, const Bounded *b, Str n, Str m, Text *out);

#endif
