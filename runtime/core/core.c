/*
 * Small functions of generated kernels.
 */
#ifndef SINTER_CORE_C
#define SINTER_CORE_C

#include <stddef.h>
#include <stdint.h>

//$ part i32_min
static inline int32_t i32_min(int32_t a, int32_t b)
{
    return b < a ? b : a;
}

//$ part i32_max
static inline int32_t i32_max(int32_t a, int32_t b)
{
    return b > a ? b : a;
}

//$ part i32_div
/* Rounded down; 0 where there is nothing to divide by. */
static inline int32_t i32_div(int32_t a, int32_t b)
{
    return b > 0 ? a / b - (a % b < 0) : 0;
}

//$ part i32_mod
static inline int32_t i32_mod(int32_t a, int32_t b)
{
    return b > 0 ? a % b + (a % b < 0 ? b : 0) : 0;
}

//$ part int_min
static inline int64_t int_min(int64_t a, int64_t b)
{
    return b < a ? b : a;
}

//$ part int_max
static inline int64_t int_max(int64_t a, int64_t b)
{
    return b > a ? b : a;
}

//$ part square_f32
static inline float square_f32(float x)
{
    return x * x;
}

//$ part square_f64
static inline double square_f64(double x)
{
    return x * x;
}

//$ part sequence_of_row
/* Which of the sequences has a row: the last one that begins at or before it. */
static inline int sequence_of_row(const int32_t *begin, int sequences, ptrdiff_t row)
{
    int low = 0, high = sequences;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (begin[middle] <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

//$ part sequence_of_pair
/* The same of rows over several ragged dims, of which there may be more. */
static inline int sequence_of_pair(const int64_t *begin, int sequences, ptrdiff_t row)
{
    int low = 0, high = sequences;
    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (begin[middle] <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

//$ part space
/* Where the next buffers start: after `rows` times `bytes`, at a multiple of 64. SIZE_MAX when no size_t holds it. */
static size_t space(size_t before, int64_t rows, int64_t bytes)
{
    const uint64_t n = rows > 0 ? (uint64_t)rows : 0, size = (uint64_t)bytes, limit = (SIZE_MAX - 64) / 2;
    if (before == SIZE_MAX || (size > 0 && n > limit / size) || n * size > limit - before / 2 || before > limit) {
        return SIZE_MAX;
    }
    return before + (size_t)((n * size + 63) / 64 * 64);
}

//$ part sequence_of
/* The sequence that a row belongs to; sequences may be empty. */
static inline int32_t sequence_of(const int32_t *begin, int32_t sequences, int32_t row)
{
    int32_t low = 0, high = sequences - 1;
    while (low < high) {
        const int32_t middle = (low + high + 1) / 2;
        if (begin[middle] <= row) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

//$ end
#endif
