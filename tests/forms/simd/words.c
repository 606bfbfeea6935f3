/* Every word against the scalars it stands for; functions against double. Prints the tier and the largest errors; exit code 1: wrong.
 *
 *     words [STRIDE [PART PARTS [FUNCTION ..]]]      functions of every STRIDE-th float (1: of all), of which this is one part; these alone */
#include "simd.h"

#include "tile_at.h"
#include "tile_bf16.h"
#include "tile_u8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int wrong;

static void check(int good, const char *what)
{
    if (!good) {
        printf("wrong: %s\n", what);
        wrong = 1;
    }
}

/* ---- words -------------------------------------------------------------------------------------------------------------------------- */

static float a[W], b[W], c[W], y[W];
static int32_t i_a[W], i_b[W], i_y[W];

static uint32_t state = 12345;

static uint32_t random_bits(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static float random_float(void)
{
    return (float)((int)(random_bits() % 4001u) - 2000) / 128.0f;
}

static void fill(void)
{
    for (int i = 0; i < W; i++) {
        a[i] = random_float();
        b[i] = random_bits() % 4 ? random_float() : a[i];
        c[i] = random_float();
        i_a[i] = (int32_t)(random_bits() % 2001u) - 1000;
        i_b[i] = random_bits() % 4 ? (int32_t)(random_bits() % 2001u) - 1000 : i_a[i];
    }
}

static int same(float x, float wanted)
{
    return x == wanted || (isnan(x) && isnan(wanted));
}

#define EACH(what, vector, scalar)                                                                                                \
    do {                                                                                                                          \
        vstore(y, vector);                                                                                                        \
        for (int i = 0; i < W; i++) {                                                                                             \
            check(same(y[i], scalar), what);                                                                                      \
        }                                                                                                                         \
    } while (0)
#define EACH_INT(what, vector, scalar)                                                                                            \
    do {                                                                                                                          \
        vistore(i_y, vector);                                                                                                     \
        for (int i = 0; i < W; i++) {                                                                                             \
            check(i_y[i] == (scalar), what);                                                                                      \
        }                                                                                                                         \
    } while (0)
#define EACH_IF(what, condition, scalar) EACH(what, vselect(condition, vsplat(1.0f), vsplat(0.0f)), (float)(scalar))

static float fused(float x, float w, float z)
{
    return W == 1 ? x * w + z : fmaf(x, w, z);
}

static void arithmetic(void)
{
    const vf va = vload(a), vb = vload(b), vc = vload(c);
    const vi ia = viload(i_a), ib = viload(i_b);
    EACH("vsplat", vsplat(a[0]), a[0]);
    EACH_INT("visplat", visplat(i_a[0]), i_a[0]);
    EACH_INT("viota", viota(), i);
    EACH("+", va + vb, a[i] + b[i]);
    EACH("-", va - vb, a[i] - b[i]);
    EACH("*", va * vb, a[i] * b[i]);
    EACH("negated", -va, -a[i]);
    EACH_INT("vi +", ia + ib, i_a[i] + i_b[i]);
    EACH_INT("vi *", ia * ib, i_a[i] * i_b[i]);
    EACH("vfma", vfma(va, vb, vc), fused(a[i], b[i], c[i]));
    EACH("vfms", vfms(va, vb, vc), fused(a[i], b[i], -c[i]));
    EACH("vfnma", vfnma(va, vb, vc), fused(-a[i], b[i], c[i]));
    for (int k = 0; k < W; k++) {
        EACH("vadd_at", vadd_at(a + k, vb), a[k] + b[i]);
        EACH("vfma_at", vfma_at(a + k, vb, vc), fused(a[k], b[i], c[i]));
    }
    EACH("vdiv", vdiv(va, vb), a[i] / b[i]);
    EACH("vrecip", vrecip(va), 1.0f / a[i]);
    EACH("vsqrt", vsqrt(vabs(va)), sqrtf(fabsf(a[i])));
    EACH("vmax", vmax(va, vb), a[i] > b[i] ? a[i] : b[i]);
    EACH("vmin", vmin(va, vb), a[i] < b[i] ? a[i] : b[i]);
    EACH("vabs", vabs(va), fabsf(a[i]));
    EACH("vsign", vsign(va), (float)((a[i] > 0) - (a[i] < 0)));
    EACH("vfloor", vfloor(va), floorf(a[i]));
    EACH("vceil", vceil(va), ceilf(a[i]));
    EACH("vround", vround(va), rintf(a[i]));
    EACH("vtrunc", vtrunc(va), truncf(a[i]));
    EACH("vfloat", vfloat(ia), (float)i_a[i]);
    EACH_INT("vint", vint(va), (int32_t)a[i]);
    EACH("vscale", vscale(va, vfloat(ia * visplat(4)) * vsplat(0.03125f) - vfloor(vfloat(ia) * vsplat(0.125f)) + vsplat(3.0f)), y[i]);
    for (int by = 1; by < 200; by += by < 9 ? 1 : 37) {
        const int32_t far = (1 << 30) - 1000, near = (1 << 21) - 1000;
        EACH_INT("vidiv", vidiv(ia + visplat(far), by), (i_a[i] + far) / by);
        EACH_INT("vidiv", vidiv(ia - visplat(far), by), (int32_t)floor((double)(i_a[i] - far) / by));
        EACH_INT("vidiv", vidiv_near(ia + visplat(near), by), (i_a[i] + near) / by);
        EACH_INT("vidiv", vidiv_near(ia - visplat(near), by), (int32_t)floor((double)(i_a[i] - near) / by));
        EACH_INT("vimod", vimod(ia, by), i_a[i] - by * (int32_t)floor((double)i_a[i] / by));
        EACH_INT("vimod_sum", vimod_sum(vimod(ia, by), vimod(ib, by), by), i_a[i] + i_b[i] - by * (int32_t)floor((double)(i_a[i] + i_b[i]) / by));
        EACH_INT("vimod_difference", vimod_difference(vimod(ia, by), vimod(ib, by), by),
                 i_a[i] - i_b[i] - by * (int32_t)floor((double)(i_a[i] - i_b[i]) / by));
        EACH_INT("vimod", vimod_near(ia, by), i_a[i] - by * (int32_t)floor((double)i_a[i] / by));
    }
    vf exponent;
    vstore(c, vsplit(vabs(va) + vsplat(0x1p-130f), &exponent));
    EACH("vsplit", vscale(vload(c), exponent), fabsf(a[i]) + 0x1p-130f);
    EACH_IF("vsplit", vand(vle(vsplat(0.75f), vload(c)), vlt(vload(c), vsplat(1.5f))), 1);
    EACH_INT("vshl", vshl(ia, 3), (int32_t)((uint32_t)i_a[i] << 3));
    EACH_INT("vshr", vshr(ia, 3), (int32_t)((uint32_t)i_a[i] >> 3));
    EACH("bits", vof_bits(vbits(va)), a[i]);
}

/* Sixteen numbers, and what machines that pick from them in one instruction are promised. */
static void tables(void)
{
    float table[16];
    for (int i = 0; i < 16; i++) {
        table[i] = random_float();
    }
    EACH("vtable", vtable(table, viload(i_a)), table[i_a[i] & 15]);
    if (TABLES) {
        EACH("vscale", vscale(vload(a), vfloat(viload(i_a)) * vsplat(0.015625f)), ldexpf(a[i], (int)floorf((float)i_a[i] / 64.0f)));
    }
}

static void conditions(void)
{
    const vf va = vload(a), vb = vload(b);
    const vi ia = viload(i_a), ib = viload(i_b);
    EACH_IF("vlt", vlt(va, vb), a[i] < b[i]);
    EACH_IF("vle", vle(va, vb), a[i] <= b[i]);
    EACH_IF("veq", veq(va, vb), a[i] == b[i]);
    EACH_IF("vilt", vilt(ia, ib), i_a[i] < i_b[i]);
    EACH_IF("vile", vile(ia, ib), i_a[i] <= i_b[i]);
    EACH_IF("vieq", vieq(ia, ib), i_a[i] == i_b[i]);
    EACH_IF("vand", vand(vlt(va, vb), vilt(ia, ib)), a[i] < b[i] && i_a[i] < i_b[i]);
    EACH_IF("vor", vor(vlt(va, vb), vilt(ia, ib)), a[i] < b[i] || i_a[i] < i_b[i]);
    EACH_IF("vnot", vnot(vlt(va, vb)), !(a[i] < b[i]));
    EACH_IF("vwhether", vwhether(a[0] < b[0]), a[0] < b[0]);
    EACH_INT("viselect", viselect(vlt(va, vb), ia, ib), a[i] < b[i] ? i_a[i] : i_b[i]);
    int some = 0;
    for (int i = 0; i < W; i++) {
        some |= a[i] < b[i];
    }
    check(vany(vlt(va, vb)) == some, "vany");
    check(!vany(vwhether(0)) && vany(vfirst(1)), "vany");
}

/* Each of 0 .. W + 2 lanes at the end of a block of its own, so that what reads or writes more is seen by sanitizers. */
static void ends(void)
{
    for (int n = 0; n < W + 3; n++) {
        const int lanes = n < W ? n : W;
        float *p = malloc(sizeof *p * (size_t)(lanes + 1));
        int32_t *q = malloc(sizeof *q * (size_t)(lanes + 1));
        double *d = malloc(sizeof *d * (size_t)(lanes + 1));
        int64_t *wide = malloc(sizeof *wide * (size_t)(lanes + 1));
        for (int i = 0; i < lanes; i++) {
            p[i + 1] = a[i];
            q[i + 1] = i_a[i];
            d[i + 1] = (double)a[i] / 3;
        }
        p[0] = 7.0f;
        EACH("vload_n", vload_n(p + 1, n), i < n ? a[i] : 0.0f);
        EACH_INT("viload_n", viload_n(q + 1, n), i < n ? i_a[i] : 0);
        EACH("vload_f64_n", vload_f64_n(d + 1, n), i < n ? (float)((double)a[i] / 3) : 0.0f);
        EACH_IF("vlt_f64", vlt_f64(d + 1, 1, d + 1, 0, lanes), i && i < lanes && a[i] < a[0]);
        EACH_IF("vle_f64", vle_f64(d + 1, 1, d + 1, 0, lanes), i < lanes && a[i] <= a[0]);
        EACH_IF("veq_f64", veq_f64(d + 1, 0, d + 1, 1, lanes), i < lanes && a[i] == a[0]);
        EACH_IF("vfirst", vfirst(n), i < n);
        vstore_n(p + 1, vload(b), n);
        vistore_n(q + 1, viload(i_b), n);
        vistore_i64_n(wide + 1, viload(i_b), n);
        for (int i = 0; i < lanes; i++) {
            check(p[i + 1] == b[i], "vstore_n");
            check(q[i + 1] == i_b[i] && wide[i + 1] == i_b[i], "vistore_n");
        }
        vistore_n(q + 1, viload(i_a), -n);
        check(!lanes || q[1] == i_b[0], "vistore_n");
        check(p[0] == 7.0f, "vstore_n");
        float apart[3 * W + 1];
        for (int i = 0; i <= 3 * W; i++) {
            apart[i] = 7.0f;
        }
        vstore_at(apart, viota() * visplat(3), vload(b), n);
        for (int i = 0; i <= 3 * W; i++) {
            check(apart[i] == (i % 3 || i / 3 >= lanes ? 7.0f : b[i / 3]), "vstore_at");
        }
        EACH("vload_if", vload_if(vand(vfirst(n), vnot(vfirst(1))), p + 1), i && i < lanes ? b[i] : 0.0f);
        EACH("vgather", vgather_if(vfirst(n), p + 1, visplat(lanes - 1) - viota()), i < lanes ? b[lanes - 1 - i] : 0.0f);
        EACH_INT("vigather", vigather_if(vfirst(n), q + 1, visplat(lanes - 1) - viota()), i < lanes ? i_b[lanes - 1 - i] : 0);
        free(p);
        free(q);
        free(d);
        free(wide);
    }
    EACH_IF("vfirst of less", vfirst(-3), 0);
    EACH("vgather", vgather(a, visplat(W - 1) - viota()), a[W - 1 - i]);
    EACH_INT("vigather", vigather(i_a, visplat(W - 1) - viota()), i_a[W - 1 - i]);
}

static void over_lanes(void)
{
    float sum[W], high = a[0], low = a[0];
    memcpy(sum, a, sizeof sum);
    for (int half = W / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) {
            sum[i] += sum[i + half];
        }
    }
    for (int i = 0; i < W; i++) {
        high = a[i] > high ? a[i] : high;
        low = a[i] < low ? a[i] : low;
    }
    check(vsum(vload(a)) == sum[0], "vsum");
    check(vhigh(vload(a)) == high, "vhigh");
    check(vlow(vload(a)) == low, "vlow");

    float from[W * (W + 3)], to[W * (W + 1)];
    for (int i = 0; i < W * (W + 3); i++) {
        from[i] = random_float();
    }
    vturn(from, W + 3, to, W + 1);
    for (int i = 0; i < W; i++) {
        for (int j = 0; j < W; j++) {
            check(to[j * (W + 1) + i] == from[i * (W + 3) + j], "vturn");
        }
    }
}

