/* kernel_use.h - where in its function a kernel runs, and what it reads
 *
 * A kernel is printed at its last item; what it stores is there from its first one on, and what it reads is read at the last. */
#ifndef SINTER_FORMS_KERNEL_USE_H
#define SINTER_FORMS_KERNEL_USE_H

#include "kernel.h"

Kernel *item_kernel(Plan *p, const Item *item); /* NULL: plain */
int kernel_first(Plan *p, const Func *f, const Kernel *k);
int kernel_last(Plan *p, const Func *f, const Kernel *k);
int kernel_stores(const Kernel *k, const Node *node); /* 0: a helper, whose values are never in memory */

/* Calls use for each expression of the kernel. */
void kernel_exprs(const Kernel *k, void (*use)(void *context, const Expr *e), void *context);

/* kernel_over.c: whether all that the kernel reads of `old`, a tensor of the same shape, it reads before it stores `node` at that place. */
int kernel_reads_before_storing(const Kernel *k, const Node *node, const Node *old);

/* kernel_ints.c: ints that are exact as floats, with all that is summed. Of a value made of such sums: what it is at most, whatever its
 * sign; 0: it is not known, or more than an int32_t should hold. */
int kernel_sum_is_small(const Node *sum);
int kernel_most(Plan *p, const Kernel *k, const Expr *e);

/* Is it made of the accumulator of a part, or by way of an earlier result? */
int kernel_made_of(const Kernel *k, const Stored *s, const Part *part);
/* mate[part]: the first part of its mate. Parts that meet in one result, as a gate meets what it gates, are one mate. */
void kernel_mates(const Kernel *k, int *mate);

#endif
