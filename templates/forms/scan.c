//$ form   scan: y[t,n] = $store(sum[u where u <= t] $f(u,n))
//$ need   t, u
//$ when   same_parent(t, u)
//$ target cpu
//$ hole   $f  lanes n
//$ hole   $store  lanes n
//$ cost   t*n flops; 2*t*n values
//$ #
//$ # Sums over all positions up to one: the sum so far lies in the lanes of four vectors of columns and is stored at each position. s is
//$ # the number of the sequence, u and t the row in the batch, ui and ti its place. A team deals sequences and blocks of columns.
//$ sample
#include "../../runtime/simd/simd.h"
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, begin[8];
};
#define $team model_team
#define $batch model_batch
#define $kernel scan
#define $params , const float *x, float *y
#define $first_u(s) batch->begin[s]
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#ifndef $N_n
#define $N_n 384
#endif
#define $f(s, u, ui, n) vload_n(x + (u) * $N_n + (n), $N_n - (n))
#define $store(s, t, ti, n, acc) vstore_n(y + (t) * $N_n + (n), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { BLOCKS = ($N_n + 4 * W - 1) / (4 * W), BY = BLOCKS + (BLOCKS == 0) };
    for (int unit = team->rank; unit < batch->sequences * BLOCKS; unit += team->size) {
        const int s = unit / BY, column = unit % BY * 4 * W;
        const ptrdiff_t row = $first_u(s);
        const int keys = $length_u(s);
        vf part[4];
        for (int j = 0; j < 4; j++) {
            part[j] = vsplat(0.0f);
        }
        for (int ui = 0; ui < keys; ui++) {
            SIMD_MAYBE const ptrdiff_t u = row + ui;
            for (int j = 0; j < 4 && column + j * W < $N_n; j++) {
                SIMD_MAYBE const int n = column + j * W;
                const vf value = $f(s, u, ui, n), acc = part[j] + value;
                part[j] = acc;
                $store(s, u, ui, n, acc);
            }
        }
    }
}
