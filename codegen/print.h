/* print.h - C for expressions, nests and functions */
#ifndef SINTER_PRINT_H
#define SINTER_PRINT_H

#include "names.h"
#include "place.h"
#include "plan.h"
#include "text.h"

typedef enum CType { C_I32, C_I64, C_F32, C_F64, C_BOOL } CType;

/* How tightly a piece of C binds. */
enum {
    BIND_SELECT = 3,
    BIND_OR = 4,
    BIND_AND = 5,
    BIND_EQUAL = 9,
    BIND_ORDER = 10,
    BIND_ADD = 12,
    BIND_MUL = 13,
    BIND_UNARY = 15,
    BIND_ALL = 16
};

typedef struct Piece {
    Str text;
    int bind;
    CType type;
} Piece;

typedef struct Printer {
    Plan *p;
    Func *f;
    Cluster *c;
    Block *block;  /* the innermost one around what is printed */
    int rows;      /* this nest runs over the rows of all sequences */
    Words taken;   /* names in this nest */
    VEC(Var *) var;
    Words var_name;
    VEC(Dim *) first, length; /* dims whose first row or length in the sequence is used */
    VEC(Pointer) known;       /* names of pointers, by base and offset */
    VEC(Str) optional;        /* inputs with a default: local names */
} Printer;

/* expr */
typedef enum Want { WANT_INT, WANT_BOOL, WANT_F32, WANT_F64 } Want;
Piece print_expr(Printer *pr, const Expr *e, Want want);
Str piece_in(Printer *pr, Piece piece, int bind); /* in parentheses if it binds less */
Str var_word(Printer *pr, Var *var);
Str length_word(Printer *pr, Dim *dim);
Str first_word(Printer *pr, Dim *dim);
Str real_text(Plan *p, double value, int wide);
Str use_part(Plan *p, const char *name); /* a fixed function */
int fits_i32(const Expr *e);

Str member_table(Plan *p, Dim *dim); /* places in the parent of the elements of a fixed sub-dim */

/* access: a value in memory; `write` when it is stored there */
Piece print_access(Printer *pr, const Node *node, Expr *const *index, int write);
Piece print_member(Printer *pr, Member *m, Expr *const *index, int write);
Str place_of(Printer *pr, const Node *node);
Str single_of(Printer *pr, const Node *node);
CType ctype_of(Plan *p, const Node *node);

/* statements */
Str start_value(Printer *pr, const Member *m);              /* of an accumulator */
Str converted(Printer *pr, const Expr *e, CType to);        /* the value of e as something of that type */

/* nests and functions */
void print_nest(Plan *p, Func *f, Cluster *c, Text *out);
void print_inside(Printer *pr, Block *b, Text *out); /* of a loop of it, with the pointers and locals that it needs */
void print_sequence_head(Printer *pr, Text *out);    /* leaves the indent inside the loop */
void print_sequence_words(Printer *pr, Text *out);   /* where it begins and how long it is */
int rows_only(Plan *p, const Cluster *c);
void print_dim(Plan *p, Func *f, const Item *item, Text *out);
int64_t dim_longest(const Dim *dim);
int dim_may_exceed(const Dim *dim);      /* what its checks are printed for */
int dim_may_be_negative(const Dim *dim);
void print_loop(Plan *p, Func *f, Item *item, Text *out);        /* print_loop.c: STEP_LOOP, in the function that goes round */
void print_leave(Plan *p, Func *f, const Item *item, Text *out); /* STEP_LEAVE, in the function of a turn */
void print_item(Plan *p, Func *f, Item *item, Text *out); /* of no kernel */
void print_func(Plan *p, Func *f, Text *out);
Str tensor_count(Plan *p, const Node *node); /* elements in the whole batch: "(size_t)batch->begin_t[batch->sequences] * 384" */
void print_steps(Plan *p, Func *f, Text *out);                  /* print_steps.c: of a program */

#endif
