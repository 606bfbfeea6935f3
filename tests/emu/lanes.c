/* lanes.c - values from lane to lane: runtime/cuda/warp.h */
#include "inner.h"
#include "words.h"

#include <string.h>

static void exchange(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    for (int lane = 0; lane < 32; lane++) {
        if (in[lane][1] > 31) {
            emu_stop("there is no lane %u", in[lane][1]);
        }
        out[lane][0] = in[in[lane][1]][0];
    }
}

int32_t emu_lane_from_int(int32_t x, int lane, const char *file, int line)
{
    const uint32_t in[2] = {(uint32_t)x, (uint32_t)lane};
    uint32_t out;
    emu_warp(0xffffffffu, in, 2, &out, 1, exchange, file, line);
    return (int32_t)out;
}

float emu_lane_from(float x, int lane, const char *file, int line)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = emu_lane_from_int(bits, lane, file, line);
    memcpy(&x, &bits, sizeof x);
    return x;
}

float emu_lane_xor(float x, int mask, const char *file, int line)
{
    return emu_lane_from(x, emu_me->lane ^ mask, file, line);
}

float emu_lane_up(float x, int by, const char *file, int line)
{
    return emu_lane_from(x, emu_me->lane < by ? emu_me->lane : emu_me->lane - by, file, line);
}

static void ballot(uint32_t in[32][EMU_WORDS], uint32_t out[32][EMU_WORDS])
{
    uint32_t all = 0;
    for (int lane = 0; lane < 32; lane++) {
        all |= in[lane][0] << lane;
    }
    for (int lane = 0; lane < 32; lane++) {
        out[lane][0] = all;
    }
}

uint32_t emu_lanes_where(int says, const char *file, int line)
{
    const uint32_t in = says != 0;
    uint32_t out;
    emu_warp(0xffffffffu, &in, 1, &out, 1, ballot, file, line);
    return out;
}
