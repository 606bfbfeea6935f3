/* target.h - what sources are written for
 *
 * A target is a list of tiers. `c` has none: one file of plain C99 for every machine, the same bits everywhere. A fast target writes the
 * numeric part once, as NAME_kernels.c, and has it compiled once for each tier with the tier's own flags; NAME.c picks the best tier that
 * the machine has. Nothing outside this table and runtime/simd/ knows an instruction set. */
#ifndef SINTER_TARGET_H
#define SINTER_TARGET_H

#include "../compiler/arena.h"

typedef struct Tier {
    const char *name;     /* "avx512" */
    const char *flags;    /* for gcc and clang */

    const char *needs;    /* condition of the preprocessor: the flags were given; NULL: none are needed */
    const char *words;    /* macro that picks its words in runtime/simd/simd.h; NULL: the flags do */
    const char *machine;  /* condition in C: the machine and its system have it; NULL: always */
    const char *best;     /* condition in C: here it is better than those behind it; NULL: always. --kernels needs `machine` alone */
    const char *says;     /* for --info: "AVX-512 F, BW, DQ, VL, VNNI" */
    int pairs;            /* differs from the next one in products that go in pairs (runtime/simd/tile_pairs.h), and in nothing else */
} Tier;

typedef struct Device { /* besides the processor: NAME.cu for a compiler of its own, NAME_cuda.c starts what is in it */
    const char *sources;             /* endings of those that the C compiler takes */
    const char *compiler, *variable; /* "nvcc", and what in the environment names another one */
    const char *flags;               /* for it */
    const char *arch;                /* what it compiles for if nobody says */
    const char *link;                /* for the linker */
    const char *multiplier;          /* that may multiply, opened when a program runs */
} Device;

enum { MOST_TIERS = 4 };

typedef struct Target {
    const char *name, *summary;
    const Tier *tier[MOST_TIERS]; /* best first; none: plain C */
    const Device *device;         /* NULL: none */
} Target;

const Target *target_find(const char *name); /* NULL: there is none */
const Target *target_plain(void);
const Target *target_without_pairs(const Target *target); /* the same, for what has no product that goes in pairs */
const Target *target_of_machine(void);       /* of the machine the compiler runs on */
int target_is_fast(const Target *target);
int target_has_pairs(const Target *target); /* its first tier does */
int target_has_device(const Target *target);
/* Its flags for a list of architectures, "sm_80,compute_80"; NULL: *wrong is no name of one. */
const char *target_arch_flags(Arena *arena, const Device *device, const char *list, const char **wrong);

#endif
