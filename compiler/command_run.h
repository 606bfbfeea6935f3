/* command_run.h - `sinter run FILE.rasp`: a value of a program, on inputs */
#ifndef SINTER_COMMAND_RUN_H
#define SINTER_COMMAND_RUN_H

#include "options.h"
#include "rasp.h"

/* One line (a selector as text: several) for each input of the command line; without any, for each line of `in`; where there is
 * none either, for the program's example. A value that needs no input is written once. Ends with the first input that fails. */
void command_run(Arena *arena, Diag *d, const Options *options, RaspProgram *program, FILE *in, FILE *out);

#endif
