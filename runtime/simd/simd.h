/* simd.h - vectors of floats, in about forty words that mean the same on every machine
 *
 * A tier is a file of words: words_avx512.h, words_avx2.h, words_neon.h, words_c.h. function.h (exp, erf, ..), sine.h, power.h and tile.h
 * (products of small blocks) are written in words alone, and so are the forms; nothing else knows an instruction set.
 *
 *     W                   lanes of a vector                        vf vi vm   vectors of float, int32_t, and conditions
 *     MR                  most rows of a tile                      NV, NR     vectors and floats in a row of a tile; NR divides 48
 *     AHEAD               rows of the right side that a tile asks memory for before it is there, where the machine does not foresee a strip
 *                         of a panel; 0: it does
 *     PAIRS               1: additions have ports of their own, so that products go in pairs (tile_pairs.h)
 *
 *     vsplat visplat      the same in all lanes                    viota             0, 1, 2, ..
 *     vload vstore        W floats, any alignment                  vload_n vstore_n  the first n of them; the others are 0, untouched
 *     viload viload_n     the same of int32_t                      vfirst(n)         which lanes are before n
 *     vload_if(m, p)      p[lane]; 0 where not m, and not read
 *     vgather(p, i)       p[i] lane by lane                        vgather_if(m, p, i)  0 where not m, and not read
 *     vigather vigather_if  the same of int32_t
 *     vtable(table, i)    one of 16 floats, by the lowest four bits of i                TABLES  1: in one instruction
 *     + - *               of vf and of vi; - before one
 *     vfma(a, b, c)       a * b + c; rounded once, but for tier c  vfms vfnma        a * b - c, c - a * b, likewise
 *     vadd_at(p, y)       *p + y in all lanes                      vfma_at(p, y, c)   *p * y + c, likewise
 *     vdiv vrecip vsqrt   exact
 *     vmax vmin           the second one if there is a NaN         vabs vsign vfloor vceil vround vtrunc
 *     vselect viselect    m ? a : b                                vlt vle veq of vf, vilt vile vieq of vi
 *     vand vor vnot       of conditions                            vwhether(x)       one for all lanes
 *     vany(m)             1: in some lane                          vfloat vint       number to number; vint cuts
 *     vbits vof_bits      the bits of a number                     vshl vshr         shifts of vi; vshr fills with 0
 *     vload_bf16          W floats of which the upper halves are stored         vistore_bytes  the low byte of each lane
 *     vbytes(p)           4 * W bytes                              vdot_u8(a, w, c)  c + four products of bytes, in each lane
 *     vsplit(x, &k)       m of x = m 2^k, 3/4 <= m < 3/2
 *     vscale(x, n)        x * 2^n, n integers within -160 .. 160 (rounded down, with TABLES)
 *     vsum vhigh vlow     over the lanes, in a fixed order
 *
 * Compile with -O3 -ffp-contract=off: fused is what says vfma, and nothing else. */
#ifndef SINTER_SIMD_H
#define SINTER_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SIMD_WORD static inline __attribute__((always_inline, unused))
#define SIMD_APART static __attribute__((noinline, const, unused)) /* long; a call for the same numbers is made once, and before a loop */
#define SIMD_MAYBE __attribute__((unused)) /* a variable that what fills a hole may ask for, or not */

#if defined SIMD_C
#include "words_c.h"
#elif defined __AVX512F__ && defined __AVX512BW__ && defined __AVX512DQ__ && defined __AVX512VL__ && defined __AVX512VNNI__
#include "words_avx512.h"
#elif defined __AVX2__ && defined __FMA__
#include "words_avx2.h"
#elif defined __aarch64__
#include "words_neon.h"
#else
#include "words_c.h"
#endif

#include "function.h"
#include "power.h"
#include "sine.h"
#include "tile.h"

#endif
