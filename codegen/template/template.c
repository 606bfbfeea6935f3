/* The lines of a template's file, and which files there are. */
#include "template_inner.h"

#include "embed.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_TEMPLATE = 1 << 20 };

int template_line(TemplateLines *l)
{
    l->at = l->next;
    if (l->at >= l->source->bytes) {
        l->end = l->at;
        return 0;
    }
    const char *text = l->source->text, *newline = memchr(text + l->at, '\n', l->source->bytes - l->at);
    l->end = newline ? (uint32_t)(newline - text) : (uint32_t)l->source->bytes;
    l->next = newline ? l->end + 1 : l->end;
    while (l->end > l->at && (text[l->end - 1] == ' ' || text[l->end - 1] == '\r')) {
        l->end--;
    }
    return 1;
}

Str template_directive(const TemplateLines *l, uint32_t *from)
{
    const char *text = l->source->text;
    uint32_t at = l->at;
    while (at < l->end && text[at] == ' ') {
        at++;
    }
    if (l->end - at < 3 || strncmp(text + at, "//$", 3) != 0) {
        return NULL;
    }
    for (at += 3; at < l->end && text[at] == ' '; at++) {
    }
    *from = at;
    return str_of_n(text + at, l->end - at);
}

Span template_span(const TemplateLines *l, uint32_t from, uint32_t end)
{
    return (Span){l->source, from, end};
}

uint32_t template_word(const TemplateLines *l, uint32_t from)
{
    const char *text = l->source->text;
    while (from < l->end && (isalnum((unsigned char)text[from]) || text[from] == '_')) {
        from++;
    }
    return from;
}

Template *template_read(Arena *arena, Diag *d, const Source *source)
{
    Template *t = arena_new_of(arena, Template);
    t->source = source;
    t->sample = arena_new_of(arena, TemplateSample);
    TemplateLines l = {.arena = arena, .diag = d, .source = source, .t = t};
    return template_head(&l) && template_sample(&l) && template_text(&l) ? t : NULL;
}

const HeadField *template_field(const Template *t, const char *key)
{
    for (int i = 0; i < t->head.n; i++) {
        if (strcmp(t->head.at[i].key, key) == 0) {
            return &t->head.at[i];
        }
    }
    return NULL;
}

const TemplateHole *template_hole(const Template *t, const char *name)
{
    for (int i = 0; i < t->hole.n; i++) {
        if (strcmp(t->hole.at[i].name, name) == 0) {
            return &t->hole.at[i];
        }
    }
    return NULL;
}

/* ---- which there are ---------------------------------------------------------------------------------------------------------------- */

/* C for processors, C with the words of GPUs for those. */
static int is_form_file(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot != name && name[0] != '.' && (strcmp(dot, ".c") == 0 || strcmp(dot, ".cu") == 0);
}

/* Of a text beside a form, that of the form. */
static const char *beside_of(const Template *t)
{
    const HeadField *beside = template_field(t, "beside");
    return beside ? beside->text : "";
}

/* By name, for processors first, forms before what stands beside one. */
static int order_of(const Template *x, const Template *y)
{
    const int name = strcmp(x->name, y->name), kind = (int)(x->targets & TARGET_CUDA) - (int)(y->targets & TARGET_CUDA);
    return name ? name : kind ? kind : strcmp(beside_of(x), beside_of(y));
}

static int take(Arena *arena, Diag *d, const Source *source, Templates *out)
{
    Template *t = source ? template_read(arena, d, source) : NULL;
    if (!t) {
        return 0;
    }
    for (int i = 0; i < out->n; i++) {
        if (order_of(out->at[i], t) == 0) {
            out->at[i] = t;
            return 1;
        }
    }
    vec_push(arena, *out, t);
    return 1;
}

static int take_embedded(Arena *arena, Diag *d, Templates *out)
{
    static const char place[] = "templates/forms/";
    int good = 1;
    for (size_t i = 0; i < embed_count(); i++) {
        const Embedded *e = embed_at(i);
        if (strncmp(e->path, place, sizeof place - 1) == 0 && is_form_file(e->path)) {
            good &= take(arena, d, source_of_text(arena, e->path, e->text, e->bytes), out);
        }
    }
    return good;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const Str *)a, *(const Str *)b);
}

static int take_folder(Arena *arena, Diag *d, const char *folder, Templates *out)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        diag_error_file(d, folder, "cannot be read as a folder of forms: %s", strerror(errno));
        return 0;
    }
    VEC(Str) name = {0};
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (is_form_file(entry->d_name)) {
            vec_push(arena, name, str_of(entry->d_name));
        }
    }
    closedir(dir);
    if (name.n) {
        qsort(name.at, (size_t)name.n, sizeof *name.at, by_text);
    }
    int good = 1;
    for (int i = 0; i < name.n; i++) {
        const char *path = arena_printf(arena, "%s/%s", folder, name.at[i]), *why = NULL;
        const Source *source = source_of_file(arena, path, LARGEST_TEMPLATE, &why);
        if (!source) {
            diag_error_file(d, path, "%s", why);
        }
        good &= take(arena, d, source, out);
    }
    return good;
}

static int by_name(const void *a, const void *b)
{
    return order_of(*(Template *const *)a, *(Template *const *)b);
}

int templates_load(Arena *arena, Diag *d, const char *const *folder, int folders, Templates *out)
{
    int good = take_embedded(arena, d, out);
    for (int i = 0; i < folders; i++) {
        good &= take_folder(arena, d, folder[i], out);
    }
    if (out->n) {
        qsort(out->at, (size_t)out->n, sizeof *out->at, by_name);
    }
    return good;
}
