/* print_expr.h - what the files of expressions share: print_expr.c (operators), print_reads.c, print_words.c */
#ifndef SINTER_PRINT_EXPR_H
#define SINTER_PRINT_EXPR_H

#include "print.h"

static inline Piece piece(const char *text, int bind, CType type)
{
    return (Piece){str_of(text), bind, type};
}

Piece piece_narrow(Printer *pr, Piece x); /* a float */
Piece piece_widen(Printer *pr, Piece x);  /* a double */

Piece print_read(Printer *pr, const Expr *e, Want want);
Piece print_pos(Printer *pr, const Expr *e);

const char *folded_from(Plan *p, const Expr *e, const char *number); /* of a constant: what it was, as a comment, or nothing */

#endif
