//$ form   left: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ before gemm
//$ target cuda
//$ hole   $w  load-time rows16, stored bf16 f16
//$ hole   $store  lanes n
//$ when   b == 1
//$ #
//$ # gemm where a library multiplies: see there what mates are; all have this left side. $left_m: [$room_m][$w_pitch].
//$ sample
#include "sample.h"
#define $N_k 384
#define $batch model_batch
#define $kernel gemm_left
#define $params , const float *x
#define $rows_m batch->begin[batch->sequences]
#define $room_m batch->room
#define $left_m batch->left
#define $locate_m(m)
#define $a(b, m, k) x[(m) * $N_k + (k)]
#define $a_at(b, m, k) x + (m) * $N_k + (k)
#define $a_step_k 1
#define $w_pitch 384
#define $w_kind TILE_BF16
#define $store(b, m, n, acc, acc2) (void)acc
//$ end
/* Rows a[m,k] as the library multiplies them: rounded, zeros behind the last k, and in rows that the batch does not have; for it multiplies
 * all that there is room for. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { CHUNKS = ($w_pitch) / 8 }; /* of 16 bytes */
    const ptrdiff_t rows = $rows_m;
    for (int64_t item = grid_first(); item < $room_m * CHUNKS; item += grid_step()) {
        const ptrdiff_t m = item / CHUNKS;
        SIMD_MAYBE const int b = 0;
        const int k = (int)(item % CHUNKS) * 8;
        float held[8] = {0.0f};
        if (m < rows) {
            $locate_m(m)
//$ if a_in_place
            const float *const from = $a_at(b, m, k);
            if ($a_step_k == 1 && k + 8 <= $N_k && is_on_16(from)) {
                load_16(held, from, 8);
            } else
//$ end
            for (int e = 0; e < 8; e++) {
                const int one = k + e;
                if (one < $N_k) {
                    held[e] = $a(b, m, one);
                }
            }
        }
        tile_put($w_kind, $left_m + item * 16, held);
    }
}
