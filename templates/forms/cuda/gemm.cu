//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   n
//$ target cuda
//$ hole   $w  load-time rows16, stored bf16 f16 int8
//$ hole   $store  lanes n
//$ when   load_time($w)
//$ prefer load-time $w; wide n
//$ cost   2*b*m*n*k flops; b*n*k weights; b*m*(k + n) values
//$ #
//$ # Mates are results of one left side: q, k and v. Each has one product; or, where several meet in one value as a gate does with what it
//$ # gates, there is one mate of several products: $products of them, $product is the number of one, $most the most of a mate. What is in
//$ # $a is read as it is (if a_in_place) or computed as it goes to shared memory. $w_rows: [n][$w_pitch], each row a multiple of 16 bytes.
//$ sample
#include "sample.h"
#define $N_k 384
#define $N_n 1536
#define $batch model_batch
#define $N_b 1
#define $kernel gemm
#define $params , const float *x, const void *weight, const float *bias, float *y
#define $rows_m batch->begin[batch->sequences]
#define $products 1
#define $product 0
#define $most 1
#define $rounded 0
#define $locate_m(m)
#define $a(b, m, k) x[(m) * $N_k + (k)]
#define $a_at(b, m, k) x + (m) * $N_k + (k)
#define $a_step_k 1
#define $w_rows(b) ((const unsigned char *)weight)
#define $w_pitch 1536
#define $w_kind TILE_BF16
#define $w_scales(b) bias
#define $store(b, m, n, acc, acc2) vstore(y + (m) * $N_n + (n), (acc) + vload(bias + (n)))
//$ end
/* y[m,n] = sum[k] a[m,k] w[n,k]: a block computes tiles of TILE_M rows and TILE_N columns, each of its 8 warps half of the rows (from
 * `down`) and a quarter of the columns (from `across`), in products of 16 x 8 by tensor cores.
 *     128 x 128   from 1024 columns on, 16-bit numbers
 *      64 x 128   from 256 columns on
 *      64 x 64    fewer columns, or two products for one value
 * Numbers of a are rounded on their way to shared memory; f32 is a high and a low part of 11 bits each, and a product low * high +
 * high * low + high * high. Sums are chains over k, the same for each size of tile, whatever else is in the batch.
 * Shared memory: three stages of 64 bytes of each row, a[3][TILE_M][64], and of each column of a product, w[products][3][TILE_N][64];
 * their 16 bytes change places so that no two lanes meet in a bank (row_64). While one stage is computed the next ones arrive. At the end
 * sums pass through it, a warp for itself, out[products][16][32], so that lanes store neighbours. */
