//$ form   rowwise: y[m] = $row(reduce[n where $p(m,n)] $f(m,n))
//$ need   n
//$ target cpu
//$ hole   $f  lanes n, early
//$ hole   $p  lanes n, early
//$ hole   $store  lanes n, over
//$ when   fixed(n)
//$ cost   4*m*n flops; 3*m*n values
//$ #
//$ # Reductions over a row that stays in the first cache, each of which may read those before it, then what is stored of the row: all its
//$ # columns, or one number. Lanes are joined at the end of a reduction, in a fixed order. acc, acc2, .. are the results of the parts.
//$ # $start is what a reduction begins with, $join(part, value) and $over(part) how vectors and then lanes are joined. if partial: the
//$ # last vector of a row is not full; predicate: the part has a condition; columns: something is stored over n; $store_m: over m alone.
//$ sample
#include "../../runtime/simd/simd.h"
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, rows;
};
#define $team model_team
#define $batch model_batch
#define $kernel rowwise
#define $params , const float *x, const float *gain, float *y, float *most
#define $rows_m batch->rows
#ifndef $N_n
#define $N_n 384
#endif
#define $locate_m(m)
#define $acc acc
#define $start vsplat(0.0f)
#define $join(part, value) part + value
#define $over(part) vsum(part)
#define $p(m, n) vwhether((m) >= 0 && (n) >= 0)
#define $f(m, n, acc, acc2, acc3, acc4, acc5, acc6) vload_n(x + (m) * $N_n + (n), $N_n - (n)) * vload_n(x + (m) * $N_n + (n), $N_n - (n))
#define $store_m(m, acc, acc2, acc3, acc4, acc5, acc6) vstore_n(most + (m), acc, 1)
#define $store(m, n, acc, acc2, acc3, acc4, acc5, acc6) \
    vstore_n(y + (m) * $N_n + (n), vdiv(vload_n(x + (m) * $N_n + (n), $N_n - (n)) * vload(gain + (n)), vsqrt(acc)), $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    const ptrdiff_t rows = $rows_m;
    for (ptrdiff_t m = rows * team->rank / team->size; m < rows * (team->rank + 1) / team->size; m++) {
        $locate_m(m)
//$ each part
        vf $acc;
        {
            vf chain[4] = {$start, $start, $start, $start}, part; /* chains of their own: a row is short, and one waits for itself */
            for (int four = 0; four < $N_n; four += 4 * W) {
                _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++)
                {
                    const int n = four + i * W;
                    if (n < $N_n) {
                        vf value = $f(m, n, acc, acc2, acc3, acc4, acc5, acc6);
//$ if partial
                        value = vselect(vfirst($N_n - n), value, $start);
//$ end
//$ if predicate
                        value = vselect($p(m, n), value, $start);
//$ end
                        part = chain[i];
                        chain[i] = $join(part, value);
                    }
                }
            }
            part = chain[0];
            for (int i = 1; i < 4; i++) {
                const vf value = chain[i];
                part = $join(part, value);
            }
            $acc = vsplat($over(part));
        }
//$ end
        $store_m(m, acc, acc2, acc3, acc4, acc5, acc6);
//$ if columns
        for (int n = 0; n < $N_n; n += W) {
            $store(m, n, acc, acc2, acc3, acc4, acc5, acc6);
        }
//$ end
    }
}
