/* arena.h - memory that is freed all at once
 *
 * Every stage owns one arena; nothing is freed by itself. Memory is zeroed and aligned to 16 bytes.
 * Running out of memory (also: a product of sizes that no size_t holds) ends the process with exit code 2 and a sentence.
 * Under AddressSanitizer each allocation is followed by poisoned bytes, so that overruns inside an arena are found too. */
#ifndef SINTER_ARENA_H
#define SINTER_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);
void *arena_alloc(Arena *arena, size_t bytes);
void *arena_alloc_n(Arena *arena, size_t n, size_t item_bytes);
void *arena_grow(Arena *arena, void *old, size_t old_bytes, size_t new_bytes); /* old contents are copied */
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list args);

#define arena_new_of(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define arena_array(arena, Type, n) ((Type *)arena_alloc_n((arena), (size_t)(n), sizeof(Type)))

int arena_next_cap(int cap); /* 8, then doubled */

/* A growing array inside an arena: `VEC(int) v = {0}; vec_push(arena, v, 3);` then v.at[i], v.n. */
#define VEC(Type)                                                                                                                 \
    struct {                                                                                                                      \
        Type *at;                                                                                                                 \
        int n, cap;                                                                                                               \
    }
#define vec_push(arena, v, item) (vec_room((arena), (v)), (v).at[(v).n++] = (item))
#define vec_room(arena, v)                                                                                                        \
    ((v).n < (v).cap                                                                                                              \
         ? (void)0                                                                                                                \
         : (void)((v).at = arena_grow((arena), (v).at, sizeof *(v).at * (size_t)(v).cap,                                          \
                                      sizeof *(v).at * (size_t)arena_next_cap((v).cap)),                                          \
                  (v).cap = arena_next_cap((v).cap)))

#endif
