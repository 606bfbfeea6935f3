/* plan.h - what the C back end knows about a graph between reading it and printing it
 *
 * The passes, in order:
 *   tables   of fast targets: what is made of places alone is computed once, at the top                     graph -> graph
 *   share    equal units become one Func; its steps become Items; empty reductions are made explicit      graph -> funcs, items
 *   wide     sums that reach a comparison, an index or a length are marked: double                         -> Info.wide
 *   recognise reductions over positions become recurrences, lookups, totals                       -> items, Info.join
 *   store    for each node: dissolved into its readers, local to one nest, or stored                       -> clusters and members
 *   order    the order of loops in each nest                                                               -> Member.order
 *   nest     statements of a nest are fused into a tree of loops, locals get their storage                 -> Cluster.tree
 *   layout   order of axes of stored weights                                                               -> Info.layout
 *   place    buffers, which share memory, one offset for each                                              -> Slot
 *   print    everything above as C
 * No pass knows an operator of the model above the scalar ones, nor a model. */
#ifndef SINTER_PLAN_H
#define SINTER_PLAN_H

#include "codegen.h"
#include "diag.h"
#include "graph.h"

typedef struct Plan Plan;
typedef struct Info Info;
typedef struct Func Func;
typedef struct Item Item;
typedef struct Cluster Cluster;
typedef struct Member Member;
typedef struct Block Block;
typedef struct Stmt Stmt;
typedef struct Slot Slot;
typedef struct Domain Domain; /* domain.h */

typedef VEC(Expr *) ExprList;
typedef VEC(Span) SpanList;

/* Where a node's values are while others read them. */
typedef enum Keep {
    KEEP_NOT,      /* nobody reads it */
    KEEP_DISSOLVE, /* printed inside its readers */
    KEEP_LOCAL,    /* computed inside the nest of its reader */
    KEEP_ROOT      /* has a buffer over all rows and a nest of its own */
} Keep;

/* A place where a node is read: the index for each of its axes, in variables of the cluster that reads it. */
typedef struct Site {
    Cluster *cluster;
    Expr **arg;
    VarList loops; /* of the statement around it */
    int plain;     /* the indices are distinct variables */
    int inside;    /* each index is proven in range */
} Site;

typedef struct Reader {
    Node *node;
    Expr *read;
    int guarded; /* stands where it may not be evaluated */
} Reader;

struct Info { /* of a node, by its id */
    Node *view; /* the equation as it is computed: the node itself, or what share and store made of it */
    Keep keep;
    const char *why; /* the reason, for explain */
    int forced;      /* must be stored: why says who wants it */
    int kept;        /* it stays a tensor of its own for whoever reads it: tables.h */
    int heavy;       /* a map over a reduction that only it reads: an equation in its own right */
    int wide;
    int narrow;      /* ints that are proven to be no larger, whatever their sign: stored as int32_t; 0: it is not known */
    int rigid;       /* a parameter that is read by data or by formula: its axes stay in order */
    int item;        /* number of the step that computes it in its function */
    VEC(Reader) readers;
    VEC(Site) site;        /* KEEP_DISSOLVE: where */
    VEC(Member *) member;  /* KEEP_LOCAL, KEEP_ROOT: what computes it */
    Node *core;            /* KEEP_ROOT of a reduction: the accumulator */
    int *layout;           /* layout[k]: the axis that is k-th in memory; NULL: as they stand */
    int layout_tried;
    Str cname;             /* a word of C for it in its function */
    Node *over;            /* is written over this one: they share its memory */
    Slot *slot;            /* KEEP_ROOT in the workspace */
    Str local;             /* an optional input: the variable that points to it or to its default */
    struct Kernel *kernel; /* computes it (match/kernel.h); of a helper of it too */
    NodeList fused;        /* the author's equations that it was made of by the forms; none: as it stands */
    Domain *join;          /* a reduction that is looked up in a sorted copy: what it asks for */
    Node *whole;           /* it is a part of this reduction, split by explicit.c */
    int recognised;        /* recognise.c made something of it, or of a part of it */
    struct Panel *panel;   /* a parameter packed for tiles (kernel/panel.h) */
    const Node *packs;     /* the parameter that it is made of */
    int touched;           /* a parameter: the text that is printed reads it */
    struct Info *tie;      /* parameters that are read by one line of C share their layout: union-find */
};

