/* Loops whose turns depend on data: each sequence goes round by itself.
 *
 * A loop's function does one turn for a batch of one sequence and says whether it was left. What is carried lies in buffers of the caller;
 * what a turn gives back is copied there before the next one. So nothing depends on what else is in the batch, and nothing is allocated. */
#include "launch.h"
#include "model.h"
#include "quote.h"

#include <string.h>

/* Words of the loop at hand. */
typedef struct Around {
    Plan *p;
    Func *f;
    Item *item;
    Str one;  /* the sequence by itself: "one" */
    Str turn; /* "turn" */
    Printer *pr;
    Text *out;
} Around;

static Basis ragged_of(const Node *node, int64_t *width)
{
    Basis basis = {.kind = BASIS_ROWS};
    *width = 1;
    for (int k = 0; k < node->free.n; k++) {
        Dim *dim = node->free.at[k]->dim;
        if (dim_is_ragged(dim) && basis.n < 4) {
            basis.dim[basis.n++] = dim;
        } else {
            *width *= dim->length;
        }
    }
    return basis;
}

static Str times(Plan *p, const char *text, int64_t width)
{
    return str_of(width == 1 ? text : arena_printf(p->arena, "%s * %lld", text, (long long)width));
}

static Str pairs_word(Plan *p, const Basis *basis)
{
    const char *word = batch_pairs(p, *basis);
    return str_of(strchr(word, '>') + 1);
}

/* Where the sequence begins in a tensor of the whole batch. */
static Str begin_of(const Around *a, const Node *node)
{
    int64_t width;
    const Basis basis = ragged_of(node, &width);
    Str s = own(a->p, OWN_SEQUENCE);
    const char *rows = basis.n == 0   ? s
                       : basis.n == 1 ? arena_printf(a->p->arena, "%s[%s]", batch_begin(a->p, basis.dim[0]), s)
                                      : arena_printf(a->p->arena, "%s[%s]", batch_pairs(a->p, basis), s);
    return times(a->p, width == 1 ? rows : arena_printf(a->p->arena, "(ptrdiff_t)%s", rows), width);
}

/* Elements of a tensor of the sequence by itself. */
static Str count_of(const Around *a, const Node *node)
{
    int64_t width;
    Basis basis = ragged_of(node, &width);
    if (basis.n == 0) {
        return str_of(arena_printf(a->p->arena, "%lld", (long long)width));
    }
    if (basis.n == 1) {
        (void)batch_begin(a->p, basis.dim[0]);
    }
    const char *rows = basis.n == 1 ? arena_printf(a->p->arena, "begin_%s", dim_word(a->p, basis.dim[0])) : pairs_word(a->p, &basis);
    return times(a->p, arena_printf(a->p->arena, "(size_t)%s.%s[1]", a->one, rows), width);
}

static Str buffer(const Around *a, const Slot *slot)
{
    return launch_room(a->pr, slot);
}

/* Elements of `like`, to or from the buffer of a turn. */
static void copy(const Around *a, const char *to, const char *from, const Node *node, const Slot *like)
{
    Arena *arena = a->p->arena;
    Str count = count_of(a, node);
    const char *bytes = arena_printf(arena, "sizeof *%s", buffer(a, like));
    const char *args[] = {to, from, strcmp(count, "1") == 0 ? bytes : arena_printf(arena, "%s * %s", count, bytes)};
    use_part(a->p, "memcpy");
    text_list(a->out, "memcpy(", args, 3, ");");
}

/* Dims of `to` take their length from `from`, a tensor of the whole batch or of the turn. */
static void take(const Around *a, const Node *to, const Node *from, int of_turn)
{
    Plan *p = a->p;
    Str s = own(p, OWN_SEQUENCE);
    for (int k = 0; k < to->free.n; k++) {
        Dim *dim = to->free.at[k]->dim, *source = from->free.at[k]->dim;
        if (dim->kind != DIM_TAKEN) {
            continue;
        }
        Str begin = batch_begin(p, source);
        (void)batch_begin(p, dim);
        text_line(a->out, "%s.begin_%s[1] = %s;", a->one, dim_word(p, dim),
                  of_turn ? arena_printf(p->arena, "%s.begin_%s[1]", a->one, dim_word(p, source))
                          : arena_printf(p->arena, "%s[%s + 1] - %s[%s]", begin, s, begin, s));
        for (int i = 0; i < p->pairs.n; i++) { /* products that are known with it */
            const Basis *basis = &p->pairs.at[i];
            const char *product = NULL;
            const Dim *latest = NULL;
            for (int d = 0; d < basis->n; d++) {
                const char *length = arena_printf(p->arena, "%s.begin_%s[1]", a->one, dim_word(p, basis->dim[d]));
                product = product ? arena_printf(p->arena, "%s * %s", product, length) : arena_printf(p->arena, "(int64_t)%s", length);
                latest = !latest || basis->dim[d]->id > latest->id ? basis->dim[d] : latest;
            }
            if (latest == dim) {
                text_line(a->out, "%s.%s[1] = %s;", a->one, pairs_word(p, basis), product);
            }
        }
    }
}

