//$ form   recur: y[t,n,b] = $store($f(t,n,b))
//$ need   t, n
//$ along  t
//$ target cuda
//$ hole   $f  lanes n
//$ hole   $store  lanes n
//$ cost   4*b*t*n flops; 3*b*t*n values
//$ #
//$ # A recurrence: turns of one sequence follow each other, and a value may read what turns before it have stored, in its own column: b and
//$ # n. Each part is an equation and may read those before it at its own turn: acc, acc2, .. are their values; if stored: others read it
//$ # too. $down: turns go from the last position to the first.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel recur
#define $params , const float *x, float *y
#define $first_t(s) batch->begin[s]
#define $length_t(s) (batch->begin[s + 1] - batch->begin[s])
#define $N_n 384
#define $N_b 1
#define $down 0
#define $acc acc
#define $f(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6) \
    (vload(x + (t) * $N_n + (n) + (b)) + (ti > 0 ? vload(y + (t - 1) * $N_n + (n)) : vsplat(0.0f)))
#define $store(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6) vstore(y + (t) * $N_n + (n) + (b), acc)
//$ end
/* y[t,n,b] = f(t,n,b), which may read y at turns before: a thread has one column of one sequence and goes through all its turns. Threads
 * that are neighbours have neighbouring columns, so what they read of a turn lies side by side; what one stored it finds in the cache. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { WIDE = $N_n ? $N_n : 1, ALL = $N_b ? $N_b * WIDE : 1 };
    const int64_t units = (int64_t)batch->sequences * $N_b * $N_n;
    for (int64_t unit = grid_first(); unit < units; unit += grid_step()) {
        const int s = (int)(unit / ALL), column = (int)(unit % ALL);
        SIMD_MAYBE const int b = column / WIDE, n = column % WIDE;
        SIMD_MAYBE const ptrdiff_t t_row = $first_t(s);
        const int length = $length_t(s);
        for (int turn = 0; turn < length; turn++) {
            const int ti = $down ? length - 1 - turn : turn;
            SIMD_MAYBE const ptrdiff_t t = t_row + ti;
//$ each part
            const float $acc = $f(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6);
//$ if stored
            $store(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6);
//$ end
//$ end
        }
    }
}
