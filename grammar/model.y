/* model.y - the grammar of models
 *
 * Statements need no terminator: none starts with an operator, '(', '[' or a string, so the next one's first word ends the last.
 * Every action is one call of a constructor (compiler/ast_build.h). */
%require "3.8"
%define api.pure full
%define api.prefix {model_yy}
%define api.token.prefix {T_}
%define api.location.type {Span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0

%code requires {
#include "ast_build.h"

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
int model_yylex(MODEL_YYSTYPE *value, Span *place, yyscan_t scanner);

/* After an error: is this token kept, because a statement begins (or a block or the text ends) with it? If not, the lexer is
 * told to pass over everything up to one that does. */
int parse_resumes(Parse *p, int token, Span place);
}

%code {
#include <string.h>

#define HEAD(first, last) ((Span){(first).source, (first).begin, (last).end}) /* of a block statement */
#define STMT(Kind, place, ...) stmt_new(p, (Stmt){.kind = STMT_##Kind, .span = place, __VA_ARGS__})
#define LHS_STMT(Kind, lhs, place, ...) stmt_of_lhs(p, lhs, (Stmt){.kind = STMT_##Kind, .span = place, __VA_ARGS__})
#define NAMED(id, place) .name = id, .name_span = place
#define NAMED_AT(node) .name = (node)->name, .at = (node)->at, .name_span = (node)->span
#define NEXT_NAME (yychar == T_NAME ? yylloc : (Span){0}) /* where a statement has ended */

static void model_yyerror(const Span *place, yyscan_t scanner, Parse *p, const char *what);
}

%param {yyscan_t scanner}
%parse-param {Parse *p}
%initial-action { @$ = (Span){p->source, 0, 0}; }

%union {
    int64_t integer;
    Str str;
    AstOp op;
    Ast *ast;
    AstList list;
    AstBind bind;
    AstBinds binds;
    AstDomain domain;
    AstDims dims;
    AstLhs lhs;
    AstLhsList lhss;
    Stmt *stmt;
    StmtList stmts;
}

%token YYEOF 0 "the end of the text"
%token <integer> INT "a number"
%token <str> REAL "a real number" NAME "a name" MEMBER "'.name'" TEXT "text"
%token STRING "a string" STRING_END "'\"'"
%token <str> RED "a reduction" CNT "a count"
%token MODEL "'model'" CONFIG "'config'" WEIGHTS "'weights'" TOKENIZER "'tokenizer'" REQUIRE "'require'" LET "'let'" DIM "'dim'"
       RAGGED "'ragged'" PARAM "'param'" INPUT "'input'" STATE "'state'" OUTPUT "'output'" FN "'fn'" REDUCER "'reducer'"
       RETURN "'return'" FOR "'for'" UNDER "'under'" IF "'if'" ELSE "'else'" REPEAT "'repeat'" WHILE "'while'" ALONG "'along'"
       GROW "'grow'" APPEND "'append'" CUT "'cut'"
%token <str> AS "'as'" DOWN "'down'" FROM "'from'"
%token IN "'in'" WHERE "'where'" NOT "'not'" AND "'and'" OR "'or'" IDIV "'div'" MOD "'mod'"
       LE "'<='" GE "'>='" EQ "'=='" NE "'!='" ARROW "'->'" DOTS "'..'" COALESCE "'??'"

%type <stmts> text block lets dims raggeds
%type <stmt> stmt if let dim ragged
%type <lhs> lhs parameter
%type <lhss> lhss parameters
%type <str> id
%type <ast> name at where under range file string
%type <ast> expr or and not rel chain sum term red mul unary pow coal post item
%type <op> compare times
%type <list> parts exprs items arguments
%type <bind> bind
%type <binds> binds
%type <domain> domain
%type <dims> formals

%%

model: text                                   { p->text = $text; }

text: %empty                                  { $$ = (StmtList){0}; }
    | text stmt                               { $$ = stmt_list_add(p, $1, $2), p->next = NEXT_NAME; }
    | text LET lets                           { $$ = stmt_list_join(p, $1, $3, @2), p->next = NEXT_NAME; }
    | text DIM dims                           { $$ = stmt_list_join(p, $1, $3, @2), p->next = NEXT_NAME; }
    | text RAGGED raggeds                     { $$ = stmt_list_join(p, $1, $3, @2), p->next = NEXT_NAME; }
    | text ';'
    | text error {
        if (p->errors > AST_MOST_ERRORS || p->too_deep) {
            YYABORT;
        }
        if (!parse_resumes(p, yychar, yylloc)) {
            yyclearin;
        }
        if (yychar != T_YYEOF) { /* at the end a second error is silent */
            yyerrok;
        }
    }

block: '{' text '}'                           { $$ = $text; }

stmt: MODEL id                                { $$ = STMT(MODEL, @$, NAMED($id, @id)); }
    | CONFIG id '=' file                      { $$ = STMT(CONFIG, @$, NAMED($id, @id), .value = $file); }
    | WEIGHTS string                          { $$ = STMT(WEIGHTS, @$, .value = $string); }
    | WEIGHTS string[prefix] '=' string[file] { $$ = STMT(WEIGHTS, @$, .value = $file, .under = $prefix); }
    | TOKENIZER file                          { $$ = STMT(TOKENIZER, @$, .value = $file); }
    | REQUIRE expr ',' string                 { $$ = STMT(REQUIRE, @$, .value = $expr, .other = $string); }
    | PARAM lhs '=' expr                      { $$ = LHS_STMT(PARAM, lhs_list_of(p, $lhs), @$, .value = $expr); }
    | INPUT lhs ':' id                        { $$ = LHS_STMT(INPUT, lhs_list_of(p, $lhs), @$, .type = $id); }
    | INPUT lhs ':' id '=' expr               { $$ = LHS_STMT(INPUT, lhs_list_of(p, $lhs), @$, .type = $id, .value = $expr); }
    | STATE lhs '=' expr                      { $$ = LHS_STMT(STATE, lhs_list_of(p, $lhs), @$, .value = $expr); }
    | lhss '=' expr                           { $$ = LHS_STMT(EQUATION, $lhss, @$, .value = $expr); }
    | OUTPUT lhss '=' expr                    { $$ = LHS_STMT(EQUATION, $lhss, @$, .value = $expr, .output = 1); }
    | FN id formals '(' parameters ')' '=' expr
        { $$ = STMT(FN, @$, NAMED($id, @id), .lhs = $parameters,
                                  .from = $formals.from, .to = $formals.to, .arrow = $formals.arrow, .value = $expr); }
    | FN id formals '(' parameters ')'[last] block
        { $$ = STMT(FN, HEAD(@1, @last), NAMED($id, @id), .lhs = $parameters,
                                  .from = $formals.from, .to = $formals.to, .arrow = $formals.arrow, .block = 1, .body = $block); }
    | REDUCER RED '[' bind ']' id '=' expr
        { $$ = STMT(REDUCER, @$, NAMED($RED, @RED), .from = bind_list_of(p, $bind),
                                  .lhs = lhs_list_of(p, (AstLhs){.name = $id, .span = @id}), .value = $expr); }
    | RETURN exprs                            { $$ = STMT(RETURN, @$, .values = $exprs); }
    | FOR id IN expr under block
        { $$ = STMT(FOR, HEAD(@1, @under), NAMED($id, @id), .value = $expr,
                                  .under = $under, .body = $block); }
    | FOR id IN expr[low] DOTS expr[high] under block
        { $$ = STMT(FOR, HEAD(@1, @under), NAMED($id, @id), .value = $low, .other = $high,
                                  .under = $under, .body = $block); }
    | UNDER expr block                        { $$ = STMT(UNDER, HEAD(@1, @expr), .under = $expr, .body = $block); }
    | if
    | REPEAT expr block                       { $$ = STMT(REPEAT, HEAD(@1, @expr), .value = $expr, .body = $block); }
    | REPEAT expr AS id block
        { $$ = STMT(REPEAT, HEAD(@1, @id), .value = $expr, NAMED($id, @id), .body = $block); }
    | WHILE expr block                        { $$ = STMT(WHILE, HEAD(@1, @expr), .value = $expr, .body = $block); }
    | ALONG id block                          { $$ = STMT(ALONG, HEAD(@1, @id), NAMED($id, @id), .body = $block); }
    | ALONG id DOWN block
        { $$ = STMT(ALONG, HEAD(@1, @3), NAMED($id, @id), .down = 1, .body = $block); }
    | GROW id[name] FROM id[source] LE expr
        { $$ = STMT(GROW, @$, NAMED($name, @name), .type = $source, .value = $expr); }
    | APPEND id ':' expr                      { $$ = STMT(APPEND, @$, NAMED($id, @id), .value = $expr); }
    | CUT id ':' expr                         { $$ = STMT(CUT, @$, NAMED($id, @id), .value = $expr); }

if: IF expr block                             { $$ = STMT(IF, HEAD(@1, @expr), .value = $expr, .body = $block); }
  | IF expr block[yes] ELSE block[no]
        { $$ = STMT(IF, HEAD(@1, @expr), .value = $expr, .body = $yes, .otherwise = $no); }
  | IF expr block ELSE if[no]
        { $$ = STMT(IF, HEAD(@1, @expr), .value = $expr, .body = $block, .otherwise = stmt_list_of(p, $no)); }

under: %empty                                 { $$ = NULL; }
     | UNDER expr                             { $$ = $expr; }

lets: let                                     { $$ = stmt_list_of(p, $1); }
    | lets ',' let                            { $$ = stmt_list_add(p, $1, $3); }
let:  name '=' expr
        { $$ = STMT(LET, @$, NAMED_AT($name), .value = $expr); }

dims: dim                                     { $$ = stmt_list_of(p, $1); }
    | dims ',' dim                            { $$ = stmt_list_add(p, $1, $3); }
dim:  name '=' expr where
        { $$ = STMT(DIM, @$, NAMED_AT($name), .value = $expr, .other = $where); }

raggeds: ragged                               { $$ = stmt_list_of(p, $1); }
       | raggeds ',' ragged                   { $$ = stmt_list_add(p, $1, $3); }
ragged:  name                                 { $$ = STMT(RAGGED, @$, NAMED_AT($name)); }
      |  name LE expr
        { $$ = STMT(RAGGED, @$, NAMED_AT($name), .other = $expr); }
      |  name '=' expr where
        { $$ = STMT(RAGGED, @$, NAMED_AT($name), .value = $expr, .other = $where); }

where: %empty                                 { $$ = NULL; }
     | WHERE expr                             { $$ = $expr; }

formals: %empty                               { $$ = (AstDims){0}; }
       | '[' binds ']'                        { $$ = (AstDims){.from = $binds}; }
       | '[' binds[from] ARROW binds[to] ']'  { $$ = (AstDims){.from = $from, .to = $to, .arrow = 1}; }

parameters: %empty                            { $$ = (AstLhsList){0}; }
          | parameter                         { $$ = lhs_list_of(p, $1); }
          | parameters ',' parameter          { $$ = lhs_list_add(p, $1, $3); }
parameter: lhs
         | lhs '=' expr                       { $$ = $lhs; $$.value = $expr; }

lhss: lhs                                     { $$ = lhs_list_of(p, $1); }
    | lhss ',' lhs                            { $$ = lhs_list_add(p, $1, $3); }
lhs: name                                     { $$ = ast_lhs(@$, $name, 0, (AstBinds){0}); }
   | name '[' ']'                             { $$ = ast_lhs(@$, $name, 1, (AstBinds){0}); }
   | name '[' binds ']'                       { $$ = ast_lhs(@$, $name, 1, $binds); }

binds: bind                                   { $$ = bind_list_of(p, $1); }
     | binds ',' bind                         { $$ = bind_list_add(p, $1, $3); }
bind: id                                      { $$ = (AstBind){.name = $id, .span = @$}; }
    | id IN expr                              { $$ = (AstBind){.name = $id, .in = $expr, .span = @$}; }
    | '*' id                                  { $$ = (AstBind){.name = $id, .star = 1, .span = @$}; }

domain: binds where                           { $$ = (AstDomain){$binds, $where}; }

/* Words that mean something only at one place are names everywhere else. */
id: NAME | AS | DOWN | FROM

name: id                                      { $$ = ast_name(p, @$, $id, NULL); }
    | id '@' at                               { $$ = ast_name(p, @$, $id, $at); }
at: INT                                       { $$ = ast_int(p, @$, $1); }
  | id                                        { $$ = ast_name(p, @$, $1, NULL); }
  | '(' expr ')'                              { $$ = $expr; }

expr: or
    | or '?' expr[yes] ':' expr[no]           { $$ = ast_cond(p, @$, $or, $yes, $no); }
or:   and
    | or OR and                               { $$ = ast_binary(p, @$, AST_OP_OR, $1, $3); }
and:  not
    | and AND not                             { $$ = ast_binary(p, @$, AST_OP_AND, $1, $3); }
not:  rel
    | NOT not                                 { $$ = ast_unary(p, @$, AST_OP_NOT, $2); }

rel:   sum
     | chain
chain: sum compare sum                        { $$ = ast_compare(p, @$, $1, $2, $3); }
     | chain compare sum                      { $$ = ast_compare_more(p, @$, $1, $2, $3); }
     | sum IN WEIGHTS[w]                      { $$ = ast_compare(p, @$, $1, AST_OP_IN, ast_text(p, @w, str_of("weights"))); }
compare: '<' { $$ = AST_OP_LT; } | LE { $$ = AST_OP_LE; } | EQ { $$ = AST_OP_EQ; } | IN { $$ = AST_OP_IN; }
       | '>' { $$ = AST_OP_GT; } | GE { $$ = AST_OP_GE; } | NE { $$ = AST_OP_NE; }

sum:  term
    | sum '+' term                            { $$ = ast_binary(p, @$, AST_OP_ADD, $1, $3); }
    | sum '-' term                            { $$ = ast_binary(p, @$, AST_OP_SUB, $1, $3); }

/* A reducer takes all products to its right, and stops at + - comparison , ) ] */
term: mul
    | red
    | mul times red                           { $$ = ast_binary(p, @$, $2, $1, $3); }
red:  RED '[' domain ']' term                 { $$ = ast_reduce(p, @$, $RED, $domain, $term); }
    | '-' red                                 { $$ = ast_unary(p, @$, AST_OP_NEG, $2); }
mul:  unary
    | mul times unary                         { $$ = ast_binary(p, @$, $2, $1, $3); }
times: '*' { $$ = AST_OP_MUL; } | '/' { $$ = AST_OP_DIV; } | IDIV { $$ = AST_OP_IDIV; } | MOD { $$ = AST_OP_MOD; }

unary: pow
     | '-' unary                              { $$ = ast_unary(p, @$, AST_OP_NEG, $2); }
pow:  coal
    | coal '^' unary                          { $$ = ast_binary(p, @$, AST_OP_POW, $1, $3); }
coal: post
    | post COALESCE coal                      { $$ = ast_absent(p, @$, $1, $3); }
    | post COALESCE '-' coal                  { $$ = ast_absent(p, @$, $1, ast_unary(p, HEAD(@3, @4), AST_OP_NEG, $4)); }

post: INT                                     { $$ = ast_int(p, @$, $1); }
    | REAL                                    { $$ = ast_real(p, @$, $1); }
    | string
    | name
    | '(' expr ')'                            { $$ = $expr; }
    | '[' arguments ']'                       { $$ = ast_of_list(p, @$, $arguments); }
    | CNT '[' domain ']'                      { $$ = ast_reduce(p, @$, $CNT, $domain, NULL); }
    | RED '(' exprs ')'                       { $$ = ast_call(p, @$, ast_name(p, @RED, $RED, NULL), $exprs); }
    | post MEMBER                             { $$ = ast_member(p, @$, $1, $MEMBER); }
    | post '(' arguments ')'                  { $$ = ast_call(p, @$, $1, $arguments); }
    | post '[' ']'                            { $$ = ast_index(p, @$, $1, (AstList){0}, 0, (AstList){0}); }
    | post '[' items ']'                      { $$ = ast_index(p, @$, $1, $items, 0, (AstList){0}); }
    | post '[' items[from] ARROW items[to] ']' { $$ = ast_index(p, @$, $1, $from, 1, $to); }

file: string
    | '(' file ')'                            { $$ = $2; }
    | string COALESCE file                    { $$ = ast_absent(p, @$, $1, $3); }
    | string COALESCE id                      { $$ = ast_absent(p, @$, $1, ast_name(p, @id, $id, NULL)); }

string: STRING parts STRING_END               { $$ = ast_string(p, @$, $parts); }
parts: %empty                                 { $$ = (AstList){0}; }
     | parts TEXT                             { $$ = ast_list_add(p, $1, ast_text(p, @TEXT, $TEXT)); }
     | parts '{' expr '}'                     { $$ = ast_list_add(p, $1, $expr); }

arguments: %empty                             { $$ = (AstList){0}; }
         | exprs
exprs: expr                                   { $$ = ast_list_of(p, $1); }
     | exprs ',' expr                         { $$ = ast_list_add(p, $1, $3); }
items: item                                   { $$ = ast_list_of(p, $1); }
     | items ',' item                         { $$ = ast_list_add(p, $1, $3); }
item:  expr
    |  range
    |  '*' id                                 { $$ = ast_star(p, @$, $id); }
range: expr[from] DOTS expr[to]               { $$ = ast_range(p, @$, $from, $to); }

%%

static void model_yyerror(const Span *place, yyscan_t scanner, Parse *p, const char *what)
{
    (void)scanner, (void)what; /* the only message that comes this way: the stack is full */
    parse_error(p, *place, "this is nested too deeply to be read");
}

/* ---- what was expected: kinds of symbols, so that a message names few of them ---- */

typedef enum Group {
    BEGINS_EXPR = 1,
    CONTINUES_EXPR = 2, /* operators and suffixes */
    BEGINS_STMT = 4,
    ENDS_TEXT = 8 /* or a block */
} Group;

static const unsigned char word_group[YYNTOKENS] = {
    [YYSYMBOL_YYEOF] = ENDS_TEXT, [YYSYMBOL_ELSE] = ENDS_TEXT,
    [YYSYMBOL_INT] = BEGINS_EXPR, [YYSYMBOL_REAL] = BEGINS_EXPR, [YYSYMBOL_STRING] = BEGINS_EXPR,
    [YYSYMBOL_RED] = BEGINS_EXPR, [YYSYMBOL_CNT] = BEGINS_EXPR, [YYSYMBOL_NOT] = BEGINS_EXPR,
    [YYSYMBOL_NAME] = BEGINS_EXPR | BEGINS_STMT, [YYSYMBOL_AS] = BEGINS_EXPR | BEGINS_STMT,
    [YYSYMBOL_DOWN] = BEGINS_EXPR | BEGINS_STMT, [YYSYMBOL_FROM] = BEGINS_EXPR | BEGINS_STMT,
    [YYSYMBOL_IN] = CONTINUES_EXPR, [YYSYMBOL_IDIV] = CONTINUES_EXPR, [YYSYMBOL_MOD] = CONTINUES_EXPR,
    [YYSYMBOL_AND] = CONTINUES_EXPR, [YYSYMBOL_OR] = CONTINUES_EXPR, [YYSYMBOL_LE] = CONTINUES_EXPR,
    [YYSYMBOL_GE] = CONTINUES_EXPR, [YYSYMBOL_EQ] = CONTINUES_EXPR, [YYSYMBOL_NE] = CONTINUES_EXPR,
    [YYSYMBOL_COALESCE] = CONTINUES_EXPR, [YYSYMBOL_MEMBER] = CONTINUES_EXPR,
    [YYSYMBOL_MODEL] = BEGINS_STMT, [YYSYMBOL_CONFIG] = BEGINS_STMT, [YYSYMBOL_WEIGHTS] = BEGINS_STMT,
    [YYSYMBOL_TOKENIZER] = BEGINS_STMT, [YYSYMBOL_REQUIRE] = BEGINS_STMT, [YYSYMBOL_LET] = BEGINS_STMT,
    [YYSYMBOL_DIM] = BEGINS_STMT, [YYSYMBOL_RAGGED] = BEGINS_STMT, [YYSYMBOL_PARAM] = BEGINS_STMT,
    [YYSYMBOL_INPUT] = BEGINS_STMT, [YYSYMBOL_STATE] = BEGINS_STMT, [YYSYMBOL_OUTPUT] = BEGINS_STMT,
    [YYSYMBOL_FN] = BEGINS_STMT, [YYSYMBOL_REDUCER] = BEGINS_STMT, [YYSYMBOL_RETURN] = BEGINS_STMT,
    [YYSYMBOL_FOR] = BEGINS_STMT, [YYSYMBOL_UNDER] = BEGINS_STMT, [YYSYMBOL_IF] = BEGINS_STMT,
    [YYSYMBOL_REPEAT] = BEGINS_STMT, [YYSYMBOL_WHILE] = BEGINS_STMT, [YYSYMBOL_ALONG] = BEGINS_STMT,
    [YYSYMBOL_GROW] = BEGINS_STMT, [YYSYMBOL_APPEND] = BEGINS_STMT, [YYSYMBOL_CUT] = BEGINS_STMT,
};

static int is_any_of(yysymbol_kind_t kind, const char *characters)
{
    while (*characters && YYTRANSLATE((int)*characters) != kind) {
        characters++;
    }
    return *characters != 0;
}

static unsigned group_of(yysymbol_kind_t kind)
{
    return word_group[kind] | (is_any_of(kind, "(-[*") ? BEGINS_EXPR : 0U) | (is_any_of(kind, "([@+-*/^?<>") ? CONTINUES_EXPR : 0U) |
           (is_any_of(kind, ";") ? BEGINS_STMT : 0U) | (is_any_of(kind, "}") ? ENDS_TEXT : 0U);
}

enum { MOST_NAMED = 4 };

/* One row a group: seen when its typical token is expected, and then it covers all its tokens. */
static const struct {
    unsigned group;
    yysymbol_kind_t typical;
    const char *name;
} groups[] = {
    {CONTINUES_EXPR, YYSYMBOL_IDIV, "an operator"},
    {BEGINS_EXPR, YYSYMBOL_REAL, "an expression"},
    {BEGINS_STMT, YYSYMBOL_LET, "a statement"},
};

enum { GROUPS = sizeof groups / sizeof groups[0] };

static int has(const yysymbol_kind_t *set, int n, yysymbol_kind_t kind)
{
    for (int i = 0; i < n; i++) {
        if (set[i] == kind) {
            return 1;
        }
    }
    return 0;
}

/* The names of what is expected, at most `room`; returns how many there are. */
static int name_expected(yysymbol_kind_t token, const yysymbol_kind_t *set, int n, const char **name, int room)
{
    unsigned covered = 0;
    for (int g = 0; g < GROUPS; g++) {
        covered |= has(set, n, groups[g].typical) ? groups[g].group : 0;
    }
    covered |= (covered & BEGINS_STMT) && token != YYSYMBOL_YYEOF ? ENDS_TEXT : 0;
    int names = 0;
    for (int i = 0; i < n; i++) {
        const int word = set[i] == YYSYMBOL_AS || set[i] == YYSYMBOL_DOWN || set[i] == YYSYMBOL_FROM;
        const int hidden = (group_of(set[i]) & covered) || (word && has(set, n, YYSYMBOL_NAME));
        if (!hidden && names++ < room) {
            name[names - 1] = yysymbol_name(set[i]);
        }
    }
    for (int g = 0; g < GROUPS; g++) {
        const int wanted = (covered & groups[g].group) && (groups[g].group != CONTINUES_EXPR || names == 0);
        if (wanted && names++ < room) {
            name[names - 1] = groups[g].name;
        }
    }
    return names;
}

static const char *describe(Parse *p, yysymbol_kind_t token, Span place)
{
    switch ((int)token) { /* all others have their name */
    case YYSYMBOL_YYEOF: return "end of the text";
    case YYSYMBOL_STRING: return "string";
    case YYSYMBOL_NAME: return arena_printf(p->arena, "name '%.40s'", span_text(place));
    case YYSYMBOL_INT:
    case YYSYMBOL_REAL: return arena_printf(p->arena, "number '%.40s'", span_text(place));
    case YYSYMBOL_RED:
    case YYSYMBOL_CNT:
    case YYSYMBOL_MEMBER: return arena_printf(p->arena, "'%.40s'", span_text(place));
    default: return yysymbol_name(token);
    }
}

/* A keyword or reducer where a name should stand. */
static int is_taken_word(const Parse *p, const yysymbol_kind_t *set, int n, yysymbol_kind_t token, Span place)
{
    const char c = span_text(place)[0];
    if (token == YYSYMBOL_NAME || !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) || !has(set, n, YYSYMBOL_NAME)) {
        return 0;
    }
    return parse_begins_line(p, place) ? parse_has_equals(p, place) : !has(set, n, YYSYMBOL_LET);
}

