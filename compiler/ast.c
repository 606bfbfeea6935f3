/* ast.c - the constructors of trees, for the grammar */
#include "ast_build.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void parse_error(Parse *p, Span span, const char *format, ...)
{
    if (p->skipping) {
        return;
    }
    va_list args;
    va_start(args, format);
    diag_error(p->diag, span, "%s", arena_vprintf(p->arena, format, args));
    va_end(args);
    p->errors++;
}

void parse_hint(Parse *p, const char *text)
{
    if (!p->skipping) {
        diag_hint(p->diag, "%s", text);
    }
}

/* ---- lists ---- */

#define LIST_OF(name, List, Item)                                                                                                 \
    List name##_of(Parse *p, Item first)                                                                                          \
    {                                                                                                                             \
        return name##_add(p, (List){0}, first);                                                                                   \
    }                                                                                                                             \
    List name##_add(Parse *p, List list, Item last)                                                                               \
    {                                                                                                                             \
        vec_push(p->arena, list, last);                                                                                           \
        return list;                                                                                                              \
    }

LIST_OF(ast_list, AstList, Ast *)
LIST_OF(bind_list, AstBinds, AstBind)
LIST_OF(lhs_list, AstLhsList, AstLhs)
LIST_OF(stmt_list, StmtList, Stmt *)

StmtList stmt_list_join(Parse *p, StmtList list, StmtList more, Span keyword)
{
    more.at[0]->span.begin = keyword.begin;
    for (int i = 0; i < more.n; i++) {
        vec_push(p->arena, list, more.at[i]);
    }
    return list;
}

/* ---- expressions ---- */

static int depth_of(const Ast *a)
{
    return a ? a->depth : 0;
}

static int deeper(int depth, const Ast *a)
{
    return depth_of(a) > depth ? depth_of(a) : depth;
}

static int deepest(int depth, AstList list)
{
    for (int i = 0; i < list.n; i++) {
        depth = deeper(depth, list.at[i]);
    }
    return depth;
}

/* Every node passes here, its kids known: this is where depth is bounded. */
static Ast *finish(Parse *p, Ast fields)
{
    int depth = deepest(deepest(deepest(0, fields.kid), fields.item), fields.to);
    depth = deeper(deeper(depth, fields.at), fields.domain.where);
    for (int i = 0; i < fields.domain.bind.n; i++) {
        depth = deeper(depth, fields.domain.bind.at[i].in);
    }
    fields.depth = depth + 1;
    if (fields.depth > AST_DEEPEST) {
        if (!p->too_deep) {
            parse_error(p, fields.span, "this expression is more than %d levels deep", AST_DEEPEST);
            p->too_deep = 1;
        }
        fields = (Ast){.kind = AST_ERROR, .span = fields.span, .depth = 1};
    }
    Ast *a = arena_new_of(p->arena, Ast);
    *a = fields;
    return a;
}

static AstList kids(Parse *p, int n, Ast *const kid[])
{
    AstList list = {arena_array(p->arena, Ast *, n), n, n};
    memcpy(list.at, kid, sizeof *kid * (size_t)n);
    return list;
}

#define KIDS(p, ...) kids(p, (int)(sizeof((Ast *[]){__VA_ARGS__}) / sizeof(Ast *)), (Ast *[]){__VA_ARGS__})

Ast *ast_int(Parse *p, Span span, int64_t value)
{
    return finish(p, (Ast){.kind = AST_INT, .span = span, .integer = value});
}

Ast *ast_real(Parse *p, Span span, Str digits)
{
    const double value = strtod(digits, NULL);
    if (isinf(value)) {
        parse_error(p, span, "%s is more than a real number can hold", digits);
    }
    return finish(p, (Ast){.kind = AST_REAL, .span = span, .name = digits, .real = value});
}

Ast *ast_text(Parse *p, Span span, Str text)
{
    return finish(p, (Ast){.kind = AST_TEXT, .span = span, .name = text});
}

Ast *ast_string(Parse *p, Span span, AstList parts)
{
    return finish(p, (Ast){.kind = AST_STR, .span = span, .kid = parts});
}

Ast *ast_name(Parse *p, Span span, Str name, Ast *at)
{
    return finish(p, (Ast){.kind = AST_NAME, .span = span, .name = name, .at = at});
}

Ast *ast_star(Parse *p, Span span, Str name)
{
    return finish(p, (Ast){.kind = AST_STAR, .span = span, .name = name});
}

Ast *ast_of_list(Parse *p, Span span, AstList kid)
{
    return finish(p, (Ast){.kind = AST_LIST, .span = span, .kid = kid});
}

Ast *ast_member(Parse *p, Span span, Ast *object, Str name)
{
    return finish(p, (Ast){.kind = AST_MEMBER, .span = span, .name = name, .kid = KIDS(p, object)});
}

