/* weights_emit.h - packed weights as files that a C toolchain takes in
 *
 * All arrays of a model stand in one block of bytes, little-endian, each at a multiple of 64. By default two files:
 *     NAME_weights.bin   the block
 *     NAME_weights.S     assembly that takes it in with .incbin, for gcc and clang, ELF (x86-64, arm, aarch64, riscv), Mach-O and COFF
 * For toolchains without such an assembler one file instead, where the block has at most 4 MB:
 *     NAME_weights.c     the block as integers
 * Either defines NAME_weights_data; C that uses it declares `extern const uint32_t NAME_weights_data[];`. */
#ifndef SINTER_WEIGHTS_EMIT_H
#define SINTER_WEIGHTS_EMIT_H

#include "../compiler/arena.h"
#include "../compiler/diag.h"
#include "../compiler/outfile.h"

#include <stdint.h>

typedef enum PackedType { PACKED_F32, PACKED_I32, PACKED_I64, PACKED_U8, PACKED_BF16, PACKED_I8 } PackedType;

PackedType weights_type(const char *ctype); /* "float" */
size_t weights_bytes(PackedType type);      /* of a value */

/* Puts the values first .. first + n - 1 into `out` (float, int32_t .. as the type says). 0: it could not, and said so in `d`.
 * Asked for in order, each value once. */
typedef int PackedFill(void *context, Diag *d, int64_t first, int64_t n, void *out);

typedef struct PackedWeight {
    const char *name; /* for the list in the file's head */
    PackedType type;
    int64_t count; /* of values */
    PackedFill *fill;
    void *context;
    uint64_t offset; /* in the block, bytes; set by weights_layout() */
} PackedWeight;

enum { PACKED_ALIGNMENT = 64 };

/* Sets each offset, in the order given; returns the bytes of the block, at least 64, or 0 if no machine holds that many. */
uint64_t weights_layout(PackedWeight *packed, int n);

typedef struct WeightsEmitOptions {
    const char *directory; /* exists; NULL: the current one */
    const char *name;      /* the model's prefix in C */
    const char *banner;    /* lines for the comment at the head, or NULL */
    int as_c;              /* integers in C instead of assembly */
    OutFiles *files;       /* they become some of these, for the caller to keep or drop; NULL: kept here */
} WeightsEmitOptions;

/* Lays out and writes: the same weights, the same bytes. Streams through a buffer of 512 KiB. On failure 0, an error in `d`, and
 * nothing was written that stays. */
int weights_emit(Arena *arena, Diag *d, const WeightsEmitOptions *options, PackedWeight *packed, int n);

#endif
