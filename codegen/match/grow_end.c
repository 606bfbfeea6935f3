/* Where a tensor ends to grow, for explain: what its readers do, each by itself. */
#include "growing.h"

static int in_reduction(const Growing *g, const ReadPlace *place)
{
    const BoxKind kind = g->cover->box.at[place->box].kind;
    return kind != BOX_OUT && kind != BOX_STASH;
}

/* What stands beside it and keeps it from going on. */
static Str beside(const Growing *g, const ReadPlace *place)
{
    for (int i = 0; i < place->sibling.n; i++) {
        NormExpr *e = place->sibling.at[i].e;
        for (int k = 0; k < e->nvars; k++) {
            if (!list_has(&(NormList){.at = (NormExpr **)place->read->kid, .n = place->read->n}, e->vars[k])) {
                return str_format("beside it stands what has an index %s of its own", why_var(e->vars[k]));
            }
        }
        if (!is_known(g->cover, e, g->mate, g->mates)) {
            return str_of("beside it stands what is computed later");
        }
    }
    return NULL;
}

/* Why a tensor does not grow on; NULL: it is a result as it is, or nobody reads it. */
static Str ends(Growing *g)
{
    int roots = 0, reductions = 0;
    Str why = NULL;
    for (int i = 0; i < g->cover->box.n; i++) {
        grow_find_reads(g, g->cover->box.at[i].e, &(ReadPlace){.box = i, .kind = PLACE_ROOT});
    }
    for (int i = 0; i < g->place.n; i++) {
        const ReadPlace *place = &g->place.at[i];
        roots += place->kind == PLACE_ROOT && !in_reduction(g, place);
        reductions += in_reduction(g, place);
        if (!grow_is_plain(place->read)) {
            return str_of("it is read at other places than its own");
        }
        why = why ? why : beside(g, place);
    }
    if (roots == g->place.n) {
        return NULL;
    }
    return reductions == g->place.n ? str_of("sums read it, which are computed elsewhere")
           : roots || reductions    ? str_of("it is read as it is too")
           : why                    ? why
                                    : str_of("its readers do different things with it");
}

Str grow_ends(Cover *c, Temp *t, Temp *const *mate, int mates)
{
    Growing g = {.cover = c, .temp = t, .mate = mate, .mates = mates};
    return ends(&g);
}