#include "functions.h"

/* ---- tiles -------------------------------------------------------------------------------------------------------------------------- */

/* Each element is a chain of its own: the same bits for every number of rows and lanes. */
static void tiles(void)
{
    enum { MOST_K = 9, ROW = MOST_K + 2, WIDE = NR + 5 };
    static float left[MR * ROW], right[MOST_K * WIDE], tile[MR * WIDE], wanted[MR * NR];
    for (int i = 0; i < MR * ROW; i++) {
        left[i] = random_float();
    }
    for (int i = 0; i < MOST_K * WIDE; i++) {
        right[i] = random_float();
    }
    for (int rows = 1; rows <= MR; rows++) {
        for (int lanes = 1; lanes <= NV; lanes++) {
            for (int K = 0; K <= MOST_K; K++) {
                for (int add = 0; add < 2; add++) {
                    for (int i = 0; i < rows; i++) {
                        for (int j = 0; j < lanes * W; j++) {
                            float sum = tile[i * WIDE + j] = add ? random_float() : 0.0f;
                            for (int k = 0; k < K; k++) {
                                sum = fused(left[i * ROW + k], right[k * WIDE + j], sum);
                            }
                            wanted[i * NR + j] = sum;
                        }
                    }
                    (add ? tile_add_lanes : tile_dot_lanes)(lanes, rows, left, ROW, 1, right, WIDE, K, tile, WIDE);
                    for (int i = 0; i < rows; i++) {
                        for (int j = 0; j < lanes * W; j++) {
                            check(tile[i * WIDE + j] == wanted[i * NR + j], "tile");
                        }
                    }
                }
            }
        }
    }
    for (int left_rows = 0; left_rows < 50; left_rows++) {
        int sum = 0, low = MR, high = 0;
        for (int row = 0; row < left_rows;) {
            const int take = tile_take(left_rows - row);
            low = take < low ? take : low;
            high = take > high ? take : high;
            row += take;
            sum += take;
        }
        check(sum == left_rows && high <= MR && (!left_rows || high - low <= 1), "tile_take");
    }
}

