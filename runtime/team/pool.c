#include "pool.h"

#ifdef MODEL_THREADS
#include <sched.h>
#include <string.h>

/* About half a millisecond: to wake a thread that sleeps takes up to a tenth of it, for each batch. */
enum { POOL_SPINS = 1 << 8, POOL_LOOKS = 1 << 11 };

/* Until there is another batch; 0: there will be none. */
static int pool_wait(model_pool *pool, int32_t seen)
{
    for (int32_t looks = 0; looks < POOL_LOOKS; looks++) {
        for (int32_t spins = 0; spins < POOL_SPINS; spins++) {
            if (__atomic_load_n(&pool->runs, __ATOMIC_ACQUIRE) != seen) {
                return !pool->closed;
            }
        }
        sched_yield(); /* whoever has something to do goes first */
    }
    pthread_mutex_lock(&pool->lock);
    while (__atomic_load_n(&pool->runs, __ATOMIC_ACQUIRE) == seen) {
        pthread_cond_wait(&pool->called, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return !pool->closed;
}

static void *pool_work(void *argument)
{
    const struct model_pool_member *const me = argument;
    model_pool *const pool = me->pool;
    for (int32_t seen = 0; pool_wait(pool, seen); seen++) {
        const model_team team = {me->rank, pool->size, &pool->meeting};
        model_run_with(&team, pool->io, pool->workspace, pool->bytes);
    }
    return NULL;
}

static void pool_call(model_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    __atomic_add_fetch(&pool->runs, 1, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&pool->called);
    pthread_mutex_unlock(&pool->lock);
}

int32_t model_pool_open(model_pool *pool, int32_t threads)
{
    memset(pool, 0, sizeof *pool);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->called, NULL);
    for (pool->size = 1; pool->size < threads && pool->size < MODEL_POOL_MOST; pool->size++) {
        struct model_pool_member *const next = &pool->member[pool->size];
        next->pool = pool;
        next->rank = pool->size;
        if (pthread_create(&next->id, NULL, pool_work, next) != 0) {
            break;
        }
    }
    return pool->size;
}

model_status model_run_on(model_pool *pool, const model_io *io, void *workspace, size_t bytes)
{
    const model_team team = {0, pool->size, &pool->meeting};
    pool->io = io;
    pool->workspace = workspace;
    pool->bytes = bytes;
    if (pool->size > 1) {
        pool_call(pool);
    }
    return model_run_with(&team, io, workspace, bytes);
}

void model_pool_close(model_pool *pool)
{
    pool->closed = 1;
    pool_call(pool);
    for (int32_t i = 1; i < pool->size; i++) {
        pthread_join(pool->member[i].id, NULL);
    }
    pthread_cond_destroy(&pool->called);
    pthread_mutex_destroy(&pool->lock);
}
#endif
