/* graph.h - a model as equations over index variables
 *
 * The middle of the compiler. A node is one equation: result[free] = op[bound where P] body, with a pointwise body whose leaves read other
 * nodes at index expressions. There are no operators above that: softmax, a norm, attention, a convolution are all such equations.
 * Inner reductions of the author's text are nodes of their own.
 *
 * A graph describes one sequence. A unit is a function a person wrote, the body of one turn of a layer loop, or the top level. It is a
 * list of steps in the order of the text; the evaluator executes the steps as they stand. Every call has a unit of its own; equal ones
 * are found again when C is written.
 *
 * Everything lives in one arena; nodes, variables and dims are numbered at creation and visited in that order, so output is
 * deterministic. */
#ifndef SINTER_GRAPH_H
#define SINTER_GRAPH_H

#include "arena.h"
#include "source.h"
#include "str.h"

#include <stdint.h>
#include <stdio.h>

typedef struct Dim Dim;
typedef struct Var Var;
typedef struct Expr Expr;
typedef struct Node Node;
typedef struct Unit Unit;
typedef struct Step Step;
typedef struct Graph Graph;

typedef enum Type { T_ERROR, T_BOOL, T_INT, T_REAL } Type; /* T_ERROR: reported already, stays silent */

/* ---- dims ------------------------------------------------------------------------------------------------------------------------- */

typedef enum DimKind {
    DIM_FIXED,   /* length elements */
    DIM_GIVEN,   /* ragged: the caller gives a length for each sequence */
    DIM_FORMULA, /* ragged: formula, an integer expression of lengths (EX_LEN) and scalars; a negative value means 0 */
    DIM_WHERE,   /* ragged: those elements of parent for which mask is true, in order */
    DIM_TAKEN    /* ragged: as long as what is handed to a tensor over it, an argument or a result of a loop (STEP_LOOP) */
} DimKind;

struct Dim {
    int id;
    DimKind kind;
    Str name;         /* as the author spells it; two dims may share a name */
    int64_t length;   /* DIM_FIXED */
    int64_t bound;    /* ragged: the longest length allowed; INT64_MAX: none was given */
    Expr *formula;    /* DIM_FORMULA */
    Expr *most;       /* of what grows: the longest length in this sequence, a formula of lengths; longer is an error. Else NULL */
    Dim *parent;      /* DIM_WHERE; also of a DIM_FIXED sub-dim: tensors over the parent may be read at this dim */
    Node *mask;       /* DIM_WHERE: a bool node over [parent] */
    int64_t *member;  /* DIM_FIXED sub-dim: place in the parent of each element; NULL: the first `length` ones */
    int given;        /* DIM_GIVEN: number among the given dims */
    Str *label;       /* DIM_FIXED by a list of words: the names of its elements; else NULL */
    Span span;
};

static inline int dim_is_ragged(const Dim *dim)
{
    return dim->kind != DIM_FIXED;
}

/* An index variable: ranges over 0 .. length of its dim - 1. */
struct Var {
    int id;
    Dim *dim;
    Str name; /* "t", "t'" */
};

typedef VEC(Var *) VarList;

int var_index(const VarList *list, const Var *var); /* -1: it is not in it */
int var_among(const VarList *list, const Var *var);

/* ---- expressions ------------------------------------------------------------------------------------------------------------------ */

typedef enum ExprKind {
    EX_CONST,  /* integer (T_INT, T_BOOL) or real (T_REAL) */
    EX_VAR,    /* var, T_INT */
    EX_LEN,    /* length of dim in this sequence, T_INT */
    EX_READ,   /* node at kid[0..n-1], one T_INT per axis of the node; otherwise: value where some index is out of range (NULL: 0) */
    EX_POS,    /* place in dim->parent of element kid[0] of the sub-dim dim, T_INT; -1 out of range, so a read there is absent */
    EX_OP,     /* op of kids */
    EX_SELECT  /* kid[0] ? kid[1] : kid[2]; the other branch does not matter at all */
} ExprKind;

