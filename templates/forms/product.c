//$ form   product: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))
//$ need   m, n, k
//$ target cpu
//$ hole   $a  in place, lanes k
//$ hole   $w  lanes n
//$ hole   $store  lanes n, over
//$ scratch 98304
//$ when   fixed(b) and fixed(n) and fixed(k) and n >= 8
//$ cost   2*b*m*n*k flops; b*n*k values; b*m*(k + n) values
//$ #
//$ # Both sides are computed, the right one perhaps for each sequence anew: a panel of 48 of its columns is copied together, BLOCK
//$ # numbers deep, and goes by all rows of a chunk. What does not fit one block is added to what the blocks before it left: each result is
//$ # one chain in the order of k. s is the number of the sequence, m a row of the batch, mi its place in the sequence. A team deals panels
//$ # and chunks.
//$ sample
#include "../../runtime/simd/simd.h"
#ifndef $N_k
#define $N_k 64
#define $N_n 512
#endif
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, begin[8];
    unsigned char *scratch;
};
#define $team model_team
#define $batch model_batch
#define $kernel product
#define $scratch 98304
#define $params , const float *x, const float *z, float *y
#define $first_m(s) batch->begin[s]
#define $length_m(s) (batch->begin[s + 1] - batch->begin[s])
#define $N_b 1
#define $a_at(s, b, m, mi) x + (m) * $N_k + (b)
#define $a_step_m $N_k
#define $w(s, b, n, k) vload_n(z + (k) * $N_n + (n) + (b), $N_n - (n))
#define $store(s, b, m, mi, n, acc) vstore_n(y + (m) * $N_n + (n) + (b), acc, $N_n - (n))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { BLOCK = 256, CHUNK = 256, PANELS = ($N_n + 47) / 48, BY = PANELS + (PANELS == 0) };
    struct room {
        float right[BLOCK * 48], sum[CHUNK * 48];
    } *const room = (void *)(batch->scratch + (size_t)team->rank * $scratch);
    enum { FITS = 1 / (sizeof *room <= $scratch) };
    float *const right = room->right, *const sum = room->sum;
    int unit = 0;
    memset(right, 0, sizeof room->right);
    for (int s = 0; s < batch->sequences; s++) {
        const ptrdiff_t m_row = $first_m(s);
        const int rows = $length_m(s), chunks = (rows + CHUNK - 1) / CHUNK, by = chunks + (chunks == 0);
        for (int which = 0; which < $N_b * PANELS * chunks; which++) {
            if (unit++ % team->size != team->rank) {
                continue;
            }
            SIMD_MAYBE const int b = which / (BY * by);
            const int panel = which / by % BY;
            const int begin = which % by * CHUNK, end = vbetween(begin + CHUNK, begin, rows);
            memset(sum, 0, sizeof(float) * 48 * (size_t)(end - begin));
            for (int first = 0, count; first < $N_k; first += count) {
                count = vbetween($N_k - first, 0, BLOCK);
                for (int i = 0; i < count; i++) {
                    SIMD_MAYBE const int k = first + i;
                    for (int j = 0; j < 48 && panel * 48 + j < $N_n; j += W) {
                        SIMD_MAYBE const int n = panel * 48 + j;
                        vstore(right + i * 48 + j, $w(s, b, n, k));
                    }
                }
                for (int mi = begin, take; mi < end; mi += take) {
                    take = tile_take(end - mi);
                    SIMD_MAYBE const ptrdiff_t m = m_row + mi;
                    const float *const left = $a_at(s, b, m, mi);
                    for (int strip = 0; strip < 48 && panel * 48 + strip < $N_n; strip += NR) {
                        tile_add(take, left + first, $a_step_m, 1, right + strip, 48, count, sum + (mi - begin) * 48 + strip, 48);
                    }
                }
            }
            for (int mi = begin; mi < end; mi++) {
                SIMD_MAYBE const ptrdiff_t m = m_row + mi;
                for (int j = 0; j < 48 && panel * 48 + j < $N_n; j += W) {
                    SIMD_MAYBE const int n = panel * 48 + j;
                    const vf acc = vload(sum + (mi - begin) * 48 + j);
                    $store(s, b, m, mi, n, acc);
                }
            }
        }
    }
}
