/* crew.c - threads that run one batch together
 *
 * For what cannot be dealt by sequences: one text, the next of which comes after the answer. The caller is rank 0; the others wait for a
 * batch, spinning for a moment before they sleep. */
#include "cli.h"

#if defined MODEL_THREADS && defined MODEL_TEAM

enum { CREW_SPINS = 1 << 15 };

typedef struct crew_member {
    pthread_t id;
    struct crew *crew;
    int32_t rank;
} crew_member;

struct crew {
    pthread_mutex_t lock;
    pthread_cond_t called;
    model_meeting meeting;
    int32_t size, batches, closed; /* batches so far; __atomic */
    const model_call *call;
    void *workspace;
    size_t size_of_it;
    crew_member *member;
};

static int crew_wait(crew *c, int32_t seen)
{
    for (int32_t spins = 0; spins < CREW_SPINS; spins++) {
        if (__atomic_load_n(&c->batches, __ATOMIC_ACQUIRE) != seen) {
            return !c->closed;
        }
    }
    pthread_mutex_lock(&c->lock);
    while (__atomic_load_n(&c->batches, __ATOMIC_ACQUIRE) == seen) {
        pthread_cond_wait(&c->called, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return !c->closed;
}

static void *crew_work(void *argument)
{
    const crew_member *const me = argument;
    crew *const c = me->crew;
    const model_team team = {me->rank, c->size, &c->meeting};
    for (int32_t seen = 0; crew_wait(c, seen); seen++) {
        model.run_with(&team, c->call, c->workspace, c->size_of_it);
    }
    return NULL;
}

static void crew_call(crew *c)
{
    pthread_mutex_lock(&c->lock);
    __atomic_add_fetch(&c->batches, 1, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&c->called);
    pthread_mutex_unlock(&c->lock);
}

static crew *crew_open(int threads)
{
    crew *const c = model.run_with && threads > 1 ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        return NULL;
    }
    c->member = calloc((size_t)threads, sizeof *c->member);
    c->size = threads;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->called, NULL);
    int started = 1;
    while (c->member && started < threads) {
        c->member[started] = (crew_member){c->member[started].id, c, started};
        if (pthread_create(&c->member[started].id, NULL, crew_work, &c->member[started]) != 0) {
            break;
        }
        started++;
    }
    if (started < threads) { /* no batch has begun, so those that run only wait: the caller goes on alone */
        c->size = started;
        crew_close(c);
        return NULL;
    }
    return c;
}

static void crew_close(crew *c)
{
    if (!c) {
        return;
    }
    c->closed = 1;
    crew_call(c);
    for (int32_t i = 1; i < c->size; i++) {
        pthread_join(c->member[i].id, NULL);
    }
    pthread_cond_destroy(&c->called);
    pthread_mutex_destroy(&c->lock);
    free(c->member);
    free(c);
}

static size_t crew_size(const crew *c)
{
    return c ? (size_t)c->size : 1;
}

static int crew_run(crew *c, const model_call *call, void *workspace, size_t size)
{
    if (!c) {
        return model.run(call, workspace, size);
    }
    const model_team team = {0, c->size, &c->meeting};
    c->call = call;
    c->workspace = workspace;
    c->size_of_it = size;
    crew_call(c);
    return model.run_with(&team, call, workspace, size);
}

#else

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

static int crew_run(crew *c, const model_call *call, void *workspace, size_t size)
{
    (void)c;
    return model.run(call, workspace, size);
}

#endif
