// The header in C++, and the library behind it.
#include "twice.h"

#include <cstdio>

int main()
{
    twice_cuda *gpu = nullptr;
    const int32_t begin[] = {0, 2};
    const float x[2 * TWICE_D] = {1, 2, 3, 4, 5, 6, 7, 8};
    float y[2 * TWICE_D] = {};
    twice_io io = {};
    io.sequences = 1;
    io.begin = begin;
    io.x = x;
    io.y = y;
    if (twice_cuda_open(&gpu, 0) != TWICE_OK || twice_cuda_send(&io, gpu, TWICE_CUDA_LANES - 1) != TWICE_OK ||
        twice_cuda_receive(gpu, TWICE_CUDA_LANES - 1) != TWICE_OK || y[0] == 0) {
        return 2;
    }
    std::printf("%s, %zu bytes\n", twice_cuda_name(gpu), twice_cuda_arena(gpu, &io));
    twice_cuda_close(gpu);
    return 0;
}
