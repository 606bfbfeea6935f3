/* copies.c - asynchronous copies: runtime/cuda/copy.h
 *
 * They arrive when they are waited for, as late as they may: who reads before finds what was there. With EMU_EAGER they arrive at once, as
 * early as they may: who still reads what they overwrite finds it gone. In both ways nobody touches what they go to before they are waited
 * for. */
#include "inner.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COPIES = 1024 };

typedef struct Copy {
    void *to;
    const void *from; /* NULL: zeros */
    size_t bytes;
    int group; /* how many groups had ended before it */
} Copy;

static struct Queue { /* of a thread */
    Copy copy[MOST_COPIES];
    int n, groups;
} queue[1024];

int emu_is_eager(void)
{
    static int known = -1;
    known = known < 0 ? getenv("EMU_EAGER") != NULL : known;
    return known;
}

void emu_copies_block(void)
{
    for (int i = 0; i < 1024; i++) {
        queue[i].n = queue[i].groups = 0;
    }
}

static void bring(const Copy *c)
{
    if (c->from) {
        memcpy(c->to, c->from, c->bytes);
    } else {
        memset(c->to, 0, c->bytes);
    }
}

static void arrive(const Copy *c)
{
    size_t place;
    if (emu_is_shared(c->to, &place)) {
        emu_shared_copy(place, c->bytes, 0);
    }
    emu_access(c->to, c->bytes, 1);
    if (!emu_is_eager()) {
        bring(c);
    }
}

static void begin(void *shared, const void *from, size_t bytes, int takes, const void *code)
{
    size_t place;
    struct Queue *const q = &queue[emu_me->number];
    if (!emu_is_shared(shared, &place) || (uintptr_t)shared % bytes || (takes && (uintptr_t)from % bytes)) {
        emu_stop("an asynchronous copy of what is not aligned to %zu bytes, or not to shared memory", bytes);
    }
    if (takes && emu_is_shared(from, &place)) {
        emu_stop("an asynchronous copy from shared memory");
    }
    if (takes) {
        emu_access(from, bytes, 0);
    }
    emu_access(shared, bytes, 1);
    emu_banks_access(shared, bytes, code);
    const Copy copy = {shared, takes ? from : NULL, bytes, q->groups};
    if (q->n == MOST_COPIES) {
        emu_stop("too many asynchronous copies that nobody waits for");
    }
    q->copy[q->n++] = copy;
    emu_shared_copy(place, bytes, 1);
    if (emu_is_eager()) {
        bring(&copy);
    }
}

void copy_async(void *shared, const void *from, int takes)
{
    begin(shared, from, 16, takes, __builtin_return_address(0));
}

void copy_async_4(void *shared, const void *from, int takes)
{
    begin(shared, from, 4, takes, __builtin_return_address(0));
}

void copy_group(void)
{
    queue[emu_me->number].groups++;
}

void copy_wait(int n)
{
    struct Queue *const q = &queue[emu_me->number];
    int left = 0;
    for (int i = 0; i < q->n; i++) {
        if (q->copy[i].group < q->groups - n) {
            arrive(&q->copy[i]);
        } else {
            q->copy[left++] = q->copy[i];
        }
    }
    q->n = left;
}
