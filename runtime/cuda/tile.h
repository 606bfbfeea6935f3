/* tile.h - tiles of matrices in shared memory, 64 bytes of each row, as tensor cores read them
 *
 * The four 16 bytes of a row change places with its number: eight rows of one column of them lie in different banks. Bytes 32 k to
 * 32 k + 31 of a row are what one product of a warp reads: 8 floats, 16 halves, 32 bytes. */
#ifndef MODEL_CUDA_TILE_H
#define MODEL_CUDA_TILE_H

enum { TILE_F32, TILE_BF16, TILE_F16, TILE_BYTES };

static __device__ __forceinline__ unsigned char *row_64(unsigned char *tile, int row, int chunk)
{
    return tile + row * 64 + (chunk ^ (row >> 1 & 3)) * 16;
}

/* The same of rows of 128 bytes, as copies of boxes and products of warpgroups have it. */
static __device__ __forceinline__ unsigned char *row_128(unsigned char *tile, int row, int chunk)
{
    return tile + row * 128 + (chunk ^ (row & 7)) * 16;
}

/* What a product reads of 16 rows; of 16 columns, each a row of the tile: to[0], to[1] of the first 8, to[2], to[3] of the others. */
static __device__ __forceinline__ void tile_rows(uint32_t *to, unsigned char *tile, int first, int k32)
{
    const int lane = (int)threadIdx.x % 32;
    matrix_load(to, row_64(tile, first + lane % 16, k32 * 2 + lane / 16));
}

static __device__ __forceinline__ void tile_columns(uint32_t *to, unsigned char *tile, int first, int k32)
{
    const int lane = (int)threadIdx.x % 32;
    matrix_load(to, row_64(tile, first + lane / 16 * 8 + lane % 8, k32 * 2 + lane / 8 % 2));
}

/* Of floats: each is a high and a low part of 11 bits, and low * low is left out. */
static __device__ __forceinline__ void matrix_multiply_f32(float *c, const uint32_t *a, const uint32_t *b)
{
    uint32_t high[4], low[4], b_high[2], b_low[2];
    for (int e = 0; e < 4; e++) {
        high[e] = round_tf32(float_of(a[e]));
        low[e] = round_tf32(float_of(a[e]) - float_of(high[e]));
    }
    for (int e = 0; e < 2; e++) {
        b_high[e] = round_tf32(float_of(b[e]));
        b_low[e] = round_tf32(float_of(b[e]) - float_of(b_high[e]));
    }
    matrix_multiply_tf32(c, low, b_high[0], b_high[1]);
    matrix_multiply_tf32(c, high, b_low[0], b_low[1]);
    matrix_multiply_tf32(c, high, b_high[0], b_high[1]);
}

/* kind is a constant. */
static __device__ __forceinline__ void tile_multiply(int kind, float *c, const uint32_t *a, const uint32_t *b)
{
    if (kind == TILE_F32) {
        matrix_multiply_f32(c, a, b);
    } else if (kind == TILE_BF16) {
        matrix_multiply(c, a, b[0], b[1]);
    } else {
        matrix_multiply_f16(c, a, b[0], b[1]);
    }
}

/* n floats, a multiple of 4, from a multiple of 16 bytes. */
static __device__ __forceinline__ void load_16(float *to, const float *from, int n)
{
    for (int k = 0; k < n / 4; k++) {
        const float4 four = ((const float4 *)(const void *)from)[k];
        to[k * 4] = four.x;
        to[k * 4 + 1] = four.y;
        to[k * 4 + 2] = four.z;
        to[k * 4 + 3] = four.w;
    }
}

/* 16 bytes of a row: four floats, or eight rounded to halves. */
static __device__ __forceinline__ void tile_put(int kind, unsigned char *to, const float *x)
{
    if (kind == TILE_F32) {
        *(float4 *)(void *)to = make_float4(x[0], x[1], x[2], x[3]);
    } else if (kind == TILE_BF16) {
        *(uint4 *)(void *)to = make_uint4(pack_bf16(x[0], x[1]), pack_bf16(x[2], x[3]), pack_bf16(x[4], x[5]), pack_bf16(x[6], x[7]));
    } else {
        *(uint4 *)(void *)to = make_uint4(pack_f16(x[0], x[1]), pack_f16(x[2], x[3]), pack_f16(x[4], x[5]), pack_f16(x[6], x[7]));
    }
}

/* 64 rows of n floats, `apart` of them from one to the next, become halves, 64 numbers of each row in a tile of row_128; there is room for
 * whole tiles of floats as well, and what is behind n and behind the first `rows` becomes 0. By 128 threads. */
static __device__ __forceinline__ void tile_halves(int kind, unsigned char *tile, const float *x, int apart, int n, int rows)
{
    const int fours = (n + 63) / 64 * 16;
    for (int at = (int)threadIdx.x % 128; at < 64 * fours; at += 128) {
        const int row = at / fours, i = at % fours * 4;
        float four[4];
        load_16(four, x + row * apart + i, 4);
        for (int e = 0; e < 4; e++) {
            four[e] = row < rows && i + e < n ? four[e] : 0.0f;
        }
        uint2 *const two = (uint2 *)(void *)(row_128(tile + i / 64 * 8192, row, i % 64 / 8) + i % 8 * 2);
        *two = kind == TILE_BF16 ? make_uint2(pack_bf16(four[0], four[1]), pack_bf16(four[2], four[3]))
                                 : make_uint2(pack_f16(four[0], four[1]), pack_f16(four[2], four[3]));
    }
}

/* Sums of 16 rows and 32 columns from a warp's registers to its part of shared memory, and where lane l finds the one of column l there. */
static __device__ __forceinline__ void tile_out(float *to, const float (*sum)[4])
{
    const int lane = (int)threadIdx.x % 32;
    for (int j = 0; j < 8; j++) {
        const float *const two = sum[j / 2] + j % 2 * 2;
        const int row = j % 2 * 8 + lane / 4, column = j / 2 * 8 + lane % 4 * 2;
        *(float2 *)(void *)(to + row * 32 + (column ^ row % 4 * 8)) = make_float2(two[0], two[1]);
    }
}

static __device__ __forceinline__ int tile_out_at(int row)
{
    return row * 32 + ((int)threadIdx.x % 32 ^ row % 4 * 8);
}

#endif
