#include "team.h"

#include <sched.h>

enum { TEAM_SPINS = 1 << 14 };

/* Comes back when all of the team are here: everything that anyone wrote before is there to be read. */
static void team_wait(const model_team *team)
{
    if (team->size > 1) {
        model_meeting *const meeting = team->meeting;
        const int32_t turn = __atomic_load_n(&meeting->turn, __ATOMIC_RELAXED);
        if (__atomic_add_fetch(&meeting->waiting, 1, __ATOMIC_ACQ_REL) == team->size) {
            __atomic_store_n(&meeting->waiting, 0, __ATOMIC_RELAXED);
            __atomic_store_n(&meeting->turn, turn + 1, __ATOMIC_RELEASE);
        } else {
            for (int32_t spins = 0; __atomic_load_n(&meeting->turn, __ATOMIC_ACQUIRE) == turn; spins++) {
                if (spins >= TEAM_SPINS) {
                    sched_yield();
                }
            }
        }
    }
}
