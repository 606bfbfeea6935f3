/* growth.h - how the cost of a program grows with its input, selector by selector, and why */
#ifndef SINTER_GROWTH_H
#define SINTER_GROWTH_H

#include "json_text.h"
#include "plan.h"

void growth_add(Plan *p, Span span, GrowthClass class, const char *why); /* of one place the worst counts */
void growth_print(Plan *p, Text *out);                                   /* for readers */
void growth_json(Plan *p, Json *j);

#endif
