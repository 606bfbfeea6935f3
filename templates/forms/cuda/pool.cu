//$ form   pool: y[b,e] = $store((sum[u where $p(b,u)] exp($s(b,u)) * $v(b,u,e))
//$                            / ($z(b) + sum[u where $p(b,u)] exp($s(b,u))))
//$ need   u
//$ target cuda
//$ hole   $s  dot 4096
//$ hole   $v  lanes e
//$ hole   $query  lanes i
//$ hole   $key  lanes i
//$ hole   $store  lanes e
//$ when   fixed(b) and fixed(e) and e <= 4096
//$ cost   4*b*u*e + 20*b*u flops; 2*b*u*e values
//$ #
//$ # Attention of one query to all keys of its sequence: pooling, the newest position of a decoder. $query and $key are the sides of the
//$ # dot product over i in the score, which is `dot` in $s; if dot: there is one. s is the number of the sequence, u a row of the batch, ui
//$ # its place in the sequence. if predicate: there is a condition; sink: there is a $z.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $N_i 32
#define $N_e 32
#define $N_b 12
#define $kernel pool
#define $params , const float *query, const float *key, const float *value, float *y
#define $first_u(s) batch->begin[s]
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $query(s, b, u, ui, i) vload(query + ((s) * $N_b + (b)) * $N_i + (i))
#define $key(s, b, u, ui, i) vload(key + ((u) * $N_b + (b)) * $N_i + (i))
#define $s(s, b, u, ui, dot) ((dot) * vsplat(0.17677669f))
#define $p(s, b, u, ui) ((ui) >= 0)
#define $z(s, b) vsplat(0.0f)
#define $v(s, b, u, ui, e) vload(value + ((u) * $N_b + (b)) * $N_e + (e))
#define $store(s, b, e, acc) vstore(y + ((s) * $N_b + (b)) * $N_e + (e), acc)
//$ end
/* A block takes one sequence and b, and up to 256 columns e. Its 8 warps deal the keys, 32 at a time, and go over theirs once, with the
 * maximum so far (Milakov & Gimelshein 2018): lanes share the dot product of a key, then a lane has the score of one key, then columns
 * lane, lane + 32 .. of the sums. In the end warps are joined, from the first to the last.
 * Shared memory: the query, asked[I]; weights, w[8][32]; what each warp has: top[8], total[8], o[8][32 * WIDE]. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { SUMMED = $N_i ? $N_i : 1, COLUMNS = ($N_e + 31) / 32, WIDE = COLUMNS == 0 ? 1 : COLUMNS < 8 ? COLUMNS : 8 };
    enum { HEADS = $N_b ? $N_b : 1, ACROSS = COLUMNS ? (COLUMNS + WIDE - 1) / WIDE : 1 };
    shared_room(float, asked, SUMMED + 8 * (32 + 2 + 32 * WIDE));
    float *const w_ = asked + SUMMED, *const top_ = w_ + 8 * 32, *const total_ = top_ + 8, *const o_ = total_ + 8;
    const int thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32;
    const float none = -vof_bits(0x7F800000);
    for (int unit = (int)blockIdx.x; unit < batch->sequences * $N_b * ACROSS; unit += (int)gridDim.x) {
        const int s = unit / (HEADS * ACROSS), column = unit % ACROSS * WIDE * 32;
        SIMD_MAYBE const int b = unit / ACROSS % HEADS;
        SIMD_MAYBE const ptrdiff_t u_row = $first_u(s);
        const int keys = $length_u(s);
//$ if dot
        for (int i = thread; i < $N_i; i += 256) {
            SIMD_MAYBE const int ui = 0;
            SIMD_MAYBE const ptrdiff_t u = u_row;
            asked[i] = $query(s, b, u, ui, i);
        }
//$ end
        __syncthreads();
        float top = -0x1.fffffep127f, total = 0.0f, o[WIDE] = {0.0f};
        for (int first = warp * 32; first < keys; first += 256) {
            const int end = between(first + 32, 0, keys);
//$ if dot
            float dot = 0.0f;
            for (int ui = first; ui < end; ui++) {
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                float part = 0.0f;
                for (int i = lane; i < $N_i; i += 32) {
                    part = fmaf(asked[i], $key(s, b, u, ui, i), part);
                }
                for (int pair = 16; pair > 0; pair /= 2) {
                    part += lane_xor(part, pair);
                }
                dot = ui - first == lane ? part : dot;
            }
//$ end
            float score = none;
            {
                const int ui = first + lane;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                int sees = ui < end;
//$ if predicate
                sees = sees && $p(s, b, u, ui);
//$ end
                if (sees) {
                    score = $s(s, b, u, ui, dot);
                }
            }
            float most = score;
            for (int pair = 16; pair > 0; pair /= 2) {
                most = vmax(most, lane_xor(most, pair));
            }
            most = vmax(most, top);
            const float weight = expf(score - most), shrink = expf(top - most);
            float sum = weight;
            for (int pair = 16; pair > 0; pair /= 2) {
                sum += lane_xor(sum, pair);
            }
            total = total * shrink + sum;
            top = most;
            w_[warp * 32 + lane] = weight;
            __syncwarp();
            for (int c = 0; c < WIDE; c++) {
                o[c] *= shrink;
            }
            for (int ui = first; ui < end; ui++) {
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                const float part = w_[warp * 32 + ui - first];
                for (int c = 0; c < WIDE; c++) {
                    const int e = column + c * 32 + lane;
                    if (e < $N_e && part != 0.0f) {
                        o[c] = fmaf(part, $v(s, b, u, ui, e), o[c]);
                    }
                }
            }
            __syncwarp();
        }
        if (leads_warp()) {
            top_[warp] = top;
            total_[warp] = total;
        }
        for (int c = 0; c < WIDE; c++) {
            o_[(warp * WIDE + c) * 32 + lane] = o[c];
        }
        __syncthreads();
        float highest = top_[0], all = 0.0f;
        for (int other = 1; other < 8; other++) {
            highest = vmax(highest, top_[other]);
        }
//$ if sink
        const float z = $z(s, b);
        highest = vmax(highest, z);
        all = expf(z - highest);
//$ end
        for (int other = 0; other < 8; other++) {
            all = fmaf(total_[other], expf(top_[other] - highest), all);
        }
        if (warp < WIDE) {
            const int e = column + warp * 32 + lane;
            float acc = 0.0f;
            for (int other = 0; other < 8; other++) {
                acc = fmaf(o_[(other * WIDE + warp) * 32 + lane], expf(top_[other] - highest), acc);
            }
            acc = all > 0.0f ? acc / all : 0.0f;
            if (e < $N_e) {
                $store(s, b, e, acc);
            }
        }
    }
}