/* One row per scalar operator; see op_table in expr.c. Arguments are converted (bool -> int -> real) before the operator. */
typedef enum Op {
    OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_NEG, OP_IDIV, OP_MOD, OP_POW,
    OP_LT, OP_LE, OP_EQ, OP_NE, OP_AND, OP_OR, OP_NOT,
    OP_MIN, OP_MAX, OP_ABS, OP_SIGN,
    OP_EXP, OP_LOG, OP_LOG1P, OP_EXPM1, OP_SIN, OP_COS, OP_TANH, OP_ERF, OP_SQRT,
    OP_FLOOR, OP_CEIL, OP_ROUND, OP_TRUNC,
    OP_TO_INT,  /* real -> int, the value is a whole number or is cut towards zero */
    OP_TO_REAL, /* bool, int -> real */
    OP_BOOL_INT,/* bool -> int */
    OP_TEXT_KEY, OP_TEXT_JOIN, OP_TEXT_TIMES, /* of symbols (scalar_text.h), which are T_INT: an int that orders as the strings do (until
                                               another string is made), a followed by b, a repeated b times */
    OP_COUNT_
} Op;

typedef struct OpInfo {
    const char *name; /* as in the language: "exp", "+" */
    int arity;
    int infix;        /* printed between its operands */
    int precedence;   /* of infix operators, higher binds tighter */
    int costly;       /* a transcendental function or a root: worth keeping instead of computing twice */
} OpInfo;
extern const OpInfo op_table[OP_COUNT_];

struct Expr {
    ExprKind kind;
    Type type;
    Op op;
    int n;
    Expr **kid;
    int64_t integer;
    double real;
    Var *var;
    Dim *dim;
    Node *node;
    Expr *otherwise;
    int text;   /* EX_CONST: the symbol of a string (scalar_text.h) */
    int inside; /* EX_READ: bit k set: index k is proven in range, no guard is needed */
    Span span;
};

/* ---- nodes ------------------------------------------------------------------------------------------------------------------------ */

typedef enum NodeKind {
    NODE_INPUT, /* given by the caller */
    NODE_STATE, /* the caller's memory, kept between calls; value on the first call: body over free */
    NODE_PARAM, /* stored weights, or an equation of such (op, body) that is evaluated once by the compiler */
    NODE_EQ,    /* an equation */
    NODE_ARG,   /* a tensor handed to this unit */
    NODE_RESULT /* what a call gives back */
} NodeKind;

typedef enum Reduce { RED_NONE, RED_SUM, RED_PROD, RED_MAX, RED_MIN, RED_ANY, RED_ALL, RED_PICK } Reduce;
/* RED_PICK: body at the first place (bound indices in lexicographic order) where `where` holds. A count is RED_SUM of the integer 1. */

struct Node {
    int id;
    NodeKind kind;
    Type type;
    Dim *extent;     /* T_INT whose values are indices into this fixed dim, 0 <= value < length, promised; else NULL */
    Str name;        /* the author's, or a word made from the text */
    int named;       /* 1: an equation of the author's with this name; 0: a part of one, or of a library function */
    int output;      /* 1: an output of the model (only in the top unit) */
    VarList free;    /* axes in order */
    Reduce reduce;
    VarList bound;
    Expr *where;     /* NULL: all */
    Expr *body;
    Expr *empty;     /* value of an empty reduction; NULL: 0, 1 for RED_PROD, 0 for RED_MAX/MIN/PICK, false/true for any/all */
    Span span;       /* of the equation (or the part of it) in the text */
    Str library;     /* dissolved from this library function ("rmsnorm"), else NULL; span is then the author's equation that called it */
    Span quote;      /* library text it was made from */
    Str called;      /* an output of a program: the author's name for it, or NULL */
    Span said, over; /* of a program: the statements that say what it is, and the selector that it reduces over */
    Node *next;      /* NODE_STATE: what it becomes at the end of a call */
    /* NODE_INPUT */
    int input;       /* number among the inputs */
    int optional;    /* has a default: body over free */
    int text;        /* of inputs and outputs: the ints are symbols of strings (scalar_text.h) */
    /* NODE_PARAM with body == NULL: the stored tensor(s) */
    Str path;        /* checkpoint path; with a family, of its first member */
    Str *family;     /* paths of the members stacked along axis 0, family_n of them; NULL: one tensor */
    int family_n;
    /* NODE_ARG, NODE_RESULT */
    Node *source;    /* ARG: the caller's tensor; RESULT: the tensor inside the called unit */
    Unit *unit;      /* the unit it belongs to; params belong to none */
    int wide;        /* sums that reach a comparison, a floor, an index or a dim: computed and stored in double (set by a pass) */
};

