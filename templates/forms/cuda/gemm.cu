//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   n
//$ target cuda
//$ hole   $w  load-time rows
//$ hole   $store  lanes n
//$ prefer load-time $w; wide n
//$ cost   2*b*m*n*k flops; b*n*k weights; b*m*(k + n) values
//$ #
//$ # Mates are results of one left side: q, k and v. Each has one product; or, where several meet in one value as a gate does with what it
//$ # gates, there is one mate of several products: $products of them, $product is the number of one. What is in $a is computed as it is
//$ # copied to shared memory.
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
#define $locate_m(m)
#define $a(b, m, k) x[(m) * $N_k + (k)]
#define $w(b, n, k) weight[(n) * $N_k + (k)]
#define $store(b, m, n, acc, acc2) vstore(y + (m) * $N_n + (n), (acc) + vload(bias + (n)))
//$ end
/* A block computes tiles of 64 rows and 64 columns, one after the other; of a tile each thread has the sums of rows `down`, `down` + 16 ..
 * and columns `along`, `along` + 16 .. in registers. Each sum is one chain over k, whatever else is in the batch.
 * Shared memory: 16 k of the rows, a[k][64 + 2], and of the columns of each product, w[k][64 + 2];
 * the 2 keep threads off each other's banks. */
__global__ void __launch_bounds__(256) $kernel(const struct $batch *batch $params)
{
    enum { TILE = 64, DEPTH = 16, EACH = TILE / 16, PITCH = TILE + 2, MOST = 2 };
    __shared__ float a[DEPTH * PITCH], w[MOST][DEPTH * PITCH];
    const int thread = (int)threadIdx.x, along = thread % 16, down = thread / 16;
    const ptrdiff_t rows = $rows_m;
    const int down_tiles = (int)((rows + TILE - 1) / TILE), blocks = (int)gridDim.x;
//$ each mate
    for (int tile = (int)blockIdx.x, tiles = ($N_n + TILE - 1) / TILE; tile < tiles * down_tiles * $N_b; tile += blocks) {
        const int column = tile % tiles * TILE;
        SIMD_MAYBE const int b = tile / tiles / down_tiles;
        const ptrdiff_t row = (ptrdiff_t)(tile / tiles % down_tiles) * TILE;
        float sum[$products][EACH][EACH] = {{{0.0f}}};
        for (int k0 = 0; k0 < $N_k; k0 += DEPTH) {
            for (int i = thread; i < TILE * DEPTH; i += 256) {
                const int k = k0 + i % DEPTH, n = column + i / DEPTH;
                const ptrdiff_t m = row + i / DEPTH;
                const int at = i % DEPTH * PITCH + i / DEPTH;
                a[at] = 0.0f;
                if (m < rows && k < $N_k) {
                    $locate_m(m)
                    a[at] = $a(b, m, k);
                }
//$ each product
                w[$product][at] = n < $N_n && k < $N_k ? $w(b, n, k) : 0.0f;
//$ end
            }
            __syncthreads();
            for (int k = 0; k < DEPTH * PITCH; k += PITCH) {
                for (int i = 0; i < EACH; i++) {
                    for (int j = 0; j < EACH; j++) {
//$ each product
                        sum[$product][i][j] = fmaf(a[k + down + i * 16], w[$product][k + along + j * 16], sum[$product][i][j]);
//$ end
                    }
                }
            }
            __syncthreads();
        }
        for (int i = 0; i < EACH; i++) {
            const ptrdiff_t m = row + down + i * 16;
            if (m < rows) {
                $locate_m(m)
                for (int j = 0; j < EACH; j++) {
                    const int n = column + along + j * 16;
                    const float acc = sum[0][i][j];
//$ if gated
                    SIMD_MAYBE const float acc2 = sum[$products - 1][i][j];
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