/* base + where the sequence begins */
static Str at_sequence(const Around *a, const Node *node, Str base)
{
    return str_of(arena_printf(a->p->arena, "%s + %s", base, begin_of(a, node)));
}

static Str turn_call(const Around *a, Printer *pr)
{
    Plan *p = a->p;
    const Item *item = a->item;
    const Func *callee = item->callee;
    const Unit *unit = item->unit;
    const char *text = arena_printf(p->arena, "%s(", callee->cname), *separator = "";
    if (callee->weights) {
        Str place = str_of(arena_printf(p->arena, "&%s%s", a->f->weights_at, item->member));
        const char *type = arena_printf(p->arena, "struct %s_weights", callee->type);
        text = arena_printf(p->arena, "%s%s", text, launch_struct(pr, place, type));
        separator = ", ";
    }
    if (callee->buffers) {
        Str place = str_of(arena_printf(p->arena, "&%s%s", a->f->buffers_at, item->member));
        const char *type = arena_printf(p->arena, "struct %s_buffers", callee->type);
        text = arena_printf(p->arena, "%s%s%s", text, separator, launch_struct(pr, place, type));
        separator = ", ";
    }
    text = arena_printf(p->arena, "%s%s&%s.batch", text, separator, a->one);
    for (int k = 0; k < unit->args.n; k++) {
        const Node *source = unit->args.at[k]->source;
        text = arena_printf(p->arena, "%s, %s", text,
                            k < unit->carried            ? buffer(a, item->carry[k])
                            : source->kind == NODE_PARAM ? place_of(pr, source)
                                                         : at_sequence(a, source, place_of(pr, source)));
    }
    for (int k = 0; k < callee->result.n; k++) {
        if (!callee->in_place[k]) {
            text = arena_printf(p->arena, "%s, %s", text, buffer(a, item->scratch[k]));
        }
    }
    return str_of(arena_printf(p->arena, "%s)", text));
}

/* What the turn gave back is what the next one starts from. */
static void go_round(const Around *a)
{
    const Item *item = a->item;
    for (int k = 0; k < item->unit->carried; k++) { /* lengths of a turn stay until all are copied */
        if (!item->callee->in_place[k]) {
            copy(a, buffer(a, item->carry[k]), buffer(a, item->scratch[k]), item->unit->results.at[k], item->carry[k]);
        }
    }
    for (int k = 0; k < item->unit->carried; k++) {
        take(a, item->unit->args.at[k], item->unit->results.at[k], 1);
    }
}

static void hand_back(const Around *a, Printer *pr)
{
    Plan *p = a->p;
    const Item *item = a->item;
    Str s = own(p, OWN_SEQUENCE);
    for (int k = 0; k < item->unit->carried; k++) {
        const Node *out = item->out[k], *arg = item->unit->args.at[k];
        const Node *result = item->step->results.at[k];
        for (int d = 0; d < result->free.n; d++) {
            Dim *dim = result->free.at[d]->dim;
            if (dim->kind == DIM_TAKEN) {
                Str begin = batch_begin(p, dim);
                text_line(a->out, "%s[%s + 1] = %s[%s] + %s.begin_%s[1];", begin, s, begin, s, a->one, dim_word(p, arg->free.at[d]->dim));
            }
        }
        if (out) {
            launch_writes(p, place_of(pr, out));
            copy(a, at_sequence(a, out, place_of(pr, out)), buffer(a, item->carry[k]), arg, item->carry[k]);
        }
    }
}

