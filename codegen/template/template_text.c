/* The text of a template: lines in which text and holes alternate, inside of conditions and repetitions. */
#include "template_inner.h"

#include <ctype.h>
#include <string.h>

enum { DEEPEST = 16 };

typedef struct Open { /* a directive that waits for its end */
    TemplatePart *part;
    Span span;
} Open;

typedef struct TextReader {
    TemplateLines *l;
    TemplatePart **last; /* where the next part goes */
    Open open[DEEPEST];
    int depth;
} TextReader;

static const TemplateDeclared *declared(const TemplateLines *l, Str name)
{
    for (int i = 0; i < l->t->sample->hole.n; i++) {
        if (l->t->sample->hole.at[i].name == name) {
            return &l->t->sample->hole.at[i];
        }
    }
    return NULL;
}

static uint32_t blanks(const TemplateLines *l, uint32_t at)
{
    while (at < l->end && l->source->text[at] == ' ') {
        at++;
    }
    return at;
}

/* "(row, col)" at `at`, names only; returns behind it, or 0: reported. */
static uint32_t take_arguments(TemplateLines *l, TemplatePiece *piece, int wanted, uint32_t at)
{
    const char *text = l->source->text;
    const uint32_t open = at;
    if (at < l->end && text[at] == '(') {
        do {
            const uint32_t from = blanks(l, at + 1), end = template_word(l, from);
            if (end == from || piece->arguments == wanted || isdigit((unsigned char)text[from])) {
                break;
            }
            piece->argument[piece->arguments++] = str_of_n(text + from, end - from);
            at = blanks(l, end);
        } while (at < l->end && text[at] == ',');
    }
    if (piece->arguments == wanted && at > open && at < l->end && text[at] == ')') {
        return at + 1;
    }
    diag_error(l->diag, piece->span, "'$%s' takes %d argument%s, each a name", piece->hole, wanted, wanted == 1 ? "" : "s");
    diag_hint(l->diag, "give what is computed a name on a line above");
    return 0;
}

static int take_hole(TemplateLines *l, TemplatePart *line, uint32_t *at)
{
    const uint32_t from = *at + 1, end = template_word(l, from);
    TemplatePiece piece = {.hole = str_of_n(l->source->text + from, end - from), .span = template_span(l, from - 1, end)};
    const TemplateDeclared *hole = declared(l, piece.hole);
    if (!hole) {
        diag_error(l->diag, piece.span, "the sample does not define '$%s'", piece.hole);
        return 0;
    }
    *at = hole->arguments < 0 ? end : take_arguments(l, &piece, hole->arguments, end);
    vec_push(l->arena, line->piece, piece);
    return *at != 0;
}

static TemplatePart *add(TextReader *r, PartKind kind)
{
    TemplatePart *part = arena_new_of(r->l->arena, TemplatePart);
    part->kind = kind;
    *r->last = part;
    r->last = &part->next;
    return part;
}

/* Names that the text around the holes uses. */
static void note_words(TemplateLines *l, Str text)
{
    for (const char *c = text; *c;) {
        size_t n = 0;
        while (isalnum((unsigned char)c[n]) || c[n] == '_') {
            n++;
        }
        Str word = n && !isdigit((unsigned char)*c) ? str_of_n(c, n) : NULL;
        int known = !word;
        for (int i = 0; i < l->t->words.n && !known; i++) {
            known = l->t->words.at[i] == word;
        }
        if (!known) {
            vec_push(l->arena, l->t->words, word);
        }
        c += n ? n : 1;
    }
}

static int take_line(TextReader *r)
{
    TemplateLines *l = r->l;
    TemplatePart *line = add(r, PART_LINE);
    uint32_t at = blanks(l, l->at);
    line->indent = (int)(at - l->at);
    while (at < l->end) {
        const char *from = l->source->text + at, *sign = memchr(from, '$', l->end - at);
        const size_t n = sign ? (size_t)(sign - from) : l->end - at;
        if (n) {
            const TemplatePiece text = {.text = str_of_n(from, n)};
            vec_push(l->arena, line->piece, text);
            note_words(l, text.text);
        }
        at += (uint32_t)n;
        if (sign && !take_hole(l, line, &at)) {
            return 0;
        }
    }
    return 1;
}

/* ---- directives --------------------------------------------------------------------------------------------------------------------- */

static int open_part(TextReader *r, PartKind kind, uint32_t from)
{
    TemplateLines *l = r->l;
    const uint32_t end = template_word(l, from);
    if (end == from || end != l->end) {
        diag_error(l->diag, template_span(l, l->at, l->end), "a name is expected after '%s'", kind == PART_EACH ? "each" : "if");
        return 0;
    }
    if (r->depth == DEEPEST) {
        diag_error(l->diag, template_span(l, l->at, l->end), "more than %d parts within each other", DEEPEST);
        return 0;
    }
    TemplatePart *part = add(r, kind);
    part->name = str_of_n(l->source->text + from, end - from);
    part->span = template_span(l, from, end);
    r->open[r->depth++] = (Open){part, template_span(l, l->at, l->end)};
    r->last = &part->inside;
    return 1;
}

static int close_part(TextReader *r, const char *word)
{
    if (!r->depth) {
        diag_error(r->l->diag, template_span(r->l, r->l->at, r->l->end), "'//$ %s' without a part that it ends", word);
        return 0;
    }
    r->last = &r->open[--r->depth].part->next;
    return 1;
}

/* What stands behind "else" is a part of the opposite condition. */
static int turn_around(TextReader *r)
{
    const Open before = r->depth ? r->open[r->depth - 1] : (Open){0};
    if (!close_part(r, "else")) {
        return 0;
    }
    if (before.part->kind == PART_EACH) {
        diag_error(r->l->diag, template_span(r->l, r->l->at, r->l->end), "'//$ else' in a part that is no 'if'");
        return 0;
    }
    TemplatePart *part = add(r, before.part->kind == PART_IF ? PART_UNLESS : PART_IF);
    part->name = before.part->name;
    part->span = before.part->span;
    r->open[r->depth++] = (Open){part, before.span};
    r->last = &part->inside;
    return 1;
}

static int take_directive(TextReader *r, Str directive, uint32_t from)
{
    static const struct {
        const char *word;
        PartKind kind;
    } opening[] = {{"if not ", PART_UNLESS}, {"if ", PART_IF}, {"each ", PART_EACH}};
    if (directive[0] == '#') {
        return 1;
    }
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
        const size_t n = strlen(opening[i].word);
        if (strncmp(directive, opening[i].word, n) == 0) {
            return open_part(r, opening[i].kind, from + (uint32_t)n);
        }
    }
    if (strcmp(directive, "else") == 0) {
        return turn_around(r);
    }
    if (strcmp(directive, "end") == 0) {
        return close_part(r, "end");
    }
    diag_error(r->l->diag, template_span(r->l, from, r->l->end), "unknown line '//$ %s'", directive);
    diag_hint(r->l->diag, "if NAME, if not NAME, else, each NAME, end, # comment");
    return 0;
}

int template_text(TemplateLines *l)
{
    TextReader r = {.l = l, .last = &l->t->part};
    while (template_line(l)) {
        uint32_t from;
        Str directive = template_directive(l, &from);
        if (!(directive ? take_directive(&r, directive, from) : take_line(&r))) {
            return 0;
        }
    }
    if (r.depth) {
        diag_error(l->diag, r.open[r.depth - 1].span, "this part has no '//$ end'");
        return 0;
    }
    return 1;
}
