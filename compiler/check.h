/* check.h - from a parsed text to a graph
 *
 * The checker walks the text once, as it would be executed: static statements (`for`, `if`, config values) are executed here, functions are
 * called here, and what is left are equations over index variables. Names, dims, types and shapes are inferred forward on the way.
 * Every error of a text is reported in one run; what follows from a reported error stays silent. */
#ifndef SINTER_CHECK_H
#define SINTER_CHECK_H

#include "ast.h"
#include "graph.h"
#include "weights/safetensors.h"

typedef struct CheckInput {
    const Source *text;
    const char *directory; /* where config, weights and tokenizer are found */
    const Source *const *library; /* the prelude */
    int libraries;
} CheckInput;

/* Needs: nothing but files. Leaves: a verified graph, and the weights open (graph->weight_file). NULL if anything was wrong,
 * and nothing is open then. */
Graph *check_model(Arena *arena, Diag *d, const CheckInput *input);

/* Warns of tensors and rows of the weights that no equation reads. */
void check_unread(const Graph *graph, Diag *d);

#endif
