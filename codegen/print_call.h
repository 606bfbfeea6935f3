/* print_call.h - what functions and calls ask of each other: print_func.c, print_call.c */
#ifndef SINTER_PRINT_CALL_H
#define SINTER_PRINT_CALL_H

#include "print.h"

void print_call(Plan *p, Func *f, Item *item, Text *out); /* a call, or a loop of calls whose number is known */
void print_copy(Plan *p, Func *f, Str to, Str from, const Node *node, Text *out);
void print_items(Plan *p, Func *f, Text *out); /* print_func.c: of a function, or of a loop in its place */

int has_team(const Plan *p, const Func *f); /* functions of a fast target are called by every thread of a team */
void print_by_first(Plan *p, const Func *f, const Text *body, Text *out); /* what one thread does while the others wait */

/* "\n *   1,181,184 t + 2,004 t^2 flops a sequence": of its equations, without those of what it calls. */
const char *cost_line(Plan *p, const Func *f, int indent, const char *each);

#endif
