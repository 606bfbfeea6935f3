/* print_steps.c - a program: a C function for each s-op that has a name, and one that calls them for each sequence
 *
 * A section is what one of these functions computes: an s-op with a name, after all that nobody named and that it is the first to need. It
 * is handed what it reads, where its values go, and room to work in; inside, only one sequence is known, so nothing is offset. */
#include "names.h"
#include "print.h"
#include "quote.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct Section {
    int number;   /* from 1 */
    int from, to; /* items */
    Node *node;   /* the last one that they store */
    Str cname;
    Text *body;
    TextWords words;  /* of its body */
    VEC(Slot *) single, named; /* values that it alone stores and reads; buffers that its body names */
    VEC(const char *) param, arg; /* of the function, of its call */
    int uses_batch;
} Section;

typedef VEC(Section) Sections;

/* ---- what belongs together ---------------------------------------------------------------------------------------------------------- */

static Node *stored_by(Plan *p, const Item *item)
{
    for (int k = 0; k < item->nodes.n; k++) {
        if (plan_info(p, item->nodes.at[k])->keep == KEEP_ROOT) {
            return item->nodes.at[k];
        }
    }
    return NULL;
}

/* An output may be written by a copy of it: what is said of it is said in the graph. */
static const Node *of_graph(const Plan *p, const Node *node)
{
    for (int i = 0; i < p->outputs.n; i++) {
        if (p->outputs.at[i] == node) {
            return p->graph->outputs.at[i];
        }
    }
    return node;
}

static const char *name_of(const Plan *p, const Node *node)
{
    const Node *known = of_graph(p, node);
    return known->called ? known->called : known->name ? known->name : "value";
}

static Sections sections_of(Plan *p, Func *f)
{
    Sections list = {0};
    int from = 0;
    for (int i = 0; i < f->item.n; i++) {
        Node *node = stored_by(p, &f->item.at[i]);
        const Section s = {.from = from, .to = i + 1, .node = node};
        if (node && of_graph(p, node)->named) {
            vec_push(p->arena, list, s);
            from = i + 1;
        }
    }
    if (list.n) { /* the value is the last that has a name */
        list.at[list.n - 1].to = f->item.n;
    }
    for (int i = 0; i < list.n; i++) {
        list.at[i].number = i + 1;
        list.at[i].cname = name_fresh(p, name_globals(p), NULL, name_of(p, list.at[i].node));
        for (int k = list.at[i].from; k < list.at[i].to; k++) {
            f->item.at[k].section = list.at[i].cname;
        }
    }
    return list;
}

/* ---- what a section takes and gives ------------------------------------------------------------------------------------------------- */

/* Is it one of its equations? */
static int makes(const Func *f, const Section *s, const Node *output)
{
    for (int i = s->from; i < s->to; i++) {
        for (int k = 0; k < f->item.at[i].nodes.n; k++) {
            if (f->item.at[i].nodes.at[k] == output) {
                return 1;
            }
        }
    }
    return 0;
}

/* In each buffer: which section stores it. And what only that one knows, if it is one value. */
static void find_stored(Plan *p, const Func *f, Sections *list)
{
    for (int i = 0; i < list->n; i++) {
        const Section *s = &list->at[i];
        for (int k = s->from; k < s->to; k++) {
            for (int n = 0; n < f->item.at[k].nodes.n; n++) {
                Slot *slot = plan_info(p, f->item.at[k].nodes.at[n])->slot;
                slot ? (void)(slot->section = s->number) : (void)0;
            }
        }
    }
    for (int i = 0; i < f->slot.n; i++) {
        Slot *slot = f->slot.at[i];
        Section *s = slot->section ? &list->at[slot->section - 1] : NULL;
        if (s && slot->basis.kind == BASIS_ONE && slot->width == 1 && slot->first >= s->from && slot->last < s->to) {
            slot->local = 1;
            vec_push(p->arena, s->single, slot);
        }
    }
}

/* Buffers by their names. */
typedef struct Named {
    Str word;
    int slot;
} Named;

static int by_word(const void *a, const void *b)
{
    const Named *x = a, *y = b;
    const uintptr_t u = (uintptr_t)x->word, v = (uintptr_t)y->word;
    return u != v ? (u > v) - (u < v) : x->slot - y->slot;
}