/* ---- bytes and halves ---------------------------------------------------------------------------------------------------------------- */

static void narrow(void)
{
    uint8_t low[W + 1];
    uint16_t halves[W];
    low[W] = 77;
    vistore_bytes(low, viload(i_a));
    for (int i = 0; i < W; i++) {
        uint32_t bits;
        memcpy(&bits, &a[i], sizeof bits);
        halves[i] = (uint16_t)(bits >> 16);
        check(low[i] == (uint8_t)((uint32_t)i_a[i] & 255u), "vistore_bytes");
    }
    check(low[W] == 77, "vistore_bytes writes further");
    vstore(y, vload_bf16(halves));
    for (int i = 0; i < W; i++) {
        const uint32_t bits = (uint32_t)halves[i] << 16;
        check(memcmp(&y[i], &bits, sizeof bits) == 0, "vload_bf16");
    }
}

/* Numbers as bytes: none further than half a step, zero is zero, and what comes of rows that are odd in some way. */
static void rounded(void)
{
    enum { MOST = 70, ROOM = 96 };
    static const float kind[][3] = {{1.0f, -0.5f, 0.0f},    {1.0f, 0.0f, 0.0f},     {1.0f, 0.0f, 3.0f},   {1.0f, 0.0f, -3.0f}, {0.0f, 0.0f, 0.0f},
                                    {0.0f, 0.0f, 2.5f},     {0.0f, 0.0f, -7.0f},    {3.4e38f, -0.5f, 0.0f}, {1e-36f, 0.0f, 0.0f},
                                    {1e-41f, -0.5f, 0.0f}};
    float x[MOST];
    uint8_t to[ROOM];
    for (int n = 1; n <= MOST; n++) {
        for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
            for (int k = 0; k < n; k++) {
                x[k] = ((float)(random_bits() % 1024u) / 1023.0f + kind[i][1]) * kind[i][0] + kind[i][2];
                x[k] = n > 3 && k == n / 2 ? 0.0f : x[k];
            }
            if (kind[i][0] > 1e38f && n > 1) { /* their difference is no float */
                x[0] = 3.4e38f;
                x[n - 1] = -3.4e38f;
            }
            memset(to, 99, sizeof to);
            const part_u8 part = part_u8_of(x, n, to);
            check(part.scale >= 1.17549435e-38f && part.zero >= 0.0f && part.zero <= 255.0f && part.zero == floorf(part.zero), "part_u8_of");
            for (int k = 0; k < n; k++) {
                const double back = ((double)to[k] - (double)part.zero) * (double)part.scale;
                check(fabs(back - (double)x[k]) <= (double)part.scale * 0.5001, "a byte is not the nearest");
                check(x[k] != 0.0f || back == 0.0, "zero is not zero");
            }
            for (int k = (n + W - 1) / W * W; k < ROOM; k++) {
                check(to[k] == 99, "part_u8_of writes further");
            }
        }
        x[n - 1] = n % 3 == 0 ? NAN : n % 3 == 1 ? INFINITY : -INFINITY;
        check(isnan(part_u8_of(x, n, to).scale), "a row that is not finite");
    }
}

