/* quote.h - the author's words in the comments of generated C
 *
 * Each line of the model stands in the output once, with its place, and in the order of the text: an equation above the loops that
 * compute it, what declares something above the next equation, all before the first equation at the top. The library's functions are
 * named where they are used and written out once. Needs: nests. */
#ifndef SINTER_QUOTE_H
#define SINTER_QUOTE_H

#include "plan.h"
#include "text.h"

void quote_begin(Plan *p);                                       /* finds out which lines equations, functions and loops will quote */
void quote_start(Plan *p, Text *out);                            /* lines before all of those */
void quote_head(Plan *p, Span span, const char *more, Text *out); /* above a function, a loop or a dim; `more` goes below */
void quote_nest(Plan *p, const Cluster *c, Text *out);           /* above a nest */
void quote_library(Plan *p, Text *out);                          /* the library's functions that were named */

Str quote_definition(Plan *p, Span name);                        /* "d = c.hidden_size" of the dim whose name this is */

Str harmless(Plan *p, const char *from, size_t bytes);           /* fit for a comment: neither begins nor ends one */
Str squeeze(Plan *p, Span span);    /* text of the model on one line, fit for a comment */
Str where_text(Plan *p, Span span); /* "minilm.sinter:20" */
const char *c_string(Plan *p, const char *text, size_t bytes); /* as C writes it, quotes and all */
Str where_exactly(Plan *p, Span span); /* "minilm.sinter:20:7" */

#endif
