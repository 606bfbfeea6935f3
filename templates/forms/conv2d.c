//$ form   conv2d: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   m, n
//$ grid   m
//$ target cpu
//$ hole   $a  in runs
//$ hole   $w  load-time panel48, stored bf16 int8
//$ hole   $store  lanes n
//$ prefer load-time $w; wide n
//$ when   slides($a, m, k) and fixed(k) and load_time($w)
//$ cost   2*b*m*n*k flops; b*n*k weights; b*m*(k + n) values
//$ scratch 294912
//$ #
//$ # A product whose left side are windows of a tensor that overlap: convolutions over places or along a sequence, several channels to
//$ # several. The windows are never written out. Each is $runs runs of neighbours; for a chunk of rows it is noted where they begin, once
//$ # for all columns, and what lies outside is a run of zeros. Panels, tiles, chains and the deal of a team are those of gemm. b: groups of
//$ # channels. In int8 a row is put together to be rounded, and the product goes on as one of gemm.
//$ sample
#include "../../runtime/simd/simd.h"
#include "../../runtime/simd/tile_at.h"
#include "../../runtime/simd/tile_u8.h"
#ifndef $N_k
#define $N_k 576
#define $N_n 64
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
#define $kernel conv2d
#define $scratch 294912
#define $params , const float *x, const float *weight, const float *bias, float *y
#define $rows_m batch->rows
#define $N_b 1
#define $products 1
#define $product 0
#define $runs 9
#define $rounded 1
#define $locate_m(m)
#define $a_run(b, m, run) (m + (run) < 9 ? NULL : x + (m + (run) - 9) * 64 + (b) * 0)
#define $w_panel(b, panel) weight + (size_t)(panel) * $N_k * 48 + (b) * 0
#define $w_halves(b, panel) (const uint16_t *)(const void *)weight + (size_t)(panel) * $N_k * 48 + (b) * 0
#define $w_bytes(b, panel) (const int8_t *)(const void *)weight + (size_t)(panel) * $N_k * 48 + (b) * 0
#define $w_scales(b, panel) bias + (size_t)(panel) * 96 + (b) * 0
#define $store(b, m, n, acc, acc2) vstore_n(y + (m) * $N_n + (n) + (b) * 0, (acc) + vload(bias + (n)), $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { RUNS = $runs, RUN = $N_k / (RUNS + (RUNS == 0)), FIT = 8192 / (RUNS + (RUNS == 0)) };
    enum { WIDE = $N_k == 0 ? 64 : ($N_k + 63) / 64 * 64 };
    enum { MOST = $rounded && WIDE > 512 ? 131072 / WIDE : 256 };
    enum { CHUNK = FIT < 8 || MOST < 8 ? 8 : (+FIT < +MOST ? +FIT : +MOST) / 8 * 8 };
    static const float nothing[RUN + 1] = {0.0f};
    struct room {
        const float *at[RUNS * CHUNK + 1];
//$ if w_int8
        float row[$N_k];
        part_u8 part[CHUNK * (($N_k + GROUP_U8 - 1) / GROUP_U8)];
        uint8_t bytes[CHUNK * WIDE];
//$ end
    } *const room = (void *)(batch->scratch + (size_t)team->rank * $scratch);
    enum { FITS = 1 / (sizeof *room <= $scratch) };
    const float **const at = room->at;
    const ptrdiff_t rows = $rows_m;
    const int by_rows = rows >= (ptrdiff_t)team->size * 96;
    const ptrdiff_t row0 = by_rows ? rows * team->rank / team->size : 0, row1 = by_rows ? rows * (team->rank + 1) / team->size : rows;
    for (ptrdiff_t chunk = row0, end; chunk < row1; chunk = end) {
        end = row1 - chunk < CHUNK ? row1 : chunk + CHUNK;
//$ each mate
        for (int b = 0; b < $N_b; b++) {
            for (ptrdiff_t m = chunk; m < end; m++) {
                $locate_m(m)
                for (int run = 0; run < RUNS; run++) {
                    const float *const left = $a_run(b, m, run);
                    at[run * CHUNK + m - chunk] = left ? left : nothing;
                }
            }
//$ if w_int8
            enum { GROUPS = ($N_k + GROUP_U8 - 1) / GROUP_U8 };
            uint8_t *const bytes = room->bytes;
            part_u8 *const part = room->part;
            for (ptrdiff_t i = 0; i < end - chunk; i++) {
                for (int run = 0; run < RUNS; run++) {
                    memcpy(room->row + run * RUN, at[run * CHUNK + i], sizeof(float) * RUN);
                }
                row_u8_of(room->row, $N_k, bytes + i * WIDE, part + i * GROUPS);
            }
//$ end
            const int panels = ($N_n + 47) / 48;
            const int panel0 = by_rows ? 0 : panels * team->rank / team->size;
            const int panel1 = by_rows ? panels : panels * (team->rank + 1) / team->size;
            for (int panel = panel0; panel < panel1; panel++) {
                for (ptrdiff_t m = chunk, next; m < end; m = next) {
                    const int take = tile_take(end - m);
                    next = m + take;
                    for (int strip = 0; strip < 48 && panel * 48 + strip < $N_n; strip += NR) {
                        float tile[$products][MR * NR];
                        const int lanes = vbetween(($N_n - panel * 48 - strip + W - 1) / W, 1, NV);
                        const ptrdiff_t first = m - chunk;
//$ each product
//$ if w_int8
                        tile_dot_u8(take, bytes + first * WIDE, WIDE, part + first * GROUPS, GROUPS, $w_bytes(b, panel) + strip * 4,
                                    $w_scales(b, panel) + strip, 48, $N_k, tile[$product], NR);
//$ end
//$ if w_bf16
                        tile_dot_at_bf16(lanes, take, at + first, CHUNK, RUNS, RUN, $w_halves(b, panel) + strip, 48, tile[$product], NR);
//$ end
//$ if w_f32
                        tile_dot_at(lanes, take, at + first, CHUNK, RUNS, RUN, $w_panel(b, panel) + strip, 48, tile[$product], NR);
//$ end
//$ end
                        for (int i = 0; i < take; i++) {
                            SIMD_MAYBE const ptrdiff_t row = m + i;
                            $locate_m(row)
                            for (int j = 0; j < lanes * W; j += W) {
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
//$ end
    }
}
