/* wrong.h - what data may do wrong, each with its place: in a program a status of its own, elsewhere FAULT */
#ifndef SINTER_WRONG_H
#define SINTER_WRONG_H

#include "plan.h"

int wrong_add(Plan *p, Span span, Str message);            /* its number, from 1; that of an equal one */
Str wrong_cell(Plan *p, Span span, const char *message);   /* the C pointer to where it is noted: an int that becomes 1 */
Str wrong_status(Plan *p, int number);                     /* HIST_WRONG_1 */
Str wrong_text(Plan *p, int number);                       /* "hist.rasp:2:5: division by zero" */

#endif
