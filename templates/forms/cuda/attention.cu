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
//$ shared p = (i + 15 + (i == 0)) / 16 * 16 + 4; r = (e + 7 + (e == 0)) / 8 * 8 + 4; l = 2 * p + r > 396;
//$        w = 64 * (1 + (p <= 68) * (r <= 68));
//$        4 * ((1 - l) * (w * p + 64 * (p + r)) + l * (80 * p + 16 * r + (48 * r + 256 - 80 * p) * (48 * r + 256 > 80 * p)))
//$ cost   4*b*q*u*e + 20*b*q*u flops; b*(q + 2*u)*e values
//$ #
//$ # $query and $key are the sides of the dot product over i in the score, which is `dot` in $s; s is the number of the sequence, q and u
//$ # are rows, qi and ui places in the sequence. $low(qi) and $high(qi): places of the first and last key that a query may see, rising with
//$ # it; $exact: between them the predicate holds. if predicate: the class is not full; sink: there is a $z. $key_at, $v_at: where the
//$ # numbers of a key lie, if they are neighbours (key_in_place, v_in_place). $shared: bytes of shared memory.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $N_b 12
#define $N_i 32
#define $N_e 32
#define $shared 36864
#define $exact 1
#define $row ($N_b * $N_i)
#define $operands OPERAND_BF16
#define $kernel attention
#define $params , const float *query, const float *key, const float *value, float *y
#define $first_q(s) batch->begin[s]
#define $first_u(s) batch->begin[s]
#define $tiles_q batch->tiles
#define $length_q(s) (batch->begin[s + 1] - batch->begin[s])
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $query(s, b, q, qi, i) vload(query + (q) * $row + (b) * $N_i + (i))
#define $key(s, b, u, ui, i) vload(key + (u) * $row + (b) * $N_i + (i))
#define $key_at(s, b, u, ui) key + (u) * $row + (b) * $N_i
#define $v_at(s, b, u, ui) value + (u) * $row + (b) * $N_e
#define $v(s, b, u, ui, e) vload(value + (u) * $row + (b) * $N_e + (e))
#define $low(s, qi) 0
#define $high(s, qi) (keys - 1)
#define $p(s, b, q, qi, u, ui) ((ui) <= (qi))
#define $s(s, b, q, qi, u, ui, dot) ((dot) * vsplat(0.17677669f))
#define $z(s, b, q, qi) vsplat(0.0f)
#define $store(s, b, q, qi, e, acc) vstore(y + (q) * $row + (b) * $N_e + (e), acc)
//$ end
/* A block takes 64 queries of one sequence and b, 128 of a long one, and goes over their keys once (Milakov & Gimelshein 2018), in tiles
 * that begin at multiples of TILE: what a query gets depends on its own sequence alone.
 *
 *   s[q,u] = sum[i] q[q,i] k[u,i], as the score changes it; -inf where q does not see u
 *   w[q,u] = exp(s[q,u] - top[q]), top: the most so far; when it rises, sums so far shrink by exp(top before - top)
 *   y[q,e] = sum[u] w[q,u] v[u,e] / (sum[u] w[q,u] + exp(z[q] - top[q])), the last where there is a sink
 *
 * Each of the 8 warps has 16 queries and a CHUNK of keys at a time; of 64 queries two warps have the same ones, each a half of every tile,
 * and are joined at the end. Products of 16 x 8 by tensor cores, in halves or each number as two parts (operand.h): lane l has rows l / 4
 * and l / 4 + 8 of them, of every 8 columns l % 4 * 2 and the next, so weights are multiplied where they lie.
 * Tiles that nobody sees are left out; where all see all the predicate is not asked.
 *
 * Shared memory; P and R are 4 more than a multiple of 8, so lanes keep off each other's banks:
 *   of each stage: k[TILE][P], v[TILE][R], one computed while the next arrives; at the end, there, what every second warp has found
 *   q[64 or 128][P] */
