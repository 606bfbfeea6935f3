/* normal.h - expressions in normal form
 *
 * Two equations that differ in names, order of operands, signs, in what was given a name on the way, or in how they spell the same
 * quotient become the same expression: every reduction is a NormNode, maps belong to nobody and stand in their readers, and what is built
 * by the constructors below is in normal form, always. Expressions and nodes are hash-consed: equal is ==. The order of operands follows
 * their content, never an address or the order of creation.
 *
 * The governing principle is refinement: where the equation as written is finite (in double), its normal form agrees with it up to
 * rounding; a true infinity stays; where it is no number, anything goes. Ints are exact and stay so: they are folded only as far as
 * doubles hold them (2^53); what a comparison of reals, a floor or a sign hangs on is computed as it is written.
 *
 * A variable is a number and a dim. In a NormNode the free ones are 0 .. free - 1, the bound ones follow. The value of a tensor is an
 * expression over its axes: variables 0 .. rank - 1. Everywhere else fresh numbers are used (norm_fresh), which no node has. */
#ifndef SINTER_FORMS_NORMAL_H
#define SINTER_FORMS_NORMAL_H

#include "graph.h"

typedef struct Norm Norm; /* all expressions and nodes of one graph */
typedef struct NormExpr NormExpr;
typedef struct NormNode NormNode;

enum { NORM_FRESH = 64, NORM_AXES = 32 }; /* the first fresh number; more variables than this has no node */

typedef enum NormKind {
    NORM_NUM,     /* num */
    NORM_VAR,     /* variable number `var` over dim; T_INT */
    NORM_LEN,     /* length of a ragged dim; T_INT */
    NORM_POS,     /* place in dim->parent of element kid[0] of the sub-dim dim, -1 out of range (EX_POS); T_INT */
    NORM_READ,    /* a tensor (source) or a reduction (node) at kid[0..n-1]. A tensor is 0 (false) where an index is out of range */
    NORM_HOLE,    /* hole number `var` of a head, at kid[0..n-1] */
    NORM_SUM,     /* num + sum of coef[i] * kid[i], each kid once, no NUM among them; whole coef of ints. Flat, but a number before a real
                     sum is not multiplied into it: 0.5 * (a + b) is a sum of one term */
    NORM_PRODUCT, /* product of kid[i] ^ power[i]; no kid is a NUM, a PRODUCT, or a SUM of one term; at most one is an exp. At least one
                     power is not 1, or n > 1. Numbers stand in a sum around it */
    NORM_CALL,    /* op of kids: functions and IDIV, MOD, POW; MIN and MAX are flat, sorted, of any number. + - * / of reals below a
                     comparison or a floor only */
    NORM_SELECT,  /* kid[0] ? kid[1] : kid[2]; the other branch does not matter at all */
    NORM_LE,      /* of ints: kid[0] <= 0. Of reals there are two kids: kid[0] <= kid[1] */
    NORM_LT,      /* kid[0] < kid[1], of reals */
    NORM_EQ,      /* of ints: kid[0] == 0. Of reals there are two kids, sorted: kid[0] == kid[1] */
    NORM_AND,     /* flat, sorted; of nothing: true */
    NORM_OR,      /* flat, sorted; of nothing: false */
    NORM_NOT,     /* of a comparison of reals, of a read, of a hole */
    NORM_NONZERO  /* kid[0], or 1 where it is 0; a divisor */
} NormKind;

struct NormExpr {
    NormKind kind;
    Type type;          /* of ints where a real is wanted: converted, there is no operator for it. Not the other way round */
    Op op;              /* CALL */
    int var;            /* VAR, HOLE */
    int n;
    NormExpr **kid;
    double *coef;       /* SUM, by kid */
    int *power;         /* PRODUCT, by kid */
    double num;         /* NUM, SUM */
    Dim *dim;           /* VAR, LEN, POS */
    Node *source;       /* READ */
    NormNode *node;     /* READ */
    NormExpr **vars;    /* the variables in it, each once, by number */
    int nvars;
    int size;           /* nodes of the tree, at most INT_MAX */
    int has_hole;
    int finite;         /* whenever inputs and parameters are, sizes that overflow aside */
    uint64_t hash;      /* of its content */
    uint64_t shape;     /* of its content without the numbers of variables */
};

