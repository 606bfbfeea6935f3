/* load_time.h - what the compiler computes of parameters */
#ifndef SINTER_FORMS_LOAD_TIME_H
#define SINTER_FORMS_LOAD_TIME_H

#include "../plan.h"

/* value reads parameters and these fixed indices only: a read of a parameter that holds it. */
Expr *load_time_read(Plan *p, Func *f, Expr *value, const VarList *axes);

#endif
