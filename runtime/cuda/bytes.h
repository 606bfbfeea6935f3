/* bytes.h - rows rounded to bytes from 0 to 255: as runtime/simd/tile_u8.h rounds them, bit for bit */
#ifndef MODEL_CUDA_BYTES_H
#define MODEL_CUDA_BYTES_H

enum { GROUP_U8 = 192 };

typedef struct part_u8 {
    float scale, zero; /* byte b stands for (b - zero) * scale */
} part_u8;

static __device__ __forceinline__ float round_u8(float x) /* to the nearest, ties to even; below 2^22 */
{
    const float shifted = x + 12582912.0f;
    return shifted - 12582912.0f;
}

/* A group of a row by a warp: lane l brings numbers 4 l .. 4 l + 3 and 128 + 4 l .. 128 + 4 l + 3, zeros where there are none. Its first
 * `words` * 4 bytes go to row `row` of tiles, 64 to each, `side` bytes apart. A number that is not finite makes the scale NaN. */
static __device__ __forceinline__ part_u8 row_u8(const float *x, unsigned char *tile, int side, int row, int words)
{
    const int lane = (int)threadIdx.x % 32;
    float low = 0.0f, high = 0.0f, finite = 0.0f;
    for (int e = 0; e < 8; e++) {
        low = x[e] < low ? x[e] : low;
        high = x[e] > high ? x[e] : high;
        finite = finite + (x[e] - x[e]);
    }
    for (int mask = 16; mask > 0; mask /= 2) {
        const float other_low = lane_xor(low, mask), other_high = lane_xor(high, mask);
        low = other_low < low ? other_low : low;
        high = other_high > high ? other_high : high;
        finite = finite + lane_xor(finite, mask);
    }
    const float range = high / 255.0f - low / 255.0f, least = 1.17549435e-38f, scale = range > least ? range : least;
    const float inverse = 1.0f / scale, zero = round_u8(-low * inverse), below = -zero, above = 255.0f - zero, shift = 12582912.0f + zero;
    UNROLLED for (int h = 0; h < 2; h++)
    {
        const int word = h * 32 + lane;
        uint32_t bytes = 0;
        for (int e = 0; e < 4; e++) {
            const float at = fminf(fmaxf(x[h * 4 + e] * inverse, below), above);
            bytes |= (bits_of(at + shift) & 255u) << (8 * e);
        }
        if (word >= words) {
            break;
        }
        ((uint32_t *)(void *)row_64(tile + word / 16 * side, row, word % 16 / 4))[word % 4] = bytes;
    }
    const part_u8 part = {scale + finite, zero};
    return part;
}

/* What a sum of products of bytes stands for; scale: of the column, and the sum of its bytes. */
static __device__ __forceinline__ float sum_u8(int32_t count, part_u8 part, const float *scale)
{
    const float sum = (float)count - part.zero * scale[1];
    return sum * (part.scale * scale[0]);
}

#endif
