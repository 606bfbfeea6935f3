/* A .plan file: how a model is to be computed, one option a line. What the command line says as well, it says last. */
#include "options_table.h"

#include <string.h>

enum { PLAN_LIMIT = 1 << 16 };

/* A line without blanks at its ends and without what follows a #. */
typedef struct PlanLine {
    const Source *source;
    uint32_t begin, end;
} PlanLine;

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static PlanLine trimmed(const Source *source, uint32_t begin, uint32_t end)
{
    const char *text = source->text, *comment = memchr(text + begin, '#', end - begin);
    end = comment ? (uint32_t)(comment - text) : end;
    while (begin < end && is_blank(text[begin])) {
        begin++;
    }
    while (end > begin && is_blank(text[end - 1])) {
        end--;
    }
    return (PlanLine){source, begin, end};
}

static Str text_of(PlanLine line)
{
    return str_of_n(line.source->text + line.begin, line.end - line.begin);
}

static Span span_of(PlanLine line)
{
    return (Span){line.source, line.begin, line.end};
}

static const OptionRow *find(Str name)
{
    for (int i = 0; i < option_rows; i++) {
        if (option_table[i].commands & PLANNED && str_of(option_table[i].name) == name) {
            return &option_table[i];
        }
    }
    return NULL;
}

static void unknown(Diag *d, PlanLine line, Str name)
{
    Str *names = arena_array(d->arena, Str, option_rows);
    const char *all = "";
    int n = 0;
    for (int i = 0; i < option_rows; i++) {
        if (option_table[i].commands & PLANNED) {
            names[n++] = str_of(option_table[i].name);
            all = arena_printf(d->arena, "%s%s%s", all, *all ? ", " : "", option_table[i].name);
        }
    }
    diag_error(d, span_of(line), "'%s' is no option of a plan", name);
    if (!diag_did_you_mean(d, name, names, n)) {
        diag_hint(d, "a plan has %s", all);
    }
}

typedef struct PlanReader {
    Options *o;
    Diag *d;
    Span *said; /* by option: where the file says it */
} PlanReader;

/* Folders are beside the plan. */
static const char *from_plan(const PlanReader *r, const OptionRow *row, Str value)
{
    const char *slash = strrchr(r->o->plan, '/');
    if (strcmp(row->value, "DIR") != 0 || value[0] == '/' || !slash) {
        return value;
    }
    return arena_printf(r->d->arena, "%.*s/%s", (int)(slash - r->o->plan), r->o->plan, value);
}

static void take(PlanReader *r, PlanLine line, const OptionRow *row, int equals, PlanLine value)
{
    void *field = (char *)r->o + row->field;
    Span *said = &r->said[row - option_table];
    if (said->source) {
        diag_error(r->d, span_of(line), "'%s' is said twice", row->name);
        diag_note(r->d, *said, "here for the first time");
    } else if (!row->value && equals) {
        diag_error(r->d, span_of(value), "'%s' takes no value", row->name);
    } else if (!row->value) {
        *(int *)field = 1;
    } else if (!equals) {
        diag_error(r->d, span_of(line), "'%s' needs a value: %s", row->name, row->value);
    } else if (option_allows(row, r->d, span_of(value), text_of(value)) && !*(const char **)field) {
        *(const char **)field = from_plan(r, row, text_of(value));
    }
    *said = span_of(line);
}

static void read_line(PlanReader *r, PlanLine line)
{
    const char *text = line.source->text, *equals = memchr(text + line.begin, '=', line.end - line.begin);
    PlanLine name = equals ? trimmed(line.source, line.begin, (uint32_t)(equals - text)) : line;
    if (name.end - name.begin > 2 && strncmp(text + name.begin, "--", 2) == 0) { /* as on the command line */
        name.begin += 2;
    }
    const OptionRow *row = find(text_of(name));
    if (!row) {
        unknown(r->d, name, text_of(name));
        return;
    }
    take(r, name, row, equals != NULL, equals ? trimmed(line.source, (uint32_t)(equals - text) + 1, line.end) : line);
}

void options_plan(Options *o, Arena *arena, Diag *d)
{
    const char *why = NULL;
    const Source *source = o->plan ? source_of_file(arena, o->plan, PLAN_LIMIT, &why) : NULL;
    if (!o->plan || !source) {
        if (o->plan) {
            diag_error_file(d, o->plan, "%s", why);
        }
        return;
    }
    const size_t good = source_text_end(source);
    if (good < source->bytes) {
        diag_error(d, (Span){source, (uint32_t)good, (uint32_t)good + 1}, "this is no text");
        return;
    }
    PlanReader r = {o, d, arena_array(arena, Span, option_rows)};
    for (uint32_t at = 0; at < source->bytes;) {
        const char *newline = memchr(source->text + at, '\n', source->bytes - at);
        const uint32_t end = newline ? (uint32_t)(newline - source->text) : (uint32_t)source->bytes;
        const PlanLine line = trimmed(source, at, end);
        if (line.begin < line.end) {
            read_line(&r, line);
        }
        at = end + 1;
    }
}
