/* What a kernel stores: results of a part or a mate, each at its place. */
#include "kernel_holes.h"
#include "../match/kernel_use.h"
#include "panel.h"

#include "../in_place.h"

/* Results that are made of an accumulator of this mate. */
static int belongs(const Filling *with, const Stored *s)
{
    int mine = with->part < 0;
    for (int i = 0; i < with->k->part.n && !mine; i++) {
        const int here = with->mate ? with->mates[i] == with->mates[with->part] : i == with->part;
        mine = here && kernel_made_of(with->k, s, &with->k->part.at[i]);
    }
    return mine;
}

static int64_t lanes_of(const Lane *l)
{
    for (int i = 0; i < l->coords; i++) {
        if (l->coord[i].side) {
            return role_count(&l->coord[i].vars);
        }
    }
    return 1;
}

/* The loop over the lanes goes to a multiple of this. */
static int whole_lanes(const Filling *with)
{
    for (int h = 0; h < with->k->form->holes; h++) {
        const TemplateHole *said = template_hole(with->t, str_of(with->k->form->hole[h].name + 1));
        if (said && said->layout) {
            return PANEL;
        }
    }
    return 16;
}

/* How many lanes count where the last vector of a row may be partial; NULL: all. */
const char *kernel_left(const Filling *with, const Lane *l)
{
    for (int i = 0; i < l->coords; i++) {
        const Coord *c = &l->coord[i];
        if (c->side && !filling_by_threads(with) && !role_ragged(&c->vars) && lanes_of(l) % whole_lanes(with) != 0) {
            return arena_printf(with->p->arena, "%s - %s", role_size(with, &c->vars), c->word);
        }
    }
    return NULL;
}

/* Is something stored over the lanes? */
static int over_lanes(const Lane *l, const Stored *s)
{
    for (int i = 0; i < l->coords; i++) {
        for (int v = 0; l->coord[i].side && v < l->coord[i].vars.n; v++) {
            if (var_among(&s->axes, l->coord[i].vars.at[v])) {
                return 1;
            }
        }
    }
    return 0;
}

static const char *store_text(Filling *with, Lane *l, const Stored *s, int later)
{
    Arena *arena = with->p->arena;
    Address at;
    Expr **index = arena_array(arena, Expr *, s->axes.n + 1);
    for (int i = 0; i < s->axes.n; i++) {
        index[i] = expr_var(with->p->graph, s->axes.at[i], s->node->span);
    }
    const CType type = ctype_of(with->p, s->node);
    const int columns = over_lanes(l, s), longs = type == C_I64 && kernel_most(with->p, with->k, s->value), ints = type == C_I32 || longs;
    Str value = ints ? lane_int(l, s->value) : lane_real(l, s->value);
    if (!value || !lane_address(l, s->node, index, 1, &at)) {
        return filling_refuse(with, l->reason);
    }
    if (!ints && type != C_F32) {
        return filling_refuse(with, type == C_I64 ? "a result of ints that may be large" : "a result that is neither float nor int");
    }
    const int apart = !filling_by_threads(with) && columns && (at.lane != 1 || at.index);
    if (!filling_by_threads(with) && columns && (at.guard || at.mask || (apart && (ints || !with->k->apart)))) {
        return filling_refuse(with, "results that are not neighbours in memory");
    }
    const char *before = "";
    if (later) { /* a later result reads it */
        Str word = name_fresh(with->p, &with->locals, &with->words, s->node->name ? s->node->name : "value");
        before = arena_printf(arena, "const %s %s = %s;\n", ints ? "vi" : "vf", word, value);
        vec_push(arena, l->known, ((Known){s->node, s->axes, word, ints}));
        value = word;
    }
    if (apart) {
        const char *offsets = lane_offsets(l, &at);
        return arena_printf(arena, "%svstore_at(%s, %s, %s, %s)", before, at.pointer, offsets, value, l->left ? l->left : "W");
    }
    const char *store = longs ? "vistore_i64" : ints ? "vistore" : "vstore";
    const char *count = columns ? l->left : filling_by_threads(with) ? NULL : "1";
    return count ? arena_printf(arena, "%s%s_n(%s, %s, %s)", before, store, at.pointer, value, count)
                 : arena_printf(arena, "%s%s(%s, %s)", before, store, at.pointer, value);
}

const char *kernel_store(Filling *with, Lane *l, int columns)
{
    const char *text = NULL;
    l->left = kernel_left(with, l);
    for (int i = 0; i < with->k->stored.n; i++) {
        const Stored *s = &with->k->stored.at[i];
        int later = 0;
        if (!belongs(with, s) || over_lanes(l, s) != columns) {
            continue;
        }
        for (int j = i + 1; j < with->k->stored.n; j++) {
            later |= reads_node(with->k->stored.at[j].value, s->node) && over_lanes(l, &with->k->stored.at[j]) == columns;
        }
        const char *one = store_text(with, l, s, later);
        if (!one) {
            return NULL;
        }
        text = text ? arena_printf(with->p->arena, "%s;\n%s", text, one) : one;
    }
    return text ? text : columns ? filling_refuse(with, "nothing is stored in columns") : "";
}

int kernel_has_lanes(const Lane *l)
{
    for (int i = 0; i < l->coords; i++) {
        if (l->coord[i].side) {
            return 1;
        }
    }
    return 0;
}

int kernel_has_columns(const Lane *l)
{
    for (int i = 0; i < l->coords; i++) {
        if (l->coord[i].side && l->coord[i].vars.n) {
            return 1;
        }
    }
    return 0;
}

/* The role that results are stored along, at no place. */
Coord kernel_store_lane(const Filling *with)
{
    const TemplateHole *store = template_hole(with->t, str_of("store"));
    const int role = store ? form_role(with->k->form, store->lanes) : -1;
    return (Coord){.letter = store ? store->lanes : 0,
                   .side = 1,
                   .lane = !filling_by_threads(with),
                   .vars = role >= 0 ? with->k->part.at[with->part < 0 ? 0 : with->part].role[role] : (VarList){0}};
}