Ast *ast_index(Parse *p, Span span, Ast *base, AstList item, int arrow, AstList to)
{
    return finish(p, (Ast){.kind = AST_INDEX, .span = span, .kid = KIDS(p, base), .item = item, .arrow = arrow, .to = to});
}

Ast *ast_call(Parse *p, Span span, Ast *callee, AstList arguments)
{
    AstList kid = ast_list_of(p, callee);
    for (int i = 0; i < arguments.n; i++) {
        kid = ast_list_add(p, kid, arguments.at[i]);
    }
    return finish(p, (Ast){.kind = AST_CALL, .span = span, .kid = kid});
}

Ast *ast_unary(Parse *p, Span span, AstOp op, Ast *a)
{
    return finish(p, (Ast){.kind = AST_UNARY, .op = op, .span = span, .kid = KIDS(p, a)});
}

Ast *ast_binary(Parse *p, Span span, AstOp op, Ast *a, Ast *b)
{
    return finish(p, (Ast){.kind = AST_BINARY, .op = op, .span = span, .kid = KIDS(p, a, b)});
}

enum { FIRST_OPS = 4 };

Ast *ast_compare(Parse *p, Span span, Ast *a, AstOp op, Ast *b)
{
    AstOp *ops = arena_array(p->arena, AstOp, FIRST_OPS); /* grows in ast_compare_more */
    ops[0] = op;
    return finish(p, (Ast){.kind = AST_COMPARE, .span = span, .kid = KIDS(p, a, b), .ops = ops});
}

static int chains(AstOp op)
{
    return op == AST_OP_LT || op == AST_OP_GT || op == AST_OP_LE || op == AST_OP_GE;
}

static const char *spelled(AstOp op)
{
    return op == AST_OP_EQ ? "==" : op == AST_OP_NE ? "!=" : op == AST_OP_IN ? "in" : "<";
}

/* l <= u <= r holds where both do; what does not order its sides means nothing as a chain. */
Ast *ast_compare_more(Parse *p, Span span, Ast *chain, AstOp op, Ast *b)
{
    if (chain->kind == AST_ERROR) {
        return chain;
    }
    const int n = chain->kid.n;
    if (!chains(op) || !chains(chain->ops[0])) {
        const char *word = spelled(chains(op) ? chain->ops[0] : op);
        parse_error(p, span, "comparisons with '%s' cannot be chained", word);
        parse_hint(p, arena_printf(p->arena, "write `a %s b and b %s c`", word, word));
        return finish(p, (Ast){.kind = AST_ERROR, .span = span});
    }
    if (b->depth == AST_DEEPEST) {
        return ast_compare(p, span, chain, op, b); /* reports it */
    }
    const int used = n - 1;
    if (used >= FIRST_OPS && (used & (used - 1)) == 0) { /* there is room for a power of two of them */
        const size_t bytes = sizeof *chain->ops * (size_t)used;
        chain->ops = arena_grow(p->arena, chain->ops, bytes, 2 * bytes);
    }
    chain->ops[used] = op;
    chain->kid = ast_list_add(p, chain->kid, b);
    chain->span = span;
    chain->depth = deeper(chain->depth - 1, b) + 1;
    return chain;
}

Ast *ast_cond(Parse *p, Span span, Ast *condition, Ast *yes, Ast *no)
{
    return finish(p, (Ast){.kind = AST_COND, .span = span, .kid = KIDS(p, condition, yes, no)});
}

Ast *ast_absent(Parse *p, Span span, Ast *a, Ast *otherwise)
{
    return finish(p, (Ast){.kind = AST_ABSENT, .span = span, .kid = KIDS(p, a, otherwise)});
}

Ast *ast_range(Parse *p, Span span, Ast *from, Ast *to)
{
    return finish(p, (Ast){.kind = AST_RANGE, .span = span, .kid = KIDS(p, from, to)});
}

Ast *ast_reduce(Parse *p, Span span, Str reducer, AstDomain domain, Ast *body)
{
    return finish(p, (Ast){.kind = AST_REDUCE, .span = span, .name = reducer, .domain = domain, .kid = KIDS(p, body)});
}

/* ---- statements ---- */

AstLhs ast_lhs(Span span, const Ast *name, int brackets, AstBinds bind)
{
    return (AstLhs){.name = name->name, .at = name->at, .brackets = brackets, .bind = bind, .span = span};
}

Stmt *stmt_new(Parse *p, Stmt fields)
{
    Stmt *s = arena_new_of(p->arena, Stmt);
    *s = fields;
    return s;
}

Stmt *stmt_of_lhs(Parse *p, AstLhsList lhs, Stmt fields)
{
    const AstLhs *first = &lhs.at[0];
    fields.lhs = lhs;
    fields.name = first->name;
    fields.name_span = (Span){first->span.source, first->span.begin, first->span.begin + (uint32_t)strlen(first->name)};
    return stmt_new(p, fields);
}