__global__ void __launch_bounds__(256, two_blocks($N_e <= 64, $shared)) $kernel(const struct $batch *batch $params)
{
    enum { ACROSS = ($N_i + 15 + !$N_i) / 16 * 16, COLUMNS = ($N_e + 7 + !$N_e) / 8 * 8, P = ACROSS + 4, R = COLUMNS + 4 };
    enum { LARGE = 2 * P + R > 396, KIND = $operands, STEP = KIND == OPERAND_F32 ? 8 : 16, SCORED = ($N_i + STEP - 1) / STEP * STEP };
    enum { CHUNK = LARGE ? 8 : 16, TILE = 2 * CHUNK, STAGES = LARGE ? 1 : 2, SIDE = TILE * (P + R), LONG = 256, HEADS = $N_b ? $N_b : 1 };
    enum { MOST = P > 68 || R > 68 ? 64 : 128, ALL = MOST * P + STAGES * SIDE, JOINED = 64 * COLUMNS + 512 };
    enum { FITS = 1 / (ALL * 4 <= $shared && JOINED * 4 <= $shared) };
    shared_memory(float, room);
    float *const q_ = room + STAGES * SIDE;
    const int thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32, blocks = (int)gridDim.x;
    int s = 0, begin = 0, queries = 0, size = 64;
    SIMD_MAYBE int before = 0;
    for (int unit = (int)blockIdx.x; $N_b && batch->sequences; unit += blocks) {
        const int item = unit / HEADS / (128 / MOST), half = unit / HEADS % (128 / MOST); /* of `size` queries, where 64 are a tile */
//$ if tiles_q
        const int32_t *const list = $tiles_q;
        if (item >= list[0]) {
            break;
        }
        s = list[1 + item * 2];
        begin = list[2 + item * 2];
        queries = $length_q(s);
        size = queries > LONG ? 128 : 64;
//$ else
        for (; s < batch->sequences; s++) {
            queries = $length_q(s);
            size = queries > LONG ? 128 : 64;
            begin = (item - before) * size;
            if (begin < queries) {
                break;
            }
            before += (queries + size - 1) / size;
        }
        if (s >= batch->sequences) {
            break;
        }
//$ end
        begin += half * 64;
        const int here = between(queries - begin, 0, between(size - half * 64, 0, MOST)), split = 128 / between(size, 64, MOST);
        if (!here) {
            continue;
        }
        SIMD_MAYBE const int b = unit % HEADS;
        SIMD_MAYBE const ptrdiff_t q_row = $first_q(s), u_row = $first_u(s);
        const int keys = $length_u(s);
        const int end = begin + here, part = warp * split / 8, first = begin + warp * 16 % (128 / split);
        const int rows_here = between(end - first, 0, 16); /* of this warp */
        SIMD_MAYBE const int last = end - 1, final = first + rows_here - 1; /* of the block, of this warp */
        /* Keys that some query sees: of the block, low .. high - 1; of this warp, from .. to - 1. All 16 see whole_from .. whole_to - 1. */
        const int low = between($low(s, begin), 0, keys), high = between($high(s, last) + 1, low, keys);
        const int from = between($low(s, first), 0, keys), to = rows_here ? between($high(s, final) + 1, 0, keys) : 0;
        const int whole_from = $exact && rows_here / 16 ? between($low(s, final), 0, keys) : keys;
        const int whole_to = between($high(s, first) + 1, 0, keys);
        __syncthreads();
        for (int at = thread; at < 128 / split * ACROSS; at += 256) { /* 4 columns of 8 rows: other banks */
            const int row = at / 4 % 8 + at / (8 * ACROSS) * 8, i = at % 4 + at / 32 % (ACROSS / 4) * 4, qi = begin + row;
            SIMD_MAYBE const ptrdiff_t q = q_row + qi;
            float number = 0.0f;
            if (qi < end && i < $N_i) {
                number = $query(s, b, q, qi, i);
            }
            q_[row * P + i] = number;
        }
        float top[2] = {-0x1.fffffep127f, -0x1.fffffep127f}, total[2] = {0.0f, 0.0f}, o[COLUMNS / 8][4] = {{0.0f}};
        for (int tile = low / TILE + 1 - STAGES; tile * TILE < high; tile++) {
            const int next = tile + STAGES - 1, arrive = between(high - next * TILE, 0, TILE); /* keys; beyond, the last again */
            float *const k_next = room + next % STAGES * SIDE, *const v_next = k_next + TILE * P;
            copy_wait(0);
            __syncthreads();
//$ if v_in_place
            for (int at = thread; arrive && at < TILE * COLUMNS / 4; at += 256) { /* 8 lanes have 8 rows: other banks */
                const int row = at % 8 + at / (2 * COLUMNS) * 8, e = at / 8 % (COLUMNS / 4) * 4;
                SIMD_MAYBE const int ui = next * TILE + between(row, 0, arrive - 1);
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                copy_async_floats(v_next + row * R + e, $v_at(s, b, u, ui) + e, between($N_e - e, 0, 4));
            }
//$ else
            for (int at = thread; arrive && at < TILE * COLUMNS; at += 256) {
                const int row = at / 4 % 8 + at / (8 * COLUMNS) * 8, e = at % 4 + at / 32 % (COLUMNS / 4) * 4, ui = next * TILE + row;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                v_next[row * R + e] = 0.0f;
                if (row < arrive && e < $N_e) {
                    v_next[row * R + e] = $v(s, b, u, ui, e);
                }
            }
//$ end
//$ if key_in_place
            for (int at = thread; arrive && at < TILE * ACROSS / 4; at += 256) { /* 8 lanes have 8 rows: other banks */
                const int row = at % 8 + at / (2 * ACROSS) * 8, i = at / 8 % (ACROSS / 4) * 4;
                SIMD_MAYBE const int ui = next * TILE + between(row, 0, arrive - 1);
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                copy_async_floats(k_next + row * P + i, $key_at(s, b, u, ui) + i, between($N_i - i, 0, 4));
            }
//$ else
            for (int at = thread; arrive && at < TILE * ACROSS; at += 256) {
                const int row = at / 4 % 8 + at / (8 * ACROSS) * 8, i = at % 4 + at / 32 % (ACROSS / 4) * 4, ui = next * TILE + row;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                k_next[row * P + i] = 0.0f;
                if (row < arrive && i < $N_i) {
                    k_next[row * P + i] = $key(s, b, u, ui, i);
                }
            }
//$ end
            copy_group();
            if (STAGES == 1) {
                copy_wait(0);
                __syncthreads();
            }
            for (int chunk = part; chunk < 2; chunk += split) {
                const int ui_first = tile * TILE + chunk * CHUNK;
                if (between(ui_first, from - CHUNK + 1, to - 1) != ui_first) {
                    continue;
                }
                const float *const k_ = room + tile % STAGES * SIDE + chunk * CHUNK * P;
                const float *const v_ = room + tile % STAGES * SIDE + TILE * P + chunk * CHUNK * R;
                float score[CHUNK / 8][4] = {{0.0f}}, left[STEP / 2], right[STEP / 4];
                uint32_t number[4], rows[8], columns[4];
                UNROLLED_BY_2 for (int step = 0; step < SCORED / STEP; step++) {
                    UNROLLED for (int n = 0; n < STEP / 2; n++) {
                        if (n % 4 == 0) {
                            matrix_load(number, q_ + (warp * 16 % (128 / split) + lane % 16) * P + step * STEP + n * 2 + lane / 16 * 4);
                        }
                        left[n] = float_of(number[n % 4]);
                    }
                    operand_rows(KIND, rows, left);
                    UNROLLED for (int j = 0; j < CHUNK / 8; j++) {
                        UNROLLED for (int n = 0; n < STEP / 4; n++) {
                            right[n] = k_[(j * 8 + lane / 4) * P + step * STEP + n * 4 + lane % 4];
                        }
                        operand_columns(KIND, columns, right);
                        operand_multiply(KIND, score[j], rows, columns);
                    }
                }
                const int whole = between(ui_first, whole_from, whole_to - CHUNK) == ui_first;
                UNROLLED for (int n = 0; n < CHUNK / 2; n++) {
                    const int qi = first + lane / 4 + n % 4 / 2 * 8, ui = ui_first + n / 4 * 8 + lane % 4 * 2 + n % 2;
                    SIMD_MAYBE const ptrdiff_t u = u_row + ui, q = q_row + qi;
                    int sees = whole || (qi < end && ui < high);
//$ if predicate
                    sees = whole || (sees && $p(s, b, q, qi, u, ui));
//$ end
                    SIMD_MAYBE const float dot = score[n / 4][n % 4];
                    score[n / 4][n % 4] = -vof_bits(0x7F800000);
                    if (sees) {
                        score[n / 4][n % 4] = $s(s, b, q, qi, u, ui, dot);
                    }
                }
                UNROLLED for (int r = 0; r < 2; r++) {
                    float most = top[r];
                    UNROLLED for (int j = 0; j < CHUNK / 8; j++) {
                        most = vmax(most, vmax(score[j][r * 2], score[j][r * 2 + 1]));
                    }
                    most = vmax(most, lane_xor(most, 1));
                    most = vmax(most, lane_xor(most, 2));
                    const float shrink = expf(top[r] - most);
                    top[r] = most;
                    total[r] *= shrink;
                    UNROLLED for (int j = 0; j < CHUNK / 8 * 2; j++) {
                        float *const weight = &score[j / 2][r * 2 + j % 2];
                        *weight = expf(*weight - most);
                        total[r] += *weight;
                    }
                    UNROLLED for (int c = 0; c < COLUMNS / 8; c++) {
                        o[c][r * 2] *= shrink;
                        o[c][r * 2 + 1] *= shrink;
                    }
                }
                UNROLLED for (int step = 0; step < (CHUNK + STEP - 1) / STEP; step++) {
                    UNROLLED for (int n = 0; n < STEP / 2; n++) { /* of 16 keys, where a chunk has 8, the others weigh nothing */
                        const int j = step * STEP / 8 + n / 4;
                        left[n] = j < CHUNK / 8 ? score[j % (CHUNK / 8)][n % 2 * 2 + n / 2 % 2] : 0.0f;
                    }
                    operand_rows(KIND, rows, left);
                    UNROLLED for (int c = 0; c < COLUMNS / 8; c++) {
                        UNROLLED for (int n = 0; n < STEP / 4; n++) {
                            right[n] = v_[(step * STEP + n / 2 * 8 % CHUNK + lane % 4 * 2 + n % 2) * R + c * 8 + lane / 4];
                        }
                        operand_columns(KIND, columns, right);
                        operand_multiply(KIND, o[c], rows, columns);
                    }
                }
            }
        }
        __syncthreads();
        float *const other = room + thread % 128;
        UNROLLED for (int n = 0; n < COLUMNS / 2 && part == 1; n++) {
            other[n * 128] = o[n / 4][n % 4];
        }
        UNROLLED for (int r = 0; r < 2; r++) {
            if (part == 1) {
                other[(COLUMNS / 2 + r) * 128] = top[r];
                other[(COLUMNS / 2 + 2 + r) * 128] = total[r];
            }
        }
        __syncthreads();
        UNROLLED for (int r = 0; r < 2; r++) {
            const int place = first + lane / 4 + r * 8;
            SIMD_MAYBE const ptrdiff_t row = q_row + place;
            if (split == 2 && part == 0) {
                const float found = other[(COLUMNS / 2 + r) * 128], most = vmax(top[r], found);
                const float mine = expf(top[r] - most), others = expf(found - most);
                total[r] = total[r] * mine + other[(COLUMNS / 2 + 2 + r) * 128] * others;
                top[r] = most;
                UNROLLED for (int n = 0; n < COLUMNS / 4; n++) {
                    float *const sum = &o[n / 2][r * 2 + n % 2];
                    *sum = *sum * mine + other[(n / 2 * 4 + r * 2 + n % 2) * 128] * others;
                }
            }
            total[r] += lane_xor(total[r], 1);
            total[r] += lane_xor(total[r], 2);
            float factor = 1.0f;
//$ if sink
            if (place < end) {
                const float z = $z(s, b, row, place), most = vmax(top[r], z);
                factor = expf(top[r] - most);
                total[r] = total[r] * factor + expf(z - most);
            }
//$ end
            const float share = total[r] > 0.0f ? factor / total[r] : 0.0f;
            UNROLLED for (int n = 0; n < COLUMNS / 4 && part == 0 && place < end; n++) {
                const int e = n / 2 * 8 + lane % 4 * 2 + n % 2;
                const float acc = o[n / 2][r * 2 + n % 2] * share;
                if (e < $N_e) {
                    $store(s, b, row, place, e, acc);
                }
            }
        }
    }
}
