/* A dim that data make, on a device: all threads find the lengths of sequences, one block makes offsets of them, all threads write down
 * the places of elements. Where places are kept, a warp has a sequence. */
#include "launch.h"
#include "model.h"
#include "quote.h"

typedef struct Maker {
    Plan *p;
    Func *f;
    Dim *dim;
    Block top;
    Cluster none;
    Launch launch;
    Printer pr;
    Text *body;
    Str lane, made, word, chosen; /* of a parent's elements, 32 at once: which thread, how many before, its element, which are chosen */
} Maker;

static void begin(Maker *m, Plan *p, Func *f, Dim *dim)
{
    *m = (Maker){.p = p, .f = f, .dim = dim, .body = text_new(p->arena, 1)};
    m->none = (Cluster){.func = f, .tree = &m->top};
    m->pr = (Printer){.p = p, .f = f, .block = &m->top, .c = &m->none};
    launch_begin(p, &m->launch);
}

static void end(Maker *m, const char *what, GridSize size, Text *out)
{
    launch_end(m->p, m->f, arena_printf(m->p->arena, "%s_%s", dim_word(m->p, m->dim), what), NULL, m->body, size, out);
}

static Str fresh(Maker *m, const char *wish)
{
    return name_fresh(m->p, &m->pr.taken, (const Words *)&m->f->words, wish);
}

/* Each thread takes sequences, or each warp. What the printer was asked for before stands inside; leaves the indent there. */
static void print_sequences(Maker *m, int by_warps)
{
    Str s = own(m->p, OWN_SEQUENCE), batch = own(m->p, OWN_BATCH);
    const char *from = by_warps ? "(grid_first() / 32)" : "grid_first()", *step = by_warps ? "(grid_step() / 32)" : "grid_step()";
    text_line(m->body, "for (int32_t %s = (int32_t)%s; %s < %s->sequences; %s += (int32_t)%s) {", s, from, s, batch, s, step);
    m->body->indent++;
    print_sequence_words(&m->pr, m->body);
    for (int i = 0; i < m->top.pointer.n; i++) {
        const Pointer *at = &m->top.pointer.at[i];
        text_line(m->body, "const %s *%s = %s + %s;", at->type, at->name, at->base, at->offset);
    }
}

static void close_sequences(Maker *m)
{
    m->body->indent--;
    text_line(m->body, "}");
}

/* ---- what is chosen of a parent ------------------------------------------------------------------------------------------------------ */

/* The loop over 32 elements at once, up to which of them are chosen; leaves the indent inside. */
static void print_chosen(Maker *m, const char *starts)
{
    Plan *p = m->p;
    Dim *dim = m->dim;
    Var *var = graph_var(p->graph, dim->parent, dim->parent->name);
    Expr *index = expr_var(p->graph, var, dim->span);
    m->word = var_word(&m->pr, var);
    m->lane = fresh(m, "lane");
    m->made = fresh(m, "made");
    m->chosen = fresh(m, "chosen");
    Str first = fresh(m, "from"), mask = piece_in(&m->pr, print_access(&m->pr, dim->mask, &index, 0), BIND_AND);
    Str length = dim_is_ragged(dim->parent) ? length_word(&m->pr, dim->parent) : constant_of(p, dim->parent);
    text_line(m->body, "const int32_t %s = (int32_t)threadIdx.x %% 32;", m->lane);
    print_sequences(m, 1);
    text_line(m->body, "int32_t %s = %s;", m->made, starts);
    text_line(m->body, "for (int32_t %s = 0; %s < %s; %s += 32) {", first, first, length, first);
    m->body->indent++;
    text_line(m->body, "const int32_t %s = %s + %s;", m->word, first, m->lane);
    text_line(m->body, "const uint32_t %s = lanes_where(%s < %s && %s);", m->chosen, m->word, length, mask);
}

