/* rasp.y - the grammar of RASP programs
 *
 * The operators of the original, one row a level, tightest last; every one of them is left-associative: `^`, the choice and `in` too.
 * `and` and `or` share a level. Ours on top: `!=` wherever `==` stands, several statements on a line, comments anywhere.
 * Every action is one call of a constructor (compiler/rasp_ast.h). */
%require "3.8"
%define api.pure full
%define api.prefix {rasp_yy}
%define api.token.prefix {RASP_}
%define api.location.type {Span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0

%code requires {
#include "rasp_ast.h"

#ifndef YY_TYPEDEF_YY_SCANNER_T
#define YY_TYPEDEF_YY_SCANNER_T
typedef void *yyscan_t;
#endif

/* An empty symbol lies at the end of the one before it. */
#define YYLLOC_DEFAULT(to, right, n)                                                                                              \
    ((to) = (n) ? (Span){YYRHSLOC(right, 1).source, YYRHSLOC(right, 1).begin, YYRHSLOC(right, n).end}                             \
                : (Span){YYRHSLOC(right, 0).source, YYRHSLOC(right, 0).end, YYRHSLOC(right, 0).end})
}

%code provides {
int rasp_yylex(RASP_YYSTYPE *value, Span *place, yyscan_t scanner);
}

%code {
#define STMT(Kind, place, ...) rasp_stmt(p, (RaspStmt){.kind = RASP_##Kind, .span = place, __VA_ARGS__})
#define ONE(e) rasp_exprs(p, (RaspExprs){0}, e)
#define TWO(a, b) rasp_exprs(p, ONE(a), b)
#define BINARY(place, at, op, a, b) rasp_two(p, RASP_BINARY, op, a, b, place, at)
#define NONE ((RaspExprs){0})

#include <string.h>

static void rasp_yyerror(const Span *place, yyscan_t scanner, RaspParse *p, const char *what);
}

%param {yyscan_t scanner}
%parse-param {RaspParse *p}
%initial-action { @$ = (Span){p->source, 0, 0}; }

%union {
    Str str;
    RaspOp op;
    RaspSubset subset;
    int on;
    RaspExpr *expr;
    RaspExprs exprs;
    RaspWords words;
    RaspStmt *stmt;
    RaspStmts stmts;
}

%token YYEOF 0 "the end of the text"
%token <str> ID "a name" DECIMAL "a number" REAL "a decimal number" TEXT "a string"
%token EOL "the end of the line"
%token SELECT_OPEN "'select('" AGGREGATE_OPEN "'aggregate('" RANGE_OPEN "'range('" ZIP_OPEN "'zip('" LEN_OPEN "'len('"
       FULL_DISPLAY "'full seq display'" QUIT "'exit'" SOP "'s-op'" SET "'set'" SHOW_WORD "'show'" EXAMPLE_WORD "'example'"
       EXAMPLES_WORD "'examples'" ON "'on'" OFF "'off'" SELECTOR "'selector'" LOAD_WORD "'load'" DRAW_WORD "'draw'" ROUND "'round'"
       INDICATOR "'indicator'" DEF_WORD "'def'" RETURN "'return'" FOR_WORD "'for'" IN_WORD "'in'" IF "'if'" ELSE "'else'" NOT "'not'"
       AND "'and'" OR "'or'" EQUAL "'=='" DIFFERS "'!='" AT_MOST "'<='" AT_LEAST "'>='"

%type <stmts> text body
%type <stmt> stmt
%type <words> ids params
%type <exprs> exprs arguments pairs
%type <subset> subset
%type <on> switch
%type <op> relation
%type <expr> expr choice logic compare sum rest product power unary post

%%

program: text                                 { p->text = $text; }

text: %empty                                  { $$ = (RaspStmts){0}; }
    | text stmt                               { $$ = rasp_stmts(p, $1, $2); }
    | text error ';'                          { if (p->errors > RASP_MOST_ERRORS || p->too_deep) { YYABORT; } yyerrok; }
    | text error '}'                          { if (p->errors > RASP_MOST_ERRORS || p->too_deep) { YYABORT; } yyerrok; }

body: %empty                                  { $$ = (RaspStmts){0}; }
    | body stmt                               { $$ = rasp_stmts(p, $1, $2); }

stmt: expr ';'                                { $$ = STMT(DO, @$, .value = ONE($expr)); }
    | ids '=' exprs ';'                       { $$ = STMT(ASSIGN, @$, .names = $ids, .value = $exprs); }
    | DEF_WORD ID '(' params ')' '{' body RETURN exprs ';' '}'
        { $$ = STMT(DEF, @$, .name = {$ID, @ID}, .names = $params, .body = $body, .value = $exprs); }
    | FOR_WORD ids IN_WORD expr '{' body '}'  { $$ = STMT(FOR, @$, .names = $ids, .value = ONE($expr), .body = $body); }
    | LOAD_WORD TEXT ';'                      { $$ = STMT(LOAD, @$, .name = {$TEXT, @TEXT}); }
    | DRAW_WORD '(' expr ')' ';'              { $$ = STMT(DRAW, @$, .value = ONE($expr)); }
    | DRAW_WORD '(' expr[s] ',' expr[on] ')' ';' { $$ = STMT(DRAW, @$, .value = TWO($s, $on)); }
    | SET subset EXAMPLE_WORD expr end        { $$ = STMT(EXAMPLE, @$, .subset = $subset, .value = ONE($expr)); }
    | SHOW_WORD subset EXAMPLE_WORD           { $$ = STMT(SHOW, @$, .subset = $subset); }
    | SOP EXAMPLES_WORD switch                { $$ = STMT(EXAMPLES, @$, .subset = RASP_SOPS, .on = $switch); }
    | SELECTOR EXAMPLES_WORD switch           { $$ = STMT(EXAMPLES, @$, .subset = RASP_SELECTORS, .on = $switch); }
    | EXAMPLES_WORD switch                    { $$ = STMT(EXAMPLES, @$, .subset = RASP_BOTH, .on = $switch); }
    | FULL_DISPLAY switch                     { $$ = STMT(DISPLAY, @$, .on = $switch); }
    | QUIT                                    { $$ = STMT(EXIT, @$, .on = 1); }

end: EOL | ';'

subset: %empty                                { $$ = RASP_BOTH; }
    | SOP                                     { $$ = RASP_SOPS; }
    | SELECTOR                                { $$ = RASP_SELECTORS; }

switch: ON                                    { $$ = 1; }
    | OFF                                     { $$ = 0; }

ids: ID                                       { $$ = rasp_words(p, (RaspWords){0}, $ID, @ID); }
    | ids ',' ID                              { $$ = rasp_words(p, $1, $ID, @ID); }

params: %empty                                { $$ = (RaspWords){0}; }
    | ids

exprs: expr                                   { $$ = ONE($expr); }
    | exprs ',' expr                          { $$ = rasp_exprs(p, $1, $expr); }

arguments: %empty                             { $$ = NONE; }
    | exprs

pairs: expr[k] ':' expr[v]                    { $$ = TWO($k, $v); }
    | pairs ',' expr[k] ':' expr[v]           { $$ = rasp_exprs(p, rasp_exprs(p, $1, $k), $v); }

expr: choice
    | expr[a] IN_WORD choice[b]               { $$ = rasp_two(p, RASP_IN, ROP_COUNT_, $a, $b, @$, @IN_WORD); }

choice: logic
    | choice[a] IF expr[c] ELSE logic[b]      { $$ = rasp_node(p, RASP_TERNARY, rasp_exprs(p, TWO($a, $c), $b), @$, @IF); }

logic: compare
    | logic[a] AND compare[b]                 { $$ = BINARY(@$, @AND, ROP_AND, $a, $b); }
    | logic[a] OR compare[b]                  { $$ = BINARY(@$, @OR, ROP_OR, $a, $b); }

compare: sum
    | compare[a] relation sum[b]              { $$ = BINARY(@$, @relation, $relation, $a, $b); }

relation: EQUAL                               { $$ = ROP_EQ; }
    | DIFFERS                                 { $$ = ROP_NE; }
    | '<'                                     { $$ = ROP_LT; }
    | AT_MOST                                 { $$ = ROP_LE; }
    | '>'                                     { $$ = ROP_GT; }
    | AT_LEAST                                { $$ = ROP_GE; }

sum: rest
    | sum[a] '+'[op] rest[b]                  { $$ = BINARY(@$, @op, ROP_ADD, $a, $b); }
    | sum[a] '-'[op] rest[b]                  { $$ = BINARY(@$, @op, ROP_SUB, $a, $b); }

rest: product
    | rest[a] '%'[op] product[b]              { $$ = BINARY(@$, @op, ROP_MOD, $a, $b); }

product: power
    | product[a] '*'[op] power[b]             { $$ = BINARY(@$, @op, ROP_MUL, $a, $b); }
    | product[a] '/'[op] power[b]             { $$ = BINARY(@$, @op, ROP_DIV, $a, $b); }

power: unary
    | power[a] '^'[op] unary[b]               { $$ = BINARY(@$, @op, ROP_POW, $a, $b); }

unary: post
    | NOT unary[a]                            { $$ = rasp_one(p, ROP_NOT, $a, @$, @NOT); }
    | '-'[op] unary[a]                        { $$ = rasp_one(p, ROP_NEG, $a, @$, @op); }
    | '+'[op] unary[a]                        { $$ = rasp_one(p, ROP_POS, $a, @$, @op); }

post: ID                                      { $$ = rasp_leaf(p, RASP_NAME, $ID, @$); }
    | DECIMAL                                 { $$ = rasp_leaf(p, RASP_INT, $DECIMAL, @$); }
    | REAL                                    { $$ = rasp_leaf(p, RASP_FLOAT, $REAL, @$); }
    | TEXT                                    { $$ = rasp_leaf(p, RASP_STRING, $TEXT, @$); }
    | '(' expr ')'                            { $$ = $expr; }
    | post[a] '[' expr[i] ']'                 { $$ = rasp_node(p, RASP_INDEX, TWO($a, $i), @$, @i); }
    | post[a] '('[at] arguments ')'           {
        RaspExprs kids = ONE($a);
        for (int i = 0; i < $arguments.n; i++) {
            kids = rasp_exprs(p, kids, $arguments.at[i]);
        }
        $$ = rasp_node(p, RASP_CALL, kids, @$, @a);
    }
    | ROUND '(' expr[a] ')'                   { $$ = rasp_one(p, ROP_ROUND, $a, @$, @ROUND); }
    | INDICATOR '(' expr[a] ')'               { $$ = rasp_one(p, ROP_INDICATOR, $a, @$, @INDICATOR); }
    | SELECT_OPEN[at] expr[k] ',' expr[q] ',' relation ')'
        { $$ = rasp_two(p, RASP_SELECT, $relation, $k, $q, @$, @at); }
    | AGGREGATE_OPEN[at] expr[s] ',' expr[x] ')' { $$ = rasp_node(p, RASP_AGGREGATE, TWO($s, $x), @$, @at); }
    | AGGREGATE_OPEN[at] expr[s] ',' expr[x] ',' expr[d] ')'
        { $$ = rasp_node(p, RASP_AGGREGATE, rasp_exprs(p, TWO($s, $x), $d), @$, @at); }
    | RANGE_OPEN[at] exprs ')'                { $$ = rasp_node(p, RASP_RANGE, $exprs, @$, @at); }
    | ZIP_OPEN[at] exprs ')'                  { $$ = rasp_node(p, RASP_ZIP, $exprs, @$, @at); }
    | LEN_OPEN[at] expr[a] ')'                { $$ = rasp_node(p, RASP_LEN, ONE($a), @$, @at); }
    | '[' arguments ']'                       { $$ = rasp_node(p, RASP_LIST, $arguments, @$, @$); }
    | '{' '}'                                 { $$ = rasp_node(p, RASP_DICT, NONE, @$, @$); }
    | '{' pairs '}'                           { $$ = rasp_node(p, RASP_DICT, $pairs, @$, @$); }
    | '[' expr[v] FOR_WORD ids IN_WORD expr[from] ']'
        { $$ = rasp_expr(p, (RaspExpr){.kind = RASP_LIST_COMP, .kid = TWO($v, $from), .names = $ids, .span = @$, .at = @FOR_WORD}); }
    | '{' expr[k] ':' expr[v] FOR_WORD ids IN_WORD expr[from] '}'
        { $$ = rasp_expr(p, (RaspExpr){.kind = RASP_DICT_COMP, .kid = rasp_exprs(p, TWO($k, $v), $from), .names = $ids,
                                       .span = @$, .at = @FOR_WORD}); }

%%

/* ---- what is wrong ---- */

static void rasp_yyerror(const Span *place, yyscan_t scanner, RaspParse *p, const char *what)
{
    (void)scanner;
    rasp_error(p, *place, "%s", what);
}

static int has(const yysymbol_kind_t *set, int n, yysymbol_kind_t kind)
{
    for (int i = 0; i < n; i++) {
        if (set[i] == kind) {
            return 1;
        }
    }
    return 0;
}

static int is_word(const char *text)
{
    return (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z') || text[0] == '_';
}

/* What was expected, in few words. */
static const char *expected(RaspParse *p, const yysymbol_kind_t *set, int n)
{
    const int expression = has(set, n, YYSYMBOL_REAL), goes_on = has(set, n, YYSYMBOL_IF);
    if (expression) {
        return has(set, n, YYSYMBOL_SET) ? "a statement" : "an expression";
    }
    const char *list = "";
    int names = 0;
    for (int i = 0; i < n; i++) {
        const char *name = yysymbol_name(set[i]);
        const int is_word_op = set[i] == YYSYMBOL_IF || set[i] == YYSYMBOL_IN_WORD || set[i] == YYSYMBOL_AND || set[i] == YYSYMBOL_OR;
        const int is_sign = name[0] == '\'' && strchr("+-*/%^<>=!([", name[1]);
        if (!goes_on || !(is_word_op || is_sign)) {
            list = arena_printf(p->arena, "%s%s%s", list, names ? " or " : "", name);
            names++;
        }
    }
    return names == 0 ? "an operator" : names > 3 ? NULL : list;
}

static int yyreport_syntax_error(const yypcontext_t *context, yyscan_t scanner, RaspParse *p)
{
    (void)scanner;
    yysymbol_kind_t set[YYNTOKENS];
    const yysymbol_kind_t token = yypcontext_token(context);
    const Span place = *yypcontext_location(context);
    const int n = yypcontext_expected_tokens(context, set, YYNTOKENS);
    if (n < 0) {
        return n;
    }
    p->unfinished |= token == YYSYMBOL_YYEOF && p->errors == 0;
    p->line_bound = 0; /* the line has no end that matters any more */
    const char *wanted = expected(p, set, n), *text = span_text(place);
    const char *shown = token == YYSYMBOL_YYEOF ? "the end of the text" : token == YYSYMBOL_EOL ? "the end of the line"
                                                                       : arena_printf(p->arena, "'%.40s'", text);
    rasp_error(p, place, "unexpected %s%s%s", shown, wanted ? ", expected " : "", wanted ? wanted : "");
    if (token != YYSYMBOL_ID && token != YYSYMBOL_YYEOF && is_word(text) && has(set, n, YYSYMBOL_ID) &&
        !has(set, n, YYSYMBOL_REAL)) {
        diag_hint(p->d, "'%s' is a word of the language, so nothing can be called that", text);
    } else if (has(set, n, YYSYMBOL_RETURN)) {
        diag_hint(p->d, "a function ends with its only `return`: def f(a) { .. return a; }");
    } else if (token == YYSYMBOL_SOP) {
        diag_hint(p->d, "s-op is one word; a difference is written with spaces: s - op");
    }
    return 0;
}
