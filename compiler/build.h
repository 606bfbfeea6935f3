/* build.h - from emitted sources to one executable, with the C compiler at hand */
#ifndef SINTER_BUILD_H
#define SINTER_BUILD_H

#include "diag.h"
#include "target.h"

/* Compiles what codegen_emit() wrote into `directory` under `name` with $CC (default: cc) and puts the executable at `out`.
 * `arch`: flags of the compiler of the target's device. Returns 1, or 0 after an error; then nothing is left at `out` that was not there
 * before. */
int build_executable(Arena *arena, Diag *d, const char *directory, const char *name, const Target *target, const char *arch, int threads,
                     const char *out);

/* A fresh directory of our own, NULL after an error; and its end, with all in it. */
char *build_temporary(Arena *arena, Diag *d);
void build_remove(Arena *arena, const char *directory);

#endif
