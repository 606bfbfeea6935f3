//$ form   conv: y[t,n,b] = $store(sum[k] $x(t,n,b,k) * $w(n,b,k))
//$ need   t, n
//$ target cpu
//$ hole   $x  lanes n
//$ hole   $w  load-time panel48
//$ hole   $store  lanes n
//$ when   slides($x, t, k) and reads($x, n) and fixed(k) and load_time($w)
//$ cost   2*b*t*n*k flops; b*n*k weights; 2*b*t*n values
//$ #
//$ # Depthwise: a column has weights of its own, so columns lie in the lanes, a panel of 48 at a time, whose weights stay in the first
//$ # cache while all positions go by. $w_panel is where a panel begins, packed as [k][48] and filled up with zeros. s is the number of
//$ # the sequence, t a row of the batch, ti its place; what $x reads outside of a sequence is absent. b: columns that do not lie side by
//$ # side. A team deals the positions.
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
#define $kernel conv
#define $params , const float *x, const float *weight, float *y
#define $first_t(s) batch->begin[s]
#define $length_t(s) (batch->begin[s + 1] - batch->begin[s])
#ifndef $N_n
#define $N_n 384
#define $N_k 4
#endif
#define $x(s, t, ti, n, b, k) (ti + k < $N_k - 1 ? vsplat(0.0f) : vload_n(x + (t + k - ($N_k - 1)) * $N_n + (n), $N_n - (n)))
#define $N_b 1
#define $w_panel(b, panel) weight + ((b) + (panel)) * $N_k * 48
#define $store(s, t, ti, n, b, acc) vstore_n(y + (t) * $N_n + (n), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { PANELS = ($N_n + 47) / 48, BY = PANELS + (PANELS == 0) };
    for (int s = 0; s < batch->sequences; s++) {
        SIMD_MAYBE const ptrdiff_t t_row = $first_t(s);
        const int rows = $length_t(s);
        const int from = (int)((int64_t)rows * team->rank / team->size), to = (int)((int64_t)rows * (team->rank + 1) / team->size);
        for (int which = 0; which < $N_b * PANELS; which++) {
            SIMD_MAYBE const int b = which / BY;
            const int panel = which % BY;
            const float *const weights = $w_panel(b, panel);
            for (int ti = from; ti < to; ti++) {
                SIMD_MAYBE const ptrdiff_t t = t_row + ti;
                for (int j = 0; j < 48 && panel * 48 + j < $N_n; j += W) {
                    SIMD_MAYBE const int n = panel * 48 + j;
                    vf acc = vsplat(0.0f);
                    for (int k = 0; k < $N_k; k++) {
                        const vf value = $x(s, t, ti, n, b, k);
                        acc = vfma(value, vload(weights + k * 48 + j), acc);
                    }
                    $store(s, t, ti, n, b, acc);
                }
            }
        }
    }
}
