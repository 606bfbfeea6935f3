/* names.h - words of C for the author's words
 *
 * The author's names survive; what is no identifier in C becomes one, what means something in C gets an underscore, and only where
 * two names meet does one get a number. The generator's own words give way to the author's. */
#ifndef SINTER_NAMES_H
#define SINTER_NAMES_H

#include "plan.h"

typedef enum Own { OWN_WEIGHTS, OWN_BUFFERS, OWN_BATCH, OWN_IO, OWN_SEQUENCE, OWN_FIRST, OWN_LENGTH, OWN_TEAM, OWN_GPU, OWN_ROWS } Own;

typedef VEC(Str) Words;

Str name_clean(Plan *p, const char *name);                        /* t' -> t2, x@1 -> x_1, int -> int_ */
Str name_fresh(Plan *p, Words *taken, const Words *also, const char *wish); /* wish, or wish with a number; is taken from then on */
Str name_part(Plan *p, Words *taken, const char *wish);            /* the same for members of a struct */
int name_is_taken(const Words *words, Str name);
Str name_upper(Plan *p, const char *name);
Str own(Plan *p, Own which);
Str own_of(Plan *p, Own which, const Dim *dim);                   /* first, or first_t where there are several ragged dims */
Str constant_of(Plan *p, const Dim *dim);                         /* D for a fixed dim; its number when it has no name */

Str shape_axis(Plan *p, const Dim *dim);                          /* "[t]", "[H * E]" */

/* Names for lengths of stored weights. Needs: nest. */
void alias_lengths(Plan *p);

/* Names of functions, arguments, stored tensors and parameters. Needs: store. */
void name_all(Plan *p);
Words *name_globals(Plan *p);
void parts_names(Plan *p, Words *names);                          /* parts.c: of fixed functions */

#endif
