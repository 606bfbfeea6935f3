//$ form   pool: y[b,e] = $store((sum[u where $p(b,u)] exp($s(b,u)) * $v(b,u,e))
//$                            / ($z(b) + sum[u where $p(b,u)] exp($s(b,u))))
//$ need   u
//$ target cpu
//$ hole   $s  dot 4096, lanes u
//$ hole   $p  lanes u
//$ hole   $v  lanes e
//$ hole   $query  lanes i
//$ hole   $key  lanes i
//$ hole   $store  lanes e
//$ scratch 135168
//$ when   fixed(b) and fixed(e) and e <= 4096
//$ cost   4*b*u*e + 20*b*u flops; 2*b*u*e values
//$ #
//$ # Attention of one query to all keys of its sequence: pooling, the newest position of a decoder. Each key and value is read once, so
//$ # they are read where they are: W keys at a time, whose scores lie in the lanes, then their values, columns in the lanes. Always online
//$ # (Milakov & Gimelshein 2018), in blocks of 64 keys that begin at multiples of 64. Many keys are taken in spans, each by itself, and
//$ # what each gives is added in their order, so that the bits do not depend on who takes which. A team deals heads; the columns of one,
//$ # where heads are few; or spans, where they are many and heads cannot be dealt evenly.
//$ #
//$ # $query and $key are the sides of the dot product over i in the score, which is `dot` in $s; if dot: there is one. s is the number of
//$ # the sequence, u a row of the batch, ui its place in the sequence: in $s and $p the row of the first key of a vector, and the places
//$ # of all, none beyond the last. if predicate: there is a condition; sink: there is a $z.
//$ sample
#include "../../runtime/simd/simd.h"
#ifndef $N_i
#define $N_i 32
#define $N_e 32
#define $N_b 12
#endif
typedef struct model_team {
    int32_t rank, size;
} model_team;
struct model_batch {
    int32_t sequences, begin[2];
    unsigned char *scratch;
};
static inline void team_wait(const model_team *team)
{
    (void)team;
}
#define $scratch 135168
#define $team model_team
#define $batch model_batch
#define $kernel pool
#define $params , const float *query, const float *key, const float *value, float *y
#define $first_u(s) batch->begin[s]
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $query(s, b, u, ui, i) vload_n(query + ((s) * $N_b + (b)) * $N_i + (i), $N_i - (i))
#define $key(s, b, u, ui, i) vload_n(key + ((u) * $N_b + (b)) * $N_i + (i), $N_i - (i))
#define $s(s, b, u, ui, dot) ((dot) * vsplat(0.17677669f))
#define $p(s, b, u, ui) vile(visplat(0), ui)
#define $z(s, b) vsplat(0.0f)
#define $v(s, b, u, ui, e) vload_n(value + ((u) * $N_b + (b)) * $N_e + (e), $N_e - (e))
#define $store(s, b, e, acc) vstore_n(y + ((s) * $N_b + (b)) * $N_e + (e), acc, $N_e - (e))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { I16 = ($N_i + 15) / 16 * 16, COLUMNS = ($N_e + W - 1) / W, KEYS = 64, WIDE = 4 * W, LEAST = 1024 };
    enum { EACH = (COLUMNS + 2) * W, ROOM = (int)($scratch / sizeof(float)) / EACH - 1, MOST = ROOM < 32 ? ROOM : 32 };
    float weight[KEYS], o[COLUMNS * W + 1];
    SIMD_MAYBE const vf none = -vof_bits(visplat(0x7F800000));
    const int shares = $N_b < team->size ? vbetween(team->size, 1, COLUMNS) : 1;
    const int even = $N_b % team->size == 0 || $N_b >= 4 * team->size;
    int unit = 0, turn = 0;
    for (int sequence = 0; sequence < batch->sequences; sequence++) {
        SIMD_MAYBE const ptrdiff_t u_row = $first_u(sequence);
        const int keys = $length_u(sequence);
        const int span = keys <= LEAST * MOST ? LEAST : (keys / KEYS + MOST) / MOST * KEYS;
        const int spans = keys <= span ? 1 : (keys - 1) / span + 1;
        const int together = !even && spans > 1, parts = together ? 1 : shares; /* all threads take spans of each head */
        for (int which = 0; which < $N_b * parts; which++) {
            if (!together && unit++ % team->size != team->rank) {
                continue;
            }
            SIMD_MAYBE const int b = which / parts;
            const int e0 = COLUMNS * (which % parts) / parts * W, e1 = COLUMNS * (which % parts + 1) / parts * W;
            /* of each span most, total and o; a thread's own one is not where those of all are */
            float *const first_room = (void *)(batch->scratch + (size_t)(together ? turn % 2 : team->rank) * $scratch);
            float *const room = first_room + (together ? EACH : 0);
            vf most = vsplat(-0x1.fffffep127f), total = vsplat(0.0f);
            memset(o, 0, sizeof o);
//$ if dot
            float asked[I16];
            for (int i = 0; i < $N_i; i += W) {
                SIMD_MAYBE const int ui = 0;
                SIMD_MAYBE const ptrdiff_t u = u_row;
                vstore(asked + i, $query(sequence, b, u, ui, i));
            }
//$ end
            for (int round = 0; round < (together ? 1 : spans); round++) {
                for (int at = together ? team->rank : round; at < (together ? spans : round + 1); at += together ? team->size : 1) {
                    float *const given = room + (together ? at : 0) * EACH, *const sums = given + 2 * W;
                    const int last = keys - at * span < span ? keys : (at + 1) * span;
                    vf high = vsplat(-0x1.fffffep127f), sum_of = vsplat(0.0f);
                    memset(sums, 0, COLUMNS * W * sizeof *sums);
                    for (int begin = at * span; begin < last; begin += KEYS) {
                        const int end = vbetween(begin + KEYS, begin, last);
                        vf top = high;
                        for (int first = begin; first < end; first += W) {
//$ if dot
                            float block[W * W], turned[W * W];
                            for (int lane = 0; lane < W; lane++) {
                                SIMD_MAYBE const int ui = vbetween(first + lane, 0, end - 1);
                                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                                vf part = vsplat(0.0f);
                                for (int i = 0; i < $N_i; i += W) {
                                    part = vfma(vload(asked + i), $key(sequence, b, u, ui, i), part);
                                }
                                vstore(block + lane * W, part);
                            }
                            vturn(block, W, turned, W);
                            vf dot = vload(turned);
                            for (int i = 1; i < W; i++) {
                                dot = dot + vload(turned + i * W);
                            }
//$ end
                            SIMD_MAYBE const ptrdiff_t u = u_row + first;
                            const vm there = vfirst(end - first);
                            SIMD_MAYBE const vi ui = viselect(there, viota() + visplat(first), visplat(end - 1));
                            vf score = vselect(there, $s(sequence, b, u, ui, dot), none);
//$ if predicate
                            score = vselect($p(sequence, b, u, ui), score, none);
//$ end
                            top = vmax(top, score);
                            vstore(weight + (first - begin), score);
                        }
                        top = vsplat(vhigh(top));
                        const vf shrink = vexp(high - top);
                        high = top;
                        sum_of = sum_of * shrink;
                        for (int first = begin; first < end; first += W) {
                            const vf one = vexp(vload(weight + (first - begin)) - top);
                            sum_of = sum_of + one;
                            vstore(weight + (first - begin), one);
                        }
                        int e = e0;
                        for (; e + WIDE <= e1; e += WIDE) {
                            vf sum[4];
                            for (int j = 0; j < 4; j++) {
                                sum[j] = vload(sums + e + j * W) * shrink;
                            }
                            for (int ui = begin; ui < end; ui++) {
                                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                                const vf part = vsplat(weight[ui - begin]);
                                for (int j = 0; j < 4; j++) {
                                    SIMD_MAYBE const int column = e + j * W;
                                    sum[j] = vfma(part, $v(sequence, b, u, ui, column), sum[j]);
                                }
                            }
                            for (int j = 0; j < 4; j++) {
                                vstore(sums + e + j * W, sum[j]);
                            }
                        }
                        for (; e < e1; e += W) {
                            vf sum = vload(sums + e) * shrink;
                            for (int ui = begin; ui < end; ui++) {
                                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                                sum = vfma(vsplat(weight[ui - begin]), $v(sequence, b, u, ui, e), sum);
                            }
                            vstore(sums + e, sum);
                        }
                    }
                    vstore(given, high);
                    vstore(given + W, sum_of);
                }
                if (together) {
                    team_wait(team);
                }
                const int adds = !together || turn % team->size == team->rank; /* the one who stores it */
                for (int at = together ? 0 : round; adds && at < (together ? spans : round + 1); at++) {
                    const float *const given = room + (together ? at : 0) * EACH, *const sums = given + 2 * W;
                    const vf top = vmax(most, vload(given)), shrink = vexp(most - top), rise = vexp(vload(given) - top);
                    total = vfma(vload(given + W), rise, total * shrink);
                    for (int e = e0; e < e1; e += W) {
                        vstore(o + e, vfma(vload(sums + e), rise, vload(o + e) * shrink));
                    }
                    most = top;
                }
            }
            if (together && turn++ % team->size != team->rank) {
                continue;
            }
            vf all = vsplat(vsum(total)), factor = vsplat(1.0f);
//$ if sink
            const vf z = $z(sequence, b), top = vmax(most, z);
            factor = vexp(most - top);
            all = vfma(all, factor, vexp(z - top));
//$ end
            const vf times = vselect(vlt(vsplat(0.0f), all), vdiv(factor, all), vsplat(0.0f));
            for (int e = e0; e < e1; e += W) {
                const vf acc = vload(o + e) * times;
                $store(sequence, b, e, acc);
            }
        }
    }
}
