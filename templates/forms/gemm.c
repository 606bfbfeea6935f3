//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   n
//$ grid   m
//$ target cpu
//$ hole   $a  in place, lanes k
//$ hole   $w  load-time panel48, stored bf16 int8 pairs
//$ hole   $store  lanes n, over
//$ scratch 163840, pairs 688128
//$ when   load_time($w)
//$ prefer load-time $w; wide n
//$ cost   2*b*m*n*k flops; b*n*k weights; b*m*(k + n) values
//$ #
//$ # Mates are results of one left side: q, k and v. Each has one product; or, where several meet in one value as a gate does with what it
//$ # gates, there is one mate of several products: $products of them, $product is the number of one. $w_panel is where a panel of 48
//$ # columns begins, packed as [k][48] and filled up with zeros.
//$ # In int8 the rows of a chunk are rounded to bytes first, for all mates, and $w_bytes is packed as [k / 4][48][4].
//$ # Where additions have ports of their own (PAIRS) rows of a chunk are made as long as columns, for all mates, and multiplied in pairs.
//$ # A team deals rows where there are many, else panels. Rows go in chunks that stay in the second cache; a tile is computed for as many
//$ # rows as are left, each a chain of its own, so that no row sees how many there are. Each tile asks memory for its share of the panel
//$ # after this one: all weights are more than a cache holds, and where a panel comes late its first tile waits.
//$ # Of a deep product, k over 1536, a part of the rows and of the panel at a time is what the second cache holds: sums lie in scratch
//$ # meanwhile, and each goes on where it was, so that its bits are those of one chain. In pairs it is multiplied as it is.
//$ sample
#include "../../runtime/simd/simd.h"
#include "../../runtime/simd/tile_bf16.h"
#include "../../runtime/simd/tile_pairs.h"
#include "../../runtime/simd/tile_u8.h"
#ifndef $N_k
#define $N_k 384
#define $N_n 1536
#endif
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, rows;
    unsigned char *scratch;
};
#define $team model_team
#define $batch model_batch
#define $kernel gemm
#define $scratch 688128
#define $params , const float *x, const float *weight, const float *bias, float *y
#define $rows_m batch->rows
#define $N_b 1
#define $products 1
#define $product 0
#define $sides 1
#define $deepest 1536
#define $paired 1
#define $a_at(b, m) x + (m) * $N_k + (b) * 0
#define $a_step_m $N_k
#define $locate_m(m)
#define $w_panel(b, panel) weight + (size_t)(panel) * $N_k * 48 + (b) * 0
#define $w_halves(b, panel) (const uint16_t *)(const void *)weight + (size_t)(panel) * $N_k * 48 + (b) * 0
#define $w_bytes(b, panel) (const int8_t *)(const void *)weight + (size_t)(panel) * $N_k * 48 + (b) * 0
#define $w_scales(b, panel) bias + (size_t)(panel) * 96 + (b) * 0
#define $store(b, m, n, acc, acc2) vstore_n(y + (m) * $N_n + (n) + (b) * 0, (acc) + vload(bias + (n)), $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { WHOLE = $N_k == 0 ? 64 : ($N_k + 63) / 64 * 64, WIDE = WHOLE > $deepest && !(PAIRS && $paired) ? 384 : WHOLE };
    enum { FIT = 131072 / (WIDE * $sides), CHUNK = FIT < 8 ? 8 : FIT < 256 ? FIT / 8 * 8 : 256 };
//$ if deep
    float(*const kept)[CHUNK * 48] = (void *)(batch->scratch + (size_t)team->rank * $scratch);
    enum { KEPT = 1 / ($products * sizeof *kept <= $scratch) };
//$ end
    const ptrdiff_t rows = $rows_m;
    const int by_rows = rows >= (ptrdiff_t)team->size * 96;
    const ptrdiff_t row0 = by_rows ? rows * team->rank / team->size : 0, row1 = by_rows ? rows * (team->rank + 1) / team->size : rows;
//$ if w_pairs
    const int one = 0;
    float length = 0.0f; /* of rows: that of the columns */
//$ each mate
//$ each product
//$ if w_pairs
    length = length_pairs($w_panel(one, one), 48, $N_k, length);
