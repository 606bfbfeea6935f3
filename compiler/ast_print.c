/* ast_print.c - a tree as text that reads back as the same tree: every operator in parentheses, one statement a line */
#include "ast.h"

#include <string.h>

static const char *const op_text[] = {
    [AST_OP_NEG] = "-",   [AST_OP_NOT] = "not ", [AST_OP_ADD] = "+",  [AST_OP_SUB] = "-", [AST_OP_MUL] = "*",  [AST_OP_DIV] = "/",
    [AST_OP_IDIV] = "div", [AST_OP_MOD] = "mod", [AST_OP_POW] = "^",  [AST_OP_LT] = "<",  [AST_OP_GT] = ">",   [AST_OP_LE] = "<=",
    [AST_OP_GE] = ">=",   [AST_OP_EQ] = "==",    [AST_OP_NE] = "!=",  [AST_OP_IN] = "in", [AST_OP_AND] = "and", [AST_OP_OR] = "or",
};

/* "2." is printed as "2.0": before the dots of a range its own dot would be one of them. */
static void print_decimal(const char *digits, FILE *out)
{
    fputs(digits, out);
    if (digits[strlen(digits) - 1] == '.') {
        fputc('0', out);
    }
}

static void print_list(const AstList *list, int from, FILE *out)
{
    for (int i = from; i < list->n; i++) {
        fputs(i == from ? "" : ", ", out);
        ast_print_expr(list->at[i], out);
    }
}

static void print_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        switch (*text) {
        case '"': fputs("\\\"", out); break;
        case '\\': fputs("\\\\", out); break;
        case '\n': fputs("\\n", out); break;
        case '\t': fputs("\\t", out); break;
        default: fputc(*text, out);
        }
    }
}

static void print_string(const Ast *string, FILE *out)
{
    fputc('"', out);
    for (int i = 0; i < string->kid.n; i++) {
        const Ast *part = string->kid.at[i];
        if (part->kind == AST_TEXT) {
            print_text(part->name, out);
        } else {
            fputc('{', out);
            ast_print_expr(part, out);
            fputc('}', out);
        }
    }
    fputc('"', out);
}

/* Is it one thing without parentheses? */
static int is_closed(const Ast *e)
{
    switch (e->kind) {
    case AST_UNARY:
    case AST_BINARY:
    case AST_COMPARE:
    case AST_COND:
    case AST_ABSENT: return 0;
    case AST_REDUCE: return !e->kid.at[0];
    case AST_INT:
    case AST_REAL:
    case AST_STR:
    case AST_TEXT:
    case AST_NAME:
    case AST_LIST:
    case AST_MEMBER:
    case AST_INDEX:
    case AST_CALL:
    case AST_RANGE:
    case AST_STAR:
    case AST_ERROR: break;
    }
    return 1;
}

/* name, name@k, name@3, name@(expression) */
static void print_name(Str name, const Ast *at, FILE *out)
{
    fputs(name, out);
    if (at) {
        const int plain = at->kind == AST_INT || (at->kind == AST_NAME && !at->at) || !is_closed(at);
        fputs(plain ? "@" : "@(", out);
        ast_print_expr(at, out);
        fputs(plain ? "" : ")", out);
    }
}

static void print_binds(const AstBinds *bind, FILE *out)
{
    for (int i = 0; i < bind->n; i++) {
        fprintf(out, "%s%s%s", i ? ", " : "", bind->at[i].star ? "*" : "", bind->at[i].name);
        if (bind->at[i].in) {
            fputs(" in ", out);
            ast_print_expr(bind->at[i].in, out);
        }
    }
}

static void print_where(const Ast *where, FILE *out)
{
    if (where) {
        fputs(" where ", out);
        ast_print_expr(where, out);
    }
}

static void print_index(const Ast *e, FILE *out)
{
    ast_print_expr(e->kid.at[0], out);
    fputc('[', out);
    print_list(&e->item, 0, out);
    if (e->arrow) {
        fputs(" -> ", out);
        print_list(&e->to, 0, out);
    }
    fputc(']', out);
}

static void print_compare(const Ast *e, FILE *out)
{
    for (int i = 0; i < e->kid.n; i++) {
        if (i > 0) {
            fprintf(out, " %s ", op_text[e->ops[i - 1]]);
        }
        ast_print_expr(e->kid.at[i], out);
    }
}

static void print_reduce(const Ast *e, FILE *out)
{
    fprintf(out, "%s[", e->name);
    print_binds(&e->domain.bind, out);
    print_where(e->domain.where, out);
    fputc(']', out);
    if (e->kid.at[0]) {
        fputc(' ', out);
        ast_print_expr(e->kid.at[0], out);
    }
}

