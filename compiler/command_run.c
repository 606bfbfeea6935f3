#include "command_run.h"

#include <string.h>
#include <unistd.h>

enum { LINE_MOST = 64 << 20 };

typedef struct Running {
    Arena *arena;
    Diag *d;
    RaspProgram *program;
    const struct RaspValue *value;
    RaspFormat format;
    int trace;
    FILE *out;
} Running;

static int answer(Running *r, const char *input, size_t bytes, const char *name)
{
    Arena *scratch = arena_new();
    const char *text = (r->trace ? rasp_trace : rasp_answer)(r->program, scratch, r->value, input, bytes, name, r->format);
    if (text) {
        fprintf(r->out, "%s\n", text);
    }
    arena_free(scratch);
    return text != NULL;
}

/* A line without its end; 0: there is none, or it is too long, which was reported. */
static int read_line(Running *r, FILE *in, int number, const char **line, size_t *bytes)
{
    VEC(char) text = {0};
    int c = getc(in);
    if (c == EOF) {
        return 0;
    }
    for (; c != EOF && c != '\n'; c = getc(in)) {
        if (text.n == LINE_MOST) {
            diag_error(r->d, (Span){0}, "line %d of standard input is longer than %d MiB", number, LINE_MOST >> 20);
            return 0;
        }
        vec_push(r->arena, text, (char)c);
    }
    text.n -= text.n > 0 && text.at[text.n - 1] == '\r';
    *bytes = (size_t)text.n;
    vec_push(r->arena, text, 0);
    *line = text.at;
    return 1;
}

/* The number of lines read. */
static int answer_lines(Running *r, FILE *in)
{
    const char *line;
    size_t bytes;
    int lines = 0;
    Arena *all = r->arena;
    for (int fine = 1; fine; lines += fine) {
        r->arena = arena_new();
        fine = read_line(r, in, lines + 1, &line, &bytes);
        if (fine && !answer(r, line, bytes, arena_printf(r->arena, "line %d of standard input", lines + 1))) {
            arena_free(r->arena);
            lines++;
            break;
        }
        arena_free(r->arena);
    }
    r->arena = all;
    return lines;
}

void command_run(Arena *arena, Diag *d, const Options *o, RaspProgram *program, FILE *in, FILE *out)
{
    Running r = {arena, d, program, rasp_value(program, o->only), o->json ? RASP_JSON_FORM : RASP_TEXT_FORM, o->trace, out};
    if (!r.value) {
        return;
    }
    for (int i = 1; i <= o->inputs; i++) {
        const char *name = o->inputs > 1 ? arena_printf(arena, "input %d", i) : NULL;
        if (!answer(&r, o->input[i], strlen(o->input[i]), name)) {
            return;
        }
    }
    if (o->inputs == 0) {
        const int reads = rasp_needs_input(r.value) && !isatty(fileno(in));
        const int lines = reads ? answer_lines(&r, in) : 0;
        if (lines == 0 && d->errors == 0) {
            answer(&r, NULL, 0, NULL);
        }
    }
}
