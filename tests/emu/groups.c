/* groups.c - products by a warpgroup: runtime/cuda/group.h
 *
 * Each warp computes its 16 rows. Operands are read through the descriptors as they were made, bit by bit, when the product is waited for (as
 * late as it may be done) or, with EMU_EAGER, at once; accumulators are NaN in between. */
#include "inner.h"
#include "map.h"
#include "words.h"

#include <math.h>
#include <string.h>

enum { MOST_PRODUCTS = 64, MOST_N = 256, WARPS = 32, MOST_C = 4 };

typedef struct Product {
    uint64_t a, b;
    int n, adds, turned, f16, holds; /* holds: a is in registers */
    int group, c;                   /* c: which of the accumulators under way */
    const uint32_t *held[32];
    uint32_t was[32][4];
} Product;

typedef struct Sums { /* accumulators of a warp, in registers */
    float *lane[32];
    float value[32][MOST_N / 2];
    int n, products; /* of them under way */
} Sums;

static struct Queue { /* of a warp */
    Product product[MOST_PRODUCTS];
    int n, groups, fenced;
    long issued;
    Sums sums[MOST_C];
} queue[WARPS];

/* What the first warp to come of four asks for is what the others ask for. */
static Product asked[WARPS / 4][1024];
static long asked_n[WARPS / 4];

void emu_groups_block(void)
{
    memset(asked_n, 0, sizeof asked_n);
    for (int i = 0; i < WARPS; i++) {
        memset(&queue[i], 0, offsetof(struct Queue, sums));
        for (int k = 0; k < MOST_C; k++) {
            queue[i].sums[k].products = 0;
        }
    }
}

void emu_groups_end(void)
{
    for (int i = 0; i < WARPS; i++) {
        if (queue[i].n) {
            emu_stop("a product of a warpgroup is under way when the block ends");
        }
    }
}

/* ---- operands -------------------------------------------------------------------------------------------------- */

uint64_t group_matrix(const void *at, int step, int next, int swizzle)
{
    size_t place;
    if (!emu_is_shared(at, &place) || (uintptr_t)at % 16 || step % 16 || next % 16 || (swizzle != 128 && swizzle != 64 && swizzle != 32)) {
        emu_stop("a matrix of a product that is not aligned, or not in shared memory");
    }
    const uint64_t kind = swizzle == 128 ? 1 : swizzle == 64 ? 2 : 3;
    return ((uint64_t)place & 0x3ffff) >> 4 | (uint64_t)(next >> 4) << 16 | (uint64_t)(step >> 4) << 32 | kind << 62;
}

/* The number in row `row` (of a, or a column of b) and k. */
static float operand(uint64_t matrix, int row, int k, int turned, int f16)
{
    const uint32_t kind = (uint32_t)(matrix >> 62), width = kind == 1 ? 128 : kind == 2 ? 64 : kind == 3 ? 32 : 0;
    const uint32_t start = (uint32_t)(matrix & 0x3fff) << 4, next = (uint32_t)(matrix >> 16 & 0x3fff) << 4;
    const uint32_t step = (uint32_t)(matrix >> 32 & 0x3fff) << 4, across = width / 2; /* numbers in a row of the pattern */
    if (!width || (matrix >> 49 & 7)) {
        emu_stop("a matrix of a product without a swizzle, or with a base offset");
    }
    const uint32_t u = (uint32_t)row, v = (uint32_t)k;
    const uint32_t at = turned ? start + u / across * next + v / 8 * step + v % 8 * width + u % across * 2
                               : start + u / 8 * step + u % 8 * width + v * 2;
    const uint32_t place = (uint32_t)emu_swizzled(at, width);
    uint16_t half;
    emu_shared_async_read(place, sizeof half);
    memcpy(&half, emu_shared_at(place), sizeof half);
    return f16 ? emu_of_f16(half) : emu_of_bf16(half);
}

/* ---- products -------------------------------------------------------------------------------------------------- */

/* The number in row `row` of a warp's 16 and k, which lanes hold. */
static float held(const Product *p, int row, int k)
{
    const uint32_t word = p->was[row % 8 * 4 + k % 8 / 2][k / 8 * 2 + row / 8], half = word >> k % 2 * 16 & 0xffff;
    return p->f16 ? emu_of_f16(half) : emu_of_bf16(half);
}

static void check_held(const Product *p)
{
    for (int lane = 0; p->holds && lane < 32; lane++) {
        if (memcmp(p->held[lane], p->was[lane], sizeof p->was[lane]) != 0) {
            emu_stop("registers of a product changed while it was under way");
        }
    }
}

static void multiply(struct Queue *q, const Product *p)
{
    static float a[16][16], b[MOST_N][16];
    Sums *const c = &q->sums[p->c];
    check_held(p);
    for (int k = 0; k < 16; k++) {
        for (int i = 0; i < 16; i++) {
            a[i][k] = p->holds ? held(p, i, k) : operand(p->a, emu_me->warp % 4 * 16 + i, k, 0, p->f16);
        }
        for (int j = 0; j < p->n; j++) {
            b[j][k] = operand(p->b, j, k, p->turned, p->f16);
        }
    }
    for (int lane = 0; lane < 32; lane++) {
        for (int i = 0; i < p->n / 2; i++) {
            const float *const left = a[lane / 4 + i / 2 % 2 * 8], *const right = b[i / 4 * 8 + lane % 4 * 2 + i % 2];
            float sum = p->adds ? c->value[lane][i] : 0.0f;
            for (int k = 0; k < 16; k++) {
                sum += left[k] * right[k];
            }
            c->value[lane][i] = sum;
        }
    }
    if (--c->products == 0) {
        for (int lane = 0; lane < 32; lane++) {
            memcpy(c->lane[lane], c->value[lane], (size_t)p->n / 2 * sizeof(float));
        }
    }
}

