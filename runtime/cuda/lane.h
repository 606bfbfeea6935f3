/* lane.h - the words of runtime/simd for a GPU: a thread is a lane, so a vector is one number */
#ifndef MODEL_CUDA_LANE_H
#define MODEL_CUDA_LANE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __CUDACC__
/* All shared memory of a kernel: n numbers, at most 48 KB, aligned to 16 bytes. */
#define shared_room(type, name, n) __shared__ __align__(16) type name[n]
#endif

#define LANE_WORD static __device__ __forceinline__
#define SIMD_MAYBE __attribute__((unused)) /* a variable that what fills a hole may ask for, or not */

typedef float vf;
typedef int32_t vi;
typedef int vm; /* 0 or 1 */

/* numbers and memory */
#define vsplat(x)             ((vf)(x))
#define visplat(x)            ((vi)(x))
#define vwhether(x)           ((x) != 0)
#define vload(p)              (*(p))
#define viload(p)             (*(p))
#define vstore(p, x)          (*(p) = (x))
#define vistore(p, x)         (*(p) = (x))
#define vistore_i64(p, x)     (*(p) = (x))
#define vload_if(m, p)        ((m) ? *(p) : 0.0f)
#define vgather(p, i)         ((p)[i])
#define vgather_if(m, p, i)   ((m) ? (p)[i] : 0.0f)
#define vigather(p, i)        ((p)[i])
#define vigather_if(m, p, i)  ((m) ? (p)[i] : 0)
#define viload_if(m, p)       ((m) ? *(p) : 0)
#define vigather(p, i)        ((p)[i])
#define vigather_if(m, p, i)  ((m) ? (p)[i] : 0)
#define vistore(p, x)         (*(p) = (x))
#define vistore_i64(p, x)     (*(p) = (x))
#define vload_f64(p)          ((vf)*(p))
#define vfloat(x)             ((vf)(x))
#define vint(x)               ((vi)(x))
#define veach(f, x)           f(x)
#define vint(x)               ((vi)(x))
#define vselect(m, a, b)      ((m) ? (a) : (b))
#define viselect(m, a, b)     ((m) ? (a) : (b))

/* conditions */
#define vlt(a, b)             ((a) < (b))
#define vle(a, b)             ((a) <= (b))
#define veq(a, b)             ((a) == (b))
#define vilt(a, b)            ((a) < (b))
#define vile(a, b)            ((a) <= (b))
#define vieq(a, b)            ((a) == (b))
#define vlt_f64(p, i, q, j, n) (*(p) < *(q))
#define vle_f64(p, i, q, j, n) (*(p) <= *(q))
#define veq_f64(p, i, q, j, n) (*(p) == *(q))
#define vand(a, b)            ((a) && (b))
#define vor(a, b)             ((a) || (b))
#define vnot(a)               (!(a))

/* arithmetic */
#define vfma(a, b, c)         fmaf(a, b, c)
#define vfms(a, b, c)         fmaf(a, b, -(c))
#define vfnma(a, b, c)        fmaf(-(a), b, c)
#define vdiv(a, b)            ((a) / (b))
#define vrecip(x)             (1.0f / (x))
#define vabs(x)               fabsf(x)
#define vsqrt(x)              sqrtf(x)
#define vfloor(x)             floorf(x)
#define vceil(x)              ceilf(x)
#define vtrunc(x)             truncf(x)
#define vround(x)             rintf(x)
#define vexp(x)               expf(x)
#define vexpm1(x)             expm1f(x)
#define vpow(x, y)            powf(x, y)
#define vpow_by(x, y)         powf(x, y)
#define vlog(x)               logf(x)
#define vlog1p(x)             log1pf(x)
#define verf(x)               erff(x)
#define vtanh(x)              tanhf(x)
#define vsin(x)               sinf(x)
#define vcos(x)               cosf(x)
#define vshr(x, by)           ((vi)((uint32_t)(x) >> (by)))

LANE_WORD vf vof_bits(vi bits)
{
    vf x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

LANE_WORD vf vmax(vf a, vf b)
{
    return a > b ? a : b;
}

LANE_WORD vf vmin(vf a, vf b)
{
    return a < b ? a : b;
}

LANE_WORD vi vimax(vi a, vi b)
{
    return a > b ? a : b;
}

LANE_WORD vi vimin(vi a, vi b)
{
    return a < b ? a : b;
}

LANE_WORD vi vidiv(vi x, vi by) /* rounded down */
{
    return x < 0 ? -((by - 1 - x) / by) : x / by;
}

LANE_WORD vi vimod(vi x, vi by)
{
    return x - vidiv(x, by) * by;
}

#define vidiv_near(x, by)            vidiv(x, by)
#define vimod_near(x, by)            vimod(x, by)
#define vimod_sum(a, b, by)          vimod((a) + (b), by)
#define vimod_difference(a, b, by)   vimod((a) - (b), by)

LANE_WORD vi viabs(vi x)
{
    return x < 0 ? -x : x;
}

LANE_WORD vf vsign(vf x) /* -1, 0 or 1 */
{
    return (vf)((x > 0.0f) - (x < 0.0f));
}

LANE_WORD int between(int x, int low, int high) /* the nearest to x of low .. high */
{
    return x < low ? low : x > high ? high : x;
}

#endif
