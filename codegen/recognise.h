/* recognise.h - reductions over positions that are recurrences, lookups or totals; see recognise.c */
#ifndef SINTER_RECOGNISE_H
#define SINTER_RECOGNISE_H

#include "domain.h"
#include "print.h"

void recognise(Plan *p, Func *f);

/* Lookups can do it. */
int join_can(const Node *node, const Domain *d);

/* A table by key does it, without sorting. */
int join_has_table(const Node *node, const Domain *d);

/* The expressions of a lookup in the variables of its nest. Needs: the cluster's member inlined. */
void join_inline(Plan *p, Cluster *c);

/* Its entries in the workspace. */
void join_slots(Plan *p, Func *f, Cluster *c);

void join_print(Printer *pr, Text *out);
int join_by_block(const Plan *p, const Cluster *c); /* on a device a block has a sequence, and sorts it */

#endif
