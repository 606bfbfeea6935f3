//$ form   segment: y[n] = $store(reduce[u where $p(u)] $f(u,n))
//$ need   u
//$ target cuda
//$ hole   $f  lanes n
//$ hole   $p
//$ hole   $store  lanes n
//$ when   ragged(u) and not ragged(n)
//$ cost   u*n flops; u*n values
//$ #
//$ # s is the number of the sequence, u a row of the batch, ui its place in the sequence. $start is what a reduction begins with,
//$ # $join(part, value) how it goes on; $p is a condition. acc, acc2, .. are the parts.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel segment
#define $params , const float *x, float *y
#define $first_u(s) batch->begin[s]
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $N_n 384
#define $acc acc
#define $parts 1
#define $part 0
#define $start vsplat(0.0f)
#define $join(part, value) part + value
#define $p(s, u, ui) ((s) >= 0 && (u) >= (ui))
#define $f(s, u, ui, n) vload(x + (u) * $N_n + (n))
#define $store(s, n, acc, acc2, acc3, acc4) vstore(y + (s) * $N_n + (n), acc / (float)$length_u(s))
//$ end
/* A block for 32 columns of one sequence: each of its 8 warps takes every 8th position, a lane a column; then warps are joined, from the
 * first to the last. Shared memory: what each warp has of each part, part[parts][8][32]. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    __shared__ float part[$parts][8][32];
    const int lane = (int)threadIdx.x % 32, warp = (int)threadIdx.x / 32;
    for (int unit = (int)blockIdx.x, across = ($N_n + 31) / 32; unit < batch->sequences * across; unit += (int)gridDim.x) {
        const int s = unit / across, n = unit % across * 32 + lane;
        SIMD_MAYBE const ptrdiff_t u_row = $first_u(s);
        const int keys = $length_u(s);
//$ each part
        {
            float before = $start;
            for (int ui = warp; ui < keys && n < $N_n; ui += 8) {
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
//$ if predicate
                if ($p(s, u, ui))
//$ end
                {
                    const float value = $f(s, u, ui, n);
                    before = $join(before, value);
                }
            }
            part[$part][warp][lane] = before;
        }
//$ end
        __syncthreads();
        if (threadIdx.x < 32 && n < $N_n) {
//$ each part
            float $acc;
            {
                float before = part[$part][0][lane];
                for (int i = 1; i < 8; i++) {
                    const float value = part[$part][i][lane];
                    before = $join(before, value);
                }
                $acc = before;
            }
//$ end
            $store(s, n, acc, acc2, acc3, acc4);
        }
        __syncthreads();
    }
}
