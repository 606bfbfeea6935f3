/* words.cu - a kernel for each word that multiplies: test_words.py compares with products of doubles */

/* Fragments as the figures of the PTX ISA have them, number by number; a is [16][K], b [8][K], 32 bytes each row. */
#define BY_HAND(name, sum, multiply)                                                                                                       \
    __global__ void __launch_bounds__(32) name(const unsigned char *in, unsigned char *out, const void *maps)                              \
    {                                                                                                                                      \
        const uint32_t *const a = (const uint32_t *)(const void *)in, *const b = a + 16 * 8;                                               \
        const sum *const from = (const sum *)(const void *)(b + 8 * 8);                                                                    \
        sum *const to = (sum *)(void *)out, c[4];                                                                                          \
        const int group = (int)threadIdx.x / 4, t = (int)threadIdx.x % 4;                                                                  \
        const uint32_t left[4] = {a[group * 8 + t], a[(group + 8) * 8 + t], a[group * 8 + t + 4], a[(group + 8) * 8 + t + 4]};             \
        for (int i = 0; i < 4; i++) {                                                                                                      \
            c[i] = from[(group + i / 2 * 8) * 8 + t * 2 + i % 2];                                                                          \
        }                                                                                                                                  \
        multiply(c, left, b[group * 8 + t], b[group * 8 + t + 4]);                                                                         \
        for (int i = 0; i < 4; i++) {                                                                                                      \
            to[(group + i / 2 * 8) * 8 + t * 2 + i % 2] = c[i];                                                                            \
        }                                                                                                                                  \
        (void)maps;                                                                                                                        \
    }

