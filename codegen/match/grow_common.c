/* What stands beside a tensor wherever it is read: what all its readers have in common, in its own variables. */
#include "growing.h"

#include <math.h>

int grow_vars_within(const NormExpr *e, const NormExpr *read, const NormList *more)
{
    for (int k = 0; k < e->nvars; k++) {
        int found = list_has(more, e->vars[k]);
        for (int i = 0; i < read->n && !found; i++) {
            found = read->kid[i] == e->vars[k];
        }
        if (!found) {
            return 0;
        }
    }
    return 1;
}

static void variables_beyond(Growing *g, const NormExpr *e, const NormExpr *read, NormList *out)
{
    for (int k = 0; k < e->nvars; k++) {
        int found = 0;
        for (int i = 0; i < read->n && !found; i++) {
            found = read->kid[i] == e->vars[k];
        }
        if (!found) {
            vec_push(g->cover->p->arena, *out, e->vars[k]);
        }
    }
}

static int is_row(const Growing *g, const NormList *vars)
{
    if (!g->row || vars->n != g->row->n) {
        return 0;
    }
    for (int k = 0; k < vars->n; k++) {
        if (vars->at[k]->dim != g->row->at[k]->dim) {
            return 0;
        }
    }
    return 1;
}

/* In the variables of the tensor, and those of the row. */
static NormExpr *renamed(Growing *g, NormExpr *e, const NormExpr *read, const NormList *row)
{
    NormExpr *from[NORM_AXES], *to[NORM_AXES];
    int n = 0;
    for (int k = 0; k < read->n; k++) {
        from[n] = read->kid[k];
        to[n++] = g->temp->axis[k];
    }
    for (int k = 0; k < row->n; k++) {
        from[n] = row->at[k];
        to[n++] = g->row->at[k];
    }
    return norm_replace(g->cover->norm, e, n, from, to);
}

static Members offered(Growing *g, const ReadPlace *place, const NormList *row)
{
    Members out = {0};
    for (int i = 0; i < place->sibling.n; i++) {
        const GrowMember m = place->sibling.at[i];
        if (grow_vars_within(m.e, place->read, row) && is_known(g->cover, m.e, g->mate, g->mates)) {
            const double weight = place->kind == PLACE_SUM ? m.weight / place->own : m.weight;
            vec_push(g->cover->p->arena, out, ((GrowMember){renamed(g, m.e, place->read, row), weight}));
        }
    }
    if (place->kind == PLACE_SUM && place->constant != 0) {
        vec_push(g->cover->p->arena, out, ((GrowMember){norm_num(g->cover->norm, T_REAL, 1), place->constant / place->own}));
    }
    return out;
}

int grow_same_weight(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fabs(b);
}

int grow_find_member(const Members *list, GrowMember m)
{
    for (int i = 0; i < list->n; i++) {
        if (list->at[i].e == m.e && grow_same_weight(list->at[i].weight, m.weight)) {
            return i;
        }
    }
    return -1;
}

static Members common(Growing *g, const Members *a, const Members *b)
{
    Members out = {0};
    for (int i = 0; i < a->n; i++) {
        if (grow_find_member(b, a->at[i]) >= 0) {
            vec_push(g->cover->p->arena, out, a->at[i]);
        }
    }
    return out;
}

RowList grow_rows_named(Growing *g, const ReadPlace *place)
{
    RowList out = {0};
    vec_push(g->cover->p->arena, out, ((NormList){0}));
    for (int i = 0; g->row && place->kind != PLACE_CALL && i < place->sibling.n; i++) {
        NormList vars = {0};
        variables_beyond(g, place->sibling.at[i].e, place->read, &vars);
        int known = !is_row(g, &vars);
        for (int k = 1; k < out.n && !known; k++) {
            known = out.at[k].at[0] == vars.at[0];
        }
        if (!known) {
            vec_push(g->cover->p->arena, out, vars);
        }
    }
    return out;
}

Members grow_agreed(Growing *g, const NormList *first, NormList *chosen)
{
    Members all = offered(g, &g->place.at[0], first);
    chosen[0] = *first;
    for (int i = 1; i < g->place.n; i++) {
        const RowList rows = grow_rows_named(g, &g->place.at[i]);
        Members best = {0};
        int found = 0;
        for (int k = 0; k < rows.n; k++) {
            if (rows.at[k].n != first->n) {
                continue;
            }
            const Members mine = offered(g, &g->place.at[i], &rows.at[k]);
            const Members both = common(g, &all, &mine);
            if (!found || both.n > best.n) {
                best = both;
                chosen[i] = rows.at[k];
                found = 1;
            }
        }
        all = best;
    }
    return all;
}
