/* make.c - make SOURCE MAX_LENGTH TOKENIZER FOLDER: writes the C file and header of a tokenizer into the folder, for against_hf.py.
 * Without FOLDER to stdout what runtime/tokenizer/tables.h is when TOKENIZER is tests/tokenizer/tiny/tokenizer.json. */
#include "../made.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 5) {
        return 2;
    }
    Arena *arena = arena_new();
    Diag *d = diag_new(arena);
    const Tokenizer *t = tokenizer_read(arena, d, argv[3], NULL, atoi(argv[2]));
    diag_print(d, stderr);
    const int good = t && (argc == 4 || made_write(t, argv[1], argv[4]));
    if (good && argc == 4) {
        fputs(made_tables_head, stdout);
        tokenizer_emit(t, stdout);
        fputs(made_tables_tail, stdout);
    }
    arena_free(arena);
    str_forget();
    return !good;
}
