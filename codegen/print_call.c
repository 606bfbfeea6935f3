/* Calls, the loops around them, and what they hand over. */
#include "print_call.h"
#include "account.h"
#include "launch.h"
#include "quote.h"

#include <string.h>

/* The same by all threads of a grid. */
static void launch_copy(Plan *p, Func *f, Str to, Str from, const Node *node, Text *out)
{
    Printer pr = {.p = p, .f = f};
    Launch launch;
    Text *body = text_new(p->arena, 1);
    const char *type = store_ctype(p, node, NULL);
    launch_begin(p, &launch);
    Str left = launch_place(&pr, to, type), right = launch_place(&pr, from, type);
    launch_writes(p, left);
    text_line(body, "const int64_t count = (int64_t)(%s);", tensor_count(p, node));
    text_line(body, "for (int64_t item = grid_first(); item < count; item += grid_step()) {");
    text_line(body, "    %s[item] = %s[item];", left, right);
    text_line(body, "}");
    launch_end(p, f, "copy", NULL, body, GRID_ALL, out);
}

void print_copy(Plan *p, Func *f, Str to, Str from, const Node *node, Text *out)
{
    f->uses_batch = 1;
    if (launches(p, f)) {
        launch_copy(p, f, to, from, node, out);
        return;
    }
    use_part(p, "memcpy");
    text_line(out, "memcpy(%s, %s, %s * sizeof *%s);", to, from, tensor_count(p, node), to);
}

/* "layer" of "encoder_layer". */
static Str last_word(const char *name)
{
    const char *line = strrchr(name, '_');
    return str_of(line && line[1] ? line + 1 : name);
}

/* The author's word for a turn: "l" of `for l in 0..n`. */
static Str turn_word(Plan *p, const Unit *unit)
{
    const char *text = squeeze(p, unit->span);
    const size_t n = strncmp(text, "for ", 4) == 0 ? strcspn(text + 4, " ") : 0;
    return str_of(n ? arena_printf(p->arena, "%.*s", (int)n, text + 4) : "turn");
}

const char *cost_line(Plan *p, const Func *f, int indent, const char *each)
{
    const Total total = total_of(p, f);
    return total.term.n ? arena_printf(p->arena, "\n%*s *   %s flops a %s", indent * 4, "", total_text(p, &total), each) : "";
}

static Str result_place(Printer *pr, const Item *item, int k)
{
    Plan *p = pr->p;
    return item->out[k] ? place_of(pr, item->out[k]) : str_of(arena_printf(p->arena, "%s%s", pr->f->buffers_at, item->scratch[k]->cname));
}

static Str carry_place(Plan *p, const Func *f, const Item *item, int k)
{
    return str_of(arena_printf(p->arena, "%s%s", f->buffers_at, item->carry[k]->cname));
}

/* What is handed over, in the order of the callee's parameters: its arguments, then where its results go. */
static int call_tensors(Plan *p, Func *f, Item *item, Str *place, Text *out)
{
    Printer pr = {.p = p, .f = f};
    const Func *callee = item->callee;
    const Unit *unit = item->unit;
    int n = 0;
    for (int k = 0; k < unit->args.n; k++) {
        const Node *source = unit->args.at[k]->source;
        Str from = place_of(&pr, source), to = from;
        if (k < callee->result.n && callee->in_place[k]) {
            to = result_place(&pr, item, k);
        } else if (item->turns > 1 && k < unit->carried) {
            to = carry_place(p, f, item, k);
        }
        if (to != from) {
            print_copy(p, f, to, from, source, out);
        }
        place[n++] = to;
    }
    for (int k = 0; k < callee->result.n; k++) {
        if (!callee->in_place[k]) {
            place[n++] = result_place(&pr, item, k);
        }
    }
    return n;
}