enum { MOST_K = 2 * GROUP_U8 + 7, ROW = (MOST_K + 63) / 64 * 64, GROUPS = (MOST_K + GROUP_U8 - 1) / GROUP_U8, WIDE = NR + 3 };

/* What a tile of bytes is, one number after the other; whole numbers are in double, what follows in float, as it is said. */
static float byte_product(const uint8_t *left, const part_u8 *part, const int8_t *right, const float *scale, int K, int j)
{
    float all = 0.0f;
    for (int g = 0; g * GROUP_U8 < K; g++, scale += 2 * WIDE) {
        double sum = 0;
        for (int k = g * GROUP_U8; k < K && k < (g + 1) * GROUP_U8; k++) {
            sum += (double)left[k] * right[(k / 4 * WIDE + j) * 4 + k % 4];
        }
        const float factor = part[g].scale * scale[j];
        const float one = (float)(sum - (double)part[g].zero * (double)scale[WIDE + j]) * factor;
        all = g ? all + one : one;
    }
    return all;
}

static void bytes(void)
{
    static const int size[] = {0, 1, 3, 4, 31, 32, GROUP_U8 - 1, GROUP_U8, GROUP_U8 + 1, 2 * GROUP_U8, MOST_K};
    static float x[MR * MOST_K], scale[GROUPS * 2 * WIDE], tile[MR * NR];
    static uint8_t left[MR * ROW];
    static int8_t right[ROW * WIDE];
    static part_u8 part[MR * GROUPS];
    for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
        const int K = size[s];
        memset(right, 0, sizeof right);
        for (int i = 0; i < MR * K; i++) {
            x[i] = random_float();
        }
        for (int k = 0; k < K; k++) {
            for (int j = 0; j < WIDE; j++) {
                right[(k / 4 * WIDE + j) * 4 + k % 4] = (int8_t)(random_bits() % 3 ? (int)(random_bits() % 255u) - 127 : -127);
            }
        }
        for (int g = 0; g * GROUP_U8 < K; g++) {
            for (int j = 0; j < WIDE; j++) {
                scale[g * 2 * WIDE + j] = random_float();
                scale[(g * 2 + 1) * WIDE + j] = (float)((int)(random_bits() % 4001u) - 2000);
            }
        }
        for (int i = 0; i < MR; i++) {
            row_u8_of(x + i * K, K, left + i * ROW, part + i * GROUPS);
        }
        for (int rows = 1; K > 0 && rows <= MR; rows++) {
            if (rows % 2) {
                tile_dot_u8(rows, left, ROW, part, GROUPS, right, scale, WIDE, K, tile, NR);
            } else {
                tile_dot_u8_ahead(rows, left, ROW, part, GROUPS, right, scale, WIDE, K, tile, NR, tile_share(right, K / 4, 0, rows, MR));
            }
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < NR; j++) {
                    check(tile[i * NR + j] == byte_product(left + i * ROW, part + i * GROUPS, right, scale, K, j), "tile_dot_u8");
                }
            }
        }
    }
}