/* One node computed in one nest. */
struct Member {
    Node *node; /* the view */
    Cluster *cluster;
    Var **arg;  /* the cluster's variable for each free axis */
    Var **bound;
    int root;
    int update_alone;  /* a pick: its innermost loop is left at the first hit */
    Expr *body, *empty; /* over the cluster's variables, dissolved nodes inlined */
    ExprList guard;    /* conditions over args under which anyone reads it */
    ExprList atoms;    /* its own domain, a conjunction */
    VarList order;     /* loops, outermost first */
    int row;           /* how many of its last loops are free ones inside bound ones: a row of accumulators */
    int hoisted;       /* a part of an expression, computed once for an inner loop */
    /* storage of a local */
    VarList kept;      /* indices that its storage needs */
    Block *scope;      /* where it lives */
    int aliased;       /* it accumulates in the root's own place */
    Slot *slot;        /* too large for the stack, or ragged */
    int declared;
    Str cname;
};

struct Cluster { /* one nest: roots and the locals they need */
    Func *func;
    int item;
    Var *along; /* runs in order of this variable */
    int down;
    VarList vars;
    VarList prefix; /* outer loops that all statements share, in order */
    VEC(Member *) member; /* in order of computation */
    NodeList inlined;     /* dissolved into it */
    VEC(struct Value { Str name; Expr *value; }) value; /* what dissolved equations became */
    Block *tree;
    int rows;       /* no sequence matters: one loop over the rows of all */
    int needs_sequence;
    const Domain *join;           /* a lookup: no tree of loops, but these */
    Slot *sorted, *spare, *up_to; /* entries; what is reduced up to each one */
    int sorted_before;            /* the nest before has left the same entries */
    Slot *ends, *placed;          /* of a table by key: where those of a key end among positions in the order of keys */
};

typedef struct Header {
    Var *var;          /* a loop, or */
    Expr *condition;   /* an if */
    ExprList low, high; /* besides 0 and the length: the largest, the smallest (exclusive) */
    int from_zero, to_length;
    int down;          /* from the end: of several hits the first one is stored last */
    int solo;          /* not 0: joins no other loop */
} Header;

typedef enum StmtKind { STMT_INIT, STMT_UPDATE, STMT_ASSIGN } StmtKind;

struct Stmt {
    StmtKind kind;
    Member *member;
    VEC(Header) head;
    VEC(struct Touch { Member *member; Expr *read; }) reads; /* of members of its own nest */
};

typedef struct Pointer { /* const float *x_t = x + (ptrdiff_t)(first + t) * D; */
    Str name, base, offset;
    const char *type;
    int writes;
} Pointer;

struct Block {
    Block *up;
    Header *head; /* NULL: the whole nest, or a leaf */
    Stmt *stmt;   /* a leaf */
    VEC(Block *) kid;
    VEC(Pointer) pointer;
    VEC(Member *) declare;
};

/* A number of rows: sum over sequences of the product of lengths of some dims (its degree), or 1 (constant), or the longest length. */
typedef enum BasisKind { BASIS_ONE, BASIS_ROWS, BASIS_SEQUENCES, BASIS_OFFSETS, BASIS_LONGEST } BasisKind;

typedef struct Basis {
    BasisKind kind;
    int n;
    Dim *dim[4]; /* BASIS_ROWS: product of these; BASIS_LONGEST: dim[0] */
    int each;    /* so many for each worker of a device's grid */
} Basis;

struct Slot { /* a buffer of a function */
    Str cname;
    const char *type; /* "float" */
    int bytes;        /* of an element */
    Basis basis;
    int64_t width;    /* elements for each unit of the basis */
    int first, last;  /* items of its function between which it is alive */
    Str comment;      /* "[t][H][E]" */
    Slot *same;       /* lives in the memory of another one (in place) */
    int alive;        /* used at all */
    const Cluster *filled; /* lent for entries: the nest that made those in it */
    int lent;         /* of one nest after the other */
    int local;        /* a single value that one function alone knows: its variable (print_steps.c) */
    int section;      /* of a program: which one stores it (print_steps.c), from 1; 0: none, it is room to work in */
};

