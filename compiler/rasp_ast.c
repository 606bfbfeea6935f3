/* rasp_ast.c - the constructors of RASP trees */
#include "rasp_ast.h"

const char *const rasp_op_name[ROP_COUNT_] = {
    [ROP_ADD] = "+",  [ROP_SUB] = "-",  [ROP_MUL] = "*",   [ROP_DIV] = "/",   [ROP_MOD] = "%", [ROP_POW] = "^",     [ROP_EQ] = "==",
    [ROP_NE] = "!=",  [ROP_LT] = "<",   [ROP_LE] = "<=",   [ROP_GT] = ">",    [ROP_GE] = ">=", [ROP_AND] = "and",   [ROP_OR] = "or",
    [ROP_NOT] = "not", [ROP_NEG] = "-", [ROP_POS] = "+", [ROP_ROUND] = "round", [ROP_INDICATOR] = "indicator",
};

void rasp_error(RaspParse *p, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag_error(p->d, span, "%s", arena_vprintf(p->arena, format, args));
    va_end(args);
    p->errors++;
}

RaspExpr *rasp_expr(RaspParse *p, RaspExpr e)
{
    RaspExpr *made = arena_new_of(p->arena, RaspExpr);
    *made = e;
    for (int i = 0; i < e.kid.n; i++) {
        made->depth = e.kid.at[i]->depth > made->depth ? e.kid.at[i]->depth : made->depth;
    }
    if (++made->depth > RASP_DEEPEST && !p->too_deep) {
        rasp_error(p, e.at.source ? e.at : e.span, "expressions are more than %d levels deep here", RASP_DEEPEST);
        p->too_deep = 1;
    }
    return made;
}

RaspExpr *rasp_leaf(RaspParse *p, RaspKind kind, Str text, Span span)
{
    return rasp_expr(p, (RaspExpr){.kind = kind, .text = text, .span = span, .at = span});
}

RaspExpr *rasp_node(RaspParse *p, RaspKind kind, RaspExprs kids, Span span, Span at)
{
    return rasp_expr(p, (RaspExpr){.kind = kind, .kid = kids, .span = span, .at = at});
}

RaspExpr *rasp_two(RaspParse *p, RaspKind kind, RaspOp op, RaspExpr *a, RaspExpr *b, Span span, Span at)
{
    return rasp_expr(p,
                     (RaspExpr){.kind = kind, .op = op, .kid = rasp_exprs(p, rasp_exprs(p, (RaspExprs){0}, a), b), .span = span, .at = at});
}

RaspExpr *rasp_one(RaspParse *p, RaspOp op, RaspExpr *a, Span span, Span at)
{
    return rasp_expr(p, (RaspExpr){.kind = RASP_UNARY, .op = op, .kid = rasp_exprs(p, (RaspExprs){0}, a), .span = span, .at = at});
}

RaspExprs rasp_exprs(RaspParse *p, RaspExprs list, RaspExpr *last)
{
    vec_push(p->arena, list, last);
    return list;
}

RaspWords rasp_words(RaspParse *p, RaspWords list, Str text, Span span)
{
    const RaspWord word = {text, span};
    vec_push(p->arena, list, word);
    return list;
}

RaspStmts rasp_stmts(RaspParse *p, RaspStmts list, RaspStmt *last)
{
    vec_push(p->arena, list, last);
    return list;
}

RaspStmt *rasp_stmt(RaspParse *p, RaspStmt s)
{
    RaspStmt *made = arena_new_of(p->arena, RaspStmt);
    *made = s;
    return made;
}
