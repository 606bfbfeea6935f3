//$ form   moe: y[b,m,n] = $store(sum[k where $p(b,m)] $a(b,m,k) * $w(b,n,k))
//$ need   b, m, n
//$ target cpu
//$ hole   $p
//$ hole   $a  in place, lanes k
//$ hole   $w  load-time panel48, stored bf16 int8
//$ hole   $store  lanes n
//$ prefer load-time $w; wide n
//$ when   reads($p, b) and load_time($w) and fixed(b) and fixed(k)
//$ cost   2*m*n*k flops; b*n*k weights; m*(k + n) values
//$ scratch 163840
//$ #
//$ # A mixture of experts: of several matrices each row wants only some, as $p says, a condition in C. For each matrix the rows of a chunk
//$ # that want it are listed, and go through its panels as the rows of a gemm do; what nobody wants is neither computed nor stored. Each
//$ # row is a chain of its own, whoever stands beside it in the list. A team deals rows where there are many, else panels.
//$ sample
#include "../../runtime/simd/simd.h"
#include "../../runtime/simd/tile_at.h"
#include "../../runtime/simd/tile_u8.h"
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, rows;
    unsigned char *scratch;
};
#define $team model_team
#define $batch model_batch
#define $kernel moe
#define $scratch 163840
#define $params , const float *x, const int32_t *expert, const float *weight, float *y
#define $rows_m batch->rows
#ifndef $N_n
#define $N_k 384
#define $N_n 768
#endif
#define $N_b 8
#define $products 1
#define $product 0
#define $rounded 1
#define $locate_m(m)
#define $p(b, m) expert[m] == (b)
#define $a_at(b, m) x + (m) * $N_k + (b) * 0
#define $w_panel(b, panel) weight + ((size_t)(b) * (($N_n + 47) / 48) + (size_t)(panel)) * $N_k * 48
#define $w_halves(b, panel) (const uint16_t *)(const void *)weight + ((size_t)(b) + (size_t)(panel)) * $N_k * 48
#define $w_bytes(b, panel) (const int8_t *)(const void *)weight + ((size_t)(b) + (size_t)(panel)) * $N_k * 48
#define $w_scales(b, panel) weight + ((size_t)(b) + (size_t)(panel)) * 96
#define $store(b, m, n, acc, acc2) vstore_n(y + ((m) + (b)) * $N_n + (n), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { WIDE = $N_k == 0 ? 64 : ($N_k + 63) / 64 * 64, FIT = $rounded ? 131072 / WIDE : 1024 };
    enum { CHUNK = FIT < 8 ? 8 : FIT < 1024 ? FIT / 8 * 8 : 1024 };
    struct room {
        ptrdiff_t list[CHUNK];
        const float *at[CHUNK];
//$ if w_int8
        part_u8 part[CHUNK * (($N_k + GROUP_U8 - 1) / GROUP_U8)];
        uint8_t bytes[CHUNK * WIDE];
//$ end
    } *const room = (void *)(batch->scratch + (size_t)team->rank * $scratch);
    enum { FITS = 1 / (sizeof *room <= $scratch) };
    ptrdiff_t *const list = room->list;
    const float **const at = room->at;
    const ptrdiff_t rows = $rows_m;
    const int by_rows = rows >= (ptrdiff_t)team->size * 1024;
    const ptrdiff_t row0 = by_rows ? rows * team->rank / team->size : 0, row1 = by_rows ? rows * (team->rank + 1) / team->size : rows;
    for (int b = 0; b < $N_b; b++) {
        for (ptrdiff_t m = row0; m < row1;) {
            int count = 0;
            for (; m < row1 && count < CHUNK; m++) {
                $locate_m(m)
                list[count] = m;
                count += $p(b, m);
            }
//$ each mate
            {
                for (int i = 0; i < count; i++) {
                    SIMD_MAYBE const ptrdiff_t row = list[i];
                    $locate_m(row)
                    at[i] = $a_at(b, row);
                }
//$ if w_int8
                enum { GROUPS = ($N_k + GROUP_U8 - 1) / GROUP_U8 };
                uint8_t *const bytes = room->bytes;
                part_u8 *const part = room->part;
                for (int i = 0; i < count; i++) {
                    row_u8_of(at[i], $N_k, bytes + i * WIDE, part + i * GROUPS);
                }
//$ end
                const int panels = ($N_n + 47) / 48;
                const int panel0 = by_rows ? 0 : panels * team->rank / team->size;
                const int panel1 = by_rows ? panels : panels * (team->rank + 1) / team->size;
                for (int panel = panel0; panel < panel1; panel++) {
                    for (int first = 0, take; first < count; first += take) {
                        take = tile_take(count - first);
                        for (int strip = 0; strip < 48 && panel * 48 + strip < $N_n; strip += NR) {
                            float tile[$products][MR * NR];
                            const int lanes = vbetween(($N_n - panel * 48 - strip + W - 1) / W, 1, NV);
//$ each product
//$ if w_int8
                            tile_dot_u8(take, bytes + first * WIDE, WIDE, part + first * GROUPS, GROUPS, $w_bytes(b, panel) + strip * 4,
                                        $w_scales(b, panel) + strip, 48, $N_k, tile[$product], NR);
//$ end
//$ if w_bf16
                            tile_dot_at_bf16(lanes, take, at + first, 0, 1, $N_k, $w_halves(b, panel) + strip, 48, tile[$product], NR);
//$ end
//$ if w_f32
                            tile_dot_at(lanes, take, at + first, 0, 1, $N_k, $w_panel(b, panel) + strip, 48, tile[$product], NR);
//$ end
//$ end
                            for (int i = 0; i < take; i++) {
                                SIMD_MAYBE const ptrdiff_t row = list[first + i];
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
}