/* An '=' inside an expression: does its line look like an equation of its own? */
static int is_equation(const Parse *p, Span equals)
{
    const char *text = p->source->text, *at = text + equals.begin;
    while (at > text && at[-1] != '\n' && at[-1] != ';') {
        at--;
    }
    at += strspn(at, " \t");
    const size_t name = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_'");
    return name > 0 && strchr("=[,@", at[name + strspn(at + name, " \t")]) != NULL;
}

/* Where a missing operator made the rest of a line look like a new statement: `y = a b`. */
static int is_run_on(const Parse *p, const yysymbol_kind_t *set, int n)
{
    return p->next.source && has(set, n, YYTRANSLATE('=')) && !has(set, n, YYSYMBOL_REAL) && !parse_begins_line(p, p->next);
}

static void report_hint(Parse *p, const yysymbol_kind_t *set, int n, yysymbol_kind_t token, Span place)
{
    if (token == YYSYMBOL_IF && has(set, n, YYSYMBOL_REAL)) {
        diag_hint(p->diag, "a choice between values is `a ? b : c`");
    } else if (is_taken_word(p, set, n, token, place)) {
        diag_hint(p->diag, "'%s' is a word of the language, so nothing can be called that", span_text(place));
    } else if (is_any_of(token, "[") && n == 1 && is_any_of(set[0], "(")) {
        diag_hint(p->diag, "a reduction stands in parentheses here: (sum[..] ..)");
    } else if (is_any_of(token, "=") && has(set, n, YYSYMBOL_IDIV)) {
        diag_hint(p->diag, is_equation(p, place) ? "an equation begins on this line, so the one before it is not finished"
                                                 : "values are compared with ==");
    }
}