static void print_between(const Ast *e, const char *first, const char *second, FILE *out)
{
    ast_print_expr(e->kid.at[0], out);
    fputs(first, out);
    ast_print_expr(e->kid.at[1], out);
    if (e->kid.n > 2) {
        fputs(second, out);
        ast_print_expr(e->kid.at[2], out);
    }
}

static void print_bare(const Ast *e, FILE *out)
{
    switch (e->kind) {
    case AST_INT: fprintf(out, "%lld", (long long)e->integer); break;
    case AST_REAL: print_decimal(e->name, out); break;
    case AST_STR: print_string(e, out); break;
    case AST_TEXT: print_text(e->name, out); break;
    case AST_NAME: print_name(e->name, e->at, out); break;
    case AST_STAR: fprintf(out, "*%s", e->name); break;
    case AST_ERROR: fputs("<error>", out); break;
    case AST_INDEX: print_index(e, out); break;
    case AST_COMPARE: print_compare(e, out); break;
    case AST_REDUCE: print_reduce(e, out); break;
    case AST_COND: print_between(e, " ? ", " : ", out); break;
    case AST_ABSENT: print_between(e, " ?? ", "", out); break;
    case AST_RANGE: print_between(e, "..", "", out); break;
    case AST_LIST:
        fputc('[', out);
        print_list(&e->kid, 0, out);
        fputc(']', out);
        break;
    case AST_MEMBER:
        ast_print_expr(e->kid.at[0], out);
        fprintf(out, ".%s", e->name);
        break;
    case AST_CALL:
        ast_print_expr(e->kid.at[0], out);
        fputc('(', out);
        print_list(&e->kid, 1, out);
        fputc(')', out);
        break;
    case AST_UNARY:
        fputs(op_text[e->op], out);
        ast_print_expr(e->kid.at[0], out);
        break;
    case AST_BINARY:
        ast_print_expr(e->kid.at[0], out);
        fprintf(out, " %s ", op_text[e->op]);
        ast_print_expr(e->kid.at[1], out);
        break;
    }
}

void ast_print_expr(const Ast *e, FILE *out)
{
    const int closed = is_closed(e);
    fputs(closed ? "" : "(", out);
    print_bare(e, out);
    fputs(closed ? "" : ")", out);
}

/* ---- statements ---- */

static void print_lhs(const AstLhs *lhs, FILE *out)
{
    print_name(lhs->name, lhs->at, out);
    if (lhs->brackets) {
        fputc('[', out);
        print_binds(&lhs->bind, out);
        fputc(']', out);
    }
    if (lhs->value) {
        fputs(" = ", out);
        ast_print_expr(lhs->value, out);
    }
}

static void print_lhss(const AstLhsList *lhs, FILE *out)
{
    for (int i = 0; i < lhs->n; i++) {
        fputs(i ? ", " : "", out);
        print_lhs(&lhs->at[i], out);
    }
}

static void print_after(const char *word, const Ast *e, FILE *out)
{
    if (e) {
        fputs(word, out);
        ast_print_expr(e, out);
    }
}

static void print_fn(const Stmt *s, FILE *out)
{
    fprintf(out, "fn %s", s->name);
    if (s->from.n) {
        fputc('[', out);
        print_binds(&s->from, out);
        fputs(s->arrow ? " -> " : "", out);
        print_binds(&s->to, out);
        fputc(']', out);
    }
    fputc('(', out);
    print_lhss(&s->lhs, out);
    fputc(')', out);
    print_after(" = ", s->value, out);
}

static void print_reducer(const Stmt *s, FILE *out)
{
    fprintf(out, "reducer %s[", s->name);
    print_binds(&s->from, out);
    fprintf(out, "] %s = ", s->lhs.at[0].name);
    ast_print_expr(s->value, out);
}

static void print_for(const Stmt *s, FILE *out)
{
    fprintf(out, "for %s in ", s->name);
    ast_print_expr(s->value, out);
    print_after("..", s->other, out);
    print_after(" under ", s->under, out);
}

/* The words a statement begins with, and what stands before each of its parts. */
typedef struct Shape {
    const char *word;
    int block;
    const char *value, *other; /* NULL: has none */
} Shape;