/* Halves are floats: the same as tile_dot with what they stand for. */
static void halves(void)
{
    enum { MOST = 37 };
    static float x[MR * MOST], right[MOST * WIDE], tile[MR * NR], wanted[MR * NR];
    static uint16_t half[MOST * WIDE];
    for (int i = 0; i < MOST * WIDE; i++) {
        half[i] = (uint16_t)(0x3F00u + random_bits() % 512u + (random_bits() % 2 ? 0x8000u : 0u));
        const uint32_t bits = (uint32_t)half[i] << 16;
        memcpy(&right[i], &bits, sizeof bits);
    }
    for (int i = 0; i < MR * MOST; i++) {
        x[i] = random_float();
    }
    for (int rows = 1; rows <= MR; rows++) {
        for (int K = 0; K <= MOST; K++) {
            tile_dot(rows, x, MOST, 1, right, WIDE, K, wanted, NR);
            tile_dot_bf16(rows, x, MOST, 1, half, WIDE, K, tile, NR);
            check(memcmp(tile, wanted, sizeof(float) * (size_t)(rows * NR)) == 0, "tile_dot_bf16");
            tile_sum_bf16(0, rows, x, MOST, 1, half, WIDE, K / 3, tile, NR);
            tile_sum_bf16(1, rows, x + K / 3, MOST, 1, half + K / 3 * WIDE, WIDE, K - K / 3, tile, NR);
            check(memcmp(tile, wanted, sizeof(float) * (size_t)(rows * NR)) == 0, "tile_sum_bf16");
            const tile_next next = {(const char *)right, 4};
            tile_sum(0, rows, x, MOST, 1, right, WIDE, K / 3, tile, NR, next);
            tile_sum(1, rows, x + K / 3, MOST, 1, right + K / 3 * WIDE, WIDE, K - K / 3, tile, NR, next);
            check(memcmp(tile, wanted, sizeof(float) * (size_t)(rows * NR)) == 0, "tile_sum");
        }
    }
}

