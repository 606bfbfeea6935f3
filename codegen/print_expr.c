/* Expressions: parentheses by precedence, real values in float unless they decide something. */
#include "print_expr.h"
#include "quote.h"
#include "wrong.h"

#include "../compiler/scalar_text.h"

#include <string.h>

/* ---- integers ------------------------------------------------------------------------------------------------------------------------ */

/* Ragged lengths are at most 2^30 in generated code, so sums of few variables fit. */
static int affine_fits(const Expr *e)
{
    Affine a;
    const int64_t limit = INT64_C(1) << 30;
    int64_t up = 0, down = 0;
    if (!affine_of(e, &a)) {
        return 0;
    }
    for (int i = 0; i < a.n; i++) {
        const Dim *dim = a.var[i] ? a.var[i]->dim : a.len[i];
        int64_t length = dim_is_ragged(dim) ? (dim->bound < limit ? dim->bound : limit) : dim->length;
        const int64_t most = a.coef[i] * (length > 0 ? length : 1);
        up += most > 0 ? most : 0;
        down += most < 0 ? most : 0;
    }
    return up + a.constant <= INT32_MAX && down + a.constant >= INT32_MIN && up <= INT32_MAX && down >= INT32_MIN;
}

int fits_i32(const Expr *e)
{
    int64_t low, high;
    return (expr_range(e, &low, &high) && low >= INT32_MIN && high <= INT32_MAX) || affine_fits(e);
}

static Piece as_i64(Printer *pr, Piece x)
{
    return x.type == C_I64 ? x : piece(arena_printf(pr->p->arena, "(int64_t)%s", piece_in(pr, x, BIND_UNARY)), BIND_UNARY, C_I64);
}

/* The table of long strings. */
static Str texts_word(Printer *pr)
{
    pr->f->uses_batch = 1;
    return str_of(arena_printf(pr->p->arena, "%s->texts", own(pr->p, OWN_BATCH)));
}

/* A function of runtime/math that says when there is no answer. */
static Piece checked(Printer *pr, const Expr *e, const char *part, Piece a, const Piece *b)
{
    const int divides = e->op == OP_IDIV || e->op == OP_MOD;
    const char *what = e->op == OP_TO_INT ? "this does not fit an integer"
                       : divides          ? "division of an integer by zero"
                                          : "integer overflow";
    Str cell = wrong_cell(pr->p, e->span, what);
    use_part(pr->p, part);
    return b ? piece(arena_printf(pr->p->arena, "%s(%s, %s, %s)", part, a.text, b->text, cell), BIND_ALL, C_I64)
             : piece(arena_printf(pr->p->arena, "%s(%s, %s)", part, a.text, cell), BIND_ALL, C_I64);
}

static Piece infix(Printer *pr, const char *op, Piece a, Piece b, int bind, CType type)
{
    return piece(arena_printf(pr->p->arena, "%s %s %s", piece_in(pr, a, bind), op, piece_in(pr, b, bind + 1)), bind, type);
}

/* h * 32 of `h * 32 + e` is h * E. */
static Piece by_length(Printer *pr, const Expr *sum, Piece left)
{
    const Expr *product = sum->kid[0], *last = sum->n > 1 ? sum->kid[1] : NULL;
    if (sum->op != OP_ADD || product->kind != EX_OP || product->op != OP_MUL || last->kind != EX_VAR || left.type != C_I32 ||
        product->kid[1]->kind != EX_CONST || dim_is_ragged(last->var->dim) || product->kid[1]->integer != last->var->dim->length) {
        return left;
    }
    const Piece factor = print_expr(pr, product->kid[0], WANT_INT);
    return piece(arena_printf(pr->p->arena, "%s * %s", piece_in(pr, factor, BIND_MUL), constant_of(pr->p, last->var->dim)), BIND_MUL,
                 C_I32);
}

