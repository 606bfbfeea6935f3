//$ form   conv: y[t,n,b] = $store(sum[k] $x(t,n,b,k) * $w(n,b,k))
//$ need   t, n
//$ target cuda
//$ hole   $x  lanes n
//$ hole   $w  load-time rows
//$ hole   $store  lanes n
//$ when   slides($x, t, k) and reads($x, n) and fixed(k) and load_time($w)
//$ cost   2*b*t*n*k flops; b*n*k weights; 2*b*t*n values
//$ #
//$ # Depthwise: a column has weights of its own. t is a row of the batch; what $x reads outside of its sequence is absent. b: columns
//$ # that do not lie side by side.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel conv
#define $params , const float *x, const float *weight, float *y
#define $rows_t batch->begin[batch->sequences]
#define $N_n 384
#define $N_k 4
#define $N_b 1
#define $locate_t(t)
#define $x(t, n, b, k) (t + k < $N_k - 1 ? vsplat(0.0f) : vload(x + (t + k - ($N_k - 1)) * $N_n + (n)))
#define $w(n, b, k) vload(weight + ((n) + (b)) * $N_k + (k))
#define $store(t, n, b, acc) vstore(y + (t) * $N_n + (n), acc)
//$ end
/* y[t,n,b] = sum[k] x[t,n,b,k] w[n,b,k]: a thread takes 4 positions of one column, which read each weight once, and of what slides by the
 * same numbers from the cache nearest to it. Neighbouring threads have neighbouring columns. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { EACH = 4, WIDE = $N_n ? $N_n : 1, ALL = $N_b ? $N_b * WIDE : 1 };
    const ptrdiff_t rows = $rows_t;
    const int64_t units = (int64_t)((rows + EACH - 1) / EACH) * $N_b * $N_n;
    for (int64_t unit = grid_first(); unit < units; unit += grid_step()) {
        const ptrdiff_t first = (ptrdiff_t)(unit / ALL) * EACH;
        SIMD_MAYBE const int b = (int)(unit % ALL) / WIDE, n = (int)(unit % ALL) % WIDE;
        float sum[EACH] = {0.0f};
        for (int i = 0; i < EACH; i++) {
            const ptrdiff_t t = first + i;
            if (t < rows) {
                $locate_t(t)
                for (int k = 0; k < $N_k; k++) {
                    const float value = $x(t, n, b, k);
                    sum[i] = fmaf(value, $w(n, b, k), sum[i]);
                }
            }
        }
        for (int i = 0; i < EACH; i++) {
            const ptrdiff_t t = first + i;
            if (t < rows) {
                $locate_t(t)
                const float acc = sum[i];
                $store(t, n, b, acc);
            }
        }
    }
}
