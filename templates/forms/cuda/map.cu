//$ form   map: y[m,n] = $store($f(m,n))
//$ need   n
//$ target cuda
//$ hole   $f  lanes n
//$ hole   $store  lanes n
//$ cost   4*m*n flops; 2*m*n values
//$ #
//$ # Values without a sum in them, rows of tables that data choose too. m is a row of the batch, n a column of it.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel map
#define $params , const float *x, const float *table, float *y
#define $rows_m batch->begin[batch->sequences]
#define $N_n 384
#define $locate_m(m)
#define $f(m, n) (vload(x + (m) * $N_n + (n)) + vload(table + (n)))
#define $store(m, n, acc) vstore(y + (m) * $N_n + (n), acc)
//$ end
/* y[m,n] = f(m,n): a block takes 1024 values that follow each other, a thread 4 of them, 256 apart, so that neighbours read neighbours. All
 * 4 are under way before the first is stored. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { EACH = 4, WIDE = $N_n ? $N_n : 1 };
    const int64_t all = (int64_t)$rows_m * $N_n;
    for (int64_t first = (int64_t)blockIdx.x * (256 * EACH) + threadIdx.x; first < all; first += (int64_t)gridDim.x * (256 * EACH)) {
        float value[EACH];
        for (int i = 0; i < EACH; i++) {
            const int64_t at = first + i * 256;
            if (at < all) {
                SIMD_MAYBE const ptrdiff_t m = (ptrdiff_t)(at / WIDE);
                SIMD_MAYBE const int n = (int)(at % WIDE);
                $locate_m(m)
                value[i] = $f(m, n);
            }
        }
        for (int i = 0; i < EACH; i++) {
            const int64_t at = first + i * 256;
            if (at < all) {
                SIMD_MAYBE const ptrdiff_t m = (ptrdiff_t)(at / WIDE);
                SIMD_MAYBE const int n = (int)(at % WIDE);
                $locate_m(m)
                const float acc = value[i];
                $store(m, n, acc);
            }
        }
    }
}
