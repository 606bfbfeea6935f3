#include "command_draw.h"
#include "command_repl.h"
#include "command_keys.h"

#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 20 };

typedef struct Repl {
    Arena *arena;
    RaspProgram *program;
    FILE *in;
    Keys *keys;       /* at a terminal */
    const char *text; /* of the statement so far */
} Repl;

int repl_at_terminal(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static KeysRead plain_line(Arena *arena, FILE *in, const char **line)
{
    VEC(char) text = {0};
    int c = getc(in);
    if (c == EOF) {
        return KEYS_END;
    }
    for (; c != EOF && c != '\n' && text.n < MOST; c = getc(in)) {
        vec_push(arena, text, (char)c);
    }
    vec_push(arena, text, 0);
    *line = text.at;
    return KEYS_LINE;
}

/* One more line for the statement; a dropped line drops those before it. */
static KeysRead read_line(Repl *r, int more)
{
    const char *line = NULL;
    const KeysRead read = r->keys ? keys_line(r->keys, more ? ".. " : ">> ", &line) : plain_line(r->arena, r->in, &line);
    r->text = read == KEYS_LINE ? arena_printf(r->arena, "%s%s\n", r->text, line) : "";
    return read;
}

static KeysNames complete(void *context, Arena *arena, const char *begin, size_t bytes)
{
    const Repl *r = context;
    KeysNames names = {0};
    const RaspCompletions found = rasp_console_completions(r->program, begin, bytes);
    for (int i = 0; i < found.n; i++) {
        vec_push(arena, names, found.at[i]);
    }
    return names;
}

void command_repl(Arena *arena, const RaspOptions *options, FILE *in, FILE *out)
{
    Repl r = {.arena = arena, .program = rasp_console(arena, diag_new(arena), options), .in = in, .text = ""};
    r.keys = repl_at_terminal() ? keys_open(arena, complete, &r) : NULL;
    fprintf(out, "RASP, by sinter %s. Statements end with ;, `exit` leaves. The running example is \"hello\".\n", SINTER_VERSION);
    RaspRead state = RASP_FINE;
    int drawn = 0;
    while (state != RASP_OVER) {
        fflush(out);
        const KeysRead read = read_line(&r, state == RASP_UNFINISHED);
        if (read == KEYS_END) {
            break;
        }
        Diag *d = diag_new(arena);
        state = read == KEYS_DROPPED ? RASP_FINE
                                     : rasp_console_read(r.program, d, source_of_text(arena, "console", r.text, strlen(r.text)));
        if (read == KEYS_LINE && state != RASP_UNFINISHED) {
            fputs(rasp_console_shown(r.program), out);
            command_draw_statements(arena, d, r.program, &drawn, out);
            diag_print(d, out);
            r.text = "";
        }
    }
    if (r.keys) {
        keys_close(r.keys);
    }
}