static int yyreport_syntax_error(const yypcontext_t *context, yyscan_t scanner, Parse *p)
{
    (void)scanner;
    yysymbol_kind_t set[YYNTOKENS];
    const yysymbol_kind_t token = yypcontext_token(context);
    const Span place = *yypcontext_location(context);
    const int n = yypcontext_expected_tokens(context, set, YYNTOKENS);
    const char *name[MOST_NAMED];
    if (n < 0) {
        return n;
    }
    if (is_run_on(p, set, n)) {
        parse_error(p, p->next, "unexpected '%.40s', expected an operator or the end of the line", span_text(p->next));
        diag_hint(p->diag, "a second statement on a line stands after ';'");
        return 0;
    }
    const int names = name_expected(token, set, n, name, MOST_NAMED);
    const char *list = "";
    for (int i = 0; i < names && names <= MOST_NAMED; i++) {
        list = arena_printf(p->arena, "%s%s%s", list, i == 0 ? ", expected " : i == names - 1 ? " or " : ", ", name[i]);
    }
    parse_error(p, place, "unexpected %s%s", describe(p, token, place), list);
    report_hint(p, set, n, token, place);
    const Open *inner = p->open.n ? &p->open.at[p->open.n - 1] : NULL;
    const int ends = token == YYSYMBOL_YYEOF || (inner && inner->kind == OPEN_BRACKET && parse_begins_line(p, place));
    if (inner && ends && inner->span.begin != place.begin) {
        diag_note(p->diag, inner->span, "this is not closed");
    }
    return 0;
}
