/* Ints of a kernel as vectors, and values that it has in variables. */
#include "lane.h"
#include "lane_inner.h"

static void *refuse(Lane *l, const char *reason)
{
    return lane_refuse(l, reason);
}

/* ---- values that are in variables ---------------------------------------------------------------------------------------------------- */

const Known *lane_known(const Lane *l, const Expr *read)
{
    for (int i = 0; i < l->known.n; i++) {
        const Known *k = &l->known.at[i];
        int same = k->node == read->node;
        for (int a = 0; same && a < read->n; a++) {
            same = read->kid[a]->kind == EX_VAR && a < k->at.n && read->kid[a]->var == k->at.at[a];
        }
        if (same) {
            return k;
        }
    }
    return NULL;
}

int lane_reads_known(const Lane *l, const Expr *e)
{
    int found = e->kind == EX_READ && lane_known(l, e);
    for (int i = 0; i < e->n && !found; i++) {
        found = lane_reads_known(l, e->kid[i]);
    }
    return found;
}

/* ---- ints ---------------------------------------------------------------------------------------------------------------------------- */

static Str int_index(Lane *l, const Coord *c, const Var *var)
{
    Arena *arena = l->pr->p->arena;
    if (dim_is_ragged(var->dim)) {
        return c->inside && c->vars.n == 1 ? c->inside : refuse(l, "the place in the sequence, which rows do not know");
    }
    if (c->vars.n > 1 && !l->apart) {
        return refuse(l, "an index that is one of several in the lanes");
    }
    if (!lane_stays(c)) {
        return lane_part_of_lanes(l, c, var_index(&c->vars, var));
    }
    Str first = lane_part(l, c, c->vars.n - 1, 0);
    return first ? str_of(arena_printf(arena, "(viota() + visplat((int32_t)%s))", first)) : NULL;
}

static Str int_read(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    Address at;
    const Known *known = lane_known(l, e);
    if (known) {
        return known->ints ? known->word : str_of(arena_printf(arena, "vint(%s)", known->word));
    }
    if (ctype_of(l->pr->p, e->node) != C_I32) {
        return refuse(l, "ints that are not stored as such");
    }
    if (!lane_address(l, e->node, e->kid, 0, &at)) {
        return NULL;
    }
    if ((at.index || at.mask) && !at.guard) {
        const char *some = at.left ? arena_printf(arena, "vfirst(%s)", at.left) : NULL, *offsets = lane_offsets(l, &at);
        const char *mask = at.mask && some ? arena_printf(arena, "vand(%s, %s)", at.mask, some) : at.mask ? at.mask : some;
        return str_of(mask ? arena_printf(arena, "vigather_if(%s, %s, %s)", mask, at.pointer, offsets)
                           : arena_printf(arena, "vigather(%s, %s)", at.pointer, offsets));
    }
    if (at.guard || at.lane != 1) {
        return refuse(l, "ints that are chosen lane by lane");
    }
    return str_of(at.left ? arena_printf(arena, "viload_n(%s, %s)", at.pointer, at.left) : arena_printf(arena, "viload(%s)", at.pointer));
}

/* By a number above 0: of a power of two bits, else in float. */
static Str divided(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    const int64_t by = e->kid[1]->kind == EX_CONST ? e->kid[1]->integer : 0, near = 1 << 21;
    int64_t low, high;
    unsigned shift = 0;
    const int known = expr_range(e->kid[0], &low, &high), bits = by > 0 && (by & (by - 1)) == 0 && (e->op == OP_MOD || (known && low >= 0));
    if (by <= 0 || by >= 1 << 20) {
        return refuse(l, "a division of ints that differs between lanes");
    }
    while ((int64_t)1 << shift < by) {
        shift++;
    }
    Str a = lane_int(l, e->kid[0]);
    const char *text = !a     ? NULL
                       : bits ? e->op == OP_MOD ? arena_printf(arena, "(%s & visplat(%lld))", a, (long long)by - 1)
                                                : arena_printf(arena, "vshr(%s, %u)", a, shift)
                              : arena_printf(arena, "%s%s(%s, %lld)", e->op == OP_MOD ? "vimod" : "vidiv",
                                             known && low >= -near && high <= near ? "_near" : "", a, (long long)by);
    return text ? str_of(text) : NULL;
}