static void print_count(Maker *m, Text *out)
{
    Str begin_word = batch_begin(m->p, m->dim), s = own(m->p, OWN_SEQUENCE);
    print_chosen(m, "0");
    text_line(m->body, "%s += lanes_count(%s);", m->made, m->chosen);
    close_sequences(m);
    text_line(m->body, "%s[%s + 1] = %s; /* all 32 say the same */", begin_word, s, m->made);
    close_sequences(m);
    end(m, "lengths", GRID_ALL, out);
}

static void print_places(Maker *m, Text *out)
{
    print_chosen(m, arena_printf(m->p->arena, "%s[%s]", batch_begin(m->p, m->dim), own(m->p, OWN_SEQUENCE)));
    text_line(m->body, "if (%s >> %s & 1) {", m->chosen, m->lane);
    text_line(m->body, "    %s[%s + lanes_count(%s & ((1u << %s) - 1))] = %s;", batch_place(m->p, m->dim), m->made, m->chosen, m->lane,
              m->word);
    text_line(m->body, "}");
    text_line(m->body, "%s += lanes_count(%s);", m->made, m->chosen);
    close_sequences(m);
    close_sequences(m);
    end(m, "places", GRID_ALL, out);
}

/* ---- lengths by a formula ------------------------------------------------------------------------------------------------------------ */

static void print_lengths(Maker *m, Text *out)
{
    Plan *p = m->p;
    Dim *dim = m->dim;
    Str length = fresh(m, "made"), begin_word = batch_begin(p, dim);
    const Piece formula = print_expr(&m->pr, dim->formula, WANT_INT);
    const int is_checked = dim_may_exceed(dim), negative = dim_may_be_negative(dim);
    const char *longest = arena_printf(p->arena, "%lld", (long long)dim_longest(dim));
    if (dim->most && is_checked) {
        longest = piece_in(&m->pr, print_expr(&m->pr, dim->most, WANT_INT), BIND_ADD);
    }
    print_sequences(m, 0);
    text_line(m->body, "const int64_t %s = %s;", length, formula.text);
    if (is_checked) {
        text_line(m->body, "if (%s > %s) {", length, longest);
        text_line(m->body, "    *%s->fault = 1;", own(p, OWN_BATCH));
        text_line(m->body, "}");
    }
    const char *fits = is_checked ? arena_printf(p->arena, "%s <= %s ? ", length, longest) : "", *otherwise = is_checked ? " : 0" : "";
    const char *some = negative ? arena_printf(p->arena, "%s(%s, 0)", use_part(p, "int_max"), length) : length;
    text_line(m->body, "%s[%s + 1] = %s(int32_t)%s%s;", begin_word, own(p, OWN_SEQUENCE), fits, some, otherwise);
    close_sequences(m);
    end(m, "lengths", GRID_ALL, out);
}

/* ---- all ----------------------------------------------------------------------------------------------------------------------------- */

static void print_offsets(Maker *m, Text *out)
{
    Plan *p = m->p;
    Str batch = own(p, OWN_BATCH);
    text_line(m->body, "add_up(%s, %s->sequences, %d, %s->fault);", batch_begin(p, m->dim), batch, 1 << 30, batch);
    for (int i = 0; i < p->pairs.n; i++) {
        pairs_print(p, &p->pairs.at[i], m->dim, arena_printf(p->arena, "%s->", batch), m->body);
    }
    end(m, "offsets", GRID_BLOCK, out);
}

void device_dim_print(Plan *p, Func *f, Dim *dim, Text *out)
{
    Maker m;
    begin(&m, p, f, dim);
    quote_head(p, dim->span, "", m.body);
    if (dim->kind == DIM_WHERE) {
        print_count(&m, out);
    } else {
        print_lengths(&m, out);
    }
    begin(&m, p, f, dim);
    print_offsets(&m, out);
    if (dim->kind == DIM_WHERE) {
        begin(&m, p, f, dim);
        print_places(&m, out);
    }
}
