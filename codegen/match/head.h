/* head.h - the equation of a form, read by the language's own front end
 *
 *     gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
 *
 * Letters are roles, words after a dollar are holes. A hole is read as a tensor over its letters, each letter as a dim of its own; so the
 * head is an ordinary text of the language, and goes the way of every text up to the normal form. `reduce` stands for any reduction;
 * $store and $row say where the result may be continued: by maps of it, or by further reductions of the same row as well. */
#ifndef SINTER_FORMS_HEAD_H
#define SINTER_FORMS_HEAD_H

#include "../normal/condition.h"
#include "../template/head_field.h"
#include "kernel.h"

#include "diag.h"

typedef struct HeadText { /* the text that the front end reads */
    Str text;
    Str output;
    int any;  /* `reduce`: the operator is free */
    int row;  /* $row */
} HeadText;

/* Fills in name, equation, holes and roles of form from its field "form". 0: reported. */
int head_text(Arena *arena, Diag *d, const HeadField *field, Form *form, HeadText *out);

/* A form from the lines of its head; text is filled in by who knows the file. NULL: reported. */
Form *form_read(Arena *arena, Diag *d, const HeadField *field, int n);

#endif