void print_loop(Plan *p, Func *f, Item *item, Text *out)
{
    Printer pr = {.p = p, .f = f};
    Around a = {.p = p, .f = f, .item = item, .out = out, .pr = &pr};
    a.one = name_fresh(p, &pr.taken, (const Words *)&f->words, "one");
    a.turn = name_fresh(p, &pr.taken, (const Words *)&f->words, "turn");
    Str s = own(p, OWN_SEQUENCE), batch = own(p, OWN_BATCH);
    const Unit *unit = item->unit;
    f->uses_batch = 1;
    quote_head(p, unit->span, "\n *     each sequence by itself", out);
    text_line(out, "for (int32_t %s = 0; %s < %s->sequences; %s++) {", s, s, batch, s);
    out->indent++;
    text_line(out, "struct %s_single %s;", p->prefix, a.one);
    text_line(out, "%s_single_of(%s, %s, &%s);", p->prefix, batch, s, a.one);
    for (int k = 0; k < unit->carried; k++) {
        const Node *arg = unit->args.at[k];
        take(&a, arg, arg->source, 0);
        copy(&a, buffer(&a, item->carry[k]), at_sequence(&a, arg->source, place_of(&pr, arg->source)), arg, item->carry[k]);
    }
    Str call = turn_call(&a, &pr);
    if (item->step->once) {
        text_line(out, "if (%s) {", call);
    } else {
        text_line(out, "int32_t %s = 0;", a.turn);
        text_line(out, "while (%s) {", call);
    }
    out->indent++;
    go_round(&a);
    if (!item->step->once) {
        text_line(out, "if (*%s->fault || ++%s == %d) { /* it does not end */", batch, a.turn, LOOP_TURNS);
        text_line(out, "    *%s->fault = 1;", batch);
        text_line(out, "    break;");
        text_line(out, "}");
    }
    out->indent--;
    text_line(out, "}");
    hand_back(&a, &pr);
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

void print_leave(Plan *p, Func *f, const Item *item, Text *out)
{
    Printer pr = {.p = p, .f = f};
    text_line(out, "if (!%s[0]) {", place_of(&pr, item->step->node));
    text_line(out, "    return 0;");
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* ---- one sequence of a batch ----------------------------------------------------------------------------------------------------- */

void single_print(Model *m, Text *out)
{
    Plan *p = m->p;
    text_line(out, "/* One sequence of a batch by itself: what a loop over turns works on. Its offsets are { 0, length }. */");
    text_line(out, "struct %s_single {", p->prefix);
    text_line(out, "    struct %s_batch batch;", p->prefix);
    for (int i = 0; i < p->begin.n; i++) {
        text_line(out, "    int32_t begin_%s[2];", dim_word(p, p->begin.at[i]));
    }
    for (int i = 0; i < p->pairs.n; i++) {
        text_line(out, "    int64_t %s[2];", pairs_word(p, &p->pairs.at[i]));
    }
    text_line(out, "};");
    text_line(out, "%s", "");
    text_line(out, "static void %s_single_of(const struct %s_batch *batch, int32_t s, struct %s_single *one)", p->prefix, p->prefix,
              p->prefix);
    text_line(out, "{");
    out->indent++;
    if (!p->begin.n && !p->pairs.n) { /* nothing is as long as the sequence says */
        text_line(out, "(void)s;");
    }
    text_line(out, "one->batch = *batch;");
    text_line(out, "one->batch.sequences = 1;");
    for (int i = 0; i < p->begin.n + p->pairs.n; i++) {
        const Str word = i < p->begin.n ? str_of(arena_printf(p->arena, "begin_%s", dim_word(p, p->begin.at[i])))
                                        : pairs_word(p, &p->pairs.at[i - p->begin.n]);
        text_line(out, "one->%s[0] = 0;", word);
        text_line(out, "one->%s[1] = batch->%s[s + 1] - batch->%s[s];", word, word, word);
        text_line(out, "one->batch.%s = one->%s;", word, word);
    }
    for (int i = 0; i < p->batch_slot.n; i++) {
        Str path = p->batch_slot.at[i].path;
        if (strncmp(path, "place_", 6) == 0) {
            text_line(out, "one->batch.%s = batch->%s + batch->begin_%s[s];", path, path, path + 6);
        }
    }
    out->indent--;
    text_line(out, "}");
    text_line(out, "%s", "");
}

/* Offsets of dims that are not made yet are 0, so that a sequence can be taken out of the batch at any time. */
void single_clear(Model *m, const char *batch, const char *sequences, Text *out)
{
    Plan *p = m->p;
    text_line(out, p->launch ? "for (int32_t s = (int32_t)threadIdx.x; s <= %s; s += 256) {" : "for (int32_t s = 0; s <= %s; s++) {",
              sequences);
    for (int i = 0; i < p->begin.n; i++) {
        if (p->begin.at[i]->kind != DIM_GIVEN) {
            text_line(out, "    %sbegin_%s[s] = 0;", batch, dim_word(p, p->begin.at[i]));
        }
    }
    for (int i = 0; i < p->pairs.n; i++) {
        text_line(out, "    %s%s[s] = 0;", batch, pairs_word(p, &p->pairs.at[i]));
    }
    text_line(out, "}");
    if (p->launch) { /* by one block of a device */
        text_line(out, "__syncthreads();");
    }
}