static void print_plain_call(Plan *p, Func *f, Item *item, const char *turn, const Str *place, int n, Text *out)
{
    const Func *callee = item->callee;
    const char **args = arena_array(p->arena, const char *, n + 4);
    int all = 0;
    if (callee->weights) {
        args[all++] = arena_printf(p->arena, turn ? "&%s%s[%s]" : "&%s%s", f->weights_at, item->member, turn);
    }
    if (callee->buffers) {
        args[all++] = arena_printf(p->arena, "&%s%s", f->buffers_at, item->member);
    }
    if (has_team(p, callee)) {
        args[all++] = own(p, OWN_TEAM);
    }
    if (launches(p, f)) {
        args[all++] = own(p, OWN_GPU);
    }
    args[all++] = own(p, OWN_BATCH);
    f->uses_batch = 1;
    for (int k = 0; k < n; k++) {
        args[all++] = place[k];
    }
    text_list(out, arena_printf(p->arena, "%s(", launch_callee(p, f, callee)), args, all, ");");
}

/* The body of a loop in its place: its tensors are those of the caller. */
static void print_loop_body(Plan *p, Func *f, Item *item, Str turn, const Str *place, Text *out)
{
    Func *callee = item->callee;
    const Unit *unit = callee->unit;
    int n = 0;
    callee->words.n = 0;
    for (int i = 0; i < f->words.n; i++) {
        vec_push(p->arena, callee->words, f->words.at[i]);
    }
    vec_push(p->arena, callee->words, turn);
    for (int k = 0; k < unit->args.n; k++) {
        plan_info(p, unit->args.at[k])->cname = place[n++];
    }
    for (int k = 0; k < callee->result.n; k++) {
        if (!callee->in_place[k]) {
            plan_info(p, callee->result.at[k])->cname = place[n++];
        }
    }
    callee->buffers_at = str_of(arena_printf(p->arena, "%s%s.", f->buffers_at, item->member));
    Str layer = callee->weights ? name_fresh(p, (Words *)&callee->words, NULL, last_word(callee->cname)) : NULL;
    callee->weights_at = layer ? str_of(arena_printf(p->arena, "%s->", layer)) : callee->weights_at;
    Text *body = text_new(p->arena, out->indent);
    print_items(p, callee, body);
    if (layer && text_contains(body, callee->weights_at)) {
        text_line(out, "const struct %s_weights *%s = &%s%s[%s];", callee->type, layer, f->weights_at, item->member, turn);
        text_line(out, "%s", "");
    }
    text_add(out, body);
    f->uses_rows |= callee->uses_rows;
    f->uses_batch |= callee->uses_batch;
}

void print_call(Plan *p, Func *f, Item *item, Text *out)
{
    const Func *callee = item->callee;
    const Unit *unit = item->unit;
    Printer pr = {.p = p, .f = f};
    Str *place = arena_array(p->arena, Str, unit->args.n + callee->result.n + 1);
    Text *copies = text_new(p->arena, out->indent);
    const int n = call_tensors(p, f, item, place, copies);
    print_by_first(p, f, copies, out);
    if (item->turns == 1) {
        print_plain_call(p, f, item, NULL, place, n, out);
        text_line(out, "%s", "");
        return;
    }
    Words taken = {0};
    Str turn = name_fresh(p, &taken, (const Words *)&f->words, turn_word(p, unit));
    quote_head(p, unit->span, callee->in_line ? cost_line(p, callee, out->indent, "turn and sequence") : "", out);
    Text *inside = text_new(p->arena, out->indent + 1);
    if (callee->in_line) {
        print_loop_body(p, f, item, turn, place, inside);
    } else {
        print_plain_call(p, f, item, turn, place, n, inside);
    }
    Text *handed = text_new(p->arena, out->indent + 1);
    for (int k = 0; k < unit->carried && k < callee->result.n; k++) {
        if (!callee->in_place[k]) {
            print_copy(p, f, carry_place(p, f, item, k), result_place(&pr, item, k), unit->args.at[k], handed);
        }
    }
    print_by_first(p, f, handed, inside);
    text_trim(inside);
    if (inside->at.n) { /* of a loop whose results nobody reads nothing is left */
        text_line(out, "for (int32_t %s = 0; %s < %d; %s++) {", turn, turn, item->turns, turn);
        text_add(out, inside);
        text_line(out, "}");
    }
    text_line(out, "%s", "");
}
