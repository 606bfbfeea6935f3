//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   n
//$ target cuda
//$ hole   $w  load-time rows
//$ hole   $store  lanes n
//$ when   load_time($w)
//$ prefer load-time $w; wide n
//$ cost   2*b*m*n*k flops; b*n*k weights; b*m*(k + n) values
//$ #
//$ # Mates are results of one left side: q, k and v. Each has one product; or, where several meet in one value as a gate does with what it
//$ # gates, there is one mate of several products: $products of them, $product is the number of one, $most the most of a mate. What is in
//$ # $a is copied as it is (if a_in_place) or computed as it goes to shared memory. $w_step_n: how far columns are apart in memory.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $N_k 384
#define $N_n 1536
#define $N_b 1
#define $kernel gemm
#define $params , const float *x, const float *weight, const float *bias, float *y
#define $rows_m batch->begin[batch->sequences]
#define $products 1
#define $product 0
#define $most 1
#define $locate_m(m)
#define $a(b, m, k) x[(m) * $N_k + (k)]
#define $a_at(b, m, k) x + (m) * $N_k + (k)
#define $w_at(b, n, k) weight + (n) * $N_k + (k)
#define $w_step_n 384
#define $store(b, m, n, acc, acc2) vstore(y + (m) * $N_n + (n), (acc) + vload(bias + (n)))
//$ end
/* y[m,n] = sum[k] a[m,k] w[n,k]: a block computes tiles of 64 rows and 64 columns; each of its 8 warps has 32 rows (from `down`) and 16
 * columns (from `across`), in products of 16 x 8 by tensor cores. Those round to 11 bits, so each number is a high and a low part, and a
 * product is low * high + high * low + high * high: as exact as in f32. Sums are chains over k, whatever else is in the batch.
 * Shared memory: three stages, of which one is computed while the next two arrive, of 16 k each of the rows, a[64][16 + 4], and of the
 * columns of each product, w[64][16 + 4], or w[16][64 + 8] where columns are neighbours in memory; 4 and 8 keep lanes off each other's
 * banks. */
__global__ void __launch_bounds__(256, 3) $kernel(const struct $batch *batch $params)
{
    enum { TILE = 64, DEPTH = 16, STAGES = 3, PITCH = DEPTH + 4, SIDE = TILE * PITCH };
    shared_room(float, room, STAGES * (1 + $most) * SIDE);
    const int thread = (int)threadIdx.x, lane = thread % 32, down = thread / 128 * 32, across = thread / 32 % 4 * 16;
    const ptrdiff_t rows = $rows_m;
    const int down_tiles = (int)((rows + TILE - 1) / TILE), blocks = (int)gridDim.x, steps = ($N_k + DEPTH - 1) / DEPTH;
//$ each mate
    for (int tile = (int)blockIdx.x, tiles = ($N_n + TILE - 1) / TILE; tile < tiles * down_tiles * $N_b; tile += blocks) {
        enum { TURNED = $w_step_n == 1, STEP_N = TURNED ? 1 : DEPTH + 4, STEP_K = TURNED ? TILE + 8 : 1 };
        const int column = tile % tiles * TILE;
        SIMD_MAYBE const int b = tile / tiles / down_tiles;
        const ptrdiff_t row = (ptrdiff_t)(tile / tiles % down_tiles) * TILE;
        float sum[$products][2][2][4] = {{{{0.0f}}}};
        for (int step = 1 - STAGES; step < steps; step++) {
            const int next = step + STAGES - 1;
            float *const there = room + next % STAGES * (1 + $most) * SIDE;
            const float *const here = room + (step + STAGES) % STAGES * (1 + $most) * SIDE;
            copy_wait(STAGES - 2);
            __syncthreads();
            for (int at = thread; at < TILE * DEPTH && next < steps; at += 256) {
                const ptrdiff_t m = row + at / DEPTH;
                const int k = next * DEPTH + at % DEPTH;
                float *const to = there + at / DEPTH * PITCH + at % DEPTH;
//$ if a_in_place
                const int there_is = m < rows && k < $N_k; /* else what says where a row lies is not there either */
                copy_async_4(to, there_is ? $a_at(b, m, k) : to, there_is);
//$ else
                to[0] = 0.0f;
                if (m < rows && k < $N_k) {
                    $locate_m(m)
                    to[0] = $a(b, m, k);
                }
//$ end
            }
            for (int at = thread; at < TILE * DEPTH && next < steps; at += 256) {
                const int from_n = TURNED ? at % TILE : at / DEPTH, from_k = TURNED ? at / TILE : at % DEPTH;
                const int n = column + from_n, k = next * DEPTH + from_k;
//$ each product
                copy_async_4(there + (1 + $product) * SIDE + from_n * STEP_N + from_k * STEP_K, $w_at(b, n, k), n < $N_n && k < $N_k);
//$ end
            }
            copy_group();
            for (int k = 0; k < DEPTH && step >= 0; k += 8) {
                uint32_t number[4], high[2][4], low[2][4];
                for (int i = 0; i < 2; i++) {
                    matrix_load(number, here + (down + i * 16 + lane % 16) * PITCH + k + lane / 16 * 4);
                    for (int e = 0; e < 4; e++) {
                        high[i][e] = round_tf32(float_of(number[e]));
                        low[i][e] = round_tf32(float_of(number[e]) - float_of(high[i][e]));
                    }
                }
//$ each product
                for (int j = 0; j < 2; j++) {
                    const int from_n = across + j * 8 + lane / 4, from_k = k + lane % 4;
                    const float *const from = here + (1 + $product) * SIDE + from_n * STEP_N + from_k * STEP_K;
                    const uint32_t high0 = round_tf32(from[0]), high1 = round_tf32(from[4 * STEP_K]);
                    const uint32_t low0 = round_tf32(from[0] - float_of(high0)), low1 = round_tf32(from[4 * STEP_K] - float_of(high1));
                    for (int i = 0; i < 2; i++) {
                        matrix_multiply_tf32(sum[$product][i][j], low[i], high0, high1);
                        matrix_multiply_tf32(sum[$product][i][j], high[i], low0, low1);
                        matrix_multiply_tf32(sum[$product][i][j], high[i], high0, high1);
                    }
                }
//$ end
            }
        }
        for (int i = 0; i < 4; i++) {
            const ptrdiff_t m = row + down + i * 8 + lane / 4;
            if (m < rows) {
                $locate_m(m)
                for (int j = 0; j < 4; j++) {
                    const int n = column + across + j / 2 * 8 + lane % 4 * 2 + j % 2;
                    const float acc = sum[0][i / 2][j / 2][i % 2 * 2 + j % 2];
//$ if gated
                    SIMD_MAYBE const float acc2 = sum[$products - 1][i / 2][j / 2][i % 2 * 2 + j % 2];
//$ end
                    if (n < $N_n) {
                        $store(b, m, n, acc, acc2);
                    }
                }
            }
        }
    }
//$ end
}