/* result[free] = reduce[bound where `where`] body. SUM, PROD, MAX, MIN, ANY (of conditions) and PICK; RED_ALL is a NOT of an ANY, a count
 * a sum of 1. Of nothing: 0, 1, 0, 0, false, 0. */
struct NormNode {
    int id;             /* in order of creation; for tables, never to sort by */
    Reduce reduce;
    Type type;
    int free, bound;
    NormExpr *var[NORM_AXES]; /* the variables: free ones, then bound ones; of a PICK in the order it counts in, else by content */
    NormExpr *where;    /* a condition; norm->yes: all */
    NormExpr *body;     /* pointwise; inner reductions are reads */
    int finite;
    uint64_t hash;
    uint64_t key;       /* of its content, without ids */
    const Node *from;   /* the first equation of the graph that it was found in; for names, places and quotes only. NULL: of a head */
};

struct Norm {
    Arena *arena;
    Graph *graph;
    NormExpr *yes, *no, *zero, *one; /* true, false, 0 and 1 (ints) */
    VEC(NormNode *) node;            /* by id */
    struct NormTable *table;
    int fresh;                       /* the next fresh number */
    const Node *from;                /* the equation at hand, for NormNode.from */
};

Norm *norm_new(Arena *arena, Graph *graph, uint64_t seed); /* seed: of the hash table; nothing that is seen depends on it */

/* ---- constructors -------------------------------------------------------------------------------------------------------------------- */

NormExpr *norm_num(Norm *m, Type type, double value);
NormExpr *norm_var(Norm *m, int number, Dim *dim);
NormExpr *norm_fresh(Norm *m, Dim *dim);                  /* a variable that occurs nowhere */
NormExpr *norm_len(Norm *m, Dim *dim);                    /* of a fixed dim: a number */
NormExpr *norm_pos(Norm *m, Dim *sub, NormExpr *element);
NormExpr *norm_read(Norm *m, Node *source, NormExpr *const *index); /* one for each axis */
NormExpr *norm_read_node(Norm *m, NormNode *node, NormExpr *const *index); /* one for each free variable */
NormExpr *norm_hole(Norm *m, int number, Type type, int n, NormExpr *const *index);

typedef struct NormTerm {
    NormExpr *e;
    double coef;
} NormTerm;
typedef struct NormFactor {
    NormExpr *e;
    int power;
} NormFactor;
typedef VEC(NormExpr *) NormList;
typedef VEC(NormTerm) NormTerms;
typedef VEC(NormFactor) NormFactors;

/* type: T_INT or T_REAL; an int sum has int members and whole coefficients. */
NormExpr *norm_sum(Norm *m, Type type, int n, const NormTerm *term, double constant);
NormExpr *norm_product(Norm *m, Type type, int n, const NormFactor *factor);
/* Any Op but those of texts: + - * / and comparisons too. */
NormExpr *norm_call(Norm *m, Op op, Type type, int n, NormExpr *const *kid);
/* As it is written, + - * / of reals too: what a comparison or a floor hangs on is not rounded in another way. */
NormExpr *norm_written(Norm *m, Op op, Type type, int n, NormExpr *const *kid);
NormExpr *norm_select(Norm *m, NormExpr *condition, NormExpr *yes, NormExpr *no);
NormExpr *norm_nonzero(Norm *m, NormExpr *e);

/* The usual ones, of the wider type. */
NormExpr *norm_add(Norm *m, NormExpr *a, NormExpr *b);
NormExpr *norm_subtract(Norm *m, NormExpr *a, NormExpr *b);
NormExpr *norm_scale(Norm *m, NormExpr *e, double factor); /* a factor that is not whole makes a real */
NormExpr *norm_times(Norm *m, NormExpr *a, NormExpr *b);
NormExpr *norm_divide(Norm *m, NormExpr *a, NormExpr *b);  /* of reals */
NormExpr *norm_power(Norm *m, NormExpr *e, int power);
NormExpr *norm_exp(Norm *m, NormExpr *e);