static const Shape shape[] = {
    [STMT_MODEL] = {"model ", 0, NULL, NULL},
    [STMT_CONFIG] = {"config ", 0, " = ", NULL},
    [STMT_WEIGHTS] = {"weights ", 0, "", NULL},
    [STMT_TOKENIZER] = {"tokenizer ", 0, "", NULL},
    [STMT_REQUIRE] = {"require ", 0, "", ", "},
    [STMT_LET] = {"let ", 0, " = ", NULL},
    [STMT_DIM] = {"dim ", 0, " = ", " where "},
    [STMT_RAGGED] = {"ragged ", 0, " = ", " where "},
    [STMT_PARAM] = {"param ", 0, " = ", NULL},
    [STMT_INPUT] = {"input ", 0, " = ", NULL},
    [STMT_STATE] = {"state ", 0, " = ", NULL},
    [STMT_EQUATION] = {"", 0, " = ", NULL},
    [STMT_FN] = {"", 1, NULL, NULL},
    [STMT_REDUCER] = {"", 0, NULL, NULL},
    [STMT_RETURN] = {"return ", 0, NULL, NULL},
    [STMT_FOR] = {"", 1, NULL, NULL},
    [STMT_UNDER] = {"under ", 1, NULL, NULL},
    [STMT_IF] = {"if ", 1, "", NULL},
    [STMT_REPEAT] = {"repeat ", 1, "", NULL},
    [STMT_WHILE] = {"while ", 1, "", NULL},
    [STMT_ALONG] = {"along ", 1, NULL, NULL},
    [STMT_GROW] = {"grow ", 0, " <= ", NULL},
    [STMT_APPEND] = {"append ", 0, ": ", NULL},
    [STMT_CUT] = {"cut ", 0, ": ", NULL},
};

static void print_head(const Stmt *s, FILE *out)
{
    const Shape *as = &shape[s->kind];
    fputs(s->output ? "output " : "", out);
    fputs(as->word, out);
    switch (s->kind) {
    case STMT_FN: print_fn(s, out); return;
    case STMT_REDUCER: print_reducer(s, out); return;
    case STMT_FOR: print_for(s, out); return;
    case STMT_RETURN: print_list(&s->values, 0, out); return;
    case STMT_UNDER: ast_print_expr(s->under, out); return;
    case STMT_PARAM:
    case STMT_INPUT:
    case STMT_STATE:
    case STMT_EQUATION: print_lhss(&s->lhs, out); break;
    case STMT_WEIGHTS:
        print_after("", s->under, out);
        fputs(s->under ? " = " : "", out);
        break;
    case STMT_MODEL:
    case STMT_CONFIG:
    case STMT_TOKENIZER:
    case STMT_REQUIRE:
    case STMT_LET:
    case STMT_DIM:
    case STMT_RAGGED:
    case STMT_ALONG:
    case STMT_GROW:
    case STMT_APPEND:
    case STMT_CUT:
        if (s->name) {
            print_name(s->name, s->at, out);
        }
        break;
    case STMT_IF:
    case STMT_REPEAT:
    case STMT_WHILE: break;
    }
    fputs(s->kind == STMT_INPUT ? ": " : s->kind == STMT_GROW ? " from " : "", out);
    fputs(s->type ? s->type : "", out);
    fputs(s->down ? " down" : "", out);
    print_after(as->value, s->value, out);
    print_after(as->other ? as->other : "", as->other && s->value ? s->other : NULL, out);
    print_after(" <= ", s->kind == STMT_RAGGED && !s->value ? s->other : NULL, out);
    if (s->kind == STMT_REPEAT && s->name) {
        fprintf(out, " as %s", s->name);
    }
}

static void print_block(const StmtList *text, int indent, FILE *out);

static void print_stmt(const Stmt *s, int indent, FILE *out)
{
    print_head(s, out);
    if (shape[s->kind].block && !(s->kind == STMT_FN && !s->block)) {
        fputs(" {\n", out);
        print_block(&s->body, indent + 1, out);
        fprintf(out, "%*s}", 2 * indent, "");
    }
    if (s->otherwise.n == 1 && s->otherwise.at[0]->kind == STMT_IF) {
        fputs(" else ", out);
        print_stmt(s->otherwise.at[0], indent, out);
        return;
    }
    if (s->otherwise.n) {
        fputs(" else {\n", out);
        print_block(&s->otherwise, indent + 1, out);
        fprintf(out, "%*s}", 2 * indent, "");
    }
    fputc('\n', out);
}

static void print_block(const StmtList *text, int indent, FILE *out)
{
    for (int i = 0; i < text->n; i++) {
        fprintf(out, "%*s", 2 * indent, "");
        print_stmt(text->at[i], indent, out);
    }
}

void ast_print(const StmtList *text, FILE *out)
{
    print_block(text, 0, out);
}