static Piece print_int_op(Printer *pr, const Expr *e)
{
    static const struct {
        Op op;
        const char *c, *part;
        int bind;
    } row[] = {{OP_ADD, "+", "int_add", BIND_ADD}, {OP_SUB, "-", "int_sub", BIND_ADD}, {OP_MUL, "*", "int_mul", BIND_MUL},
               {OP_IDIV, "/", "int_div", BIND_MUL}, {OP_MOD, "%", "int_mod", BIND_MUL}, {OP_POW, NULL, "int_pow", 0}};
    Plan *p = pr->p;
    if (e->op == OP_TO_INT) {
        const Piece x = print_expr(pr, e->kid[0], WANT_F64);
        return checked(pr, e, "int_of_f64", x, NULL);
    }
    if (e->op == OP_BOOL_INT) {
        const Piece x = print_expr(pr, e->kid[0], WANT_BOOL);
        return piece(x.bind < BIND_UNARY ? arena_printf(p->arena, "(%s)", x.text) : x.text, BIND_ALL, C_I32);
    }
    int64_t low, high, klow = 0, khigh = 0;
    const int small = fits_i32(e), ranged = small || expr_range(e, &low, &high) || expr_adds_counts(e);
    int kids_small = 1;
    for (int k = 0; k < e->n; k++) {
        kids_small &= fits_i32(e->kid[k]);
    }
    Piece a = print_expr(pr, e->kid[0], WANT_INT), b = a;
    if (e->n > 1) {
        b = print_expr(pr, e->kid[1], WANT_INT);
    }
    const char *named = p->options->device ? "" : arena_printf(p->arena, "%s_", p->prefix); /* a device has those below the public ones */
    if (e->op == OP_TEXT_KEY) {
        return piece(arena_printf(p->arena, "%stext_key(%s, %s)", named, texts_word(pr), a.text), BIND_ALL, C_I64);
    }
    if (e->op == OP_TEXT_JOIN || e->op == OP_TEXT_TIMES) {
        return piece(arena_printf(p->arena, "%stext_%s(%s, %s, %s, %s)", named, e->op == OP_TEXT_JOIN ? "join" : "times", texts_word(pr),
                                  a.text, b.text, wrong_cell(p, e->span, "a string of more than 1 MiB")),
                     BIND_ALL, C_I64);
    }
    a = by_length(pr, e, a);
    const CType both = a.type == C_I64 || b.type == C_I64 ? C_I64 : C_I32;
    switch (e->op) {
    case OP_MIN:
    case OP_MAX:
        if (both == C_I32) {
            const char *part = e->op == OP_MIN ? "i32_min" : "i32_max";
            return piece(arena_printf(p->arena, "%s(%s, %s)", use_part(p, part), a.text, b.text), BIND_ALL, C_I32);
        }
        return piece(arena_printf(p->arena, "%s(%s, %s)", use_part(p, e->op == OP_MIN ? "int_min" : "int_max"), a.text, b.text), BIND_ALL,
                     C_I64);
    case OP_NEG:
        if (ranged) {
            a = small && kids_small ? a : as_i64(pr, a);
            return piece(arena_printf(p->arena, "-%s", piece_in(pr, a, BIND_ALL)), BIND_UNARY, a.type);
        }
        return checked(pr, e, "int_neg", a, NULL);
    case OP_ABS: return checked(pr, e, "int_abs", a, NULL);
    case OP_SIGN: return piece(arena_printf(p->arena, "%s(%s)", use_part(p, "int_sign"), a.text), BIND_ALL, C_I64);
    default: break;
    }
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (row[i].op != e->op) {
            continue;
        }
        const int divides = e->op == OP_IDIV || e->op == OP_MOD;
        const int plain_division = expr_range(e->kid[0], &low, &high) && low >= 0 && expr_range(e->kid[1], &klow, &khigh) && klow > 0;
        if (row[i].c && (divides ? plain_division : ranged)) {
            if (!(small && kids_small) && both == C_I32 && !divides) {
                a = as_i64(pr, a);
            }
            return infix(pr, row[i].c, a, b, row[i].bind, a.type == C_I64 || b.type == C_I64 ? C_I64 : C_I32);
        }
        return checked(pr, e, row[i].part, a, &b);
    }
    return piece("0", BIND_ALL, C_I32);
}

/* ---- conditions ---------------------------------------------------------------------------------------------------------------------- */

