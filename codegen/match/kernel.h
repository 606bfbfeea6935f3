/* kernel.h - equations that are computed by one kernel
 *
 * cover() decides them; a form's template prints them. Everything here is said in the words of the graph: holes are expressions over
 * variables, results are nodes. What a kernel stores is an ordinary item of the function (Info.kernel says who computes it), whose own
 * equation is complete as it stands: printed as plain loops it gives the same values.
 *
 * The results of a kernel are maps over its accumulators. An accumulator is a node as well, but no item: it is read by this kernel only,
 * at the variables of its roles. All parts of a kernel speak of the same variables where they share a role. */
#ifndef SINTER_FORMS_KERNEL_H
#define SINTER_FORMS_KERNEL_H

#include "../plan.h"

typedef struct Form Form;
typedef struct FormHole FormHole;
typedef struct FormRole FormRole;
typedef struct Binding Binding;
typedef struct PredicateClass PredicateClass;
typedef struct Part Part;
typedef struct Stored Stored;
typedef struct Kernel Kernel;
typedef struct Why Why;

enum { MOST_HOLES = 8, MOST_ROLES = 8 };

/* ---- forms: what a template says it computes ---------------------------------------------------------------------------------------- */

struct FormHole {
    Str name;          /* "$a" */
    unsigned roles;    /* bit r: it may read indices of role r */
    int predicate;     /* it is a condition */
    int load_time;     /* as far as it can be, made of parameters only and evaluated by the compiler */
    char fades[2];     /* "fades t u": a power of the distance of these roles; the kernel takes its value at distance 1. 0: no such */
};

struct FormRole {
    char letter;
    int result;        /* an index of the result; else it is summed over */
    int needed;        /* may not be empty */
    int grid;          /* may have several ragged indices, which count its rows together: places of images */
};

struct Form {
    Str name;                 /* "gemm" */
    struct Template *text;    /* the file below the head; NULL: of a test */
    struct Template *beside;  /* "beside gemm": the same for machines with more, chosen when a kernel is started; NULL: there is none */
    struct Template *before, *after; /* "before gemm", "after gemm": what is left to do where a library multiplies; NULL: it cannot */
    Str equation;             /* of the head, as it is written */
    FormHole hole[MOST_HOLES];
    int holes;
    FormRole role[MOST_ROLES];
    int roles;
    struct Head *head;        /* head.h: its normal form, conditions, preferences, costs */
};

int form_hole(const Form *form, const char *name);  /* "$a": its number; -1: there is none */
int form_role(const Form *form, char letter);

/* ---- kernels ------------------------------------------------------------------------------------------------------------------------ */

struct Binding {
    Expr *value;       /* over the variables of its roles; of a predicate a condition, NULL: true everywhere */
    Expr *wanted;      /* the value as it was before it became a tensor of its own; NULL: it is as it was */
    Arithmetic arithmetic; /* of the product with this right side */
    int pairs;         /* it may go in pairs: where a tier has ports for them (runtime/simd/tile_pairs.h) */
    Node *scales;      /* its second array, if it is of bytes */
    Node *param;       /* value is a read of this parameter, stored or made by the compiler: free = role variables it has, in the order
                          of the roles in the head; else NULL */
};

/* Where a condition on a query q and a key u holds. */
struct PredicateClass {
    const char *name;  /* "full", "causal", "window", "dilated", "block", "prefix", "union", "data" */
    Var *query, *key;  /* what the range is about; NULL where there is none: full, data */
    Expr *low, *high;  /* the key lies between them, both included; over query, lengths and constants. Neither falls when query grows.
                          NULL: from 0, up to the last one */
    int exact;         /* every key between them is in it: inner tiles need no test */
};

struct Part { /* one accumulator */
    Node *result;          /* free = the variables of its roles, in the order the accumulator is written in; body, bound, where: the
                              reduction it stands for; of a form with several reductions in its head: their quotient */
    Binding bind[MOST_HOLES];
    VarList role[MOST_ROLES]; /* outermost first: by falling stride in what it reads */
    int runs;              /* of a left side that is read in runs: the first indices of what is summed over, which count them */
    PredicateClass predicate; /* of the form's predicate hole, if it has one */
    Node *maximum;         /* of an online softmax: read by an additive hole, the largest score under the predicate. Else NULL */
};

struct Stored {
    Node *node;        /* the item; its free variables are those of the roles */
    Expr *value;       /* over accumulators, other results of this kernel, stored tensors and variables of the roles */
    VarList axes;      /* = node->free */
};

struct Why { /* what was not done, and the reason */
    Str form;          /* the form that was not taken; NULL: the readers of a result are not in the kernel */
    Str what;          /* the tensor or the part it is about */
    const Node *of;    /* its name, where it has one only later */
    Str reason;        /* "hole $f reads index t" */
    Span span;
};

struct Kernel {
    const Form *form;
    int number;                 /* in its function, in order of computation */
    VEC(Part) part;             /* gemm: products with the same left side; rowwise: reductions of one row, in order of computation */
    VEC(Stored) stored;         /* in order of computation: a later one may read an earlier one at its own row */
    NodeList inside;            /* reductions that are read by holes and computed where they are read ("$dot") */
    NodeList fused;             /* equations of the author's that it computes: for comments */
    VEC(Why) why;
    NodeList helper;            /* items whose values are inside of it: accumulators, maxima, sums of products */
    int down;                   /* of a recurrence: from the last position to the first */
    int plain;                  /* it is not printed: plain loops compute what it stores */
    int apart;                  /* lanes may lie anywhere in memory, as no other way was found: they are chosen one by one */
    int gated;                  /* fewer results than products: one value is made of several */
};

/* A function's equations become kernels and plain nodes; called after recognise, before store_decide. */
void cover(Plan *p, Func *func);

#endif
