//$ form   rowwise: y[m] = $row(reduce[n where $p(m,n)] $f(m,n))
//$ need   n
//$ target cuda
//$ hole   $f  lanes n
//$ hole   $p  lanes n
//$ hole   $store  lanes n
//$ when   fixed(n)
//$ cost   4*m*n flops; 3*m*n values
//$ #
//$ # acc, acc2, .. are the results of the parts, each of which may read those before it. $start is what a reduction begins with,
//$ # $join(part, value) how it goes on. if predicate: the part has a condition; columns: something is stored over n; $store_m: over m
//$ # alone.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel rowwise
#define $params , const float *x, const float *gain, float *y, float *most
#define $rows_m batch->begin[batch->sequences]
#define $N_n 384
#define $locate_m(m)
#define $acc acc
#define $start vsplat(0.0f)
#define $join(part, value) part + value
#define $p(m, n) ((m) >= (n))
#define $f(m, n, acc, acc2, acc3, acc4, acc5, acc6) vload(x + (m) * $N_n + (n))
#define $store_m(m, acc, acc2, acc3, acc4, acc5, acc6) vstore(most + (m), acc)
#define $store(m, n, acc, acc2, acc3, acc4, acc5, acc6) \
    vstore(y + (m) * $N_n + (n), vload(x + (m) * $N_n + (n)) * vload(gain + (n)) / acc)
//$ end
/* A warp for each row: a lane takes every 32nd column, then lanes are joined in pairs, always in the same order. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    const int lane = (int)threadIdx.x % 32;
    const ptrdiff_t rows = $rows_m;
    for (ptrdiff_t m = blockIdx.x * 8 + threadIdx.x / 32; m < rows; m += gridDim.x * 8) {
        $locate_m(m)
//$ each part
        float $acc;
        {
            float part = $start;
            for (int n = lane; n < $N_n; n += 32) {
//$ if predicate
                if ($p(m, n)) /* else there may be nothing to read */
//$ end
                {
                    const float value = $f(m, n, acc, acc2, acc3, acc4, acc5, acc6);
                    part = $join(part, value);
                }
            }
            for (int pair = 16; pair > 0; pair /= 2) {
                const float value = lane_xor(part, pair);
                part = $join(part, value);
            }
            $acc = part;
        }
//$ end
        $store_m(m, acc, acc2, acc3, acc4, acc5, acc6); /* all lanes the same, to one place */
//$ if columns
        for (int n = lane; n < $N_n; n += 32) {
            $store(m, n, acc, acc2, acc3, acc4, acc5, acc6);
        }
//$ end
    }
}
