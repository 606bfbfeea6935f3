/* driver.c - the C of test_memory.py: a batch run by one thread, by a team and by a pool, in exactly the memory that the header says.
 *     driver SEQUENCES T ..    prints the bytes of workspace of such batches, one a line; without arguments it runs one */
#include "m.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEQUENCES = 4, T = 150, N = T * 24, TEAM = 3, GUARD = 64 };

static const int32_t begin[SEQUENCES + 1] = {0, 1, 1, 97, T};
static float x[N], alone[N], together[N];
static unsigned char *space;
static size_t bytes;
static m_meeting meeting;
static m_status status[TEAM];

static void *work(void *argument)
{
    const int32_t rank = *(const int32_t *)argument;
    const m_team team = {rank, TEAM, &meeting};
    const m_io io = {.sequences = SEQUENCES, .begin = begin, .x = x, .y = together};
    status[rank] = m_run_with(&team, &io, space, bytes);
    return NULL;
}

/* How many of the team say that the memory suffices. */
static int run_team(size_t size)
{
    static const int32_t rank[TEAM] = {0, 1, 2};
    pthread_t id[TEAM];
    bytes = size;
    for (int i = 0; i < TEAM; i++) {
        pthread_create(&id[i], NULL, work, (void *)(uintptr_t)&rank[i]);
    }
    int fine = 0;
    for (int i = 0; i < TEAM; i++) {
        pthread_join(id[i], NULL);
        fine += status[i] == M_OK;
    }
    return fine;
}

/* The same by a pool, twice. */
static int run_pool(size_t size)
{
    static m_pool pool;
    const m_io io = {.sequences = SEQUENCES, .begin = begin, .x = x, .y = together};
    const int32_t threads = m_pool_open(&pool, TEAM);
    int fine = 0;
    for (int i = 0; i < 2; i++) {
        memset(together, 0, sizeof together);
        fine += m_run_on(&pool, &io, space, size) == M_OK && memcmp(alone, together, sizeof alone) == 0;
    }
    m_pool_close(&pool);
    return threads == TEAM ? fine : -threads;
}

static int guarded(size_t from)
{
    for (size_t i = 0; i < GUARD; i++) {
        if (space[from + i] != 0xA5) {
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        printf("%zu\n", m_workspace((int32_t)atoi(argv[i]), atoll(argv[i + 1])));
    }
    if (argc > 1) {
        return 0;
    }
    const size_t one = m_workspace(SEQUENCES, T), all = one + (TEAM - 1) * (size_t)M_SCRATCH;
    for (int i = 0; i < N; i++) {
        x[i] = (float)(i * 37 % 101) / 50.0f - 1.0f;
    }
    space = aligned_alloc(64, all + GUARD);
    memset(space, 0xA5, all + GUARD);
    const m_io io = {.sequences = SEQUENCES, .begin = begin, .x = x, .y = alone};
    const int less = m_run(&io, space, one - 1), exact = m_run(&io, space, one), kept = guarded(one);
    memset(space, 0xA5, all + GUARD);
    const int few = run_team(all - 1), enough = run_team(all);
    const int pool = run_pool(all);
    printf("less %d, exact %d, kept %d; of the team %d, %d, kept %d, same %d; pool %d; macro %d\n", less == M_NO_SPACE, exact == M_OK, kept, few,
           enough, guarded(all), memcmp(alone, together, sizeof alone) == 0, pool, M_WORKSPACE(SEQUENCES, T) == one);
    free(space);
    return 0;
}
