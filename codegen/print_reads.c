/* Reads in expressions: what is read where it may be out of range, and the place in its parent of an element. */
#include "print_expr.h"

#include <string.h>

static Piece zero_for(Printer *pr, const Expr *e, Want want)
{
    if (e->otherwise) {
        return print_expr(pr, e->otherwise, want);
    }
    return e->type == T_REAL ? piece(want == WANT_F64 ? "0.0" : "0.0f", BIND_ALL, want == WANT_F64 ? C_F64 : C_F32)
                             : piece("0", BIND_ALL, C_I32);
}

/* t - 2 >= 0 reads better as t >= 2. */
static Str not_negative(Printer *pr, const Expr *index, Piece text)
{
    Affine a;
    if (affine_of(index, &a) && a.n == 1 && a.var[0] && a.coef[0] == 1 && a.constant < 0) {
        Str var = var_word(pr, a.var[0]);
        return str_of(a.constant == -1 ? arena_printf(pr->p->arena, "%s > 0", var)
                                       : arena_printf(pr->p->arena, "%s >= %lld", var, (long long)-a.constant));
    }
    return str_of(arena_printf(pr->p->arena, "%s >= 0", piece_in(pr, text, BIND_ORDER + 1)));
}

Piece print_read(Printer *pr, const Expr *e, Want want)
{
    Plan *p = pr->p;
    const Info *info = plan_info(p, e->node);
    const char *guard = NULL;
    for (int k = 0; k < e->n && !(e->node->kind == NODE_EQ && info->keep == KEEP_LOCAL); k++) {
        Dim *axis = e->node->free.at[k]->dim;
        if (e->inside >> (k < 31 ? k : 31) & 1) {
            continue;
        }
        const Piece index = print_expr(pr, e->kid[k], WANT_INT);
        if (!index_low_proven(e->kid[k])) {
            guard = arena_printf(p->arena, "%s%s%s", guard ? guard : "", guard ? " && " : "", not_negative(pr, e->kid[k], index));
        }
        if (!index_high_proven(e->kid[k], axis)) {
            Str length = dim_is_ragged(axis) ? length_word(pr, axis) : constant_of(p, axis);
            if (strcmp(index.text, length) == 0) { /* just behind the last */
                return zero_for(pr, e, want);
            }
            guard = arena_printf(p->arena, "%s%s%s < %s", guard ? guard : "", guard ? " && " : "", piece_in(pr, index, BIND_ORDER + 1),
                                 length);
        }
    }
    Member *m = e->node->kind == NODE_EQ && info->keep == KEEP_LOCAL ? member_of(p, pr->c, e->node, e->kid) : NULL;
    if (e->node->kind == NODE_EQ && info->keep == KEEP_LOCAL && !m) {
        diag_internal(p->diag, e->span, "'%s' has no value here", e->node->name ? e->node->name : "");
        return piece("0", BIND_ALL, C_I32);
    }
    Piece value = m ? print_member(pr, m, e->kid, 0) : print_access(pr, e->node, e->kid, 0);
    if (e->type == T_REAL && want == WANT_F32) {
        value = piece_narrow(pr, value);
    }
    if (!guard) {
        return value;
    }
    Piece other = zero_for(pr, e, want);
    if (other.type == C_F64 && value.type == C_F32) {
        value = piece_widen(pr, value);
    }
    const CType type = e->type == T_REAL ? value.type : value.type == C_I64 || other.type == C_I64 ? C_I64 : value.type;
    return piece(arena_printf(p->arena, "%s ? %s : %s", guard, value.text, piece_in(pr, other, BIND_SELECT)), BIND_SELECT, type);
}

Piece print_pos(Printer *pr, const Expr *e)
{
    Plan *p = pr->p;
    const Expr *element = e->kid[0];
    const Piece index = print_expr(pr, element, WANT_INT);
    const char *guard = NULL, *value;
    if (!index_low_proven(element)) {
        guard = arena_printf(p->arena, "%s >= 0", piece_in(pr, index, BIND_ORDER + 1));
    }
    if (!index_high_proven(element, e->dim)) {
        guard = arena_printf(p->arena, "%s%s%s < %s", guard ? guard : "", guard ? " && " : "", piece_in(pr, index, BIND_ORDER + 1),
                             dim_is_ragged(e->dim) ? length_word(pr, e->dim) : constant_of(p, e->dim));
    }
    if (e->dim->kind == DIM_FIXED) {
        value = e->dim->member ? arena_printf(p->arena, "%s[%s]", member_table(p, e->dim), index.text) : index.text;
    } else {
        value = arena_printf(p->arena, "%s[%s + %s]", batch_place(p, e->dim), first_word(pr, e->dim), piece_in(pr, index, BIND_MUL));
    }
    return guard ? piece(arena_printf(p->arena, "%s ? %s : -1", guard, value), BIND_SELECT, C_I32) : piece(value, BIND_ALL, C_I32);
}
