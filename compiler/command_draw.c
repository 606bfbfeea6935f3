#include "command_draw.h"
#include "build.h"
#include "outfile.h"
#include "process.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char folder[] = "comp_flows"; /* as the original's */

typedef struct Form {
    const char *ending;
    RaspPicture picture;
    int pdf; /* by way of graphviz */
} Form;

static const Form form_table[] = {
    {".html", RASP_HTML, 0},
    {".svg",  RASP_SVG,  0},
    {".dot",  RASP_DOT,  0},
    {".pdf",  RASP_DOT,  1},
    {".json", RASP_FLOW, 0},
};

enum { FORMS = sizeof form_table / sizeof *form_table };

static const Form *form_of(Diag *d, const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    Str endings[FORMS];
    const char *all = "";
    for (int i = 0; i < FORMS; i++) {
        if (dot && strcmp(dot, form_table[i].ending) == 0) {
            return &form_table[i];
        }
        endings[i] = str_of(form_table[i].ending);
        all = arena_printf(d->arena, "%s%s%s", all, i ? " " : "", form_table[i].ending);
    }
    diag_error_file(d, path, "a drawing has one of the endings %s", all);
    if (dot) {
        diag_did_you_mean(d, dot, endings, FORMS);
    }
    return NULL;
}

/* Appends a file to another one. */
static int copy(const char *from, OutFile *out)
{
    char block[4096];
    size_t n;
    FILE *in = fopen(from, "rb");
    if (!in) {
        return 0;
    }
    while ((n = fread(block, 1, sizeof block, in)) > 0 && outfile_write(out, block, n)) {
    }
    const int fine = !ferror(in);
    fclose(in);
    return fine;
}

static int run_dot(Diag *d, const char *directory)
{
    char *const words[] = {(char[]){"dot"}, (char[]){"-q"}, (char[]){"-Tpdf"}, (char[]){"-oflow.pdf"}, (char[]){"flow.dot"}, NULL};
    const int status = process_run(directory, words);
    if (!process_started(status)) {
        diag_error(d, (Span){0}, "a drawing as PDF is made by graphviz: its program 'dot' cannot be run");
        diag_hint(d, "the endings .html and .svg need no other program");
    } else if (status != 0) {
        diag_error(d, (Span){0}, "graphviz could not lay the drawing out: 'dot' failed");
    }
    return status == 0;
}

static int write_pdf(Arena *arena, Diag *d, const char *text, OutFile *out)
{
    const char *directory = build_temporary(arena, d);
    OutFile *dot = directory ? outfile_open(arena, d, arena_printf(arena, "%s/flow.dot", directory)) : NULL;
    int fine = dot != NULL;
    if (fine) {
        outfile_write(dot, text, strlen(text));
        fine = outfile_keep(dot, d) && run_dot(d, directory);
    }
    if (fine && !copy(arena_printf(arena, "%s/flow.pdf", directory), out)) {
        diag_error(d, (Span){0}, "graphviz made no PDF");
        fine = 0;
    }
    if (directory) {
        build_remove(arena, directory);
    }
    return fine;
}

static int write_text(Arena *arena, Diag *d, const char *path, const char *text, int pdf)
{
    OutFile *out = outfile_open(arena, d, path);
    if (!out) {
        return 0;
    }
    if (!pdf) {
        outfile_write(out, text, strlen(text)); /* what is wrong with it, outfile_keep() says */
    } else if (!write_pdf(arena, d, text, out)) {
        outfile_drop(out);
        return 0;
    }
    return outfile_keep(out, d);
}

void command_draw(Arena *arena, Diag *d, const Options *o, RaspProgram *program)
{
    if (!o->out) {
        diag_error(d, (Span){0}, "'sinter draw' needs the name of a file: -o FILE.html");
        return;
    }
    const Form *form = form_of(d, o->out);
    const struct RaspValue *value = form ? rasp_value(program, o->only) : NULL;
    const char *input = o->text_input;
    const char *text = value ? rasp_draw(program, arena, value, input, input ? strlen(input) : 0, o->json ? RASP_JSON_FORM : RASP_TEXT_FORM,
                                         form->picture)
                             : NULL;
    if (text) {
        write_text(arena, d, o->out, text, form->pdf);
    }
}

int command_draw_statements(Arena *arena, Diag *d, RaspProgram *program, int *drawn, FILE *out)
{
    const RaspDrawn *list;
    const int n = rasp_drawn(program, &list), from = *drawn;
    *drawn = n;
    if (n > from && mkdir(folder, 0777) != 0 && errno != EEXIST) {
        diag_error_file(d, folder, "cannot be made: %s", strerror(errno));
        return 0;
    }
    for (int i = from; i < n; i++) {
        const char *path = arena_printf(arena, "%s/%s.html", folder, list[i].name);
        const char *text = rasp_draw(program, arena, list[i].value, NULL, 0, RASP_TEXT_FORM, RASP_HTML);
        if (!text || !write_text(arena, d, path, text, 0)) {
            return 0;
        }
        if (out) {
            fprintf(out, "     drawn: %s\n", path);
        }
    }
    return 1;
}
