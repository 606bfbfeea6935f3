/* command_keys.h - lines typed at a terminal: editing, history and completion, where libedit was there at the build */
#ifndef SINTER_COMMAND_KEYS_H
#define SINTER_COMMAND_KEYS_H

#include "arena.h"
#include "str.h"

typedef struct Keys Keys;

typedef VEC(Str) KeysNames;

typedef enum KeysRead { KEYS_LINE, KEYS_DROPPED, KEYS_END } KeysRead; /* DROPPED: Ctrl-C; END: Ctrl-D */

/* What may stand where a name begins with these letters; a name that ends in '(' is a function. */
typedef KeysNames (*KeysComplete)(void *context, Arena *arena, const char *begin, size_t bytes);

/* Standard input and output. The history of earlier sessions is read; a folder that cannot be written is no error. */
Keys *keys_open(Arena *arena, KeysComplete complete, void *context);
KeysRead keys_line(Keys *keys, const char *prompt, const char **line); /* without its end */
void keys_close(Keys *keys); /* keeps the history */

#endif
