//$ form   map: y[m,n] = $store($f(m,n))
//$ need   n
//$ target cpu
//$ hole   $f  lanes n, early
//$ hole   $store  lanes n, over
//$ cost   4*m*n flops; 2*m*n values
//$ #
//$ # Values without a sum in them, rows of tables that data choose too: a row at a time, its columns in the lanes. s is the number of the
//$ # sequence, m a row of the batch, mi its place in the sequence. A team deals the rows of each sequence.
//$ sample
#include "../../runtime/simd/simd.h"
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, begin[8];
};
#define $team model_team
#define $batch model_batch
#define $kernel map
#define $params , const float *x, const float *table, float *y
#define $first_m(s) batch->begin[s]
#define $length_m(s) (batch->begin[s + 1] - batch->begin[s])
#ifndef $N_n
#define $N_n 384
#endif
#define $f(s, m, mi, n) (vload_n(x + (m) * $N_n + (n), $N_n - (n)) + vload_n(table + (mi) * $N_n + (n), $N_n - (n)))
#define $store(s, m, mi, n, acc) vstore_n(y + (m) * $N_n + (n), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    for (int s = 0; s < batch->sequences; s++) {
        SIMD_MAYBE const ptrdiff_t m_row = $first_m(s);
        const int rows = $length_m(s);
        const int from = (int)((int64_t)rows * team->rank / team->size), to = (int)((int64_t)rows * (team->rank + 1) / team->size);
        for (int mi = from; mi < to; mi++) {
            SIMD_MAYBE const ptrdiff_t m = m_row + mi;
            for (int n = 0; n < $N_n; n += W) {
                const vf acc = $f(s, m, mi, n);
                $store(s, m, mi, n, acc);
            }
        }
    }
}