/* Which accumulators these are; they are the product's until it is waited for. */
static int take_sums(struct Queue *q, uint32_t in[32][EMU_WORDS], int n)
{
    float *at[32];
    int free = -1;
    for (int lane = 0; lane < 32; lane++) {
        memcpy(&at[lane], in[lane], sizeof at[lane]);
    }
    for (int i = 0; i < MOST_C; i++) {
        if (q->sums[i].products && q->sums[i].lane[0] == at[0]) {
            return i;
        }
        free = q->sums[i].products ? free : i;
    }
    if (free < 0) {
        emu_stop("too many accumulators of a warpgroup at once");
    }
    Sums *const c = &q->sums[free];
    c->n = n;
    for (int lane = 0; lane < 32; lane++) {
        c->lane[lane] = at[lane];
        for (int i = 0; i < n / 2; i++) {
            c->value[lane][i] = at[lane][i];
            at[lane][i] = NAN;
        }
    }
    return free;
}

static void check_alike(struct Queue *q, const Product *p)
{
    const int group = emu_me->warp / 4;
    Product *const of_group = &asked[group][q->issued % 1024];
    if (q->issued >= asked_n[group]) {
        *of_group = *p;
        asked_n[group] = q->issued + 1;
    } else if (of_group->a != p->a || of_group->b != p->b || of_group->n != p->n || of_group->adds != p->adds || of_group->turned != p->turned ||
               of_group->f16 != p->f16 || of_group->holds != p->holds) {
        emu_stop("warps of a group ask for different products");
    }
    q->issued++;
}

static void begin(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    struct Queue *const q = &queue[emu_me->warp];
    Product p = {.n = (int)in[0][6], .adds = (int)in[0][7], .turned = (int)in[0][8], .f16 = (int)in[0][9], .holds = (int)in[0][10], .group = q->groups};
    (void)out;
    memcpy(&p.a, &in[0][2], sizeof p.a);
    memcpy(&p.b, &in[0][4], sizeof p.b);
    for (int lane = 1; lane < 32; lane++) {
        if (memcmp(&in[lane][2], &in[0][2], 9 * sizeof in[0][0]) != 0) {
            emu_stop("lanes ask for different products");
        }
    }
    if (!q->fenced) {
        emu_stop("a product of a warpgroup without group_fence before it");
    }
    if (q->n == MOST_PRODUCTS) {
        emu_stop("too many products that nobody waits for");
    }
    for (int lane = 0; p.holds && lane < 32; lane++) {
        memcpy(&p.held[lane], &in[lane][11], sizeof p.held[lane]);
        memcpy(p.was[lane], p.held[lane], sizeof p.was[lane]);
    }
    check_alike(q, &p);
    p.c = take_sums(q, in, p.n);
    q->sums[p.c].products++;
    for (int row = 0; row < 16 && !p.holds; row++) { /* what it reads is there already */
        (void)operand(p.a, emu_me->warp % 4 * 16 + row, 0, 0, p.f16);
    }
    for (int j = 0; j < p.n; j++) {
        (void)operand(p.b, j, 0, p.turned, p.f16);
        (void)operand(p.b, j, 15, p.turned, p.f16);
    }
    if (emu_is_eager()) {
        multiply(q, &p);
    } else {
        q->product[q->n++] = p;
    }
}

void emu_group_multiply(int f16, float *c, uint64_t a, const uint32_t *held, uint64_t b, int n, int adds, int turned, const char *file, int line)
{
    uint32_t in[13];
    memcpy(in, &c, sizeof c);
    memcpy(in + 2, &a, sizeof a);
    memcpy(in + 4, &b, sizeof b);
    in[6] = (uint32_t)n;
    in[7] = adds != 0;
    in[8] = turned != 0;
    in[9] = f16 != 0;
    in[10] = held != NULL;
    memcpy(in + 11, &held, sizeof held);
    emu_warp(0xffffffffu, in, 13, NULL, 0, begin, file, line);
}

static void fence(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    (void)in, (void)out;
    queue[emu_me->warp].fenced = 1;
}

void emu_group_fence(const char *file, int line)
{
    emu_warp(0xffffffffu, NULL, 0, NULL, 0, fence, file, line);
}

static void commit(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    (void)in, (void)out;
    queue[emu_me->warp].groups++;
}

void emu_group_commit(const char *file, int line)
{
    emu_warp(0xffffffffu, NULL, 0, NULL, 0, commit, file, line);
}

static void wait_for(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    struct Queue *const q = &queue[emu_me->warp];
    int left = 0;
    (void)out;
    for (int i = 0; i < q->n; i++) {
        if (q->product[i].group < q->groups - (int)in[0][0]) {
            multiply(q, &q->product[i]);
        } else {
            q->product[left++] = q->product[i];
        }
    }
    q->n = left;
    q->fenced = left > 0; /* accumulators are touched next */
}

void emu_group_wait(int n, const char *file, int line)
{
    const uint32_t in = (uint32_t)n;
    emu_warp(0xffffffffu, &in, 1, NULL, 0, wait_for, file, line);
}
