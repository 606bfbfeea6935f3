/* lane_inner.h - what the files of the lanes share: lane.c (addresses, ints that are the same in all lanes), lane_value.c (vectors),
 * lane_place.c (places in a sequence) */
#ifndef SINTER_FORMS_LANE_INNER_H
#define SINTER_FORMS_LANE_INNER_H

#include "lane.h"

void *lane_refuse(Lane *l, const char *reason); /* NULL; the first reason stays */
const Coord *lane_coord(const Lane *l, const Var *var); /* of its role; NULL: the kernel does not have it */
int lane_varies(const Lane *l, const Expr *e);  /* it differs between lanes */

/* Of a ragged dim in the sequence at hand: the row of the batch where it begins, and its length. NULL: no sequence is at hand. */
Str lane_begin(Lane *l, const Dim *dim);
Str lane_length(Lane *l, const Dim *dim);
/* Adds to guard or mask under what the index is one of the axis; 0: not printable. */
int lane_guard(Lane *l, const Expr *index, const Dim *axis, Address *at);

#endif