struct Item {
    StepKind kind;
    const Step *step;
    NodeList nodes;    /* STEP_NODE: one; STEP_ALONG: its group */
    Dim *dim;
    Str section;       /* of a program: the C function that computes it (print_steps.c); else NULL */
    Cluster *cluster;  /* of STEP_ALONG from the start */
    VEC(Cluster *) nest; /* printed here */
    Node *default_of;  /* the equation is the default of this optional input, used when the caller gives none */
    /* STEP_CALL, STEP_LOOP */
    Func *callee;
    Unit *unit;        /* the called one; of a loop the first */
    int turns;         /* of a loop in C; 1 for a plain call */
    const Step *last;  /* of a loop: the last call, whose results are left */
    Node **out;        /* by result: the node in the caller, NULL if nobody reads it */
    Slot **scratch;    /* by result: where it goes then */
    Slot **carry;      /* by result of a loop that is not computed in place, of every one of a STEP_LOOP: what a turn starts from */
    Str member;        /* name of its part in the struct of weights and of buffers */
};

struct Func { /* one C function for all units that are equal */
    int id;
    Str cname, type;      /* "attend", "minilm_attend": of its structs */
    VEC(Str) members;     /* names in its struct of buffers */
    Unit *unit;           /* the first of them */
    VEC(Unit *) units;
    VEC(Item) item;
    NodeList result;      /* what is written for each result of its units */
    NodeList param;       /* parameters read by it directly, in order of first use */
    VEC(Str) param_name;
    VEC(struct Kernel *) kernel; /* in order of computation */
    VEC(struct Why *) why;       /* what no kernel took, and the reasons */
    VEC(Slot *) slot;
    char *in_place;       /* by result: written into the argument of the same number */
    int weights, buffers; /* it, or a function it calls, has any */
    int moments;          /* on the line of time, those of its calls included */
    int uses_batch, uses_io, uses_rows;
    int alone;            /* it is only called for one sequence at a time, in a loop that data end */
    int within;           /* of a device's plan: also called there, by one thread of the device */
    VEC(Str) words;       /* names taken */
    int in_line;          /* the body of a loop: printed where the loop stands */
    int in_steps;         /* a program: for each sequence by itself, in C functions of their own (print_steps.c) */
    Str weights_at, buffers_at, io_at; /* what stands before a name in its structs: "weights->", "buffers->layer.", "io->" */
};

typedef struct Alias { /* a length that no author named, as a product of lengths that have names; n is 0 where readers disagree */
    const Dim *dim;
    int n;
    const Dim *factor[4];
} Alias;

typedef struct UnitInfo { /* by unit id */
    Func *func;
    NodeList param;
    Str key;
} UnitInfo;

/* What a reduction over positions costs, for a sequence of n. */
typedef enum GrowthClass { GROWS_LINEAR, GROWS_SORTED, GROWS_SQUARE } GrowthClass;

typedef struct Growth {
    Span span;         /* of the author's selector, or what aggregates it */
    GrowthClass class;
    const char *why;
} Growth;

/* Something that data may do wrong, at a place of the author's. */
typedef struct Wrong {
    Span span;
    Str message;
} Wrong;