static int by_place(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static Named *names_of(Plan *p, const Func *f)
{
    Named *list = arena_array(p->arena, Named, f->slot.n + 1);
    for (int i = 0; i < f->slot.n; i++) {
        list[i] = (Named){f->slot.at[i]->cname, i};
    }
    qsort(list, (size_t)f->slot.n, sizeof *list, by_word);
    return list;
}

/* What its body names, in the order of the buffers. */
static void find_named(Plan *p, const Func *f, const Named *list, Section *s)
{
    VEC(int) found = {0};
    for (int i = 0; i < s->words.n; i++) {
        int from = 0;
        for (int to = f->slot.n; from < to;) { /* the first of this name */
            const int middle = from + (to - from) / 2;
            const int before = by_word(&list[middle], &(Named){s->words.at[i], -1}) < 0;
            from = before ? middle + 1 : from;
            to = before ? to : middle;
        }
        for (; from < f->slot.n && list[from].word == s->words.at[i]; from++) {
            vec_push(p->arena, found, list[from].slot);
        }
    }
    found.n ? qsort(found.at, (size_t)found.n, sizeof *found.at, by_place) : (void)0;
    for (int i = 0; i < found.n; i++) {
        vec_push(p->arena, s->named, f->slot.at[found.at[i]]);
    }
}

static void hand(Plan *p, Section *s, int writes, const char *type, const char *name, const char *value)
{
    vec_push(p->arena, s->param, arena_printf(p->arena, "%s%s *%s", writes ? "" : "const ", type, name));
    vec_push(p->arena, s->arg, value);
}

/* Where the sequence begins in what the caller has. */
static const char *io_place(Plan *p, const Func *f, const Node *node, const char *name)
{
    Basis grid = {.kind = BASIS_ROWS};
    for (int k = 0; k < node->free.n && grid.n < 4; k++) {
        grid.dim[grid.n++] = node->free.at[k]->dim;
    }
    const char *start = grid.n > 1 ? arena_printf(p->arena, "%s[%s]", batch_pairs(p, grid), own(p, OWN_SEQUENCE))
                                   : own_of(p, OWN_FIRST, grid.dim[0]);
    return arena_printf(p->arena, "%s%s + %s", f->io_at, name, start);
}

static void hand_outputs(Plan *p, const Func *f, Section *s, int written)
{
    for (int i = 0; i < p->outputs.n; i++) {
        const Node *node = p->outputs.at[i];
        Str name = plan_info(p, node)->cname;
        if (text_words_have(&s->words, name) && makes(f, s, node) == written) {
            hand(p, s, written, store_ctype(p, node, NULL), name, io_place(p, f, node, name));
        }
    }
}

/* Buffers that equations are stored in (known), by this section (own_ones) or by others; else room to work in. */
static void hand_buffers(Plan *p, const Func *f, Section *s, int own_ones, int known)
{
    for (int i = 0; i < s->named.n; i++) {
        const Slot *slot = s->named.at[i];
        const int mine = slot->section == s->number, any = slot->section != 0;
        if (!slot->local && any == known && (!known || mine == own_ones)) {
            hand(p, s, own_ones, slot->type, slot->cname, arena_printf(p->arena, "%s%s", f->buffers_at, slot->cname));
        }
    }
}

static void hand_all(Plan *p, const Func *f, Section *s, Str length)
{
    if (text_words_have(&s->words, own(p, OWN_BATCH))) {
        s->uses_batch = 1;
        vec_push(p->arena, s->param, arena_printf(p->arena, "const struct %s_batch *%s", p->prefix, own(p, OWN_BATCH)));
        vec_push(p->arena, s->arg, own(p, OWN_BATCH));
    }
    if (text_words_have(&s->words, length)) {
        vec_push(p->arena, s->param, arena_printf(p->arena, "int32_t %s", length));
        vec_push(p->arena, s->arg, length);
    }
    for (int i = 0; i < p->graph->inputs.n; i++) {
        const Node *node = p->graph->inputs.at[i];
        Str name = plan_info(p, node)->cname;
        if (text_words_have(&s->words, name)) {
            hand(p, s, 0, store_ctype(p, node, NULL), name, io_place(p, f, node, name));
        }
    }
    hand_buffers(p, f, s, 0, 1);
    hand_outputs(p, f, s, 0);
    hand_buffers(p, f, s, 1, 1);
    hand_outputs(p, f, s, 1);
    hand_buffers(p, f, s, 1, 0);
}

/* A line that declares something: it begins with its type. */
static int declares(const Text *text)
{
    static const char *const type[] = {"int32_t ", "int64_t ", "uint8_t ", "double ", "int ", "const "};
    int line = 1;
    for (int i = 0; i < text->at.n; i++) {
        const char *at = text->at.at + i;
        for (size_t k = 0; line && k < sizeof type / sizeof *type; k++) {
            const int n = (int)strlen(type[k]);
            if (text->at.n - i > n + 4 && memcmp(at, "    ", 4) == 0 && memcmp(at + 4, type[k], (size_t)n) == 0) {
                return 1;
            }
        }
        line = *at == '\n';
    }
    return 0;
}

/* ---- printing ----------------------------------------------------------------------------------------------------------------------- */

/* Single values that only this section makes and reads are its variables. */
static void declare_singles(const Section *s)
{
    for (int i = 0; i < s->single.n; i++) {
        text_line(s->body, "%s %s;", s->single.at[i]->type, s->single.at[i]->cname);
    }
    if (s->body->at.n) {
        text_line(s->body, "%s", "");
    }
}

/* They need no buffer. */
static void drop_singles(Func *f)
{
    int n = 0;
    for (int i = 0; i < f->slot.n; i++) {
        if (!f->slot.at[i]->local) {
            f->slot.at[n++] = f->slot.at[i];
        }
    }
    f->slot.n = n;
    f->buffers = n > 0;
}

static void print_body(Plan *p, Func *f, Section *s)
{
    const Str buffers = f->buffers_at, io = f->io_at;
    f->buffers_at = f->io_at = str_of("");
    p->head = of_graph(p, s->node)->said;
    p->here.n = 0;
    s->body = text_new(p->arena, 1);
    declare_singles(s);
    for (int i = s->from, found = 0; i < s->to; i++) {
        Text *item = text_new(p->arena, 1);
        print_item(p, f, &f->item.at[i], item);
        if (declares(item) && found++) { /* the words of the one before are not its own */
            text_trim(item);
            text_line(s->body, "{");
            text_indented(s->body, item);
            text_line(s->body, "}");
            text_line(s->body, "%s", "");
        } else {
            text_add(s->body, item);
        }
    }
    text_trim(s->body);
    s->words = text_words(s->body);
    f->buffers_at = buffers;
    f->io_at = io;
}

static void print_function(Plan *p, const Section *s, Text *out)
{
    if (p->head.source) {
        quote_head(p, p->head, "", out);
    }
    text_list(out, arena_printf(p->arena, "static void %s(", s->cname), s->param.at, s->param.n, ")");
    text_line(out, "{");
    text_add(out, s->body);
    text_line(out, "}");
    text_line(out, "%s", "");
}

static void print_forward(Plan *p, const Func *f, const Sections *list, Dim *dim, Text *out)
{
    Str s = own(p, OWN_SEQUENCE), first = own_of(p, OWN_FIRST, dim), n = own_of(p, OWN_LENGTH, dim), io = own(p, OWN_IO);
    Text *calls = text_new(p->arena, 2);
    const char *param[4];
    int params = 0;
    for (int i = 0; i < list->n; i++) {
        const Section *one = &list->at[i];
        text_list(calls, arena_printf(p->arena, "%s(", one->cname), one->arg.at, one->arg.n, ");");
    }
    if (f->buffers) {
        param[params++] = arena_printf(p->arena, "const struct %s_buffers *%s", f->type, own(p, OWN_BUFFERS));
    }
    if (f->uses_batch) {
        param[params++] = arena_printf(p->arena, "const struct %s_batch *%s", p->prefix, own(p, OWN_BATCH));
    }
    param[params++] = arena_printf(p->arena, "const %s_io *%s", p->prefix, io);
    text_line(out, "/* The program, for one sequence after the other. */");
    text_list(out, arena_printf(p->arena, "static void %s(", f->cname), param, params, ")");
    text_line(out, "{");
    text_line(out, "    for (int32_t %s = 0; %s < %s->sequences; %s++) {", s, s, io, s);
    const char *begin = arena_printf(p->arena, "%s->begin[%s]", io, s), *end = arena_printf(p->arena, "%s->begin[%s + 1]", io, s);
    const int from = text_has_word(calls, first), length = text_has_word(calls, n);
    if (from && length) {
        text_line(out, "        const int32_t %s = %s, %s = %s - %s;", first, begin, n, end, first);
    } else if (from) {
        text_line(out, "        const int32_t %s = %s;", first, begin);
    } else if (length) {
        text_line(out, "        const int32_t %s = %s - %s;", n, end, begin);
    }
    text_add(out, calls);
    text_line(out, "    }");
    text_line(out, "}");
    text_line(out, "%s", "");
}

void print_steps(Plan *p, Func *f, Text *out)
{
    Dim *dim = p->graph->inputs.at[0]->free.at[0]->dim; /* the only one: a program's sequence */
    Sections list = sections_of(p, f);
    const Named *names = names_of(p, f);
    find_stored(p, f, &list);
    for (int i = 0; i < f->members.n; i++) { /* they will be names of arguments */
        vec_push(p->arena, f->words, f->members.at[i]);
    }
    f->uses_batch = p->pairs.n > 0;
    for (int i = 0; i < list.n; i++) {
        Section *s = &list.at[i];
        const int uses = f->uses_batch;
        print_body(p, f, s);
        find_named(p, f, names, s);
        hand_all(p, f, s, own_of(p, OWN_LENGTH, dim));
        f->uses_batch = uses || s->uses_batch;
        print_function(p, s, out);
    }
    p->head = (Span){0};
    drop_singles(f);
    if (p->pairs.n) {
        batch_begin(p, dim);
    }
    print_forward(p, f, &list, dim, out);
}
