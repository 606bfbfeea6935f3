/* covering.h - what the files of the cover share
 *
 * head_text.c  heads as texts of the language          head.c      and in normal form
 * unify.c      a head against an expression            roles.c     what its indices are to it
 * boxes.c      the expressions that are still open     temp.c      tensors that kernels may store
 * grow.c       what is stored grows, grow_end.c: until grow_common.c, meet.c  where it is read several times
 * formula.c    forms of several reductions             inside.c    and what they compute inside
 * contract.c   products, scans, sums: one reduction
 * wanted.c     where a reduction is wanted              windows.c   left sides that slide
 * rows.c       reductions of one row                   predicate_class.c  where a condition holds
 * cover.c      the order of all that                   items.c     from the function and back to it
 * why.c        reasons                                fused.c      which equations a kernel computes
 *
 * A box holds an expression that is still to be computed or belongs to a kernel that waits: values of outputs, holes of kernels, the
 * condition and the body of every reduction that is read by one of them. When a kernel takes a reduction, its reads in all boxes
 * become reads of a temp. */
#ifndef SINTER_FORMS_COVERING_H
#define SINTER_FORMS_COVERING_H

#include "head.h"
#include "kernel.h"
#include "../normal/normal.h"

typedef struct Head Head;
typedef struct Temp Temp;
typedef struct Draft Draft;
typedef struct DraftPart DraftPart;
typedef struct Box Box;
typedef struct Cover Cover;
typedef struct Env Env;

/* ---- heads -------------------------------------------------------------------------------------------------------------------------- */

struct Head {
    Norm *norm;              /* of the head alone */
    NormExpr *root;
    NormExpr *letter[MOST_ROLES]; /* the variable of each role */
    int formula;             /* several reductions: the root is a product of them */
    int any;                 /* the operator is free */
    int row;                 /* continued by reductions of the same row */
    int map;                 /* no reduction at all: maps.h */
    char along;              /* the letter whose turns follow each other; 0: none */
    Condition *when;
    int prefer_load_time;
    int wanted;              /* the hole of a condition under which results are wanted; -1: everywhere */
};

/* ---- matching ----------------------------------------------------------------------------------------------------------------------- */

enum { MOST_BOUND = 6, MOST_PAIRS = 4, MOST_ENVS = 4096 };

struct Env { /* what stands for the head's holes, letters and reductions */
    NormExpr *hole[MOST_HOLES];
    NormExpr *rest[MOST_HOLES]; /* before it was divided by what stands beside it */
    NormExpr *letter[MOST_ROLES][MOST_BOUND];
    int letters[MOST_ROLES];    /* 0: open */
    int tuple[MOST_ROLES];      /* bound by a reduction */
    NormExpr *head_read[MOST_PAIRS], *model_read[MOST_PAIRS];
    int pairs;
};
typedef VEC(Env) EnvList;

typedef struct Unify {
    Cover *cover;
    const Form *form;
    EnvList *out;
    int many;    /* more than the limit */
} Unify;

/* Adds all environments in which the head is the expression; leaves the factors that the root product may leave over in rest (by
 * environment), when rest is not NULL. */
void unify(Unify *u, NormExpr *head, NormExpr *e, const Env *env, EnvList *out);
typedef struct ProductMatch {
    Env env;
    NormFactors left;
} ProductMatch;
typedef VEC(ProductMatch) ProductMatches;
void unify_product(Unify *u, NormExpr *head, NormExpr *e, const Env *env, ProductMatches *out);

/* Roles of the variables by the holes they occur in. NULL and a reason where there is none. */
Str roles_of(Cover *c, const Form *form, const Env *env, NormList role[MOST_ROLES]);

/* ---- tensors ------------------------------------------------------------------------------------------------------------------------ */

struct Temp { /* a value that a kernel may store */
    Node *node;        /* what reads of it name */
    int n;
    NormExpr *axis[NORM_AXES];
    NormExpr *value;   /* over its axes: accumulators, other temps, tensors */
    NormExpr *origin;  /* the same in the words of the equations: reductions as nodes */
    int ready;         /* stored */
    int accumulator;   /* never stored: read by its kernel only */
    int pairs;         /* plain, over two ragged indices: no kernel reads it */
    Draft *draft;      /* NULL: plain */
    NormNode *plain;   /* this reduction, by plain loops: */
    NormExpr *where, *body;
    Node *out;         /* it is this output, */
    int out_axis[NORM_AXES]; /* whose axes are these of it */
    const Node *equation; /* of the author's that has its value, up to a constant factor; set by naming */
};

