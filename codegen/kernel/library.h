/* library.h - products that a library of the device computes, where it is there when the program runs
 *
 * Its rows are rounded by a kernel ("before gemm"), and what becomes of its sums is computed by another ("after gemm"). Both lie in
 * memory of the batch that all such products share, one after the other. */
#ifndef SINTER_FORMS_LIBRARY_H
#define SINTER_FORMS_LIBRARY_H

#include "kernel_holes.h"

int library_multiplies(const Filling *with); /* these products, if it is asked for */

/* "room", "left" or "sums" of a role: a word of the kernel's. */
const char *library_word(Filling *with, const char *what, const VarList *vars);

/* What is multiplied, as a constant of the host: `products`. */
void library_print(Filling *with, Text *out);

#endif
