//$ form   linear: y[b,t,e] = $store(sum[m] $q(b,t,m) * (sum[u where u <= t] $d(b,t,u) * $k(b,u,m) * $v(b,u,e)))
//$ or     y[b,t,e] = $store(sum[u where u <= t] $d(b,t,u) * (sum[m] $q(b,t,m) * $k(b,u,m)) * $v(b,u,e))
//$ need   t, u
//$ target cuda
//$ hole   $q  lanes m
//$ hole   $k  lanes m
//$ hole   $v  lanes e
//$ hole   $d  fades t u
//$ hole   $store  lanes e
//$ when   ragged(t) and ragged(u) and fixed(b) and fixed(m) and fixed(e) and not empty(e) and m <= 512
//$ cost   4*b*t*m*e flops; b*t*(2*m + 2*e) values
//$ #
//$ # Linear attention: what a position reads is a sum over all before of products of keys and values, which goes along with the positions
//$ # and is stored nowhere. Where weights fade with the distance, it is multiplied by $d before each turn. s is the number of the sequence,
//$ # t and u rows of the batch, ti and ui their places.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $N_m 64
#define $N_e 64
#define $N_b 12
#define $kernel linear
#define $params , const float *query, const float *key, const float *value, float *y
#define $first_t(s) batch->begin[s]
#define $first_u(s) batch->begin[s]
#define $length_t(s) (batch->begin[s + 1] - batch->begin[s])
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $q(s, b, t, ti, m) vload(query + ((t) * $N_b + (b)) * $N_m + (m))
#define $k(s, b, u, ui, m) vload(key + ((u) * $N_b + (b)) * $N_m + (m))
#define $v(s, b, u, ui, e) vload(value + ((u) * $N_b + (b)) * $N_e + (e))
#define $d(s, b) vsplat(0.9f)
#define $store(s, b, t, ti, e, acc) vstore(y + ((t) * $N_b + (b)) * $N_e + (e), acc)
//$ end
/* y[b,t,e] = sum[m] q[b,t,m] state[m,e], state[m,e] = sum[u <= t] d^(t - u) k[b,u,m] v[b,u,e]: a block takes 32 columns e of one
 * sequence and b, and goes through the positions, TILE at a time. A lane has a column; each of the 8 warps has every 8th m of the state, in
 * registers, and what these add to y; then warps are joined, from the first to the last.
 * Shared memory: v[TILE][32], q[TILE][M], k[TILE][M], and what each warp adds, part[8][TILE][32]. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { M = $N_m ? $N_m : 1, TILE = M > 128 ? 8 : 16, OF_WARP = (M + 7) / 8 };
    enum { HEADS = $N_b ? $N_b : 1, ACROSS = $N_e ? ($N_e + 31) / 32 : 1 };
    shared_room(float, v_, TILE * (2 * M + 9 * 32));
    float *const q_ = v_ + TILE * 32, *const k_ = q_ + TILE * M, *const part = k_ + TILE * M;
    const int thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32;
    for (int unit = (int)blockIdx.x; unit < batch->sequences * $N_b * ACROSS; unit += (int)gridDim.x) {
        const int s = unit / (HEADS * ACROSS), column = unit % ACROSS * 32;
        SIMD_MAYBE const int b = unit / ACROSS % HEADS;
        SIMD_MAYBE const ptrdiff_t t_row = $first_t(s), u_row = $first_u(s);
        const int queries = $length_t(s), keys = $length_u(s);
        float state[OF_WARP] = {0.0f};
//$ if faded
        const float fading = $d(s, b);
//$ end
        for (int first = 0; first < queries; first += TILE) {
            for (int at = thread; at < TILE * $N_m; at += 256) {
                const int ti = first + at / M, ui = ti, m = at % M;
                SIMD_MAYBE const ptrdiff_t t = t_row + ti, u = u_row + ui;
                q_[at] = k_[at] = 0.0f;
                if (ti < queries) {
                    q_[at] = $q(s, b, t, ti, m);
                }
                if (ui < keys) {
                    k_[at] = $k(s, b, u, ui, m);
                }
            }
            for (int at = thread; at < TILE * 32; at += 256) {
                const int ui = first + at / 32, e = column + lane;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                v_[at] = 0.0f;
                if (ui < keys && e < $N_e) {
                    v_[at] = $v(s, b, u, ui, e);
                }
            }
            __syncthreads();
            for (int i = 0; i < TILE; i++) {
                const float given = v_[i * 32 + lane];
                float sum = 0.0f;
//$ if faded
                const float kept = first + i ? fading : 0.0f;
//$ end
                for (int j = 0; j < OF_WARP; j++) {
                    const int m = j * 8 + warp;
                    if (m < $N_m) {
//$ if faded
                        state[j] *= kept;
//$ end
                        state[j] = fmaf(k_[i * M + m], given, state[j]);
                        sum = fmaf(q_[i * M + m], state[j], sum);
                    }
                }
                part[(warp * TILE + i) * 32 + lane] = sum;
            }
            __syncthreads();
            for (int i = warp; i < TILE; i += 8) {
                const int place = first + i, e = column + lane;
                SIMD_MAYBE const ptrdiff_t row = t_row + place;
                float acc = 0.0f;
                for (int other = 0; other < 8; other++) {
                    acc += part[(other * TILE + i) * 32 + lane];
                }
                if (place < queries && e < $N_e) {
                    $store(s, b, row, place, e, acc);
                }
            }
        }
    }
}
