/* flatten.h - functions that a person wrote, dissolved into their callers
 *
 * For fast targets: equations of different functions become one kernel, so the unit is the body of a loop or the top level. */
#ifndef SINTER_FLATTEN_H
#define SINTER_FLATTEN_H

#include "../compiler/graph.h"

/* Splices the steps of every called function (UNIT_FUNCTION) into its caller; whoever read its arguments or results reads the tensors
 * themselves. Turns of loops and loops that data end stay units. Changes the graph in place; graph_verify holds before and after. */
void graph_flatten(Graph *graph);

#endif