//$ end
//$ end
//$ end
//$ end
    for (ptrdiff_t chunk = row0, end; chunk < row1; chunk = end) {
        const ptrdiff_t chunks = (row1 - chunk + CHUNK - 1) / CHUNK; /* about as high: 270 rows -> 136, 134 */
        end = chunk + ((row1 - chunk + chunks - 1) / chunks + 7) / 8 * 8;
        end = end < row1 ? end : row1;
//$ if w_int8
        enum { GROUPS = ($N_k + GROUP_U8 - 1) / GROUP_U8 };
        struct room {
            part_u8 part[$sides * CHUNK * GROUPS];
            uint8_t bytes[$sides * CHUNK * WIDE];
        } *const room = (void *)(batch->scratch + (size_t)team->rank * $scratch);
        enum { FITS = 1 / (sizeof *room <= $scratch) };
        part_u8 *const part = room->part;
        uint8_t *const bytes = room->bytes;
        for (int b = 0; b < $sides; b++) {
            for (ptrdiff_t m = chunk; m < end; m++) {
                const ptrdiff_t i = b * CHUNK + m - chunk;
                row_u8_of($a_at(b, m), $N_k, bytes + i * WIDE, part + i * GROUPS);
            }
        }
//$ end
//$ if w_pairs
        enum { STEP = WIDE + 16 }; /* rows do not lie in the same sets of a cache */
        struct made {
            part_pairs part[$sides * CHUNK];
            float row[$sides * CHUNK * STEP];
        } *const made = (void *)(batch->scratch + (size_t)team->rank * $scratch);
        enum { MADE = 1 / (sizeof *made <= $scratch) };
        for (int b = 0; PAIRS && length > 0.0f && b < $sides; b++) {
            for (ptrdiff_t m = chunk; m < end; m++) {
                const ptrdiff_t i = b * CHUNK + m - chunk;
                made->part[i] = row_pairs_of($a_at(b, m), $N_k, length, made->row + i * STEP);
            }
        }
//$ end
//$ each mate
        for (int b = 0; b < $N_b; b++) {
            const int panels = ($N_n + 47) / 48;
            const int panel0 = by_rows ? 0 : panels * team->rank / team->size;
            const int panel1 = by_rows ? panels : panels * (team->rank + 1) / team->size;
            for (int panel = panel0; panel < panel1; panel++) {
                for (int from = 0; from == 0 || from < $N_k; from += WIDE) {
                    const int more = from + WIDE < $N_k, depth = more ? WIDE : $N_k - from;
                    SIMD_MAYBE const int soon = more ? panel : panel + 1 < panel1 ? panel + 1 : panel0, soon_from = more ? from + WIDE : 0;
                    for (ptrdiff_t m = chunk, next; m < end; m = next) {
                        const int take = tile_take(end - m); /* 17 -> 6, 6, 5 */
                        next = m + take;
                        for (int strip = 0; strip < 48 && panel * 48 + strip < $N_n; strip += NR) {
                            float tile[$products][MR * NR];
                            SIMD_MAYBE const ptrdiff_t done = (m - chunk) * 48 + strip * take;
//$ if w_int8
                            const ptrdiff_t first = b * CHUNK + m - chunk;
//$ end
//$ each product
//$ if deep
                            if (from > 0) {
                                memcpy(tile[$product], kept[$product] + done, sizeof(float) * (size_t)(take * NR));
                            }
//$ end
//$ if w_int8
                            tile_dot_u8_ahead(take, bytes + first * WIDE, WIDE, part + first * GROUPS, GROUPS,
                                              $w_bytes(b, panel) + strip * 4, $w_scales(b, panel) + strip, 48, depth, tile[$product], NR,
                                              tile_share($w_bytes(b, soon), (depth + 3) / 4, done, NR * take, (end - chunk) * 48));
//$ end
//$ if w_bf16
                            tile_sum_bf16(from > 0, take, $a_at(b, m) + from, $a_step_m, 1, $w_halves(b, panel) + from * 48 + strip, 48,
                                          depth, tile[$product], NR);
//$ end
//$ if w_f32
//$ if w_pairs
                            tile_pairs(length, from > 0, take, $a_at(b, m) + from, $a_step_m,
                                       made->row + (b * CHUNK + m - chunk) * STEP, STEP, made->part + (b * CHUNK + m - chunk),
                                       $w_panel(b, panel) + from * 48 + strip, 48, depth, tile[$product], NR,
                                       tile_share($w_panel(b, soon) + soon_from * 48, WIDE, done, NR * take, (end - chunk) * 48));
//$ else
                            tile_sum(from > 0, take, $a_at(b, m) + from, $a_step_m, 1, $w_panel(b, panel) + from * 48 + strip, 48, depth,
                                     tile[$product], NR,
                                     tile_share($w_panel(b, soon) + soon_from * 48, WIDE, done, NR * take, (end - chunk) * 48));
//$ end
//$ end
//$ if deep
                            if (more) {
                                memcpy(kept[$product] + done, tile[$product], sizeof(float) * (size_t)(take * NR));
                            }
//$ end
//$ end
                            for (int i = 0; i < take && !more; i++) {
                                SIMD_MAYBE const ptrdiff_t row = m + i;
                                $locate_m(row)
                                for (int j = 0; j < NR; j += W) {
                                    SIMD_MAYBE const int col = panel * 48 + strip + j;
                                    const vf acc = vload(tile[0] + i * NR + j);
//$ if gated
                                    SIMD_MAYBE const vf acc2 = vload(tile[$products - 1] + i * NR + j);
//$ end
                                    $store(b, row, col, acc, acc2);
                                }
                            }
                        }
                    }
                }
            }
        }
//$ end
    }
}
