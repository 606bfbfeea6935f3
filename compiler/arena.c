#include "arena.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POISONS 1
#endif
#ifdef POISONS
#include <sanitizer/asan_interface.h>
enum { GAP_BYTES = 16 }; /* stays poisoned behind each allocation */
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) ((void)(address), (void)(bytes))
enum { GAP_BYTES = 0 };
#endif

/* The first block of an arena, which most need no more than, and what others, twice as large each time, grow to. */
enum { FIRST_BYTES = 1 << 10, BLOCK_BYTES = 1 << 16, ALIGNMENT = 16 };

typedef struct Block Block;
struct Block {
    Block *next;
    size_t used, size;
};

struct Arena {
    Block *first;
    size_t next; /* bytes of the next block */
};

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *must(void *memory)
{
    if (!memory) {
        fputs("sinter: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

Arena *arena_new(void)
{
    Arena *arena = must(calloc(1, sizeof(Arena)));
    arena->next = FIRST_BYTES;
    return arena;
}

/* How large a block is that is made for so many bytes: blocks grow with their arena, so that a small one costs little. */
static size_t next_size(Arena *arena, size_t need)
{
    while (arena->next < BLOCK_BYTES && need > arena->next / 4) {
        arena->next *= 2;
    }
    const size_t size = need > arena->next / 4 ? need : arena->next;
    arena->next = arena->next < BLOCK_BYTES ? 2 * arena->next : BLOCK_BYTES;
    return size;
}

void arena_free(Arena *arena)
{
    for (Block *block = arena->first, *next; block; block = next) {
        next = block->next;
        ASAN_UNPOISON_MEMORY_REGION((char *)block + aligned(sizeof(Block)), block->size);
        free(block);
    }
    free(arena);
}

void *arena_alloc(Arena *arena, size_t bytes)
{
    const size_t header = aligned(sizeof(Block));
    if (bytes > (size_t)-1 / 2) {
        must(NULL);
    }
    const size_t need = aligned(bytes ? bytes : 1) + GAP_BYTES;
    Block *block = arena->first;
    if (!block || block->size - block->used < need) {
        const size_t size = next_size(arena, need);
        Block *fresh = must(calloc(1, header + size));
        fresh->size = size;
        ASAN_POISON_MEMORY_REGION((char *)fresh + header, size);
        if (block && size == need) { /* a large request gets a block of its own behind the current one */
            fresh->next = block->next;
            block->next = fresh;
        } else {
            fresh->next = block;
            arena->first = fresh;
        }
        block = fresh;
    }
    char *memory = (char *)block + header + block->used;
    block->used += need;
    ASAN_UNPOISON_MEMORY_REGION(memory, bytes);
    return memory;
}

void *arena_alloc_n(Arena *arena, size_t n, size_t item_bytes)
{
    if (item_bytes && n > (size_t)-1 / item_bytes) {
        must(NULL);
    }
    return arena_alloc(arena, n * item_bytes);
}

int arena_next_cap(int cap)
{
    if (cap > INT_MAX / 2) {
        must(NULL);
    }
    return cap ? cap * 2 : 8;
}

void *arena_grow(Arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
    void *fresh = arena_alloc(arena, new_bytes);
    if (old_bytes) {
        memcpy(fresh, old, old_bytes);
    }
    return fresh;
}

char *arena_vprintf(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
