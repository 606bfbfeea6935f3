/* The text of a template with its holes filled. */
#include "template_inner.h"

#include <string.h>

typedef struct Renderer {
    const TemplateFill *fill;
    Text *out;
    Diag *diag;
    int good;
} Renderer;

static const char *filled(Renderer *r, const TemplatePiece *piece)
{
    const char *text = r->fill->hole(r->fill->with, piece->hole, piece->argument, piece->arguments);
    if (!text) {
        diag_error(r->diag, piece->span, "nothing is known that could stand for '$%s'", piece->hole);
        r->good = 0;
        return "";
    }
    return text;
}

/* Blanks, or a semicolon behind an empty hole: nothing to be seen. */
static int shows(const char *text)
{
    return text[strspn(text, " ;")] != 0;
}

/* Writes text of several lines, each at the indentation of the template's line. */
static void write_lines(Renderer *r, int indent, const char *text)
{
    for (;;) {
        const size_t n = strcspn(text, "\n");
        char *line = arena_printf(r->out->arena, "%*s%.*s", *text == '\n' || !*text ? 0 : r->out->indent * 4 + indent, "", (int)n, text);
        text_wrap(r->out, line);
        if (!text[n]) {
            return;
        }
        text += n + 1;
    }
}

static void render_line(Renderer *r, const TemplatePart *line)
{
    Text *text = text_new(r->out->arena, 0);
    int holes = 0, seen = 0;
    for (int i = 0; i < line->piece.n; i++) {
        const TemplatePiece *piece = &line->piece.at[i];
        const char *put = piece->hole ? filled(r, piece) : piece->text;
        holes += piece->hole != NULL;
        seen |= shows(put);
        text->at.n -= piece->hole && *put == ',' && text->at.n && text->at.at[text->at.n - 1] == ' '; /* "batch $more": ", x" follows */
        text_raw(text, "%s", put);
    }
    if (seen || !holes) {
        text_bytes(text, "", 1);
        write_lines(r, line->indent, text->at.at);
    }
}

static void render_parts(Renderer *r, const TemplatePart *part);

static void render_each(Renderer *r, const TemplatePart *part, int times)
{
    for (int i = 0; i < times && r->good; i++) {
        if (r->fill->turn) {
            r->fill->turn(r->fill->with, part->name, i);
        }
        render_parts(r, part->inside);
    }
    if (r->fill->turn) {
        r->fill->turn(r->fill->with, part->name, -1);
    }
}

static void render_parts(Renderer *r, const TemplatePart *part)
{
    for (; part && r->good; part = part->next) {
        if (part->kind == PART_LINE) {
            render_line(r, part);
            continue;
        }
        const int times = r->fill->times(r->fill->with, part->name);
        if (times < 0) {
            diag_error(r->diag, part->span, "nothing is known of '%s'", part->name);
            r->good = 0;
        } else if (part->kind == PART_EACH) {
            render_each(r, part, times);
        } else if ((part->kind == PART_IF) == (times > 0)) {
            render_parts(r, part->inside);
        }
    }
}

int template_render(const Template *t, const TemplateFill *fill, Text *out, Diag *d)
{
    Renderer r = {.fill = fill, .out = out, .diag = d, .good = 1};
    render_parts(&r, t->part);
    return r.good;
}

static int asks(const TemplatePart *part, Str name)
{
    for (; part; part = part->next) {
        for (int i = 0; i < part->piece.n; i++) {
            if (part->piece.at[i].hole && strcmp(part->piece.at[i].hole, name) == 0) {
                return 1;
            }
        }
        if (asks(part->inside, name)) {
            return 1;
        }
    }
    return 0;
}

int template_asks(const Template *t, Str name)
{
    return asks(t->part, name);
}

static int repeats(const TemplatePart *part, Str name)
{
    for (; part; part = part->next) {
        if ((part->kind == PART_EACH && strcmp(part->name, name) == 0) || repeats(part->inside, name)) {
            return 1;
        }
    }
    return 0;
}

int template_repeats(const Template *t, Str name)
{
    return repeats(t->part, name);
}
