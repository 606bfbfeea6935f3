/* Programs of RASP: as graphs like any model, and run on inputs. */
#include "command.h"
#include "command_draw.h"
#include "command_repl.h"
#include "command_run.h"
#include "embed.h"
#include "rasp.h"

#include <string.h>

int command_is_rasp(const Options *o)
{
    const char *dot = strrchr(o->model, '.');
    return dot && strcmp(dot, ".rasp") == 0;
}

static const RaspOptions *rasp_options(Arena *arena, const Options *o)
{
    const Embedded *file = embed_find("examples/lib/standard.rasp");
    Source *library = source_of_text(arena, file->path + strlen("examples/"), file->text, file->bytes);
    RaspOptions *options = arena_new_of(arena, RaspOptions);
    library->library = 1;
    *options = (RaspOptions){library, o->no_recognise};
    return options;
}

RaspProgram *command_program(Arena *arena, Diag *d, const Options *o, const Source *text)
{
    return rasp_read(arena, d, text, rasp_options(arena, o));
}

int command_wants_console(void)
{
    return repl_at_terminal();
}

void command_console(Arena *arena, const Options *o)
{
    command_repl(arena, rasp_options(arena, o), stdin, stdout);
}

void command_run_rasp(Arena *arena, Diag *d, const Options *o)
{
    const char *why = NULL;
    int drawn = 0;
    const Source *text = source_of_file(arena, o->model, TEXT_LIMIT, &why);
    if (!command_is_rasp(o) || !text) {
        diag_error_file(d, o->model, "%s",
                        why                      ? why
                        : o->command == CMD_DRAW ? "'sinter draw' takes a .rasp file"
                                                 : "'sinter run' takes a .rasp file; other models run by 'sinter eval'");
        return;
    }
    RaspProgram *program = command_program(arena, d, o, text);
    if (program && o->command == CMD_DRAW) {
        command_draw(arena, d, o, program);
    } else if (program && command_draw_statements(arena, d, program, &drawn, NULL)) {
        command_run(arena, d, o, program, stdin, stdout);
    }
}

Graph *command_rasp(Arena *arena, Diag *d, const Options *o, const Source *text)
{
    RaspProgram *program = command_program(arena, d, o, text);
    const struct RaspValue *value = program ? rasp_value(program, o->only) : NULL;
    return value && (o->command != CMD_CHECK || rasp_needs_input(value)) ? rasp_graph(program, value) : NULL;
}
