/* ast_build.h - what the grammar of models calls: one constructor an action
 *
 * Private to grammar/model.l, grammar/model.y and ast.c. Constructors never fail; what is too deep becomes AST_ERROR. */
#ifndef SINTER_AST_BUILD_H
#define SINTER_AST_BUILD_H

#include "ast.h"

enum {
    AST_DEEPEST = 1000,       /* levels of a tree, and of brackets in a text: passes may recurse */
    AST_MOST_ERRORS = 50,     /* then the rest of a text is not read */
    AST_MOST_BYTES = 64 << 20 /* of a text */
};

/* What is open where the lexer stands, innermost last. */
typedef enum OpenKind {
    OPEN_BLOCK,  /* { of a block that the parser knows of */
    OPEN_ORPHAN, /* { passed over after an error; its } is passed over too */
    OPEN_BRACKET, /* ( or [ */
    OPEN_STRING, /* " */
    OPEN_HOLE    /* { inside a string */
} OpenKind;

typedef struct Open {
    OpenKind kind;
    Span span;
} Open;

typedef struct Parse {
    Arena *arena;
    Diag *diag;
    const Source *source;
    StmtList text;    /* the result */
    uint32_t at;      /* lexer: bytes read */
    VEC(Open) open;
    int strings;      /* how many of them are OPEN_STRING */
    VEC(char) piece;  /* the literal text of a string so far, escapes resolved */
    Span piece_span;
    int skipping;     /* an error was reported: pass over tokens up to the next statement */
    int too_deep;     /* reported once */
    int errors;
    Span next;        /* the name right after the last complete statement */
} Parse;

/* The dims of a function: [from] or [from -> to]. */
typedef struct AstDims {
    AstBinds from, to;
    int arrow;
} AstDims;

/* Both are silent while tokens are passed over: what is wrong there follows from an error that was reported. */
void parse_error(Parse *p, Span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void parse_hint(Parse *p, const char *text);

int parse_is_text(Parse *p);                       /* UTF-8 without NUL, and not too long; else an error is reported */
int parse_begins_line(const Parse *p, Span token); /* or follows ; { } */
int parse_has_equals(const Parse *p, Span token);  /* after it on its line, outside of brackets: only statements have a lone '=' */

AstList ast_list_of(Parse *p, Ast *first);
AstList ast_list_add(Parse *p, AstList list, Ast *last);
AstBinds bind_list_of(Parse *p, AstBind first);
AstBinds bind_list_add(Parse *p, AstBinds list, AstBind last);
AstLhsList lhs_list_of(Parse *p, AstLhs first);
AstLhsList lhs_list_add(Parse *p, AstLhsList list, AstLhs last);
StmtList stmt_list_of(Parse *p, Stmt *first);
StmtList stmt_list_add(Parse *p, StmtList list, Stmt *last);
StmtList stmt_list_join(Parse *p, StmtList list, StmtList more, Span keyword); /* the first of `more` begins at the keyword */

Ast *ast_int(Parse *p, Span span, int64_t value);
Ast *ast_real(Parse *p, Span span, Str digits);
Ast *ast_text(Parse *p, Span span, Str text);
Ast *ast_string(Parse *p, Span span, AstList parts);
Ast *ast_name(Parse *p, Span span, Str name, Ast *at);
Ast *ast_star(Parse *p, Span span, Str name);
Ast *ast_of_list(Parse *p, Span span, AstList kid);
Ast *ast_member(Parse *p, Span span, Ast *object, Str name);
Ast *ast_index(Parse *p, Span span, Ast *base, AstList item, int arrow, AstList to);
Ast *ast_call(Parse *p, Span span, Ast *callee, AstList arguments);
Ast *ast_unary(Parse *p, Span span, AstOp op, Ast *a);
Ast *ast_binary(Parse *p, Span span, AstOp op, Ast *a, Ast *b);
Ast *ast_compare(Parse *p, Span span, Ast *a, AstOp op, Ast *b);
Ast *ast_compare_more(Parse *p, Span span, Ast *chain, AstOp op, Ast *b);
Ast *ast_cond(Parse *p, Span span, Ast *condition, Ast *yes, Ast *no);
Ast *ast_absent(Parse *p, Span span, Ast *a, Ast *otherwise);
Ast *ast_range(Parse *p, Span span, Ast *from, Ast *to);
Ast *ast_reduce(Parse *p, Span span, Str reducer, AstDomain domain, Ast *body);

AstLhs ast_lhs(Span span, const Ast *name, int brackets, AstBinds bind);
Stmt *stmt_new(Parse *p, Stmt fields);
Stmt *stmt_of_lhs(Parse *p, AstLhsList lhs, Stmt fields); /* its name is that of the first */

#endif
