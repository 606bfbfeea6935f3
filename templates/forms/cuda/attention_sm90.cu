//$ form   sm90: y[b,q,e] = $store((sum[u where $p(b,q,u)] exp($s(b,q,u)) * $v(b,u,e))
//$                         / ($z(b,q) + sum[u where $p(b,q,u)] exp($s(b,q,u))))
//$ beside attention
//$ target cuda
//$ hole   $s  dot 256, lanes q, stored bf16 f16
//$ hole   $p  lanes q, classes full causal window dilated block prefix union data
//$ hole   $z  lanes q
//$ hole   $v  staged, lanes e
//$ hole   $query  staged, lanes i
//$ hole   $key  staged, lanes i
//$ hole   $store  lanes e
//$ when   (i >= 64) * (i <= 128) * (e >= 64) * (e <= 128)
//$ shared a = (i + 63) / 64 * 64; c = (e + 63) / 64 * 64; 256 * a + 768 * (a + c) + 48
//$ #
//$ # attention for sm_90a, in halves: see there what the holes are.
//$ sample
#include "sample.h"
#include "../../../runtime/cuda/barrier.h"
#include "../../../runtime/cuda/box.h"
#include "../../../runtime/cuda/group.h"
#include "../../../runtime/cuda/soft.h"
#define $batch model_batch
#define $N_b 32
#define $N_i 128
#define $N_e 128
#define $shared 229424
#define $exact 1
#define $row ($N_b * $N_i)
#define $operands OPERAND_BF16
#define $kernel attention_sm90
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
/* By warpgroups: a block takes 128 queries of one sequence and b and goes over their keys once, in tiles of 64.
 *
 *   s[q,u] = sum[i] q[q,i] k[u,i], as the score changes it; -inf where q does not see u
 *   w[q,u] = exp(s[q,u] - top[q]), top: the most so far; when it rises, sums so far shrink by exp(top before - top)
 *   y[q,e] = sum[u] w[q,u] v[u,e] / (sum[u] w[q,u] + exp(z[q] - top[q])), the last where there is a sink
 *
 * Warpgroup 0 brings tiles: while floats of the next one are copied (a row at once, if its numbers are neighbours; come: all are there), it
 * rounds those of this one to halves, zeros behind the last key. Warpgroups 1 and 2 multiply, 64 queries each, weights from the registers
 * that the scores are in. A stage of halves goes to them and back: full, empty.
 * Thread t of a warpgroup has rows t / 32 * 16 + t % 32 / 4 and that + 8, of every 8 columns t % 4 * 2 and the next.
 *
 * Shared memory; halves lie in rows of 64, the 16 bytes of eight rows changing places (row_128):
 *   halves  q[ACROSS / 64][128][64]
 *           of each stage: k[ACROSS / 64][64][64], v[COLUMNS / 64][64][64]
 *   floats  of each stage: [64 keys][k[ACROSS], v[COLUMNS]]
 *   mbarriers full[STAGES], empty[STAGES], come[STAGES] */
