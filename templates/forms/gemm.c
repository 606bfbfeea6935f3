//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   n
//$ hole   $a in place, lanes k
//$ hole   $w load-time panel48
//$ hole   $store lanes n
//$ prefer load-time $w; wide n
//$ cost   2*b*m*n*k flops; b*n*k weights; b*m*(k + n) values
//$ target c avx2 avx512 neon
//$ sample
#include "../../runtime/simd/simd.h"
#include "../../runtime/team/team.c"
struct model_batch {
    int32_t sequences;
};
#define $kernel dense
#define $team model_team
#define $batch model_batch
#define $params , const float *x, const float *weight, float *y
#define $rows_m batch->sequences
#define $N_b 1
#define $N_n 1536
#define $N_k 384
#define $a_at(b, m) x + (m) * 384 + (b) * 0
#define $a_step_m 384
#define $w_panel(b, panel) weight + (size_t)(panel) * 384 * 48 + (b) * 0
#define $store(b, m, n, acc) vstore(y + (m) * 1536 + (n) + (b) * 0, acc)
//$ end
static void $kernel(const $team *team, const struct $batch *batch$params)
{
    const ptrdiff_t rows = $rows_m;
    const int panels = ($N_n + 47) / 48;
    const int by_rows = rows >= (ptrdiff_t)team->size * 96; /* else each thread takes some of the panels */
    const ptrdiff_t row0 = by_rows ? rows * team->rank / team->size : 0, row1 = by_rows ? rows * (team->rank + 1) / team->size : rows;
    const int panel0 = by_rows ? 0 : panels * team->rank / team->size, panel1 = by_rows ? panels : panels * (team->rank + 1) / team->size;
    for (int group = 0; group < $N_b; group++) {
        for (int panel = panel0; panel < panel1; panel++) {
//$ each mate
            for (ptrdiff_t first = row0, take; first < row1; first += take) {
                take = tile_take(row1 - first);
                for (int strip = 0; strip < 48; strip += NR) {
                    float tile[MR * NR];
                    tile_dot((int)take, $a_at(group, first), $a_step_m, 1, $w_panel(group, panel) + strip, 48, $N_k, tile, NR);
                    for (int i = 0; i < take; i++) {
                        const ptrdiff_t row = first + i;
                        for (int j = 0; j < NR; j += W) {
                            const int col = panel * 48 + strip + j;
                            const vf acc = vload(tile + i * NR + j);
                            $store(group, row, col, acc);
                        }
                    }
                }
            }
//$ end
        }
    }
}
