/* failures.c - calls of the runtime that fail because a test wants them to, and what was made and never given back */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "streams.h"

#include <pthread.h>

static long calls, at;
static cudaError_t how, for_ever;
static int made;

long emu_fail(long n, cudaError_t error)
{
    const long before = calls;
    calls = 0;
    at = n;
    how = error;
    for_ever = cudaSuccess;
    return before;
}

cudaError_t emu_call(void)
{
    if (++calls == at) {
        for_ever = how == cudaErrorLaunchFailure ? how : cudaSuccess;
        return how;
    }
    return for_ever;
}

void emu_made(int n)
{
    made += n;
}

int emu_left(void)
{
    return made;
}

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

int emu_lock(void)
{
    pthread_mutex_lock(&lock);
    return 1;
}

void emu_unlock(const int *locked)
{
    (void)locked;
    pthread_mutex_unlock(&lock);
}
