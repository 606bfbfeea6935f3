#include "twice.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
/* Two contexts in two threads; and one context with a lane for each of two threads, who send one after the other and wait by themselves. */
enum { ROWS = 6, D = 4, TURNS = 12 };
static const int32_t begin[] = {0, 4, 4, 6};
static float x[ROWS * D], first[ROWS * D];
static twice_cuda *both;
static pthread_mutex_t sending = PTHREAD_MUTEX_INITIALIZER;
static void *alone(void *wrong)
{
    twice_cuda *gpu;
    float y[ROWS * D];
    const twice_io io = {.sequences = 3, .begin = begin, .x = x, .y = y};
    *(int *)wrong = twice_cuda_open(&gpu, 0) != TWICE_OK;
    for (int i = 0; i < TURNS && !*(int *)wrong; i++) {
        memset(y, 0, sizeof y);
        *(int *)wrong = twice_cuda_answer(&io, gpu) != TWICE_OK || memcmp(y, first, sizeof y) != 0;
    }
    twice_cuda_close(gpu);
    return NULL;
}
static void by_lane(int *wrong, int lane)
{
    float y[ROWS * D];
    const twice_io io = {.sequences = 3, .begin = begin, .x = x, .y = y};
    for (int i = 0; i < TURNS && !*wrong; i++) {
        memset(y, 0, sizeof y);
        pthread_mutex_lock(&sending);
        const twice_status sent = twice_cuda_send(&io, both, lane);
        pthread_mutex_unlock(&sending);
        *wrong = sent != TWICE_OK || twice_cuda_receive(both, lane) != TWICE_OK || memcmp(y, first, sizeof y) != 0;
    }
}
static void *lane_0(void *wrong)
{
    by_lane(wrong, 0);
    return NULL;
}
static void *lane_1(void *wrong)
{
    by_lane(wrong, 1);
    return NULL;
}
int main(void)
{
    int wrong[4] = {0};
    pthread_t thread[2];
    for (int i = 0; i < ROWS * D; i++) {
        x[i] = (float)(i % 7) - 2;
    }
    const twice_io io = {.sequences = 3, .begin = begin, .x = x, .y = first};
    if (twice_cuda_open(&both, 0) != TWICE_OK || twice_cuda_answer(&io, both) != TWICE_OK) {
        return 2;
    }
    /* what a lane refuses */
    if (twice_cuda_send(&io, both, 2) != TWICE_BAD_BATCH || twice_cuda_receive(both, 0) != TWICE_BAD_BATCH ||
        twice_cuda_send(&io, both, 1) != TWICE_OK || twice_cuda_send(&io, both, 1) != TWICE_BAD_BATCH ||
        twice_cuda_receive(both, 1) != TWICE_OK) {
        return 3;
    }
    void *(*const work[])(void *) = {alone, alone, lane_0, lane_1};
    for (int k = 0; k < 4; k += 2) {
        for (int i = 0; i < 2; i++) {
            if (pthread_create(&thread[i], NULL, work[k + i], &wrong[k + i]) != 0) {
                return 4;
            }
        }
        for (int i = 0; i < 2; i++) {
            pthread_join(thread[i], NULL);
        }
    }
    twice_cuda_close(both);
    return wrong[0] || wrong[1] || wrong[2] || wrong[3] ? 5 : 0;
}
