//$ form   sm90: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ beside gemm
//$ target cuda
//$ hole   $w  load-time rows16, stored bf16 f16
//$ hole   $store  lanes n
//$ when   n > 64
//$ shared 163904
//$ #
//$ # gemm for sm_90a: see there what mates and products are. $w_map: a map of the rows of all matrices.
//$ sample
#include "sample.h"
#include "../../../runtime/cuda/barrier.h"
#include "../../../runtime/cuda/box.h"
#include "../../../runtime/cuda/group.h"
#define $N_k 384
#define $N_n 1536
#define $batch model_batch
#define $N_b 1
#define $kernel gemm_sm90
#define $params , const float *x, const void *weight, const float *bias, float *y
#define $rows_m batch->begin[batch->sequences]
#define $products 1
#define $product 0
#define $shared 163904
#define $locate_m(m)
#define $a(b, m, k) x[(m) * $N_k + (k)]
#define $a_at(b, m, k) x + (m) * $N_k + (k)
#define $a_step_k 1
#define $w_map weight
#define $w_kind TILE_BF16
#define $store(b, m, n, acc, acc2) vstore(y + (m) * $N_n + (n), (acc) + vload(bias + (n)))
//$ end
/* y[m,n] = sum[k] a[m,k] w[n,k] in bf16 or f16: a block computes tiles of 128 rows and 128 columns; of 64 columns of two products that meet
 * in one value, side by side. A warpgroup brings them, 64 k at a time: rows it rounds, columns one of its threads has copied as two boxes.
 * Two more multiply, 64 rows each. A stage goes from one to the others and back by two mbarriers: `full`, when all threads and all bytes
 * have come, and `empty`, when both warpgroups have read it.
 * Shared memory: a[STAGES][128][64] and w[STAGES][128][64] of halves, 16 bytes of eight rows changing places (row_128); for each of the 8
 * warps that multiply out[2][16][32] of floats, of each product, through which lanes come to store neighbours; the mbarriers. */
__global__ void __launch_bounds__(384, 1) $kernel(const struct $batch *batch $params)
{
#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
    enum { STAGES = 4, TILE = 128, SIDE = TILE * 128, OUT = 2 * 16 * 32 };
    enum { STEPS = ($N_k + 63) / 64, ENOUGH = 1 / (2 * STAGES * SIDE + 8 * OUT * 4 + 2 * STAGES * 8 <= $shared) };
    shared_memory(unsigned char, room);
    unsigned char *const a_room = room, *const w_room = room + STAGES * SIDE;
    float *const outs = (float *)(void *)(room + 2 * STAGES * SIDE);
    uint64_t *const full = (uint64_t *)(void *)(outs + 8 * OUT), *const empty = full + STAGES;
    const int thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32;
    const int group = lane_from_int(thread / 128, 0); /* known to be the same in all lanes */
    const ptrdiff_t rows = $rows_m;
    const int down_tiles = (int)((rows + TILE - 1) / TILE);
    if (thread == 0) {
        for (int stage = 0; stage < STAGES; stage++) {
            mbarrier_begin(full + stage, 128 + 1);
            mbarrier_begin(empty + stage, 256);
        }
        fence_async();
//$ each mate
//$ each product
        map_fence($w_map);
//$ end
//$ end
    }
    __syncthreads();
    int turn = 0;
//$ each mate
    for (int tile = (int)blockIdx.x, tiles = ($N_n * $products + TILE - 1) / TILE; tile < tiles * down_tiles * $N_b; tile += (int)gridDim.x) {
        const int column = tile % tiles * (TILE / $products), b = tile / tiles / down_tiles;
        const ptrdiff_t row = (ptrdiff_t)(tile / tiles % down_tiles) * TILE;
        for (int step = 0; group == 0 && step < STEPS; step++, turn++) {
            const int stage = turn % STAGES, k = step * 64 + thread % 8 * 8;
            mbarrier_wait(empty + stage, turn / STAGES % 2 ^ 1);
            if (thread == 0) {
                mbarrier_expect(full + stage, SIDE);
//$ each product
                for (int half = $product; half < $product + 2 / $products; half++) {
                    const int first = b * $N_n + column + (half - $product) * 64;
                    copy_box(w_room + stage * SIDE + half * (SIDE / 2), $w_map, step * 64, first, full + stage);
                }
//$ end
            }
            for (int i = thread / 8; i < TILE; i += 16) {
                const ptrdiff_t m = row + i;
                float held[8] = {0.0f};
                if (m < rows) {
                    $locate_m(m)
//$ if a_in_place
                    const float *const from = $a_at(b, m, k);
                    if ($a_step_k == 1 && k + 8 <= $N_k && is_on_16(from)) {
                        load_16(held, from, 8);
                    } else
//$ end
                    for (int e = 0; e < 8; e++) {
                        const int one = k + e;
                        if (one < $N_k) {
                            held[e] = $a(b, m, one);
                        }
                    }
                }
                tile_put($w_kind, row_128(a_room + stage * SIDE, i, thread % 8), held);
            }
            fence_async();
            mbarrier_arrive(full + stage);
        }
        if (group == 0) {
            continue;
        }
        float sum[64] = {0.0f};
        for (int step = 0; step < STEPS; step++, turn++) {
            const int stage = turn % STAGES;
            const unsigned char *const a = a_room + stage * SIDE + (group - 1) * (SIDE / 2), *const w = w_room + stage * SIDE;
            mbarrier_wait(full + stage, turn / STAGES % 2);
            group_fence();
            for (int k32 = 0; k32 < 4; k32++) {
                const uint64_t left = group_matrix(a + k32 * 32, 1024, 16, 128), right = group_matrix(w + k32 * 32, 1024, 16, 128);
                group_multiply_128($w_kind == TILE_F16, sum, left, right, 1, 0);
            }
            group_commit();
            group_wait(1);
            if (step > 0) {
                mbarrier_arrive(empty + (turn + STAGES - 1) % STAGES);
            }
        }
        group_wait(0);
        mbarrier_arrive(empty + (turn + STAGES - 1) % STAGES);
        float *const out = outs + (warp - 4) * OUT;
        UNROLLED for (int j = 0; j < 4 / $products; j++)
        {
            __syncwarp();
//$ each product
            tile_out(out + $product * 512, (const float(*)[4])(sum + ($product * 2 + j) * 16));
//$ end
            __syncwarp();
            ROLLED for (int from = 0; from < 16; from++)
            {
                const ptrdiff_t m = row + (warp - 4) * 16 + from;
                const int n = column + j * 32 + lane;
                if (m < rows && n < $N_n) {
                    const float acc = out[tile_out_at(from)];
//$ if gated
                    SIMD_MAYBE const float acc2 = out[512 + tile_out_at(from)];
//$ end
                    $locate_m(m)
                    $store(b, m, n, acc, acc2);
                }
            }
        }
    }
//$ end
#else
    (void)batch;
#endif
}
