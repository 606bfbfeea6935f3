//$ form   product: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   m, n, k
//$ target cuda
//$ hole   $a  lanes k
//$ hole   $w  lanes n
//$ hole   $store  lanes n
//$ when   fixed(b) and fixed(n) and fixed(k) and n >= 8
//$ cost   2*b*m*n*k flops; b*n*k values; b*m*(k + n) values
//$ #
//$ # Both sides are computed, the right one perhaps for each sequence anew. s is the number of the sequence, m a row of the batch, mi its
//$ # place in the sequence.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel product
#define $params , const float *x, const float *z, float *y
#define $first_m(s) batch->begin[s]
#define $length_m(s) (batch->begin[s + 1] - batch->begin[s])
#define $N_k 64
#define $N_n 512
#define $N_b 1
#define $a(s, b, m, mi, k) vload(x + (m) * $N_k + (k))
#define $w(s, b, n, k) vload(z + ((s) * $N_k + (k)) * $N_n + (n))
#define $store(s, b, m, mi, n, acc) vstore(y + (m) * $N_n + (n) + (b), acc)
//$ end
/* y[b,m,n] = sum[k] a[b,m,k] w[b,n,k]: a block computes tiles of 64 rows of one sequence and 64 columns; each of its 8 warps has 32 rows
 * (from `down`) and 16 columns (from `across`), in products of 16 x 8 by tensor cores; each number is a high and a low part of 11 bits,
 * and a product low * high + high * low + high * high. Sums are chains over k.
 * Shared memory: 32 k of the rows, a[64][32 + 4], and of the columns, w[32][64 + 8]; 4 and 8 keep lanes off each other's banks. */
__global__ void __launch_bounds__(256, 2) $kernel(const struct $batch *batch $params)
{
    enum { TILE = 64, DEPTH = 32, PITCH = DEPTH + 4, WIDE = TILE + 8, HEADS = $N_b ? $N_b : 1 };
    enum { ACROSS = ($N_n + TILE - 1) / TILE };
    shared_room(float, a_, TILE * PITCH + DEPTH * WIDE);
    float *const w_ = a_ + TILE * PITCH;
    const int thread = (int)threadIdx.x, lane = thread % 32, down = thread / 128 * 32, across = thread / 32 % 4 * 16;
    int unit = (int)blockIdx.x;
    for (int s = 0; s < batch->sequences; s++) {
        SIMD_MAYBE const ptrdiff_t m_row = $first_m(s);
        const int rows = $length_m(s), units = (rows + TILE - 1) / TILE * $N_b * ACROSS;
        for (; unit < units; unit += (int)gridDim.x) {
            SIMD_MAYBE const int b = unit / ACROSS % HEADS;
            const int column = unit % ACROSS * TILE, begin = unit / (HEADS * ACROSS) * TILE;
            float sum[2][2][4] = {{{0.0f}}};
            for (int first = 0; first < $N_k; first += DEPTH) {
                __syncthreads();
                for (int at = thread; at < TILE * DEPTH; at += 256) {
                    const int n = column + at % TILE, k = first + at / TILE;
                    float value = 0.0f;
                    if (n < $N_n && k < $N_k) {
                        value = $w(s, b, n, k);
                    }
                    w_[at / TILE * WIDE + at % TILE] = value;
                }
                for (int at = thread; at < TILE * DEPTH; at += 256) {
                    const int mi = begin + at / DEPTH, k = first + at % DEPTH;
                    SIMD_MAYBE const ptrdiff_t m = m_row + mi;
                    float value = 0.0f;
                    if (mi < rows && k < $N_k) {
                        value = $a(s, b, m, mi, k);
                    }
                    a_[at / DEPTH * PITCH + at % DEPTH] = value;
                }
                __syncthreads();
                for (int k8 = 0; k8 < DEPTH / 8; k8++) {
                    const int k = k8 * 8;
                    uint32_t number[4], high[2][4], low[2][4];
                    for (int i = 0; i < 2; i++) {
                        matrix_load(number, a_ + (down + i * 16 + lane % 16) * PITCH + k + lane / 16 * 4);
                        for (int e = 0; e < 4; e++) {
                            high[i][e] = round_tf32(float_of(number[e]));
                            low[i][e] = round_tf32(float_of(number[e]) - float_of(high[i][e]));
                        }
                    }
                    for (int j = 0; j < 2; j++) {
                        const float *const from = w_ + (k + lane % 4) * WIDE + across + j * 8 + lane / 4;
                        const uint32_t high0 = round_tf32(from[0]), high1 = round_tf32(from[4 * WIDE]);
                        const uint32_t low0 = round_tf32(from[0] - float_of(high0)), low1 = round_tf32(from[4 * WIDE] - float_of(high1));
                        for (int i = 0; i < 2; i++) {
                            matrix_multiply_tf32(sum[i][j], low[i], high0, high1);
                            matrix_multiply_tf32(sum[i][j], high[i], low0, low1);
                            matrix_multiply_tf32(sum[i][j], high[i], high0, high1);
                        }
                    }
                }
            }
            for (int i = 0; i < 4; i++) {
                const int mi = begin + down + i * 8 + lane / 4;
                SIMD_MAYBE const ptrdiff_t m = m_row + mi;
                for (int j = 0; j < 4 && mi < rows; j++) {
                    const int n = column + across + j / 2 * 8 + lane % 4 * 2 + j % 2;
                    const float acc = sum[i / 2][j / 2][i % 2 * 2 + j % 2];
                    if (n < $N_n) {
                        $store(s, b, m, mi, n, acc);
                    }
                }
            }
        }
        unit -= units;
    }
}
