//$ form   recur: y[t,n,b] = $store($f(t,n,b))
//$ need   t, n
//$ along  t
//$ target cpu
//$ hole   $f  lanes n
//$ hole   $store  lanes n
//$ cost   4*b*t*n flops; 3*b*t*n values
//$ #
//$ # A recurrence: turns of one sequence follow each other, and a value may read what turns before it have stored. The columns of a turn do
//$ # not know each other: they lie in the lanes, all of a turn before the next one, so that what a turn reads is near. Each part is an
//$ # equation and may read those before it at its own turn: acc, acc2, .. are their values; if stored: others read it too. b: columns
//$ # that do not lie side by side. $down: turns go from the last position to the first. A team deals columns.
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
#define $kernel recur
#define $params , const float *x, float *y
#define $first_t(s) batch->begin[s]
#define $length_t(s) (batch->begin[s + 1] - batch->begin[s])
#ifndef $N_n
#define $N_n 384
#define $N_b 1
#endif
#define $down 0
#define $acc acc
#define $f(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6) \
    (vload_n(x + (t) * $N_n + (n) + (b), $N_n - (n)) + (ti > 0 ? vload_n(y + (t - 1) * $N_n + (n), $N_n - (n)) : vsplat(0.0f)))
#define $store(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6) vstore_n(y + (t) * $N_n + (n) + (b), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { BLOCKS = ($N_n + W - 1) / W, BY = BLOCKS + (BLOCKS == 0) };
    const int from = $N_b * BLOCKS * team->rank / team->size, to = $N_b * BLOCKS * (team->rank + 1) / team->size;
    for (int s = 0; s < batch->sequences; s++) {
        SIMD_MAYBE const ptrdiff_t t_row = $first_t(s);
        const int length = $length_t(s);
        for (int turn = 0; turn < length; turn++) {
            const int ti = $down ? length - 1 - turn : turn;
            SIMD_MAYBE const ptrdiff_t t = t_row + ti;
            for (int block = from; block < to; block++) {
                SIMD_MAYBE const int b = block / BY;
                SIMD_MAYBE const int n = block % BY * W;
//$ each part
                const vf $acc = $f(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6);
//$ if stored
                $store(s, t, ti, n, b, acc, acc2, acc3, acc4, acc5, acc6);
//$ end
//$ end
            }
        }
    }
}
