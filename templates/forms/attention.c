//$ form   attention: y[b,q,e] = $store((sum[u where $p(b,q,u)] exp($s(b,q,u)) * $v(b,u,e))
//$                              / ($z(b,q) + sum[u where $p(b,q,u)] exp($s(b,q,u))))
//$ need   q, u
//$ target cpu
//$ hole   $s  dot 256, lanes q
//$ hole   $p  lanes q, classes full causal window dilated block prefix union data
//$ hole   $z  lanes q
//$ hole   $v  staged, lanes e
//$ hole   $query  staged, lanes i
//$ hole   $key  staged, lanes i
//$ hole   $store  lanes e, over
//$ scratch 135168
//$ when   e <= 256
//$ cost   4*b*q*u*e + 20*b*q*u flops; b*(q + 2*u)*e values
//$ #
//$ # Queries lie in the lanes, so each is a chain of its own over the keys: S' = K Q' and O' = V' P' are products of blocks, whose rows of
//$ # K and V are read one float at a time; only Q and O are turned. Always online (Milakov & Gimelshein 2018), in blocks of 64 keys that
//$ # begin at multiples of 64, at every length: what a query gets depends on nothing but its own keys. Rows of a tensor lie far apart, so
//$ # a block of K and V is copied together once for a group of tiles, each of which has its own Q', O', maxima and sums; a few tiles read
//$ # K and V where they are ($key_at, $v_at), if that is one tensor.
//$ #
//$ # $query and $key are the sides of the dot product over i in the score, which is `dot` in $s; s is the number of the sequence, q and u
//$ # are rows, qi and ui places in the sequence. In $s, $p and $z, q is the row of the
//$ # first query of a vector and qi, in lanes, their places, none beyond the last.
//$ # $low(qi) and $high(qi): places of the first and last key that a query may see, rising with it; $exact: it sees all between them.
//$ # if predicate: the class is not full; sink: there is a $z. $wide: vectors of queries in a tile, NV, or where few keys are seen
//$ # (NV + 1) / 2.
//$ sample
#include "../../runtime/simd/simd.h"
#ifndef $N_i
#define $N_i 32
#define $N_e 32
#define $row 384
#endif
#ifndef $wide
#define $wide NV
#endif
#ifndef $low
#define $low(s, qi) 0
#define $high(s, qi) (keys - 1)
#define $p(s, b, q, qi, u, ui) vile(visplat((ui) - keys), qi)
#define $s(s, b, q, qi, u, ui, dot) ((dot) * vsplat(0.17677669f))
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
#define $kernel attention
#define $scratch 135168
#define $params , const float *query, const float *key, const float *value, float *y
#define $N_b ($row / $N_i)
#define $first_q(s) batch->begin[s]
#define $first_u(s) batch->begin[s]
#define $length_q(s) (batch->begin[s + 1] - batch->begin[s])
#define $length_u(s) (batch->begin[s + 1] - batch->begin[s])
#define $query(s, b, q, qi, i) vload_n(query + (q) * $row + (b) * $N_i + (i), $N_i - (i))
#define $key(s, b, u, ui, i) vload_n(key + (u) * $row + (b) * $N_i + (i), $N_i - (i))
#define $v(s, b, u, ui, e) vload_n(value + (u) * $row + (b) * $N_e + (e), $N_e - (e))
#define $key_at(s, b, u, ui) key + (u) * $row + (b) * $N_i + 0 * (ui)
#define $key_step_u $row
#define $v_at(s, b, u, ui) value + (u) * $row + (b) * $N_e + 0 * (ui)
#define $v_step_u $row
#define $z(s, b, q, qi) (vfloat(qi) * vsplat(0.0f) - vof_bits(visplat(0x7F800000)))
#define $exact 1
#define $store(s, b, q, qi, e, acc) vstore_n(y + (q) * $row + (b) * $N_e + (e), acc, $N_e - (e))
//$ end
static void $kernel(const $team *team, const struct $batch *batch $params)
{
    enum { I16 = ($N_i + 15 + ($N_i == 0)) / 16 * 16, E16 = ($N_e + 15 + ($N_e == 0)) / 16 * 16 }; /* no array is empty */
    enum { LARGE = I16 + E16 > 256, KEYS = LARGE ? 16 : 64 };
    enum { WIDE = LARGE && $wide > 2 ? 2 : $wide, ROW = WIDE * W, ROOM = 32000 - KEYS * (I16 + E16 + ROW), TILE = (I16 + E16) * ROW };
    enum { FEW = 144 }; /* queries */
    enum { GROUP = ROOM < 2 * TILE ? 1 : ROOM > 8 * TILE ? 8 : ROOM / TILE };
    struct room {
        float k[KEYS * I16], v[KEYS * E16], s[KEYS * ROW], turned[GROUP][I16 * ROW], o[GROUP][E16 * ROW], block[W * W];
        float most[GROUP][ROW], total[GROUP][ROW];
    } *const room = (void *)(batch->scratch + (size_t)team->rank * $scratch);
    enum { FITS = 1 / (sizeof *room <= $scratch) };
    float *const k = room->k, *const v = room->v, *const s = room->s, *const block = room->block;
    float(*const turned)[I16 * ROW] = room->turned, (*const o)[E16 * ROW] = room->o;
    float(*const most)[ROW] = room->most, (*const total)[ROW] = room->total;
    SIMD_MAYBE const vf none = -vof_bits(visplat(0x7F800000));
    int unit = 0;
    for (int sequence = 0; sequence < batch->sequences; sequence++) {
        const ptrdiff_t q_row = $first_q(sequence), u_row = $first_u(sequence);
        const int queries = $length_q(sequence), keys = $length_u(sequence);
        const int groups = (queries + GROUP * ROW - 1) / (GROUP * ROW);
        for (int which = 0; which < $N_b * groups; which++) {
            if (unit++ % team->size != team->rank) {
                continue;
            }
            SIMD_MAYBE const int b = which / groups;
            const int group0 = which % groups * (GROUP * ROW);
            const int group1 = vbetween(group0 + GROUP * ROW, group0, queries), tiles = (group1 - group0 + ROW - 1) / ROW;
            int begun[GROUP]; /* whether o, most and total of a tile hold keys already */
            for (int tile = 0; tile < tiles; tile++) {
                begun[tile] = 0;
                for (int j = 0; j < ROW && group0 + tile * ROW + j < group1; j += W) {
                    for (int i = 0; i < $N_i; i += W) {
                        for (int lane = 0; lane < W; lane++) {
                            const int qi = vbetween(group0 + tile * ROW + j + lane, 0, group1 - 1);
                            SIMD_MAYBE const ptrdiff_t q = q_row + qi;
                            vstore(block + lane * W, $query(sequence, b, q, qi, i));
                        }
                        vturn(block, W, turned[tile] + i * ROW + j, ROW);
                    }
                    vstore(most[tile] + j, vsplat(-0x1.fffffep127f));
                    vstore(total[tile] + j, vsplat(0.0f));
                }
            }

            const int group_first = vbetween($low(sequence, group0), 0, keys);
            SIMD_MAYBE const int group_last = group1 - 1;
            const int group_end = vbetween($high(sequence, group_last) + 1, group_first, keys);
            for (int begin = group_first & -KEYS; begin < group_end; begin += KEYS) {
                const int end = vbetween(begin + KEYS, begin, group_end);
                const float *k_at = k, *v_at = v;
                ptrdiff_t k_row = I16, v_row = E16;
                SIMD_MAYBE const ptrdiff_t first = u_row + begin;
//$ if key_in_place
                if (group1 - group0 <= FEW && begin < end) {
                    k_at = $key_at(sequence, b, first, begin);
                    k_row = $key_step_u;
                }
//$ end
//$ if v_in_place
                if (group1 - group0 <= FEW && begin < end) {
                    v_at = $v_at(sequence, b, first, begin);
                    v_row = $v_step_u;
                }
//$ end
                for (int ui = begin; ui < end && (k_at == k || v_at == v); ui++) {
                    SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                    for (int i = 0; i < $N_i && k_at == k; i += W) {
                        vstore(k + (ui - begin) * I16 + i, $key(sequence, b, u, ui, i));
                    }
                    for (int e = 0; e < $N_e && v_at == v; e += W) {
                        vstore(v + (ui - begin) * E16 + e, $v(sequence, b, u, ui, e));
                    }
                }
                for (int tile = 0; tile < tiles; tile++) {
                    const int q0 = group0 + tile * ROW, q1 = vbetween(q0 + ROW, q0, group1), last = q1 - 1;
                    const int from = vbetween($low(sequence, q0), begin, end), to = vbetween($high(sequence, last) + 1, from, end);
                    const int lanes = (q1 - q0 + W - 1) / W;
                    for (int rows, ui = from; ui < to; ui += rows) {
                        rows = tile_take(to - ui);
                        tile_dot_lanes(lanes, rows, k_at + (ui - begin) * k_row, k_row, 1, turned[tile], ROW, $N_i,
                                       s + (ui - begin) * ROW, ROW);
                    }
                    for (int j = 0; j < lanes && from < to; j++) {
                        float *const at = s + j * W;
                        const int q_first = q0 + j * W;
                        SIMD_MAYBE const ptrdiff_t q = q_row + q_first;
                        SIMD_MAYBE const vi qi = viselect(vfirst(q1 - q_first), viota() + visplat(q_first), visplat(last));
                        const vf before = vload(most[tile] + j * W);
                        vf top = before;
                        int see0 = from, see1 = to, all0 = from, all1 = to;
//$ if predicate
                        /* keys see0 .. see1 are seen by some query of the vector, of these all0 .. all1 by all of them */
                        SIMD_MAYBE const int q_last = vbetween(q_first + W - 1, q_first, last);
                        see0 = vbetween($low(sequence, q_first), from, to);
                        see1 = vbetween($high(sequence, q_last) + 1, see0, to);
                        all0 = $exact ? vbetween($low(sequence, q_last), see0, see1) : see1;
                        all1 = vbetween($high(sequence, q_first) + 1, all0, see1);
                        for (int side = 0; side < 2; side++) {
                            for (int ui = side ? see1 : from; ui < (side ? to : see0); ui++) {
                                vstore(at + (ui - begin) * ROW, vsplat(0.0f));
                            }
                            for (int ui = side ? all1 : see0; ui < (side ? see1 : all0); ui++) {
                                SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                                SIMD_MAYBE const vf dot = vload(at + (ui - begin) * ROW);
                                const vf score = vselect($p(sequence, b, q, qi, u, ui), $s(sequence, b, q, qi, u, ui, dot), none);
                                top = vmax(top, score);
                                vstore(at + (ui - begin) * ROW, score);
                            }
                        }
//$ end
                        for (int ui = all0; ui < all1; ui++) {
                            SIMD_MAYBE const ptrdiff_t u = u_row + ui;
                            SIMD_MAYBE const vf dot = vload(at + (ui - begin) * ROW);
                            const vf score = $s(sequence, b, q, qi, u, ui, dot);
                            top = vmax(top, score);
                            vstore(at + (ui - begin) * ROW, score);
                        }
                        const vf shrink = vexp(before - top);
                        vf sum = vload(total[tile] + j * W) * shrink;
                        for (int ui = see0; ui < see1; ui++) {
                            const vf weight = vexp(vload(at + (ui - begin) * ROW) - top);
                            sum = sum + weight;
                            vstore(at + (ui - begin) * ROW, weight);
                        }
                        vstore(most[tile] + j * W, top);
                        vstore(total[tile] + j * W, sum);
                        float *const shrunk = o[tile] + j * W;
                        for (int e = 0; e < $N_e && begun[tile] && vany(vlt(shrink, vsplat(1.0f))); e++) {
                            vstore(shrunk + e * ROW, vload(shrunk + e * ROW) * shrink);
                        }
                    }
                    for (int rows, e = 0; e < $N_e && from < to; e += rows) {
                        rows = tile_take($N_e - e);
                        const float *const columns = v_at + (from - begin) * v_row + e, *const weights = s + (from - begin) * ROW;
                        if (begun[tile]) {
                            tile_add_lanes(lanes, rows, columns, 1, v_row, weights, ROW, to - from, o[tile] + e * ROW, ROW);
                        } else {
                            tile_dot_lanes(lanes, rows, columns, 1, v_row, weights, ROW, to - from, o[tile] + e * ROW, ROW);
                        }
                    }
                    begun[tile] |= from < to;
                }
            }

            for (int q0 = group0; q0 < group1; q0 += W) {
                const int tile = (q0 - group0) / ROW, j = (q0 - group0) % ROW;
                if (!begun[tile]) { /* no key was seen */
                    memset(o[tile], 0, sizeof o[tile]);
                    begun[tile] = 1;
                }
                vf sum = vload(total[tile] + j), factor = vsplat(1.0f);
//$ if sink
                SIMD_MAYBE const ptrdiff_t q = q_row + q0;
                SIMD_MAYBE const vi qi = viselect(vfirst(group1 - q0), viota() + visplat(q0), visplat(group1 - 1));
                const vf z = $z(sequence, b, q, qi), before = vload(most[tile] + j), top = vmax(before, z);
                factor = vexp(before - top);
                sum = vfma(sum, factor, vexp(z - top));
//$ end
                float share[W];
                vstore(share, vselect(vlt(vsplat(0.0f), sum), vdiv(factor, sum), vsplat(0.0f)));
                for (int e = 0; e < $N_e; e += W) {
                    vturn(o[tile] + e * ROW + j, ROW, block, W);
                    for (int lane = 0; lane < W && q0 + lane < group1; lane++) {
                        SIMD_MAYBE const int place = q0 + lane;
                        SIMD_MAYBE const ptrdiff_t row = q_row + place;
                        const vf acc = vload(block + lane * W) * vsplat(share[lane]);
                        $store(sequence, b, row, place, e, acc);
                    }
                }
            }
        }
    }
}
