//$ form   scan: y[t,n] = $store(sum[u where u <= t] $f(u,n))
//$ need   t, u
//$ when   same_parent(t, u)
//$ target cuda
//$ hole   $f  lanes n
//$ hole   $store  lanes n
//$ cost   t*n flops; 2*t*n values
//$ #
//$ # Sums over all positions up to one. s is the number of the sequence, u and t the row in the batch, ui and ti its place.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel scan
#define $params , const float *x, float *y
#define $first_u(s) batch->begin[s]
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $N_n 384
#define $f(s, u, ui, n) vload(x + (u) * $N_n + (n))
#define $store(s, t, ti, n, acc) vstore(y + (t) * $N_n + (n), acc)
//$ end
/* y[t,n] = sum[u <= t] f(u,n): a block takes 32 columns of a sequence, 64 positions at a time; each of its 8 warps has 8 of these, a lane a
 * column. The sums of a warp's positions begin with what the warps before it have, and that with all positions before.
 * Shared memory: the sum of each warp's positions, all[2][8][32], for these and those after them. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { EACH = 8, WARPS = 8, TILE = EACH * WARPS, ACROSS = $N_n ? ($N_n + 31) / 32 : 1 };
    __shared__ float all[2][WARPS][32];
    const int lane = (int)threadIdx.x % 32, warp = (int)threadIdx.x / 32;
    int turn = 0;
    for (int unit = (int)blockIdx.x; unit < batch->sequences * ACROSS; unit += (int)gridDim.x) {
        const int s = unit / ACROSS, n = unit % ACROSS * 32 + lane;
        const ptrdiff_t row = $first_u(s);
        const int keys = $length_u(s);
        float before = 0.0f;
        for (int tile = 0; tile < keys; tile += TILE, turn ^= 1) {
            const int first = tile + warp * EACH;
            float value[EACH], sum = 0.0f;
            for (int i = 0; i < EACH; i++) {
                const int ui = first + i;
                SIMD_MAYBE const ptrdiff_t u = row + ui;
                value[i] = 0.0f;
                if (ui < keys && n < $N_n) {
                    value[i] = $f(s, u, ui, n);
                }
                sum += value[i];
            }
            all[turn][warp][lane] = sum;
            __syncthreads();
            float part = before;
            for (int other = 0; other < WARPS; other++) {
                part = other == warp ? before : part;
                before += all[turn][other][lane];
            }
            for (int i = 0; i < EACH; i++) {
                const int ui = first + i;
                SIMD_MAYBE const ptrdiff_t u = row + ui;
                const float acc = part + value[i];
                part = acc;
                if (ui < keys && n < $N_n) {
                    $store(s, u, ui, n, acc);
                }
            }
        }
    }
}