static Piece print_compare(Printer *pr, const Expr *e)
{
    const char *op = e->op == OP_LT ? "<" : e->op == OP_LE ? "<=" : e->op == OP_EQ ? "==" : "!=";
    const Expr *kid[2] = {e->kid[0], e->kid[1]};
    const int swap = kid[0]->kind == EX_CONST && kid[1]->kind != EX_CONST;
    if (swap) {
        kid[0] = e->kid[1];
        kid[1] = e->kid[0];
        op = e->op == OP_LT ? ">" : e->op == OP_LE ? ">=" : op;
    }
    const Want want = kid[0]->type == T_REAL ? WANT_F64 : kid[0]->type == T_INT ? WANT_INT : WANT_BOOL;
    Piece a = print_expr(pr, kid[0], want), b = print_expr(pr, kid[1], want);
    if (kid[0]->kind == EX_OP && kid[0]->op == OP_BOOL_INT && kid[1]->kind == EX_CONST) { /* a number on purpose */
        a = piece(arena_printf(pr->p->arena, "(%s ? 1 : 0)", print_expr(pr, kid[0]->kid[0], WANT_BOOL).text), BIND_ALL, C_I32);
    }
    const int bind = op[1] == '=' && (op[0] == '=' || op[0] == '!') ? BIND_EQUAL : BIND_ORDER;
    if (kid[0]->type == T_BOOL) { /* stored bools are 0 or 1, and so is what C makes of a condition */
        a.bind = b.bind = a.bind == BIND_ALL && b.bind == BIND_ALL ? BIND_ALL : 0;
    }
    return piece(arena_printf(pr->p->arena, "%s %s %s", piece_in(pr, a, bind + 1), op, piece_in(pr, b, bind + 1)), bind, C_BOOL);
}

static Piece print_bool_op(Printer *pr, const Expr *e)
{
    if (e->op == OP_NOT) {
        const Piece a = print_expr(pr, e->kid[0], WANT_BOOL);
        return piece(arena_printf(pr->p->arena, "!%s", piece_in(pr, a, BIND_ALL)), BIND_UNARY, C_BOOL);
    }
    if (e->op != OP_AND && e->op != OP_OR) {
        return print_compare(pr, e);
    }
    const int bind = e->op == OP_AND ? BIND_AND : BIND_OR;
    const Piece a = print_expr(pr, e->kid[0], WANT_BOOL), b = print_expr(pr, e->kid[1], WANT_BOOL);
    /* && inside || gets parentheses too, as compilers like it */
    const int left = a.bind == bind ? bind : BIND_EQUAL, right = b.bind == bind ? bind : BIND_EQUAL;
    return piece(arena_printf(pr->p->arena, "%s %s %s", piece_in(pr, a, left), e->op == OP_AND ? "&&" : "||", piece_in(pr, b, right)), bind,
                 C_BOOL);
}

/* ---- reals --------------------------------------------------------------------------------------------------------------------------- */

static int has_read(const Expr *e)
{
    if (e->kind == EX_READ) {
        return 1;
    }
    for (int k = 0; k < e->n; k++) {
        if (has_read(e->kid[k])) {
            return 1;
        }
    }
    return 0;
}

static Piece call(Printer *pr, const char *word, Want want, Piece a, const Piece *b)
{
    Plan *p = pr->p;
    const char *part = arena_printf(p->arena, "%s_%s", word, want == WANT_F64 ? "f64" : "f32");
    use_part(p, part);
    const CType type = want == WANT_F64 ? C_F64 : C_F32;
    return piece(b ? arena_printf(p->arena, "%s(%s, %s)", part, a.text, b->text) : arena_printf(p->arena, "%s(%s)", part, a.text), BIND_ALL,
                 type);
}

static Piece print_real_op(Printer *pr, const Expr *e, Want want)
{
    static const struct {
        Op op;
        const char *c;
        int bind;
    } row[] = {{OP_ADD, "+", BIND_ADD}, {OP_SUB, "-", BIND_ADD}, {OP_MUL, "*", BIND_MUL}, {OP_DIV, "/", BIND_MUL}};
    Plan *p = pr->p;
    if (e->op == OP_TO_REAL) {
        const Piece x = print_expr(pr, e->kid[0], e->kid[0]->type == T_BOOL ? WANT_BOOL : WANT_INT);
        return piece(arena_printf(p->arena, "(%s)%s", want == WANT_F64 ? "double" : "float", piece_in(pr, x, BIND_UNARY)), BIND_UNARY,
                     want == WANT_F64 ? C_F64 : C_F32);
    }
    if (want == WANT_F32 &&
        (!has_read(e) || e->op == OP_FLOOR || e->op == OP_CEIL || e->op == OP_ROUND || e->op == OP_TRUNC || e->op == OP_SIGN)) {
        return piece_narrow(pr, print_real_op(pr, e, WANT_F64)); /* positions and lengths, and what decides: in double, rounded once */
    }
    double power;
    if (e->op == OP_POW && expr_is_const(e->kid[1], &power) && power == 2) {
        return call(pr, "square", want, print_expr(pr, e->kid[0], want), NULL);
    }
    Piece a = print_expr(pr, e->kid[0], want), b = a;
    if (e->n > 1) {
        b = print_expr(pr, e->kid[1], want);
    }
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (row[i].op == e->op) {
            if (want == WANT_F64 && a.type != C_F64 && b.type != C_F64) {
                a = piece_widen(pr, a);
            }
            return infix(pr, row[i].c, a, b, row[i].bind, want == WANT_F64 ? C_F64 : C_F32);
        }
    }
    if (e->op == OP_NEG) {
        a = want == WANT_F64 ? piece_widen(pr, a) : a;
        return piece(arena_printf(p->arena, a.text[0] == '-' ? "-(%s)" : "-%s", piece_in(pr, a, BIND_UNARY)), BIND_UNARY, a.type);
    }
    const char *word = e->op == OP_POW ? "pow" : e->op == OP_IDIV ? "div" : op_table[e->op].name;
    return call(pr, word, want, a, e->n > 1 ? &b : NULL);
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