__global__ void __launch_bounds__(256, 2) $kernel(const struct $batch *batch $params)
{
    enum { WIDE = $N_n >= 256 && $most == 1 && !$rounded, HALVES = $w_kind == TILE_BF16 || $w_kind == TILE_F16 };
    enum { TILE_N = WIDE ? 128 : 64, TILE_M = WIDE && HALVES && $N_n >= 1024 ? 128 : 64 };
    enum { ABREAST = TILE_N / 32, ROWS = TILE_M / 8 * ABREAST, SIDE_A = (TILE_M + $rounded) * 64, SIDE_W = (TILE_N + $rounded) * 64 };
    shared_room(unsigned char, room, 3 * (SIDE_A + $most * SIDE_W) + $rounded * TILE_M * 8);
    const int thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32, down = warp / ABREAST * ROWS, across = warp % ABREAST * 32;
    unsigned char *const w_room = room + 3 * SIDE_A;
    const ptrdiff_t rows = $rows_m;
    const int down_tiles = (int)((rows + TILE_M - 1) / TILE_M), blocks = (int)gridDim.x;
//$ each mate
    for (int tile = (int)blockIdx.x, tiles = ($N_n + TILE_N - 1) / TILE_N; tile < tiles * down_tiles * $N_b; tile += blocks) {
        const int column = tile % tiles * TILE_N;
        SIMD_MAYBE const int b = tile / tiles / down_tiles;
        const ptrdiff_t row = (ptrdiff_t)(tile / tiles % down_tiles) * TILE_M;
        float sum[$products][ROWS / 16][4][4] = {{{{0.0f}}}};
//$ if w_int8
        enum { GROUPS = ($N_k + GROUP_U8 - 1) / GROUP_U8 };
        part_u8 *const part = (part_u8 *)(void *)(w_room + 3 * $most * SIDE_W);
        for (int group = 0; group < GROUPS; group++) {
            const int from = group * GROUP_U8, chunks = vimin(($N_k - from + 63) / 64 * 4, GROUP_U8 / 16);
            __syncthreads();
            for (int at = thread; at < TILE_N * chunks; at += 256) {
                const int n = column + at / chunks, chunk = at % chunks, k = from + chunk * 16, there = n < $N_n;
//$ each product
                copy_async(row_64(w_room + ($product * 3 + chunk / 4) * SIDE_W, at / chunks, chunk % 4),
                           $w_rows(b) + (there ? (ptrdiff_t)n * $w_pitch + k : 0), there);
//$ end
            }
            copy_group();
            for (int i = warp; i < TILE_M; i += 8) { /* a row by a warp */
                const ptrdiff_t m = row + i;
                float value[8] = {0.0f};
                for (int e = 0; e < 8 && m < rows; e++) {
                    const int k = from + e / 4 * 128 + lane * 4 + e % 4;
                    if (k < $N_k && k < from + GROUP_U8) {
                        $locate_m(m)
                        value[e] = $a(b, m, k);
                    }
                }
                const part_u8 one = row_u8(value, room, SIDE_A, i, chunks * 4);
                if (leads_warp()) {
                    part[i] = one;
                }
            }
            copy_wait(0);
            __syncthreads();
//$ each product
            {
                int32_t count[ROWS / 16][4][4] = {{{0}}};
                for (int k32 = 0; k32 < chunks / 2; k32++) {
                    uint32_t a[4], w[4][2];
                    tile_columns(w[0], w_room + ($product * 3 + k32 / 2) * SIDE_W, across, k32 % 2);
                    tile_columns(w[2], w_room + ($product * 3 + k32 / 2) * SIDE_W, across + 16, k32 % 2);
                    for (int i = 0; i < ROWS / 16; i++) {
                        tile_rows(a, room + k32 / 2 * SIDE_A, down + i * 16, k32 % 2);
                        for (int j = 0; j < 4; j++) {
                            matrix_multiply_u8(count[i][j], a, w[j][0], w[j][1]);
                        }
                    }
                }
                for (int at = 0; at < 8; at++) {
                    const int n = column + across + at / 2 * 8 + lane % 4 * 2 + at % 2;
                    const float *const scale = $w_scales(b) + ((ptrdiff_t)(n < $N_n ? n : 0) * GROUPS + group) * 2;
                    for (int i = 0; i < ROWS / 8; i++) {
                        float *const all = &sum[$product][i / 2][at / 2][i % 2 * 2 + at % 2];
                        const float one = sum_u8(count[i / 2][at / 2][i % 2 * 2 + at % 2], part[down + i * 8 + lane / 4], scale);
                        *all = group ? *all + one : one;
                    }
                }
            }
//$ end
        }
//$ else
        enum { EACH = $w_kind == TILE_F32 ? 4 : 8 }; /* numbers in 16 bytes */
        for (int step = -2, steps = ($N_k + 4 * EACH - 1) / (4 * EACH); step < steps; step++) {
            const int next = step + 2, chunk = next * 4 + thread % 4, k = chunk * EACH, arrives = next < steps;
            unsigned char *const a_here = room + (step + 3) % 3 * SIDE_A, *const w_here = w_room + (step + 3) % 3 * SIDE_W;
            copy_wait(1);
            __syncthreads();
            for (int at = thread / 4; at < TILE_N && arrives; at += 64) {
                const int n = column + at, there = n < $N_n && chunk < $w_pitch / EACH;
//$ each product
                copy_async(row_64(w_room + ($product * 3 + next % 3) * SIDE_W, at, thread % 4),
                           $w_rows(b) + (there ? (ptrdiff_t)n * $w_pitch + k : 0), there);
//$ end
            }
            copy_group();
            UNROLLED for (int k32 = 0; k32 < 2; k32++)
            {
                const ptrdiff_t at = k32 * 64 + thread / 4, m = row + at;
                const int brings = at < TILE_M && arrives;
                float held[EACH] = {0.0f};
                if (brings && m < rows) {
                    $locate_m(m)
//$ if a_in_place
                    const float *const from = $a_at(b, m, k);
                    if ($a_step_k == 1 && k + EACH <= $N_k && is_on_16(from)) {
                        load_16(held, from, EACH);
                    } else
//$ end
                    for (int e = 0; e < EACH; e++) {
                        const int one = k + e;
                        if (one < $N_k) {
                            held[e] = $a(b, m, one);
                        }
                    }
                }
//$ each product
                if (step >= 0) {
                    uint32_t a[4], w[4][2];
                    tile_columns(w[0], w_here + $product * 3 * SIDE_W, across, k32);
                    tile_columns(w[2], w_here + $product * 3 * SIDE_W, across + 16, k32);
                    for (int i = 0; i < ROWS / 16; i++) {
                        tile_rows(a, a_here, down + i * 16, k32);
                        for (int j = 0; j < 4; j++) {
                            tile_multiply($w_kind, sum[$product][i][j], a, w[j]);
                        }
                    }
                }
//$ end
                if (brings) {
                    tile_put($w_kind, row_64(room + next % 3 * SIDE_A, (int)at, thread % 4), held);
                }
            }
        }
//$ end
        __syncthreads();
        float *const out = (float *)(void *)room + warp * $products * 512;
        UNROLLED for (int i = 0; i < ROWS / 16; i++)
        {
            __syncwarp();
//$ each product
            tile_out(out + $product * 512, sum[$product][i]);
//$ end
            __syncwarp();
            ROLLED for (int from = 0; from < 16; from++)
            {
                const ptrdiff_t m = row + down + i * 16 + from;
                const int n = column + across + lane;
                if (m < rows && n < $N_n) {
                    const float acc = out[tile_out_at(from)];
//$ if gated
                    SIMD_MAYBE const float acc2 = out[($products - 1) * 512 + tile_out_at(from)];
//$ end
                    $locate_m(m)
                    $store(b, m, n, acc, acc2);
                }
            }
        }
    }
//$ end
}