/* The same by asynchronous copies and matrix_load. */
#define BY_LOADS(name, sum, multiply)                                                                                                      \
    __global__ void __launch_bounds__(32) name(const unsigned char *in, unsigned char *out, const void *maps)                              \
    {                                                                                                                                      \
        __shared__ __align__(16) unsigned char s[24 * 32];                                                                                 \
        const int lane = (int)threadIdx.x;                                                                                                 \
        const sum *const from = (const sum *)(const void *)(in + sizeof s);                                                                \
        sum *const to = (sum *)(void *)out, c[4];                                                                                          \
        uint32_t a[4], b[4];                                                                                                               \
        for (int i = lane; i < (int)sizeof s / 16; i += 32) {                                                                              \
            copy_async(s + i * 16, in + i * 16, 1);                                                                                        \
        }                                                                                                                                  \
        copy_group();                                                                                                                      \
        copy_wait(0);                                                                                                                      \
        __syncwarp();                                                                                                                      \
        matrix_load(a, s + lane % 16 * 32 + lane / 16 * 16);                                                                               \
        matrix_load(b, s + (16 + lane % 8) * 32 + lane / 8 % 2 * 16);                                                                      \
        for (int i = 0; i < 4; i++) {                                                                                                      \
            c[i] = from[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2];                                                                \
        }                                                                                                                                  \
        multiply(c, a, b[0], b[1]);                                                                                                        \
        for (int i = 0; i < 4; i++) {                                                                                                      \
            to[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = c[i];                                                                  \
        }                                                                                                                                  \
        (void)maps;                                                                                                                        \
    }

#ifdef __cplusplus
extern "C" {
#endif

BY_HAND(bf16_by_hand, float, matrix_multiply)
BY_HAND(f16_by_hand, float, matrix_multiply_f16)
BY_HAND(tf32_by_hand, float, matrix_multiply_tf32)
BY_HAND(u8_by_hand, int32_t, matrix_multiply_u8)
BY_LOADS(bf16_by_loads, float, matrix_multiply)
BY_LOADS(f16_by_loads, float, matrix_multiply_f16)
BY_LOADS(tf32_by_loads, float, matrix_multiply_tf32)
BY_LOADS(u8_by_loads, int32_t, matrix_multiply_u8)

/* b as [16 k][8], turned on its way; a as above. */
__global__ void __launch_bounds__(32) bf16_turned(const unsigned char *in, unsigned char *out, const void *maps)
{
    __shared__ __align__(16) unsigned char s[24 * 32];
    const int lane = (int)threadIdx.x;
    float c[4] = {0.0f, 0.0f, 0.0f, 0.0f}, *const to = (float *)(void *)out;
    uint32_t a[4], b[4];
    for (int i = lane; i < (int)sizeof s / 4; i += 32) {
        copy_async_4(s + i * 4, in + i * 4, 1);
    }
    copy_group();
    copy_wait(0);
    __syncwarp();
    matrix_load(a, s + lane % 16 * 32 + lane / 16 * 16);
    matrix_load_turned(b, s + 16 * 32 + lane % 16 * 16);
    matrix_multiply(c, a, b[0], b[1]);
    for (int i = 0; i < 4; i++) {
        to[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = c[i];
    }
    (void)maps;
}

/* Floats that become halves, two by two, and tf32. */
__global__ void __launch_bounds__(32) rounded(const unsigned char *in, unsigned char *out, const void *maps)
{
    const float *const x = (const float *)(const void *)in;
    uint32_t *const to = (uint32_t *)(void *)out;
    for (int i = (int)threadIdx.x; i < 512; i += 32) {
        to[i] = pack_bf16(x[2 * i], x[2 * i + 1]);
        to[512 + i] = pack_f16(x[2 * i], x[2 * i + 1]);
        to[1024 + 2 * i] = round_tf32(x[2 * i]);
        to[1024 + 2 * i + 1] = round_tf32(x[2 * i + 1]);
    }
    (void)maps;
}

/* Warps that wait for some others; each sums what the one before it left. */
__global__ void __launch_bounds__(128) handed_on(const unsigned char *in, unsigned char *out, const void *maps)
{
    __shared__ int s[128];
    const int me = (int)threadIdx.x, warp = me / 32;
    int x = in[me];
    if (warp > 0) {
        barrier_wait(warp, 64);
        x += s[me - 32];
    }
    s[me] = x;
    if (warp < 3) {
        barrier_arrive(warp + 1, 64);
    }
    ((int *)(void *)out)[me] = x;
    (void)maps;
}

#if !defined(__CUDA_ARCH__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
/* 64 x N of boxes of K numbers: a from the first map, b from the second. TURNED: b is [K][N]. Behind them: bits that are turned over in what
 * names the matrices. */
#define BY_GROUP(name, K, N, SWIZZLE, TURNED, F16)                                                                                              \
    __global__ void __launch_bounds__(128) name(const unsigned char *in, unsigned char *out, const void *maps)                             \
    {                                                                                                                                      \
        enum { WIDE = SWIZZLE / 2, A = 64 * K * 2, B = N * K * 2 };                                                                        \
        shared_memory(unsigned char, s);                                                                                                   \
        __shared__ uint64_t full;                                                                                                          \
        const unsigned char *const map = (const unsigned char *)maps;                                                                      \
        const uint64_t *const wrong = (const uint64_t *)(const void *)(in + A + B);                                                        \
        const int me = (int)threadIdx.x;                                                                                                   \
        float c[N / 2], *const to = (float *)(void *)out;                                                                                  \
        if (me == 0) {                                                                                                                     \
            mbarrier_begin(&full, 1);                                                                                                      \
            fence_async();                                                                                                                 \
            map_fence(map);                                                                                                                \
            map_fence(map + 128);                                                                                                          \
            mbarrier_expect(&full, A + B);                                                                                                 \
            for (int k = 0; k < K; k += WIDE) {                                                                                            \
                copy_box(s + k * 64 * 2, map, k, 0, &full);                                                                                \
            }                                                                                                                              \
            for (int k = 0; k < (TURNED ? N : K); k += WIDE) {                                                                             \
                copy_box(s + A + k * (TURNED ? K : N) * 2, map + 128, k, 0, &full);                                                        \
            }                                                                                                                              \
        }                                                                                                                                  \
        __syncthreads();                                                                                                                   \
        mbarrier_wait(&full, 0);                                                                                                           \
        group_fence();                                                                                                                     \
        for (int k = 0; k < K; k += 16) {                                                                                                  \
            const uint64_t a = wrong[0] ^ group_matrix(s + k / WIDE * (64 * SWIZZLE) + k % WIDE * 2, 8 * SWIZZLE, 16, SWIZZLE);            \
            const uint64_t b = TURNED ? group_matrix(s + A + k * SWIZZLE, 8 * SWIZZLE, K * SWIZZLE, SWIZZLE)                               \
                                      : group_matrix(s + A + k / WIDE * (N * SWIZZLE) + k % WIDE * 2, 8 * SWIZZLE, 16, SWIZZLE);           \
            group_multiply_##N(F16, c, a, b ^ wrong[1], k > 0, TURNED);                                                                         \
        }                                                                                                                                  \
        group_commit();                                                                                                                    \
        group_wait(0);                                                                                                                     \
        for (int i = 0; i < N / 2; i++) {                                                                                                  \
            to[(me / 32 * 16 + me % 32 / 4 + i / 2 % 2 * 8) * N + i / 4 * 8 + me % 4 * 2 + i % 2] = c[i];                                  \
        }                                                                                                                                  \
    }

BY_GROUP(group_128, 128, 64, 128, 0, 0)
BY_GROUP(group_64, 64, 128, 64, 0, 0)
BY_GROUP(group_32, 32, 256, 32, 0, 0)
BY_GROUP(group_turned_128, 64, 128, 128, 1, 0)
BY_GROUP(group_turned_64, 32, 64, 64, 1, 0)
BY_GROUP(group_turned_32, 16, 64, 32, 1, 0)
BY_GROUP(group_f16, 128, 64, 128, 0, 1)

/* The same where a stays in registers and b, [K][N], is turned. */
#define BY_HELD(name, K, N, F16)                                                                                                           \
    __global__ void __launch_bounds__(128) name(const unsigned char *in, unsigned char *out, const void *maps)                             \
    {                                                                                                                                      \
        enum { A = 64 * K * 2, B = N * K * 2 };                                                                                            \
        shared_memory(unsigned char, s);                                                                                                   \
        __shared__ uint64_t full;                                                                                                          \
        const uint32_t *const from = (const uint32_t *)(const void *)in;                                                                   \
        const uint64_t *const wrong = (const uint64_t *)(const void *)(in + A + B);                                                        \
        const int me = (int)threadIdx.x, row = me / 32 * 16 + me % 32 / 4;                                                                 \
        float c[64], *const to = (float *)(void *)out;                                                                                     \
        uint32_t a[K / 16][4];                                                                                                             \
        if (me == 0) {                                                                                                                     \
            mbarrier_begin(&full, 1);                                                                                                      \
            fence_async();                                                                                                                 \
            map_fence((const unsigned char *)maps + 128);                                                                                  \
            mbarrier_expect(&full, B);                                                                                                     \
            for (int n = 0; n < N; n += 64) {                                                                                              \
                copy_box(s + n * K * 2, (const unsigned char *)maps + 128, n, 0, &full);                                                   \
            }                                                                                                                              \
        }                                                                                                                                  \
        for (int i = 0; i < K / 4; i++) {                                                                                                  \
            a[i / 4][i % 4] = from[(row + i % 2 * 8) * (K / 2) + i / 4 * 8 + i % 4 / 2 * 4 + me % 4];                                      \
        }                                                                                                                                  \
        __syncthreads();                                                                                                                   \
        mbarrier_wait(&full, 0);                                                                                                           \
        group_fence();                                                                                                                     \
        for (int k = 0; k < K / 16; k++) {                                                                                                 \
            group_multiply_held(N, F16, c, a[k], group_matrix(s + k * 2048, 1024, K * 128, 128) ^ wrong[1], k > 0, 1);                    \
        }                                                                                                                                  \
        group_commit();                                                                                                                    \
        if (wrong[0]) {                                                                                                                    \
            a[K / 16 - 1][me % 4] ^= (uint32_t)wrong[0];                                                                                   \
        }                                                                                                                                  \
        group_wait(0);                                                                                                                     \
        for (int i = 0; i < N / 2; i++) {                                                                                                  \
            to[(row + i / 2 % 2 * 8) * N + i / 4 * 8 + me % 4 * 2 + i % 2] = c[i];                                                         \
        }                                                                                                                                  \
    }

BY_HELD(group_held_128, 64, 128, 0)
BY_HELD(group_held_64, 32, 64, 0)
BY_HELD(group_held_f16, 64, 128, 1)
#endif

#ifdef __cplusplus
}
#endif