struct DraftPart {
    NormNode *node;              /* the reduction; NULL: a formula */
    NormExpr *core;              /* the formula, over the axes of its accumulator */
    NormExpr *hole[MOST_HOLES];
    NormList role[MOST_ROLES];
    Temp *accumulator, *first;   /* first: the temp that its reads became, */
    NormExpr *read;              /* over the axes of which the reduction is read like this */
    Node *maximum;
    NormExpr *largest;           /* what it stands for: its axes are those of this read */
    NormExpr *where, *body;      /* rows: over the variables of the roles */
};

struct Draft { /* a kernel in the making */
    const Form *form;
    int number;
    VEC(DraftPart) part;
    VEC(Temp *) stored, temp;
    NormNodes inside;
    VEC(Why) why;
    NodeList fused;    /* equations of the author's */
    Kernel *kernel;
    int gated;
};

/* ---- the state ---------------------------------------------------------------------------------------------------------------------- */

typedef enum BoxKind { BOX_OUT, BOX_HOLE, BOX_WHERE, BOX_BODY, BOX_INSIDE_WHERE, BOX_INSIDE_BODY, BOX_STASH } BoxKind;

struct Box {
    BoxKind kind;
    Node *out;               /* BOX_OUT: its value over its axes */
    Draft *draft;            /* BOX_HOLE, BOX_INSIDE_.. */
    int hole;
    NormNode *node;          /* BOX_WHERE, BOX_BODY */
    NormNode *inside;        /* BOX_INSIDE_..: a reduction that the draft computes where it is read, whoever else needs it */
    Temp *stash;             /* BOX_STASH */
    NormExpr *e;
};

typedef struct Stash {       /* a formula that kernels want as a tensor */
    const NormNode *key;     /* the same formula has the same one, */
    NormExpr *own;           /* read like this at the variables of the tensor's axes */
    Temp *temp;
} Stash;

typedef struct Event { /* the result, in order of computation: one of */
    Draft *draft;
    Temp *plain;
    Temp *map;               /* a stash */
    Node *out;               /* a map that is left of an output */
    NormExpr *value;
    const Item *opaque;
} Event;

typedef struct Opaque {      /* an item that stays as it is */
    const Item *item;
    NodeList needs;          /* outputs it reads */
    int ready;
} Opaque;

struct Cover {
    Plan *p;
    Func *func;
    Norm *norm;
    NormGraph *graph;
    VEC(const Form *) form;
    VEC(Box) box;
    const Box *at;           /* being rewritten */
    VEC(char) live;          /* by node id: it is read, by more than kernels that compute it inside */
    VEC(Temp *) temp;        /* all */
    VEC(Draft *) pending, done;
    VEC(Stash) stash;
    VEC(Event) event;
    VEC(Why) why;
    VEC(Opaque) opaque;      /* in the order of the function */
    int opaque_next;         /* the first that is not ready */
    VEC(char) inlined;       /* by node id: it stands in its readers */
    int made;                /* nodes from here on are of the cover */
    NodeList out_done;
    int drafts;
};

/* boxes.c */
void boxes_sync(Cover *c);                                  /* who is alive, who is needed as a tensor */
void boxes_rewrite(Cover *c, NormMap *f, void *context);
NormExpr *box_where(Cover *c, const NormNode *node);        /* as it is now */
NormExpr *box_body(Cover *c, const NormNode *node);
NormInstance box_instance(Cover *c, const NormNode *node, NormExpr *const *index, NormExpr *const *bound);
void boxes_drop(Cover *c, const NormNode *node);
int box_is_inside(const Draft *d, const NormNode *node);
int box_keeps(const Cover *c, const NormExpr *e);           /* a read that the box at hand computes inside */
int box_is_live(const Cover *c, const NormNode *node);

