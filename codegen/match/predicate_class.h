/* predicate_class.h - which keys a query sees */
#ifndef SINTER_FORMS_PREDICATE_CLASS_H
#define SINTER_FORMS_PREDICATE_CLASS_H

#include "kernel.h"

/* condition NULL: all of them. query, key: the variables of the roles. */
PredicateClass predicate_class(Plan *p, Expr *condition, const VarList *query, const VarList *key);

#endif
