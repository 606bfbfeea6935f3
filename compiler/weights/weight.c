/* The numbers of a tensor. Bytes are put together by hand: data may stand at odd addresses, and the host may be of either order. */
#include "safetensors.h"

#include <math.h>
#include <string.h>

enum { NOT_READABLE, REAL, INTEGER };

static const struct { const char *name; int bits, numbers; } dtype_row[DTYPES] = {
    [DTYPE_BOOL] = {"BOOL", 8, INTEGER},
    [DTYPE_F4] = {"F4", 4, NOT_READABLE},
    [DTYPE_F6_E2M3] = {"F6_E2M3", 6, NOT_READABLE},
    [DTYPE_F6_E3M2] = {"F6_E3M2", 6, NOT_READABLE},
    [DTYPE_U8] = {"U8", 8, INTEGER},
    [DTYPE_I8] = {"I8", 8, INTEGER},
    [DTYPE_F8_E5M2] = {"F8_E5M2", 8, NOT_READABLE},
    [DTYPE_F8_E4M3] = {"F8_E4M3", 8, NOT_READABLE},
    [DTYPE_F8_E8M0] = {"F8_E8M0", 8, NOT_READABLE},
    [DTYPE_F8_E4M3FNUZ] = {"F8_E4M3FNUZ", 8, NOT_READABLE},
    [DTYPE_F8_E5M2FNUZ] = {"F8_E5M2FNUZ", 8, NOT_READABLE},
    [DTYPE_I16] = {"I16", 16, INTEGER},
    [DTYPE_U16] = {"U16", 16, INTEGER},
    [DTYPE_F16] = {"F16", 16, REAL},
    [DTYPE_BF16] = {"BF16", 16, REAL},
    [DTYPE_I32] = {"I32", 32, INTEGER},
    [DTYPE_U32] = {"U32", 32, INTEGER},
    [DTYPE_F32] = {"F32", 32, REAL},
    [DTYPE_C64] = {"C64", 64, NOT_READABLE},
    [DTYPE_F64] = {"F64", 64, REAL},
    [DTYPE_I64] = {"I64", 64, INTEGER},
    [DTYPE_U64] = {"U64", 64, INTEGER},
};

const char *dtype_name(WeightDtype dtype)
{
    return dtype_row[dtype].name;
}

int dtype_bits(WeightDtype dtype)
{
    return dtype_row[dtype].bits;
}

int dtype_is_readable(WeightDtype dtype)
{
    return dtype_row[dtype].numbers != NOT_READABLE;
}

int dtype_is_integer(WeightDtype dtype)
{
    return dtype_row[dtype].numbers == INTEGER;
}

int weight_is_integer(const WeightTensor *tensor)
{
    return dtype_is_integer(tensor->dtype);
}

int weight_check(const WeightTensor *tensor, Diag *d)
{
    if (!dtype_is_readable(tensor->dtype)) {
        diag_error_file(d, tensor->file, "tensor '%s' is %s, which is not supported", tensor->name, dtype_name(tensor->dtype));
        return 0;
    }
    return 1;
}

static uint16_t bytes_2(const unsigned char *b)
{
    return (uint16_t)(b[0] | b[1] << 8);
}

static uint32_t bytes_4(const unsigned char *b)
{
    return (uint32_t)bytes_2(b) | (uint32_t)bytes_2(b + 2) << 16;
}

static uint64_t bytes_8(const unsigned char *b)
{
    return (uint64_t)bytes_4(b) | (uint64_t)bytes_4(b + 4) << 32;
}

static float float_of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double double_of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. Every value is a float. */
static float float_of_f16(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 0) { /* subnormal: fraction * 2^-24 */
        const float size = (float)fraction * 0x1p-24f;
        return sign ? -size : size;
    }
    const uint32_t biased = exponent == 31 ? 255 : exponent - 15 + 127;
    return float_of_bits(sign | biased << 23 | fraction << 13);
}

static float float_of_bf16(uint16_t half) /* the upper half of a float */
{
    return float_of_bits((uint32_t)half << 16);
}

int64_t weight_int(const WeightTensor *tensor, int64_t element)
{
    const unsigned char *at = tensor->data + (size_t)element * ((size_t)dtype_bits(tensor->dtype) / 8);
    switch ((int)tensor->dtype) {
    case DTYPE_BOOL: return *at != 0;
    case DTYPE_U8: return *at;
    case DTYPE_I8: return (int8_t)*at;
    case DTYPE_U16: return bytes_2(at);
    case DTYPE_I16: return (int16_t)bytes_2(at);
    case DTYPE_U32: return bytes_4(at);
    case DTYPE_I32: return (int32_t)bytes_4(at);
    case DTYPE_U64: return bytes_8(at) > INT64_MAX ? INT64_MAX : (int64_t)bytes_8(at);
    case DTYPE_I64: return (int64_t)bytes_8(at);
    default: return 0;
    }
}

double weight_value(const WeightTensor *tensor, int64_t element)
{
    const unsigned char *at = tensor->data + (size_t)element * ((size_t)dtype_bits(tensor->dtype) / 8);
    switch ((int)tensor->dtype) {
    case DTYPE_F16: return (double)float_of_f16(bytes_2(at));
    case DTYPE_BF16: return (double)float_of_bf16(bytes_2(at));
    case DTYPE_F32: return (double)float_of_bits(bytes_4(at));
    case DTYPE_F64: return double_of_bits(bytes_8(at));
    case DTYPE_U64: return (double)bytes_8(at);
    default: return dtype_is_integer(tensor->dtype) ? (double)weight_int(tensor, element) : (double)NAN;
    }
}

void weight_to_f32(const WeightTensor *tensor, int64_t first, int64_t n, float *out)
{
    const unsigned char *at = tensor->data + (size_t)first * ((size_t)dtype_bits(tensor->dtype) / 8);
    switch ((int)tensor->dtype) { /* a loop each: these are the types that models are made of */
    case DTYPE_F32:
        for (int64_t i = 0; i < n; i++) {
            out[i] = float_of_bits(bytes_4(at + 4 * i));
        }
        return;
    case DTYPE_F16:
        for (int64_t i = 0; i < n; i++) {
            out[i] = float_of_f16(bytes_2(at + 2 * i));
        }
        return;
    case DTYPE_BF16:
        for (int64_t i = 0; i < n; i++) {
            out[i] = float_of_bf16(bytes_2(at + 2 * i));
        }
        return;
    case DTYPE_F64:
        for (int64_t i = 0; i < n; i++) {
            out[i] = (float)double_of_bits(bytes_8(at + 8 * i));
        }
        return;
    case DTYPE_U64:
        for (int64_t i = 0; i < n; i++) {
            out[i] = (float)bytes_8(at + 8 * i);
        }
        return;
    default:
        for (int64_t i = 0; i < n; i++) { /* not by way of double, which would round twice */
            out[i] = dtype_is_integer(tensor->dtype) ? (float)weight_int(tensor, first + i) : NAN;
        }
    }
}

const char *shape_text(Arena *arena, int rank, const int64_t *shape)
{
    char *text = arena_alloc(arena, (size_t)rank * 24 + 3);
    char *end = text;
    *end++ = '[';
    for (int i = 0; i < rank; i++) {
        end += snprintf(end, 24, "%s%lld", i ? ", " : "", (long long)shape[i]);
    }
    *end = ']';
    return text;
}
