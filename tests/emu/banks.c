/* banks.c - conflicts of the banks of shared memory
 *
 * A warp's access to shared memory takes one turn when no two of its lanes want different words of 4 bytes in one of the 32 banks; of 8 or
 * 16 bytes a half or a quarter of the warp takes a turn. What is beyond that is counted. Lanes run one after the other here: what they do at
 * one place of the code for the n-th time since they met is one access. With EMU_BANKS=FILE a line for each kernel is written at the end:
 * its name, accesses, turns beyond one. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 4096, CODES = 4096, KERNELS = 512, WARPS = 32 };

typedef struct Request {
    const void *code;
    uint32_t turn, lanes; /* which lanes take part */
    size_t bytes;
    uint32_t at[32];
} Request;

typedef struct Count {
    const char *name;
    long requests, conflicts;
} Count;

static struct Warp {
    Request request[REQUESTS];
    int used[REQUESTS], n;
} *warps;
static struct Turn { /* how often a lane came to a place */
    const void *code;
    uint32_t turn, meeting;
} turns[1024][64];
static uint32_t meeting[WARPS];
static Count counts[KERNELS];
static Count *count;

static void report(void)
{
    FILE *const file = fopen(getenv("EMU_BANKS"), "a");
    for (int i = 0; file && i < KERNELS && counts[i].name; i++) {
        fprintf(file, "%s %ld %ld\n", counts[i].name, counts[i].requests, counts[i].conflicts);
    }
    if (file) {
        fclose(file);
    }
}

void emu_banks_kernel(const char *name)
{
    if (!getenv("EMU_BANKS")) {
        return;
    }
    if (!warps) {
        warps = calloc(WARPS, sizeof *warps);
        atexit(report);
    }
    int i = 0;
    while (i < KERNELS - 1 && counts[i].name && strcmp(counts[i].name, name) != 0) {
        i++;
    }
    count = &counts[i];
    count->name = name;
}

/* Turns beyond one for each group of lanes that are served together. */
static long conflicts_of(const Request *r)
{
    const int together = r->bytes <= 4 ? 32 : r->bytes == 8 ? 16 : 8;
    const uint32_t words = r->bytes <= 4 ? 1 : (uint32_t)(r->bytes / 4);
    long beyond = 0;
    for (int first = 0; first < 32; first += together) {
        uint32_t seen[32][32];
        int seen_n[32] = {0}, most = 1;
        for (int lane = first; lane < first + together; lane++) {
            for (uint32_t w = 0; (r->lanes >> lane & 1) && w < words; w++) {
                const uint32_t word = r->at[lane] / 4 + w, bank = word % 32;
                int k = 0;
                while (k < seen_n[bank] && seen[bank][k] != word) {
                    k++;
                }
                if (k == seen_n[bank]) {
                    seen[bank][seen_n[bank]++] = word;
                    most = seen_n[bank] > most ? seen_n[bank] : most;
                }
            }
        }
        beyond += most - 1;
    }
    return beyond;
}

static void add(const Request *r)
{
    count->requests++;
    count->conflicts += conflicts_of(r);
}

void emu_banks_meet(int warp)
{
    for (int w = 0; warps && w < WARPS; w++) {
        if (warp < 0 || warp == w) {
            for (int i = 0; i < warps[w].n; i++) {
                Request *const r = &warps[w].request[warps[w].used[i]];
                add(r);
                r->code = NULL;
            }
            warps[w].n = 0;
            meeting[w]++;
        }
    }
}

static uint32_t turn_of(const void *code)
{
    struct Turn *const all = turns[emu_me->number];
    const size_t hash = (uintptr_t)code * 2654435761u >> 7;
    for (size_t k = 0; k < 64; k++) {
        struct Turn *const t = &all[(hash + k) % 64];
        if (t->code == code && t->meeting == meeting[emu_me->warp]) {
            return ++t->turn;
        }
        if (!t->code || t->meeting != meeting[emu_me->warp]) {
            *t = (struct Turn){code, 0, meeting[emu_me->warp]};
            return 0;
        }
    }
    return UINT32_MAX;
}

void emu_banks_access(const void *at, size_t bytes, const void *code)
{
    size_t place;
    if (!warps || !emu_me || emu_is_own_stack(at) || !emu_is_shared(at, &place)) {
        return;
    }
    struct Warp *const w = &warps[emu_me->warp];
    const uint32_t turn = turn_of(code), lane = (uint32_t)emu_me->lane;
    size_t i = ((uintptr_t)code * 31 + turn) % REQUESTS;
    while (w->request[i].code && (w->request[i].code != code || w->request[i].turn != turn)) {
        i = (i + 1) % REQUESTS;
    }
    Request *const r = &w->request[i];
    if (!r->code) {
        if (w->n == REQUESTS - 1) {
            return; /* a lane far ahead of the others */
        }
        *r = (Request){.code = code, .turn = turn, .bytes = bytes};
        w->used[w->n++] = (int)i;
    }
    r->lanes |= UINT32_C(1) << lane;
    r->at[lane] = (uint32_t)(uintptr_t)at;
}

void emu_banks_request(const void *const at[32], size_t bytes)
{
    Request r = {.bytes = bytes};
    for (int lane = 0; warps && lane < 32; lane++) {
        r.lanes |= (uint32_t)(at[lane] != NULL) << lane;
        r.at[lane] = (uint32_t)(uintptr_t)at[lane];
    }
    if (warps) {
        add(&r);
    }
}
