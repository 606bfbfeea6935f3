//$ form   moe: y[m,n] = $store(sum[k] $a(m,k) * $w(m,n,k))
//$ need   m, n
//$ target cpu
//$ hole   $a  in place, lanes k
//$ hole   $w  load-time panel48
//$ hole   $store  lanes n
//$ when   gathered($w)
//$ cost   2*m*n*k flops; m*n*k weights; m*(k + n) values
//$ #
//$ # The weights of a row are chosen by data: $choice(m) is the number of its matrix, of $choices. Rows of a chunk are put in order of
//$ # their matrix and go through it together, so that weights are read once for all of them; each row is a chain of its own. $w_panel is
//$ # where a panel of 48 columns of a matrix begins, packed as [k][48]. A team deals panels.
//$ sample
#include "../../runtime/simd/simd.h"
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, rows;
};
#define $team model_team
#define $batch model_batch
#define $kernel moe
#define $params , const float *x, const int32_t *expert, const float *weight, float *y
#define $rows_m batch->rows
#ifndef $N_n
#define $N_k 384
#define $N_n 768
#define $choices 8
#endif
#define $choice(m) expert[m]
#define $a_at(m) x + (m) * $N_k
#define $w_panel(choice, panel) weight + ((ptrdiff_t)(choice) * (($N_n + 47) / 48) + (panel)) * $N_k * 48
#define $store(m, n, acc) vstore_n(y + (m) * $N_n + (n), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { CHUNK = 256, PANELS = ($N_n + 47) / 48 };
    const ptrdiff_t rows = $rows_m;
    const int panel0 = PANELS * team->rank / team->size, panel1 = PANELS * (team->rank + 1) / team->size;
    for (ptrdiff_t chunk = 0; chunk < rows; chunk += CHUNK) {
        const int count = rows - chunk < CHUNK ? (int)(rows - chunk) : CHUNK;
        int order[CHUNK], ordered = 0;
        for (int choice = 0; choice < $choices; choice++) {
            const int first = ordered;
            for (int i = 0; i < count; i++) {
                const ptrdiff_t m = chunk + i;
                if ($choice(m) == choice) {
                    order[ordered++] = i;
                }
            }
            for (int panel = panel0; panel < panel1 && first < ordered; panel++) {
                for (int begin = first, take; begin < ordered; begin += take) {
                    take = tile_take(ordered - begin);
                    float left[MR * $N_k]; /* the rows of a tile side by side */
                    for (int i = 0; i < take; i++) {
                        const ptrdiff_t m = chunk + order[begin + i];
                        memcpy(left + i * $N_k, $a_at(m), sizeof(float) * $N_k);
                    }
                    for (int strip = 0; strip < 48 && panel * 48 + strip < $N_n; strip += NR) {
                        float tile[MR * NR];
                        tile_dot(take, left, $N_k, 1, $w_panel(choice, panel) + strip, 48, $N_k, tile, NR);
                        for (int i = 0; i < take; i++) {
                            const ptrdiff_t m = chunk + order[begin + i];
                            for (int j = 0; j < NR; j += W) {
                                const int n = panel * 48 + strip + j;
                                const vf acc = vload(tile + i * NR + j);
                                $store(m, n, acc);
                            }
                        }
                    }
                }
            }
        }
    }
}
