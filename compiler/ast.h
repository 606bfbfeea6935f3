/* ast.h - the text of a model as the grammar reads it
 *
 * Nothing is resolved here: names are names, and `x[t]` is an index suffix whether x is a tensor, a list or a function with dims.
 * Every node carries the span of the text it came from. Trees live in the arena of the parse. */
#ifndef SINTER_AST_H
#define SINTER_AST_H

#include "arena.h"
#include "diag.h"
#include "source.h"
#include "str.h"

#include <stdint.h>

typedef struct Ast Ast;   /* an expression */
typedef struct Stmt Stmt; /* a statement */

typedef enum AstKind {
    AST_INT,     /* 42: integer */
    AST_REAL,    /* 1e-12: name holds the digits as written, real their value */
    AST_STR,     /* "layer.{l}.w": kid: the parts, AST_TEXT and expressions by turns, in order */
    AST_TEXT,    /* a literal piece of a string: name */
    AST_NAME,    /* x, x', x@k: name, and at = the expression after @ (NULL: none) */
    AST_LIST,    /* [a, b]: kid */
    AST_MEMBER,  /* kid[0].name */
    AST_INDEX,   /* kid[0][items] or kid[0][items -> to]: item, to */
    AST_CALL,    /* kid[0](kid[1], ...) */
    AST_UNARY,   /* op kid[0]: AST_OP_NEG, AST_OP_NOT */
    AST_BINARY,  /* kid[0] op kid[1] */
    AST_COMPARE, /* kid[0] ops[0] kid[1] ops[1] kid[2] ...: a chain, each comparison must hold */
    AST_COND,    /* kid[0] ? kid[1] : kid[2] */
    AST_ABSENT,  /* kid[0] ?? kid[1] */
    AST_REDUCE,  /* name[domain] kid[0]; kid[0] is NULL for count[..] and any[..] */
    AST_RANGE,   /* kid[0] .. kid[1], only as an item or in `for` */
    AST_STAR,    /* *name, only as an item: all indices of a tuple of dims */
    AST_ERROR    /* reported already */
} AstKind;

typedef enum AstOp {
    AST_OP_NEG, AST_OP_NOT,
    AST_OP_ADD, AST_OP_SUB, AST_OP_MUL, AST_OP_DIV, AST_OP_IDIV, AST_OP_MOD, AST_OP_POW,
    AST_OP_LT, AST_OP_GT, AST_OP_LE, AST_OP_GE, AST_OP_EQ, AST_OP_NE, AST_OP_IN,
    AST_OP_AND, AST_OP_OR
} AstOp;

typedef VEC(Ast *) AstList;

/* An index being introduced: t, t', `u in t`, or *a (a tuple of dims). */
typedef struct AstBind {
    Str name;
    int star;
    Ast *in; /* NULL: the dim is the name without its primes */
    Span span;
} AstBind;
typedef VEC(AstBind) AstBinds;

typedef struct AstDomain {
    AstBinds bind;
    Ast *where; /* NULL: all */
} AstDomain;

struct Ast {
    AstKind kind;
    AstOp op;
    Span span;
    Str name;
    int64_t integer;
    double real;
    AstList kid;
    AstList item, to; /* AST_INDEX; arrow says whether `->` was written */
    int arrow;
    AstOp *ops; /* AST_COMPARE: kid.n - 1 of them */
    Ast *at;
    AstDomain domain;
    int depth; /* levels below and including this one: at most 1000, so that passes may recurse */
};

/* The left side of an equation, an input, a parameter of a function: name, name@k, name[binds]. */
typedef struct AstLhs {
    Str name;
    Ast *at;
    int brackets; /* 0: written without [ ], so the indices are inferred */
    AstBinds bind;
    Ast *value; /* parameters of functions: the default, or NULL */
    Span span;
} AstLhs;
typedef VEC(AstLhs) AstLhsList;

typedef VEC(Stmt *) StmtList;

typedef enum StmtKind {
    STMT_MODEL,     /* model name */
    STMT_CONFIG,    /* config name = "file" ?? .. (value) */
    STMT_WEIGHTS,   /* weights ["prefix" (under) =] "file" (value) */
    STMT_TOKENIZER, /* tokenizer "file" (value) */
    STMT_REQUIRE,   /* require value, message (other) */
    STMT_LET,       /* let name = value */
    STMT_DIM,       /* dim name = value [where other] */
    STMT_RAGGED,    /* ragged name | name <= other | name = value [where other] */
    STMT_PARAM,     /* param lhs = value */
    STMT_INPUT,     /* input lhs : type [= value] */
    STMT_STATE,     /* state lhs = value */
    STMT_EQUATION,  /* [output] lhs, lhs ... = value */
    STMT_FN,        /* fn name[from -> to](lhs ...) = value | body */
    STMT_REDUCER,   /* reducer name[from] lhs[0] = value     (prelude: softmax, mean, rank, ...) */
    STMT_RETURN,    /* return values */
    STMT_FOR,       /* for name in value [.. other] [under under] body */
    STMT_UNDER,     /* under under body */
    STMT_IF,        /* if value body else otherwise */
    STMT_REPEAT,    /* repeat value [as name] body */
    STMT_WHILE,     /* while value body */
    STMT_ALONG,     /* along name [down] body */
    STMT_GROW,      /* grow name from type <= value */
    STMT_APPEND,    /* append name: value */
    STMT_CUT        /* cut name: value */
} StmtKind;

struct Stmt {
    StmtKind kind;
    Span span;      /* the whole statement; of a block statement its head up to the brace */
    Span name_span; /* of name, where there is one */
    Str name;
    Ast *at; /* name@at in let and dim */
    Str type; /* of an input; the source of `grow` */
    Ast *value, *other, *under;
    int output, down, arrow, block; /* block: an fn with { } */
    AstLhsList lhs;
    AstBinds from, to;
    AstList values;
    StmtList body, otherwise;
};

/* Reads a text. Syntax errors go to `d`; reading resumes at the next statement, so all of them are found in one run. */
StmtList ast_parse(Arena *arena, Diag *d, const Source *source);

/* The language has this word for something: nothing should be named so. */
int ast_is_word(const char *text);

/* One line a statement, fully parenthesised: what --dump=ast shows. */
void ast_print(const StmtList *text, FILE *out);
void ast_print_expr(const Ast *expr, FILE *out);

#endif
