/* matrices.c - products of small matrices: runtime/cuda/matrix.h, where the layouts are told; here they are those of the PTX ISA's figures,
 * number by number */
#include "inner.h"
#include "words.h"

#include <math.h>
#include <string.h>

/* ---- numbers --------------------------------------------------------------------------------------------------- */

float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

float emu_of_bf16(uint32_t half)
{
    return float_of(half << 16);
}

float emu_of_f16(uint32_t half)
{
    const int exponent = (int)(half >> 10 & 31), mantissa = (int)(half & 1023);
    const float size = exponent == 31 ? (mantissa ? NAN : INFINITY)
                       : exponent     ? ldexpf((float)(1024 + mantissa), exponent - 25)
                                      : ldexpf((float)mantissa, -24);
    return half >> 15 & 1 ? -size : size;
}

static uint32_t to_bf16(float x)
{
    const uint32_t bits = bits_of(x);
    return x != x ? 0x7fff : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static uint32_t to_f16(float x)
{
    const uint32_t sign = bits_of(x) >> 16 & 0x8000;
    int exponent;
    if (x != x || fabsf(x) >= 65520.0f || x == 0.0f) {
        return x != x ? 0x7fff : sign | (x == 0.0f ? 0 : 0x7c00);
    }
    frexpf(x, &exponent); /* the last of 11 bits, or of the smallest number */
    const int last = exponent - 11 > -24 ? exponent - 11 : -24;
    const uint32_t steps = (uint32_t)rintf(ldexpf(fabsf(x), -last)); /* to the even one between two */
    return sign | (last == -24 ? steps : ((uint32_t)(last + 24) << 10) + steps);
}

uint32_t pack_bf16(float a, float b)
{
    return to_bf16(a) | to_bf16(b) << 16;
}

uint32_t pack_f16(float a, float b)
{
    return to_f16(a) | to_f16(b) << 16;
}

uint32_t round_tf32(float x)
{
    return x != x ? 0x7fffffff : fabsf(x) == INFINITY ? bits_of(x) : (bits_of(x) + 0x1000) & ~UINT32_C(0x1fff); /* ties away from 0 */
}

/* ---- from shared memory ---------------------------------------------------------------------------------------- */

static void load(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    const void *at[32];
    for (int lane = 0; lane < 32; lane++) {
        memcpy(&at[lane], in[lane], sizeof at[lane]);
    }
    emu_banks_request(at, 16);
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

/* ---- products -------------------------------------------------------------------------------------------------- */

/* What a word of 4 bytes holds: `each` numbers, of which the k-th is `value`. */
typedef struct Kind {
    int each;
    float (*value)(uint32_t word, int k);
    float (*right)(uint32_t word, int k); /* of b, where it differs */
} Kind;

static float bf16(uint32_t word, int k)
{
    return emu_of_bf16(word >> k * 16 & 0xffff);
}

static float f16(uint32_t word, int k)
{
    return emu_of_f16(word >> k * 16 & 0xffff);
}

/* The last 13 bits are not read. */
static float tf32(uint32_t word, int k)
{
    (void)k;
    return float_of(word & ~UINT32_C(0x1fff));
}

static float u8(uint32_t word, int k)
{
    return (float)(word >> k * 8 & 0xff);
}

static float s8(uint32_t word, int k)
{
    return (float)(int8_t)(word >> k * 8 & 0xff);
}

static const Kind kinds[] = {{2, bf16, bf16}, {2, f16, f16}, {1, tf32, tf32}, {4, u8, s8}};

/* a[0..3], b0, b1, c[0..3], kind */
static void multiply(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    static float a[16][32], b[8][32];
    const Kind *const kind = &kinds[in[0][10]];
    const int each = kind->each, half = 4 * each; /* numbers in the first 16 bytes of a row */
    for (int lane = 0; lane < 32; lane++) {
        for (int k = 0; k < each; k++) {
            const int column = lane % 4 * each + k;
            for (int i = 0; i < 4; i++) {
                a[lane / 4 + i % 2 * 8][column + i / 2 * half] = kind->value(in[lane][i], k);
            }
            for (int i = 0; i < 2; i++) {
                b[lane / 4][column + i * half] = kind->right(in[lane][4 + i], k);
            }
        }
    }
    for (int lane = 0; lane < 32; lane++) {
        for (int i = 0; i < 4; i++) {
            const float *const left = a[lane / 4 + i / 2 * 8], *const right = b[lane % 4 * 2 + i % 2];
            if (each == 4) {
                int32_t sum = (int32_t)in[lane][6 + i];
                for (int k = 0; k < 2 * half; k++) {
                    sum += (int32_t)left[k] * (int32_t)right[k];
                }
                out[lane][i] = (uint32_t)sum;
            } else {
                float sum = float_of(in[lane][6 + i]);
                for (int k = 0; k < 2 * half; k++) {
                    sum += left[k] * right[k];
                }
                out[lane][i] = bits_of(sum);
            }
        }
    }
}

void emu_matrix_multiply(void *c, const uint32_t *a, uint32_t b0, uint32_t b1, int kind, const char *file, int line)
{
    uint32_t in[11] = {a[0], a[1], a[2], a[3], b0, b1}, out[4];
    in[10] = (uint32_t)kind;
    memcpy(in + 6, c, sizeof out);
    emu_warp(0xffffffffu, in, 11, out, 4, multiply, file, line);
    memcpy(c, out, sizeof out);
}
