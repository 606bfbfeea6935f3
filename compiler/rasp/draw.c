#include "draw.h"

#include <string.h>

/* ---- who reads whom ------------------------------------------------------------------------------------------------------------------ */

void draw_read(const Drawing *d, DrawReads *reads, int step)
{
    for (int i = 0; i < reads->n; i++) {
        if (reads->at[i] == step) {
            return;
        }
    }
    vec_push(d->flow->p->arena, *reads, step);
}

static void add_reads(const Drawing *d, DrawReads *reads, int step, char *seen)
{
    const FlowStep *s = &d->flow->step.at[step];
    if (seen[step]) {
        return;
    }
    seen[step] = 1;
    for (int k = 0; k < s->kids; k++) {
        const int kid = s->kid[k];
        if (d->flow->step.at[kid].drawn) {
            draw_read(d, reads, kid);
        } else {
            add_reads(d, reads, kid, seen);
        }
    }
}

DrawReads draw_reads(const Drawing *d, int step)
{
    DrawReads reads = {0};
    add_reads(d, &reads, step, arena_array(d->flow->p->arena, char, d->flow->step.n + 1));
    return reads;
}

/* ---- elements ----------------------------------------------------------------------------------------------------------------------- */

/* A character that would not be seen, or that no document may hold, is shown by one that stands for it. */
static const char *visible(Arena *arena, const char *text)
{
    Page page = {.arena = arena};
    if (!*text) {
        return "\"\"";
    }
    for (unsigned point; *text;) {
        const size_t n = page_character(text, &point);
        if (point == ' ') {
            page_puts(&page, "\xE2\x90\xA3"); /* open box */
        } else if (point < ' ') {
            page_add(&page, "\xE2\x90%c", 0x80 + (int)point); /* control pictures */
        } else if (point == 0x7F) {
            page_puts(&page, "\xE2\x90\xA1");
        } else if ((point >= 0x80 && point < 0xA0) || (point >= 0xD800 && point < 0xE000) || (point & 0xFFFE) == 0xFFFE ||
                   point == 0xFFFD || (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
                   (point >= 0x2060 && point <= 0x206F) || point > 0x10FFFF) {
            page_puts(&page, "\xEF\xBF\xBD"); /* also what would turn the direction of the text around it */
        } else {
            page_bytes(&page, text, n);
        }
        text += n;
    }
    return page_end(&page);
}

const char *draw_atom(Arena *arena, const Atom *atom)
{
    return visible(arena, show_element(arena, atom));
}

const char *draw_token(const Drawing *d, Arena *arena, int64_t i)
{
    return draw_atom(arena, &d->tokens.atom.at[i]);
}

const char *draw_element(const Drawing *d, Arena *arena, int step, int64_t i)
{
    const FlowStep *s = &d->flow->step.at[step];
    const Atom atom = s->leaf < 0 ? s->sop->atom : answer_atom(&d->answer, s->leaf, i);
    return draw_atom(arena, &atom);
}

int rasp_drawn(const RaspProgram *p, const RaspDrawn **list)
{
    *list = p->drawn.at;
    return p->drawn.n;
}

/* ---- all --------------------------------------------------------------------------------------------------------------------------- */

static const char *base_name(RaspProgram *p)
{
    const char *slash = strrchr(p->source->name, '/');
    return slash ? slash + 1 : p->source->name;
}

const char *rasp_draw(RaspProgram *p, Arena *arena, const RaspValue *value, const char *input, size_t bytes, RaspFormat format,
                      RaspPicture form)
{
    static void (*const draw[])(Page *, const Drawing *) = {
        [RASP_HTML] = draw_html, [RASP_SVG] = draw_svg, [RASP_DOT] = draw_dot, [RASP_FLOW] = draw_json};
    Drawing d = {.name = base_name(p)};
    Page page = {.arena = arena};
    value = value->kind == RV_SHOWN && input ? value->applied : value;
    if (!show_tokens(p, &value, input, bytes, format, &d.tokens)) {
        return NULL;
    }
    if (d.tokens.atom.n == 0) {
        program_error(p, span_of_source(p->source), "the input is empty");
        return NULL;
    }
    if (d.tokens.atom.n > DRAW_TOKENS) {
        program_error(p, span_of_source(p->source), "an input of %d tokens is too long to be drawn: %d are the most", d.tokens.atom.n,
                      DRAW_TOKENS);
        return NULL;
    }
    d.flow = flow_of(p, value);
    if (!d.flow || !answer_compute(p, arena, d.flow->all, &d.tokens, &d.answer)) {
        return NULL;
    }
    int drawn = 0;
    for (int i = 0; i < d.flow->step.n; i++) {
        drawn += d.flow->step.at[i].drawn;
    }
    if (drawn > DRAW_STEPS) {
        program_error(p, span_of_source(p->source), "%d steps are too many to be drawn: %d are the most", drawn, DRAW_STEPS);
        return NULL;
    }
    draw[form](&page, &d);
    return page_end(&page);
}