/* temp.c */
Temp *temp_new(Cover *c, int n, NormExpr *const *axis, NormExpr *value, NormExpr *origin);
Temp *temp_of(const Cover *c, const Node *source);          /* NULL: no temp */
Node *temp_node(Cover *c, int n, NormExpr *const *axis, Type type); /* a tensor that reads can name */
NormExpr *temp_read(Cover *c, const Temp *t, NormExpr *const *index);
NormExpr *temp_read_as(Cover *c, const Temp *t, const NormExpr *own, NormExpr *const *index); /* own: a read at its axes */
NormExpr *temp_origin(Cover *c, NormExpr *e);               /* every read of a temp as what it stands for */
int reads_source(const NormExpr *e, const Node *source);
int is_known(Cover *c, const NormExpr *e, Temp *const *mate, int mates); /* all it reads is there */
int is_params(const Cover *c, const NormExpr *e);           /* reads parameters only */
int is_load_time(const Cover *c, const NormExpr *e);        /* the compiler can evaluate it */
int list_has(const NormList *list, const NormExpr *e);
int ragged_vars(NormExpr *const *var, int n);
int is_extreme(const NormNode *node);                       /* its value of nothing is no neutral one */
int may_be_empty(Cover *c, const NormNode *node);

/* stash.c */
void stash_operands(Cover *c, Draft *d);                    /* of a kernel that is closed */
int stash_advance(Cover *c);                                /* 1: one of them is there */

/* A read of the tensor that holds e, at e's own variables; e: there is none, as of what has several ragged ones, unless pairs are asked
 * for. */
NormExpr *stash_of(Cover *c, NormExpr *e, int pairs);

/* windows.c: left sides of products that slide */
void windows_store(Cover *c);
int form_reads_runs(const Form *form); /* a hole of it says "in runs" */

/* stride.c */
void stride_sort(NormExpr *const *hole, int holes, NormExpr **var, int n); /* outermost first: by what these expressions read */

/* Of the axes of a reduction that is read so: rows first, then what the form stores side by side; within them by what it reads, and by how
 * it is read. */
void stride_sort_result(Cover *c, const NormExpr *read, NormExpr *const *hole, const Form *form, const NormList *role, NormExpr **axis);

/* grow.c */
Temp *grow(Cover *c, Temp *t, Temp *const *mate, int mates, const NormList *row);
Str grow_ends(Cover *c, Temp *t, Temp *const *mate, int mates); /* why it does not grow on; NULL: it is a result as it is */

/* formula.c */
void formula_cover(Cover *c, const Form *form);
void formula_almost(Cover *c);                              /* reasons for what none of them took */
void formula_other_weights(Cover *c, const NormNode *node); /* and for what stays plain loops */

/* inside.c */
int needs_query(const Form *form);                          /* an index of its result that may not be empty */
void formula_close(Cover *c, Draft *d);                     /* no more matches: what it computes inside is its own */

/* contract.c, asked.c, rows.c */
int contract_cover(Cover *c, NormNode *node, Draft *d);     /* 0: no form takes it; reasons in d->why */
int contract_takes(Cover *c, NormNode *node);
Str contract_when(Cover *c, const Form *form, const NormList *role, NormExpr *const *hole); /* NULL: the form's condition holds */
int gathers(const NormExpr *e);                             /* some index is made of data, or by a formula that is no sum of indices */
double vars_size(const NormList *vars, double ragged);      /* asked.c: how many places they have, where a ragged one has so many */
NormExpr *fades(Cover *c, NormExpr *e, const NormList *later, const NormList *earlier); /* fades.c */
NormList wanted(Cover *c, const NormNode *node, NormExpr *const *index); /* wanted.c: conditions that all its readers share */
int wanted_beyond(Cover *c, const Temp *t, const NormExpr *e, const NormExpr *read); /* e, which holds the read, is wanted where t is not */
int rows_cover(Cover *c, NormNode *node, Draft *d);
void draft_finish(Cover *c, Draft *d, const NormList *row); /* lets its temps grow, keeps those that are read */
void draft_take(Cover *c, Draft *d);                        /* reads of its reductions become reads of temps */

/* cover.c */
int cover_is_open(Cover *c, const NormNode *node);          /* all it reads is there */

/* items.c */
void items_read(Cover *c);                                  /* what stays, what is covered */
int items_source_is_ready(const Cover *c, const Node *source);
int items_dim_is_ready(const Cover *c, const Dim *dim);
void items_advance(Cover *c);                               /* events of outputs and items that are ready now */
void items_write(Cover *c);                                 /* the events become the function's items */

/* naming.c */
void naming(Cover *c, const NodeList *equations);

/* fused.c: after naming */
void fused_find(Cover *c);

/* why.c */
void why_add(Cover *c, Draft *d, const Form *form, const NormNode *node, Str reason);
Str why_var(const NormExpr *var);                           /* "t" */

#endif
