/* account.h - what functions cost, as their equations say it */
#ifndef SINTER_ACCOUNT_H
#define SINTER_ACCOUNT_H

#include "json_text.h"
#include "plan.h"

enum { MOST_LENGTHS = 8 };

/* times * the product of lengths of ragged dims. */
typedef struct Count {
    double times;
    int n;
    const Dim *dim[MOST_LENGTHS];
} Count;

/* A sum of such. */
typedef struct Total {
    VEC(Count) term;
    int at_most; /* predicates and choices may save some of it */
} Total;

/* An equation of a unit, and what became of it. */
typedef struct Account {
    const Node *node;
    const Info *info;
    Count evaluations; /* of its body, in one sequence */
    Work work;         /* of each */
    int at_most;
    NodeList params;   /* stored weights it reads */
} Account;
typedef VEC(Account) Accounts;

/* The equations of a function, in the order of its first unit. */
Accounts account_of(Plan *p, const Func *f);

void total_add(Plan *p, Total *total, Count count, double factor);
Total total_of(Plan *p, const Func *f); /* operations on reals, calls not included */
int func_calls(const Func *f);          /* how often a run calls it */

Count count_of_axes(const VarList *axes);
Str count_text(Plan *p, const Count *count); /* "294,912 t" */
void count_json(Json *j, Plan *p, const char *key, const Count *count);
Str total_text(Plan *p, const Total *total); /* "21,233,664 t + 9,216 t^2", "at most .." */
Str number_text(Plan *p, double value);      /* 1,234,567 */

#endif