/* Of a sum of what differs between lanes and what does not: each by itself, where the first may stay from turn to turn. */
static Str remainder_of_sum(Lane *l, const Expr *e)
{
    const Expr *sum = e->kid[0];
    if (sum->kind != EX_OP || (sum->op != OP_ADD && sum->op != OP_SUB) || sum->n != 2 || e->kid[1]->kind != EX_CONST) {
        return NULL;
    }
    const int first = lane_varies(l, sum->kid[0]);
    const Expr *same = sum->kid[first];
    int64_t low, high;
    if (lane_varies(l, same) || lane_reads_known(l, same) || !expr_range(same, &low, &high) || low < 0) {
        return NULL;
    }
    Arena *arena = l->pr->p->arena;
    const long long by = (long long)e->kid[1]->integer;
    const Expr part = {.kind = EX_OP, .type = T_INT, .op = OP_MOD, .n = 2, .kid = (Expr *[]){sum->kid[!first], e->kid[1]}};
    Str vector = divided(l, &part), whole = vector ? lane_scalar(l, same) : NULL;
    if (!whole) {
        return NULL;
    }
    const char *other = arena_printf(arena, "visplat((int32_t)(%s %% %lld))", whole, by);
    return str_of(sum->op == OP_ADD
                      ? arena_printf(arena, "vimod_sum(%s, %s, %lld)", vector, other, by)
                      : arena_printf(arena, "vimod_difference(%s, %s, %lld)", first ? vector : other, first ? other : vector, by));
}

static Str quotient(Lane *l, const Expr *e)
{
    const char *before = l->reason;
    Str apart = e->op == OP_MOD ? remainder_of_sum(l, e) : NULL;
    l->reason = apart ? l->reason : before;
    return apart ? apart : divided(l, e);
}

static Str int_choice(Lane *l, const Expr *e)
{
    const int choice = e->kind == EX_SELECT;
    Str mask = lane_mask(l, e->kid[0]), yes = !mask ? NULL : choice ? lane_int(l, e->kid[1]) : str_of("visplat(1)");
    Str no = !yes ? NULL : choice ? lane_int(l, e->kid[2]) : str_of("visplat(0)");
    return no ? str_of(arena_printf(l->pr->p->arena, "viselect(%s, %s, %s)", mask, yes, no)) : NULL;
}

static const struct {
    Op op;
    int n;
    const char *infix, *word;
} int_table[] = {
    {OP_ADD, 2, "+", NULL},     {OP_SUB, 2, "-", NULL},     {OP_MUL, 2, "*", NULL},    {OP_MIN, 2, NULL, "vimin"},
    {OP_MAX, 2, NULL, "vimax"}, {OP_ABS, 1, NULL, "viabs"}, {OP_NEG, 1, NULL, "-"},
};

static Str int_op(Lane *l, const Expr *e)
{
    Arena *arena = l->pr->p->arena;
    for (size_t i = 0; i < sizeof int_table / sizeof *int_table; i++) {
        if (int_table[i].op != e->op || int_table[i].n != e->n) {
            continue;
        }
        Str a = lane_int(l, e->kid[0]), b = a && e->n > 1 ? lane_int(l, e->kid[1]) : NULL;
        const char *word = int_table[i].word;
        return !a || (e->n > 1 && !b) ? NULL
               : !word                ? str_of(arena_printf(arena, "(%s %s %s)", a, int_table[i].infix, b))
               : b                    ? str_of(arena_printf(arena, "%s(%s, %s)", word, a, b))
                                      : str_of(arena_printf(arena, "(%s(%s))", word, a));
    }
    return refuse(l, "a formula of ints that differs between lanes");
}

Str lane_int(Lane *l, const Expr *e)
{
    if (!lane_varies(l, e) && !lane_reads_known(l, e)) {
        Str word = lane_scalar(l, e);
        return word ? str_of(arena_printf(l->pr->p->arena, "visplat((int32_t)%s)", word)) : NULL;
    }
    if (e->kind == EX_VAR) {
        return int_index(l, lane_coord(l, e->var), e->var);
    }
    if (e->kind == EX_READ && !e->otherwise) {
        return int_read(l, e);
    }
    if (e->kind == EX_SELECT || (e->kind == EX_OP && e->op == OP_BOOL_INT)) {
        return int_choice(l, e);
    }
    if (e->kind == EX_OP && (e->op == OP_IDIV || e->op == OP_MOD)) {
        return quotient(l, e);
    }
    if (lane_is_number_of_table(e)) {
        Str number = lane_real(l, e->kid[0]);
        return number ? str_of(arena_printf(l->pr->p->arena, "vint(%s)", number)) : NULL;
    }
    return e->kind == EX_OP && e->type == T_INT ? int_op(l, e) : refuse(l, "a formula of ints that differs between lanes");
}
