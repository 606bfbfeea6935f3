/* lane_inner.h - what the files of the lanes share: lane.c (indices, ints that are the same in all lanes), lane_address.c (where something
 * lies), lane_value.c and lane_int.c (vectors), lane_place.c and lane_sequence.c (places in a sequence) */
#ifndef SINTER_FORMS_LANE_INNER_H
#define SINTER_FORMS_LANE_INNER_H

#include "lane.h"

void *lane_refuse(Lane *l, const char *reason); /* NULL; the first reason stays */
const Coord *lane_coord(const Lane *l, const Var *var); /* of its role; NULL: the kernel does not have it */
int lane_varies(const Lane *l, const Expr *e);  /* it differs between lanes */
int lane_stays(const Coord *c);                 /* the lanes of a vector differ in the last index only */

enum { LANE_EXACT = 1 << 20 }; /* up to it vidiv_near is exact */

/* What is meant by a ragged index: its place, the row in the batch, or that of all ragged indices of its role together. */
typedef enum Row { ROW_OF_SEQUENCE, ROW_OF_BATCH, ROW_OF_ALL } Row;

int lane_raggeds(const Coord *c); /* how many of the first variables are ragged */

/* One variable of a flattened role, from the word for all of it: "b / 4 % 3". */
Str lane_part(Lane *l, const Coord *c, int v, Row row);
Str lane_part_of_lanes(Lane *l, const Coord *c, int v); /* a vector of ints */

/* Something in it is a vector because the kernel has it in one. */
int lane_reads_known(const Lane *l, const Expr *e);
const Known *lane_known(const Lane *l, const Expr *read); /* NULL: it is not in a variable */

int lane_is_number_of_table(const Expr *e);     /* the whole number that a parameter holds as a float */

/* Of a ragged dim in the sequence at hand: the row of the batch where it begins, and its length. NULL: no sequence is at hand. */
Str lane_begin(Lane *l, const Dim *dim);
Str lane_place(Lane *l, const Expr *e); /* of an element of a sub-dim, in its parent: EX_POS */
Str lane_length(Lane *l, const Dim *dim);
/* lane_sequence.c: of a tensor with several ragged axes, or whose ragged one is not the outermost. */
int lane_sequence_address(Lane *l, const Node *node, Expr *const *index, int writes, Address *out);

/* Adds to guard or mask under what the index is one of the axis; 0: not printable. */
int lane_guard(Lane *l, const Expr *index, const Dim *axis, Address *at);

#endif
