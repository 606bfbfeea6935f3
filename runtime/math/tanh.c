/*
 * tanh: below 0.625 the odd polynomial x + x z p(z), z = x^2; above 1 - 2 / (e^2x + 1), whose errors are halved by then. Both are
 * computed for |x| and one is chosen: no branch, and a loop over tanh_f32 vectorises.
 */
#ifndef SINTER_MATH_TANH_C
#define SINTER_MATH_TANH_C

#include "bits.h"
#include "exp.c"

//$ part tanh_f32
/* Hyperbolic tangent. Error < 1.4 ulp. */
static inline float tanh_f32(float x)
{
    const uint32_t sign = f32_bits(x) & 0x80000000u;
    const float size = f32_of_bits(f32_bits(x) ^ sign);
    const float a = f32_select(size > 10.0f, 10.0f, size); /* tanh(10) rounds to 1 */
    const float z = a * a;
    float p = -0x1.750c86p-8f;                      /* -0.00569227478 z^4 */
    p = p * z + 0x1.51f8bap-6f;                     /* 0.0206281487 z^3 */
    p = p * z - 0x1.b835a2p-5f;                     /* -0.0537365116 z^2 */
    p = p * z + 0x1.1106f6p-3f;                     /* 0.133314058 z */
    p = p * z - 0x1.555532p-2f;                     /* -0.333332807 */
    const float inner = a + a * z * p;
    const float outer = 1.0f - 2.0f / (exp_f32(2.0f * a) + 1.0f);
    const float y = f32_of_bits(f32_bits(f32_select(a < 0.625f, inner, outer)) | sign);
    return f32_select(x != x, f32_of_bits(0x7FC00000u), y);
}

//$ part tanh_f64
/* Hyperbolic tangent. Error < 1.4 ulp. */
static inline double tanh_f64(double x)
{
    const uint64_t sign = f64_bits(x) & UINT64_C(0x8000000000000000);
    const double size = f64_of_bits(f64_bits(x) ^ sign);
    const double a = f64_select(size > 20.0, 20.0, size);
    const double z = a * a;
    double p = -0x1.0d95d41dadb05p-16;              /* -1.60685341e-05 z^10 */
    p = p * z + 0x1.43884f55a8ab9p-14;              /* 7.71361495e-05 z^9 */
    p = p * z - 0x1.df519d32921f4p-13;              /* -0.000228557017 z^8 */
    p = p * z + 0x1.3365993fef53ap-11;              /* 0.000586312999 z^7 */
    p = p * z - 0x1.7d6890b6eab6bp-10;              /* -0.0014549578 z^6 */
    p = p * z + 0x1.d6cf26452df42p-9;               /* 0.00359198897 z^5 */
    p = p * z - 0x1.226e161de6168p-7;               /* -0.00886322098 z^4 */
    p = p * z + 0x1.664f477a52d1cp-6;               /* 0.0218694876 z^3 */
    p = p * z - 0x1.ba1ba1b5035f8p-5;               /* -0.0539682539 z^2 */
    p = p * z + 0x1.111111110ac8fp-3;               /* 0.133333333 z */
    p = p * z - 0x1.55555555554ffp-2;               /* -0.333333333 */
    const double inner = a + a * z * p;
    const double outer = 1.0 - 2.0 / (exp_f64(2.0 * a) + 1.0);
    const double y = f64_of_bits(f64_bits(f64_select(a < 0.625, inner, outer)) | sign);
    return f64_select(x != x, f64_of_bits(UINT64_C(0x7FF8000000000000)), y);
}

//$ end
#endif
