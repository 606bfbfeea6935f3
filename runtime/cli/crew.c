/* crew.c - threads that run one batch together
 *
 * For what cannot be dealt by sequences: one text, the next of which comes after the answer. They are a pool of the model's own. Or a GPU,
 * which every worker sends batches to and waits for its own: while one runs, another one is read, copied, or printed. */
#include "cli.h"

static int device_is_open(void)
{
    return model.device && model.device();
}

#ifdef MODEL_THREADS

static int device_answer(const model_call *call)
{
    static pthread_mutex_t sending = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&sending);
    const int status = model.send(call);
    pthread_mutex_unlock(&sending);
    return status ? status : model.receive(call->lane);
}

struct crew {
    void *pool;
    size_t size;
};

static crew *crew_open(int threads)
{
    crew *const c = model.pool_bytes && threads > 1 ? calloc(1, sizeof *c) : NULL;
    void *const pool = c ? malloc(model.pool_bytes) : NULL;
    if (!pool) {
        free(c);
        return NULL;
    }
    c->pool = pool;
    c->size = (size_t)model.pool_open(pool, threads);
    return c;
}

static void crew_close(crew *c)
{
    if (c) {
        model.pool_close(c->pool);
        free(c->pool);
        free(c);
    }
}

static size_t crew_size(const crew *c)
{
    return c ? c->size : 1;
}

static int crew_answer(crew *c, const model_call *call, void *workspace, size_t size)
{
    return device_is_open() ? device_answer(call) : c ? model.run_on(c->pool, call, workspace, size) : model.run(call, workspace, size);
}

#else

static int device_answer(const model_call *call)
{
    const int status = model.send(call);
    return status ? status : model.receive(call->lane);
}

static crew *crew_open(int threads)
{
    (void)threads;
    return NULL;
}

static void crew_close(crew *c)
{
    (void)c;
}

static size_t crew_size(const crew *c)
{
    (void)c;
    return 1;
}

static int crew_answer(crew *c, const model_call *call, void *workspace, size_t size)
{
    (void)c;
    return device_is_open() ? device_answer(call) : model.run(call, workspace, size);
}

#endif
