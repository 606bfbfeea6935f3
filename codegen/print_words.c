/* Words of expressions: variables, lengths, numbers, small functions. */
#include "print_expr.h"
#include "quote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Str piece_in(Printer *pr, Piece p, int bind)
{
    return p.bind >= bind ? p.text : str_of(arena_printf(pr->p->arena, "(%s)", p.text));
}

Str use_part(Plan *p, const char *name)
{
    Str word = str_of(name);
    for (int i = 0; i < p->helper.n; i++) {
        if (p->helper.at[i] == word) {
            return word;
        }
    }
    vec_push(p->arena, p->helper, word);
    return word;
}

Str var_word(Printer *pr, Var *var)
{
    for (int i = 0; i < pr->var.n; i++) {
        if (pr->var.at[i] == var) {
            return pr->var_name.at[i];
        }
    }
    Str name = name_fresh(pr->p, &pr->taken, (const Words *)&pr->f->words, var->name ? var->name : "i");
    vec_push(pr->p->arena, pr->var, var);
    vec_push(pr->p->arena, pr->var_name, name);
    return name;
}

static void add_dim(Printer *pr, int is_length, Dim *dim)
{
    for (int i = 0; i < (is_length ? pr->length.n : pr->first.n); i++) {
        if ((is_length ? pr->length.at[i] : pr->first.at[i]) == dim) {
            return;
        }
    }
    if (is_length) {
        vec_push(pr->p->arena, pr->length, dim);
    } else {
        vec_push(pr->p->arena, pr->first, dim);
    }
}

Str length_word(Printer *pr, Dim *dim)
{
    add_dim(pr, 1, dim);
    return own_of(pr->p, OWN_LENGTH, dim);
}

Str first_word(Printer *pr, Dim *dim)
{
    add_dim(pr, 0, dim);
    return own_of(pr->p, OWN_FIRST, dim);
}

/* The shortest decimal that gives the same number back. */
Str real_text(Plan *p, double value, int wide)
{
    if (value != value) {
        return str_of(wide ? "(double)NAN" : "NAN");
    }
    if (isinf(value)) {
        return str_of(wide ? (value > 0 ? "(double)INFINITY" : "-(double)INFINITY") : (value > 0 ? "INFINITY" : "-INFINITY"));
    }
    char text[64];
    const float narrow = (float)value;
    if (!wide && isinf(narrow)) {
        return str_of(value > 0 ? "INFINITY" : "-INFINITY");
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, wide ? value : (double)narrow);
        if (wide ? strtod(text, NULL) == value : strtof(text, NULL) == narrow) {
            break;
        }
    }
    if (strchr(text, 'e') && value == floor(value) && fabs(value) < 1e9) {
        snprintf(text, sizeof text, "%.0f", wide ? value : (double)narrow);
    }
    const char *dot = strpbrk(text, ".e") ? "" : ".0";
    return str_of(arena_printf(p->arena, "%s%s%s", text, dot, wide ? "" : "f"));
}

/* A folded constant says what it was folded from. */
const char *folded_from(Plan *p, const Expr *e, const char *number)
{
    if (!e->span.source || e->span.end <= e->span.begin || e->span.end - e->span.begin > 24) {
        return "";
    }
    Str text = squeeze(p, e->span);
    int letters = 0;
    for (const char *c = text; *c; c++) {
        letters += (*c >= 'a' && *c <= 'z' && *c != 'e') || *c == '(' || *c == '^';
        if (*c == '=' || *c == '[' || *c == '"' || *c == '{') {
            return "";
        }
    }
    return letters && strcmp(text, number) != 0 ? arena_printf(p->arena, " /* %s */", text) : "";
}

Str member_table(Plan *p, Dim *dim)
{
    int at = 0;
    while (at < p->table.n && p->table.at[at] != dim) {
        at++;
    }
    if (at == p->table.n) {
        vec_push(p->arena, p->table, dim);
    }
    return str_of(arena_printf(p->arena, "%s_places_%s%d", p->prefix, name_clean(p, dim->name ? dim->name : "dim"), at));
}

Piece piece_narrow(Printer *pr, Piece x)
{
    return x.type == C_F64 ? piece(arena_printf(pr->p->arena, "(float)%s", piece_in(pr, x, BIND_UNARY)), BIND_UNARY, C_F32) : x;
}

Piece piece_widen(Printer *pr, Piece x)
{
    return x.type == C_F32 ? piece(arena_printf(pr->p->arena, "(double)%s", piece_in(pr, x, BIND_UNARY)), BIND_UNARY, C_F64) : x;
}