typedef VEC(Node *) NodeList;

/* ---- steps and units -------------------------------------------------------------------------------------------------------------- */

typedef enum StepKind {
    STEP_NODE,  /* compute node in full */
    STEP_DIM,   /* make dim: its mask or the scalars in its formula are known now */
    STEP_CALL,  /* run unit; results are NODE_RESULTs of this unit */
    STEP_REQUIRE, /* node, a single int, is negative; else it is the position where something is wrong with the sequence: message */
    STEP_ALONG, /* nodes of `group`, all with var as a free variable, for var = 0, 1, .. (down: from the end); they may read each other at
                   earlier turns, and at the same turn if they stand before in the group */
    STEP_LOOP,  /* run unit turn by turn, until its STEP_LEAVE says stop; `once`: one turn at most, an `if`. Its first args, as many as it
                   has results, are carried: they hold their sources in the first turn, the results of the turn before in the others.
                   results[k] of this step is what args[k] held in the turn that was left. More than LOOP_TURNS turns are an error. */
    STEP_LEAVE  /* in the unit of a loop only, before anything but what its condition needs: the loop ends here unless node, a bool
                   without axes, is true */
} StepKind;

enum { LOOP_TURNS = 1 << 20 };

struct Step {
    StepKind kind;
    Node *node;
    Dim *dim;
    Unit *unit;
    NodeList group, results;
    Var *var;
    int down;
    int once; /* STEP_LOOP */
    Str message; /* STEP_REQUIRE: a sentence that goes on with "at position 3" */
    Span span;   /* STEP_REQUIRE: what it is about */
};

typedef enum UnitKind { UNIT_TOP, UNIT_FUNCTION, UNIT_TURN, UNIT_LOOP } UnitKind;

struct Unit {
    int id;
    UnitKind kind;
    Str name;         /* function's name, or a word for the loop made from its prefix: "encoder_layer" */
    Span span;        /* head of the function or loop */
    NodeList args;    /* NODE_ARG, in order of parameters, then of first use for tensors from outside */
    NodeList results; /* the nodes (of this unit) it gives back */
    VEC(Step) step;
    Unit *caller;
    int loop;         /* UNIT_TURN: number of the loop; turns of one loop follow each other as calls in the caller. From 1 */
    int turn, turns;
    int carried;      /* UNIT_TURN, UNIT_LOOP: args[k] of the next turn is results[k] of this one for k < carried */
    Str prefix;       /* parameter prefix at its head, for names of weight structs */
};

/* Of a program's value: which output holds each part of a sequence, -1: none; a grid has `whole`. */
typedef struct ProgramLeaf {
    int type, whole, real, text;
} ProgramLeaf;

/* What is known of the value before one of its leaves, or behind the last: in both forms of results. */
typedef struct ProgramKnown {
    Str json, text;
} ProgramKnown;

