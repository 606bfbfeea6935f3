/* team.h - threads that run one batch together
 *
 * Each thread of a team calls model_run_with() with the same io and workspace and a rank of its own. Kernels deal their rows, columns or
 * heads among the ranks and wait for each other after each; results are the same bits for every size. */
#ifndef MODEL_TEAM_H
#define MODEL_TEAM_H

#include <stdint.h>

typedef struct model_meeting { /* memory that the threads of a team share, zero before the first run */
    int32_t waiting, turn;
    char alone[56];            /* on a cache line of its own */
} model_meeting;

typedef struct model_team {
    int32_t rank, size;        /* 0 <= rank < size */
    model_meeting *meeting;    /* NULL is fine where size is 1 */
} model_team;

#endif
