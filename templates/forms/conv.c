//$ form   conv: y[t,n] = $store(sum[k] $x(t,n,k) * $w(n,k))
//$ need   t, n
//$ target cpu
//$ hole   $x  lanes n
//$ hole   $w  load-time lanes48, lanes n
//$ hole   $store  lanes n
//$ when   reads($x, n) and fixed(k)
//$ cost   2*t*n*k flops; n*k weights; 2*t*n values
//$ #
//$ # Depthwise: a column has weights of its own, so columns lie in the lanes and k is walked for each position. $w is packed as
//$ # [n / 48][k][48], filled up with zeros: $w_at(n, k) is where the column n stands for k. What $x reads outside of a sequence is 0.
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
#define $x(s, t, ti, n, k) (ti + k < $N_k - 1 ? vsplat(0.0f) : vload_n(x + (t + k - ($N_k - 1)) * $N_n + (n), $N_n - (n)))
#define $w_at(n, k) weight + ((n) / 48 * $N_k + (k)) * 48 + (n) % 48
#define $store(s, t, ti, n, acc) vstore_n(y + (t) * $N_n + (n), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    for (int s = 0; s < batch->sequences; s++) {
        const ptrdiff_t row = $first_t(s);
        const int length = $length_t(s);
        for (int ti = length * team->rank / team->size; ti < length * (team->rank + 1) / team->size; ti++) {
            SIMD_MAYBE const ptrdiff_t t = row + ti;
            for (int n = 0; n < $N_n; n += W) {
                vf acc = vsplat(0.0f);
                for (int k = 0; k < $N_k; k++) {
                    const vf value = $x(s, t, ti, n, k);
                    acc = vfma(value, vload($w_at(n, k)), acc);
                }
                $store(s, t, ti, n, acc);
            }
        }
    }
}
