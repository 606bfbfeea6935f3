/* pool.h - threads that run batch after batch together, in memory of the caller's
 *
 * The caller is one of them; the others spin for a moment after a batch before they sleep. One thread at a time uses a pool. */
#ifndef MODEL_POOL_H
#define MODEL_POOL_H

#include "team.h"

#ifdef MODEL_THREADS
#include <pthread.h>

enum { MODEL_POOL_MOST = 64 };

typedef struct model_pool { /* what is inside is the pool's own */
    pthread_mutex_t lock;
    pthread_cond_t called;
    model_meeting meeting;
    int32_t size, runs, closed;
    const struct model_io *io;
    void *workspace;
    size_t bytes;
    struct model_pool_member {
        pthread_t id;
        struct model_pool *pool;
        int32_t rank;
    } member[MODEL_POOL_MOST];
} model_pool;

/* Starts threads until there are so many, the caller counted, but no more than MODEL_POOL_MOST. Returns how many there are. */
int32_t model_pool_open(model_pool *pool, int32_t threads);

/* As model_run, by all threads of the pool. The workspace is that of model_run_with for as many. */
model_status model_run_on(model_pool *pool, const model_io *io, void *workspace, size_t bytes);

void model_pool_close(model_pool *pool);
#endif
#endif