struct Plan {
    Arena *arena;
    Graph *graph;
    const EmitOptions *options;
    int in_pairs; /* some product goes in pairs, where the target can */
    Diag *diag;
    VEC(Info *) info;
    int nodes;
    VEC(Func *) func; /* callees before callers */
    VEC(struct Form *) form; /* that kernels may be of, the largest first; none: everything is plain */
    UnitInfo *unit;
    Str prefix, PREFIX; /* "minilm", "MINILM" */
    Str at_weights;     /* the macro for places in the block of weights */
    VEC(Str) helper;    /* fixed functions used, in order of first use */
    VEC(Str) math;
    VEC(Basis) capacity; /* arguments of the workspace function besides the number of sequences */
    VEC(Str) global;     /* words taken in the whole file */
    VEC(Str) users;      /* words of the author's */
    VEC(Str) dim_wish, dim_word; /* by dim, as far as they were asked for: what it would like to be called, what it is */
    VEC(Str) simd_word; /* names that runtime/simd defines, once they are asked for */
    int simd_words_known;
    VEC(Str) constant_name, constant_wish;
    VEC(int64_t) constant;
    int doubles;         /* reals are doubles, all of them */
    VEC(Growth) growth; /* of reductions over positions, in the order of the text */
    VEC(Wrong) wrong; /* what data may do wrong, in the order of the code: statuses */
    NodeList outputs;    /* what is written to each output of the model: its node or a copy of it */
    NodeList next;       /* by state: what it becomes at the end of a run, its node or a copy of it; NULL: it stays as it is */
    VEC(struct BatchSlot { Slot *slot; Str path; Basis basis; }) batch_slot; /* arrays that live as long as the run */
    VEC(Alias) alias;
    VEC(Dim *) table;    /* fixed sub-dims whose places are used */
    VEC(Dim *) begin;    /* ragged dims whose offsets are used */
    VEC(Dim *) tiled;    /* of these, those whose positions a device's kernels take by tiles, as the host lists them */
    VEC(Basis) pairs;    /* products of ragged lengths that some tensor is stored over */
    int64_t stack_bytes;
    int64_t scratch;     /* of each thread of a team, in bytes of the workspace: what printed kernels keep for a while */
    VEC(char) line;      /* quote.c: of each line of the text, where it will be quoted */
    Span head;           /* quote.c: what stands above the function at hand */
    SpanList here;       /* and in it, so far */
    SpanList library;    /* quote.c: definitions that were named, in the order of the library */
    const struct Plan *like; /* of a device: the plan of the processor, whose packed weights it reads */
    struct Text *device;     /* kernels that a device runs */
    struct Launch *launch;   /* the one that is being printed */
    int within;              /* functions are printed that a thread of the device calls */
    VEC(Str) kernel_name;    /* of all launches */
    int kernel_params;       /* at most, of any of them */
    VEC(Basis) room;         /* of what each worker has: a step for each stands in the batch */
    VEC(Basis) multiplied;   /* rows that a library of the device multiplies: left_K and sums_K of the batch */
    int multiplies_most;     /* products of one left side, at most */
    struct Text *definitions; /* kernels, printed before the function that calls them */
    Cluster *nest;       /* whose expressions are being put together */
    int solo;            /* loops that join no other, counted */
};

Info *plan_info(Plan *p, const Node *node);
Node *plan_view(Plan *p, const Node *node);
Node *plan_node(Plan *p, const Node *like, Str name); /* a new node of the plan's own, a copy of like */
Expr *plan_read(Plan *p, Node *node, VarList vars, Span span);

/* ---- passes ------------------------------------------------------------------------------------------------------------------------- */
void share_units(Plan *p);
void wide_mark(Plan *p);
void store_decide(Plan *p, Func *func);
Stmt *nest_stmt(Plan *p, Member *m, StmtKind kind); /* nest_stmt.c */
void nest_build(Plan *p, Func *func);
void order_cluster(Plan *p, Cluster *cluster);
void layout_choose(Plan *p);

/* ---- questions ---------------------------------------------------------------------------------------------------------------------- */
int ragged_axes(const Node *node);
const char *store_ctype(Plan *p, const Node *node, int *bytes); /* of an element of a stored node */
const char *param_ctype(Plan *p, const Node *node);             /* of a stored parameter, packed or not */
/* A local or root computed in this nest at these indices. */
Member *member_of(Plan *p, Cluster *cluster, const Node *node, Expr *const *index);
int is_stored(Plan *p, const Node *node);

/* affine.c: sums of variables and lengths */
typedef struct Affine {
    int n;
    Var *var[8];  /* or */
    Dim *len[8];
    int64_t coef[8];
    int64_t constant;
} Affine;
int affine_of(const Expr *e, Affine *a);
int affine_subtract(const Affine *a, const Affine *b, Affine *difference);
int affine_not_negative(const Affine *a);
Expr *affine_expr(Plan *p, const Affine *a);
int expr_adds_counts(const Expr *e); /* a sum or difference of small numbers and of sums of such over positions: no overflow */
int expr_at_most(const Expr *a, const Expr *b, int64_t slack); /* proven: a + slack <= b */
int index_low_proven(const Expr *index);
int index_high_proven(const Expr *index, const Dim *axis);

#endif
