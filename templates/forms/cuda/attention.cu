//$ form   attention: y[b,q,e] = $store((sum[u where $p(b,q,u)] exp($s(b,q,u)) * $v(b,u,e))
//$                              / ($z(b,q) + sum[u where $p(b,q,u)] exp($s(b,q,u))))
//$ need   q, u
//$ target cuda
//$ hole   $s  dot 256, lanes q
//$ hole   $p  lanes q, classes full causal window dilated block prefix union data
//$ hole   $z  lanes q
//$ hole   $v  staged, lanes e
//$ hole   $query  staged, lanes i
//$ hole   $key  staged, lanes i
//$ hole   $store  lanes e
//$ when   e <= 256
//$ cost   4*b*q*u*e + 20*b*q*u flops; b*(q + 2*u)*e values
//$ #
//$ # $query and $key are the sides of the dot product over i in the score, which is `dot` in $s; s is the number of the sequence, q and u
//$ # are rows, qi and ui places in the sequence. $low(qi) and $high(qi): places of the first and last key that a query may see, rising with
//$ # it. if predicate: the class is not full; sink: there is a $z.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $N_b 12
#define $N_i 32
#define $N_e 32
#define $row ($N_b * $N_i)
#define $kernel attention
#define $params , const float *query, const float *key, const float *value, float *y
#define $first_q(s) batch->begin[s]
#define $first_u(s) batch->begin[s]
#define $length_q(s) (batch->begin[s + 1] - batch->begin[s])
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $query(s, b, q, qi, i) vload(query + (q) * $row + (b) * $N_i + (i))
#define $key(s, b, u, ui, i) vload(key + (u) * $row + (b) * $N_i + (i))
#define $v(s, b, u, ui, e) vload(value + (u) * $row + (b) * $N_e + (e))
#define $low(s, qi) 0
#define $high(s, qi) (keys - 1)
#define $p(s, b, q, qi, u, ui) ((ui) <= (qi))
#define $s(s, b, q, qi, u, ui, dot) ((dot) * vsplat(0.17677669f))
#define $z(s, b, q, qi) vsplat(0.0f)
#define $store(s, b, q, qi, e, acc) vstore(y + (q) * $row + (b) * $N_e + (e), acc)
//$ end
/* A block takes some queries of one sequence and b, and goes over their keys once, in blocks of KEYS that begin at multiples of KEYS
 * (Milakov & Gimelshein 2018): what a query gets depends on its own keys alone. Each of the 8 warps has EACH queries; a lane has their
 * scores with one key of the block, then columns lane, lane + 32 .. of their sums.
 * Shared memory: q[QUERIES][SCORED + 1], k[KEYS][SCORED + 1], v[KEYS][MIXED], and the weights of a block, w[QUERIES][KEYS]. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { SCORED = $N_i ? $N_i : 1, MIXED = $N_e ? $N_e : 1, LARGE = SCORED > 192 || SCORED + MIXED > 256, KEYS = LARGE ? 16 : 32 };
    enum { EACH = LARGE ? 1 : SCORED + MIXED > 128 ? 2 : 4, QUERIES = 8 * EACH, PITCH = SCORED + 1, WIDE = (MIXED + 31) / 32 };
    shared_room(float, q_, QUERIES * PITCH + KEYS * (PITCH + MIXED + QUERIES));
    float *const k_ = q_ + QUERIES * PITCH, *const v_ = k_ + KEYS * PITCH, *const w_ = v_ + KEYS * MIXED;
    const int thread = (int)threadIdx.x, lane = thread % 32, mine = thread / 32 * EACH;
    const float none = -vof_bits(0x7F800000);
    const int blocks = (int)gridDim.x;
    int unit = (int)blockIdx.x;
    for (int s = 0; s < batch->sequences; s++) {
        SIMD_MAYBE const ptrdiff_t q_row = $first_q(s), u_row = $first_u(s);
        const int queries = $length_q(s), keys = $length_u(s), tiles = (queries + QUERIES - 1) / QUERIES;
        for (; unit < tiles * $N_b; unit += blocks) {
            SIMD_MAYBE const int b = unit / tiles;
            const int begin = unit % tiles * QUERIES, end = between(begin + QUERIES, 0, queries);
            SIMD_MAYBE const int last = end - 1;
            const int low = between($low(s, begin), 0, keys), high = between($high(s, last) + 1, low, keys);
            for (int at = thread; at < (end - begin) * $N_i; at += 256) {
                const int qi = begin + at / SCORED, i = at % SCORED;
                SIMD_MAYBE const ptrdiff_t q = q_row + qi;
                q_[at / SCORED * PITCH + i] = $query(s, b, q, qi, i);
            }
            float top[EACH], total[EACH], o[EACH][WIDE];
            for (int n = 0; n < EACH; n++) {
                top[n] = -0x1.fffffep127f;
                total[n] = 0.0f;
                for (int c = 0; c < WIDE; c++) {
                    o[n][c] = 0.0f;
                }
            }
            for (int block = low / KEYS * KEYS; block < high; block += KEYS) {
                const int from = between(block, low, high), to = between(block + KEYS, low, high);
                for (int at = thread; at < (to - from) * $N_i; at += 256) {
                    const int ui = from + at / SCORED, i = at % SCORED;
                    SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                    k_[(ui - block) * PITCH + i] = $key(s, b, u, ui, i);
                }
                for (int at = thread; at < (to - from) * $N_e; at += 256) {
                    const int ui = from + at / MIXED, e = at % MIXED;
                    SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                    v_[(ui - block) * MIXED + e] = $v(s, b, u, ui, e);
                }
                __syncthreads();
                for (int n = 0; n < EACH; n++) {
                    const int ui = block + lane, qi = begin + mine + n;
                    SIMD_MAYBE const ptrdiff_t u = u_row + ui, q = q_row + qi;
                    float score = none;
                    int sees = qi < end && ui >= from && ui < to;
//$ if predicate
                    sees = sees && $p(s, b, q, qi, u, ui);
//$ end
                    if (sees) {
                        float dot = 0.0f;
                        for (int i = 0; i < $N_i; i++) {
                            dot = fmaf(q_[(mine + n) * PITCH + i], k_[lane * PITCH + i], dot);
                        }
                        score = $s(s, b, q, qi, u, ui, dot);
                    }
                    float most = score;
                    for (int pair = 16; pair > 0; pair /= 2) {
                        most = vmax(most, lane_xor(most, pair));
                    }
                    most = vmax(most, top[n]);
                    const float weight = expf(score - most), shrink = expf(top[n] - most);
                    float sum = weight;
                    for (int pair = 16; pair > 0; pair /= 2) {
                        sum += lane_xor(sum, pair);
                    }
                    total[n] = total[n] * shrink + sum;
                    top[n] = most;
                    if (lane < KEYS) {
                        w_[(mine + n) * KEYS + lane] = weight;
                    }
                    for (int c = 0; c < WIDE; c++) {
                        o[n][c] *= shrink;
                    }
                }
                __syncwarp();
                for (int ui = from - block; ui < to - block; ui++) {
                    for (int c = 0; c < WIDE && c * 32 + lane < MIXED; c++) {
                        for (int n = 0; n < EACH; n++) {
                            o[n][c] = fmaf(w_[(mine + n) * KEYS + ui], v_[ui * MIXED + c * 32 + lane], o[n][c]);
                        }
                    }
                }
                __syncthreads();
            }
            for (int n = 0; n < EACH; n++) {
                const int place = begin + mine + n;
                const ptrdiff_t row = q_row + place;
                if (place < end) {
                    float factor = 1.0f;
//$ if sink
                    const float z = $z(s, b, row, place), most = vmax(top[n], z);
                    factor = expf(top[n] - most);
                    total[n] = total[n] * factor + expf(z - most);
//$ end
                    const float share = total[n] > 0.0f ? factor / total[n] : 0.0f;
                    for (int c = 0; c < WIDE; c++) {
                        const int e = c * 32 + lane;
                        const float acc = o[n][c] * share;
                        if (e < $N_e) {
                            $store(s, b, row, place, e, acc);
                        }
                    }
                }
            }
            __syncthreads();
        }
        unit -= tiles * $N_b;
    }
}
