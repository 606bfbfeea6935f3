#include "kernel_holes.h"
#include "kernel_text.h"
#include "library.h"

#include "../launch.h"
#include "../quote.h"

#include <string.h>

/* "x2" of "buffers->x2" */
static const char *result_word(Plan *p, const Stored *s)
{
    const char *name = plan_info(p, s->node)->cname, *word = name;
    for (const char *c = name; *c; c++) {
        word = *c == '>' || *c == '.' ? c + 1 : word;
    }
    return word;
}

static Str name_of(Plan *p, const Func *f, const Kernel *k)
{
    const char *name = "";
    for (int i = 0; i < k->stored.n && i < 4; i++) {
        name = arena_printf(p->arena, "%s%s_", name, result_word(p, &k->stored.at[i]));
    }
    name = arena_printf(p->arena, "%s%s", name, k->form->name);
    return p->options->device ? launch_name(p, f, name) : name_fresh(p, name_globals(p), (const Words *)&p->users, name);
}

static void print_head(Plan *p, const Kernel *k, Text *out)
{
    const char *results = "";
    for (int i = 0; i < k->stored.n; i++) {
        results = arena_printf(p->arena, "%s%s%s", results, i ? ", " : "", result_word(p, &k->stored.at[i]));
    }
    Str computes = kernel_equations_text(p, k);
    text_line(out, "/* %s by %s: %s%s", results, k->form->name, harmless(p, k->form->equation, strlen(k->form->equation)),
              *computes ? "" : " */");
    for (const char *at = computes, *word = " * computes"; *at; word = " *         ") {
        enum { ROOM = 120 };
        size_t n = strlen(at), cut = n;
        while (cut > 0 && (cut > ROOM || (cut < n && at[cut] != ' '))) {
            cut--;
        }
        cut = cut ? cut : n;
        text_line(out, "%s %.*s%s", word, (int)cut, at, cut == n ? " */" : "");
        at += cut < n ? cut + 1 : n;
    }
}

static void print_call(Plan *p, Func *f, const Filling *with, Text *out)
{
    const int device = filling_by_threads(with);
    const char **args = arena_array(p->arena, const char *, with->params.n + 3);
    int n = 0;
    if (!device) {
        args[n++] = f->alone ? "&one_thread" : own(p, OWN_TEAM);
    }
    args[n++] = own(p, OWN_BATCH);
    for (int i = 0; i < with->params.n; i++) {
        args[n++] = with->params.at[i].place;
    }
    f->uses_batch = 1;
    if (device) {
        launch_print(p, with->name, with->t == with->k->form->beside ? GRID_BESIDE : GRID_ALL, filling_shared(with), args, n, out);
        return;
    }
    text_list(out, arena_printf(p->arena, "%s(", with->name), args, n, ");");
    if (!f->alone) {
        text_line(out, "team_wait(%s);", own(p, OWN_TEAM));
    }
    text_line(out, "%s", "");
}

/* Where an index has no elements, nothing of what is read at it may be left in the text. */
static KernelParams read_in(Plan *p, const KernelParams *params, const Text *body)
{
    KernelParams kept = {0};
    for (int i = 0; i < params->n; i++) {
        if (text_has_word(body, params->at[i].word)) {
            vec_push(p->arena, kept, params->at[i]);
        }
    }
    return kept;
}

/* A kernel by another text of its form, which its name ends with. */
static Filling print_other(Plan *p, Func *f, const Kernel *k, const Template *t, const Filling *first, const char *about)
{
    Filling with = filling_of(p, f, k, 0);
    const TemplateFill fill = {.with = &with, .hole = filling_hole, .times = filling_times, .turn = filling_turn};
    with.t = t;
    with.name = launch_name(p, f, arena_printf(p->arena, "%s_%s", first->name + strlen(f->cname) + 1, t->name));
    filling_take_words(&with);
    Text *body = text_new(p->arena, 0);
    template_render(t, &fill, body, p->diag);
    const KernelParams params = with.params = read_in(p, &with.params, body);
    text_line(p->device, "/* %s */", about);
    with.locals.n = 0;
    template_render(t, &fill, p->device, p->diag);
    with.params = params;
    text_line(p->device, "%s", "");
    return with;
}

static void print_else(Text *out)
{
    text_trim(out);
    out->indent--;
    text_line(out, "} else {");
    out->indent++;
}

static void print_end(Text *out)
{
    text_trim(out);
    out->indent--;
    text_line(out, "}");
}

/* Where the machine can, the kernel of the text beside that of the form is started instead. */
static void print_start(Plan *p, Func *f, const Kernel *k, const Filling *first, Text *out)
{
    if (!p->options->device || !filling_beside(first)) {
        print_call(p, f, first, out);
        return;
    }
    const Filling with = print_other(p, f, k, k->form->beside, first, "The same for GPUs that have what it says.");
    text_line(out, "if (%s->beside.blocks) {", own(p, OWN_GPU));
    out->indent++;
    print_call(p, f, &with, out);
    print_else(out);
    print_call(p, f, first, out);
    print_end(out);
    text_line(out, "%s", "");
}

/* Where a library multiplies, its rows are made before and its sums used afterwards. */
static void print_library(Plan *p, Func *f, const Kernel *k, const Filling *first, Text *out)
{
    const Filling before = print_other(p, f, k, k->form->before, first, "The same by a library: the rows that it multiplies.");
    const Filling after = print_other(p, f, k, k->form->after, first, "And what is made of its sums.");
    Filling with = filling_of(p, f, k, 0);
    text_line(out, "{");
    out->indent++;
    library_print(&with, out);
    text_line(out, "if (multiplies(%s, &products)) {", own(p, OWN_GPU));
    out->indent++;
    print_call(p, f, &before, out);
    text_trim(out);
    text_line(out, "multiply(%s, &products);", own(p, OWN_GPU));
    print_call(p, f, &after, out);
    print_else(out);
    print_start(p, f, k, first, out);
    print_end(out);
    print_end(out);
    text_line(out, "%s", "");
}

void kernel_print(Plan *p, Func *f, const Kernel *k, const Text *about, Text *out)
{
    Text *definitions = p->options->device ? p->device : p->definitions;
    Filling with = filling_of(p, f, k, 0);
    const TemplateFill fill = {.with = &with, .hole = filling_hole, .times = filling_times, .turn = filling_turn};
    with.name = name_of(p, f, k);
    filling_take_words(&with);
    Text *body = text_new(p->arena, 0);
    template_render(k->form->text, &fill, body, p->diag); /* finds out what it reads: the parameters stand at its head */
    const KernelParams params = with.params = read_in(p, &with.params, body);
    text_add(definitions, about);
    print_head(p, k, definitions);
    with.locals.n = 0;
    template_render(k->form->text, &fill, definitions, p->diag);
    with.params = params;
    text_line(definitions, "%s", "");
    if (p->options->device && library_multiplies(&with)) {
        print_library(p, f, k, &with, out);
    } else {
        print_start(p, f, k, &with, out);
    }
}
