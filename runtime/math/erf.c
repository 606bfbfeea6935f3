/*
 * erf: near 0 the odd polynomial x + x p(z), z = x^2, p(0) = 2/sqrt(pi) - 1. Further out erf x = 1 - erfc x, where an error of
 * erfc counts less the smaller it is: in float erfc x = e^q(x) with a polynomial q for its logarithm; in double
 * erfc x = e^(-x^2) g(t), t = (x - 2) / (x + 2), g a polynomial for the smooth function e^(x^2) erfc x (Schonfelder 1978 uses
 * such a variable). Both are computed for |x| and one is chosen: no branch, and a loop over erf_f32 vectorises.
 */
#ifndef SINTER_MATH_ERF_C
#define SINTER_MATH_ERF_C

#include "bits.h"
#include "exp.c"

//$ part erf_f32
/* The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. Error < 1.3 ulp. */
static inline float erf_f32(float x)
{
    const uint32_t sign = f32_bits(x) & 0x80000000u;
    const float size = f32_of_bits(f32_bits(x) ^ sign);
    const float a = f32_select(size > 4.0f, 4.0f, size); /* erf(4) rounds to 1 */
    const float z = a * a;
    float p = -0x1.3baa8ep-11f;                     /* -0.000602085551 z^5 */
    p = p * z + 0x1.479cbap-8f;                     /* 0.00499896565 z^4 */
    p = p * z - 0x1.b69b98p-6f;                     /* -0.0267704949 z^3 */
    p = p * z + 0x1.ce1b86p-4f;                     /* 0.112819217 z^2 */
    p = p * z - 0x1.8126ecp-2f;                     /* -0.376125038 z */
    p = p * z + 0x1.06eba6p-3f;                     /* 0.128379151 */
    float q = 0x1.9fafdcp-13f;                      /* 0.000198214984 a^6 */
    q = q * a - 0x1.91cc68p-9f;                     /* -0.00306547899 a^5 */
    q = q * a + 0x1.6d9ce4p-6f;                     /* 0.0223152377 a^4 */
    q = q * a - 0x1.aa733ep-4f;                     /* -0.10411381 a^3 */
    q = q * a - 0x1.4621b4p-1f;                     /* -0.636975884 a^2 */
    q = q * a - 0x1.20b754p+0f;                     /* -1.12779737 a */
    q = q * a - 0x1.5d0352p-13f;                    /* -0.000166422353 */
    const float inner = a + a * p, outer = 1.0f - exp_f32(q);
    const float y = f32_of_bits(f32_bits(f32_select(a < 0.9f, inner, outer)) | sign);
    return f32_select(x != x, f32_of_bits(0x7FC00000u), y);
}

//$ part erf_f64
/* The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. Error < 1.3 ulp. */
static inline double erf_f64(double x)
{
    const uint64_t sign = f64_bits(x) & UINT64_C(0x8000000000000000);
    const double size = f64_of_bits(f64_bits(x) ^ sign);
    const double a = f64_select(size > 6.0, 6.0, size); /* erf(6) rounds to 1 */
    const double z = a * a, t = (a - 2.0) / (a + 2.0);
    double p = 0x1.3538dbc9d6b17p-29;               /* 2.24988692e-09 z^12 */
    p = p * z - 0x1.838f1fb47fd97p-27;              /* -1.12794537e-08 z^11 */
    p = p * z + 0x1.2e902d4ff566p-25;               /* 3.52229913e-08 z^10 */
    p = p * z - 0x1.9298ada75be0bp-23;              /* -1.87473558e-07 z^9 */
    p = p * z + 0x1.bea1e19d608c7p-20;              /* 1.66383516e-06 z^8 */
    p = p * z - 0x1.f51c66e00adfcp-17;              /* -1.49342699e-05 z^7 */
    p = p * z + 0x1.f9a62c9a90237p-14;              /* 0.000120556144 z^6 */
    p = p * z - 0x1.c02dc8ce461a5p-11;              /* -0.000854833308 z^5 */
    p = p * z + 0x1.565bcd6951439p-8;               /* 0.00522397771 z^4 */
    p = p * z - 0x1.b82ce3145e10ep-6;               /* -0.0268661707 z^3 */
    p = p * z + 0x1.ce2f21a047a47p-4;               /* 0.112837917 z^2 */
    p = p * z - 0x1.812746b037a39p-2;               /* -0.376126389 z */
    p = p * z + 0x1.06eba8214db69p-3;               /* 0.128379167 */
    double g = -0x1.d35b177b17755p-21;              /* -8.70518064e-07 t^15 */
    g = g * t + 0x1.fa07674a4d3fap-25;              /* 5.89095196e-08 t^14 */
    g = g * t - 0x1.c1d0bb47c00cfp-21;              /* -8.37846394e-07 t^13 */
    g = g * t - 0x1.e1141c76969a1p-17;              /* -1.43372583e-05 t^12 */
    g = g * t - 0x1.cbda90876d1fdp-16;              /* -2.74094205e-05 t^11 */
    g = g * t + 0x1.cf2d01986bf31p-16;              /* 2.76074294e-05 t^10 */
    g = g * t + 0x1.6dac3dbdcf2efp-13;              /* 0.000174366387 t^9 */
    g = g * t + 0x1.6d578ac6de608p-15;              /* 4.35521557e-05 t^8 */
    g = g * t - 0x1.016b689db301bp-10;              /* -0.000981977711 t^7 */
    g = g * t - 0x1.bc25a3df46421p-11;              /* -0.000847143234 t^6 */
    g = g * t + 0x1.ca95ed630969fp-8;               /* 0.00699746175 t^5 */
    g = g * t + 0x1.e947159947d18p-9;               /* 0.00373289241 t^4 */
    g = g * t - 0x1.437f0b68c20dap-4;               /* -0.078978581 t^3 */
    g = g * t + 0x1.eeea7dc8a77dbp-3;               /* 0.241658194 t^2 */
    g = g * t - 0x1.b57034efd3f72p-2;               /* -0.427185847 t */
    g = g * t + 0x1.058671b52c776p-2;               /* 0.255395676 */
    const double inner = a + a * p, outer = 1.0 - exp_f64(-z) * g;
    const double y = f64_of_bits(f64_bits(f64_select(a < 0.875, inner, outer)) | sign);
    return f64_select(x != x, f64_of_bits(UINT64_C(0x7FF8000000000000)), y);
}

//$ end
#endif
