#include "command_draw.h"
#include "command_repl.h"

#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 20 };

/* Appends a line to text; 0: there is none. */
static int read_line(Arena *arena, FILE *in, const char **text)
{
    VEC(char) line = {0};
    int c = getc(in);
    if (c == EOF) {
        return 0;
    }
    for (; c != EOF && c != '\n' && line.n < MOST; c = getc(in)) {
        vec_push(arena, line, (char)c);
    }
    vec_push(arena, line, '\n');
    vec_push(arena, line, 0);
    *text = arena_printf(arena, "%s%s", *text, line.at);
    return 1;
}

void command_repl(Arena *arena, const RaspOptions *options, FILE *in, FILE *out)
{
    const int prompts = isatty(fileno(in));
    RaspProgram *program = rasp_console(arena, diag_new(arena), options);
    fprintf(out, "RASP, by sinter %s. The running example is \"hello\"; `exit` leaves.\n", SINTER_VERSION);
    RaspRead state = RASP_FINE;
    const char *text = "";
    int drawn = 0;
    while (state != RASP_OVER) {
        fputs(!prompts ? "" : state == RASP_UNFINISHED ? ".. " : ">> ", out);
        fflush(out);
        if (!read_line(arena, in, &text)) {
            break;
        }
        Diag *d = diag_new(arena);
        state = rasp_console_read(program, d, source_of_text(arena, "console", text, strlen(text)));
        if (state != RASP_UNFINISHED) {
            fputs(rasp_console_shown(program), out);
            command_draw_statements(arena, d, program, &drawn, out);
            diag_print(d, out);
            text = "";
        }
    }
}