/* Rows of runs that lie anywhere: the same as tile_dot with what they are side by side. */
static void anywhere(void)
{
    enum { RUNS = 5, RUN = 7, MOST = RUNS * RUN };
    static float x[40 * RUN], row[MR * MOST], right[MOST * WIDE], tile[MR * NR], wanted[MR * NR];
    static uint16_t half[MOST * WIDE];
    const float *at[RUNS * MR];
    for (int i = 0; i < 40 * RUN; i++) {
        x[i] = random_float();
    }
    for (int i = 0; i < MOST * WIDE; i++) {
        half[i] = (uint16_t)(0x3F00u + random_bits() % 512u + (random_bits() % 2 ? 0x8000u : 0u));
        const uint32_t bits = (uint32_t)half[i] << 16;
        memcpy(&right[i], &bits, sizeof bits);
    }
    for (int rows = 1; rows <= MR; rows++) {
        for (int runs = 0; runs <= RUNS; runs++) {
            const int run = 1 + (int)(random_bits() % RUN);
            for (int r = 0; r < runs; r++) {
                for (int i = 0; i < rows; i++) {
                    at[r * MR + i] = x + random_bits() % (39 * RUN);
                    memcpy(row + i * MOST + r * run, at[r * MR + i], sizeof(float) * (size_t)run);
                }
            }
            tile_dot(rows, row, MOST, 1, right, WIDE, runs * run, wanted, NR);
            for (int i = 0; i < rows * NV; i++) {
                const int lanes = i % NV + 1;
                tile_dot_at(lanes, rows, at, MR, runs, run, right, WIDE, tile, NR);
                check(memcmp(tile + i / NV * NR, wanted + i / NV * NR, sizeof(float) * (size_t)(lanes * W)) == 0, "tile_dot_at");
                tile_dot_at_bf16(lanes, rows, at, MR, runs, run, half, WIDE, tile, NR);
                check(memcmp(tile + i / NV * NR, wanted + i / NV * NR, sizeof(float) * (size_t)(lanes * W)) == 0, "tile_dot_at_bf16");
            }
        }
    }
}

#include "pairs.h"

int main(int argc, char **argv)
{
    if (PAIRS) { /* words and functions are those of avx512 */
        pairs();
        return wrong;
    }
    Extent of = {argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 4099u, 0, 1};
    if (argc > 3) {
        of.part = (unsigned)atoi(argv[2]);
        of.parts = (unsigned)atoi(argv[3]);
    }
    if (of.part == 0) {
        printf("%d lanes\n", W);
        for (int turn = 0; turn < 20; turn++) {
            fill();
            arithmetic();
            tables();
            conditions();
            ends();
            over_lanes();
            narrow();
        }
        tiles();
        rounded();
        bytes();
        halves();
        anywhere();
        pairs();
        powers();
    }
    functions(of, argv + 4, argc > 4 ? argc - 4 : 0);
    return wrong;
}
