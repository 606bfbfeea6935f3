//$ form   moe: y[b,m,n] = $store(sum[k where $p(b,m)] $a(b,m,k) * $w(b,n,k))
//$ need   b, m, n
//$ target cuda
//$ hole   $w  load-time rows
//$ hole   $store  lanes n
//$ prefer load-time $w; wide n
//$ when   reads($p, b) and load_time($w) and fixed(b) and fixed(k)
//$ cost   2*m*n*k flops; b*n*k weights; m*(k + n) values
//$ #
//$ # A mixture of experts: of several matrices each row wants only some, as $p says. What nobody wants is neither computed nor stored.
//$ # Mates and products are those of gemm: $products of a mate, $product is the number of one, $most the most of a mate. $w_step_n: how
//$ # far columns are apart in memory.
//$ sample
#include "sample.h"
#define $batch model_batch
#define $kernel moe
#define $params , const float *x, const int32_t *expert, const float *weight, float *y
#define $rows_m batch->begin[batch->sequences]
#define $N_k 384
#define $N_n 768
#define $N_b 8
#define $products 1
#define $product 0
#define $most 1
#define $locate_m(m)
#define $p(b, m) expert[m] == (b)
#define $a(b, m, k) x[(m) * $N_k + (k)]
#define $a_at(b, m, k) x + (m) * $N_k + (k)
#define $w_at(b, n, k) weight + ((b) * $N_n + (n)) * $N_k + (k)
#define $w_step_n 384
#define $store(b, m, n, acc, acc2) vstore(y + ((m) * $N_b + (b)) * $N_n + (n), acc)
//$ end
/* y[b,m,n] = sum[k] a[b,m,k] w[b,n,k] where row m wants matrix b: a block takes CHUNK rows, a matrix, and a share of its columns. It lists
 * the rows that want the matrix, in their order, and goes through them in tiles of 64 rows and 64 columns, as a gemm does: each of its 8
 * warps has 32 rows (from `down`) and 16 columns (from `across`), in products of 16 x 8 by tensor cores; each number is a high and a low
 * part of 11 bits, and a product low * high + high * low + high * high. A row is a chain over k, whoever stands beside it in the list.
 * Shared memory: STAGES, of which one is computed while the others arrive, of 16 k each of the rows, a[64][16 + 4], and of the columns of
 * each product, w[64][16 + 4], or w[16][64 + 8] where columns are neighbours in memory; list[CHUNK]; how many rows each warp has listed. */
__global__ void __launch_bounds__(256, 2) $kernel(const struct $batch *batch $params)
{
    enum { TILE = 64, DEPTH = 16, STAGES = $most > 1 ? 2 : 3, PITCH = DEPTH + 4, SIDE = TILE * PITCH, CHUNK = 2048, OF_WARP = CHUNK / 8 };
    enum { SHARES = 8, EXPERTS = $N_b ? $N_b : 1, STEPS = ($N_k + DEPTH - 1) / DEPTH };
    shared_room(float, room, STAGES * (1 + $most) * SIDE + CHUNK / 2 + 8);
    uint16_t *const list = (uint16_t *)(void *)(room + STAGES * (1 + $most) * SIDE);
    int32_t *const listed = (int32_t *)(void *)(list + CHUNK);
    const int thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32, down = warp / 4 * 32, across = warp % 4 * 16;
    const ptrdiff_t rows = $rows_m;
    const int64_t units = (int64_t)((rows + CHUNK - 1) / CHUNK) * $N_b * SHARES;
    for (int64_t unit = blockIdx.x; unit < units; unit += gridDim.x) {
        const ptrdiff_t begin = (ptrdiff_t)(unit / (EXPERTS * SHARES)) * CHUNK;
        const int b = (int)(unit / SHARES % EXPERTS), share = (int)(unit % SHARES);
        uint32_t wanted[OF_WARP / 32];
        int mine = 0, before = 0, count = 0;
        for (int i = 0; i < OF_WARP / 32; i++) {
            const ptrdiff_t m = begin + warp * OF_WARP + i * 32 + lane;
            int wants = 0;
            if (m < rows) {
                $locate_m(m)
                wants = $p(b, m);
            }
            wanted[i] = lanes_where(wants);
            mine += lanes_count(wanted[i]);
        }
        if (leads_warp()) {
            listed[warp] = mine;
        }
        __syncthreads();
        for (int other = 0; other < 8; other++) {
            before += other < warp ? listed[other] : 0;
            count += listed[other];
        }
        for (int i = 0; i < OF_WARP / 32; i++) {
            if (wanted[i] >> lane & 1) {
                list[before + lanes_count(wanted[i] & ((1u << lane) - 1))] = (uint16_t)(warp * OF_WARP + i * 32 + lane);
            }
            before += lanes_count(wanted[i]);
        }
        __syncthreads();
//$ each mate
        for (int tile = share, down_tiles = (count + TILE - 1) / TILE; tile < down_tiles * (($N_n + TILE - 1) / TILE); tile += SHARES) {
            const int first = tile % down_tiles * TILE, column = tile / down_tiles * TILE;
            enum { TURNED = $w_step_n == 1, STEP_N = TURNED ? 1 : DEPTH + 4, STEP_K = TURNED ? TILE + 8 : 1 };
            float sum[$products][2][2][4] = {{{{0.0f}}}};
            for (int step = 1 - STAGES; step < STEPS; step++) {
                const int next = step + STAGES - 1, arrives = next < STEPS;
                float *const there = room + next % STAGES * (1 + $most) * SIDE;
                const float *const here = room + (step + STAGES) % STAGES * (1 + $most) * SIDE;
                copy_wait(STAGES - 2);
                __syncthreads();
                for (int at = thread; at < TILE * DEPTH && arrives; at += 256) {
                    const int k = next * DEPTH + at % DEPTH, is_there = first + at / DEPTH < count && k < $N_k;
                    SIMD_MAYBE const ptrdiff_t m = begin + (is_there ? list[first + at / DEPTH] : 0);
                    float *const to = there + at / DEPTH * PITCH + at % DEPTH;
//$ if a_in_place
                    copy_async_4(to, is_there ? $a_at(b, m, k) : to, is_there);
//$ else
                    to[0] = 0.0f;
                    if (is_there) {
                        $locate_m(m)
                        to[0] = $a(b, m, k);
                    }
//$ end
                }
                for (int at = thread; at < TILE * DEPTH && arrives; at += 256) {
                    const int from_n = TURNED ? at % TILE : at / DEPTH, from_k = TURNED ? at / TILE : at % DEPTH;
                    const int n = column + from_n, k = next * DEPTH + from_k, is_there = n < $N_n && k < $N_k;
                    float *const to = there + SIDE + from_n * STEP_N + from_k * STEP_K;
//$ each product
                    copy_async_4(to + $product * SIDE, is_there ? $w_at(b, n, k) : to, is_there);
//$ end
                }
                copy_group();
                for (int k8 = 0; k8 < DEPTH / 8 && step >= 0; k8++) {
                    const int k = k8 * 8;
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
                const int at = first + down + i * 8 + lane / 4;
                if (at < count) {
                    SIMD_MAYBE const ptrdiff_t m = begin + list[at];
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
}
