/* command_draw.h - `sinter draw FILE.rasp -o FILE`, and draw(..) statements */
#ifndef SINTER_COMMAND_DRAW_H
#define SINTER_COMMAND_DRAW_H

#include "options.h"
#include "rasp.h"

void command_draw(Arena *arena, Diag *d, const Options *options, RaspProgram *program);

/* Writes comp_flows/NAME.html for each statement behind the first *drawn, and says so in `out`, unless it is NULL. 0 after reporting. */
int command_draw_statements(Arena *arena, Diag *d, RaspProgram *program, int *drawn, FILE *out);

#endif
