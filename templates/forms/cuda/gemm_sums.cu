//$ form   sums: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ after  gemm
//$ target cuda
//$ hole   $w  load-time rows16, stored bf16 f16
//$ hole   $store  lanes n
//$ when   b == 1
//$ #
//$ # gemm where a library multiplies: see there what mates are. $sums_m: of each product in turn [$room_m][$N_n].
//$ sample
#include "sample.h"
#define $N_n 1536
#define $batch model_batch
#define $kernel gemm_sums
#define $params , const float *bias, float *y
#define $rows_m batch->begin[batch->sequences]
#define $room_m batch->room
#define $sums_m batch->sums
#define $products 1
#define $locate_m(m)
#define $store(b, m, n, acc, acc2) vstore(y + (m) * $N_n + (n), (acc) + vload(bias + (n)))
//$ end
/* What is made of the library's sums, in the rows that the batch has. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    const ptrdiff_t rows = $rows_m;
    const float *sum = $sums_m;
//$ each mate
    for (int64_t item = grid_first(); item < (int64_t)rows * $N_n; item += grid_step()) {
        const ptrdiff_t m = item / $N_n;
        SIMD_MAYBE const int b = 0;
        const int n = (int)(item % $N_n);
        const float acc = sum[item];
//$ if gated
        SIMD_MAYBE const float acc2 = sum[$room_m * $N_n + item];
//$ end
        $locate_m(m)
        $store(b, m, n, acc, acc2);
    }
    sum += $products * ($room_m * $N_n);
//$ end
}
