/* panel.h - the right side of a product as tiles read it
 *
 * f32, bf16: [b][N / 48][K][48]: 48 neighbouring columns stand beside each other for each k; columns beyond N are 0.
 *            What goes in pairs (runtime/simd/tile_pairs.h) has [K + 2]: row K is the sum of a column's pairs, negative; all numbers of row
 *            K + 1 are the mean length of columns, a length being the root of a sum of squares; 0: some are not finite, or far longer.
 * int8:      [b][N / 48][K / 4][48][4]: four neighbours of k besides; those beyond K are 0. A second array of floats has for each group of
 *            k, runtime/simd/tile_u8.h says how large, the scales of 48 columns and the sums of their bytes: [b][N / 48][groups][2][48].
 * The order of the numbers in a checkpoint does not matter: they are packed once, by the compiler, for all tiers.
 *
 * A GPU has rows instead, which it makes of the numbers that the processor reads too when it is opened (repack.h):
 * f32, bf16, f16: [b][N][K], each row filled up with zeros to a multiple of 16 bytes.
 *            Those of halves begin with 128 bytes for a map of them, by which one thread has boxes of them copied.
 * int8:      the same, to a multiple of 64, and [b][N][groups][2]: scales and sums. */
#ifndef SINTER_FORMS_PANEL_H
#define SINTER_FORMS_PANEL_H

#include "../plan.h"

enum { PANEL = 48, PANEL_GROUP = 192, PANEL_MAP = 128 }; /* the group is GROUP_U8 of runtime/simd/tile_u8.h */

typedef struct Panel {
    int64_t b, n, k;             /* sizes of the flattened roles */
    int64_t *at_b, *at_n, *at_k; /* element of the parameter: their sum */
    Arithmetic arithmetic;
    int pairs;                   /* two more rows of each panel: see above */
    int scales;                  /* it is the second array of int8 */
    float **scale;               /* of int8, one for both arrays: [b][N / 48 * 48][groups]; with pairs the length. NULL: not known */
    int rows;                    /* of a GPU */
    const Expr *read;            /* then: the read of the parameter, and the roles' indices */
    VarList index[3];
} Panel;

int64_t panel_count(const Panel *panel);                /* numbers in memory, zeros included */
int64_t panel_step(const Panel *panel);                 /* those of 48 columns */
const char *panel_type(const Panel *panel);             /* "float", of each */
int64_t panel_row(const Panel *panel);                  /* numbers of a row, zeros included */
int64_t panel_map(const Panel *panel);                  /* bytes before the first row: 128 for a map, or none */
const char *panel_text(Arena *arena, const Panel *panel); /* "[8][384][48]" */

/* Puts the numbers first .. first + n - 1 of the array into `out`, as they are stored. `value` gives an element of the parameter. */
typedef double PanelValue(const void *source, int64_t element);
void panel_fill(Arena *arena, const Panel *panel, PanelValue *value, const void *source, int64_t first, int64_t n, void *out);

/* The nearest number of which a float's upper half is all there is, ties to even. */
uint16_t bf16_of(double x);

/* The parameter that `read` reads, packed; one more of the function and of all units that share it, in int8 two. The read's indices are
 * sums of variables of the roles. NULL: they are not. */
Node *panel_param(Plan *p, Func *f, const Expr *read, const VarList *b, const VarList *n, const VarList *k, Arithmetic arithmetic,
                  int pairs, Node **scales);

/* The same as rows. Where the parameter lies in memory as they do, it is the parameter itself. */
Node *panel_rows(Plan *p, Func *f, const Expr *read, const VarList *b, const VarList *n, const VarList *k, Arithmetic arithmetic,
                 Node **scales);

#endif
