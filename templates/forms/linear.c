//$ form   linear: y[b,t,e] = $store(sum[m] $q(b,t,m) * (sum[u where u <= t] $d(b,t,u) * $k(b,u,m) * $v(b,u,e)))
//$ or     y[b,t,e] = $store(sum[u where u <= t] $d(b,t,u) * (sum[m] $q(b,t,m) * $k(b,u,m)) * $v(b,u,e))
//$ need   t, u
//$ target cpu
//$ hole   $q  lanes m
//$ hole   $k  lanes m
//$ hole   $v  lanes e
//$ hole   $d  fades t u
//$ hole   $store  lanes e
//$ scratch 135168
//$ when   ragged(t) and ragged(u) and fixed(b) and fixed(m) and fixed(e) and not empty(e) and m <= 512
//$ cost   4*b*t*m*e flops; b*t*(2*m + 2*e) values
//$ #
//$ # Linear attention: what a position reads is a sum over all before of products of keys and values, which lies in four vectors of columns
//$ # for each m and goes along with the positions; it is stored nowhere. Where weights fade with the
//$ # distance, what lies there is multiplied by $d before each turn. s is the number of the sequence, t and u rows of the batch, ti and ui
//$ # their places. A team deals sequences, heads and blocks of columns, each a chain of its own.
//$ sample
#include "../../runtime/simd/simd.h"
#ifndef $N_m
#define $N_m 64
#define $N_e 64
#define $N_b 12
#endif
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, begin[2];
    unsigned char *scratch;
};
#define $team model_team
#define $batch model_batch
#define $kernel linear
#define $scratch 135168
#define $params , const float *query, const float *key, const float *value, float *y
#define $first_t(s) batch->begin[s]
#define $first_u(s) batch->begin[s]
#define $length_t(s) (batch->begin[s + 1] - batch->begin[s])
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $q(s, b, t, ti, m) vload_n(query + ((t) * $N_b + (b)) * $N_m + (m), $N_m - (m))
#define $k(s, b, u, ui, m) vload_n(key + ((u) * $N_b + (b)) * $N_m + (m), $N_m - (m))
#define $v(s, b, u, ui, e) vload_n(value + ((u) * $N_b + (b)) * $N_e + (e), $N_e - (e))
#define $d(s, b) vsplat(0.9f)
#define $store(s, b, t, ti, e, acc) vstore_n(y + ((t) * $N_b + (b)) * $N_e + (e), acc, $N_e - (e))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { WIDE = 4 * W, BLOCKS = ($N_e + WIDE - 1) / WIDE, BY = BLOCKS + (BLOCKS == 0), M16 = ($N_m + 15) / 16 * 16 };
    struct room {
        float state[$N_m * WIDE + 1], q[M16 + 1], k[M16 + 1];
    } *const room = (void *)(batch->scratch + (size_t)team->rank * $scratch);
    enum { FITS = 1 / (sizeof *room <= $scratch) };
    float *const state = room->state, *const asked = room->q, *const known = room->k;
    int unit = 0;
    for (int sequence = 0; sequence < batch->sequences; sequence++) {
        SIMD_MAYBE const ptrdiff_t t_row = $first_t(sequence), u_row = $first_u(sequence);
        const int queries = $length_t(sequence), keys = $length_u(sequence);
        for (int which = 0; which < $N_b * BLOCKS; which++) {
            if (unit++ % team->size != team->rank) {
                continue;
            }
            SIMD_MAYBE const int b = which / BY;
            const int column = which % BY * WIDE;
            //$ if faded
            const vf fading = $d(sequence, b);
            //$ end
            memset(state, 0, sizeof room->state);
            for (int ti = 0, ui = 0; ti < queries; ti++) {
                SIMD_MAYBE const ptrdiff_t t = t_row + ti;
                for (; ui <= ti && ui < keys; ui++) {
                    SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                    //$ if faded
                    const vf kept = ui ? fading : vsplat(0.0f);
                    //$ end
                    for (int m = 0; m < $N_m; m += W) {
                        vstore(known + m, $k(sequence, b, u, ui, m));
                    }
                    for (int j = 0; j < 4 && column + j * W < $N_e; j++) {
                        SIMD_MAYBE const int e = column + j * W;
                        const vf given = $v(sequence, b, u, ui, e);
                        for (int m = 0; m < $N_m; m++) {
                            float *const at = state + m * WIDE + j * W;
                            //$ if faded
                            vstore(at, vfma(vsplat(known[m]), given, kept * vload(at)));
                            //$ else
                            vstore(at, vfma(vsplat(known[m]), given, vload(at)));
                            //$ end
                        }
                    }
                }
                for (int m = 0; m < $N_m; m += W) {
                    vstore(asked + m, $q(sequence, b, t, ti, m));
                }
                vf sum[4];
                for (int j = 0; j < 4; j++) {
                    sum[j] = vsplat(0.0f);
                }
                for (int m = 0; m < $N_m; m++) {
                    const vf part = vsplat(asked[m]);
                    for (int j = 0; j < 4; j++) {
                        sum[j] = vfma(part, vload(state + m * WIDE + j * W), sum[j]);
                    }
                }
                for (int j = 0; j < 4 && column + j * W < $N_e; j++) {
                    SIMD_MAYBE const int e = column + j * W;
                    const vf acc = sum[j];
                    $store(sequence, b, t, ti, e, acc);
                }
            }
        }
    }
}
