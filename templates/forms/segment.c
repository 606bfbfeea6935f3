//$ form   segment: y[n] = $store(reduce[u where $p(u)] $f(u,n))
//$ need   u
//$ target cpu
//$ hole   $f  lanes n
//$ hole   $p
//$ hole   $store  lanes n
//$ when   ragged(u) and not ragged(n)
//$ cost   u*n flops; u*n values
//$ #
//$ # One row for each sequence: its positions one after the other, four vectors of columns at once, each lane a chain of its own.
//$ # s is the number of the sequence, u a row of the batch, ui its place in the sequence. A team deals sequences and blocks of columns.
//$ # $start is what a reduction begins with, $join(part, value) how it goes on; $p is a condition in C. acc, acc2, .. are the parts.
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
#define $kernel segment
#define $params , const float *x, float *y
#define $first_u(s) batch->begin[s]
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#ifndef $N_n
#define $N_n 384
#endif
#define $acc acc
#define $parts 1
#define $part 0
#define $start vsplat(0.0f)
#define $join(part, value) part + value
#define $p(s, u, ui) ((s) >= 0 && (u) >= (ui))
#define $f(s, u, ui, n) vload_n(x + (u) * $N_n + (n), $N_n - (n))
#define $store(s, n, acc, acc2, acc3, acc4) vstore_n(y + (s) * $N_n + (n), vdiv(acc, vsplat((float)$length_u(s))), $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { BLOCKS = ($N_n + 4 * W - 1) / (4 * W), BY = BLOCKS + (BLOCKS == 0) };
    for (int unit = team->rank; unit < batch->sequences * BLOCKS; unit += team->size) {
        const int s = unit / BY, column = unit % BY * 4 * W;
        const ptrdiff_t u_row = $first_u(s);
        const int keys = $length_u(s);
        vf part[$parts][4];
//$ each part
        for (int j = 0; j < 4; j++) {
            part[$part][j] = $start;
        }
//$ end
        for (int ui = 0; ui < keys; ui++) {
            SIMD_MAYBE const ptrdiff_t u = u_row + ui;
//$ each part
//$ if predicate
            if ($p(s, u, ui))
//$ end
            {
                for (int j = 0; j < 4 && column + j * W < $N_n; j++) {
                    SIMD_MAYBE const int n = column + j * W;
                    const vf before = part[$part][j], value = $f(s, u, ui, n);
                    part[$part][j] = $join(before, value);
                }
            }
//$ end
        }
        for (int j = 0; j < 4 && column + j * W < $N_n; j++) {
            SIMD_MAYBE const int n = column + j * W;
//$ each part
            const vf $acc = part[$part][j];
//$ end
            $store(s, n, acc, acc2, acc3, acc4);
        }
    }
}
