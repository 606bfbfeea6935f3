/* command_repl.h - `sinter repl`: RASP at the keyboard */
#ifndef SINTER_COMMAND_REPL_H
#define SINTER_COMMAND_REPL_H

#include "rasp.h"

#include <stdio.h>

/* Reads statements, over several lines where they need them, shows what they define on the example, and errors, until `exit` or the end.
 * At a terminal with prompts, history and completion. */
void command_repl(Arena *arena, const RaspOptions *options, FILE *in, FILE *out);
int repl_at_terminal(void); /* somebody types, and reads the answers */

#endif
