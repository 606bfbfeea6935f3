/* eval_files.h - `sinter eval MODEL --in X.safetensors --out Y.safetensors` */
#ifndef SINTER_EVAL_FILES_H
#define SINTER_EVAL_FILES_H

#include "eval.h"

/* Reads the tensors `<k>/<input>` of file `in`, one sequence for each k, checks all of them, runs them in numeric order and writes
 * `<k>/<output>`: reals as F64; ints, bools and indices as I64; scalars with shape []. Parameters are read from graph->weight_file.
 * Returns 1, or 0 after reporting; then nothing is written. `count`: where the work of each unit is printed, NULL: nowhere. */
int eval_files(const Graph *graph, Arena *arena, Diag *d, const char *in, const char *out, FILE *count);

/* An EvalLoad whose context is a Weights. */
EvalLoad eval_load_weights;

#endif