/* Conditions. */
NormExpr *norm_at_most_0(Norm *m, NormExpr *e); /* e <= 0, of ints */
NormExpr *norm_is_0(Norm *m, NormExpr *e);      /* of ints */
NormExpr *norm_less(Norm *m, NormExpr *a, NormExpr *b);    /* a < b */
NormExpr *norm_at_most(Norm *m, NormExpr *a, NormExpr *b); /* a <= b */
NormExpr *norm_equal(Norm *m, NormExpr *a, NormExpr *b);
NormExpr *norm_and(Norm *m, int n, NormExpr *const *kid);
NormExpr *norm_or(Norm *m, int n, NormExpr *const *kid);
NormExpr *norm_both(Norm *m, NormExpr *a, NormExpr *b);
NormExpr *norm_not(Norm *m, NormExpr *e);
NormExpr *norm_in_range(Norm *m, NormExpr *index, Dim *dim); /* 0 <= index < len(dim); true where that is proven */

/* reduce[bound where `where`] body, all rules applied: conditions that need no bound variable, factors and addends go out, a domain of one
 * point is put in, cases that exclude each other are added, quotients of sums of exps get their true maximum. bound: variables that
 * occur nowhere else. type: of the result. */
NormExpr *norm_reduce(Norm *m, Reduce reduce, Type type, int n, NormExpr *const *bound, NormExpr *where, NormExpr *body);

/* A node of exactly this reduction (found again when it is there) at its free variables; no rule but numbering. */
NormExpr *norm_node(Norm *m, Reduce reduce, Type type, int n, NormExpr *const *bound, NormExpr *where, NormExpr *body);

/* ---- questions ----------------------------------------------------------------------------------------------------------------------- */

int norm_compare(const NormExpr *a, const NormExpr *b);      /* by content; 0: the same expression */
int norm_compare_node(const NormNode *a, const NormNode *b);
int norm_uses(const NormExpr *e, const NormExpr *var);
int norm_uses_any(const NormExpr *e, int n, NormExpr *const *var);
int norm_is_num(const NormExpr *e, double value);
int norm_whole_range(const NormExpr *e, double *low, double *high); /* of an int expression, as far as it can be told; within 2^53 */
int norm_inside(Norm *m, NormExpr *index, Dim *dim);         /* proven: 0 <= index < len(dim) */
int norm_affine(const NormExpr *e);                          /* a sum of variables and lengths, or one of them, or a number */
int norm_inhabited(Norm *m, int n, NormExpr *const *bound, NormExpr *where, NormExpr *about); /* proven: the domain of a reduction that
                                                                reads the variables of about is never empty */
int norm_exclude(Norm *m, const NormExpr *a, const NormExpr *b); /* proven: not both conditions hold */

/* The parts of any expression as a sum, a product, a conjunction: what it consists of, or the expression alone. */
void norm_terms(Norm *m, NormExpr *e, NormTerms *out, double *constant);
void norm_factors(Norm *m, NormExpr *e, NormFactors *out, double *coef);
void norm_conjuncts(Norm *m, NormExpr *e, NormList *out);

/* Every READ below e, e itself included, each once, operands first; not what nodes read. */
void norm_reads(Norm *m, NormExpr *e, NormList *out);
/* Nodes below e, those of their bodies included, each once: what a node reads stands before it. `out` may hold some already. */
typedef VEC(NormNode *) NormNodes;
void norm_nodes(Norm *m, NormExpr *e, NormNodes *out);

/* ---- rewriting: always through the constructors, each distinct part once ------------------------------------------------------------- */

/* Variables `from` become `to`, all at the same time. */
NormExpr *norm_replace(Norm *m, NormExpr *e, int n, NormExpr *const *from, NormExpr *const *to);

/* f gives what a part becomes; NULL: it is rebuilt of its kids. Not called for parts of what it gave. */
typedef NormExpr *NormMap(void *context, NormExpr *e);
NormExpr *norm_rebuild(Norm *m, NormExpr *e, NormMap *f, void *context);
/* e with these kids instead of its own, by the constructor of its kind. */
NormExpr *norm_with_kids(Norm *m, const NormExpr *e, NormExpr *const *kid);

