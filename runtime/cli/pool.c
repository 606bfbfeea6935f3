/* pool.c - jobs through workers
 *
 * One batch at a time: fill, run, take, by turns, the run by all threads together. Several: this thread fills a ring of jobs, workers run
 * them, and whoever finishes the job that is next in the order of the input hands it, and those after it that are ready, to the sink. A
 * job's place in the ring belongs to the reader until it is filled, then to one worker, then to the sink, so only the counters need the
 * lock. */
#include "cli.h"

static void pool_alone(const options *o, source *from, sink *to, trouble *t)
{
    worker w;
    job j;
    memset(&j, 0, sizeof j);
    worker_open(&w, o, from, to, t);
    w.crew = crew_open(o->threads);
    trouble late = {0}; /* of reading: what was read before it is answered first */
    while (!t->code && !late.code && source_fill(from, &j, &late)) {
        job_answer(&w, &j);
        sink_take(to, &j, t);
    }
    if (!t->code && late.code) {
        *t = late;
    }
    crew_close(w.crew);
    worker_close(&w);
    job_free(&j);
}

#ifdef MODEL_THREADS

typedef struct pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    job *ring;
    size_t places;
    size_t filled, started, taken; /* jobs so far; ring[n % places] */
    int closed;                    /* nothing more will be filled */
    int taking;                    /* somebody is at the sink */
    int wake;                      /* written to when the reader should stop */
    sink *sink;
    trouble trouble;
} pool;

typedef struct pool_thread {
    pthread_t id;
    pool *pool;
    worker worker;
} pool_thread;

/* With the lock: jobs that are ready and next go to the sink, one at a time and with the lock open. */
static void pool_take(pool *p)
{
    while (!p->taking && !p->trouble.code && p->taken < p->started && p->ring[p->taken % p->places].done) {
        trouble t = {0};
        p->taking = 1;
        pthread_mutex_unlock(&p->lock);
        sink_take(p->sink, &p->ring[p->taken % p->places], &t);
        pthread_mutex_lock(&p->lock);
        p->taking = 0;
        p->taken++;
        if (t.code) {
            p->trouble = t;
            write_all(p->wake, "!", 1);
        }
        pthread_cond_broadcast(&p->changed);
    }
}

static void *pool_work(void *argument)
{
    pool_thread *const me = argument;
    pool *const p = me->pool;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->started == p->filled && !p->closed && !p->trouble.code) {
            pthread_cond_wait(&p->changed, &p->lock);
        }
        if (p->trouble.code || p->started == p->filled) {
            break;
        }
        job *const j = &p->ring[p->started++ % p->places];
        pthread_mutex_unlock(&p->lock);
        job_answer(&me->worker, j);
        pthread_mutex_lock(&p->lock);
        j->done = 1;
        pool_take(p);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void pool_read(pool *p, source *from, trouble *late)
{
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->filled - p->taken == p->places && !p->trouble.code) {
            pthread_cond_wait(&p->changed, &p->lock);
        }
        if (p->trouble.code) {
            break;
        }
        job *const j = &p->ring[p->filled % p->places];
        pthread_mutex_unlock(&p->lock);
        const int more = !late->code && source_fill(from, j, late);
        pthread_mutex_lock(&p->lock);
        if (!more) {
            break;
        }
        p->filled++;
        pthread_cond_broadcast(&p->changed);
    }
    p->closed = 1;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void pool_threads(const options *o, source *from, sink *to, int pipe_ends[2], pool_thread *thread, job *ring, trouble *t)
{
    pool p = {.ring = ring, .places = 2 * (size_t)o->threads, .wake = pipe_ends[1], .sink = to};
    trouble late = {0};
    int started = 0, opened = 0;
    pthread_mutex_init(&p.lock, NULL);
    pthread_cond_init(&p.changed, NULL);
    from->lines.wake = pipe_ends[0];
    while (opened < o->threads && !t->code) {
        thread[opened].pool = &p;
        worker_open(&thread[opened].worker, o, from, to, t);
        thread[opened].worker.lane = opened;
        opened++;
    }
    while (started < opened && !t->code && pthread_create(&thread[started].id, NULL, pool_work, &thread[started]) == 0) {
        started++;
    }
    if (started == 0 && !t->code) { /* none can be had: this one does it all */
        pool_alone(o, from, to, t);
    } else if (started > 0) {
        pool_read(&p, from, &late);
    }
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i].id, NULL);
    }
    for (int i = 0; i < opened; i++) {
        worker_close(&thread[i].worker);
    }
    pthread_cond_destroy(&p.changed);
    pthread_mutex_destroy(&p.lock);
    from->lines.wake = -1;
    if (!t->code) {
        *t = p.trouble.code ? p.trouble : late;
    }
}

/* Where standard input is closed, its number must not become that of a pipe. */
static int pool_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        return 0;
    }
    for (int i = 0; i < 2; i++) {
        const int high = ends[i] > 2 ? ends[i] : fcntl(ends[i], F_DUPFD, 3);
        if (high != ends[i]) {
            close(ends[i]);
        }
        ends[i] = high;
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

static void pool_answer(const options *o, source *from, sink *to, trouble *t)
{
    if (o->threads == 1 || o->batch == 1 || o->texts == 1 || states_go_on(from)) { /* one sequence at a time in the whole process */
        pool_alone(o, from, to, t);
        return;
    }
    int pipe_ends[2];
    if (!pool_pipe(pipe_ends)) {
        trouble_set(t, TROUBLE_OURS, "cannot make a pipe: %s", strerror(errno));
        return;
    }
    pool_thread *const thread = calloc((size_t)o->threads, sizeof *thread);
    job *const ring = calloc(2 * (size_t)o->threads, sizeof *ring);
    if (thread && ring) {
        pool_threads(o, from, to, pipe_ends, thread, ring, t);
    } else {
        trouble_memory(t);
    }
    for (size_t i = 0; ring && i < 2 * (size_t)o->threads; i++) {
        job_free(&ring[i]);
    }
    free(ring);
    free(thread);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

#else

static void pool_answer(const options *o, source *from, sink *to, trouble *t)
{
    pool_alone(o, from, to, t);
}

#endif
