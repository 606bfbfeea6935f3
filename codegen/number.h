/* number.h - several equalities at once become one key; see number.c */
#ifndef SINTER_NUMBER_H
#define SINTER_NUMBER_H

#include "domain.h"

/* Numbers of keys that were made for a function, in order. */
typedef struct Numbers {
    Plan *p;
    VEC(struct Numbered { const Domain *of; Node *node; }) known;
} Numbers;

/* Makes one key of all of d's: leaves no `also`, and a `group` if there was any. `like` is the reduction that asks. */
void number_keys(Numbers *n, const Node *like, Domain *d);

#endif