/* The body and condition of a node at these indices (one for each free variable). bound: its bound variables are called so; NULL: fresh
 * ones are made and given in *made. */
typedef struct NormInstance {
    NormExpr *bound[NORM_AXES];
    NormExpr *where, *body;
} NormInstance;
NormInstance norm_instance(Norm *m, const NormNode *node, NormExpr *const *index, NormExpr *const *bound);

/* ---- from the graph ------------------------------------------------------------------------------------------------------------------ */

/* What a tensor is to the normal form. */
typedef struct NormView {
    Node *node;     /* it, or what it is the same as: an argument's source, what a call's result is made of */
    int inlined;    /* node is an equation that stands in its readers; else it is read as a tensor */
    int hole;       /* -1; else it is this hole of a head */
} NormView;

typedef struct NormGraph {
    Norm *norm;
    NormView (*view)(void *context, Node *node);
    void *context;
    VEC(struct NormValue {
        NormExpr *value; /* NULL: it has none */
        const char *why; /* it is read as a tensor */
        int known;
    }) value;            /* by Node.id */
    VEC(struct NormBinding {
        const Var *var;
        NormExpr *e;
    }) binding;          /* of the expression at hand */
    const char *failed;
    int written;         /* what is read decides something: arithmetic of reals stays as it is written */
    int alone;           /* an expression by itself: norm_smooth is asking */
    int smooth;          /* the condition at hand is that of a choice which decides nothing */
} NormGraph;

NormGraph *norm_graph_new(Norm *m, NormView (*view)(void *context, Node *node), void *context);

/* The value of an equation over its axes: variables 0 .. rank - 1. NULL: it has none, *reason says why. */
NormExpr *norm_equation(NormGraph *g, Node *node, const char **reason);
/* An expression of the graph, its variables as these (n of them). */
NormExpr *norm_from_expr(NormGraph *g, const Expr *e, int n, Var *const *from, NormExpr *const *to);
/* Both branches of a choice (EX_SELECT) are the same where its comparisons of reals turn: no rounding matters to them. */
int norm_smooth(Arena *arena, Graph *graph, const Expr *select);
/* Why reads of an equation were not replaced by its value, though the view said so: too large, or of a kind that has no normal form.
 * NULL: they were. It must be stored. */
const char *norm_kept(NormGraph *g, const Node *node);

/* ---- to the graph -------------------------------------------------------------------------------------------------------------------- */

typedef struct NormWriter {
    Norm *norm;
    Graph *graph;
    Node *(*node)(void *context, NormNode *node); /* the tensor that holds a reduction, an axis for each free variable */
    void *context;
    NormList from; /* these variables */
    VarList to;    /* are called so */
    Span span;     /* of what is made */
} NormWriter;

/* There may be no hole in e. Ints stay exact, a sum is added in its order, powers are multiplied. */
Expr *norm_to_expr(NormWriter *w, const NormExpr *e, Type type);
/* Fills in the equation of into: new variables for its axes, reduce, bound, where, body, type. The writer's variables are set to it. */
void norm_to_node(NormWriter *w, const NormNode *node, Node *into);
/* The same of a value over variables 0 .. rank - 1 of `into`, which has its axes: a map. */
void norm_to_map(NormWriter *w, NormExpr *value, Node *into);

/* Each equation that stands in a step of its own becomes its normal form, with new equations for the reductions in it; the meaning stays.
 * Of every unit apart, calls and recurrences as they are. */
void norm_rewrite(Graph *graph, uint64_t seed);
/* Prints what norm_rewrite would compute: units, their outputs, nodes. */
void norm_dump(Graph *graph, uint64_t seed, FILE *out);

/* ---- for people ---------------------------------------------------------------------------------------------------------------------- */

void norm_print(const NormExpr *e, FILE *out);
/* N3[t] = sum[d] ..; named by the place in list. */
void norm_print_nodes(const NormNodes *list, FILE *out);
void norm_print_in(const NormNodes *list, const NormExpr *e, FILE *out);
const char *norm_verify(Norm *m, const NormExpr *e); /* NULL, or what promise it breaks; for tests */

#endif
