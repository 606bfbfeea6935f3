/* words.c - what the words of runtime/cuda do
 *
 * Asynchronous copies arrive when they are waited for, as late as they may: who reads before finds what was there. With EMU_EAGER they
 * arrive at once, as early as they may: who still reads what they overwrite finds it gone. */
#include "inner.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* ---- lanes ----------------------------------------------------------------------------------------------------- */

static void exchange(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    for (int lane = 0; lane < 32; lane++) {
        if (in[lane][1] > 31) {
            emu_stop("there is no lane %u", in[lane][1]);
        }
        out[lane][0] = in[in[lane][1]][0];
    }
}

static float from_lane(float x, int lane, const char *file, int line)
{
    uint32_t in[2] = {0, (uint32_t)lane}, out;
    memcpy(in, &x, sizeof x);
    emu_warp(0xffffffffu, in, 2, &out, 1, exchange, file, line);
    memcpy(&x, &out, sizeof x);
    return x;
}

float emu_lane_xor(float x, int mask, const char *file, int line)
{
    return from_lane(x, emu_me->lane ^ mask, file, line);
}

float emu_lane_from(float x, int lane, const char *file, int line)
{
    return from_lane(x, lane, file, line);
}

static void ballot(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    uint32_t all = 0;
    for (int lane = 0; lane < 32; lane++) {
        all |= in[lane][0] << lane;
    }
    for (int lane = 0; lane < 32; lane++) {
        out[lane][0] = all;
    }
}

uint32_t emu_lanes_where(int says, const char *file, int line)
{
    const uint32_t in = says != 0;
    uint32_t out;
    emu_warp(0xffffffffu, &in, 1, &out, 1, ballot, file, line);
    return out;
}

/* ---- copies ---------------------------------------------------------------------------------------------------- */

enum { MOST_COPIES = 512, COPY = 16 };

typedef struct Copy {
    void *to;
    const void *from; /* NULL: zeros */
    int group;        /* how many groups had ended before it */
} Copy;

static struct Queue { /* of a thread */
    Copy copy[MOST_COPIES];
    int n, groups;
} queue[1024];

void emu_words_block(void)
{
    for (int i = 0; i < 1024; i++) {
        queue[i].n = queue[i].groups = 0;
    }
}

static void arrive(const Copy *c)
{
    emu_access(c->to, COPY, 1);
    if (c->from) {
        memcpy(c->to, c->from, COPY);
    } else {
        memset(c->to, 0, COPY);
    }
}

void copy_async(void *shared, const void *from, int takes)
{
    size_t place;
    struct Queue *const q = &queue[emu_me->number];
    if (!emu_is_shared(shared, &place) || (uintptr_t)shared % COPY || (takes && (uintptr_t)from % COPY)) {
        emu_stop("an asynchronous copy of what is not aligned to 16 bytes, or not to shared memory");
    }
    if (takes) {
        emu_access(from, COPY, 0);
    }
    emu_access(shared, COPY, 1);
    const Copy copy = {shared, takes ? from : NULL, q->groups};
    if (getenv("EMU_EAGER")) {
        arrive(&copy);
    } else if (q->n == MOST_COPIES) {
        emu_stop("too many asynchronous copies that nobody waits for");
    } else {
        q->copy[q->n++] = copy;
    }
}

void copy_group(void)
{
    queue[emu_me->number].groups++;
}

void copy_wait(int n)
{
    struct Queue *const q = &queue[emu_me->number];
    int left = 0;
    for (int i = 0; i < q->n; i++) {
        if (q->copy[i].group < q->groups - n) {
            arrive(&q->copy[i]);
        } else {
            q->copy[left++] = q->copy[i];
        }
    }
    q->n = left;
}

/* ---- matrices -------------------------------------------------------------------------------------------------- */

static float of_bf16(uint32_t half)
{
    const uint32_t bits = half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t to_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return x != x ? 0x7fff : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

uint32_t pack_bf16(float a, float b)
{
    return to_bf16(a) | to_bf16(b) << 16;
}

static void load(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    for (int lane = 0; lane < 32; lane++) {
        for (int m = 0; m < 4; m++) {
            uint32_t half[2];
            for (int k = 0; k < 2; k++) {
                const int turned = (int)in[0][2], row = turned ? lane % 4 * 2 + k : lane / 4, column = turned ? lane / 4 : lane % 4 * 2 + k;
                const uint16_t *from;
                memcpy(&from, in[m * 8 + row], sizeof from);
                half[k] = from[column];
            }
            out[lane][m] = half[0] | half[1] << 16;
        }
    }
}

void emu_matrix_load(uint32_t *to, const void *row, int turned, const char *file, int line)
{
    uint32_t in[3] = {0, 0, (uint32_t)turned};
    size_t place;
    if (!emu_is_shared(row, &place) || (uintptr_t)row % 16) {
        emu_stop("a row of a matrix that is not in shared memory, or not aligned to 16 bytes");
    }
    emu_access(row, 16, 0);
    memcpy(in, &row, sizeof row);
    emu_warp(0xffffffffu, in, 3, to, 4, load, file, line);
}

static void multiply(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    static float a[16][16], b[16][8], c[16][8];
    for (int lane = 0; lane < 32; lane++) {
        const int row = lane / 4, column = lane % 4 * 2;
        for (int k = 0; k < 8; k++) { /* two numbers in each of four words */
            a[row + (k / 2 & 1) * 8][column + k / 4 * 8 + (k & 1)] = of_bf16(in[lane][k / 2] >> (k & 1) * 16 & 0xffff);
        }
        for (int k = 0; k < 4; k++) {
            b[column + k / 2 * 8 + (k & 1)][row] = of_bf16(in[lane][4 + k / 2] >> (k & 1) * 16 & 0xffff);
            memcpy(&c[row + k / 2 * 8][column + (k & 1)], &in[lane][6 + k], sizeof(float));
        }
    }
    for (int i = 0; i < 16; i++) {
        for (int k = 0; k < 16; k++) {
            for (int j = 0; j < 8; j++) {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    for (int lane = 0; lane < 32; lane++) {
        for (int k = 0; k < 4; k++) {
            memcpy(&out[lane][k], &c[lane / 4 + k / 2 * 8][lane % 4 * 2 + (k & 1)], sizeof(float));
        }
    }
}

void emu_matrix_multiply(float *c, const uint32_t *a, uint32_t b0, uint32_t b1, const char *file, int line)
{
    uint32_t in[10] = {a[0], a[1], a[2], a[3], b0, b1}, out[4];
    memcpy(in + 6, c, 4 * sizeof *c);
    emu_warp(0xffffffffu, in, 10, out, 4, multiply, file, line);
    memcpy(c, out, sizeof out);
}