__global__ void __launch_bounds__(384, 1) $kernel(const struct $batch *batch $params)
{
#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
    enum { ACROSS = ($N_i + 63) / 64 * 64, COLUMNS = ($N_e + 63) / 64 * 64, BOTH = ACROSS + COLUMNS, TILE = 64, STAGES = 2, HEADS = $N_b };
    enum { KIND = $operands == OPERAND_F16 ? TILE_F16 : TILE_BF16, F16 = KIND == TILE_F16, BLOCK = TILE * 128 };
    enum { FITS = 1 / (256 * ACROSS + STAGES * 384 * BOTH + 3 * STAGES * 8 <= $shared) };
    shared_memory(unsigned char, q_);
    unsigned char *const halves = q_ + 256 * ACROSS;
    float *const floats = (float *)(void *)(halves + STAGES * 128 * BOTH);
    uint64_t *const full = (uint64_t *)(void *)(floats + STAGES * TILE * BOTH), *const empty = full + STAGES, *const come = empty + STAGES;
    const int thread = (int)threadIdx.x % 128, lane = thread % 32, group = lane_from_int((int)threadIdx.x / 128, 0);
    SIMD_MAYBE int s = 0, before = 0, turn = 0;
    if (threadIdx.x < 3 * STAGES) { /* who multiplies empties */
        mbarrier_begin(full + threadIdx.x, threadIdx.x / STAGES == 1 ? 256 : 128);
        fence_async();
    }
    __syncthreads();
    for (int unit = (int)blockIdx.x; HEADS && batch->sequences; unit += (int)gridDim.x) {
        int begin = 0;
//$ if tiles_q
        const int32_t *const list = $tiles_q;
        const int item = unit / HEADS;
        if (item >= list[0]) {
            break;
        }
        s = list[1 + item * 2];
        begin = list[2 + item * 2];
        if (begin % 128) { /* short sequences are listed by 64: these go with the 64 before */
            continue;
        }
//$ else
        for (; s < batch->sequences; s++) {
            begin = (unit / HEADS - before) * 128;
            if (begin < $length_q(s)) {
                break;
            }
            before += ($length_q(s) + 127) / 128;
        }
        if (s >= batch->sequences) {
            break;
        }
//$ end
        SIMD_MAYBE const int b = unit % HEADS;
        SIMD_MAYBE const ptrdiff_t q_row = $first_q(s), u_row = $first_u(s);
        SIMD_MAYBE const int queries = $length_q(s), keys = $length_u(s), end = between(begin + 128, 0, queries), last = end - 1;
        /* Keys that some query of the block may see, low .. high - 1. */
        const int low = between($low(s, begin), 0, keys), high = between($high(s, last) + 1, low, keys), first_tile = low / TILE;
        for (int tile = first_tile - 1; group == 0 && tile * TILE < high; tile++) {
            const int next = (turn + (tile >= first_tile)) % STAGES, u_next = (tile + 1) * TILE; /* of none before, at first */
            const int arrive = between(high - u_next, 0, TILE); /* keys of the next one */
            float *const rows = floats + next * TILE * BOTH;
            barrier_wait(1, 128); /* all have rounded what lies there */
//$ if not key_in_place
            for (int row = thread / 32; row < arrive; row += 4) {
                SIMD_MAYBE const int ui = u_next + row;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                for (int i = lane; i < $N_i; i += 32) {
                    rows[row * BOTH + i] = $key(s, b, u, ui, i);
                }
            }
//$ end
//$ if not v_in_place
            for (int row = thread / 32; row < arrive; row += 4) {
                SIMD_MAYBE const int ui = u_next + row;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                for (int e = lane; e < $N_e; e += 32) {
                    rows[row * BOTH + ACROSS + e] = $v(s, b, u, ui, e);
                }
            }
//$ end
            if (arrive) { /* half of the threads have a row of a key each, half of v */
                SIMD_MAYBE const int row = thread % TILE, ui = u_next + row;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                const float *from = NULL;
//$ if key_in_place
                from = row < arrive && thread < TILE ? $key_at(s, b, u, ui) : from;
//$ end
//$ if v_in_place
                from = row < arrive && thread >= TILE ? $v_at(s, b, u, ui) : from;
//$ end
                copy_row(rows + row * BOTH + thread / TILE * ACROSS, from, thread < TILE ? $N_i : $N_e, come + next);
            }
            if (tile >= first_tile) {
                const int stage = turn % STAGES, parity = turn / STAGES % 2, seen = between(high - tile * TILE, 0, TILE);
                unsigned char *const k_ = halves + stage * 128 * BOTH;
                const float *const here = floats + stage * TILE * BOTH;
                mbarrier_wait(come + stage, parity);
                mbarrier_wait(empty + stage, parity ^ 1);
                tile_halves(KIND, k_, here, BOTH, $N_i, seen);
                tile_halves(KIND, k_ + 128 * ACROSS, here + ACROSS, BOTH, $N_e, seen);
                fence_async();
                mbarrier_arrive(full + stage);
                turn++;
            }
        }
        if (group == 0) {
            continue;
        }
        const int first = begin + (group - 1) * 64, of_warp = first + thread / 32 * 16; /* queries of this warpgroup, of this warp */
        const int rows_here = between(end - first, 0, 64), rows_of_warp = between(end - of_warp, 0, 16);
        SIMD_MAYBE const int final = first + rows_here - 1, of_last = of_warp + 15;
        /* Keys that some query of the warpgroup may see, from .. to - 1; that all 16 of the warp see, whole_from .. whole_to - 1. */
        const int from = between($low(s, first), 0, keys), to = rows_here ? between($high(s, final) + 1, 0, keys) : 0;
        const int whole_from = $exact && rows_of_warp / 16 ? between($low(s, of_last), 0, keys) : keys;
        const int whole_to = between($high(s, of_warp) + 1, 0, keys);
        barrier_wait(1 + group, 128); /* all have multiplied the queries before */
        for (int at = thread; at < 64 * ACROSS / 8; at += 128) {
            const int row = at / (ACROSS / 8), chunk = at % (ACROSS / 8), qi = first + row;
            SIMD_MAYBE const ptrdiff_t q = q_row + qi;
            float x[8] = {0.0f};
            for (int n = 0; n < 8 && qi < end; n++) {
                const int i = chunk * 8 + n;
                if (i < $N_i) {
                    x[n] = $query(s, b, q, qi, i);
                }
            }
            tile_put(KIND, row_128(q_ + (chunk / 8 * 2 + group - 1) * BLOCK, row, chunk % 8), x);
        }
        fence_async();
        barrier_wait(1 + group, 128);
        float top[2] = {-0x1.fffffep127f, -0x1.fffffep127f}, total[2] = {0.0f, 0.0f}, o[64] = {0.0f}; /* of 64 columns half is used */
        for (int tile = first_tile; tile * TILE < high; tile++, turn++) {
            const int stage = turn % STAGES, ui_first = tile * TILE, whole = between(ui_first, whole_from, whole_to - TILE) == ui_first;
            const unsigned char *const k_ = halves + stage * 128 * BOTH;
            float score[TILE / 2], shrink[2];
            uint32_t weight[TILE / 16][4];
            mbarrier_wait(full + stage, turn / STAGES % 2);
            if (between(ui_first, from - TILE + 1, to - 1) != ui_first) { /* nobody here sees it */
                mbarrier_arrive(empty + stage);
                continue;
            }
            group_fence();
            UNROLLED for (int i = 0; i < ACROSS / 16; i++) { /* 32 bytes of each row */
                const uint64_t left = group_matrix(q_ + (i / 4 * 2 + group - 1) * BLOCK + i % 4 * 32, 1024, 16, 128);
                group_multiply_64(F16, score, left, group_matrix(k_ + i / 4 * BLOCK + i % 4 * 32, 1024, 16, 128), i > 0, 0);
            }
            group_commit();
            group_wait(0);
            UNROLLED for (int n = 0; n < TILE / 2; n++) {
                const int qi = of_warp + lane / 4 + n % 4 / 2 * 8, ui = ui_first + n / 4 * 8 + lane % 4 * 2 + n % 2;
                SIMD_MAYBE const ptrdiff_t u = u_row + ui, q = q_row + qi;
                int sees = whole || (qi < end && ui < high);
//$ if predicate
                sees = whole || (sees && $p(s, b, q, qi, u, ui));
//$ end
                SIMD_MAYBE const float dot = score[n];
                score[n] = -vof_bits(0x7F800000);
                if (sees) {
                    score[n] = $s(s, b, q, qi, u, ui, dot);
                }
            }
            soft_rows(score, TILE / 2, top, total, shrink);
            UNROLLED for (int n = 0; n < COLUMNS / 2; n++) {
                o[n] *= shrink[n % 4 / 2];
            }
            UNROLLED for (int n = 0; n < TILE / 4; n++) {
                weight[n / 4][n % 4] = operand_pack($operands, score[n * 2], score[n * 2 + 1]);
            }
            group_fence();
            UNROLLED for (int j = 0; j < TILE / 16; j++) {
                const uint64_t right = group_matrix(k_ + 128 * ACROSS + j * 2048, 1024, BLOCK, 128);
                group_multiply_held(COLUMNS, F16, o, weight[j], right, 1, 1);
            }
            group_commit();
            group_wait(0);
            mbarrier_arrive(empty + stage);
        }
        UNROLLED for (int r = 0; r < 2; r++) {
            const int place = of_warp + lane / 4 + r * 8;
            SIMD_MAYBE const ptrdiff_t row = q_row + place;
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
            UNROLLED for (int n = 0; n < COLUMNS / 4 && place < end; n++) {
                const int e = n / 2 * 8 + lane % 4 * 2 + n % 2;
                const float acc = o[n / 2 * 4 + r * 2 + n % 2] * share;
                if (e < $N_e) {
                    $store(s, b, row, place, e, acc);
                }
            }
        }
    }
#else
    (void)batch;
#endif
}