struct Graph {
    Arena *arena;
    Str name;                /* of the model */
    const Source *source;
    Unit *top;
    VEC(Dim *) dims;
    NodeList inputs, outputs, params; /* params in order of first use; states too, at the end */
    NodeList states;
    VEC(Unit *) units;       /* in order of creation, callers before callees */
    int nodes, vars;
    Str weights, tokenizer;  /* file names as written, NULL if none */
    VEC(Str) files;          /* all that the text names, in order of reading: configs, weights, the tokenizer */
    const struct Weights *weight_file;
    VEC(Str) absent;         /* every "a ?? b" that took b: "norm.bias ?? 0" */
    VEC(Str) label;          /* names of classes: of graph_classes() of an output */
    int multi_label;
    int program;             /* a RASP program: reals are doubles wherever they are stored, some ints are symbols of strings; its inputs
                                are called tokens, tokens_int .., the parts of an output out_type, out_int .. (rasp/lower.c) */
    VEC(Span) placed;        /* program: selectors that became reads of a place that is known */
    VEC(ProgramLeaf) leaf;   /* program: sequences and grids of its value */
    VEC(ProgramKnown) known; /* program: one more than leaves */
    Span made_at;            /* program: the place of that value in the text */
};

Graph *graph_new(Arena *arena);
Dim *graph_dim(Graph *graph, DimKind kind, Str name, Span span);
Var *graph_var(Graph *graph, Dim *dim, Str name);
Node *graph_node(Graph *graph, NodeKind kind, Str name, Span span);
Unit *graph_unit(Graph *graph, UnitKind kind, Str name, Span span);

/* The dim whose elements have names, of which an output's values are indices, or else in which they are scores; NULL: none. */
const Dim *graph_classes(const Node *output);

/* The input that token ids go to: the first of indices along a dim whose length the caller gives; NULL: none. */
const Node *graph_ids_input(const Graph *graph);

/* Checks every invariant stated above; returns NULL or a sentence about the first that is broken. For tests and --dump. */
const char *graph_verify(const Graph *graph);
void graph_print(const Graph *graph, FILE *out);

/* ---- expressions: constructors fold constants (in double; integers exactly, never when they overflow) ----------------------------- */

Expr *expr_int(Graph *graph, int64_t value, Span span);
Expr *expr_real(Graph *graph, double value, Span span);
Expr *expr_bool(Graph *graph, int value, Span span);
Expr *expr_var(Graph *graph, Var *var, Span span);
Expr *expr_len(Graph *graph, Dim *dim, Span span);
Expr *expr_pos(Graph *graph, Dim *sub, Expr *element, Span span);
Expr *expr_read(Graph *graph, Node *node, int n, Expr **index, Expr *otherwise, Span span); /* sets inside where it is plain to see */
Expr *expr_select(Graph *graph, Expr *condition, Expr *yes, Expr *no, Span span);           /* converts both to the wider type */
Expr *expr_op(Graph *graph, Op op, Expr *a, Expr *b, Span span);                            /* b NULL if unary; converts */
Expr *expr_to(Graph *graph, Expr *e, Type type);

int expr_is_const(const Expr *e, double *value);            /* as a double */
int expr_same(const Expr *a, const Expr *b);                /* structurally, same variables, same nodes */
int expr_uses(const Expr *e, const Var *var);
void expr_vars(const Expr *e, Arena *arena, VarList *out);  /* adds those not yet in it, in order of first occurrence */
Expr *expr_replace(Graph *graph, Expr *e, const VarList *from, Expr *const *to); /* simultaneous substitution */
void expr_print(const Expr *e, FILE *out);
/* Range of an integer expression when it can be told without data (ragged lengths: 0 .. bound): returns 1 and sets both. */
int expr_range(const Expr *e, int64_t *low, int64_t *high);

const char *type_name(Type type);

/* ---- work ------------------------------------------------------------------------------------------------------------------------- */

/* Operations on reals and reads of tensors; of a choice the longer branch. */
typedef struct Work {
    int adds, multiplies, divides, functions, reads;
} Work;

Work expr_work(const Expr *e);          /* of one evaluation */
Work node_work(const Node *node);       /* of one evaluation of its body, and of taking the value into a reduction */
int node_work_varies(const Node *node); /* a predicate, a choice or a default may save some of it */
Work work_sum(Work a, Work b);
int work_flops(Work work);

#endif
