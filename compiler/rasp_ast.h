/* rasp_ast.h - the tree of a RASP program, as it is written
 *
 * One node kind for expressions, one for statements. What a kind uses of the fields stands beside it.
 * Constructors are called by the grammar only (grammar/rasp.y). */
#ifndef SINTER_RASP_AST_H
#define SINTER_RASP_AST_H

#include "diag.h"

#include <stdint.h>

typedef enum RaspKind {
    RASP_INT,        /* text: its digits */
    RASP_FLOAT,      /* text: its digits */
    RASP_STRING,     /* text */
    RASP_NAME,       /* text */
    RASP_LIST,       /* kid: the elements */
    RASP_DICT,       /* kid: key, value, key, value, .. */
    RASP_INDEX,      /* kid[0] at kid[1] */
    RASP_CALL,       /* kid[0] of kid[1..] */
    RASP_UNARY,      /* op of kid[0] */
    RASP_BINARY,     /* kid[0] op kid[1] */
    RASP_TERNARY,    /* kid[0] if kid[1] else kid[2] */
    RASP_SELECT,     /* kid[0] (key) op kid[1] (query) */
    RASP_AGGREGATE,  /* kid[0] selector, kid[1] values, kid[2] default or absent */
    RASP_RANGE,      /* kid */
    RASP_ZIP,        /* kid */
    RASP_LEN,        /* kid[0] */
    RASP_LIST_COMP,  /* kid[0] for names in kid[1] */
    RASP_DICT_COMP,  /* kid[0] : kid[1] for names in kid[2] */
    RASP_IN          /* kid[0] in kid[1] */
} RaspKind;

typedef enum RaspOp {
    ROP_ADD, ROP_SUB, ROP_MUL, ROP_DIV, ROP_MOD, ROP_POW,
    ROP_EQ, ROP_NE, ROP_LT, ROP_LE, ROP_GT, ROP_GE,
    ROP_AND, ROP_OR, ROP_NOT, ROP_NEG, ROP_POS, ROP_ROUND, ROP_INDICATOR,
    ROP_COUNT_
} RaspOp;

extern const char *const rasp_op_name[ROP_COUNT_]; /* as it is written: "+" */

typedef struct RaspExpr RaspExpr;
typedef struct RaspStmt RaspStmt;

typedef struct RaspWord {
    Str text;
    Span span;
} RaspWord;

typedef VEC(RaspWord) RaspWords;
typedef VEC(RaspExpr *) RaspExprs;
typedef VEC(RaspStmt *) RaspStmts;

struct RaspExpr {
    RaspKind kind;
    RaspOp op;
    Span span, at; /* at: of the operator, or of the word that names the form */
    Str text;
    RaspExprs kid;
    RaspWords names;
    int depth; /* levels below, this one counted */
};

typedef enum RaspStmtKind {
    RASP_DO,       /* value[0]: its value is shown */
    RASP_ASSIGN,   /* names = value */
    RASP_DEF,      /* name(names) { body; return value } */
    RASP_FOR,      /* for names in value[0] { body } */
    RASP_LOAD,     /* name: the path */
    RASP_DRAW,     /* value[0] on value[1], which may be absent */
    RASP_EXAMPLE,  /* set the example of subset to value[0] */
    RASP_SHOW,     /* show the example of subset */
    RASP_EXAMPLES, /* show examples of subset with results: on */
    RASP_DISPLAY,  /* full display of sequences: on */
    RASP_EXIT
} RaspStmtKind;

typedef enum RaspSubset { RASP_BOTH, RASP_SOPS, RASP_SELECTORS } RaspSubset;

struct RaspStmt {
    RaspStmtKind kind;
    Span span;
    RaspWord name;
    RaspWords names;
    RaspExprs value;
    RaspStmts body;
    RaspSubset subset;
    int on;
};

enum { RASP_DEEPEST = 200, RASP_MOST_ERRORS = 20 };

/* Reads a whole text; what is wrong is said in d. */
RaspStmts rasp_parse(Arena *arena, Diag *d, const Source *source);

/* The text may go on: where it ends, a statement has begun and not ended, and nothing before is wrong. */
int rasp_is_unfinished(Arena *arena, const Source *source);

/* ---- for the grammar ---- */

typedef struct RaspParse {
    Arena *arena;
    Diag *d;
    const Source *source;
    RaspStmts text;
    uint32_t at;     /* bytes read so far */
    int line_bound;  /* 1: a statement that ends with its line has begun, 2: with a word of its expression */
    int brackets;    /* open ones since then */
    int last;        /* word before what is read */
    int ended;       /* `exit` was read: nothing behind it matters */
    int errors, too_deep;
    int unfinished;  /* the first error is the end of the text */
} RaspParse;

RaspExpr *rasp_expr(RaspParse *p, RaspExpr e); /* kids are checked for depth */
RaspExpr *rasp_leaf(RaspParse *p, RaspKind kind, Str text, Span span);
RaspExpr *rasp_node(RaspParse *p, RaspKind kind, RaspExprs kids, Span span, Span at);
RaspExpr *rasp_two(RaspParse *p, RaspKind kind, RaspOp op, RaspExpr *a, RaspExpr *b, Span span, Span at);
RaspExpr *rasp_one(RaspParse *p, RaspOp op, RaspExpr *a, Span span, Span at);
RaspExprs rasp_exprs(RaspParse *p, RaspExprs list, RaspExpr *last);
RaspWords rasp_words(RaspParse *p, RaspWords list, Str text, Span span);
RaspStmts rasp_stmts(RaspParse *p, RaspStmts list, RaspStmt *last);
RaspStmt *rasp_stmt(RaspParse *p, RaspStmt s);
void rasp_error(RaspParse *p, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