/* A character as such; what else there is behind its number. */
static Piece print_symbol(Plan *p, int64_t symbol)
{
    size_t bytes;
    char room[16];
    const char *text = symbol_text(symbol, &bytes, room);
    if (symbol == text_empty) {
        return piece(arena_printf(p->arena, "%s_EMPTY", p->PREFIX), BIND_ALL, C_I32);
    }
    if (bytes == 1 && text[0] >= ' ' && text[0] < 127) {
        return piece(arena_printf(p->arena, strchr("'\\", text[0]) ? "'\\%c'" : "'%c'", text[0]), BIND_ALL, C_I32);
    }
    const char *number = arena_printf(p->arena, symbol > INT32_MAX ? "INT64_C(%lld)" : "%lld", (long long)symbol);
    return piece(arena_printf(p->arena, "%s /* \"%s\" */", number, harmless(p, text, bytes)), BIND_UNARY,
                 symbol > INT32_MAX ? C_I64 : C_I32);
}

static Piece print_constant(Printer *pr, const Expr *e, Want want)
{
    Plan *p = pr->p;
    if (e->text) {
        return print_symbol(p, e->integer);
    }
    if (e->type == T_REAL) {
        Str number = real_text(p, e->real, want == WANT_F64);
        const int bind = number[0] == '-' || number[0] == '(' ? BIND_UNARY : BIND_ALL;
        return piece(arena_printf(p->arena, "%s%s", number, folded_from(p, e, number)), bind, want == WANT_F64 ? C_F64 : C_F32);
    }
    if (e->integer >= INT32_MIN && e->integer <= INT32_MAX) {
        return piece(e->integer == INT32_MIN ? "INT32_MIN" : arena_printf(p->arena, "%lld", (long long)e->integer),
                     e->integer < 0 ? BIND_UNARY : BIND_ALL, e->type == T_BOOL ? C_BOOL : C_I32);
    }
    return piece(e->integer == INT64_MIN ? "INT64_MIN" : arena_printf(p->arena, "INT64_C(%lld)", (long long)e->integer), BIND_ALL, C_I64);
}

Piece print_expr(Printer *pr, const Expr *e, Want want)
{
    Piece a, b, c;
    if (e->type == T_REAL && want != WANT_F64) {
        want = WANT_F32;
    }
    switch (e->kind) {
    case EX_CONST: return print_constant(pr, e, want);
    case EX_VAR: return piece(var_word(pr, e->var), BIND_ALL, C_I32);
    case EX_LEN: return piece(dim_is_ragged(e->dim) ? length_word(pr, e->dim) : constant_of(pr->p, e->dim), BIND_ALL, C_I32);
    case EX_READ: return print_read(pr, e, want);
    case EX_POS: return print_pos(pr, e);
    case EX_OP: return e->type == T_REAL ? print_real_op(pr, e, want) : e->type == T_INT ? print_int_op(pr, e) : print_bool_op(pr, e);
    case EX_SELECT:
        a = print_expr(pr, e->kid[0], WANT_BOOL);
        b = print_expr(pr, e->kid[1], want);
        c = print_expr(pr, e->kid[2], want);
        if (e->type == T_REAL && b.type != c.type) {
            b = piece_widen(pr, b);
            c = piece_widen(pr, c);
        }
        return piece(
            arena_printf(pr->p->arena, "%s ? %s : %s", piece_in(pr, a, BIND_OR), piece_in(pr, b, BIND_OR), piece_in(pr, c, BIND_SELECT)),
            BIND_SELECT, b.type == C_I64 || c.type == C_I64 ? C_I64 : b.type);
    }
    return piece("0", BIND_ALL, C_I32);
}
